//! Finds the translations beside an issue: `nyt.en.md` and `nyt.md` are one issue.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::issue::Issue;
use crate::issue::translation;
use crate::project::Project;
use crate::project::files;

const ALONE: Code = Code("NL340");
const TWO_FILES: Code = Code("NL343");

/// The files of an issue, read.
#[derive(Debug)]
pub struct IssueFiles {
    /// The issue's own file.
    pub source: Source,
    /// The issue with its translations; absent if its own file has errors.
    pub issue: Option<Issue>,
    /// The files with errors in their front matter: their texts are not checked yet.
    pub unread: Vec<Source>,
    /// The problems found.
    pub diagnostics: Diagnostics,
}

impl Project {
    /// The issue that a file translates; absent if the file is not a translation, or its issue is missing.
    pub fn translated_by(&self, path: &Path) -> Option<PathBuf> {
        translation::of_file(path).map(|(main, _)| main).filter(|main| main.is_file())
    }

    /// Reads an issue and the translations beside it.
    ///
    /// # Errors
    ///
    /// The issue does not exist, or a file cannot be read; mistakes in it are diagnostics.
    pub fn issue(&self, path: &Path) -> Result<IssueFiles, Error> {
        if !path.exists() {
            return Err(self.unknown_issue(path));
        }
        let source = self.read_own(path)?;
        if let Some((main, lang)) = translation::of_file(path) {
            let diagnostics = std::iter::once(missing_main(&source, &main, lang)).collect();
            return Ok(IssueFiles { source, issue: None, unread: Vec::new(), diagnostics });
        }
        let zone = &self.settings().timezone;
        let (mut issue, mut diagnostics) = Issue::parse(&source, zone);
        let mut unread: Vec<Source> = issue.is_none().then(|| source.clone()).into_iter().collect();
        let mut seen: BTreeMap<Lang, Source> = BTreeMap::new();
        for (path, lang) in find_translations(path)? {
            let translation = self.read_own(&path)?;
            if let Some(first) = seen.get(&lang) {
                diagnostics.push(duplicate_translation(&translation, first, lang));
                continue;
            }
            if let Some(issue) = &mut issue {
                diagnostics.extend(issue.translate(lang, &translation, zone));
            }
            if issue.as_ref().is_none_or(|issue| !issue.translations.contains_key(&lang)) {
                unread.push(translation.clone());
            }
            seen.insert(lang, translation);
        }
        diagnostics.extend(self.misnamed_translations(path, issue.as_ref())?);
        if let Some(issue) = &mut issue {
            self.apply_series(issue, &mut diagnostics);
        }
        Ok(IssueFiles { source, issue, unread, diagnostics })
    }
}

impl Project {
    /// Reports the file of an issue, and files beside it, that look like translations by name but would be sent as
    /// separate issues, to the same readers.
    fn misnamed_translations(&self, path: &Path, issue: Option<&Issue>) -> Result<Diagnostics, Error> {
        let mut diagnostics = Diagnostics::new();
        let mut compare = |path: &Path, issue: Option<&Issue>, main: &Path, beside: Option<&Issue>| {
            let Some((_, language)) = translation::misnamed(path) else { return Ok(()) };
            // A file with errors in its front matter is not sent.
            if let (Some(issue), Some(beside)) = (issue, beside)
                && !language.is_independent(issue, beside)
            {
                let main = main.file_name().unwrap_or_default().to_string_lossy();
                diagnostics.push(language.diagnostic(&self.read_own(path)?, &main));
            }
            Ok::<(), Error>(())
        };
        let parsed = |path: &Path| Ok::<_, Error>(Issue::parse(&self.read_own(path)?, &self.settings().timezone).0);
        if let Some((main, _)) = translation::misnamed(path).filter(|(main, _)| main.is_file()) {
            compare(path, issue, &main, parsed(&main)?.as_ref())?;
        }
        for other in files::entries(folder_of(path))? {
            let is_beside = translation::misnamed(&other).is_some_and(|(main, _)| main.file_name() == path.file_name());
            if is_beside && other.is_file() {
                compare(&other, parsed(&other)?.as_ref(), path, issue)?;
            }
        }
        Ok(diagnostics)
    }
}

fn folder_of(issue: &Path) -> &Path {
    issue.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The translations beside an issue, by name.
fn find_translations(issue: &Path) -> Result<Vec<(PathBuf, Lang)>, Error> {
    let translates = |path: PathBuf| {
        let (main, lang) = translation::of_file(&path)?;
        (main.file_name() == issue.file_name() && path.is_file()).then_some((path, lang))
    };
    Ok(files::entries(folder_of(issue))?.into_iter().filter_map(translates).collect())
}

fn missing_main(source: &Source, main: &Path, lang: Lang) -> Diagnostic {
    let main = main.file_name().unwrap_or_default().to_string_lossy();
    let message = message!(
        "this file is named as a translation into `{lang}`, but {main} is missing",
        "filen hedder som en oversættelse til `{lang}`, men {main} mangler"
    );
    let hint = message!(
        "move it beside {main}; if it is a separate issue, rename it so that it does not end in .{lang}.md",
        "flyt den hen ved siden af {main}; er den et nyhedsbrev for sig selv, så omdøb den, så den ikke slutter på .{lang}.md"
    );
    Diagnostic::error(ALONE, message).at(source.line(1)).hint(hint)
}

fn duplicate_translation(source: &Source, first: &Source, lang: Lang) -> Diagnostic {
    let message = message!(
        "two translations into `{lang}`: this one and {}",
        "to oversættelser til `{lang}`: denne og {}",
        first.path()
    );
    Diagnostic::error(TWO_FILES, message)
        .at(source.line(1))
        .hint(message!("delete or rename one of them", "slet eller omdøb den ene"))
}
