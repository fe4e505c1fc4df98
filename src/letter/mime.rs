//! The body of a letter and its parts (RFC 2045, 2046, 2387).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::edition::compiled::RenderedContent;
use crate::edition::generated_file::GeneratedFile;
use crate::edition::images::picture::Picture;

/// A file that every letter carries.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// The name under which it is saved.
    name: String,
    /// Its media type.
    media_type: &'static str,
    /// Its content in base64, in lines with CRLF.
    encoded: String,
}

impl Attachment {
    /// Encodes a file, once for all letters. Folders in its name are left out.
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        let name = name.rsplit('/').next().unwrap_or(name).to_owned();
        let media_type = media_type(&name);
        Self { name, media_type, encoded: base64_lines(bytes) }
    }

    /// Encodes a file that was made from an edition's text.
    pub(crate) fn enclosed(enclosure: &GeneratedFile) -> Self {
        let encoded = base64_lines(enclosure.bytes());
        Self { name: enclosure.name().to_owned(), media_type: enclosure.media_type(), encoded }
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

/// The media type of a file by its extension. Of other types the recipient's system decides by the extension.
fn media_type(name: &str) -> &'static str {
    let extension = name.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    match extension.as_str() {
        "pdf" => "application/pdf",
        "ics" => "text/calendar",
        "csv" => "text/csv",
        "txt" => "text/plain",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

/// Writes Content-Type, the empty line and all parts: text first, then the HTML with its pictures, then attachments.
pub(crate) fn write_body(
    bytes: &mut Vec<u8>,
    boundary: &str,
    content: &RenderedContent,
    pictures: &[InlinePicture],
    attachments: &[&Attachment],
) {
    if attachments.is_empty() {
        write_alternative(bytes, boundary, content, pictures);
        return;
    }
    // No line of quoted-printable or base64 can contain `=_` (RFC 2045 §6.7), so that a boundary never occurs in a part.
    let mixed = format!("=_m{boundary}");
    push(bytes, &["Content-Type: multipart/mixed;\r\n boundary=\"", &mixed, "\"\r\n\r\n--", &mixed, "\r\n"]);
    write_alternative(bytes, boundary, content, pictures);
    for attachment in attachments {
        // The CRLF before a delimiter belongs to the delimiter, not to the part (RFC 2046 §5.1.1).
        push(bytes, &["\r\n--", &mixed, "\r\nContent-Type: ", attachment.media_type]);
        push(bytes, &["\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n "]);
        push(bytes, &[&parameter("filename", &attachment.name), "\r\n\r\n", &attachment.encoded]);
    }
    push(bytes, &["\r\n--", &mixed, "--\r\n"]);
}

fn write_alternative(bytes: &mut Vec<u8>, boundary: &str, content: &RenderedContent, pictures: &[InlinePicture]) {
    let alternative = format!("=_a{boundary}");
    push(bytes, &["Content-Type: multipart/alternative;\r\n boundary=\"", &alternative, "\"\r\n\r\n--", &alternative]);
    // The last alternative is the one that clients prefer, so that the HTML follows (RFC 2046 §5.1.4).
    push(bytes, &["\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "]);
    push(bytes, &[content.text_encoding.name(), "\r\n\r\n"]);
    push(bytes, &[&content.text, "\r\n--", &alternative, "\r\n"]);
    if pictures.is_empty() {
        write_html(bytes, content);
    } else {
        let related = format!("=_r{boundary}");
        // `type` is required, and names the media type of the first part (RFC 2387 §3.1).
        push(bytes, &["Content-Type: multipart/related; type=\"text/html\";\r\n boundary=\"", &related]);
        push(bytes, &["\"\r\n\r\n--", &related, "\r\n"]);
        write_html(bytes, content);
        for picture in pictures {
            push(bytes, &["\r\n--", &related, "\r\nContent-Type: ", picture.media_type]);
            push(bytes, &["\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: inline; filename=\""]);
            push(bytes, &[&picture.file_name, "\"\r\nContent-ID: <", &picture.cid, ">\r\n\r\n", &picture.encoded]);
        }
        push(bytes, &["\r\n--", &related, "--\r\n"]);
    }
    push(bytes, &["\r\n--", &alternative, "--\r\n"]);
}

fn write_html(bytes: &mut Vec<u8>, content: &RenderedContent) {
    push(bytes, &["Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"]);
    push(bytes, &[&content.html]);
}

fn push(bytes: &mut Vec<u8>, pieces: &[&str]) {
    for piece in pieces {
        bytes.extend_from_slice(piece.as_bytes());
    }
}

/// A parameter whose value may have any characters (RFC 2231 §4 where it is not plain ASCII).
fn parameter(name: &str, value: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if value.bytes().all(|byte| is_plain(byte) || byte == b' ') {
        return format!("{name}=\"{value}\"");
    }
    let encode = |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    format!("{name}*=utf-8''{}", value.bytes().map(encode).collect::<String>())
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
