//! Why no SMTP session was opened: what is wrong, and what to look at.

use std::io;
use std::time::Duration;

use thiserror::Error as ThisError;

use crate::base::message::message;
use crate::delivery::outcome::{FailureReason, Reply};
use crate::delivery::smtp::login::TokenFault;
use crate::delivery::smtp::options::RenewalError;
use crate::delivery::smtp::tls::TlsFailure;
use crate::delivery::transport::OpenError;

/// Why no SMTP session was opened.
#[derive(Debug, ThisError)]
pub(super) enum SmtpOpenError {
    /// The relay's name has no address.
    #[error("{}", message!(
        "cannot find the relay {host}; check smtp.host and this machine's DNS",
        "kan ikke finde mailserveren {host}; kontrollér smtp.host og maskinens DNS"
    ))]
    UnknownHost { host: String, source: io::Error },
    /// No address accepts a connection; the source is the error of the last one that was tried.
    #[error("{}", message!(
        "cannot connect to the relay {host}, port {port}; check smtp.host, smtp.port and the firewall",
        "kan ikke få forbindelse til mailserveren {host}, port {port}; kontrollér smtp.host, smtp.port og firewallen"
    ))]
    Unreachable { host: String, port: u16, source: io::Error },
    /// The connection broke before it could be used.
    #[error("{}", message!(
        "no connection to the relay {host}: {reason}",
        "ingen forbindelse til mailserveren {host}: {reason}"
    ))]
    Broken { host: String, reason: FailureReason },
    /// The relay accepts the connection and does not greet.
    #[error("{}", message!(
        "the relay {host}, port {port}, sent no greeting within {} s; if the port expects TLS from the start, as 465 does, set smtp.security: tls",
        "mailserveren {host}, port {port}, hilste ikke inden for {} sekunder; venter porten TLS fra starten, som 465 gør, så skriv smtp.security: tls",
        waited.as_secs_f32()
    ))]
    Silent { host: String, port: u16, waited: Duration },
    /// The relay accepts the connection and does not answer the TLS handshake.
    #[error("{}", message!(
        "the relay {host}, port {port}, did not reply to the TLS handshake within {} s; for the ports 587 and 25 set smtp.security: starttls",
        "mailserveren {host}, port {port}, svarede ikke på TLS inden for {} sekunder; skriv smtp.security: starttls ved port 587 og 25",
        waited.as_secs_f32()
    ))]
    SilentHandshake { host: String, port: u16, waited: Duration },
    /// The relay refuses for the moment (4xx).
    #[error("{}", message!("the relay {host} is busy: {reply}", "mailserveren {host} har travlt: {reply}"))]
    Busy { host: String, reply: Reply },
    /// The relay refuses this machine.
    #[error("{}", message!(
        "the relay {host} refuses this machine: {reply}; ask the relay's operator to allow it",
        "mailserveren {host} afviser denne maskine: {reply}; bed dem, der driver den, om at give maskinen lov"
    ))]
    ClientRefused { host: String, reply: Reply },
    /// The relay does not offer STARTTLS.
    #[error("{}", message!(
        "the relay {host}, port {port}, does not offer STARTTLS, so the connection would not be encrypted; nothing was sent. For port 465, set `smtp.security: tls`; `security: none` is for relays on this machine or in your own network",
        "mailserveren {host}, port {port}, tilbyder ikke STARTTLS, så forbindelsen ville ikke være krypteret; intet er sendt. Skriv `smtp.security: tls` ved port 465; `security: none` er til mailservere på denne maskine eller jeres eget netværk"
    ))]
    NoStartTls { host: String, port: u16 },
    /// The relay offers STARTTLS and then refuses it.
    #[error("{}", message!(
        "the relay {host} refuses STARTTLS: {reply}",
        "mailserveren {host} afviser STARTTLS: {reply}"
    ))]
    StartTlsRefused { host: String, reply: Reply },
    /// Octets followed the reply to STARTTLS outside the encryption: anyone on the path could have injected them.
    #[error("{}", message!(
        "data was injected into the connection to the relay {host} before STARTTLS; nothing was sent",
        "nogen satte data ind i forbindelsen til mailserveren {host} før STARTTLS; intet er sendt"
    ))]
    Injected { host: String },
    /// TLS could not be negotiated, or the relay's certificate is not trusted.
    #[error("{}", message!(
        "no trusted TLS connection to the relay {host}: {failure}",
        "ingen sikker TLS-forbindelse til mailserveren {host}: {failure}"
    ))]
    Tls { host: String, failure: TlsFailure },
    /// A login is set, but the relay offers no mechanism that the program supports; `offered` is `none` if it offers
    /// none at all.
    #[error("{}", message!(
        "the relay {host} offers no login that matches smtp.auth (it offers: {offered}); is the port right?",
        "mailserveren {host} tilbyder ikke et login, der passer til smtp.auth (den tilbyder: {offered}); er porten rigtig?"
    ))]
    NoLogin { host: String, offered: String },
    /// The relay refused the login.
    #[error("{}", message!(
        "the relay {host} refused the login: {reply}; check smtp.username and the password",
        "mailserveren {host} afviste login: {reply}; kontrollér smtp.username og adgangskoden"
    ))]
    LoginRefused { host: String, reply: Reply },
    /// The relay refuses the access token.
    #[error("{}", message!(
        "the relay {host} refuses the access token: {reply}; {fault}. Check smtp.username, and where the token is from: `newsletter login`, or smtp.password_command",
        "mailserveren {host} afviser adgangstokenet: {reply}; {fault}. Kontrollér smtp.username, og hvor tokenet kommer fra: `newsletter login` eller smtp.password_command"
    ))]
    TokenRefused { host: String, reply: Reply, fault: TokenFault },
    /// The relay refused the password or the token, which may have expired, and there is no new one.
    #[error("{}", message!(
        "the relay {host} refused the login, and there is no new token or password: {reason}",
        "mailserveren {host} afviste login, og der er hverken et nyt token eller en ny adgangskode: {reason}"
    ))]
    NotRenewed { host: String, reason: RenewalError },
    /// The password would cross a network unencrypted.
    #[error("{}", message!(
        "smtp.security is none and {host} is not this machine: the password would be sent in plaintext",
        "smtp.security er none, og {host} er ikke denne maskine: adgangskoden ville blive sendt i klartekst"
    ))]
    PlaintextLogin { host: String },
}

