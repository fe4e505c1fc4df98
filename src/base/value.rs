//! A value of a field: what a cell of a list, a key of YAML or a column of a database can hold.

use std::fmt;

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// What a person's field holds. An empty cell holds nothing: the field is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
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

/// A day, and no more: a text that goes on with a time of day stays the text that it is.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    let day: Date = text.parse().map_err(D::Error::custom)?;
    if day.to_string() == text { Ok(day) } else { Err(D::Error::custom("more than a day")) }
}

impl Value {
    /// Whether it is several values.
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
