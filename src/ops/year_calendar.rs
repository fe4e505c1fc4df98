//! `calendar.yaml`, joined with the project's issues, its ledger, its receipts and its approvals.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::audience::AudienceId;
use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::base::message::Message;
use crate::base::source::diagnostic::Diagnostics;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::issue::front_matter::{self, DraftStatus};
use crate::issue::series::SeriesId;
use crate::issue::{Issue, IssueId};
use crate::letter::plan::TransportKind;
use crate::ops::approval::gate;
use crate::ops::blocked::GuardFailure;
use crate::ops::ledgers;
use crate::ops::receipts;
use crate::ops::text::with_causes;
use crate::project::Project;
use crate::project::files;
use crate::project::receipt::IssueIdentity;
use crate::publish::calendar::entry::YearCalendar;
use crate::publish::calendar::file::{self, CalendarNames};
use crate::publish::calendar::issue_match::{CalendarIssue, check_done, check_issues, check_names};
use crate::publish::calendar::period::Period;
use crate::publish::calendar::state::IssueProgress;

/// The file, in the project's folder.
pub const CALENDAR_FILE: &str = "calendar.yaml";
/// Wrong names that people give it.
const MISNAMED: [&str; 4] = ["calendar.yml", "kalender.yaml", "kalender.yml", "Calendar.yaml"];

/// The project's year.
#[derive(Debug)]
pub struct ProjectCalendar {
    /// The calendar; absent if the file has errors.
    pub calendar: Option<YearCalendar>,
    /// Every issue of the project, and those that were sent and are gone.
    pub issues: Vec<CalendarIssue>,
    /// The problems of the file, and of the issues that name an entry of it.
    pub diagnostics: Diagnostics,
    /// Why the ledger could not be read, so that only receipts show what was sent; absent: it was read.
    pub unread_ledger: Option<Message>,
}

/// Reads the calendar of a project; absent: it has none.
///
/// # Errors
///
/// The file, an audience or an issue cannot be read.
pub fn read(project: &Project) -> Result<Option<ProjectCalendar>, Error> {
    let Some((calendar, mut diagnostics)) = read_file(project)? else { return Ok(None) };
    let (sent, unread_ledger) = sent_issues(project)?;
    let mut issues = issues(project, sent)?;
    apply_approvals(project, &mut issues)?;
    if let Some(calendar) = &calendar {
        diagnostics.extend(check_names(calendar, &issues));
        diagnostics.extend(check_issues(calendar, &issues));
    }
    Ok(Some(ProjectCalendar { calendar, issues, diagnostics, unread_ledger }))
}

/// Why there is no calendar: a file with another name seems to be meant, or none exists.
pub(crate) fn none(project: &Project) -> GuardFailure {
    let misnamed = MISNAMED.into_iter().find(|name| project.root().join(name).is_file());
    GuardFailure::NoCalendar { misnamed: misnamed.map(str::to_owned) }
}

/// The problems of the calendar on a day, and of the issues that name an entry of it; none without a calendar, unless
/// an issue names an entry.
///
/// # Errors
///
/// The file, an audience or an issue cannot be read.
pub fn check(project: &Project, today: Date) -> Result<Diagnostics, Error> {
    let file = read_file(project)?;
    let mut diagnostics = Diagnostics::new();
    let calendar = if let Some((calendar, problems)) = file {
        diagnostics.extend(problems);
        calendar
    } else {
        // No entry that an issue names exists.
        Some(YearCalendar::default())
    };
    let Some(calendar) = calendar else { return Ok(diagnostics) };
    let issues = issues(project, sent_by_receipts(project)?)?;
    diagnostics.extend(check_names(&calendar, &issues));
    diagnostics.extend(check_issues(&calendar, &issues));
    diagnostics.extend(check_done(&calendar, today));
    Ok(diagnostics)
}

