//! The year in figures, from the totals of the ledger and from receipts. No personal data is read, so the figures stay
//! the same after `person erase` and `retention`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::source::diagnostic::{Diagnostic, Diagnostics};
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::ledger::tally::LetterTally;
use crate::issue::{Issue, IssueId};
use crate::letter::plan::TransportKind;
use crate::ops::check::UNREADABLE;
use crate::ops::text::with_causes;
use crate::ops::year_calendar::{self, ProjectCalendar};
use crate::ops::{ledgers, status};
use crate::project::Project;
use crate::project::files;
use crate::project::receipt::{Receipt, ReceiptCount};
use crate::project::translations::IssueFiles;
use crate::publish::calendar::year::CalendarYear;
use crate::publish::year::figures::LetterFigures;
use crate::publish::year::promises::PromiseFigures;
use crate::publish::year::report::YearReport;
use crate::publish::year::sent_issue::{AudienceLetters, FigureRecord, IssueReach, SentIssue};

/// A report, and what is not in it.
#[derive(Debug)]
pub struct GatheredYear {
    /// The report.
    pub report: YearReport,
    /// Issues of the year that were written to a folder only: no one received them, and they are not counted.
    pub written: Vec<IssueId>,
    /// Issues whose receipt knows of more letters than the ledger, so that the receipt counts.
    pub behind: Vec<IssueId>,
    /// Issues whose files are gone, so that neither their subjects nor their topics are known.
    pub gone: Vec<IssueId>,
    /// The problems of receipts that cannot be counted, of the calendar, and of issues whose files cannot be read.
    pub problems: Diagnostics,
}

/// A record of an issue of any year.
struct CountedIssue {
    /// When the first of its letters was sent, or else when it was planned.
    at: Timestamp,
    editions: u64,
    figures: LetterFigures,
    audiences: BTreeMap<String, AudienceLetters>,
    record: FigureRecord,
}

/// What is known from an issue's file.
struct IssueFacts {
    subject: Option<String>,
    tags: Vec<String>,
    reach: IssueReach,
    /// Why nothing else is known.
    problems: Diagnostics,
}

/// Gathers what was sent in a year, in the project's zone, and what the calendar promised, as it is now.
///
/// # Errors
///
/// The ledger, or a folder of the project, cannot be read.
pub fn gather(project: &Project, year: i16, lang: Lang, now: Timestamp) -> Result<GatheredYear, Error> {
    let mut counted: BTreeMap<IssueId, CountedIssue> = BTreeMap::new();
    let (mut written, mut behind) = (Vec::new(), Vec::new());
    if let Some(mut ledger) = ledgers::open_to_read(project)? {
        for plan in ledger.plans_in_force()? {
            if plan.transport == TransportKind::Smtp {
                counted.insert(plan.issue.clone(), CountedIssue::of_plan(&mut *ledger, &plan)?);
            } else if year_of(project, plan.frozen_at) == year {
                written.push(plan.issue);
            }
        }
    }
    let (receipts, mut problems) = project.receipts()?;
    problems.extend(project.foreign_receipts()?);
    // A receipt with another sender counts as well: a newsletter may have changed its address.
    for receipt in &receipts {
        let receipted = CountedIssue::of_receipt(receipt);
        match counted.get_mut(&receipt.issue) {
            // A report about the first letter replaces its time in the ledger.
            Some(known) if known.figures.sent >= receipted.figures.sent => known.at = known.at.min(receipted.at),
            Some(known) => {
                behind.push(receipt.issue.clone());
                *known = receipted;
            }
            None => {
                counted.insert(receipt.issue.clone(), receipted);
            }
        }
    }
    written.retain(|issue| !counted.contains_key(issue));
    counted.retain(|_, issue| year_of(project, issue.at) == year);
    behind.retain(|issue| counted.contains_key(issue));
    let mut gone = Vec::new();
    let report = YearReport {
        name: project.settings().name.clone(),
        year,
        lang,
        day: now.to_zoned_datetime(project.settings().timezone.clone()).date(),
        issues: described(project, counted, &mut gone, &mut problems)?,
        audience_names: audience_names(project)?,
        promises: promises(project, year, now, &mut problems)?,
    };
    Ok(GatheredYear { report, written, behind, gone, problems })
}

impl CountedIssue {
    /// The figures of a plan in the ledger.
    fn of_plan(ledger: &mut dyn Ledger, plan: &PlanRecord) -> Result<Self, Error> {
        let tallies = ledger.tallies(plan.id)?;
        let mut totals = Totals::default();
        let mut audiences: BTreeMap<String, AudienceLetters> = BTreeMap::new();
        for LetterTally { audience, state, letters, .. } in &tallies {
            totals.add(*state, *letters);
            let counted = audiences.entry(audience.to_string()).or_default();
            counted.recipients += letters;
            counted.sent += if state.was_accepted() { *letters } else { 0 };
        }
        let editions: BTreeSet<&str> = tallies.iter().map(|tally| tally.edition.as_str()).collect();
        Ok(Self {
            at: tallies.iter().filter_map(LetterTally::first_accepted).min().unwrap_or(plan.frozen_at),
            editions: editions.len() as u64,
            figures: figures(&status::observed_totals(ledger, plan, totals)?),
            audiences,
            record: FigureRecord::Ledger,
        })
    }

