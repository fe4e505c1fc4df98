//! Cells that hold an object: more fields, such as a system's custom attributes of people.

use serde_json::Value;

use crate::people::import::SEPARATOR;

/// The notation of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ObjectNotation {
    /// `{"city": "Aarhus", "paused": false}`
    Json,
    /// `{'city': 'Aarhus', 'paused': False}`, the `repr` of a Python dictionary.
    Python,
}

/// The fields of a cell: each name, and its value as a cell of a list. A nested name is `outer inner`. `None` if the
/// cell is not an object.
pub(super) fn fields(text: &str, notation: ObjectNotation) -> Option<Vec<(String, String)>> {
    let mut fields = Vec::new();
    if text.is_empty() {
        return Some(fields);
    }
    let object: Value = match notation {
        ObjectNotation::Json => serde_json::from_str(text).ok()?,
        ObjectNotation::Python => {
            serde_json::from_str(text).or_else(|_| serde_json::from_str(&python_to_json(text))).ok()?
        }
    };
    match object {
        Value::Object(_) => flatten("", &object, &mut fields),
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => return None,
    }
    Some(fields)
}

fn flatten(name: &str, value: &Value, fields: &mut Vec<(String, String)>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let name = if name.is_empty() { key.clone() } else { format!("{name} {key}") };
                flatten(&name, value, fields);
            }
        }
        Value::Array(values) => {
            let texts: Vec<String> = values.iter().map(text).filter(|text| !text.is_empty()).collect();
            fields.push((name.to_owned(), texts.join(SEPARATOR)));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            fields.push((name.to_owned(), text(value)));
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

/// Converts a Python dictionary to JSON. The result is checked by the JSON parser, so it need not be valid.
fn python_to_json(python: &str) -> String {
    let mut json = String::with_capacity(python.len());
    let mut word = String::new();
    let mut letters = python.chars();
    while let Some(letter) = letters.next() {
        // Outside strings, the two notations differ only in these words and in tuples.
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

/// The string up to its closing quote.
fn string(quote: char, letters: &mut std::str::Chars<'_>) -> String {
    let mut text = String::new();
    while let Some(letter) = letters.next().filter(|letter| *letter != quote) {
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
