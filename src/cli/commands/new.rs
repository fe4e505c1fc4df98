//! `new`: creates a draft issue.

use clap::Args;

use crate::base::error::Error;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::issue::slug::slug;
use crate::ops::new_issue::{NewFrontMatter, issue_text};
use crate::project::Project;
use crate::project::files::write_new;

/// Arguments of `new`.
#[derive(Args, Debug)]
pub(crate) struct NewArgs {
    /// The title, which becomes the subject
    title: String,
}

/// Creates `<slug of the title>.md` in the folder of issues, for all audiences.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &NewArgs) -> Result<Exit, Error> {
    let slug = slug(&args.title);
    if slug.is_empty() {
        terminal.problem("the title needs a letter or a digit for the file name");
        return Ok(Exit::Blocked);
    }
    let (audiences, _) = project.audiences()?;
    let audiences: Vec<String> = audiences.ids().map(ToString::to_string).collect();
    let path = project.issues_folder().join(format!("{slug}.md"));
    write_new(&path, &issue_text(&NewFrontMatter { subject: &args.title, preheader: "", audiences: &audiences }))?;
    terminal.print_line(&format!("created {}", path.display()));
    terminal.json(&serde_json::json!({ "path": path }));
    Ok(Exit::Done)
}
