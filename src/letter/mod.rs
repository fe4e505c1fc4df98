//! The bytes of one letter, made from an edition and one person.

pub mod dkim;
pub mod leak;
pub mod mime;
pub mod parsed;
pub mod plan;
pub mod return_path;

use std::borrow::Borrow;
use std::collections::BTreeMap;

use lettre::Address as LettreAddress;
use lettre::message::header::{self, HeaderName, HeaderValue, Headers};
use lettre::message::{Mailbox as LettreMailbox, Mailboxes};

use quoted_printable::ParseMode;
use thiserror::Error as ThisError;

use crate::audience::AudienceId;
use crate::base::digest::HmacKey;
use crate::base::source::span::Span;
use crate::base::value::Value;
use crate::edition::compiled::{Edition, LetterRecipient, RenderedContent, TransferEncoding, UnfilledValue};
use crate::edition::generated_file::GeneratedFile;
use crate::edition::images::Picture;
use crate::edition::images::placement::Placement;
use crate::issue::series::SeriesId;
use crate::letter::dkim::Signers;
use crate::letter::dkim::key::SigningError;
use crate::letter::mime::{Attachment, InlinePicture};
use crate::letter::plan::PlannedLetter;
use crate::letter::return_path::ReturnPath;
use crate::people::person::Address;
use crate::people::person::mailbox::Mailbox;

const DATE: HeaderName = HeaderName::new_from_ascii_str("Date");
const MESSAGE_ID: HeaderName = HeaderName::new_from_ascii_str("Message-ID");
const LIST_ID: HeaderName = HeaderName::new_from_ascii_str("List-Id");
const LIST_UNSUBSCRIBE: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe");
const LIST_UNSUBSCRIBE_POST: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe-Post");
const PRECEDENCE: HeaderName = HeaderName::new_from_ascii_str("Precedence");

/// What is the same on every letter of a plan.
#[derive(Debug)]
pub struct CommonHeaders {
    /// Who writes.
    pub from: Mailbox,
    /// Where answers go; absent: to `from`.
    pub reply_to: Option<Mailbox>,
    /// The envelope's sender, where bounces go.
    pub bounces_to: ReturnPath,
    /// The Date header.
    pub date: String,
    /// The series of the issue and its name, for List-Id; absent: the house's own newsletter, and its audiences are lists.
    pub series: Option<(SeriesId, String)>,
    /// The audiences' names, for List-Id.
    pub lists: BTreeMap<AudienceId, String>,
    /// How to leave.
    pub unsubscribe: UnsubscribeOptions,
    /// What every letter carries besides its edition.
    pub attachments: Vec<Attachment>,
    /// Makes boundaries.
    pub key: HmacKey,
    /// Whether they are the real ones.
    pub purpose: LetterPurpose,
    /// Who signs them.
    pub signers: Signers,
}

/// What letters are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterPurpose {
    /// To be read by those they are written to.
    Mailing,
    /// To be looked at before: `[TEST]` stands before the subject, and nothing in them can make a reader leave.
    Test(TestLabel),
}

/// What a test's subject says besides `[TEST]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestLabel {
    /// Nothing.
    Plain,
    /// The edition.
    Edition,
}

/// How a reader leaves.
#[derive(Debug)]
pub struct UnsubscribeOptions {
    /// The page, with `{token}` where the reader's token goes; absent: leaving is by mail only.
    pub url: Option<String>,
    /// The address that reads who wants to leave.
    pub mailto: Address,
    /// Makes the tokens.
    pub key: HmacKey,
}

impl UnsubscribeOptions {
    /// The reader's token for leaving everything, or a series alone: the same in every letter, and nobody can read an
    /// address in it.
    ///
    /// 96 bits cannot be guessed, and leave the header line below 78 columns (RFC 5322 §2.1.1) for most addresses.
    pub fn token(&self, address: &Address, series: Option<&SeriesId>) -> String {
        let address = address.key();
        let pieces = [address.as_str()].into_iter().chain(series.map(SeriesId::as_str));
        let mut token = self.key.tag("unsubscribe", &pieces.collect::<Vec<_>>());
        token.truncate(24);
        token
    }
}

