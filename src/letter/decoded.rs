//! Letters as their recipients see them, for previews, comparisons and web pages.

use jiff::Timestamp;
use quoted_printable::ParseMode;

use crate::edition::compiled::{Edition, RenderedArticle, RenderedContent, TransferEncoding, UnfilledValue};
use crate::edition::generated_file::{CalendarMoment, GeneratedFile};
use crate::edition::images::picture::Picture;
use crate::edition::images::placement::Placement;

/// The texts of a letter or a web page without their transfer encoding, and its files.
#[derive(Debug)]
pub struct DecodedLetter<'a> {
    /// The subject.
    pub subject: String,
    /// What an inbox shows after the subject.
    pub preheader: String,
    /// The HTML part.
    pub html: String,
    /// The text part.
    pub text: String,
    /// The pictures that the HTML refers to.
    pub pictures: &'a [Picture],
    /// How it refers to them.
    pub placement: &'a Placement,
    /// The files made from its text.
    pub enclosures: Vec<GeneratedFile>,
}

impl<'a> DecodedLetter<'a> {
    /// An edition without any person's values, as a web page that was made at this moment.
    ///
    /// # Errors
    ///
    /// The edition prints personal values.
    pub fn of_page(edition: &'a Edition, made: Timestamp) -> Result<Self, Vec<UnfilledValue>> {
        Ok(Self::new(edition, edition.impersonal()?, CalendarMoment::of(made)))
    }

    /// An edition filled in for one person, in a letter of this moment.
    pub(super) fn new(edition: &'a Edition, content: RenderedContent, made: CalendarMoment) -> Self {
        let text = match content.text_encoding {
            TransferEncoding::SevenBit => content.text.replace("\r\n", "\n"),
            TransferEncoding::QuotedPrintable => decode(&content.text),
        };
        Self {
            subject: content.subject,
            preheader: content.preheader,
            html: decode(&content.html),
            text,
            pictures: edition.pictures(),
            placement: edition.placement(),
            enclosures: edition.enclosures().iter().map(|file| file.dated(made)).collect(),
        }
    }
}

/// The text of a channel besides letters, decoded.
///
/// # Errors
///
/// The edition prints personal values.
pub fn article(edition: &Edition) -> Result<RenderedArticle, Vec<UnfilledValue>> {
    let article = edition.article()?;
    Ok(RenderedArticle { html: decode(&article.html), ..article })
}

fn decode(part: &str) -> String {
    let bytes = quoted_printable::decode(part, ParseMode::Robust).unwrap_or_else(|_| part.as_bytes().to_vec());
    String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
}
