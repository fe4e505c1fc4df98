//! `preview`: every edition as files that can be opened, shared and compared.

use std::path::PathBuf;

use clap::Args;

use crate::base::byte_size::ByteSize;
use crate::base::message::{Message, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::lists_args::ListsArgs;
use crate::cli::live_preview::{self, LivePreviewBrowser, LivePreviewOptions};
use crate::cli::send_issue::print_new_pictures;
use crate::cli::terminal::Terminal;
use crate::ops::approval::gate;
use crate::ops::blocked::Blocked;
use crate::ops::plan;
use crate::ops::preview::page::ManifestEntry;
use crate::ops::preview::write;
use crate::ops::text::visible;
use crate::project::Project;
use crate::project::browser::{self, BrowserStart};

/// Arguments of `preview`.
#[derive(Args, Debug)]
pub(crate) struct PreviewArgs {
    /// The issue's file, for example issues/november.md
    pub(super) issue: PathBuf,
    /// Output folder [default: preview/<issue>/editions in the project]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Render only what this recipient gets [default: every edition]
    #[arg(long = "as", value_name = "ADDRESS")]
    reader: Option<String>,
    #[command(flatten)]
    pub(super) lists: ListsArgs,
    /// Open the page in a browser
    #[arg(long)]
    open: bool,
    /// Show the issue on a page of this machine while you write, until Ctrl-C
    #[arg(long, conflicts_with_all = ["out", "reader"])]
    watch: bool,
    /// Port of that page, for example to reach it over `ssh -L` [default: any free port]
    #[arg(long, value_name = "PORT", requires = "watch")]
    port: Option<u16>,
}

/// Shows the issue while it is written, or writes a preview of it.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &PreviewArgs) -> Result<Exit, Blocked> {
    if !args.watch {
        return write_preview(terminal, project, args);
    }
    let browser = if args.open { LivePreviewBrowser::Opened } else { LivePreviewBrowser::Untouched };
    live_preview::run(
        terminal,
        project,
        &project.issue_like(&args.issue),
        LivePreviewOptions { port: args.port.unwrap_or(0), browser },
    )
}

/// Writes the editions, an overview page and a manifest into a folder.
fn write_preview(terminal: &Terminal, project: &Project, args: &PreviewArgs) -> Result<Exit, Blocked> {
    let (prepared, warnings) = plan::prepare(project, &project.issue_like(&args.issue))?;
    terminal.diagnostics(&warnings);
    let missing = gate::objection(project, &prepared.inputs)?;
    let letters = write::readers(&prepared, args.reader.as_deref())?;
    print_new_pictures(terminal, prepared.publish()?.as_ref());
    let folder = match &args.out {
        Some(folder) => folder.clone(),
        None => project.empty_preview(&prepared.inputs.issue, "editions")?,
    };
    let preview = write::write(prepared, &letters, args.reader.as_deref(), warnings, &folder)?;
    terminal.diagnostics(&preview.leak_warnings);
    terminal.json(&serde_json::json!({ "folder": folder, "editions": preview.manifest() }));
    for entry in &preview.entries {
        terminal.print_line(Message::verbatim(line(entry)));
    }
    let (editions, shown) = (noun::EDITION.count(preview.entries.len() as u64), folder.display());
    terminal.print_line(message!("{editions} in {shown}", "{editions} i {shown}"));
    if let Some(missing) = &missing {
        terminal.note(missing.clone());
    }
    let page = folder.join("index.html");
    if args.open && browser::open(&page) == BrowserStart::Missing {
        let page = page.display();
        terminal.note(message!(
            "no browser can be opened here: open {page} yourself",
            "der kan ikke åbnes en browser her: åbn selv {page}"
        ));
    }
    Ok(Exit::Done)
}

/// An edition on one line.
fn line(entry: &ManifestEntry) -> String {
    let lix = entry.lix.map(|lix| format!("LIX {lix}")).unwrap_or_default();
    let (edition, recipients, subject) = (&entry.edition, entry.recipients, visible(&entry.subject));
    let size = ByteSize::of_length(entry.html_bytes).to_string();
    format!("{edition:<32} {recipients:>5} {size:>9}  {lix:<6}  {subject}")
}
