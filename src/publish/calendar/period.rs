//! A part of the calendar that an entry is planned for: days, a week, a month, a quarter or a year.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::{Date, ISOWeekDate, Weekday};

/// A part of the calendar. Its fields name days that exist: it is made by [`Period::parse`](super::written_period), by the
/// functions below, and by expanding `every`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// Days, from the first to the last; the same where there is one.
    Days {
        /// The first of them.
        first: Date,
        /// The last of them, not before the first.
        last: Date,
    },
    /// A week of ISO 8601, from Monday to Sunday.
    Week {
        /// Its Monday.
        monday: Date,
    },
    /// A month.
    Month {
        /// Its first day.
        first: Date,
    },
    /// A quarter of a year.
    Quarter {
        /// Its first day.
        first: Date,
    },
    /// A year.
    Year {
        /// Its 1 January.
        first: Date,
    },
}

impl Period {
    /// One day.
    pub(crate) fn day(day: Date) -> Self {
        Self::Days { first: day, last: day }
    }

    /// A week of ISO 8601; absent where its year does not have it.
    pub(crate) fn week(year: i16, number: i8) -> Option<Self> {
        let monday = ISOWeekDate::new(year, number, Weekday::Monday).ok()?.date();
        Some(Self::Week { monday })
    }

    /// A month from 1 to 12.
    pub(crate) fn month(year: i16, number: i8) -> Option<Self> {
        Date::new(year, number, 1).ok().map(|first| Self::Month { first })
    }

    /// A quarter from 1 to 4.
    pub(crate) fn quarter(year: i16, number: i8) -> Option<Self> {
        let first = (1..=4).contains(&number).then(|| Date::new(year, number * 3 - 2, 1).ok())??;
        Some(Self::Quarter { first })
    }

    /// A year.
    pub(crate) fn whole_year(year: i16) -> Option<Self> {
        Date::new(year, 1, 1).ok().map(|first| Self::Year { first })
    }

    /// Its first day.
    pub fn first(self) -> Date {
        match self {
            Self::Days { first, .. } | Self::Month { first } | Self::Quarter { first } | Self::Year { first } => first,
            Self::Week { monday } => monday,
        }
    }

    /// Its last day.
    pub fn last(self) -> Date {
        match self {
            Self::Days { last, .. } => last,
            Self::Week { monday } => monday.saturating_add(6.days()),
            Self::Month { first } => first.last_of_month(),
            Self::Quarter { first } => first.saturating_add(2.months()).last_of_month(),
            Self::Year { first } => first.last_of_year(),
        }
    }

    /// The last day on which an entry for it is in time. For days it is the first: an invitation is useless once the
    /// meeting has begun.
    pub fn promised_day(self) -> Date {
        match self {
            Self::Days { first, .. } => first,
            Self::Week { .. } | Self::Month { .. } | Self::Quarter { .. } | Self::Year { .. } => self.last(),
        }
    }

    /// The day that decides under which month and year it is listed: for a week its Thursday, as in ISO 8601.
    pub fn listed_day(self) -> Date {
        match self {
            Self::Week { monday } => monday.saturating_add(3.days()),
            Self::Days { .. } | Self::Month { .. } | Self::Quarter { .. } | Self::Year { .. } => self.promised_day(),
        }
    }

    /// The year that it belongs to: the first days of January may be in the last week of the year before.
    pub fn year(self) -> i16 {
        self.listed_day().year()
    }

    /// Whether a day is in it.
    pub fn contains(self, day: Date) -> bool {
        (self.first()..=self.last()).contains(&day)
    }

    /// How many days a day is away from it; 0 in it.
    pub(crate) fn distance(self, day: Date) -> i32 {
        let days = |from: Date, to: Date| (to - from).get_days();
        days(day, self.first()).max(days(self.last(), day)).max(0)
    }

    /// The number of days between its first and its last day.
    pub(crate) fn distance_between_ends(self) -> i32 {
        (self.last() - self.first()).get_days()
    }

    /// The number of the week, if it is a week.
    pub(crate) fn week_number(self) -> Option<i8> {
        match self {
            Self::Week { monday } => Some(monday.iso_week_date().week()),
            Self::Days { .. } | Self::Month { .. } | Self::Quarter { .. } | Self::Year { .. } => None,
        }
    }

    /// The number of the quarter, if it is a quarter.
    pub(crate) fn quarter_number(self) -> Option<i8> {
        match self {
            Self::Quarter { first } => Some((first.month() + 2) / 3),
            Self::Days { .. } | Self::Week { .. } | Self::Month { .. } | Self::Year { .. } => None,
        }
    }
}

/// As `when` is written: `2027-05-24`, `2027-05-24/2027-05-25`, `2027-W12`, `2027-05`, `2027-Q1`, `2027`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = self.year();
        match self {
            Self::Days { first, last } if first == last => write!(f, "{first}"),
            Self::Days { first, last } => write!(f, "{first}/{last}"),
            Self::Week { monday } => write!(f, "{year}-W{:02}", monday.iso_week_date().week()),
            Self::Month { first } => write!(f, "{year}-{:02}", first.month()),
            Self::Quarter { first } => write!(f, "{year}-Q{}", (first.month() + 2) / 3),
            Self::Year { .. } => write!(f, "{year}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_period_has_its_days_and_is_written_as_when() {
        for (period, first, last, promised, year, written) in [
            (Period::week(2026, 53), "2026-12-28", "2027-01-03", "2027-01-03", 2026, "2026-W53"),
            (Period::week(2027, 1), "2027-01-04", "2027-01-10", "2027-01-10", 2027, "2027-W01"),
            (Period::month(2028, 2), "2028-02-01", "2028-02-29", "2028-02-29", 2028, "2028-02"),
            (Period::quarter(2027, 4), "2027-10-01", "2027-12-31", "2027-12-31", 2027, "2027-Q4"),
            (Period::whole_year(2027), "2027-01-01", "2027-12-31", "2027-12-31", 2027, "2027"),
            (
                Some(Period::Days { first: date(2027, 12, 30), last: date(2028, 1, 2) }),
                "2027-12-30",
                "2028-01-02",
                "2027-12-30",
                2027,
                "2027-12-30/2028-01-02",
            ),
        ] {
            let period = period.unwrap();
            let found = [period.first(), period.last(), period.promised_day()].map(|day| day.to_string());
            assert_eq!(found, [first, last, promised], "{written}");
            assert_eq!((period.year(), period.to_string()), (year, written.to_owned()));
        }
        assert_eq!((Period::week(2027, 53), Period::month(2027, 13), Period::quarter(2027, 5)), (None, None, None));
    }

    #[test]
    fn a_day_is_in_a_period_or_some_days_away() {
        let week = Period::week(2027, 12).unwrap();
        let away = [date(2027, 3, 20), date(2027, 3, 22), date(2027, 3, 28), date(2027, 4, 1)];
        assert_eq!(away.map(|day| week.distance(day)), [2, 0, 0, 4]);
        assert!(week.contains(away[1]) && !week.contains(away[0]));
    }
}
