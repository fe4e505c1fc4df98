//! Lists of people that are in Git.

use std::process::{Command, Stdio};

use crate::audience::audiences::Audiences;
use crate::base::error::Error;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::project::Project;

const IN_GIT: Code = Code("NL296");

impl Project {
    /// The audiences of the project, and a warning for each list of people that Git keeps: whoever gets the project gets
    /// them, and no later commit takes them out of its history. Where there is no Git, there is nothing to say.
    ///
    /// # Errors
    ///
    /// The audiences cannot be read; mistakes in them are told elsewhere.
    pub fn people_in_git(&self) -> Result<Diagnostics, Error> {
        let (audiences, _) = self.audiences()?;
        Ok(self.tracked(&audiences))
    }

    fn tracked(&self, audiences: &Audiences) -> Diagnostics {
        let mut told = Diagnostics::new();
        let mut paths: Vec<&str> = Vec::new();
        for kept in audiences.iter().filter_map(|audience| audience.list_source()) {
            let Some(path) = kept.value.path().filter(|path| !paths.contains(path)) else { continue };
            paths.push(path);
            if !self.is_tracked(path) {
                continue;
            }
            let message = format!("{path} is in Git, where everybody who has the project can read these people");
            let hint = format!("git rm --cached {path}, and write /{path} into .gitignore; they stay in the history");
            told.push(Diagnostic::warning(IN_GIT, message).at(kept.place.clone()).hint(hint));
        }
        told
    }

    /// No Git and no repository are a plain no.
    fn is_tracked(&self, path: &str) -> bool {
        let mut command = Command::new("git");
        command.args(["ls-files", "--error-unmatch", "--", &format!(":(literal){path}")]).current_dir(self.root());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }
}
