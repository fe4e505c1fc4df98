//! Mails to the addresses in `notify`: an issue is done, blocked, or no longer blocked. Each change is mailed once.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use thiserror::Error as ThisError;

use crate::audience::AudienceId;
use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::language::words::NoticeWords;
use crate::base::message::{Message, message};
use crate::delivery::ledger::announcements::Announcement;
use crate::delivery::ledger::record::PlanId;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::notice::{self, NoticeError};
use crate::delivery::stored_reason::in_words;
use crate::delivery::transport::Transport;
use crate::issue::IssueId;
use crate::letter::compose::Letter;
use crate::letter::dkim::key::SigningError;
use crate::letter::header_lines::HeaderTooLong;
use crate::letter::letter_bytes::LetterBytes;
use crate::letter::message_id::MessageIds;
use crate::letter::notice::NoticeMail;
use crate::letter::plan::{PlannedLetter, TransportKind};
use crate::ops::reason_counts::{self, ReasonCount};
use crate::ops::refusals::{self, DomainRefusals};
use crate::ops::text::{visible, with_causes};
use crate::ops::{ledgers, run_changes};
use crate::people::person::{Address, Person, PersonOrigin};
use crate::project::Project;

/// How the recorded states begin.
const BLOCKED: &str = "blocked";
const RECOVERED: &str = "recovered";
/// How many reasons, and how many domains, are listed.
const MAX_LISTED: usize = 10;

/// The change of an issue's state in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssueNews {
    /// Its plan is finished.
    Done,
    /// It cannot be sent: what was reported as a problem, without addresses.
    Blocked(Vec<Message>),
    /// Its time has passed: the sentence that says so, with what to do.
    TooLate(Message),
    /// It is no longer blocked.
    Recovered,
}

/// The issues that were last mailed as blocked.
///
/// # Errors
///
/// The ledger cannot be read.
pub fn blocked_issues(project: &Project) -> Result<BTreeSet<IssueId>, Error> {
    let Some(mut ledger) = ledgers::open_to_read(project)? else { return Ok(BTreeSet::new()) };
    Ok(ledger.announced(BLOCKED)?.into_iter().collect())
}