/// One letter, ready for a transport.
#[derive(Debug)]
pub struct Letter {
    /// The envelope's sender.
    pub sender: Address,
    /// The one recipient.
    pub recipient: Address,
    /// The edition's id, by which a dry run sorts its files.
    pub edition: String,
    /// The Message-ID with its angle brackets.
    pub message_id: String,
    /// Headers and body: 7-bit, CRLF, no line over 998 octets, none that begins with a dot (RFC 5321 §4.5.2).
    pub bytes: Vec<u8>,
}

/// A person whose letter cannot be made, and what they lack.
#[derive(Debug)]
pub struct MissingValue {
    /// The letter.
    pub letter: PlannedLetter,
    /// What is missing, and where it is asked for.
    pub error: ComposeError,
}

/// Why a letter cannot be made.
#[derive(Debug, ThisError)]
pub enum ComposeError {
    /// The person lacks a value.
    #[error(transparent)]
    Unfilled(#[from] UnfilledValue),
    /// The plan names an edition that the issue's files do not give any more.
    #[error("the plan names an edition that is not there any more")]
    NoEdition,
    /// A key gave no signature.
    #[error("the letter cannot be signed")]
    Unsigned(#[from] SigningError),
}

impl ComposeError {
    /// Where the issue asks for what is missing; absent where it does not.
    pub fn place(&self) -> Option<&Span> {
        match self {
            Self::Unfilled(unfilled) => unfilled.place.as_ref(),
            Self::NoEdition | Self::Unsigned(_) => None,
        }
    }
}

/// A plan of which every letter has been made once: what delivery needs before the first connection.
#[derive(Debug)]
pub struct ComposedPlan {
    masthead: CommonHeaders,
    sheets: BTreeMap<String, EncodedEdition>,
}

/// An edition with its pictures and files encoded: once, and not for each letter.
#[derive(Debug)]
struct EncodedEdition {
    edition: Edition,
    pictures: Vec<InlinePicture>,
    enclosures: Vec<Attachment>,
}

impl EncodedEdition {
    fn new(edition: Edition) -> Self {
        let pictures = match edition.placement() {
            Placement::Inside => edition.pictures().iter().map(InlinePicture::new).collect(),
            Placement::Published { .. } | Placement::Beside => Vec::new(),
        };
        let enclosures = edition.enclosures().iter().map(Attachment::enclosed).collect();
        Self { edition, pictures, enclosures }
    }
}

/// A plan whose letters are made one after the other, wherever they come from.
#[derive(Debug)]
pub struct LetterComposer {
    plan: ComposedPlan,
    lacking: Vec<MissingValue>,
    samples: BTreeMap<String, PlannedLetter>,
}

impl LetterComposer {
    /// No letter is made yet.
    pub fn new(masthead: CommonHeaders, editions: BTreeMap<String, Edition>) -> Self {
        let sheets = editions.into_iter().map(|(id, edition)| (id, EncodedEdition::new(edition))).collect();
        Self { plan: ComposedPlan { masthead, sheets }, lacking: Vec::new(), samples: BTreeMap::new() }
    }

    /// Makes a letter, to nowhere.
    pub fn make(&mut self, letter: &PlannedLetter) {
        if let Err(error) = self.plan.unsigned(letter) {
            self.lacking.push(MissingValue { letter: letter.clone(), error });
        } else if !self.samples.contains_key(&letter.edition) {
            self.samples.insert(letter.edition.clone(), letter.clone());
        }
    }

    /// The plan, if every letter could be made, and the first letter of each edition.
    ///
    /// # Errors
    ///
    /// All the letters that could not be made; then nothing of the plan may be sent.
    pub fn finish(self) -> Result<(ComposedPlan, Vec<PlannedLetter>), Vec<MissingValue>> {
        if self.lacking.is_empty() { Ok((self.plan, self.samples.into_values().collect())) } else { Err(self.lacking) }
    }
}

impl ComposedPlan {
    /// Makes every letter, to nowhere; or tells who lacks what.
    ///
    /// # Errors
    ///
    /// All the letters that could not be made; then nothing of the plan may be sent.
    pub fn compose(
        masthead: CommonHeaders,
        editions: BTreeMap<String, Edition>,
        letters: impl IntoIterator<Item: Borrow<PlannedLetter>>,
    ) -> Result<Self, Vec<MissingValue>> {
        let mut composing = LetterComposer::new(masthead, editions);
        letters.into_iter().for_each(|it| composing.make(it.borrow()));
        composing.finish().map(|(plan, _)| plan)
    }

    /// The letter with its signatures, byte for byte the same each time.
    ///
    /// # Errors
    ///
    /// As in [`compose`](Self::compose), and never of that kind for a letter that was in it; a key gives no signature.
    pub fn letter(&self, planned: &PlannedLetter) -> Result<Letter, ComposeError> {
        let mut letter = self.unsigned(planned)?;
        self.masthead.signers.sign(&mut letter.bytes)?;
        Ok(letter)
    }

    /// A signature depends on nothing that a person may lack, so that it is made once, when the letter leaves.
    fn unsigned(&self, planned: &PlannedLetter) -> Result<Letter, ComposeError> {
        let sheet = self.sheets.get(&planned.edition).ok_or(ComposeError::NoEdition)?;
        Ok(write(&self.masthead, sheet, planned)?)
    }

    /// What the reader of a letter sees.
    ///
    /// # Errors
    ///
    /// As for [`letter`](Self::letter).
    pub fn read(&self, planned: &PlannedLetter) -> Result<DecodedLetter<'_>, ComposeError> {
        let sheet = self.sheets.get(&planned.edition).ok_or(ComposeError::NoEdition)?;
        let ways = unsubscribe_links(&self.masthead, &planned.person.address);
        let content = personalise(sheet, planned, &ways)?;
        Ok(DecodedLetter::of(&sheet.edition, content))
    }
}

/// What a reader sees, decoded again.
#[derive(Debug)]
pub struct DecodedLetter<'a> {
    /// The subject.
    pub subject: String,
    /// The line beside it in an inbox.
    pub preheader: String,
    /// The HTML.
    pub html: String,
    /// The text part.
    pub text: String,
    /// The pictures that the HTML names.
    pub pictures: &'a [Picture],
    /// How it names them.
    pub placement: &'a Placement,
    /// The files made from its text.
    pub enclosures: &'a [GeneratedFile],
}

