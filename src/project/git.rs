//! Lists of people that are in Git.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::audience::audiences::Audiences;
use crate::base::error::Error;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::project::Project;

const IN_GIT: Code = Code("NL296");

impl Project {
    /// A warning for each list of people that is in Git: everyone who gets the project gets them, and no later commit removes
    /// them from its history. Nothing is reported without Git.
    ///
    /// # Errors
    ///
    /// The audiences cannot be read; mistakes in them are reported elsewhere.
    pub fn people_in_git(&self) -> Result<Diagnostics, Error> {
        let (audiences, _) = self.audiences()?;
        Ok(self.tracked(&audiences))
    }

    fn tracked(&self, audiences: &Audiences) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        let mut paths: Vec<&str> = Vec::new();
        for list in audiences.iter().filter_map(|audience| audience.list_source()) {
            let Some(path) = list.value.path().filter(|path| !paths.contains(path)) else { continue };
            paths.push(path);
            if !self.is_tracked(path) {
                continue;
            }
            let message = message!(
                "{path} is in Git, and everyone with access to the repository can read it",
                "{path} er i Git, og alle med adgang til repositoryet kan læse den"
            );
            let hint = message!(
                "run `git rm --cached {path}`, and add /{path} to .gitignore; it stays in the history",
                "kør `git rm --cached {path}`, og tilføj /{path} til .gitignore; den bliver i historikken"
            );
            diagnostics.push(Diagnostic::warning(IN_GIT, message).at(list.place.clone()).hint(hint));
        }
        diagnostics
    }

    /// `false` also without Git or a repository.
    fn is_tracked(&self, path: &str) -> bool {
        let mut command = command(self.root());
        // `:(literal)` prevents `*` and `[` in a file name from acting as a pattern (gitglossary(7)).
        command.args(["ls-files", "--error-unmatch", "--", &format!(":(literal){path}")]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }
}

/// Settings of a repository that start programs, each without an effect. A repository that was unpacked from an archive
/// brings its own `.git/config`.
const HARMLESS: [&str; 7] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "diff.external=",
    "core.pager=cat",
    // It would start the program that checks signatures, which the repository may name.
    "log.showSignature=false",
    // A partial clone fetches what it lacks, by a command of the repository's choice.
    "protocol.allow=never",
    // A bare repository in a folder of the project is not the project's.
    "safe.bareRepository=explicit",
];

/// Git in a folder, so that it starts no other program.
pub(super) fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    for setting in HARMLESS {
        command.args(["-c", setting]);
    }
    command.arg("-C").arg(folder).stdin(Stdio::null());
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0");
    command.env_remove("GIT_EXTERNAL_DIFF").env_remove("GIT_DIR").env_remove("GIT_WORK_TREE");
    command
}
