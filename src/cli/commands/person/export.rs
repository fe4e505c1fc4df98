//! `person export`: exports all data about one person, to give it to them.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::base::error::Error;
use crate::cli::commands::person::nothing;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::cli::typed;
use crate::ops::personal_data::report::PersonalData;
use crate::project::Project;
use crate::project::files;

/// Arguments of `person export`.
#[derive(Args, Debug)]
pub(crate) struct PersonExportArgs {
    /// E-mail address
    address: String,
    /// Write to this new file, readable only by you [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes it as one object of JSON.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &PersonExportArgs) -> Result<Exit, Error> {
    let Some(address) = typed::address(terminal, &args.address) else { return Ok(Exit::Blocked) };
    let (data, diagnostics) = PersonalData::gather(project, &address)?;
    let exit = terminal.list_diagnostics(project, diagnostics);
    if data.is_empty() {
        nothing::print(terminal, &data);
        return Ok(exit);
    }
    match &args.out {
        None => write(&data, &mut io::stdout().lock(), Path::new("standard output"))?,
        Some(path) => {
            let mut file = files::create_private(path)?;
            write(&data, &mut file, path)?;
            file.finish().map_err(|source| Error::Write { path: path.clone(), source })?;
        }
    }
    Ok(exit)
}

fn write(data: &PersonalData, out: &mut dyn Write, name: &Path) -> Result<(), Error> {
    let text = serde_json::to_vec_pretty(data).map_err(io::Error::from);
    let written = text.and_then(|text| out.write_all(&text)).and_then(|()| out.write_all(b"\n"));
    written.map_err(|source| Error::Write { path: name.to_owned(), source })
}
