//! JSON Schemas (draft 07, which yaml-language-server reads) of the files that people write.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::base::error::Error;
use crate::base::language::Lang;
use crate::ops::generated_files::{self, OwnFile};
use crate::ops::reference::FileKind;
use crate::ops::reference::issue_keys::SITE_KEYS;
use crate::ops::reference::key::{KeyShape, ReferenceKey};

/// The comment by which a schema's file is recognised.
const MARK: &str = "Written by `newsletter schema`; an update of the program may write it again.";

/// The schema of a file.
pub fn schema(file: FileKind) -> Value {
    let mut schema = object(file.keys());
    let head = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": MARK,
        "title": file.title(),
        "required": file.required(),
    });
    if file == FileKind::Issue
        && let Some(Value::Object(properties)) = schema.get_mut("properties")
    {
        let note = json!({ "description": "For websites: it has no effect on letters" });
        properties.extend(SITE_KEYS.map(|name| (name.to_owned(), note.clone())));
    }
    let mut all = Map::new();
    for part in [head, Value::Object(schema)] {
        if let Value::Object(part) = part {
            all.extend(part);
        }
    }
    Value::Object(all)
}

/// A mapping with these keys and no other.
fn object(keys: &[ReferenceKey]) -> Map<String, Value> {
    let properties: Map<String, Value> = keys.iter().map(|key| (key.name.to_owned(), property(key))).collect();
    let mut object = Map::new();
    object.insert("type".to_owned(), json!(["object", "null"]));
    object.insert("additionalProperties".to_owned(), json!(false));
    object.insert("properties".to_owned(), Value::Object(properties));
    object
}

fn property(key: &ReferenceKey) -> Value {
    let description = match key.example() {
        None => format!("{}.", key.about),
        Some(example) => format!("{}. Example: {}: {example}", key.about, key.name),
    };
    let mut property = Map::new();
    property.insert("description".to_owned(), description.into());
    if let Value::Object(value) = value(&key.shape) {
        property.extend(value);
    }
    Value::Object(property)
}

/// What a value can be. A key without a value counts as absent, so that null is accepted.
fn value(shape: &KeyShape) -> Value {
    let text = || json!({ "type": ["string", "number", "null"] });
    match shape {
        KeyShape::Text => text(),
        KeyShape::Localised => {
            json!({ "anyOf": [text(), { "type": "object", "additionalProperties": false, "properties": per_language(&text()) }] })
        }
        KeyShape::Flag => json!({ "type": ["boolean", "null"] }),
        KeyShape::Number => json!({ "type": ["integer", "null"] }),
        KeyShape::Choice(words) => choice(words),
        KeyShape::Word(words) => json!({ "anyOf": [{ "enum": words }, text()] }),
        KeyShape::Language => json!({ "anyOf": [{ "enum": Lang::ALL.map(Lang::tag) }, text()] }),
        KeyShape::PerLanguage(keys) => {
            let properties = per_language(&Value::Object(object(keys)));
            json!({ "type": ["object", "null"], "additionalProperties": false, "properties": properties })
        }
        KeyShape::Texts => json!({ "type": ["array", "null"], "items": text() }),
        KeyShape::TextOrTexts => json!({ "type": ["string", "number", "array", "null"], "items": text() }),
        KeyShape::Choices(words) => json!({ "type": ["array", "null"], "items": choice(words) }),
        KeyShape::Group(keys) => Value::Object(object(keys)),
        KeyShape::TextOrGroup(keys) => json!({ "anyOf": [text(), object(keys)] }),
        KeyShape::Groups(keys) => json!({ "type": ["array", "null"], "items": object(keys) }),
        KeyShape::Named(keys) => json!({ "type": ["object", "null"], "additionalProperties": object(keys) }),
        KeyShape::NamedTexts([]) => json!({ "type": ["object", "null"], "additionalProperties": text() }),
        KeyShape::NamedTexts(keys) => {
            json!({ "type": ["object", "null"], "additionalProperties": { "anyOf": [text(), object(keys)] } })
        }
        KeyShape::Any => json!({}),
    }
}

/// The same value for each language.
fn per_language(value: &Value) -> Map<String, Value> {
    Lang::ALL.into_iter().map(|lang| (lang.tag().to_owned(), value.clone())).collect()
}

/// Some words. YAML reads `true` and `false` as booleans.
fn choice(words: &[&str]) -> Value {
    let mut values: Vec<Value> = words
        .iter()
        .map(|word| match *word {
            "true" => json!(true),
            "false" => json!(false),
            word => json!(word),
        })
        .collect();
    values.push(Value::Null);
    json!({ "enum": values })
}

/// The schema as a file.
pub fn text(file: FileKind) -> String {
    // Serialising texts and numbers cannot fail.
    serde_json::to_string_pretty(&schema(file)).unwrap_or_default()
}

/// Writes all schemas to a folder, where older ones are replaced.
///
/// # Errors
///
/// A file with one of their names was not written by the program, or a file cannot be written.
pub fn write_all(folder: &Path) -> Result<(), Error> {
    let files = FileKind::ALL.map(|file| OwnFile { name: format!("{}.json", file.name()), text: text(file) + "\n" });
    generated_files::write_all(folder, &files, MARK)
}
