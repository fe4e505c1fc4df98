//! Reads a period as people write it: `2027-W12`, `Q1 2027`, `maj 2027`, `8.-9. marts 2027`.

use jiff::civil::Date;

use crate::base::language::Lang;
use crate::base::message::{Message, message};
use crate::base::source::nearest::nearest;
use crate::issue::when::error::WhenErrorKind;
use crate::issue::when::{self, EventTime, MissingYear};
use crate::publish::calendar::period::Period;

/// A year outside of these is a typing mistake.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2999;

/// Why a text is not a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PeriodMistake {
    /// It has none of the forms.
    NotUnderstood,
    /// It is nearly the name of this day or month.
    Misspelt(&'static str),
    /// A year has the quarters 1 to 4.
    NoSuchQuarter,
    /// A year has the months 1 to 12.
    NoSuchMonth,
    /// The year has only this number of weeks.
    NoSuchWeek(i8),
    /// The month does not have that day.
    NoSuchDay,
    /// No year is written.
    NoYear,
    /// A time of day is written: the calendar has days.
    HasTime,
    /// The date has another weekday.
    OtherWeekday(Date),
}

impl PeriodMistake {
    /// What to write instead of a text under a key.
    pub(super) fn hint(self, key: &str, text: &str) -> Message {
        match self {
            Self::NotUnderstood => message!(
                "write a day (2027-05-24), a week (2027-W12), a month (2027-05), a quarter (2027-Q1) or a year (2027)",
                "skriv en dag (2027-05-24), en uge (2027-W12), en måned (2027-05), et kvartal (2027-Q1) eller et år (2027)"
            ),
            Self::Misspelt(near) => message!("did you mean `{near}`?", "mente du `{near}`?"),
            Self::NoSuchQuarter => message!(
                "a year has the quarters Q1 to Q4, such as {key}: 2027-Q4",
                "et år har kvartalerne Q1 til Q4, f.eks. {key}: 2027-Q4"
            ),
            Self::NoSuchMonth => message!(
                "a year has the months 01 to 12, such as {key}: 2027-12",
                "et år har månederne 01 til 12, f.eks. {key}: 2027-12"
            ),
            Self::NoSuchWeek(weeks) => {
                message!("the last week of that year is W{weeks}", "årets sidste uge er W{weeks}")
            }
            Self::NoSuchDay => message!("the calendar has no such day", "kalenderen har ingen sådan dag"),
            Self::NoYear => {
                message!("add the year, such as {key}: {} 2027", "tilføj årstallet, f.eks. {key}: {} 2027", text.trim())
            }
            Self::HasTime => message!(
                "write the day alone; its hours belong in the event of the issue",
                "skriv kun dagen; klokkeslæt hører til i nyhedsbrevets arrangement"
            ),
            Self::OtherWeekday(day) => message!(
                "fix the day or its name: {day} is a {}",
                "ret datoen eller ugedagen: {day} er en {}",
                Lang::said_weekday(day)
            ),
        }
    }
}

/// Reads a period.
pub(super) fn parse(text: &str) -> Result<Period, PeriodMistake> {
    let text = plain(text);
    let period = match in_digits(&text).or_else(|| in_words(&text)) {
        Some(period) => period?,
        None => days(&text)?,
    };
    if YEARS.contains(&period.year()) { Ok(period) } else { Err(PeriodMistake::NotUnderstood) }
}

impl Period {
    /// A typed period, in any of the forms of `when`; absent: it is not a period.
    pub fn typed(text: &str) -> Option<Self> {
        parse(text).ok()
    }

    /// The day or the month that a name begins with, such as that of `2027-05-generalforsamling`; absent: it begins
    /// with neither.
    pub(crate) fn named_first(name: &str) -> Option<Self> {
        let begins = |length: usize| {
            let (date, rest) = name.split_at_checked(length)?;
            let is_whole = rest.chars().next().is_none_or(|sign| !sign.is_alphanumeric());
            let is_date = date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
            parse(date).ok().filter(|_| is_whole && is_date)
        };
        begins(10).or_else(|| begins(7))
    }
}

/// The text in lower case, with one kind of hyphen: Word and Excel write others between digits.
fn plain(text: &str) -> String {
    let hyphen = |sign: char| if matches!(sign, '\u{2010}' | '\u{2011}' | '\u{2212}') { '-' } else { sign };
    text.trim().chars().map(hyphen).flat_map(char::to_lowercase).collect()
}

