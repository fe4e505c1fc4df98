//! The dates in exports.

use jiff::civil::Date;

/// Parses the date of a timestamp: `2024-03-13 00:03:09.183465+00:00`, `2020-04-08 21:55:20 +0000 UTC`,
/// `13-03-2024 09:30`, `13.3.2024`, and the American `3/13/2024`.
pub(super) fn parse(text: &str) -> Option<Date> {
    let first = text.trim().split(['T', ' ', ',']).next()?;
    if let Ok(date) = first.parse::<Date>() {
        return Some(date);
    }
    let parts: Vec<&str> = first.split(['-', '.', '/']).collect();
    let [one, two, year] = parts.as_slice() else { return None };
    // `12-01-26` may be the twelfth of January or the year 2012.
    if year.len() != 4 {
        return None;
    }
    let (one, two, year) = (one.parse().ok()?, two.parse().ok()?, year.parse().ok()?);
    // American systems write slashes with the month first; where that cannot be a month, it is the day.
    let (day, month) = if first.contains('/') && one <= 12 { (two, one) } else { (one, two) };
    Date::new(year, month, day).ok()
}
