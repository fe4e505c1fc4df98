//! The value of a line: words, and links among them.

/// A piece of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ValuePiece {
    /// Words.
    Words(String),
    /// A link, with its own words if it has any.
    Link { words: Option<String>, url: String },
}

impl ValuePiece {
    /// The piece as plain text.
    pub(super) fn plain(&self) -> String {
        match self {
            // Any other scheme is refused in letters, and must not reach a calendar either.
            Self::Link { words: Some(words), url } if is_allowed_in_calendar(url) => format!("{words} <{url}>"),
            Self::Words(words) | Self::Link { words: Some(words), .. } => words.clone(),
            Self::Link { words: None, url } => url.clone(),
        }
    }
}

/// Whether a calendar may hold an address.
pub(super) fn is_allowed_in_calendar(url: &str) -> bool {
    ["https://", "http://", "mailto:"].into_iter().any(|scheme| url.starts_with(scheme))
}

/// The words of a value, for the location in a calendar: an address only if it has no words.
pub(super) fn words(pieces: &[ValuePiece]) -> String {
    let shown = pieces.iter().map(|piece| match piece {
        ValuePiece::Words(words) | ValuePiece::Link { words: Some(words), .. } => words.as_str(),
        ValuePiece::Link { words: None, url } => url,
    });
    shown.collect()
}

/// The value as plain text.
pub(super) fn plain(pieces: &[ValuePiece]) -> String {
    pieces.iter().map(ValuePiece::plain).collect()
}

/// Splits a value at its links: `[words](url)`, `<url>`, and bare addresses.
pub(super) fn pieces(value: &str) -> Vec<ValuePiece> {
    let mut found = Vec::new();
    let mut words = String::new();
    let mut rest = value;
    while let Some(first) = rest.chars().next() {
        // A bare address inside a word, as in `xhttps://a`, is not a link.
        let word_begins = words.chars().next_back().is_none_or(|character| !character.is_alphanumeric());
        let link = link(rest, first).filter(|_| word_begins || matches!(first, '[' | '<'));
        let Some((link, length)) = link else {
            words.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        found.extend((!words.is_empty()).then(|| ValuePiece::Words(std::mem::take(&mut words))));
        found.push(link);
        rest = &rest[length..];
    }
    found.extend((!words.is_empty()).then_some(ValuePiece::Words(words)));
    found
}

/// The link that a text starts with, and its length in bytes.
fn link(text: &str, first: char) -> Option<(ValuePiece, usize)> {
    match first {
        '[' => {
            let (words, behind) = text[1..].split_once("](")?;
            let (url, _) = behind.split_once(')')?;
            let button = behind[url.len() + 1..].strip_prefix("{.button}").map_or(0, |_| "{.button}".len());
            let words = Some(words.to_owned()).filter(|words| !words.trim().is_empty());
            let length = 1 + words.as_ref().map_or(0, String::len) + 2 + url.len() + 1 + button;
            (!url.trim().is_empty()).then(|| (ValuePiece::Link { words, url: url.trim().to_owned() }, length))
        }
        '<' => {
            let (inner, _) = text[1..].split_once('>')?;
            bare(inner).filter(|address| address.len() == inner.len())?;
            Some((ValuePiece::Link { words: None, url: address(inner) }, inner.len() + 2))
        }
        _ => {
            let url = bare(text)?;
            Some((ValuePiece::Link { words: None, url: address(url) }, url.len()))
        }
    }
}

/// The bare address that a text starts with, without the punctuation of its sentence.
fn bare(text: &str) -> Option<&str> {
    let word = &text[..text
        .find(|character: char| character.is_whitespace() || matches!(character, '<' | '>' | '"'))
        .unwrap_or(text.len())];
    let word = word.trim_end_matches(['.', ',', ';', ':', '!', '?']);
    // The `)` of `(www.a.example)` belongs to the sentence; that of `/Hest_(dyr)` to the address.
    let word = if word.contains('(') { word } else { word.trim_end_matches(')') };
    let begins = |scheme: &str| word.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let web = ["https://", "http://", "mailto:"].into_iter().any(|scheme| begins(scheme) && word.len() > scheme.len());
    (web || begins("www.") && word.len() > 6 || is_mailbox(word)).then_some(word)
}

fn is_mailbox(word: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part.chars().all(|character| character.is_ascii_alphanumeric() || ".-_+".contains(character))
    };
    word.split_once('@').is_some_and(|(local, domain)| part(local) && part(domain) && domain.contains('.'))
}

fn address(written: &str) -> String {
    if is_mailbox(written) {
        format!("mailto:{written}")
    } else if written.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")) {
        format!("https://{written}")
    } else {
        written.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_among_words() {
        let link = |words: Option<&str>, url: &str| ValuePiece::Link { words: words.map(Into::into), url: url.into() };
        let words = |text: &str| ValuePiece::Words(text.into());
        for (value, expected) in [
            ("Dokk1, Aarhus", vec![words("Dokk1, Aarhus")]),
            ("[Dokk1](https://dokk1.example)!", vec![link(Some("Dokk1"), "https://dokk1.example"), words("!")]),
            ("<https://a.example/x>", vec![link(None, "https://a.example/x")]),
            ("Teams (www.a.example).", vec![words("Teams ("), link(None, "https://www.a.example"), words(").")]),
            ("anna@a.example", vec![link(None, "mailto:anna@a.example")]),
            ("[](x) [a] <b> 2 < 3 ](", vec![link(None, "x"), words(" [a] <b> 2 < 3 ](")]),
            ("xhttps://a", vec![words("xhttps://a")]),
        ] {
            assert_eq!(pieces(value), expected, "{value}");
        }
    }
}
