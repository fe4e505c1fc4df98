//! Writes the web pages of an issue.

use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::source::diagnostic::Diagnostics;
use crate::letter::complete;
use crate::letter::decoded::DecodedLetter;
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::prepared_issue::PreparedIssue;
use crate::publish::written_files::{ChannelFile, ExportOwner, ExportPart};

/// The channel of web pages, in the record of an output folder.
const WEB: &str = "web";

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

/// The files of an issue's pages, with their pictures and calendar files, made at this moment.
///
/// # Errors
///
/// A page needs values of a reader, which compiling the issue has reported.
pub fn web_files(prepared: &PreparedIssue<'_>, made: Timestamp) -> Result<ExportPart, Error> {
    let mut files = Vec::new();
    for page in &prepared.pages {
        let decoded = DecodedLetter::of_page(&page.edition, made).map_err(|_| Error::Uncomposed)?;
        files.push(ChannelFile::new(page.file_name(), decoded.html));
        let name = |file: &str| format!("{}{file}", page.folder);
        files.extend(
            decoded.pictures.iter().map(|picture| ChannelFile::new(name(&picture.file_name()), &picture.bytes()[..])),
        );
        files.extend(decoded.enclosures.iter().map(|file| ChannelFile::new(name(file.name()), file.text())));
    }
    Ok(ExportPart { owner: ExportOwner::of_issue(WEB, &prepared.inputs.issue.id), files })
}
