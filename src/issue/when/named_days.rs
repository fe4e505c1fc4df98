//! Days in running text that are written with their day of the week: `tirsdag den 5. december`.

use std::ops::Range;

use jiff::civil::{Date, Weekday};

use crate::issue::when::scan::{self, WhenPartKind, WrittenDate};
use crate::issue::when::token::{WhenToken, WhenTokenKind, tokens};

/// How far from the day of the text a day without a year may be.
const MOST_DAYS: i32 = 200;
/// How many tokens may be between a day of the week and the number of its day.
const MOST_TOKENS: usize = 4;

/// A day with the day of the week that was written before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedDay {
    /// Both, as bytes of the line.
    pub(crate) span: Range<usize>,
    weekday: Weekday,
    day: WrittenDate,
    /// Whether its month is a number, so that some readers may read it as the day.
    is_numeric: bool,
}

impl NamedDay {
    /// The day of the calendar, if it is another day of the week. `near` is the day of the text: without a year, the nearest such day
    /// is meant, and one that fits the day of the week before all others.
    pub(crate) fn other_weekday(&self, near: Date) -> Option<Date> {
        let WrittenDate { year, month, of_month } = self.day;
        let years = year.map_or(near.year() - 1..=near.year() + 1, |year| year..=year);
        let of_years = |month, day| years.clone().filter_map(move |year| Date::new(year, month, day).ok());
        let distance = |date: &Date| date.since(near).map_or(i32::MAX, |span| span.get_days().abs());
        let is_near = |date: &Date| year.is_some() || distance(date) <= MOST_DAYS;
        let is_meant = |date: Date| is_near(&date) && date.weekday() == self.weekday;
        let fits = of_years(month, of_month).any(is_meant);
        let fits_swapped = self.is_numeric && of_years(of_month, month).any(is_meant);
        if fits || fits_swapped { None } else { of_years(month, of_month).filter(is_near).min_by_key(distance) }
    }
}

/// The days of a line that have a day of the week before them.
pub(crate) fn named_days(line: &str) -> Vec<NamedDay> {
    let tokens = tokens(line);
    (0..tokens.len()).filter_map(|at| named_day(line, &tokens, at)).collect()
}

fn named_day(line: &str, tokens: &[WhenToken], at: usize) -> Option<NamedDay> {
    let token = &tokens[at];
    let weekday = weekday(token)?;
    let written = line.get(token.span.clone())?;
    let behind = line.get(token.span.end..)?;
    let is_whole = scan::is_weekday_name(&written.to_lowercase());
    // A full stop behind a whole name ends a sentence; three letters without one may be a word: `man`.
    if is_whole && behind.starts_with('.') || written.chars().count() <= 3 && !behind.starts_with('.') {
        return None;
    }
    // `mandag og onsdag den 5. og 7.`, `mandag-onsdag 5.-7.`: the first day is that of the first name.
    if at >= 2 && self::weekday(&tokens[at - 2]).is_some() {
        return None;
    }
    let is_number = |token: &WhenToken| matches!(token.kind, WhenTokenKind::Number { .. });
    if !tokens.iter().skip(at + 1).take(MOST_TOKENS).any(is_number) {
        return None;
    }
    let mut pieces = Vec::new();
    // What follows the day is running text.
    _ = scan::scan(line.get(token.span.start..)?, &mut pieces);
    let [first, second, ..] = pieces.as_slice() else { return None };
    let (WhenPartKind::Weekday(_), WhenPartKind::Day(day)) = (first.what, second.what) else { return None };
    let start = token.span.start;
    let text = line.get(start + second.span.start..start + second.span.end)?;
    let is_numeric = !text.contains(char::is_alphabetic);
    // `tirsdag 10.12` may be a time. A day whose month is with a later one has none itself.
    let is_day = day.year.is_some() || !is_numeric || text.contains('/') || !text.contains(['.', ' ']);
    is_day.then(|| NamedDay { span: start..start + second.span.end, weekday, day, is_numeric })
}

fn weekday(token: &WhenToken) -> Option<Weekday> {
    match &token.kind {
        WhenTokenKind::Word(word) => scan::weekday(word),
        WhenTokenKind::Number { .. } | WhenTokenKind::Sign(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// The days of a line with a wrong day of the week: as written, and as they are.
    fn wrong(line: &str) -> Vec<String> {
        let near = date(2026, 11, 30);
        let days = named_days(line);
        let wrong = days.iter().filter_map(|day| Some((day, day.other_weekday(near)?)));
        wrong.map(|(day, date)| format!("{} {date}", &line[day.span.clone()])).collect()
    }

    #[test]
    fn a_wrong_day_of_the_week_is_found() {
        for (line, expected) in [
            ("Vi ses tirsdag den 5. december kl. 19 på biblioteket.", "tirsdag den 5. december 2026-12-05"),
            ("Frist: fredag d. 11/1 2027", "fredag d. 11/1 2027 2027-01-11"),
            ("tirs. 5. december", "tirs. 5. december 2026-12-05"),
            ("It is on Tuesday, 5 December 2026, at noon", "Tuesday, 5 December 2026 2026-12-05"),
            ("Tuesday, December 5, we meet", "Tuesday, December 5 2026-12-05"),
            ("Fredag 4. og søndag 5. december", "søndag 5. december 2026-12-05"),
            ("torsdag den 14. januar", ""),
            ("tirsdag den 14. januar", "tirsdag den 14. januar 2027-01-14"),
        ] {
            let expected: Vec<&str> = Some(expected).filter(|text| !text.is_empty()).into_iter().collect();
            assert_eq!(wrong(line), expected, "{line}");
        }
    }

    #[test]
    fn a_right_or_unclear_day_is_not() {
        for line in [
            "lørdag den 5. december",
            "LØRDAG D. 5. DECEMBER 2026 kl. 10",
            "Vi mødtes tirsdag. 5. december er der generalforsamling.",
            "hvis man 5. december kommer forbi",
            "man har 5. december fri",
            "mandag-onsdag den 5.-7. december",
            "lørdag og søndag den 5. og 6. december",
            "tirsdag 10.12",
            "tirsdag kl. 9 den 5. december",
            "tirsdag den 5. maj 1992",
            "lørdag 12/5",
            "tirsdag den 31. februar",
            "mandag",
            "tirsdag 5",
            "",
        ] {
            assert_eq!(wrong(line), Vec::<String>::new(), "{line}");
        }
    }
}
