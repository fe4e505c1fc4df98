//! `new`: creates a draft issue.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::issue::slug::slug;
use crate::ops::blocked::Blocked;
use crate::ops::copied_issue::{self, CorrectionDraft};
use crate::ops::new_issue::{NewFrontMatter, issue_text};
use crate::project::Project;
use crate::project::files::write_new;

/// Arguments of `new`.
#[derive(Args, Debug)]
pub(crate) struct NewArgs {
    /// The title, which becomes the subject
    #[arg(required_unless_present = "correction_of")]
    title: Option<String>,
    /// Correct an issue that was sent: a draft for those who had it, with its text
    #[arg(long, value_name = "ISSUE")]
    correction_of: Option<PathBuf>,
}

/// Creates `<slug of the title>.md` in the folder of issues, for all audiences, or beside the issue that it is made from.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &NewArgs) -> Result<Exit, Blocked> {
    let title = args.title.as_deref();
    if title.is_some_and(|title| slug(title).is_empty()) {
        terminal.problem("the title needs a letter or a digit for the file name");
        return Ok(Exit::Blocked);
    }
    if let Some(typed) = &args.correction_of {
        let draft = copied_issue::correct(project, &project.issue_like(typed), title)?;
        report_correction(terminal, &draft);
        return Ok(Exit::Done);
    }
    let title = title.unwrap_or_default();
    let (audiences, _) = project.audiences()?;
    let audiences: Vec<String> = audiences.ids().map(ToString::to_string).collect();
    let path = project.issues_folder().join(format!("{}.md", slug(title)));
    write_new(&path, issue_text(&NewFrontMatter { subject: title, preheader: "", audiences: &audiences }))?;
    report_path(terminal, &path);
    terminal.json(&serde_json::json!({ "path": path }));
    Ok(Exit::Done)
}

fn report_path(terminal: &Terminal, path: &Path) {
    terminal.print_line(&format!("created {}", path.display()));
}

fn report_correction(terminal: &Terminal, draft: &CorrectionDraft) {
    let CorrectionDraft { path, corrected, recipients } = draft;
    report_path(terminal, path);
    terminal.print_line(&match recipients {
        0 => format!("  {corrected} has no accepted letters, according to the ledger on this machine"),
        1 => format!("  for the 1 recipient of {corrected}"),
        _ => format!("  for the {recipients} recipients of {corrected}"),
    });
    terminal.json(&serde_json::json!({ "path": path, "corrected": corrected, "recipients": recipients }));
}
