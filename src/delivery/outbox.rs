//! The outbox transport: a Maildir, which mail programs can open. Letters in it were sent to no one.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::delivery::file;
use crate::delivery::ledger::claim::InFlight;
use crate::delivery::outcome::{FailureReason, Reply};
use crate::delivery::transport::{
    Connection, ConnectionState, Delivered, Envelope, OfferError, OpenError, Payload, SendOutcome, Transport,
};
use crate::letter::plan::TransportKind;

/// The project's Maildir.
///
/// A letter's file name derives from its Message-ID, so that a second delivery replaces the first: nothing is ever in
/// doubt.
#[derive(Debug)]
pub struct Outbox {
    folder: PathBuf,
}

impl Outbox {
    /// The Maildir in this folder; it is created with the first connection.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }
}

impl Transport for Outbox {
    fn kind(&self) -> TransportKind {
        TransportKind::Outbox
    }

    fn open(&self) -> Result<Box<dyn Connection + '_>, OpenError> {
        for part in ["tmp", "new", "cur"] {
            let path = self.folder.join(part);
            let checked = file::private_folder(&path).and_then(|()| file::check_writable(&path));
            checked.map_err(|source| OpenError::Folder { path, source })?;
        }
        let failed = |source| OpenError::Folder { path: self.folder.clone(), source };
        Ok(Box::new(OutboxConnection::open(&self.folder).map_err(failed)?))
    }

    fn connections(&self) -> usize {
        1
    }
}

#[derive(Debug)]
struct OutboxConnection<'a> {
    folder: &'a Path,
    /// Letters that a mail program has moved to `cur`, by their names without the flags behind the colon (`:2,S`).
    read: BTreeMap<String, PathBuf>,
    /// The file of the offered letter; absent: none was offered.
    name: Option<String>,
    /// The outcome of the last letter, until it is asked for.
    outcome: Option<SendOutcome>,
}

impl<'a> OutboxConnection<'a> {
    fn open(folder: &'a Path) -> io::Result<Self> {
        let mut read = BTreeMap::new();
        for entry in fs::read_dir(folder.join("cur"))? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let name = name.split_once(':').map_or(name.as_ref(), |(name, _)| name);
            read.insert(name.to_owned(), entry.path());
        }
        Ok(Self { folder, read, name: None, outcome: None })
    }

    /// Where the letter is already, or where a new one goes.
    fn path(&self, name: &str) -> PathBuf {
        match self.read.get(name) {
            Some(path) if path.exists() => path.clone(),
            Some(_) | None => self.folder.join("new").join(name),
        }
    }
}

impl Connection for OutboxConnection<'_> {
    fn offer(&mut self, envelope: &Envelope) -> Result<(), OfferError> {
        self.name = Some(file_name(&envelope.message_id));
        Ok(())
    }

    fn send(&mut self, _: &InFlight, payload: &Payload<'_>) {
        let Some(name) = self.name.take() else { return };
        let temporary = self.folder.join("tmp").join(&name);
        self.outcome = Some(match file::write_durably(&temporary, &self.path(&name), payload.body) {
            Ok(()) => SendOutcome::Accepted(Reply::new(250, &format!("written to the outbox as {name}"))),
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

/// A Message-ID as a file name: what has a meaning in Maildir or a file system becomes `=` and two hexadecimal digits.
fn file_name(message_id: &str) -> String {
    let mut name = String::new();
    for byte in message_id.trim_matches(['<', '>']).bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'@' | b'-' | b'_' => name.push(char::from(byte)),
            b'.' if !name.is_empty() => name.push('.'),
            _ => file::push_escaped(&mut name, '=', byte),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_id_is_a_safe_name() {
        for (message_id, name) in
            [("<5f3a.b@kommune.example>", "5f3a.b@kommune.example"), ("<../a:2,S@x>", "=2e.=2fa=3a2=2cS@x")]
        {
            assert_eq!(file_name(message_id), name);
        }
    }
}
