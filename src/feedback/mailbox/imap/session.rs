//! A session with an IMAP server (RFC 3501): commands, and the replies to them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::delivery::outcome::printable;
use crate::delivery::smtp::login_redaction::Redactor;
use crate::feedback::mailbox::MESSAGE_LIMIT;
use crate::feedback::mailbox::imap::error::{ImapError, ImapStep, InvalidReply, ServerText};
use crate::feedback::mailbox::imap::response::{ImapResponse, ImapStatus, code_number};
use crate::feedback::mailbox::imap::stream::{ImapStream, ImapStreamError, ReplyLimits};

/// The longest text of a reply.
const TEXT_LIMIT: usize = 1 << 16;
/// The same for the numbers of messages: those of a million are a line of 8 MB.
const SEARCH_LIMIT: usize = 8 << 20;
/// The most unsolicited replies to one command, such as news about other messages.
const MOST_UNASKED: usize = 10_000;
/// How many capabilities are kept.
const MOST_CAPABILITIES: usize = 1_000;

/// A session.
#[derive(Debug)]
pub(super) struct ImapSession {
    pub(super) stream: ImapStream,
    pub(super) host: String,
    /// How long the replies to a command may take.
    pub(super) within: Duration,
    /// Keeps the password out of the server's replies.
    redactor: Redactor,
    capabilities: BTreeSet<String>,
    /// The number of the last command.
    last: u32,
    /// The validity of the numbers in the folder; absent: none is open.
    uid_validity: Option<u32>,
}

/// How a command ended.
#[derive(Debug)]
pub(super) struct Completion {
    pub(super) status: ImapStatus,
    pub(super) text: String,
}

/// A command that is not completed, and the deadline of its replies.
#[derive(Clone, Copy, Debug)]
pub(super) struct PendingCommand {
    number: u32,
    at: ImapStep,
    deadline: Instant,
    unasked: usize,
}

impl ImapSession {
    pub(super) fn new(stream: ImapStream, host: String, within: Duration) -> Self {
        Self {
            stream,
            host,
            within,
            redactor: Redactor::default(),
            capabilities: BTreeSet::new(),
            last: 0,
            uid_validity: None,
        }
    }

    /// Keeps a secret out of every error from now on.
    pub(super) fn redact(&mut self, redactor: Redactor) {
        self.redactor = redactor;
    }

    /// Reads the first reply.
    pub(super) fn read_greeting(&mut self, within: Duration) -> Result<Completion, ImapStreamError> {
        match self.stream.read(limits(ImapStep::Greeting), Instant::now() + within)? {
            ImapResponse::Status { status, text } => Ok(Completion { status, text }),
            _ => Err(ImapStreamError::Invalid(InvalidReply::OutOfStep)),
        }
    }

    /// Asks for the server's capabilities; earlier ones are discarded.
    pub(super) fn ask_capabilities(&mut self) -> Result<(), ImapError> {
        let mut capabilities = BTreeSet::new();
        self.command("CAPABILITY", ImapStep::Capability, &mut |response| {
            if let ImapResponse::Capability(names) = response {
                capabilities.extend(names.into_iter().take(MOST_CAPABILITIES.saturating_sub(capabilities.len())));
            }
        })?;
        self.capabilities = capabilities;
        Ok(())
    }

    pub(super) fn can(&self, capability: &str) -> bool {
        self.capabilities.contains(capability)
    }

    /// Sends a command and calls `each` with the replies before its completion, whatever that is.
    pub(super) fn command(
        &mut self,
        command: &str,
        at: ImapStep,
        each: &mut dyn FnMut(ImapResponse),
    ) -> Result<Completion, ImapError> {
        let mut pending = self.begin(command, at)?;
        loop {
            match self.next(&mut pending)? {
                ImapReply::Completed(completion) => return Ok(completion),
                ImapReply::Untagged(response) => each(response),
                ImapReply::Continue => return Err(self.invalid(at, InvalidReply::OutOfStep)),
            }
        }
    }

    /// The same for a command that must succeed.
    pub(super) fn demand(
        &mut self,
        command: &str,
        at: ImapStep,
        each: &mut dyn FnMut(ImapResponse),
    ) -> Result<(), ImapError> {
        let completion = self.command(command, at, each)?;
        match completion.status {
            ImapStatus::Ok => Ok(()),
            _ => Err(ImapError::Refused { host: self.host.clone(), at, reply: self.safe(&completion.text) }),
        }
    }

