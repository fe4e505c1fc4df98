//! Filters that depend on the language: the plural form for a number; numbers, amounts and dates as readers write them.

use std::borrow::Cow;

use jiff::civil::{Date, DateTime, Time};
use minijinja::value::{Rest, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Value};

use crate::base::language::Lang;
use crate::issue::when::{self, EventTime, MissingYear};

/// The name of a filter that writes in one language, in an engine of several: `date_en`.
pub(crate) fn name_in(filter: &str, lang: Lang) -> String {
    format!("{filter}_{lang}")
}

/// Adds the filters of a language under their own names, or as `name` changes them. Texts are read as numbers of the project's
/// own language, `home`, and amounts are in its currency: the same text is the same amount for every reader.
pub(crate) fn add_filters(
    engine: &mut Environment<'static>,
    lang: Lang,
    home: Lang,
    name: impl Fn(&'static str) -> Cow<'static, str>,
) {
    engine.add_filter(name("plural"), move |value: &Value, forms: Rest<String>| plural(value, &forms, lang, home));
    engine.add_filter(name("date"), move |value: &Value, form: Option<String>| date(value, form.as_deref(), lang));
    engine.add_filter(name("number"), move |value: &Value, decimals: Option<usize>| {
        let number = number_of(value, home)?;
        let written = decimals.map_or_else(|| lang.decimal(number), |decimals| lang.rounded(number, decimals));
        written.ok_or_else(|| wrong_kind("not a number that can be written so"))
    });
    engine.add_filter(name("currency"), move |value: &Value, code: Option<String>| {
        let number = number_of(value, home)?;
        lang.money(number, code.as_deref().unwrap_or(home.language().amounts.currency))
            .ok_or_else(|| wrong_kind("not an amount that can be written so"))
    });
    engine.add_filter(name("percent"), move |value: &Value| {
        lang.percent(number_of(value, home)?).ok_or_else(|| wrong_kind("not a number that can be written so"))
    });
}

fn wrong_kind(detail: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, detail)
}

/// The right form of a word for a number, without the number: `{{ n }} {{ n|plural('medlem', 'medlemmer') }}`.
fn plural(value: &Value, forms: &[String], lang: Lang, home: Lang) -> Result<String, Error> {
    // A list counts as the number of its items.
    let items = value.as_str().is_none().then(|| value.len()).flatten().and_then(|length| u32::try_from(length).ok());
    let number = items.map_or_else(|| number_of(value, home), |items| Ok(f64::from(items)))?;
    let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
    lang.plural(number, &forms)
        .map(str::to_owned)
        .ok_or_else(|| wrong_kind("not the number of forms that the language has"))
}

/// The number that a value is, or that a text of a list names.
fn number_of(value: &Value, lang: Lang) -> Result<f64, Error> {
    let number = match (value.as_str(), value.kind()) {
        (Some(text), _) => number(text, lang),
        (None, ValueKind::Number) => f64::try_from(value.clone()).ok(),
        (None, _) => None,
    };
    number.ok_or_else(|| wrong_kind("not a number"))
}

