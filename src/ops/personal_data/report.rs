//! All data about one person, from lists, ledgers and files.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::audience::file::Audience;
use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::Diagnostics;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::record::LetterRecord;
use crate::delivery::ledger::row::PlanRow;
use crate::delivery::ledger::state::LetterState;
use crate::delivery::ledger::suppression::{self, Suppression};
use crate::issue::IssueId;
use crate::issue::series::SeriesId;
use crate::letter::plan::{PlannedLetter, TransportKind};
use crate::ops::ledgers;
use crate::ops::membership_reason::describe;
use crate::ops::personal_data::traces::{self, AddressTrace, AddressTraceKind};
use crate::people::person::address_matcher::AddressMatcher;
use crate::people::person::suppression_reason;
use crate::people::person::{Address, Person};
use crate::project::Project;
use crate::project::resolved_audiences::ResolvedAudiences;

/// All data about one person.
#[derive(Debug, Serialize)]
pub struct PersonalData {
    /// As it was typed.
    pub address: Address,
    /// Every entry in a list.
    pub lists: Vec<ListedPerson>,
    /// Every audience of the project.
    pub audiences: Vec<AudienceStatus>,
    /// Their suppressions, in force or removed.
    pub suppressions: Vec<SuppressionSummary>,
    /// Every letter in the ledger.
    pub letters: Vec<LetterSummary>,
    /// Every file of the project with the address in it.
    pub files: Vec<FileMatch>,
    /// Their language.
    pub lang: Lang,
}

/// An entry in a list.
#[derive(Debug, Serialize)]
pub struct ListedPerson {
    /// The audiences that use this list.
    pub in_list_of: Vec<String>,
    /// The entry.
    #[serde(flatten)]
    pub person: Arc<Person>,
}

/// Whether a person is in an audience.
#[derive(Debug, Serialize)]
pub struct AudienceStatus {
    /// The audience.
    pub audience: String,
    /// Whether they are in it.
    pub member: bool,
    /// Why.
    pub because: Message,
}

/// A suppression, in force or removed.
#[derive(Debug, Serialize)]
pub struct SuppressionSummary {
    /// The series it is for; absent: all letters.
    pub series: Option<SeriesId>,
    /// The reason.
    pub reason: suppression_reason::SuppressionReason,
    /// When it was recorded.
    pub since: Timestamp,
    /// Who recorded it: a command or a file.
    pub by: String,
    /// Whether the address itself is kept, or only a keyed hash.
    pub address_is_kept: bool,
    /// When it was removed.
    pub removed_at: Option<Timestamp>,
    /// Why it was removed.
    pub removed_because: Option<String>,
}

/// A letter in the ledger.
#[derive(Debug, Serialize)]
pub struct LetterSummary {
    /// The issue.
    pub issue: IssueId,
    /// How it was sent.
    pub transport: TransportKind,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// Whether another plan has replaced this one.
    pub replaced: bool,
    /// Its state.
    pub state: LetterState,
    /// How often it was tried.
    pub tries: u32,
    /// When its state last changed.
    pub at: Option<Timestamp>,
    /// The relay's reply, or why it was not sent.
    pub reply: Option<String>,
    /// What was planned, with the person's values as they were then.
    #[serde(flatten)]
    pub letter: PlannedLetter,
}

/// A file with the address in it.
#[derive(Debug, Serialize)]
pub struct FileMatch {
    /// Its path in the project.
    pub file: String,
    /// What it is.
    pub kind: Message,
    /// The lines with the address, from 1.
    pub lines: Vec<usize>,
}

impl PersonalData {
    /// Looks in all lists, ledgers and files; the diagnostics of the lists are to be reported.
    ///
    /// # Errors
    ///
    /// A ledger or a file cannot be read.
    pub fn gather(project: &Project, address: &Address) -> Result<(Self, Diagnostics), Error> {
        let (readers, diagnostics) = project.readers()?;
        let (mut suppressions, mut letters) = (Vec::new(), Vec::new());
        let keys = project.keys()?;
        for mut ledger in ledgers::open_all_to_read(project)? {
            suppressions.extend(suppression::suppressions_of(&mut *ledger, &keys, address)?);
            letters.extend(sent(&mut *ledger, address)?);
        }
        let lists = lists(&readers, address)?;
        let lang = lang(&readers, &lists, &letters).unwrap_or(project.settings().lang);
        let audiences = readers.audiences.iter();
        let audiences = audiences.map(|audience| AudienceStatus::of(&readers, audience, address));
        let audiences = audiences.collect::<Result<_, Error>>()?;
        let files = traces::find(project, &AddressMatcher::new(address))?.into_iter().map(FileMatch::from).collect();
        let suppressions = suppressions.into_iter().map(SuppressionSummary::from).collect();
        Ok((Self { address: address.clone(), lists, audiences, suppressions, letters, files, lang }, diagnostics))
    }

