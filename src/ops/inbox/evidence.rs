//! Decides which messages are accepted as proof, and records them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::Timestamp;

use crate::base::digest::HmacKey;
use crate::base::error::Error;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::feedback::{
    BounceLimits, FailureClass, KnownLetter, LeaveRequest, LeaveResult, LetterReport, LetterToken, ReportKind,
    ReportResult,
};
use crate::delivery::ledger::state::LetterState;
use crate::delivery::outcome::StateReason;
use crate::feedback::mail::meaning::{ComplaintReport, LeaveMail, MessageMeaning, RecipientReport};
use crate::letter::unsubscribe_token::{LeaveTarget, UnsubscribeToken};
use crate::ops::inbox::report::InboxReport;
use crate::people::person::Address;
use crate::project::Project;

/// How requests to unsubscribe by mail are named in the ledger.
const SOURCE: &str = "mail";
/// How many recipients of one report are read. The program's letters have one each.
const MAX_RECIPIENTS: usize = 100;

/// The meaning of a message, which is not verified yet.
#[derive(Debug)]
pub(super) struct MessageFinding {
    /// The message's number in its batch.
    pub(super) number: usize,
    meaning: MessageMeaning,
    at: Timestamp,
}

impl MessageFinding {
    /// The meaning of a message that was received at this time.
    pub(super) fn new(number: usize, meaning: MessageMeaning, at: Timestamp) -> Self {
        let meaning = match meaning {
            MessageMeaning::Bounce(mut recipients) => {
                recipients.truncate(MAX_RECIPIENTS);
                MessageMeaning::Bounce(recipients)
            }
            other => other,
        };
        Self { number, meaning, at }
    }

    /// The letters that it claims to be about.
    fn letters(&self) -> Vec<&LetterToken> {
        match &self.meaning {
            MessageMeaning::Bounce(recipients) => {
                recipients.iter().filter_map(|report| report.letter.as_ref()).collect()
            }
            MessageMeaning::Complaint(report) => report.letter.iter().collect(),
            MessageMeaning::Leave(_) | MessageMeaning::Automatic | MessageMeaning::Personal => Vec::new(),
        }
    }
}

/// What one message asks the ledger to record, as indices of the requests of its batch.
#[derive(Debug, Default)]
struct MessageRequests {
    leaving: Range<usize>,
    reports: Range<usize>,
    delayed: u64,
    unproven: u64,
}

/// What the messages of a batch ask the ledger to record.
#[derive(Debug, Default)]
pub(super) struct BatchRequests {
    leaving: Vec<LeaveRequest>,
    reports: Vec<LetterReport>,
    /// For each message its part.
    messages: Vec<MessageRequests>,
}

/// What the ledger answers.
#[derive(Debug)]
struct LedgerAnswers {
    leaving: Vec<LeaveResult>,
    reports: Vec<ReportResult>,
}

/// Records what messages say.
#[derive(Debug)]
pub(super) struct Recorder {
    /// Make the readers' tokens, the one in use first: a letter may have been sent under a former one.
    keys: Vec<HmacKey>,
    limits: BounceLimits,
}

impl Recorder {
    pub(super) fn new(project: &Project) -> Result<Self, Error> {
        let keys = [project.unsubscribe_key()?].into_iter().chain(project.keys()?).collect();
        Ok(Self { keys, limits: project.settings().failures.bounces })
    }

    /// Records a batch and counts it. When it returns, what the messages say is on disk. It returns the numbers of those that
    /// are done: all but those from people, and those without proof.
    pub(super) fn record(
        &self,
        ledger: &mut dyn Ledger,
        findings: &[MessageFinding],
        report: &mut InboxReport,
    ) -> Result<Vec<usize>, LedgerError> {
        let known = known_letters(ledger, findings)?;
        let requests = self.requests(findings, &known);
        let mut answers = LedgerAnswers { leaving: Vec::new(), reports: Vec::new() };
        if !requests.leaving.is_empty() {
            answers.leaving = ledger.leave(&requests.leaving)?;
        }
        if !requests.reports.is_empty() {
            answers.reports = ledger.report(&requests.reports, &self.limits)?;
        }
        Ok(count(findings, &requests, &answers, report))
    }

