//! A Maildir: a folder with one file per message, which other programs may write to at the same time.

use std::collections::VecDeque;
use std::fs::{self, DirBuilder, File, ReadDir};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::base::io_reason::io_reason;
use crate::base::message::{Message, message};
use crate::feedback::mailbox::error::{MessageFolderError, with_owner};
use crate::feedback::mailbox::{
    BATCH_MESSAGES, MESSAGE_LIMIT, MessageBatch, MessageFolder, MoveCount, ReceivedMessage,
};

/// The folders that hold delivered messages.
const FOLDERS: [&str; 2] = ["new", "cur"];
/// The longest name that a file may get where another message has its name already.
const MOST_NAMES: usize = 100;

/// A Maildir.
#[derive(Debug)]
pub struct Maildir {
    path: PathBuf,
    /// The Maildir for messages that are done; absent: they stay.
    done: Option<PathBuf>,
    /// The folders that are not read yet.
    folders: VecDeque<&'static str>,
    /// The folder that is being read.
    entries: Option<(&'static str, ReadDir)>,
    /// The messages of the last batch, as paths below the Maildir.
    batch: Vec<PathBuf>,
}

impl Maildir {
    /// Opens a Maildir; messages that are done are moved to another one, which is created when it is needed.
    ///
    /// # Errors
    ///
    /// It does not exist, or is not a Maildir.
    pub fn open(path: &Path, done: Option<&Path>) -> Result<Self, MessageFolderError> {
        let unreadable = |source| MessageFolderError::unreadable(path, source);
        fs::metadata(path).map_err(unreadable)?;
        for folder in FOLDERS {
            match fs::metadata(path.join(folder)) {
                Ok(metadata) if metadata.is_dir() => {}
                // Without permission to enter the folder, nothing is known of those in it.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(unreadable(error)),
                Ok(_) | Err(_) => return Err(MessageFolderError::NotAMaildir { path: path.to_owned() }),
            }
        }
        Ok(Self {
            path: path.to_owned(),
            done: done.map(Path::to_owned),
            folders: FOLDERS.into(),
            entries: None,
            batch: Vec::new(),
        })
    }

    /// The next file, as a path below the Maildir. A folder is read as a stream, so that a large one takes no memory.
    fn next_file(&mut self) -> Result<Option<PathBuf>, MessageFolderError> {
        loop {
            let Some((folder, entries)) = &mut self.entries else {
                let Some(folder) = self.folders.pop_front() else { return Ok(None) };
                let path = self.path.join(folder);
                let entries = fs::read_dir(&path).map_err(|source| MessageFolderError::unreadable(&path, source))?;
                self.entries = Some((folder, entries));
                continue;
            };
            match entries.next() {
                None => self.entries = None,
                Some(Ok(entry)) => {
                    let name = entry.file_name();
                    if is_message(&name.to_string_lossy()) {
                        return Ok(Some(Path::new(folder).join(name)));
                    }
                }
                Some(Err(source)) => {
                    return Err(MessageFolderError::Unreadable { path: self.path.join(*folder), source });
                }
            }
        }
    }

    fn move_to(&self, done: &Path, name: &Path) -> io::Result<MoveCount> {
        let from = self.path.join(name);
        let Ok(metadata) = fs::symlink_metadata(&from) else {
            // Another program has moved it or changed its flags since.
            return Ok(MoveCount::default());
        };
        for number in 0..MOST_NAMES {
            let to = done.join(numbered(name, number));
            // Unlike a rename, a link never replaces a message that has the name already.
            match fs::hard_link(&from, &to) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    // An interrupted run has made this link, but not removed the old name.
                    let there = fs::symlink_metadata(&to)?;
                    if [there.dev(), there.ino()] != [metadata.dev(), metadata.ino()] {
                        continue;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(MoveCount::default()),
                Err(error) => return Err(error),
            }
            fs::remove_file(&from)?;
            return Ok(MoveCount { moved: 1, marked: 0 });
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

impl MessageFolder for Maildir {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn read_batch(&mut self, visit: &mut dyn FnMut(ReceivedMessage)) -> Result<MessageBatch, MessageFolderError> {
        self.batch.clear();
        let mut batch = MessageBatch::default();
        while self.batch.len() < BATCH_MESSAGES {
            let Some(name) = self.next_file()? else { return Ok(MessageBatch { is_last: true, ..batch }) };
            match read(&self.path.join(&name)) {
                Ok(Some((octets, delivered_at))) => {
                    visit(ReceivedMessage { number: self.batch.len(), octets, delivered_at });
                    self.batch.push(name);
                }
                Ok(None) => {}
                // Another program has renamed it: it is read next time.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    batch.unreadable += 1;
                    batch.first_unreadable.get_or_insert_with(|| unread_message(&self.path.join(name), error));
                }
            }
        }
        Ok(batch)
    }

    fn put_away(&mut self, numbers: &[usize]) -> Result<MoveCount, MessageFolderError> {
        let Some(done) = &self.done else { return Ok(MoveCount::default()) };
        let failed = |source| MessageFolderError::NotMoved { folder: done.clone(), source };
        if !numbers.is_empty() {
            for folder in ["tmp", "new", "cur"] {
                DirBuilder::new().recursive(true).mode(0o700).create(done.join(folder)).map_err(failed)?;
            }
        }
        let mut count = MoveCount::default();
        for name in numbers.iter().filter_map(|number| self.batch.get(*number)) {
            count.moved += self.move_to(done, name).map_err(failed)?.moved;
        }
        Ok(count)
    }
}

/// Says which message cannot be read.
fn unread_message(path: &Path, error: io::Error) -> Message {
    let (name, reason) = (path.display(), io_reason(&with_owner(path, error)));
    message!("cannot read the message {name}: {reason}", "kan ikke læse mailen {name}: {reason}")
}

/// Whether a file is a message: not hidden, and not marked as deleted (`T` among the flags after `:2,`).
fn is_message(name: &str) -> bool {
    let is_deleted = name.rsplit_once(":2,").is_some_and(|(_, flags)| flags.contains('T'));
    !name.starts_with('.') && !is_deleted
}

/// A message's start and its delivery time; `None` for what is not a file: a pipe would wait for a writer.
fn read(path: &Path) -> io::Result<Option<(Vec<u8>, Option<Timestamp>)>> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Ok(None);
    }
    let file = File::open(path)?;
    // Moving a file keeps the time at which it was written.
    let written = file.metadata()?.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
    let mut octets = Vec::new();
    file.take(MESSAGE_LIMIT as u64).read_to_end(&mut octets)?;
    Ok(Some((octets, written)))
}

/// The path with a number in front of the file's name; the flags at its end stay valid.
fn numbered(name: &Path, number: usize) -> PathBuf {
    let file = name.file_name().unwrap_or_default().to_string_lossy();
    if number == 0 { name.to_owned() } else { name.with_file_name(format!("{number}.{file}")) }
}
