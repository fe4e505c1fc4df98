//! Writes the web pages of an issue.

use std::path::Path;

use jiff::Timestamp;

use crate::base::language::Lang;
use crate::base::message::message;
use crate::base::source::diagnostic::{Diagnostic, Diagnostics};
use crate::letter::complete;
use crate::ops::blocked::Blocked;
use crate::ops::channels::{reader_data, texts};
use crate::ops::plan;
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::publication;
use crate::ops::renamed_issues;
use crate::ops::web_folders;
use crate::ops::web_frame::{self, ArchiveIndex, FrameMoment, FramePictures};
use crate::project::{Project, access};
use crate::publish::archive::contents::Thumbnail;
use crate::publish::written_files::{ChannelFile, ExportOwner, ExportPart};

/// The channel of web pages, in the record of an output folder.
pub(crate) const WEB: &str = "web";

/// Reads and compiles an issue for others than its recipients; if lists of people are not read, a single warning
/// explains the consequence.
///
/// # Errors
///
/// As for [`plan::prepare`].
pub fn prepare<'p>(project: &'p Project, path: &Path) -> Result<(PreparedIssue<'p>, Diagnostics), Blocked> {
    // `check` has the warnings of the letters.
    let (prepared, _) = plan::prepare(project, path)?;
    let unchecked = unchecked(&prepared).into_iter().collect();
    Ok((prepared, unchecked))
}

/// What could not be checked since lists of people were not read; absent: all were read.
pub(crate) fn unchecked(prepared: &PreparedIssue<'_>) -> Option<Diagnostic> {
    let message = message!(
        "not all lists of people are read here: fields that no list has (NL603) and addresses of readers were not looked for",
        "ikke alle lister over personer er læst her: felter, som ingen liste har (NL603), og læseres adresser er ikke eftersøgt"
    );
    (!prepared.inputs.lists_are_read).then(|| Diagnostic::warning(access::NOT_READ, message))
}

/// Reports text on the pages that not all readers may read, and words of the issue that they lack.
pub fn page_problems(prepared: &PreparedIssue<'_>) -> Diagnostics {
    let (guard, completeness) = (prepared.guard(), prepared.completeness_guard());
    let (mut diagnostics, mut lost) = (Diagnostics::new(), Diagnostics::new());
    for page in &prepared.pages {
        let around = FrameMoment { made: Timestamp::UNIX_EPOCH, index: ArchiveIndex::Present };
        // A page that cannot be rendered is not written, and compiling the issue has reported it.
        if let Ok(decoded) = web_frame::finished(prepared, page, &FramePictures::default(), around) {
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
    texts::check_public(&prepared.inputs.issue)?;
    let found = page_problems(prepared);
    if found.has_errors() { Err(Blocked::Diagnostics(found)) } else { Ok(found) }
}

/// Does the same for an issue that is exported by itself: it might replace the pages of another issue with the same
/// folder.
///
/// # Errors
///
/// As for [`check_pages`]; or another public issue has the same folder, or the issue was sent under another name.
pub fn check_single(prepared: &PreparedIssue<'_>) -> Result<Diagnostics, Blocked> {
    let found = check_pages(prepared)?;
    let project = &prepared.inputs.project;
    let path = project.root().join(prepared.inputs.issue.source.path().as_ref());
    let checked = [path];
    let mut problems = web_folders::check(project, &checked)?;
    problems.extend(renamed_issues::check(project, &checked)?);
    if problems.has_errors() { Err(Blocked::Diagnostics(problems)) } else { Ok(found) }
}

/// The pages of an issue on the web.
#[derive(Debug)]
pub struct WebFiles {
    /// Their files: the pages, pictures and calendar files.
    pub part: ExportPart,
    /// The pages as other pages refer to them.
    pub(crate) shown: Vec<ShownPage>,
    /// Warnings for their author.
    pub warnings: Diagnostics,
}

/// A page of an issue, as the archive shows it.
#[derive(Debug)]
pub(crate) struct ShownPage {
    pub(crate) lang: Lang,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) thumbnail: Option<Thumbnail>,
}

/// Makes the pages of an issue; their calendar files are of the moment at which it is published.
///
/// # Errors
///
/// A page contains data of a reader, or needs a reader's values, which compiling the issue has reported.
pub fn web_files(prepared: &PreparedIssue<'_>, index: ArchiveIndex) -> Result<WebFiles, Blocked> {
    let inputs = &prepared.inputs;
    let made = publication::moment(&inputs.project, &inputs.issue).unwrap_or(texts::UNDATED);
    let (mut files, mut shown) = (Vec::new(), Vec::new());
    for page in &prepared.pages {
        let pictures = FramePictures::of(prepared, page);
        let decoded = web_frame::finished(prepared, page, &pictures, FrameMoment { made, index })?;
        files.push(ChannelFile::new(page.file_name(), decoded.html));
        let name = |file: &str| format!("{}{file}", page.folder);
        let own = decoded.pictures.iter();
        files.extend(own.map(|picture| ChannelFile::new(name(&picture.file_name()), &picture.bytes()[..])));
        files.extend(decoded.enclosures.iter().map(|file| ChannelFile::new(name(file.name()), file.text())));
        let FramePictures { files: more, thumbnail, .. } = pictures;
        files.extend(more);
        let (title, description) = (decoded.subject, decoded.preheader);
        shown.push(ShownPage { lang: page.key.lang, title, description, thumbnail });
    }
    let warnings = reader_data::check(prepared, &files)?;
    let owner = ExportOwner::of_issue(WEB, &inputs.issue.id);
    Ok(WebFiles { part: ExportPart { owner, files }, shown, warnings })
}
