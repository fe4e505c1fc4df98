//! The manifest of a preview, and its overview page.

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use crate::base::language::Lang;
use crate::base::language::words::PreviewWords;
use crate::base::message::UserLanguage;
use crate::base::source::diagnostic::{Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::matrix::{BlockMatrix, MatrixBlock};
use crate::issue::manuscript::readability;
use crate::letter::approval_code::ApprovalCode;
use crate::ops::text::visible;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
/// Gmail clips a message that is larger than about 102 kB.
const GMAIL_LIMIT: usize = 102_000;

/// One edition in `manifest.json`.
#[derive(Serialize)]
pub struct ManifestEntry {
    /// Its id.
    pub edition: String,
    /// The audience.
    pub audience: String,
    /// The language of its readers.
    pub lang: Lang,
    /// The audiences whose `for` blocks it has, besides its own.
    pub includes: Vec<String>,
    /// The audiences whose `not` blocks it does not have.
    pub leaves_out: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The preheader.
    pub preheader: String,
    /// The number of recipients.
    pub recipients: usize,
    /// The size of the HTML part.
    pub html_bytes: usize,
    /// The size of the text part.
    pub text_bytes: usize,
    /// Its readability; absent where its language has no measure, and for a short text.
    pub lix: Option<u32>,
    /// The digest of the `.eml` file.
    pub sha256: String,
    /// The names of its files.
    pub files: Vec<String>,
    /// The blocks of the issue.
    pub blocks: Vec<BlockEntry>,
    /// The text part, for the overview.
    #[serde(skip)]
    pub text: String,
}

/// One block of the issue, and whether an edition has it.
#[derive(Serialize)]
pub struct BlockEntry {
    path: String,
    line: usize,
    /// Its fence: `only it-chiefs`.
    fence: String,
    /// Its first words.
    begins: String,
    shown: bool,
}

impl BlockEntry {
    /// Every block of an issue, as an edition has it.
    pub fn all(matrix: &BlockMatrix, key: &EditionKey) -> Vec<Self> {
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

/// The data of the page besides its editions.
pub struct PreviewPage {
    /// The issue's id.
    pub issue: String,
    /// The sender, as an inbox shows it.
    pub sender: String,
    /// The language of the page, which is the project's.
    pub lang: Lang,
    /// The recipient whose edition it is; absent: a sample reader for each.
    pub person: Option<String>,
    /// The code with which a reader of the page approves the issue; absent: it needs no approval, or is a draft.
    pub code: Option<ApprovalCode>,
    /// The warnings of `check`.
    pub warnings: Diagnostics,
}

/// What the template needs of an edition, besides the manifest.
#[derive(Serialize)]
pub(super) struct PreviewEntry<'a> {
    #[serde(flatten)]
    entry: &'a ManifestEntry,
    text: &'a str,
    readers: String,
    with: Option<String>,
    without: Option<String>,
    size: String,
    /// Percentage of what Gmail shows.
    share: usize,
    clipped: bool,
    reading: Option<String>,
}

impl<'a> PreviewEntry<'a> {
    pub(super) fn new(entry: &'a ManifestEntry, lang: Lang) -> Self {
        let words = &lang.language().preview;
        let with = (!entry.includes.is_empty()).then(|| entry.includes.join(", "));
        let without = (!entry.leaves_out.is_empty()).then(|| entry.leaves_out.join(", "));
        let measure = entry.lang.language().readability.as_ref();
        Self {
            entry,
            text: &entry.text,
            readers: counted(lang, entry.recipients, &words.readers),
            with: with.map(|audiences| format!("{} {audiences}", words.includes)),
            without: without.map(|audiences| format!("{} {audiences}", words.leaves_out)),
            size: format!("{} kB", entry.html_bytes.div_ceil(1000)),
            share: (100 * entry.html_bytes / GMAIL_LIMIT).min(100),
            clipped: entry.html_bytes > GMAIL_LIMIT,
            reading: measure
                .zip(entry.lix)
                .map(|(scale, lix)| format!("{} {lix}, {}", scale.measure, readability::level(scale, lix))),
        }
    }
}

/// One block of the issue, and whether each of the editions has it.
#[derive(Serialize)]
struct MatrixRow<'a> {
    #[serde(flatten)]
    block: &'a BlockEntry,
    signs: Vec<bool>,
}

/// A warning with its line in three parts, so that the template can mark the middle one.
#[derive(Serialize)]
pub(super) struct PreviewWarning<'a> {
    code: &'a str,
    message: &'a str,
    hint: Option<&'a str>,
    place: Option<String>,
    column: usize,
    before: String,
    marked: String,
    after: String,
}

