//! Reports a greeting in front of `{{ greeting }}`, which writes the whole one: readers would get "Hej Hej Anna".

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::placeholders::tag::{Tag, TagKind};

const DOUBLED: Code = Code("NL429");

/// Warns of a single word in front of the tag on its line. More words may be a sentence that the greeting ends.
pub(crate) fn check(masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    for tag in masked.tags.iter().filter(|tag| writes_greeting(tag)) {
        let before: String = tag.place.excerpt().chars().take(tag.place.column() - 1).collect();
        let word = before.trim().trim_start_matches(['#', '*', '_', '>']).trim();
        if word.is_empty() || !word.chars().all(char::is_alphabetic) {
            continue;
        }
        let message = message!(
            "`{word}` is before `{{{{ greeting }}}}`, which writes the whole greeting with the reader's name",
            "`{word}` står foran `{{{{ greeting }}}}`, der skriver hele hilsenen med læserens navn"
        );
        let hint = message!(
            "delete `{word}`, or write `{word} {{{{ first_name }}}}`",
            "slet `{word}`, eller skriv `{word} {{{{ first_name }}}}`"
        );
        diagnostics.push(Diagnostic::warning(DOUBLED, message).at(tag.place.clone()).hint(hint));
    }
}

fn writes_greeting(tag: &Tag) -> bool {
    matches!(tag.kind, TagKind::Print(_)) && tag.variables.iter().any(|name| name == "greeting")
}
