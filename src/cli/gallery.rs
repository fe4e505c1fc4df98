//! What a preview says of its editions, and the page that shows them to people who would rather look.

use serde::Serialize;

use crate::language::{Gallery, Lang};
use crate::render::EditionKey;
use crate::render::matrix::{Matrix, Row};

const STYLE: &str = include_str!("scaffold/gallery.css");

/// One edition in `manifest.json`.
#[derive(Serialize)]
pub(super) struct Entry {
    pub(super) edition: String,
    pub(super) audience: String,
    pub(super) lang: Lang,
    pub(super) leaves_out: Vec<String>,
    pub(super) subject: String,
    pub(super) preheader: String,
    /// How many get it; the person it is shown for is invented.
    pub(super) recipients: usize,
    pub(super) html_bytes: usize,
    pub(super) text_bytes: usize,
    /// Of the `.eml`.
    pub(super) sha256: String,
    pub(super) files: Vec<String>,
    pub(super) blocks: Vec<BlockEntry>,
    /// The text part, for the overview.
    #[serde(skip)]
    pub(super) text: String,
}

/// One block of the issue, and whether an edition holds it.
#[derive(Serialize)]
pub(super) struct BlockEntry {
    path: String,
    line: usize,
    /// Its fence: `only it-chiefs`.
    fence: String,
    /// Its first words.
    begins: String,
    shown: bool,
}

impl BlockEntry {
    pub(super) fn all(matrix: &Matrix, key: &EditionKey) -> Vec<Self> {
        let entry = |row: &Row| Self {
            path: row.place.path().to_owned(),
            line: row.place.line(),
            fence: row.fence.clone(),
            begins: row.begins.clone(),
            shown: row.is_in(key),
        };
        matrix.rows().iter().map(entry).collect()
    }
}

/// What stands over the editions.
pub(super) struct Page {
    pub(super) title: String,
    pub(super) lang: Lang,
}

/// One page with every edition, which opens from disk beside their files.
pub(super) fn page(page: &Page, entries: &[Entry]) -> String {
    let words = &page.lang.language().gallery;
    let sections: String = entries.iter().map(|entry| section(entry, words)).collect();
    let title = escaped(&page.title);
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header><h1>{title}</h1><p>{} {}. {}</p></header>\n<main>\n{sections}</main>\n</body>\n</html>\n",
        page.lang,
        entries.len(),
        words.editions[usize::from(entries.len() != 1)],
        words.invented,
    )
}

fn section(entry: &Entry, words: &Gallery) -> String {
    let edition = escaped(&entry.edition);
    let file = format!("{edition}.html");
    let without = if entry.leaves_out.is_empty() {
        String::new()
    } else {
        format!(", {} {}", words.leaves_out, escaped(&entry.leaves_out.join(", ")))
    };
    format!(
        "<section aria-labelledby=\"{edition}\">\n<h2 id=\"{edition}\">{edition}</h2>\n\
         <p>{} {}{without} · {} kB HTML</p>\n\
         <p class=\"inbox\"><strong>{}</strong> <span>{}</span></p>\n<div class=\"screens\">\n\
         <iframe class=\"desktop\" src=\"{file}\" title=\"{edition} {}\" sandbox=\"allow-same-origin\"></iframe>\n\
         <iframe class=\"phone\" src=\"{file}\" title=\"{edition} {}\" sandbox=\"allow-same-origin\"></iframe>\n</div>\n\
         <details><summary>{}</summary><pre lang=\"{}\">{}</pre></details>\n</section>\n",
        entry.recipients,
        words.readers[usize::from(entry.recipients != 1)],
        entry.html_bytes.div_ceil(1000),
        escaped(&entry.subject),
        escaped(&entry.preheader),
        words.desktop,
        words.phone,
        words.text,
        entry.lang,
        escaped(&entry.text),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
