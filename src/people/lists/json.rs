//! Reads people from JSON: one object a line (JSON Lines), or a list of objects.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

use serde_json::{Map, Value as Json};

use crate::base::csv::row::{Cell, ListRow};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Span;
use crate::base::value::Value;
use crate::people::lists::list_reader::ListReader;

const NO_OBJECT: Code = Code("NL250");

/// Longer lines are nobody's; the limit keeps a wrong file from filling the memory.
const LONGEST_LINE: u64 = 1 << 20;
/// The longest list that is read whole.
const LONGEST_LIST: u64 = 256 << 20;

/// Reads one object a line.
pub(crate) fn read_lines(input: impl Read, intake: &mut ListReader<'_>) {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut people = Objects { intake, columns: HashMap::new() };
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        match (&mut input).take(LONGEST_LINE).read_until(b'\n', &mut bytes) {
            Ok(0) => break,
            Ok(_) => people.line(line, &bytes),
            Err(error) => {
                people.refuse(format!("{} cannot be read: {error}", people.intake.path()), None);
                return;
            }
        }
    }
    people.finish();
}

/// Reads a list of objects.
pub(crate) fn read_list(input: impl Read, intake: &mut ListReader<'_>) {
    let mut people = Objects { intake, columns: HashMap::new() };
    match serde_json::from_reader::<_, Vec<Json>>(BufReader::new(input).take(LONGEST_LIST)) {
        Ok(list) => {
            for (at, json) in list.into_iter().enumerate() {
                let text = json.to_string();
                people.object(at + 1, &text, json);
            }
        }
        Err(error) => {
            let path = people.intake.path();
            let place = Span::in_line(path, error.line().max(1), "", 0..0);
            people.refuse(format!("{path} is no list of objects in JSON: {error}"), Some(place));
            return;
        }
    }
    people.finish();
}

/// Objects, each with keys of its own; every new key is one more column.
struct Objects<'i, 'a> {
    intake: &'i mut ListReader<'a>,
    columns: HashMap<String, usize>,
}

impl Objects<'_, '_> {
    fn line(&mut self, line: usize, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return;
        }
        match serde_json::from_slice::<Json>(text.as_bytes()) {
            Ok(json) if std::str::from_utf8(bytes).is_ok() => self.object(line, text, json),
            Ok(_) => {
                let place = Span::in_line(self.intake.path(), line, text, 0..text.len());
                self.refuse("this line is not UTF-8".to_owned(), Some(place));
            }
            Err(error) => {
                let at = error.column().saturating_sub(1).min(text.len());
                let place = Span::in_line(self.intake.path(), line, text, at..text.len());
                self.refuse(format!("this line is no JSON: {error}"), Some(place));
            }
        }
    }

    fn object(&mut self, line: usize, text: &str, json: Json) {
        let Json::Object(map) = json else {
            let place = Span::in_line(self.intake.path(), line, text, 0..text.len());
            self.refuse("a person is an object in JSON, with keys and values".to_owned(), Some(place));
            return;
        };
        let row = self.row(line, text, map);
        self.intake.row(&row);
    }

    fn row(&mut self, line: usize, text: &str, map: Map<String, Json>) -> ListRow {
        let mut values = Vec::new();
        for (key, json) in flat(map) {
            let next = self.columns.len();
            let at = *self.columns.entry(key.clone()).or_insert_with(|| {
                self.intake.column(&key);
                next
            });
            values.push((at, json));
        }
        let blank = || Cell { text: String::new(), span: 0..text.len(), value: None };
        let mut cells: Vec<Cell> = (0..self.columns.len()).map(|_| blank()).collect();
        for (at, json) in values {
            let value = value(&json);
            let words = value.as_ref().map(|it| it.to_string().trim().to_owned()).unwrap_or_default();
            let span = text.find(&words).map_or(0..text.len(), |start| start..start + words.len());
            cells[at] = Cell { text: words, span, value };
        }
        ListRow { line, text: text.to_owned(), cells }
    }

    fn refuse(&mut self, message: String, place: Option<Span>) {
        let mut diagnostic = Diagnostic::error(NO_OBJECT, message).hint(OBJECT_HINT);
        diagnostic.place = place;
        self.intake.mistake(diagnostic);
    }

    fn finish(self) {
        if self.columns.is_empty() {
            self.intake.empty();
        }
    }
}

/// The keys of an object, with those of the objects in it: `{"address": {"city": …}}` has `address.city`.
fn flat(map: Map<String, Json>) -> Vec<(String, Json)> {
    let mut all = Vec::new();
    for (key, json) in map {
        match json {
            Json::Object(inner) => {
                all.extend(flat(inner).into_iter().map(|(name, json)| (format!("{key}.{name}"), json)));
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

const OBJECT_HINT: &str =
    "write one object a line, such as {\"email\": \"anna@kommune.example\", \"fornavn\": \"Anna\"}";
