//! Feeds: Atom (RFC 4287), RSS 2.0 and RSS 1.0, read into items of news.
//!
//! A feed is written by others and often by hand: the program reads as much as possible and reports what it leaves out.
//! Entities that a feed declares are not expanded, so that they cannot fill the memory.

pub(crate) mod decode;
mod elements;
mod excerpt;
mod item_text;
mod reader;
#[cfg(test)]
mod tests;
mod web_page;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::{Span, floor_char_boundary};
use crate::base::source::text::Source;
use crate::publish::feeds::reader::{FeedError, FeedReader, RawFeed, RawItem};
use crate::publish::news::item::{BAD_DATE, LONGEST_TITLE, MOST_ITEMS, NO_LINK, NewsId, NewsItem, TOO_MANY};
use crate::publish::news::published::publication;
use crate::publish::news::summary::{first_sentences, shortened};
use crate::publish::news::{plain_text, web_address};

const NOT_A_FEED: Code = Code("NL840");
const MALFORMED: Code = Code("NL841");
const SAME_ID: Code = Code("NL843");
const NO_WORDS: Code = Code("NL845");
const ENTITIES: Code = Code("NL847");

/// The longest title that is made of the text of an item without one, in characters.
const LONGEST_MADE_TITLE: usize = 80;
/// How many problems of one kind are reported one by one.
const MOST_REPORTED: usize = 20;
/// The longest line of a feed that messages quote, in bytes. Many feeds are one line.
const LONGEST_QUOTED: usize = 200;

/// A feed to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FeedText<'t> {
    /// Its text, under the name that messages use for it.
    pub(crate) source: &'t Source,
    /// Its own address, to which its links are relative; absent: it was read from a file.
    pub(crate) address: Option<&'t str>,
    /// The time zone of dates that have none.
    pub(crate) zone: &'t TimeZone,
    /// The present time: an item with a later date has a wrong date.
    pub(crate) now: Timestamp,
}

