//! How the columns of a list become fields, where its headers alone do not say it.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use crate::base::value::Value;
use crate::people::lists::column::Column;
use crate::people::person::{FieldShape, fold};

/// What an audience's file says about the columns of its list: for each field where it is read from, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mapping(BTreeMap<String, FieldMapping>);

/// What is said about one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldMapping {
    /// The header of its column; absent: a header that means the field anyway.
    pub from: Option<String>,
    /// How its cells are read.
    pub reading: CellFormat,
}

/// How the cells of a column are read.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum CellFormat {
    /// As they are: in a CSV file everything is a text.
    #[default]
    AsItIs,
    /// Several values, with this between them.
    List(String),
    /// A number, as Danes or programs write it: `1234`, `1.234`, `1.234,5`, `0.5`.
    Number,
    /// Yes or no: `true`, `ja`, `x`, `1` and their opposites.
    Boolean,
    /// A day: `2026-01-12`, or as Danes write it, `12-01-2026`, `12.1.2026`, `12/1 2026`.
    Date,
}

/// What a column is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ColumnRole {
    /// It has no name.
    Nameless,
    /// The field that it would fill is read from another column.
    Passed,
    /// It fills a field.
    Fills(Column),
}

impl Mapping {
    /// Fields of several values, each with what separates them.
    pub fn of_lists<'a>(lists: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let said = |(field, separator): (&str, &str)| {
            let reading = CellFormat::List(separator.to_owned());
            (field.to_owned(), FieldMapping { from: None, reading })
        };
        Self(lists.into_iter().map(said).collect())
    }

    /// Says how a field is read; what was said before is forgotten.
    pub fn insert(&mut self, field: String, mapped: FieldMapping) {
        self.0.insert(field, mapped);
    }

    /// How the cells of a field are read.
    pub(crate) fn reading(&self, field: &str) -> &CellFormat {
        self.0.get(field).map_or(&CellFormat::AsItIs, |it| &it.reading)
    }

    /// Whether one or several values are in a field.
    pub(crate) fn shape(&self, field: &str) -> FieldShape {
        if matches!(self.reading(field), CellFormat::List(_)) { FieldShape::List } else { FieldShape::Single }
    }

    /// What a column with this header is for.
    pub(crate) fn role(&self, header: &str) -> ColumnRole {
        let folded = fold(header.trim());
        let said = self.0.iter().find(|(_, it)| it.from.as_deref().is_some_and(|from| fold(from.trim()) == folded));
        if let Some((field, _)) = said {
            return Column::named(field).map_or(ColumnRole::Nameless, ColumnRole::Fills);
        }
        match Column::named(header) {
            None => ColumnRole::Nameless,
            Some(column) if self.0.get(column.field()).is_some_and(|it| it.from.is_some()) => ColumnRole::Passed,
            Some(column) => ColumnRole::Fills(column),
        }
    }
}

impl CellFormat {
    /// The value of a cell; what was expected, where it is none.
    pub(crate) fn read(&self, text: &str, given: Option<&Value>) -> Result<Value, &'static str> {
        let given = given.cloned().unwrap_or_else(|| Value::Text(text.to_owned()));
        match (self, given) {
            (Self::AsItIs, value)
            | (Self::Number, value @ (Value::Integer(_) | Value::Number(_)))
            | (Self::Boolean, value @ Value::Bool(_))
            | (Self::Date, value @ Value::Date(_))
            | (Self::List(_), value @ Value::List(_)) => Ok(value),
            (Self::List(separator), _) => Ok(list(text, separator)),
            (Self::Number, _) => number(text).ok_or("a number, such as 1234 or 12,5"),
            (Self::Boolean, _) => boolean(text).map(Value::Bool).ok_or("yes or no: ja, nej, true, false"),
            (Self::Date, _) => day(text).map(Value::Date).ok_or("a day, such as 2026-01-12 or 12-01-2026"),
        }
    }
}

fn list(text: &str, separator: &str) -> Value {
    let parts = text.split(separator).map(str::trim).filter(|part| !part.is_empty());
    Value::List(parts.map(|part| Value::Text(part.to_owned())).collect())
}

/// A comma is a decimal comma; without one, a point before exactly three digits parts the thousands, as it does in the
/// spreadsheets that lists of people come from.
fn number(text: &str) -> Option<Value> {
    let text: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    let groups = |text: &str| text.split('.').skip(1).all(|it| it.len() == 3) && !text.starts_with('.');
    let plain = match text.split_once(',') {
        Some((whole, part)) if groups(whole) && !part.contains(['.', ',']) => {
            format!("{}.{part}", whole.replace('.', ""))
        }
        Some(_) => return None,
        None if text.contains('.') && groups(&text) && !text.starts_with("0.") => text.replace('.', ""),
        None => text,
    };
    if !plain.bytes().all(|it| it.is_ascii_digit() || matches!(it, b'.' | b'-')) {
        return None;
    }
    let whole = plain.parse().ok().map(Value::Integer);
    whole.or_else(|| plain.parse::<f64>().ok().filter(|it| it.is_finite()).map(Value::Number))
}

/// A word for yes or no.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "true" | "ja" | "yes" | "j" | "y" | "1" | "x" | "sand" | "sandt" => Some(true),
        "false" | "nej" | "no" | "n" | "0" | "-" | "falsk" => Some(false),
        _ => None,
    }
}

fn day(text: &str) -> Option<Date> {
    let first = text.split(['T', ' ']).next().unwrap_or(text);
    if let Ok(day) = first.parse::<Date>() {
        return Some(day);
    }
    let parts: Vec<&str> = text.split(['-', '.', '/', ' ']).filter(|it| !it.is_empty()).collect();
    let [day, month, year, ..] = parts.as_slice() else { return None };
    let valid = year.len() == 4 && parts[3..].iter().all(|it| it.contains(':'));
    valid.then(|| Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()).flatten()
}

/// The day of a spreadsheet's date; absent where it is none.
pub(crate) fn civil(year: u16, month: u8, day: u8) -> Option<Date> {
    let (year, month, day) = (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(year, month, day).ok().filter(|it| *it > date(1900, 1, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_danes_and_programs_write_them() {
        for (text, expected) in [
            ("1234", "1234"),
            ("1.234", "1234"),
            ("1.234.567,5", "1234567.5"),
            ("12,50", "12.5"),
            ("0.125", "0.125"),
            ("12.5", "12.5"),
            ("-3", "-3"),
            ("1 234", "1234"),
        ] {
            assert_eq!(number(text).unwrap().to_string(), expected, "{text}");
        }
        assert_eq!(["1,2,3", "abc", "1e3", "", "1.23,4", "NaN"].map(number), [const { None }; 6]);
    }

    #[test]
    fn days_are_read_as_danes_and_programs_write_them() {
        for text in ["2026-01-12", "12-01-2026", "12.1.2026", "12/1 2026", "12-01-2026 09:30", "2026-01-12T09:30:00"] {
            assert_eq!(day(text), Some(date(2026, 1, 12)), "{text}");
        }
        assert_eq!(["12-01-26", "31-02-2026", "2026", "i dag", "12-01-2026-3"].map(day), [None; 5]);
    }
}
