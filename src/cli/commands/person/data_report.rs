//! All that is held of one person, gathered from lists, ledger and files.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::audience::Audience;
use crate::base::error::Error;
use crate::base::language::Lang;
use crate::cli::commands::audience::explain;
use crate::cli::commands::audience::report::readers;
use crate::cli::exit::Exit;
use crate::cli::project::OpenProject;
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::record::LetterRecord;
use crate::delivery::ledger::row::PlanRow;
use crate::delivery::ledger::state::LetterState;
use crate::delivery::ledger::suppression::Suppression;
use crate::issue::IssueId;
use crate::issue::series::SeriesId;
use crate::letter::plan::{PlannedLetter, TransportKind};
use crate::ops::personal_data::{AddressTrace, AddressTraceKind};
use crate::people::person::address_matcher::AddressMatcher;
use crate::people::person::suppression_reason;
use crate::people::person::{Address, Person};
use crate::project::resolved_audiences::ResolvedAudiences;

/// All that is held of one person.
#[derive(Debug, Serialize)]
pub(super) struct PersonalData {
    /// As it was typed.
    pub(super) address: Address,
    /// Every row and every entry that they have in a list.
    pub(super) lists: Vec<ListedPerson>,
    /// Each audience of the project, and whether they are in it.
    pub(super) audiences: Vec<AudienceStatus>,
    /// Why they are not written to, or were not.
    pub(super) suppressions: Vec<SuppressionSummary>,
    /// Every letter in the ledger.
    pub(super) letters: Vec<LetterSummary>,
    /// Every file of the project that holds the address.
    pub(super) files: Vec<FileMatch>,
    /// What they read.
    pub(super) lang: Lang,
}

/// A row of a list.
#[derive(Debug, Serialize)]
pub(super) struct ListedPerson {
    /// The audiences whose people stand in this list.
    pub(super) in_list_of: Vec<String>,
    /// All that it says.
    #[serde(flatten)]
    pub(super) person: Arc<Person>,
}

/// What somebody is to an audience.
#[derive(Debug, Serialize)]
pub(super) struct AudienceStatus {
    pub(super) audience: String,
    pub(super) member: bool,
    pub(super) because: String,
}

/// A suppression, in force or taken back.
#[derive(Debug, Serialize)]
pub(super) struct SuppressionSummary {
    /// The series that they left; absent: everything.
    pub(super) series: Option<SeriesId>,
    pub(super) reason: suppression_reason::SuppressionReason,
    pub(super) since: Timestamp,
    pub(super) by: String,
    /// Whether the address itself is kept, or only a keyed hash.
    pub(super) address_is_kept: bool,
    pub(super) lifted_at: Option<Timestamp>,
    pub(super) lifted_because: Option<String>,
}

/// A letter in the ledger.
#[derive(Debug, Serialize)]
pub(super) struct LetterSummary {
    pub(super) issue: IssueId,
    pub(super) transport: TransportKind,
    pub(super) planned_at: Timestamp,
    /// Whether another plan has taken the place of this one.
    pub(super) replaced: bool,
    pub(super) state: LetterState,
    pub(super) tries: u32,
    pub(super) at: Option<Timestamp>,
    pub(super) reply: Option<String>,
    /// What was planned, with the person's values as they were then.
    #[serde(flatten)]
    pub(super) letter: PlannedLetter,
}

/// A file that holds the address.
#[derive(Debug, Serialize)]
pub(super) struct FileMatch {
    pub(super) file: String,
    pub(super) kind: &'static str,
    pub(super) lines: Vec<usize>,
}

