//! The interface of transports: connections, and how one attempt over them can end.

use std::error::Error as StdError;
use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use thiserror::Error as ThisError;

use crate::base::byte_size::{ByteLimit, ByteSize};
use crate::base::message::{composed, message};
use crate::delivery::ledger::claim::InFlight;
use crate::delivery::outcome::{FailureReason, Outcome, Reply};
use crate::letter::letter_bytes::LetterBytes;
use crate::letter::plan::TransportKind;
use crate::people::person::Address;

/// Opens connections: one attempt each, without a retry and without a pause.
pub trait Transport: Sync {
    /// The kind, which plans are bound to.
    fn kind(&self) -> TransportKind;

    /// Opens one connection.
    fn open(&self) -> Result<Box<dyn Connection + '_>, OpenError>;

    /// Ends every wait for the other side at once, and the wait for the reply to a letter soon after: nothing more is
    /// to be sent.
    fn abandon(&self) {}

    /// How many connections may be open at once; at least one.
    fn connections(&self) -> usize;

    /// How many letters go through one connection before it is replaced.
    fn letters_per_connection(&self) -> NonZeroUsize {
        NonZeroUsize::MAX
    }
}

/// One connection: letters go through it one after another.
pub trait Connection {
    /// Sends the envelope, up to the point where the other side waits for the letter; nothing of the letter is sent
    /// yet.
    fn offer(&mut self, envelope: &Envelope) -> Result<(), OfferError>;

    /// Sends the letter that was offered, once, and does not wait for the reply.
    ///
    /// Without an accepted offer before it nothing is sent, and the letter is deferred.
    fn send(&mut self, in_flight: &InFlight, payload: &Payload<'_>);

    /// Waits for the outcome of the letter that was sent.
    fn wait(&mut self) -> Delivered;

    /// Ends the connection; this cannot change the outcome of a letter.
    fn close(self: Box<Self>);
}

/// A letter to send, and the envelope of the one after it.
#[derive(Clone, Copy, Debug)]
pub struct Payload<'a> {
    /// The letter's octets.
    pub body: &'a LetterBytes,
    /// The next letter's envelope, for a connection that can send it in the same write; absent: there is none.
    pub next: Option<&'a Envelope>,
}

/// The outcome of a letter that was sent, and of the offer behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The letter's outcome.
    pub outcome: SendOutcome,
    /// The result of the next letter's offer; absent: it was not offered, or its result is unknown and does not matter.
    pub next: Option<Result<(), OfferError>>,
}

/// A letter's envelope, and what a folder derives the name of its file from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Where it is returned to when it cannot be delivered.
    pub sender: Address,
    /// The recipient.
    pub recipient: Address,
    /// The letter's size in octets.
    pub size: usize,
    /// The letter's Message-ID: the same on every attempt.
    pub message_id: String,
    /// The edition in the letter.
    pub edition: String,
}

/// Why the other side does not accept an offered letter. Nothing of the letter was sent.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum OfferError {
    /// Not now, perhaps because of this recipient. The connection can be used, unless the reply is 421.
    #[error("{0}")]
    Deferred(FailureReason),
    /// Refused. The connection can be used. The refusal may be about the sender: the run finds that out.
    #[error("{0}")]
    Refused(Reply),
    /// The relay closes the connection (421) before it knows the recipient: after many letters that is its limit for one
    /// connection, on a new one it asks to slow down.
    #[error("{}", message!("the relay closes the connection: {_0}", "mailserveren lukker forbindelsen: {_0}"))]
    Closed(Reply),
    /// The connection is gone: another one is needed, and the recipient is not to blame.
    #[error("{0}")]
    ConnectionLost(FailureReason),
    /// The relay defers the letter before it knows the recipient: another connection, later.
    #[error("{}", message!("the relay is busy: {_0}", "mailserveren har travlt: {_0}"))]
    Busy(Reply),
    /// The relay asks to slow down: another connection, later. The reply may still be about the recipient.
    #[error("{}", message!("the relay asks to slow down: {_0}", "mailserveren beder os sende langsommere: {_0}"))]
    SlowDown(Reply),
    /// The relay refused the sender: the run stops, and the recipient is not to blame.
    #[error("{}", message!("the relay refuses this sender: {_0}", "mailserveren afviser afsenderen: {_0}"))]
    SenderRefused(Reply),
    /// The letter is larger than the relay accepts: the run stops, and the recipient is not to blame.
    #[error("{}", message!(
        "the letter has {}, more than the relay accepts{}",
        "mailen fylder {}, mere end mailserveren tager imod{}",
        ByteSize::of_length(*size),
        limit.map(|limit| composed!(" ({})", ByteLimit::of_length(limit))).unwrap_or_default()
    ))]
    TooLarge {
        /// The letter's size in octets.
        size: usize,
        /// The relay's limit; absent if it did not say.
        limit: Option<usize>,
    },
}

/// Whether a connection can be used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// It waits for the next letter.
    Usable,
    /// It is gone, or cannot be trusted any more.
    Spent,
    /// It is to be closed, and the next one opened later: the relay asked to slow down.
    SlowDown,
}

/// The outcome of a letter that was sent, wholly or in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The relay accepted it.
    Accepted(Reply),
    /// It has certainly not arrived, and may be tried again.
    Deferred(FailureReason, ConnectionState),
    /// Refused. The connection can be used. The refusal may be about the sender: the run finds that out.
    Refused(Reply),
    /// It may have arrived or not. The connection is gone.
    InDoubt(FailureReason),
}

impl SendOutcome {
    /// Whether the connection can be used again.
    pub fn connection(&self) -> ConnectionState {
        match self {
            Self::Accepted(_) | Self::Refused(_) => ConnectionState::Usable,
            Self::Deferred(_, connection) => *connection,
            Self::InDoubt(_) => ConnectionState::Spent,
        }
    }

    /// The outcome for the recipient.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Accepted(reply) => Outcome::Accepted(reply.clone()),
            Self::Deferred(reason, _) => Outcome::Deferred(reason.clone()),
            Self::Refused(reply) => Outcome::Refused(reply.clone()),
            Self::InDoubt(reason) => Outcome::InDoubt(reason.clone()),
        }
    }
}

/// Why no connection was opened, by what can be done about it; the cause says what it was and has a hint. Nothing was
/// sent, and no recipient is to blame.
#[derive(Debug, ThisError)]
pub enum OpenError {
    /// No connection this time: a later attempt may succeed.
    #[error(transparent)]
    Unreachable(Box<dyn StdError + Send + Sync>),
    /// The other side accepts the connection but does not answer: another attempt would take as long.
    #[error(transparent)]
    Silent(Box<dyn StdError + Send + Sync>),
    /// The other side refuses the program, or cannot be trusted: a later attempt would end the same way.
    #[error(transparent)]
    Refused(Box<dyn StdError + Send + Sync>),
    /// The project's settings do not allow it.
    #[error(transparent)]
    Settings(Box<dyn StdError + Send + Sync>),
    /// The folder for the letters cannot be created, or no file can be created in it.
    #[error("{}", message!("cannot create files in {}", "kan ikke oprette filer i {}", path.display()))]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
}
