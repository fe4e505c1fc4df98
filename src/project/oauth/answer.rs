//! What a token server answers, in JSON (RFC 6749 §5, RFC 8628 §3.2).

use std::time::Duration;

use serde_json::{Map, Value};

use crate::base::secret::Secret;

/// The longest access token; those of Microsoft have about 2,500 characters.
const LONGEST_TOKEN: usize = 16_000;
/// How long a token is valid if the answer does not state it.
const USUAL_LIFETIME: u64 = 600;
/// A token or a code that is valid for longer is treated as valid for this long.
const LONGEST_LIFETIME: u64 = 90 * 24 * 3600;
/// How long a code is valid if the answer does not state it.
const USUAL_CODE_LIFETIME: u64 = 900;
/// The pause between two questions whether someone has logged in (RFC 8628 §3.2).
const USUAL_INTERVAL: u64 = 5;
/// The longest such pause that a server may ask for.
const LONGEST_INTERVAL: u64 = 60;

/// An access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TokenGrant {
    /// The token.
    pub(super) access_token: Secret,
    /// How long it is valid, from now.
    pub(super) lifetime: Duration,
    /// What gets the next one; absent: the former one remains valid, if any.
    pub(super) refresh_token: Option<Secret>,
}

/// A code for a person to type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DeviceGrant {
    /// The secret by which the program asks for the result.
    pub(super) device_code: Secret,
    /// The code.
    pub(super) user_code: String,
    /// The page where it is typed.
    pub(super) page: String,
    /// How long it is valid, from now.
    pub(super) lifetime: Duration,
    /// The pause between two questions.
    pub(super) interval: Duration,
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServerRefusal {
    /// The code of RFC 6749 §5.2 or RFC 8628 §3.5.
    pub(super) code: String,
    /// The server's own words; empty if it has none.
    pub(super) words: String,
}

/// Reads a token; `None` if it is not one.
pub(super) fn token(body: &str) -> Option<TokenGrant> {
    let fields = fields(body)?;
    // XOAUTH2 is a text with control characters between its parts.
    let is_token = |text: &&str| {
        !text.is_empty() && text.len() <= LONGEST_TOKEN && text.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let secret = |key: &str| fields.get(key).and_then(Value::as_str).filter(is_token).map(str::to_owned);
    let is_bearer = |kind: &Value| kind.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
    if !fields.get("token_type").is_none_or(is_bearer) {
        return None;
    }
    let lifetime = seconds(&fields, "expires_in").unwrap_or(USUAL_LIFETIME).min(LONGEST_LIFETIME);
    Some(TokenGrant {
        access_token: Secret::new(secret("access_token")?),
        lifetime: Duration::from_secs(lifetime),
        refresh_token: secret("refresh_token").map(Secret::new),
    })
}

/// Reads a code for a person; `None` if it is not one.
pub(super) fn device(body: &str) -> Option<DeviceGrant> {
    let fields = fields(body)?;
    let text = |key: &str| fields.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let user_code =
        text("user_code").filter(|code| code.len() <= 64 && code.bytes().all(|byte| matches!(byte, b' '..=b'~')))?;
    // Google uses the name of an early draft.
    let page = text("verification_uri").or_else(|| text("verification_url"))?;
    let is_page = page.starts_with("https://") || page.starts_with("http://127.0.0.1");
    let is_printable = page.len() <= 500 && page.bytes().all(|byte| byte.is_ascii_graphic());
    let lifetime = seconds(&fields, "expires_in").unwrap_or(USUAL_CODE_LIFETIME).min(LONGEST_LIFETIME);
    let interval = seconds(&fields, "interval").unwrap_or(USUAL_INTERVAL).clamp(1, LONGEST_INTERVAL);
    (is_page && is_printable).then_some(DeviceGrant {
        device_code: Secret::new(text("device_code")?.to_owned()),
        user_code: user_code.to_owned(),
        page: page.to_owned(),
        lifetime: Duration::from_secs(lifetime),
        interval: Duration::from_secs(interval),
    })
}

/// Reads a refusal; `None` if it is not one.
pub(super) fn refusal(body: &str) -> Option<ServerRefusal> {
    let fields = fields(body)?;
    let text = |key: &str| fields.get(key).and_then(Value::as_str);
    let code = text("error").filter(|code| code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_graphic()))?;
    Some(ServerRefusal { code: code.to_owned(), words: words(text("error_description").unwrap_or_default()) })
}

