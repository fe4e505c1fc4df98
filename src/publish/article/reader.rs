//! Reads the plain HTML of a channel's edition.

use std::collections::BTreeSet;

use crate::edition::writers::plain_html::NOTES;
use crate::publish::article::element::{HtmlElement, HtmlNode};
use crate::publish::article::{
    Article, ArticleBlock, ArticleCell, ArticleInline, ArticleTable, CellAlign, inlines, plain,
};

/// The metadata of an article.
#[derive(Clone, Copy, Debug)]
pub struct ArticleHead<'h> {
    /// The subject of the issue: the title of a text that has none of its own.
    pub subject: &'h str,
    /// One or two sentences about it; they may be empty.
    pub description: &'h str,
    /// The language of the text, as a tag (RFC 5646).
    pub lang: &'h str,
}

/// Reads an article from the plain HTML of its edition, decoded. A heading of the first level above all text is its title, and
/// no longer in its text. Others stay where they are, one level lower, and so does every heading below them.
pub fn read(html: &str, head: ArticleHead<'_>) -> Article {
    let whole = HtmlElement::of(html);
    let title = title_of(&whole);
    let is_first = |element: &HtmlElement| element.name == "h1" && title.is_none_or(|own| !std::ptr::eq(own, element));
    let lower = u8::from(has_element(&whole, &is_first));
    let mut reader = ArticleReader { title, lower, linked: BTreeSet::new() };
    links(&whole, &mut reader.linked);
    let blocks = reader.blocks(&whole.children);
    Article {
        title: title.map(words).filter(|title| !title.is_empty()).unwrap_or_else(|| head.subject.to_owned()),
        description: head.description.to_owned(),
        lang: head.lang.to_owned(),
        blocks,
    }
}

fn words(heading: &HtmlElement) -> String {
    plain(&inlines::read(&heading.children))
}

/// The heading of the first level with only pictures above it.
fn title_of(element: &HtmlElement) -> Option<&HtmlElement> {
    for child in &element.children {
        match child {
            HtmlNode::Text(text) if text.trim().is_empty() => {}
            HtmlNode::Text(_) => return None,
            HtmlNode::Element(child) if child.name == "h1" => return Some(child),
            HtmlNode::Element(child) if child.name == "figure" || child.text().trim().is_empty() => {}
            HtmlNode::Element(child) => return title_of(child),
        }
    }
    None
}

/// Whether an element within this one is of a kind.
fn has_element(element: &HtmlElement, is_wanted: &impl Fn(&HtmlElement) -> bool) -> bool {
    element.children.iter().any(|child| match child {
        HtmlNode::Element(child) => is_wanted(child) || has_element(child, is_wanted),
        HtmlNode::Text(_) => false,
    })
}

/// The names of headings that links in the text lead to.
fn links(element: &HtmlElement, found: &mut BTreeSet<String>) {
    for child in &element.children {
        if let HtmlNode::Element(child) = child {
            found.extend(child.attribute("href").and_then(|url| url.strip_prefix('#')).map(str::to_owned));
            links(child, found);
        }
    }
}

struct ArticleReader<'h> {
    /// The heading that is the title; absent: none is.
    title: Option<&'h HtmlElement>,
    /// By how many levels headings are lower than they are written: the first level is the title's alone.
    lower: u8,
    linked: BTreeSet<String>,
}

