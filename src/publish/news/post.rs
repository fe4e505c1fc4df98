//! A post of a site, or another Markdown file, as an item of news.

use std::ops::Range;

use comrak::Arena;
use comrak::nodes::{Node, NodeValue};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::floor_char_boundary;
use crate::base::source::text::Source;
use crate::base::source::yaml::node::{MappingKey, Node as YamlNode, NodeKind};
use crate::issue::manuscript::placeholders::lexer;
use crate::issue::manuscript::tree;
use crate::issue::parts::{self, IssueParts};
use crate::publish::news::item::{BAD_DATE, LONGEST_TITLE, NO_LINK, NewsId, NewsItem};
use crate::publish::news::permalink::{PostAddress, SiteAddress};
use crate::publish::news::published::publication;
use crate::publish::news::summary::{first_sentences, shortened};
use crate::publish::news::{plain_text, prose, web_address};

const UNREAD: Code = Code("NL849");

/// How much of the text of a post is read, in bytes: its summary is made of the beginning.
const READ: usize = 16 << 10;

const TITLES: [&str; 4] = ["title", "titel", "subject", "overskrift"];
const DATES: [&str; 4] = ["date", "dato", "pubDate", "published_at"];
const SUMMARIES: [&str; 7] = ["summary", "excerpt", "description", "teaser", "resume", "resumé", "manchet"];
const LINKS: [&str; 5] = ["link", "external_url", "canonical_url", "canonical", "url"];

/// A Markdown file that may be an item of news.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PostText<'t> {
    /// Its text.
    pub(crate) source: &'t Source,
    /// Its path, beginning with the address or the name of its site or folder, which is its id: `cases/skole.md`.
    pub(crate) path: &'t str,
    /// The addresses of the site that it is on.
    pub(crate) site: &'t SiteAddress,
    /// The time zone of dates that have none.
    pub(crate) zone: &'t TimeZone,
    /// The present time: a post with a later date is not published yet.
    pub(crate) now: Timestamp,
}

/// The keys above the text of a post; unknown ones are ignored.
struct PostKeys<'t> {
    source: &'t Source,
    entries: Vec<(MappingKey, YamlNode)>,
}

impl PostKeys<'_> {
    fn entry(&self, names: &[&str]) -> Option<(&MappingKey, &str)> {
        names.iter().find_map(|name| {
            let (key, node) = self.entries.iter().find(|(key, _)| key.value == *name)?;
            node.scalar().map(|text| (key, text.trim())).filter(|(_, text)| !text.is_empty())
        })
    }

    fn text(&self, names: &[&str]) -> Option<&str> {
        self.entry(names).map(|(_, text)| text)
    }

    /// One text or a list of texts.
    fn texts(&self, names: &[&str]) -> Vec<String> {
        let found = self.entries.iter().find(|(key, _)| names.contains(&key.value.as_str()));
        let Some((_, node)) = found else { return Vec::new() };
        match &node.kind {
            NodeKind::Sequence(nodes) => nodes.iter().filter_map(|node| node.scalar().map(str::to_owned)).collect(),
            NodeKind::Scalar { text, .. } => text.split_whitespace().map(str::to_owned).collect(),
            NodeKind::Null | NodeKind::Mapping(_) => Vec::new(),
        }
    }

    /// Whether it is not public.
    fn is_draft(&self) -> bool {
        self.text(&["draft"]) == Some("true") || self.text(&["published"]) == Some("false")
    }
}

