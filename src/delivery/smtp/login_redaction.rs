//! Redacts replies that repeat a login: replies are printed and stored, and a password must not be.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lettre::transport::smtp::response::Response;

/// The text that replaces such a reply.
const REDACTED: &str = "(reply redacted: it repeats the login)";

/// The reply to a line of a login; if it repeats that line, encoded or not, only its code.
///
/// A challenge (334) is never printed, and stays as it is.
pub(super) fn redact_login(response: Response, line: &str) -> Response {
    let code = response.code();
    if u16::from(code) == 334
        || !secrets(line).iter().any(|secret| response.message().any(|text| text.contains(secret)))
    {
        return response;
    }
    Response::new(code, vec![REDACTED.to_owned()])
}

/// The last word of the line, and the last field of what it encodes: the password of PLAIN (RFC 4616 §2) and of LOGIN, the
/// token of XOAUTH2.
fn secrets(line: &str) -> Vec<String> {
    let Some(word) = line.split_whitespace().next_back() else { return Vec::new() };
    let Ok(decoded) = BASE64_STANDARD.decode(word) else { return Vec::new() };
    let decoded = String::from_utf8_lossy(&decoded);
    let last = decoded.split(['\0', '\x01']).rfind(|part| !part.is_empty()).unwrap_or(word);
    vec![word.to_owned(), last.trim_start_matches("auth=Bearer ").to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::smtp::reply::reply;

    #[track_caller]
    fn check(line: &str, answer: &str, expected: &str) {
        let response: Response = answer.parse().unwrap();
        assert_eq!(reply(&redact_login(response, line)).to_string(), expected);
    }

    #[test]
    fn a_reply_that_repeats_a_login_is_redacted() {
        let plain = "AUTH PLAIN AG55dABoZW1tZWxpZw==\r\n";
        check(plain, "535 5.7.8 No such user nyt\r\n", "535 5.7.8 No such user nyt");
        check(plain, "535 5.7.8 hemmelig is wrong\r\n", "535 (reply redacted: it repeats the login)");
        check(
            plain,
            "535-5.7.8 No\r\n535 5.7.8 (AG55dABoZW1tZWxpZw==)\r\n",
            "535 (reply redacted: it repeats the login)",
        );
        check("aGVtbWVsaWc=\r\n", "454 hemmelig?\r\n", "454 (reply redacted: it repeats the login)");
        check(
            "dXNlcj1ueXQBYXV0aD1CZWFyZXIgeWEyOS5BMAEB\r\n",
            "535 ya29.A0 expired\r\n",
            "535 (reply redacted: it repeats the login)",
        );
        check("AUTH LOGIN\r\n", "535 5.7.8 LOGIN is not for you\r\n", "535 5.7.8 LOGIN is not for you");
        check("AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n", "334 VXNlcm5hbWU6");
    }
}
