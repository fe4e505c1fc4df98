//! The commands: each file holds the arguments of a command and what it does with them.

mod approve;
mod audience;
mod calendar;
mod cancel;
mod check;
mod completions;
mod diff;
mod dkim;
mod doctor;
mod export;
mod help;
mod inbox;
mod init;
mod ledger;
mod login;
mod man;
mod new;
mod person;
mod preview;
mod report;
mod resolve;
mod run;
mod schedule;
mod schema;
mod send;
mod serve;
mod status;
mod suppression;
mod test;
mod trust;

use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::cli::commands::approve::ApproveArgs;
use crate::cli::commands::audience::AudienceCommand;
use crate::cli::commands::calendar::CalendarArgs;
use crate::cli::commands::cancel::CancelArgs;
use crate::cli::commands::check::CheckArgs;
use crate::cli::commands::completions::{CompleteArgs, CompletionsArgs};
use crate::cli::commands::diff::DiffArgs;
use crate::cli::commands::dkim::DkimCommand;
use crate::cli::commands::doctor::DoctorArgs;
use crate::cli::commands::export::ExportArgs;
use crate::cli::commands::help::HelpArgs;
use crate::cli::commands::inbox::InboxArgs;
use crate::cli::commands::init::InitArgs;
use crate::cli::commands::ledger::LedgerCommand;
use crate::cli::commands::login::LoginArgs;
use crate::cli::commands::man::ManArgs;
use crate::cli::commands::new::NewArgs;
use crate::cli::commands::person::PersonCommand;
use crate::cli::commands::preview::PreviewArgs;
use crate::cli::commands::report::ReportArgs;
use crate::cli::commands::resolve::ResolveArgs;
use crate::cli::commands::run::RunArgs;
use crate::cli::commands::schedule::ScheduleArgs;
use crate::cli::commands::schema::SchemaArgs;
use crate::cli::commands::send::SendArgs;
use crate::cli::commands::serve::ServeArgs;
use crate::cli::commands::status::StatusArgs;
use crate::cli::commands::suppression::SuppressionCommand;
use crate::cli::commands::suppression::unsubscribe::{self, UnsubscribeArgs};
use crate::cli::commands::test::TestArgs;
use crate::cli::commands::trust::TrustArgs;
use crate::cli::exit::Exit;
use crate::cli::global_args::GlobalArgs;
use crate::cli::open_project::{self, ProjectAccess};
use crate::cli::terminal::Terminal;
use crate::ops::blocked::Blocked;

/// The commands, in the order of the help.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Create a project
    Init(InitArgs),
    /// Create a draft issue
    New(NewArgs),
    /// Check the project, or the given issues, for problems
    Check(CheckArgs),
    /// Render every edition to files, for sample readers
    Preview(PreviewArgs),
    /// Show what changes for readers between two versions of an issue
    Diff(DiffArgs),
    /// Send editions to your own address, marked [TEST]
    Test(TestArgs),
    /// Approve an issue as it is now, so that it can be sent
    Approve(ApproveArgs),
    /// Send an issue; if interrupted, run again to send the rest
    Send(SendArgs),
    /// Send every issue whose `send_at` time has passed (for cron)
    Run(RunArgs),
    /// List what is due next, and why something will not be sent
    Schedule(ScheduleArgs),
    /// Show what is promised for a year, and what has become of it
    Calendar(CalendarArgs),
    /// Export issues for the web and other channels
    Export(ExportArgs),
    /// Show delivery status
    Status(StatusArgs),
    /// Report a year in figures: issues, letters, audiences, topics
    Report(ReportArgs),
    /// Cancel what is left to send of an issue
    Cancel(CancelArgs),
    /// Record whether letters in doubt arrived
    Resolve(ResolveArgs),
    /// Check, export, migrate or prune the ledger (the record of sent letters)
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Generate and check DKIM keys
    #[command(subcommand)]
    Dkim(DkimCommand),
    /// Find out why letters do not leave, or do not arrive
    Doctor(DoctorArgs),
    /// Get access tokens for Microsoft 365 or Google
    Login(LoginArgs),
    /// Unsubscribe addresses
    Unsubscribe(UnsubscribeArgs),
    /// Serve the web page where readers unsubscribe
    Serve(ServeArgs),
    /// Record the bounces, complaints and requests to unsubscribe in a mailbox
    Inbox(InboxArgs),
    /// Manage suppressed addresses, which get no letters
    #[command(subcommand)]
    Suppression(SuppressionCommand),
    /// List, compare and import audiences, and explain who is in them
    #[command(subcommand)]
    Audience(AudienceCommand),
    /// Show, export or erase one person's data
    #[command(subcommand)]
    Person(PersonCommand),
    /// Trust a project: its lists may come from commands and servers
    Trust(TrustArgs),
    /// Explain a command, a key, a check, a state or an exit status
    Help(HelpArgs),
    /// Print the JSON Schema of a file, for editors
    Schema(SchemaArgs),
    /// Print the script that completes commands, issues and audiences in a shell
    Completions(CompletionsArgs),
    /// Write the man pages to a folder
    Man(ManArgs),
    /// Print what can be typed at the cursor, for these scripts
    #[command(hide = true)]
    Complete(CompleteArgs),
}

