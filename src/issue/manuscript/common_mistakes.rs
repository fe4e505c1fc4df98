//! What people write for a reader's name in other programs, and signs that nobody sees.

use std::collections::BTreeSet;

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::base::source::text::Source;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::placeholders::tag;

const OTHER_PROGRAM: Code = Code("NL430");
const CONTROL: Code = Code("NL431");
const HIDDEN: Code = Code("NL432");

/// What stands round a name in other programs.
const BRACKETS: [(&str, &str); 7] =
    [("*|", "|*"), ("%%", "%%"), ("[[", "]]"), ("[", "]"), ("%", "%"), ("{", "}"), ("<<", ">>")];

/// Tells of names that another program would fill in, outside code.
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
                        format!("`{typed}` is not filled in: it would be read as it stands"),
                    )
                    .at(place)
                    .hint(format!("write `{{{{ {field} }}}}`; between backticks it stays as it is")),
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
        // A word in square brackets is often meant as such: only what a program would write there counts.
        let meant = tag::known_field(name).or(known.filter(|field| open != "[" || *field != "name"));
        if let Some(field) = meant {
            return Some((open.len() + name.len() + close.len(), field));
        }
    }
    None
}

/// Whether a byte of a line stands between backticks.
fn in_code(line: &str, at: usize) -> bool {
    line[..at].matches('`').count() % 2 == 1 && line[at..].contains('`')
}

/// Tells of control characters, which no mail may hold, and of signs that turn the direction of reading.
pub(crate) fn check_characters(source: &Source, body: std::ops::Range<usize>, diagnostics: &mut Diagnostics) {
    let text = source.text().get(body.clone()).unwrap_or("");
    for (at, character) in text.char_indices() {
        let place = || source.place(body.start + at..body.start + at + character.len_utf8());
        let number = u32::from(character);
        if character.is_control() && !matches!(character, '\n' | '\r' | '\t') {
            diagnostics.push(
                Diagnostic::error(CONTROL, format!("a control character (U+{number:04X}) stands here"))
                    .at(place())
                    .hint("take it out: it came along with a copied text, and mail programs stumble over it"),
            );
        }
        if turns(character) {
            diagnostics.push(turned(character, place()));
        }
        if diagnostics.iter().count() > 100 {
            break;
        }
    }
}

/// Tells of signs that turn the direction of reading in what an inbox shows: somebody may seem to say what they do not.
pub(crate) fn check_directions(source: &Source, front: std::ops::Range<usize>, diagnostics: &mut Diagnostics) {
    let text = source.text().get(front.clone()).unwrap_or("");
    for (at, character) in text.char_indices().filter(|indexed| turns(indexed.1)).take(100) {
        let at = front.start + at;
        diagnostics.push(turned(character, source.place(at..at + character.len_utf8())));
    }
}

fn turns(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn turned(character: char, place: Span) -> Diagnostic {
    let number = u32::from(character);
    Diagnostic::warning(HIDDEN, format!("a hidden sign (U+{number:04X}) turns the direction of reading here"))
        .at(place)
        .hint("take it out unless the text is in Arabic or Hebrew")
}
