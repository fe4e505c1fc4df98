//! A period in the words of a language.

use crate::base::language::Lang;
use crate::publish::calendar::period::Period;

/// A period with its year: `24. maj 2027`, `den 8.–9. marts 2027`, `uge 12 2027`, `maj 2027`, `1. kvartal 2027`, `2027`.
pub fn written(lang: Lang, period: Period) -> String {
    let year = period.year();
    match period {
        Period::Days { first, last } if first == last => lang.date_alone(first),
        Period::Days { first, last } => lang.dates(first, last),
        Period::Month { first } => lang.month(first),
        Period::Year { .. } => year.to_string(),
        Period::Week { .. } | Period::Quarter { .. } => format!("{} {year}", short(lang, period)),
    }
}

/// A period in a table of one year: `24. maj 2027`, `uge 12`, `maj`, `1. kvartal`.
pub(super) fn short(lang: Lang, period: Period) -> String {
    let words = &lang.language().year;
    let numbered = |form: &str, number: Option<i8>| form.replace("{number}", &number.unwrap_or_default().to_string());
    match period {
        Period::Days { first, last } if first == last => lang.short_date(first),
        Period::Days { first, last } => lang.dates(first, last),
        Period::Week { .. } => numbered(words.week, period.week_number()),
        Period::Month { first } => lang.month_name(first).to_owned(),
        Period::Quarter { .. } => numbered(words.quarter, period.quarter_number()),
        Period::Year { .. } => period.year().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn periods_are_written_in_the_language() {
        let periods = [
            Some(Period::day(date(2027, 5, 24))),
            Some(Period::Days { first: date(2027, 3, 8), last: date(2027, 3, 9) }),
            Period::week(2027, 2),
            Period::month(2027, 5),
            Period::quarter(2027, 1),
            Period::whole_year(2027),
        ];
        let write = |tag: &str, form: fn(Lang, Period) -> String| {
            let lang = Lang::of_tag(tag).unwrap();
            periods.iter().flatten().map(|period| form(lang, *period)).collect::<Vec<_>>().join(" · ")
        };
        assert_eq!(
            write("da", written),
            "24. maj 2027 · den 8.–9. marts 2027 · uge 2 2027 · maj 2027 · 1. kvartal 2027 · 2027"
        );
        assert_eq!(write("da", short), "24. maj 2027 · den 8.–9. marts 2027 · uge 2 · maj · 1. kvartal · 2027");
        assert!(write("en", written).contains("week 2 2027"), "{}", write("en", written));
    }
}
