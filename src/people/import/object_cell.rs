//! Cells that hold an object: more fields, as a system's own attributes of people.

use serde_json::Value;

use crate::people::import::SEPARATOR;

/// How an object is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ObjectNotation {
    /// `{"city": "Aarhus", "paused": false}`
    Json,
    /// `{'city': 'Aarhus', 'paused': False}`, as Python prints a dictionary.
    Python,
}

/// The fields of a cell: each name, and its value as a cell of a list has it. A group in a group is `outer inner`; a
/// value that is missing is none. None where the cell holds no object.
pub(super) fn fields(text: &str, notation: ObjectNotation) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    if text.is_empty() {
        return Some(found);
    }
    let object: Value = match notation {
        ObjectNotation::Json => serde_json::from_str(text).ok()?,
        ObjectNotation::Python => serde_json::from_str(text).or_else(|_| serde_json::from_str(&json(text))).ok()?,
    };
    match object {
        Value::Object(_) => flatten("", &object, &mut found),
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => return None,
    }
    Some(found)
}

fn flatten(name: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let name = if name.is_empty() { key.clone() } else { format!("{name} {key}") };
                flatten(&name, value, found);
            }
        }
        Value::Array(values) => {
            let texts: Vec<String> = values.iter().map(text).filter(|it| !it.is_empty()).collect();
            found.push((name.to_owned(), texts.join(SEPARATOR)));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.push((name.to_owned(), text(value)));
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim().to_owned(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// A dictionary of Python as JSON; what is neither becomes no JSON either.
fn json(python: &str) -> String {
    let mut json = String::with_capacity(python.len());
    let mut word = String::new();
    let mut letters = python.chars();
    while let Some(letter) = letters.next() {
        if letter.is_alphanumeric() || letter == '_' {
            word.push(letter);
            continue;
        }
        json.push_str(constant(&word));
        word.clear();
        match letter {
            '\'' | '"' => json.push_str(&Value::from(string(letter, &mut letters)).to_string()),
            '(' => json.push('['),
            ')' => json.push(']'),
            other => json.push(other),
        }
    }
    json.push_str(constant(&word));
    json
}

fn constant(word: &str) -> &str {
    match word {
        "None" => "null",
        "True" => "true",
        "False" => "false",
        other => other,
    }
}

/// The text up to the mark that closes it.
fn string(mark: char, letters: &mut std::str::Chars<'_>) -> String {
    let mut text = String::new();
    while let Some(letter) = letters.next().filter(|it| *it != mark) {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some(other) => text.push(other),
            None => {}
        }
    }
    text
}
