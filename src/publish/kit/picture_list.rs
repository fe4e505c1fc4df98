//! The list of the pictures of a package, with alternative texts and credits.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::base::language::words::KitWords;
use crate::publish::article::{ArticleBlock, ArticlePicture, plain};

/// A picture of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KitPicture {
    /// Its file in the package.
    pub file: String,
    /// Its text for readers who do not see it; empty: it is decoration.
    pub alt: String,
    /// Its caption, such as the photographer; may be empty.
    pub caption: String,
}

/// The pictures that some blocks show, each once, in their order. Pictures on other servers are not part of a package.
pub fn pictures(blocks: &[ArticleBlock]) -> Vec<KitPicture> {
    let mut found = Vec::new();
    collect(blocks, &mut found);
    let mut seen = BTreeSet::new();
    found.retain(|picture| !picture.file.contains(':') && seen.insert(picture.file.clone()));
    found
}

fn collect(blocks: &[ArticleBlock], found: &mut Vec<KitPicture>) {
    for block in blocks {
        match block {
            ArticleBlock::Figure { picture, caption, .. } => found.push(listed(picture, &plain(caption))),
            ArticleBlock::List { items, .. } | ArticleBlock::Notes { notes: items, .. } => {
                for item in items {
                    collect(item, found);
                }
            }
            ArticleBlock::Quote(blocks)
            | ArticleBlock::Note(blocks)
            | ArticleBlock::Language { blocks, .. }
            | ArticleBlock::Part(blocks)
            | ArticleBlock::Own(blocks) => collect(blocks, found),
            ArticleBlock::Heading { .. }
            | ArticleBlock::Paragraph(_)
            | ArticleBlock::Table(_)
            | ArticleBlock::Code(_)
            | ArticleBlock::Rule => {}
        }
    }
}

fn listed(picture: &ArticlePicture, caption: &str) -> KitPicture {
    KitPicture { file: picture.address.clone(), alt: picture.alt.clone(), caption: caption.trim().to_owned() }
}

/// The list as text: for each picture its file, its alternative text and its caption.
pub fn text(pictures: &[KitPicture], words: &KitWords) -> String {
    let entry = |picture: &KitPicture| {
        let alt = if picture.alt.is_empty() { words.decoration } else { &picture.alt };
        let caption = if picture.caption.is_empty() {
            String::new()
        } else {
            format!("  {}: {}\n", words.caption, picture.caption)
        };
        format!("{}\n  {}: {alt}\n{caption}", picture.file, words.alternative_text)
    };
    pictures.iter().map(entry).collect::<Vec<_>>().join("\n")
}
