//! Days and times, as a language writes them.

/// How a language writes days and times. In the forms, `{day}`, `{month}`, `{short_month}`, `{year}`, `{weekday}`,
/// `{hour}` and `{minute}` are filled in, and with `last_` before them those of the last day; `{date}`, `{clock}` and
/// `{time}` are forms of their own.
#[derive(Debug)]
pub struct DateFormats {
    /// January first.
    pub months: [&'static str; 12],
    /// January first, for narrow places.
    pub short_months: [&'static str; 12],
    /// Monday first.
    pub weekdays: [&'static str; 7],
    /// A day in a sentence.
    pub date: &'static str,
    /// A day in a narrow place.
    pub short_date: &'static str,
    /// A day with its weekday.
    pub weekday_date: &'static str,
    /// The hands of a clock.
    pub clock: &'static str,
    /// A time in a sentence; ranges too, whose `{clock}` is two.
    pub time: &'static str,
    /// A day and a time.
    pub date_time: &'static str,
    /// From a day to another of the same month.
    pub days_of_a_month: &'static str,
    /// From a day to another of the same year.
    pub days_of_a_year: &'static str,
    /// From a day to one in another year.
    pub days_of_years: &'static str,
    /// What stands between days and times.
    pub connectives: Connectives,
}

/// The words, in lower case, that people write between days and times.
#[derive(Debug)]
pub struct Connectives {
    /// Between the first and the last.
    pub to: &'static [&'static str],
    /// Between two days that follow each other.
    pub and: &'static [&'static str],
    /// Before a time.
    pub clock: &'static [&'static str],
    /// Words that say nothing more.
    pub fillers: &'static [&'static str],
}
