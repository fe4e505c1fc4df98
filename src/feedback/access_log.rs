//! Finds the readers who pressed the button of the unsubscribe page in the access log of a web server: each POST
//! request, with its time.
//!
//! It reads the combined and the common format of nginx and Apache, with or without the host name in front, and Caddy's
//! JSON.

use std::io::{self, BufRead, Read};

use jiff::Timestamp;
use serde::Deserialize;

/// The longest line that is read: nginx refuses a request line of more than 8 KiB, and a header is not longer either.
const LINE: u64 = 64 << 10;

/// A request of a log that may have come from an unsubscribe page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostedRequest {
    /// The target of the request: a path with its query, or a whole address, as the client sent it.
    pub target: String,
    /// When.
    pub at: Timestamp,
}

/// The meaning of a line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessLogLine {
    /// A POST request that the server accepted.
    Posted(PostedRequest),
    /// A request without effect: a page was read, or the server refused it.
    Other,
    /// This is not a line of an access log; or it was cut off, as the first and the last one of a rotated log may be.
    Unreadable,
}

impl AccessLogLine {
    /// Reads a line.
    pub fn parse(line: &str) -> Self {
        let line = line.trim();
        let logged =
            if line.starts_with('{') { LoggedRequest::of_json(line) } else { LoggedRequest::of_combined(line) };
        match logged {
            None => Self::Unreadable,
            Some(request) if request.method == "POST" && is_taken(request.status) => {
                Self::Posted(PostedRequest { target: request.target, at: request.at })
            }
            Some(_) => Self::Other,
        }
    }
}

/// Whether the reply to the client was that its request was accepted.
///
/// 405 counts too: a web server that has the page as a file, and is not configured to accept a form, answers with it
/// although the reader pressed the button.
fn is_taken(status: u16) -> bool {
    (200..400).contains(&status) || status == 405
}

/// Calls `visit` with each line of a log, as text; a line that is too long for a request is left out.
///
/// # Errors
///
/// The log cannot be read.
pub fn each_line<E: From<io::Error>>(
    log: &mut impl BufRead,
    visit: &mut impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = log.by_ref().take(LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(());
        }
        if line.last() != Some(&b'\n') && u64::try_from(read).unwrap_or(LINE) == LINE {
            log.skip_until(b'\n')?;
            continue;
        }
        visit(&String::from_utf8_lossy(&line))?;
    }
}

/// One request, whatever the format of the log.
struct LoggedRequest {
    method: String,
    target: String,
    status: u16,
    at: Timestamp,
}

impl LoggedRequest {
    /// `host ident user [time] "request" status …`: what comes before the time is ignored.
    fn of_combined(line: &str) -> Option<Self> {
        // The name of a user may contain a bracket, but no quote that is not escaped.
        line.match_indices('[').find_map(|(at, _)| {
            let (time, rest) = line[at + 1..].split_once("] \"")?;
            let at = Timestamp::strptime("%d/%b/%Y:%H:%M:%S %z", time).ok()?;
            let (request, rest) = quoted(rest)?;
            let (request, _protocol) = request.rsplit_once(" HTTP/")?;
            let (method, target) = request.split_once(' ')?;
            let status = rest.trim_start().split(' ').next().filter(|status| status.len() == 3)?;
            let status = status.parse().ok()?;
            Some(Self { method: method.to_owned(), target: target.to_owned(), status, at })
        })
    }

    /// An object of Caddy's log (Caddy 2, `format json`).
    fn of_json(line: &str) -> Option<Self> {
        let CaddyLine { ts, request, status } = serde_json::from_str(line).ok()?;
        let at = match ts {
            CaddyTime::Seconds(seconds) => {
                Timestamp::UNIX_EPOCH.checked_add(std::time::Duration::try_from_secs_f64(seconds).ok()?).ok()?
            }
            CaddyTime::Text(text) => text.parse().ok()?,
        };
        Some(Self { method: request.method, target: request.uri, status, at })
    }
}

#[derive(Deserialize)]
struct CaddyLine {
    ts: CaddyTime,
    request: CaddyRequest,
    status: u16,
}

/// Seconds since 1970, or a text as `time_format rfc3339` writes it.
#[derive(Deserialize)]
#[serde(untagged)]
enum CaddyTime {
    Seconds(f64),
    Text(String),
}

#[derive(Deserialize)]
struct CaddyRequest {
    method: String,
    uri: String,
}

