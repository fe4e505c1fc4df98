//! Why an IMAP server cannot be used: what is wrong, and what to look at.

use std::fmt;
use std::io;
use std::time::Duration;

use thiserror::Error as ThisError;

use crate::base::message::message;
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
    #[error("{}", message!(
        "cannot find the IMAP server {host}; check inbox.host and this machine's DNS",
        "kan ikke finde IMAP-serveren {host}; kontrollér inbox.host og maskinens DNS"
    ))]
    UnknownHost {
        /// The server.
        host: String,
        /// What the resolver said.
        source: io::Error,
    },
    /// No address accepts a connection; the source is the error of the last one that was tried.
    #[error("{}", message!(
        "cannot connect to the IMAP server {host}, port {port}; check inbox.host, inbox.port and the firewall",
        "kan ikke få forbindelse til IMAP-serveren {host}, port {port}; kontrollér inbox.host, inbox.port og firewallen"
    ))]
    Unreachable {
        /// The server.
        host: String,
        /// Its port.
        port: u16,
        /// What the operating system said.
        source: io::Error,
    },
    /// The server accepts the connection but does not answer.
    #[error("{}", message!(
        "the IMAP server {host}, port {port}, sent no greeting within {} s; write security: tls for port 993, and security: starttls for port 143",
        "IMAP-serveren {host}, port {port}, hilste ikke inden for {} sekunder; skriv security: tls ved port 993 og security: starttls ved port 143",
        waited.as_secs_f32()
    ))]
    Silent {
        /// The server.
        host: String,
        /// Its port.
        port: u16,
        /// How long it had.
        waited: Duration,
    },
    /// The connection ended, or the server stopped replying.
    #[error("{}", message!(
        "lost the connection to the IMAP server {host} {at}",
        "forbindelsen til IMAP-serveren {host} røg {at}"
    ))]
    Lost {
        /// The server.
        host: String,
        /// At which step.
        at: ImapStep,
        /// What the network said.
        source: io::Error,
    },
    /// The server's reply violates IMAP, or is more than was asked for.
    #[error("{}", message!(
        "the IMAP server {host} sent an invalid reply {at}: {what}",
        "IMAP-serveren {host} sendte et ugyldigt svar {at}: {what}"
    ))]
    Invalid {
        /// The server.
        host: String,
        /// At which step.
        at: ImapStep,
        /// What is wrong.
        what: InvalidReply,
    },
    /// The server closes the session.
    #[error("{}", message!(
        "the IMAP server {host} closed the session {at}: {reply}",
        "IMAP-serveren {host} lukkede forbindelsen {at}: {reply}"
    ))]
    Closed {
        /// The server.
        host: String,
        /// At which step.
        at: ImapStep,
        /// What it said.
        reply: ServerText,
    },
    /// The connection would not be encrypted.
    #[error("{}", message!(
        "the IMAP server {host}, port {port}, does not offer STARTTLS; write security: tls and port: 993",
        "IMAP-serveren {host}, port {port}, tilbyder ikke STARTTLS; skriv security: tls og port: 993"
    ))]
    NoStartTls {
        /// The server.
        host: String,
        /// Its port.
        port: u16,
    },
    /// Octets that came before the encryption would count as encrypted.
    #[error("{}", message!(
        "data was injected into the connection to the IMAP server {host} before STARTTLS; nothing was sent",
        "nogen satte data ind i forbindelsen til IMAP-serveren {host} før STARTTLS; intet er sendt"
    ))]
    Injected {
        /// The server.
        host: String,
    },
    /// The server is not trusted.
    #[error("{}", message!(
        "no trusted TLS connection to the IMAP server {host}: {}",
        "ingen sikker TLS-forbindelse til IMAP-serveren {host}: {}",
        ImapTlsFailure(failure)
    ))]
    Tls {
        /// The server.
        host: String,
        /// What is wrong.
        failure: TlsFailure,
    },
    /// The password would cross a network unencrypted.
    #[error("{}", message!(
        "inbox.security is none and {host} is not this machine: the password would be sent in plaintext",
        "inbox.security er none, og {host} er ikke denne maskine: adgangskoden ville blive sendt i klartekst"
    ))]
    PlaintextLogin {
        /// The server.
        host: String,
    },
    /// The server offers no kind of login that is set.
    #[error("{}", message!(
        "the IMAP server {host} offers no login that matches inbox.auth",
        "IMAP-serveren {host} tilbyder ikke et login, der passer til inbox.auth"
    ))]
    NoLogin {
        /// The server.
        host: String,
    },
    /// The server refuses the login.
    #[error("{}", message!(
        "the IMAP server {host} refused the login: {reply}; check inbox.username and the password or token",
        "IMAP-serveren {host} afviste login: {reply}; kontrollér inbox.username og adgangskoden eller tokenet"
    ))]
    LoginRefused {
        /// The server.
        host: String,
        /// What it said.
        reply: ServerText,
    },
    /// The server refused the password or the token, which may have expired, and there is no new one.
    #[error("{}", message!(
        "the IMAP server {host} refused the login, and there is no new token or password: {reason}",
        "IMAP-serveren {host} afviste login, og der er hverken et nyt token eller en ny adgangskode: {reason}"
    ))]
    NotRenewed {
        /// The server.
        host: String,
        /// Why there is none.
        reason: RenewalError,
    },
    /// The server has no such folder, or does not open it.
    #[error("{}", message!(
        "the IMAP server {host} does not open the folder `{folder}`: {reply}",
        "IMAP-serveren {host} åbner ikke mappen `{folder}`: {reply}"
    ))]
    NoFolder {
        /// The server.
        host: String,
        /// The folder.
        folder: String,
        /// What it said.
        reply: ServerText,
    },
    /// The server refuses a command.
    #[error("{}", message!(
        "the IMAP server {host} refused {at}: {reply}",
        "IMAP-serveren {host} sagde nej {at}: {reply}"
    ))]
    Refused {
        /// The server.
        host: String,
        /// At which step.
        at: ImapStep,
        /// What it said.
        reply: ServerText,
    },
    /// The server has renumbered the folder: a number may mean another message now.
    #[error("{}", message!(
        "the IMAP server {host} renumbered the messages (UIDVALIDITY) during the session; nothing was moved",
        "IMAP-serveren {host} gav undervejs alle mails nye numre (UIDVALIDITY); intet er flyttet"
    ))]
    Renumbered {
        /// The server.
        host: String,
    },
}

