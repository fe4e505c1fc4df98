//! Which edition each person gets: one per address, however many audiences and lists it is in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::audience::AudienceId;
use crate::audience::audiences::Audiences;
use crate::audience::membership::{Member, Membership};
use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::value::Value;
use crate::issue::Issue;
use crate::issue::edition_key::{EditionKey, FollowedAudiences};
use crate::letter::former_recipients::FormerRecipients;
use crate::people::lists::People;
use crate::people::person::{FieldShape, Person};
use crate::people::store::RowIndex;
use crate::people::store::address_interner::AddressId;
use crate::people::store::id_set::IdSet;

/// The recipients of an issue, each once, with the edition they get. The editions need not be compiled yet.
#[derive(Debug, Default)]
pub struct Selection {
    /// The recipients in the issue's order of audiences.
    groups: Vec<RecipientGroup>,
    editions: Vec<NamedEdition>,
    /// The fields that are a list for at least one person.
    list_fields: Vec<String>,
}

/// Recipients from one list of people, in its order: a few bits per person.
#[derive(Debug)]
struct RecipientGroup {
    people: Arc<People>,
    rows: IdSet,
    /// The last of the rows.
    last: RowIndex,
    /// The rows that get each edition.
    editions: Vec<EditionRows>,
}

/// The rows of a group that get one edition.
#[derive(Debug)]
struct EditionRows {
    /// The position of the edition in the selection.
    edition: usize,
    rows: IdSet,
}

impl RecipientGroup {
    /// Adds a row below all others.
    fn add(&mut self, row: RowIndex, edition: usize) {
        self.rows.insert(row);
        self.last = row;
        match self.editions.iter_mut().find(|group| group.edition == edition) {
            Some(group) => {
                group.rows.insert(row);
            }
            None => self.editions.push(EditionRows { edition, rows: IdSet::from_iter([row]) }),
        }
    }

    /// Each row, with the position of its edition.
    fn rows(&self) -> impl Iterator<Item = (RowIndex, usize)> {
        let edition = |row: RowIndex| self.editions.iter().find(|group| group.rows.contains(row));
        self.rows.iter().filter_map(move |row| Some((row, edition(row)?.edition)))
    }
}

/// The key of an edition with its id, which is made once and not per letter.
#[derive(Debug)]
struct NamedEdition {
    key: EditionKey,
    id: String,
}

/// A person who gets an edition.
#[derive(Clone, Copy, Debug)]
pub struct EditionRecipient<'a> {
    member: Member<'a>,
    edition: &'a NamedEdition,
    list_fields: &'a [String],
}

impl<'a> EditionRecipient<'a> {
    /// The person. A field that is a list for other people and missing here is an empty list, so that a loop over it
    /// prints nothing and does not fail.
    ///
    /// # Errors
    ///
    /// People that were spilled to disk cannot be read back.
    pub fn person(&self) -> Result<Person, Error> {
        let person = self.member.person()?;
        let missing = self.list_fields.iter().filter(|name| !person.fields.contains_key(name));
        let empty: Vec<(String, Value)> = missing.map(|name| (name.clone(), Value::List(Vec::new()))).collect();
        Ok(if empty.is_empty() { person } else { Person { fields: person.fields.with(empty), ..person } })
    }

    /// The edition they get.
    pub fn edition(&self) -> &'a EditionKey {
        &self.edition.key
    }

    /// Its id.
    pub(super) fn edition_id(&self) -> &'a str {
        &self.edition.id
    }

    /// The id of their address.
    pub(crate) fn address_id(&self) -> AddressId {
        self.member.address_id()
    }
}

impl Selection {
    /// The number of recipients.
    pub fn len(&self) -> usize {
        self.groups.iter().map(|group| group.rows.len()).sum()
    }

    /// Whether there are no recipients.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a consent is recorded for anyone in the lists that the recipients come from.
    pub(crate) fn has_consents(&self) -> bool {
        self.groups.iter().any(|group| group.people.has_consents())
    }

    /// The recipients, in the issue's order of audiences.
    pub fn recipients(&self) -> impl Iterator<Item = EditionRecipient<'_>> {
        self.groups.iter().flat_map(|group| {
            group.rows().map(|(row, edition)| EditionRecipient {
                member: Member { people: &group.people, row },
                edition: &self.editions[edition],
                list_fields: &self.list_fields,
            })
        })
    }

    /// The editions that at least one person gets.
    pub fn editions(&self) -> BTreeSet<EditionKey> {
        self.editions.iter().map(|edition| edition.key.clone()).collect()
    }

    /// Adds the next recipient.
    fn add(&mut self, member: Member<'_>, edition: usize) {
        // A set of rows is always in ascending order: a row before the last one begins a new group.
        let continues =
            |group: &&mut RecipientGroup| Arc::ptr_eq(&group.people, member.people) && group.last < member.row;
        if let Some(group) = self.groups.last_mut().filter(continues) {
            group.add(member.row, edition);
            return;
        }
        let people = Arc::clone(member.people);
        let mut group = RecipientGroup { people, rows: IdSet::default(), last: member.row, editions: Vec::new() };
        group.add(member.row, edition);
        self.groups.push(group);
    }

    /// Adds an edition and returns its position.
    fn add_edition(&mut self, key: EditionKey) -> usize {
        self.editions.push(NamedEdition { id: key.id(), key });
        self.editions.len() - 1
    }
}

