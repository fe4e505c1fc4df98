//! `every:` — what repeats, and its occurrences in a year.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use crate::publish::calendar::period::Period;

/// The year of an example, for what repeats in every year.
const EXAMPLE_YEAR: i16 = 2027;

/// How often something repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepetitionUnit {
    /// Every week.
    Week,
    /// Every month.
    Month,
    /// Every quarter of a year.
    Quarter,
    /// Every year.
    Year,
}

impl RepetitionUnit {
    /// All of them, with their names in the file.
    pub(super) const NAMES: [(&'static str, Self); 4] =
        [("week", Self::Week), ("month", Self::Month), ("quarter", Self::Quarter), ("year", Self::Year)];

    /// Its name in the file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// The length of some of them.
    fn times(self, count: i32) -> Span {
        match self {
            Self::Week => i64::from(count).weeks(),
            Self::Month => i64::from(count).months(),
            Self::Quarter => (3 * i64::from(count)).months(),
            Self::Year => i64::from(count).years(),
        }
    }
}

/// What is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepetitionPattern {
    /// Each week, month, quarter or year as a whole.
    Whole,
    /// A period like this one, which is the first. It can be repeated: see [`can_repeat`].
    Like(Period),
}

/// Something that repeats. `until` may be absent, since occurrences are requested for one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repetition {
    /// How often.
    pub unit: RepetitionUnit,
    /// What is repeated.
    pub pattern: RepetitionPattern,
    /// No occurrence begins before this day; absent: no limit.
    pub from: Option<Date>,
    /// No occurrence begins after this day; absent: no limit.
    pub until: Option<Date>,
    /// Periods without occurrences: one that begins in them is left out.
    pub except: Vec<Period>,
}

/// Why a period cannot be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotRepeatable {
    /// A longer period is not repeated in a shorter time, nor a week by months.
    Unit,
    /// Only some years have that week or day.
    NotInEveryYear,
}

/// Whether there is a period like this one after each unit of time.
pub(super) fn can_repeat(period: Period, unit: RepetitionUnit) -> Result<(), NotRepeatable> {
    let fits = match period {
        Period::Days { .. } => true,
        Period::Week { .. } => matches!(unit, RepetitionUnit::Week | RepetitionUnit::Year),
        Period::Month { .. } => unit != RepetitionUnit::Week,
        Period::Quarter { .. } => matches!(unit, RepetitionUnit::Quarter | RepetitionUnit::Year),
        Period::Year { .. } => unit == RepetitionUnit::Year,
    };
    if !fits {
        return Err(NotRepeatable::Unit);
    }
    let is_leap_day = |day: Date| (day.month(), day.day()) == (2, 29);
    let is_rare = period.week_number() == Some(53)
        || matches!(period, Period::Days { first, last } if is_leap_day(first) || is_leap_day(last));
    if unit == RepetitionUnit::Year && is_rare { Err(NotRepeatable::NotInEveryYear) } else { Ok(()) }
}

impl Repetition {
    /// Its occurrences that belong to a year, in their order.
    pub(crate) fn in_year(&self, year: i16) -> Vec<Period> {
        let mut periods = match self.pattern {
            RepetitionPattern::Whole => whole(self.unit, year),
            RepetitionPattern::Like(first) => self.like(first, year),
        };
        periods.retain(|period| {
            let begins = self.from.is_none_or(|from| period.last() >= from);
            let ends = self.until.is_none_or(|until| period.first() <= until);
            begins && ends && !self.except.iter().any(|except| except.contains(period.first()))
        });
        periods
    }

    /// One of its occurrences, for a hint; absent: none is near the days that it names.
    pub(super) fn example(&self) -> Option<Period> {
        let first = match self.pattern {
            RepetitionPattern::Like(period) => Some(period.first()),
            RepetitionPattern::Whole => self.from.or(self.until),
        };
        let year = first.map_or(EXAMPLE_YEAR, Date::year);
        (year..=year + 1).find_map(|year| self.in_year(year).first().copied())
    }

    /// The periods like the first one, each counted from it: a meeting on the 31st is on the last day of a shorter month, and on
    /// the 31st again after it.
    fn like(&self, first: Period, year: i16) -> Vec<Period> {
        let mut periods = Vec::new();
        for count in 0.. {
            let Some(period) = self.shifted(first, count).filter(|period| period.year() <= year) else { break };
            periods.extend(Some(period).filter(|period| period.year() == year));
        }
        periods
    }

