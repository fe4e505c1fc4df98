//! How the columns of a list become fields, if its headers alone do not say so.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::base::message::{Message, message};
use crate::base::value::Value;
use crate::people::lists::column::Column;
use crate::people::person::{FieldShape, fold};

/// The settings of an audience's file about the columns of its list: which column each field is read from, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mapping(BTreeMap<String, FieldMapping>);

/// How one field is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldMapping {
    /// The header of its column; absent: any header that means the field.
    pub from: Option<String>,
    /// How its cells are read.
    pub format: CellFormat,
}

/// How the cells of a column are read.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum CellFormat {
    /// Unchanged: in a CSV file everything is a text.
    #[default]
    Unchanged,
    /// Several values with this separator.
    List(String),
    /// A number in Danish or programming notation: `1234`, `1.234`, `1.234,5`, `0.5`.
    Number,
    /// Yes or no: `true`, `ja`, `x`, `1` and their opposites.
    Boolean,
    /// A date in ISO 8601 or Danish notation: `2026-01-12`, `12-01-2026`, `12.1.2026`, `12/1 2026`.
    Date,
}

/// What a column is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ColumnRole {
    /// It has no name.
    Unnamed,
    /// It is ignored: the field that it would fill is read from another column.
    Ignored,
    /// It fills a field.
    Fills(Column),
}

impl Mapping {
    /// Fields of several values, each with its separator.
    pub fn of_lists<'a>(lists: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let lists = lists.into_iter().map(|(field, separator)| {
            (field.to_owned(), FieldMapping { from: None, format: CellFormat::List(separator.to_owned()) })
        });
        Self(lists.collect())
    }

    /// Sets how a field is read.
    pub fn insert(&mut self, field: String, mapping: FieldMapping) {
        self.0.insert(field, mapping);
    }

    /// How the cells of a field are read.
    pub(crate) fn format(&self, field: &str) -> &CellFormat {
        self.0.get(field).map_or(&CellFormat::Unchanged, |mapping| &mapping.format)
    }

    /// Whether a field holds one or several values.
    pub(crate) fn shape(&self, field: &str) -> FieldShape {
        if matches!(self.format(field), CellFormat::List(_)) { FieldShape::List } else { FieldShape::Single }
    }

    /// The role of a column with this header.
    pub(crate) fn role(&self, header: &str) -> ColumnRole {
        let folded = fold(header.trim());
        let is_source = |mapping: &FieldMapping| mapping.from.as_ref().is_some_and(|from| fold(from.trim()) == folded);
        // A header that the audience's file names takes precedence over the header's own meaning.
        if let Some((field, _)) = self.0.iter().find(|(_, mapping)| is_source(mapping)) {
            return Column::named(field).map_or(ColumnRole::Unnamed, ColumnRole::Fills);
        }
        match Column::named(header) {
            None => ColumnRole::Unnamed,
            Some(column) if self.0.get(column.field()).is_some_and(|mapping| mapping.from.is_some()) => {
                ColumnRole::Ignored
            }
            Some(column) => ColumnRole::Fills(column),
        }
    }
}

impl CellFormat {
    /// The value of a cell.
    ///
    /// # Errors
    ///
    /// The cell is invalid; the error names what is expected.
    pub(crate) fn read(&self, text: &str, given: Option<&Value>) -> Result<Value, Message> {
        let given = given.cloned().unwrap_or_else(|| Value::Text(text.to_owned()));
        match (self, given) {
            (Self::Unchanged, value)
            | (Self::Number, value @ (Value::Integer(_) | Value::Number(_)))
            | (Self::Boolean, value @ Value::Bool(_))
            | (Self::Date, value @ Value::Date(_))
            | (Self::List(_), value @ Value::List(_)) => Ok(value),
            (Self::List(separator), _) => Ok(split_list(text, separator)),
            (Self::Number, _) => {
                parse_number(text).ok_or(message!("a number, such as 1234 or 12,5", "et tal, f.eks. 1234 eller 12,5"))
            }
            (Self::Boolean, _) => parse_boolean(text)
                .map(Value::Bool)
                .ok_or(message!("yes or no: ja, nej, true, false", "ja eller nej: ja, nej, true, false")),
            (Self::Date, _) => parse_date(text).map(Value::Date).ok_or(message!(
                "a date, such as 2026-01-12 or 12-01-2026",
                "en dato, f.eks. 2026-01-12 eller 12-01-2026"
            )),
        }
    }
}

fn split_list(text: &str, separator: &str) -> Value {
    let parts = text.split(separator).map(str::trim).filter(|part| !part.is_empty());
    Value::List(parts.map(|part| Value::Text(part.to_owned())).collect())
}

/// A comma is a decimal comma. Without one, a point before exactly three digits separates thousands, as in the Danish
/// spreadsheets that most lists come from: `1.234` is 1234, and `12.5` is 12.5.
fn parse_number(text: &str) -> Option<Value> {
    let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let is_grouped = |text: &str| text.split('.').skip(1).all(|group| group.len() == 3) && !text.starts_with('.');
    let plain = match text.split_once(',') {
        Some((whole, part)) if is_grouped(whole) && !part.contains(['.', ',']) => {
            format!("{}.{part}", whole.replace('.', ""))
        }
        Some(_) => return None,
        None if text.contains('.') && is_grouped(&text) && !text.starts_with("0.") => text.replace('.', ""),
        None => text,
    };
    // `f64` would also parse `1e3`, `inf` and `NaN`, which are texts here.
    if !plain.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-')) {
        return None;
    }
    let whole = plain.parse().ok().map(Value::Integer);
    whole.or_else(|| plain.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::Number))
}

/// Parses a word for yes or no.
pub(crate) fn parse_boolean(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "true" | "ja" | "yes" | "j" | "y" | "1" | "x" | "sand" | "sandt" => Some(true),
        "false" | "nej" | "no" | "n" | "0" | "-" | "falsk" => Some(false),
        _ => None,
    }
}

fn parse_date(text: &str) -> Option<Date> {
    let first = text.split(['T', ' ']).next().unwrap_or(text);
    if let Ok(date) = first.parse::<Date>() {
        return Some(date);
    }
    let parts: Vec<&str> = text.split(['-', '.', '/', ' ']).filter(|part| !part.is_empty()).collect();
    let [day, month, year, ..] = parts.as_slice() else { return None };
    // Only a time of day may follow.
    let is_date = year.len() == 4 && parts[3..].iter().all(|part| part.contains(':'));
    is_date.then(|| Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn numbers_are_read_in_danish_and_programming_notation() {
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
            assert_eq!(parse_number(text).unwrap().to_string(), expected, "{text}");
        }
        assert_eq!(["1,2,3", "abc", "1e3", "", "1.23,4", "NaN"].map(parse_number), [const { None }; 6]);
    }

    #[test]
    fn dates_are_read_in_iso_and_danish_notation() {
        for text in ["2026-01-12", "12-01-2026", "12.1.2026", "12/1 2026", "12-01-2026 09:30", "2026-01-12T09:30:00"] {
            assert_eq!(parse_date(text), Some(date(2026, 1, 12)), "{text}");
        }
        assert_eq!(["12-01-26", "31-02-2026", "2026", "i dag", "12-01-2026-3"].map(parse_date), [None; 5]);
    }
}