impl<'a> PreviewWarning<'a> {
    pub(super) fn new(diagnostic: &'a Diagnostic, language: UserLanguage) -> Self {
        let place = diagnostic.place.as_ref();
        let piece = |from: usize, width: usize| -> String {
            place.map_or("", Span::excerpt).chars().skip(from).take(width).collect()
        };
        let (start, width) = place.map_or((0, 0), |span| (span.column() - 1, span.width()));
        Self {
            code: diagnostic.code.0,
            message: diagnostic.message.in_language(language),
            hint: diagnostic.hint.as_ref().map(|hint| hint.in_language(language)),
            place: place.map(|span| format!("{}:{}", span.path(), span.line())),
            column: start + 1,
            before: piece(0, start),
            marked: piece(start, width),
            after: piece(start + width, usize::MAX),
        }
    }
}

/// A screen that each edition is shown on.
#[derive(Serialize)]
struct PreviewScreen {
    class: &'static str,
    scheme: &'static str,
    name: String,
}

/// What the template needs.
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

/// What the template needs for the header of the page.
#[derive(Serialize)]
struct PageHeader<'a> {
    issue: &'a str,
    title: String,
    sender: &'a str,
    lang: Lang,
    editions: String,
    readers: String,
    shown: String,
    code: Option<String>,
    measured: bool,
}

impl<'a> PageHeader<'a> {
    fn new(page: &'a PreviewPage, entries: &[ManifestEntry]) -> Self {
        let words = &page.lang.language().preview;
        let recipients = entries.iter().map(|entry| entry.recipients).sum();
        let person = page.person.as_ref().map(|person| words.one_person.replace("{name}", person));
        Self {
            issue: &page.issue,
            title: entries.first().map_or_else(String::new, |entry| visible(&entry.subject)),
            sender: &page.sender,
            lang: page.lang,
            editions: counted(page.lang, entries.len(), &words.editions),
            readers: counted(page.lang, recipients, &words.readers),
            shown: person.unwrap_or_else(|| words.invented.to_owned()),
            code: page.code.map(|code| format!("{} {code}", words.code)),
            measured: entries.iter().any(|entry| entry.lix.is_some()),
        }
    }
}

/// A page with every edition, which can be opened from disk beside their files.
pub fn page(page: &PreviewPage, entries: &[ManifestEntry]) -> String {
    let words = &page.lang.language().preview;
    let context = PageContext {
        page: PageHeader::new(page, entries),
        words,
        style: STYLE,
        editions: entries.iter().map(|entry| PreviewEntry::new(entry, page.lang)).collect(),
        matrix: matrix(entries),
        warnings: page.warnings.iter().map(|warning| PreviewWarning::new(warning, page.lang.user_language())).collect(),
        screens: screens(words),
    };
    // minijinja escapes by the extension of the name. The template is built in, and the tests render it.
    Environment::new().render_named_str("page.html", PAGE, Serde(context)).unwrap_or_default()
}

fn matrix(entries: &[ManifestEntry]) -> Vec<MatrixRow<'_>> {
    let blocks = entries.first().map_or(&[][..], |entry| &entry.blocks);
    let holds = |at: usize| entries.iter().map(|entry| entry.blocks.get(at).is_some_and(|block| block.shown)).collect();
    blocks.iter().enumerate().map(|(at, block)| MatrixRow { block, signs: holds(at) }).collect()
}

fn screens(words: &PreviewWords) -> Vec<PreviewScreen> {
    let schemes = [("light", words.light), ("dark", words.dark)];
    let screen = |class: &'static str, device: &str| {
        schemes.map(|(scheme, name)| PreviewScreen { class, scheme, name: format!("{device}, {name}") })
    };
    screen("desktop", words.desktop).into_iter().chain(screen("phone", words.phone)).collect()
}

/// A number with its noun.
pub(super) fn counted(lang: Lang, number: usize, forms: &[&'static str]) -> String {
    format!("{number} {}", lang.plural(u32::try_from(number).unwrap_or(u32::MAX), forms).unwrap_or_default())
}
