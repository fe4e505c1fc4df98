//! The stored data of a login: its owner and its tokens.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::base::secret::Secret;
use crate::project::oauth::answer::TokenGrant;

/// The form of the file.
const FORMAT: u64 = 1;
/// A token that is valid for less than this is renewed before it is used.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// Whose tokens they are. They are sent to no other server, and for no other application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TokenOwner {
    /// The token server, with the directory.
    pub(super) server: String,
    /// The application.
    pub(super) client_id: String,
}

/// The tokens of a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StoredToken {
    /// Whose they are.
    pub(super) owner: TokenOwner,
    /// What gets the next access token.
    pub(super) refresh_token: Secret,
    /// The access token.
    access_token: Secret,
    /// What it was requested for.
    scope: String,
    /// When it was given, by this machine's clock.
    given: Timestamp,
    /// How long it is valid from then.
    lifetime: Duration,
}

impl StoredToken {
    /// The first tokens of a login; absent: no refresh token was given.
    pub(super) fn first(owner: TokenOwner, scope: &str, grant: TokenGrant, now: Timestamp) -> Option<Self> {
        let TokenGrant { access_token, lifetime, refresh_token } = grant;
        let refresh_token = refresh_token?;
        Some(Self { owner, refresh_token, access_token, scope: scope.to_owned(), given: now, lifetime })
    }

    /// The next tokens. The refresh token stays if the server gives no other (RFC 6749 §6).
    pub(super) fn renewed(&self, scope: &str, grant: TokenGrant, now: Timestamp) -> Self {
        Self {
            owner: self.owner.clone(),
            refresh_token: grant.refresh_token.unwrap_or_else(|| self.refresh_token.clone()),
            access_token: grant.access_token,
            scope: scope.to_owned(),
            given: now,
            lifetime: grant.lifetime,
        }
    }

    /// The access token, if it can be used. If the clock was set back, its age is unknown.
    pub(super) fn usable(&self, scope: &str, refused: Option<&Secret>, now: Timestamp) -> Option<&Secret> {
        let age = now.duration_since(self.given);
        let lifetime = SignedDuration::try_from(self.lifetime).unwrap_or(SignedDuration::ZERO);
        let is_fresh = !age.is_negative() && age < lifetime.saturating_sub(MARGIN.min(lifetime / 2));
        let is_usable = is_fresh && self.scope == scope && refused != Some(&self.access_token);
        is_usable.then_some(&self.access_token)
    }

    /// The access token, which was just given.
    pub(super) fn access_token(&self) -> &Secret {
        &self.access_token
    }

    /// The text of the file.
    pub(super) fn text(&self) -> String {
        let value = json!({
            "about": "Written by `newsletter login`. These are passwords: keep this file out of Git.",
            "format": FORMAT,
            "server": self.owner.server,
            "client_id": self.owner.client_id,
            "scope": self.scope,
            "given": self.given.to_string(),
            "lifetime": self.lifetime.as_secs(),
            "access_token": self.access_token.reveal(),
            "refresh_token": self.refresh_token.reveal(),
        });
        format!("{value:#}\n")
    }

    /// Reads the text of the file; `None` if it is damaged.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let field = |key: &str| value.get(key)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        if value.get("format")?.as_u64()? != FORMAT {
            return None;
        }
        Some(Self {
            owner: TokenOwner { server: field("server")?, client_id: field("client_id")? },
            refresh_token: Secret::new(field("refresh_token")?),
            access_token: Secret::new(field("access_token")?),
            scope: field("scope")?,
            given: field("given")?.parse().ok()?,
            lifetime: Duration::from_secs(value.get("lifetime")?.as_u64()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(lifetime: u64) -> StoredToken {
        let owner = TokenOwner { server: "https://a.example".to_owned(), client_id: "1".to_owned() };
        let grant = TokenGrant {
            access_token: Secret::new("access".to_owned()),
            lifetime: Duration::from_secs(lifetime),
            refresh_token: Some(Secret::new("refresh".to_owned())),
        };
        StoredToken::first(owner, "mail", grant, Timestamp::UNIX_EPOCH).unwrap()
    }

    fn after(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_token_is_used_while_it_is_valid() {
        let hour = token(3600);
        for (seconds, is_usable) in [(0, true), (3299, true), (3300, false), (4000, false), (-1, false)] {
            assert_eq!(hour.usable("mail", None, after(seconds)).is_some(), is_usable, "{seconds}");
        }
        let short = token(60);
        assert_eq!([29, 30].map(|seconds| short.usable("mail", None, after(seconds)).is_some()), [true, false]);
        assert_eq!(hour.usable("other", None, after(0)), None);
        assert_eq!(hour.usable("mail", Some(&Secret::new("access".to_owned())), after(0)), None);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let token = token(3600);
        assert_eq!(StoredToken::parse(&token.text()), Some(token.clone()));
        let text = token.text();
        for cut in [0, 1, text.len() / 2, text.len() - 3] {
            assert_eq!(StoredToken::parse(&text[..cut]), None, "{cut}");
        }
        assert_eq!(StoredToken::parse(&text.replace("\"format\": 1", "\"format\": 2")), None);
        assert_eq!(StoredToken::parse(&text.replace("\"refresh\"", "\"\"")), None);
    }

    #[test]
    fn a_refresh_token_stays_until_there_is_another() {
        let next = |refresh: Option<&str>| TokenGrant {
            access_token: Secret::new("second".to_owned()),
            lifetime: Duration::from_secs(60),
            refresh_token: refresh.map(|text| Secret::new(text.to_owned())),
        };
        let first = token(60);
        assert_eq!(first.renewed("mail", next(None), after(9)).refresh_token.reveal(), "refresh");
        assert_eq!(first.renewed("mail", next(Some("rotated")), after(9)).refresh_token.reveal(), "rotated");
        assert!(!format!("{first:?}").contains("refresh\""));
    }
}