impl<'a> DecodedLetter<'a> {
    /// What an edition says to nobody in particular, as a page on the web.
    ///
    /// # Errors
    ///
    /// The values of people that it prints all the same.
    pub fn of_page(edition: &'a Edition) -> Result<Self, Vec<UnfilledValue>> {
        Ok(Self::of(edition, edition.impersonal()?))
    }

    fn of(edition: &'a Edition, content: RenderedContent) -> Self {
        let text = match content.text_encoding {
            TransferEncoding::SevenBit => content.text.replace("\r\n", "\n"),
            TransferEncoding::QuotedPrintable => decoded(&content.text),
        };
        Self {
            subject: content.subject,
            preheader: content.preheader,
            html: decoded(&content.html),
            text,
            pictures: edition.pictures(),
            placement: edition.placement(),
            enclosures: edition.enclosures(),
        }
    }
}

fn decoded(part: &str) -> String {
    let bytes = quoted_printable::decode(part, ParseMode::Robust).unwrap_or_else(|_| part.as_bytes().to_vec());
    String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
}

/// Room for what stands around a letter's texts: the parts' own headers, boundaries, and two signatures.
const OVERHEAD: usize = 3 * 1_024;

/// Writes one letter.
///
/// # Errors
///
/// What the person lacks that the edition prints.
fn write(masthead: &CommonHeaders, sheet: &EncodedEdition, planned: &PlannedLetter) -> Result<Letter, UnfilledValue> {
    let ways = unsubscribe_links(masthead, &planned.person.address);
    let content = personalise(sheet, planned, &ways)?;
    let mut headers = Headers::new();
    headers.set(header::From::from(Mailboxes::from(lettre_mailbox(&masthead.from))));
    headers.set(header::To::from(Mailboxes::from(recipient_mailbox(masthead.purpose, planned))));
    if let Some(reply_to) = &masthead.reply_to {
        headers.set(header::ReplyTo::from(Mailboxes::from(lettre_mailbox(reply_to))));
    }
    headers.set(header::Subject::from(subject(masthead.purpose, planned, &content)));
    headers.insert_raw(HeaderValue::new(DATE, masthead.date.clone()));
    headers.insert_raw(HeaderValue::new(MESSAGE_ID, planned.message_id.clone()));
    headers.insert_raw(HeaderValue::new(LIST_ID, list_id(masthead, &planned.audience)));
    let UnsubscribeLink { url, mailto } = &ways.everything;
    let listed = url.iter().map(|url| format!("<{url}>, ")).chain([format!("<{mailto}>")]);
    headers.insert_raw(HeaderValue::new(LIST_UNSUBSCRIBE, listed.collect()));
    if url.is_some() && masthead.purpose == LetterPurpose::Mailing {
        headers.insert_raw(HeaderValue::new(LIST_UNSUBSCRIBE_POST, "List-Unsubscribe=One-Click".to_owned()));
    }
    headers.insert_raw(HeaderValue::new(PRECEDENCE, "bulk".to_owned()));
    headers.set(header::MIME_VERSION_1_0);
    let header = folded(&headers.to_string());
    let mut bytes = Vec::with_capacity(header.len() + content.html.len() + content.text.len() + OVERHEAD);
    bytes.extend_from_slice(header.as_bytes());
    let boundary = masthead.key.tag("boundary", &[&planned.message_id]);
    let attachments: Vec<&Attachment> = sheet.enclosures.iter().chain(&masthead.attachments).collect();
    mime::write_body(&mut bytes, &boundary, &content, &sheet.pictures, &attachments);
    Ok(Letter {
        sender: masthead.bounces_to.of(&planned.message_id),
        recipient: planned.person.address.clone(),
        edition: planned.edition.clone(),
        message_id: planned.message_id.clone(),
        bytes,
    })
}

