//! When something happens: days and times as people write them in a text, in any of the languages.

mod scan;
#[cfg(test)]
mod tests;
mod token;

use std::ops::Range;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{Span, ToSpan};

use crate::issue::when::scan::{Clock, Day, Half, Piece, What};

/// The days or the hours of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Whole days.
    Days {
        /// The first of them.
        first: Date,
        /// The last of them; the same where there is one.
        last: Date,
    },
    /// Hours.
    Hours {
        /// When it begins.
        begins: DateTime,
        /// When it ends; absent where nobody says.
        ends: Option<DateTime>,
    },
}

impl When {
    /// The day on which it begins.
    pub(crate) fn first_day(self) -> Date {
        match self {
            Self::Days { first, .. } => first,
            Self::Hours { begins, .. } => begins.date(),
        }
    }
}

/// The year of a day that is written without one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum YearAlone {
    /// It makes the day the first that is not before this one.
    From(Date),
    /// It makes the day the last that is not after this one.
    UpTo(Date),
    /// It is not known.
    Unknown,
}

/// Why a text is no time, and which bytes of it are to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// What is wrong.
    pub(crate) mistake: Mistake,
    /// Where.
    pub(crate) span: Range<usize>,
}

/// What can be wrong with a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// It is no part of a time.
    NotUnderstood,
    /// It is nearly this name of a day or a month.
    Misspelt(&'static str),
    /// The calendar has no such day.
    NoSuchDay,
    /// The clock has no such hour.
    NoSuchTime,
    /// No day is named.
    NoDay,
    /// No year is named, and nothing tells which one.
    NoYear,
    /// The day is called otherwise in that year.
    OtherWeekday(Date),
    /// More days or times than a first and a last.
    TooMany,
    /// Two days that do not follow each other.
    Apart,
    /// It ends before it begins, or as it begins.
    EndsBefore,
    /// It ends on another day, and nothing tells at what time.
    NoEnd,
}

/// Reads when something is. The lines of a text that say it are given one by one, the one with the day first.
pub(crate) fn parse(lines: &[&str], alone: YearAlone) -> Result<When, (usize, Fault)> {
    let mut pieces = Vec::new();
    let mut counts = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        scan::scan(line, &mut pieces).map_err(|fault| (number, fault))?;
        counts.push(pieces.len());
    }
    assemble(&pieces, alone).map_err(|(piece, mistake)| {
        let number = counts.iter().position(|it| piece < *it).unwrap_or(0);
        let whole = 0..lines.get(number).map_or(0, |it| it.trim_end().len());
        let span = pieces.get(piece).map_or(whole, |it| it.span.clone());
        (number, Fault { mistake, span })
    })
}

/// Something at its place among the pieces.
type At<T> = (usize, T);

fn assemble(pieces: &[Piece], alone: YearAlone) -> Result<When, At<Mistake>> {
    let days: Vec<At<Day>> = found(pieces, |what| if let What::Day(day) = what { Some(day) } else { None });
    let clocks: Vec<At<Clock>> = found(pieces, |what| if let What::Time(time) = what { Some(time) } else { None });
    let third = days.get(2).map(|it| it.0).or(clocks.get(2).map(|it| it.0));
    if let Some(at) = third {
        return Err((at, Mistake::TooMany));
    }
    let dates = dates(&days, alone)?;
    check_weekdays(pieces, &dates)?;
    let times = times(&clocks)?;
    match (&dates[..], &times[..]) {
        ([], _) => Err((usize::MAX, Mistake::NoDay)),
        ([(_, day)], []) => Ok(When::Days { first: *day, last: *day }),
        ([(_, day)], [(_, begins)]) => Ok(When::Hours { begins: day.to_datetime(begins.0), ends: None }),
        ([(_, day)], [(_, begins), (at, ends)]) => {
            linked(pieces, &clocks)?;
            hours_of_a_day(*day, *begins, *ends).ok_or((*at, Mistake::EndsBefore))
        }
        ([(_, first), (at, last)], times) => {
            if linked(pieces, &days)? == What::And && first.tomorrow().ok() != Some(*last) {
                return Err((*at, Mistake::Apart));
            }
            match times {
                _ if last <= first => Err((*at, Mistake::EndsBefore)),
                [] => Ok(When::Days { first: *first, last: *last }),
                [(_, begins), (_, ends)] => {
                    let ends = ends.on(*last).ok_or((*at, Mistake::NoSuchDay))?;
                    Ok(When::Hours { begins: first.to_datetime(begins.0), ends: Some(ends) })
                }
                _ => Err((*at, Mistake::NoEnd)),
            }
        }
        _ => Err((usize::MAX, Mistake::TooMany)),
    }
}

fn found<T>(pieces: &[Piece], wanted: impl Fn(What) -> Option<T>) -> Vec<At<T>> {
    pieces.iter().enumerate().filter_map(|(at, piece)| wanted(piece.what).map(|it| (at, it))).collect()
}

/// What joins two pieces: without anything between them they are two times, and not one.
fn linked<T>(pieces: &[Piece], both: &[At<T>]) -> Result<What, At<Mistake>> {
    let [(from, _), (to, _)] = both else { return Ok(What::To) };
    let between = pieces.get(*from..*to).unwrap_or_default();
    let link = between.iter().find(|it| matches!(it.what, What::To | What::And));
    link.map(|it| it.what).ok_or((*to, Mistake::TooMany))
}

