//! `export`: an issue for those who read no letter.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::base::error::Error;
use crate::base::source::diagnostic::Diagnostics;
use crate::cli::exit::Exit;
use crate::cli::plan;
use crate::cli::project::OpenProject;
use crate::cli::report::count;
use crate::cli::terminal::Terminal;
use crate::letter::decoded::DecodedLetter;
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::web_pages::WebPage;
use crate::project::files::write_over;

/// Arguments of `export`.
#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    /// The issue, which has `archive: public` and may be a draft
    pub(super) issue: PathBuf,
    /// What to export for
    #[arg(long, value_name = "CHANNEL")]
    to: ExportChannel,
    /// Output folder [default: public in the project]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Where an issue is read that is not a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ExportChannel {
    Web,
}

/// Writes the issue for a channel.
pub(super) fn run(terminal: &Terminal, opened: &OpenProject, export: &ExportArgs) -> Result<Exit, Error> {
    let path = opened.project.issue_path(&export.issue);
    let Some(prepared) = plan::prepare(terminal, opened, &path)? else { return Ok(Exit::Blocked) };
    let folder = export.out.clone().unwrap_or_else(|| opened.project.public());
    match export.to {
        ExportChannel::Web => web(terminal, &prepared, &folder),
    }
}

/// Writes a page for each language of the issue, with its pictures and calendar files beside it.
fn web(terminal: &Terminal, prepared: &PreparedIssue<'_>, folder: &Path) -> Result<Exit, Error> {
    if prepared.pages.is_empty() {
        terminal.problem(&format!(
            "{} is not for everybody: write `archive: public` above its text to put it on the web",
            prepared.issue.id
        ));
        return Ok(Exit::Blocked);
    }
    let leaks = leaks(prepared);
    terminal.diagnostics(&leaks);
    if leaks.has_errors() {
        return Ok(Exit::Blocked);
    }
    let mut written = Vec::new();
    for page in &prepared.pages {
        let files = write(folder, page)?;
        terminal.say(&match &page.url {
            Some(url) => format!("{}  {url}", page.key.lang),
            None => format!("{}  {}index.html", page.key.lang, page.folder),
        });
        written.push(serde_json::json!({ "lang": page.key.lang, "url": page.url, "files": files }));
    }
    terminal.json(&serde_json::json!({ "folder": folder, "pages": written }));
    terminal.say(&format!("{} in {}", count(written.len() as u64, "page"), folder.display()));
    Ok(Exit::Done)
}

/// What stands in a page and is not for everybody.
pub(super) fn leaks(prepared: &PreparedIssue<'_>) -> Diagnostics {
    let guard = prepared.guard();
    let mut diagnostics = Diagnostics::new();
    for page in &prepared.pages {
        // A page that cannot be made is not written, and was told.
        if let Ok(reading) = DecodedLetter::of_page(&page.edition) {
            diagnostics.extend(guard.check_page(&page.key, &reading));
        }
    }
    diagnostics
}

/// Writes one page; the names of its files.
fn write(folder: &Path, page: &WebPage) -> Result<Vec<String>, Error> {
    let reading = DecodedLetter::of_page(&page.edition).map_err(|_| Error::Uncomposed)?;
    let mut files = vec![(format!("{}index.html", page.folder), reading.html.as_bytes())];
    files.extend(reading.pictures.iter().map(|it| (format!("{}{}", page.folder, it.file_name()), &it.bytes()[..])));
    files.extend(reading.enclosures.iter().map(|it| (format!("{}{}", page.folder, it.name()), it.bytes())));
    for (name, bytes) in &files {
        write_over(&folder.join(name), bytes)?;
    }
    Ok(files.into_iter().map(|(name, _)| name).collect())
}
