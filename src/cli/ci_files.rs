//! What `init --ci` writes: the files with which GitHub or GitLab check the project.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::base::error::Error;
use crate::base::message::message;
use crate::cli::terminal::Terminal;
use crate::ops::text::without_dot;
use crate::project::files::write_new;

const GITHUB: &str = include_str!("scaffold/github.yml");
const GITHUB_FILE: &str = ".github/workflows/newsletter.yml";
const GITLAB: &str = include_str!("../../packaging/gitlab/newsletter.yml");
const GITLAB_FILE: &str = ".gitlab/newsletter.yml";
/// The file that GitLab looks for.
const GITLAB_START: &str = ".gitlab-ci.yml";
/// Where the program is published: `https://github.com/OWNER/newsletter`; empty: Cargo.toml does not say.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");
const VERSION: &str = concat!("v", env!("CARGO_PKG_VERSION"));
/// A placeholder in the files for the account that publishes the program, where that is not known.
const OWNER: &str = "OWNER";

/// A host of Git repositories that checks what is pushed to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CiHost {
    /// GitHub Actions
    Github,
    /// GitLab CI/CD
    Gitlab,
}

/// A place in a Git repository.
#[derive(Clone, Debug, PartialEq, Eq)]
struct RepositoryPlace {
    /// The top of the repository, where its host looks for files.
    top: PathBuf,
    /// The project's folder below it, as YAML.
    project: String,
}

/// Writes the files for a host, at the top of the repository that the project's folder is in. A file that exists is left unchanged.
pub(super) fn write(terminal: &Terminal, folder: &Path, host: CiHost) -> Result<(), Error> {
    let place = place_of(folder);
    match host {
        CiHost::Github => {
            write_file(terminal, &place.top.join(GITHUB_FILE), &github(&place.project))?;
        }
        CiHost::Gitlab => {
            write_file(terminal, &place.top.join(GITLAB_FILE), GITLAB)?;
            let start = gitlab_start(&place.project);
            if !write_file(terminal, &place.top.join(GITLAB_START), &start)? {
                terminal.print_line(message!("add to {GITLAB_START}:\n{start}", "tilføj i {GITLAB_START}:\n{start}"));
            }
        }
    }
    if REPOSITORY.is_empty() {
        terminal.print_line(message!(
            "write in place of {OWNER} who publishes the program that you use",
            "skriv i stedet for {OWNER}, hvem der udgiver det program, I bruger"
        ));
    }
    Ok(())
}

/// Writes a file; false: it exists, and is unchanged.
fn write_file(terminal: &Terminal, path: &Path, text: &str) -> Result<bool, Error> {
    let shown = without_dot(path).display();
    match write_new(path, text) {
        Ok(()) => {
            terminal.print_line(message!("created {shown}", "oprettede {shown}"));
            Ok(true)
        }
        Err(Error::Exists { .. }) => {
            terminal.note(message!("{shown} exists and is unchanged", "{shown} fandtes og er uændret"));
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Where a project is in its repository; in none, its own folder is the top.
fn place_of(folder: &Path) -> RepositoryPlace {
    let own = RepositoryPlace { top: folder.to_owned(), project: ".".to_owned() };
    let Ok(real) = folder.canonicalize() else { return own };
    let Some(top) = real.ancestors().find(|path| path.join(".git").exists()) else { return own };
    match real.strip_prefix(top) {
        Ok(below) if below.as_os_str().is_empty() => own,
        Ok(below) => RepositoryPlace { top: top.to_owned(), project: yaml_text(&below.display().to_string()) },
        Err(_) => own,
    }
}

/// The workflow of GitHub.
fn github(project: &str) -> String {
    let action = REPOSITORY.strip_prefix("https://github.com/").filter(|name| !name.is_empty());
    let action = action.map_or_else(|| format!("{OWNER}/newsletter"), str::to_owned);
    GITHUB
        .replace("OWNER/newsletter@VERSION", &format!("{action}@{VERSION}"))
        .replace("project: .\n", &format!("project: {project}\n"))
}

/// What GitLab reads first.
fn gitlab_start(project: &str) -> String {
    let usual = format!("https://github.com/{OWNER}/newsletter");
    let repository = if REPOSITORY.is_empty() { usual.as_str() } else { REPOSITORY };
    format!(
        "include: /{GITLAB_FILE}\n\nvariables:\n  NEWSLETTER_RELEASE: {repository}/releases/download/{VERSION}\n  \
         NEWSLETTER_PROJECT: {project}\n"
    )
}

/// A text in YAML, which reads JSON (YAML 1.2.2 §1.2).
fn yaml_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
