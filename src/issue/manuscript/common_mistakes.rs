//! Placeholders for names as other programs write them, and invisible characters.

use std::collections::BTreeSet;

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::base::source::text::Source;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::placeholders::tag;

const OTHER_PROGRAM: Code = Code("NL430");
const CONTROL: Code = Code("NL431");
const HIDDEN: Code = Code("NL432");

/// How other programs mark a name to fill in.
const BRACKETS: [(&str, &str); 7] =
    [("*|", "|*"), ("%%", "%%"), ("[[", "]]"), ("[", "]"), ("%", "%"), ("{", "}"), ("<<", ">>")];

/// Reports names, outside code, that another program would fill in.
pub(crate) fn check(masked: &PlaceholderText, code: &BTreeSet<usize>, diagnostics: &mut Diagnostics) {
    for (at, line) in masked.text.lines().enumerate() {
        if code.contains(&(at + 1)) || !line.contains(['|', '%', '[', '{', '<']) {
            continue;
        }
        let mut free = 0;
        for (start, _) in line.match_indices(['*', '%', '[', '{', '<']) {
            if start < free || in_code(line, start) {
                continue;
            }
            if let Some((length, field)) = guess(&line[start..]) {
                free = start + length;
                let place = masked.place(at + 1, start + 1, length);
                let typed = &line[start..start + length];
                diagnostics.push(
                    Diagnostic::error(
                        OTHER_PROGRAM,
                        format!("`{typed}` is not filled in, and readers would see it as written"),
                    )
                    .at(place)
                    .hint(format!("write `{{{{ {field} }}}}`; between backticks it is text")),
                );
            }
        }
    }
}

/// The length of a name in some program's brackets, and the field that is meant.
fn guess(text: &str) -> Option<(usize, &'static str)> {
    const FIELDS: [&str; 5] = ["first_name", "last_name", "name", "email", "organisation"];
    for (open, close) in BRACKETS {
        let Some(inner) = text.strip_prefix(open) else { continue };
        let Some((name, after)) = inner.split_once(close) else { continue };
        if name.len() > 20 || (open == "[" && after.starts_with(['(', '[', ':', '{'])) {
            continue;
        }
        let known = FIELDS.iter().copied().find(|field| *field == name.trim().to_lowercase().replace(' ', "_"));
        // A word in square brackets is often plain text: there, `name` alone does not count.
        let meant = tag::known_field(name).or(known.filter(|field| open != "[" || *field != "name"));
        if let Some(field) = meant {
            return Some((open.len() + name.len() + close.len(), field));
        }
    }
    None
}

/// Whether a byte of a line is between backticks.
fn in_code(line: &str, at: usize) -> bool {
    line[..at].matches('`').count() % 2 == 1 && line[at..].contains('`')
}

/// Reports control characters, which mail must not contain (RFC 5322, section 2.3), and characters that reverse the
/// direction of text.
pub(crate) fn check_characters(source: &Source, body: std::ops::Range<usize>, diagnostics: &mut Diagnostics) {
    let text = source.text().get(body.clone()).unwrap_or("");
    for (at, character) in text.char_indices() {
        let place = || source.place(body.start + at..body.start + at + character.len_utf8());
        let number = u32::from(character);
        if character.is_control() && !matches!(character, '\n' | '\r' | '\t') {
            diagnostics.push(
                Diagnostic::error(CONTROL, format!("invisible control character U+{number:04X}"))
                    .at(place())
                    .hint("delete it: it came with a copied text, and mail programs may fail on it"),
            );
        }
        if changes_direction(character) {
            diagnostics.push(direction_change(character, place()));
        }
        // Enough to see the cause: a pasted binary file has thousands.
        if diagnostics.iter().count() > 100 {
            break;
        }
    }
}

/// Reports characters that reverse the direction of text in what an inbox shows: a subject or sender could be disguised
/// (Unicode UAX #9, explicit directional formatting).
pub(crate) fn check_directions(source: &Source, front: std::ops::Range<usize>, diagnostics: &mut Diagnostics) {
    let text = source.text().get(front.clone()).unwrap_or("");
    for (at, character) in text.char_indices().filter(|indexed| changes_direction(indexed.1)).take(100) {
        let at = front.start + at;
        diagnostics.push(direction_change(character, source.place(at..at + character.len_utf8())));
    }
}

fn changes_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn direction_change(character: char, place: Span) -> Diagnostic {
    let number = u32::from(character);
    Diagnostic::warning(HIDDEN, format!("invisible character U+{number:04X} changes the direction of text"))
        .at(place)
        .hint("delete it unless the text is in Arabic or Hebrew")
}
