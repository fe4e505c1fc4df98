//! The number and the date of an issue, as a masthead prints them: `Nr. 12 · 1. december 2026`.

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::base::language::Lang;
use crate::issue::front_matter::FrontMatter;

/// What a masthead shows of an issue, in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct IssueLine {
    /// Its number, as it is written.
    pub(crate) number: Option<String>,
    /// The month and the year of its date.
    pub(crate) month: Option<String>,
    /// Its date; absent if the issue names none, since the day of sending is not known yet.
    #[serde(skip)]
    pub(crate) date: Option<String>,
    /// Number and date in one line; absent if the issue has neither.
    pub(crate) line: Option<String>,
}

impl IssueLine {
    /// That of an issue for a language; days are those of a time zone.
    pub fn of(front: &FrontMatter, zone: &TimeZone, lang: Lang) -> Self {
        let day = front.date.or(front.send_at).map(|moment| moment.to_zoned_datetime(zone.clone()).date());
        let date = day.map(|day| lang.date_alone(day));
        let label = |number: &String| lang.words().number.replace("{number}", number);
        let parts: Vec<String> = front.number.as_ref().map(label).into_iter().chain(date.clone()).collect();
        Self {
            number: front.number.clone(),
            month: day.map(|day| lang.month(day)),
            date,
            line: (!parts.is_empty()).then(|| parts.join(" · ")),
        }
    }

    /// The line; empty if there is none.
    pub fn text(&self) -> &str {
        self.line.as_deref().unwrap_or_default()
    }

    /// The same, escaped for a part.
    pub(crate) fn written(self, write: impl Fn(&str) -> String) -> Self {
        let piece = |text: Option<String>| text.map(|text| write(&text));
        Self { number: piece(self.number), month: piece(self.month), date: piece(self.date), line: piece(self.line) }
    }
}
