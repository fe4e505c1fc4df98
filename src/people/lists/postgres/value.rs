//! Decodes values as PostgreSQL sends them: the binary formats of its `*_send` functions.

use std::error::Error as StdError;
use std::fmt::Write;

use jiff::civil::{DateTime, Time, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span};
use postgres::types::{FromSql, Kind as TypeKind, Type};

use crate::base::value::Value;

/// The base of the digits of a `numeric`.
const NUMERIC_BASE: i64 = 10_000;

/// The bytes of a value.
pub(super) struct RawValue<'a>(&'a [u8]);

impl<'a> FromSql<'a> for RawValue<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(raw))
    }

    /// [`ColumnType::of`] refuses unsupported types.
    fn accepts(_: &Type) -> bool {
        true
    }
}

/// How the values of a column are decoded.
pub(super) enum ColumnType {
    Text,
    Bool,
    Integer,
    Float4,
    Float8,
    Numeric,
    Uuid,
    Date,
    Timestamp(TimestampType),
    Json,
    /// JSON after a version byte.
    Jsonb,
    /// Several values, with the type of the array.
    List(Box<ColumnType>, Type),
}

/// The time zone of a timestamp.
pub(super) enum TimestampType {
    /// None.
    Local,
    /// It is in UTC, and shown in the server's time zone.
    Utc,
}

impl ColumnType {
    /// The decoding of a type; `None` if it is unsupported.
    pub(super) fn of(kind: &Type) -> Option<Self> {
        match kind.kind() {
            // A domain is sent in the format of its base type, and an enum as its label.
            TypeKind::Domain(inner) => return Self::of(inner),
            TypeKind::Enum(_) => return Some(Self::Text),
            TypeKind::Array(member) => {
                let inner = Self::of(member).filter(|inner| !matches!(inner, Self::List(..)))?;
                return Some(Self::List(Box::new(inner), kind.clone()));
            }
            _ => {}
        }
        Some(match *kind {
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::XML => Self::Text,
            Type::BOOL => Self::Bool,
            Type::INT2 | Type::INT4 | Type::INT8 => Self::Integer,
            Type::FLOAT4 => Self::Float4,
            Type::FLOAT8 => Self::Float8,
            Type::NUMERIC => Self::Numeric,
            Type::UUID => Self::Uuid,
            Type::DATE => Self::Date,
            Type::TIMESTAMP => Self::Timestamp(TimestampType::Local),
            Type::TIMESTAMPTZ => Self::Timestamp(TimestampType::Utc),
            Type::JSON => Self::Json,
            Type::JSONB => Self::Jsonb,
            // An extension's type has a different number in each database, so only the name is known.
            _ if kind.name() == "citext" => Self::Text,
            _ => return None,
        })
    }

    /// The value; absent if a field cannot hold it, such as `NaN`.
    pub(super) fn value(&self, raw: &RawValue<'_>, zone: &TimeZone) -> Option<Value> {
        let raw = raw.0;
        match self {
            Self::Text => Some(text(raw)),
            Self::Bool => Some(Value::Bool(raw.first()? != &0)),
            Self::Integer => integer(raw).map(Value::Integer),
            Self::Float4 => number(f64::from(f32::from_be_bytes(raw.try_into().ok()?))),
            Self::Float8 => number(f64::from_be_bytes(raw.try_into().ok()?)),
            Self::Numeric => numeric(raw),
            Self::Uuid => uuid(raw).map(Value::Text),
            Self::Date => date_after(i32::from_be_bytes(raw.try_into().ok()?)),
            Self::Timestamp(kind) => timestamp(i64::from_be_bytes(raw.try_into().ok()?), kind, zone),
            Self::Json => Some(json(raw)),
            Self::Jsonb => Some(json(raw.get(1..)?)),
            Self::List(kind, list) => {
                let members: Vec<Option<RawValue<'_>>> = FromSql::from_sql(list, raw).ok()?;
                let members = members.iter().flatten().filter_map(|member| kind.value(member, zone));
                Some(Value::List(members.collect()))
            }
        }
    }
}

fn text(raw: &[u8]) -> Value {
    Value::Text(String::from_utf8_lossy(raw).trim().to_owned())
}

fn number(number: f64) -> Option<Value> {
    Some(number).filter(|number| number.is_finite()).map(Value::Number)
}

fn integer(raw: &[u8]) -> Option<i64> {
    match raw.len() {
        2 => raw.try_into().ok().map(i16::from_be_bytes).map(i64::from),
        4 => raw.try_into().ok().map(i32::from_be_bytes).map(i64::from),
        _ => raw.try_into().ok().map(i64::from_be_bytes),
    }
}

