//! `trust`: the user's own list of projects that may act.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::ops::trusted_projects::{self, TrustChange};
use crate::project::trust;

/// Arguments of `trust`.
#[derive(Args, Debug)]
pub(crate) struct TrustArgs {
    /// The project's folder [default: the current one]
    folder: Option<PathBuf>,
    /// Stop trusting it
    #[arg(long)]
    remove: bool,
    /// List the trusted projects
    #[arg(long, conflicts_with_all = ["folder", "remove"])]
    list: bool,
}

/// Adds a project to the list or removes it.
pub(super) fn run(terminal: &Terminal, directory: Option<&Path>, args: &TrustArgs) -> Result<Exit, Error> {
    if args.list {
        for folder in trust::listed()? {
            terminal.json(&serde_json::json!({ "folder": folder }));
            terminal.print_line(Message::verbatim(folder.display().to_string()));
        }
        return Ok(Exit::Done);
    }
    let folder = args.folder.as_deref().or(directory).unwrap_or(Path::new("."));
    let change = if args.remove { TrustChange::Remove } else { TrustChange::Add };
    let Some((root, list)) = trusted_projects::change(folder, change)? else {
        terminal.problem(message!(
            "there is no folder for your list of trusted projects: set HOME or XDG_CONFIG_HOME",
            "der er ingen mappe til din liste over betroede projekter: sæt HOME eller XDG_CONFIG_HOME"
        ));
        return Ok(Exit::Settings);
    };
    let trusted = change == TrustChange::Add;
    terminal.json(&serde_json::json!({ "folder": root, "trusted": trusted }));
    let (root, list) = (root.display(), list.display());
    terminal.print_line(match change {
        TrustChange::Add => message!(
            "{root} is trusted: its commands and servers may be used (in {list})",
            "{root} er betroet: dets kommandoer og servere må bruges (står i {list})"
        ),
        TrustChange::Remove => message!("{root} is not trusted (in {list})", "{root} er ikke betroet (står i {list})"),
    });
    Ok(Exit::Done)
}
