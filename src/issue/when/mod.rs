//! When something happens: days and times as people write them in a text, in any of the languages.

pub(crate) mod error;
pub(crate) mod named_days;
mod scan;
#[cfg(test)]
mod tests;
mod token;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{Span, ToSpan};

use crate::issue::when::error::{WhenError, WhenErrorKind};
use crate::issue::when::scan::{ClockTime, DayHalf, WhenPart, WhenPartKind, WrittenDate};

/// The days or the hours of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventTime {
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
        /// When it ends; absent if it is not written.
        ends: Option<DateTime>,
    },
}

impl EventTime {
    /// The day on which it begins.
    pub(crate) fn first_day(self) -> Date {
        match self {
            Self::Days { first, .. } => first,
            Self::Hours { begins, .. } => begins.date(),
        }
    }

    /// The last of its days; of hours, which may end after midnight, the day on which they begin unless they last a day.
    pub(crate) fn last_day(self) -> Date {
        match self {
            Self::Days { last, .. } => last,
            Self::Hours { begins, ends } => {
                ends.filter(|ends| ends.duration_since(begins).as_hours() >= 24).map_or(begins.date(), DateTime::date)
            }
        }
    }
}

/// How the year of a day without one is chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MissingYear {
    /// The first such day that is not before this date.
    From(Date),
    /// The last such day that is not after this date.
    UpTo(Date),
    /// It cannot be chosen.
    Unknown,
}

/// Reads when something happens from one or more lines, the one with the day first. An error has the index of its line.
pub(crate) fn parse(lines: &[&str], alone: MissingYear) -> Result<EventTime, (usize, WhenError)> {
    let mut pieces = Vec::new();
    let mut counts = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        scan::scan(line, &mut pieces).map_err(|fault| (number, fault))?;
        counts.push(pieces.len());
    }
    assemble(&pieces, alone).map_err(|(piece, mistake)| {
        let number = counts.iter().position(|count| piece < *count).unwrap_or(0);
        let whole = 0..lines.get(number).map_or(0, |line| line.trim_end().len());
        let span = pieces.get(piece).map_or(whole, |part| part.span.clone());
        (number, WhenError { mistake, span })
    })
}

/// The same line with its year: `8/12 2026 kl. 9` of `8/12 kl. 9`. Absent where it has one, or is not a time with a day.
pub(crate) fn with_year(line: &str, alone: MissingYear) -> Option<String> {
    let meant = parse(&[line], alone).ok()?;
    if parse(&[line], MissingYear::Unknown).is_ok() {
        return None;
    }
    let mut pieces = Vec::new();
    scan::scan(line, &mut pieces).ok()?;
    let end = pieces.iter().rfind(|part| matches!(part.what, WhenPartKind::Day(_)))?.span.end;
    let (first, last) = (meant.first_day().year(), meant.last_day().year());
    [last, first].into_iter().find_map(|year| {
        let (day, rest) = line.split_at(end);
        let written = format!("{day} {year}{rest}");
        (parse(&[&written], MissingYear::Unknown).ok() == Some(meant)).then_some(written)
    })
}

/// The start of a line that is a time by itself: `21. januar 2027 kl. 19` of `21. januar 2027 kl. 19 i kantinen`. What is wrong
/// begins at a byte of the line.
pub(crate) fn readable_start(line: &str, wrong: usize, alone: MissingYear) -> Option<&str> {
    let mut pieces = Vec::new();
    scan::scan(line.get(..wrong)?, &mut pieces).ok()?;
    let is_time = |part: &&WhenPart| matches!(part.what, WhenPartKind::Day(_) | WhenPartKind::Time(_));
    let start = line.get(..pieces.iter().rfind(is_time)?.span.end)?;
    parse(&[start], alone).is_ok().then_some(start)
}

/// A piece with its index.
type Indexed<T> = (usize, T);

