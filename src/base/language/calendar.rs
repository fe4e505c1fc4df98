//! How a language writes dates and times, and the public holidays of its country.

/// How a language writes dates and times. Formats contain `{day}`, `{month}`, `{short_month}`, `{year}`, `{weekday}`,
/// `{hour}` and `{minute}`, with the prefix `last_` for those of a range's last day, and the other formats `{date}`,
/// `{clock}` and `{time}`.
#[derive(Debug)]
pub struct DateFormats {
    /// January first.
    pub months: [&'static str; 12],
    /// Abbreviations, January first.
    pub short_months: [&'static str; 12],
    /// Monday first.
    pub weekdays: [&'static str; 7],
    /// A date in a sentence.
    pub date: &'static str,
    /// A date where space is limited.
    pub short_date: &'static str,
    /// A date with its weekday.
    pub weekday_date: &'static str,
    /// Hours and minutes.
    pub clock: &'static str,
    /// A time in a sentence. For a range, `{clock}` is both times.
    pub time: &'static str,
    /// A date and a time.
    pub date_time: &'static str,
    /// A range of dates in one month.
    pub days_of_a_month: &'static str,
    /// A range of dates in one year.
    pub days_of_a_year: &'static str,
    /// A range of dates in different years.
    pub days_of_years: &'static str,
    /// What people write for a quarter of a year, in lower case.
    pub quarters: &'static [&'static str],
    /// The words between dates and times.
    pub connectives: Connectives,
}

/// The words that people write between dates and times, in lower case.
#[derive(Debug)]
pub struct Connectives {
    /// Between the start and the end of a range.
    pub to: &'static [&'static str],
    /// Between two successive dates.
    pub and: &'static [&'static str],
    /// Before a time.
    pub clock: &'static [&'static str],
    /// Before the number of a week.
    pub weeks: &'static [&'static str],
    /// Words that can be skipped.
    pub fillers: &'static [&'static str],
}

/// The public holidays of a country.
#[derive(Debug)]
pub struct HolidayCalendar {
    /// The country's time zone: a project in it has these holidays, whatever its language.
    pub zone: &'static str,
    /// The holidays.
    pub days: &'static [PublicHoliday],
}

/// A public holiday.
#[derive(Debug)]
pub struct PublicHoliday {
    /// Its name in the country's language.
    pub name: &'static str,
    /// When it is.
    pub day: HolidayDay,
    /// The last year that it was one; absent: it still is.
    pub last_year: Option<i16>,
}

/// The day of a public holiday.
#[derive(Clone, Copy, Debug)]
pub enum HolidayDay {
    /// The same in each year: the month and the day.
    Fixed(i8, i8),
    /// This many days after Easter Sunday.
    Easter(i32),
}
