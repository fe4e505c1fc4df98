//! `man`: writes the man pages.

use std::path::PathBuf;

use clap::{Args, Command};

use crate::base::error::Error;
use crate::base::message::message;
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::man_page::{self, MARK};
use crate::cli::terminal::Terminal;
use crate::ops::generated_files::{self, OwnFile};

/// Arguments of `man`.
#[derive(Args, Debug)]
pub(crate) struct ManArgs {
    /// Folder for the pages, such as /usr/local/share/man/man1
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Writes a page for each command; older pages are replaced.
pub(super) fn run(terminal: &Terminal, args: &ManArgs, mut program: Command) -> Result<Exit, Error> {
    program.build();
    let pages = man_page::pages(&program, env!("CARGO_PKG_VERSION"));
    let files: Vec<OwnFile> =
        pages.into_iter().map(|page| OwnFile { name: format!("{}.1", page.name), text: page.text }).collect();
    generated_files::write_all(&args.folder, &files, MARK)?;
    let pages = noun::PAGE.count(files.len() as u64);
    let folder = args.folder.display();
    terminal.print_line(message!(
        "{pages} written to {folder}: man newsletter",
        "{pages} skrevet til {folder}: man newsletter"
    ));
    terminal.json(&serde_json::json!({ "folder": args.folder, "pages": files.len() }));
    Ok(Exit::Done)
}
