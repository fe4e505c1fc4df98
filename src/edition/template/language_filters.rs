//! Filters that depend on the language: the plural form for a number, and a date as readers write it.

use jiff::civil::{Date, DateTime};
use minijinja::value::{Rest, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Value};

use crate::base::language::Lang;

/// Adds the filters of a language.
pub(crate) fn add_filters(engine: &mut Environment<'static>, lang: Lang) {
    engine.add_filter("plural", move |value: &Value, forms: Rest<String>| plural(value, &forms, lang));
    engine.add_filter("date", move |value: &Value, form: Option<String>| date(value, form.as_deref(), lang));
}

fn wrong_kind(detail: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, detail)
}

/// The right form of a word for a number, without the number: `{{ n }} {{ n|plural('medlem', 'medlemmer') }}`.
fn plural(value: &Value, forms: &[String], lang: Lang) -> Result<String, Error> {
    let number = match (value.as_str(), value.kind()) {
        (Some(text), _) => number(text, lang),
        (None, ValueKind::Number) => f64::try_from(value.clone()).ok(),
        // A list counts as the number of its items.
        (None, _) => value.len().and_then(|length| u32::try_from(length).ok()).map(f64::from),
    };
    let number = number.ok_or_else(|| wrong_kind("not a number"))?;
    let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
    lang.plural(number, &forms)
        .map(str::to_owned)
        .ok_or_else(|| wrong_kind("not the number of forms that the language has"))
}

/// A number as people write it: `1.234` in Danish is `1,234` in English.
fn number(text: &str, lang: Lang) -> Option<f64> {
    let [thousands, decimal] = lang.language().separators;
    let plain: String =
        text.trim().chars().filter(|character| *character != thousands && !character.is_whitespace()).collect();
    plain.replace(decimal, ".").parse().ok().filter(|number: &f64| number.is_finite())
}

/// A date, or a date and a time, that is written with the year first.
fn date(value: &Value, form: Option<&str>, lang: Lang) -> Result<String, Error> {
    let text = value.as_str().ok_or_else(|| wrong_kind("not a date"))?.trim();
    let (day, time) = match text.parse::<Date>() {
        // jiff also reads a day from `2027-01-21T09:30`, and drops the time.
        Ok(day) if text.len() == DAY => (day, None),
        Ok(_) | Err(_) => {
            let moment = moment(text).ok_or_else(|| wrong_kind("not a date"))?;
            (moment.date(), Some(lang.time(moment.time())))
        }
    };
    let day = match form {
        None => lang.date(day),
        Some("short") => lang.short_date(day),
        Some("weekday") => lang.weekday_date(day),
        Some(_) => return Err(wrong_kind("unknown form of a date")),
    };
    Ok(time.map_or_else(|| day.clone(), |time| lang.joined(&day, &time)))
}

/// The length of `2027-01-21`.
const DAY: usize = 10;

/// `2027-01-21 09:30`, `2027-01-21T09:30`, `2027-01-21 kl. 9.30`.
fn moment(text: &str) -> Option<DateTime> {
    if let Ok(moment) = text.parse() {
        return Some(moment);
    }
    let (day, time) = text.split_once(' ')?;
    let time = time.trim_start().trim_start_matches("kl.").trim().replace('.', ":");
    let (hour, minute) = time.split_once(':').unwrap_or((&time, "00"));
    format!("{day}T{hour:0>2}:{minute:0>2}").parse().ok()
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    fn said(expression: &str, lang: &str) -> Option<String> {
        let mut engine = Environment::new();
        add_filters(&mut engine, Lang::parse(lang).unwrap());
        let template = format!("{{{{ {expression} }}}}");
        engine.render_str(&template, context! { roles => vec!["a", "b"] }).ok()
    }

    #[test]
    fn a_number_chooses_its_word() {
        let cases = [("1", "medlem"), ("0", "medlemmer"), ("2", "medlemmer"), ("1.0", "medlem"), ("1.5", "medlemmer")];
        for (number, word) in cases {
            assert_eq!(
                said(&format!("{number}|plural('medlem', 'medlemmer')"), "da").as_deref(),
                Some(word),
                "{number}"
            );
        }
        for number in ["'1'", "' 1 '", "'1,0'"] {
            assert_eq!(said(&format!("{number}|plural('a', 'b')"), "da").as_deref(), Some("a"), "{number}");
        }
        assert_eq!(said("'1.000'|plural('a', 'b')", "da").as_deref(), Some("b"));
        assert_eq!(said("'1,000'|plural('a', 'b')", "en").as_deref(), Some("b"));
        assert_eq!(said("roles|plural('rolle', 'roller')", "da").as_deref(), Some("roller"));
        for wrong in ["'mange'|plural('a', 'b')", "1|plural", "true|plural('a', 'b')", "'nan'|plural('a', 'b')"] {
            assert_eq!(said(wrong, "da"), None, "{wrong}");
        }
    }

    #[test]
    fn a_day_is_written_in_the_language() {
        assert_eq!(said("'2027-01-21'|date", "da").as_deref(), Some("den 21. januar 2027"));
        assert_eq!(said("'2027-01-21'|date", "en").as_deref(), Some("21 January 2027"));
        assert_eq!(said("'2027-01-21'|date('weekday')", "da").as_deref(), Some("torsdag den 21. januar 2027"));
        assert_eq!(said("'2027-01-21'|date('short')", "en").as_deref(), Some("21 Jan 2027"));
        for text in ["2027-01-21 09:30", "2027-01-21T09:30", "2027-01-21 kl. 9.30", "2027-01-21 9:30"] {
            let expression = format!("'{text}'|date");
            assert_eq!(said(&expression, "da").as_deref(), Some("den 21. januar 2027 kl. 9.30"), "{text}");
        }
        for wrong in ["'18. december'|date", "12|date", "'2027-02-30'|date", "'2027-01-21'|date('long')", "''|date"] {
            assert_eq!(said(wrong, "da"), None, "{wrong}");
        }
    }
}
