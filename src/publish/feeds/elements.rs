//! The elements of a feed that are read, by their names.

use crate::publish::feeds::item_text::MarkupKind;

/// The kinds of feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FeedFormat {
    /// RFC 4287.
    Atom,
    /// RSS 2.0, with its items in `channel`; and RSS 1.0, with its items beside it.
    Rss,
}

impl FeedFormat {
    /// The format by the first element; `None` if it is not a feed.
    pub(super) fn of_root(local: &str) -> Option<Self> {
        match local {
            "feed" => Some(Self::Atom),
            "rss" | "RDF" => Some(Self::Rss),
            _ => None,
        }
    }

    /// Whether an element is an item.
    pub(super) fn is_item(self, local: &str) -> bool {
        match self {
            Self::Atom => local == "entry",
            Self::Rss => local == "item",
        }
    }
}

/// An element of a feed or of one of its items that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FeedField {
    /// The id of an item.
    Id,
    Title,
    /// The beginning of the text, or what it is about.
    Summary,
    /// The whole text.
    Content,
    /// An address as text (RSS).
    Link,
    /// When it was published.
    Published,
    /// When it was changed, or another date that counts where `Published` is missing.
    Updated,
}

/// The name of an element: what is before its colon, and what is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ElementName<'n> {
    pub(super) prefix: &'n str,
    pub(super) local: &'n str,
}

impl<'n> ElementName<'n> {
    pub(super) fn of(name: &'n str) -> Self {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        Self { prefix, local }
    }
}

impl FeedField {
    /// What an element is. `own` is the prefix of the format's own elements: those of other formats have the usual prefixes, and
    /// `media:title` or `itunes:summary` is not the title or the summary.
    pub(super) fn of(format: FeedFormat, own: &str, name: ElementName<'_>) -> Option<Self> {
        let ElementName { prefix, local } = name;
        match format {
            FeedFormat::Rss if name == ElementName::of("content:encoded") => Some(Self::Content),
            FeedFormat::Rss if name == ElementName::of("dc:date") => Some(Self::Updated),
            FeedFormat::Atom | FeedFormat::Rss if prefix != own => None,
            FeedFormat::Atom => match local {
                "id" => Some(Self::Id),
                "title" => Some(Self::Title),
                "summary" => Some(Self::Summary),
                "content" => Some(Self::Content),
                "published" => Some(Self::Published),
                "updated" => Some(Self::Updated),
                _ => None,
            },
            FeedFormat::Rss => match local {
                "guid" => Some(Self::Id),
                "title" => Some(Self::Title),
                "description" => Some(Self::Summary),
                "link" => Some(Self::Link),
                "pubDate" => Some(Self::Published),
                _ => None,
            },
        }
    }

    /// What its text is written in; `kind` is the attribute `type` of Atom.
    pub(super) fn markup(self, format: FeedFormat, kind: Option<&str>) -> MarkupKind {
        match (self, format) {
            (Self::Title | Self::Summary | Self::Content, FeedFormat::Rss) => MarkupKind::Html,
            (Self::Title | Self::Summary | Self::Content, FeedFormat::Atom) => match kind.unwrap_or("text") {
                "text" | "xhtml" | "text/plain" | "application/xhtml+xml" => MarkupKind::Plain,
                "html" | "text/html" => MarkupKind::Html,
                _ => MarkupKind::Other,
            },
            (Self::Id | Self::Link | Self::Published | Self::Updated, _) => MarkupKind::Value,
        }
    }
}
