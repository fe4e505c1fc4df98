//! An article as HTML to paste into the editor of a website, such as Odoo or Drupal: semantic elements, without a head,
//! styles or classes.

use std::collections::BTreeSet;

use crate::edition::html::escape::escape;
use crate::publish::article::{ArticleBlock, ArticleCell, ArticleInline, ArticlePicture, ArticleTable, CellAlign};

/// The HTML of some blocks, without the title: websites have a separate field for it. The names of footnotes begin with
/// `prefix`, since a website may show several texts on one page.
pub fn write(blocks: &[ArticleBlock], prefix: &str) -> String {
    ArticleHtmlWriter { prefix, referred: BTreeSet::new() }.blocks(blocks)
}

struct ArticleHtmlWriter<'p> {
    prefix: &'p str,
    /// The numbers of the footnotes that the text has referred to.
    referred: BTreeSet<String>,
}

impl ArticleHtmlWriter<'_> {
    fn blocks(&mut self, blocks: &[ArticleBlock]) -> String {
        blocks.iter().map(|block| self.block(block)).collect()
    }

    fn block(&mut self, block: &ArticleBlock) -> String {
        match block {
            ArticleBlock::Heading { level, anchor, text } => {
                let id = anchor.as_ref().map(|anchor| format!(" id=\"{}\"", escape(anchor))).unwrap_or_default();
                format!("<h{level}{id}>{}</h{level}>\n", self.line(text))
            }
            ArticleBlock::Paragraph(text) => format!("<p>{}</p>\n", self.line(text)),
            ArticleBlock::List { first, items } => self.list(*first, items),
            ArticleBlock::Notes { first, notes } => self.notes(*first, notes),
            ArticleBlock::Quote(blocks) => format!("<blockquote>\n{}</blockquote>\n", self.blocks(blocks)),
            ArticleBlock::Note(blocks) => format!("<div role=\"note\">\n{}</div>\n", self.blocks(blocks)),
            ArticleBlock::Figure { picture, url, caption } => {
                let shown = image(picture);
                let shown =
                    url.as_ref().map_or(shown.clone(), |url| format!("<a href=\"{}\">{shown}</a>", escape(url)));
                let caption = if caption.is_empty() {
                    String::new()
                } else {
                    format!("\n<figcaption>{}</figcaption>", self.line(caption))
                };
                format!("<figure>{shown}{caption}</figure>\n")
            }
            ArticleBlock::Table(cells) => self.table(cells),
            ArticleBlock::Code(code) => format!("<pre><code>{}</code></pre>\n", escape_text(code)),
            ArticleBlock::Rule => "<hr>\n".to_owned(),
            ArticleBlock::Language { lang, direction, blocks } => {
                let attribute = |name: &str, value: &Option<String>| {
                    value.as_ref().map(|value| format!(" {name}=\"{}\"", escape(value))).unwrap_or_default()
                };
                let (lang, direction) = (attribute("lang", lang), attribute("dir", direction));
                format!("<div{lang}{direction}>\n{}</div>\n", self.blocks(blocks))
            }
            ArticleBlock::Part(blocks) | ArticleBlock::Own(blocks) => self.blocks(blocks),
        }
    }

    fn list(&mut self, first: Option<u32>, items: &[Vec<ArticleBlock>]) -> String {
        let (element, start) = match first {
            None => ("ul", String::new()),
            Some(first) => ("ol", start(first)),
        };
        let items: String = items.iter().map(|item| ["<li>", &self.item(item), "</li>\n"].concat()).collect();
        format!("<{element}{start}>\n{items}</{element}>\n")
    }

    /// The content of an item. A single line needs no paragraph, around which website editors would add space.
    fn item(&mut self, item: &[ArticleBlock]) -> String {
        match item {
            [ArticleBlock::Paragraph(text)] => self.line(text),
            [ArticleBlock::Paragraph(text), below @ ArticleBlock::List { .. }] => {
                format!("{}\n{}", self.line(text), self.block(below))
            }
            blocks => format!("\n{}", self.blocks(blocks)),
        }
    }

    /// Footnotes, each with a link back to the first place that refers to it.
    fn notes(&mut self, first: u32, notes: &[Vec<ArticleBlock>]) -> String {
        let prefix = escape(self.prefix);
        let notes = notes.iter().zip(first..).map(|(note, number)| {
            let back = if self.referred.contains(&number.to_string()) {
                format!(" <a href=\"#{prefix}ref-{number}\" role=\"doc-backlink\">↩\u{fe0e}</a>")
            } else {
                String::new()
            };
            let text = self.item(note);
            let text = match text.strip_suffix("</p>\n") {
                Some(text) => format!("{text}{back}</p>\n"),
                None => text + &back,
            };
            format!("<li id=\"{prefix}note-{number}\">{text}</li>\n")
        });
        let notes: String = notes.collect();
        format!("<ol{}>\n{notes}</ol>\n", start(first))
    }

    /// The number of a footnote, as a link to it.
    fn reference(&mut self, number: &str) -> String {
        let (prefix, shown) = (escape(self.prefix), escape(number));
        let is_first = self.referred.insert(number.to_owned());
        let id = if is_first { format!(" id=\"{prefix}ref-{shown}\"") } else { String::new() };
        format!("<sup><a href=\"#{prefix}note-{shown}\"{id} role=\"doc-noteref\">{shown}</a></sup>")
    }

    fn table(&mut self, table: &ArticleTable) -> String {
        let caption = if table.caption.is_empty() {
            String::new()
        } else {
            format!("<caption>{}</caption>\n", self.line(&table.caption))
        };
        let header = if table.header.is_empty() {
            String::new()
        } else {
            format!("<thead>\n{}</thead>\n", self.row("th scope=\"col\"", &table.header))
        };
        let rows: String = table.rows.iter().map(|cells| self.row("td", cells)).collect();
        format!("<table>\n{caption}{header}<tbody>\n{rows}</tbody>\n</table>\n")
    }

    fn row(&mut self, start: &str, cells: &[ArticleCell]) -> String {
        let cells: String = cells.iter().map(|cell| self.cell(start, cell)).collect();
        format!("<tr>{cells}</tr>\n")
    }

    fn cell(&mut self, start: &str, cell: &ArticleCell) -> String {
        // Inline style is the only formatting of cells that website editors keep.
        let style = match cell.align {
            CellAlign::Start => "",
            CellAlign::Center => " style=\"text-align:center\"",
            CellAlign::Right => " style=\"text-align:right\"",
        };
        format!("<{start}{style}>{}</{}>", self.line(&cell.text), &start[..2])
    }

    fn line(&mut self, inlines: &[ArticleInline]) -> String {
        inlines.iter().map(|inline| self.inline(inline)).collect()
    }

    fn inline(&mut self, inline: &ArticleInline) -> String {
        match inline {
            ArticleInline::Text(text) => escape_text(text),
            ArticleInline::Strong(inner) => format!("<strong>{}</strong>", self.line(inner)),
            ArticleInline::Emphasis(inner) => format!("<em>{}</em>", self.line(inner)),
            ArticleInline::Deleted(inner) => format!("<del>{}</del>", self.line(inner)),
            ArticleInline::Raised(inner) => format!("<sup>{}</sup>", self.line(inner)),
            ArticleInline::Lowered(inner) => format!("<sub>{}</sub>", self.line(inner)),
            ArticleInline::Code(code) => format!("<code>{}</code>", escape_text(code)),
            ArticleInline::Link { url, text } => format!("<a href=\"{}\">{}</a>", escape(url), self.line(text)),
            ArticleInline::Picture(picture) => image(picture),
            ArticleInline::Break => "<br>\n".to_owned(),
            ArticleInline::NoteReference(number) => self.reference(number),
        }
    }
}

