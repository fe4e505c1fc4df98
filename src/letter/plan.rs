//! Who gets which edition: every recipient once, frozen before anything is sent.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::audience::membership::{Member, Membership};
use crate::audience::{AudienceId, Audiences};
use crate::base::digest::{Digest, HmacKey};
use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::value::Value;
use crate::issue::edition_key::EditionKey;
use crate::issue::series::SeriesId;
use crate::issue::{Issue, IssueId};
use crate::people::lists::People;
use crate::people::person::{Address, FieldShape, Person};
use crate::people::store::RowIndex;
use crate::people::store::address_interner::AddressId;
use crate::people::store::id_set::IdSet;

/// The kind of transport a plan was made for; a plan stays with its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransportKind {
    /// The embedded default: a Maildir that nobody receives anything from.
    Outbox,
    /// A relay.
    Smtp,
    /// A dry run's folder.
    Folder,
}

impl TransportKind {
    /// Its name in the ledger and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Outbox => "outbox",
            Self::Smtp => "smtp",
            Self::Folder => "folder",
        }
    }
}

impl fmt::Display for TransportKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One recipient in a plan: the person as they are addressed, and the edition they get.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedLetter {
    /// The person with the values of the moment the plan was frozen.
    pub person: Arc<Person>,
    /// The audience that brought them in: the first of the issue's order.
    pub audience: AudienceId,
    /// The edition's id.
    pub edition: String,
    /// The Message-ID with its angle brackets (RFC 5322 §3.6.4): the same on every try.
    pub message_id: String,
}

/// The digests of what decides the mail, people's data apart, by the name a person knows it by.
pub type Fingerprint = BTreeMap<String, Digest>;

/// A plan, its letters apart. Two plans of the same files, people and date are equal.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The issue.
    pub issue: IssueId,
    /// Its series; absent: the house's own newsletter.
    pub series: Option<SeriesId>,
    /// How it is delivered.
    pub transport: TransportKind,
    /// The Date header of every letter (RFC 5322 §3.3).
    pub date: String,
    /// What the mail was made from.
    pub fingerprint: Fingerprint,
    /// The editions that somebody gets.
    pub editions: Vec<EditionKey>,
}

/// The letters of a plan, in the order in which they are sent. Each is made when it is looked at: all of them would be
/// many times as large as the list of their readers.
#[derive(Debug)]
pub struct PlannedLetters {
    issue: IssueId,
    selection: Arc<Selection>,
    /// The numbers of readers who get none.
    left_out: BTreeSet<usize>,
    key: HmacKey,
    domain: String,
}

impl PlannedLetters {
    /// The letters of an issue to these readers; the key and the domain are those of their Message-IDs.
    pub fn new(issue: IssueId, selection: Arc<Selection>, (key, domain): (HmacKey, String)) -> Self {
        Self { issue, selection, left_out: BTreeSet::new(), key, domain }
    }

    /// Leaves out the letters to some readers.
    ///
    /// # Errors
    ///
    /// A list was laid aside on the disk, which does not give it back.
    pub fn leave_out(&mut self, is_out: impl Fn(&Person) -> bool) -> Result<(), Error> {
        for (number, reader) in self.selection.readers().enumerate() {
            if is_out(&reader.person()?) {
                self.left_out.insert(number);
            }
        }
        Ok(())
    }

    fn readers(&self) -> impl Iterator<Item = EditionRecipient<'_>> {
        let readers = self.selection.readers().enumerate();
        readers.filter(|(number, _)| !self.left_out.contains(number)).map(|(_, reader)| reader)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.selection.len() - self.left_out.len()
    }

    /// Whether nobody gets one.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many there are of each edition, in the order of the first of them.
    pub fn counts(&self) -> Vec<(&str, u64)> {
        let mut counts: Vec<(&str, u64)> = Vec::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for reader in self.readers() {
            let id = reader.edition.id.as_str();
            let place = *places.entry(id).or_insert_with(|| {
                counts.push((id, 0));
                counts.len() - 1
            });
            counts[place].1 += 1;
        }
        counts
    }

    /// Each of them.
    ///
    /// # Errors
    ///
    /// A list was laid aside on the disk, which does not give it back.
    pub fn iter(&self) -> impl Iterator<Item = Result<PlannedLetter, Error>> {
        self.readers().map(|reader| {
            let person = reader.person()?;
            Ok(PlannedLetter {
                audience: reader.edition.key.audience.clone(),
                edition: reader.edition.id.clone(),
                message_id: message_id(&self.key, &self.issue, &person, &self.domain),
                person: Arc::new(person),
            })
        })
    }
}

