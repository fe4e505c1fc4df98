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
    let (mut quoted, mut written) = (false, 0);
    for (at, byte) in html.bytes().enumerate() {
        match byte {
            b'<' | b'>' if quoted => {
                out.push_str(&html[written..at]);
                out.push_str(if byte == b'<' { "&lt;" } else { "&gt;" });
                written = at + 1;
            }
            b'"' => quoted = !quoted,
            b'>' => {
                out.push_str(&html[written..=at]);
                return at + 1;
            }
            _ => {}
        }
    }
    out.push_str(&html[written..]);
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
            assert_eq!(brackets(html), expected);
        }
    }
}
