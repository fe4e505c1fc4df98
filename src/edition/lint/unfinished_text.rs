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

/// The findings in a line with these signs.
pub(super) fn findings(text: &str, signs: SignSet) -> Vec<LineFinding> {
    let mut found = Vec::new();
    found.extend(merge_field(text));
    found.extend(note(text, signs));
    if signs.has_any(const { SignSet::of("!#[") }) {
        found.extend(program_error(text));
    }
    found.extend(filler(text));
    if signs.has_any(const { SignSet::of("[") }) {
        found.extend(text_to_replace::brackets(text).into_iter().map(|range| {
            let excerpt = &text[range];
            finding(excerpt, text_to_replace::diagnostic(excerpt))
        }));
    }
    found
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
fn note(text: &str, signs: SignSet) -> Option<LineFinding> {
    let is_unknown =
        |word: &str| (2..=6).contains(&word.len()) && word.chars().all(|letter| matches!(letter, 'x' | 'X'));
    let may_begin_note = |letter: char| letter.is_ascii_uppercase() || matches!(letter, 'x' | 'å');
    let (mut noted, mut before) = (None, "");
    for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let is_numeral = || PARTS.contains(&before.to_lowercase().as_str());
        // Nearly every word begins with another letter, and is not compared with each note.
        let is_note = word.starts_with(may_begin_note)
            && (NOTES.contains(&word) || is_unknown(word) && !(word.starts_with("XX") && is_numeral()));
        if is_note {
            noted = Some(word);
            break;
        }
        before = word;
    }
    let has_signs = || signs.has_any(const { SignSet::of("?") }) && text.contains("???");
    let excerpt = noted.or_else(|| has_signs().then_some("???"))?;
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
    let mut beginnings = text.as_bytes().windows(FILLER.len());
    let at = beginnings.position(|letters| letters.eq_ignore_ascii_case(FILLER.as_bytes()))?;
    let excerpt = &text[at..at + FILLER.len()];
    Some(finding(
        excerpt,
        Diagnostic::error(NOTE, message!("`{excerpt}` is filler text", "`{excerpt}` er fyldtekst"))
            .hint(message!("write your own text", "skriv din egen tekst")),
    ))
}
