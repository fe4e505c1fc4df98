//! `export`: writes an issue as web pages.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::ops::blocked::Blocked;
use crate::ops::export;
use crate::ops::plan;
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::text::count;
use crate::project::Project;

/// Arguments of `export`.
#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    /// The issue's file, with `archive: public`; drafts are allowed
    pub(super) issue: PathBuf,
    /// Channel to export for
    #[arg(long, value_name = "CHANNEL")]
    to: ExportChannel,
    /// Output folder [default: public in the project]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// A channel besides mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ExportChannel {
    Web,
}

/// Writes the issue for a channel.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &ExportArgs) -> Result<Exit, Blocked> {
    let (prepared, warnings) = plan::prepare(project, &project.issue_path(&args.issue))?;
    terminal.diagnostics(&warnings);
    let folder = args.out.clone().unwrap_or_else(|| project.public());
    match args.to {
        ExportChannel::Web => write_pages(terminal, &prepared, &folder),
    }
}

/// Writes a page for each language of the issue, with its pictures and calendar files beside it.
fn write_pages(terminal: &Terminal, prepared: &PreparedIssue<'_>, folder: &Path) -> Result<Exit, Blocked> {
    terminal.diagnostics(&export::check_pages(prepared)?);
    let made = prepared.inputs.moment(Timestamp::now());
    let mut written = Vec::new();
    for page in &prepared.pages {
        let files = export::write_page(folder, page, made)?;
        terminal.print_line(&match &page.url {
            Some(url) => format!("{}  {url}", page.key.lang),
            None => format!("{}  {}index.html", page.key.lang, page.folder),
        });
        written.push(serde_json::json!({ "lang": page.key.lang, "url": page.url, "files": files }));
    }
    terminal.json(&serde_json::json!({ "folder": folder, "pages": written }));
    terminal.print_line(&format!("{} in {}", count(written.len() as u64, "page"), folder.display()));
    Ok(Exit::Done)
}
