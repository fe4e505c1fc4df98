//! The options of a relay.

use std::error::Error as StdError;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::extension::ClientId;
use thiserror::Error as ThisError;

use crate::base::message::message;
use crate::base::secret::Secret;
use crate::delivery::outcome::SmtpStep;

/// A relay, and how to reach it.
#[derive(Clone, Debug)]
pub struct SmtpOptions {
    /// Its name, which its certificate must be for; or its IP address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
    /// The login; absent: none.
    pub login: Option<Login>,
    /// A file of PEM certificates that are trusted instead of those the machine trusts; absent: the machine's.
    pub ca_file: Option<PathBuf>,
    /// The name given with EHLO; absent: the address this machine has on the connection.
    pub hello: Option<HelloName>,
    /// How many connections may be open at once; zero counts as one.
    pub connections: usize,
    /// How many letters go through one connection before it is replaced.
    pub letters_per_connection: NonZeroUsize,
    /// How long to wait for replies.
    pub timeouts: Timeouts,
}

/// The default of letters per connection. Exim replies 421 after 1000 letters unless it is configured otherwise
/// (`smtp_accept_max_per_connection`), and Postfix does not count.
pub const LETTERS_PER_CONNECTION: NonZeroUsize = NonZeroUsize::MIN.saturating_add(999);

impl SmtpOptions {
    /// A relay with the defaults: submission with STARTTLS, without a login.
    pub fn new(host: String) -> Self {
        let security = Security::default();
        Self {
            host,
            port: security.port(),
            security,
            login: None,
            ca_file: None,
            hello: None,
            connections: 4,
            letters_per_connection: LETTERS_PER_CONNECTION,
            timeouts: Timeouts::default(),
        }
    }
}

/// How a connection is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// It starts as plaintext and is encrypted with STARTTLS before a login or a letter; a relay without it is not
    /// used.
    #[default]
    StartTls,
    /// It is encrypted from the first octet.
    Tls,
    /// It is not encrypted.
    None,
}

impl Security {
    /// Its usual port.
    pub fn port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

/// A login at the relay.
#[derive(Clone, Debug)]
pub struct Login {
    /// The user name.
    pub username: String,
    /// The password, or the token for [`AuthMechanism::XOAuth2`].
    pub password: Secret,
    /// How to get a new password once the relay refuses this one; absent: not possible.
    pub renewal: Option<PasswordRenewal>,
    /// The mechanism; absent: the best that is offered, PLAIN before LOGIN.
    pub auth: Option<AuthMechanism>,
}

/// Gets a new password: a token is valid for an hour, and a run may take longer.
#[derive(Clone)]
pub struct PasswordRenewal(Arc<dyn Fn() -> Result<Secret, RenewalError> + Send + Sync>);

/// Why there is no new password.
#[derive(Debug, ThisError)]
pub enum RenewalError {
    /// None at the moment; a later run may get one.
    #[error("{0}")]
    Unavailable(Box<dyn StdError + Send + Sync>),
    /// None until the user acts.
    #[error("{0}")]
    Refused(Box<dyn StdError + Send + Sync>),
}

impl PasswordRenewal {
    /// Asks with this function.
    pub fn new(ask: impl Fn() -> Result<Secret, RenewalError> + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    pub(crate) fn ask(&self) -> Result<Secret, RenewalError> {
        (self.0)()
    }
}

impl fmt::Debug for PasswordRenewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordRenewal(…)")
    }
}

/// A mechanism of AUTH.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMechanism {
    /// `AUTH PLAIN`.
    Plain,
    /// `AUTH LOGIN`.
    Login,
    /// `AUTH XOAUTH2`, with an access token for a password: Microsoft 365 and Gmail.
    XOAuth2,
}

/// The name this machine gives with EHLO: a full domain name, or an address in brackets (RFC 5321 §4.1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelloName(ClientId);

/// A text is not a valid name for EHLO.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
#[error("{}", message!(
    "invalid name for EHLO: write a full domain name such as mail.example.org, or an address such as [192.0.2.1]",
    "ugyldigt navn til EHLO: skriv et helt domænenavn som mail.example.org eller en adresse som [192.0.2.1]"
))]
pub struct HelloNameError;

impl HelloName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, HelloNameError> {
        if let Some(literal) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let address = match literal.strip_prefix("IPv6:") {
                Some(six) => six.parse::<Ipv6Addr>().map(ClientId::Ipv6),
                None => literal.parse::<Ipv4Addr>().map(ClientId::Ipv4),
            };
            return address.map(Self).map_err(|_| HelloNameError);
        }
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let is_full = text.contains('.') && text.len() <= 253 && text.split('.').all(is_label);
        if is_full { Ok(Self(ClientId::Domain(text.to_owned()))) } else { Err(HelloNameError) }
    }

    pub(crate) fn client_id(&self) -> &ClientId {
        &self.0
    }
}

/// How long to wait. Each reply has one deadline as a whole: a relay that sends an octet a second does not extend it.
/// The defaults are those of RFC 5321 §4.5.3.2, except for `connect`, `first_greeting` and `quit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection to one of the relay's addresses.
    pub connect: Duration,
    /// For the relay's greeting.
    pub greeting: Duration,
    /// For the first greeting of a run, if that is shorter: a port that expects another kind of encryption never greets.
    pub first_greeting: Duration,
    /// For each reply but those below, and for the TLS handshake.
    pub command: Duration,
    /// For the reply to DATA.
    pub data: Duration,
    /// For sending the letter.
    pub body: Duration,
    /// For the reply to the letter. A shorter time leaves more letters in doubt.
    pub dot: Duration,
    /// For the reply to QUIT, which does not matter.
    pub quit: Duration,
}

impl Timeouts {
    /// For the reply at a step.
    pub(crate) fn at(&self, step: SmtpStep) -> Duration {
        match step {
            SmtpStep::Greeting => self.greeting,
            SmtpStep::Data => self.data,
            SmtpStep::Body => self.body,
            SmtpStep::Dot => self.dot,
            SmtpStep::Quit => self.quit,
            SmtpStep::Hello
            | SmtpStep::Tls
            | SmtpStep::Login
            | SmtpStep::Sender
            | SmtpStep::Recipient
            | SmtpStep::Reset => self.command,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            greeting: Duration::from_secs(5 * 60),
            first_greeting: Duration::from_secs(30),
            command: Duration::from_secs(5 * 60),
            data: Duration::from_secs(2 * 60),
            body: Duration::from_secs(3 * 60),
            dot: Duration::from_secs(10 * 60),
            quit: Duration::from_secs(5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_stays_one() {
        let password = Secret::new("hemmelig".into());
        let login = Login { username: "anna".into(), password, renewal: None, auth: None };
        assert_eq!(format!("{login:?}"), "Login { username: \"anna\", password: …, renewal: None, auth: None }");
    }

    #[test]
    fn a_name_for_ehlo_is_full() {
        for good in ["mail.example.org", "[127.0.0.1]", "[IPv6:::1]", "x-1.example"] {
            let name = HelloName::parse(good).unwrap();
            assert_eq!(name.client_id().to_string(), good);
        }
        for bad in ["", "localhost", "a b.example", "a..example", "-a.example", "[1.2.3]", "a.example\r\nX", "æ.dk"] {
            assert_eq!(HelloName::parse(bad), Err(HelloNameError), "{bad}");
        }
    }
}
