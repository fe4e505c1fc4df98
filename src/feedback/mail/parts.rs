//! Splits any message into its parts: sizes, depth and the number of parts are limited, and the time is linear in the
//! size of the message.
//!
//! The parts are separated here and not by `mail-parser`, which reads an encoded message in a message without a limit on
//! its depth: a message of 1 MiB can be nested deep enough to overflow the stack.

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::html::html_to_text;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;

use crate::feedback::mail::header::{MailHeader, text_of};

/// How many bytes of a message's header are read.
pub const MAX_HEADER: usize = 256 << 10;
/// How many bytes are read of a message's body; more where the header is shorter than [`MAX_HEADER`]. A report comes before
/// the message that it returns.
pub const MAX_BODY: usize = 1 << 20;
/// How deep parts are read; reports are two levels deep, or three where a list or a filter wrapped them.
const MAX_DEPTH: usize = 12;
/// How many parts are read.
const MAX_PARTS: usize = 100;

/// A message: its header, and its parts in order, but not the `multipart/…` around them.
#[derive(Debug)]
pub(super) struct MailMessage {
    pub(super) header: MailHeader,
    pub(super) parts: Vec<MailPart>,
}

/// One part.
#[derive(Debug)]
pub(super) struct MailPart {
    /// In lower case, such as `message/delivery-status`.
    pub(super) media_type: String,
    /// Its decoded text, with lines that end with `\n`. A message in a message is its source, which is not split again.
    /// Empty: it is neither text nor a message.
    pub(super) text: String,
}

/// Bytes that are split into a header and a body.
struct Entity<'a> {
    header: MailHeader,
    body: &'a [u8],
}

impl MailMessage {
    /// Reads a message. What is beyond the limits is skipped.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let bytes = &bytes[..bytes.len().min(MAX_HEADER + MAX_BODY)];
        let bytes = with_unix_line_ends(bytes);
        let entity = Entity::split(&bytes);
        let mut parts = Vec::new();
        entity.collect(0, &mut parts);
        Self { header: entity.header, parts }
    }

    /// The parts of a media type.
    pub(super) fn of_type<'a>(&'a self, media_types: &'a [&str]) -> impl Iterator<Item = &'a MailPart> {
        self.parts.iter().filter(|part| media_types.contains(&part.media_type.as_str()))
    }

    /// The text parts, one after the other.
    pub(super) fn text(&self) -> String {
        let texts = self.parts.iter().filter(|part| part.is_text()).map(|part| part.text.as_str());
        texts.collect::<Vec<_>>().join("\n")
    }
}

impl MailPart {
    /// Whether a person reads it.
    pub(super) fn is_text(&self) -> bool {
        self.media_type == "text/plain" || self.media_type == "text/html"
    }
}

impl<'a> Entity<'a> {
    /// Splits at the first empty line.
    fn split(bytes: &'a [u8]) -> Self {
        let limit = bytes.len().min(MAX_HEADER);
        let head = &bytes[..limit];
        // mbox puts `From sender date` before a message, and some programs quote it.
        let start = if head.starts_with(b"From ") || head.starts_with(b">From ") {
            head.iter().position(|byte| *byte == b'\n').map_or(limit, |end| end + 1)
        } else {
            0
        };
        if head[start..].starts_with(b"\n") {
            return Self { header: MailHeader::default(), body: &bytes[start + 1..] };
        }
        let end = head[start..].windows(2).position(|pair| pair == b"\n\n").map(|at| start + at);
        let header = MailHeader::parse(&text_of(&head[start..end.unwrap_or(limit)]));
        Self { header, body: end.map_or(&[], |end| &bytes[end + 2..]) }
    }

    /// Collects the parts.
    fn collect(&self, depth: usize, parts: &mut Vec<MailPart>) {
        if parts.len() >= MAX_PARTS {
            return;
        }
        let media_type = self.header.media_type();
        let boundary = self.header.type_parameter("boundary").filter(|boundary| !boundary.is_empty());
        if let Some(boundary) = boundary.filter(|_| media_type.starts_with("multipart/")) {
            if depth == MAX_DEPTH {
                return;
            }
            let mut found = false;
            split_at(self.body, &boundary, |part| {
                found = true;
                Entity::split(part).collect(depth + 1, parts);
            });
            if found {
                return;
            }
        }
        let text = match media_type.split_once('/') {
            Some(("text", "html")) => html_to_text(&self.decoded()),
            Some(("text" | "message" | "multipart", _)) => self.decoded(),
            _ => String::new(),
        };
        // A multipart without its delimiter is read as text, as mail programs show it.
        let media_type = if media_type.starts_with("multipart/") { "text/plain".to_owned() } else { media_type };
        parts.push(MailPart { media_type, text });
    }

    /// The body without its transfer encoding, as text.
    fn decoded(&self) -> String {
        let encoding = self.header.first("content-transfer-encoding").unwrap_or_default();
        let bytes = match encoding.trim().to_ascii_lowercase().as_str() {
            "base64" => base64_decode(self.body).map(Cow::Owned),
            "quoted-printable" => quoted_printable_decode(self.body).map(Cow::Owned),
            _ => None,
        };
        // Text that is not in the declared encoding is read as it is.
        let bytes = bytes.unwrap_or(Cow::Borrowed(self.body));
        let charset = self.header.type_parameter("charset").unwrap_or_default();
        let decoder = charset_decoder(charset.as_bytes()).filter(|_| std::str::from_utf8(&bytes).is_err());
        let text = decoder.map_or_else(|| text_of(&bytes), |decode| decode(&bytes));
        if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
    }
}

/// Calls `part` with each part of a multipart body. The text before the first delimiter and after the last is not a part
/// (RFC 2046 §5.1.1).
fn split_at<'a>(body: &'a [u8], boundary: &str, mut part: impl FnMut(&'a [u8])) {
    let delimiter = [b"--", boundary.as_bytes()].concat();
    let mut start = None;
    let mut at = 0;
    while at < body.len() {
        let end = body[at..].iter().position(|byte| *byte == b'\n').map_or(body.len(), |end| at + end + 1);
        let line = body[at..end].trim_ascii_end();
        if let Some(rest) = line.strip_prefix(delimiter.as_slice()).filter(|rest| rest.is_empty() || *rest == b"--") {
            if let Some(start) = start {
                // The line break before a delimiter belongs to it.
                part(&body[start..at.max(start + 1) - 1]);
            }
            start = rest.is_empty().then_some(end);
            if start.is_none() {
                return;
            }
        }
        at = end;
    }
    // Many reports are cut off before the last delimiter.
    if let Some(start) = start {
        part(&body[start..]);
    }
}

/// Each line ends with `\n`: `\r\n` and, where there is no `\n` at all, `\r` are replaced.
fn with_unix_line_ends(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.contains(&b'\r') {
        return Cow::Borrowed(bytes);
    }
    if !bytes.contains(&b'\n') {
        return Cow::Owned(bytes.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect());
    }
    let mut unix = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\r' || rest.peek() != Some(&b'\n') {
            unix.push(byte);
        }
    }
    Cow::Owned(unix)
}