/// Each recipient once, with the edition that is theirs, before the editions are made.
#[derive(Debug, Default)]
pub struct Selection {
    /// The people in the issue's order of audiences.
    groups: Vec<RecipientGroup>,
    editions: Vec<NamedEdition>,
    /// The fields that are a list for somebody.
    lists: Vec<String>,
}

/// People of one list, in its order: some bits each.
#[derive(Debug)]
struct RecipientGroup {
    people: Arc<People>,
    rows: IdSet,
    /// The last of the rows.
    last: RowIndex,
    /// The numbers of their editions, and whose they are.
    editions: Vec<(usize, IdSet)>,
}

impl RecipientGroup {
    /// Adds somebody further down in the list.
    fn add(&mut self, row: RowIndex, edition: usize) {
        self.rows.insert(row);
        self.last = row;
        match self.editions.iter_mut().find(|(it, _)| *it == edition) {
            Some((_, rows)) => {
                rows.insert(row);
            }
            None => self.editions.push((edition, IdSet::from_iter([row]))),
        }
    }

    /// Each of them, with the number of their edition.
    fn readers(&self) -> impl Iterator<Item = (RowIndex, usize)> {
        let edition =
            |row: RowIndex| self.editions.iter().find(|(_, rows)| rows.contains(row)).map(|(edition, _)| *edition);
        self.rows.iter().filter_map(move |row| Some((row, edition(row)?)))
    }
}

/// An edition's key and its id.
#[derive(Debug)]
struct NamedEdition {
    key: EditionKey,
    id: String,
}

/// Somebody who gets an edition.
#[derive(Clone, Copy, Debug)]
pub struct EditionRecipient<'a> {
    member: Member<'a>,
    edition: &'a NamedEdition,
    lists: &'a [String],
}

impl<'a> EditionRecipient<'a> {
    /// The person as they are addressed: with an empty list for each field that is a list for somebody else and missing
    /// here.
    ///
    /// # Errors
    ///
    /// The list was laid aside on the disk, which does not give it back.
    pub fn person(&self) -> Result<Person, Error> {
        let person = self.member.person()?;
        let lacking = self.lists.iter().filter(|name| !person.fields.contains_key(name));
        let empty: Vec<(String, Value)> = lacking.map(|name| (name.clone(), Value::List(Vec::new()))).collect();
        Ok(if empty.is_empty() { person } else { Person { fields: person.fields.with(empty), ..person } })
    }

    /// The edition they get.
    pub fn edition(&self) -> &'a EditionKey {
        &self.edition.key
    }

    /// The number of their address.
    pub(crate) fn number(&self) -> AddressId {
        self.member.number()
    }
}

impl Selection {
    /// How many get a letter.
    pub fn len(&self) -> usize {
        self.groups.iter().map(|it| it.rows.len()).sum()
    }

    /// Whether nobody gets one.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Everybody who gets one, in the issue's order of audiences.
    pub fn readers(&self) -> impl Iterator<Item = EditionRecipient<'_>> {
        self.groups.iter().flat_map(|group| {
            group.readers().map(|(row, edition)| EditionRecipient {
                member: Member { people: &group.people, row },
                edition: &self.editions[edition],
                lists: &self.lists,
            })
        })
    }

    /// The editions that somebody reads.
    pub fn editions(&self) -> BTreeSet<EditionKey> {
        self.editions.iter().map(|it| it.key.clone()).collect()
    }

    /// Adds the next reader.
    fn add(&mut self, member: Member<'_>, edition: usize) {
        let goes_on = |it: &&mut RecipientGroup| Arc::ptr_eq(&it.people, member.people) && it.last < member.row;
        if let Some(group) = self.groups.last_mut().filter(goes_on) {
            group.add(member.row, edition);
            return;
        }
        let people = Arc::clone(member.people);
        let mut group = RecipientGroup { people, rows: IdSet::default(), last: member.row, editions: Vec::new() };
        group.add(member.row, edition);
        self.groups.push(group);
    }

    /// The number of one more edition.
    fn name(&mut self, key: EditionKey) -> usize {
        self.editions.push(NamedEdition { id: key.id(), key });
        self.editions.len() - 1
    }
}

