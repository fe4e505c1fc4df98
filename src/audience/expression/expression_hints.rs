//! What to write instead of a condition that cannot be parsed.

use std::collections::BTreeSet;

use crate::base::message::{Message, message};

const EXAMPLES: Message = Message::fixed(
    "examples: \"'it-chef' in roles\", \"members > 100 and not paused\", \"lang == 'en'\"",
    "f.eks.: \"'it-chef' in roles\", \"members > 100 and not paused\", \"lang == 'en'\"",
);
/// Words of everyday language that people write for those of a condition.
const LOCAL_WORDS: [&str; 3] = ["og", "eller", "ikke"];
/// What people write between conditions of which all must be true.
const CONJUNCTIONS: [&str; 5] = [" and ", " og ", " AND ", " OG ", " && "];

/// What to write instead.
pub(super) fn hint(written: &str) -> Message {
    if let Some(fields) = fields(written) {
        return message!("write where: {{{fields}}}", "skriv where: {{{fields}}}");
    }
    let mut words = written.split_whitespace();
    if words.any(|word| LOCAL_WORDS.contains(&word.to_lowercase().as_str())) {
        return message!("write `and`, `or` and `not`", "skriv `and`, `or` og `not`");
    }
    EXAMPLES
}

/// The fields with values that `role = board and year = 2026` means, as they are written in YAML.
fn fields(written: &str) -> Option<String> {
    let separated = CONJUNCTIONS.iter().fold(written.to_owned(), |text, conjunction| text.replace(conjunction, "\n"));
    let fields: Option<Vec<String>> = separated.lines().map(field).collect();
    let names = |fields: &[String]| {
        fields.iter().filter_map(|field| field.split(':').next().map(str::to_owned)).collect::<BTreeSet<_>>()
    };
    // A name that occurs twice cannot have both values in YAML.
    fields.filter(|fields| !fields.is_empty() && names(fields).len() == fields.len()).map(|fields| fields.join(", "))
}

fn field(written: &str) -> Option<String> {
    let (name, value) = ["==", "=", ":", " er "].iter().find_map(|sign| written.split_once(sign))?;
    let (name, value) = (name.trim(), value.trim());
    let is_name = name.starts_with(char::is_alphabetic)
        && name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-'));
    let quotes = ['"', '\'', '“', '”', '„', '‘', '’', '»', '«'];
    let value = value.trim_matches(quotes);
    let is_plain = |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_' | '.' | '+');
    let is_value = value.starts_with(char::is_alphanumeric) && value.chars().all(is_plain);
    let has_alternatives =
        value.split(' ').any(|word| ["or", "eller", "not", "ikke"].contains(&word.to_lowercase().as_str()));
    (is_name && is_value && !has_alternatives).then(|| format!("{name}: {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_is_written_as_fields() {
        for (written, fields) in [
            ("rolle = bestyrelse", Some("rolle: bestyrelse")),
            ("rolle=\"bestyrelse\"", Some("rolle: bestyrelse")),
            ("rolle er Bestyrelse og by = Ny Ålborg", Some("rolle: Bestyrelse, by: Ny Ålborg")),
            ("post-nr == 8000", Some("post-nr: 8000")),
            ("roles ==", None),
            ("a = b or c = d", None),
            ("rolle = bestyrelse OR revisor", None),
            ("rolle = a og rolle = b", None),
            ("rolle = bestyrelse eller revisor", None),
            ("members > 100 and rolle = x", None),
        ] {
            assert_eq!(super::fields(written).as_deref(), fields, "{written}");
        }
    }

    #[test]
    fn danish_words_are_named() {
        assert!(hint("rolle == 'x' eller by == 'y'").english().contains("`or`"));
        assert_eq!(hint("roles =="), EXAMPLES);
    }
}
