//! Delivers a frozen plan while it is watched, and reports the result.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::Timestamp;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use crate::base::byte_size::{ByteLimit, ByteSize};
use crate::base::error::Error;
use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::json::{EventJson, ReportJson, TotalsJson};
use crate::cli::observer::{EventOutput, RunObserver};
use crate::cli::report;
use crate::cli::terminal::Terminal;
use crate::cli::timing::RunTiming;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::claim::RunScope;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::run::RunEnd;
use crate::ops::deliver::{self, DeliveryRequest, RunControl, RunReport};
use crate::ops::hangup::is_hangup_ignored;
use crate::ops::refusals;
use crate::ops::status::SendingStatus;
use crate::ops::text::with_causes;

/// How the attempts of a run went.
pub(super) struct AttemptSummary {
    /// The exit status of a run that ended early, which has been reported.
    pub(super) early: Option<Exit>,
    timing: RunTiming,
}

/// Delivers what is due, and reports; the totals always add up to the plan.
pub(super) fn deliver(
    terminal: &Terminal,
    ledger: &mut dyn Ledger,
    request: &DeliveryRequest<'_>,
) -> Result<Exit, Error> {
    let (issue, transport) = (request.record.issue.as_str(), request.record.transport);
    let recipients = deliver::start(ledger, request, Timestamp::now())?.recipients;
    let frozen_at = request.record.frozen_at.to_string();
    terminal.json(&EventJson::Plan { issue, transport, recipients, frozen_at });
    let AttemptSummary { early, timing } = attempt(terminal, ledger, request, EventOutput::Printed)?;
    let RunReport { totals, reasons } = deliver::finish(ledger, request, Timestamp::now())?;
    terminal.json(&EventJson::Report(&ReportJson::new(issue, &timing, &reasons)));
    terminal.json(&EventJson::Totals(TotalsJson::new(issue, transport, &totals)));
    tracing::info!(issue, "{}", report::line(&totals, transport));
    terminal.print_line(composed!("{issue}: {}", report::line(&totals, transport)));
    // Too many refusals do not pause a run that has nothing left to send.
    let early = early.filter(|exit| *exit != Exit::RetryLater || !totals.is_finished());
    let is_paused = refusals::is_over(request.refusal_limit, &totals) && !totals.is_finished();
    if let Some(limit) = request.refusal_limit.filter(|_| is_paused) {
        let failure = refusals::too_many(ledger, request.record, limit)?;
        terminal.problem(composed!("{failure}"));
    }
    for line in report::reason_lines(&reasons, transport) {
        terminal.print_line(composed!("  {line}"));
    }
    if let Some(pace) = report::pace(&timing).filter(|_| terminal.shows_progress() && timing.attempts > 0) {
        terminal.note(composed!("  {pace}"));
    }
    for line in report::advice(request.record, &totals, request.refusal_limit, SendingStatus::Idle, early) {
        terminal.print_line(composed!("  {line}"));
    }
    Ok(early.unwrap_or_else(|| of_totals(&totals, &request.scope)))
}

/// Attempts the letters that are due.
pub(super) fn attempt(
    terminal: &Terminal,
    ledger: &mut dyn Ledger,
    request: &DeliveryRequest<'_>,
    output: EventOutput,
) -> Result<AttemptSummary, Error> {
    let record = request.record;
    let due = deliver::start(ledger, request, Timestamp::now())?.due;
    let connections = request.transport.connections();
    let observer = RunObserver::new(terminal, output, due);
    let span = tracing::info_span!("run", issue = record.issue.as_str(), transport = record.transport.as_str());
    let _run = span.enter();
    tracing::info!(due, connections, "delivery starts");
    observer.json(&EventJson::Start { issue: record.issue.as_str(), due, connections });
    let stop = stop_on_signals(terminal);
    let control = RunControl { stop: &stop, observe: &|event| observer.observe(event) };
    let end = observer.until(&stop, || deliver::attempt(ledger, request, &control));
    if let Ok(end) = &end {
        observer.json(&report::end(end));
        tracing::info!("delivery ends: {}", report::why(end));
    }
    let timing = observer.end();
    if end.is_err() && timing.attempts > 0 {
        let letters = noun::LETTER.count(timing.attempts);
        let doubt = if record.transport.can_repeat() {
            Message::default()
        } else {
            message!(", and what was in flight is in doubt", ", og dem, der var undervejs, er i tvivl")
        };
        terminal.note(message!(
            "the run stopped after {letters}{doubt}; run it again to send the rest, once this is fixed:",
            "kørslen stoppede efter {letters}{doubt}; ret dette, og kør den igen for at sende resten:"
        ));
    }
    Ok(AttemptSummary { early: print_end(terminal, &end?), timing })
}

