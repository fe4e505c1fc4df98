//! Reads the XML of a feed once, from its beginning to its end, and keeps what is needed of each item.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::base::message::{Message, message};
use crate::letter::leak::html_entities;
use crate::publish::feeds::elements::{ElementName, FeedField, FeedFormat};
use crate::publish::feeds::item_text::ItemText;
use crate::publish::news::item::MOST_ITEMS;
use crate::publish::news::plain_text;

/// The deepest nesting of elements: feeds have 4 levels, and XHTML in them some more.
const MAX_DEPTH: usize = 200;

/// Why a text is not read as a feed; `at` is a byte of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FeedError {
    /// It does not begin with a tag.
    NoXml,
    /// Its first element is not that of a feed.
    OtherRoot { name: String, at: usize },
    /// A tag or a reference is wrong.
    Malformed { reason: Message, at: usize },
}

/// The content of a feed, as written in it.
#[derive(Debug, Default)]
pub(super) struct RawFeed {
    /// The name of the feed, as HTML.
    pub(super) title: String,
    /// The page that it belongs to.
    pub(super) link: Option<RawLink>,
    /// Its items, at most [`MOST_ITEMS`].
    pub(super) items: Vec<RawItem>,
    /// Whether there are more than these.
    pub(super) has_more: bool,
    /// The place where it declares entities; absent: none.
    pub(super) declares_entities: Option<usize>,
}

impl RawFeed {
    /// The prefix for ids that are unique in the feed only: the page of the feed, or else its title.
    pub(super) fn name(&self) -> String {
        self.link.as_ref().map_or_else(|| plain_text::of_html(&self.title), |link| link.written.trim().to_owned())
    }
}

/// An address, and the one that it is relative to.
#[derive(Clone, Debug)]
pub(super) struct RawLink {
    pub(super) written: String,
    /// The `xml:base` of the element; absent: it has none.
    pub(super) base: Option<String>,
}

/// An item. Its title and texts are HTML.
#[derive(Debug, Default)]
pub(super) struct RawItem {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) content: String,
    pub(super) link: Option<RawLink>,
    pub(super) published: String,
    /// Where it begins.
    pub(super) at: usize,
    updated: String,
    /// Whether its id is the address of its page (the default in RSS).
    id_is_link: bool,
}

/// A field whose text is being read.
#[derive(Debug)]
struct OpenField {
    field: FeedField,
    depth: usize,
    text: ItemText,
}

/// Reads one feed.
pub(super) struct FeedReader<'t> {
    xml: Reader<&'t [u8]>,
    text: &'t str,
    /// How many elements are open.
    depth: usize,
    /// Each `xml:base`, with the depth of its element.
    bases: Vec<(usize, String)>,
    format: Option<FeedFormat>,
    /// The prefix of the format's own elements.
    own: String,
    item: Option<OpenItem>,
    field: Option<OpenField>,
    feed: RawFeed,
}

/// An item that is being read.
#[derive(Debug)]
struct OpenItem {
    item: RawItem,
    depth: usize,
}

