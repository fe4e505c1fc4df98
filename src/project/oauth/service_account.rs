//! A service account of Google: it signs a claim that it acts for a mailbox, and gets a token for that (RFC 7523 §2.1).

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::base::error::Error;
use crate::base::message::Message;
use crate::base::secret::Secret;
use crate::letter::dkim::key::{Algorithm, PrivateKey};
use crate::project::oauth::error::OAuthError;
use crate::project::secrets;

/// How long a claim is valid, in seconds: the longest that Google accepts.
const LIFETIME: i64 = 3600;

/// A service account, as its file describes it.
#[derive(Debug)]
pub(super) struct ServiceAccount {
    email: String,
    key_id: Option<String>,
    key: PrivateKey,
}

impl ServiceAccount {
    /// Reads the file that Google gives for a key; `name` is the file in words.
    pub(super) fn read(path: &Path, name: Message) -> Result<Self, OAuthError> {
        let unread = |source| Error::Secret { what: name, source: Box::new(source) };
        let text = secrets::text_of(path).map_err(unread)?;
        // If the file is missing, this message is better.
        secrets::check_permissions(path)?;
        let no_key = || OAuthError::NoKey { path: path.to_owned(), source: None };
        let value: Value = serde_json::from_str(&text).map_err(|_| no_key())?;
        let field = |key: &str| value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let (Some("service_account"), Some(email), Some(key)) =
            (field("type"), field("client_email"), field("private_key"))
        else {
            return Err(no_key());
        };
        let key = PrivateKey::parse(key)
            .map_err(|error| OAuthError::NoKey { path: path.to_owned(), source: Some(Box::new(error)) })?;
        if key.algorithm() != Algorithm::Rsa {
            return Err(no_key());
        }
        Ok(Self { email: email.to_owned(), key_id: field("private_key_id").map(str::to_owned), key })
    }

    /// A signed claim to act for a mailbox: a JSON Web Token (RFC 7519) with RS256 (RFC 7518 §3.3).
    pub(super) fn assertion(&self, mailbox: &str, scope: &str, server: &str, now: Timestamp) -> Option<Secret> {
        let mut head = json!({ "alg": "RS256", "typ": "JWT" });
        if let Some(id) = &self.key_id {
            head["kid"] = json!(id);
        }
        let issued = now.as_second();
        let claims = json!({
            "iss": self.email,
            "sub": mailbox,
            "scope": scope,
            "aud": server,
            "iat": issued,
            "exp": issued + LIFETIME,
        });
        let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&head), encode(&claims));
        let signature = self.key.sign(signed.as_bytes()).ok()?;
        Some(Secret::new(format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))))
    }
}
