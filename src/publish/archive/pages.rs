//! The index of an archive, and the page of each year.

use std::collections::BTreeMap;

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use crate::base::language::Lang;
use crate::base::language::words::ArchiveWords;
use crate::edition::html::escape::escape;
use crate::publish::archive::contents::{ArchiveIssue, ArchiveLogo, WebArchive};
use crate::publish::page_frame::PageFrame;
use crate::publish::written_files::ChannelFile;

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const NAME: &str = "page.html";

/// Whether a name is that of the folder of a year's page, which no issue may have.
pub fn is_year_folder(name: &str) -> bool {
    name.len() == 4 && name.bytes().all(|byte| byte.is_ascii_digit())
}

impl WebArchive {
    /// The index, and a page for each year that has issues: `2026/index.html`.
    pub fn pages(&self) -> Vec<ChannelFile> {
        let by_year = self.by_year();
        let years =
            by_year.iter().rev().map(|(year, issues)| (format!("{year}/index.html"), self.page(Some(*year), issues)));
        let all: Vec<&ArchiveIssue> = self.issues.iter().collect();
        let pages = std::iter::once(("index.html".to_owned(), self.page(None, &all))).chain(years);
        pages.map(|(name, html)| ChannelFile::new(name, html)).collect()
    }

    fn by_year(&self) -> BTreeMap<i16, Vec<&ArchiveIssue>> {
        let mut years: BTreeMap<i16, Vec<&ArchiveIssue>> = BTreeMap::new();
        for issue in &self.issues {
            years.entry(issue.published.year()).or_default().push(issue);
        }
        years
    }

    /// The index, or the page of a year.
    fn page(&self, of_year: Option<i16>, issues: &[&ArchiveIssue]) -> String {
        let words = &self.lang.language().archive;
        let depth = usize::from(of_year.is_some());
        let link = |url: &str| self.relative(depth, url);
        let heading = match of_year {
            Some(year) => words.of_year.replace("{year}", &year.to_string()),
            None => words.all.to_owned(),
        };
        let mut groups: Vec<YearGroup> = Vec::new();
        for issue in issues {
            let year = issue.published.year();
            if groups.last().is_none_or(|group| group.year != year) {
                groups.push(YearGroup { year, issues: Vec::new() });
            }
            if let Some(group) = groups.last_mut() {
                group.issues.push(IssueValues::of(issue, self.lang, &link));
            }
        }
        let years = self.by_year();
        let years = years.keys().rev().map(|year| YearLink {
            year: *year,
            url: link(&format!("{}{year}/", self.url)),
            is_current: of_year == Some(*year),
        });
        let page = ArchivePage {
            lang: self.lang,
            words,
            name: &self.name,
            heading: &heading,
            is_year: of_year.is_some(),
            canonical: of_year.map_or_else(|| self.url.clone(), |year| format!("{}{year}/", self.url)),
            index: link(&self.url),
            feed: link(&format!("{}{}", self.url, PageFrame::FEED)),
            logo: self.logo.as_ref().map(|logo| ArchiveLogo {
                file: beside_index(depth, &logo.file),
                dark: logo.dark.as_ref().map(|file| beside_index(depth, file)),
                width: logo.width,
            }),
            accessibility: self.accessibility.as_deref(),
            years: years.collect(),
            groups,
            style: self.look.fill("page.css", STYLE),
        };
        let mut engine = Environment::new();
        // Its own escaping writes each `/` of an address as `&#x2f;`.
        engine.set_formatter(|out, _, value| {
            let text = value.to_string();
            out.write_str(&if value.is_safe() { text } else { escape(&text) }).map_err(minijinja::Error::from)
        });
        // The template is built in, and the tests render it.
        _ = engine.add_template(NAME, TEMPLATE);
        engine.get_template(NAME).and_then(|template| template.render(Serde(page))).unwrap_or_default()
    }

    /// An address below the archive, relative to a page that is this deep in it: then a copy of the folder works anywhere.
    fn relative(&self, depth: usize, url: &str) -> String {
        match url.strip_prefix(&self.url) {
            Some("") if depth == 0 => "./".to_owned(),
            Some(below) => format!("{}{below}", "../".repeat(depth)),
            None => url.to_owned(),
        }
    }
}

/// A file of the archive's folder, or a whole address, for a page that is this deep in it.
fn beside_index(depth: usize, file: &str) -> String {
    if file.contains("://") { file.to_owned() } else { format!("{}{file}", "../".repeat(depth)) }
}

/// What the template needs.
#[derive(Serialize)]
struct ArchivePage<'a> {
    lang: Lang,
    words: &'a ArchiveWords,
    name: &'a str,
    heading: &'a str,
    is_year: bool,
    canonical: String,
    index: String,
    feed: String,
    logo: Option<ArchiveLogo>,
    accessibility: Option<&'a str>,
    years: Vec<YearLink>,
    groups: Vec<YearGroup>,
    style: String,
}

/// The link to the page of a year.
#[derive(Serialize)]
struct YearLink {
    year: i16,
    url: String,
    is_current: bool,
}

/// The issues of a year.
#[derive(Serialize)]
struct YearGroup {
    year: i16,
    issues: Vec<IssueValues>,
}

/// An issue, as the template prints it.
#[derive(Serialize)]
struct IssueValues {
    url: String,
    title: String,
    description: String,
    /// The language of the title; absent: that of the page.
    lang: Option<Lang>,
    day: String,
    date: String,
    number: Option<String>,
    series: Option<String>,
    languages: Vec<LanguageValues>,
    thumbnail: Option<ThumbnailValues>,
}

/// The link to an issue in another language.
#[derive(Serialize)]
struct LanguageValues {
    lang: Lang,
    name: String,
    url: String,
}

/// A small picture at the size that it is shown in.
#[derive(Serialize)]
struct ThumbnailValues {
    url: String,
    width: u32,
    height: u32,
}

impl IssueValues {
    fn of(issue: &ArchiveIssue, page: Lang, link: &impl Fn(&str) -> String) -> Self {
        let day = issue.published.date();
        let languages = issue.other_languages.iter().map(|other| LanguageValues {
            lang: other.lang,
            name: other.lang.title(),
            url: link(&other.url),
        });
        Self {
            url: link(&issue.url),
            title: issue.title.clone(),
            description: issue.description.clone(),
            lang: Some(issue.lang).filter(|lang| *lang != page),
            day: day.to_string(),
            date: page.date_alone(day),
            number: issue.number.as_ref().map(|number| page.words().number.replace("{number}", number)),
            series: issue.series.clone(),
            languages: languages.collect(),
            thumbnail: issue.thumbnail.as_ref().map(|picture| ThumbnailValues {
                url: link(&picture.url),
                width: picture.width / 2,
                height: picture.height / 2,
            }),
        }
    }
}