impl<'t> FeedReader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut xml = Reader::from_str(text);
        xml.config_mut().expand_empty_elements = true;
        Self {
            xml,
            text,
            depth: 0,
            bases: Vec::new(),
            format: None,
            own: String::new(),
            item: None,
            field: None,
            feed: RawFeed::default(),
        }
    }

    pub(super) fn read(mut self) -> Result<RawFeed, FeedError> {
        if !self.text.trim_start().starts_with('<') {
            return Err(FeedError::NoXml);
        }
        loop {
            let at = self.position();
            let event = self.xml.read_event();
            match event.map_err(|error| self.malformed(&error.to_string()))? {
                Event::Start(tag) => self.open(&tag, at)?,
                Event::End(tag) => self.close(ElementName::of(tag.name().as_ref()).local),
                Event::Text(text) => self.push(&text.xml10_content()),
                Event::CData(text) => self.push(&text.xml10_content()),
                Event::GeneralRef(reference) => self.push(&character(&reference)),
                Event::DocType(declaration) if declaration.contains('[') => self.feed.declares_entities = Some(at),
                Event::Eof => break,
                // With `expand_empty_elements`, an empty element is a start and an end.
                Event::Empty(_) | Event::DocType(_) | Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
            if self.feed.has_more {
                return Ok(self.feed);
            }
        }
        if self.format.is_none() || self.depth > 0 {
            return Err(FeedError::Malformed {
                reason: message!("it ends too early", "det slutter for tidligt"),
                at: self.text.len(),
            });
        }
        Ok(self.feed)
    }

    fn position(&self) -> usize {
        usize::try_from(self.xml.buffer_position()).unwrap_or(usize::MAX)
    }

    fn malformed(&self, reason: &str) -> FeedError {
        // `syntax error: …` and `ill-formed document: …` are removed.
        let reason = reason.split_once(": ").map_or(reason, |(_, rest)| rest);
        FeedError::Malformed {
            reason: Message::verbatim(reason),
            at: usize::try_from(self.xml.error_position()).unwrap_or(usize::MAX),
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>, at: usize) -> Result<(), FeedError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(FeedError::Malformed {
                reason: message!(
                    "more than {MAX_DEPTH} elements are inside each other",
                    "mere end {MAX_DEPTH} elementer er inde i hinanden"
                ),
                at,
            });
        }
        self.bases.extend(attribute(tag, "xml:base").map(|base| (self.depth, base)));
        let full_name = tag.name();
        let name = ElementName::of(full_name.as_ref());
        let Some(format) = self.format else {
            self.format = FeedFormat::of_root(name.local);
            // `rdf:RDF` is in another namespace than the elements of RSS in it.
            self.own = if name.local == "RDF" { String::new() } else { name.prefix.to_owned() };
            let other = || FeedError::OtherRoot { name: full_name.as_ref().to_owned(), at };
            return self.format.map(|_| ()).ok_or_else(other);
        };
        if let Some(open) = &mut self.field {
            open.text.push_tag(name.local);
            return Ok(());
        }
        if self.item.is_none() && name.prefix == self.own && format.is_item(name.local) {
            if self.feed.items.len() == MOST_ITEMS {
                self.feed.has_more = true;
                return Ok(());
            }
            // RSS 1.0 has the id of an item in an attribute.
            let id = attribute(tag, "rdf:about").unwrap_or_default();
            self.item = Some(OpenItem { item: RawItem { id, at, ..RawItem::default() }, depth: self.depth });
            return Ok(());
        }
        self.open_field(format, name, tag);
        Ok(())
    }

    /// Begins to read the text of an element that is directly in an item or describes the feed.
    fn open_field(&mut self, format: FeedFormat, name: ElementName<'_>, tag: &BytesStart<'_>) {
        // The feed's own elements are in `feed` or in `channel`.
        let parent = match (&self.item, format) {
            (Some(open), _) => open.depth,
            (None, FeedFormat::Atom) => 1,
            (None, FeedFormat::Rss) => 2,
        };
        if self.depth != parent + 1 {
            return;
        }
        if format == FeedFormat::Atom && name.prefix == self.own && name.local == "link" {
            self.take_atom_link(tag);
            return;
        }
        let Some(field) = FeedField::of(format, &self.own, name) else { return };
        if let (FeedField::Id, Some(open)) = (field, &mut self.item) {
            open.item.id_is_link =
                format == FeedFormat::Rss && attribute(tag, "isPermaLink").is_none_or(|value| value.trim() != "false");
        }
        let markup = field.markup(format, attribute(tag, "type").as_deref());
        self.field = Some(OpenField { field, depth: self.depth, text: ItemText::new(markup) });
    }

    /// Takes the first address of the page itself, and not that of the feed, of a picture or of a comment.
    fn take_atom_link(&mut self, tag: &BytesStart<'_>) {
        let is_page = attribute(tag, "rel").is_none_or(|rel| rel == "alternate" || rel.is_empty());
        let Some(written) = attribute(tag, "href").filter(|_| is_page) else { return };
        let link = RawLink { written, base: self.base() };
        let place = match &mut self.item {
            Some(open) => &mut open.item.link,
            None => &mut self.feed.link,
        };
        place.get_or_insert(link);
    }

    fn base(&self) -> Option<String> {
        self.bases.last().map(|(_, base)| base.clone())
    }

    fn push(&mut self, text: &str) {
        if let Some(open) = &mut self.field {
            open.text.push_text(text);
        }
    }

    fn close(&mut self, name: &str) {
        if let Some(open) = self.field.take_if(|open| open.depth == self.depth) {
            self.keep(open);
        } else if let Some(open) = &mut self.field {
            open.text.push_tag(&format!("/{name}"));
        } else if let Some(open) = self.item.take_if(|open| open.depth == self.depth) {
            self.feed.items.push(finished(open.item));
        }
        self.bases.retain(|(depth, _)| *depth < self.depth);
        self.depth = self.depth.saturating_sub(1);
    }

    /// Stores the text of a field; of two fields with one name, the first.
    fn keep(&mut self, open: OpenField) {
        let (text, base) = (open.text.finish(), self.base());
        let link = |text: String| RawLink { written: text.trim().to_owned(), base };
        match (&mut self.item, open.field) {
            (None, FeedField::Title) => keep_first(&mut self.feed.title, text),
            (None, FeedField::Link) if self.feed.link.is_none() => self.feed.link = Some(link(text)),
            (None, _) => {}
            (Some(open), FeedField::Link) => {
                if open.item.link.is_none() && !text.trim().is_empty() {
                    open.item.link = Some(link(text));
                }
            }
            // The id from the attribute is replaced: `guid` is more specific.
            (Some(open), FeedField::Id) => open.item.id = text,
            (Some(open), FeedField::Title) => keep_first(&mut open.item.title, text),
            (Some(open), FeedField::Summary) => keep_first(&mut open.item.summary, text),
            (Some(open), FeedField::Content) => keep_first(&mut open.item.content, text),
            (Some(open), FeedField::Published) => keep_first(&mut open.item.published, text),
            (Some(open), FeedField::Updated) => keep_first(&mut open.item.updated, text),
        }
    }
}

fn keep_first(place: &mut String, text: String) {
    if place.trim().is_empty() {
        *place = text;
    }
}

/// An item, completed from its other fields.
fn finished(mut item: RawItem) -> RawItem {
    if item.published.trim().is_empty() {
        item.published = std::mem::take(&mut item.updated);
    }
    let is_page = |id: &str| ["http://", "https://"].iter().any(|scheme| id.starts_with(scheme));
    if item.link.is_none() && item.id_is_link && is_page(item.id.trim()) {
        item.link = Some(RawLink { written: item.id.trim().to_owned(), base: None });
    }
    item
}

/// The value of an attribute. Duplicates are not checked: that takes long if an element has many.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name)?;
    Some(html_entities::decode(&found.value).into_owned())
}

/// The text of a reference. Those of HTML are known, since feeds have them although XML does not; any other name stays as it is.
fn character(reference: &BytesRef<'_>) -> String {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => character.to_string(),
        Ok(None) => html_entities::decode(&format!("&{};", &**reference)).into_owned(),
        // A number that does not mean a character, such as `&#0;`.
        Err(_) => String::new(),
    }
}
