//! Names of folders, as IMAP writes them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// A folder's name as a quoted string in modified UTF-7 (RFC 3501 §5.1.3): ASCII stays, `&` is `&-`, and the rest is UTF-16 in
/// a form of Base64.
pub(super) fn quoted_folder(name: &str) -> String {
    let mut encoded = String::new();
    let mut others: Vec<u8> = Vec::new();
    for character in name.chars() {
        if matches!(character, ' '..='~') {
            flush(&mut others, &mut encoded);
            encoded.push(character);
            if character == '&' {
                encoded.push('-');
            }
        } else {
            others.extend(character.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut others, &mut encoded);
    quoted_text(&encoded)
}

/// A text as a quoted string; it must be ASCII without control characters.
pub(super) fn quoted_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn flush(others: &mut Vec<u8>, encoded: &mut String) {
    if !others.is_empty() {
        // The comma takes the place of the slash, which separates folders.
        encoded.push('&');
        encoded.push_str(&STANDARD_NO_PAD.encode(&others).replace('/', ","));
        encoded.push('-');
        others.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_encoded() {
        assert_eq!(quoted_folder("INBOX"), "\"INBOX\"");
        assert_eq!(quoted_folder("Tom & Co"), "\"Tom &- Co\"");
        // The example of RFC 3501 §5.1.3.
        assert_eq!(quoted_folder("~peter/mail/台北/日本語"), "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\"");
        assert_eq!(quoted_folder("Håndteret"), "\"H&AOU-ndteret\"");
        assert_eq!(quoted_folder("a\"b\\c\r\n"), "\"a\\\"b\\\\c&AA0ACg-\"");
    }
}