/// The headers with no line over 78 columns that has a space to break at (RFC 5322 §2.1.1, §2.2.3): lettre folds within
/// a value, and not before an address or behind a header's name.
fn folded(headers: &str) -> String {
    const COLUMNS: usize = 78;
    let mut folded = String::with_capacity(headers.len() + 64);
    for line in headers.split_inclusive("\r\n") {
        let mut rest = line;
        while rest.trim_end().len() > COLUMNS {
            let Some(space) = rest[..COLUMNS].rfind(' ').filter(|at| *at > 0) else { break };
            folded.push_str(&rest[..space]);
            folded.push_str("\r\n");
            rest = &rest[space..];
        }
        folded.push_str(rest);
    }
    folded
}

/// Where a reader leaves.
struct UnsubscribeLinks {
    everything: UnsubscribeLink,
    /// The issue's series alone; absent: it is of none.
    series: Option<UnsubscribeLink>,
}

/// The page, if there is one, and the mail.
struct UnsubscribeLink {
    url: Option<String>,
    mailto: String,
}

fn unsubscribe_links(masthead: &CommonHeaders, address: &Address) -> UnsubscribeLinks {
    let series = masthead.series.as_ref().map(|(id, _)| unsubscribe_link(masthead, address, Some(id)));
    UnsubscribeLinks { everything: unsubscribe_link(masthead, address, None), series }
}

