//! The command line: a file for each command in `commands`, and the only place that prints.

mod alike_findings;
mod busy_weeks;
mod channel_export;
mod ci_files;
mod commands;
mod completion;
mod csv_cell;
mod delivery;
mod diff_markdown;
mod diff_text;
mod exit;
mod export_summary;
mod feedback_report;
mod global_args;
mod held_output;
mod hidden_line;
mod inbox;
mod init_questions;
mod json;
mod kept_receipt;
mod last_run;
mod lists_args;
mod live_preview;
mod log;
mod man_page;
mod next_issues;
mod nothing_to_send;
mod notify;
mod observer;
mod open_project;
mod package_export;
mod plan_screen;
mod progress;
mod progress_line;
mod report;
mod run_output;
mod send_issue;
mod send_options;
mod server_stop;
mod terminal;
mod timing;
mod typed;
mod unread_command_line;
mod year_table;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::{CommandFactory, Parser};
use jiff::Timestamp;
use signal_hook::consts::SIGXFSZ;
use signal_hook::flag;

use crate::cli::commands::Command;
use crate::cli::global_args::GlobalArgs;
use crate::cli::last_run::EndedRun;
use crate::cli::terminal::Terminal;
use crate::delivery::file::FileReaders;
use crate::ops::metrics::{self, FinishedRun};
use crate::project::files;

const ABOUT: &str = "\
Write newsletters in Markdown, give each audience its own edition, and deliver each letter once

A letter is one e-mail to one recipient, sent through an SMTP relay.";

const EXIT_STATUS: &str = "\
Exit status:
   0  success, or nothing to do
   1  finished, but some recipients were refused, expired or are in doubt, or `export` kept files
      that a person changed, or `calendar --check` found a deadline that has passed, or `doctor`
      found something that fails
   2  invalid command line
   3  failed: errors in files, a failed check or no confirmation; nothing was sent
   4  another run holds the lock
  74  the ledger or another file cannot be written
  75  some letters are deferred, or the SMTP relay or the IMAP server is unavailable: run again
  77  the relay refused TLS, the login or the sender, or the IMAP server TLS or the login;
      no recipient is marked as failed
  78  no project, or errors in newsletter.yaml, secrets or keys";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "newsletter", version, about = ABOUT, after_help = EXIT_STATUS, max_term_width = 100, disable_help_flag = true, disable_help_subcommand = true)]
struct CommandLine {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

/// Lets a write that a limit on file sizes forbids (`ulimit -f`, systemd's `LimitFSIZE`) fail: without a handler, its signal would end
/// the program and leave letters in doubt (setrlimit(2)).
fn survive_file_size_limit() {
    _ = flag::register(SIGXFSZ, Arc::default());
}

/// Runs the command that was typed.
pub fn main() -> ExitCode {
    let CommandLine { mut global, mut command } = match CommandLine::try_parse() {
        Ok(typed) => typed,
        // Help is a result, too.
        Err(error) => return unread_command_line::report(&error),
    };
    command.take_log(&mut global.log);
    let terminal = Terminal::new(&global);
    files::keep_out_of_core_dumps();
    survive_file_size_limit();
    if let Err(exit) = log::start(&terminal, &global) {
        return exit.into();
    }
    let directory = global.directory.as_deref();
    let started = Instant::now();
    let exit = commands::run(&terminal, &global, &command, CommandLine::command)
        .unwrap_or_else(|blocked| terminal.blocked(&blocked));
    let exit = exit.min(terminal.lost_output());
    log::report_lost_lines(&terminal);
    if let Some(name) = command.sends() {
        last_run::keep(&terminal, directory, command.issue(), &EndedRun { name, exit });
    }
    if let Some((name, file)) = command.metrics() {
        let (took, exit_status) = (started.elapsed(), exit.code());
        let run = FinishedRun { command: name, took, exit_status, ended_at: Timestamp::now() };
        let project = open_project::reopen(directory, command.issue());
        let page = metrics::page(&run, project.as_ref());
        // A run is not a failure because its metrics cannot be written.
        if let Err(error) = files::write(file, page.as_bytes(), FileReaders::Anyone) {
            terminal.error(&error);
        }
    }
    exit.into()
}