/// `numeric_send`: the number of digits in base 10,000, the weight of the first, the sign, the scale; then the digits.
fn numeric(raw: &[u8]) -> Option<Value> {
    let half = |at: usize| raw.get(2 * at..2 * at + 2)?.try_into().ok().map(i16::from_be_bytes);
    let (count, weight, sign, scale) = (usize::try_from(half(0)?).ok()?, half(1)?, half(2)?, half(3)?);
    let negative = match sign {
        0 => false,
        0x4000 => true,
        // 0xC000 is NaN, 0xD000 and 0xF000 are the infinities.
        _ => return None,
    };
    let groups: Option<Vec<i16>> = (0..count).map(|at| half(4 + at)).collect();
    let groups = groups?;
    let group = |power: i16| {
        let at = usize::try_from(weight.checked_sub(power)?).ok()?;
        groups.get(at).copied()
    };
    // `12.00` has the scale 2 and stays a number; without decimals, it is a whole number if it fits 64 bits.
    if scale == 0 {
        let whole = (0..=weight.max(0)).rev().try_fold(0_i64, |sum, power| {
            sum.checked_mul(NUMERIC_BASE)?.checked_add(i64::from(group(power).unwrap_or(0)))
        });
        if let Some(whole) = whole {
            return Some(Value::Integer(if negative { -whole } else { whole }));
        }
    }
    let mut digits = String::new();
    for group in &groups {
        write!(digits, "{group:04}").ok()?;
    }
    let power = 4 * (i64::from(weight) + 1) - i64::try_from(digits.len()).ok()?;
    let sign = if negative { "-" } else { "" };
    number(format!("{sign}{}e{power}", if digits.is_empty() { "0" } else { &digits }).parse().ok()?)
}

fn uuid(raw: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(36);
    for (at, byte) in raw.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        write!(text, "{byte:02x}").ok()?;
    }
    Some(text)
}

/// Days after 2000-01-01. The smallest and the largest number are the infinities, which no calendar reaches.
fn date_after(days: i32) -> Option<Value> {
    date(2000, 1, 1).checked_add(Span::new().try_days(days).ok()?).ok().map(Value::Date)
}

/// Microseconds after 2000-01-01: a date; with a time of day, a text.
fn timestamp(microseconds: i64, kind: &TimestampType, zone: &TimeZone) -> Option<Value> {
    let since = SignedDuration::from_micros(microseconds);
    let time: DateTime = date(2000, 1, 1).at(0, 0, 0, 0).checked_add(since).ok()?;
    let time = match kind {
        TimestampType::Local => time,
        TimestampType::Utc => TimeZone::UTC.to_timestamp(time).ok()?.to_zoned_datetime(zone.clone()).datetime(),
    };
    Some(if time.time() == Time::midnight() {
        Value::Date(time.date())
    } else {
        Value::Text(time.strftime("%Y-%m-%d %H:%M").to_string())
    })
}

/// A string, number or boolean is a value, and an array of strings a list; anything else stays JSON.
fn json(raw: &[u8]) -> Value {
    match serde_json::from_slice::<serde_json::Value>(raw) {
        Ok(serde_json::Value::String(text)) => Value::Text(text.trim().to_owned()),
        Ok(serde_json::Value::Bool(value)) => Value::Bool(value),
        Ok(serde_json::Value::Number(number)) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Integer(whole),
            (None, Some(number)) => Value::Number(number),
            (None, None) => text(raw),
        },
        Ok(serde_json::Value::Array(members)) if members.iter().all(serde_json::Value::is_string) => {
            let members = members.iter().filter_map(serde_json::Value::as_str);
            Value::List(members.map(|member| Value::Text(member.trim().to_owned())).collect())
        }
        Ok(_) | Err(_) => text(raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn halves(halves: &[i16]) -> Vec<u8> {
        halves.iter().flat_map(|half| half.to_be_bytes()).collect()
    }

    #[test]
    fn a_numeric_is_a_whole_number_where_it_is_one() {
        for (sent, expected) in [
            (vec![0, 0, 0, 0], Some(Value::Integer(0))),
            (vec![1, 0, 0, 0, 42], Some(Value::Integer(42))),
            (vec![1, 1, 0x4000, 0, 12], Some(Value::Integer(-120_000))),
            (vec![2, 0, 0, 2, 12, 5000], Some(Value::Number(12.5))),
            (vec![1, -1, 0x4000, 3, 70], Some(Value::Number(-0.007))),
            (vec![0, 0, 0, 2], Some(Value::Number(0.0))),
            (vec![1, 9, 0, 0, 1], Some(Value::Number(1e36))),
            (vec![0, 0, -0x4000, 0], None),
            (vec![3, 0], None),
        ] {
            assert_eq!(numeric(&halves(&sent)), expected, "{sent:?}");
        }
    }

    #[test]
    fn a_timestamp_with_time_zone_is_shown_in_the_servers() {
        let copenhagen = TimeZone::get("Europe/Copenhagen").unwrap();
        let half_past_ten = 22_i64 * 3_600_000_000 + 30 * 60_000_000;
        assert_eq!(
            timestamp(half_past_ten, &TimestampType::Local, &copenhagen),
            Some(Value::Text("2000-01-01 22:30".into()))
        );
        assert_eq!(
            timestamp(half_past_ten, &TimestampType::Utc, &copenhagen),
            Some(Value::Text("2000-01-01 23:30".into()))
        );
        assert_eq!(
            timestamp(23 * 3_600_000_000, &TimestampType::Utc, &copenhagen),
            Some(Value::Date(date(2000, 1, 2)))
        );
        assert_eq!(timestamp(i64::MAX, &TimestampType::Local, &copenhagen), None);
        assert_eq!(date_after(i32::MAX), None);
    }
}
