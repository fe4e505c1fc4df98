//! Says what is wrong with a command line that cannot be read: in English with the words of clap, which knows no other
//! language.

use std::env;
use std::error::Error as _;
use std::num::ParseIntError;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::base::language::Lang;
use crate::base::message::{Message, UserLanguage};
use crate::cli::exit::Exit;
use crate::cli::open_project;
use crate::cli::terminal::{self, Terminal};

/// Prints what clap found, or the help that was asked for; the exit status.
pub(super) fn report(error: &clap::Error) -> ExitCode {
    // The project is read for its language only where that matters: not for help and the version.
    let Some(problem) = problem(error).filter(|_| language() == UserLanguage::Danish) else {
        return Exit::of_command_line(error);
    };
    let terminal = Terminal::of_language(UserLanguage::Danish);
    terminal.problem(Message::verbatim(problem));
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        terminal.note(Message::verbatim(usage.to_string().replacen("Usage:", "Skriv:", 1)));
    }
    terminal.note(Message::verbatim("Tilføj `--help` for at se mere (på engelsk)."));
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// The language of the user, although no option could be read: that of `--lang`, of the environment, or of the project here.
fn language() -> UserLanguage {
    let words: Vec<String> = env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let behind = words.windows(2).find(|pair| pair[0] == "--lang").map(|pair| pair[1].as_str());
    let named = behind.or_else(|| words.iter().find_map(|word| word.strip_prefix("--lang=")));
    let asked = terminal::asked_language(named.and_then(Lang::parse));
    asked.or_else(|| open_project::reopen(None, None)?.settings().user_language).unwrap_or_default()
}

/// What is wrong, in Danish; absent for help, and for what only clap can say.
fn problem(error: &clap::Error) -> Option<String> {
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let typed = text(error, ContextKind::InvalidSubcommand)?;
            // The most similar one is the last one.
            let near = texts(error, ContextKind::SuggestedSubcommand).last();
            Some(match near {
                Some(near) => format!("ukendt kommando `{typed}`: mente du `{near}`?"),
                None => format!("ukendt kommando `{typed}`; `newsletter help` viser kommandoerne"),
            })
        }
        ErrorKind::UnknownArgument => {
            let typed = text(error, ContextKind::InvalidArg)?;
            let hint = match text(error, ContextKind::SuggestedArg) {
                Some(near) => format!(": mente du `{near}`?"),
                None if typed.starts_with('-') => String::new(),
                // `report 2025`
                None if is_year_of_report(error, typed) => format!(": mente du `--year {typed}`?"),
                // `new Nyt i januar`
                None => ": sæt anførselstegn om ord, der hører sammen".to_owned(),
            };
            Some(format!("`{typed}` kan ikke bruges her{hint}"))
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = texts(error, ContextKind::InvalidArg);
            let missing: Vec<String> = missing.iter().map(|argument| format!("`{argument}`")).collect();
            Some(format!("der mangler {}", missing.join(" og ")))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => problem_of_value(error),
        ErrorKind::ArgumentConflict => {
            let (argument, other) = (text(error, ContextKind::InvalidArg)?, text(error, ContextKind::PriorArg)?);
            Some(if argument == other {
                format!("`{argument}` kan kun bruges én gang")
            } else {
                format!("`{argument}` og `{other}` kan ikke bruges sammen")
            })
        }
        // Help, and what no command here leads to.
        _ => None,
    }
}

/// Whether a word is a number, and the command is the one that reports a year.
fn is_year_of_report(error: &clap::Error, typed: &str) -> bool {
    let is_report = matches!(error.get(ContextKind::Usage), Some(ContextValue::StyledStr(usage))
        if usage.to_string().split_whitespace().any(|word| word == "report"));
    is_report && typed.parse::<u16>().is_ok()
}

/// What is wrong with the value of an argument, in Danish.
fn problem_of_value(error: &clap::Error) -> Option<String> {
    let (argument, value) = (text(error, ContextKind::InvalidArg)?, text(error, ContextKind::InvalidValue)?);
    let values = texts(error, ContextKind::ValidValue).join(", ");
    let hint = match error.source() {
        Some(reason) if reason.is::<ParseIntError>() => ": skriv et tal".to_owned(),
        Some(reason) => {
            let reason = Message::shown(reason);
            let reason = reason.in_language(UserLanguage::Danish);
            // The range of a number comes from clap: `1 is not in 1900..=2999`.
            match reason.split_once(" is not in ").and_then(|(_, range)| range.split_once("..")) {
                Some((from, to)) if to.ends_with(&u64::MAX.to_string()) => format!(": skriv et tal fra {from} og op"),
                Some((from, to)) => format!(": skriv et tal fra {from} til {}", to.trim_start_matches('=')),
                None => format!(": {reason}"),
            }
        }
        None if values.is_empty() => String::new(),
        None => format!(": en af {values}"),
    };
    Some(if value.is_empty() {
        format!("skriv en værdi efter `{argument}`{hint}")
    } else {
        format!("`{value}` kan ikke bruges til `{argument}`{hint}")
    })
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text),
        _ => None,
    }
}

fn texts(error: &clap::Error, kind: ContextKind) -> &[String] {
    match error.get(kind) {
        Some(ContextValue::Strings(texts)) => texts,
        _ => &[],
    }
}
