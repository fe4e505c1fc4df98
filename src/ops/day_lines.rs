//! Finds the lines of a text that name a day, which is probably past in a copy of the text.

use std::collections::BTreeSet;

use crate::base::language::Lang;

/// A line that names a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayLine {
    /// Its number, counted from 1.
    pub line: usize,
    /// The line.
    pub text: String,
}

/// The lines of a copy that name a day, a week or a year, in any language, and are in the original as well.
pub(crate) fn find_copied(copy: &str, original: &str) -> Vec<DayLine> {
    let copied: BTreeSet<&str> = original.lines().map(str::trim).collect();
    let is_found = |line: &str| copied.contains(line.trim()) && !is_year_value(line) && names_day(line);
    let lines = copy.lines().enumerate().filter(|(_, line)| is_found(line));
    lines.map(|(at, line)| DayLine { line: at + 1, text: line.trim().to_owned() }).collect()
}

fn names_day(line: &str) -> bool {
    let trimmed = |word: &str| word.trim_matches(|sign: char| !sign.is_alphanumeric()).to_lowercase();
    let words: Vec<String> = line.split_whitespace().map(trimmed).collect();
    let is_named = |pair: &[String]| {
        (is_month(&pair[1]) && is_day(&pair[0]))
            || (is_month(&pair[0]) && is_day(&pair[1]))
            || (is_week(&pair[0]) && is_day(&pair[1]))
    };
    words.windows(2).any(is_named) || words.iter().any(|word| is_date(word) || is_year(word))
}

/// Whether a line is a value that is only a year: `aar: 2027`.
fn is_year_value(line: &str) -> bool {
    line.split_once(": ").is_some_and(|(key, value)| !key.trim().contains(' ') && is_year(value.trim()))
}

fn is_month(word: &str) -> bool {
    Lang::ALL.into_iter().any(|lang| {
        let calendar = &lang.language().calendar;
        calendar
            .months
            .iter()
            .chain(&calendar.short_months)
            .any(|month| month.trim_end_matches('.').to_lowercase() == word)
    })
}

fn is_week(word: &str) -> bool {
    Lang::ALL.into_iter().any(|lang| lang.language().calendar.connectives.weeks.contains(&word))
}

/// A day or a week as a number, also the last one of a range: `21`, `21.-22`.
fn is_day(word: &str) -> bool {
    let last = word.rsplit(['-', '–']).next().unwrap_or_default().trim_end_matches(|sign: char| !sign.is_ascii_digit());
    last.parse().is_ok_and(|day: u8| (1..=53).contains(&day))
}

/// A date in digits: `2027-01-21`, `21/1`, `21.01.2027`.
fn is_date(word: &str) -> bool {
    let parts: Vec<&str> = word.split(['/', '-', '.']).collect();
    let digits = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|sign| sign.is_ascii_digit()));
    let of = |at: usize| parts.get(at).and_then(|part| part.parse::<u16>().ok()).unwrap_or_default();
    let is_day_first = (1..=31).contains(&of(0)) && (1..=12).contains(&of(1));
    digits
        && match parts.len() {
            2 => word.contains('/') && is_day_first,
            3 => is_day_first || (is_year(parts[0]) && (1..=12).contains(&of(1))),
            _ => false,
        }
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.starts_with("20") && word.bytes().all(|sign| sign.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_found_in_the_ways_in_which_people_write_them() {
        for line in [
            "Vi ses den 21. januar kl. 9.",
            "tid: 21.-22. jan. 2027",
            "  frist: 2026-12-18",
            "Senest (21/1-27)!",
            "On January 21, we meet",
            "I uge 12 er der lukket.",
            "Strategien for 2027",
            "am 3. März",
        ] {
            assert!(names_day(line), "{line}");
        }
        for line in
            ["Vi ses snart.", "1.200 kr. for 3 billetter", "https://forening.example/21/nyt", "kl. 9.30-15.30", "i maj"]
        {
            assert!(!names_day(line), "{line}");
        }
        let copy = "subject: Nyt i juni 2027\naar: 2027\n den 1. maj \n";
        let found = [DayLine { line: 3, text: "den 1. maj".to_owned() }];
        assert_eq!(find_copied(copy, "subject: Nyt i maj\naar: 2027\nden 1. maj\n"), found);
    }
}
