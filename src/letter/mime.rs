//! The body of a letter: its parts in their envelopes (RFC 2045, 2046, 2387).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::edition::compiled::RenderedContent;
use crate::edition::generated_file::GeneratedFile;
use crate::edition::images::picture::Picture;

/// A file that every letter carries.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Its name, as the reader saves it.
    name: String,
    /// Its media type.
    media_type: &'static str,
    /// Its content in base64, 76 columns, CRLF.
    encoded: String,
}

impl Attachment {
    /// Encodes a file, once for all letters.
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

/// A picture of an edition, in base64.
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

/// The media type of what a public body attaches; anything else is left to the reader's machine.
fn media_type(name: &str) -> &'static str {
    let ending = name.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    match ending.as_str() {
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
///
/// A boundary begins with `=_`, which no quoted-printable or base64 line can hold (RFC 2045 §6.7).
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
    let mixed = format!("=_m{boundary}");
    push(bytes, &["Content-Type: multipart/mixed;\r\n boundary=\"", &mixed, "\"\r\n\r\n--", &mixed, "\r\n"]);
    write_alternative(bytes, boundary, content, pictures);
    for attachment in attachments {
        let (parameter, file) = parameter_value("filename", &attachment.name);
        push(bytes, &["\r\n--", &mixed, "\r\nContent-Type: ", attachment.media_type]);
        push(bytes, &["\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n "]);
        push(bytes, &[&parameter, "=", &file, "\r\n\r\n", &attachment.encoded]);
    }
    push(bytes, &["\r\n--", &mixed, "--\r\n"]);
}

fn write_alternative(bytes: &mut Vec<u8>, boundary: &str, content: &RenderedContent, pictures: &[InlinePicture]) {
    let alternative = format!("=_a{boundary}");
    push(bytes, &["Content-Type: multipart/alternative;\r\n boundary=\"", &alternative, "\"\r\n\r\n--", &alternative]);
    push(bytes, &["\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "]);
    push(bytes, &[content.text_encoding.name(), "\r\n\r\n"]);
    push(bytes, &[&content.text, "\r\n--", &alternative, "\r\n"]);
    if pictures.is_empty() {
        write_html(bytes, content);
    } else {
        let related = format!("=_r{boundary}");
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

/// A parameter with a value of any characters (RFC 2231 §4 where it is not plain ASCII).
fn parameter_value(name: &str, value: &str) -> (String, String) {
    let plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-' | b'_');
    if value.bytes().all(|it| plain(it) || it == b' ') {
        return (name.to_owned(), format!("\"{value}\""));
    }
    let encoded: String =
        value.bytes().map(|it| if plain(it) { char::from(it).to_string() } else { format!("%{it:02X}") }).collect();
    (format!("{name}*"), format!("utf-8''{encoded}"))
}

/// Base64 in lines of 76 columns (RFC 2045 §6.8).
fn base64_lines(bytes: &[u8]) -> String {
    let mut lines = String::with_capacity(bytes.len() / 57 * 78 + 78);
    for chunk in bytes.chunks(57) {
        STANDARD.encode_string(chunk, &mut lines);
        lines.push_str("\r\n");
    }
    lines
}