fn assemble(pieces: &[WhenPart], alone: MissingYear) -> Result<EventTime, Indexed<WhenErrorKind>> {
    let days: Vec<Indexed<WrittenDate>> =
        found(pieces, |what| if let WhenPartKind::Day(day) = what { Some(day) } else { None });
    let clocks: Vec<Indexed<ClockTime>> =
        found(pieces, |what| if let WhenPartKind::Time(time) = what { Some(time) } else { None });
    let third = days.get(2).map(|day| day.0).or(clocks.get(2).map(|clock| clock.0));
    if let Some(at) = third {
        return Err((at, WhenErrorKind::TooMany));
    }
    let dates = dates(&days, alone)?;
    check_weekdays(pieces, &dates)?;
    let times = times(&clocks)?;
    match (&dates[..], &times[..]) {
        ([], _) => Err((usize::MAX, WhenErrorKind::NoDay)),
        ([(_, day)], []) => Ok(EventTime::Days { first: *day, last: *day }),
        ([(_, day)], [(_, begins)]) => Ok(EventTime::Hours { begins: day.to_datetime(begins.0), ends: None }),
        ([(_, day)], [(_, begins), (at, ends)]) => {
            linked(pieces, &clocks)?;
            hours_of_a_day(*day, *begins, *ends).ok_or((*at, WhenErrorKind::EndsBefore))
        }
        ([(_, first), (at, last)], times) => {
            if linked(pieces, &days)? == WhenPartKind::And && first.tomorrow().ok() != Some(*last) {
                return Err((*at, WhenErrorKind::Apart));
            }
            match times {
                _ if last <= first => Err((*at, WhenErrorKind::EndsBefore)),
                [] => Ok(EventTime::Days { first: *first, last: *last }),
                [(_, begins), (_, ends)] => {
                    let ends = ends.on(*last).ok_or((*at, WhenErrorKind::NoSuchDay))?;
                    Ok(EventTime::Hours { begins: first.to_datetime(begins.0), ends: Some(ends) })
                }
                _ => Err((*at, WhenErrorKind::NoEnd)),
            }
        }
        _ => Err((usize::MAX, WhenErrorKind::TooMany)),
    }
}

fn found<T>(pieces: &[WhenPart], wanted: impl Fn(WhenPartKind) -> Option<T>) -> Vec<Indexed<T>> {
    pieces.iter().enumerate().filter_map(|(at, piece)| wanted(piece.what).map(|kind| (at, kind))).collect()
}

/// The word that joins two pieces; without one they are two events, which is an error.
fn linked<T>(pieces: &[WhenPart], both: &[Indexed<T>]) -> Result<WhenPartKind, Indexed<WhenErrorKind>> {
    let [(from, _), (to, _)] = both else { return Ok(WhenPartKind::To) };
    let between = pieces.get(*from..*to).unwrap_or_default();
    let link = between.iter().find(|part| matches!(part.what, WhenPartKind::To | WhenPartKind::And));
    link.map(|link| link.what).ok_or((*to, WhenErrorKind::TooMany))
}

/// The days with their years: a day without one takes that of the other day, or follows `alone`.
fn dates(days: &[Indexed<WrittenDate>], alone: MissingYear) -> Result<Vec<Indexed<Date>>, Indexed<WhenErrorKind>> {
    let date = |at: usize, day: WrittenDate, year: i16| {
        Date::new(year, day.month, day.of_month).map(|date| (at, date)).map_err(|_| (at, WhenErrorKind::NoSuchDay))
    };
    let order = |day: WrittenDate| (day.month, day.of_month);
    match days {
        [] => Ok(Vec::new()),
        [(at, day)] => Ok(vec![(*at, whole(*day, alone).map_err(|mistake| (*at, mistake))?)]),
        [(at, first), (to, last), ..] => {
            let crosses_new_year = i16::from(order(*first) > order(*last));
            let first = match (first.year, last.year) {
                (None, Some(year)) => date(*at, *first, year - crosses_new_year)?,
                (Some(_) | None, _) => (*at, whole(*first, alone).map_err(|mistake| (*at, mistake))?),
            };
            let last = date(*to, *last, last.year.unwrap_or(first.1.year() + crosses_new_year))?;
            Ok(vec![first, last])
        }
    }
}