    fn shifted(&self, first: Period, count: i32) -> Option<Period> {
        let later = |day: Date| day.checked_add(self.unit.times(count)).ok();
        Some(match first {
            Period::Days { first, last } => {
                let length = (last - first).get_days();
                let first = later(first)?;
                Period::Days { first, last: first.checked_add(i64::from(length).days()).ok()? }
            }
            Period::Week { monday } if self.unit == RepetitionUnit::Year => {
                let year = first.year().checked_add(i16::try_from(count).ok()?)?;
                Period::week(year, monday.iso_week_date().week())?
            }
            Period::Week { monday } => Period::Week { monday: later(monday)? },
            Period::Month { first } => Period::Month { first: later(first)? },
            Period::Quarter { first } => Period::Quarter { first: later(first)? },
            Period::Year { first } => Period::Year { first: later(first)? },
        })
    }
}

/// The weeks, months or quarters of a year, or the year.
fn whole(unit: RepetitionUnit, year: i16) -> Vec<Period> {
    match unit {
        RepetitionUnit::Week => (1..=53).filter_map(|number| Period::week(year, number)).collect(),
        RepetitionUnit::Month => (1..=12).filter_map(|number| Period::month(year, number)).collect(),
        RepetitionUnit::Quarter => (1..=4).filter_map(|number| Period::quarter(year, number)).collect(),
        RepetitionUnit::Year => Period::whole_year(year).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn every(unit: RepetitionUnit, pattern: RepetitionPattern) -> Repetition {
        Repetition { unit, pattern, from: None, until: None, except: Vec::new() }
    }

    fn written(periods: &[Period]) -> Vec<String> {
        periods.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_year_has_its_weeks_months_and_quarters() {
        let count = |unit, year| every(unit, RepetitionPattern::Whole).in_year(year).len();
        assert_eq!([2026, 2027].map(|year| count(RepetitionUnit::Week, year)), [53, 52]);
        assert_eq!(count(RepetitionUnit::Month, 2027), 12);
        let quarters = every(RepetitionUnit::Quarter, RepetitionPattern::Whole).in_year(2027);
        assert_eq!(written(&quarters), ["2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"]);
        assert_eq!(written(&every(RepetitionUnit::Year, RepetitionPattern::Whole).in_year(2027)), ["2027"]);
    }

    #[test]
    fn limits_and_exceptions_leave_periods_out() {
        let months = Repetition {
            from: Some(date(2027, 2, 1)),
            until: Some(date(2027, 8, 31)),
            except: vec![Period::month(2027, 7).unwrap()],
            ..every(RepetitionUnit::Month, RepetitionPattern::Whole)
        };
        let expected = ["2027-02", "2027-03", "2027-04", "2027-05", "2027-06", "2027-08"];
        assert_eq!(written(&months.in_year(2027)), expected);
        assert!(months.in_year(2026).is_empty() && months.in_year(2028).is_empty());
    }

    #[test]
    fn a_period_is_repeated_from_the_first_one_on() {
        let in_year = |unit, first: Period, year| written(&every(unit, RepetitionPattern::Like(first)).in_year(year));
        let last = Period::day(date(2027, 10, 31));
        assert_eq!(in_year(RepetitionUnit::Month, last, 2027), ["2027-10-31", "2027-11-30", "2027-12-31"]);
        assert_eq!(in_year(RepetitionUnit::Year, Period::day(date(2027, 4, 24)), 2029), ["2029-04-24"]);
        assert_eq!(
            in_year(RepetitionUnit::Quarter, Period::month(2027, 3).unwrap(), 2027).join(" "),
            "2027-03 2027-06 2027-09 2027-12"
        );
        assert_eq!(in_year(RepetitionUnit::Year, Period::week(2027, 12).unwrap(), 2031), ["2031-W12"]);
        assert_eq!(in_year(RepetitionUnit::Week, Period::week(2026, 52).unwrap(), 2026), ["2026-W52", "2026-W53"]);
        assert_eq!(in_year(RepetitionUnit::Year, Period::day(date(2027, 4, 24)), 2026), [""; 0]);
        let days = Period::Days { first: date(2026, 12, 30), last: date(2027, 1, 2) };
        assert_eq!(in_year(RepetitionUnit::Year, days, 2027), ["2027-12-30/2028-01-02"]);
    }

    #[test]
    fn what_some_years_lack_is_not_repeated_every_year() {
        let leap_day = Period::day(date(2028, 2, 29));
        assert_eq!(can_repeat(leap_day, RepetitionUnit::Year), Err(NotRepeatable::NotInEveryYear));
        assert_eq!(can_repeat(leap_day, RepetitionUnit::Month), Ok(()));
        assert_eq!(
            can_repeat(Period::week(2026, 53).unwrap(), RepetitionUnit::Year),
            Err(NotRepeatable::NotInEveryYear)
        );
        assert_eq!(can_repeat(Period::week(2026, 53).unwrap(), RepetitionUnit::Week), Ok(()));
        assert_eq!(can_repeat(Period::week(2027, 1).unwrap(), RepetitionUnit::Month), Err(NotRepeatable::Unit));
        assert_eq!(can_repeat(Period::quarter(2027, 1).unwrap(), RepetitionUnit::Month), Err(NotRepeatable::Unit));
    }
}
