//! `unsubscribe`: the short way to suppress an address whose reader asked for it.

use clap::Args;

use crate::base::error::Error;
use crate::cli::commands::suppression::add::{SuppressionCause, suppress};
use crate::cli::commands::suppression::targets::Targets;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::people::person::suppression_reason::SuppressionReason;
use crate::project::Project;

/// Arguments of `unsubscribe`.
#[derive(Args, Debug)]
pub(crate) struct UnsubscribeArgs {
    /// E-mail addresses
    #[arg(required = true)]
    addresses: Vec<String>,
    /// Unsubscribe only from this series [default: all letters]
    #[arg(long, value_name = "SERIES")]
    series: Option<String>,
}

/// Unsubscribes the addresses that were typed.
pub(crate) fn run(terminal: &Terminal, project: &Project, typed: &UnsubscribeArgs) -> Result<Exit, Error> {
    let targets = match Targets::parse(terminal, project, &typed.addresses, typed.series.as_deref()) {
        Ok(targets) => targets,
        Err(exit) => return Ok(exit),
    };
    let cause = SuppressionCause { reason: SuppressionReason::Unsubscribed, source: "unsubscribe" };
    suppress(terminal, project, &targets, &cause)
}
