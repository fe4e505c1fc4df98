//! All that is held of one person, gathered from lists, ledger and files.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::audience::Audience;
use crate::base::error::Error;
use crate::base::language::Lang;
use crate::cli::audience::explain;
use crate::cli::audience::readers;
use crate::cli::exit::Exit;
use crate::cli::project::Opened;
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::record::LetterRecord;
use crate::delivery::ledger::row::PlanRow;
use crate::delivery::ledger::state::State;
use crate::delivery::ledger::suppression::Suppression;
use crate::delivery::ledger::{self, Ledger};
use crate::issue::IssueId;
use crate::issue::series::SeriesId;
use crate::letter::plan::{PlannedLetter, TransportKind};
use crate::ops::personal_data::{Trail, TrailKind};
use crate::people::person::departure;
use crate::people::person::trace::Trace;
use crate::people::person::{Address, Person};
use crate::project::readers::Readers;

/// All that is held of one person.
#[derive(Debug, Serialize)]
pub(super) struct Held {
    /// As it was typed.
    pub(super) address: Address,
    /// Every row and every entry that they have in a list.
    pub(super) lists: Vec<Listed>,
    /// Each audience of the project, and whether they are in it.
    pub(super) audiences: Vec<Standing>,
    /// Why they are not written to, or were not.
    pub(super) suppressions: Vec<Suppressed>,
    /// Every letter in the ledger.
    pub(super) letters: Vec<Sent>,
    /// Every file of the project that holds the address.
    pub(super) files: Vec<Found>,
    /// What they read.
    pub(super) lang: Lang,
}

/// A row of a list.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    /// The audiences whose people stand in this list.
    pub(super) in_list_of: Vec<String>,
    /// All that it says.
    #[serde(flatten)]
    pub(super) person: Arc<Person>,
}

/// What somebody is to an audience.
#[derive(Debug, Serialize)]
pub(super) struct Standing {
    pub(super) audience: String,
    pub(super) member: bool,
    pub(super) because: String,
}

/// A suppression, in force or taken back.
#[derive(Debug, Serialize)]
pub(super) struct Suppressed {
    /// The series that they left; absent: everything.
    pub(super) series: Option<SeriesId>,
    pub(super) reason: departure::Reason,
    pub(super) since: Timestamp,
    pub(super) by: String,
    /// Whether the address itself is kept, or only a keyed hash.
    pub(super) address_is_kept: bool,
    pub(super) lifted_at: Option<Timestamp>,
    pub(super) lifted_because: Option<String>,
}

/// A letter in the ledger.
#[derive(Debug, Serialize)]
pub(super) struct Sent {
    pub(super) issue: IssueId,
    pub(super) transport: TransportKind,
    pub(super) planned_at: Timestamp,
    /// Whether another plan has taken the place of this one.
    pub(super) replaced: bool,
    pub(super) state: State,
    pub(super) tries: u32,
    pub(super) at: Option<Timestamp>,
    pub(super) reply: Option<String>,
    /// What was planned, with the person's values as they were then.
    #[serde(flatten)]
    pub(super) letter: PlannedLetter,
}

/// A file that holds the address.
#[derive(Debug, Serialize)]
pub(super) struct Found {
    pub(super) file: String,
    pub(super) kind: &'static str,
    pub(super) lines: Vec<usize>,
}

impl Held {
    /// Looks everywhere; what is wrong with lists is told.
    pub(super) fn gather(terminal: &Terminal, opened: &Opened, address: &Address) -> Result<(Self, Exit), Error> {
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
        let files = opened.project.traces(&Trace::new(address))?.into_iter().map(found).collect();
        let suppressions = suppressions.into_iter().map(suppressed).collect();
        let held = Self { address: address.clone(), lists, audiences: standings?, suppressions, letters, files, lang };
        Ok((held, exit))
    }

    /// Whether nothing at all is held, but for a keyed hash that nobody can read an address in.
    pub(super) fn is_nothing(&self) -> bool {
        let is_hash = |it: &Suppressed| !it.address_is_kept;
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

fn sent(ledger: &mut dyn Ledger, address: &Address) -> Result<Vec<Sent>, Error> {
    let letters = ledger::letters_to(ledger, &address.key())?;
    let sent = |(PlanRow { record: plan, replaced }, record): (PlanRow, LetterRecord)| {
        let LetterRecord { letter, state, tries, at, reply } = record;
        let (transport, planned_at) = (plan.transport, plan.frozen_at);
        Sent { issue: plan.issue, transport, planned_at, replaced, state, tries, at, reply, letter }
    };
    Ok(letters.into_iter().map(sent).collect())
}

/// Audiences with the same list show the same row.
fn lists(readers: &Readers, address: &Address) -> Result<Vec<Listed>, Error> {
    let mut lists: Vec<Listed> = Vec::new();
    for audience in readers.audiences.iter() {
        for person in readers.evidence().rows(audience, address)?.into_iter().map(Arc::new) {
            let id = audience.id.to_string();
            match lists.iter_mut().find(|it| it.person == person) {
                Some(listed) => listed.in_list_of.push(id),
                None => lists.push(Listed { in_list_of: vec![id], person }),
            }
        }
    }
    Ok(lists)
}

/// What they chose to read, or were written to in, or what their audience reads.
fn lang(readers: &Readers, lists: &[Listed], letters: &[Sent]) -> Option<Lang> {
    let mut chosen = lists.iter().map(|it| &it.person).chain(letters.iter().map(|it| &it.letter.person));
    let usual = |it: &&Audience| lists.iter().any(|list| list.in_list_of.iter().any(|id| *id == it.id.as_str()));
    let audience = || readers.audiences.iter().filter(usual).find_map(|it| it.lang);
    chosen.find_map(|it| it.lang).or_else(audience)
}

fn standing(readers: &Readers, audience: &Audience, address: &Address) -> Result<Standing, Error> {
    let reason = readers.evidence().explain(audience, address)?;
    Ok(Standing { audience: audience.id.to_string(), member: reason.is_in(), because: explain::words(&reason) })
}

fn suppressed(it: Suppression) -> Suppressed {
    let (lifted_at, lifted_because) = it.lifted.map(|it| (it.at, it.because)).unzip();
    let address_is_kept = it.address.is_some();
    Suppressed {
        series: it.series,
        reason: it.reason,
        since: it.at,
        by: it.source,
        address_is_kept,
        lifted_at,
        lifted_because,
    }
}

fn found(trail: Trail) -> Found {
    let kind = match trail.kind {
        TrailKind::Letter => "a letter to them",
        TrailKind::Preview => "a preview of what they get",
        TrailKind::Rejected => "rows of an import that could not be used",
        TrailKind::Unfinished => "left by a run that was ended",
        TrailKind::Own => "your own file",
    };
    Found { file: trail.file, kind, lines: trail.lines }
}
