//! The media type of an attached file, and the character set of a text.

/// The media type of a file by the extension of its name, a text with its character set. Of other types the recipient's
/// system decides by the extension.
pub(super) fn media_type(name: &str, content: &[u8]) -> String {
    let extension = name.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    let text = match extension.as_str() {
        "csv" => "text/csv",
        "ics" => "text/calendar",
        "md" => "text/markdown",
        "txt" => "text/plain",
        "vcf" => "text/vcard",
        other => return of_other(other).to_owned(),
    };
    // A file that is not text must not be shown as text.
    charset(content).map_or_else(|| UNKNOWN.to_owned(), |charset| format!("{text}; charset={charset}"))
}

/// The type of any content (RFC 2046 §4.5.1).
const UNKNOWN: &str = "application/octet-stream";

fn of_other(extension: &str) -> &'static str {
    match extension {
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "zip" => "application/zip",
        _ => UNKNOWN,
    }
}

/// The character set of a text, by the names of IANA; none if it is not text. Without it a mail client reads a text as
/// ASCII (RFC 2046 §4.1.2), and shows `Ã¦` or a question mark for `æ`.
fn charset(content: &[u8]) -> Option<&'static str> {
    // The five bytes that Windows-1252 gives no character.
    let is_undefined = |byte: &u8| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
    match content {
        // With a byte-order mark, which `utf-16` says may be there (RFC 2781 §3.3).
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("utf-16"),
        _ if content.contains(&0) => None,
        _ if content.is_ascii() => Some("us-ascii"),
        _ if std::str::from_utf8(content).is_ok() => Some("utf-8"),
        _ if content.iter().any(is_undefined) => None,
        _ => Some("windows-1252"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_its_character_set() {
        for (name, content, expected) in [
            ("noter.txt", &b"Noter"[..], "text/plain; charset=us-ascii"),
            ("noter.TXT", "Årsmøde".as_bytes(), "text/plain; charset=utf-8"),
            ("noter.txt", b"\xef\xbb\xbfnoter", "text/plain; charset=utf-8"),
            ("noter.txt", b"\xc5rsm\xf8de", "text/plain; charset=windows-1252"),
            ("tal.csv", b"\xff\xfeA\0", "text/csv; charset=utf-16"),
            ("tal.csv", b"\xfe\xff\0A", "text/csv; charset=utf-16"),
            ("noter.md", "# Årsmøde".as_bytes(), "text/markdown; charset=utf-8"),
            ("noter.txt", b"a\0b", UNKNOWN),
            ("noter.txt", b"\xc5\x81\x8d", UNKNOWN),
            ("referat.pdf", "Årsmøde".as_bytes(), "application/pdf"),
            ("referat", b"a", UNKNOWN),
            ("tom.txt", b"", "text/plain; charset=us-ascii"),
        ] {
            assert_eq!(media_type(name, content), expected, "{name} {content:?}");
        }
    }
}
