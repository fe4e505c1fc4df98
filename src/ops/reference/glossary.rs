//! The glossary of `help`: words that people use other than keys and codes, in Danish and English.

use crate::ops::reference::glossary_entry::GlossaryEntry;
use crate::ops::reference::sending_words::SENDING;
use crate::ops::reference::writing_words::WRITING;
use crate::people::person::fold;

/// The entry of a word, in lower case.
pub fn entry(word: &str) -> Option<&'static GlossaryEntry> {
    entries().find(|entry| entry.words.contains(&word))
}

/// Every word, for suggestions.
pub fn words() -> impl Iterator<Item = &'static str> {
    entries().flat_map(|entry| entry.words.iter().copied())
}

fn entries() -> impl Iterator<Item = &'static GlossaryEntry> {
    WRITING.iter().chain(&SENDING)
}

/// A word in lower case, without the signs that it has in an issue, and without a value behind a colon: `{.button}` is
/// `button`, and `draft: true` is `draft`.
pub fn bare(typed: &str) -> String {
    let is_sign = |sign: char| sign.is_whitespace() || "`:{}.%[](),!?\\\"'".contains(sign);
    let word = typed.trim_matches(is_sign);
    fold(word.split_once(": ").map_or(word, |(key, _)| key))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ops::reference::lookup;

    #[test]
    fn words_are_found_as_they_are_written() {
        for (typed, word) in [
            ("{.button}", "button"),
            ("::: card", "card"),
            ("{{ greeting }}", "greeting"),
            ("draft: true", "draft"),
            ("Målgruppe", "målgruppe"),
            ("`send_at:`", "send_at"),
        ] {
            assert_eq!(bare(typed), word);
        }
    }

    #[test]
    fn each_word_has_one_entry_and_names_what_can_be_explained() {
        let all: Vec<&str> = words().collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "a word is in two entries");
        assert_eq!(all.iter().filter(|word| bare(word) != **word).collect::<Vec<_>>(), Vec::<&&str>::new());
        let commands = [
            "new",
            "send",
            "run",
            "schedule",
            "check",
            "preview",
            "test",
            "approve",
            "cancel",
            "status",
            "resolve",
            "inbox",
            "unsubscribe",
            "suppression",
            "person",
            "doctor",
            "login",
            "ledger",
            "export",
            "report",
            "calendar",
            "audience import",
        ];
        let is_known =
            |word: &&str| commands.contains(word) || entry(word).is_some() || !lookup::meanings(word).is_empty();
        let unknown = entries().flat_map(|entry| entry.see).copied().filter(|word| !is_known(word));
        assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&str>::new());
    }
}
