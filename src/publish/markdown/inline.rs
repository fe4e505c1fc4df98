//! The parts of a line in Markdown.

use crate::edition::html::escape::escape;
use crate::publish::article::{ArticleInline, ArticlePicture};
use crate::publish::markdown::dialect::MarkdownDialect;
use crate::publish::markdown::escaping;

/// The place of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinePlace {
    /// In a paragraph, which may have several lines.
    Paragraph,
    /// Behind the signs of a heading.
    Heading,
    /// In a cell of a table.
    Cell,
}

/// The parts of a line as Markdown.
pub(super) fn write(inlines: &[ArticleInline], dialect: MarkdownDialect, place: LinePlace) -> String {
    let mut writer = LineWriter { dialect, place, out: String::new() };
    writer.parts(inlines);
    match place {
        LinePlace::Paragraph => writer.out.split("  \n").map(escaping::start_of_line).collect::<Vec<_>>().join("  \n"),
        // `# Title #` would lose the sign at its end.
        LinePlace::Heading if writer.out.ends_with('#') => {
            writer.out.pop();
            writer.out + "\\#"
        }
        LinePlace::Heading | LinePlace::Cell => writer.out,
    }
}

/// A picture, which may be a link.
pub(super) fn picture(picture: &ArticlePicture, url: Option<&str>, dialect: MarkdownDialect) -> String {
    let mut writer = LineWriter { dialect, place: LinePlace::Paragraph, out: String::new() };
    match url {
        Some(url) => {
            let shown = [ArticleInline::Picture(picture.clone())];
            writer.link(url, &shown);
        }
        None => writer.picture(picture),
    }
    writer.out
}

struct LineWriter {
    dialect: MarkdownDialect,
    place: LinePlace,
    out: String,
}

impl LineWriter {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn parts(&mut self, inlines: &[ArticleInline]) {
        for (at, inline) in inlines.iter().enumerate() {
            let next = inlines.get(at + 1).and_then(first_letter);
            match inline {
                ArticleInline::Text(text) => self.out.push_str(&escaping::text(text)),
                ArticleInline::Strong(inner) => self.stressed("**", "strong", inner, next),
                ArticleInline::Emphasis(inner) => self.stressed("*", "em", inner, next),
                ArticleInline::Deleted(inner) => self.element("del", inner),
                ArticleInline::Raised(inner) => self.element("sup", inner),
                ArticleInline::Lowered(inner) => self.element("sub", inner),
                ArticleInline::Code(code) => self.code(code),
                ArticleInline::Link { url, text } => self.link(url, text),
                ArticleInline::Picture(picture) => self.picture(picture),
                ArticleInline::Break => self.out.push_str(match self.place {
                    LinePlace::Paragraph => "  \n",
                    LinePlace::Heading => " ",
                    LinePlace::Cell => "<br>",
                }),
                ArticleInline::NoteReference(number) => match self.dialect {
                    MarkdownDialect::Common => self.put(&format!("<sup>{}</sup>", escape(number))),
                    MarkdownDialect::Jekyll => self.put(&format!("[^{number}]")),
                },
            }
        }
    }

    /// Words between two marks. White space at their ends is put outside the marks. An element is used if a mark
    /// between letters would not be read as one (`CommonMark` 0.31, section 6.2).
    fn stressed(&mut self, mark: &str, element: &str, inner: &[ArticleInline], next: Option<char>) {
        let written = self.captured(inner);
        let trimmed = written.trim_matches(' ');
        if trimmed.is_empty() {
            return self.out.push_str(&written);
        }
        let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        let ends_with_word = is_word(trimmed.chars().next_back());
        let begins_with_word = is_word(trimmed.chars().next());
        let is_apart = written.starts_with(' ');
        let needs_element = !begins_with_word && !is_apart && is_word(self.out.chars().next_back())
            || !ends_with_word && !written.ends_with(' ') && is_word(next)
            || self.out.ends_with('*');
        let before = &written[..written.len() - written.trim_start_matches(' ').len()];
        let behind = &written[written.trim_end_matches(' ').len()..];
        let marked =
            if needs_element { format!("<{element}>{trimmed}</{element}>") } else { format!("{mark}{trimmed}{mark}") };
        self.out.extend([before, &marked, behind]);
    }

    fn element(&mut self, element: &str, inner: &[ArticleInline]) {
        let written = self.captured(inner);
        self.put(&format!("<{element}>{written}</{element}>"));
    }

    fn captured(&mut self, inner: &[ArticleInline]) -> String {
        let before = std::mem::take(&mut self.out);
        self.parts(inner);
        std::mem::replace(&mut self.out, before)
    }

    /// Code between backticks; in HTML if it has characters that backticks do not protect: those of Liquid and of
    /// tables.
    fn code(&mut self, code: &str) {
        if code.contains(['`', '|']) || escaping::has_liquid(code) {
            let code =
                escaping::braces(&escape(code)).replace('|', "&#124;").replace('`', "&#96;").replace('*', "&#42;");
            let code = code.replace('_', "&#95;").replace('\\', "&#92;").replace('[', "&#91;");
            return self.put(&format!("<code>{code}</code>"));
        }
        self.put(&format!("`{code}`"));
    }

    fn link(&mut self, url: &str, text: &[ArticleInline]) {
        let words = self.captured(text);
        self.separate_from_exclamation();
        self.put(&format!("[{}]({})", words.trim(), self.address(url)));
    }

    fn picture(&mut self, picture: &ArticlePicture) {
        let alt = escaping::text(&picture.alt);
        let width = picture.width.filter(|_| self.dialect == MarkdownDialect::Jekyll);
        let width = width.map(|width| format!("{{: width=\"{width}\"}}")).unwrap_or_default();
        self.put(&format!("![{alt}]({}){width}", self.address(&picture.address)));
    }

    /// An exclamation mark before a link would make it a picture.
    fn separate_from_exclamation(&mut self) {
        if self.out.ends_with('!') {
            self.out.pop();
            self.out.push_str("\\!");
        }
    }

    /// The address of a link. Jekyll finds the files of an article below the address of its site.
    fn address(&self, address: &str) -> String {
        let escaped = escaping::url(address);
        let is_file = !address.contains(':') && !address.starts_with('#');
        match self.dialect {
            MarkdownDialect::Jekyll if is_file => format!("{{{{ '/{escaped}' | relative_url }}}}"),
            MarkdownDialect::Jekyll | MarkdownDialect::Common => escaped,
        }
    }
}

fn first_letter(inline: &ArticleInline) -> Option<char> {
    match inline {
        ArticleInline::Text(text) | ArticleInline::Code(text) => text.chars().next(),
        ArticleInline::Strong(inner)
        | ArticleInline::Emphasis(inner)
        | ArticleInline::Deleted(inner)
        | ArticleInline::Raised(inner)
        | ArticleInline::Lowered(inner)
        | ArticleInline::Link { text: inner, .. } => inner.first().and_then(first_letter),
        ArticleInline::Picture(_) | ArticleInline::Break | ArticleInline::NoteReference(_) => None,
    }
}
