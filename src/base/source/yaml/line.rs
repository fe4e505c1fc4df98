//! Splits one line of a YAML file without a parser, since the line is one that the parser refuses.

use std::ops::Range;

/// A line with a value: `key: value`, `- value` or `- key: value`.
pub(super) struct YamlLine<'a> {
    /// Everything before the value.
    lead: &'a str,
    /// The key, if there is one.
    pub(super) key: &'a str,
    /// The value, without white space around it; never empty.
    pub(super) value: &'a str,
}

impl<'a> YamlLine<'a> {
    /// The parts of a line, if it has a value.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let text = text.trim_end();
        let start = key_column(text);
        let rest = &text[start..];
        let colon = rest.find(": ").filter(|at| is_key(&rest[..*at]));
        let (key, at) = match colon {
            Some(colon) => (&rest[..colon], start + colon + 1),
            None if start > indent(text) => ("", start),
            None => return None,
        };
        let value = text[at..].trim_start();
        (!value.is_empty()).then(|| Self { lead: &text[..text.len() - value.len()], key, value })
    }

    /// The bytes of the value in the line.
    pub(super) fn columns(&self) -> Range<usize> {
        self.lead.len()..self.lead.len() + self.value.len()
    }

    /// The line with another value.
    pub(super) fn with(&self, value: &str) -> String {
        format!("{}{value}", self.lead)
    }
}

/// The length of the white space at the start of a line, in bytes.
pub(super) fn indent(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// The byte where the key of a line begins, after white space and the hyphens of list items.
pub(super) fn key_column(text: &str) -> usize {
    let mut at = indent(text);
    while let Some(rest) = text[at..].strip_prefix("- ") {
        at += 2 + indent(rest);
    }
    at
}

fn is_key(text: &str) -> bool {
    let text = text.trim_matches(['"', '\'']);
    !text.is_empty() && text.chars().all(|sign| sign.is_alphanumeric() || matches!(sign, '_' | '-' | '.' | ' '))
}

/// The byte of the colon and the key of a line such as `key:value`. The start of a link or a time is not a key.
pub(super) fn key_without_space(text: &str) -> Option<(usize, &str)> {
    let start = key_column(text);
    let colon = start + text[start..].find(':')?;
    let key = &text[start..colon];
    let rest = &text[colon + 1..];
    let begins = key.starts_with(|sign: char| sign.is_alphabetic() || sign == '_');
    let glued = !rest.is_empty() && !rest.starts_with([' ', '\t']) && !rest.starts_with("//");
    (begins && glued && is_key(key) && !key.contains(' ')).then_some((colon, key))
}

/// Whether YAML would read a value as something else, or not at all, without quotes.
pub(super) fn needs_quotes(value: &str) -> bool {
    let value = value.trim();
    let unsafe_start = value.starts_with(|sign: char| "@*%&!|>`#,?]}".contains(sign));
    unsafe_start || value.contains(": ") || value.ends_with(':') || value.contains(" #")
}

/// The value in double quotes, or in single quotes if it contains what double quotes would have to escape.
pub(super) fn quoted(value: &str) -> String {
    let value = value.trim();
    if value.contains(['"', '\\']) {
        // An apostrophe that is doubled already, as in a line with wrong quotes around it, stays one apostrophe.
        format!("'{}'", value.replace("''", "'").replace('\'', "''"))
    } else {
        format!("\"{value}\"")
    }
}

/// The byte of the quote that closes the one at the start of a value.
pub(super) fn closing_quote(value: &str, quote: char) -> Option<usize> {
    let mut characters = value.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        // A quote inside is written `\"` in double quotes and `''` in single quotes (YAML 1.2.2, section 7.3).
        if character == '\\' && quote == '"' {
            characters.next();
        } else if character == quote {
            let doubled = quote == '\'' && characters.peek().is_some_and(|(_, next)| *next == quote);
            if !doubled {
                return Some(at);
            }
            characters.next();
        }
    }
    None
}

/// Where the bracket at the start of a value is closed.
pub(super) enum BracketEnd {
    /// Before this byte.
    Closed(usize),
    /// Nowhere: these closing brackets are missing at the end.
    Missing(String),
}

/// Finds the bracket that closes the one at the start of a value.
pub(super) fn bracket_end(value: &str) -> BracketEnd {
    let mut open = Vec::new();
    let mut quote = None;
    for (at, character) in value.char_indices() {
        match (quote, character) {
            (Some(open_quote), _) if open_quote == character => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, '[') => open.push(']'),
            (None, '{') => open.push('}'),
            (None, ']' | '}') => {
                open.pop();
                if open.is_empty() {
                    return BracketEnd::Closed(at + 1);
                }
            }
            (Some(_) | None, _) => {}
        }
    }
    BracketEnd::Missing(open.into_iter().rev().collect())
}
