//! The days that systems write.

use jiff::civil::Date;

/// The day of a moment: `2024-03-13 00:03:09.183465+00:00`, `2020-04-08 21:55:20 +0000 UTC`, `13-03-2024 09:30`,
/// `13.3.2024`, and `3/13/2024` of Americans; of `3/4/2024` the first is the month, unless it cannot be one. None where
/// it is no day.
pub(super) fn read(text: &str) -> Option<Date> {
    let first = text.trim().split(['T', ' ', ',']).next()?;
    if let Ok(day) = first.parse::<Date>() {
        return Some(day);
    }
    let parts: Vec<&str> = first.split(['-', '.', '/']).collect();
    let [one, two, year] = parts.as_slice() else { return None };
    if year.len() != 4 {
        return None;
    }
    let (one, two, year) = (one.parse().ok()?, two.parse().ok()?, year.parse().ok()?);
    let (day, month) = if first.contains('/') && one <= 12 { (two, one) } else { (one, two) };
    Date::new(year, month, day).ok()
}
