//! Where a sentence ends.

use crate::base::language::Lang;

/// What may follow the sign at the end of a sentence, and belongs to it.
const CLOSING: [char; 9] = ['"', '\'', ')', ']', '”', '’', '»', '«', '“'];

/// What may be before the first letter of a sentence.
const OPENING: [char; 10] = ['"', '\'', '(', '[', '“', '„', '‘', '»', '«', '–'];

impl Lang {
    /// The first sentence of a text, with the sign at its end. A full stop does not end a sentence before a lower-case
    /// letter, nor after an abbreviation, an initial or the number of a day.
    pub fn first_sentence(self, text: &str) -> &str {
        let text = text.trim();
        let mut ends = text.match_indices(['.', '!', '?', '…']).map(|(at, sign)| at + sign.len());
        let end = ends.find_map(|end| self.sentence_end(text, end));
        text[..end.unwrap_or(text.len())].trim_end()
    }

    /// The end of a sentence whose last sign ends at this byte of a text; none if the sentence goes on.
    fn sentence_end(self, text: &str, sign_end: usize) -> Option<usize> {
        let rest = &text[sign_end..];
        let end = sign_end + (rest.len() - rest.trim_start_matches(CLOSING).len());
        let behind = &text[end..];
        let next = behind.trim_start();
        if next.is_empty() || next.len() == behind.len() {
            return next.is_empty().then_some(end);
        }
        let next = next.trim_start_matches(OPENING);
        let begins = next.starts_with(|letter: char| letter.is_uppercase() || letter.is_numeric());
        let is_stop = text[..sign_end].ends_with('.');
        (begins && !(is_stop && self.goes_on(&text[..sign_end - 1], next))).then_some(end)
    }

    /// Whether a sentence goes on behind a full stop, given the text before the stop and behind it.
    fn goes_on(self, before: &str, next: &str) -> bool {
        let last = before.rsplit(|letter: char| letter.is_whitespace() || OPENING.contains(&letter)).next();
        let last = last.unwrap_or_default();
        let next_word = next.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
        if !last.is_empty() && last.chars().all(|letter| letter.is_ascii_digit()) {
            let months = self.language().calendar.months.iter().chain(&self.language().calendar.short_months);
            let is_day =
                months.map(|month| month.trim_end_matches('.')).any(|month| month.eq_ignore_ascii_case(next_word));
            // A number alone is not a sentence: `1. Tag ordet`.
            return is_day || before.trim() == last;
        }
        let word = last.to_lowercase();
        let is_initial = last.chars().count() == 1 && last.chars().all(char::is_uppercase);
        // `kl. 9`, `mio. 5`: what is counted follows.
        let is_counted = next.starts_with(char::is_numeric) && word.chars().count() <= 4 && !word.is_empty();
        is_initial || is_counted || self.language().abbreviations.contains(&word.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_where_readers_say() {
        let danish = Lang::parse("da").unwrap();
        for (text, first) in [
            ("Vi mødes d. 3. maj kl. 9. Husk kaffe.", "Vi mødes d. 3. maj kl. 9."),
            ("Det koster 1,8 mio. kr. Det er meget.", "Det koster 1,8 mio. kr."),
            (
                "Kommuner som f.eks. Odense og bl.a. Aarhus er med. Flere følger.",
                "Kommuner som f.eks. Odense og bl.a. Aarhus er med.",
            ),
            ("Se nr. 3 i serien. Læs mere.", "Se nr. 3 i serien."),
            ("A. P. Møller gav en bro. Den er lang.", "A. P. Møller gav en bro."),
            ("Vi starter kl. 9 i sal 2. 40 er tilmeldt.", "Vi starter kl. 9 i sal 2."),
            ("»Det går godt!« Sådan siger Anna.", "»Det går godt!«"),
            ("Hvem kommer? Alle!", "Hvem kommer?"),
            ("Ifølge dr. Berg m.fl. er det nyt. Ja.", "Ifølge dr. Berg m.fl. er det nyt."),
            ("Version 3.1 er ude. Hent den på os2.eu/hent. Nu.", "Version 3.1 er ude."),
            ("1. Tag ordet. Og smil.", "1. Tag ordet."),
            ("Ingen punktum", "Ingen punktum"),
            ("  ", ""),
        ] {
            assert_eq!(danish.first_sentence(text), first);
        }
        let german = Lang::parse("de").unwrap();
        assert_eq!(
            german.first_sentence("Am 3. Mai beginnt z.B. Berlin. Dann Bonn."),
            "Am 3. Mai beginnt z.B. Berlin."
        );
        let english = Lang::parse("en").unwrap();
        assert_eq!(english.first_sentence("Mr. Smith came. He left."), "Mr. Smith came.");
    }
}
