//! Logs in with a code that a person types on another machine (RFC 8628).

use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::base::error::Error;
use crate::project::oauth::answer::{self, DeviceGrant};
use crate::project::oauth::error::OAuthError;
use crate::project::oauth::stored_token::StoredToken;
use crate::project::oauth::token_request::{self, TokenReply};
use crate::project::oauth::tokens::AccessTokens;
use crate::project::online::token_server::{FormField, TokenServerFault};
use crate::project::settings::oauth::{MicrosoftClient, OAuthGrant};

/// By how much a pause grows when the server asks to slow down (RFC 8628 §3.5).
const SLOWER: Duration = Duration::from_secs(5);
const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A login that waits for a person.
#[derive(Debug)]
pub struct DeviceLogin<'a> {
    tokens: &'a AccessTokens,
    client: &'a MicrosoftClient,
    grant: DeviceGrant,
    begun: Timestamp,
}

impl AccessTokens {
    /// Asks for a code; absent if no person needs to log in.
    ///
    /// # Errors
    ///
    /// The server refuses or cannot be reached, or the tokens could not be written, which is checked before anyone logs
    /// in.
    pub fn begin_login(&self) -> Result<Option<DeviceLogin<'_>>, Error> {
        let OAuthGrant::Device { client, .. } = &self.settings.grant else { return Ok(None) };
        let lock = self.file.lock()?;
        drop(self.file.begin(&lock)?);
        let form = [FormField::Plain("client_id", &client.id), FormField::Plain("scope", &self.scope)];
        let url = format!("{}/devicecode", self.microsoft_server(client));
        let begun = Timestamp::now();
        match token_request::ask(&url, &form, answer::device, begun)? {
            TokenReply::Given(grant) => Ok(Some(DeviceLogin { tokens: self, client, grant, begun })),
            TokenReply::Refused(refusal) => Err(refusal.into_error(self.settings.provider()).into()),
        }
    }
}

impl DeviceLogin<'_> {
    /// The page to open.
    pub fn page(&self) -> &str {
        &self.grant.page
    }

    /// The code to type there.
    pub fn code(&self) -> &str {
        &self.grant.user_code
    }

    /// How long it is valid.
    pub fn lifetime(&self) -> Duration {
        self.grant.lifetime
    }

    /// Waits until the person has logged in, and stores the tokens.
    ///
    /// # Errors
    ///
    /// The person declined or was too late, or the tokens cannot be written.
    pub fn finish(self) -> Result<(), Error> {
        let provider = self.tokens.settings.provider();
        let form = [
            FormField::Plain("grant_type", GRANT),
            FormField::Plain("client_id", &self.client.id),
            FormField::Hidden("device_code", &self.grant.device_code),
        ];
        let url = format!("{}/token", self.tokens.microsoft_server(self.client));
        let mut pause = self.grant.interval;
        let grant = loop {
            self.wait(pause)?;
            pause = match token_request::ask(&url, &form, answer::token, Timestamp::now()) {
                Ok(TokenReply::Given(grant)) => break grant,
                Ok(TokenReply::Refused(refused)) => match next_pause(&refused.refusal.code, pause) {
                    Some(next) => next,
                    None => return Err(refused.into_error(provider).into()),
                },
                // RFC 8628 §3.5: after a timeout the pause doubles. The person may be logging in meanwhile.
                Err(OAuthError::Unavailable { fault: TokenServerFault::Silent(_), .. }) => pause * 2,
                Err(OAuthError::Unavailable { fault: TokenServerFault::Status(_), .. }) => pause + SLOWER,
                Err(error) => return Err(error.into()),
            };
        };
        let lock = self.tokens.file.lock()?;
        let next = self.tokens.file.begin(&lock)?;
        let owner = self.tokens.owner(self.client);
        let token = StoredToken::first(owner, &self.tokens.scope, grant, Timestamp::now())
            .ok_or(OAuthError::NoRefreshToken { provider })?;
        next.finish(&token.text())
    }

    /// Waits, unless the code expires meanwhile.
    fn wait(&self, pause: Duration) -> Result<(), OAuthError> {
        let passed = Timestamp::now().duration_since(self.begun);
        let lifetime = SignedDuration::try_from(self.grant.lifetime).unwrap_or(SignedDuration::MAX);
        let end = passed.saturating_add(SignedDuration::try_from(pause).unwrap_or(SignedDuration::MAX));
        if end > lifetime {
            let provider = self.tokens.settings.provider();
            return Err(OAuthError::CodeExpired { provider, lifetime: self.grant.lifetime });
        }
        thread::sleep(pause);
        Ok(())
    }
}

/// The pause before the next question; absent: the server has decided.
fn next_pause(code: &str, pause: Duration) -> Option<Duration> {
    match code {
        "authorization_pending" => Some(pause),
        "slow_down" => Some(pause + SLOWER),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_may_ask_to_slow_down() {
        let seconds = Duration::from_secs;
        assert_eq!(next_pause("authorization_pending", seconds(5)), Some(seconds(5)));
        assert_eq!(next_pause("slow_down", seconds(5)), Some(seconds(10)));
        for code in ["access_denied", "authorization_declined", "expired_token", "bad_verification_code", ""] {
            assert_eq!(next_pause(code, seconds(5)), None, "{code}");
        }
    }
}
