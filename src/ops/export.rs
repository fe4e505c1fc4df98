//! Writes the web pages of an issue.

use std::path::Path;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::source::diagnostic::Diagnostics;
use crate::delivery::file::FileReaders;
use crate::letter::complete;
use crate::letter::decoded::DecodedLetter;
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::web_pages::WebPage;
use crate::project::files;

/// Reports text on the pages that not all readers may read, and words of the issue that they lack.
pub fn page_problems(prepared: &PreparedIssue<'_>) -> Diagnostics {
    let (guard, completeness) = (prepared.guard(), prepared.completeness_guard());
    let (mut diagnostics, mut lost) = (Diagnostics::new(), Diagnostics::new());
    for page in &prepared.pages {
        // A page that cannot be rendered is not written, and compiling the issue has reported it.
        if let Ok(decoded) = DecodedLetter::of_page(&page.edition, Timestamp::UNIX_EPOCH) {
            diagnostics.extend(guard.check_page(&page.key, &decoded));
            lost.extend(completeness.check_page(&page.key, &decoded));
        }
    }
    diagnostics.extend(complete::once_per_place(lost));
    diagnostics
}

/// Checks that the pages may be written; the warnings are to be reported.
///
/// # Errors
///
/// The issue is not public, or a page contains text that not all readers may read.
pub fn check_pages(prepared: &PreparedIssue<'_>) -> Result<Diagnostics, Blocked> {
    if prepared.pages.is_empty() {
        return Err(GuardFailure::NotPublic { issue: prepared.inputs.issue.id.clone() }.into());
    }
    let found = page_problems(prepared);
    if found.has_errors() { Err(Blocked::Diagnostics(found)) } else { Ok(found) }
}

/// Writes one page with its pictures and calendar files, made at this moment; returns the files' names, below the folder.
///
/// # Errors
///
/// A file cannot be written.
pub fn write_page(folder: &Path, page: &WebPage, made: Timestamp) -> Result<Vec<String>, Error> {
    let decoded = DecodedLetter::of_page(&page.edition, made).map_err(|_| Error::Uncomposed)?;
    let mut files = vec![(format!("{}index.html", page.folder), decoded.html.as_bytes())];
    let name = |file: &str| format!("{}{file}", page.folder);
    files.extend(decoded.pictures.iter().map(|picture| (name(&picture.file_name()), &picture.bytes()[..])));
    files.extend(decoded.enclosures.iter().map(|file| (name(file.name()), file.text().as_bytes())));
    for (name, bytes) in &files {
        files::write(&folder.join(name), bytes, FileReaders::Everyone)?;
    }
    Ok(files.into_iter().map(|(name, _)| name).collect())
}
