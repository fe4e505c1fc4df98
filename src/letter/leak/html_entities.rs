//! HTML character references (`&aelig;`, `&#230;`), decoded.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use entities::ENTITIES;

/// The longest reference that is looked for, from behind its `&` to its `;`: `CounterClockwiseContourIntegral;` has 32.
const LONGEST: usize = 32;

/// The characters of each named reference, by the whole reference (`&aelig;`): the table of the HTML standard. comrak is
/// built from the same table, but that does not make the guard share code with the compiler: the names are fixed by the
/// standard.
static NAMED: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| ENTITIES.iter().map(|entity| (entity.entity, entity.characters)).collect());

/// A text with its references decoded. What is not a reference, or has no `;`, stays as it is, as in Markdown.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(1 + LONGEST).position(|byte| byte == b';');
        let reference = end.map_or("&", |end| &rest[..=end]);
        let named = NAMED.get(reference).map(|characters| Cow::Borrowed(*characters));
        let decoded = named.or_else(|| numeric(reference).map(|character| Cow::Owned(character.to_string())));
        // Where this is not a reference, another one may begin before its `;`, as in `A&B&amp;C`.
        let (characters, length) = decoded.map_or((Cow::Borrowed("&"), 1), |text| (text, reference.len()));
        out.push_str(&characters);
        rest = &rest[length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character of a number: `&#230;` or `&#xE6;`.
fn numeric(reference: &str) -> Option<char> {
    let number = reference.strip_prefix("&#")?.strip_suffix(';')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_decoded() {
        for (text, expected) in [
            ("s&aelig;tning", "sætning"),
            ("&AElig;&#230;&#xe6;&#XE6;", "Ææææ"),
            ("A&B&amp;C", "A&B&C"),
            ("&amp;amp;", "&amp;"),
            ("&aelig &;& &unknown; &#x110000;", "&aelig &;& &unknown; &#x110000;"),
            ("1&nbsp;234&thinsp;567", "1\u{a0}234\u{2009}567"),
            ("&CounterClockwiseContourIntegral;", "∳"),
        ] {
            assert_eq!(decode(text), expected, "{text}");
        }
    }

    #[test]
    fn the_longest_name_is_found() {
        assert_eq!(NAMED.keys().map(|name| name.len()).max(), Some(1 + LONGEST));
    }
}