fn whole(day: WrittenDate, alone: MissingYear) -> Result<Date, WhenErrorKind> {
    let of_year = |year: i16| Date::new(year, day.month, day.of_month).ok();
    // A day that no year has is reported as such, not for its missing year; 2028 has a 29 February.
    of_year(day.year.unwrap_or(2028)).ok_or(WhenErrorKind::NoSuchDay)?;
    match (day.year, alone) {
        (Some(year), _) => of_year(year).ok_or(WhenErrorKind::NoSuchDay),
        (None, MissingYear::Unknown) => Err(WhenErrorKind::NoYear),
        // A 29 February may be eight years away: 1900 had none.
        (None, MissingYear::From(from)) => (0..=8)
            .filter_map(|years| of_year(from.year() + years))
            .find(|day| *day >= from)
            .ok_or(WhenErrorKind::NoYear),
        (None, MissingYear::UpTo(to)) => {
            (0..=8).filter_map(|years| of_year(to.year() - years)).find(|day| *day <= to).ok_or(WhenErrorKind::NoYear)
        }
    }
}

/// Reports a weekday that is not that of its date.
fn check_weekdays(pieces: &[WhenPart], dates: &[Indexed<Date>]) -> Result<(), Indexed<WhenErrorKind>> {
    let weekdays: Vec<Indexed<Weekday>> =
        found(pieces, |what| if let WhenPartKind::Weekday(day) = what { Some(day) } else { None });
    for (number, (at, weekday)) in weekdays.iter().enumerate() {
        let behind = dates.iter().find(|(date, _)| date > at).or(dates.last());
        let date = if weekdays.len() == dates.len() { dates.get(number) } else { behind };
        if let Some((_, date)) = date.filter(|(_, date)| date.weekday() != *weekday) {
            return Err((*at, WhenErrorKind::OtherWeekday(*date)));
        }
    }
    Ok(())
}

/// A time of day; as an end it may be the midnight after the day.
#[derive(Clone, Copy)]
struct HourOfDay(Time, Midnight);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Midnight {
    Behind,
    Not,
}

impl HourOfDay {
    fn on(self, day: Date) -> Option<DateTime> {
        match self.1 {
            Midnight::Behind => Some(day.tomorrow().ok()?.to_datetime(Time::midnight())),
            Midnight::Not => Some(day.to_datetime(self.0)),
        }
    }
}

/// The times on the 24-hour clock. In `9-11 am` and `11-1 pm` the first time has no `am` or `pm` and follows the
/// second.
fn times(clocks: &[Indexed<ClockTime>]) -> Result<Vec<Indexed<HourOfDay>>, Indexed<WhenErrorKind>> {
    let mut halves: Vec<Option<DayHalf>> = clocks.iter().map(|clock| clock.1.half).collect();
    if let ([(_, first), (_, last)], [first_half @ None, Some(half)]) = (clocks, &mut halves[..]) {
        let later = first.hour % 12 > last.hour % 12;
        *first_half = Some(if later && *half == DayHalf::Afternoon { DayHalf::Morning } else { *half });
    }
    let last = clocks.len().saturating_sub(1);
    let times = clocks.iter().zip(halves).enumerate().map(|(number, ((at, clock), half))| {
        let hour = match half {
            None => clock.hour,
            Some(_) if !(1..=12).contains(&clock.hour) => return Err((*at, WhenErrorKind::NoSuchTime)),
            Some(DayHalf::Morning) => clock.hour % 12,
            Some(DayHalf::Afternoon) => clock.hour % 12 + 12,
        };
        if (hour, clock.minute) == (24, 0) && number == last && number > 0 {
            return Ok((*at, HourOfDay(Time::midnight(), Midnight::Behind)));
        }
        let time = Time::new(hour, clock.minute, 0, 0).map_err(|_| (*at, WhenErrorKind::NoSuchTime))?;
        Ok((*at, HourOfDay(time, Midnight::Not)))
    });
    times.collect()
}

/// Hours that begin on a day. Past midnight they last at most half a day: anything longer is more likely a typing mistake.
fn hours_of_a_day(day: Date, begins: HourOfDay, ends: HourOfDay) -> Option<EventTime> {
    const LONGEST: i64 = 12 * 60;
    let from = day.to_datetime(begins.0);
    let to = ends.on(day)?;
    if to > from {
        return Some(EventTime::Hours { begins: from, ends: Some(to) });
    }
    let tomorrow: Span = 1.day();
    let over_midnight = to.checked_add(tomorrow).ok()?;
    let length = over_midnight.duration_since(from).as_mins();
    (length <= LONGEST && to != from).then_some(EventTime::Hours { begins: from, ends: Some(over_midnight) })
}
