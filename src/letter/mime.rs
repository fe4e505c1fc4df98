//! The body of a letter and its parts (RFC 2045, 2046, 2387).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::edition::generated_file::GeneratedFile;
use crate::edition::images::picture::Picture;
use crate::edition::letter_content::LetterContent;
use crate::issue::slug::slug;
use crate::letter::letter_bytes::LetterBytes;
use crate::letter::media_type;

/// The longest value of a parameter in one piece, in octets: encoded it has three times as many, on a line of at most 998.
const MAX_PARAMETER: usize = 320;
/// About how many octets the header of a picture or a file has, with its boundary.
const PART_HEADER: usize = 320;

/// A file that every letter carries.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// The name under which it is saved.
    name: String,
    /// Its media type, with its parameters.
    media_type: String,
    /// Its content in base64, in lines with CRLF.
    encoded: String,
}

impl Attachment {
    /// Encodes a file, once for all letters. Folders in its name are left out.
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        let name = name.rsplit('/').next().unwrap_or(name).to_owned();
        let media_type = media_type::media_type(&name, bytes);
        Self { name, media_type, encoded: base64_lines(bytes) }
    }

    /// Encodes a file that was made from an edition's text.
    pub(crate) fn enclosed(enclosure: &GeneratedFile) -> Self {
        let encoded = base64_lines(enclosure.text().as_bytes());
        Self { name: enclosure.name().to_owned(), media_type: enclosure.media_type().to_owned(), encoded }
    }
}

/// A picture of an edition, encoded once for all letters.
#[derive(Debug)]
pub(crate) struct InlinePicture {
    cid: String,
    file_name: String,
    media_type: &'static str,
    encoded: String,
}

impl InlinePicture {
    pub(crate) fn new(picture: &Picture) -> Self {
        let encoded = base64_lines(picture.bytes());
        Self { cid: picture.cid(), file_name: picture.file_name(), media_type: picture.media_type(), encoded }
    }
}

/// What surrounds the HTML of a letter, in the order of RFC 2046 §5.1.4: the text first, then the HTML with its pictures, then
/// attachments.
pub(crate) struct BodyFrame<'a> {
    /// What the boundaries are made of.
    pub(crate) boundary: &'a str,
    /// The pictures of the HTML.
    pub(crate) pictures: &'a [InlinePicture],
    /// The files that the letter carries, in their order.
    pub(crate) attachments: [&'a [Attachment]; 2],
}

// No line of quoted-printable or base64 can contain `=_` (RFC 2045 §6.7), so that a boundary never occurs in a part.
const MIXED: &str = "=_m";
const ALTERNATIVE: &str = "=_a";
const RELATED: &str = "=_r";

impl BodyFrame<'_> {
    /// Writes Content-Type, the empty line, and all up to the HTML.
    pub(crate) fn write_start(&self, letter: &mut LetterBytes, content: &LetterContent<'_>) {
        let boundary = self.boundary;
        if self.has_attachments() {
            letter.push(&["Content-Type: multipart/mixed;\r\n boundary=\"", MIXED, boundary, "\"\r\n\r\n--"]);
            letter.push(&[MIXED, boundary, "\r\n"]);
        }
        letter.push(&["Content-Type: multipart/alternative;\r\n boundary=\"", ALTERNATIVE, boundary]);
        letter.push(&["\"\r\n\r\n--", ALTERNATIVE, boundary]);
        // The last alternative is the one that clients prefer, so that the HTML follows.
        letter.push(&["\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "]);
        letter.push(&[content.text_encoding.name(), "\r\n\r\n"]);
        letter.push(&[&content.text, "\r\n--", ALTERNATIVE, boundary, "\r\n"]);
        if !self.pictures.is_empty() {
            // `type` is required, and names the media type of the first part (RFC 2387 §3.1).
            letter.push(&["Content-Type: multipart/related; type=\"text/html\";\r\n boundary=\"", RELATED, boundary]);
            letter.push(&["\"\r\n\r\n--", RELATED, boundary, "\r\n"]);
        }
        letter.push(&["Content-Type: text/html; charset=utf-8\r\n"]);
        letter.push(&["Content-Transfer-Encoding: quoted-printable\r\n\r\n"]);
    }

    /// Writes all that follows the HTML.
    pub(crate) fn write_end(&self, letter: &mut LetterBytes) {
        let boundary = self.boundary;
        // The CRLF before a delimiter belongs to the delimiter, not to the part (RFC 2046 §5.1.1).
        if !self.pictures.is_empty() {
            for picture in self.pictures {
                letter.push(&["\r\n--", RELATED, boundary, "\r\nContent-Type: ", picture.media_type]);
                letter.push(&["\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: inline; filename=\""]);
                letter.push(&[&picture.file_name, "\"\r\nContent-ID: <", &picture.cid, ">\r\n\r\n", &picture.encoded]);
            }
            letter.push(&["\r\n--", RELATED, boundary, "--\r\n"]);
        }
        letter.push(&["\r\n--", ALTERNATIVE, boundary, "--\r\n"]);
        if self.has_attachments() {
            for attachment in self.attachments.into_iter().flatten() {
                letter.push(&["\r\n--", MIXED, boundary, "\r\nContent-Type: ", &attachment.media_type]);
                letter.push(&["\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n "]);
                letter.push(&[&file_name(&attachment.name), "\r\n\r\n", &attachment.encoded]);
            }
            letter.push(&["\r\n--", MIXED, boundary, "--\r\n"]);
        }
    }

    /// About how many octets it has, without the text.
    pub(crate) fn size(&self) -> usize {
        let files = self.attachments.into_iter().flatten().map(|file| file.encoded.len() + PART_HEADER);
        let pictures = self.pictures.iter().map(|picture| picture.encoded.len() + PART_HEADER);
        1_024 + files.chain(pictures).sum::<usize>()
    }

    fn has_attachments(&self) -> bool {
        self.attachments.iter().any(|files| !files.is_empty())
    }
}

