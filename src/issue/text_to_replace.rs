//! Text that an author has to replace: the words in brackets of a new issue, such as `[Skriv stedet]`.

use std::ops::Range;

use crate::base::language::Lang;
use crate::base::source::diagnostic::{Code, Diagnostic};

/// The check that reports such text. Where a relay reaches people, it is an error.
pub(crate) const TEXT_TO_REPLACE: Code = Code("NL570");

/// The parts of a text that are to be replaced, with their brackets.
pub(crate) fn brackets(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (start, _) in text.match_indices('[') {
        if found.last().is_some_and(|last| start < last.end) {
            continue;
        }
        let Some(end) = closing(&text[start..]).map(|length| start + length) else { continue };
        if is_to_replace(&text[start + 1..end - 1]) {
            found.push(start..end);
        }
    }
    found
}

/// The length of the text in brackets that a text begins with, with the brackets inside it.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, sign) in text.char_indices() {
        match sign {
            '[' => depth += 1,
            ']' if depth == 1 => return Some(at + 1),
            ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn is_to_replace(inner: &str) -> bool {
    let lower = inner.trim_start().to_lowercase();
    let is_whole = |rest: &str| !rest.starts_with(char::is_alphanumeric);
    let mut beginnings = Lang::ALL.into_iter().flat_map(|lang| lang.language().to_replace);
    beginnings.any(|beginning| lower.strip_prefix(*beginning).is_some_and(is_whole))
}

/// The diagnostic for a part with its brackets.
pub(crate) fn diagnostic(excerpt: &str) -> Diagnostic {
    Diagnostic::warning(TEXT_TO_REPLACE, format!("`{excerpt}` is text to replace before sending"))
        .hint("write what belongs there; `\\[` is a bracket that readers see")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_instructions_in_brackets_are_to_be_replaced() {
        let all = |text: &'static str| brackets(text).into_iter().map(|range| &text[range]).collect::<Vec<_>>();
        assert_eq!(all("[Skriv a] og [ indsæt b], [WRITE c]"), ["[Skriv a]", "[ indsæt b]", "[WRITE c]"]);
        assert_eq!(all("[note: [Skriv [inde] her] ude"), ["[Skriv [inde] her]"]);
        assert_eq!(all("[citat [skriv]]"), ["[skriv]"]);
        for fine in ["[1]", "[sic]", "[…]", "[skrivebord]", "[x] klaret", "[", "]", "[Skriv", "[dinosaur]", ""] {
            assert!(all(fine).is_empty(), "{fine}");
        }
    }
}
