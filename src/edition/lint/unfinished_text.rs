//! Text that stands in for another: names that another program fills in, notes to oneself, the words of a new issue.

use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::edition::lint::visible_text::LineFinding;
use crate::issue::manuscript::common_mistakes;
use crate::issue::text_to_replace;

const NOTE: Code = Code("NL564");

/// Words that authors write where something is missing.
const NOTES: [&str; 9] = ["TODO", "FIXME", "TBD", "TBA", "UDFYLDES", "INDSÆT", "MANGLER", "NN", "åååå"];

/// What Roman numbers such as XX are the numbers of.
const PARTS: [&str; 12] =
    ["ch", "chap", "chapter", "kap", "kapitel", "kapittel", "vol", "volume", "bind", "book", "bog", "part"];

/// What Word, Excel and Outlook write where something was not found.
const PROGRAM_ERRORS: [&str; 12] = [
    "Fejl! Bogmærke",
    "Fejl! Henvisning",
    "Error! Reference",
    "Error! Bookmark",
    "#REF!",
    "#N/A",
    "#I/T",
    "#NAVN?",
    "#NAME?",
    "#DIV/0!",
    "[cid:",
    "[image:",
];

/// The findings in a line.
pub(crate) fn findings(text: &str) -> Vec<LineFinding> {
    let found = [merge_field(text), note(text), program_error(text), filler(text)];
    let brackets = text_to_replace::brackets(text).into_iter().map(|range| {
        let excerpt = &text[range];
        finding(excerpt, text_to_replace::diagnostic(excerpt))
    });
    found.into_iter().flatten().chain(brackets).collect()
}

fn finding(excerpt: &str, diagnostic: Diagnostic) -> LineFinding {
    LineFinding { excerpt: excerpt.to_owned(), diagnostic }
}

/// A name that another program would fill in, in whatever way its brackets are written.
fn merge_field(text: &str) -> Option<LineFinding> {
    let field = common_mistakes::first_merge_field(text)?;
    Some(finding(field.typed, field.diagnostic()))
}

/// A note to oneself.
fn note(text: &str) -> Option<LineFinding> {
    let words =
        text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>();
    let is_unknown =
        |word: &str| (2..=6).contains(&word.len()) && word.chars().all(|letter| matches!(letter, 'x' | 'X'));
    let is_note = |at: &usize| {
        let is_numeral =
            || at.checked_sub(1).is_some_and(|before| PARTS.contains(&words[before].to_lowercase().as_str()));
        NOTES.contains(&words[*at]) || is_unknown(words[*at]) && !(words[*at].starts_with("XX") && is_numeral())
    };
    let noted = (0..words.len()).find(is_note).map(|at| words[at]);
    let excerpt = noted.or_else(|| text.contains("???").then_some("???"))?;
    let diagnostic = Diagnostic::warning(NOTE, format!("`{excerpt}` looks like a note to replace before sending"));
    Some(finding(excerpt, diagnostic.hint("write what belongs there; between backticks it is shown as it is")))
}

/// The message of another program.
fn program_error(text: &str) -> Option<LineFinding> {
    let excerpt = PROGRAM_ERRORS.into_iter().find(|message| text.contains(message))?;
    let message = format!("`{excerpt}` comes from another program, which found nothing to show");
    Some(finding(excerpt, Diagnostic::error(NOTE, message).hint("write what belongs there")))
}

/// The filler text of designers.
fn filler(text: &str) -> Option<LineFinding> {
    let at = text.to_ascii_lowercase().find("lorem ipsum")?;
    let excerpt = &text[at..at + "lorem ipsum".len()];
    Some(finding(excerpt, Diagnostic::error(NOTE, format!("`{excerpt}` is filler text")).hint("write your own text")))
}
