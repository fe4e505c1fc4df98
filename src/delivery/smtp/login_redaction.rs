//! A relay that repeats a login: its words end in reports and ledgers, and a password must not.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lettre::transport::smtp::response::Response;

/// What is told instead.
const REDACTED: &str = "its words repeat the login and are left out";

/// The answer to a part of a login; where it repeats that part, coded or in clear, only its code.
///
/// A question (334) is not shown to anybody, and stays as it is.
pub(super) fn redact_login(response: Response, said: &str) -> Response {
    let code = response.code();
    if u16::from(code) == 334 || !secrets(said).iter().any(|secret| response.message().any(|it| it.contains(secret))) {
        return response;
    }
    Response::new(code, vec![REDACTED.to_owned()])
}

/// The last word of the command, and the last part of what it stands for: the password of PLAIN (RFC 4616 §2) and of
/// LOGIN, the token of XOAUTH2.
fn secrets(said: &str) -> Vec<String> {
    let Some(word) = said.split_whitespace().next_back() else { return Vec::new() };
    let Ok(clear) = BASE64_STANDARD.decode(word) else { return Vec::new() };
    let clear = String::from_utf8_lossy(&clear);
    let last = clear.split(['\0', '\x01']).rfind(|part| !part.is_empty()).unwrap_or(word);
    vec![word.to_owned(), last.trim_start_matches("auth=Bearer ").to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::smtp::reply::reply;

    #[track_caller]
    fn check(said: &str, answer: &str, told: &str) {
        let response: Response = answer.parse().unwrap();
        assert_eq!(reply(&redact_login(response, said)).to_string(), told);
    }

    #[test]
    fn what_repeats_a_login_is_left_out() {
        let plain = "AUTH PLAIN AG55dABoZW1tZWxpZw==\r\n";
        check(plain, "535 5.7.8 No such user nyt\r\n", "535 5.7.8 No such user nyt");
        check(plain, "535 5.7.8 hemmelig is wrong\r\n", "535 its words repeat the login and are left out");
        check(
            plain,
            "535-5.7.8 No\r\n535 5.7.8 (AG55dABoZW1tZWxpZw==)\r\n",
            "535 its words repeat the login and are left out",
        );
        check("aGVtbWVsaWc=\r\n", "454 hemmelig?\r\n", "454 its words repeat the login and are left out");
        check(
            "dXNlcj1ueXQBYXV0aD1CZWFyZXIgeWEyOS5BMAEB\r\n",
            "535 ya29.A0 expired\r\n",
            "535 its words repeat the login and are left out",
        );
        check("AUTH LOGIN\r\n", "535 5.7.8 LOGIN is not for you\r\n", "535 5.7.8 LOGIN is not for you");
        check("AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n", "334 VXNlcm5hbWU6");
    }
}
