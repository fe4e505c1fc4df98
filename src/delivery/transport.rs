//! What every way out has in common: one attempt at a time, and what came of it.

use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error as ThisError;

use crate::delivery::ledger::claim::InFlight;
use crate::delivery::outcome::{FailureReason, Outcome, Reply};
use crate::delivery::smtp::login::TokenFault;
use crate::delivery::smtp::tls::TlsFailure;
use crate::letter::plan::TransportKind;
use crate::people::person::Address;

/// Opens connections: one attempt each, without a retry and without a pause.
pub trait Transport: Sync {
    /// The kind, which plans are bound to.
    fn kind(&self) -> TransportKind;

    /// Opens one connection.
    fn open(&self) -> Result<Box<dyn Connection + '_>, OpenError>;

    /// How many connections may be open at once; at least one.
    fn connections(&self) -> usize;

    /// How many letters go through one connection before another one takes its place.
    fn letters_per_connection(&self) -> NonZeroUsize {
        NonZeroUsize::MAX
    }
}

/// One connection: letters go through it one after another.
pub trait Connection {
    /// Says who writes to whom, up to the moment where the letter itself is awaited; nothing of it is sent yet.
    fn offer(&mut self, envelope: &Envelope) -> Result<(), OfferError>;

    /// Sends the letter that was offered, once, and does not wait for what comes of it.
    ///
    /// Without an accepted offer before it nothing is sent, and the letter is deferred.
    fn hand_over(&mut self, in_flight: &InFlight, load: &Payload<'_>);

    /// Waits for what became of the letter that was handed over.
    fn answer(&mut self) -> Delivered;

    /// Says goodbye; what was handed over is not touched by it.
    fn close(self: Box<Self>);
}

/// A letter that goes out, and the envelope of the one after it.
#[derive(Clone, Copy, Debug)]
pub struct Payload<'a> {
    /// The letter's octets.
    pub body: &'a [u8],
    /// The next letter's envelope, for a connection that can take it along; absent: there is none.
    pub next: Option<&'a Envelope>,
}

/// What came back after a letter was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// What became of the letter.
    pub verdict: SendOutcome,
    /// What came of the next letter's offer; absent: it was not offered, and is as it was.
    pub next: Option<Result<(), OfferError>>,
}

/// What stands on a letter's envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Where it comes back to when it cannot be delivered.
    pub sender: Address,
    /// Whom it is for.
    pub recipient: Address,
    /// How many octets the letter has.
    pub size: usize,
    /// The letter's Message-ID: the same on every attempt.
    pub message_id: String,
    /// The edition in the letter.
    pub edition: String,
}

/// Why a letter was not asked for. Nothing of it was sent.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum OfferError {
    /// This recipient, later. The connection can be used.
    #[error("{0}")]
    Deferred(FailureReason),
    /// This recipient, never. The connection can be used.
    #[error("{0}")]
    Refused(Reply),
    /// The connection is gone: another one is needed, and the recipient is untouched.
    #[error("{0}")]
    ConnectionLost(FailureReason),
    /// The relay asks to slow down: another connection, later; the recipient is untouched.
    #[error("the relay asks to slow down: {0}")]
    SlowDown(Reply),
    /// The relay does not take letters from this sender: the run stops, and the recipient is untouched.
    #[error("the relay takes no letters from this sender: {0}; look at from and bounces_to, and at smtp.username")]
    SenderRefused(Reply),
    /// The letter is larger than the relay takes: the run stops, and the recipient is untouched.
    #[error(
        "a letter has {size} octets, more than the relay takes{}; make its pictures and attachments smaller",
        limit.map(|it| format!(" ({it})")).unwrap_or_default()
    )]
    TooLarge {
        /// The letter's octets.
        size: usize,
        /// What the relay takes at most; absent where it did not say.
        limit: Option<usize>,
    },
}

impl OfferError {
    /// What it means for the recipient; nothing where the recipient is untouched.
    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Deferred(reason) => Some(Outcome::Deferred(reason.clone())),
            Self::Refused(reply) => Some(Outcome::Refused(reply.clone())),
            Self::ConnectionLost(_) | Self::SlowDown(_) | Self::SenderRefused(_) | Self::TooLarge { .. } => None,
        }
    }
}

/// Whether a connection can be used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// It waits for the next letter.
    Usable,
    /// It is gone, or cannot be trusted any more.
    Spent,
    /// It is to be given up, and the next one opened later: the relay asked to slow down.
    SlowDown,
}

/// What became of a letter that was sent, wholly or in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The relay has it.
    Accepted(Reply),
    /// It has certainly not arrived, and may be tried again.
    Deferred(FailureReason, ConnectionState),
    /// Never, for this recipient. The connection can be used. See
    /// [`sender_fault`](crate::delivery::smtp::reply_class::sender_fault) for refusals that mean the sender.
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

    /// What it means for the recipient.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Accepted(reply) => Outcome::Accepted(reply.clone()),
            Self::Deferred(reason, _) => Outcome::Deferred(reason.clone()),
            Self::Refused(reply) => Outcome::Refused(reply.clone()),
            Self::InDoubt(reason) => Outcome::InDoubt(reason.clone()),
        }
    }
}

