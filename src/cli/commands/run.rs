//! `run`, for cron, which mails all output: sends every issue that is due, and prints nothing where none is.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;

use crate::cli::exit::Exit;
use crate::cli::send_issue::{Confirmation, DeferredPolicy, SendOptions, send_issue};
use crate::cli::terminal::Terminal;
use crate::ops::blocked::Blocked;
use crate::ops::plan::{ReplanPolicy, SendGuards};
use crate::ops::schedule::{self, RunDecision};
use crate::project::Project;

/// Arguments of `run`.
#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// Write Prometheus metrics to this file at the end, for the textfile collector
    #[arg(long, value_name = "FILE")]
    pub(super) metrics: Option<PathBuf>,
}

/// Sends what is due, issue by issue; one that is blocked does not hold up the others.
pub(super) fn run(terminal: &Terminal, project: &Project) -> Result<Exit, Blocked> {
    let now = Timestamp::now();
    let mut exit = Exit::Done;
    for path in project.issues()? {
        let one = match schedule::decide(project, &path, now) {
            Ok(RunDecision::Send) => send_scheduled(terminal, project, &path),
            Ok(RunDecision::Wait) => Ok(Exit::RetryLater),
            Ok(RunDecision::Skip) => Ok(Exit::Done),
            Err(error) => Err(error.into()),
        };
        // The variants of `Exit` are ordered: the gravest is the least.
        exit = exit.min(one.unwrap_or_else(|blocked| terminal.blocked(&blocked)));
    }
    Ok(exit)
}

fn send_scheduled(terminal: &Terminal, project: &Project, path: &Path) -> Result<Exit, Blocked> {
    let guards = SendGuards { expect: None, replan: ReplanPolicy::Continue, typed: path.display().to_string() };
    let options = SendOptions {
        guards,
        confirmation: Confirmation::Given,
        audience: None,
        limit: None,
        deferred: DeferredPolicy::Leave,
    };
    send_issue(terminal, project, path, &options)
}