/// The text up to the quote that ends it, its escapes undone, and what follows; none where it does not end.
///
/// Apache writes a quote as `\"` and other bytes as `\xhh`; nginx writes both as `\xHH`.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut bytes = Vec::new();
    let mut rest = text;
    loop {
        let at = rest.find(['"', '\\'])?;
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let after = &rest[at + 1..];
        if rest[at..].starts_with('"') {
            return Some((String::from_utf8_lossy(&bytes).into_owned(), after));
        }
        let code = after.strip_prefix('x').and_then(|after| after.get(..2));
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            bytes.push(byte);
            rest = &after[3..];
        } else {
            let escaped = after.chars().next()?;
            bytes.extend_from_slice(escaped.encode_utf8(&mut [0; 4]).as_bytes());
            rest = &after[escaped.len_utf8()..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/afmeld?t=0123456789abcdef01234567";

    fn posted(line: &str) -> Option<(String, String)> {
        match AccessLogLine::parse(line) {
            AccessLogLine::Posted(request) => Some((request.target, request.at.to_string())),
            AccessLogLine::Other | AccessLogLine::Unreadable => None,
        }
    }

    fn line(request: &str, status: &str) -> String {
        format!(
            "203.0.113.9 - - [28/Nov/2026:21:15:03 +0100] \"{request}\" {status} 512 \"-\" \"Mozilla/5.0 (X11; Linux)\"\n"
        )
    }

    #[test]
    fn posts_are_found_in_the_formats_of_each_server() {
        let moment = "2026-11-28T20:15:03Z".to_owned();
        let expected = Some((PATH.to_owned(), moment.clone()));
        let post = line(&format!("POST {PATH} HTTP/2.0"), "200");
        let common = post.split(" \"-\"").next().unwrap();
        for combined in [post.clone(), common.to_owned(), format!("forening.example:443 {post}"), format!("  {post}\r")]
        {
            assert_eq!(posted(&combined), expected, "{combined}");
        }
        assert_eq!(posted(&post.replace(" - - ", " - o'[29/x] ")), expected, "a user's name");
        assert_eq!(posted(&post.replace("203.0.113.9", "2001:db8::1")), expected);
        let caddy = |ts: &str| {
            format!(
                r#"{{"level":"info","ts":{ts},"request":{{"remote_ip":"::1","method":"POST","uri":"{PATH}"}},"status":200}}"#
            )
        };
        assert_eq!(posted(&caddy("1795896903")), expected);
        assert_eq!(posted(&caddy("\"2026-11-28T21:15:03+01:00\"")), expected);
    }

    #[test]
    fn only_a_post_that_was_taken_counts() {
        for status in ["200", "204", "302", "303", "405"] {
            assert!(posted(&line(&format!("POST {PATH} HTTP/1.1"), status)).is_some(), "{status}");
        }
        for status in ["400", "403", "404", "408", "413", "499", "500", "503", "20", "2", "-", "2000"] {
            assert_eq!(posted(&line(&format!("POST {PATH} HTTP/1.1"), status)), None, "{status}");
        }
        for method in ["GET", "HEAD", "OPTIONS", "PUT", "post", "XPOST"] {
            assert_eq!(posted(&line(&format!("{method} {PATH} HTTP/1.1"), "200")), None, "{method}");
        }
    }

    #[test]
    fn a_line_that_was_cut_off_is_unreadable() {
        let post = line(&format!("POST {PATH} HTTP/1.1"), "200");
        let status = post.find("\" 200").unwrap() + "\" 200".len();
        for cut in 1..status {
            assert_eq!(AccessLogLine::parse(&post[..cut]), AccessLogLine::Unreadable, "{}", &post[..cut]);
        }
        for cut in post.find('[').unwrap() + 1..post.len() {
            assert_eq!(AccessLogLine::parse(&post[cut..]), AccessLogLine::Unreadable, "{}", &post[cut..]);
        }
        for other in ["", "\u{0}\u{0}", "anna@kommune.example", "{", "{}", "0123456789abcdef01234567", "[] \"\" 200"] {
            assert_eq!(AccessLogLine::parse(other), AccessLogLine::Unreadable, "{other}");
        }
    }

    #[test]
    fn escapes_are_undone_and_a_request_in_another_field_is_ignored() {
        for (logged, target) in [
            (r"POST /a\x22b\x5Cc HTTP/1.1", r#"/a"b\c"#),
            (r#"POST /a\"b\\c HTTP/1.1"#, r#"/a"b\c"#),
            (r"POST /\xc3\xa6?t=%30%31 HTTP/1.1", "/æ?t=%30%31"),
            ("POST /with blank HTTP/1.1", "/with blank"),
            (r"POST /\xZZ HTTP/1.1", "/xZZ"),
            ("POST /æ\\æ HTTP/1.1", "/ææ"),
        ] {
            let found = posted(&line(logged, "200")).map(|(target, _)| target);
            assert_eq!(found.as_deref(), Some(target), "{logged}");
        }
        let agent = format!("[28/Nov/2026:21:15:03 +0100] \\\"POST {PATH} HTTP/1.1\\\" 200 1");
        let get = line("GET / HTTP/1.1", "200").replace("Mozilla/5.0", &agent);
        assert_eq!(AccessLogLine::parse(&get), AccessLogLine::Other);
        assert_eq!(AccessLogLine::parse(&line("\\x16\\x03\\x01", "400")), AccessLogLine::Unreadable, "a TLS handshake");
    }

    #[test]
    fn a_line_that_is_too_long_is_left_out() {
        let mut text = vec![b'x'; 200_000];
        text.extend_from_slice(b"\nfirst\n\nlast");
        let mut lines = Vec::new();
        each_line(&mut text.as_slice(), &mut |line| {
            lines.push(line.trim_end().to_owned());
            Ok::<_, io::Error>(())
        })
        .unwrap();
        assert_eq!(lines, ["first", "", "last"]);
    }
}