fn fields(body: &str) -> Option<Map<String, Value>> {
    match serde_json::from_str(body) {
        Ok(Value::Object(fields)) => Some(fields),
        Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) | Err(_) => None,
    }
}

/// A number of seconds; some servers write it as a text.
fn seconds(fields: &Map<String, Value>, key: &str) -> Option<u64> {
    let value = fields.get(key)?;
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// The part of a description that says what is wrong: one line, without the numbers that Microsoft adds for its support.
fn words(description: &str) -> String {
    const MOST: usize = 300;
    let line = description.lines().next().unwrap_or_default();
    let line = ["Trace ID:", "Correlation ID:"].iter().fold(line, |line, end| line.split(end).next().unwrap_or(line));
    let printable: String = line.chars().filter(|sign| !sign.is_control()).take(MOST).collect();
    printable.trim().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_printable_and_of_a_known_kind() {
        let body =
            r#"{"token_type": "Bearer", "expires_in": "3599", "access_token": "ey.J-0", "refresh_token": "0.A"}"#;
        let grant = token(body).unwrap();
        assert_eq!((grant.access_token.reveal(), grant.lifetime), ("ey.J-0", Duration::from_secs(3599)));
        assert_eq!(grant.refresh_token.as_ref().map(Secret::reveal), Some("0.A"));
        assert_eq!(token(r#"{"access_token": "a"}"#).unwrap().lifetime, Duration::from_secs(600));
        let long = format!(r#"{{"access_token": "{}"}}"#, "a".repeat(LONGEST_TOKEN + 1));
        for body in [
            "<html>",
            "[]",
            "{}",
            r#"{"access_token": ""}"#,
            r#"{"access_token": "a\u0001auth=Bearer b"}"#,
            r#"{"access_token": "a b"}"#,
            r#"{"access_token": "a", "token_type": "mac"}"#,
            &long,
        ] {
            assert_eq!(token(body), None, "{}", &body[..body.len().min(60)]);
        }
        let forever = token(r#"{"access_token": "a", "expires_in": 18446744073709551615}"#).unwrap();
        assert_eq!(forever.lifetime, Duration::from_secs(LONGEST_LIFETIME));
    }

    #[test]
    fn a_code_has_a_page_that_can_be_shown() {
        let body = |page: &str, more: &str| {
            format!(r#"{{"device_code": "d", "user_code": "ABCD-1234", "verification_uri": "{page}"{more}}}"#)
        };
        let grant =
            device(&body("https://microsoft.com/devicelogin", r#", "interval": 0, "expires_in": 900"#)).unwrap();
        assert_eq!((grant.interval, grant.lifetime), (Duration::from_secs(1), Duration::from_secs(900)));
        assert_eq!(device(&body("https://a.example/", "")).unwrap().interval, Duration::from_secs(5));
        assert_eq!(device(&body("javascript:alert(1)", "")), None);
        assert_eq!(device(&body("https://a.example/\\u001b[2J", "")), None);
        assert_eq!(device(r#"{"user_code": "A", "verification_uri": "https://a.example/"}"#), None);
    }

    #[test]
    fn a_refusal_is_one_line() {
        let body = r#"{"error": "invalid_grant", "error_description": "AADSTS700082: The refresh token has expired. Trace ID: 1f\r\nCorrelation ID: 2"}"#;
        let expected = ServerRefusal {
            code: "invalid_grant".to_owned(),
            words: "AADSTS700082: The refresh token has expired".to_owned(),
        };
        assert_eq!(refusal(body), Some(expected));
        assert_eq!(refusal(r#"{"error": "a\nb"}"#), None);
        assert_eq!(refusal(r#"{"error": {"code": 401}}"#), None);
    }
}
