//! A web page where a feed was expected, and the feed that it names.

use crate::edition::html::sanitise;
use crate::publish::news::{plain_text, web_address};

/// The types of feeds in `<link rel="alternate">`.
const TYPES: [&str; 3] = ["application/atom+xml", "application/rss+xml", "application/rdf+xml"];
/// How much of a page is searched, in bytes: its head.
const HEAD: usize = 64 << 10;

/// Whether a text is a page in HTML.
pub(super) fn is_one(text: &str) -> bool {
    let mut rest = text.trim_start();
    // Comments and the XML declaration may come before the doctype or `<html>`.
    loop {
        let end = if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<?") {
            "?>"
        } else {
            break;
        };
        let Some((_, behind)) = rest.split_once(end) else { return false };
        rest = behind.trim_start();
    }
    let begins = |start: &str| rest.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start));
    begins("<!doctype html") || begins("<html")
}

/// The address of the feed that a page names.
pub(super) fn feed_of(page: &str, address: Option<&str>) -> Option<String> {
    let head = page.char_indices().nth(HEAD).map_or(page, |(end, _)| &page[..end]);
    let link = sanitise::opened_tags(head).find(|tag| {
        let is = |name: &str, values: &[&str]| {
            sanitise::attribute(tag, name)
                .is_some_and(|value| values.iter().any(|known| value.eq_ignore_ascii_case(known)))
        };
        tag.get(..4).is_some_and(|name| name.eq_ignore_ascii_case("link"))
            && is("rel", &["alternate"])
            && is("type", &TYPES)
    })?;
    let written = sanitise::attribute(link, "href")?;
    Some(web_address::resolve(&written, address).unwrap_or_else(|_| plain_text::one_line(&written)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_its_feed() {
        let page = "<?xml version=\"1.0\"?><!-- x -->\n<!DOCTYPE html><html><link rel=stylesheet href=a.css>\
                    <LINK rel='alternate' type='application/rss+xml' href='/feed.xml'>";
        assert!(is_one(page));
        let address = Some("https://forening.example/nyt/");
        assert_eq!(feed_of(page, address).as_deref(), Some("https://forening.example/feed.xml"));
        assert_eq!(feed_of(page, None).as_deref(), Some("/feed.xml"));
        assert_eq!(feed_of("<html><link rel=alternate hreflang=en href=/en>", address), None);
        for feed in ["<feed>", "<?xml version='1.0'?><rss>", "<!-- aldrig lukket", "html", ""] {
            assert!(!is_one(feed), "{feed}");
        }
    }
}