    /// The figures of an issue's receipt.
    fn of_receipt(receipt: &Receipt) -> Self {
        let letters = |counts: &ReceiptCount| AudienceLetters { recipients: counts.letters, sent: counts.accepted };
        Self {
            at: receipt.first_accepted.unwrap_or(receipt.planned),
            editions: receipt.editions.len() as u64,
            figures: figures(&receipt.totals),
            audiences: receipt.audiences.iter().map(|(name, counts)| (name.clone(), letters(counts))).collect(),
            record: FigureRecord::Receipt,
        }
    }
}

/// The issues in their order, with the facts from their files: those without a file are `gone`.
fn described(
    project: &Project,
    counted: BTreeMap<IssueId, CountedIssue>,
    gone: &mut Vec<IssueId>,
    problems: &mut Diagnostics,
) -> Result<Vec<SentIssue>, Error> {
    let mut counted: Vec<(IssueId, CountedIssue)> = counted.into_iter().collect();
    counted.sort_by_key(|(_, issue)| issue.at);
    let mut facts = facts(project)?;
    let zone = &project.settings().timezone;
    let described = counted.into_iter().map(|(id, issue)| {
        let facts = facts.remove(&id).unwrap_or_else(|| {
            gone.push(id.clone());
            IssueFacts::unknown(Diagnostics::new())
        });
        let IssueFacts { subject, tags, reach, problems: of_file } = facts;
        problems.extend(of_file);
        let day = issue.at.to_zoned_datetime(zone.clone()).date();
        let CountedIssue { editions, figures, audiences, record, .. } = issue;
        SentIssue { id, subject, day, editions, figures, audiences, reach, tags, record }
    });
    Ok(described.collect())
}

/// The facts about issues from the project's files.
fn facts(project: &Project) -> Result<BTreeMap<IssueId, IssueFacts>, Error> {
    let lang = project.settings().lang;
    let facts = project.issues()?.into_iter().map(|path| {
        let unread = || IssueId::of_path(&files::name(project.root(), &path).to_string_lossy());
        match project.issue(&path) {
            Ok(IssueFiles { issue: Some(issue), .. }) => (issue.id.clone(), IssueFacts::of(&issue, lang)),
            Ok(IssueFiles { diagnostics, .. }) => (unread(), IssueFacts::unknown(diagnostics)),
            Err(error) => {
                let problem = Diagnostic::error(UNREADABLE, with_causes(&error));
                (unread(), IssueFacts::unknown(std::iter::once(problem).collect()))
            }
        }
    });
    Ok(facts.collect())
}

impl IssueFacts {
    fn of(issue: &Issue, lang: Lang) -> Self {
        let is_whole = issue.front.people.is_none() && issue.front.exclude.is_empty();
        Self {
            subject: issue.front.subject.for_lang(lang).map(|subject| subject.value.clone()),
            tags: issue.tags(),
            reach: if is_whole { IssueReach::Whole } else { IssueReach::Unknown },
            problems: Diagnostics::new(),
        }
    }

    fn unknown(problems: Diagnostics) -> Self {
        Self { subject: None, tags: Vec::new(), reach: IssueReach::Unknown, problems }
    }
}

/// What the calendar promised for a year; none: the project has no calendar, or one with errors.
fn promises(
    project: &Project,
    year: i16,
    now: Timestamp,
    problems: &mut Diagnostics,
) -> Result<Vec<PromiseFigures>, Error> {
    let Some(ProjectCalendar { calendar, issues, diagnostics, .. }) = year_calendar::read(project)? else {
        return Ok(Vec::new());
    };
    problems.extend(diagnostics);
    let Some(calendar) = calendar else { return Ok(Vec::new()) };
    let today = now.to_zoned_datetime(project.settings().timezone.clone()).date();
    Ok(PromiseFigures::of(&CalendarYear::join(&calendar, year, today, &issues)))
}

fn audience_names(project: &Project) -> Result<BTreeMap<String, String>, Error> {
    // `check` reports the problems of the files; the figures of an audience are known without its name.
    let (audiences, _) = project.audiences()?;
    Ok(audiences.iter().map(|audience| (audience.id.to_string(), audience.name.clone())).collect())
}

/// A report's figures of the letters by state.
fn figures(totals: &Totals) -> LetterFigures {
    LetterFigures {
        sent: totals.ever_accepted(),
        bounced: totals.of(LetterState::Bounced),
        complained: totals.of(LetterState::Complained),
        left: totals.of(LetterState::Left),
        refused: totals.of(LetterState::Refused),
        suppressed: totals.of(LetterState::Suppressed),
        expired: totals.of(LetterState::Expired),
        cancelled: totals.of(LetterState::Cancelled),
        in_doubt: totals.of(LetterState::InDoubt),
        open: totals.of(LetterState::Planned) + totals.of(LetterState::InFlight) + totals.of(LetterState::Deferred),
    }
}

fn year_of(project: &Project, at: Timestamp) -> i16 {
    at.to_zoned_datetime(project.settings().timezone.clone()).year()
}