impl PersonalData {
    /// Looks everywhere; what is wrong with lists is told.
    pub(super) fn gather(terminal: &Terminal, opened: &OpenProject, address: &Address) -> Result<(Self, Exit), Error> {
        let (readers, exit) = readers(terminal, &opened.project)?;
        let (mut suppressions, mut letters) = (Vec::new(), Vec::new());
        let key = opened.project.key()?;
        for mut ledger in opened.ledgers()? {
            suppressions.extend(crate::delivery::ledger::suppression::suppressions_of(&mut *ledger, &key, address)?);
            letters.extend(sent(&mut *ledger, address)?);
        }
        let lists = lists(&readers, address)?;
        let lang = lang(&readers, &lists, &letters).unwrap_or(opened.project.settings().lang);
        let standings: Result<_, Error> = readers.audiences.iter().map(|it| standing(&readers, it, address)).collect();
        let files = opened.project.traces(&AddressMatcher::new(address))?.into_iter().map(found).collect();
        let suppressions = suppressions.into_iter().map(suppressed).collect();
        let held = Self { address: address.clone(), lists, audiences: standings?, suppressions, letters, files, lang };
        Ok((held, exit))
    }

    /// Whether nothing at all is held, but for a keyed hash that nobody can read an address in.
    pub(super) fn is_nothing(&self) -> bool {
        let is_hash = |it: &SuppressionSummary| !it.address_is_kept;
        self.lists.is_empty()
            && self.letters.is_empty()
            && self.files.is_empty()
            && self.suppressions.iter().all(is_hash)
    }

    /// Says that nothing is held.
    pub(super) fn tell_nothing(&self, terminal: &Terminal) {
        let hash = if self.suppressions.iter().any(|it| it.lifted_at.is_none()) {
            ", but for a keyed hash by which the address is known and not written to"
        } else {
            ""
        };
        terminal.note(&format!("nothing is held of {}{hash}", self.address));
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

/// Audiences with the same list show the same row.
fn lists(readers: &ResolvedAudiences, address: &Address) -> Result<Vec<ListedPerson>, Error> {
    let mut lists: Vec<ListedPerson> = Vec::new();
    for audience in readers.audiences.iter() {
        for person in readers.evidence().rows(audience, address)?.into_iter().map(Arc::new) {
            let id = audience.id.to_string();
            match lists.iter_mut().find(|it| it.person == person) {
                Some(listed) => listed.in_list_of.push(id),
                None => lists.push(ListedPerson { in_list_of: vec![id], person }),
            }
        }
    }
    Ok(lists)
}

/// What they chose to read, or were written to in, or what their audience reads.
fn lang(readers: &ResolvedAudiences, lists: &[ListedPerson], letters: &[LetterSummary]) -> Option<Lang> {
    let mut chosen = lists.iter().map(|it| &it.person).chain(letters.iter().map(|it| &it.letter.person));
    let usual = |it: &&Audience| lists.iter().any(|list| list.in_list_of.iter().any(|id| *id == it.id.as_str()));
    let audience = || readers.audiences.iter().filter(usual).find_map(|it| it.lang);
    chosen.find_map(|it| it.lang).or_else(audience)
}

fn standing(readers: &ResolvedAudiences, audience: &Audience, address: &Address) -> Result<AudienceStatus, Error> {
    let reason = readers.evidence().explain(audience, address)?;
    Ok(AudienceStatus { audience: audience.id.to_string(), member: reason.is_in(), because: explain::words(&reason) })
}

fn suppressed(it: Suppression) -> SuppressionSummary {
    let (lifted_at, lifted_because) = it.removal.map(|it| (it.at, it.because)).unzip();
    let address_is_kept = it.address.is_some();
    SuppressionSummary {
        series: it.series,
        reason: it.reason,
        since: it.at,
        by: it.source,
        address_is_kept,
        lifted_at,
        lifted_because,
    }
}

fn found(trail: AddressTrace) -> FileMatch {
    let kind = match trail.kind {
        AddressTraceKind::Letter => "a letter to them",
        AddressTraceKind::Preview => "a preview of what they get",
        AddressTraceKind::Rejected => "rows of an import that could not be used",
        AddressTraceKind::Unfinished => "left by a run that was ended",
        AddressTraceKind::Own => "your own file",
    };
    FileMatch { file: trail.file, kind, lines: trail.lines }
}
