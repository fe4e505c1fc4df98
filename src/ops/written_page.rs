//! Writes a page or a calendar file to a path that the user chose. A file that the program did not write, or that was
//! changed since, is never replaced.

use std::path::Path;

use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::delivery::file::FileReaders;
use crate::project::files;

/// The prefix of the digest in the last line of a page.
const SEAL: &str = "<!-- newsletter: ";
const SEAL_END: &str = " -->\n";
/// The property of a calendar file with the digest of its other lines (RFC 5545, section 3.8.8.2). It is the first
/// property that is not required.
const CALENDAR_SEAL: &str = "X-NEWSLETTER-DIGEST:";
const CALENDAR_HEAD: &str = "BEGIN:VCALENDAR\r\n";
/// How many digits of the digest fit into a line of a calendar file.
const CALENDAR_DIGITS: usize = 40;

/// The result of writing a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageWriting {
    /// It is in the file.
    Written,
    /// The file is unchanged: the program did not write it, or it was changed since.
    Refused,
}

/// Writes a page to a file, or replaces the page that an earlier run has written there.
///
/// # Errors
///
/// The file cannot be read or written.
pub fn write(path: &Path, html: &str) -> Result<PageWriting, Error> {
    let page = format!("{html}{SEAL}{}{SEAL_END}", Digest::sha256(html.as_bytes()));
    replace(path, &page, is_unchanged_page)
}

/// The same for a calendar file.
///
/// # Errors
///
/// The file cannot be read or written.
pub fn write_calendar(path: &Path, calendar: &str) -> Result<PageWriting, Error> {
    let seal = format!("{CALENDAR_HEAD}{CALENDAR_SEAL}{}\r\n", calendar_digest(calendar));
    replace(path, &calendar.replacen(CALENDAR_HEAD, &seal, 1), is_unchanged_calendar)
}

fn replace(path: &Path, content: &str, is_own: fn(&str) -> bool) -> Result<PageWriting, Error> {
    if path.symlink_metadata().is_ok() && !str::from_utf8(&files::read(path)?).is_ok_and(is_own) {
        return Ok(PageWriting::Refused);
    }
    files::write(path, content.as_bytes(), FileReaders::Everyone)?;
    Ok(PageWriting::Written)
}

fn is_unchanged_page(text: &str) -> bool {
    let sealed = text.strip_suffix(SEAL_END).and_then(|text| text.rsplit_once(SEAL));
    sealed.is_some_and(|(html, digest)| Digest::sha256(html.as_bytes()).as_str() == digest)
}

fn is_unchanged_calendar(text: &str) -> bool {
    let sealed = text.strip_prefix(CALENDAR_HEAD).and_then(|rest| rest.strip_prefix(CALENDAR_SEAL)?.split_once("\r\n"));
    sealed.is_some_and(|(digest, rest)| calendar_digest(&format!("{CALENDAR_HEAD}{rest}")) == digest)
}

fn calendar_digest(calendar: &str) -> String {
    Digest::sha256(calendar.as_bytes()).as_str()[..CALENDAR_DIGITS].to_owned()
}
