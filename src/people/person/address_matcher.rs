//! Finds an address in a text, in any of its spellings.

use crate::people::person::{Address, fold};

/// Finds one address in texts and files.
#[derive(Clone, Debug)]
pub struct AddressMatcher {
    key: String,
    spellings: Vec<String>,
}

impl AddressMatcher {
    /// Finds this address, in any case and with its domain in ASCII or Unicode.
    pub fn new(address: &Address) -> Self {
        let key = address.key();
        let local = fold(address.local());
        let (unicode, _) = idna::domain_to_unicode(address.domain());
        let mut spellings = vec![key.clone(), format!("{local}@{}", fold(&unicode))];
        spellings.dedup();
        // As in the query of a URL.
        let encoded: Vec<String> = spellings.iter().map(|spelling| spelling.replace('@', "%40")).collect();
        spellings.extend(encoded);
        Self { key, spellings }
    }

    /// Whether this is the address.
    pub fn is(&self, other: &Address) -> bool {
        other.key() == self.key
    }

    /// Whether a text contains it, and not only as a part of a longer address.
    pub fn is_in(&self, text: &str) -> bool {
        let text = fold(text);
        self.spellings.iter().any(|spelling| contains_whole(&text, spelling))
    }

    /// Whether bytes contain it, plain or in quoted-printable (RFC 2045, 6.7).
    pub fn is_in_bytes(&self, bytes: &[u8]) -> bool {
        let plain = String::from_utf8_lossy(bytes);
        self.is_in(&plain)
            || bytes.contains(&b'=') && self.is_in(&String::from_utf8_lossy(&decode_quoted_printable(bytes)))
    }

    /// The lines that contain it, counted from 1. An address that is broken over two lines is on none.
    pub fn lines(&self, bytes: &[u8]) -> Vec<usize> {
        let lines = bytes.split(|byte| *byte == b'\n').enumerate();
        lines.filter(|(_, line)| self.is_in(&String::from_utf8_lossy(line))).map(|(at, _)| at + 1).collect()
    }
}

/// The addresses in a text.
pub fn addresses(text: &str) -> impl Iterator<Item = Address> {
    let words =
        text.split(|letter: char| letter.is_whitespace() || letter.is_control() || ";,:|<>()[]\"".contains(letter));
    // An apostrophe or a dot is a part of an address only inside it; at an end, it belongs to the text around it.
    words.filter(|word| word.contains('@')).filter_map(|word| Address::parse(word.trim_matches(['\'', '.'])).ok())
}

fn contains_whole(text: &str, address: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
    text.match_indices(address).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let mut after = text[at + address.len()..].chars();
        let (next, after_next) = (after.next(), after.next());
        // `x.anna@…` and `x+anna@…` are other addresses.
        let begins = before.is_none_or(|letter| !is_part(letter) && letter != '.' && letter != '+');
        let ends = match next {
            // A full stop ends a sentence; before a letter it continues the domain.
            Some('.') => !after_next.is_some_and(is_part),
            Some(letter) => !is_part(letter),
            None => true,
        };
        begins && ends
    })
}

/// Decodes quoted-printable. The input may be any file, so what is not valid is left as it is; a library would stop.
fn decode_quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = &bytes[at..];
        // A soft line break (RFC 2045, 6.7, rule 5) may be in the middle of an address.
        if rest.starts_with(b"=\r\n") {
            at += 3;
        } else if rest.starts_with(b"=\n") {
            at += 2;
        } else if let (b'=', Some(high), Some(low)) = (byte, digit(at + 1), digit(at + 2)) {
            decoded.extend(u8::try_from(high * 16 + low));
            at += 3;
        } else {
            decoded.push(*byte);
            at += 1;
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matcher(address: &str) -> AddressMatcher {
        AddressMatcher::new(&Address::parse(address).unwrap())
    }

    #[test]
    fn an_address_is_found_in_every_spelling_and_not_in_another_address() {
        let matcher = matcher("anna@xn--brn-ula.example");
        for text in [
            "\"Anna\" <ANNA@xn--brn-ula.example>",
            "x;anna@bårn.example;y",
            "?to=anna%40bårn.example&x",
            "skriv til anna@Bårn.example.",
            "anna@b=C3=A5r=\r\nn.example",
        ] {
            assert!(matcher.is_in_bytes(text.as_bytes()), "{text}");
        }
        for text in
            ["hanna@bårn.example", "x.anna@bårn.example", "anna@bårn.example.org", "a+anna@bårn.example", "anna@bår"]
        {
            assert!(!matcher.is_in_bytes(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn addresses_are_found_in_a_row() {
        let found: Vec<String> = addresses("Anna <anna@a.example>;\"bo@b.example\",x@y;'cia@c.example'.")
            .map(|address| address.to_string())
            .collect();
        assert_eq!(found, ["anna@a.example", "bo@b.example", "cia@c.example"]);
    }

    #[test]
    fn its_lines_are_counted_from_one() {
        assert_eq!(matcher("bo@b.example").lines(b"email\nbo@b.example\nabo@b.example\nBO@b.example\n"), [2, 4]);
    }
}