/// `2027`, `2027-05`, `2027-w12`, `2027-q1`, and days with a slash between them; absent: another form.
fn in_digits(text: &str) -> Option<Result<Period, PeriodMistake>> {
    if let Some((first, last)) = text.split_once('/') {
        let (first, last): (Date, Date) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        return Some(if first <= last { Ok(Period::Days { first, last }) } else { Err(PeriodMistake::NoSuchDay) });
    }
    let (year, rest) = text.split_at_checked(4)?;
    let year: i16 = year.bytes().all(|byte| byte.is_ascii_digit()).then(|| year.parse().ok())??;
    let rest = rest.trim_start_matches(['-', ' ']);
    if rest.is_empty() {
        return Period::whole_year(year).map(Ok);
    }
    if let Some(week) = rest.strip_prefix('w') {
        return number(week).map(|number| week_of(year, number));
    }
    if let Some(quarter) = rest.strip_prefix('q') {
        return number(quarter).map(|number| quarter_of(year, number));
    }
    let month = number(rest).filter(|_| rest.len() <= 2)?;
    Some(Period::month(year, month).ok_or(PeriodMistake::NoSuchMonth))
}

/// `q1 2027`, `1. kvartal 2027`, `maj 2027`; absent: another form.
fn in_words(text: &str) -> Option<Result<Period, PeriodMistake>> {
    let words: Vec<&str> = text.split([' ', ',', '-']).filter(|word| !word.is_empty()).collect();
    let is_quarter = |word: &str| {
        Lang::ALL.iter().any(|lang| lang.language().calendar.quarters.contains(&word.trim_end_matches('.')))
    };
    let is_year = |word: &str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let year = words.iter().find(|word| is_year(word)).and_then(|word| word.parse::<i16>().ok());
    let others: Vec<&str> = words.iter().copied().filter(|word| !is_year(word)).collect();
    let quarter = match &others[..] {
        [short] => short.strip_prefix('q').and_then(number),
        [word, count] | [count, word] if is_quarter(word) => number(count.trim_end_matches('.')),
        _ => None,
    };
    if let Some(quarter) = quarter {
        return Some(year.map_or(Err(PeriodMistake::NoYear), |year| quarter_of(year, quarter)));
    }
    let [name] = others[..] else { return None };
    let month = month_named(name);
    match (month, year) {
        (Some(month), Some(year)) => Period::month(year, month).map(Ok),
        (Some(_), None) => Some(Err(PeriodMistake::NoYear)),
        (None, Some(_)) => near_month(name).map(|near| Err(PeriodMistake::Misspelt(near))),
        (None, None) => None,
    }
}

/// The days of an event, or a week.
fn days(text: &str) -> Result<Period, PeriodMistake> {
    match when::parse(&[text], MissingYear::Unknown) {
        Ok(EventTime::Days { first, last }) => Ok(Period::Days { first, last }),
        Ok(EventTime::Hours { .. }) => Err(PeriodMistake::HasTime),
        Err((_, error)) => match error.mistake {
            WhenErrorKind::Week { number, year: Some(year) } => week_of(year, number),
            WhenErrorKind::Week { year: None, .. } | WhenErrorKind::NoYear => Err(PeriodMistake::NoYear),
            WhenErrorKind::Misspelt(near) => Err(PeriodMistake::Misspelt(near)),
            WhenErrorKind::OtherWeekday(day) => Err(PeriodMistake::OtherWeekday(day)),
            WhenErrorKind::NoSuchDay | WhenErrorKind::EndsBefore | WhenErrorKind::NoSuchTime => {
                Err(PeriodMistake::NoSuchDay)
            }
            WhenErrorKind::NotUnderstood
            | WhenErrorKind::NoDay
            | WhenErrorKind::TooMany
            | WhenErrorKind::Apart
            | WhenErrorKind::NoEnd => Err(PeriodMistake::NotUnderstood),
        },
    }
}

fn week_of(year: i16, number: i8) -> Result<Period, PeriodMistake> {
    let weeks = if Period::week(year, 53).is_some() { 53 } else { 52 };
    Period::week(year, number).ok_or(PeriodMistake::NoSuchWeek(weeks))
}

