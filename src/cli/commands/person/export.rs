//! `person export`: all that is held of somebody, to be given to them.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::base::error::Error;
use crate::cli::commands::person::data_report::PersonalData;
use crate::cli::exit::Exit;
use crate::cli::project::OpenProject;
use crate::cli::terminal::Terminal;
use crate::cli::typed;

/// Arguments of `person export`.
#[derive(Args, Debug)]
pub(crate) struct PersonExportArgs {
    /// The address
    address: String,
    /// New file that only you can read [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes it as one object of JSON.
pub(super) fn run(terminal: &Terminal, opened: &OpenProject, args: &PersonExportArgs) -> Result<Exit, Error> {
    let Some(address) = typed::address(terminal, &args.address) else { return Ok(Exit::Blocked) };
    let (held, exit) = PersonalData::gather(terminal, opened, &address)?;
    if held.is_nothing() {
        held.tell_nothing(terminal);
        return Ok(exit);
    }
    match &args.out {
        None => write(&held, &mut io::stdout().lock(), Path::new("standard output"))?,
        Some(path) => {
            let mut file = crate::project::secrets::create_private(path)?;
            write(&held, &mut file, path)?;
            file.sync_all().map_err(|source| Error::Write { path: path.clone(), source })?;
        }
    }
    Ok(exit)
}

fn write(held: &PersonalData, out: &mut dyn Write, name: &Path) -> Result<(), Error> {
    let text = serde_json::to_vec_pretty(held).map_err(io::Error::from);
    let written = text.and_then(|text| out.write_all(&text)).and_then(|()| out.write_all(b"\n"));
    written.map_err(|source| Error::Write { path: name.to_owned(), source })
}
