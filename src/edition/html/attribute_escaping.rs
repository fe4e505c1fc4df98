//! Escapes angle brackets in attribute values.
//!
//! HTML allows `<` and `>` in a quoted value, and the sanitiser and the inliner leave them unescaped. Mail filters parse
//! less carefully, and would see an element in `href="https://a.example/<script>"`.

use crate::base::text_search;

/// Serialised HTML with the angle brackets in attribute values as entities.
pub(crate) fn brackets(html: String) -> String {
    let found = brackets_in_values(&html);
    if found.is_empty() {
        return html;
    }
    let mut out = String::with_capacity(html.len() + 3 * found.len());
    let mut from = 0;
    for at in found {
        out.push_str(&html[from..at]);
        out.push_str(if html.as_bytes()[at] == b'<' { "&lt;" } else { "&gt;" });
        from = at + 1;
    }
    out.push_str(&html[from..]);
    out
}

/// Where attribute values have angle brackets.
fn brackets_in_values(html: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut free = 0;
    for start in text_search::positions(html, "<") {
        if start < free {
            continue;
        }
        // Conditional comments for Outlook stay as they are: no serialiser touched them.
        free = if html[start..].starts_with("<!--") {
            html[start..].find("-->").map_or(html.len(), |at| start + at + 3)
        } else {
            end_of_tag(html, start, &mut found)
        };
    }
    found
}

/// Where the tag ends that begins at a place, with the brackets in its values. Serialisers write values in double quotes,
/// whatever the author wrote.
fn end_of_tag(html: &str, start: usize, found: &mut Vec<usize>) -> usize {
    let mut is_value = false;
    for (at, byte) in html.as_bytes()[start..].iter().enumerate() {
        match byte {
            b'"' => is_value = !is_value,
            b'>' if !is_value => return start + at + 1,
            b'<' | b'>' if is_value => found.push(start + at),
            _ => {}
        }
    }
    html.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_values_of_attributes_change() {
        for (html, expected) in [
            ("<p title=\"a > <b>\">1 < 2 > \"x\"</p>", "<p title=\"a &gt; &lt;b&gt;\">1 < 2 > \"x\"</p>"),
            ("<!--[if mso]><a x=\"<\"><![endif]--><b>", "<!--[if mso]><a x=\"<\"><![endif]--><b>"),
            ("<!doctype html>\n<style>a > b {}</style>", "<!doctype html>\n<style>a > b {}</style>"),
            ("<a href=\"", "<a href=\""),
        ] {
            assert_eq!(brackets(html.to_owned()), expected);
        }
    }
}
