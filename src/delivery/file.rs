//! Files for letters: private, and with names that mean nothing to a file system.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::delivery::outcome::{FailureReason, SmtpStep};
use crate::delivery::transport::{ConnectionState, SendOutcome};

/// Makes a folder that only its owner can enter, and those above it; one that is there already is left as it is.
pub(super) fn private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Writes a file aside, sees it onto the disk, and moves it to its place: a reader never finds half of it.
pub(super) fn write_durably(aside: &Path, place: &Path, octets: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(aside)?;
    file.write_all(octets)?;
    file.sync_all()?;
    fs::rename(aside, place)?;
    match place.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Writes a file that only has to be there when the run is over.
pub(super) fn write_quickly(place: &Path, octets: &[u8]) -> io::Result<()> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(place)?.write_all(octets)
}

/// Adds an octet to a name as a mark and two hexadecimal digits.
pub(super) fn push_escaped(name: &mut String, mark: char, octet: u8) {
    name.push(mark);
    name.extend([octet >> 4, octet & 15].into_iter().filter_map(|it| char::from_digit(it.into(), 16)));
}

/// What is said of a letter that was handed over without an offer: no file was written.
pub(super) fn nothing_offered() -> SendOutcome {
    SendOutcome::Deferred(FailureReason::ConnectionLost { at: SmtpStep::Body }, ConnectionState::Usable)
}
