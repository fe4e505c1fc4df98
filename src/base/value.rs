//! The value of a field: of a cell in a list, a key in YAML or a column in a database.

use std::fmt;

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// The value of a person's field. There is no empty value: the field of an empty cell is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    // Serde tries the variants of an untagged enum in this order: a whole number is an `Integer`, since it could also
    // be a `Number`, and a text is a `Date` if it can be one.
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Number(f64),
    /// A day.
    Date(#[serde(deserialize_with = "day")] Date),
    /// Several values.
    List(Vec<Value>),
    /// Any other text.
    Text(String),
}

/// A day without a time of day; a text with both stays a text.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    // jiff reads `2027-01-21T09:30` as a date, too, and drops the time.
    let day: Date = text.parse().map_err(D::Error::custom)?;
    if day.to_string() == text { Ok(day) } else { Err(D::Error::custom("not only a date")) }
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