impl ImapError {
    /// How to fix it.
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
        let text = match self {
            Self::Greeting => message!("at the greeting", "ved hilsenen"),
            Self::Capability => message!("at CAPABILITY", "ved CAPABILITY"),
            Self::StartTls => message!("at STARTTLS", "ved STARTTLS"),
            Self::Login => message!("at the login", "ved login"),
            Self::Select => message!("at SELECT", "ved SELECT"),
            Self::Search => message!("at SEARCH", "ved SEARCH"),
            Self::Fetch => message!("at FETCH", "ved FETCH"),
            Self::Move => message!("at MOVE", "ved MOVE"),
        };
        text.fmt(f)
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
        let text = match self {
            Self::TooLong => message!("it is too long", "det er for langt"),
            Self::Literal => {
                message!("a literal is larger than was asked for", "en literal er større, end der blev bedt om")
            }
            Self::Nesting => message!("its parentheses do not match", "dets parenteser passer ikke sammen"),
            Self::OutOfStep => message!("it replies to another command", "det svarer på en anden kommando"),
            Self::TooMany => message!("there are too many replies", "der er for mange svar"),
            Self::LineEnd => message!("a line does not end with CR LF", "en linje slutter ikke med CR LF"),
        };
        text.fmt(f)
    }
}

/// A server's text: safe to print, and without the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerText(pub(super) String);

impl fmt::Display for ServerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            message!("it gives no reason", "den giver ingen grund").fmt(f)
        } else {
            f.write_str(&self.0)
        }
    }
}

/// A failure of TLS with the names of the settings of a mailbox.
struct ImapTlsFailure<'a>(&'a TlsFailure);

impl fmt::Display for ImapTlsFailure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            TlsFailure::UnknownIssuer => {
                write!(
                    f,
                    "{}",
                    message!(
                        "its certificate is not signed by a trusted CA; set inbox.ca_file for a CA of your own",
                        "dens certifikat er ikke udstedt af en betroet CA; skriv inbox.ca_file, hvis I har jeres egen CA"
                    )
                )
            }
            TlsFailure::WrongName => {
                write!(
                    f,
                    "{}",
                    message!(
                        "its certificate is for another name; inbox.host must be the name on the certificate",
                        "dens certifikat gælder et andet navn; inbox.host skal være navnet på certifikatet"
                    )
                )
            }
            TlsFailure::CaCertificate => write!(
                f,
                "{}",
                message!(
                    "its certificate is that of a CA, and not one of a server; the server's operator must issue one for it",
                    "dens certifikat er en CA's og ikke en servers; dem, der driver serveren, skal udstede et til den"
                )
            ),
            TlsFailure::Expired => write!(
                f,
                "{}",
                message!(
                    "its certificate has expired; the server's operator must renew it",
                    "dens certifikat er udløbet; dem, der driver serveren, skal forny det"
                )
            ),
            TlsFailure::Certificate(cause) => {
                write!(f, "{}", message!("its certificate is invalid: {cause}", "dens certifikat er ugyldigt: {cause}"))
            }
            TlsFailure::Protocol(error) => {
                write!(
                    f,
                    "{}",
                    message!(
                        "{error}; write security: tls for port 993, and security: starttls for port 143",
                        "{error}; skriv security: tls ved port 993 og security: starttls ved port 143"
                    )
                )
            }
        }
    }
}