    /// Sends a command.
    pub(super) fn begin(&mut self, command: &str, at: ImapStep) -> Result<PendingCommand, ImapError> {
        self.last += 1;
        self.say(&format!("n{} {command}", self.last), at)?;
        Ok(PendingCommand { number: self.last, at, deadline: Instant::now() + self.within, unasked: 0 })
    }

    /// Sends a line of a command.
    pub(super) fn say(&mut self, line: &str, at: ImapStep) -> Result<(), ImapError> {
        self.stream.send(&format!("{line}\r\n"), self.within).map_err(|error| self.broken(at, error))
    }

    /// Waits for the next reply to a command.
    pub(super) fn next(&mut self, command: &mut PendingCommand) -> Result<ImapReply, ImapError> {
        let at = command.at;
        let response = self.stream.read(limits(at), command.deadline).map_err(|error| self.broken(at, error))?;
        match response {
            ImapResponse::Continue => Ok(ImapReply::Continue),
            ImapResponse::Completed { tag, status, text } if tag == format!("n{}", command.number) => {
                Ok(ImapReply::Completed(Completion { status, text }))
            }
            ImapResponse::Completed { .. } => Err(self.invalid(at, InvalidReply::OutOfStep)),
            ImapResponse::Status { status: ImapStatus::Bye, text } => {
                Err(ImapError::Closed { host: self.host.clone(), at, reply: self.safe(&text) })
            }
            ImapResponse::Status { text, .. } => {
                self.check_validity(&text)?;
                self.count_unasked(command, ImapResponse::Other)
            }
            ImapResponse::Other => self.count_unasked(command, ImapResponse::Other),
            response => Ok(ImapReply::Untagged(response)),
        }
    }

    /// Counts an unsolicited reply; the session with a server that never stops sending them is closed.
    fn count_unasked(&self, command: &mut PendingCommand, response: ImapResponse) -> Result<ImapReply, ImapError> {
        command.unasked += 1;
        if command.unasked > MOST_UNASKED {
            return Err(self.invalid(command.at, InvalidReply::TooMany));
        }
        Ok(ImapReply::Untagged(response))
    }

    /// Gives a command more time: it has sent what was asked for.
    pub(super) fn extend(&self, command: &mut PendingCommand) {
        command.deadline = Instant::now() + self.within;
    }

    /// Whether the numbers of the messages are still those of the folder that was opened.
    fn check_validity(&mut self, text: &str) -> Result<(), ImapError> {
        let Some(validity) = code_number(text, "UIDVALIDITY") else { return Ok(()) };
        match self.uid_validity.replace(validity) {
            Some(known) if known != validity => Err(ImapError::Renumbered { host: self.host.clone() }),
            Some(_) | None => Ok(()),
        }
    }

    /// The server's text, without the password.
    pub(super) fn safe(&self, text: &str) -> ServerText {
        let text = if self.redactor.finds(text) { "(reply redacted: it repeats the login)" } else { text };
        ServerText(printable(text))
    }

    pub(super) fn invalid(&self, at: ImapStep, what: InvalidReply) -> ImapError {
        ImapError::Invalid { host: self.host.clone(), at, what }
    }

    pub(super) fn broken(&self, at: ImapStep, error: ImapStreamError) -> ImapError {
        let host = self.host.clone();
        match error {
            ImapStreamError::Broken(source) => ImapError::Lost { host, at, source },
            ImapStreamError::Tls(failure) => ImapError::Tls { host, failure },
            ImapStreamError::Invalid(what) => ImapError::Invalid { host, at, what },
        }
    }
}

fn limits(at: ImapStep) -> ReplyLimits {
    let text = if at == ImapStep::Search { SEARCH_LIMIT } else { TEXT_LIMIT };
    ReplyLimits { text, literal: MESSAGE_LIMIT }
}

impl Drop for ImapSession {
    fn drop(&mut self) {
        // The session is over: whether the server gets the last command changes nothing.
        _ = self.stream.send("n0 LOGOUT\r\n", Duration::from_secs(2));
    }
}

/// The next reply to a command.
#[derive(Debug)]
pub(super) enum ImapReply {
    /// The server waits for the rest of the command.
    Continue,
    /// Something before the completion.
    Untagged(ImapResponse),
    /// The command is completed.
    Completed(Completion),
}
