//! The addresses that a command suppresses or releases, and the series it does so in.

use std::path::PathBuf;

use clap::Args;

use crate::base::error::Error;
use crate::base::message::message;
use crate::base::source::nearest::suggestion;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::issue::series::SeriesId;
use crate::people::person::Address;
use crate::project::Project;
use crate::project::files::read_export;

/// Arguments that name addresses.
#[derive(Args, Debug)]
pub(crate) struct TargetArgs {
    /// E-mail addresses
    #[arg(required_unless_present = "file")]
    addresses: Vec<String>,
    /// File with one address per line
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Apply only to this series [default: all letters]
    #[arg(long, value_name = "SERIES")]
    series: Option<String>,
}

/// What was typed, read and found valid.
pub(super) struct Targets<'o> {
    /// Where a command needs addresses, there are some.
    pub(super) addresses: Vec<Address>,
    /// Absent: all letters of the project.
    pub(super) series: Option<&'o SeriesId>,
}

impl<'o> Targets<'o> {
    /// Reads what was typed; reports what is invalid and returns the exit status then.
    pub(super) fn read(
        terminal: &Terminal,
        project: &'o Project,
        typed: &TargetArgs,
    ) -> Result<Result<Self, Exit>, Error> {
        let mut texts = typed.addresses.clone();
        if let Some(file) = &typed.file {
            let text = String::from_utf8_lossy(&read_export(file)?).into_owned();
            texts.extend(list_items(&text));
        }
        if texts.is_empty() {
            terminal.problem(message!("the file has no addresses", "filen har ingen adresser"));
            return Ok(Err(Exit::Blocked));
        }
        Ok(Self::parse(terminal, project, &texts, typed.series.as_deref()))
    }

    /// The addresses and the series that were typed. All or nothing: half a list would look like all of it.
    pub(super) fn parse(
        terminal: &Terminal,
        project: &'o Project,
        texts: &[String],
        series: Option<&str>,
    ) -> Result<Self, Exit> {
        let mut addresses = Vec::new();
        let mut exit = Ok(());
        for text in texts {
            match Address::parse(text) {
                Ok(address) => addresses.push(address),
                Err(error) => {
                    terminal
                        .problem(message!("{text}: {error}; nothing was changed", "{text}: {error}; intet er ændret"));
                    exit = Err(Exit::Blocked);
                }
            }
        }
        exit?;
        let series = series.map(|typed| known_series(terminal, project, typed)).transpose()?;
        Ok(Self { addresses, series })
    }
}

/// The items of a text with one on each line, without comments.
pub(super) fn list_items(text: &str) -> Vec<String> {
    // A CR alone ends a line, too: otherwise the addresses after a comment would be lost.
    let lines = text.trim_start_matches('\u{feff}').split(['\n', '\r']).map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

/// The series with this id; reports where there is none.
pub(super) fn known_series<'o>(terminal: &Terminal, project: &'o Project, typed: &str) -> Result<&'o SeriesId, Exit> {
    let known = &project.settings().series;
    if let Some((id, _)) = known.get_key_value(typed) {
        return Ok(id);
    }
    let hint = suggestion(typed, known.keys().map(SeriesId::as_str));
    let hint = hint.unwrap_or_else(|| message!("newsletter.yaml has no series", "newsletter.yaml har ingen serier"));
    terminal.problem(message!("unknown series `{typed}`: {hint}", "ukendt serie `{typed}`: {hint}"));
    Err(Exit::Blocked)
}
