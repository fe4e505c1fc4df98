//! Formats dates and times in a language.

use jiff::civil::{Date, DateTime, Time};

use crate::base::language::Lang;
use crate::base::language::calendar::DateFormats;
use crate::base::message::{Message, UserLanguage};

impl Lang {
    /// A date: `den 21. januar 2027`.
    pub fn date(self, date: Date) -> String {
        self.day(self.calendar().date, "", date)
    }

    /// A date where space is limited: `21. jan. 2027`.
    pub fn short_date(self, date: Date) -> String {
        self.day(self.calendar().short_date, "", date)
    }

    /// A date outside a sentence: `21. januar 2027`.
    pub fn date_alone(self, date: Date) -> String {
        // It has the order of the short date, whose month is abbreviated.
        self.day(&self.calendar().short_date.replace("{short_month}", "{month}"), "", date)
    }

    /// A month and its year: `januar 2027`.
    pub fn month(self, date: Date) -> String {
        self.day("{month} {year}", "", date)
    }

    /// The name of a month alone: `januar`.
    pub fn month_name(self, date: Date) -> &'static str {
        let month = date.month().unsigned_abs() as usize - 1;
        self.calendar().months[month]
    }

    /// The name of a day of the week alone: `torsdag`.
    pub fn weekday(self, date: Date) -> &'static str {
        let weekday = date.weekday().to_monday_zero_offset().unsigned_abs() as usize;
        self.calendar().weekdays[weekday]
    }

    /// The name of a day of the week in a message.
    pub fn said_weekday(date: Date) -> Message {
        Message::translated(date.strftime("%A").to_string(), Self::of_user(UserLanguage::Danish).weekday(date))
    }

    /// A date with its weekday: `torsdag den 21. januar 2027`.
    pub fn weekday_date(self, date: Date) -> String {
        self.day(self.calendar().weekday_date, "", date).replace("{date}", &self.date(date))
    }

    /// A time: `kl. 9.30`.
    pub fn time(self, time: Time) -> String {
        self.calendar().time.replace("{clock}", &self.clock(time))
    }

    /// A range of times: `kl. 9.30–15.30`.
    pub fn times(self, from: Time, to: Time) -> String {
        self.calendar().time.replace("{clock}", &format!("{}–{}", self.clock(from), self.clock(to)))
    }

    /// A date and a time: `den 21. januar 2027 kl. 9.30`.
    pub fn date_time(self, moment: DateTime) -> String {
        self.joined(&self.date(moment.date()), &self.time(moment.time()))
    }

    /// Joins a formatted date and a formatted time, such as `torsdag den 21. januar 2027` and `kl. 9.30–15.30`.
    pub fn joined(self, day: &str, time: &str) -> String {
        self.calendar().date_time.replace("{date}", day).replace("{time}", time)
    }

    /// A range of dates, with a common month or year written once: `den 21.–22. januar 2027`.
    pub fn dates(self, from: Date, to: Date) -> String {
        let calendar = self.calendar();
        let form = if from == to {
            return self.date(from);
        } else if from.year() != to.year() {
            calendar.days_of_years
        } else if from.month() != to.month() {
            calendar.days_of_a_year
        } else {
            calendar.days_of_a_month
        };
        self.day(&self.day(form, "", from), "last_", to)
    }

    fn calendar(self) -> &'static DateFormats {
        &self.language().calendar
    }

    fn clock(self, time: Time) -> String {
        let minute = format!("{:02}", time.minute());
        self.calendar().clock.replace("{hour}", &time.hour().to_string()).replace("{minute}", &minute)
    }

    /// Fills in the fields of one date, those whose names begin with `prefix`.
    fn day(self, form: &str, prefix: &str, date: Date) -> String {
        let calendar = self.calendar();
        // jiff's types limit both, months to 1–12 and weekdays to 0–6, so that the lists hold them.
        let month = date.month().unsigned_abs() as usize - 1;
        let weekday = date.weekday().to_monday_zero_offset().unsigned_abs() as usize;
        form.replace(&format!("{{{prefix}day}}"), &date.day().to_string())
            .replace(&format!("{{{prefix}month}}"), calendar.months[month])
            .replace(&format!("{{{prefix}short_month}}"), calendar.short_months[month])
            .replace(&format!("{{{prefix}weekday}}"), calendar.weekdays[weekday])
            .replace(&format!("{{{prefix}year}}"), &date.year().to_string())
    }
}