/// What a test says there is nobody's token.
fn unsubscribe_link(masthead: &CommonHeaders, address: &Address, series: Option<&SeriesId>) -> UnsubscribeLink {
    let unsubscribe = &masthead.unsubscribe;
    let (token, subject) = match masthead.purpose {
        LetterPurpose::Mailing => {
            let token = unsubscribe.token(address, series);
            (token.clone(), format!("leave-{token}"))
        }
        LetterPurpose::Test(_) => ("test".to_owned(), "test".to_owned()),
    };
    let url = unsubscribe.url.as_ref().map(|url| url.replace("{token}", &token));
    UnsubscribeLink { url, mailto: format!("mailto:{}?subject={subject}", unsubscribe.mailto) }
}

fn subject(purpose: LetterPurpose, planned: &PlannedLetter, content: &RenderedContent) -> String {
    match purpose {
        LetterPurpose::Mailing => content.subject.clone(),
        LetterPurpose::Test(TestLabel::Plain) => format!("[TEST] {}", content.subject),
        LetterPurpose::Test(TestLabel::Edition) => format!("[TEST {}] {}", planned.edition, content.subject),
    }
}

fn personalise(
    sheet: &EncodedEdition,
    planned: &PlannedLetter,
    ways: &UnsubscribeLinks,
) -> Result<RenderedContent, UnfilledValue> {
    sheet.edition.personalise(&LetterRecipient {
        person: &planned.person,
        unsubscribe: ways.everything.url.as_deref(),
        unsubscribe_mailto: &ways.everything.mailto,
        unsubscribe_series: ways.series.as_ref().map(|it| it.url.as_deref().unwrap_or(&it.mailto)),
    })
}

/// The series' or the audience's list (RFC 2919): its name as a phrase, and an id under the sender's domain.
fn list_id(masthead: &CommonHeaders, audience: &AudienceId) -> String {
    let (list, name) = match &masthead.series {
        Some((id, name)) => (id.as_str(), name.as_str()),
        None => (audience.as_str(), masthead.lists.get(audience).map_or("", String::as_str)),
    };
    let id = format!("<{list}.{}>", masthead.from.address.domain());
    // Only words that need no quotes: encoded words may not stand inside a quoted string (RFC 2047 §5).
    let phrase: Vec<&str> =
        name.split(|it: char| !it.is_alphanumeric() && it != '-').filter(|it| !it.is_empty()).collect();
    if phrase.is_empty() { id } else { format!("{} {id}", phrase.join(" ")) }
}

/// A test goes to somebody else than the person whose name stands in it.
fn recipient_mailbox(purpose: LetterPurpose, planned: &PlannedLetter) -> LettreMailbox {
    let name = match (purpose, planned.person.fields.get("name")) {
        (LetterPurpose::Mailing, Some(Value::Text(name))) => Some(name.clone()),
        (LetterPurpose::Mailing | LetterPurpose::Test(_), _) => None,
    };
    LettreMailbox::new(name, lettre_address(&planned.person.address))
}

fn lettre_mailbox(mailbox: &Mailbox) -> LettreMailbox {
    LettreMailbox::new(mailbox.name.clone(), lettre_address(&mailbox.address))
}

/// Ours is valid already; lettre's own check would refuse nothing of it and cost a second parse a letter.
fn lettre_address(address: &Address) -> LettreAddress {
    LettreAddress::new_dangerous(address.local(), address.domain())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_line_is_folded_where_it_has_a_space() {
        let long = "a".repeat(70);
        let headers =
            format!("From: {long} <x@y>\r\nTo: bo@x.example\r\nList-Unsubscribe: <{long}>,\r\n <{long}{long}>\r\n");
        let expected = format!(
            "From: {long}\r\n <x@y>\r\nTo: bo@x.example\r\nList-Unsubscribe:\r\n <{long}>,\r\n <{long}{long}>\r\n"
        );
        assert_eq!(folded(&headers), expected);
    }
}