impl PostText<'_> {
    /// The item; none for a draft, and for a file that cannot be read or is of a later date, which is reported.
    pub(crate) fn item(&self, diagnostics: &mut Diagnostics) -> Option<NewsItem> {
        let (keys, body) = self.parts(diagnostics)?;
        if keys.is_draft() {
            return None;
        }
        let body = beginning(&self.source.text()[body]);
        let title = self.title(&keys, &body);
        let published = match self.published(&keys, &title, diagnostics) {
            Some(moment) if moment > self.now => {
                let message = message!(
                    "`{title}` is of a day in the future, and is left out",
                    "`{title}` er fra en dag i fremtiden og udelades"
                );
                let place = keys.entry(&DATES).map_or_else(|| self.source.line(1), |(key, _)| key.place(self.source));
                let hint = message!("a site shows it from that day on", "en hjemmeside viser det fra den dag");
                diagnostics.push(Diagnostic::warning(BAD_DATE, message).at(place).hint(hint));
                return None;
            }
            published => published,
        };
        let summary = keys.text(&SUMMARIES).map(plain).filter(|text| !text.is_empty());
        let summary = first_sentences(&plain_text::without_fences(&summary.unwrap_or_else(|| paragraphs(&body))));
        let link = self.link(&keys, published, diagnostics);
        let summary = if summary == title { String::new() } else { summary };
        Some(NewsItem { id: NewsId::of(self.path), title, summary, link, published })
    }

    /// The keys and the text. A file without front matter is text.
    fn parts(&self, diagnostics: &mut Diagnostics) -> Option<(PostKeys<'_>, Range<usize>)> {
        let text = self.source.text();
        let none = PostKeys { source: self.source, entries: Vec::new() };
        if !text.starts_with("---") && !text.starts_with("+++") {
            return Some((none, 0..text.len()));
        }
        let unread = |faults: &Diagnostics| {
            let fault = faults.iter().next();
            let reason = fault
                .map_or_else(|| message!("it is never closed", "den afsluttes aldrig"), |fault| fault.message.clone());
            let place = fault.and_then(|fault| fault.place.clone()).unwrap_or_else(|| self.source.line(1));
            let message = message!(
                "this file is left out, since its front matter cannot be read: {reason}",
                "filen er udeladt, for dens front matter kan ikke læses: {reason}"
            );
            Diagnostic::warning(UNREAD, message)
                .at(place)
                .hint(message!("correct it, and run the command again", "ret det, og kør kommandoen igen"))
        };
        let mut faults = Diagnostics::new();
        let Some(IssueParts { front, body }) = parts::split(self.source, &mut faults) else {
            diagnostics.push(unread(&faults));
            return None;
        };
        match parts::tree(self.source, front) {
            Ok(YamlNode { kind: NodeKind::Mapping(entries), .. }) => Some((PostKeys { entries, ..none }, body)),
            Ok(_) => Some((none, body)),
            Err(faults) => {
                diagnostics.push(unread(&faults));
                None
            }
        }
    }

    /// The title, or else the first heading, or else the name of the file.
    fn title(&self, keys: &PostKeys<'_>, body: &str) -> String {
        let written = keys.text(&TITLES).map(plain).map(|title| plain_text::without_fences(&title));
        let written = written.filter(|title| !title.is_empty());
        let title = written
            .or_else(|| heading(body).map(|title| plain_text::without_fences(&title)))
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| {
                let name = self.name().1.replace(['-', '_'], " ");
                let mut letters = name.chars();
                letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
            });
        shortened(&title, LONGEST_TITLE)
    }

    /// The day in the name of the file, and the rest of the name without its extension. A folder with an `index.md` has the name.
    fn name(&self) -> (Option<Date>, &str) {
        let mut parts = self.path.rsplit('/');
        let file = parts.next().unwrap_or_default();
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let name = if stem == "index" { parts.next().unwrap_or(stem) } else { stem };
        let day = name.get(..10).and_then(|day| day.parse::<Date>().ok());
        let rest = day.and_then(|_| name.get(10..)).and_then(|rest| rest.strip_prefix('-'));
        (day, rest.unwrap_or(name))
    }

    fn published(&self, keys: &PostKeys<'_>, title: &str, diagnostics: &mut Diagnostics) -> Option<Timestamp> {
        let of_name = self.name().0.and_then(|day| day.to_zoned_datetime(self.zone.clone()).ok());
        let of_name = of_name.map(|midnight| midnight.timestamp());
        let Some((key, written)) = keys.entry(&DATES) else { return of_name };
        let published = publication(written, self.zone);
        if published.is_none() {
            let message = message!(
                "the date of `{title}` cannot be read: {}",
                "datoen for `{title}` kan ikke læses: {}",
                shortened(written, 60)
            );
            let hint = message!("write it like this: date: 2026-11-03", "skriv det sådan: date: 2026-11-03");
            diagnostics.push(Diagnostic::warning(BAD_DATE, message).at(key.place(keys.source)).hint(hint));
        }
        published.or(of_name)
    }

    /// The address that the post names, or else that of its page on the site.
    fn link(&self, keys: &PostKeys<'_>, published: Option<Timestamp>, diagnostics: &mut Diagnostics) -> Option<String> {
        if let Some((key, written)) = keys.entry(&LINKS) {
            let page = if written.starts_with('/') { self.site.page(written) } else { None };
            return match page.map_or_else(|| web_address::resolve(written, None), Ok) {
                Ok(address) => Some(address),
                Err(unusable) => {
                    let message = message!("this link is left out: {}", "linket udelades: {}", unusable.reason());
                    let place = key.place(keys.source);
                    let hint = message!(
                        "write a link into its card, or delete the card",
                        "skriv et link i kortet, eller slet kortet"
                    );
                    diagnostics.push(Diagnostic::warning(NO_LINK, message).at(place).hint(hint));
                    None
                }
            };
        }
        let (day, name) = self.name();
        let day = published.map(|moment| moment.to_zoned_datetime(self.zone.clone()).date()).or(day)?;
        let categories = keys.texts(&["categories", "category"]);
        let name = keys.text(&["slug"]).unwrap_or(name);
        self.site.post(&PostAddress { day, name, categories: &categories, permalink: keys.text(&["permalink"]) })
    }
}

