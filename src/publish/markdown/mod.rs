//! An article as Markdown, for Jekyll (Kramdown), pandoc and GitHub alike.
//!
//! - [`escaping`]: signs that would be markup in one of them, or a tag of Liquid in Jekyll.
//! - [`inline`]: the parts of a line.
//! - [`dialect`]: what reads the Markdown.

pub mod dialect;
mod escaping;
mod inline;

use crate::edition::html::escape::escape;
use crate::publish::article::{ArticleBlock, ArticleCell, ArticleInline, ArticleTable, CellAlign};
use crate::publish::markdown::dialect::MarkdownDialect;
use crate::publish::markdown::inline::LinePlace;

/// The Markdown of some blocks, without the title.
pub fn write(blocks: &[ArticleBlock], dialect: MarkdownDialect) -> String {
    let text = MarkdownWriter { dialect }.blocks(blocks).join("\n\n");
    if text.is_empty() { text } else { text + "\n" }
}

/// One line of text as Markdown, for a heading or the item of a list.
pub(crate) fn text_line(text: &str) -> String {
    escaping::start_of_line(&escaping::text(text))
}

struct MarkdownWriter {
    dialect: MarkdownDialect,
}

impl MarkdownWriter {
    /// The blocks, each without a line break at its end.
    fn blocks(&self, blocks: &[ArticleBlock]) -> Vec<String> {
        let mut written: Vec<String> = Vec::new();
        for (at, block) in blocks.iter().enumerate() {
            // Kramdown draws no line above its notes, and puts them at the end.
            let is_before_notes = matches!(blocks.get(at + 1), Some(ArticleBlock::Notes { .. }));
            if *block == ArticleBlock::Rule && is_before_notes && self.dialect == MarkdownDialect::Jekyll {
                continue;
            }
            let before = at.checked_sub(1).and_then(|before| blocks.get(before));
            written.extend(before.filter(|before| would_be_one(before, block)).map(|_| "<!-- -->".to_owned()));
            written.extend(Some(self.block(block)).filter(|text| !text.is_empty()));
        }
        written
    }

    fn block(&self, block: &ArticleBlock) -> String {
        match block {
            ArticleBlock::Heading { level, anchor, text } => {
                let marks = "#".repeat(usize::from(*level));
                let anchor = anchor.as_ref().filter(|_| self.dialect == MarkdownDialect::Jekyll);
                let id = anchor.map(|anchor| format!(" {{#{anchor}}}")).unwrap_or_default();
                format!("{marks} {}{id}", inline::write(text, self.dialect, LinePlace::Heading))
            }
            ArticleBlock::Paragraph(text) => inline::write(text, self.dialect, LinePlace::Paragraph),
            ArticleBlock::List { first, items } => self.list(*first, items),
            ArticleBlock::Notes { first, notes } => match self.dialect {
                MarkdownDialect::Common => self.list(Some(*first), notes),
                MarkdownDialect::Jekyll => self.notes(*first, notes),
            },
            ArticleBlock::Quote(blocks) | ArticleBlock::Note(blocks) => {
                prefixed(&self.blocks(blocks).join("\n\n"), "> ", "> ")
            }
            ArticleBlock::Figure { picture, url, caption } => {
                let shown = inline::picture(picture, url.as_deref(), self.dialect);
                if caption.is_empty() {
                    return shown;
                }
                let caption = [ArticleInline::Emphasis(caption.clone())];
                let caption = inline::write(&caption, self.dialect, LinePlace::Paragraph);
                format!("{shown}\n\n{caption}")
            }
            ArticleBlock::Table(table) => self.table(table),
            ArticleBlock::Code(code) => code_block(code),
            ArticleBlock::Rule => "* * *".to_owned(),
            ArticleBlock::Language { lang, direction, blocks } => {
                let inner = self.blocks(blocks).join("\n\n");
                match self.dialect {
                    MarkdownDialect::Common => inner,
                    MarkdownDialect::Jekyll => {
                        let attribute = |name: &str, value: &Option<String>| {
                            value.as_ref().map(|value| format!(" {name}=\"{}\"", escape(value))).unwrap_or_default()
                        };
                        let (lang, direction) = (attribute("lang", lang), attribute("dir", direction));
                        format!("<div markdown=\"1\"{lang}{direction}>\n\n{inner}\n\n</div>")
                    }
                }
            }
            ArticleBlock::Part(blocks) | ArticleBlock::Own(blocks) => self.blocks(blocks).join("\n\n"),
        }
    }