impl ArticleReader<'_> {
    /// Reads nodes as blocks: the text between two block elements is a paragraph.
    fn blocks(&mut self, nodes: &[HtmlNode]) -> Vec<ArticleBlock> {
        let mut blocks = Vec::new();
        for run in nodes.chunk_by(|first, second| !inlines::is_block(first) && !inlines::is_block(second)) {
            match run {
                [HtmlNode::Element(element)] if inlines::is_block(&run[0]) => self.block(element, &mut blocks),
                _ => blocks.extend(paragraph(inlines::read(run))),
            }
        }
        captioned(blocks)
    }

    fn block(&mut self, element: &HtmlElement, out: &mut Vec<ArticleBlock>) {
        let first = out.len();
        match element.name.as_str() {
            "h1" if self.title.is_some_and(|title| std::ptr::eq(title, element)) => {}
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => out.push(self.heading(element)),
            "ul" | "ol" => out.extend(self.list(element)),
            "blockquote" => out.push(ArticleBlock::Quote(self.blocks(&element.children))),
            "figure" => self.figure(element, out),
            "table" => out.push(ArticleBlock::Table(table(element))),
            "pre" => out.push(ArticleBlock::Code(element.text().trim_end_matches('\n').to_owned())),
            "hr" => out.push(ArticleBlock::Rule),
            "dt" => out.extend(paragraph(vec![ArticleInline::Strong(inlines::read(&element.children))])),
            "aside" => out.push(ArticleBlock::Note(self.blocks(&element.children))),
            _ if element.attribute("role") == Some("note") => {
                out.push(ArticleBlock::Note(self.blocks(&element.children)));
            }
            "section" => out.push(ArticleBlock::Part(self.blocks(&element.children))),
            _ if element.attribute("data-own").is_some() => {
                let blocks = self.blocks(&element.children);
                out.push(ArticleBlock::Own(blocks));
            }
            _ => out.extend(self.blocks(&element.children)),
        }
        let (lang, direction) = (element.attribute("lang"), element.attribute("dir"));
        if (lang.is_some() || direction.is_some()) && out.len() > first {
            let blocks = out.split_off(first);
            let [lang, direction] = [lang, direction].map(|value| value.map(str::to_owned));
            out.push(ArticleBlock::Language { lang, direction, blocks });
        }
    }

    fn heading(&self, element: &HtmlElement) -> ArticleBlock {
        let level = element.name[1..].parse().unwrap_or(2_u8).saturating_add(self.lower).clamp(2, 6);
        let anchor = element.attribute("id").filter(|id| self.linked.contains(*id)).map(str::to_owned);
        ArticleBlock::Heading { level, anchor, text: inlines::read(&element.children) }
    }

    fn list(&mut self, element: &HtmlElement) -> Option<ArticleBlock> {
        let start = element.attribute("start").and_then(|start| start.parse().ok()).unwrap_or(1);
        let is_notes = element.attribute("class") == Some(NOTES);
        let first = (element.name == "ol").then_some(start);
        let mut items = Vec::new();
        for child in &element.children {
            match child {
                HtmlNode::Element(item) => items.push(self.blocks(&item.children)),
                HtmlNode::Text(_) => {}
            }
        }
        items.retain(|item: &Vec<ArticleBlock>| !item.is_empty());
        if items.is_empty() {
            return None;
        }
        Some(if is_notes {
            ArticleBlock::Notes { first: start, notes: items }
        } else {
            ArticleBlock::List { first, items }
        })
    }

    /// A picture with its caption. A figure of anything else becomes that, and its caption a paragraph.
    fn figure(&mut self, element: &HtmlElement, out: &mut Vec<ArticleBlock>) {
        let is_caption = |node: &&HtmlNode| matches!(node, HtmlNode::Element(element) if element.name == "figcaption");
        let (captions, rest): (Vec<&HtmlNode>, Vec<&HtmlNode>) = element.children.iter().partition(is_caption);
        let caption = inlines::read(captions);
        match picture_alone(inlines::read(rest)) {
            Ok(ArticleBlock::Figure { picture, url, .. }) => out.push(ArticleBlock::Figure { picture, url, caption }),
            Ok(_) | Err(_) => out.extend(self.blocks(&element.children)),
        }
    }
}

/// The blocks with each bold line above a table as its caption.
fn captioned(blocks: Vec<ArticleBlock>) -> Vec<ArticleBlock> {
    let mut out: Vec<ArticleBlock> = Vec::new();
    for mut block in blocks {
        if let (ArticleBlock::Table(table), Some(ArticleBlock::Paragraph(above))) = (&mut block, out.last())
            && let [ArticleInline::Strong(words)] = &above[..]
            && table.caption.is_empty()
        {
            table.caption.clone_from(words);
            out.pop();
        }
        out.push(block);
    }
    out
}

/// A paragraph, or a picture if it contains nothing else; `None` if it is empty.
fn paragraph(inlines: Vec<ArticleInline>) -> Option<ArticleBlock> {
    if inlines.is_empty() {
        return None;
    }
    Some(picture_alone(inlines).unwrap_or_else(ArticleBlock::Paragraph))
}

/// The figure, if the parts of a line are a single picture, which may be a link.
fn picture_alone(mut inlines: Vec<ArticleInline>) -> Result<ArticleBlock, Vec<ArticleInline>> {
    let figure = |picture, url| ArticleBlock::Figure { picture, url, caption: Vec::new() };
    match inlines.pop() {
        Some(ArticleInline::Picture(picture)) if inlines.is_empty() => Ok(figure(picture, None)),
        Some(ArticleInline::Link { url, text }) if inlines.is_empty() => match &text[..] {
            [ArticleInline::Picture(picture)] => Ok(figure(picture.clone(), Some(url))),
            _ => Err(vec![ArticleInline::Link { url, text }]),
        },
        last => {
            inlines.extend(last);
            Err(inlines)
        }
    }
}

fn table(element: &HtmlElement) -> ArticleTable {
    let mut table = ArticleTable::default();
    add_rows(element, &mut table);
    table
}

/// Adds the rows of an element and of those in it. The first row is the header if it contains only names.
fn add_rows(element: &HtmlElement, table: &mut ArticleTable) {
    for child in &element.children {
        let HtmlNode::Element(child) = child else { continue };
        match child.name.as_str() {
            "caption" => table.caption = inlines::read(&child.children),
            "tr" => {
                let cells = child.children.iter().filter_map(|node| match node {
                    HtmlNode::Element(cell) => Some(cell),
                    HtmlNode::Text(_) => None,
                });
                let cells: Vec<&HtmlElement> = cells.collect();
                let is_header = table.header.is_empty() && table.rows.is_empty();
                let row: Vec<ArticleCell> = cells.iter().flat_map(|cell| self::cells(cell)).collect();
                if is_header && cells.iter().all(|cell| cell.name == "th") {
                    table.header = row;
                } else {
                    table.rows.push(row);
                }
            }
            _ => add_rows(child, table),
        }
    }
}

