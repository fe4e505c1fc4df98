//! The first sentences of a text.

/// How long a summary is at most, in characters: three or four lines of a card.
const LONGEST: usize = 300;
/// A sentence that ends before this many characters is followed by the next one.
const ENOUGH: usize = 120;

/// The first sentences of a text on one line. A first sentence that is too long is cut between two words, which `…` shows.
pub(crate) fn first_sentences(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let mut sentences = "";
    for (characters, (at, character)) in text.char_indices().enumerate().take(LONGEST) {
        if character == ' ' && ends_sentence(&text[..at], &text[at + 1..]) {
            sentences = &text[..at];
            if characters > ENOUGH {
                break;
            }
        }
    }
    if sentences.is_empty() { shortened(text, LONGEST) } else { sentences.to_owned() }
}

/// A text of at most this many characters: a longer one is cut between two words, and ends with `…`.
pub(crate) fn shortened(text: &str, longest: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(longest) else { return text.to_owned() };
    // A text without spaces has no words to end between.
    let cut = text[..end].rfind(' ').map_or(&text[..end], |space| &text[..space]);
    format!("{} …", cut.trim_end_matches([',', ';', ':', '–', '-', ' ']))
}

/// Whether a sentence ends between two words: `Det er nyt. Nu`, and not `bl.a. nu`, `d. 3. Maj` or `nr. 4`.
fn ends_sentence(before: &str, after: &str) -> bool {
    let end = before.trim_end_matches(['"', '\'', '”', '’', '»', '«', ')', ']']);
    if end.ends_with(['!', '?', '…']) {
        return true;
    }
    let Some(sentence) = end.strip_suffix('.') else { return false };
    let last = sentence.rsplit([' ', '.']).next().unwrap_or_default();
    let is_abbreviation = last.chars().count() < 3 || last.chars().all(|sign| sign.is_ascii_digit());
    let begins = |sign: char| sign.is_uppercase() || sign.is_ascii_digit() || "\"”»'(".contains(sign);
    !is_abbreviation && after.starts_with(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_behind_a_sentence() {
        let text = format!("Det er nyt. Det sker d. 3. maj. {}", "Ord ".repeat(100));
        assert_eq!(first_sentences(&text), "Det er nyt. Det sker d. 3. maj.");
        let long = format!("{}slut. Og så videre med flere ord. {}", "ord ".repeat(40), "ord ".repeat(60));
        assert!(first_sentences(&long).ends_with("slut."), "{}", first_sentences(&long));
        assert_eq!(first_sentences("Kort tekst"), "Kort tekst");
    }

    #[test]
    fn a_long_sentence_is_cut_behind_a_word() {
        let cut = first_sentences(&"ordet, ".repeat(90));
        assert!(cut.ends_with("ordet …") && cut.chars().count() <= LONGEST + 2, "{cut}");
        let one_word = first_sentences(&"å".repeat(1000));
        assert_eq!(one_word.chars().count(), LONGEST + 2);
    }
}
