//! The text of an issue in a neutral form, from which every channel besides letters is written.
//!
//! The edition of a channel writes plain HTML ([`crate::edition::compiled::Edition::article`]); [`reader`] reads it, from the
//! elements in [`element`]. Everything in an [`Article`] is for everyone: it has no person's values, and no block for an
//! audience.

mod element;
pub mod files;
mod inlines;
pub mod reader;

/// A text with its title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// Its title, on one line.
    pub title: String,
    /// One or two sentences about it, on one line; may be empty.
    pub description: String,
    /// The language of its text, as a tag (RFC 5646): `da`.
    pub lang: String,
    /// Its text. No heading is of the first level, which is that of the title.
    pub blocks: Vec<ArticleBlock>,
}

/// A part of a text that begins on a new line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArticleBlock {
    /// A heading.
    Heading {
        /// Its level: 2 to 6.
        level: u8,
        /// The name that links in the same text lead to; absent: none does.
        anchor: Option<String>,
        /// Its words.
        text: Vec<ArticleInline>,
    },
    /// A paragraph.
    Paragraph(Vec<ArticleInline>),
    /// A list.
    List {
        /// The number of its first item; absent: it is not numbered.
        first: Option<u32>,
        /// Its items.
        items: Vec<Vec<ArticleBlock>>,
    },
    /// Footnotes, each with its text.
    Notes {
        /// The number of the first one.
        first: u32,
        /// Their texts.
        notes: Vec<Vec<ArticleBlock>>,
    },
    /// A quotation, with who said it as its last paragraph.
    Quote(Vec<ArticleBlock>),
    /// Something beside the text, such as a tip: its title is the first paragraph.
    Note(Vec<ArticleBlock>),
    /// A picture alone, which may be a link.
    Figure {
        /// The picture.
        picture: ArticlePicture,
        /// Where it leads; absent: nowhere.
        url: Option<String>,
        /// What is written below it; it may be empty.
        caption: Vec<ArticleInline>,
    },
    /// A table.
    Table(ArticleTable),
    /// Code, line by line.
    Code(String),
    /// A break between two parts of the text.
    Rule,
    /// A part of the text in another language than its surroundings.
    Language {
        /// The language, as a tag (RFC 5646); absent: that of the text around it.
        lang: Option<String>,
        /// `ltr` or `rtl`; absent: that of the text around it.
        direction: Option<String>,
        /// The part.
        blocks: Vec<ArticleBlock>,
    },
    /// A part of the text with its own title, such as an event: its headings do not apply to what follows it.
    Part(Vec<ArticleBlock>),
    /// A part of the text that is for the article's channel only: `::: only talkingpoints`.
    Own(Vec<ArticleBlock>),
}

/// A table: rows of cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticleTable {
    /// Its title; it may be empty.
    pub caption: Vec<ArticleInline>,
    /// The names of the columns; empty: they have none.
    pub header: Vec<ArticleCell>,
    /// The rows below them.
    pub rows: Vec<Vec<ArticleCell>>,
}

impl ArticleTable {
    /// How many columns its longest row has.
    pub fn columns(&self) -> usize {
        self.rows.iter().chain([&self.header]).map(Vec::len).max().unwrap_or_default()
    }
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticleCell {
    /// Its text.
    pub text: Vec<ArticleInline>,
    /// Where its text is.
    pub align: CellAlign,
}

/// Where the text of a cell is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CellAlign {
    /// Where lines start.
    #[default]
    Start,
    /// In the middle.
    Center,
    /// At the right, as numbers are.
    Right,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArticleInline {
    /// Words. White space is one space each, and there is none at the start and the end of a block.
    Text(String),
    /// Important words.
    Strong(Vec<ArticleInline>),
    /// Stressed words.
    Emphasis(Vec<ArticleInline>),
    /// Words that are no longer valid.
    Deleted(Vec<ArticleInline>),
    /// Raised letters, as in m².
    Raised(Vec<ArticleInline>),
    /// Lowered letters, as in CO₂.
    Lowered(Vec<ArticleInline>),
    /// Code.
    Code(String),
    /// A link.
    Link {
        /// Where it leads: `https:`, `http:`, `mailto:`, `tel:`, `#name` of a heading, or the name of a file of the article.
        url: String,
        /// Its words.
        text: Vec<ArticleInline>,
    },
    /// A picture among words.
    Picture(ArticlePicture),
    /// The end of a line in the middle of a block.
    Break,
    /// The number of a footnote.
    NoteReference(String),
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticlePicture {
    /// Its `https:` address, or the name of a file of the article.
    pub address: String,
    /// Its text for readers who do not see it; empty: it is decoration.
    pub alt: String,
    /// How wide it is shown, in pixels of CSS; absent: not said.
    pub width: Option<u32>,
}

/// The words of some parts of a line, without any markup: the 2 of m² becomes a superscript character.
pub fn plain(inlines: &[ArticleInline]) -> String {
    let mut out = String::new();
    for inline in inlines {
        match inline {
            ArticleInline::Text(text) | ArticleInline::Code(text) => push_words(&mut out, text),
            ArticleInline::Strong(inner) | ArticleInline::Emphasis(inner) | ArticleInline::Link { text: inner, .. } => {
                push_words(&mut out, &plain(inner));
            }
            ArticleInline::Raised(inner) => out.push_str(&shifted(&plain(inner), &RAISED)),
            ArticleInline::Lowered(inner) => out.push_str(&shifted(&plain(inner), &LOWERED)),
            ArticleInline::Picture(picture) => out.push_str(&picture.alt),
            ArticleInline::Break => out.push(' '),
            // Without its line, deleted text would be read as valid.
            ArticleInline::Deleted(_) | ArticleInline::NoteReference(_) => {}
        }
    }
    out
}

/// Adds words to a line. Where words between two spaces are left out, one of the spaces is, too.
pub(crate) fn push_words(line: &mut String, words: &str) {
    let is_doubled = line.is_empty() || line.ends_with([' ', '\n']);
    line.push_str(if is_doubled { words.trim_start_matches(' ') } else { words });
}

const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
const LOWERED: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];

/// Digits that are raised or lowered; other words stay as they are.
fn shifted(text: &str, digits: &[char; 10]) -> String {
    let digit = |letter: char| Some(digits[usize::try_from(letter.to_digit(10)?).ok()?]);
    text.chars().map(digit).collect::<Option<String>>().unwrap_or_else(|| text.to_owned())
}
