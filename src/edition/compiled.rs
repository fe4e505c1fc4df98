//! An edition: one issue for one audience, language and set of visible blocks, ready for a person's values.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::sync::Arc;

use minijinja::{Environment, Error, ErrorKind, Value};

use crate::base::digest::Digest;
use crate::base::language::Lang;
use crate::base::message::{Message, message};
use crate::base::source::span::{Span, Spanned};
use crate::edition::generated_file::UndatedFile;
use crate::edition::images::picture::Picture;
use crate::edition::images::placement::Placement;
use crate::edition::letter_values::{FieldValues, LetterValues};
use crate::edition::passage_tags::GREETING_NAME;
use crate::edition::phrases::GreetingNames;
use crate::edition::template::bounded_writer::{BoundedLength, BoundedWriter};
use crate::edition::template::engine::BAD_ADDRESS;
use crate::edition::template::slots::CompiledTemplate;
use crate::edition::template::transfer_encoding;
use crate::edition::text::layout::{self, LineEncoding};
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::placeholders::tag::Tag;
use crate::people::person::Person;

/// The largest part that a template may write, in bytes: a loop over a large value must not exhaust memory.
const LIMIT: usize = 4 * 1024 * 1024;

/// An issue as some of its readers get it, except for their own values.
///
/// It can be shared between threads.
#[derive(Debug)]
pub struct Edition {
    pub(crate) key: EditionKey,
    pub(crate) engine: Environment<'static>,
    pub(crate) parts: BTreeMap<&'static str, CompiledTemplate>,
    pub(crate) text_form: LineEncoding,
    pub(crate) tags: Vec<Tag>,
    pub(crate) greetings: Vec<EditionGreeting>,
    pub(crate) params: Value,
    pub(crate) pictures: Vec<Picture>,
    /// The file that the issue names for each picture.
    pub(crate) picture_paths: Vec<String>,
    pub(crate) enclosures: Vec<UndatedFile>,
    pub(crate) web_links: Vec<Spanned<String>>,
    pub(crate) placement: Placement,
    pub(crate) variables: Vec<Variable>,
    pub(crate) digest: String,
    pub(crate) lang: Lang,
    pub(crate) text_tag: String,
}

/// A person who gets a letter.
#[derive(Clone, Copy, Debug)]
pub struct LetterRecipient<'a> {
    /// The person.
    pub person: &'a Arc<Person>,
    /// The page where this person can unsubscribe; absent: by mail only.
    pub unsubscribe: Option<&'a str>,
    /// The address to unsubscribe by mail: `mailto:…`.
    pub unsubscribe_mailto: &'a str,
    /// Where this person can unsubscribe from the issue's series only; absent: the issue has no series.
    pub unsubscribe_series: Option<&'a str>,
}

/// A value that an edition reads, with the first place that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name, with its members: `first_name`, `params.venue`.
    pub name: String,
    /// Where.
    pub place: Span,
    /// The tag there, as its author typed it.
    pub typed: String,
}

/// How the text part is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferEncoding {
    /// Plain ASCII in short lines.
    SevenBit,
    /// Quoted-printable.
    QuotedPrintable,
}

impl TransferEncoding {
    /// Its name in a header.
    pub fn name(self) -> &'static str {
        match self {
            Self::SevenBit => "7bit",
            Self::QuotedPrintable => "quoted-printable",
        }
    }
}

/// A letter's content for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedContent {
    /// The subject, on one line.
    pub subject: String,
    /// The line that mail programs show beside the subject.
    pub preheader: String,
    /// The HTML part in quoted-printable: lines of at most 76 ASCII characters with CRLF, none begins with a dot.
    pub html: String,
    /// The text part, encoded in the same way or plain.
    pub text: String,
    /// How the text part is encoded.
    pub text_encoding: TransferEncoding,
}

