//! An article as text without markup: to paste into a form, a chat or a post. Paragraphs are one line each, since the
//! program that shows them wraps lines itself.

use crate::base::language::Lang;
use crate::publish::article::{Article, ArticleBlock, ArticleInline, ArticleTable, plain, push_words};

/// What the text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextPurpose {
    /// A text to read: headings are underlined, and the address of a link follows its words.
    Reading,
    /// A post: list marks are bullets, pictures are left out, since they are uploaded beside it, and links are listed at the end.
    Post,
}

/// The text of an article, with its title on the first line.
pub fn write(article: &Article, purpose: TextPurpose) -> String {
    let mut writer = PlainTextWriter { purpose, lang: lang_of(article), links: Vec::new() };
    let mut paragraphs = vec![writer.heading(&article.title, '=')];
    writer.blocks(&article.blocks, &mut paragraphs);
    if !writer.links.is_empty() {
        paragraphs.push(writer.links.iter().map(ListedLink::line).collect::<Vec<_>>().join("\n"));
    }
    paragraphs.retain(|paragraph| !paragraph.trim().is_empty());
    paragraphs.join("\n\n") + "\n"
}

/// The language of an article, for the few words that are added; the default language if it is not supported.
pub(crate) fn lang_of(article: &Article) -> Lang {
    Lang::of_tag(&article.lang).unwrap_or_default()
}

/// A link at the end of a post.
struct ListedLink {
    words: String,
    address: String,
}

impl ListedLink {
    fn line(&self) -> String {
        with_address(&self.words, &self.address, ": ")
    }
}

struct PlainTextWriter {
    purpose: TextPurpose,
    lang: Lang,
    links: Vec<ListedLink>,
}

impl PlainTextWriter {
    fn heading(&self, words: &str, line: char) -> String {
        match self.purpose {
            TextPurpose::Post => words.to_owned(),
            TextPurpose::Reading => {
                format!("{words}\n{}", line.to_string().repeat(words.chars().count().min(LONGEST_LINE)))
            }
        }
    }

    fn blocks(&mut self, blocks: &[ArticleBlock], out: &mut Vec<String>) {
        for block in blocks {
            self.block(block, out);
        }
    }

    fn block(&mut self, block: &ArticleBlock, out: &mut Vec<String>) {
        match block {
            ArticleBlock::Heading { level: 2, text, .. } => {
                let words = self.line(text);
                out.push(self.heading(&words, '-'));
            }
            ArticleBlock::Heading { text, .. } | ArticleBlock::Paragraph(text) => {
                let line = self.line_alone(text);
                out.push(line);
            }
            ArticleBlock::List { first, items } => {
                let list = self.list(*first, items);
                out.push(list);
            }
            ArticleBlock::Notes { first, notes } => {
                let list = self.list(Some(*first), notes);
                out.push(list);
            }
            ArticleBlock::Quote(inner) => {
                let mut quoted = Vec::new();
                self.blocks(inner, &mut quoted);
                match self.purpose {
                    TextPurpose::Reading => out.push(indented(&quoted.join("\n\n"), "> ", "> ")),
                    TextPurpose::Post => out.extend(quoted),
                }
            }
            ArticleBlock::Note(inner)
            | ArticleBlock::Own(inner)
            | ArticleBlock::Part(inner)
            | ArticleBlock::Language { blocks: inner, .. } => {
                self.blocks(inner, out);
            }
            ArticleBlock::Figure { picture, url, caption } => {
                if self.purpose == TextPurpose::Reading {
                    out.extend(self.picture(&picture.alt));
                    let caption = self.line(caption);
                    out.push(caption);
                }
                out.extend(url.as_ref().map(|url| bare(url).to_owned()));
            }
            ArticleBlock::Table(table) => self.table(table, out),
            ArticleBlock::Code(code) => out.push(code.clone()),
            ArticleBlock::Rule => {
                if self.purpose == TextPurpose::Reading {
                    out.push("* * *".to_owned());
                }
            }
        }
    }

