//! Days and times, as a language writes them.

use crate::base::language::Lang;
use crate::base::language::calendar::DateFormats;
use jiff::civil::{Date, DateTime, Time};

impl Lang {
    /// A day: `den 21. januar 2027`.
    pub fn date(self, date: Date) -> String {
        self.day(self.calendar().date, "", date)
    }

    /// A day in a narrow place: `21. jan. 2027`.
    pub fn short_date(self, date: Date) -> String {
        self.day(self.calendar().short_date, "", date)
    }

    /// A day with its weekday: `torsdag den 21. januar 2027`.
    pub fn weekday_date(self, date: Date) -> String {
        self.day(self.calendar().weekday_date, "", date).replace("{date}", &self.date(date))
    }

    /// A time: `kl. 9.30`.
    pub fn time(self, time: Time) -> String {
        self.calendar().time.replace("{clock}", &self.clock(time))
    }

    /// From a time to another: `kl. 9.30–15.30`.
    pub fn times(self, from: Time, to: Time) -> String {
        self.calendar().time.replace("{clock}", &format!("{}–{}", self.clock(from), self.clock(to)))
    }

    /// A day and a time: `den 21. januar 2027 kl. 9.30`.
    pub fn date_time(self, moment: DateTime) -> String {
        self.joined(&self.date(moment.date()), &self.time(moment.time()))
    }

    /// What is said of a day and what is said of a time, as one: `torsdag den 21. januar 2027` and `kl. 9.30–15.30`.
    pub fn joined(self, day: &str, time: &str) -> String {
        self.calendar().date_time.replace("{date}", day).replace("{time}", time)
    }

    /// From a day to another, with no more said twice than is needed: `den 21.–22. januar 2027`.
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

    fn day(self, form: &str, which: &str, date: Date) -> String {
        let calendar = self.calendar();
        // Both are counted from 1 and within their lists.
        let month = date.month().unsigned_abs() as usize - 1;
        let weekday = date.weekday().to_monday_zero_offset().unsigned_abs() as usize;
        form.replace(&format!("{{{which}day}}"), &date.day().to_string())
            .replace(&format!("{{{which}month}}"), calendar.months[month])
            .replace(&format!("{{{which}short_month}}"), calendar.short_months[month])
            .replace(&format!("{{{which}weekday}}"), calendar.weekdays[weekday])
            .replace(&format!("{{{which}year}}"), &date.year().to_string())
    }
}
