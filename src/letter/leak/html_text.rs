//! All text that HTML contains, whether or not a mail client shows it.

use crate::letter::leak::html_entities;

/// The texts of an HTML page.
#[derive(Debug, Default)]
pub(super) struct HtmlTexts {
    /// The text between tags. Comments are part of it, since Outlook shows those that are conditional.
    pub(super) text: String,
    /// The values of attributes that people see or hear.
    pub(super) spoken: Vec<String>,
    /// The values of all other attributes but `style`.
    pub(super) other: Vec<String>,
}

/// Elements that do not end a word.
const INLINE: [&str; 21] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "s", "small",
    "span", "strong", "sub", "u", "wbr",
];
/// Attributes that people see or hear.
const TEXT_ATTRIBUTES: [&str; 8] =
    ["alt", "title", "aria-label", "content", "placeholder", "summary", "label", "value"];

/// Reads a page, whole or in pieces, well-formed or not.
pub(super) fn read(html: &str) -> HtmlTexts {
    let mut page = HtmlTexts::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        page.text.push_str(&html_entities::decode(&rest[..at]));
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            // What a comment hides is read like everything else.
            page.text.push(' ');
            rest = comment;
        } else if rest.starts_with(|letter: char| letter.is_ascii_alphabetic() || matches!(letter, '/' | '!' | '?')) {
            rest = tag(rest, &mut page);
        } else {
            page.text.push('<');
        }
    }
    page.text.push_str(&html_entities::decode(rest));
    page
}

/// Reads a tag from its name on, and returns what follows it.
fn tag<'h>(html: &'h str, page: &mut HtmlTexts) -> &'h str {
    let name_end = html.find(|letter: char| letter.is_whitespace() || letter == '>').unwrap_or(html.len());
    let name = html[..name_end].trim_matches('/').to_ascii_lowercase();
    if !INLINE.contains(&name.as_str()) {
        page.text.push(' ');
    }
    let mut rest = &html[name_end..];
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '/');
        let is_end = |letter: char| letter.is_whitespace() || matches!(letter, '=' | '>');
        let (attribute, after) = rest.split_at(rest.find(is_end).unwrap_or(rest.len()));
        let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) else {
            if let Some(behind) = after.strip_prefix('>') {
                return raw_text(&name, behind);
            }
            if after.is_empty() {
                return after;
            }
            rest = after;
            continue;
        };
        let (value, behind) = quoted(value);
        let attribute = attribute.to_ascii_lowercase();
        // A page has a thousand styles, and no text in any of them.
        if attribute != "style" {
            let spoken = TEXT_ATTRIBUTES.contains(&attribute.as_str());
            let texts = if spoken { &mut page.spoken } else { &mut page.other };
            texts.push(html_entities::decode(value).into_owned());
        }
        rest = behind;
    }
}

/// The value of an attribute, and what follows it.
fn quoted(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    text.split_at(text.find(|letter: char| letter.is_whitespace() || letter == '>').unwrap_or(text.len()))
}

/// Skips the content of `style` and `script`, in which `<` begins no tag.
fn raw_text<'h>(name: &str, behind: &'h str) -> &'h str {
    if !matches!(name, "style" | "script") {
        return behind;
    }
    let end = behind.find("</").unwrap_or(behind.len());
    &behind[end..]
}