/// The file; absent: there is none.
fn read_file(project: &Project) -> Result<Option<(Option<YearCalendar>, Diagnostics)>, Error> {
    let path = project.root().join(CALENDAR_FILE);
    if !path.exists() {
        return Ok(None);
    }
    let source = project.read_own(&path)?;
    let audiences: BTreeSet<AudienceId> = project.audiences()?.0.ids().cloned().collect();
    let series: BTreeSet<SeriesId> = project.settings().series.keys().cloned().collect();
    Ok(Some(file::parse(&source, CalendarNames { audiences: &audiences, series: &series })))
}

/// An issue that was sent, on its last day.
#[derive(Debug)]
struct SentOn {
    day: Date,
    series: Option<SeriesId>,
    /// The digest of its text; absent in receipts of former versions.
    content: Option<Digest>,
}

/// The issues that were sent, by ledger and receipts, and why the ledger could not be read.
fn sent_issues(project: &Project) -> Result<(BTreeMap<IssueId, SentOn>, Option<Message>), Error> {
    let zone = &project.settings().timezone;
    let mut sent = sent_by_receipts(project)?;
    // A check in CI has no ledger file, and may not log in to a ledger on a server.
    match sent_by_ledger(project, zone) {
        Ok(known) => {
            for (issue, on) in known {
                let day = sent.get(&issue).map_or(on.day, |receipt| receipt.day);
                sent.insert(issue, SentOn { day, ..on });
            }
            Ok((sent, None))
        }
        Err(error) => Ok((sent, Some(with_causes(&error)))),
    }
}

fn sent_by_receipts(project: &Project) -> Result<BTreeMap<IssueId, SentOn>, Error> {
    let zone = &project.settings().timezone;
    let receipts = project.receipts()?.0.into_iter().filter(|receipt| is_sent(&receipt.totals));
    let sent = receipts.map(|receipt| {
        let day = day_of(receipt.last_accepted.unwrap_or(receipt.planned), zone);
        (receipt.issue, SentOn { day, series: None, content: receipt.content })
    });
    Ok(sent.collect())
}

fn sent_by_ledger(project: &Project, zone: &TimeZone) -> Result<Vec<(IssueId, SentOn)>, Error> {
    let Some(mut ledger) = ledgers::open_to_read(project)? else { return Ok(Vec::new()) };
    let mut sent = Vec::new();
    // What is in the outbox was sent to no one.
    for plan in ledger.plans_in_force()?.into_iter().filter(|plan| plan.transport == TransportKind::Smtp) {
        if is_sent(&ledger.totals(plan.id)?) {
            sent.push((
                plan.issue,
                SentOn { day: day_of(plan.frozen_at, zone), series: plan.series, content: Some(plan.content) },
            ));
        }
    }
    Ok(sent)
}

/// Whether an issue is done: letters were accepted, and each was tried. A mailbox that is full does not make an issue late.
fn is_sent(totals: &Totals) -> bool {
    let is_tried = [LetterState::Planned, LetterState::InFlight].into_iter().all(|state| totals.of(state) == 0);
    is_tried && totals.ever_accepted() > 0
}

fn day_of(moment: Timestamp, zone: &TimeZone) -> Date {
    moment.to_zoned_datetime(zone.clone()).date()
}

/// Every issue of the project, and those of `sent` that are gone.
fn issues(project: &Project, mut sent: BTreeMap<IssueId, SentOn>) -> Result<Vec<CalendarIssue>, Error> {
    let mut issues = Vec::new();
    let paths = project.issues()?;
    follow_renamed(project, &paths, &mut sent);
    for path in paths {
        // A file that is not text still has an entry; `check` reports what is wrong with it.
        let Ok(files) = project.issue(&path) else {
            issues.push(unread_issue(project, &path, "", &mut sent));
            continue;
        };
        issues.push(match &files.issue {
            Some(issue) => calendar_issue(project, issue, &mut sent),
            None => unread_issue(project, &path, files.source.text(), &mut sent),
        });
    }
    issues.extend(sent.into_iter().map(|(id, SentOn { day, series, .. })| CalendarIssue {
        title: id.to_string(),
        id,
        file: None,
        time: Some(Period::day(day)),
        audiences: Vec::new(),
        series,
        names_entry: None,
        progress: IssueProgress::Sent(day),
    }));
    Ok(issues)
}

