//! Why an IMAP server cannot be used: what is wrong, and what to look at.

use std::fmt;
use std::io;
use std::time::Duration;

use thiserror::Error as ThisError;

use crate::delivery::smtp::options::RenewalError;
use crate::delivery::smtp::tls::{TlsFailure, TlsSetupError};
use crate::feedback::mailbox::remedy::FolderRemedy;

/// Why an IMAP server cannot be used.
#[derive(Debug, ThisError)]
pub enum ImapError {
    /// TLS cannot be set up.
    #[error(transparent)]
    TlsSetup(#[from] TlsSetupError),
    /// The server's name has no address.
    #[error("cannot find the IMAP server {host}; check inbox.host and this machine's DNS")]
    UnknownHost {
        /// The server.
        host: String,
        /// What the resolver said.
        source: io::Error,
    },
    /// Nothing answers there; the source is the error of the last address that was tried.
    #[error("cannot connect to the IMAP server {host}, port {port}; check inbox.host, inbox.port and the firewall")]
    Unreachable {
        /// The server.
        host: String,
        /// Its port.
        port: u16,
        /// What the operating system said.
        source: io::Error,
    },
    /// The server accepts the connection and says nothing.
    #[error(
        "the IMAP server {host}, port {port}, sent no greeting within {} s; write security: tls for port 993, and \
         security: starttls for port 143", waited.as_secs_f32()
    )]
    Silent {
        /// The server.
        host: String,
        /// Its port.
        port: u16,
        /// How long it had.
        waited: Duration,
    },
    /// The connection ended, or the server stopped replying.
    #[error("lost the connection to the IMAP server {host} {at}")]
    Lost {
        /// The server.
        host: String,
        /// At which step.
        at: ImapStep,
        /// What the network said.
        source: io::Error,
    },
    /// The server says what IMAP does not allow, or more than was asked for.
    #[error("the IMAP server {host} sent an invalid reply {at}: {what}")]
    Invalid {
        /// The server.
        host: String,
        /// At which step.
        at: ImapStep,
        /// What is wrong.
        what: InvalidReply,
    },
    /// The server closes the session.
    #[error("the IMAP server {host} closed the session {at}: {reply}")]
    Closed {
        /// The server.
        host: String,
        /// At which step.
        at: ImapStep,
        /// What it said.
        reply: ServerText,
    },
    /// The connection would not be encrypted.
    #[error("the IMAP server {host}, port {port}, does not offer STARTTLS; write security: tls and port: 993")]
    NoStartTls {
        /// The server.
        host: String,
        /// Its port.
        port: u16,
    },
    /// Octets that came before the encryption would count as encrypted.
    #[error("data was injected into the connection to the IMAP server {host} before STARTTLS; nothing was sent")]
    Injected {
        /// The server.
        host: String,
    },
    /// The server is not trusted.
    #[error("no trusted TLS connection to the IMAP server {host}: {}", ImapTlsFailure(failure))]
    Tls {
        /// The server.
        host: String,
        /// What is wrong.
        failure: TlsFailure,
    },
    /// The password would cross a network unencrypted.
    #[error("inbox.security is none and {host} is not this machine: the password would be sent in plaintext")]
    PlaintextLogin {
        /// The server.
        host: String,
    },
    /// The server offers no kind of login that is set.
    #[error("the IMAP server {host} offers no login that matches inbox.auth")]
    NoLogin {
        /// The server.
        host: String,
    },
    /// The server refuses the login.
    #[error("the IMAP server {host} refused the login: {reply}; check inbox.username and the password or token")]
    LoginRefused {
        /// The server.
        host: String,
        /// What it said.
        reply: ServerText,
    },
    /// The server refused the password or the token, which may have expired, and there is no new one.
    #[error("the IMAP server {host} refused the login, and there is no new token or password: {reason}")]
    NotRenewed {
        /// The server.
        host: String,
        /// Why there is none.
        reason: RenewalError,
    },
    /// The server has no such folder, or does not open it.
    #[error("the IMAP server {host} does not open the folder `{folder}`: {reply}")]
    NoFolder {
        /// The server.
        host: String,
        /// The folder.
        folder: String,
        /// What it said.
        reply: ServerText,
    },
    /// The server refuses a command.
    #[error("the IMAP server {host} refused {at}: {reply}")]
    Refused {
        /// The server.
        host: String,
        /// At which step.
        at: ImapStep,
        /// What it said.
        reply: ServerText,
    },
    /// The server has renumbered the folder: a number may mean another message now.
    #[error("the IMAP server {host} renumbered the messages (UIDVALIDITY) during the session; nothing was moved")]
    Renumbered {
        /// The server.
        host: String,
    },
}

