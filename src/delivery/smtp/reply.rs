//! Parses a relay's octets into replies, strictly: a reply that is almost valid is invalid.

use lettre::transport::smtp::response::{Category, Code, Detail, Response, Severity};

use crate::delivery::outcome::{MalformedReply, Reply};

/// The longest line of a reply. RFC 5321 §4.5.3.1.5 allows 512 octets; some relays send more.
const LINE_LIMIT: usize = 4_096;
/// The most lines of one reply.
const LINES_LIMIT: usize = 100;
/// The most octets of one reply.
const REPLY_LIMIT: usize = 65_536;

/// What was received and not yet taken out as a reply.
#[derive(Debug, Default)]
pub(super) struct ReplyBuffer {
    octets: Vec<u8>,
}

impl ReplyBuffer {
    /// Adds octets that were received.
    pub(super) fn feed(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    /// Whether there is nothing left.
    pub(super) fn is_empty(&self) -> bool {
        self.octets.is_empty()
    }

    /// Whether what is left begins with one of these codes.
    pub(super) fn begins_with(&self, codes: &[&str]) -> bool {
        codes.iter().any(|code| self.octets.starts_with(code.as_bytes()))
    }

    /// Takes the next whole reply out; `None` while it is not complete.
    pub(super) fn next(&mut self) -> Result<Option<Response>, MalformedReply> {
        let mut lines = Vec::new();
        let mut reply_code = None;
        let mut start = 0;
        while let Some(length) = self.octets[start..].iter().position(|octet| *octet == b'\n') {
            let ReplyLine { code, text, last } = ReplyLine::read(&self.octets[start..=start + length])?;
            start += length + 1;
            if lines.len() >= LINES_LIMIT || start > REPLY_LIMIT {
                return Err(MalformedReply::TooLong);
            }
            // RFC 5321 §4.2.1: each line of a reply has the same code.
            if *reply_code.get_or_insert(code) != code {
                return Err(MalformedReply::MixedCodes);
            }
            lines.push(String::from_utf8_lossy(text).into_owned());
            if last {
                self.octets.drain(..start);
                return Ok(Some(Response::new(code, lines)));
            }
        }
        if self.octets.len() - start > LINE_LIMIT { Err(MalformedReply::TooLong) } else { Ok(None) }
    }
}

/// One line of a reply.
struct ReplyLine<'a> {
    code: Code,
    text: &'a [u8],
    last: bool,
}

impl<'a> ReplyLine<'a> {
    /// Reads a line with its LF.
    ///
    /// A bare CR or LF and NUL are errors: two parties that disagree on where a line ends disagree on who sent what (SMTP
    /// smuggling). Any other octet of the text is accepted: it decides nothing, and is escaped later.
    fn read(line: &'a [u8]) -> Result<Self, MalformedReply> {
        let line = line.strip_suffix(b"\r\n").ok_or(MalformedReply::LineEnd)?;
        if line.len() > LINE_LIMIT {
            return Err(MalformedReply::TooLong);
        }
        if line.iter().any(|octet| matches!(octet, b'\r' | 0)) {
            return Err(MalformedReply::LineEnd);
        }
        let (digits, rest) = line.split_first_chunk().ok_or(MalformedReply::NoCode)?;
        let code = read_code(*digits).ok_or(MalformedReply::NoCode)?;
        match rest.split_first() {
            // RFC 5321 §4.2: the space and the text may be missing.
            None => Ok(Self { code, text: rest, last: true }),
            Some((b' ', text)) => Ok(Self { code, text, last: true }),
            Some((b'-', text)) => Ok(Self { code, text, last: false }),
            Some(_) => Err(MalformedReply::NoCode),
        }
    }
}

