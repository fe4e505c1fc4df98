//! Placeholder text: merge fields of other programs, notes to oneself, the words of a new issue.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::edition::lint::sign_set::SignSet;
use crate::edition::lint::visible_text::LineFinding;
use crate::issue::manuscript::common_mistakes;
use crate::issue::text_to_replace;

const NOTE: Code = Code("NL564");

/// Words that authors write for something that is missing.
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
    let is_error = SignSet::of(text).has_any("!#[");
    let found = [merge_field(text), note(text), is_error.then(|| program_error(text)).flatten(), filler(text)];
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
    let is_unknown =
        |word: &str| (2..=6).contains(&word.len()) && word.chars().all(|letter| matches!(letter, 'x' | 'X'));
    let (mut noted, mut before) = (None, "");
    for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let is_numeral = || PARTS.contains(&before.to_lowercase().as_str());
        if NOTES.contains(&word) || is_unknown(word) && !(word.starts_with("XX") && is_numeral()) {
            noted = Some(word);
            break;
        }
        before = word;
    }
    let excerpt = noted.or_else(|| text.contains("???").then_some("???"))?;
    let diagnostic = Diagnostic::warning(
        NOTE,
        message!(
            "`{excerpt}` looks like a note to replace before sending",
            "`{excerpt}` ligner en note, der skal erstattes, før der sendes"
        ),
    );
    Some(finding(
        excerpt,
        diagnostic.hint(message!(
            "write what belongs there; between backticks it is shown as it is",
            "skriv det, der skal stå der; mellem backticks vises det, som det er"
        )),
    ))
}

/// The message of another program.
fn program_error(text: &str) -> Option<LineFinding> {
    let excerpt = PROGRAM_ERRORS.into_iter().find(|message| text.contains(message))?;
    let message = message!(
        "`{excerpt}` comes from another program, which found nothing to show",
        "`{excerpt}` kommer fra et andet program, som intet fandt at vise"
    );
    Some(finding(
        excerpt,
        Diagnostic::error(NOTE, message).hint(message!("write what belongs there", "skriv det, der skal stå der")),
    ))
}

/// The filler text of designers.
fn filler(text: &str) -> Option<LineFinding> {
    const FILLER: &str = "lorem ipsum";
    let is_filler = |at: &usize| {
        let letters = text.as_bytes().get(*at..at + FILLER.len());
        letters.is_some_and(|letters| letters.eq_ignore_ascii_case(FILLER.as_bytes()))
    };
    let at = text.match_indices(['l', 'L']).map(|found| found.0).find(is_filler)?;
    let excerpt = &text[at..at + FILLER.len()];
    Some(finding(
        excerpt,
        Diagnostic::error(NOTE, message!("`{excerpt}` is filler text", "`{excerpt}` er fyldtekst"))
            .hint(message!("write your own text", "skriv din egen tekst")),
    ))
}