    fn bullet(&self) -> &'static str {
        match self.purpose {
            TextPurpose::Reading => "- ",
            TextPurpose::Post => "• ",
        }
    }

    fn picture(&self, alt: &str) -> Option<String> {
        (!alt.is_empty()).then(|| format!("[{}: {alt}]", self.lang.words().picture))
    }

    fn list(&mut self, first: Option<u32>, items: &[Vec<ArticleBlock>]) -> String {
        let is_short = |item: &Vec<ArticleBlock>| {
            item.iter().filter(|block| !matches!(block, ArticleBlock::List { .. })).count() <= 1
        };
        let between = if items.iter().all(is_short) { "\n" } else { "\n\n" };
        let mut lines = Vec::new();
        for (item, number) in items.iter().zip(first.unwrap_or_default()..) {
            let marker = if first.is_some() { format!("{number}. ") } else { self.bullet().to_owned() };
            let mut written = Vec::new();
            self.blocks(item, &mut written);
            written.retain(|paragraph| !paragraph.trim().is_empty());
            if written.is_empty() {
                continue;
            }
            lines.push(indented(&written.join(between), &marker, &" ".repeat(marker.chars().count())));
        }
        lines.join(between)
    }

    /// A line for each row: its first cell, followed by the other cells with the names of their columns.
    fn table(&mut self, table: &ArticleTable, out: &mut Vec<String>) {
        let caption = self.line(&table.caption);
        out.push(caption);
        let names: Vec<String> = table.header.iter().map(|cell| plain(&cell.text)).collect();
        let has_names = names.iter().skip(1).any(|name| !name.is_empty());
        let mut lines = Vec::new();
        for row in &table.rows {
            let mut cells = Vec::new();
            for (column, cell) in row.iter().enumerate() {
                let text = self.line(&cell.text).replace('\n', ", ");
                let name = names.get(column).filter(|name| has_names && column > 0 && !name.is_empty());
                cells.push(match name {
                    Some(name) if !text.is_empty() => format!("{name}: {text}"),
                    Some(_) | None => text,
                });
            }
            let mut cells = cells.into_iter().filter(|cell| !cell.is_empty());
            let first = cells.next().unwrap_or_default();
            let rest = cells.collect::<Vec<_>>().join(" · ");
            let between = if rest.is_empty() {
                ""
            } else if has_names {
                " – "
            } else {
                ": "
            };
            lines.push(format!("{}{first}{between}{rest}", self.bullet()));
        }
        out.push(lines.join("\n"));
    }

    /// A line; if it consists of a link, the address is kept, since the line is an instruction.
    fn line_alone(&mut self, inlines: &[ArticleInline]) -> String {
        match inlines {
            [ArticleInline::Link { url, text }] if !url.starts_with('#') => {
                let words = self.line(text);
                with_address(&words, bare(url), ": ")
            }
            _ => self.line(inlines),
        }
    }

    fn line(&mut self, inlines: &[ArticleInline]) -> String {
        let mut line = String::new();
        for inline in inlines {
            push_words(&mut line, &self.inline(inline));
        }
        line
    }

    fn inline(&mut self, inline: &ArticleInline) -> String {
        match inline {
            ArticleInline::Text(text) | ArticleInline::Code(text) => text.clone(),
            ArticleInline::Strong(inner) | ArticleInline::Emphasis(inner) => self.line(inner),
            // Without its line, it would be read as valid.
            ArticleInline::Deleted(_) => String::new(),
            ArticleInline::Raised(_) | ArticleInline::Lowered(_) => plain(std::slice::from_ref(inline)),
            ArticleInline::Link { url, text } => self.link(url, text),
            ArticleInline::Picture(picture) => match self.purpose {
                TextPurpose::Reading => self.picture(&picture.alt).unwrap_or_default(),
                TextPurpose::Post => String::new(),
            },
            ArticleInline::Break => "\n".to_owned(),
            ArticleInline::NoteReference(number) => format!(" [{number}]"),
        }
    }

    fn link(&mut self, url: &str, text: &[ArticleInline]) -> String {
        let words = self.line(text);
        let address = bare(url);
        if url.starts_with('#') || words.contains(address) {
            return words;
        }
        match self.purpose {
            TextPurpose::Reading => with_address(&words, address, " (") + ")",
            TextPurpose::Post => {
                if !self.links.iter().any(|link| link.address == address) {
                    self.links.push(ListedLink { words: words.clone(), address: address.to_owned() });
                }
                words
            }
        }
    }
}