impl From<SmtpOpenError> for OpenError {
    fn from(error: SmtpOpenError) -> Self {
        match error {
            SmtpOpenError::Silent { .. }
            | SmtpOpenError::SilentHandshake { .. }
            | SmtpOpenError::Broken { reason: FailureReason::TimedOut { .. }, .. } => Self::Silent(Box::new(error)),
            SmtpOpenError::UnknownHost { .. }
            | SmtpOpenError::NotRenewed { reason: RenewalError::Unavailable(_), .. }
            | SmtpOpenError::Unreachable { .. }
            | SmtpOpenError::Broken { .. }
            | SmtpOpenError::Busy { .. } => Self::Unreachable(Box::new(error)),
            SmtpOpenError::ClientRefused { .. }
            | SmtpOpenError::NoStartTls { .. }
            | SmtpOpenError::StartTlsRefused { .. }
            | SmtpOpenError::Injected { .. }
            | SmtpOpenError::Tls { .. }
            | SmtpOpenError::NoLogin { .. }
            | SmtpOpenError::LoginRefused { .. }
            | SmtpOpenError::NotRenewed { reason: RenewalError::Refused(_), .. }
            | SmtpOpenError::TokenRefused { .. } => Self::Refused(Box::new(error)),
            SmtpOpenError::PlaintextLogin { .. } => Self::Settings(Box::new(error)),
        }
    }
}
