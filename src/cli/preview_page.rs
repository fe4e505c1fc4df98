//! What a preview says of its editions, and the page that shows them to people who would rather look.

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use crate::base::language::Lang;
use crate::base::language::words::PreviewWords;
use crate::base::source::diagnostic::{Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::cli::terminal::visible;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::matrix::{BlockMatrix, MatrixBlock};
use crate::issue::manuscript::readability;

const PAGE: &str = include_str!("scaffold/gallery.html");
const STYLE: &str = include_str!("scaffold/gallery.css");
/// Gmail shows no more of a letter than this many bytes.
const LIMIT: usize = 102_000;

/// One edition in `manifest.json`.
#[derive(Serialize)]
pub(super) struct ManifestEntry {
    pub(super) edition: String,
    pub(super) audience: String,
    pub(super) lang: Lang,
    pub(super) leaves_out: Vec<String>,
    pub(super) subject: String,
    pub(super) preheader: String,
    /// How many get it.
    pub(super) recipients: usize,
    pub(super) html_bytes: usize,
    pub(super) text_bytes: usize,
    /// How hard it is to read; absent where its language has no measure, and where it is short.
    pub(super) lix: Option<u32>,
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
    pub(super) fn all(matrix: &BlockMatrix, key: &EditionKey) -> Vec<Self> {
        let entry = |row: &MatrixBlock| Self {
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
pub(super) struct PreviewPage {
    /// The issue's id.
    pub(super) issue: String,
    /// Who sends it, as an inbox shows it.
    pub(super) sender: String,
    /// The language of the page, which is the project's.
    pub(super) lang: Lang,
    /// The person whose edition it is; absent: an invented one for each.
    pub(super) person: Option<String>,
    /// What `check` says.
    pub(super) warnings: Diagnostics,
}

/// What the template reads of an edition, besides the manifest.
#[derive(Serialize)]
struct PreviewEntry<'a> {
    #[serde(flatten)]
    entry: &'a ManifestEntry,
    text: &'a str,
    readers: String,
    without: Option<String>,
    size: String,
    /// Of what Gmail shows, in hundredths.
    share: usize,
    clipped: bool,
    reading: Option<String>,
}

impl<'a> PreviewEntry<'a> {
    fn new(entry: &'a ManifestEntry, page: &PreviewPage) -> Self {
        let words = &page.lang.language().gallery;
        let without = (!entry.leaves_out.is_empty()).then(|| entry.leaves_out.join(", "));
        let measure = entry.lang.language().readability.as_ref();
        Self {
            entry,
            text: &entry.text,
            readers: counted(page.lang, entry.recipients, &words.readers),
            without: without.map(|it| format!("{} {it}", words.leaves_out)),
            size: format!("{} kB", entry.html_bytes.div_ceil(1000)),
            share: (100 * entry.html_bytes / LIMIT).min(100),
            clipped: entry.html_bytes > LIMIT,
            reading: measure
                .zip(entry.lix)
                .map(|(it, lix)| format!("{} {lix}, {}", it.measure, readability::level(it, lix))),
        }
    }
}

/// One block of the issue, and whether each of the editions holds it.
#[derive(Serialize)]
struct MatrixRow<'a> {
    #[serde(flatten)]
    block: &'a BlockEntry,
    signs: Vec<bool>,
}

/// A remark with its line in pieces.
#[derive(Serialize)]
struct PreviewWarning<'a> {
    code: &'a str,
    message: &'a str,
    hint: Option<&'a str>,
    place: Option<String>,
    before: String,
    marked: String,
    after: String,
}

impl<'a> PreviewWarning<'a> {
    fn new(diagnostic: &'a Diagnostic) -> Self {
        let place = diagnostic.place.as_ref();
        let piece = |from: usize, width: usize| -> String {
            place.map_or("", Span::excerpt).chars().skip(from).take(width).collect()
        };
        let (start, width) = place.map_or((0, 0), |it| (it.column() - 1, it.width()));
        Self {
            code: diagnostic.code.0,
            message: &diagnostic.message,
            hint: diagnostic.hint.as_deref(),
            place: place.map(|it| format!("{}:{}", it.path(), it.line())),
            before: piece(0, start),
            marked: piece(start, width),
            after: piece(start + width, usize::MAX),
        }
    }
}

/// The screens that each edition is shown on.
#[derive(Serialize)]
struct PreviewScreen {
    class: &'static str,
    scheme: &'static str,
    name: String,
}

/// What the template reads.
#[derive(Serialize)]
struct PageContext<'a> {
    page: PageHeader<'a>,
    words: &'a PreviewWords,
    style: &'a str,
    editions: Vec<PreviewEntry<'a>>,
    matrix: Vec<MatrixRow<'a>>,
    warnings: Vec<PreviewWarning<'a>>,
    screens: Vec<PreviewScreen>,
}

/// What it reads of the whole.
#[derive(Serialize)]
struct PageHeader<'a> {
    issue: &'a str,
    title: String,
    sender: &'a str,
    lang: Lang,
    editions: String,
    readers: String,
    shown: String,
    measured: bool,
}

impl<'a> PageHeader<'a> {
    fn new(page: &'a PreviewPage, entries: &[ManifestEntry]) -> Self {
        let words = &page.lang.language().gallery;
        let recipients = entries.iter().map(|it| it.recipients).sum();
        let person = page.person.as_ref().map(|it| words.one_person.replace("{name}", it));
        Self {
            issue: &page.issue,
            title: entries.first().map_or_else(String::new, |it| visible(&it.subject)),
            sender: &page.sender,
            lang: page.lang,
            editions: counted(page.lang, entries.len(), &words.editions),
            readers: counted(page.lang, recipients, &words.readers),
            shown: person.unwrap_or_else(|| words.invented.to_owned()),
            measured: entries.iter().any(|it| it.lix.is_some()),
        }
    }
}

/// One page with every edition, which opens from disk beside their files.
pub(super) fn page(page: &PreviewPage, entries: &[ManifestEntry]) -> String {
    let words = &page.lang.language().gallery;
    let contract = PageContext {
        page: PageHeader::new(page, entries),
        words,
        style: STYLE,
        editions: entries.iter().map(|it| PreviewEntry::new(it, page)).collect(),
        matrix: matrix(entries),
        warnings: page.warnings.iter().map(PreviewWarning::new).collect(),
        screens: screens(words),
    };
    // The ending of the name turns escaping on. The template is ours, and every preview of a test renders it.
    Environment::new().render_named_str("gallery.html", PAGE, Serde(contract)).unwrap_or_default()
}

fn matrix(entries: &[ManifestEntry]) -> Vec<MatrixRow<'_>> {
    let blocks = entries.first().map_or(&[][..], |it| &it.blocks);
    let holds = |at: usize| entries.iter().map(|it| it.blocks.get(at).is_some_and(|it| it.shown)).collect();
    blocks.iter().enumerate().map(|(at, block)| MatrixRow { block, signs: holds(at) }).collect()
}

fn screens(words: &PreviewWords) -> Vec<PreviewScreen> {
    let schemes = [("light", words.light), ("dark", words.dark)];
    let screen = |class: &'static str, device: &str| {
        schemes.map(|(scheme, name)| PreviewScreen { class, scheme, name: format!("{device}, {name}") })
    };
    screen("desktop", words.desktop).into_iter().chain(screen("phone", words.phone)).collect()
}

fn counted(lang: Lang, number: usize, forms: &[&'static str]) -> String {
    format!("{number} {}", lang.plural(u32::try_from(number).unwrap_or(u32::MAX), forms).unwrap_or_default())
}