/// What decides, besides the issue, which edition a person gets.
#[derive(Debug)]
pub struct SelectionContext<'a> {
    /// The audiences of the project.
    pub audiences: &'a Audiences,
    /// Who is in them.
    pub membership: &'a Membership,
    /// The audiences that `for` and `not` blocks of the issue name.
    pub followed: &'a FollowedAudiences,
    /// The project's language.
    pub lang: Lang,
    /// The recipients of an earlier issue, who are the only ones; absent: all members of the issue's audiences are.
    pub former: Option<&'a FormerRecipients>,
}

/// A person who may get an edition of an audience.
struct EditionCandidate<'a> {
    member: Member<'a>,
    /// The edition that they had of an earlier issue; absent where the issue is for all members.
    former: Option<&'a EditionKey>,
}

impl EditionCandidate<'_> {
    /// Whether they count as a member of an audience: they are in it, or were when they had the earlier issue.
    fn is_in(&self, audience: &AudienceId, membership: &Membership) -> bool {
        let was_in = |key: &EditionKey| key.includes.contains(audience) || key.leaves_out.contains(audience);
        membership.contains_id(audience, self.member.address_id()) || self.former.is_some_and(was_in)
    }
}

impl SelectionContext<'_> {
    /// Those who may get the edition of an audience, in order.
    fn candidates<'s>(&'s self, audience: &'s AudienceId) -> Box<dyn Iterator<Item = EditionCandidate<'s>> + 's> {
        match self.former {
            Some(former) => {
                Box::new(former.of(audience).map(|(member, key)| EditionCandidate { member, former: Some(key) }))
            }
            None => Box::new(self.membership.of(audience).map(|member| EditionCandidate { member, former: None })),
        }
    }
}

/// Chooses for each person in the issue's audiences the one edition they get.
///
/// A person in several audiences gets the edition of the first one; a person in an excluded audience gets none. What a
/// `for` block shows and a `not` block hides depends on all audiences of a person, also those that the issue is not sent to.
/// Recipients of an earlier issue get the edition of the same audience and in the same language as then.
pub fn select(issue: &Issue, context: &SelectionContext<'_>) -> Selection {
    let front = &issue.front;
    let membership = context.membership;
    let excluded = front.exclude.iter().flat_map(|id| membership.of(&id.value));
    let mut seen: IdSet = excluded.map(|member| member.address_id()).collect();
    let list_fields = membership.fields().iter().filter(|(_, shape)| **shape == FieldShape::List);
    let mut selection =
        Selection { list_fields: list_fields.map(|(name, _)| name.clone()).collect(), ..Selection::default() };
    for audience in front.audiences.iter().map(|audience| &audience.value) {
        let default = default_lang(issue, context, audience);
        let mut known: BTreeMap<(Lang, Vec<&AudienceId>, Vec<&AudienceId>), usize> = BTreeMap::new();
        for candidate in context.candidates(audience) {
            let member = candidate.member;
            if !seen.insert(member.address_id()) {
                continue;
            }
            let lang = candidate.former.map_or_else(|| member.lang().unwrap_or(default), |former| former.lang);
            let is_in = |other: &&AudienceId| candidate.is_in(other, membership);
            let FollowedAudiences { includes, leaves_out } = context.followed;
            // Readers of an audience's edition get its `for` blocks anyway.
            let includes: Vec<_> = includes.iter().filter(|other| *other != audience).filter(is_in).collect();
            let leaves_out: Vec<_> = leaves_out.iter().filter(is_in).collect();
            let edition =
                *known.entry((lang, includes, leaves_out)).or_insert_with_key(|(lang, includes, leaves_out)| {
                    let owned = |ids: &[&AudienceId]| ids.iter().copied().cloned().collect();
                    selection.add_edition(EditionKey {
                        audience: audience.clone(),
                        lang: *lang,
                        includes: owned(includes),
                        leaves_out: owned(leaves_out),
                    })
                });
            selection.add(member, edition);
        }
    }
    selection
}

/// The editions that a preview shows even if they have no readers: for each audience the edition of people who chose no
/// language and are in no other audience, and one for each language that the issue is translated into.
pub fn default_editions(issue: &Issue, context: &SelectionContext<'_>) -> Vec<EditionKey> {
    let edition = |audience: &AudienceId, lang: Lang| EditionKey {
        audience: audience.clone(),
        lang,
        includes: BTreeSet::new(),
        leaves_out: context.followed.leaves_out.iter().filter(|not| *not == audience).cloned().collect(),
    };
    let audiences = issue.front.audiences.iter().map(|audience| &audience.value);
    let editions = audiences.flat_map(|audience| {
        let langs = issue.translations.keys().copied().chain([default_lang(issue, context, audience)]);
        langs.map(|lang| edition(audience, lang)).collect::<Vec<_>>()
    });
    editions.collect()
}

/// The language of an audience's members who chose none.
fn default_lang(issue: &Issue, context: &SelectionContext<'_>, audience: &AudienceId) -> Lang {
    issue.front.lang.or_else(|| context.audiences.named(audience)?.lang).unwrap_or(context.lang)
}
