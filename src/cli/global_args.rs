//! The options that every command takes.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use crate::base::language::Lang;
use crate::base::message::{Message, message};

/// The heading of these options in the help of every command.
const HEADING: &str = "Global options";

/// The options that every command takes, in the order of the help.
///
/// `--help` is among them, so that the help of a command lists its own options first and these after them.
#[derive(Args, Debug)]
pub(super) struct GlobalArgs {
    /// Project folder [default: search upwards from the issue or the current folder]
    #[arg(short = 'C', long, global = true, value_name = "DIR", help_heading = HEADING, display_order = 1000)]
    pub(super) directory: Option<PathBuf>,
    /// Let the project start commands, log in to servers and use files outside its folder
    #[arg(long, global = true, help_heading = HEADING, display_order = 1001)]
    pub(super) trust: bool,
    /// Print results as JSON
    #[arg(long, global = true, help_heading = HEADING, display_order = 1002)]
    pub(super) json: bool,
    /// Print errors only
    #[arg(short, long, global = true, help_heading = HEADING, display_order = 1003)]
    pub(super) quiet: bool,
    /// Print a line for each letter; -vv also logs, -vvv also logs the SMTP session
    #[arg(short, long, global = true, action = ArgAction::Count, help_heading = HEADING, display_order = 1004)]
    pub(super) verbose: u8,
    /// Append a log to this file; `-` is standard error
    #[arg(long, global = true, value_name = "FILE", help_heading = HEADING, display_order = 1005)]
    pub(super) log: Option<PathBuf>,
    /// Log format: text, json or journal [default: journal under systemd, else text]
    #[arg(long, global = true, value_enum, value_name = "FORMAT", hide_possible_values = true, help_heading = HEADING, display_order = 1006)]
    pub(super) log_format: Option<LogFormat>,
    /// When to use color: auto, always or never [default: auto]
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = ColourChoice::Auto)]
    #[arg(hide_default_value = true, hide_possible_values = true, help_heading = HEADING, display_order = 1007)]
    pub(super) color: ColourChoice,
    /// Language of messages and reports: da, en … [default: that of LANG, else that of the project]
    #[arg(long, global = true, value_name = "LANG", value_parser = parse_lang, help_heading = HEADING, display_order = 1008)]
    pub(super) lang: Option<Lang>,
    /// Print help
    #[arg(short, long, global = true, action = ArgAction::Help, help_heading = HEADING, display_order = 1009)]
    help: Option<bool>,
}

// The values below have no descriptions in the help: with one of them clap would put every option of every command
// on several lines.

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColourChoice {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    Text,
    Json,
    Journal,
}

/// A language as people name it.
fn parse_lang(typed: &str) -> Result<Lang, Message> {
    Lang::parse(typed).ok_or_else(|| message!("the languages are {}", "sprogene er {}", Lang::known()))
}
