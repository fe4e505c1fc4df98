//! The encoding of a feed: what its byte-order mark or its XML declaration says (XML 1.0, appendix F).

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use thiserror::Error as ThisError;

use crate::base::message::message;

/// How much of a file is searched for its XML declaration, in bytes.
const DECLARATION: usize = 200;

/// Why the bytes of a feed are not a text.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub(crate) enum FeedEncodingError {
    /// It names an unknown encoding.
    #[error("{}", message!("its encoding is unknown: {_0}", "dets tegnkodning er ukendt: {_0}"))]
    Unknown(String),
    /// It has bytes that its encoding does not have.
    #[error("{}", message!(
        "it is not in the encoding that it names: {_0}",
        "det er ikke i den tegnkodning, det siger: {_0}"
    ))]
    Invalid(&'static str),
    /// It is compressed.
    #[error("{}", message!("it is compressed", "det er komprimeret"))]
    Compressed,
}

/// The text of a feed.
///
/// # Errors
///
/// The encoding is unknown, or the bytes are not valid in it. Without a declared encoding, it is UTF-8 or else
/// Windows-1252.
pub(crate) fn text(bytes: &[u8]) -> Result<String, FeedEncodingError> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(FeedEncodingError::Compressed);
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decoded(encoding, &bytes[mark..]);
    }
    match bytes {
        [b'<', 0, ..] => return decoded(UTF_16LE, bytes),
        [0, b'<', ..] => return decoded(UTF_16BE, bytes),
        _ => {}
    }
    let Some(label) = declared(bytes) else {
        return decoded(UTF_8, bytes).or_else(|_| decoded(WINDOWS_1252, bytes));
    };
    let encoding = Encoding::for_label_no_replacement(label.as_bytes())
        .ok_or_else(|| FeedEncodingError::Unknown(label.clone()))?;
    // A declaration that could be read up to here is not in UTF-16, whatever it states.
    decoded(if encoding.is_ascii_compatible() { encoding } else { UTF_8 }, bytes)
}

fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, FeedEncodingError> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    text.map(std::borrow::Cow::into_owned).ok_or_else(|| FeedEncodingError::Invalid(encoding.name()))
}

/// The encoding that the XML declaration names.
fn declared(bytes: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARATION)]);
    let (declaration, _) = start.trim_start().strip_prefix("<?xml")?.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|sign| matches!(sign, '"' | '\''))?;
    value[1..].split_once(quote).map(|(label, _)| label.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_that_of_the_mark_or_the_declaration() {
        let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let declared =
            |label: &str, rest: &[u8]| [format!("<?xml version='1.0' encoding='{label}'?>").as_bytes(), rest].concat();
        for (bytes, end) in [
            (b"<a>\xc3\xa6".to_vec(), "æ"),
            (b"\xef\xbb\xbf<a>\xc3\xa6".to_vec(), "æ"),
            (b"<a>\xe6".to_vec(), "æ"),
            (utf_16("<a>æ"), "æ"),
            ([vec![0xff, 0xfe], utf_16("<a>æ")].concat(), "æ"),
            ("<a>æ".encode_utf16().flat_map(u16::to_be_bytes).collect(), "æ"),
            (declared("windows-1252", b"\x80\xe6"), "€æ"),
            (declared("ISO-8859-1", b"\xe6"), "æ"),
            (declared("UTF-8", b"\xc3\xa6"), "æ"),
            (declared("utf-16", b"\xc3\xa6"), "æ"),
        ] {
            assert!(text(&bytes).unwrap().ends_with(end), "{bytes:?}");
        }
        assert_eq!(text(&declared("klingon", b"")), Err(FeedEncodingError::Unknown("klingon".to_owned())));
        assert_eq!(text(&declared("utf-8", b"\xe6")), Err(FeedEncodingError::Invalid("UTF-8")));
        assert_eq!(text(b"\x1f\x8b\x08"), Err(FeedEncodingError::Compressed));
    }
}