impl FeedText<'_> {
    /// The items in the order of the feed; absent if it is not a feed, or not well-formed. All problems are reported.
    pub(crate) fn items(&self, diagnostics: &mut Diagnostics) -> Option<Vec<NewsItem>> {
        let text = self.source.text();
        if web_page::is_one(text) {
            diagnostics.push(self.web_page());
            return None;
        }
        let feed = match FeedReader::new(text).read() {
            Ok(feed) => feed,
            Err(error) => {
                diagnostics.push(self.unread(&error));
                return None;
            }
        };
        if let Some(at) = feed.declares_entities {
            let diagnostic = Diagnostic::warning(
                ENTITIES,
                message!(
                    "the feed declares its own entities, which are not read",
                    "feedet erklærer egne entiteter, som ikke læses"
                ),
            );
            let hint = message!(
                "where a text has such a reference, as in `&name;`, it stays as it is",
                "hvor en tekst har en sådan henvisning, som i `&navn;`, bliver den stående"
            );
            diagnostics.push(diagnostic.at(self.place(at)).hint(hint));
        }
        if feed.has_more {
            let message = message!(
                "the feed has more than {MOST_ITEMS} items: the rest is not read",
                "feedet har over {MOST_ITEMS} indlæg: resten læses ikke"
            );
            diagnostics.push(Diagnostic::warning(TOO_MANY, message).at(self.source.line(1)));
        }
        Some(ItemReader { text: self, feed: &feed, diagnostics, reported: BTreeMap::new() }.items())
    }

    fn web_page(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(
            NOT_A_FEED,
            message!("this is a web page, not a feed", "det er en webside, ikke et feed"),
        )
        .at(self.place(0));
        match web_page::feed_of(self.source.text(), self.address) {
            Some(feed) => diagnostic.hint(message!("its feed may be {feed}", "dens feed kan være {feed}")),
            None => diagnostic.hint(message!(
                "look for a link named RSS, Atom or feed on the page, and use its address",
                "find et link på siden, der hedder RSS, Atom eller feed, og brug dets adresse"
            )),
        }
    }

    fn unread(&self, error: &FeedError) -> Diagnostic {
        match error {
            // Its first line may be anything, even a secret.
            FeedError::NoXml => Diagnostic::error(
                NOT_A_FEED,
                message!(
                    "{} is not a feed: it does not begin with `<`",
                    "{} er ikke et feed: det begynder ikke med `<`",
                    self.source.path()
                ),
            )
            .hint(message!(
                "a feed is XML in Atom, RSS 2.0 or RSS 1.0",
                "et feed er XML i Atom, RSS 2.0 eller RSS 1.0"
            )),
            FeedError::OtherRoot { name, at } => {
                let message = message!(
                    "this is not a feed: its first element is `{}`",
                    "det er ikke et feed: det første element er `{}`",
                    shortened(name, 40)
                );
                let hint = message!(
                    "that of a feed is `feed` (Atom), `rss` or `rdf:RDF`",
                    "i et feed er det `feed` (Atom), `rss` eller `rdf:RDF`"
                );
                Diagnostic::error(NOT_A_FEED, message).at(self.place(*at)).hint(hint)
            }
            FeedError::Malformed { reason, at } => Diagnostic::error(
                MALFORMED,
                message!("the feed is not well-formed XML: {reason}", "feedet er ikke gyldig XML: {reason}"),
            )
            .at(self.place(*at))
            .hint(message!(
                "its publisher can check it at https://validator.w3.org/feed/",
                "udgiveren kan kontrollere det på https://validator.w3.org/feed/"
            )),
        }
    }

    /// The place of a byte. Of a long line, only a part is quoted.
    fn place(&self, at: usize) -> Span {
        let text = self.source.text();
        let at = at.min(text.len());
        let start = text[..floor_char_boundary(text, at)].rfind('\n').map_or(0, |end| end + 1);
        let line = text[start..].lines().next().unwrap_or("");
        if line.len() <= LONGEST_QUOTED {
            return self.source.place(at..at + 1);
        }
        let number = text[..start].matches('\n').count() + 1;
        let from = floor_char_boundary(line, (at - start).saturating_sub(LONGEST_QUOTED / 2));
        let to = floor_char_boundary(line, from + LONGEST_QUOTED);
        let quoted = at - start - from;
        Span::in_line(self.source.path(), number, &line[from..to], quoted..quoted + 1)
    }
}

/// A title as messages quote it.
fn named(title: &str) -> String {
    shortened(title, 60)
}

/// Whether a title is only a version: `v2.0.0`, `2.0.0-rc.1`, `v3`.
fn is_version(title: &str) -> bool {
    let number = title.trim_start_matches(['v', 'V']);
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || ".-+_".contains(sign);
    number.starts_with(|first: char| first.is_ascii_digit())
        && (number.contains('.') || number.len() < title.len())
        && number.chars().all(is_part)
}

/// Makes items from the entries of a feed.
struct ItemReader<'r, 't, 'd> {
    text: &'r FeedText<'t>,
    feed: &'r RawFeed,
    diagnostics: &'d mut Diagnostics,
    /// How many problems of each kind there are.
    reported: BTreeMap<&'static str, usize>,
}

