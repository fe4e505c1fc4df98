//! Reads people from JSON: one object per line (JSON Lines), or an array of objects.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use serde::Deserializer;
use serde::de::{self, SeqAccess, Visitor};
use serde_json::{Error, Map, Value as Json};

use crate::base::csv::row::{Cell as RowCell, ListRow};
use crate::base::limits;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Span;
use crate::base::value::Value;
use crate::people::lists::list_reader::ListReader;

const NO_OBJECT: Code = Code("NL250");

/// Reads one object per line.
pub(crate) fn read_lines(input: impl Read, reader: &mut ListReader<'_>) {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut objects = ObjectReader { reader, columns: HashMap::new() };
    let (mut bytes, mut number) = (Vec::new(), 0);
    loop {
        bytes.clear();
        // A longer line is cut into several, which are not valid JSON, and so is reported.
        match (&mut input).take(limits::LINE).read_until(b'\n', &mut bytes) {
            Ok(0) => break,
            // A CR alone ends a line, too. A text in JSON has none (RFC 8259, 7).
            Ok(_) => bytes.trim_ascii_end().split(|byte| *byte == b'\r').for_each(|line| {
                number += 1;
                objects.line(number, line);
            }),
            Err(error) => {
                objects.report(
                    message!("{} cannot be read: {error}", "{} kan ikke læses: {error}", objects.reader.path()),
                    None,
                );
                return;
            }
        }
    }
    objects.finish();
}

/// Reads an array of objects, one after the other.
pub(crate) fn read_list(input: impl Read, reader: &mut ListReader<'_>) {
    let mut objects = ObjectReader { reader, columns: HashMap::new() };
    let mut input = BufReader::with_capacity(1 << 16, input);
    let left = Rc::new(Cell::new(limits::LINE));
    let read = without_mark(&mut input).map_err(<Error as de::Error>::custom).and_then(|()| {
        let input = RationedReader { input: input.take(limits::JSON_LIST), left: Rc::clone(&left) };
        let mut json = serde_json::Deserializer::from_reader(input);
        json.deserialize_seq(ObjectList { objects: &mut objects, left: &left })?;
        json.end()
    });
    match read {
        Ok(()) => objects.finish(),
        Err(error) => {
            let path = objects.reader.path();
            let place = Span::in_line(path, error.line().max(1), "", 0..0);
            objects.report(
                message!(
                    "{path} is not a JSON array of objects: {error}",
                    "{path} er ikke en JSON-liste med objekter: {error}"
                ),
                Some(place),
            );
        }
    }
}

/// Skips the byte-order mark that `PowerShell` and Excel write.
fn without_mark(input: &mut impl BufRead) -> io::Result<()> {
    if input.fill_buf()?.starts_with("\u{feff}".as_bytes()) {
        input.consume("\u{feff}".len());
    }
    Ok(())
}

/// Reads until a ration is used up; it is renewed for each object.
struct RationedReader<R> {
    input: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for RationedReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // The deserializer reads single bytes, so that no more is taken than it has looked at.
        let count = self.input.read(into)?;
        let left = self.left.get().checked_sub(count as u64);
        self.left.set(left.ok_or_else(|| io::Error::new(io::ErrorKind::FileTooLarge, TOO_LONG))?);
        Ok(count)
    }
}

/// The objects of an array.
struct ObjectList<'l, 'r, 'a> {
    objects: &'l mut ObjectReader<'r, 'a>,
    left: &'l Rc<Cell<u64>>,
}

impl<'de> Visitor<'de> for ObjectList<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(json) = list.next_element::<Json>()? {
            number += 1;
            self.left.set(limits::LINE);
            let text = json.to_string();
            self.objects.object(number, &text, json);
        }
        Ok(())
    }
}

/// Reads objects, which may have different keys: every new key adds a column.
struct ObjectReader<'r, 'a> {
    reader: &'r mut ListReader<'a>,
    columns: HashMap<String, usize>,
}

