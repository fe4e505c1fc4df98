//! Builds a person from fields that are read one by one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::base::language::Lang;
use crate::base::message::{Message, message};
use crate::base::value::Value;
use crate::people::lists::column::Column;
use crate::people::lists::consent_columns::ConsentBuilder;
use crate::people::person::values::FieldNameSets;
use crate::people::person::{Address, Person, PersonOrigin};

/// A person whose fields are being read.
#[derive(Debug, Default)]
pub(crate) struct PersonBuilder {
    /// The names, and all other fields.
    pub(crate) fields: BTreeMap<String, Value>,
    /// The language they chose.
    pub(crate) lang: Option<Lang>,
    /// Their consent.
    pub(crate) consent: ConsentBuilder,
}

impl PersonBuilder {
    /// The person. A missing `name` is made of its parts, and missing parts of the name.
    pub(crate) fn person(mut self, address: Address, origin: PersonOrigin, names: &mut FieldNameSets) -> Person {
        // The first word counts as the first name; a list can be more exact with separate columns.
        match ["first_name", "last_name", "name"].map(|field| self.fields.get(field)) {
            [None, None, Some(name)] => {
                let name = name.to_string();
                let (first, last) = name.split_once(char::is_whitespace).unwrap_or((&name, ""));
                self.set_name("first_name", first);
                self.set_name("last_name", last);
            }
            [first, last, None] => {
                let name = [first, last].into_iter().flatten().map(text).collect::<Vec<_>>().join(" ");
                self.set_name("name", &name);
            }
            [_, _, Some(_)] => {}
        }
        Person { address, lang: self.lang, fields: names.share(self.fields), consent: self.consent.build(), origin }
    }

    fn set_name(&mut self, field: &str, text: &str) {
        if !text.trim().is_empty() {
            self.fields.insert(field.to_owned(), Value::Text(text.trim().to_owned()));
        }
    }
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// Names the first control character of a text, if there is one; line breaks and tabs are allowed in fields other than
/// names.
///
/// Names are put into header fields, where a line break would begin another field (RFC 5322, 2.2), and all fields are
/// printed in terminals, which interpret control characters.
pub(crate) fn unexpected_character(column: &Column, text: &str) -> Option<Message> {
    let breaks_allowed = matches!(column, Column::Own(_));
    let is_allowed = |letter: char| breaks_allowed && matches!(letter, '\n' | '\t');
    let unexpected = text.chars().find(|letter| letter.is_control() && !is_allowed(*letter))?;
    Some(match unexpected {
        '\n' | '\r' => message!("a line break", "et linjeskift"),
        '\t' => message!("a tab", "en tabulator"),
        '\0' => message!("a NUL character", "et NUL-tegn"),
        '\u{1b}' => message!("an escape character (ESC)", "et escape-tegn (ESC)"),
        _ => message!("a control character", "et kontroltegn"),
    })
}
