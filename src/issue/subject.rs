//! How a subject looks in an inbox.

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::people::person::Localised;

const LONG: Code = Code("NL384");
const SHOUTS: Code = Code("NL385");

/// Phones cut subjects off at 35 to 45 characters, and nearly every inbox behind this many.
const LONGEST: usize = 70;

/// Tells of a subject, in each language, that is cut off or that shouts.
pub(super) fn check(subject: &Localised, diagnostics: &mut Diagnostics) {
    match subject {
        Localised::Same(text) => check_one(text, diagnostics),
        Localised::PerLang(texts) => texts.values().for_each(|text| check_one(text, diagnostics)),
    }
}

fn check_one(text: &Spanned<String>, diagnostics: &mut Diagnostics) {
    let words = without_tags(&text.value);
    let length = words.chars().count();
    if length > LONGEST {
        let message = format!("the subject has {length} characters, and inboxes cut it off");
        let hint = format!("say the most important in the first 40 characters, and stop before {LONGEST}");
        diagnostics.push(Diagnostic::warning(LONG, message).at(text.place.clone()).hint(hint));
    }
    let letters = || words.chars().filter(|character| character.is_alphabetic());
    let shouted = letters().all(char::is_uppercase) && letters().count() > 8 && words.trim().contains(' ');
    if shouted || words.contains("!!") {
        let message = "the subject shouts, and filters take it for advertising";
        let hint = "write it in small letters, and with one `!` at most";
        diagnostics.push(Diagnostic::warning(SHOUTS, message).at(text.place.clone()).hint(hint));
    }
}

/// The words that stand there for everybody.
fn without_tags(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        rest = match after.strip_prefix(['{', '%']).and_then(|tag| tag.split_once(['}'])) {
            Some((_, behind)) => behind.strip_prefix('}').unwrap_or(behind),
            None => after,
        };
    }
    out + rest
}