/// The code that three digits mean; `None` if they are none.
fn read_code([severity, category, detail]: [u8; 3]) -> Option<Code> {
    let severity = match severity {
        b'2' => Severity::PositiveCompletion,
        b'3' => Severity::PositiveIntermediate,
        b'4' => Severity::TransientNegativeCompletion,
        b'5' => Severity::PermanentNegativeCompletion,
        _ => return None,
    };
    let detail = *DETAILS.get(usize::from(detail.checked_sub(b'0')?))?;
    let category = match category {
        b'0' => Category::Syntax,
        b'1' => Category::Information,
        b'2' => Category::Connections,
        b'3' => Category::Unspecified3,
        b'4' => Category::Unspecified4,
        b'5' => Category::MailSystem,
        // RFC 5321 §4.2.1 ends at x5z, and lettre knows no other; relays refuse with 571 all the same. The first digit decides.
        b'6'..=b'9' if !Code::new(severity, Category::MailSystem, detail).is_positive() => {
            return Some(Code::new(severity, Category::MailSystem, Detail::Zero));
        }
        _ => return None,
    };
    Some(Code::new(severity, category, detail))
}

/// The details of codes, by their digit.
const DETAILS: [Detail; 10] = [
    Detail::Zero,
    Detail::One,
    Detail::Two,
    Detail::Three,
    Detail::Four,
    Detail::Five,
    Detail::Six,
    Detail::Seven,
    Detail::Eight,
    Detail::Nine,
];

/// A reply in the form that is stored and printed.
pub(super) fn reply(response: &Response) -> Reply {
    let lines: Vec<&str> = response.message().collect();
    Reply::new(response.code().into(), &lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(octets: &[u8]) -> Result<Option<(u16, String)>, MalformedReply> {
        let mut buffer = ReplyBuffer::default();
        buffer.feed(octets);
        let reply = buffer.next()?.map(|response| reply(&response));
        Ok(reply.map(|reply| (reply.code(), reply.text().to_owned())))
    }

    #[test]
    fn a_reply_is_read_or_refused() {
        let ok = |code, text: &str| Ok(Some((code, text.to_owned())));
        let cases: [(&[u8], _); 22] = [
            (b"250 OK\r\n", ok(250, "OK")),
            (b"250\r\n", ok(250, "")),
            (b"250 \r\n", ok(250, "")),
            (b"250-a\r\n250-\r\n250 b\r\n", ok(250, "a  b")),
            (b"250 p\xe5 gensyn\r\n", ok(250, "p\u{fffd} gensyn")),
            (b"250 \x1b[2J\x07\r\n", ok(250, "\\u{1b}[2J\\u{7}")),
            (b"", Ok(None)),
            (b"25", Ok(None)),
            (b"250 OK", Ok(None)),
            (b"250-OK\r\n", Ok(None)),
            (b"all good\r\n", Err(MalformedReply::NoCode)),
            (b"999 what\r\n", Err(MalformedReply::NoCode)),
            (b"571 5.7.1 no\r\n", ok(550, "no")),
            (b"261 what\r\n", Err(MalformedReply::NoCode)),
            (b"2500 what\r\n", Err(MalformedReply::NoCode)),
            (b"\r\n", Err(MalformedReply::NoCode)),
            (b"250-first\r\n550 second\r\n", Err(MalformedReply::MixedCodes)),
            (b"250 ok\n", Err(MalformedReply::LineEnd)),
            (b"250 o\rk\r\n", Err(MalformedReply::LineEnd)),
            (b"250 o\0k\r\n", Err(MalformedReply::LineEnd)),
            (&[b'2'; LINE_LIMIT + 1], Err(MalformedReply::TooLong)),
            (&b"250-x\r\n".repeat(LINES_LIMIT + 1), Err(MalformedReply::TooLong)),
        ];
        for (octets, expected) in cases {
            assert_eq!(read(octets), expected, "{}", octets.escape_ascii());
        }
    }

    #[test]
    fn what_follows_a_reply_is_left() {
        let mut buffer = ReplyBuffer::default();
        buffer.feed(b"250 a\r\n421 b");
        assert_eq!(reply(&buffer.next().unwrap().unwrap()).text(), "a");
        assert!(!buffer.is_empty() && buffer.begins_with(&["421"]) && !buffer.begins_with(&["250"]));
    }
}
