//! What a reader of HTML could find in it: not only what is shown.

use crate::letter::leak::shingles::resolved;

/// The texts of an HTML page.
#[derive(Debug, Default)]
pub(super) struct HtmlTexts {
    /// What stands between tags, comments and conditions for old programs among it.
    pub(super) text: String,
    /// Attributes that people read or hear.
    pub(super) spoken: Vec<String>,
    /// All other attributes but styles.
    pub(super) rest: Vec<String>,
}

/// Elements that part no word.
const INLINE: [&str; 21] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "s", "small",
    "span", "strong", "sub", "u", "wbr",
];
const TEXT_ATTRIBUTES: [&str; 8] =
    ["alt", "title", "aria-label", "content", "placeholder", "summary", "label", "value"];

/// Reads a page, whole or in pieces, well-formed or not.
pub(super) fn read(html: &str) -> HtmlTexts {
    let mut page = HtmlTexts::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        page.text.push_str(&resolved(&rest[..at]));
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            // What a comment hides is read like everything else.
            page.text.push(' ');
            rest = comment;
        } else if rest.starts_with(|it: char| it.is_ascii_alphabetic() || matches!(it, '/' | '!' | '?')) {
            rest = tag(rest, &mut page);
        } else {
            page.text.push('<');
        }
    }
    page.text.push_str(&resolved(rest));
    page
}

/// Reads a tag from its name on; what follows it is given back.
fn tag<'h>(html: &'h str, page: &mut HtmlTexts) -> &'h str {
    let name_end = html.find(|it: char| it.is_whitespace() || it == '>').unwrap_or(html.len());
    let name = html[..name_end].trim_matches('/').to_ascii_lowercase();
    if !INLINE.contains(&name.as_str()) {
        page.text.push(' ');
    }
    let mut rest = &html[name_end..];
    loop {
        rest = rest.trim_start_matches(|it: char| it.is_whitespace() || it == '/');
        let end = rest.find(|it: char| it.is_whitespace() || matches!(it, '=' | '>')).unwrap_or(rest.len());
        let (attribute, after) = rest.split_at(end);
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
        // There are a thousand styles on a page, and no text in any of them.
        if attribute != "style" {
            let spoken = TEXT_ATTRIBUTES.contains(&attribute.as_str());
            let texts = if spoken { &mut page.spoken } else { &mut page.rest };
            texts.push(resolved(value).into_owned());
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
    text.split_at(text.find(|it: char| it.is_whitespace() || it == '>').unwrap_or(text.len()))
}

/// Styles and scripts are no text.
fn raw_text<'h>(name: &str, behind: &'h str) -> &'h str {
    if !matches!(name, "style" | "script") {
        return behind;
    }
    let end = behind.find("</").unwrap_or(behind.len());
    &behind[end..]
}