    /// Whether there is no data; a keyed hash, from which no address can be read, does not count.
    pub fn is_empty(&self) -> bool {
        let is_hash = |suppression: &SuppressionSummary| !suppression.address_is_kept;
        self.lists.is_empty()
            && self.letters.is_empty()
            && self.files.is_empty()
            && self.suppressions.iter().all(is_hash)
    }
}

fn sent(ledger: &mut dyn Ledger, address: &Address) -> Result<Vec<LetterSummary>, Error> {
    let letters = ledger.letters_to(&address.key())?;
    let sent = |(PlanRow { record: plan, replaced }, record): (PlanRow, LetterRecord)| {
        let LetterRecord { letter, state, tries, at, reason } = record;
        let reply = reason.map(|reason| reason.to_string());
        let (transport, planned_at) = (plan.transport, plan.frozen_at);
        LetterSummary { issue: plan.issue, transport, planned_at, replaced, state, tries, at, reply, letter }
    };
    Ok(letters.into_iter().map(sent).collect())
}

/// The rows with the address; one that several audiences share is listed once.
fn lists(readers: &ResolvedAudiences, address: &Address) -> Result<Vec<ListedPerson>, Error> {
    let mut lists: Vec<ListedPerson> = Vec::new();
    for audience in readers.audiences.iter() {
        for person in readers.evidence().rows(audience, address)?.into_iter().map(Arc::new) {
            let id = audience.id.to_string();
            match lists.iter_mut().find(|listed| listed.person == person) {
                Some(listed) => listed.in_list_of.push(id),
                None => lists.push(ListedPerson { in_list_of: vec![id], person }),
            }
        }
    }
    Ok(lists)
}

/// The language that they chose, or that of their letters, or that of their audience.
fn lang(readers: &ResolvedAudiences, lists: &[ListedPerson], letters: &[LetterSummary]) -> Option<Lang> {
    let mut chosen = lists.iter().map(|list| &list.person).chain(letters.iter().map(|sent| &sent.letter.person));
    let usual =
        |audience: &&Audience| lists.iter().any(|list| list.in_list_of.iter().any(|id| *id == audience.id.as_str()));
    let audience = || readers.audiences.iter().filter(usual).find_map(|audience| audience.lang);
    chosen.find_map(|person| person.lang).or_else(audience)
}

impl AudienceStatus {
    fn of(readers: &ResolvedAudiences, audience: &Audience, address: &Address) -> Result<Self, Error> {
        let reason = readers.evidence().explain(audience, address)?;
        let (audience, member) = (audience.id.to_string(), reason.is_in());
        Ok(Self { audience, member, because: describe(&reason) })
    }
}

impl From<Suppression> for SuppressionSummary {
    fn from(suppression: Suppression) -> Self {
        let address_is_kept = suppression.address.is_some();
        let (removed_at, removed_because) = suppression.removal.map(|removal| (removal.at, removal.because)).unzip();
        Self {
            series: suppression.series,
            reason: suppression.reason,
            since: suppression.at,
            by: suppression.source,
            address_is_kept,
            removed_at,
            removed_because,
        }
    }
}

impl From<AddressTrace> for FileMatch {
    fn from(trace: AddressTrace) -> Self {
        let kind = match trace.kind {
            AddressTraceKind::Letter => message!("a letter to them", "en mail til personen"),
            AddressTraceKind::Preview => message!("a preview of their letter", "en forhåndsvisning af personens mail"),
            AddressTraceKind::Rejected => message!("rejected rows of an import", "afviste rækker fra en import"),
            AddressTraceKind::Unfinished => message!("left over from an interrupted run", "rest fra en afbrudt kørsel"),
            AddressTraceKind::Own => message!("your own file", "jeres egen fil"),
        };
        Self { file: trace.file, kind, lines: trace.lines }
    }
}