/// The days with their years: one without has that of the other, or the one that is nearest.
fn dates(days: &[At<Day>], alone: YearAlone) -> Result<Vec<At<Date>>, At<Mistake>> {
    let date = |at: usize, day: Day, year: i16| {
        Date::new(year, day.month, day.of_month).map(|it| (at, it)).map_err(|_| (at, Mistake::NoSuchDay))
    };
    let order = |day: Day| (day.month, day.of_month);
    match days {
        [] => Ok(Vec::new()),
        [(at, day)] => Ok(vec![(*at, whole(*day, alone).map_err(|it| (*at, it))?)]),
        [(at, first), (to, last), ..] => {
            let turns = i16::from(order(*first) > order(*last));
            let first = match (first.year, last.year) {
                (None, Some(year)) => date(*at, *first, year - turns)?,
                (Some(_) | None, _) => (*at, whole(*first, alone).map_err(|it| (*at, it))?),
            };
            let last = date(*to, *last, last.year.unwrap_or(first.1.year() + turns))?;
            Ok(vec![first, last])
        }
    }
}

fn whole(day: Day, alone: YearAlone) -> Result<Date, Mistake> {
    let of_year = |year: i16| Date::new(year, day.month, day.of_month).ok();
    // A day that no year has is told as such, and not for its missing year; 2028 has a 29 February.
    of_year(day.year.unwrap_or(2028)).ok_or(Mistake::NoSuchDay)?;
    match (day.year, alone) {
        (Some(year), _) => of_year(year).ok_or(Mistake::NoSuchDay),
        (None, YearAlone::Unknown) => Err(Mistake::NoYear),
        // A 29 February may be eight years away: 1900 had none.
        (None, YearAlone::From(from)) => {
            (0..=8).filter_map(|it| of_year(from.year() + it)).find(|it| *it >= from).ok_or(Mistake::NoYear)
        }
        (None, YearAlone::UpTo(to)) => {
            (0..=8).filter_map(|it| of_year(to.year() - it)).find(|it| *it <= to).ok_or(Mistake::NoYear)
        }
    }
}

/// Every day is called what it is called.
fn check_weekdays(pieces: &[Piece], dates: &[At<Date>]) -> Result<(), At<Mistake>> {
    let weekdays: Vec<At<Weekday>> = found(pieces, |what| if let What::Weekday(day) = what { Some(day) } else { None });
    for (number, (at, weekday)) in weekdays.iter().enumerate() {
        let behind = dates.iter().find(|(date, _)| date > at).or(dates.last());
        let date = if weekdays.len() == dates.len() { dates.get(number) } else { behind };
        if let Some((_, date)) = date.filter(|(_, date)| date.weekday() != *weekday) {
            return Err((*at, Mistake::OtherWeekday(*date)));
        }
    }
    Ok(())
}

/// A time of day; as an end it may be the midnight behind the day.
#[derive(Clone, Copy)]
struct Hour(Time, Midnight);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Midnight {
    Behind,
    Not,
}

impl Hour {
    fn on(self, day: Date) -> Option<DateTime> {
        match self.1 {
            Midnight::Behind => Some(day.tomorrow().ok()?.to_datetime(Time::midnight())),
            Midnight::Not => Some(day.to_datetime(self.0)),
        }
    }
}

/// The times, with the halves of the day that are said or meant: `9-11 am`, `11-1 pm`.
fn times(clocks: &[At<Clock>]) -> Result<Vec<At<Hour>>, At<Mistake>> {
    let mut halves: Vec<Option<Half>> = clocks.iter().map(|it| it.1.half).collect();
    if let ([(_, first), (_, last)], [first_half @ None, Some(half)]) = (clocks, &mut halves[..]) {
        let later = first.hour % 12 > last.hour % 12;
        *first_half = Some(if later && *half == Half::Afternoon { Half::Morning } else { *half });
    }
    let last = clocks.len().saturating_sub(1);
    let times = clocks.iter().zip(halves).enumerate().map(|(number, ((at, clock), half))| {
        let hour = match half {
            None => clock.hour,
            Some(_) if !(1..=12).contains(&clock.hour) => return Err((*at, Mistake::NoSuchTime)),
            Some(Half::Morning) => clock.hour % 12,
            Some(Half::Afternoon) => clock.hour % 12 + 12,
        };
        if (hour, clock.minute) == (24, 0) && number == last && number > 0 {
            return Ok((*at, Hour(Time::midnight(), Midnight::Behind)));
        }
        let time = Time::new(hour, clock.minute, 0, 0).map_err(|_| (*at, Mistake::NoSuchTime))?;
        Ok((*at, Hour(time, Midnight::Not)))
    });
    times.collect()
}

/// Hours that begin on a day. Those that end over midnight last at most half a day: otherwise it is a slip.
fn hours_of_a_day(day: Date, begins: Hour, ends: Hour) -> Option<When> {
    const LONGEST: i64 = 12 * 60;
    let from = day.to_datetime(begins.0);
    let to = ends.on(day)?;
    if to > from {
        return Some(When::Hours { begins: from, ends: Some(to) });
    }
    let tomorrow: Span = 1.day();
    let over_midnight = to.checked_add(tomorrow).ok()?;
    let length = over_midnight.duration_since(from).as_mins();
    (length <= LONGEST && to != from).then_some(When::Hours { begins: from, ends: Some(over_midnight) })
}
