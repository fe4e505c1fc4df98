//! The values that a theme's templates print.

use std::collections::BTreeMap;

use minijinja::Value;
use serde::Serialize;

use crate::base::language::words::LetterWords;
use crate::edition::issue_line::IssueLine;

/// What the template of a button gets: finished HTML.
#[derive(Debug, Default, Serialize)]
pub(crate) struct ButtonContext {
    pub(crate) href: String,
    pub(crate) mso_href: String,
    pub(crate) label: String,
    pub(crate) mso_label: String,
    pub(crate) width: u32,
}

/// What the template of an event gets: finished HTML.
#[derive(Debug, Serialize)]
pub(crate) struct EventContext {
    /// The day of the month, or the days of an event of several: `21–22`.
    day: String,
    month: String,
    several_days: bool,
    /// The title, and the line with time and place.
    title: &'static str,
    /// What is below them: the text, the button, and the link to the calendar.
    details: &'static str,
}

impl EventContext {
    /// The placeholder for the title in a rendered template, until the title is written.
    pub(crate) const TITLE: &str = "<!--event.title-->";
    /// The same for what is below it.
    pub(crate) const DETAILS: &str = "<!--event.details-->";

    /// An event on a day of a month.
    pub(crate) fn new(day: &str, month: &str) -> Self {
        let several_days = day.contains('–');
        Self { day: day.into(), month: month.into(), several_days, title: Self::TITLE, details: Self::DETAILS }
    }
}

/// A picture above the text.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Hero {
    pub(crate) src: String,
    pub(crate) width: u32,
    /// Its text for readers who do not see it; empty for decoration.
    pub(crate) alt: String,
    /// The text below it; may be empty.
    pub(crate) caption: String,
}

impl Hero {
    /// The same with its texts escaped for a part.
    pub(crate) fn written(&self, write: impl Fn(&str) -> String) -> Self {
        Self { alt: write(&self.alt), caption: write(&self.caption), ..self.clone() }
    }
}

/// The sender's logo.
#[derive(Clone, Debug)]
pub(crate) struct Logo {
    pub(crate) light: LogoPicture,
    /// The one for dark mode; absent: the same one.
    pub(crate) dark: Option<LogoPicture>,
    /// Whether it may need a bright background in dark mode: a picture on the web is not checked.
    pub(crate) plate: bool,
}

/// One picture of a logo.
#[derive(Clone, Debug)]
pub(crate) struct LogoPicture {
    pub(crate) src: String,
    pub(crate) width: u32,
}

/// What the template of a part gets: finished pieces, and no values of the person. Those of the page are HTML.
#[derive(Debug, Serialize)]
pub(crate) struct ThemeContext {
    /// Whether it is a page on the web and not a letter.
    pub(crate) web: bool,
    /// The language of the text.
    pub(crate) lang: String,
    /// Its direction: `ltr` or `rtl`.
    pub(crate) dir: &'static str,
    /// The side on which its lines begin: `left` or `right`.
    pub(crate) start: &'static str,
    /// The language of the subject.
    pub(crate) subject_lang: String,
    /// The language of the footer: the reader's, even if the text is in another.
    pub(crate) footer_lang: &'static str,
    /// The language of the sentence with the reason.
    pub(crate) reason_lang: &'static str,
    pub(crate) subject: String,
    /// The number and the date of the issue, which themes know as `issue` and `date`.
    pub(crate) issue: IssueLine,
    pub(crate) date: Option<String>,
    /// The name of the issue's series.
    pub(crate) series: Option<String>,
    /// The author's own values; texts are finished.
    pub(crate) params: BTreeMap<String, Value>,
    /// The subject as a heading; absent if the issue has its own.
    pub(crate) heading: Option<String>,
    pub(crate) preheader: String,
    /// A picture above the text; absent: none.
    pub(crate) hero: Option<Hero>,
    /// The sections of a long issue, for a theme that lists them.
    pub(crate) contents: Option<String>,
    /// The same, with links in letters too.
    pub(crate) linked_contents: Option<String>,
    /// The sender's logo, which themes know as `brand.logo`; absent: none.
    #[serde(skip)]
    pub(crate) logo: Option<Logo>,
    pub(crate) content: String,
    pub(crate) sender: String,
    pub(crate) reason: String,
    pub(crate) postal_address: Vec<String>,
    pub(crate) unsubscribe: String,
    pub(crate) online: Option<String>,
    /// The sender's own links.
    pub(crate) links: Vec<ThemeLink>,
    pub(crate) words: LetterWords,
}

/// A link of a part.
#[derive(Debug, Serialize)]
pub(crate) struct ThemeLink {
    pub(crate) text: String,
    pub(crate) url: String,
}