/// The cell of an element, and an empty one for each further column that it has.
fn cells(element: &HtmlElement) -> Vec<ArticleCell> {
    let align = match element.attribute("align") {
        Some("right") => CellAlign::Right,
        Some("center") => CellAlign::Center,
        Some(_) | None => CellAlign::Start,
    };
    let wide: usize = element.attribute("colspan").and_then(|wide| wide.parse().ok()).unwrap_or(1);
    let text = inlines::read(&element.children);
    let rest = (1..wide.clamp(1, MOST_COLUMNS)).map(|_| ArticleCell { text: Vec::new(), align });
    std::iter::once(ArticleCell { text, align }).chain(rest).collect()
}

/// The most columns of one cell: more would be a mistake in an author's own HTML.
const MOST_COLUMNS: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    fn article(html: &str) -> Article {
        read(html, ArticleHead { subject: "Emne", description: "", lang: "da" })
    }

    fn text(words: &str) -> ArticleInline {
        ArticleInline::Text(words.to_owned())
    }

    #[test]
    fn the_first_level_is_the_title_and_only_anchors_that_are_linked_stay() {
        let html = "<h1>Nyt i <em>maj</em></h1><h2 id=\"a\">A</h2><h2 id=\"b\">B</h2><p>Se <a href=\"#b\">B</a>.</p>";
        let article = article(html);
        assert_eq!(article.title, "Nyt i maj");
        let heading = |anchor: Option<&str>, words: &str| ArticleBlock::Heading {
            level: 2,
            anchor: anchor.map(str::to_owned),
            text: vec![text(words)],
        };
        assert_eq!(article.blocks[..2], [heading(None, "A"), heading(Some("b"), "B")]);
    }

    #[test]
    fn a_first_level_below_text_is_not_the_title_and_stays() {
        let levels = |article: &Article| -> Vec<(u8, String)> {
            let headings = article.blocks.iter().filter_map(|block| match block {
                ArticleBlock::Heading { level, text, .. } => Some((*level, plain(text))),
                _ => None,
            });
            headings.collect()
        };
        let below = article("<p>Kære alle.</p><h1>Havnen</h1><p>Om havnen.</p><h2>Under</h2>");
        assert_eq!(below.title, "Emne");
        assert_eq!(levels(&below), [(2, "Havnen".to_owned()), (3, "Under".to_owned())]);
        let two =
            article("<figure><img src=\"a.png\"></figure>\n<div><h1>Titel</h1></div><h1>Havnen</h1><h6>Under</h6>");
        assert_eq!(two.title, "Titel");
        assert_eq!(levels(&two), [(2, "Havnen".to_owned()), (6, "Under".to_owned())]);
    }

    #[test]
    fn white_space_is_as_it_is_shown() {
        let html = "<p> Et <strong> fedt </strong>\n ord.<br>\n Ny\u{a0}\n  linje </p>\n<ul>\n<li>Punkt\n</li>\n</ul>";
        let strong = ArticleInline::Strong(vec![text("fedt ")]);
        let paragraph = vec![text("Et "), strong, text("ord."), ArticleInline::Break, text("Ny\u{a0} linje")];
        let list = ArticleBlock::List { first: None, items: vec![vec![ArticleBlock::Paragraph(vec![text("Punkt")])]] };
        assert_eq!(article(html).blocks, [ArticleBlock::Paragraph(paragraph), list]);
    }

    #[test]
    fn a_picture_alone_is_a_figure_and_what_is_never_closed_is_there() {
        let html =
            "<p><a href=\"https://a.example/\"><img src=\"1.png\" alt=\"Kort\" width=\"280\"></a></p><div><p>Åben";
        let picture = crate::publish::article::ArticlePicture {
            address: "1.png".to_owned(),
            alt: "Kort".to_owned(),
            width: Some(280),
        };
        let figure = ArticleBlock::Figure { picture, url: Some("https://a.example/".to_owned()), caption: Vec::new() };
        assert_eq!(article(html).blocks, [figure, ArticleBlock::Paragraph(vec![text("Åben")])]);
    }

    #[test]
    fn a_table_has_a_header_if_its_first_row_has_only_names() {
        let html = "<table><caption>Priser</caption><thead><tr><th scope=\"col\">Sted</th><th align=\"right\">Pris</th></tr>\
                    </thead><tbody><tr><td>Odense</td><td align=\"right\">100<br>kr.</td></tr><tr><td colspan=\"2\">Alle</td>\
                    </tr></tbody></table>";
        let [ArticleBlock::Table(table)] = &article(html).blocks[..] else { panic!("a table") };
        assert_eq!(plain(&table.caption), "Priser");
        assert_eq!(table.header.iter().map(|cell| plain(&cell.text)).collect::<Vec<_>>(), ["Sted", "Pris"]);
        assert_eq!(table.rows[0][1].align, CellAlign::Right);
        assert_eq!(plain(&table.rows[0][1].text), "100 kr.");
        assert_eq!((table.rows[1].len(), table.columns()), (2, 2));
    }
}
