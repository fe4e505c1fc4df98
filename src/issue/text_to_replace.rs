//! Text that an author has to replace: the words in brackets of a new issue, such as `[Skriv stedet]`.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::base::language::Lang;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};

/// The check that reports such text. Where a relay reaches people, it is an error.
pub(crate) const TEXT_TO_REPLACE: Code = Code("NL570");

/// The names of keys and buttons that begin as an instruction does: `Tryk på [Skriv ud]`.
const KEYS_AND_BUTTONS: [&str; 17] = [
    "add", "check", "choose", "enter", "insert", "indsæt", "replace", "ret", "skriv ud", "skriv ut", "tilføj", "tjek",
    "udfyld", "vælg", "velg", "välj", "ange",
];

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

/// The same parts as texts.
pub(crate) fn parts(text: &str) -> Vec<String> {
    brackets(text).into_iter().map(|range| text[range].to_owned()).collect()
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
    let lower = inner.trim().to_lowercase();
    if KEYS_AND_BUTTONS.contains(&lower.as_str()) {
        return false;
    }
    let is_whole = |rest: &str| !rest.starts_with(char::is_alphanumeric);
    let mut beginnings = Lang::ALL.into_iter().flat_map(|lang| lang.language().to_replace);
    beginnings.any(|beginning| lower.strip_prefix(*beginning).is_some_and(is_whole))
}

/// The diagnostic for a part with its brackets.
pub(crate) fn diagnostic(excerpt: &str) -> Diagnostic {
    Diagnostic::warning(
        TEXT_TO_REPLACE,
        message!("`{excerpt}` is text to replace before sending", "`{excerpt}` skal erstattes, før der sendes"),
    )
    .hint(message!(
        "write what belongs there; `\\[` is a bracket that readers see",
        "skriv det, der skal stå der; skriv `\\[`, hvis læserne skal se parentesen"
    ))
}

/// The part that a diagnostic is about; absent: it is about something else.
pub(crate) fn reported(diagnostic: &Diagnostic) -> Option<&str> {
    let excerpt = diagnostic.message.english().strip_prefix('`').filter(|_| diagnostic.code == TEXT_TO_REPLACE)?;
    excerpt.rsplit_once('`').map(|(excerpt, _)| excerpt)
}

/// The parts that the program itself leaves in a draft, in any language.
pub(crate) fn of_drafts() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for lang in Lang::ALL {
        let language = lang.language();
        found.insert(language.drafts.check_day.to_owned());
        found.insert(language.correction.in_brackets());
        for text in
            language.drafts.kinds.iter().map(|kind| kind.text).chain([language.drafts.empty, language.drafts.news])
        {
            found.extend(parts(text));
        }
    }
    found
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
        for fine in [
            "[1]",
            "[sic]",
            "[…]",
            "[skrivebord]",
            "[x] klaret",
            "[",
            "]",
            "[Skriv",
            "[dinosaur]",
            "[Enter]",
            "[Skriv ud]",
            "[Insert]",
            "",
        ] {
            assert!(all(fine).is_empty(), "{fine}");
        }
    }

    #[test]
    fn each_draft_leaves_parts_that_are_known() {
        let drafts = of_drafts();
        for left in ["[tjek dagen]", "[tjek klokkeslættet]", "[check the time]", "[Skriv stedet]", "[Write a heading]"]
        {
            assert!(drafts.contains(left), "{left}");
        }
        assert!(!drafts.contains("[dit navn]"));
        assert_eq!(reported(&diagnostic("[Skriv [a]]")), Some("[Skriv [a]]"));
    }
}