impl ItemReader<'_, '_, '_> {
    fn items(mut self) -> Vec<NewsItem> {
        let mut items: Vec<NewsItem> = Vec::new();
        for raw in &self.feed.items {
            let Some(item) = self.item(raw) else { continue };
            if items.iter().any(|other| other.id == item.id) {
                let message = message!(
                    "`{}` has the id of an item above it, and is left out",
                    "`{}` har samme id som et indlæg ovenover og udelades",
                    named(&item.title)
                );
                self.report(
                    SAME_ID,
                    message,
                    raw,
                    message!(
                        "two items with one id are one item in every feed reader",
                        "to indlæg med ét id er ét indlæg i alle feedlæsere"
                    ),
                );
                continue;
            }
            items.push(item);
        }
        for (code, number) in self.reported {
            if number > MOST_REPORTED {
                let message = message!(
                    "{} more items have the same problem",
                    "{} indlæg mere har samme problem",
                    number - MOST_REPORTED
                );
                self.diagnostics.push(Diagnostic::warning(Code(code), message).at(self.text.source.line(1)));
            }
        }
        items
    }

    fn report(&mut self, code: Code, message: Message, raw: &RawItem, hint: Message) {
        let number = self.reported.entry(code.0).or_default();
        *number += 1;
        if *number > MOST_REPORTED {
            return;
        }
        self.diagnostics.push(Diagnostic::warning(code, message).at(self.text.place(raw.at)).hint(hint));
    }

    fn item(&mut self, raw: &RawItem) -> Option<NewsItem> {
        let text = plain_text::without_fences(&excerpt::text(&raw.summary, &raw.content));
        let summary = first_sentences(&text);
        let written = shortened(&self.title(raw), LONGEST_TITLE);
        let title = if written.is_empty() { shortened(&text, LONGEST_MADE_TITLE) } else { written };
        if title.is_empty() {
            let message = message!(
                "an item has neither a title nor a text, and is left out",
                "et indlæg har hverken titel eller tekst og udelades"
            );
            self.report(
                NO_WORDS,
                message,
                raw,
                message!(
                    "open the feed in a browser to see what it is",
                    "åbn feedet i en browser for at se, hvad det er"
                ),
            );
            return None;
        }
        let link = self.link(raw, &title);
        let published = self.published(raw, &title);
        let id = self.id(raw, link.as_deref(), &title);
        let summary = if summary == title { String::new() } else { summary };
        Some(NewsItem { id, title, summary, link, published })
    }

    /// The title. One that is only a version needs the name of what it is a version of, which the feed has.
    fn title(&self, raw: &RawItem) -> String {
        let title = plain_text::without_fences(&plain_text::of_html(&raw.title));
        let feed = plain_text::without_fences(&plain_text::of_html(&self.feed.title));
        if is_version(&title) && !feed.is_empty() { format!("{feed}: {title}") } else { title }
    }

    fn id(&self, raw: &RawItem, link: Option<&str>, title: &str) -> NewsId {
        match (raw.id.trim(), link) {
            ("", Some(link)) => NewsId::of(link),
            ("", None) => NewsId::of_content(&[title, &raw.published]),
            (id, _) => NewsId::of_feed(&self.feed.name(), id),
        }
    }

    fn link(&mut self, raw: &RawItem, title: &str) -> Option<String> {
        let (written, base) = raw.link.as_ref().map(|link| (link.written.as_str(), link.base.as_deref()))?;
        let page = self.feed.link.as_ref().and_then(|link| web_address::resolve(&link.written, self.text.address).ok());
        let base = base.and_then(|base| web_address::resolve(base, self.text.address.or(page.as_deref())).ok());
        match web_address::resolve(written, base.as_deref().or(self.text.address).or(page.as_deref())) {
            Ok(address) => Some(web_address::without_campaign(&address)),
            Err(unusable) => {
                let message = message!(
                    "the link of `{}` is left out: {}",
                    "linket i `{}` udelades: {}",
                    named(title),
                    unusable.reason()
                );
                self.report(
                    NO_LINK,
                    message,
                    raw,
                    message!(
                        "write a link into its card, or delete the card",
                        "skriv et link i kortet, eller slet kortet"
                    ),
                );
                None
            }
        }
    }

    fn published(&mut self, raw: &RawItem, title: &str) -> Option<Timestamp> {
        let written = plain_text::one_line(&raw.published);
        if written.is_empty() {
            return None;
        }
        let published = publication(&written, self.text.zone);
        let problem = match published {
            Some(moment) if moment <= self.text.now => return published,
            Some(_) => message!("is in the future", "er i fremtiden"),
            None => message!("cannot be read", "kan ikke læses"),
        };
        let message = message!(
            "the date of `{}` {problem}: {}",
            "datoen for `{}` {problem}: {}",
            named(title),
            shortened(&written, 60)
        );
        self.report(
            BAD_DATE,
            message,
            raw,
            message!("its card is below those of items with a date", "kortet står under dem med en dato"),
        );
        None
    }
}
