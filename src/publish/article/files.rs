//! The files of an article: pictures and calendar files beside it.

use crate::publish::article::{Article, ArticleBlock, ArticleInline, ArticlePicture};

/// Where readers find a file of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileAddress {
    /// At this address, or under this name.
    At(String),
    /// Nowhere: links to it are left out.
    Nowhere,
}

impl Article {
    /// Changes the address of each picture and link that `address` knows. A paragraph that consists of a link to a
    /// missing file is left out; elsewhere the words of the link stay.
    pub fn move_files(&mut self, address: &impl Fn(&str) -> Option<FileAddress>) {
        move_in_blocks(&mut self.blocks, address);
    }

    /// The names of the files that it shows, in the order of the text, each once.
    pub fn shown_files(&self) -> Vec<String> {
        let mut names = Vec::new();
        let is_file = |address: &str| !address.contains(':') && !address.starts_with('#');
        let mut add = |address: &str| {
            if is_file(address) && !names.iter().any(|name| name == address) {
                names.push(address.to_owned());
            }
        };
        visit(&self.blocks, &mut add);
        names
    }
}

fn move_in_blocks(blocks: &mut Vec<ArticleBlock>, address: &impl Fn(&str) -> Option<FileAddress>) {
    for block in blocks.iter_mut() {
        match block {
            ArticleBlock::Heading { text, .. } | ArticleBlock::Paragraph(text) => move_in_line(text, address),
            ArticleBlock::List { items, .. } | ArticleBlock::Notes { notes: items, .. } => {
                for item in items {
                    move_in_blocks(item, address);
                }
            }
            ArticleBlock::Quote(inner)
            | ArticleBlock::Note(inner)
            | ArticleBlock::Own(inner)
            | ArticleBlock::Part(inner)
            | ArticleBlock::Language { blocks: inner, .. } => move_in_blocks(inner, address),
            ArticleBlock::Figure { picture, caption, .. } => {
                move_picture(picture, address);
                move_in_line(caption, address);
            }
            ArticleBlock::Table(table) => {
                move_in_line(&mut table.caption, address);
                let cells = table.header.iter_mut().chain(table.rows.iter_mut().flatten());
                cells.for_each(|cell| move_in_line(&mut cell.text, address));
            }
            ArticleBlock::Code(_) | ArticleBlock::Rule => {}
        }
    }
    blocks.retain(|block| match block {
        ArticleBlock::Paragraph(text) => !text.is_empty(),
        ArticleBlock::Language { blocks, .. } => !blocks.is_empty(),
        ArticleBlock::Heading { .. }
        | ArticleBlock::List { .. }
        | ArticleBlock::Notes { .. }
        | ArticleBlock::Quote(_)
        | ArticleBlock::Note(_)
        | ArticleBlock::Figure { .. }
        | ArticleBlock::Table(_)
        | ArticleBlock::Code(_)
        | ArticleBlock::Rule
        | ArticleBlock::Part(_)
        | ArticleBlock::Own(_) => true,
    });
}

fn move_in_line(inlines: &mut Vec<ArticleInline>, address: &impl Fn(&str) -> Option<FileAddress>) {
    let is_alone = inlines.len() == 1;
    let moved = std::mem::take(inlines);
    for mut inline in moved {
        match &mut inline {
            ArticleInline::Link { url, text } => {
                move_in_line(text, address);
                match address(url) {
                    Some(FileAddress::At(to)) => *url = to,
                    Some(FileAddress::Nowhere) if is_alone => continue,
                    Some(FileAddress::Nowhere) => {
                        inlines.append(text);
                        continue;
                    }
                    None => {}
                }
            }
            ArticleInline::Picture(picture) => move_picture(picture, address),
            ArticleInline::Strong(inner)
            | ArticleInline::Emphasis(inner)
            | ArticleInline::Deleted(inner)
            | ArticleInline::Raised(inner)
            | ArticleInline::Lowered(inner) => move_in_line(inner, address),
            ArticleInline::Text(_)
            | ArticleInline::Code(_)
            | ArticleInline::Break
            | ArticleInline::NoteReference(_) => {}
        }
        inlines.push(inline);
    }
}

fn move_picture(picture: &mut ArticlePicture, address: &impl Fn(&str) -> Option<FileAddress>) {
    if let Some(FileAddress::At(to)) = address(&picture.address) {
        picture.address = to;
    }
}

/// Shows `found` the address of every picture.
fn visit(blocks: &[ArticleBlock], found: &mut impl FnMut(&str)) {
    for block in blocks {
        match block {
            ArticleBlock::Heading { text, .. } | ArticleBlock::Paragraph(text) => visit_line(text, found),
            ArticleBlock::List { items, .. } | ArticleBlock::Notes { notes: items, .. } => {
                for item in items {
                    visit(item, found);
                }
            }
            ArticleBlock::Quote(inner)
            | ArticleBlock::Note(inner)
            | ArticleBlock::Own(inner)
            | ArticleBlock::Part(inner)
            | ArticleBlock::Language { blocks: inner, .. } => visit(inner, found),
            ArticleBlock::Figure { picture, caption, .. } => {
                found(&picture.address);
                visit_line(caption, found);
            }
            ArticleBlock::Table(table) => {
                let cells = table.header.iter().chain(table.rows.iter().flatten());
                cells.for_each(|cell| visit_line(&cell.text, found));
            }
            ArticleBlock::Code(_) | ArticleBlock::Rule => {}
        }
    }
}

fn visit_line(inlines: &[ArticleInline], found: &mut impl FnMut(&str)) {
    for inline in inlines {
        match inline {
            ArticleInline::Picture(picture) => found(&picture.address),
            ArticleInline::Strong(inner)
            | ArticleInline::Emphasis(inner)
            | ArticleInline::Deleted(inner)
            | ArticleInline::Raised(inner)
            | ArticleInline::Lowered(inner)
            | ArticleInline::Link { text: inner, .. } => visit_line(inner, found),
            ArticleInline::Text(_)
            | ArticleInline::Code(_)
            | ArticleInline::Break
            | ArticleInline::NoteReference(_) => {}
        }
    }
}