/// Why a mail was not sent.
#[derive(Debug, ThisError)]
pub enum MailError {
    /// A key or a secret cannot be read.
    #[error(transparent)]
    Project(#[from] Error),
    /// A header field has a word that fits on no line.
    #[error(transparent)]
    TooLong(#[from] HeaderTooLong),
    /// It cannot be signed.
    #[error("{}", message!("the mail cannot be signed", "mailen kan ikke signeres"))]
    Unsigned(#[from] SigningError),
    /// It was not accepted.
    #[error(transparent)]
    NotSent(#[from] NoticeError),
}

/// What a mail about a finished issue says.
struct FinishedPlan {
    plan: PlanId,
    transport: TransportKind,
    totals: Totals,
    reasons: Vec<ReasonCount>,
    domains: Vec<DomainRefusals>,
}

/// Mails the change of an issue's state, unless this or another host mailed it before. Returns why mails
/// could not be sent.
///
/// # Errors
///
/// The ledger or the project's key cannot be read or written; nothing was mailed.
pub fn mail(project: &Project, issue: &IssueId, news: &IssueNews, now: Timestamp) -> Result<Vec<Message>, Error> {
    if matches!(news, IssueNews::TooLate(_)) && ledgers::open_to_read(project)?.is_none() {
        // A clone has no ledger, so every issue looks unsent.
        return Ok(Vec::new());
    }
    let mut ledger = ledgers::open_to_suppress(project)?;
    let mut finished = None;
    let state = match news {
        IssueNews::Done => {
            finished = finished_plan(project, issue)?;
            let Some(finished) = &finished else { return Ok(Vec::new()) };
            format!("done {}", finished.plan.0)
        }
        IssueNews::Blocked(problems) => blocked_state(problems),
        IssueNews::TooLate(problem) => blocked_state(std::slice::from_ref(problem)),
        IssueNews::Recovered => RECOVERED.to_owned(),
    };
    // Recorded first: a run that is killed here may lose a mail, but never sends it twice.
    if !ledger.announce(&Announcement { issue: issue.clone(), state: state.clone(), at: now })? {
        return Ok(Vec::new());
    }
    drop(ledger);
    let text = Text { lang: project.settings().lang, issue, time: time(project, now) };
    let (subject, body) = match (news, &finished) {
        (IssueNews::Blocked(problems), _) => text.blocked(problems),
        (IssueNews::TooLate(problem), _) => text.too_late(problem),
        (IssueNews::Recovered, _) => text.recovered(),
        (IssueNews::Done, Some(finished)) => text.done(finished),
        (IssueNews::Done, None) => return Ok(Vec::new()),
    };
    let change = Digest::of([state.as_bytes(), now.to_string().as_bytes()]).to_string();
    let transport = ledgers::transport(project)?;
    let send = |to: &Address| {
        let mail = Mail { issue, change: &change, subject: &subject, text: &body, to };
        mail.send(project, &*transport, now).err().map(|error| with_causes(&error))
    };
    Ok(project.settings().sending.notify.iter().filter_map(send).collect())
}

/// The recorded state of problems: the same ones are mailed once.
fn blocked_state(problems: &[Message]) -> String {
    let lines: Vec<String> = problems.iter().map(|problem| problem.english().to_owned()).collect();
    format!("{BLOCKED} {}", run_changes::digest(&lines))
}

/// Whether nothing is left to send of an issue.
///
/// # Errors
///
/// The ledger cannot be read.
pub fn is_finished(project: &Project, issue: &IssueId) -> Result<bool, Error> {
    Ok(finished_plan(project, issue)?.is_some())
}

/// The totals of the plan in force, if it is finished.
fn finished_plan(project: &Project, issue: &IssueId) -> Result<Option<FinishedPlan>, Error> {
    let Some(mut ledger) = ledgers::open_to_read(project)? else { return Ok(None) };
    let Some(record) = ledger.plan(issue, ledgers::transport_kind(project))? else { return Ok(None) };
    let totals = ledger.totals(record.id)?;
    if !totals.is_finished() {
        return Ok(None);
    }
    let reasons = reason_counts::of_plan(&mut *ledger, &record, &totals)?;
    let domains = if reasons.is_empty() { Vec::new() } else { refusals::by_domain(&mut *ledger, &record)? };
    Ok(Some(FinishedPlan { plan: record.id, transport: record.transport, totals, reasons, domains }))
}

/// The moment as written in the mail, in the project's language and zone.
fn time(project: &Project, now: Timestamp) -> String {
    let settings = project.settings();
    settings.lang.date_time(now.to_zoned_datetime(settings.timezone.clone()).datetime())
}

/// The words of a mail.
struct Text<'a> {
    lang: Lang,
    issue: &'a IssueId,
    time: String,
}

impl Text<'_> {
    fn words(&self) -> &'static NoticeWords {
        &self.lang.language().notice
    }

    /// A problem in the language of users that the mail is in, or else in English.
    fn problem(&self, problem: &Message) -> String {
        visible(problem.in_language(self.lang.user_language()))
    }

    fn fill(&self, words: &str) -> String {
        words.replace("{issue}", self.issue.as_str()).replace("{time}", &self.time)
    }

    fn done(&self, finished: &FinishedPlan) -> (String, String) {
        let words = self.words();
        let sentence = if finished.transport == TransportKind::Smtp { words.done } else { words.written };
        let accepted = finished.totals.ever_accepted().to_string();
        let recipients = finished.totals.recipients().to_string();
        let mut body = self.fill(sentence).replace("{accepted}", &accepted).replace("{recipients}", &recipients);
        body.push('\n');
        if !finished.reasons.is_empty() {
            _ = write!(body, "\n{}\n", words.not_accepted);
            for reason in finished.reasons.iter().take(MAX_LISTED) {
                _ = writeln!(body, "{:>6}  {}", reason.letters, self.problem(&in_words(&reason.text)));
            }
        }
        if !finished.domains.is_empty() {
            _ = write!(body, "\n{}\n", words.domains);
            for domain in finished.domains.iter().take(MAX_LISTED) {
                _ = writeln!(body, "{:>6}  {}", domain.counts.refused, visible(&domain.domain));
            }
        }
        let cancelled = finished.totals.of(LetterState::Cancelled);
        if cancelled > 0 {
            _ = write!(body, "\n{}\n", words.cancelled.replace("{letters}", &cancelled.to_string()));
        }
        let failed = [LetterState::Refused, LetterState::Bounced, LetterState::Expired];
        if failed.into_iter().any(|state| finished.totals.of(state) > 0) {
            _ = write!(body, "\n{}\n", self.fill(words.done_more));
        }
        (self.fill(words.done_subject), body)
    }

    fn too_late(&self, problem: &Message) -> (String, String) {
        let words = self.words();
        let body = format!("{}\n\n  {}\n", self.fill(words.blocked), self.problem(problem));
        (self.fill(words.blocked_subject), body)
    }

    fn blocked(&self, problems: &[Message]) -> (String, String) {
        let words = self.words();
        let mut body = format!("{}\n\n", self.fill(words.blocked));
        for problem in problems {
            _ = writeln!(body, "  {}", self.problem(problem));
        }
        _ = write!(body, "\n{}\n", self.fill(words.blocked_more));
        (self.fill(words.blocked_subject), body)
    }

    fn recovered(&self) -> (String, String) {
        let words = self.words();
        (self.fill(words.recovered_subject), format!("{}\n", self.fill(words.recovered)))
    }
}

/// One mail to one address.
struct Mail<'a> {
    issue: &'a IssueId,
    /// What distinguishes this change of the issue from the others.
    change: &'a str,
    subject: &'a str,
    text: &'a str,
    to: &'a Address,
}

impl Mail<'_> {
    fn send(&self, project: &Project, transport: &dyn Transport, now: Timestamp) -> Result<(), MailError> {
        let settings = project.settings();
        let domain = settings.from.address.domain().to_owned();
        let ids = MessageIds { key: project.key()?, domain };
        let message_id = ids.notice(self.issue, self.change, self.to);
        let zoned = now.to_zoned_datetime(settings.timezone.clone());
        let notice = NoticeMail {
            from: &settings.from,
            to: self.to,
            subject: self.subject.to_owned(),
            text: self.text,
            date: DateTimePrinter::new().zoned_datetime_to_string(&zoned).unwrap_or_default(),
            message_id: message_id.clone(),
        };
        let mut bytes = LetterBytes::from(notice.bytes()?);
        project.signers()?.sign(&mut bytes)?;
        let audience = AudienceId::notify();
        let edition = audience.as_str().to_owned();
        let bounces_to = settings.bounces_to.clone().unwrap_or_else(|| settings.from.address.clone().into());
        let letter = Letter {
            sender: bounces_to.of(&message_id),
            recipient: self.to.clone(),
            edition: edition.clone(),
            message_id: message_id.clone(),
            bytes,
        };
        let person = Arc::new(Person {
            address: self.to.clone(),
            lang: None,
            fields: std::iter::empty().collect(),
            consent: None,
            origin: PersonOrigin { path: "newsletter.yaml".into(), line: 1 },
        });
        let planned = PlannedLetter { person, audience, edition, message_id };
        Ok(notice::send(transport, planned, &letter)?)
    }
}
