//! The text of an element, collected piece by piece as HTML, whatever it is written in.

use crate::base::source::span::floor_char_boundary;

/// The most that is kept of one text, in bytes: a summary is made of its beginning.
const LONGEST: usize = 16 << 10;

/// What the text of an element is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MarkupKind {
    /// HTML, with its `<` and `&` written as references or in CDATA: RSS, and `type="html"` of Atom.
    Html,
    /// Plain text: a `<` in it is a `<`. In XHTML, the elements are the markup.
    Plain,
    /// A value such as an address or a date, kept as it is.
    Value,
    /// Bytes of something else, such as a picture: nothing is kept.
    Other,
}

/// A text as HTML, or a value.
#[derive(Clone, Debug)]
pub(super) struct ItemText {
    kind: MarkupKind,
    html: String,
    is_cut: bool,
}

impl ItemText {
    pub(super) fn new(kind: MarkupKind) -> Self {
        Self { kind, html: String::new(), is_cut: false }
    }

    /// Adds text whose references are decoded.
    pub(super) fn push_text(&mut self, text: &str) {
        match self.kind {
            MarkupKind::Html | MarkupKind::Value => self.push(text),
            MarkupKind::Plain => self.push(&text.replace('&', "&amp;").replace('<', "&lt;")),
            MarkupKind::Other => {}
        }
    }

    /// Adds a tag, without its attributes.
    pub(super) fn push_tag(&mut self, name: &str) {
        match self.kind {
            MarkupKind::Html | MarkupKind::Plain => self.push(&format!("<{name}>")),
            MarkupKind::Value | MarkupKind::Other => {}
        }
    }

    fn push(&mut self, piece: &str) {
        if self.is_cut {
            return;
        }
        let room = LONGEST - self.html.len();
        if piece.len() <= room {
            self.html.push_str(piece);
            return;
        }
        self.is_cut = true;
        self.html.push_str(&piece[..floor_char_boundary(piece, room)]);
        // A tag or a reference without its end would be text.
        let tag = self.html.rfind('<').filter(|at| !self.html[*at..].contains('>'));
        let reference = self.html.rfind('&').filter(|at| !self.html[*at..].contains(';'));
        if let Some(end) = tag.into_iter().chain(reference).min() {
            self.html.truncate(end);
        }
    }

    /// The text as HTML, or the value.
    pub(super) fn finish(self) -> String {
        self.html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_not_html() {
        let mut text = ItemText::new(MarkupKind::Plain);
        text.push_text("<b>&amp;");
        text.push_tag("p");
        assert_eq!(text.finish(), "&lt;b>&amp;amp;<p>");
    }

    #[test]
    fn a_long_text_is_cut_before_its_last_tag() {
        let mut text = ItemText::new(MarkupKind::Html);
        text.push_text(&"å".repeat(LONGEST / 2 - 10));
        text.push_text("<img src='data:image/png;base64,AAAA'>");
        text.push_text("mere");
        assert_eq!(text.finish(), "å".repeat(LONGEST / 2 - 10));
    }
}
