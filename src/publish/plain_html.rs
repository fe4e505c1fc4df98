//! An article as HTML to paste into the editor of a website, such as Odoo or Drupal: elements that say what something
//! is, without a head, styles or classes.

use crate::edition::html::escape::escape;
use crate::publish::article::{ArticleBlock, ArticleCell, ArticleInline, ArticlePicture, ArticleTable, CellAlign};

/// The HTML of some blocks, without the title: a website has a field of its own for that.
pub fn write(blocks: &[ArticleBlock]) -> String {
    blocks.iter().map(block).collect()
}

fn block(block: &ArticleBlock) -> String {
    match block {
        ArticleBlock::Heading { level, anchor, text } => {
            let id = anchor.as_ref().map(|anchor| format!(" id=\"{}\"", escape(anchor))).unwrap_or_default();
            format!("<h{level}{id}>{}</h{level}>\n", line(text))
        }
        ArticleBlock::Paragraph(text) => format!("<p>{}</p>\n", line(text)),
        ArticleBlock::List { first, items } => list(*first, items),
        ArticleBlock::Quote(blocks) => format!("<blockquote>\n{}</blockquote>\n", write(blocks)),
        ArticleBlock::Note(blocks) => format!("<div role=\"note\">\n{}</div>\n", write(blocks)),
        ArticleBlock::Figure { picture, url, caption } => {
            let shown = image(picture);
            let shown = url.as_ref().map_or(shown.clone(), |url| format!("<a href=\"{}\">{shown}</a>", escape(url)));
            let caption = if caption.is_empty() {
                String::new()
            } else {
                format!("\n<figcaption>{}</figcaption>", line(caption))
            };
            format!("<figure>{shown}{caption}</figure>\n")
        }
        ArticleBlock::Table(cells) => table(cells),
        ArticleBlock::Code(code) => format!("<pre><code>{}</code></pre>\n", escape_text(code)),
        ArticleBlock::Rule => "<hr>\n".to_owned(),
        ArticleBlock::Language { lang, direction, blocks } => {
            let attribute = |name: &str, value: &Option<String>| {
                value.as_ref().map(|value| format!(" {name}=\"{}\"", escape(value))).unwrap_or_default()
            };
            let (lang, direction) = (attribute("lang", lang), attribute("dir", direction));
            format!("<div{lang}{direction}>\n{}</div>\n", write(blocks))
        }
        ArticleBlock::Part(blocks) | ArticleBlock::Own(blocks) => write(blocks),
    }
}

fn list(first: Option<u32>, items: &[Vec<ArticleBlock>]) -> String {
    let (element, start) = match first {
        None => ("ul", String::new()),
        Some(1) => ("ol", String::new()),
        Some(first) => ("ol", format!(" start=\"{first}\"")),
    };
    let items = items.iter().map(|item| {
        // An item of one line needs no paragraph, and editors of websites put more space around one.
        let content = match &item[..] {
            [ArticleBlock::Paragraph(text)] => line(text),
            [ArticleBlock::Paragraph(text), below @ ArticleBlock::List { .. }] => {
                format!("{}\n{}", line(text), block(below))
            }
            blocks => format!("\n{}", write(blocks)),
        };
        ["<li>", &content, "</li>\n"].concat()
    });
    format!("<{element}{start}>\n{}</{element}>\n", items.collect::<Vec<_>>().concat())
}

fn table(table: &ArticleTable) -> String {
    let row = |start: &str, cells: &[ArticleCell]| {
        let cells: Vec<String> = cells.iter().map(|cell| written_cell(start, cell)).collect();
        format!("<tr>{}</tr>\n", cells.concat())
    };
    let caption =
        if table.caption.is_empty() { String::new() } else { format!("<caption>{}</caption>\n", line(&table.caption)) };
    let header = if table.header.is_empty() {
        String::new()
    } else {
        format!("<thead>\n{}</thead>\n", row("th scope=\"col\"", &table.header))
    };
    let rows: Vec<String> = table.rows.iter().map(|cells| row("td", cells)).collect();
    format!("<table>\n{caption}{header}<tbody>\n{}</tbody>\n</table>\n", rows.concat())
}

fn written_cell(start: &str, cell: &ArticleCell) -> String {
    // A style of its own is all that editors of websites keep of how a cell looks.
    let style = match cell.align {
        CellAlign::Start => "",
        CellAlign::Center => " style=\"text-align:center\"",
        CellAlign::Right => " style=\"text-align:right\"",
    };
    format!("<{start}{style}>{}</{}>", line(&cell.text), &start[..2])
}

/// Keeps a picture within the column that it is shown in, such as that of a phone.
const FITS: &str = " style=\"max-width:100%;height:auto\"";

fn image(picture: &ArticlePicture) -> String {
    let width = picture.width.map(|width| format!(" width=\"{width}\"")).unwrap_or_default();
    format!("<img src=\"{}\" alt=\"{}\"{width}{FITS}>", escape(&picture.address), escape(&picture.alt))
}

fn line(inlines: &[ArticleInline]) -> String {
    inlines.iter().map(inline).collect()
}

fn inline(inline: &ArticleInline) -> String {
    match inline {
        ArticleInline::Text(text) => escape_text(text),
        ArticleInline::Strong(inner) => format!("<strong>{}</strong>", line(inner)),
        ArticleInline::Emphasis(inner) => format!("<em>{}</em>", line(inner)),
        ArticleInline::Deleted(inner) => format!("<del>{}</del>", line(inner)),
        ArticleInline::Raised(inner) => format!("<sup>{}</sup>", line(inner)),
        ArticleInline::Lowered(inner) => format!("<sub>{}</sub>", line(inner)),
        ArticleInline::Code(code) => format!("<code>{}</code>", escape_text(code)),
        ArticleInline::Link { url, text } => format!("<a href=\"{}\">{}</a>", escape(url), line(text)),
        ArticleInline::Picture(picture) => image(picture),
        ArticleInline::Break => "<br>\n".to_owned(),
        ArticleInline::NoteReference(number) => format!("<sup>{}</sup>", escape_text(number)),
    }
}

/// Text outside attributes, in which quotation marks stay as they are: someone may edit it.
fn escape_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::article::reader::{self, ArticleHead};

    fn written(html: &str) -> String {
        write(&reader::read(html, ArticleHead { subject: "Emne", description: "", lang: "da" }).blocks)
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
        // It is stable: reading what was written gives the same again.
        assert_eq!(written(expected), expected);
    }
}
