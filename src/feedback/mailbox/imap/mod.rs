//! A folder of an IMAP server. The client is the program's own: little is needed, and a server that never stops sending
//! must do no harm.

mod connect;
pub mod error;
mod folder_name;
pub mod options;
mod response;
mod session;
mod stream;

use std::collections::{BTreeSet, VecDeque};

use jiff::Timestamp;

use crate::feedback::mailbox::error::MessageFolderError;
use crate::feedback::mailbox::imap::error::{ImapError, ImapStep, InvalidReply};
use crate::feedback::mailbox::imap::folder_name::quoted_folder;
use crate::feedback::mailbox::imap::options::ImapOptions;
use crate::feedback::mailbox::imap::response::{FetchedMessage, ImapResponse, ImapStatus};
use crate::feedback::mailbox::imap::session::{ImapReply, ImapSession};
use crate::feedback::mailbox::{
    BATCH_MESSAGES, MESSAGE_LIMIT, MessageBatch, MessageFolder, MoveCount, ReceivedMessage,
};

/// How many messages a command names: its line stays below the 8,000 octets that servers accept.
const PER_COMMAND: usize = 100;
/// More messages than any mailbox has; a server that lists more would fill the memory.
const MOST_MESSAGES: usize = 10_000_000;

/// A folder of an IMAP server, with a session that is logged in.
#[derive(Debug)]
pub struct ImapFolder {
    options: ImapOptions,
    session: ImapSession,
    /// The numbers of the messages that are not read yet.
    left: VecDeque<u32>,
    /// The numbers of the messages of the last batch. They are valid in this session only, and stored nowhere: another
    /// session may find the folder renumbered.
    batch: Vec<u32>,
}

impl ImapFolder {
    /// Logs in, opens the folder and asks for its messages.
    ///
    /// # Errors
    ///
    /// The server cannot be reached, is not trusted, refuses the login, or has no such folder.
    pub fn open(options: ImapOptions) -> Result<Self, ImapError> {
        let mut session = connect::open(&options)?;
        // EXAMINE cannot change anything (RFC 3501 §6.3.2).
        let command = if options.done.is_some() { "SELECT" } else { "EXAMINE" };
        let command = format!("{command} {}", quoted_folder(&options.folder));
        let completion = session.command(&command, ImapStep::Select, &mut |_| {})?;
        if completion.status != ImapStatus::Ok {
            let reply = session.safe(&completion.text);
            return Err(ImapError::NoFolder { host: options.host, folder: options.folder, reply });
        }
        let mut found = BTreeSet::new();
        session.demand("UID SEARCH UNDELETED", ImapStep::Search, &mut |response| {
            if let ImapResponse::Search(numbers) = response {
                found.extend(numbers.into_iter().take(MOST_MESSAGES - found.len()));
            }
        })?;
        if found.len() == MOST_MESSAGES {
            return Err(session.invalid(ImapStep::Search, InvalidReply::TooMany));
        }
        Ok(Self { options, session, left: found.into_iter().collect(), batch: Vec::new() })
    }

    /// Reads messages; those that are no longer there are skipped. Returns how many the server could not read.
    fn fetch(&mut self, numbers: &[u32], visit: &mut dyn FnMut(ReceivedMessage)) -> Result<usize, ImapError> {
        let mut asked: BTreeSet<u32> = numbers.iter().copied().collect();
        // PEEK leaves the messages unread.
        let command = format!("UID FETCH {} (UID INTERNALDATE BODY.PEEK[]<0.{MESSAGE_LIMIT}>)", joined(numbers));
        let mut pending = self.session.begin(&command, ImapStep::Fetch)?;
        loop {
            let FetchedMessage { uid, internal_date, body } = match self.session.next(&mut pending)? {
                ImapReply::Completed(completion) if completion.status == ImapStatus::Ok => return Ok(0),
                // One message that the server cannot read must not prevent the others from being read.
                ImapReply::Completed(_) => return Ok(asked.len()),
                ImapReply::Untagged(ImapResponse::Fetched(message)) => message,
                ImapReply::Untagged(_) | ImapReply::Continue => continue,
            };
            let (Some(uid), Some(octets)) = (uid, body) else { continue };
            // A number that was not asked for, or came before, is not a message of this batch.
            if asked.remove(&uid) {
                self.session.extend(&mut pending);
                let delivered_at = internal_date.as_deref().and_then(moment);
                visit(ReceivedMessage { number: self.batch.len(), octets, delivered_at });
                self.batch.push(uid);
            }
        }
    }

