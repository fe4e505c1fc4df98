//! One item of news, whatever it was read from.

use std::fmt;

use jiff::Timestamp;

use crate::base::digest::Digest;
use crate::base::source::diagnostic::Code;
use crate::publish::news::plain_text;

/// The date of an item cannot be used.
pub(crate) const BAD_DATE: Code = Code("NL842");
/// The link of an item cannot be used.
pub(crate) const NO_LINK: Code = Code("NL844");
/// More items than are read.
pub(crate) const TOO_MANY: Code = Code("NL846");

/// How many items of a feed or a folder are read at most: a feed has 10 to 100.
pub(crate) const MOST_ITEMS: usize = 500;
/// The longest title, in characters.
pub(crate) const LONGEST_TITLE: usize = 150;
/// The longest id that is kept as it is, in bytes; a longer one is kept as its digest.
const LONGEST_ID: usize = 200;

/// The id by which an issue records an item that it used: two items with one id are the same item.
///
/// It is one line of at most 200 visible bytes, so that it can be written into the front matter of an issue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NewsId(String);

impl NewsId {
    /// The id that the author of a feed gave to an item. An id that is not an address is unique in its feed only, so
    /// `feed`, the name of the feed, becomes a part of it.
    pub(crate) fn of_feed(feed: &str, id: &str) -> Self {
        let is_address = id.split_once(':').is_some_and(|(scheme, _)| {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.chars().all(|sign| sign.is_ascii_alphanumeric() || "+-.".contains(sign))
        });
        if is_address { Self::of(id) } else { Self::of(&format!("{feed} {id}")) }
    }

    /// The id of a text that is unique by itself: an address, or the path of a post.
    pub(crate) fn of(text: &str) -> Self {
        let line = plain_text::one_line(text);
        // Two ids may differ in invisible characters only.
        let is_kept = line == text.trim() && line.len() <= LONGEST_ID;
        if is_kept { Self(line) } else { Self::of_content(&[text]) }
    }

    /// The id of an item without an id and an address, made from its content.
    pub(crate) fn of_content(pieces: &[&str]) -> Self {
        let digest = Digest::of(pieces.iter().map(|piece| piece.as_bytes()));
        Self(format!("sha256:{digest}"))
    }

    /// The id.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NewsId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One item of news. Its texts are plain: no markup, no invisible characters, one line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewsItem {
    /// Its id.
    pub(crate) id: NewsId,
    /// Its title, which is not empty.
    pub(crate) title: String,
    /// The first sentences of its text; empty if they only repeat its title.
    pub(crate) summary: String,
    /// The page with the whole text, an `http:` or `https:` address; absent: none that can be used.
    pub(crate) link: Option<String>,
    /// When it was published; absent: missing or unreadable.
    pub(crate) published: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_is_not_an_address_belongs_to_its_feed() {
        for (id, expected) in [
            ("https://forening.example/nyt/1", "https://forening.example/nyt/1"),
            ("tag:forening.example,2026:1", "tag:forening.example,2026:1"),
            ("urn:uuid:1225c695", "urn:uuid:1225c695"),
            ("42", "https://forening.example/ 42"),
            (": 42", "https://forening.example/ : 42"),
        ] {
            assert_eq!(NewsId::of_feed("https://forening.example/", id).as_str(), expected);
        }
    }

    #[test]
    fn an_id_is_one_visible_line() {
        for id in ["a\u{202e}b", "a\nb", &"x".repeat(201)] {
            assert!(NewsId::of(id).as_str().starts_with("sha256:"), "{id}");
            assert_ne!(NewsId::of(id), NewsId::of("ab"));
        }
        assert_eq!(NewsId::of(" _posts/2026-11-03-nyt.md ").as_str(), "_posts/2026-11-03-nyt.md");
    }
}
