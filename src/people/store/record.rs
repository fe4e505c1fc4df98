//! A person as a row of bytes: half the size of the text they were read from, and read again in a moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use thiserror::Error as ThisError;

use crate::base::language::Lang;
use crate::base::value::Value;
use crate::people::person::values::Values;
use crate::people::person::{Address, Consent, Person, PersonOrigin};

/// The disk gave back other bytes than it was given.
#[derive(Debug, ThisError)]
#[error("it was laid aside on the disk, and came back damaged")]
pub(super) struct RecordDamaged;

/// What the people of a list have in common, and their records name by number.
#[derive(Debug, Default)]
pub(super) struct RecordDictionary {
    names: Vec<Arc<[Box<str>]>>,
    numbers: BTreeMap<Arc<[Box<str>]>, u64>,
    paths: Vec<Arc<str>>,
}

impl RecordDictionary {
    /// Writes somebody behind what is there already; the language is kept elsewhere.
    pub(super) fn write(&mut self, person: &Person, bytes: &mut Vec<u8>) {
        text(bytes, person.address.as_str());
        number(bytes, self.path(&person.origin.path));
        number(bytes, person.origin.line as u64);
        match &person.consent {
            None => bytes.push(0),
            Some(consent) => {
                let Consent { basis, at, source, text: promised } = consent.as_ref();
                bytes.push(1);
                text(bytes, basis);
                optional(bytes, at.as_ref(), |bytes, at| day(bytes, *at));
                optional(bytes, source.as_ref(), |bytes, source| text(bytes, source));
                optional(bytes, promised.as_ref(), |bytes, promised| text(bytes, promised));
            }
        }
        number(bytes, self.names(person.fields.names()));
        for it in person.fields.values() {
            value(bytes, it);
        }
    }

    /// The person of a record.
    ///
    /// # Errors
    ///
    /// The bytes are no record of this list.
    pub(super) fn read(&self, record: &[u8], lang: Option<Lang>) -> Result<Person, RecordDamaged> {
        let mut rest = record;
        let rest = &mut rest;
        let address = Address::restored(read_text(rest)?.to_owned()).ok_or(RecordDamaged)?;
        let path = Arc::clone(self.paths.get(read_count(rest)?).ok_or(RecordDamaged)?);
        let origin = PersonOrigin { path, line: read_count(rest)? };
        let consent = read_optional(rest, |rest| {
            let basis = read_text(rest)?.to_owned();
            let at = read_optional(rest, read_day)?;
            let source = read_optional(rest, |rest| read_text(rest).map(str::to_owned))?;
            let text = read_optional(rest, |rest| read_text(rest).map(str::to_owned))?;
            Ok(Box::new(Consent { basis, at, source, text }))
        })?;
        let names = self.names.get(read_count(rest)?).ok_or(RecordDamaged)?;
        let values = names.iter().map(|_| read_value(rest)).collect::<Result<_, _>>()?;
        let fields = Values::of(Arc::clone(names), values);
        if rest.is_empty() { Ok(Person { address, lang, fields, consent, origin }) } else { Err(RecordDamaged) }
    }

    fn names(&mut self, names: &Arc<[Box<str>]>) -> u64 {
        if let Some(known) = self.numbers.get(names) {
            return *known;
        }
        let next = self.names.len() as u64;
        self.names.push(Arc::clone(names));
        self.numbers.insert(Arc::clone(names), next);
        next
    }

    fn path(&mut self, path: &Arc<str>) -> u64 {
        // A list is one file, or the sheets of one.
        let known = self.paths.iter().rposition(|it| it == path);
        let at = known.unwrap_or_else(|| {
            self.paths.push(Arc::clone(path));
            self.paths.len() - 1
        });
        at as u64
    }
}

/// Seven bits a byte, the lowest first; all but the last have the eighth.
fn number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(0x80 | number.to_le_bytes()[0]);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