/// Why no connection came about.
#[derive(Debug, ThisError)]
pub enum OpenError {
    /// The relay's name has no address.
    #[error("the relay's name {host} cannot be found; look at smtp.host and at this machine's DNS")]
    Unknown {
        /// The name.
        host: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// Nothing answers there.
    #[error("cannot connect to the relay {host}, port {port}; look at smtp.host, smtp.port and the firewall")]
    Unreachable {
        /// The relay.
        host: String,
        /// The port.
        port: u16,
        /// What the operating system said, for the last address that was tried.
        source: io::Error,
    },
    /// The connection broke before it could be used.
    #[error("no connection to the relay {host}: {reason}")]
    Broken {
        /// The relay.
        host: String,
        /// What went wrong.
        reason: FailureReason,
    },
    /// The relay takes the connection and does not greet.
    #[error(
        "the relay {host}, port {port}, said nothing for {} s; if it is encrypted from the start, as on port 465, set \
         smtp.security: tls", waited.as_secs_f32()
    )]
    Silent {
        /// The relay.
        host: String,
        /// The port.
        port: u16,
        /// How long it was waited for.
        waited: Duration,
    },
    /// The relay has no time now.
    #[error("the relay {host} has no time now: {reply}")]
    Busy {
        /// The relay.
        host: String,
        /// Its words.
        reply: Reply,
    },
    /// The relay does not want to talk to this machine.
    #[error("the relay {host} does not talk to this machine: {reply}; ask whoever runs it to let this machine in")]
    TurnedAway {
        /// The relay.
        host: String,
        /// Its words.
        reply: Reply,
    },
    /// The relay does not offer STARTTLS.
    #[error(
        "the relay {host}, port {port}, does not offer STARTTLS, so the connection would not be encrypted; nothing \
         was sent. Port 465 wants smtp.security: tls; security: none is for relays on this machine or in your own network"
    )]
    NoStartTls {
        /// The relay.
        host: String,
        /// The port.
        port: u16,
    },
    /// The relay offers STARTTLS and then refuses it.
    #[error("the relay {host} refuses STARTTLS: {reply}")]
    StartTlsRefused {
        /// The relay.
        host: String,
        /// Its words.
        reply: Reply,
    },
    /// Something stood behind the answer to STARTTLS, outside the encryption.
    #[error(
        "somebody between this machine and the relay {host} puts words into its mouth: there was more than the answer \
         to STARTTLS. Nothing was sent"
    )]
    Injected {
        /// The relay.
        host: String,
    },
    /// The encryption could not be agreed on, or the relay could not prove who it is.
    #[error("no trusted encryption with the relay {host}: {failure}")]
    Tls {
        /// The relay.
        host: String,
        /// What is wrong.
        failure: TlsFailure,
    },
    /// A login is set, and the relay does not take the kinds we have.
    #[error("the relay {host} offers no login that fits smtp.auth (it offers: {offered}); is it the right port?")]
    NoLogin {
        /// The relay.
        host: String,
        /// The kinds it names; `none` where there are none.
        offered: String,
    },
    /// The relay does not take the login.
    #[error("the relay {host} refuses the login: {reply}; look at smtp.username and the password")]
    LoginRefused {
        /// The relay.
        host: String,
        /// Its words.
        reply: Reply,
    },
    /// The relay does not take the access token.
    #[error(
        "the relay {host} refuses the access token: {reply}; {fault}. Look at smtp.username and at what \
         smtp.password_command prints"
    )]
    TokenRefused {
        /// The relay.
        host: String,
        /// Its words.
        reply: Reply,
        /// What it finds wrong.
        fault: TokenFault,
    },
    /// The password would cross a network in clear.
    #[error("smtp.security is none, and {host} is not this machine: the password would be readable on its way")]
    LoginInClear {
        /// The relay.
        host: String,
    },
    /// The folder where letters are laid cannot be made.
    #[error("the folder {} for the letters cannot be made", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// What kind of help an [`OpenError`] needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Another attempt, later.
    Wait,
    /// Whoever runs the relay or this machine's settings for it: later is no better.
    Relay,
    /// The settings of the project.
    Settings,
    /// The disk.
    Disk,
}

impl OpenError {
    /// What kind of help is needed, which decides the exit status.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Unknown { .. }
            | Self::Unreachable { .. }
            | Self::Broken { .. }
            | Self::Silent { .. }
            | Self::Busy { .. } => Remedy::Wait,
            Self::TurnedAway { .. }
            | Self::NoStartTls { .. }
            | Self::StartTlsRefused { .. }
            | Self::Injected { .. }
            | Self::Tls { .. }
            | Self::NoLogin { .. }
            | Self::LoginRefused { .. }
            | Self::TokenRefused { .. } => Remedy::Relay,
            Self::LoginInClear { .. } => Remedy::Settings,
            Self::Folder { .. } => Remedy::Disk,
        }
    }
}