    fn list(&self, first: Option<u32>, items: &[Vec<ArticleBlock>]) -> String {
        let is_tight = items.iter().all(|item| {
            let (text, lists): (Vec<_>, Vec<_>) =
                item.iter().partition(|block| matches!(block, ArticleBlock::Paragraph(_)));
            text.len() <= 1 && lists.iter().all(|block| matches!(block, ArticleBlock::List { .. }))
        });
        let between = if is_tight { "\n" } else { "\n\n" };
        let items = items.iter().zip(first.unwrap_or_default()..).map(|(item, number)| {
            let marker = if first.is_some() { format!("{number}. ") } else { "- ".to_owned() };
            prefixed(&self.blocks(item).join(between), &marker, &" ".repeat(marker.len()))
        });
        items.collect::<Vec<_>>().join(between)
    }

    /// Footnotes of Kramdown, which links each with its numbers in the text.
    fn notes(&self, first: u32, notes: &[Vec<ArticleBlock>]) -> String {
        let notes = notes
            .iter()
            .zip(first..)
            .map(|(note, number)| prefixed(&self.blocks(note).join("\n\n"), &format!("[^{number}]: "), "    "));
        notes.collect::<Vec<_>>().join("\n\n")
    }

    /// A table with lines between the cells. Every program needs a header: without one, the first row takes its place.
    fn table(&self, table: &ArticleTable) -> String {
        let columns = table.columns();
        let mut rows = table.rows.iter();
        let header = if table.header.is_empty() { rows.next() } else { Some(&table.header) };
        let Some(header) = header else { return String::new() };
        let written_row = |row: &Vec<ArticleCell>| {
            let cells = (0..columns).map(|column| match row.get(column) {
                Some(ArticleCell { text, .. }) => inline::write(text, self.dialect, LinePlace::Cell),
                None => String::new(),
            });
            format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
        };
        let aligns = (0..columns).map(|column| match header.get(column).map(|cell| cell.align) {
            Some(CellAlign::Center) => ":---:",
            Some(CellAlign::Right) => "---:",
            Some(CellAlign::Start) | None => "---",
        });
        let line = format!("| {} |", aligns.collect::<Vec<_>>().join(" | "));
        let mut lines = vec![written_row(header), line];
        lines.extend(rows.map(written_row));
        let caption = inline::write(&table.caption, self.dialect, LinePlace::Paragraph);
        let table = lines.join("\n");
        if caption.is_empty() { table } else { format!("**{caption}**\n\n{table}") }
    }
}

/// Whether two blocks in a row would be read as one: two lists, or two quotations.
fn would_be_one(first: &ArticleBlock, second: &ArticleBlock) -> bool {
    let is_list = |block| matches!(block, &ArticleBlock::List { .. });
    let is_quote = |block| matches!(block, &(ArticleBlock::Quote(_) | ArticleBlock::Note(_)));
    is_list(first) && is_list(second) || is_quote(first) && is_quote(second)
}

/// Code between fences. In HTML if it would close them, or if Liquid would read it.
fn code_block(code: &str) -> String {
    if escaping::has_liquid(code) || code.contains("~~~") {
        // An empty line would end the HTML for some programs.
        let code = escaping::braces(&escape(code)).replace("\n\n", "\n&#32;\n");
        return format!("<pre><code>{code}</code></pre>");
    }
    format!("~~~\n{code}\n~~~")
}

/// A text with a prefix for its first line and one for the others; empty lines get it without the space at its end.
fn prefixed(text: &str, first: &str, rest: &str) -> String {
    let lines = text.lines().enumerate().map(|(number, line)| {
        let prefix = if number == 0 { first } else { rest };
        if line.is_empty() { prefix.trim_end().to_owned() } else { format!("{prefix}{line}") }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
