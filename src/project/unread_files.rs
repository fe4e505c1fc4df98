//! Finds files that look like an issue or an audience but are not read, since an editor gave them another ending.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::project::Project;
use crate::project::files;

const UNREAD: Code = Code("NL391");

/// Endings that Windows and Word append or substitute. Windows does not show them.
const ADDED: [&str; 5] = [".txt", ".rtf", ".docx", ".doc", ".odt"];
/// Names of a calendar that is not read.
const OTHER_CALENDARS: [&str; 4] = ["calendar.yml", "calendar.yaml.txt", "kalender.yaml", "kalender.yml"];
/// How a line begins that says who is in an audience.
const AUDIENCE_KEYS: [&[u8]; 2] = [b"people:", b"recipients:"];
/// Texts of office programs and of simple editors, in which people write before they know what an issue is.
const DOCUMENTS: [&str; 6] = ["doc", "docx", "odt", "pages", "rtf", "txt"];

impl Project {
    /// Warns of files in the folders of issues and audiences that were probably meant to be read.
    ///
    /// # Errors
    ///
    /// One of the folders cannot be read.
    pub(crate) fn unread_files(&self) -> Result<Diagnostics, Error> {
        let mut found = Vec::new();
        let issues = files::entries(&self.issues_folder())?;
        // A document may be an attachment, or a table.
        let is_used = |path: &Path| self.is_named_by_issue(path, &issues);
        for path in issues.iter().filter(|path| path.is_file()) {
            match right_name(path, &[".md", ".markdown"]) {
                Some(name) => found.push(self.unread(path, message!("rename it to {name}", "omdøb den til {name}"))),
                None if is_document(path) && !is_used(path) => found.push(self.unread(
                    path,
                    message!(
                        "an issue is a text file whose name ends in `.md`: `newsletter new` creates one, and you can paste the text",
                        "et nyhedsbrev er en tekstfil, hvis navn ender på `.md`: `newsletter new` laver en, og du kan sætte teksten ind"
                    ),
                )),
                None => {}
            }
        }
        let read: BTreeSet<PathBuf> = self.issues()?.into_iter().collect();
        for folder in issues.iter().filter(|path| path.is_dir() && !read.iter().any(|issue| issue.starts_with(path))) {
            let within = files::entries(folder)?.into_iter().find(|path| is_like_issue(path));
            let hint = message!(
                "move it: issues are `issues/maj.md` and `issues/maj/index.md`, and no folders are in folders",
                "flyt den: nyhedsbreve er `issues/maj.md` og `issues/maj/index.md` uden mapper i mapper"
            );
            found.extend(within.map(|path| self.unread(&path, hint)));
        }
        for path in files::entries(&self.root().join(&self.settings().paths.audiences))? {
            if let Some(name) = right_name(&path, &[".yaml", ".yml"]).or_else(|| audience_name(&path)) {
                found.push(self.unread(&path, message!("rename it to {name}", "omdøb den til {name}")));
            }
        }
        let calendars = OTHER_CALENDARS.iter().map(|name| self.root().join(name)).filter(|path| path.is_file());
        found.extend(
            calendars
                .map(|path| self.unread(&path, message!("rename it to calendar.yaml", "omdøb den til calendar.yaml"))),
        );
        Ok(found.into_iter().collect())
    }

    /// Whether an issue of the folder names a file, as an attachment for example.
    fn is_named_by_issue(&self, path: &Path, issues: &[PathBuf]) -> bool {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
        let texts = issues.iter().filter(|issue| issue.extension().is_some_and(|extension| extension == "md"));
        let mut texts = texts.filter_map(|issue| self.read_own(issue).ok());
        texts.any(|issue| issue.text().contains(name))
    }

    fn unread(&self, path: &Path, hint: Message) -> Diagnostic {
        let name: PathBuf = files::name(self.root(), path);
        Diagnostic::warning(UNREAD, message!("{} is not read", "{} læses ikke", name.display())).hint(hint)
    }
}

fn is_document(path: &Path) -> bool {
    // Files that Word writes beside an open document.
    if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("~$")) {
        return false;
    }
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase();
    DOCUMENTS.contains(&extension.as_str())
}

/// The name that a text file should have which says who is in an audience.
fn audience_name(path: &Path) -> Option<String> {
    let is_text = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("txt")) && path.is_file();
    let text = is_text.then(|| files::read(path).ok())??;
    let is_audience =
        text.split(|byte| *byte == b'\n').any(|line| AUDIENCE_KEYS.iter().any(|key| line.starts_with(key)));
    is_audience.then(|| path.with_extension("yaml").file_name()?.to_str().map(str::to_owned))?
}

/// Whether a file has front matter, as an issue has.
fn is_like_issue(path: &Path) -> bool {
    let is_markdown = path.extension().is_some_and(|extension| extension == "md") && path.is_file();
    is_markdown && files::read(path).is_ok_and(|text| text.starts_with(b"---") || text.starts_with(b"+++"))
}

/// The name that a file should have; absent if it is right, or means something else.
fn right_name(path: &Path, endings: &[&str]) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let lower = name.to_ascii_lowercase();
    let bare = ADDED.iter().find_map(|added| lower.strip_suffix(added)).unwrap_or(&lower);
    let ending = endings.iter().find(|ending| bare.ends_with(**ending))?;
    let right = format!("{}{}", &name[..bare.len() - ending.len()], endings[0]);
    // `.yml` is read as well as `.yaml`.
    let is_read = bare == lower && name.ends_with(ending) && *ending != ".markdown";
    (!is_read).then_some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_hidden_ending_is_found() {
        let issue = |name: &str| right_name(Path::new(name), &[".md", ".markdown"]);
        for name in ["maj.md.txt", "maj.md.TXT", "maj.MD", "maj.markdown", "maj.md.docx"] {
            assert_eq!(issue(name).as_deref(), Some("maj.md"), "{name}");
        }
        let audience = |name: &str| right_name(Path::new(name), &[".yaml", ".yml"]);
        assert_eq!(audience("members.yml.txt").as_deref(), Some("members.yaml"));
        for name in ["maj.md", "noter.txt", "maj.en.md", "referat.docx", "README"] {
            assert_eq!(issue(name), None, "{name}");
        }
        for name in ["members.yaml", "members.yml", "liste.csv"] {
            assert_eq!(audience(name), None, "{name}");
        }
    }
}