/// The text of a channel besides letters, before it is written in the channel's own form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedArticle {
    /// The subject, on one line.
    pub subject: String,
    /// The preheader, on one line.
    pub preheader: String,
    /// The text as plain HTML, in quoted-printable.
    pub html: String,
}

/// Why a letter cannot be rendered for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfilledValue {
    /// The cause.
    pub cause: UnfilledCause,
    /// The name of the value, if one is the cause: `first_name`.
    pub variable: Option<String>,
    /// The tag in the issue; absent if the settings use the value.
    pub place: Option<Span>,
}

/// Why a value cannot be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnfilledCause {
    /// The person lacks it.
    Missing,
    /// It is used as an address and is not one.
    NoAddress,
    /// The templates take too many steps, or write too much.
    TooMuch,
    /// It is of a kind that cannot be used like this.
    Unfit,
}

impl fmt::Display for UnfilledValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.variable.as_ref().map_or_else(|| message!("a value", "en værdi"), Message::verbatim);
        let text = match self.cause {
            UnfilledCause::Missing => message!("`{name}` is missing", "`{name}` mangler"),
            UnfilledCause::NoAddress => {
                let what = Message::fixed(BAD_ADDRESS, "ikke en hel adresse med https, mailto eller tel");
                message!("`{name}` is {what}", "`{name}` er {what}")
            }
            UnfilledCause::TooMuch => {
                message!("the template tags take too long", "skabelonens tags tager for lang tid")
            }
            UnfilledCause::Unfit if self.variable.is_none() => {
                message!("a template tag cannot be evaluated", "et tag i skabelonen kan ikke beregnes")
            }
            UnfilledCause::Unfit => message!("`{name}` cannot be used like this", "`{name}` kan ikke bruges sådan"),
        };
        text.fmt(f)
    }
}

impl std::error::Error for UnfilledValue {}

impl Edition {
    /// Its name in messages and file names: `it-chiefs.da`, `it-chiefs.da.not-suppliers`.
    pub fn id(&self) -> String {
        self.key.id()
    }

    /// Which readers it is for.
    pub fn key(&self) -> &EditionKey {
        &self.key
    }

    /// The language of its text. It differs from its readers' if the issue has no text in theirs.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The languages in which its tags greet the reader.
    pub(crate) fn greeting_langs(&self) -> impl Iterator<Item = Lang> {
        let greets = |tag: &&Tag| tag.variables.iter().any(|name| name == GREETING_NAME);
        self.tags.iter().filter(greets).map(|tag| tag.lang.unwrap_or(self.lang))
    }

    /// The language of its text, as a tag (RFC 5646): one that the program may have no words in.
    pub fn text_tag(&self) -> &str {
        &self.text_tag
    }

    /// The values that its tags read.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Its pictures, each once.
    pub fn pictures(&self) -> &[Picture] {
        &self.pictures
    }

    /// Its pictures, each with the path of the file that the issue names for it first.
    pub(crate) fn named_pictures(&self) -> impl Iterator<Item = (&Picture, &str)> {
        self.pictures.iter().zip(self.picture_paths.iter().map(String::as_str))
    }

    /// The files made from its text that are attached to each letter.
    pub fn enclosures(&self) -> &[UndatedFile] {
        &self.enclosures
    }

    /// The addresses on the web of its links and pictures, with their places; without the parameters that the settings add for
    /// statistics.
    pub fn web_links(&self) -> &[Spanned<String>] {
        &self.web_links
    }

    /// Where its readers find its pictures.
    pub fn placement(&self) -> &Placement {
        &self.placement
    }

    /// SHA-256 over everything that decides the bytes of its letters, in hexadecimal digits.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Renders the letter of one person.
    ///
    /// # Errors
    /// Where a value that is printed is missing, or cannot be used in its place.
    pub fn personalise(&self, reader: &LetterRecipient<'_>) -> Result<RenderedContent, UnfilledValue> {
        self.content(&self.values(personal(reader))?)
    }

