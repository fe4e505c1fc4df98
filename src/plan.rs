//! Who gets which edition: every recipient once, frozen before anything is sent.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::audience::membership::Membership;
use crate::audience::{AudienceId, Audiences};
use crate::digest::{Digest, Key};
use crate::issue::{Issue, IssueId};
use crate::language::Lang;
use crate::recipient::{Address, Identity, Person, Shape, Value};
use crate::render::EditionKey;

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
    readers: Vec<(Arc<Person>, EditionKey)>,
    key: Key,
    domain: String,
}

impl PlannedLetters {
    /// The letters of an issue to these readers; the key and the domain are those of their Message-IDs.
    pub fn new(issue: IssueId, selection: Selection, (key, domain): (Key, String)) -> Self {
        Self { issue, readers: selection.readers, key, domain }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.readers.len()
    }

    /// Whether nobody gets one.
    pub fn is_empty(&self) -> bool {
        self.readers.is_empty()
    }

    /// Whom they are to.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.readers.iter().map(|(person, _)| person.as_ref())
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = PlannedLetter> {
        self.readers.iter().map(|(person, edition)| PlannedLetter {
            person: Arc::clone(person),
            audience: edition.audience.clone(),
            edition: edition.id(),
            message_id: message_id(&self.key, &self.issue, person, &self.domain),
        })
    }
}

/// Each recipient once, with the edition that is theirs, before the editions are made.
#[derive(Debug, Default)]
pub struct Selection {
    /// The people in the issue's order of audiences, each with the key of their edition.
    pub readers: Vec<(Arc<Person>, EditionKey)>,
}

impl Selection {
    /// The editions that somebody reads.
    pub fn editions(&self) -> BTreeSet<EditionKey> {
        self.readers.iter().map(|(_, key)| key.clone()).collect()
    }
}

/// Which audiences hold something back from which readers, and which language is read where nobody chose one.
#[derive(Debug)]
pub struct Choice<'a> {
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
pub fn select(issue: &Issue, choice: &Choice<'_>) -> Selection {
    let front = &issue.front;
    let mut seen: HashSet<Identity> = front
        .exclude
        .iter()
        .flat_map(|id| choice.membership.of(&id.value))
        .map(|person| person.address.identity())
        .collect();
    let lists: Vec<&str> = choice
        .membership
        .fields()
        .iter()
        .filter(|(_, shape)| **shape == Shape::List)
        .map(|(name, _)| name.as_str())
        .collect();
    let mut selection = Selection::default();
    for audience in front.audiences.iter().map(|it| &it.value) {
        let default = usual_lang(issue, choice, audience);
        for person in choice.membership.of(audience) {
            if !seen.insert(person.address.identity()) {
                continue;
            }
            let key = EditionKey {
                audience: audience.clone(),
                lang: person.lang.unwrap_or(default),
                leaves_out: choice.membership.audiences_of(&person.address).intersection(choice.not).cloned().collect(),
            };
            selection.readers.push((with_lists(person, &lists), key));
        }
    }
    selection
}

/// The edition of each audience's readers who chose no language and are in no other audience: what a preview shows also
/// where nobody's data is at hand. Likewise in each language that the issue is translated into: who translates wants to
/// see it.
pub fn usual_editions(issue: &Issue, choice: &Choice<'_>) -> Vec<EditionKey> {
    let edition = |audience: &AudienceId, lang: Lang| EditionKey {
        audience: audience.clone(),
        lang,
        leaves_out: choice.not.iter().filter(|it| *it == audience).cloned().collect(),
    };
    let audiences = issue.front.audiences.iter().map(|it| &it.value);
    let editions = audiences.flat_map(|audience| {
        let langs = issue.translations.keys().copied().chain([usual_lang(issue, choice, audience)]);
        langs.map(|lang| edition(audience, lang)).collect::<Vec<_>>()
    });
    editions.collect()
}

/// What members of an audience read who chose no language.
fn usual_lang(issue: &Issue, choice: &Choice<'_>, audience: &AudienceId) -> Lang {
    issue.front.lang.or_else(|| choice.audiences.named(audience)?.lang).unwrap_or(choice.lang)
}

/// The person, with an empty list for each field that is a list for somebody else and missing here.
fn with_lists(person: &Arc<Person>, lists: &[&str]) -> Arc<Person> {
    if lists.iter().all(|name| person.fields.contains_key(name)) {
        return Arc::clone(person);
    }
    let lacking = lists.iter().filter(|name| !person.fields.contains_key(name));
    let fields = person.fields.with(lacking.map(|name| ((*name).to_owned(), Value::List(Vec::new()))));
    Arc::new(Person { fields, ..Person::clone(person) })
}

/// The Message-ID of the letter from one issue to one address: a keyed hash, so that no address can be read in it.
pub fn message_id(key: &Key, issue: &IssueId, person: &Person, domain: &str) -> String {
    format!("<{}@{domain}>", key.tag("message-id", &[issue.as_str(), &person.address.key()]))
}

/// The Message-ID of a test of an issue: another one for each run, and never that of a letter to a reader.
pub fn test_message_id(key: &Key, (issue, run): (&IssueId, &str), tester: &Address, domain: &str) -> String {
    format!("<test-{}@{domain}>", key.tag("test", &[issue.as_str(), run, &tester.key()]))
}
