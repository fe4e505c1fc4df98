//! Checks how a subject looks in an inbox.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::people::person::Localised;

const LONG: Code = Code("NL384");
const IN_CAPITALS: Code = Code("NL385");

/// Phones cut subjects off at 35 to 45 characters, and nearly every other inbox at this many.
const LONGEST: usize = 70;

/// Reports a subject, in any language, that is cut off or that is in capitals.
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
        let message = message!(
            "the subject has {length} characters, and inboxes cut it off",
            "emnet har {length} tegn, og indbakker skærer det af"
        );
        let hint = message!(
            "put the most important words in the first 40 characters, and write at most {LONGEST}",
            "sæt de vigtigste ord i de første 40 tegn, og skriv højst {LONGEST}"
        );
        diagnostics.push(Diagnostic::warning(LONG, message).at(text.place.clone()).hint(hint));
    }
    let letters = || words.chars().filter(|character| character.is_alphabetic());
    let in_capitals = letters().all(char::is_uppercase) && letters().count() > 8 && words.trim().contains(' ');
    if in_capitals || words.contains("!!") {
        let message = message!(
            "a subject in capitals or with `!!` looks like spam to filters",
            "et emne med store bogstaver eller `!!` ligner spam for filtre"
        );
        let hint =
            message!("write it in lower case, with at most one `!`", "skriv det med små bogstaver og højst ét `!`");
        diagnostics.push(Diagnostic::warning(IN_CAPITALS, message).at(text.place.clone()).hint(hint));
    }
}

/// A subject without its template tags.
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