    /// Counts a batch as if it had been recorded. Whether the ledger has a reader's token is known only once it is asked to
    /// record something, so that every request to unsubscribe counts.
    pub(super) fn show(
        &self,
        ledger: Option<&mut (dyn Ledger + 'static)>,
        findings: &[MessageFinding],
        report: &mut InboxReport,
    ) -> Result<(), LedgerError> {
        let known = match ledger {
            Some(ledger) => known_letters(ledger, findings)?,
            None => BTreeMap::new(),
        };
        let requests = self.requests(findings, &known);
        let answers = LedgerAnswers {
            leaving: vec![LeaveResult::Left; requests.leaving.len()],
            reports: requests.reports.iter().map(|report| expected(report, &known)).collect(),
        };
        count(findings, &requests, &answers, report);
        Ok(())
    }

    fn requests(&self, findings: &[MessageFinding], known: &BTreeMap<LetterToken, KnownLetter>) -> BatchRequests {
        let mut requests = BatchRequests::default();
        for finding in findings {
            let (leaving, reports) = (requests.leaving.len(), requests.reports.len());
            let mut message = MessageRequests::default();
            match &finding.meaning {
                MessageMeaning::Leave(mail) => {
                    let request = |target| LeaveRequest { target, at: finding.at, source: SOURCE.to_owned() };
                    requests.leaving.extend(self.targets(mail).into_iter().map(request));
                }
                MessageMeaning::Bounce(recipients) => {
                    for recipient in recipients {
                        match bounce(recipient, finding.at, known) {
                            Ok(Some(report)) => requests.reports.push(report),
                            Ok(None) => message.delayed += u64::from(recipient.kind() == Some(ReportKind::Delayed)),
                            Err(Unproven) => message.unproven += 1,
                        }
                    }
                }
                MessageMeaning::Complaint(complaint) => match complained(complaint, finding.at, known) {
                    Ok(report) => requests.reports.push(report),
                    Err(Unproven) => message.unproven += 1,
                },
                MessageMeaning::Automatic | MessageMeaning::Personal => {}
            }
            message.leaving = leaving..requests.leaving.len();
            message.reports = reports..requests.reports.len();
            requests.messages.push(message);
        }
        requests
    }

    /// What a mail unsubscribes from, under each key.
    fn targets(&self, mail: &LeaveMail) -> BTreeSet<LeaveTarget> {
        match mail {
            LeaveMail::Token(target) => BTreeSet::from([target.clone()]),
            LeaveMail::Sender(address) => {
                let tokens = self.keys.iter().map(|key| UnsubscribeToken::of(key, address));
                tokens.map(|token| LeaveTarget { token, series: None }).collect()
            }
        }
    }
}

/// A message that proves no letter of the ledger, or is about another address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unproven;

fn known_letters(
    ledger: &mut dyn Ledger,
    findings: &[MessageFinding],
) -> Result<BTreeMap<LetterToken, KnownLetter>, LedgerError> {
    let tokens: BTreeSet<LetterToken> = findings.iter().flat_map(MessageFinding::letters).cloned().collect();
    if tokens.is_empty() { Ok(BTreeMap::new()) } else { ledger.letters_of(&tokens) }
}

/// The report of a bounce about a letter; absent: there is nothing to record.
fn bounce(
    recipient: &RecipientReport,
    at: Timestamp,
    known: &BTreeMap<LetterToken, KnownLetter>,
) -> Result<Option<LetterReport>, Unproven> {
    // Where mail is forwarded, the address that the letter was sent to is more reliable than the one that was tried.
    let named = recipient.original_recipient.as_ref().or(recipient.recipient.as_ref());
    let letter = proven(recipient.letter.as_ref(), named, known)?;
    let kind = match recipient.kind() {
        Some(kind @ ReportKind::Failed(_)) => kind,
        Some(ReportKind::Delayed | ReportKind::Complained) | None => return Ok(None),
    };
    Ok(Some(LetterReport { letter, kind, at, reason: recipient.reason.clone() }))
}

fn complained(
    complaint: &ComplaintReport,
    at: Timestamp,
    known: &BTreeMap<LetterToken, KnownLetter>,
) -> Result<LetterReport, Unproven> {
    let sent = complaint.letter.as_ref().and_then(|token| known.get(token));
    // Some providers replace the local part by a code (RFC 6590 §3).
    let named =
        complaint.recipient.as_ref().filter(|named| sent.is_none_or(|sent| named.domain() != sent.address.domain()));
    let letter = proven(complaint.letter.as_ref(), named, known)?;
    let reason = StateReason::event(format!("reported as {}", complaint.feedback_type));
    Ok(LetterReport { letter, kind: ReportKind::Complained, at, reason })
}

/// The letter, if the ledger has it and the address that is named is the letter's.
fn proven(
    letter: Option<&LetterToken>,
    named: Option<&Address>,
    known: &BTreeMap<LetterToken, KnownLetter>,
) -> Result<LetterToken, Unproven> {
    let (token, sent) = letter.and_then(|token| known.get_key_value(token)).ok_or(Unproven)?;
    let is_other = named.is_some_and(|address| address.key() != sent.address.key());
    if is_other { Err(Unproven) } else { Ok(token.clone()) }
}

/// What the ledger would answer to a report.
fn expected(report: &LetterReport, known: &BTreeMap<LetterToken, KnownLetter>) -> ReportResult {
    match (known.get(&report.letter).map(|letter| letter.state), report.kind) {
        (None, _) => ReportResult::Unknown,
        (Some(LetterState::Complained), _) | (Some(LetterState::Bounced), ReportKind::Failed(_)) => {
            ReportResult::AlreadyKnown
        }
        (Some(_), _) => ReportResult::Recorded,
    }
}

/// Counts the results of messages; returns the numbers of those that are done.
fn count(
    findings: &[MessageFinding],
    requests: &BatchRequests,
    answers: &LedgerAnswers,
    report: &mut InboxReport,
) -> Vec<usize> {
    let mut done = Vec::new();
    for (finding, message) in findings.iter().zip(&requests.messages) {
        report.counts.messages += 1;
        let leaving = answers.leaving.get(message.leaving.clone()).unwrap_or_default();
        let mut is_done = message.delayed > 0 || finding.meaning == MessageMeaning::Automatic;
        // The tokens of one reader under several keys are one reader.
        let best = [LeaveResult::Left, LeaveResult::AlreadyLeft, LeaveResult::Unknown];
        if let Some(result) = best.into_iter().find(|result| leaving.contains(result)) {
            is_done |= result != LeaveResult::Unknown;
            count_leaving(&finding.meaning, result, report);
        }
        for at in message.reports.clone() {
            if let (Some(request), Some(result)) = (requests.reports.get(at), answers.reports.get(at)) {
                is_done |= *result != ReportResult::Unknown;
                count_report(request, *result, report);
            }
        }
        match finding.meaning {
            MessageMeaning::Automatic => report.counts.automatic += 1,
            MessageMeaning::Personal => report.counts.personal += 1,
            MessageMeaning::Leave(_) | MessageMeaning::Bounce(_) | MessageMeaning::Complaint(_) => {}
        }
        report.counts.delayed += message.delayed;
        // In a report about several recipients, the others are not letters of the program.
        if is_done {
            done.push(finding.number);
        } else {
            report.counts.unproven += u64::from(message.unproven > 0);
        }
    }
    done
}

fn count_leaving(meaning: &MessageMeaning, result: LeaveResult, report: &mut InboxReport) {
    let is_by_address = matches!(meaning, MessageMeaning::Leave(LeaveMail::Sender(_)));
    match result {
        LeaveResult::Left => report.counts.left += 1,
        LeaveResult::AlreadyLeft => report.counts.known += 1,
        // Its sender is not a reader, so a person has to answer.
        LeaveResult::Unknown if is_by_address => report.counts.personal += 1,
        LeaveResult::Unknown => report.counts.unknown_tokens += 1,
    }
}

fn count_report(request: &LetterReport, result: ReportResult, report: &mut InboxReport) {
    match (result, request.kind) {
        (ReportResult::Unknown, _) => report.counts.unproven += 1,
        (ReportResult::AlreadyKnown, _) => report.counts.known += 1,
        (ReportResult::Recorded, ReportKind::Complained) => report.counts.complained += 1,
        (ReportResult::Recorded, ReportKind::Delayed) => report.counts.delayed += 1,
        (ReportResult::Recorded, ReportKind::Failed(class)) => {
            report.counts.bounced += 1;
            if class == FailureClass::Ours {
                report.add_ours(&request.reason.to_string());
            }
        }
    }
}