/// A number as people write it: `1.234` in Danish is `1,234` in English. A single separator that is not before three digits
/// is that of decimals: programs write `12.50` in any language.
fn number(text: &str, lang: Lang) -> Option<f64> {
    let [thousands, decimal] = lang.language().separators;
    let text: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    let (whole, _) = text.split_once(decimal).unwrap_or((&text, ""));
    let is_grouped = whole.split(thousands).skip(1).all(|group| group.len() == 3);
    let plain = if is_grouped {
        text.replace(thousands, "").replace(decimal, ".")
    } else if text.matches([thousands, decimal]).count() == 1 {
        text.replace(thousands, ".")
    } else {
        return None;
    };
    plain.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A date, or a date and a time, that is written with the year first, or as people write one: `12. januar 2027 kl. 9`.
fn date(value: &Value, form: Option<&str>, lang: Lang) -> Result<String, Error> {
    let text = value.as_str().ok_or_else(|| wrong_kind("not a date"))?.trim();
    let (day, time) = match text.parse::<Date>() {
        // jiff also reads a day from `2027-01-21T09:30`, and drops the time.
        Ok(day) if text.len() == DAY => (day, None),
        Ok(_) | Err(_) => {
            let (day, time) = moment(text)
                .map(|moment| (moment.date(), Some(moment.time())))
                .or_else(|| written(text))
                .ok_or_else(|| wrong_kind("not a date"))?;
            (day, time.map(|time| lang.time(time)))
        }
    };
    let day = match form {
        None => lang.date(day),
        Some("short") => lang.short_date(day),
        Some("long") => lang.date_alone(day),
        Some("weekday") => lang.weekday_date(day),
        Some(_) => return Err(wrong_kind("unknown form of a date")),
    };
    Ok(time.map_or_else(|| day.clone(), |time| lang.joined(&day, &time)))
}

/// A text that is nothing but a day with the year first, or a day and a time, as a sentence continues with it:
/// `21. januar 2027`. Authors write `den` themselves, or not at all.
pub(super) fn long_date(text: &str, lang: Lang) -> Option<String> {
    let bytes = text.as_bytes();
    // Every value that is printed comes here, and nearly none is a day.
    if bytes.len() < DAY || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let time_follows = matches!(bytes.get(DAY), Some(b'T' | b' ')) && bytes.get(DAY + 3) == Some(&b':');
    (bytes.len() == DAY || time_follows).then(|| date(&Value::from(text), Some("long"), lang).ok()).flatten()
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

/// One day, and one time if it has one, as people write them in any of the languages, with the year.
fn written(text: &str) -> Option<(Date, Option<Time>)> {
    match when::parse(&[text], MissingYear::Unknown).ok()? {
        EventTime::Days { first, last } if first == last => Some((first, None)),
        EventTime::Hours { begins, ends: None } => Some((begins.date(), Some(begins.time()))),
        EventTime::Days { .. } | EventTime::Hours { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    fn said(expression: &str, lang: &str) -> Option<String> {
        let mut engine = Environment::new();
        let lang = Lang::parse(lang).unwrap();
        add_filters(&mut engine, lang, lang, Cow::Borrowed);
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
    fn an_amount_is_the_same_in_every_language() {
        let home = Lang::default();
        for (lang, expected) in [("da", "1.200\u{a0}kr."), ("en", "DKK\u{a0}1,200"), ("de", "1.200\u{a0}DKK")] {
            let mut engine = Environment::new();
            add_filters(&mut engine, Lang::parse(lang).unwrap(), home, Cow::Borrowed);
            for amount in ["1200", "'1.200'"] {
                let written = engine.render_str(&format!("{{{{ {amount}|currency }}}}"), ()).unwrap();
                assert_eq!(written.replace(' ', "\u{a0}"), expected, "{amount} {lang}");
            }
        }
    }

    #[test]
    fn a_day_is_written_in_the_language() {
        assert_eq!(said("'2027-01-21'|date", "da").as_deref(), Some("den 21. januar 2027"));
        assert_eq!(said("'2027-01-21'|date", "en").as_deref(), Some("21 January 2027"));
        assert_eq!(said("'2027-01-21'|date('weekday')", "da").as_deref(), Some("torsdag den 21. januar 2027"));
        assert_eq!(said("'2027-01-21'|date('short')", "en").as_deref(), Some("21 Jan 2027"));
        assert_eq!(said("'2027-01-21'|date('long')", "da").as_deref(), Some("21. januar 2027"));
        for text in ["2027-01-21 09:30", "2027-01-21T09:30", "2027-01-21 kl. 9.30", "2027-01-21 9:30"] {
            let expression = format!("'{text}'|date");
            assert_eq!(said(&expression, "da").as_deref(), Some("den 21. januar 2027 kl. 9.30"), "{text}");
        }
        for text in ["12. januar 2027", "12.01.2027", "12 January 2027", "12/1-2027"] {
            assert_eq!(said(&format!("'{text}'|date"), "da").as_deref(), Some("den 12. januar 2027"), "{text}");
        }
        assert_eq!(said("'12. januar 2027 kl. 9'|date", "da").as_deref(), Some("den 12. januar 2027 kl. 9.00"));
        for wrong in [
            "'12.-13. januar 2027'|date",
            "'18. december'|date",
            "12|date",
            "'2027-02-30'|date",
            "'2027-01-21'|date('full')",
            "''|date",
        ] {
            assert_eq!(said(wrong, "da"), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_and_amounts_are_written_in_the_language() {
        for (expression, danish, english) in [
            ("1234|number", "1.234", "1,234"),
            ("1234.5|number", "1.234,5", "1,234.5"),
            ("1234.5|number(2)", "1.234,50", "1,234.50"),
            ("2.675|number(2)", "2,68", "2.68"),
            ("-0.001|number(2)", "0,00", "0.00"),
            ("1234567.5|number(0)", "1.234.568", "1,234,568"),
            ("1200|currency", "1.200\u{a0}kr.", "DKK\u{a0}1,200"),
            ("-1234.5|currency", "-1.234,50\u{a0}kr.", "DKK\u{a0}-1,234.50"),
            ("99.9|currency('EUR')", "99,90\u{a0}euro", "EUR\u{a0}99.90"),
            ("99|currency('CHF')", "99\u{a0}CHF", "CHF\u{a0}99"),
            ("12.5|percent", "12,5\u{a0}%", "12.5%"),
        ] {
            let written = [said(expression, "da"), said(expression, "en")];
            assert_eq!(written, [Some(danish.to_owned()), Some(english.to_owned())], "{expression}");
        }
        assert_eq!(said("'1.234,5'|number(2)", "da").as_deref(), Some("1.234,50"));
        for (amount, danish) in
            [("'12.50'", "12,50\u{a0}kr."), ("'1.234'", "1.234\u{a0}kr."), ("'0.5'", "0,50\u{a0}kr.")]
        {
            assert_eq!(said(&format!("{amount}|currency"), "da").as_deref(), Some(danish), "{amount}");
        }
        for wrong in
            ["'1.23.456'|number", "'mange'|number", "roles|currency", "true|percent", "1|number(7)", "1e16|number(0)"]
        {
            assert_eq!(said(wrong, "da"), None, "{wrong}");
        }
    }
}
