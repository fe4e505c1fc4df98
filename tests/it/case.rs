//! A case is a folder below `tests/cases`: the files that differ from the usual project, and the expected output.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::{ISSUE, MAY, Project, files};

/// Prepares the project's folder in ways that files cannot: modes, Git, large or damaged files.
const SETUP: &str = "setup.sh";
/// Files of a case that its test reads: the description, arguments of the command line, and the expected results.
const OF_THE_TEST: [&str; 9] =
    [SETUP, "check.md", "check.da.md", "typed.txt", "expected.txt", "stderr", "stderr.da", "status", "shows"];

pub(crate) struct Case {
    pub(crate) name: String,
    folder: PathBuf,
}

impl Case {
    /// The cases in a folder below `tests/cases`, by name.
    pub(crate) fn all(kind: &str) -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(kind);
        let mut folders: Vec<PathBuf> = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        let name = |folder: &Path| folder.file_name().unwrap().to_string_lossy().into_owned();
        folders.into_iter().map(|folder| Self { name: name(&folder), folder }).collect()
    }

    /// The files that are put into the project, by their names in the case.
    pub(crate) fn inputs(&self) -> Vec<String> {
        let mut inputs = files(&self.folder);
        inputs.retain(|file| !OF_THE_TEST.contains(&file.as_str()));
        inputs
    }

    /// Puts the inputs into the project, each at its own path, except for three short names: `audience.yaml` is
    /// `audiences/members.yaml`, `issue.md` is the usual issue, and `text.md` is the text below its front matter. Then
    /// runs `setup.sh` in the project's folder, if the case has one.
    pub(crate) fn put_into(&self, project: &Project) {
        for file in self.inputs() {
            let text = self.bytes(&file).unwrap();
            match file.as_str() {
                "audience.yaml" => project.write("audiences/members.yaml", text),
                "issue.md" => project.write(MAY, text),
                "text.md" => project.write(MAY, [ISSUE.replace("Der er nyt.\n", "").as_bytes(), &text].concat()),
                other => project.write(other, text),
            }
        }
        let setup = self.folder.join(SETUP);
        if setup.exists() {
            let status = Command::new("sh").arg("-eu").arg(setup).current_dir(project.path("")).status().unwrap();
            assert!(status.success(), "{}: {SETUP} failed", self.name);
        }
    }

    pub(crate) fn bytes(&self, file: &str) -> Option<Vec<u8>> {
        fs::read(self.folder.join(file)).ok()
    }

    pub(crate) fn text(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(file)).ok()
    }

    /// Whether a file of the case holds this text. See [`holds`].
    pub(crate) fn holds(&self, file: &str, text: &str) -> bool {
        holds(&self.folder.join(file), text)
    }
}

/// Whether a file holds this text. With `NEWSLETTER_EXPECT=write` the text is written there first, to be read before it
/// is committed.
pub(crate) fn holds(path: &Path, text: &str) -> bool {
    if std::env::var("NEWSLETTER_EXPECT").is_ok_and(|value| value == "write") {
        fs::write(path, text).unwrap();
    }
    fs::read_to_string(path).unwrap_or_default() == text
}