impl ImapError {
    /// What helps against it.
    pub(crate) fn remedy(&self) -> FolderRemedy {
        match self {
            Self::UnknownHost { .. }
            | Self::Unreachable { .. }
            | Self::Silent { .. }
            | Self::Lost { .. }
            | Self::Invalid { .. }
            | Self::Closed { .. }
            | Self::Refused { .. }
            | Self::NotRenewed { reason: RenewalError::Unavailable(_), .. }
            | Self::Renumbered { .. } => FolderRemedy::Wait,
            Self::NoStartTls { .. }
            | Self::Injected { .. }
            | Self::Tls { .. }
            | Self::NoLogin { .. }
            | Self::NotRenewed { reason: RenewalError::Refused(_), .. }
            | Self::LoginRefused { .. } => FolderRemedy::ChangeLogin,
            Self::TlsSetup(_) | Self::PlaintextLogin { .. } | Self::NoFolder { .. } => FolderRemedy::ChangeSettings,
        }
    }
}

/// A step of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImapStep {
    /// The server's greeting.
    Greeting,
    /// The capabilities.
    Capability,
    /// The encryption.
    StartTls,
    /// The login.
    Login,
    /// Opening the folder.
    Select,
    /// The numbers of the messages.
    Search,
    /// Reading messages.
    Fetch,
    /// Moving messages.
    Move,
}

impl fmt::Display for ImapStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greeting => "at the greeting",
            Self::Capability => "at CAPABILITY",
            Self::StartTls => "at STARTTLS",
            Self::Login => "at the login",
            Self::Select => "at SELECT",
            Self::Search => "at SEARCH",
            Self::Fetch => "at FETCH",
            Self::Move => "at MOVE",
        })
    }
}

/// What is wrong with a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidReply {
    /// A line, or what belongs to it, is longer than any valid one.
    TooLong,
    /// A literal is larger than was asked for.
    Literal,
    /// Parentheses that do not match, or are nested too deep.
    Nesting,
    /// It is the reply to another command.
    OutOfStep,
    /// More replies than any command has.
    TooMany,
    /// A line that does not end with CR LF.
    LineEnd,
}

impl fmt::Display for InvalidReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "it is too long",
            Self::Literal => "a literal is larger than was asked for",
            Self::Nesting => "its parentheses do not match",
            Self::OutOfStep => "it replies to another command",
            Self::TooMany => "there are too many replies",
            Self::LineEnd => "a line does not end with CR LF",
        })
    }
}

/// What a server said: safe to print, and without the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerText(pub(super) String);

impl fmt::Display for ServerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "it gives no reason" } else { &self.0 })
    }
}

/// A failure of TLS with the names of the settings of a mailbox.
struct ImapTlsFailure<'a>(&'a TlsFailure);

impl fmt::Display for ImapTlsFailure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            TlsFailure::UnknownIssuer => {
                f.write_str("its certificate is not signed by a trusted CA; set inbox.ca_file for a CA of your own")
            }
            TlsFailure::WrongName => {
                f.write_str("its certificate is for another name; inbox.host must be the name on the certificate")
            }
            TlsFailure::Expired => f.write_str("its certificate has expired; the server's operator must renew it"),
            TlsFailure::Certificate(cause) => write!(f, "its certificate is invalid: {cause}"),
            TlsFailure::Protocol(error) => {
                write!(f, "{error}; write security: tls for port 993, and security: starttls for port 143")
            }
        }
    }
}
