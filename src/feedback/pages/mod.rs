//! The web pages where readers unsubscribe: one with a button, and one that says what was done.
//!
//! A page does not depend on the reader: it has no script, no cookie and nothing from another server, and is the same
//! for every token.

pub mod sender;
#[cfg(test)]
mod tests;

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use crate::base::language::Lang;
use crate::base::language::words::LeaveWords;
use crate::feedback::pages::sender::{PageBrand, PageSender};
use crate::issue::series::SeriesId;
use crate::people::person::Address;

const TEMPLATE: &str = concat!(include_str!("../../edition/html/page_head.html"), include_str!("page.html"));
const NAME: &str = "page.html";

/// What pages are made from.
#[derive(Debug)]
pub struct UnsubscribePages {
    engine: Environment<'static>,
    newsletter: PageSender,
    series: Vec<(SeriesId, PageSender)>,
    contact: Address,
    marker: String,
}

/// What the pages of a project show.
#[derive(Clone, Debug)]
pub struct PageOptions {
    /// The newsletter.
    pub newsletter: PageBrand,
    /// Its series.
    pub series: Vec<(SeriesId, PageBrand)>,
    /// The address that readers can write to.
    pub contact: Address,
    /// The text by which `check` recognises the project's page; it is public.
    pub marker: String,
}

/// A page in HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsubscribePage {
    /// Its language.
    pub lang: Lang,
    /// Its text.
    pub html: String,
    /// Its Content-Security-Policy, for the header of that name.
    pub policy: String,
}

/// What a reader has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftNewsletters {
    /// All of them.
    Everything,
    /// These series; none: the reader has kept all of them.
    Series(Vec<SeriesId>),
    /// What the link is for. The page does not know it, since its host only keeps an access log.
    OfLink,
    /// Nothing, since the link is that of a test.
    Test,
}

