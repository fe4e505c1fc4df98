//! Writes letters to files that only their owner can read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::delivery::outcome::{FailureReason, SmtpStep};
use crate::delivery::transport::{ConnectionState, SendOutcome};

/// Creates a folder that only its owner can enter, and those above it; an existing one is left as it is.
pub(super) fn private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Writes a temporary file, flushes it, and moves it to its path: no program ever finds half of it.
pub(super) fn write_durably(temporary: &Path, path: &Path, octets: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(temporary)?;
    file.write_all(octets)?;
    file.sync_all()?;
    fs::rename(temporary, path)?;
    // The new name is on disk only once its folder is.
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Writes a file without a flush, for a dry run: it need not survive a power failure.
pub(super) fn write_unsynced(path: &Path, octets: &[u8]) -> io::Result<()> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?.write_all(octets)
}

/// Adds an octet to a name as an escape character and two hexadecimal digits.
pub(super) fn push_escaped(name: &mut String, escape: char, octet: u8) {
    name.push(escape);
    name.extend([octet >> 4, octet & 15].into_iter().filter_map(|digit| char::from_digit(digit.into(), 16)));
}

/// The outcome of a letter that was not offered: no file was written.
pub(super) fn nothing_offered() -> SendOutcome {
    SendOutcome::Deferred(FailureReason::ConnectionLost { at: SmtpStep::Body }, ConnectionState::Usable)
}
