//! Redacts replies that repeat a login: replies are printed and stored, and a password must not be.

use std::fmt;
use std::fmt::Write;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use lettre::transport::smtp::response::Response;

use crate::base::secret::Secret;
use crate::delivery::outcome::EnhancedStatus;

/// The text that replaces such a reply.
const REDACTED: &str = "(reply redacted: it repeats the login)";
/// A shorter secret occurs by chance in harmless replies, so it is searched for in replies to the login only.
const SHORTEST: usize = 4;
/// This many consecutive characters of a longer secret count as a leak.
const WINDOW: usize = 12;

/// Recognises a password or token in any reply of a relay: spelled out, split over lines, in Base64 along with other
/// octets, in hexadecimal or percent-encoded.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    /// The forms of the secret, without signs and in lower case.
    forms: Vec<String>,
}

impl Redactor {
    /// Recognises this secret.
    pub(crate) fn new(secret: &Secret) -> Self {
        let secret = secret.reveal();
        let hexadecimal = encoded(secret.bytes(), "");
        let percent: String = secret
            .bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    encoded([byte].into_iter(), "%")
                }
            })
            .collect();
        let forms = [secret.to_owned(), hexadecimal, percent].into_iter().chain((0..3).map(|at| base64_at(secret, at)));
        let forms = forms.map(|form| letters(&form)).filter(|form| form.chars().count() >= SHORTEST);
        Self { forms: forms.collect() }
    }

    /// Whether the text repeats the secret, or most of it.
    pub(crate) fn finds(&self, text: &str) -> bool {
        let text = letters(text);
        self.forms.iter().any(|form| {
            let form: Vec<char> = form.chars().collect();
            let length = if form.len() <= 8 { form.len() } else { (form.len() * 3 / 4).clamp(8, WINDOW) };
            form.windows(length).any(|window| text.contains(&window.iter().collect::<String>()))
        })
    }

    /// The reply; if it repeats the secret, only its codes.
    pub(super) fn redact(&self, response: Response) -> Response {
        // A challenge (334) is never printed, and is needed as it is.
        if self.forms.is_empty() || u16::from(response.code()) == 334 {
            return response;
        }
        // Each line may begin with the status: without it, a secret that is split over lines is in one piece.
        let lines: Vec<&str> = response.message().map(without_status).collect();
        if !self.finds(&lines.join("\n")) {
            return response;
        }
        let first = response.first_word().unwrap_or_default();
        let status = EnhancedStatus::parse(first).map(|status| format!("{status} ")).unwrap_or_default();
        Response::new(response.code(), vec![format!("{status}{REDACTED}")])
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(…)")
    }
}

/// The letters and digits of a text: a relay may break it or quote it in any way.
fn letters(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn without_status(line: &str) -> &str {
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    if EnhancedStatus::parse(first).is_some() { rest } else { line }
}

fn encoded(bytes: impl Iterator<Item = u8>, before: &str) -> String {
    bytes.fold(String::new(), |mut text, byte| {
        _ = write!(text, "{before}{byte:02x}");
        text
    })
}

/// The characters of Base64 that depend on the secret alone, where it begins `at` octets after a multiple of three.
fn base64_at(secret: &str, at: usize) -> String {
    let octets = [&[0; 3][..at], secret.as_bytes()].concat();
    let whole = octets.len() * 8 / 6;
    let first = (at * 8).div_ceil(6);
    BASE64_STANDARD_NO_PAD.encode(&octets).get(first..whole).unwrap_or_default().to_owned()
}

/// The reply to a line of a login; if it repeats that line, encoded or not, only its code. This finds short passwords too.
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

    fn redactor(password: &str) -> Redactor {
        Redactor::new(&Secret::new(password.to_owned()))
    }

    #[test]
    fn a_password_is_found_in_any_reply_and_in_any_form() {
        let redactor = redactor("Hemmelig-Kode-7!");
        let coded = |text: &str| BASE64_STANDARD.encode(text);
        for text in [
            "550 5.7.1 login nyt:Hemmelig-Kode-7! is blocked".to_owned(),
            "550 5.7.1 HEMMELIG-KODE-7!".to_owned(),
            "250-2.0.0 Hemmelig\r\n250 2.0.0 -Kode-7!".to_owned(),
            "450 H e m m e l i g - K o d e - 7 !".to_owned(),
            "550 Hemmelig%2DKode%2D7%21".to_owned(),
            "550 48656d6d656c69672d4b6f64652d3721".to_owned(),
            "550 the password begins with Hemmelig-Kode".to_owned(),
            format!("535 {}", coded("Hemmelig-Kode-7!")),
            format!("535 {}", coded("\0nyt@forening.example\0Hemmelig-Kode-7!")),
            format!("535 {}", coded("nyt:Hemmelig-Kode-7!")),
            format!("535 {}", coded("x nyt:Hemmelig-Kode-7! again")),
            format!("535 {}", coded("a:Hemmelig-Kode-7!").trim_end_matches('=')),
        ] {
            let response: Response = format!("{text}\r\n").parse().unwrap();
            let redacted = reply(&redactor.redact(response)).to_string();
            assert!(redacted.ends_with(REDACTED), "{text}: {redacted}");
        }
        let status: Response = "550 5.2.2 full, Hemmelig-Kode-7!\r\n".parse().unwrap();
        assert_eq!(reply(&redactor.redact(status)).to_string(), format!("550 5.2.2 {REDACTED}"));
        for harmless in
            ["250 2.0.0 Queued as 4f3a", "550 5.1.1 <anna@kommune.example>: no such user", "334 hemmeligkode7"]
        {
            let response: Response = format!("{harmless}\r\n").parse().unwrap();
            assert_eq!(reply(&redactor.redact(response)).to_string(), harmless);
        }
    }

    #[test]
    fn a_part_of_a_long_token_is_found_and_a_very_short_password_is_not_looked_for() {
        let token = redactor("ya29.a0AfH6SMBx7-Zk3fQmV9pLr2sT8uWc5eYd1oNg4hJi6bKq");
        assert!(token.finds("the token ya29.a0AfH6SMBx7 has expired"));
        assert!(!redactor("ok!").finds("2.0.0 ok!"));
    }
}
