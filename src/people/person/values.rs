//! The fields of a person, with names that all people with the same fields share.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Index;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::base::value::Value;

/// The fields of a person by name, in the order of the names.
///
/// A list repeats the same names row after row, so they are stored once for all who have the same fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    names: Arc<[Box<str>]>,
    /// As many as there are names.
    values: Box<[Value]>,
}

/// The sets of names that the people of a list have.
#[derive(Debug, Default)]
pub struct FieldNameSets(BTreeSet<Arc<[Box<str>]>>);

impl FieldNameSets {
    /// The fields of a person of the list.
    pub fn share(&mut self, fields: BTreeMap<String, Value>) -> Values {
        let (names, values): (Vec<Box<str>>, Vec<Value>) =
            fields.into_iter().map(|(name, value)| (name.into_boxed_str(), value)).unzip();
        let names = if let Some(known) = self.0.get(names.as_slice()) {
            Arc::clone(known)
        } else {
            let names: Arc<[Box<str>]> = names.into();
            self.0.insert(Arc::clone(&names));
            names
        };
        Values { names, values: values.into() }
    }
}

impl Values {
    /// Fields of these names, which are sorted and as many as there are values.
    pub(crate) fn of(names: Arc<[Box<str>]>, values: Box<[Value]>) -> Self {
        Self { names, values }
    }

    /// The shared names.
    pub(crate) fn names(&self) -> &Arc<[Box<str>]> {
        &self.names
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let at = self.names.binary_search_by(|known| (**known).cmp(name)).ok()?;
        self.values.get(at)
    }

    /// Whether it has this field.
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The same fields with some added or replaced.
    #[must_use]
    pub fn with(&self, more: impl IntoIterator<Item = (String, Value)>) -> Self {
        let own = self.iter().map(|(name, value)| (name.to_owned(), value.clone()));
        own.chain(more).collect()
    }

    /// The fields, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.keys().zip(&self.values)
    }

    /// The names, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(AsRef::as_ref)
    }

    /// The values, sorted by name.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.values.iter()
    }
}

impl FromIterator<(String, Value)> for Values {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(fields: I) -> Self {
        FieldNameSets::default().share(fields.into_iter().collect())
    }
}

impl Index<&str> for Values {
    type Output = Value;

    /// # Panics
    ///
    /// If it lacks the field.
    fn index(&self, name: &str) -> &Value {
        match self.get(name) {
            Some(value) => value,
            None => panic!("there is no field {name}"),
        }
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ValuesVisitor)
    }
}

struct ValuesVisitor;

impl<'de> Visitor<'de> for ValuesVisitor {
    type Value = Values;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fields of a person")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Values, A::Error> {
        let (mut names, mut values) = (Vec::<Box<str>>::new(), Vec::new());
        while let Some((name, value)) = fields.next_entry()? {
            names.push(name);
            values.push(value);
        }
        // They are written in this order.
        if names.is_sorted_by(|one, next| one < next) {
            return Ok(Values { names: names.into(), values: values.into() });
        }
        Ok(names.into_iter().map(String::from).zip(values).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, i64)]) -> BTreeMap<String, Value> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), Value::Integer(*value))).collect()
    }

    #[test]
    fn names_are_stored_once_for_all_who_have_the_same_fields() {
        let mut names = FieldNameSets::default();
        let [one, other, third] =
            [&[("b", 1), ("a", 2)][..], &[("a", 3), ("b", 4)], &[("a", 5)]].map(|pairs| names.share(fields(pairs)));
        assert!(Arc::ptr_eq(&one.names, &other.names) && !Arc::ptr_eq(&one.names, &third.names));
        assert_eq!((other.get("a"), other.get("b")), (Some(&Value::Integer(3)), Some(&Value::Integer(4))));
        assert!(!third.contains_key("b"));
    }

    #[test]
    fn fields_are_written_and_read_as_an_object() {
        let values = Values::from_iter(fields(&[("b", 1), ("a", 2)]));
        let more = values.with([("a".to_owned(), Value::Integer(7)), ("c".to_owned(), Value::Integer(8))]);
        let written = serde_json::to_string(&more).unwrap();
        assert_eq!(written, r#"{"a":7,"b":1,"c":8}"#);
        assert_eq!(serde_json::from_str::<Values>(&written).unwrap(), more);
        let elsewhere = r#"{"b":1,"c":8,"a":7,"c":8}"#;
        assert_eq!(serde_json::from_str::<Values>(elsewhere).unwrap(), more);
    }
}
