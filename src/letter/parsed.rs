//! A letter read back from its bytes, as a mail client reads it.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quoted_printable::ParseMode;

use crate::base::csv::encoding;
use crate::letter::decoded::DecodedLetter;

/// The texts of a letter, decoded.
#[derive(Debug)]
pub struct ParsedLetter<'a> {
    /// The subject.
    pub subject: String,
    /// Its parts, in order, but not the `multipart/…` around them.
    pub parts: Vec<MimePart<'a>>,
}

/// One part of a letter.
#[derive(Debug)]
pub struct MimePart<'a> {
    /// Its media type: `text/html`.
    pub media_type: String,
    /// The name of its file; absent: it is not a file.
    pub name: Option<String>,
    encoding: String,
    charset: String,
    body: &'a str,
}

impl MimePart<'_> {
    /// Its content as text. What is invalid in its character set is replaced.
    pub fn text(&self) -> String {
        let bytes = match self.encoding.as_str() {
            "base64" => from_base64(self.body),
            "quoted-printable" => quoted_printable::decode(self.body, ParseMode::Robust).unwrap_or_default(),
            _ => self.body.as_bytes().to_vec(),
        };
        decode_charset(&bytes, &self.charset).replace("\r\n", "\n")
    }
}

impl<'a> MimePart<'a> {
    /// A part without transfer encoding.
    fn plain(media_type: &str, name: Option<&str>, body: &'a str) -> Self {
        Self {
            media_type: media_type.split(';').next().unwrap_or_default().to_owned(),
            name: name.map(str::to_owned),
            encoding: String::new(),
            charset: String::new(),
            body,
        }
    }
}

/// Reads the two texts of a letter.
pub fn parse_texts<'a>(letter: &'a DecodedLetter<'_>) -> ParsedLetter<'a> {
    let parts =
        vec![MimePart::plain("text/html", None, &letter.html), MimePart::plain("text/plain", None, &letter.text)];
    ParsedLetter { subject: letter.subject.clone(), parts }
}

/// Reads a web page and its files like the parts of a letter.
pub fn parse_page<'a>(page: &'a DecodedLetter<'_>) -> ParsedLetter<'a> {
    let files = page.enclosures.iter().map(|file| MimePart::plain(file.media_type(), Some(file.name()), file.text()));
    let parts = std::iter::once(MimePart::plain("text/html", None, &page.html)).chain(files).collect();
    ParsedLetter { subject: page.subject.clone(), parts }
}

/// Reads the bytes of one letter.
pub fn parse(bytes: &[u8]) -> ParsedLetter<'_> {
    // A letter is 7-bit, so that this cannot fail.
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let (headers, _) = split_header(text);
    let subject = header(headers, "subject").map(|value| decode_encoded_words(&value)).unwrap_or_default();
    let mut parts = Vec::new();
    collect(text, &mut parts);
    ParsedLetter { subject, parts }
}

fn collect<'a>(text: &'a str, parts: &mut Vec<MimePart<'a>>) {
    let (headers, body) = split_header(text);
    let kind = header(headers, "content-type").unwrap_or_default();
    let media_type = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if let Some(boundary) = parameter(&kind, "boundary").filter(|_| media_type.starts_with("multipart/")) {
        let delimiter = format!("--{boundary}");
        // The text before the first delimiter is not a part, and `--` after a delimiter is the end (RFC 2046 §5.1.1).
        let inner = body.split(&delimiter).skip(1).take_while(|part| !part.starts_with("--"));
        for part in inner {
            collect(part.strip_prefix("\r\n").unwrap_or(part), parts);
        }
        return;
    }
    let disposition = header(headers, "content-disposition").unwrap_or_default();
    let encoding = header(headers, "content-transfer-encoding").unwrap_or_default().trim().to_ascii_lowercase();
    // Mail clients fall back on the `name` of Content-Type.
    let name = parameter(&disposition, "filename").or_else(|| parameter(&kind, "name"));
    let charset = parameter(&kind, "charset").unwrap_or_default().trim().to_ascii_lowercase();
    parts.push(MimePart { media_type, name, encoding, charset, body });
}

/// A text in one of the character sets that the texts of a letter have; all but two of these are UTF-8.
fn decode_charset(bytes: &[u8], charset: &str) -> String {
    let text = match charset {
        "utf-16" => Some(encoding::utf_16(bytes)),
        "windows-1252" => encoding::windows_1252(bytes),
        _ => None,
    };
    text.unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
}

/// The header and the body of a part.
fn split_header(text: &str) -> (&str, &str) {
    text.split_once("\r\n\r\n").unwrap_or((text, ""))
}

/// The value of a header field, unfolded.
fn header(headers: &str, name: &str) -> Option<String> {
    let unfolded = headers.replace("\r\n ", " ").replace("\r\n\t", " ");
    let mut fields = unfolded.split("\r\n").filter_map(|field| field.split_once(':'));
    fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
}

/// A parameter of a header field, quoted or encoded (RFC 2231 §4).
fn parameter(value: &str, name: &str) -> Option<String> {
    for part in value.split(';').skip(1) {
        let Some((key, value)) = part.trim().split_once('=') else { continue };
        if key.eq_ignore_ascii_case(name) {
            return Some(value.trim_matches('"').to_owned());
        }
        if key.strip_suffix('*').is_some_and(|key| key.eq_ignore_ascii_case(name)) {
            // The character set and the language come before the text: `utf-8''referat.pdf`.
            return Some(percent_decoded(value.rsplit('\'').next().unwrap_or(value)).into_owned());
        }
    }
    // A long value is in pieces: `filename*0*=utf-8''…; filename*1*=…` (RFC 2231 §4.1).
    let pieces = (0_u32..).map_while(|number| {
        let wanted = format!("{name}*{number}*");
        let mut pairs = value.split(';').skip(1).filter_map(|part| part.trim().split_once('='));
        pairs.find(|(key, _)| key.eq_ignore_ascii_case(&wanted)).map(|(_, value)| value)
    });
    let whole: String = pieces.map(|piece| piece.rsplit('\'').next().unwrap_or(piece)).collect();
    (!whole.is_empty()).then(|| percent_decoded(&whole).into_owned())
}

/// A text with its percent-encoding (`%41`) decoded; a `%` without two digits stays as it is.
pub fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *first == b'%');
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// The value of a header field with its encoded words decoded (RFC 2047 §2).
fn decode_encoded_words(value: &str) -> String {
    // Bytes, not text, so that a character that is split between two encoded words is read too.
    let mut bytes: Vec<u8> = Vec::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some(start) = rest.find("=?") {
        let (before, from) = rest.split_at(start);
        let mut fields = from[2..].splitn(4, '?');
        let (Some(_), Some(encoding), Some(word), Some(end)) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            break;
        };
        let Some(after) = end.strip_prefix('=') else { break };
        // White space between two encoded words is not shown (RFC 2047 §6.2).
        if !(after_word && before.trim().is_empty()) {
            bytes.extend_from_slice(before.as_bytes());
        }
        bytes.extend(if encoding.eq_ignore_ascii_case("b") {
            from_base64(word)
        } else {
            // `_` is a space whatever the character set (RFC 2047 §4.2).
            quoted_printable::decode(word.replace('_', " "), ParseMode::Robust).unwrap_or_default()
        });
        rest = after;
        after_word = true;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn from_base64(text: &str) -> Vec<u8> {
    let bare: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    STANDARD.decode(bare).unwrap_or_default()
}