/// Letters that `--limit` or `--audience` left for later are not a failure of this run.
fn of_totals(totals: &Totals, scope: &RunScope) -> Exit {
    let is_partial = scope.limit.is_some() || scope.audience.is_some();
    Exit::of_totals(&if is_partial { totals.moved(LetterState::Planned, LetterState::Accepted) } else { *totals })
}

/// The first signal lets the letters in hand be finished; the second ends the program at once, and what was in flight is
/// in doubt.
fn stop_on_signals(terminal: &Terminal) -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // The order matters: the shutdown is conditional on the flag that the second registration sets, so that it must
        // be asked first. 128 + n is how a shell reports a program that a signal ended.
        let armed = flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&stop))
            .and_then(|_| flag::register(signal, Arc::clone(&stop)));
        if let Err(error) = armed {
            terminal.note(message!(
                "cannot catch signals ({error}): an interrupted run leaves letters in doubt",
                "signaler kan ikke fanges ({error}): afbrydes kørslen, er det i tvivl, om de sidste mails er sendt"
            ));
        }
    }
    // A terminal that closes sends SIGHUP, and its shell sends another one, so the second one means nothing new.
    // Under nohup the signal is ignored, and stays so.
    if !is_hangup_ignored()
        && let Err(error) = flag::register(SIGHUP, Arc::clone(&stop))
    {
        terminal.note(message!(
            "cannot catch SIGHUP ({error}): a closed terminal leaves letters in doubt",
            "SIGHUP kan ikke fanges ({error}): lukkes terminalen, er det i tvivl, om de sidste mails er sendt"
        ));
    }
    stop
}

/// Reports what ended the run early, if anything did; the exit status for it.
fn print_end(terminal: &Terminal, end: &RunEnd) -> Option<Exit> {
    let exit = match end {
        RunEnd::Done => None,
        RunEnd::Interrupted | RunEnd::Cancelled => {
            terminal.note(early_end(end)?);
            return None;
        }
        // The letters are counted by domain once the outcomes of all connections are in the ledger.
        RunEnd::TooManyRefused(_) => return Some(Exit::RetryLater),
        RunEnd::Unreachable(_) | RunEnd::RateLimited(_) => Some(Exit::RetryLater),
        RunEnd::NotOpened(error) => Some(Exit::of_open_error(error)),
        RunEnd::SenderRefused(_) | RunEnd::Paused(_) => Some(Exit::Sender),
        RunEnd::TooLarge { .. } => Some(Exit::Blocked),
    };
    if let Some(text) = early_end(end) {
        terminal.problem(text);
    }
    exit
}

/// What ended a run before its last letter, in a sentence; absent: nothing did.
pub(super) fn early_end(end: &RunEnd) -> Option<Message> {
    Some(match end {
        RunEnd::Done => return None,
        RunEnd::Interrupted => {
            message!("stopped; the letters in hand were finished", "stoppet; de påbegyndte mails er gjort færdige")
        }
        RunEnd::Cancelled => message!("stopped: the issue was cancelled", "stoppet: nyhedsbrevet er annulleret"),
        RunEnd::Unreachable(reason) => message!(
            "the relay is unavailable: {reason}; run again later",
            "mailserveren er ikke til rådighed: {reason}; kør igen senere"
        ),
        RunEnd::NotOpened(error) => composed!("{}", with_causes(error)),
        RunEnd::SenderRefused(reply) => message!(
            "the relay refused the sender: {reply}; no recipient is marked as failed",
            "mailserveren afviste afsenderen: {reply}; ingen modtager er markeret som mislykket"
        ),
        RunEnd::Paused(reply) => message!(
            "paused: the relay refuses one letter after another with the same reply: {reply}; \
             they will be tried again, no recipient is marked as failed",
            "sat på pause: mailserveren afviser den ene mail efter den anden med samme svar: {reply}; \
             de bliver prøvet igen, og ingen modtager er markeret som mislykket"
        ),
        RunEnd::TooManyRefused(counts) => {
            let (refused, attempted) = (counts.refused, noun::LETTER.count(counts.attempted));
            message!("{refused} of {attempted} refused", "{refused} af {attempted} afvist")
        }
        RunEnd::RateLimited(until) => message!(
            "`smtp.rate` allows no letter before {until}: run again then, or use `--wait`",
            "`smtp.rate` tillader ingen mail før {until}: kør igen til den tid, eller brug `--wait`"
        ),
        RunEnd::TooLarge { size, limit } => {
            let size = ByteSize::of_length(*size);
            let limit = limit.map(ByteLimit::of_length).map(|limit| message!("at most {limit}", "højst {limit}"));
            let limit = limit.unwrap_or_else(|| message!("less", "mindre"));
            message!(
                "a letter has {size}, but the relay accepts {limit}: use smaller pictures",
                "en mail fylder {size}, men mailserveren tager {limit}: brug mindre billeder"
            )
        }
    })
}
