//! The parts that a web page of an issue adds to the page of the theme: metadata in its head for search engines, feed
//! readers and social media, and at its end links that a letter does not need.

use std::fmt::Write;

use jiff::ZonedDateTime;
use minijinja::{Environment, context};

use crate::base::language::Lang;
use crate::edition::colour::Colour;
use crate::edition::html::escape::escape;
use crate::edition::theme::palette::Palette;

const STYLE: &str = include_str!("page_frame.css");

/// The sender's colour and fonts, as web pages use them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLook {
    /// The colour that all others are derived from.
    pub colour: Colour,
    /// The fonts, as CSS writes them.
    pub font: String,
}

impl PageLook {
    /// A style sheet with the colours and fonts filled in.
    pub(super) fn fill(&self, name: &str, style: &str) -> String {
        let palette = Palette::of(self.colour);
        let values = context! { light => palette.light(), dark => palette.dark(), font => &self.font };
        // The templates are built in, and the tests render them.
        Environment::new().render_named_str(name, style, values).unwrap_or_default()
    }
}

/// A picture that other sites show beside a link to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPicture {
    /// Its whole address.
    pub url: String,
    /// Its width and height in pixels; absent: it is on another server, and was not measured.
    pub size: Option<PictureSize>,
    /// Its alternative text; may be empty.
    pub alt: String,
}

/// A width and a height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureSize {
    /// The width.
    pub width: u32,
    /// The height.
    pub height: u32,
}

/// The page of an issue in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguagePage {
    /// The language.
    pub lang: Lang,
    /// Its whole address.
    pub url: String,
}

/// The frame of an issue's page in one language.
#[derive(Clone, Debug)]
pub struct PageFrame {
    /// The name of the newsletter or of its series.
    pub sender: String,
    /// The subject.
    pub title: String,
    /// The preheader.
    pub description: String,
    /// The language of the page.
    pub lang: Lang,
    /// Its whole address; absent: the settings have none, and nothing can refer to it.
    pub url: Option<String>,
    /// The pages in all its languages, this one included; the first is for readers of any other language.
    pub languages: Vec<LanguagePage>,
    /// When the issue was published; absent: it was not yet.
    pub published: Option<ZonedDateTime>,
    /// The picture for other sites; absent: none.
    pub picture: Option<LinkPicture>,
    /// The address of the index of all issues; absent: none.
    pub archive: Option<String>,
    /// The address of the accessibility statement; absent: none.
    pub accessibility: Option<String>,
    /// How it looks.
    pub look: PageLook,
}

impl PageFrame {
    /// The name of the feed, beside the index of the archive.
    pub const FEED: &str = "feed.xml";

    /// A mark in the head of every exported page, by which it is recognised later.
    pub const MARK: &str = "<meta name=\"generator\" content=\"newsletter\">";

    /// Adds the frame to a page.
    pub fn around(&self, page: &str) -> String {
        let page = before(page, "</head>", &self.head(page));
        before(&page, "</body>", &self.foot())
    }

    /// The additions to the head of a page; the theme may have written the description.
    fn head(&self, page: &str) -> String {
        let mut head = format!("{}\n", Self::MARK);
        let mut property = |name: &str, value: &str| {
            _ = writeln!(head, "<meta property=\"{name}\" content=\"{}\">", escape(value));
        };
        property("og:type", "article");
        property("og:site_name", &self.sender);
        property("og:title", &self.title);
        property("og:description", &self.description);
        property("og:locale", self.lang.language().locale);
        for other in self.languages.iter().filter(|page| page.lang != self.lang) {
            property("og:locale:alternate", other.lang.language().locale);
        }
        if let Some(url) = &self.url {
            property("og:url", url);
        }
        if let Some(published) = &self.published {
            property("article:published_time", &published.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string());
        }
        if let Some(picture) = &self.picture {
            property("og:image", &picture.url);
            if let Some(size) = picture.size {
                property("og:image:width", &size.width.to_string());
                property("og:image:height", &size.height.to_string());
            }
            if !picture.alt.is_empty() {
                property("og:image:alt", &picture.alt);
            }
        }
        let card = if self.picture.is_some() { "summary_large_image" } else { "summary" };
        _ = writeln!(head, "<meta name=\"twitter:card\" content=\"{card}\">");
        if !page.contains("name=\"description\"") && !self.description.is_empty() {
            _ = writeln!(head, "<meta name=\"description\" content=\"{}\">", escape(&self.description));
        }
        head + &self.links() + &format!("<style>\n{}</style>\n", self.look.fill("page_frame.css", STYLE))
    }

    /// The links of the head: to the page itself, to the same in other languages, and to the feed.
    fn links(&self) -> String {
        let mut links = String::new();
        if let Some(url) = &self.url {
            _ = writeln!(links, "<link rel=\"canonical\" href=\"{}\">", escape(url));
        }
        if let [first, _, ..] = &self.languages[..] {
            let all = self.languages.iter().map(|page| (page.lang.tag(), page)).chain([("x-default", first)]);
            for (name, page) in all {
                let url = escape(&page.url);
                _ = writeln!(links, "<link rel=\"alternate\" hreflang=\"{name}\" href=\"{url}\">");
            }
        }
        if let Some(archive) = &self.archive {
            let (feed, sender) = (escape(&format!("{archive}{}", Self::FEED)), escape(&self.sender));
            _ = writeln!(
                links,
                "<link rel=\"alternate\" type=\"application/atom+xml\" title=\"{sender}\" href=\"{feed}\">"
            );
        }
        links
    }

    /// The end of the page; empty if it would have no link.
    fn foot(&self) -> String {
        let words = &self.lang.language().archive;
        let others = self.languages.iter().filter(|page| page.lang != self.lang).map(|page| {
            let (tag, name, url) = (page.lang.tag(), page.lang.title(), escape(&page.url));
            format!("<a href=\"{url}\" hreflang=\"{tag}\" lang=\"{tag}\">{name}</a>")
        });
        let others: Vec<String> = others.collect();
        let feed = self.archive.as_ref().map(|archive| format!("{archive}{}", Self::FEED));
        let links = [(&self.archive, words.all), (&feed, words.feed), (&self.accessibility, words.accessibility)];
        let links: Vec<String> = links
            .into_iter()
            .filter_map(|(url, text)| Some(format!("<a href=\"{}\">{}</a>", escape(url.as_ref()?), escape(text))))
            .collect();
        let mut rows = Vec::new();
        if !others.is_empty() {
            rows.push(format!("<p>{} {}</p>\n", escape(words.languages), others.join(" · ")));
        }
        if !links.is_empty() {
            rows.push(format!("<p>{}</p>\n", links.join(" · ")));
        }
        if rows.is_empty() {
            return String::new();
        }
        format!("<footer class=\"web-foot\" lang=\"{}\" dir=\"ltr\">\n{}</footer>\n", self.lang, rows.concat())
    }
}

/// Inserts a piece before the last occurrence of a tag; the page is unchanged if it lacks the tag.
fn before(page: &str, tag: &str, piece: &str) -> String {
    match page.rfind(tag) {
        Some(at) => [&page[..at], piece, &page[at..]].concat(),
        None => page.to_owned(),
    }
}
