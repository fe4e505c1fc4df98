//! The log of a run, for administrators: letters by number and Message-ID, never by address.

use std::env;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use tracing::{Event as Line, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterExt, LevelFilter, Targets};
use tracing_subscriber::fmt::format::{DefaultFields, FormatEvent, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatFields, FormattedFields, Layer as FmtLayer};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::{LookupSpan, Registry, Scope};
use tracing_subscriber::util::SubscriberInitExt;

use crate::base::io_reason::io_reason;
use crate::base::message::{Message, message};
use crate::cli::exit::Exit;
use crate::cli::global_args::{GlobalArgs, LogFormat};
use crate::cli::terminal::Terminal;
use crate::delivery::event::{Attempt, DeliveryEvent};
use crate::delivery::outcome::Outcome;
use crate::ops::reason_counts::redacted;
use crate::ops::text::with_causes;

/// The only crate whose events are logged: others handle passwords, and log what they send.
const CRATE_NAME: &str = env!("CARGO_PKG_NAME");

/// Starts the log if `--log`, `-vv`, `NEWSLETTER_LOG` or `RUST_LOG` asks for one.
pub(super) fn start(terminal: &Terminal, common: &GlobalArgs) -> Result<(), Exit> {
    let variable = ["NEWSLETTER_LOG", "RUST_LOG"].into_iter().find_map(|name| env::var(name).ok());
    let verbose = match common.verbose {
        0 | 1 => None,
        2 => Some(LevelFilter::DEBUG),
        _ => Some(LevelFilter::TRACE),
    };
    let targets = match (&variable, verbose) {
        (Some(text), _) => text.parse().map_err(|_| {
            terminal.problem(message!(
                "invalid NEWSLETTER_LOG or RUST_LOG `{text}`: write error, warn, info, debug or trace",
                "ugyldig NEWSLETTER_LOG eller RUST_LOG `{text}`: skriv error, warn, info, debug eller trace"
            ));
            Exit::Blocked
        })?,
        (None, Some(level)) => Targets::new().with_default(level),
        (None, None) if common.log.is_some() => Targets::new().with_default(LevelFilter::INFO),
        (None, None) => return Ok(()),
    };
    let (writer, is_journal) = open(terminal, common.log.as_deref())?;
    let format = common.log_format.unwrap_or(if is_journal { LogFormat::Journal } else { LogFormat::Text });
    let layer = FmtLayer::default()
        .with_ansi(false)
        .with_target(false)
        .log_internal_errors(false)
        .with_writer(Mutex::new(writer));
    let layer: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Text => Box::new(layer),
        LogFormat::Json => Box::new(layer.json().flatten_event(true).with_current_span(false)),
        LogFormat::Journal => Box::new(layer.event_format(JournalWriter)),
    };
    let ours = Targets::new().with_target(CRATE_NAME, LevelFilter::TRACE);
    // It fails only if this process has a global subscriber already, which then gets the events.
    _ = Registry::default().with(layer.with_filter(targets.and(ours))).try_init();
    Ok(())
}

/// The destination of the log, and whether it is systemd's journal.
fn open(terminal: &Terminal, file: Option<&Path>) -> Result<(Box<dyn Write + Send>, bool), Exit> {
    let Some(file) = file.filter(|path| *path != Path::new("-")) else {
        // systemd sets it for services whose output is connected to the journal (systemd.exec(5)). A shell that such a
        // service starts inherits it, so a terminal is checked for as well.
        let is_journal = env::var_os("JOURNAL_STREAM").is_some() && !io::stderr().is_terminal();
        return Ok((Box::new(io::stderr()), is_journal));
    };
    let log = crate::project::files::append(file).map_err(|error| {
        terminal.error(&error);
        Exit::Blocked
    })?;
    Ok((Box::new(LogFile(log)), false))
}

/// Why a line could not be written to the log: the first such error.
static LOST_LINES: OnceLock<Message> = OnceLock::new();

/// Warns that lines of the log could not be written, as on a full disk.
pub(super) fn report_lost_lines(terminal: &Terminal) {
    if let Some(error) = LOST_LINES.get() {
        terminal
            .note(message!("warning: cannot write the log: {error}", "advarsel: kan ikke skrive i loggen: {error}"));
    }
}

/// A log's file. `tracing` ignores errors, so the first one is kept.
struct LogFile(Box<dyn Write + Send>);

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).inspect_err(|error| _ = LOST_LINES.set(io_reason(error)))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Logs what happened in a run.
pub(super) fn event(event: &DeliveryEvent<'_>) {
    match *event {
        DeliveryEvent::Connected { connection: _, took } => {
            tracing::info!(milliseconds = milliseconds(took), "connected");
        }
        DeliveryEvent::NotOpened { connection: _, error } => tracing::warn!("not connected: {}", with_causes(error)),
        DeliveryEvent::Attempted(attempt) => letter(&attempt),
        DeliveryEvent::Waits { connection: _, wait, reason } => {
            let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            tracing::info!(milliseconds = milliseconds(wait), "waiting before the next connection{reason}");
        }
        DeliveryEvent::Rests { connection: _, until } => tracing::info!("rate limit reached; waiting until {until}"),
        DeliveryEvent::TakenBack { letters, reply } => {
            tracing::warn!(letters, "refusals withdrawn, to be tried again: {reply}");
        }
    }
}

fn letter(attempt: &Attempt<'_>) {
    if !tracing::enabled!(Level::WARN) {
        return;
    }
    let letter = attempt.number.0;
    let message_id = attempt.letter.message_id.as_str();
    let milliseconds = attempt.took.map(milliseconds);
    let message = redacted(&attempt.outcome.to_string(), attempt.letter.person.address.as_str());
    match attempt.outcome {
        Outcome::Accepted(_) => tracing::info!(letter, message_id, milliseconds, "{message}"),
        Outcome::Deferred(_) | Outcome::Refused(_) | Outcome::InDoubt(_) => {
            tracing::warn!(letter, message_id, milliseconds, "{message}");
        }
    }
}

/// As a type that the log's JSON writes as a number.
fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Lines for systemd's journal: without a time, which the journal adds, and with the severity in front (sd-daemon(3)).
struct JournalWriter;

impl<S: Subscriber + for<'a> LookupSpan<'a>> FormatEvent<S, DefaultFields> for JournalWriter {
    fn format_event(
        &self,
        context: &FmtContext<'_, S, DefaultFields>,
        mut writer: Writer<'_>,
        line: &Line<'_>,
    ) -> fmt::Result {
        write!(writer, "<{}>", severity(*line.metadata().level()))?;
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            if let Some(fields) = span.extensions().get::<FormattedFields<DefaultFields>>() {
                write!(writer, "{}{{{fields}}}:", span.name())?;
            }
        }
        writer.write_char(' ')?;
        context.field_format().format_fields(writer.by_ref(), line)?;
        writeln!(writer)
    }
}

/// The syslog severity of a level (RFC 5424 §6.2.1).
fn severity(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        Level::DEBUG | Level::TRACE => 7,
    }
}