/// The beginning of the text of a post: its excerpt, without the tags of Liquid and the attributes of kramdown.
fn beginning(body: &str) -> String {
    let body = body.split("<!--more-->").next().unwrap_or(body);
    let body = &body[..floor_char_boundary(body, READ)];
    let text = lexer::without_tags(body, ' ');
    text.lines()
        .filter(|line| !line.trim_start().starts_with("{:"))
        .fold(String::new(), |text, line| text + line + "\n")
}

/// The plain text of a value that may have some Markdown or HTML in it.
fn plain(written: &str) -> String {
    let text = paragraphs(&lexer::without_tags(written, ' '));
    // Everything that is not a paragraph, such as a title that begins with `#`.
    if text.is_empty() { plain_text::of_html(written) } else { text }
}

/// The first heading of a text.
fn heading(body: &str) -> Option<String> {
    let arena = Arena::new();
    let root = tree::markdown(&arena, body);
    let mut headings = root.children().filter(|node| matches!(node.data().value, NodeValue::Heading(_)));
    headings.next().map(|heading| plain_text::one_line(&tree::plain(heading))).filter(|words| !words.is_empty())
}

/// The words of the paragraphs of a text, and of its HTML.
fn paragraphs(body: &str) -> String {
    let arena = Arena::new();
    let mut text = String::new();
    for node in tree::markdown(&arena, body).children() {
        let words = match &node.data().value {
            NodeValue::Paragraph => words(node),
            NodeValue::HtmlBlock(html) => prose::of_html(&html.literal),
            _ => continue,
        };
        text.push_str(&words);
        text.push(' ');
    }
    plain_text::one_line(&text)
}

