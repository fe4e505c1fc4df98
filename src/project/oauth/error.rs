//! Why there is no access token.

use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;
use thiserror::Error as ThisError;

use crate::base::error::{Error, LoginFault};
use crate::base::message::{Message, message};
use crate::project::online::token_server::TokenServerFault;
use crate::project::settings::oauth::OAuthProvider;

/// Why there is no access token.
#[derive(Debug, ThisError)]
pub enum OAuthError {
    /// No one has logged in on this machine.
    #[error("{}", message!(
        "not logged in to {}: run `newsletter login {}`",
        "ikke logget ind hos {}: kør `newsletter login {}`",
        provider.name(), provider.key()
    ))]
    NotLoggedIn {
        /// The service.
        provider: OAuthProvider,
    },
    /// The file of the tokens is damaged.
    #[error("{}", message!(
        "{} is damaged: run `newsletter login {}`",
        "{} er ødelagt: kør `newsletter login {}`",
        path.display(), provider.key()
    ))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The service.
        provider: OAuthProvider,
    },
    /// The tokens were given to another application, or by another server.
    #[error("{}", message!(
        "{} is for another `tenant`, `client_id` or `token_server`: run `newsletter login {}`",
        "{} er til en anden `tenant`, `client_id` eller `token_server`: kør `newsletter login {}`",
        path.display(), provider.key()
    ))]
    OtherClient {
        /// The file.
        path: PathBuf,
        /// The service.
        provider: OAuthProvider,
    },
    /// The file of a service account cannot be used.
    #[error("{}", message!(
        "{} is not a service account's key in JSON, as Google gives it",
        "{} er ikke en servicekontos nøgle i JSON, som Google giver den",
        path.display()
    ))]
    NoKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with the key in it; absent: it has none.
        source: Option<Box<dyn StdError + Send + Sync>>,
    },
    /// The server refuses.
    #[error("{}", message!(
        "{} refuses: {code}{}{}; {remedy}",
        "{} siger nej: {code}{}{}; {remedy}",
        provider.name(), InBrackets(words), ClockText(*clock)
    ))]
    Refused {
        /// The service.
        provider: OAuthProvider,
        /// The code of RFC 6749 §5.2.
        code: String,
        /// The server's own words, without secrets.
        words: String,
        /// How far this machine's clock is ahead of the server's, if that may be the reason.
        clock: Option<SignedDuration>,
        /// What to do.
        remedy: Message,
    },
    /// No one logged in while the code was valid.
    #[error("{}", message!(
        "nobody logged in within {} s: run `newsletter login {}` again",
        "ingen loggede ind inden for {} sekunder: kør `newsletter login {}` igen",
        lifetime.as_secs(), provider.key()
    ))]
    CodeExpired {
        /// The service.
        provider: OAuthProvider,
        /// How long the code was valid.
        lifetime: Duration,
    },
    /// The login has ended without a token that lasts.
    #[error("{}", message!(
        "{} gave no refresh token: add `offline_access` to `scopes` under `oauth`",
        "{} gav intet refresh token: skriv `offline_access` i `scopes` under `oauth`",
        provider.name()
    ))]
    NoRefreshToken {
        /// The service.
        provider: OAuthProvider,
    },
    /// The server cannot be reached, or does not answer as a token server does.
    #[error("{host}: {fault}")]
    Unavailable {
        /// The server.
        host: String,
        /// What happened.
        fault: TokenServerFault,
    },
    /// Another run has held the lock for too long.
    #[error("{}", message!(
        "another run has been renewing the token for {} s; run again",
        "en anden kørsel har været ved at forny tokenet i {} sekunder; kør igen",
        waited.as_secs()
    ))]
    Locked {
        /// How long this one waited.
        waited: Duration,
    },
    /// A file or a secret cannot be read or written.
    #[error(transparent)]
    Project(#[from] Error),
}

impl From<OAuthError> for Error {
    fn from(error: OAuthError) -> Self {
        let fault = match &error {
            OAuthError::NotLoggedIn { .. }
            | OAuthError::Damaged { .. }
            | OAuthError::OtherClient { .. }
            | OAuthError::NoKey { .. }
            | OAuthError::Project(_) => LoginFault::Settings,
            OAuthError::Refused { .. } | OAuthError::CodeExpired { .. } | OAuthError::NoRefreshToken { .. } => {
                LoginFault::Refused
            }
            OAuthError::Unavailable { .. } | OAuthError::Locked { .. } => LoginFault::Unavailable,
        };
        match error {
            OAuthError::Project(error) => error,
            error => Self::Login { fault, source: Box::new(error) },
        }
    }
}

/// A server's words in brackets; nothing if it has none.
struct InBrackets<'a>(&'a str);

impl fmt::Display for InBrackets<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " ({})", self.0) }
    }
}

/// What is wrong with this machine's clock.
struct ClockText(Option<SignedDuration>);

impl fmt::Display for ClockText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(ahead) = self.0 else { return Ok(()) };
        let minutes = ahead.abs().as_mins();
        let text = if ahead.is_negative() {
            message!(
                "; this machine's clock is {minutes} minutes behind the server's",
                "; maskinens ur er {minutes} minutter bagud for serverens"
            )
        } else {
            message!(
                "; this machine's clock is {minutes} minutes ahead of the server's",
                "; maskinens ur er {minutes} minutter foran serverens"
            )
        };
        text.fmt(f)
    }
}
