//! A page in a file of the user's choice: another file, and a page that was changed since, are never replaced.

use std::path::Path;

use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::delivery::file::FileReaders;
use crate::project::files;

/// Before the digest of what is above it, in the last line of a page.
const SEAL: &str = "<!-- newsletter: ";
const SEAL_END: &str = " -->\n";

/// What became of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageWriting {
    /// It is in the file.
    Written,
    /// The file is as it was: it is another one, or a page that was changed since it was written.
    Refused,
}

/// Writes a page to a file, or replaces the page that an earlier run has written there.
///
/// # Errors
///
/// The file cannot be read or written.
pub fn write(path: &Path, html: &str) -> Result<PageWriting, Error> {
    if path.symlink_metadata().is_ok() && !is_unchanged(&files::read(path)?) {
        return Ok(PageWriting::Refused);
    }
    let page = format!("{html}{SEAL}{}{SEAL_END}", Digest::sha256(html.as_bytes()));
    files::write(path, page.as_bytes(), FileReaders::Everyone)?;
    Ok(PageWriting::Written)
}

fn is_unchanged(bytes: &[u8]) -> bool {
    let sealed = str::from_utf8(bytes).ok().and_then(|text| text.strip_suffix(SEAL_END)?.rsplit_once(SEAL));
    sealed.is_some_and(|(html, digest)| Digest::sha256(html.as_bytes()).as_str() == digest)
}