impl ObjectReader<'_, '_> {
    fn line(&mut self, line: usize, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return;
        }
        match serde_json::from_slice::<Json>(text.as_bytes()) {
            Ok(json) if std::str::from_utf8(bytes).is_ok() => self.object(line, text, json),
            // `from_utf8_lossy` has replaced the invalid bytes, so that the JSON is valid and a name would be wrong.
            Ok(_) => {
                let place = Span::in_line(self.reader.path(), line, text, 0..text.len());
                self.report(message!("this line is not UTF-8", "linjen er ikke UTF-8"), Some(place));
            }
            Err(error) => {
                let at = error.column().saturating_sub(1).min(text.len());
                let place = Span::in_line(self.reader.path(), line, text, at..text.len());
                self.report(
                    message!("this line is not valid JSON: {error}", "linjen er ikke gyldig JSON: {error}"),
                    Some(place),
                );
            }
        }
    }

    fn object(&mut self, line: usize, text: &str, json: Json) {
        let Json::Object(map) = json else {
            let place = Span::in_line(self.reader.path(), line, text, 0..text.len());
            self.report(message!("a person must be a JSON object", "en person skal være et JSON-objekt"), Some(place));
            return;
        };
        let row = self.row(line, text, map);
        self.reader.row(&row);
    }

    fn row(&mut self, line: usize, text: &str, map: Map<String, Json>) -> ListRow {
        let mut values = Vec::new();
        for (key, json) in flatten(map) {
            let next = self.columns.len();
            let at = *self.columns.entry(key.clone()).or_insert_with(|| {
                self.reader.column(&key);
                next
            });
            values.push((at, json));
        }
        let blank = || RowCell { text: String::new(), span: 0..text.len(), value: None };
        let mut cells: Vec<RowCell> = (0..self.columns.len()).map(|_| blank()).collect();
        for (at, json) in values {
            let value = value(&json);
            let words = value.as_ref().map(|value| value.to_string().trim().to_owned()).unwrap_or_default();
            // The first place where the value is: the parser gives no locations.
            let span = text.find(&words).map_or(0..text.len(), |start| start..start + words.len());
            cells[at] = RowCell { text: words, span, value };
        }
        ListRow { line, text: text.to_owned(), cells }
    }

    fn report(&mut self, message: Message, place: Option<Span>) {
        let mut diagnostic = Diagnostic::error(NO_OBJECT, message).hint(OBJECT_HINT);
        diagnostic.place = place;
        self.reader.report(diagnostic);
    }

    fn finish(self) {
        if self.columns.is_empty() {
            self.reader.report_empty();
        }
    }
}

/// The keys of an object and of the objects in it: `{"address": {"city": …}}` has `address.city`.
fn flatten(map: Map<String, Json>) -> Vec<(String, Json)> {
    let mut all = Vec::new();
    for (key, json) in map {
        match json {
            Json::Object(inner) => {
                all.extend(flatten(inner).into_iter().map(|(name, json)| (format!("{key}.{name}"), json)));
            }
            other => all.push((key, other)),
        }
    }
    all
}

fn value(json: &Json) -> Option<Value> {
    match json {
        Json::Null | Json::Object(_) => None,
        Json::Bool(value) => Some(Value::Bool(*value)),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Some(Value::Integer(whole)),
            (None, Some(number)) => Some(Value::Number(number)),
            (None, None) => Some(Value::Text(number.to_string())),
        },
        Json::String(text) => Some(Value::Text(text.trim().to_owned())),
        Json::Array(list) => Some(Value::List(list.iter().filter_map(value).collect())),
    }
}

const TOO_LONG: Message = Message::fixed("an object is longer than a megabyte", "et objekt er længere end en megabyte");
const OBJECT_HINT: Message = Message::fixed(
    "write one object per line, such as {\"email\": \"anna@kommune.example\", \"fornavn\": \"Anna\"}",
    "skriv ét objekt pr. linje, f.eks. {\"email\": \"anna@kommune.example\", \"fornavn\": \"Anna\"}",
);
