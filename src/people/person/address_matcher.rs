//! Finds an address in a text, however it is spelt there.

use crate::people::person::{Address, fold};

/// The spellings of one address, to look for in files.
#[derive(Clone, Debug)]
pub struct AddressMatcher {
    key: String,
    spellings: Vec<String>,
}

impl AddressMatcher {
    /// Looks for whatever is the same address.
    pub fn new(address: &Address) -> Self {
        let key = address.key();
        let local = fold(address.local());
        let (unicode, _) = idna::domain_to_unicode(address.domain());
        let mut spellings = vec![key.clone(), format!("{local}@{}", fold(&unicode))];
        spellings.dedup();
        // As it stands in the address of a web page.
        let quoted: Vec<String> = spellings.iter().map(|it| it.replace('@', "%40")).collect();
        spellings.extend(quoted);
        Self { key, spellings }
    }

    /// Whether this is the address.
    pub fn is(&self, other: &Address) -> bool {
        other.key() == self.key
    }

    /// Whether it stands in a text, and not only as a part of a longer address.
    pub fn is_in(&self, text: &str) -> bool {
        let text = fold(text);
        self.spellings.iter().any(|it| is_whole_address(&text, it))
    }

    /// The same for bytes, in quoted-printable (RFC 2045 §6.7) as well.
    pub fn is_in_bytes(&self, bytes: &[u8]) -> bool {
        let plain = String::from_utf8_lossy(bytes);
        self.is_in(&plain) || bytes.contains(&b'=') && self.is_in(&String::from_utf8_lossy(&decoded(bytes)))
    }

    /// The lines in which it stands, counted from 1; none where it stands nowhere, or runs over lines.
    pub fn lines(&self, bytes: &[u8]) -> Vec<usize> {
        let lines = bytes.split(|it| *it == b'\n').enumerate();
        lines.filter(|(_, line)| self.is_in(&String::from_utf8_lossy(line))).map(|(at, _)| at + 1).collect()
    }
}

/// The addresses that stand in a text.
pub fn addresses(text: &str) -> impl Iterator<Item = Address> {
    let words = text.split(|it: char| it.is_whitespace() || it.is_control() || ";,:|<>()[]\"".contains(it));
    words.filter(|it| it.contains('@')).filter_map(|it| Address::parse(it.trim_matches(['\'', '.'])).ok())
}

fn is_whole_address(text: &str, address: &str) -> bool {
    let goes_on = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_');
    text.match_indices(address).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let mut behind = text[at + address.len()..].chars();
        let (next, after_next) = (behind.next(), behind.next());
        let begins = before.is_none_or(|it| !goes_on(it) && it != '.' && it != '+');
        let ends = match next {
            Some('.') => !after_next.is_some_and(goes_on),
            Some(it) => !goes_on(it),
            None => true,
        };
        begins && ends
    })
}

/// What the encoding stands for; what is none stays as it is.
fn decoded(bytes: &[u8]) -> Vec<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|it| char::from(*it).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = &bytes[at..];
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

    fn trace(address: &str) -> AddressMatcher {
        AddressMatcher::new(&Address::parse(address).unwrap())
    }

    #[test]
    fn an_address_is_found_in_every_spelling_and_not_in_another_address() {
        let trace = trace("anna@xn--brn-ula.example");
        for text in [
            "\"Anna\" <ANNA@xn--brn-ula.example>",
            "x;anna@bårn.example;y",
            "?to=anna%40bårn.example&x",
            "skriv til anna@Bårn.example.",
            "anna@b=C3=A5r=\r\nn.example",
        ] {
            assert!(trace.is_in_bytes(text.as_bytes()), "{text}");
        }
        for text in
            ["hanna@bårn.example", "x.anna@bårn.example", "anna@bårn.example.org", "a+anna@bårn.example", "anna@bår"]
        {
            assert!(!trace.is_in_bytes(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn addresses_are_found_in_a_row() {
        let found: Vec<String> =
            addresses("Anna <anna@a.example>;\"bo@b.example\",x@y;'cia@c.example'.").map(|it| it.to_string()).collect();
        assert_eq!(found, ["anna@a.example", "bo@b.example", "cia@c.example"]);
    }

    #[test]
    fn its_lines_are_counted_from_one() {
        assert_eq!(trace("bo@b.example").lines(b"email\nbo@b.example\nabo@b.example\nBO@b.example\n"), [2, 4]);
    }
}
