//! `suppression add`: stops sending to addresses.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::noun;
use crate::cli::commands::suppression::targets::{TargetArgs, Targets};
use crate::cli::commands::suppression::unlisted;
use crate::cli::exit::Exit;
use crate::cli::report::{in_series, suppression_reason};
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::suppression::Suppression;
use crate::ops::ledgers;
use crate::ops::unlisted_addresses::unlisted;
use crate::people::person::suppression_reason::{SuppressionReason, SuppressionRequest};
use crate::project::Project;

/// Arguments of `suppression add`.
#[derive(Args, Debug)]
pub(crate) struct SuppressionAddArgs {
    #[command(flatten)]
    targets: TargetArgs,
    /// Kind of suppression; with `erased` only a hash of the address is kept
    #[arg(long, default_value = "manual", value_parser = reason_parser())]
    reason: SuppressionReason,
}

fn reason_parser() -> impl TypedValueParser<Value = SuppressionReason> {
    PossibleValuesParser::new(SuppressionReason::ALL.map(SuppressionReason::as_str))
        .try_map(|name| SuppressionReason::parse(&name).ok_or("unknown reason"))
}

/// Suppresses the addresses that were typed.
pub(super) fn run(terminal: &Terminal, project: &Project, typed: &SuppressionAddArgs) -> Result<Exit, Error> {
    let targets = match Targets::read(terminal, project, &typed.targets)? {
        Ok(targets) => targets,
        Err(exit) => return Ok(exit),
    };
    if typed.reason == SuppressionReason::Erased && targets.series.is_some() {
        terminal.problem(message!(
            "a person is erased everywhere: remove `--series`",
            "en person slettes overalt: fjern `--series`"
        ));
        return Ok(Exit::Blocked);
    }
    suppress(terminal, project, &targets, &SuppressionCause { reason: typed.reason, source: "suppression add" })
}

/// Why addresses are suppressed.
pub(super) struct SuppressionCause {
    /// The reason.
    pub(super) reason: SuppressionReason,
    /// The command that recorded it.
    pub(super) source: &'static str,
}

/// How many addresses a command suppressed.
#[derive(Default)]
pub(super) struct SuppressedCounts {
    /// Those that were not suppressed before.
    pub(super) new: u64,
    /// Those that were.
    pub(super) known: u64,
}

/// Suppresses addresses and reports how many are new.
fn suppress(
    terminal: &Terminal,
    project: &Project,
    targets: &Targets<'_>,
    cause: &SuppressionCause,
) -> Result<Exit, Error> {
    // First: the ledger of a project that has none is created together with the key.
    let mut ledger = ledgers::open_to_suppress(project)?;
    let counts = record(project, &mut *ledger, targets, cause)?;
    let SuppressedCounts { new, known } = counts;
    let unlisted = unlisted(project, &targets.addresses);
    terminal.json(&serde_json::json!({
        "new": new,
        "known": known,
        "on_no_list": unlisted.len(),
        "reason": cause.reason,
        "series": targets.series,
    }));
    terminal.print_line(line(&counts, targets, cause));
    unlisted::warn(terminal, &unlisted);
    Ok(Exit::Done)
}

/// Suppresses addresses in a ledger.
pub(super) fn record(
    project: &Project,
    ledger: &mut dyn Ledger,
    targets: &Targets<'_>,
    cause: &SuppressionCause,
) -> Result<SuppressedCounts, Error> {
    let (key, now) = (project.key()?, Timestamp::now());
    let SuppressionCause { reason, source } = *cause;
    let suppressions: Vec<Suppression> = targets
        .addresses
        .iter()
        .map(|address| SuppressionRequest { address: address.clone(), reason, at: None, source: source.to_owned() })
        .map(|request| Suppression::new(&request, targets.series, &key, now))
        .collect();
    let new = ledger.suppress(&suppressions, now)?;
    let known = suppressions.len() as u64 - new.min(suppressions.len() as u64);
    Ok(SuppressedCounts { new, known })
}

/// What was suppressed, on one line.
pub(super) fn line(counts: &SuppressedCounts, targets: &Targets<'_>, cause: &SuppressionCause) -> Message {
    let SuppressedCounts { new, known } = *counts;
    let known = if known > 0 {
        message!("; {known} already suppressed", "; {known} spærret i forvejen")
    } else {
        Message::default()
    };
    let (addresses, within) = (noun::ADDRESS.count(new), in_series(targets.series));
    let reason = suppression_reason(cause.reason);
    message!("{addresses} suppressed{within} ({reason}){known}", "{addresses} spærret{within} ({reason}){known}")
}
