//! `schema`: prints or writes the JSON Schemas with which an editor completes and checks the project's files.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::base::error::Error;
use crate::base::message::message;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::ops::reference::FileKind;
use crate::ops::reference::schema;

/// Arguments of `schema`.
#[derive(Args, Debug)]
pub(crate) struct SchemaArgs {
    /// The file that the schema is for
    #[arg(required_unless_present = "out")]
    file: Option<SchemaName>,
    /// Write all schemas to this folder, as `init` does; older ones are replaced
    #[arg(long, value_name = "DIR", conflicts_with = "file")]
    out: Option<PathBuf>,
}

/// A file that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SchemaName {
    /// newsletter.yaml
    Newsletter,
    /// A file in audiences/
    Audience,
    /// The front matter of an issue
    Issue,
    /// calendar.yaml
    Calendar,
}

/// Prints a schema, or writes them all.
pub(super) fn run(terminal: &Terminal, args: &SchemaArgs) -> Result<Exit, Error> {
    if let Some(folder) = &args.out {
        schema::write_all(folder)?;
        let folder_name = folder.display();
        terminal.print_line(message!("schemas written to {folder_name}", "skemaer skrevet til {folder_name}"));
        terminal.json(&serde_json::json!({ "folder": folder }));
        return Ok(Exit::Done);
    }
    if let Some(name) = args.file {
        let file = match name {
            SchemaName::Newsletter => FileKind::Newsletter,
            SchemaName::Audience => FileKind::Audience,
            SchemaName::Issue => FileKind::Issue,
            SchemaName::Calendar => FileKind::Calendar,
        };
        Terminal::answer(&schema::text(file));
    }
    Ok(Exit::Done)
}