fn read_number(rest: &mut &[u8]) -> Result<u64, RecordDamaged> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let byte = read_byte(rest)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(RecordDamaged)
}

fn read_count(rest: &mut &[u8]) -> Result<usize, RecordDamaged> {
    usize::try_from(read_number(rest)?).map_err(|_| RecordDamaged)
}

fn read_byte(rest: &mut &[u8]) -> Result<u8, RecordDamaged> {
    read_bytes(rest).map(|[byte]| byte)
}

fn read_bytes<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], RecordDamaged> {
    let (bytes, behind) = rest.split_first_chunk().ok_or(RecordDamaged)?;
    *rest = behind;
    Ok(*bytes)
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    number(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

fn read_text<'a>(rest: &mut &'a [u8]) -> Result<&'a str, RecordDamaged> {
    let length = read_count(rest)?;
    let (text, behind) = rest.split_at_checked(length).ok_or(RecordDamaged)?;
    *rest = behind;
    std::str::from_utf8(text).map_err(|_| RecordDamaged)
}

fn optional<T>(bytes: &mut Vec<u8>, value: Option<T>, write: impl Fn(&mut Vec<u8>, T)) {
    bytes.push(u8::from(value.is_some()));
    if let Some(value) = value {
        write(bytes, value);
    }
}

fn read_optional<'a, T>(
    rest: &mut &'a [u8],
    read: impl Fn(&mut &'a [u8]) -> Result<T, RecordDamaged>,
) -> Result<Option<T>, RecordDamaged> {
    match read_byte(rest)? {
        0 => Ok(None),
        _ => read(rest).map(Some),
    }
}

fn day(bytes: &mut Vec<u8>, day: Date) {
    bytes.extend_from_slice(&day.year().to_le_bytes());
    bytes.extend([day.month(), day.day()].map(i8::cast_unsigned));
}

fn read_day(rest: &mut &[u8]) -> Result<Date, RecordDamaged> {
    let year = i16::from_le_bytes(read_bytes(rest)?);
    let [month, day] = read_bytes(rest)?.map(u8::cast_signed);
    Date::new(year, month, day).map_err(|_| RecordDamaged)
}

const NO: u8 = 0;
const YES: u8 = 1;
const INTEGER: u8 = 2;
const NUMBER: u8 = 3;
const DATE: u8 = 4;
const LIST: u8 = 5;
const TEXT: u8 = 6;

fn value(bytes: &mut Vec<u8>, it: &Value) {
    match it {
        Value::Bool(false) => bytes.push(NO),
        Value::Bool(true) => bytes.push(YES),
        Value::Integer(whole) => {
            bytes.push(INTEGER);
            bytes.extend_from_slice(&whole.to_le_bytes());
        }
        Value::Number(broken) => {
            bytes.push(NUMBER);
            bytes.extend_from_slice(&broken.to_le_bytes());
        }
        Value::Date(date) => {
            bytes.push(DATE);
            day(bytes, *date);
        }
        Value::List(values) => {
            bytes.push(LIST);
            number(bytes, values.len() as u64);
            for it in values {
                value(bytes, it);
            }
        }
        Value::Text(words) => {
            bytes.push(TEXT);
            text(bytes, words);
        }
    }
}

fn read_value(rest: &mut &[u8]) -> Result<Value, RecordDamaged> {
    Ok(match read_byte(rest)? {
        NO => Value::Bool(false),
        YES => Value::Bool(true),
        INTEGER => Value::Integer(i64::from_le_bytes(read_bytes(rest)?)),
        NUMBER => Value::Number(f64::from_le_bytes(read_bytes(rest)?)),
        DATE => Value::Date(read_day(rest)?),
        LIST => Value::List((0..read_number(rest)?).map(|_| read_value(rest)).collect::<Result<_, _>>()?),
        TEXT => Value::Text(read_text(rest)?.to_owned()),
        _ => return Err(RecordDamaged),
    })
}
