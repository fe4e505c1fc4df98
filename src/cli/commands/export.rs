//! `export`: writes an issue, or the unsubscribe page, as files for the web.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::base::error::Error;
use crate::cli::exit::Exit;
use crate::cli::export_summary::{self, FolderSummary};
use crate::cli::terminal::Terminal;
use crate::ops::blocked::Blocked;
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::static_pages::{self, StaticPage};
use crate::ops::{export, plan};
use crate::project::Project;
use crate::project::export_folder::ExportFolder;

/// Arguments of `export`.
#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    /// The issue's file, with `archive: public`; drafts are allowed
    #[arg(required_if_eq("to", "web"))]
    pub(super) issue: Option<PathBuf>,
    /// What to export: `web` is an issue, `unsubscribe` the page where readers unsubscribe
    #[arg(long, value_name = "CHANNEL")]
    to: ExportChannel,
    /// Output folder [default: public in the project, or public/unsubscribe]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// A channel besides mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ExportChannel {
    Web,
    Unsubscribe,
}

/// Writes files for a channel.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &ExportArgs) -> Result<Exit, Blocked> {
    let folder = |usual: PathBuf| args.out.clone().unwrap_or(usual);
    match (args.to, &args.issue) {
        (ExportChannel::Web, Some(issue)) => {
            let (prepared, warnings) = plan::prepare(project, &project.issue_path(issue))?;
            terminal.diagnostics(&warnings);
            write_pages(terminal, &prepared, &folder(project.public()))
        }
        (ExportChannel::Unsubscribe, None) => {
            Ok(write_unsubscribe_page(terminal, project, &folder(project.public().join("unsubscribe")))?)
        }
        (ExportChannel::Unsubscribe, Some(_)) => {
            terminal.problem("`--to unsubscribe` takes no issue: the page is the same for all issues");
            Ok(Exit::Blocked)
        }
        // clap has refused this already.
        (ExportChannel::Web, None) => Ok(Exit::Blocked),
    }
}

/// Writes a page for each language of the issue, with its pictures and calendar files beside it.
fn write_pages(terminal: &Terminal, prepared: &PreparedIssue<'_>, folder: &Path) -> Result<Exit, Blocked> {
    terminal.diagnostics(&export::check_pages(prepared)?);
    let part = export::web_files(prepared, prepared.inputs.moment(Timestamp::now()))?;
    let names: Vec<String> = part.files.iter().map(|file| file.name.clone()).collect();
    let exported = ExportFolder::open(folder)?.write(&[part])?;
    let mut pages = Vec::new();
    for page in &prepared.pages {
        terminal.print_line(&match &page.url {
            Some(url) => format!("{}  {url}", page.key.lang),
            None => format!("{}  {}", page.key.lang, page.file_name()),
        });
        let is_own =
            |name: &&String| name.rsplit_once('/').is_some_and(|(of, _)| page.folder.strip_suffix('/') == Some(of));
        let files: Vec<&String> = names.iter().filter(is_own).collect();
        pages.push(serde_json::json!({ "lang": page.key.lang, "url": page.url, "files": files }));
    }
    Ok(export_summary::print(
        terminal,
        &FolderSummary { folder, pages, count: prepared.pages.len(), exported: &exported },
    ))
}

/// Writes the page where readers unsubscribe, and the answer to its form, in each language.
fn write_unsubscribe_page(terminal: &Terminal, project: &Project, folder: &Path) -> Result<Exit, Error> {
    if project.settings().unsubscribe.url.is_none() {
        terminal.problem("newsletter.yaml has no `url` under `unsubscribe:`: no letter would link to the page");
        return Ok(Exit::Blocked);
    }
    let (named, part) = static_pages::files(project);
    let exported = ExportFolder::open(folder)?.write(&[part])?;
    let count = 2 * named.len();
    let mut pages = Vec::new();
    for StaticPage { lang, button, left } in named {
        terminal.print_line(&format!("{lang}  {button}  {left}"));
        pages.push(serde_json::json!({ "lang": lang, "files": [button, left] }));
    }
    Ok(export_summary::print(terminal, &FolderSummary { folder, pages, count, exported: &exported }))
}
