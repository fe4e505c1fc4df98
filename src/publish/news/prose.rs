//! The running text of an article in HTML: its sentences, without headings and tables, with a full stop where only a
//! line break ends one.

use crate::edition::html::sanitise;
use crate::publish::news::plain_text;

/// Elements that are not part of the sentences of a text.
const LEFT_OUT: [&str; 10] = ["h1", "h2", "h3", "h4", "h5", "h6", "table", "pre", "figcaption", "form"];
/// Elements that end a sentence.
const PARAGRAPHS: [&str; 5] = ["p", "li", "blockquote", "dt", "dd"];

/// The break between two pieces of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum TextBreak {
    Space,
    Line,
    Paragraph,
}

impl TextBreak {
    /// The sign that ends the text before it, if it has none.
    fn sign(self, before: &str, after: &str) -> &'static str {
        let goes_on = after.starts_with(char::is_lowercase);
        let has_sign = !before.ends_with(|last: char| last.is_alphanumeric() || ")]\"”»".contains(last));
        match self {
            Self::Line if !has_sign && !goes_on => ",",
            Self::Paragraph if !has_sign && goes_on => ",",
            Self::Paragraph if !has_sign => ".",
            Self::Space | Self::Line | Self::Paragraph => "",
        }
    }
}

/// The sentences of HTML on one line: without headings and tables; `<li>Et</li><li>To</li>` is `Et. To`. Of HTML with nothing
/// else, all its words.
pub(crate) fn of_html(html: &str) -> String {
    let mut text = String::new();
    let mut pending = TextBreak::Space;
    for (piece, end) in pieces(html) {
        let words = plain_text::of_html(&piece);
        if !words.is_empty() {
            text.push_str(pending.sign(&text, &words));
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&words);
            pending = TextBreak::Space;
        }
        pending = pending.max(end);
    }
    if text.is_empty() { plain_text::of_html(html) } else { text }
}

/// The pieces of HTML between its breaks, each with the break behind it.
fn pieces(html: &str) -> Vec<(String, TextBreak)> {
    let (mut pieces, mut piece) = (Vec::new(), String::new());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, behind) = (&rest[..at], &rest[at + 1..]);
        let end = sanitise::tag_end(behind);
        if end >= behind.len() {
            break;
        }
        let (tag, after) = behind.split_at(end);
        let after = after.strip_prefix('>').unwrap_or(after);
        let name = plain_text::name(tag);
        piece.push_str(before);
        let is_left_out = LEFT_OUT.contains(&name.as_str());
        let end = match name.as_str() {
            "br" => Some(TextBreak::Line),
            name if is_left_out || PARAGRAPHS.contains(&name) => Some(TextBreak::Paragraph),
            _ => None,
        };
        match end {
            Some(end) => pieces.push((std::mem::take(&mut piece), end)),
            None => piece.push_str(&rest[at..rest.len() - after.len()]),
        }
        rest = after;
        if !tag.starts_with('/') && !tag.ends_with('/') && (is_left_out || plain_text::is_hidden(&name)) {
            rest = plain_text::behind_end_tag(rest, &name);
            // The piece has the start tag.
            if end.is_none() {
                piece.extend(["</", &name, ">"]);
            }
        }
    }
    piece.push_str(rest);
    pieces.push((piece, TextBreak::Space));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sentences_are_kept_and_lines_end_with_a_full_stop() {
        for (html, text) in [
            ("<h1>Overskrift</h1><p>Første afsnit.</p>", "Første afsnit."),
            ("<ul><li>Et punkt</li><li>To punkter</li></ul>", "Et punkt. To punkter"),
            ("<ul><li>æbler</li><li>pærer</li></ul><p>Slut.</p>", "æbler, pærer. Slut."),
            ("<ul><li><p>Et.</p></li><li>To!</li>Tre</ul>", "Et. To! Tre"),
            ("Havnevej 1<br/>8000 Aarhus<br><br>Vi er<br>glade", "Havnevej 1, 8000 Aarhus, Vi er glade"),
            ("<p>Før:</p><table><tr><td>a</td><td>b</td></tr></table><p>Efter</p>", "Før: Efter"),
            ("<h2>Kun <b>det</b></h2>", "Kun det"),
            ("<h2>Aldrig lukket <p>tekst", "Aldrig lukket tekst"),
            ("a<script>'<p>'</script>b &lt;p&gt; 3 < 4", "a b <p> 3 < 4"),
            ("<p>R&oslash;d <b>og</b> hvid</p><!-- <p> --><p>&amp;lt;", "Rød og hvid. &lt;"),
            ("a <b title=\"x", "a <b title=\"x"),
            ("", ""),
        ] {
            assert_eq!(of_html(html), text, "{html}");
        }
    }
}
