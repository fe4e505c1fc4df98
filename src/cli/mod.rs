//! The command line: a file for each command in `commands`, and the only place that prints.

mod commands;
mod deliver;
mod edition_diff;
mod exit;
mod global_args;
mod log;
mod matrix;
mod metrics;
mod observer;
mod online;
mod plan;
mod preview_page;
mod progress;
mod project;
mod reason_counts;
mod report;
mod terminal;
mod text_diff;
mod timing;
mod typed;

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use crate::cli::commands::Command;
use crate::cli::global_args::GlobalArgs;
use crate::cli::metrics::FinishedRun;
use crate::cli::project::OpenProject;
use crate::cli::terminal::Terminal;

const EXIT_STATUS: &str = "\
Exit status:
   0  success, or nothing to do
   1  finished, but some recipients were refused, expired or are in doubt
   2  invalid command line
   3  blocked: errors in files, or a check before sending failed; nothing was sent
   4  another run holds the lock
  74  the ledger cannot be written
  75  some letters are deferred, or the relay is unavailable: run again
  77  the relay refused TLS, the login or the sender; no recipient is marked as failed
  78  no project, or errors in newsletter.yaml, secrets or keys";

/// Write newsletters in Markdown, give each audience its own edition, and deliver each letter once
#[derive(Debug, Parser)]
#[command(name = "newsletter", version, after_help = EXIT_STATUS, max_term_width = 100, disable_help_flag = true)]
struct CommandLine {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

/// Runs the command that was typed.
pub fn main() -> ExitCode {
    let CommandLine { global, command } = CommandLine::parse();
    let terminal = Terminal::new(&global);
    crate::project::files::keep_out_of_core_dumps();
    if let Err(exit) = log::start(&terminal, &global) {
        return exit.into();
    }
    let directory = global.directory.as_deref();
    let started = Instant::now();
    let exit = commands::run(&terminal, directory, &command).unwrap_or_else(|error| terminal.error(&error));
    if let Some((name, file)) = command.metrics() {
        let opened = OpenProject::again(directory, command.issue());
        metrics::write(&terminal, file, &FinishedRun { command: name, took: started.elapsed(), exit }, opened.as_ref());
    }
    exit.into()
}
