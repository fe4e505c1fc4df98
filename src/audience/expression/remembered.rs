//! A cache of a condition's results: a list has a few roles for a hundred thousand people, and the template language
//! takes a microsecond for each of them.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use crate::base::message::Message;
use crate::base::value::Value;
use crate::people::person::Person;

/// How many results are remembered: a condition about addresses has as many as there are people.
const REMEMBERED: usize = 10_000;

/// The results by the values of the fields that a condition reads.
#[derive(Debug, Default)]
pub(super) struct RememberedResults {
    results: HashMap<String, bool>,
    /// A buffer for the values of a person, reused to avoid an allocation per person.
    key: String,
}

impl RememberedResults {
    /// The result for a person: taken from an earlier person with the same values in these fields, or else evaluated.
    ///
    /// # Errors
    ///
    /// The condition cannot be evaluated, with the reason in one clause.
    pub(super) fn result_for(
        &mut self,
        person: &Person,
        fields: &BTreeSet<String>,
        evaluate: impl FnOnce() -> Result<bool, Message>,
    ) -> Result<bool, Message> {
        self.key.clear();
        for field in fields {
            match field.as_str() {
                "email" => write_text(&mut self.key, person.address.as_str()),
                "lang" => write_text(&mut self.key, person.lang.map_or("", |lang| lang.tag())),
                _ => match person.fields.get(field) {
                    Some(value) => write_value(&mut self.key, value),
                    None => self.key.push('-'),
                },
            }
        }
        if let Some(result) = self.results.get(&self.key) {
            return Ok(*result);
        }
        let result = evaluate()?;
        if self.results.len() < REMEMBERED {
            self.results.insert(self.key.clone(), result);
        }
        Ok(result)
    }
}

/// Writes a value so that no other value of any type, nor two values in a row, is written the same.
fn write_value(key: &mut String, value: &Value) {
    match value {
        Value::Bool(value) => key.push(if *value { 'y' } else { 'n' }),
        Value::Integer(value) => write_marked(key, 'i', value),
        Value::Number(value) => write_marked(key, 'f', &value.to_bits()),
        Value::Date(value) => write_marked(key, 'd', value),
        Value::Text(value) => write_text(key, value),
        Value::List(values) => {
            write_marked(key, 'l', &values.len());
            for value in values {
                write_value(key, value);
            }
        }
    }
}

fn write_text(key: &mut String, text: &str) {
    write_marked(key, 't', &text.len());
    key.push_str(text);
}

fn write_marked(key: &mut String, mark: char, value: &impl std::fmt::Display) {
    key.push(mark);
    // Writing to a `String` does not fail.
    let _ = write!(key, "{value};");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_values_have_different_keys() {
        let text = |text: &str| Value::Text(text.to_owned());
        let values = [
            vec![text("1")],
            vec![Value::Integer(1)],
            vec![Value::Number(1.0)],
            vec![Value::Bool(true)],
            vec![Value::Bool(false)],
            vec![text("y")],
            vec![text("")],
            vec![text("a"), text("b")],
            vec![text("at1;b")],
            vec![Value::List(vec![text("a"), text("b")])],
            vec![Value::List(vec![text("a")]), text("b")],
            vec![Value::Date(jiff::civil::date(2027, 1, 1))],
            vec![text("2027-01-01")],
        ];
        let keys: BTreeSet<String> = values
            .iter()
            .map(|values| {
                let mut key = String::new();
                for value in values {
                    write_value(&mut key, value);
                }
                key
            })
            .collect();
        assert_eq!(keys.len(), values.len());
    }
}