    /// Whether a tag of the author reads a link to unsubscribe; a theme can only print them.
    pub(crate) fn has_tags_with_links(&self) -> bool {
        let names = [UNSUBSCRIBE_URL, UNSUBSCRIBE_SERIES_URL];
        // As typed: the names of a slice (`unsubscribe_url[-4:]`) are not among the variables that minijinja 3.1 finds.
        self.tags.iter().any(|tag| names.iter().any(|name| tag.typed.contains(name)))
    }

    /// Succeeds only if [`personalise`](Self::personalise) does, for an edition that could be rendered for at least one
    /// reader. It runs the same templates and discards their output except for the subject, which is the same as there.
    /// Parts without a slot are the same for all, and left out: so is the subject, if it is one.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn check(&self, reader: &LetterRecipient<'_>) -> Result<Option<String>, UnfilledValue> {
        let has_slots = |name| self.parts.get(name).is_some_and(|part| !part.slots.is_empty());
        let values = self.values(personal(reader))?;
        let subject = has_slots(SUBJECT).then(|| self.render(SUBJECT, &values)).transpose()?;
        for part in [PREHEADER, HTML, TEXT].into_iter().filter(|name| has_slots(name)) {
            self.write_part(part, &values, BoundedLength::new(LIMIT))?;
        }
        Ok(subject.map(|subject| one_line(&subject)))
    }

    /// Renders the edition without any person's values.
    ///
    /// # Errors
    /// Where such values are printed; each is reported once.
    pub fn impersonal(&self) -> Result<RenderedContent, Vec<UnfilledValue>> {
        self.without_person(|values| self.content(values))
    }

    /// Renders the text of a channel besides letters as plain HTML, without any person's values; empty for an edition of letters.
    ///
    /// # Errors
    /// Where such values are printed; each is reported once.
    pub fn article(&self) -> Result<RenderedArticle, Vec<UnfilledValue>> {
        self.without_person(|values| {
            let phrase = |part| self.render(part, values).map(|text| one_line(&text));
            let html = if self.parts.contains_key(ARTICLE) { self.render(ARTICLE, values)? } else { String::new() };
            Ok(RenderedArticle { subject: phrase(SUBJECT)?, preheader: phrase(PREHEADER)?, html })
        })
    }

    /// Renders something without any person's values.
    fn without_person<T>(&self, render: impl Fn(&Value) -> Result<T, UnfilledValue>) -> Result<T, Vec<UnfilledValue>> {
        let mut stand_ins: BTreeMap<String, Value> = BTreeMap::new();
        let mut lacking = Vec::new();
        loop {
            match self
                .values(LetterValues::new(FieldValues::StandIns(stand_ins.clone())))
                .and_then(|values| render(&values))
            {
                Ok(content) if lacking.is_empty() => return Ok(content),
                Ok(_) => return Err(lacking),
                Err(unfilled) => {
                    let missing = unfilled.variable.clone().filter(|_| unfilled.cause == UnfilledCause::Missing);
                    lacking.push(unfilled);
                    // Rendering stops at the first missing value. With a substitute for it, the next round gets
                    // further, and finds the next one.
                    let further = missing.filter(|name| !name.contains('.') && !stand_ins.contains_key(name));
                    let Some(name) = further else { return Err(lacking) };
                    stand_ins.insert(name, Value::from(STAND_IN));
                }
            }
        }
    }

    pub(super) fn content(&self, values: &Value) -> Result<RenderedContent, UnfilledValue> {
        let subject = one_line(&self.render(SUBJECT, values)?);
        let preheader = self.render(PREHEADER, values)?;
        let html = self.render(HTML, values)?;
        let (text, text_encoding) = self.text(&self.render(TEXT, values)?);
        Ok(RenderedContent { subject, preheader, html, text, text_encoding })
    }

    /// The lines of a filled text part, encoded.
    pub(super) fn text(&self, filled: &str) -> (String, TransferEncoding) {
        let lines = layout::lay_out(filled, self.text_form);
        match self.text_form {
            LineEncoding::Plain if layout::is_plain(&lines) => {
                (lines.replace('\n', "\r\n"), TransferEncoding::SevenBit)
            }
            LineEncoding::Plain => (transfer_encoding::encode(&lines), TransferEncoding::QuotedPrintable),
            LineEncoding::Encoded => (lines, TransferEncoding::QuotedPrintable),
        }
    }

    /// Both parts with the text of all branches of their conditions, that of each loop once, and blanks in the place of
    /// values. No reader gets this text as a whole, but each of its words is in some reader's letter.
    pub(crate) fn all_branches(&self) -> RenderedContent {
        let part = |name, blank: &str| self.parts.get(name).map(|part| part.all_branches(blank)).unwrap_or_default();
        let (text, text_encoding) = self.text(&part(TEXT, " "));
        RenderedContent {
            subject: part(SUBJECT, " "),
            preheader: part(PREHEADER, " "),
            html: part(HTML, &transfer_encoding::encode(" ")),
            text,
            text_encoding,
        }
    }

    /// The HTML part alone, as [`personalise`](Self::personalise) renders it.
    ///
    /// # Errors
    /// As there.
    pub fn html(&self, reader: &LetterRecipient<'_>) -> Result<String, UnfilledValue> {
        self.render(HTML, &self.values(personal(reader))?)
    }

    /// What the templates read: a person's values, those of the edition, and the greeting.
    pub(super) fn values(&self, mut values: LetterValues) -> Result<Value, UnfilledValue> {
        values.add("lang", self.key.lang.tag());
        values.add("audience", self.key.audience.as_str());
        values.add("params", self.params.clone());
        if self.variables.iter().any(|variable| variable.name == GREETING_NAME) {
            let plain = values.clone();
            for EditionGreeting { names, reads } in &self.greetings {
                let known = reads.iter().all(|name| plain.get(name).is_some());
                let template = if known { names.with_name } else { names.without_name };
                values.add(names.variable, self.render(template, &Value::from_object(plain.clone()))?);
            }
        }
        Ok(Value::from_object(values))
    }

    /// Renders a part.
    pub(super) fn render(&self, part: &'static str, values: &Value) -> Result<String, UnfilledValue> {
        let mut written = Vec::with_capacity(self.expected_size(part));
        self.render_to(part, values, &mut written)?;
        // minijinja writes whole `&str`s, so that nothing is ever replaced here.
        Ok(String::from_utf8(written).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// Renders a part at the end of a buffer.
    pub(super) fn render_to(&self, part: &'static str, values: &Value, out: &mut Vec<u8>) -> Result<(), UnfilledValue> {
        self.write_part(part, values, BoundedWriter::new(out, LIMIT))
    }

    /// Renders a part into a writer.
    fn write_part(&self, part: &str, values: &Value, out: impl io::Write) -> Result<(), UnfilledValue> {
        let template = self.engine.get_template(part);
        let rendered = template.and_then(|template| template.render_captured_to(values.clone(), out).map(drop));
        rendered.map_err(|error| self.unfilled(part, values, &error))
    }

    /// About how many octets a part has once it is rendered.
    pub(super) fn expected_size(&self, part: &str) -> usize {
        // Values make a part a little longer than its template; a wrong estimate only costs a reallocation.
        self.parts.get(part).map_or(0, |part| part.template.len() + part.template.len() / 8)
    }

    fn unfilled(&self, part: &str, values: &Value, error: &Error) -> UnfilledValue {
        let tag = self.parts.get(part).and_then(|part| part.tag_at(error)).and_then(|number| self.tags.get(number));
        let cause = match error.kind() {
            ErrorKind::UndefinedError => UnfilledCause::Missing,
            ErrorKind::OutOfFuel | ErrorKind::WriteFailure => UnfilledCause::TooMuch,
            _ if error.detail() == Some(BAD_ADDRESS) => UnfilledCause::NoAddress,
            _ => UnfilledCause::Unfit,
        };
        let lacks = |name: &&String| cause != UnfilledCause::Missing || !holds(values, name);
        let variable = tag.and_then(|tag| tag.variables.iter().find(lacks).or(tag.variables.first())).cloned();
        UnfilledValue { cause, variable, place: tag.map(|tag| tag.place.clone()) }
    }
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Replaces a missing value while others are searched for: an address is valid wherever a value is.
const STAND_IN: &str = "https://stand-in.example/";

/// The values of one reader.
pub(super) fn personal(reader: &LetterRecipient<'_>) -> LetterValues {
    let mut values = LetterValues::new(FieldValues::Person(Arc::clone(reader.person)));
    values.add(UNSUBSCRIBE_URL, reader.unsubscribe.unwrap_or(reader.unsubscribe_mailto));
    if let Some(address) = reader.unsubscribe_series {
        values.add(UNSUBSCRIBE_SERIES_URL, address);
    }
    values
}

/// The names of the links to unsubscribe, from everything and from the issue's series.
pub(crate) const UNSUBSCRIBE_URL: &str = "unsubscribe_url";
pub(crate) const UNSUBSCRIBE_SERIES_URL: &str = "unsubscribe_series_url";

/// The names of an edition's templates.
pub(crate) const SUBJECT: &str = "subject";
pub(crate) const PREHEADER: &str = "preheader";
pub(crate) const HTML: &str = "html";
pub(crate) const TEXT: &str = "text";
pub(crate) const ARTICLE: &str = "article";

/// A greeting that the tags of an edition may print.
#[derive(Debug)]
pub(crate) struct EditionGreeting {
    pub(crate) names: &'static GreetingNames,
    /// The names that it reads: readers who lack one of them are greeted without a name.
    pub(crate) reads: Vec<String>,
}

/// Whether a name with members can be read.
fn holds(values: &Value, name: &str) -> bool {
    let mut value = values.clone();
    for member in name.split('.') {
        match value.get_attr(member) {
            Ok(inner) if !inner.is_undefined() => value = inner,
            Ok(_) | Err(_) => return false,
        }
    }
    true
}

pub(crate) type CompiledParts = BTreeMap<&'static str, CompiledTemplate>;

/// The names that an edition's tags read, except for those that they set themselves.
pub(crate) fn variables(tags: &[Tag], parts: &CompiledParts) -> Vec<Variable> {
    let used: BTreeSet<usize> = [SUBJECT, PREHEADER, HTML]
        .iter()
        .filter_map(|name| parts.get(name))
        .flat_map(|part| part.tags.iter().map(|tag| tag.1))
        .collect();
    let own: BTreeSet<&str> = tags.iter().flat_map(Tag::names_set).collect();
    let mut places: BTreeMap<&str, &Tag> = BTreeMap::new();
    for tag in used.iter().filter_map(|number| tags.get(*number)) {
        for name in tag.variables.iter().filter(|name| !own.contains(name.split('.').next().unwrap_or(name))) {
            places.entry(name).or_insert(tag);
        }
    }
    let variable =
        |(name, tag): (&str, &Tag)| Variable { name: name.into(), place: tag.place.clone(), typed: tag.typed.clone() };
    places.into_iter().map(variable).collect()
}

pub(crate) fn digest_of(
    key: &EditionKey,
    parts: &CompiledParts,
    params: &str,
    pictures: &[Picture],
    enclosures: &[UndatedFile],
) -> String {
    let (id, pictures) = (key.id(), pictures.iter().map(Picture::cid).collect::<String>());
    let texts = parts.iter().flat_map(|(name, part)| [*name, part.template.as_str()]);
    let enclosed: Vec<Digest> = enclosures.iter().map(UndatedFile::digest).collect();
    let pieces = [id.as_str()].into_iter().chain(texts).chain([params, &pictures]);
    let pieces = pieces.chain(enclosed.iter().map(Digest::as_str));
    Digest::of(pieces.map(str::as_bytes)).to_string()
}