    /// Moves messages: MOVE (RFC 6851), or else COPY, a mark, and an EXPUNGE of these alone (UIDPLUS, RFC 4315).
    /// Without either, they also stay where they are, marked as deleted: a plain EXPUNGE would delete what others have
    /// marked.
    fn move_to(&mut self, done: &str, numbers: &[u32]) -> Result<MoveCount, ImapError> {
        let (set, done) = (joined(numbers), quoted_folder(done));
        let verb = if self.session.can("MOVE") { "MOVE" } else { "COPY" };
        let command = format!("UID {verb} {set} {done}");
        let completion = self.session.command(&command, ImapStep::Move, &mut |_| {})?;
        if completion.status != ImapStatus::Ok {
            // RFC 3501 §7.1: the server would accept the command once the folder is there.
            if !completion.text.to_ascii_uppercase().starts_with("[TRYCREATE]") {
                return Err(self.refused(&completion.text));
            }
            self.session.demand(&format!("CREATE {done}"), ImapStep::Move, &mut |_| {})?;
            self.session.demand(&command, ImapStep::Move, &mut |_| {})?;
        }
        if verb == "MOVE" {
            return Ok(MoveCount { moved: numbers.len(), marked: 0 });
        }
        let mark = format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)");
        self.session.demand(&mark, ImapStep::Move, &mut |_| {})?;
        if !self.session.can("UIDPLUS") {
            return Ok(MoveCount { moved: numbers.len(), marked: numbers.len() });
        }
        self.session.demand(&format!("UID EXPUNGE {set}"), ImapStep::Move, &mut |_| {})?;
        Ok(MoveCount { moved: numbers.len(), marked: 0 })
    }

    fn refused(&self, text: &str) -> ImapError {
        let reply = self.session.safe(text);
        ImapError::Refused { host: self.options.host.clone(), at: ImapStep::Move, reply }
    }
}

impl MessageFolder for ImapFolder {
    fn name(&self) -> String {
        format!("{} on {}", self.options.folder, self.options.host)
    }

    fn read_batch(&mut self, visit: &mut dyn FnMut(ReceivedMessage)) -> Result<MessageBatch, MessageFolderError> {
        self.batch.clear();
        let mut unreadable = 0;
        for _ in 0..BATCH_MESSAGES / PER_COMMAND {
            let end = self.left.len().min(PER_COMMAND);
            let numbers: Vec<u32> = self.left.drain(..end).collect();
            if numbers.is_empty() {
                break;
            }
            unreadable += self.fetch(&numbers, visit)?;
        }
        Ok(MessageBatch { is_last: self.left.is_empty(), unreadable, first_unreadable: None })
    }

    fn put_away(&mut self, numbers: &[usize]) -> Result<MoveCount, MessageFolderError> {
        let Some(done) = self.options.done.clone() else { return Ok(MoveCount::default()) };
        let uids: Vec<u32> = numbers.iter().filter_map(|number| self.batch.get(*number)).copied().collect();
        let mut count = MoveCount::default();
        for uids in uids.chunks(PER_COMMAND) {
            let MoveCount { moved, marked } = self.move_to(&done, uids)?;
            count = MoveCount { moved: count.moved + moved, marked: count.marked + marked };
        }
        Ok(count)
    }
}

/// Numbers as a set (RFC 3501 §9).
fn joined(numbers: &[u32]) -> String {
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

/// Reads a time such as ` 1-Jul-2026 02:44:25 +0200`.
fn moment(text: &str) -> Option<Timestamp> {
    Timestamp::strptime("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_delivery_is_read() {
        let expected: Timestamp = "2026-07-01T00:44:25Z".parse().unwrap();
        assert_eq!(moment(" 1-Jul-2026 02:44:25 +0200"), Some(expected));
        assert_eq!(moment("01-Jul-2026 02:44:25 +0200"), Some(expected));
        assert_eq!(moment("yesterday"), None);
    }
}
