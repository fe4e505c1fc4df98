//! The values that the templates of one letter read.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::Object;

use crate::edition::template::engine;
use crate::people::person::Person;

/// Values by their names. Each is made when a template reads it: a list may have a hundred columns, of which a letter prints two.
#[derive(Clone, Debug)]
pub(crate) struct LetterValues {
    fields: FieldValues,
    /// Those that are not a person's fields: they hide fields of the same names.
    own: Vec<(&'static str, Value)>,
}

/// The source of a person's values.
#[derive(Clone, Debug)]
pub(crate) enum FieldValues {
    /// The fields of a person, and their address as `email` where no field has that name.
    Person(Arc<Person>),
    /// Substitutes for values that no person has.
    StandIns(BTreeMap<String, Value>),
}

impl LetterValues {
    /// Values of a person.
    pub(crate) fn new(fields: FieldValues) -> Self {
        Self { fields, own: Vec::with_capacity(8) }
    }

    /// Adds a value that is not a field.
    pub(crate) fn add(&mut self, name: &'static str, value: impl Into<Value>) {
        self.own.push((name, value.into()));
    }

    /// The value with a name.
    pub(crate) fn get(&self, name: &str) -> Option<Value> {
        if let Some((_, value)) = self.own.iter().rfind(|(own, _)| *own == name) {
            return Some(value.clone());
        }
        match &self.fields {
            // In a test letter the fields are those of another person, and so is `email`: it is not the address that the letter
            // is sent to.
            FieldValues::Person(person) => match person.fields.get(name) {
                Some(field) => Some(engine::value(field)),
                None => (name == "email").then(|| Value::from(person.address.as_str())),
            },
            FieldValues::StandIns(values) => values.get(name).cloned(),
        }
    }
}

impl Object for LetterValues {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.get(key)
    }
}