/// The attribute of a list that begins with a number.
fn start(first: u32) -> String {
    if first == 1 { String::new() } else { format!(" start=\"{first}\"") }
}

/// Keeps a picture within the column that it is shown in, such as that of a phone.
const FITS: &str = " style=\"max-width:100%;height:auto\"";

fn image(picture: &ArticlePicture) -> String {
    let width = picture.width.map(|width| format!(" width=\"{width}\"")).unwrap_or_default();
    format!("<img src=\"{}\" alt=\"{}\"{width}{FITS}>", escape(&picture.address), escape(&picture.alt))
}

/// Text outside attributes, in which quotation marks are not escaped, since a person may edit it.
fn escape_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::article::reader::{self, ArticleHead};

    fn written(html: &str) -> String {
        write(&reader::read(html, ArticleHead { subject: "Emne", description: "", lang: "da" }).blocks, "maj-")
    }

    #[test]
    fn what_was_read_is_written_without_boxes_and_classes() {
        let html = "<div class=\"x\"><p>A &amp; <b>B</b></p></div><aside><p>Tip</p></aside>\
            <figure><img src=\"a.png\" alt=\"&quot;Kort&quot;\" width=\"72\"><figcaption>Foto</figcaption></figure>\
            <ol start=\"3\"><li>Et<ul><li>To</li></ul></li></ol><pre><code>a &lt; b\n c</code></pre>\
            <div lang=\"en\"><h3>Hi</h3></div>";
        let expected = "<p>A &amp; <strong>B</strong></p>\n<div role=\"note\">\n<p>Tip</p>\n</div>\n\
            <figure><img src=\"a.png\" alt=\"&quot;Kort&quot;\" width=\"72\" style=\"max-width:100%;height:auto\">\n<figcaption>Foto</figcaption></figure>\n\
            <ol start=\"3\">\n<li>Et\n<ul>\n<li>To</li>\n</ul>\n</li>\n</ol>\n<pre><code>a &lt; b\n c</code></pre>\n\
            <div lang=\"en\">\n<h3>Hi</h3>\n</div>\n";
        assert_eq!(written(html), expected);
        // The output is stable: reading it again gives the same article.
        assert_eq!(written(expected), expected);
    }
    #[test]
    fn footnotes_and_their_numbers_link_to_each_other() {
        let html = "<p>A<sup class=\"note-ref\">1</sup> B<sup class=\"note-ref\">1</sup></p><hr>\
            <ol class=\"notes\"><li><p>En <b>note</b></p></li></ol>";
        let expected = "<p>A<sup><a href=\"#maj-note-1\" id=\"maj-ref-1\" role=\"doc-noteref\">1</a></sup> \
            B<sup><a href=\"#maj-note-1\" role=\"doc-noteref\">1</a></sup></p>\n<hr>\n\
            <ol>\n<li id=\"maj-note-1\">En <strong>note</strong> \
            <a href=\"#maj-ref-1\" role=\"doc-backlink\">↩\u{fe0e}</a></li>\n</ol>\n";
        assert_eq!(written(html), expected);
        let long = html.replace("</li>", "<p>To</p></li>");
        let end = "\n<p>En <strong>note</strong></p>\n<p>To <a href=\"#maj-ref-1\" role=\"doc-backlink\">↩\u{fe0e}</a></p>\n</li>\n</ol>\n";
        assert!(written(&long).ends_with(end), "{}", written(&long));
    }
}
