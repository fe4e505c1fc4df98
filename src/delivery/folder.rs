//! The transport of a dry run: writes every letter to a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::delivery::file;
use crate::delivery::ledger::claim::InFlight;
use crate::delivery::outcome::{FailureReason, Reply};
use crate::delivery::transport::{
    Connection, ConnectionState, Delivered, Envelope, OfferError, OpenError, Payload, SendOutcome, Transport,
};
use crate::letter::plan::TransportKind;

/// The longest file name made from an address, in octets. Most file systems allow 255; the rest is for an ending.
const NAME_LIMIT: usize = 200;

/// A folder with `<edition>/<address>.eml`.
#[derive(Debug)]
pub struct FolderTransport {
    folder: PathBuf,
    /// The names in use, in lower case, and their recipients: some file systems do not distinguish `A` from `a`.
    taken: Mutex<BTreeMap<PathBuf, String>>,
}

impl FolderTransport {
    /// Writes to this folder; it is created with the first connection.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, taken: Mutex::default() }
    }

    /// The path of a recipient's file under the folder; no other recipient has the same.
    fn path(&self, envelope: &Envelope) -> PathBuf {
        let recipient = envelope.recipient.as_str();
        let edition = file_name(&envelope.edition);
        let stem = file_name(recipient);
        // The map is consistent whenever the lock is free, even after a panic elsewhere.
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut count = 1;
        loop {
            let name = if count == 1 { format!("{stem}.eml") } else { format!("{stem}~{count}.eml") };
            let path = Path::new(&edition).join(name);
            let key = PathBuf::from(path.to_string_lossy().to_lowercase());
            // The same recipient keeps their file: a second letter to them replaces the first.
            if taken.entry(key).or_insert_with(|| recipient.to_owned()) == recipient {
                return path;
            }
            count += 1;
        }
    }
}

impl Transport for FolderTransport {
    fn kind(&self) -> TransportKind {
        TransportKind::Folder
    }

    fn open(&self) -> Result<Box<dyn Connection + '_>, OpenError> {
        let path = self.folder.clone();
        file::private_folder(&path).map_err(|source| OpenError::Folder { path, source })?;
        Ok(Box::new(FolderConnection { folder: self, path: None, outcome: None }))
    }

    fn connections(&self) -> usize {
        1
    }
}

#[derive(Debug)]
struct FolderConnection<'a> {
    folder: &'a FolderTransport,
    /// The file of the offered letter, under the folder; absent: none was offered.
    path: Option<PathBuf>,
    /// The outcome of the last letter, until it is asked for.
    outcome: Option<SendOutcome>,
}

impl Connection for FolderConnection<'_> {
    fn offer(&mut self, envelope: &Envelope) -> Result<(), OfferError> {
        self.path = Some(self.folder.path(envelope));
        Ok(())
    }

    fn send(&mut self, _: &InFlight, payload: &Payload<'_>) {
        let Some(path) = self.path.take() else { return };
        let file = self.folder.folder.join(&path);
        let created = file.parent().map_or(Ok(()), file::private_folder);
        self.outcome = Some(match created.and_then(|()| file::write_unsynced(&file, payload.body)) {
            Ok(()) => SendOutcome::Accepted(Reply::new(250, &format!("written to {}", path.display()))),
            Err(error) => {
                SendOutcome::Deferred(FailureReason::Unwritten { cause: error.to_string() }, ConnectionState::Usable)
            }
        });
    }

    fn wait(&mut self) -> Delivered {
        Delivered { outcome: self.outcome.take().unwrap_or_else(file::nothing_offered), next: None }
    }

    fn close(self: Box<Self>) {}
}

/// A text as a file name on any file system: no separator, not hidden, not like a command's option, and not too long.
fn file_name(text: &str) -> String {
    let mut name = String::new();
    for part in text.chars() {
        let is_leading = name.is_empty() && matches!(part, '.' | '-');
        if is_leading || part.is_control() || part.is_whitespace() || r#"/\:*?"<>|%~"#.contains(part) {
            let mut octets = [0; 4];
            for byte in part.encode_utf8(&mut octets).bytes() {
                file::push_escaped(&mut name, '%', byte);
            }
        } else {
            name.push(part);
        }
        if name.len() > NAME_LIMIT {
            break;
        }
    }
    if name.is_empty() { "%".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::person::Address;

    fn path(folder: &FolderTransport, recipient: &str) -> String {
        let recipient = Address::parse(recipient).unwrap();
        let sender = recipient.clone();
        let message_id = "<1@kommune.example>".to_owned();
        let envelope = Envelope { sender, recipient, size: 0, message_id, edition: "it-chiefs.da".to_owned() };
        folder.path(&envelope).to_string_lossy().into_owned()
    }

    #[test]
    fn every_recipient_has_a_separate_file() {
        let folder = FolderTransport::new(PathBuf::from("out"));
        for (recipient, expected) in [
            ("anna@kommune.example", "it-chiefs.da/anna@kommune.example.eml"),
            ("anna@kommune.example", "it-chiefs.da/anna@kommune.example.eml"),
            ("Anna@kommune.example", "it-chiefs.da/Anna@kommune.example~2.eml"),
            ("-rf@kommune.example", "it-chiefs.da/%2drf@kommune.example.eml"),
            ("it/drift@kommune.example", "it-chiefs.da/it%2fdrift@kommune.example.eml"),
        ] {
            assert_eq!(path(&folder, recipient), expected);
        }
    }

    #[test]
    fn a_long_address_has_a_short_name() {
        let name = file_name(&"ø".repeat(300));
        assert!(name.len() <= NAME_LIMIT + 12 && name.is_char_boundary(name.len()));
        assert_eq!(file_name(""), "%");
    }
}