/// The name of a file, and where it is not ASCII a plain one for programs that do not read RFC 2231: without it they save the
/// file as `part3`. The plain one comes second, for programs that take the first.
fn file_name(name: &str) -> String {
    let written = parameter("filename", name);
    if written.starts_with("filename=") {
        return written;
    }
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let plain = [slug(stem), slug(ending)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
    if plain.is_empty() { written } else { format!("{written};\r\n filename=\"{plain}\"") }
}

/// A parameter whose value may have any characters (RFC 2231 §4 where it is not plain ASCII), and any length (§3).
fn parameter(name: &str, value: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if value.len() <= MAX_PARAMETER && value.bytes().all(|byte| is_plain(byte) || byte == b' ') {
        return format!("{name}=\"{value}\"");
    }
    let encode = |byte: &u8| if is_plain(*byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") };
    let encode_all = |bytes: &[u8]| bytes.iter().map(encode).collect::<String>();
    if value.len() <= MAX_PARAMETER {
        return format!("{name}*=utf-8''{}", encode_all(value.as_bytes()));
    }
    // Only as a last resort: Outlook does not join the pieces of a name.
    let pieces = value.as_bytes().chunks(MAX_PARAMETER).enumerate();
    let pieces = pieces.map(|(number, piece)| {
        let charset = if number == 0 { "utf-8''" } else { "" };
        format!("{name}*{number}*={charset}{}", encode_all(piece))
    });
    pieces.collect::<Vec<_>>().join(";\r\n ")
}

/// Base64 in lines of 76 columns (RFC 2045 §6.8), which are 57 bytes each.
fn base64_lines(bytes: &[u8]) -> String {
    let mut lines = String::with_capacity(bytes.len() / 57 * 78 + 78);
    for chunk in bytes.chunks(57) {
        STANDARD.encode_string(chunk, &mut lines);
        lines.push_str("\r\n");
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_not_ascii_has_a_plain_one_beside_it() {
        for (name, expected) in [
            ("referat 1.pdf", "filename=\"referat 1.pdf\""),
            ("årsmøde 1.PDF", "filename*=utf-8''%C3%A5rsm%C3%B8de%201.PDF;\r\n filename=\"aarsmoede-1.pdf\""),
            ("å", "filename*=utf-8''%C3%A5;\r\n filename=\"aa\""),
            ("م", "filename*=utf-8''%D9%85"),
        ] {
            assert_eq!(file_name(name), expected);
        }
    }

    #[test]
    fn a_parameter_of_any_length_fits_on_its_lines() {
        assert_eq!(parameter("filename", "referat 1.pdf"), "filename=\"referat 1.pdf\"");
        assert_eq!(parameter("filename", "å.pdf"), "filename*=utf-8''%C3%A5.pdf");
        let long = parameter("filename", &"å".repeat(500));
        assert!(long.split("\r\n ").all(|line| line.len() <= 998), "{long}");
        assert!(long.starts_with("filename*0*=utf-8''%C3%A5"), "{long}");
        assert_eq!(long.matches("%C3%A5").count(), 500);
        assert!(long.contains(";\r\n filename*3*=%C3%A5"), "{long}");
    }
}
