//! Escapes angle brackets in attribute values.
//!
//! HTML allows `<` and `>` in a quoted value, and the sanitiser and the inliner leave them unescaped. Mail filters parse
//! less carefully, and would see an element in `href="https://a.example/<script>"`.

/// Serialised HTML with the angle brackets in attribute values as entities.
pub(crate) fn brackets(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        // Conditional comments for Outlook stay as they are: no serialiser touched them.
        let end = if rest.starts_with("<!--") {
            let end = rest.find("-->").map_or(rest.len(), |at| at + 3);
            out.push_str(&rest[..end]);
            end
        } else {
            tag(rest, &mut out)
        };
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// Writes the tag that the HTML starts with, and returns its length.
fn tag(html: &str, out: &mut String) -> usize {
    // Serialisers write values in double quotes, whatever the author wrote.
    let mut rest = html;
    while let Some(at) = rest.find(['"', '>']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if let Some(after) = from.strip_prefix('>') {
            out.push('>');
            return html.len() - after.len();
        }
        let end = from[1..].find('"').map_or(from.len(), |end| end + 2);
        value(&from[..end], out);
        rest = &from[end..];
    }
    out.push_str(rest);
    html.len()
}

/// Writes a value in its quotes.
fn value(quoted: &str, out: &mut String) {
    let mut rest = quoted;
    while let Some(at) = rest.find(['<', '>']) {
        out.push_str(&rest[..at]);
        out.push_str(if rest.as_bytes()[at] == b'<' { "&lt;" } else { "&gt;" });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
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
            assert_eq!(brackets(html), expected);
        }
    }
}
