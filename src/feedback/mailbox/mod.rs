//! Reads mailboxes: a folder of an IMAP server, a Maildir, an mbox, or a file with one message.

pub mod error;
pub mod imap;
pub mod maildir;
pub mod message_file;
pub mod remedy;

use jiff::Timestamp;

use crate::base::message::Message;
use crate::feedback::mailbox::error::MessageFolderError;

/// How many octets of a message are read. What a report says is at its start; the original message follows.
pub const MESSAGE_LIMIT: usize = (1 << 20) + (1 << 18);
/// The most messages in a batch.
pub const BATCH_MESSAGES: usize = 1_000;

/// A message of a batch.
#[derive(Debug)]
pub struct ReceivedMessage {
    /// Its number in the batch, by which it can be moved.
    pub number: usize,
    /// Its first octets, at most [`MESSAGE_LIMIT`].
    pub octets: Vec<u8>,
    /// When it was delivered to the mailbox; absent where the mailbox does not record it.
    pub delivered_at: Option<Timestamp>,
}

/// Describes a batch after its messages have been visited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageBatch {
    /// Whether there are no more messages after it.
    pub is_last: bool,
    /// Messages that could not be read; they stay where they are.
    pub unreadable: usize,
    /// The first of them and the reason, where the mailbox has a name for it; the name contains no address.
    pub first_unreadable: Option<Message>,
}

/// What happened to messages that were to be moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MoveCount {
    /// Those that are in the other folder now.
    pub moved: usize,
    /// Those of them that are also still in the first folder, marked as deleted, since the server cannot remove single
    /// messages.
    pub marked: usize,
}

/// A mailbox, read in batches. Only [`put_away`](Self::put_away) changes it.
pub trait MessageFolder {
    /// Its name in messages to the user.
    fn name(&self) -> String;

    /// Calls `visit` with the messages of the next batch. A message is never marked as read.
    ///
    /// # Errors
    ///
    /// The mailbox cannot be read any further; the messages that were visited are valid.
    fn read_batch(&mut self, visit: &mut dyn FnMut(ReceivedMessage)) -> Result<MessageBatch, MessageFolderError>;

    /// Moves messages of the last batch, by their numbers, to the folder for messages that are done. A mailbox without such
    /// a folder keeps them.
    ///
    /// # Errors
    ///
    /// Some are not moved. They are read again next time, which changes nothing.
    fn put_away(&mut self, numbers: &[usize]) -> Result<MoveCount, MessageFolderError>;
}