impl Command {
    /// Takes over `--log` where the command reads logs itself.
    pub(super) fn take_log(&mut self, log: &mut Option<PathBuf>) {
        if let Self::Unsubscribe(args) = self {
            args.take_log(log);
        }
    }

    /// The issue that was typed: the search for the project starts in its folder.
    pub(super) fn issue(&self) -> Option<&Path> {
        match self {
            Self::Preview(args) => Some(&args.issue),
            Self::Diff(args) => args.file(),
            Self::Test(args) => Some(&args.issue),
            Self::Approve(args) => Some(&args.issue),
            Self::Send(args) => Some(&args.issue),
            Self::Export(args) => args.issue.as_deref(),
            Self::Status(args) => args.issue.as_deref(),
            Self::Cancel(args) => Some(&args.issue),
            Self::Resolve(args) => Some(&args.issue),
            Self::Check(args) => args.first_issue(),
            Self::Init(_)
            | Self::New(_)
            | Self::Run(_)
            | Self::Schedule(_)
            | Self::Report(_)
            | Self::Calendar(_)
            | Self::Ledger(_)
            | Self::Dkim(_)
            | Self::Doctor(_)
            | Self::Login(_)
            | Self::Unsubscribe(_)
            | Self::Serve(_)
            | Self::Inbox(_)
            | Self::Suppression(_)
            | Self::Audience(_)
            | Self::Person(_)
            | Self::Trust(_)
            | Self::Help(_)
            | Self::Schema(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Complete(_) => None,
        }
    }

    /// What it does with a project that may be someone else's.
    fn access(&self) -> ProjectAccess {
        match self {
            Self::Check(args) => args.lists.access(),
            Self::Preview(args) => args.lists.access(),
            Self::Diff(args) => args.lists.access(),
            Self::Export(_) => ProjectAccess::Exports,
            Self::Approve(_) | Self::Calendar(_) => ProjectAccess::Approves,
            Self::Send(args) if args.is_dry() => ProjectAccess::ShowsPeople,
            Self::Run(args) if args.is_dry() => ProjectAccess::ShowsPeople,
            Self::Status(_) | Self::Report(_) | Self::Schedule(_) => ProjectAccess::ShowsPeople,
            Self::Ledger(command) if command.reads() => ProjectAccess::ShowsPeople,
            Self::Suppression(command) if command.reads() => ProjectAccess::ShowsPeople,
            Self::Audience(command) if command.reads() => ProjectAccess::ShowsPeople,
            Self::Person(command) if command.reads() => ProjectAccess::ShowsPeople,
            Self::Init(_)
            | Self::New(_)
            | Self::Test(_)
            | Self::Send(_)
            | Self::Run(_)
            | Self::Cancel(_)
            | Self::Resolve(_)
            | Self::Ledger(_)
            | Self::Dkim(_)
            | Self::Doctor(_)
            | Self::Login(_)
            | Self::Unsubscribe(_)
            | Self::Serve(_)
            | Self::Inbox(_)
            | Self::Suppression(_)
            | Self::Audience(_)
            | Self::Person(_)
            | Self::Trust(_)
            | Self::Help(_)
            | Self::Schema(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Complete(_) => ProjectAccess::Operates,
        }
    }

    /// The name of a command that sends; absent for the others, and for a dry run.
    pub(super) fn sends(&self) -> Option<&'static str> {
        match self {
            Self::Send(args) if !args.is_dry() => Some("send"),
            Self::Run(args) if !args.is_dry() => Some("run"),
            _ => None,
        }
    }

    /// The name of a command that sends, and the file for its metrics.
    pub(super) fn metrics(&self) -> Option<(&'static str, &Path)> {
        match self {
            Self::Send(args) => Some(("send", args.metrics.as_deref()?)),
            Self::Run(args) => Some(("run", args.metrics.as_deref()?)),
            _ => None,
        }
    }
}

/// Runs a command; `program` has all arguments of the program, for commands that describe them.
pub(super) fn run(
    terminal: &Terminal,
    global: &GlobalArgs,
    command: &Command,
    program: fn() -> clap::Command,
) -> Result<Exit, Blocked> {
    let directory = global.directory.as_deref();
    let project = match command {
        // These need no valid settings: one writes them, one reports what is wrong with them, one does not read them,
        // and one decides itself which problems to print.
        Command::Init(args) => return Ok(init::run(terminal, global, args)?),
        Command::Check(args) => return check::run(terminal, global, args),
        Command::Trust(args) => return Ok(trust::run(terminal, directory, args)?),
        Command::Run(args) => return run::run(terminal, global, args),
        Command::Help(args) => return Ok(help::run(terminal, args, program())),
        Command::Schema(args) => return Ok(schema::run(terminal, args)?),
        Command::Completions(args) => return Ok(completions::run(args)),
        Command::Complete(args) => return Ok(completions::complete(args, program())),
        Command::Man(args) => return Ok(man::run(terminal, args, program())?),
        Command::Diff(args) => match diff::open(terminal, global, args) {
            Ok(project) => project,
            Err(exit) => return Ok(exit),
        },
        _ => match open_project::open(terminal, global, command.issue(), command.access()) {
            Ok(project) => project,
            Err(exit) => return Ok(exit),
        },
    };
    let project = &project;
    match command {
        Command::Init(args) => Ok(init::run(terminal, global, args)?),
        Command::Check(args) => check::run(terminal, global, args),
        Command::Trust(args) => Ok(trust::run(terminal, directory, args)?),
        Command::Help(args) => Ok(help::run(terminal, args, program())),
        Command::Schema(args) => Ok(schema::run(terminal, args)?),
        Command::Completions(args) => Ok(completions::run(args)),
        Command::Complete(args) => Ok(completions::complete(args, program())),
        Command::Man(args) => Ok(man::run(terminal, args, program())?),
        Command::New(args) => new::run(terminal, project, args),
        Command::Preview(args) => preview::run(terminal, project, args),
        Command::Diff(args) => diff::run(terminal, project, args),
        Command::Test(args) => test::run(terminal, project, args),
        Command::Approve(args) => approve::run(terminal, project, args),
        Command::Send(args) => send::run(terminal, project, args),
        Command::Run(args) => run::run(terminal, global, args),
        Command::Schedule(args) => Ok(schedule::run(terminal, project, args)?),
        Command::Calendar(args) => calendar::run(terminal, project, args),
        Command::Export(args) => export::run(terminal, project, args),
        Command::Status(args) => Ok(status::run(terminal, project, args)?),
        Command::Report(args) => Ok(report::run(terminal, project, args, global.lang)?),
        Command::Cancel(args) => Ok(cancel::run(terminal, project, args)?),
        Command::Resolve(args) => Ok(resolve::run(terminal, project, args)?),
        Command::Ledger(command) => Ok(ledger::run(terminal, project, command)?),
        Command::Dkim(command) => Ok(dkim::run(terminal, project, command)?),
        Command::Doctor(args) => Ok(doctor::run(terminal, project, args)),
        Command::Login(args) => Ok(login::run(terminal, project, args)?),
        Command::Unsubscribe(args) => Ok(unsubscribe::run(terminal, project, args)?),
        Command::Serve(args) => Ok(serve::run(terminal, project, args)?),
        Command::Inbox(args) => Ok(inbox::run(terminal, project, args)),
        Command::Suppression(command) => Ok(suppression::run(terminal, project, command)?),
        Command::Audience(command) => Ok(audience::run(terminal, project, command)?),
        Command::Person(command) => Ok(person::run(terminal, project, command)?),
    }
}
