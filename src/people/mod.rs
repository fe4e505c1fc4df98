//! Reads people from where they are kept, outside Git.

pub(crate) mod column;
pub mod csv;
pub(crate) mod found;
pub(crate) mod rows;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use crate::language::Lang;
use crate::people::column::Column;
use crate::recipient::{Address, Consent, Origin, Person, Shape, Value};
use crate::source::Diagnostics;

/// The fields whose cells hold several values, each with the text that separates them.
pub type Lists = BTreeMap<String, String>;

/// The fields of some people, each with whether it holds several values for any of them.
pub type Fields = BTreeMap<String, Shape>;

/// Everybody in one file, each address once.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// In the order of the file.
    pub persons: Vec<Arc<Person>>,
    /// Every field that anybody has or the file has a column for.
    pub fields: Fields,
}

impl People {
    /// Reads a whole CSV file; what is wrong in it is told, and the other rows are read all the same.
    pub fn from_csv(path: &Arc<str>, input: impl Read, lists: &Lists) -> (Self, Diagnostics) {
        let mut persons = Vec::new();
        let (fields, diagnostics) = csv::read_csv(path, input, lists, |person| persons.push(Arc::new(person)));
        (Self { persons, fields }, diagnostics)
    }
}

/// What is known of somebody while their fields are read one by one.
#[derive(Debug, Default)]
pub(crate) struct Card {
    /// The text fields that are known, and the user's own.
    pub(crate) fields: BTreeMap<String, Value>,
    /// The language they chose.
    pub(crate) lang: Option<Lang>,
    /// Why they may be written to.
    pub(crate) consent: Option<Consent>,
}

impl Card {
    /// The person, their `name` made from its parts or the parts from the name where one of them is missing.
    pub(crate) fn person(mut self, address: Address, origin: Origin) -> Person {
        match (self.text("first_name"), self.text("last_name"), self.text("name")) {
            (None, None, Some(name)) => {
                let (first, last) = name.split_once(char::is_whitespace).unwrap_or((&name, ""));
                self.keep("first_name", first);
                self.keep("last_name", last);
            }
            (first, last, None) => {
                let parts: Vec<String> = [first, last].into_iter().flatten().collect();
                self.keep("name", &parts.join(" "));
            }
            (_, _, Some(_)) => {}
        }
        Person { address, lang: self.lang, fields: self.fields, consent: self.consent, origin }
    }

    fn text(&self, field: &str) -> Option<String> {
        self.fields.get(field).map(Value::to_string)
    }

    fn keep(&mut self, field: &str, text: &str) {
        if !text.trim().is_empty() {
            self.fields.insert(field.to_owned(), Value::Text(text.trim().to_owned()));
        }
    }
}

/// The first character of a text that does not belong in a letter, in words; a name stands in headers, where a line
/// break would begin another header, and in terminals, which obey control characters.
pub(crate) fn intruder(column: &Column, text: &str) -> Option<&'static str> {
    let breaks_allowed = matches!(column, Column::Own(_));
    let stranger = text.chars().find(|it| it.is_control() && !(breaks_allowed && matches!(it, '\n' | '\t')))?;
    Some(match stranger {
        '\n' | '\r' => "a line break",
        '\t' => "a tab",
        '\0' => "a NUL character",
        '\u{1b}' => "an escape character (ESC)",
        _ => "a control character",
    })
}
