//! The value of a field: of a cell in a list, a key in YAML or a column in a database.

use std::fmt;

use jiff::civil::Date;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// The value of a person's field. A value is never empty: the field of an empty cell is missing.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Number(f64),
    /// A day.
    Date(Date),
    /// Several values.
    List(Vec<Value>),
    /// Any other text.
    Text(String),
}

/// Parses a text as a day; absent if the text is more than a day. jiff reads `2027-01-21T09:30` as a day, too, and
/// drops the time.
fn day(text: &str) -> Option<Date> {
    // Most texts are not days, and jiff would build an error for each.
    let hyphens = text.len().checked_sub(6).zip(text.len().checked_sub(3))?;
    let is_likely = [hyphens.0, hyphens.1].iter().all(|at| text.as_bytes()[*at] == b'-');
    let day: Date = is_likely.then(|| text.parse().ok()).flatten()?;
    (day.to_string() == text).then_some(day)
}

/// Reads a value as it is written. A whole number is an `Integer`, and a text is a `Date` if it can be one.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A derived one would try each variant in turn, and build an error for each that fails.
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a field")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        // What does not fit an `Integer` is rounded to a `Number`.
        #[expect(clippy::cast_precision_loss, reason = "every reader of JSON rounds such a number")]
        Ok(i64::try_from(value).map_or(Value::Number(value as f64), Value::Integer))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Number(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(day(text).map_or_else(|| Value::Text(text.to_owned()), Value::Date))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(day(&text).map_or(Value::Text(text), Value::Date))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = elements.next_element()? {
            values.push(value);
        }
        Ok(Value::List(values))
    }
}

impl Value {
    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        matches!(self, Self::List(_))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Date(value) => value.fmt(f),
            Self::Text(value) => f.write_str(value),
            Self::List(values) => {
                for (position, value) in values.iter().enumerate() {
                    let separator = if position == 0 { "" } else { ", " };
                    write!(f, "{separator}{value}")?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_value_is_read_as_it_was_written() {
        let texts =
            ["", "nej", "2027-01-21T09:30", "2027-1-21", "20270121", "é-01-21", "x-x--x", "-02-30", "2027-02-30"];
        let mut values: Vec<Value> = texts.into_iter().map(|text| Value::Text(text.to_owned())).collect();
        values.extend([Value::Bool(true), Value::Integer(i64::MIN), Value::Integer(i64::MAX), Value::Number(0.5)]);
        values.extend([date(2027, 1, 21), Date::MIN, Date::MAX].map(Value::Date));
        values.push(Value::Number(2.0));
        values.push(Value::List(values.clone()));
        for value in values {
            let written = serde_json::to_string(&value).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), value, "{written}");
        }
        // A text that is a day becomes one.
        assert_eq!(serde_json::from_str::<Value>("\"2027-01-21\"").unwrap(), Value::Date(date(2027, 1, 21)));
        assert_eq!(serde_json::from_str::<Value>("9223372036854775808").unwrap(), Value::Number(2f64.powi(63)));
        assert!(["null", "{}"].iter().all(|text| serde_json::from_str::<Value>(text).is_err()));
    }
}