/// Which audiences hold something back from which readers, and which language is read where nobody chose one.
#[derive(Debug)]
pub struct SelectionContext<'a> {
    /// The audiences of the project.
    pub audiences: &'a Audiences,
    /// Who is in them.
    pub membership: &'a Membership,
    /// The audiences that `not` blocks of the issue name.
    pub not: &'a BTreeSet<AudienceId>,
    /// The project's language.
    pub lang: Lang,
}

/// Chooses for each person of the issue's audiences the one edition they get.
///
/// Who is in two audiences gets the first one's; who is in an excluded one gets none. What a `not` block hides follows
/// the person: it counts every audience of theirs, the issue's or not.
pub fn select(issue: &Issue, choice: &SelectionContext<'_>) -> Selection {
    let front = &issue.front;
    let membership = choice.membership;
    let mut seen: IdSet = front.exclude.iter().flat_map(|id| membership.of(&id.value)).map(|it| it.number()).collect();
    let lists = membership.fields().iter().filter(|(_, shape)| **shape == FieldShape::List);
    let mut selection = Selection { lists: lists.map(|(name, _)| name.clone()).collect(), ..Selection::default() };
    for audience in front.audiences.iter().map(|it| &it.value) {
        let default = default_lang(issue, choice, audience);
        let mut known: BTreeMap<(Lang, Vec<&AudienceId>), usize> = BTreeMap::new();
        for member in membership.of(audience) {
            if !seen.insert(member.number()) {
                continue;
            }
            let lang = member.lang().unwrap_or(default);
            let leaves_out: Vec<_> = choice.not.iter().filter(|it| membership.has(it, member.number())).collect();
            let edition = *known.entry((lang, leaves_out)).or_insert_with_key(|(lang, leaves_out)| {
                let leaves_out = leaves_out.iter().copied().cloned().collect();
                selection.name(EditionKey { audience: audience.clone(), lang: *lang, leaves_out })
            });
            selection.add(member, edition);
        }
    }
    selection
}

/// The edition of each audience's readers who chose no language and are in no other audience: what a preview shows also
/// where nobody's data is at hand. Likewise in each language that the issue is translated into: who translates wants to
/// see it.
pub fn default_editions(issue: &Issue, choice: &SelectionContext<'_>) -> Vec<EditionKey> {
    let edition = |audience: &AudienceId, lang: Lang| EditionKey {
        audience: audience.clone(),
        lang,
        leaves_out: choice.not.iter().filter(|it| *it == audience).cloned().collect(),
    };
    let audiences = issue.front.audiences.iter().map(|it| &it.value);
    let editions = audiences.flat_map(|audience| {
        let langs = issue.translations.keys().copied().chain([default_lang(issue, choice, audience)]);
        langs.map(|lang| edition(audience, lang)).collect::<Vec<_>>()
    });
    editions.collect()
}

/// What members of an audience read who chose no language.
fn default_lang(issue: &Issue, choice: &SelectionContext<'_>, audience: &AudienceId) -> Lang {
    issue.front.lang.or_else(|| choice.audiences.named(audience)?.lang).unwrap_or(choice.lang)
}

/// The Message-ID of the letter from one issue to one address: a keyed hash, so that no address can be read in it.
pub fn message_id(key: &HmacKey, issue: &IssueId, person: &Person, domain: &str) -> String {
    format!("<{}@{domain}>", key.tag("message-id", &[issue.as_str(), &person.address.key()]))
}

/// The Message-ID of a test of an issue: another one for each run, and never that of a letter to a reader.
pub fn test_message_id(key: &HmacKey, (issue, run): (&IssueId, &str), tester: &Address, domain: &str) -> String {
    format!("<test-{}@{domain}>", key.tag("test", &[issue.as_str(), run, &tester.key()]))
}