fn quarter_of(year: i16, number: i8) -> Result<Period, PeriodMistake> {
    Period::quarter(year, number).ok_or(PeriodMistake::NoSuchQuarter)
}

fn number(text: &str) -> Option<i8> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(i8::MAX))
}

/// The number of a month in any of the languages.
fn month_named(name: &str) -> Option<i8> {
    let bare = name.trim_end_matches('.');
    let is_named = |month: &&str| month.to_lowercase().trim_end_matches('.') == bare;
    let at = Lang::ALL.iter().find_map(|lang| {
        let calendar = &lang.language().calendar;
        let position = |months: &[&str]| months.iter().position(is_named);
        position(&calendar.months).or_else(|| position(&calendar.short_months))
    })?;
    i8::try_from(at + 1).ok()
}

/// The month that a word nearly is.
fn near_month(word: &str) -> Option<&'static str> {
    nearest(word, Lang::ALL.iter().flat_map(|lang| lang.language().calendar.months))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_as_people_write_them() {
        for (text, expected) in [
            ("2027-05-24", "2027-05-24"),
            ("2027\u{2011}05\u{2011}24", "2027-05-24"),
            ("24. maj 2027", "2027-05-24"),
            ("mandag den 24. maj 2027", "2027-05-24"),
            ("24/5 2027", "2027-05-24"),
            ("8.-9. marts 2027", "2027-03-08/2027-03-09"),
            ("2027-03-08/2027-03-09", "2027-03-08/2027-03-09"),
            ("29/2 2028", "2028-02-29"),
            ("2027-W12", "2027-W12"),
            ("2027w5", "2027-W05"),
            ("uge 12, 2027", "2027-W12"),
            ("2026-W53", "2026-W53"),
            ("2027-Q1", "2027-Q1"),
            ("Q3 2027", "2027-Q3"),
            ("2. kvartal 2027", "2027-Q2"),
            ("4. Quartal 2027", "2027-Q4"),
            ("1. kvt. 2027", "2027-Q1"),
            ("2027-05", "2027-05"),
            ("2027-5", "2027-05"),
            ("maj 2027", "2027-05"),
            ("Marts 2027", "2027-03"),
            ("dec. 2027", "2027-12"),
            ("2027", "2027"),
        ] {
            assert_eq!(parse(text).map(|period| period.to_string()).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_name_may_begin_with_a_day_or_a_month() {
        let named = |name: &str| Period::named_first(name).map(|period| period.to_string());
        assert_eq!(named("2027-05-generalforsamling").as_deref(), Some("2027-05"));
        assert_eq!(named("2027-05-24-generalforsamling").as_deref(), Some("2027-05-24"));
        assert_eq!(["2027-051", "nyt-2027-05", "2027", "2027-w12"].map(named), [const { None }; 4]);
    }

    #[test]
    fn what_is_wrong_with_a_period_is_named() {
        for (text, expected) in [
            ("2027-W53", PeriodMistake::NoSuchWeek(52)),
            ("uge 53 2027", PeriodMistake::NoSuchWeek(52)),
            ("2026-W54", PeriodMistake::NoSuchWeek(53)),
            ("2027-Q5", PeriodMistake::NoSuchQuarter),
            ("Q0 2027", PeriodMistake::NoSuchQuarter),
            ("2027-13", PeriodMistake::NoSuchMonth),
            ("2027-02-29", PeriodMistake::NoSuchDay),
            ("29. februar 2027", PeriodMistake::NoSuchDay),
            ("2027-03-09/2027-03-08", PeriodMistake::NoSuchDay),
            ("24. maj", PeriodMistake::NoYear),
            ("2026-12-24 kl. 10", PeriodMistake::HasTime),
            ("mandag den 24. maj 2027 kl. 15", PeriodMistake::HasTime),
            ("uge 12", PeriodMistake::NoYear),
            ("maj", PeriodMistake::NoYear),
            ("Q1", PeriodMistake::NoYear),
            ("febuar 2027", PeriodMistake::Misspelt("februar")),
            ("snart", PeriodMistake::NotUnderstood),
            ("0027-05", PeriodMistake::NotUnderstood),
            ("", PeriodMistake::NotUnderstood),
        ] {
            assert_eq!(parse(text), Err(expected), "{text}");
        }
    }
}