/// Gives a sent issue whose file is gone the id of the file that has its text now: `send` recognises it by its text as
/// well.
fn follow_renamed(project: &Project, paths: &[PathBuf], sent: &mut BTreeMap<IssueId, SentOn>) {
    // A file that cannot be read still has an entry; `check` reports what is wrong with it.
    let known: Vec<IssueIdentity> = paths.iter().filter_map(|path| receipts::identity(project, path).ok()).collect();
    let gone: Vec<IssueId> = sent.keys().filter(|id| known.iter().all(|issue| issue.id != **id)).cloned().collect();
    for id in gone {
        let content = sent.get(&id).and_then(|sent| sent.content.clone());
        let renamed = known.iter().find(|issue| content.is_some() && issue.content == content);
        if let Some(issue) = renamed.filter(|issue| !sent.contains_key(&issue.id))
            && let Some(on) = sent.remove(&id)
        {
            sent.insert(issue.id.clone(), on);
        }
    }
}

/// Treats issues that lack a required approval as drafts.
fn apply_approvals(project: &Project, issues: &mut [CalendarIssue]) -> Result<(), Error> {
    for issue in issues.iter_mut().filter(|issue| issue.progress == IssueProgress::Ready) {
        let path = issue.file.as_ref().map(|file| project.root().join(file));
        let objection = path.map_or(Ok(None), |path| gate::missing(project, &path))?;
        if objection.is_some() {
            issue.progress = IssueProgress::Draft;
        }
    }
    Ok(())
}

fn calendar_issue(project: &Project, issue: &Issue, sent: &mut BTreeMap<IssueId, SentOn>) -> CalendarIssue {
    let sent_on = sent.remove(&issue.id).map(|sent| sent.day);
    let front = &issue.front;
    let zone = &project.settings().timezone;
    let planned = front.send_at.or(front.date).map(|moment| day_of(moment, zone));
    let progress = match sent_on {
        Some(day) => IssueProgress::Sent(day),
        None if front.draft == DraftStatus::Yes => IssueProgress::Draft,
        None => IssueProgress::Ready,
    };
    let subject = front.subject.for_lang(project.settings().lang).map(|subject| subject.value.clone());
    CalendarIssue {
        id: issue.id.clone(),
        file: Some(issue.source.path().to_string()),
        title: subject.unwrap_or_default(),
        time: sent_on.or(planned).map(Period::day).or_else(|| Period::named_first(issue.short_name())),
        audiences: front.audiences.iter().map(|audience| audience.value.clone()).collect(),
        series: front.series.as_ref().map(|series| series.value.clone()),
        names_entry: front.calendar.clone(),
        progress,
    }
}

/// An issue whose front matter has errors, or whose file cannot be read and has no text here.
fn unread_issue(project: &Project, path: &Path, text: &str, sent: &mut BTreeMap<IssueId, SentOn>) -> CalendarIssue {
    let file = files::name(project.root(), path).to_string_lossy().into_owned();
    let id = IssueId::of_path(&file);
    let zone = &project.settings().timezone;
    let sent_on = sent.remove(&id).map(|sent| sent.day);
    let planned = front_matter::send_at_of_lines(text, zone).map(|moment| day_of(moment, zone));
    CalendarIssue {
        id,
        title: file.clone(),
        file: Some(file),
        time: sent_on.or(planned).map(Period::day),
        audiences: Vec::new(),
        series: None,
        names_entry: None,
        progress: sent_on.map_or(IssueProgress::Draft, IssueProgress::Sent),
    }
}
