//! Sends requests to a token server.

use jiff::{SignedDuration, Timestamp};

use crate::project::oauth::answer::{self, ServerRefusal};
use crate::project::oauth::error::OAuthError;
use crate::project::oauth::remedy::remedy;
use crate::project::online::token_server::{self, FormField, FormReply, TokenServerFault};
use crate::project::settings::oauth::OAuthProvider;

/// A larger difference between the clocks is mentioned in messages.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// What a server answered.
pub(super) enum TokenReply<T> {
    /// The requested value.
    Given(T),
    /// It refuses.
    Refused(TokenRefusal),
}

/// A refusal, with what is known about its reason.
pub(super) struct TokenRefusal {
    /// The server's reason.
    pub(super) refusal: ServerRefusal,
    /// How far this machine's clock is ahead of the server's, if it is far.
    clock: Option<SignedDuration>,
}

impl TokenRefusal {
    pub(super) fn into_error(self, provider: OAuthProvider) -> OAuthError {
        let remedy = remedy(provider, &self.refusal);
        let ServerRefusal { code, words } = self.refusal;
        OAuthError::Refused { provider, code, words, clock: self.clock, remedy }
    }
}

/// Sends a form, and reads the answer with `read`.
pub(super) fn ask<T>(
    url: &str,
    form: &[FormField<'_>],
    read: fn(&str) -> Option<T>,
    now: Timestamp,
) -> Result<TokenReply<T>, OAuthError> {
    let unavailable = |fault| OAuthError::Unavailable { host: host(url), fault };
    let FormReply { status, body, date } = token_server::post(url, form).map_err(unavailable)?;
    if status == 200 {
        return read(&body).map(TokenReply::Given).ok_or_else(|| unavailable(TokenServerFault::NoAnswer(status)));
    }
    let refusal = answer::refusal(&body).filter(|_| (400..500).contains(&status) && status != 429);
    match refusal {
        // RFC 6749 §4.1.2.1 has these two for a server that cannot answer now.
        Some(refusal) if !["temporarily_unavailable", "server_error"].contains(&refusal.code.as_str()) => {
            let ahead = date.map(|date| now.duration_since(date)).filter(|ahead| ahead.abs() > CLOCK_TOLERANCE);
            Ok(TokenReply::Refused(TokenRefusal { refusal: without_secrets(refusal, form), clock: ahead }))
        }
        Some(_) => Err(unavailable(TokenServerFault::Status(status))),
        None if status == 429 || status >= 500 => Err(unavailable(TokenServerFault::Status(status))),
        None => Err(unavailable(TokenServerFault::NoAnswer(status))),
    }
}

/// Removes secrets from a server's words: it may repeat what it was sent.
fn without_secrets(refusal: ServerRefusal, form: &[FormField<'_>]) -> ServerRefusal {
    let repeats = |text: &str| form.iter().filter_map(FormField::secret).any(|secret| text.contains(secret));
    ServerRefusal {
        words: if repeats(&refusal.words) { String::new() } else { refusal.words },
        code: if repeats(&refusal.code) { "error".to_owned() } else { refusal.code },
    }
}

fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).to_owned()
}
