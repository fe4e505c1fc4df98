//! Converts text from other sites to plain text: HTML without tags, and without invisible characters.

use crate::edition::html::sanitise;
use crate::letter::leak::html_entities;

/// Elements whose content no browser shows as text.
const HIDDEN: [&str; 9] = ["script", "style", "template", "head", "iframe", "object", "noscript", "svg", "title"];
/// Elements that are inside a line of text: a tag of any other one separates words.
const INLINE: [&str; 24] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "q", "s", "samp",
    "small", "span", "strong", "sub", "sup", "u", "var",
];

/// The text of HTML on one line: without tags, comments and what browsers do not show, with its character references decoded once.
pub(crate) fn of_html(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&html_entities::decode(&rest[..at]));
        let behind = &rest[at + 1..];
        let end = sanitise::tag_end(behind);
        // `a < b` is text.
        if end == 0 {
            text.push('<');
            rest = behind;
            continue;
        }
        // So is the rest after a tag that is never closed: searching for a tag at each `<` in it would take long.
        if end >= behind.len() {
            rest = &rest[at..];
            break;
        }
        let (tag, after) = behind.split_at(end);
        let name = name(tag);
        if !INLINE.contains(&name.as_str()) {
            text.push(' ');
        }
        rest = after.strip_prefix('>').unwrap_or(after);
        if HIDDEN.contains(&name.as_str()) && !tag.starts_with('/') && !tag.ends_with('/') {
            rest = behind_end_tag(rest, &name);
        }
    }
    text.push_str(&html_entities::decode(rest));
    one_line(&text)
}

/// The name of the element of a tag, in lower case; empty for a comment.
pub(super) fn name(tag: &str) -> String {
    let name = tag.trim_start_matches('/');
    let end = name.find(|sign: char| !sign.is_ascii_alphanumeric()).unwrap_or(name.len());
    name[..end].to_ascii_lowercase()
}

/// Whether no browser shows the content of an element as text.
pub(super) fn is_hidden(name: &str) -> bool {
    HIDDEN.contains(&name)
}

/// What follows the end tag of an element; nothing if there is none.
pub(super) fn behind_end_tag<'h>(html: &'h str, name: &str) -> &'h str {
    let mut rest = html;
    while let Some(at) = rest.find("</") {
        rest = &rest[at + 2..];
        let is_named = rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        if is_named {
            return rest.find('>').map_or("", |end| &rest[end + 1..]);
        }
    }
    ""
}

/// A text on one line, its words separated by one space, without invisible characters.
pub(crate) fn one_line(text: &str) -> String {
    let visible: String = text.chars().filter(|character| !is_invisible(*character)).collect();
    // A soft hyphen is invisible unless a line breaks there; a narrow or fixed space may be intended.
    visible.split([' ', '\t', '\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']).fold(
        String::with_capacity(visible.len()),
        |mut line, word| {
            if !line.is_empty() && !word.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
            line
        },
    )
}

/// A line without three colons or more in a row: in an issue, those are the signs of a fence.
pub(crate) fn without_fences(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(":::") {
        out.push_str(&rest[..at]);
        out.push(' ');
        rest = rest[at..].trim_start_matches(':');
    }
    out.push_str(rest);
    one_line(out.trim())
}

/// Whether a character is invisible, or changes how others are shown: controls, the bidirectional ones (UAX #9),
/// characters of no width, variation tags, private use and non-characters.
fn is_invisible(character: char) -> bool {
    let is_space = matches!(character, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}');
    (character.is_control() && !is_space)
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{e000}'..='\u{f8ff}'
                | '\u{fdd0}'..='\u{fdef}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{e0000}'..
        )
        || u32::from(character) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_left_out_and_references_are_decoded_once() {
        for (html, text) in [
            ("Nyt <b>fra</b> os", "Nyt fra os"),
            ("<p>Et.</p><p>To.</p>", "Et. To."),
            ("linje<br>linje<br/>linje", "linje linje linje"),
            ("R&oslash;d &amp; hvid", "Rød & hvid"),
            ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
            ("3 < 4 og 5 > 4", "3 < 4 og 5 > 4"),
            ("x<y", "x<y"),
            ("a<script>alert('</b>')</script>b", "a b"),
            ("a<STYLE>p{}</style >b<!-- c > d -->e", "a b e"),
            ("a<script>aldrig lukket", "a"),
            ("<img src=x onerror=alert(1)>tekst", "tekst"),
            ("<a title='a > b' href=x>link</a>", "link"),
            ("<<b>>", "<>"),
            ("a <b title=\"x <i>y</i>", "a <b title=\"x <i>y</i>"),
            ("", ""),
        ] {
            assert_eq!(of_html(html), text, "{html}");
        }
    }

    #[test]
    fn a_line_has_no_signs_of_a_fence() {
        assert_eq!(without_fences("Nyt ::: only board:::: a::b c: d"), "Nyt only board a::b c: d");
        assert_eq!(without_fences(":::"), "");
    }

    #[test]
    fn a_line_has_no_invisible_characters() {
        assert_eq!(one_line("\u{feff}a\u{202e}b\u{0}c\u{200b}d \n\t e\u{2028}f\u{e0041}\u{e000}"), "abcd e f");
        assert_eq!(one_line("10\u{a0}km\u{ad}"), "10\u{a0}km");
        // Arabic and emoji that are joined keep what joins them.
        assert_eq!(one_line("می\u{200c}خواهم 👩\u{200d}💻"), "می\u{200c}خواهم 👩\u{200d}💻");
    }
}
