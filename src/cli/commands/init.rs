//! `init`: creates a project, ready to run.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::base::error::Error;
use crate::base::language::Lang;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::ops::ledger_identity;
use crate::ops::new_issue::{NewFrontMatter, issue_text};
use crate::ops::reference;
use crate::project::Project;
use crate::project::files::write_new;

/// Arguments of `init`.
#[derive(Args, Debug)]
pub(crate) struct InitArgs {
    /// Folder to create the project in [default: the current folder]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

const SETTINGS: &str = include_str!("../scaffold/newsletter.yaml");
const MEMBERS: &str = include_str!("../scaffold/members.yaml");
const ISSUE: &str = "issues/velkommen.md";
const GITIGNORE: &str = include_str!("../scaffold/gitignore");

/// Creates the files of a project; an existing file is left unchanged, and an existing project is refused.
pub(super) fn run(terminal: &Terminal, directory: Option<&Path>, args: &InitArgs) -> Result<Exit, Error> {
    let base = directory.unwrap_or(Path::new("."));
    let folder = args.folder.as_deref().map_or_else(|| base.to_owned(), |folder| base.join(folder));
    let settings = folder.join("newsletter.yaml");
    if settings.exists() {
        return Err(Error::Exists { path: settings });
    }
    let issue = issue_text(&NewFrontMatter {
        subject: "Velkommen til nyhedsbrevet",
        preheader: "Det første nyhedsbrev fra foreningen, og hvad du kan vente dig af de næste",
        audiences: &["members".to_owned()],
        // That of the settings.
        lang: Lang::default(),
        occasion: None,
        news: None,
    });
    let files = [
        (settings, SETTINGS),
        (folder.join("audiences/members.yaml"), MEMBERS),
        (folder.join(ISSUE), issue.as_str()),
        (folder.join(".gitignore"), GITIGNORE),
    ];
    for (path, text) in &files {
        match write_new(path, text) {
            Ok(()) => terminal.print_line(format!("created {}", path.display())),
            Err(Error::Exists { path }) => terminal.note(format!("{} exists and is unchanged", path.display())),
            Err(error) => return Err(error),
        }
    }
    let schemas = folder.join("schemas");
    reference::schema::write_all(&schemas)?;
    terminal.print_line(format!("created {}, with which an editor completes keys", schemas.display()));
    // The ledger and its key, so that the first `send` finds both: a key alone shows that a ledger was lost.
    if let Some(project) = Project::find(Some(&folder), &folder)?.project {
        ledger_identity::begin_anew(&project)?;
    }
    terminal.json(&serde_json::json!({ "folder": folder }));
    let issue = typed_path(&folder.join(ISSUE));
    terminal.print_line(format!("next: edit {issue}, run `newsletter preview {issue} --open`,"));
    terminal.print_line(format!("remove `draft: true` from it, and run `newsletter send {issue}`"));
    Ok(Exit::Done)
}

/// A path as it is typed in a shell, from where the user is.
fn typed_path(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path).display().to_string();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-".contains(letter);
    if path.chars().all(is_plain) { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