/// The words of a paragraph. The texts of pictures are left out.
fn words(paragraph: Node<'_>) -> String {
    let is_picture = |node: &Node<'_>| matches!(node.data().value, NodeValue::Image(_));
    let pictures: Vec<Node<'_>> = paragraph.descendants().filter(is_picture).collect();
    for picture in pictures {
        picture.detach();
    }
    tree::plain(paragraph)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::source::yaml;

    fn read(path: &str, text: &str) -> (Option<NewsItem>, Vec<String>) {
        let source = Source::new(format!("site/{path}"), text);
        let site = yaml::parse(&Source::new("_config.yml", "url: https://a.example\n")).unwrap();
        let (site, zone) = (SiteAddress::of_config(&site), TimeZone::UTC);
        let now = "2026-11-29T12:00:00Z".parse().unwrap();
        let mut diagnostics = Diagnostics::new();
        let item = PostText { source: &source, path, site: &site, zone: &zone, now }.item(&mut diagnostics);
        (item, diagnostics.iter().map(|problem| format!("{} {}", problem.code.0, problem.message)).collect())
    }

    fn line(path: &str, text: &str) -> String {
        let (item, problems) = read(path, text);
        let item = item.map_or_else(String::new, |item| {
            let published = item.published.map_or_else(|| "?".to_owned(), |moment| moment.to_string());
            format!("{} | {} | {} | {published}", item.title, item.summary, item.link.unwrap_or_default())
        });
        item + &problems.join("\n")
    }

    #[test]
    fn a_post_is_read_as_the_site_shows_it() {
        let post = "---\ntitle: \"Nyt: **fed** & god\"\ncategories: [Nyt]\nlayout: post\nukendt: {a: 1}\n---\n# Overskrift\n\n\
                    ![Foto](a.png)\n\nFørste [afsnit]({{ site.url }}/x) med {% include x %}tekst.\n{: .lead}\n\n<!--more-->\n\nResten.\n";
        let expected = "Nyt: fed & god | Første afsnit med tekst. | https://a.example/nyt/2026/11/03/hej.html | 2026-11-03T00:00:00Z";
        assert_eq!(line("_posts/2026-11-03-hej.md", post), expected);
        let toml = "+++\ntitle = 'Fra Hugo'\ndate = 2026-10-01T08:00:00Z\nsummary = 'Kort <b>sagt</b>.'\nlink = 'https://b.example/x'\n+++\nTekst.\n";
        assert_eq!(line("cases/hugo.md", toml), "Fra Hugo | Kort sagt. | https://b.example/x | 2026-10-01T08:00:00Z");
    }

    #[test]
    fn what_a_file_lacks_is_taken_from_elsewhere() {
        assert_eq!(line("cases/ny-sag.md", "Kun tekst.\n"), "Ny sag | Kun tekst. |  | ?");
        assert_eq!(
            line("cases/x/index.md", "---\ndato: 3. november 2026\n---\n## Sådan gik det\n\nGodt.\n"),
            "Sådan gik det | Godt. | https://a.example/2026/11/03/x.html | 2026-11-03T00:00:00Z"
        );
        assert_eq!(
            line("cases/html.md", "<p>Fra <b>WordPress</b></p>\n<script>x</script>\n"),
            "Html | Fra WordPress |  | ?"
        );
    }

    #[test]
    fn drafts_and_future_posts_are_not_news() {
        for draft in ["draft: true", "published: false"] {
            assert_eq!(line("cases/x.md", &format!("---\n{draft}\n---\nTekst.\n")), "");
        }
        let later = "NL842 `X` is of a day in the future, and is left out";
        assert_eq!(line("_posts/2027-01-01-x.md", "---\n---\nTekst.\n"), later);
        assert_eq!(line("cases/x.md", "---\ndate: 2027-01-01\n---\nTekst.\n"), later);
    }

    #[test]
    fn what_cannot_be_read_is_reported() {
        assert_eq!(
            line("cases/x.md", "---\ntitle: X\n"),
            "NL849 this file is left out, since its front matter cannot be read: the front matter that begins on line 1 is never closed"
        );
        assert!(line("cases/x.md", "---\ntitle: [\n---\nTekst.\n").starts_with("NL849 "));
        assert_eq!(
            line("cases/x.md", "---\ndate: snart\nlink: javascript:x\n---\nTekst.\n"),
            "X | Tekst. |  | ?NL842 the date of `X` cannot be read: snart\nNL844 this link is left out: it is not an `https:` address"
        );
    }
}
