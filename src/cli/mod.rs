//! The command line: one file a command, and the only place that prints.

mod args;
mod audience;
mod check;
mod deliver;
mod diff;
mod dkim;
mod edition_diff;
mod exit;
mod export;
mod init;
mod ledger;
mod log;
mod matrix;
mod metrics;
mod new;
mod observer;
mod online;
mod person;
mod plan;
mod preview;
mod preview_page;
mod progress;
mod project;
mod reason_counts;
mod report;
mod resolve;
mod run;
mod send;
mod status;
mod suppress;
mod terminal;
mod test;
mod text_diff;
mod timing;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use crate::base::error::Error;
use crate::cli::args::{Cli, Command};
use crate::cli::exit::Exit;
use crate::cli::metrics::FinishedRun;
use crate::cli::project::OpenProject;
use crate::cli::terminal::Terminal;

/// Runs the command that was typed.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let terminal = Terminal::new(&cli.common);
    crate::project::files::keep_out_of_core_dumps();
    if let Err(exit) = log::start(&terminal, &cli.common) {
        return exit.into();
    }
    let started = Instant::now();
    let exit = dispatch(&terminal, &cli).unwrap_or_else(|error| terminal.error(&error));
    let (command, metrics, issue) = match &cli.command {
        Command::Send(send) => ("send", &send.metrics, Some(&*send.issue)),
        Command::Run(run) => ("run", &run.metrics, None),
        _ => return exit.into(),
    };
    if let Some(file) = metrics {
        let opened = OpenProject::again(cli.common.directory.as_deref(), issue);
        metrics::write(&terminal, file, &FinishedRun { command, took: started.elapsed(), exit }, opened.as_ref());
    }
    exit.into()
}

fn dispatch(terminal: &Terminal, cli: &Cli) -> Result<Exit, Error> {
    let directory = cli.common.directory.as_deref();
    let open = |issue: Option<&Path>| OpenProject::find(terminal, directory, issue);
    let opened = match &cli.command {
        Command::Init(init) => return init::run(terminal, directory, init),
        Command::Check(check) => return check::run(terminal, directory, check),
        Command::Preview(preview) => open(Some(&preview.issue)),
        Command::Test(test) => open(Some(&test.issue)),
        Command::Diff(diff) => open(diff.file()),
        Command::Send(send) => open(Some(&send.issue)),
        Command::Export(export) => open(Some(&export.issue)),
        Command::Resolve(resolve) => open(Some(&resolve.issue)),
        Command::Status(status) => open(status.issue.as_deref()),
        Command::Audience(_)
        | Command::New(_)
        | Command::Run(_)
        | Command::Ledger(_)
        | Command::Person(_)
        | Command::Dkim(_)
        | Command::Unsubscribe(_)
        | Command::Suppress(_) => open(None),
    };
    let opened = match opened {
        Ok(opened) => opened,
        Err(exit) => return Ok(exit),
    };
    match &cli.command {
        Command::Init(init) => init::run(terminal, directory, init),
        Command::New(new) => new::run(terminal, &opened, new),
        Command::Check(check) => check::run(terminal, directory, check),
        Command::Preview(preview) => preview::run(terminal, &opened, preview),
        Command::Test(test) => test::run(terminal, &opened, test),
        Command::Diff(diff) => diff::run(terminal, &opened, diff),
        Command::Send(send) => send::run(terminal, &opened, send),
        Command::Export(export) => export::run(terminal, &opened, export),
        Command::Run(_) => run::run(terminal, &opened),
        Command::Audience(command) => audience::run(terminal, &opened, command),
        Command::Person(command) => person::run(terminal, &opened, command),
        Command::Unsubscribe(typed) => suppress::unsubscribe(terminal, &opened, typed),
        Command::Suppress(typed) => suppress::run(terminal, &opened, typed),
        Command::Status(status) => status::run(terminal, &opened, status),
        Command::Resolve(resolve) => resolve::run(terminal, &opened, resolve),
        Command::Ledger(command) => ledger::run(terminal, &opened, command),
        Command::Dkim(command) => dkim::run(terminal, &opened, command),
    }
}