/// Words followed by the address; only the address if the words repeat it.
fn with_address(words: &str, address: &str, between: &str) -> String {
    if words.is_empty() || words == address { address.to_owned() } else { format!("{words}{between}{address}") }
}

/// An address as people write it: that of a mailbox or a telephone without its scheme.
fn bare(url: &str) -> &str {
    let address = url.strip_prefix("mailto:").or_else(|| url.strip_prefix("tel:"));
    address.map_or(url, |address| address.split('?').next().unwrap_or(address))
}

/// The longest line below a heading, in characters.
const LONGEST_LINE: usize = 60;

/// A text with a prefix for its first line and one for the others.
fn indented(text: &str, first: &str, rest: &str) -> String {
    let lines = text.lines().enumerate().map(|(number, line)| {
        let before = if number == 0 { first } else { rest };
        format!("{before}{line}").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::article::reader::{self, ArticleHead};

    const HTML: &str = "<p>Hej <b>alle</b>, se <a href=\"https://a.example/x\">programmet</a> på \
        <a href=\"https://a.example\">https://a.example</a>.</p><h2>Nyt</h2>\
        <ul><li>Et<ul><li>Under</li></ul></li><li><a href=\"https://b.example\">Tilmeld dig</a></li></ul>\
        <figure><img src=\"a.png\" alt=\"Kort\"><figcaption>Foto: Bo</figcaption></figure>\
        <table><tr><th>By</th><th>Dag</th><th>Pris</th></tr><tr><td>Odense</td><td>3. maj</td><td>100 kr.</td></tr></table>\
        <blockquote><p>CO<sub>2</sub> og 5 m<sup>2</sup></p></blockquote>\
        <p><a href=\"mailto:bo@a.example?subject=Hej\">Skriv til Bo</a></p>";

    fn written(purpose: TextPurpose) -> String {
        write(&reader::read(HTML, ArticleHead { subject: "Nyt i maj", description: "", lang: "da" }), purpose)
    }

    #[test]
    fn a_text_to_read_has_its_addresses_behind_the_words() {
        let expected = "Nyt i maj\n=========\n\n\
            Hej alle, se programmet (https://a.example/x) på https://a.example.\n\nNyt\n---\n\n\
            - Et\n  - Under\n- Tilmeld dig: https://b.example\n\n[Billede: Kort]\n\nFoto: Bo\n\n\
            - Odense – Dag: 3. maj · Pris: 100 kr.\n\n> CO₂ og 5 m²\n\nSkriv til Bo: bo@a.example\n";
        assert_eq!(written(TextPurpose::Reading), expected);
    }

    #[test]
    fn a_column_keeps_its_name_and_deleted_words_are_gone() {
        let html = "<table><tr><th>Kommune</th><th>Mio. kr.</th></tr><tr><td>Aarhus</td><td>12</td></tr></table>\
            <table><tr><td>Aarhus</td><td>12</td></tr></table>\
            <p>Det koster <del>200</del> 100 kr.<del> i maj</del></p><ul><li><del>Et</del></li><li>To</li></ul>";
        let article = reader::read(html, ArticleHead { subject: "Nyt", description: "", lang: "da" });
        let expected = "Nyt\n\n• Aarhus – Mio. kr.: 12\n\n• Aarhus: 12\n\nDet koster 100 kr.\n\n• To\n";
        assert_eq!(write(&article, TextPurpose::Post), expected);
        let ArticleBlock::Paragraph(price) = &article.blocks[2] else { panic!("a paragraph") };
        assert_eq!(plain(price), "Det koster 100 kr.");
    }

    #[test]
    fn a_post_has_no_markup_and_its_links_at_the_end() {
        let expected = "Nyt i maj\n\nHej alle, se programmet på https://a.example.\n\nNyt\n\n\
            • Et\n  • Under\n• Tilmeld dig: https://b.example\n\n\
            • Odense – Dag: 3. maj · Pris: 100 kr.\n\nCO₂ og 5 m²\n\nSkriv til Bo: bo@a.example\n\n\
            programmet: https://a.example/x\n";
        assert_eq!(written(TextPurpose::Post), expected);
    }
}