/// Which of the pages it is.
#[derive(Clone, Copy)]
enum PageKind<'a> {
    /// With the button, and with a choice of these series.
    Button(&'a [(SeriesId, PageSender)]),
    Left(&'a LeftNewsletters),
    NotRecorded,
    BrokenLink,
}

impl UnsubscribePages {
    /// Reads the template and derives the styles.
    pub fn new(options: &PageOptions) -> Self {
        let mut engine = Environment::new();
        // The template is built in, and the tests render it.
        _ = engine.add_template(NAME, TEMPLATE);
        let series = options.series.iter().map(|(id, brand)| (id.clone(), PageSender::new(brand)));
        Self {
            engine,
            newsletter: PageSender::new(&options.newsletter),
            series: series.collect(),
            contact: options.contact.clone(),
            marker: options.marker.clone(),
        }
    }

    /// The page with the button, for a link that leaves a series, or everything.
    pub fn button(&self, lang: Lang, series: Option<&SeriesId>) -> UnsubscribePage {
        self.page(lang, series, PageKind::Button(&self.series))
    }

    /// The page with the button on a host that only keeps an access log: there is nothing to choose, since the log has
    /// the address of a request and not its form.
    pub fn static_button(&self, lang: Lang) -> UnsubscribePage {
        self.page(lang, None, PageKind::Button(&[]))
    }

    /// The page that says what was done, for a link that leaves a series, or everything.
    pub fn left(&self, lang: Lang, series: Option<&SeriesId>, left: &LeftNewsletters) -> UnsubscribePage {
        self.page(lang, series, PageKind::Left(left))
    }

    /// The page where the request could not be recorded.
    pub fn not_recorded(&self, lang: Lang) -> UnsubscribePage {
        self.page(lang, None, PageKind::NotRecorded)
    }

    /// The page of a link without a valid token.
    pub fn broken_link(&self, lang: Lang) -> UnsubscribePage {
        self.page(lang, None, PageKind::BrokenLink)
    }

    /// The series, in the order of the pages.
    pub fn series(&self) -> impl Iterator<Item = &SeriesId> {
        self.series.iter().map(|(id, _)| id)
    }

    fn sender(&self, series: Option<&SeriesId>) -> Option<&PageSender> {
        let (_, sender) = self.series.iter().find(|(id, _)| Some(id) == series)?;
        Some(sender)
    }

    fn page(&self, lang: Lang, series: Option<&SeriesId>, kind: PageKind<'_>) -> UnsubscribePage {
        let words = &lang.language().leave;
        let own = self.sender(series);
        let sender = own.unwrap_or(&self.newsletter);
        let form = match kind {
            PageKind::Button(series) => Some(PageForm::new(words, own, series)),
            PageKind::Left(_) | PageKind::NotRecorded | PageKind::BrokenLink => None,
        };
        let context = PageValues {
            lang,
            marker: &self.marker,
            sender,
            publisher: own.map(|_| self.newsletter.name.as_str()),
            words,
            contact: self.contact.as_str(),
            heading: match kind {
                PageKind::Button(_) => words.heading.replace("{name}", &sender.name),
                PageKind::Left(_) => words.done.to_owned(),
                PageKind::NotRecorded => words.failed.to_owned(),
                PageKind::BrokenLink => words.broken.to_owned(),
            },
            paragraphs: match &form {
                Some(form) if form.choices => Vec::new(),
                Some(_) | None => self.paragraphs(words, kind),
            },
            form,
        };
        let template = self.engine.get_template(NAME);
        let html = template.and_then(|template| template.render(Serde(context))).unwrap_or_default();
        UnsubscribePage { lang, html, policy: sender.policy.clone() }
    }

    fn paragraphs(&self, words: &LeaveWords, kind: PageKind<'_>) -> Vec<PageParagraph> {
        let texts = match kind {
            PageKind::Button(_) => vec![words.press.to_owned()],
            PageKind::Left(left) => {
                let end = [words.on_its_way, words.undo].map(str::to_owned);
                match left {
                    LeftNewsletters::Test => vec![words.test.to_owned()],
                    LeftNewsletters::OfLink => [words.received.to_owned()].into_iter().chain(end).collect(),
                    LeftNewsletters::Everything => [words.left_everything.to_owned()].into_iter().chain(end).collect(),
                    LeftNewsletters::Series(left) if left.is_empty() => vec![words.left_nothing.to_owned()],
                    LeftNewsletters::Series(left) => [self.left_series(words, left)].into_iter().chain(end).collect(),
                }
            }
            PageKind::NotRecorded => vec![words.try_again.to_owned()],
            PageKind::BrokenLink => vec![words.write_to_us.to_owned()],
        };
        texts.into_iter().map(PageParagraph::new).collect()
    }

    /// The sentence that names the series. A series that the settings no longer have is unsubscribed from as well, but
    /// has no name: then only the request is confirmed.
    fn left_series(&self, words: &LeaveWords, left: &[SeriesId]) -> String {
        let names: Option<Vec<&str>> =
            left.iter().map(|id| self.sender(Some(id)).map(|sender| sender.name.as_str())).collect();
        match names.as_deref() {
            Some([others @ .., last]) if !others.is_empty() => {
                words.left.replace("{name}", &format!("{} {} {last}", others.join(", "), words.and))
            }
            Some([one]) => words.left.replace("{name}", one),
            _ => words.received.to_owned(),
        }
    }
}

/// What the template needs.
#[derive(Serialize)]
struct PageValues<'a> {
    lang: Lang,
    marker: &'a str,
    sender: &'a PageSender,
    /// The newsletter that a series belongs to.
    publisher: Option<&'a str>,
    words: &'a LeaveWords,
    contact: &'a str,
    heading: String,
    paragraphs: Vec<PageParagraph>,
    form: Option<PageForm<'a>>,
}

/// A paragraph, in two parts if the address to write to is between them.
#[derive(Serialize)]
struct PageParagraph {
    before: String,
    after: Option<String>,
}

impl PageParagraph {
    fn new(text: String) -> Self {
        match text.split_once("{address}") {
            Some((before, after)) => Self { before: before.to_owned(), after: Some(after.to_owned()) },
            None => Self { before: text, after: None },
        }
    }
}

/// The button and what can be chosen before it is pressed.
#[derive(Serialize)]
struct PageForm<'a> {
    choices: bool,
    one_series: Option<String>,
    keep: Vec<KeptSeries<'a>>,
}

/// A series that can be kept.
#[derive(Serialize)]
struct KeptSeries<'a> {
    id: &'a str,
    name: &'a str,
}

impl<'a> PageForm<'a> {
    fn new(words: &LeaveWords, own: Option<&PageSender>, series: &'a [(SeriesId, PageSender)]) -> Self {
        // With only one series, there is no other one to keep.
        let keep = if series.len() > 1 { series } else { &[] };
        let keep: Vec<_> = keep.iter().map(|(id, sender)| KeptSeries { id: id.as_str(), name: &sender.name }).collect();
        let one_series = own.map(|sender| words.one_series.replace("{name}", &sender.name));
        Self { choices: one_series.is_some() || !keep.is_empty(), one_series, keep }
    }
}
