//! One line of a YAML file, taken apart without a parser: it reads lines that a parser refuses.

use std::ops::Range;

/// A line with a value: `key: value`, `- value` or `- key: value`.
pub(super) struct YamlLine<'a> {
    /// All before the value.
    lead: &'a str,
    /// The key, if there is one.
    pub(super) key: &'a str,
    /// What follows, without white space around it; never empty.
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

/// How many bytes of white space begin the line.
pub(super) fn indent(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Where the key of a line begins: after the white space and the hyphens of a list.
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

/// The colon and the key of a line such as `key:value`. A link or a time is no key.
pub(super) fn key_without_space(text: &str) -> Option<(usize, &str)> {
    let start = key_column(text);
    let colon = start + text[start..].find(':')?;
    let key = &text[start..colon];
    let rest = &text[colon + 1..];
    let begins = key.starts_with(|sign: char| sign.is_alphabetic() || sign == '_');
    let glued = !rest.is_empty() && !rest.starts_with([' ', '\t']) && !rest.starts_with("//");
    (begins && glued && is_key(key) && !key.contains(' ')).then_some((colon, key))
}

/// Whether a value must be in quotes to be the text that it is.
pub(super) fn needs_quotes(value: &str) -> bool {
    let value = value.trim();
    let unsafe_start = value.starts_with(|sign: char| "@*%&!|>`#,?]}".contains(sign));
    unsafe_start || value.contains(": ") || value.ends_with(':') || value.contains(" #")
}

/// The value in quotes of the kind that it does not contain.
pub(super) fn quoted(value: &str) -> String {
    let value = value.trim();
    if value.contains(['"', '\\']) {
        format!("'{}'", value.replace("''", "'").replace('\'', "''"))
    } else {
        format!("\"{value}\"")
    }
}

/// Where the quote closes that the value begins with.
pub(super) fn closing_quote(value: &str, quote: char) -> Option<usize> {
    let mut characters = value.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
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

/// Where the bracket that the value begins with is closed; or the brackets that are missing at the end.
pub(super) fn bracket_end(value: &str) -> Result<usize, String> {
    let mut open = Vec::new();
    let mut quote = None;
    for (at, character) in value.char_indices() {
        match (quote, character) {
            (Some(it), _) if it == character => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, '[') => open.push(']'),
            (None, '{') => open.push('}'),
            (None, ']' | '}') => {
                open.pop();
                if open.is_empty() {
                    return Ok(at + 1);
                }
            }
            (Some(_) | None, _) => {}
        }
    }
    Err(open.into_iter().rev().collect())
}
