//! Public holidays, by the language of the country that has them.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::base::language::Lang;
use crate::base::language::calendar::{HolidayCalendar, HolidayDay, PublicHoliday};

impl Lang {
    /// The name of the public holiday on a day, in the country of this language or of a time zone; absent: the day is not a
    /// holiday, or the country's holidays are not known.
    pub fn public_holiday(self, zone: Option<&str>, date: Date) -> Option<&'static str> {
        self.holiday_calendar(zone)?.days.iter().find(|holiday| holiday.is_on(date)).map(|holiday| holiday.name)
    }

    /// Whether the holidays of the country of this language, or of a time zone, are known.
    pub fn has_holidays(self, zone: Option<&str>) -> bool {
        self.holiday_calendar(zone).is_some()
    }

    fn holiday_calendar(self, zone: Option<&str>) -> Option<&'static HolidayCalendar> {
        let of_zone = || {
            let mut calendars = Self::ALL.into_iter().filter_map(|lang| lang.language().holidays.as_ref());
            calendars.find(|calendar| Some(calendar.zone) == zone)
        };
        self.language().holidays.as_ref().or_else(of_zone)
    }
}

impl PublicHoliday {
    fn is_on(&self, date: Date) -> bool {
        let is_day = match self.day {
            HolidayDay::Fixed(month, day) => (date.month(), date.day()) == (month, day),
            HolidayDay::Easter(days) => easter(date.year())
                .is_some_and(|sunday| sunday.checked_add(days.days()).is_ok_and(|holiday| holiday == date)),
        };
        is_day && self.last_year.is_none_or(|last| date.year() <= last)
    }
}

/// Easter Sunday, by the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, chapter 8).
fn easter(year: i16) -> Option<Date> {
    let full = i32::from(year);
    let golden = full % 19;
    let (century, of_century) = (full / 100, full % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let shift = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * shift + 114;
    Date::new(year, i8::try_from(days / 31).ok()?, i8::try_from(days % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_is_where_other_calendars_have_it() {
        // As Python's dateutil has them: the earliest and the latest of this century are among them.
        for day in [
            "2000-04-23",
            "2008-03-23",
            "2011-04-24",
            "2019-04-21",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2028-04-16",
            "2029-04-01",
            "2030-04-21",
            "2038-04-25",
            "2049-04-18",
            "2076-04-19",
        ] {
            let expected: Date = day.parse().unwrap();
            assert_eq!(easter(expected.year()), Some(expected));
        }
    }

    #[test]
    fn holidays_are_those_of_the_country() {
        let lang = Lang::default();
        let name = |day: &str| lang.public_holiday(None, day.parse().unwrap());
        for (day, expected) in [
            ("2026-04-02", Some("skærtorsdag")),
            ("2026-04-03", Some("langfredag")),
            ("2026-04-05", Some("påskedag")),
            ("2026-04-06", Some("2. påskedag")),
            ("2023-05-05", Some("store bededag")),
            ("2024-04-26", None),
            ("2026-05-14", Some("Kristi himmelfartsdag")),
            ("2026-05-25", Some("2. pinsedag")),
            ("2026-12-25", Some("juledag")),
            ("2026-12-24", Some("juleaften")),
            ("2026-12-31", Some("nytårsaften")),
            ("2026-12-30", None),
            ("2027-06-05", Some("grundlovsdag")),
            ("2023-04-27", None),
            ("2027-01-01", Some("nytårsdag")),
            ("2026-12-23", None),
        ] {
            assert_eq!(name(day), expected, "{day}");
        }
        let christmas = "2026-12-25".parse().unwrap();
        let other = Lang::of_tag("sv").unwrap();
        assert_eq!(other.public_holiday(Some("Europe/Stockholm"), christmas), None);
        assert_eq!(other.public_holiday(Some("Europe/Copenhagen"), christmas), Some("juledag"));
    }
}
