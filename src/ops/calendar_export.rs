//! All events of an issue as one calendar file.

use crate::base::error::Error;
use crate::base::source::diagnostic::Diagnostics;
use crate::edition::blocks::event::ics;
use crate::edition::generated_file::GeneratedFile;
use crate::letter::decoded::DecodedLetter;
use crate::ops::blocked::Blocked;
use crate::ops::channels::{reader_data, texts};
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::publication;
use crate::ops::web_pages::ArchiveSite;
use crate::publish::written_files::{ChannelFile, ExportOwner, ExportPart};

/// The channel, in the record of an output folder.
const ICS: &str = "ics";

/// The calendar files of an issue.
#[derive(Debug)]
pub struct CalendarExport {
    /// Their files.
    pub part: ExportPart,
    /// The number of events in each file, in their order.
    pub events: Vec<usize>,
    /// Warnings for their author.
    pub warnings: Diagnostics,
}

/// A calendar for each language of an issue that has events there: those of its page on the web, each with the UID that it has in
/// letters, so that a reader who has it from a letter does not get it twice. It is made at the moment of the issue.
/// None if the issue has no event.
///
/// # Errors
///
/// A file contains data of a reader, or needs a reader's values, which compiling the issue has reported.
pub fn calendars(prepared: &PreparedIssue<'_>) -> Result<CalendarExport, Blocked> {
    let inputs = &prepared.inputs;
    let made = publication::moment(&inputs.project, &inputs.issue).unwrap_or(texts::UNDATED);
    let name = ArchiveSite::folder_name(&inputs.issue);
    let (mut files, mut events) = (Vec::new(), Vec::new());
    for page in &prepared.pages {
        let decoded = DecodedLetter::of_page(&page.edition, made).map_err(|_| Error::Uncomposed)?;
        let calendars: Vec<&str> = decoded.enclosures.iter().map(GeneratedFile::text).collect();
        if calendars.is_empty() {
            continue;
        }
        let lang = page.key.lang;
        let suffix = if lang == inputs.native { String::new() } else { format!(".{lang}") };
        files.push(ChannelFile::new(format!("{name}{suffix}.ics"), ics::joined(&decoded.subject, &calendars)));
        events.push(calendars.len());
    }
    let warnings = reader_data::check(prepared, &files)?;
    let owner = ExportOwner::of_issue(ICS, &inputs.issue.id);
    Ok(CalendarExport { part: ExportPart { owner, files }, events, warnings })
}
