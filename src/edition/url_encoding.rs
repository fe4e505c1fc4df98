//! Percent-encoding of addresses (RFC 3986, section 2.1), once, and the same in every part of a letter.

/// An address with each character encoded that an address cannot have, that would end it in a text part (RFC 3986,
/// appendix C), or that is not ASCII: some mail programs cut a link at the first such character. What is encoded
/// already stays as it is, and so does the name of the server, whose letters are encoded in another way (RFC 5891).
pub(crate) fn encoded(url: &str) -> String {
    let url = url.trim();
    let server = server(url);
    let mut out = String::with_capacity(url.len());
    for (at, character) in url.char_indices() {
        let is_bare_percent = character == '%' && !is_code(&url[at + 1..]);
        let is_foreign = !character.is_ascii() && !server.contains(&at);
        if is_unsafe(character) || is_foreign || is_bare_percent {
            out.push_str(&percent(character));
        } else {
            out.push(character);
        }
    }
    out
}

/// The bytes of an address that name a server.
fn server(url: &str) -> std::ops::Range<usize> {
    let Some(start) = url.find("://").map(|at| at + 3) else { return 0..0 };
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |length| start + length);
    start..end
}

/// Whether a text begins with the two digits of a percent-encoded byte.
fn is_code(text: &str) -> bool {
    text.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

/// Whether a character must be encoded in an address, or would end an address in a text part (RFC 3986, appendix C).
pub(crate) fn is_unsafe(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '<' | '>' | '"' | '\\' | '^' | '`' | '{' | '|' | '}')
}

/// A character percent-encoded: `%C3%A6`.
pub(crate) fn percent(character: char) -> String {
    let mut bytes = [0; 4];
    character.encode_utf8(&mut bytes).bytes().fold(String::new(), |all, byte| format!("{all}%{byte:02X}"))
}

/// An address with its `%C3%A6` decoded; an invalid code stays as it is.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = code.filter(|digits| *first == b'%' && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_encoded_once() {
        for (url, expected) in [
            ("https://a.example/b%20c?d=1&e=%C3%A6#f", "https://a.example/b%20c?d=1&e=%C3%A6#f"),
            ("https://a.example/b c.pdf", "https://a.example/b%20c.pdf"),
            ("https://a.example/100%/x", "https://a.example/100%25/x"),
            ("https://blåbær.example/ø?q=å", "https://blåbær.example/%C3%B8?q=%C3%A5"),
            ("https://a.example?q={x}|y", "https://a.example?q=%7Bx%7D%7Cy"),
            ("mailto:a@b.example?subject=Hej på dig", "mailto:a@b.example?subject=Hej%20p%C3%A5%20dig"),
        ] {
            assert_eq!(encoded(url), expected);
            assert_eq!(encoded(&encoded(url)), expected);
        }
    }
}
