//! Keeps what the last run did, and shows it.

use std::path::Path;

use jiff::Timestamp;

use crate::base::message::{composed, message};
use crate::cli::exit::Exit;
use crate::cli::open_project;
use crate::cli::terminal::Terminal;
use crate::ops::text::{local_time, visible};
use crate::project::Project;
use crate::project::run_history::{LastRun, RunHistory};

/// A `send` or `run` that has ended.
pub(super) struct EndedRun {
    /// Which of them.
    pub(super) name: &'static str,
    /// How it ended.
    pub(super) exit: Exit,
}

/// Keeps how a run ended for `status`. A run does not fail because this cannot be stored: the same cause may have
/// stopped it.
pub(super) fn keep(terminal: &Terminal, directory: Option<&Path>, issue: Option<&Path>, run: &EndedRun) {
    let Some(root) = open_project::root(directory, issue) else { return };
    let mut state = RunHistory::read(&root);
    let ended = LastRun::new(run.name, Timestamp::now(), run.exit.code());
    state.last = Some(ended.with_problems(&terminal.problems_after(0)));
    if let Err(error) = state.save(&root) {
        tracing::warn!("how this run ended cannot be kept: {error}");
    }
}

/// Prints when the last run was, and what stopped it.
pub(super) fn print(terminal: &Terminal, project: &Project) {
    let Some(run) = RunHistory::read(project.root()).last else { return };
    let at = local_time(run.at, &project.settings().timezone);
    let LastRun { command, at: ended, exit_status, problems, .. } = &run;
    let json = serde_json::json!({ "command": command, "at": ended, "exit_status": exit_status, "problems": problems });
    terminal.json(&serde_json::json!({ "last_run": json }));
    let (command, status) = (visible(&run.command), run.exit_status);
    let result = if status == 0 {
        message!("success", "gik godt")
    } else {
        message!("exit status {status}", "exitkode {status}")
    };
    terminal.print_line(message!(
        "last run: {at}, `newsletter {command}`: {result}",
        "seneste kørsel: {at}, `newsletter {command}`: {result}"
    ));
    for problem in run.messages() {
        terminal.print_line(composed!("  {problem}").map(visible));
    }
}
