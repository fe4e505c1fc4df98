//! Invented people, so that a preview can be shared.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::recipient::{Address, AddressError, Origin, Person, Shape, Value};
use crate::render::EditionKey;
use crate::workspace::Prepared;

impl Prepared<'_> {
    /// The recipient with this address and the edition that is theirs; none where nobody has it.
    pub fn reader(&self, address: &str) -> Option<(&Arc<Person>, &EditionKey)> {
        let wanted = Address::parse(address).ok()?.key();
        let found = self.selection.readers.iter().find(|(person, _)| person.address.key() == wanted);
        found.map(|(person, key)| (person, key))
    }

    /// Somebody who could read this edition and does not exist. Every field that anybody has is filled in.
    ///
    /// # Errors
    ///
    /// Never: the address that is invented is one.
    pub fn invented(&self, key: &EditionKey) -> Result<Arc<Person>, AddressError> {
        let mut fields: BTreeMap<String, Value> =
            self.membership.fields().iter().map(|(name, shape)| (name.clone(), filler(name, *shape))).collect();
        let [first, last] = key.lang.language().example;
        for (name, value) in [("first_name", first), ("last_name", last), ("name", &format!("{first} {last}"))] {
            fields.insert(name.to_owned(), Value::Text(value.to_owned()));
        }
        Ok(Arc::new(Person {
            address: Address::parse("anna.eksempel@kommune.example")?,
            lang: Some(key.lang),
            fields,
            consent: None,
            origin: Origin { path: "preview".into(), line: 1 },
        }))
    }
}

/// A field that is one value for everybody is filled with something that shows where it stands.
fn filler(name: &str, shape: Shape) -> Value {
    match (shape, name) {
        (Shape::List, _) => Value::List(Vec::new()),
        (Shape::Single, "organisation" | "organization") => Value::Text("Eksempel Kommune".to_owned()),
        (Shape::Single, other) => Value::Text(format!("[{other}]")),
    }
}
