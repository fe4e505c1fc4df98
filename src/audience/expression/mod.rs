//! Conditions in the template language.

mod expression_hints;
mod missing_values;
mod remembered;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use minijinja::value::Value as Operand;
use minijinja::{Environment, UndefinedBehavior};

use crate::audience::expression::expression_hints::hint;
use crate::audience::expression::remembered::RememberedResults;
use crate::base::limits;
use crate::base::message::{Message, message};
use crate::base::parser_words::parser_message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::base::value::Value;
use crate::people::person::{FieldShape, FieldShapes, Person};

const SYNTAX: Code = Code("NL232");

/// More steps than a condition about one person can need: a condition that loops ends with an error.
const FUEL: u64 = 100_000;
/// The name of the map of named rules in conditions.
const RULES: &str = "rules";

/// A condition about one person.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    /// What is written, with its comparisons as calls.
    calls: String,
    /// The fields that it reads.
    pub(crate) fields: BTreeSet<String>,
    /// The named rules that it reads, as `rules.name`.
    pub(crate) rule_names: BTreeSet<String>,
}

impl Expression {
    /// Parses a condition; `None` where it is invalid, which is reported.
    pub(crate) fn parse(written: &str, place: &Span, diagnostics: &mut Diagnostics) -> Option<Self> {
        let environment = environment();
        let mut refuse = |message: Message| {
            diagnostics.push(Diagnostic::error(SYNTAX, message).at(place.clone()).hint(hint(written)));
        };
        if written.len() > limits::EXPRESSION {
            refuse(message!(
                "the expression is longer than {} characters",
                "udtrykket er længere end {} tegn",
                limits::EXPRESSION
            ));
            return None;
        }
        let invalid =
            |error: &minijinja::Error| message!("invalid expression: {}", "ugyldigt udtryk: {}", error_text(error));
        // First as it is written, so that an error quotes the author's own text.
        let compiled = environment.compile_expression(written).map_err(|error| refuse(invalid(&error))).ok()?;
        let calls = missing_values::as_calls(written).map_err(|operator| {
            refuse(message!(
                "`{operator}` must compare a field with a number, a text or another field",
                "`{operator}` skal sammenligne et felt med et tal, en tekst eller et andet felt"
            ));
        });
        let calls = calls.ok()?;
        environment.compile_expression(&calls).map_err(|error| refuse(invalid(&error))).ok()?;
        let mut fields: BTreeSet<String> = compiled.undeclared_variables(false).into_iter().collect();
        fields.retain(|name| !environment.globals().any(|(global, _)| global == name));
        let nested = compiled.undeclared_variables(true);
        let rule_names: BTreeSet<String> =
            nested.iter().filter_map(|path| path.strip_prefix("rules.")).map(str::to_owned).collect();
        // A list may have a column named "rules".
        if !rule_names.is_empty() {
            fields.remove(RULES);
        }
        Some(Self { calls, fields, rule_names })
    }

    /// Compiles the condition for many people.
    pub(crate) fn compile<'a>(
        &'a self,
        environment: &'a Environment<'a>,
        shapes: &'a FieldShapes,
    ) -> Result<Condition<'a>, minijinja::Error> {
        let compiled = environment.compile_expression(&self.calls)?;
        Ok(Condition { compiled, fields: &self.fields, shapes, remembered: RefCell::default() })
    }
}

/// A compiled condition.
pub(crate) struct Condition<'a> {
    compiled: minijinja::Expression<'a, 'a>,
    fields: &'a BTreeSet<String>,
    shapes: &'a FieldShapes,
    remembered: RefCell<RememberedResults>,
}

impl Condition<'_> {
    /// Whether it is true of a person, given the results of its named rules for that person.
    ///
    /// # Errors
    ///
    /// It cannot be evaluated, with the reason in one clause.
    pub(crate) fn matches(&self, person: &Person, rules: BTreeMap<&str, bool>) -> Result<bool, Message> {
        if !rules.is_empty() {
            return self.evaluate(person, rules);
        }
        let mut remembered = self.remembered.borrow_mut();
        remembered.result_for(person, self.fields, || self.evaluate(person, rules))
    }

    fn evaluate(&self, person: &Person, rules: BTreeMap<&str, bool>) -> Result<bool, Message> {
        let known = self.fields.iter().filter_map(|field| Some((field.as_str(), self.operand(person, field)?)));
        let mut known: BTreeMap<&str, Operand> = known.collect();
        if !rules.is_empty() {
            known.insert(RULES, Operand::from(rules));
        }
        Ok(self.compiled.eval(known).map_err(|error| error_text(&error))?.is_true())
    }

    /// The value of a person's field; absent if they lack it.
    fn operand(&self, person: &Person, field: &str) -> Option<Operand> {
        let operand = match field {
            "email" => Some(Operand::from(person.address.as_str())),
            "lang" => person.lang.map(|lang| Operand::from(lang.tag())),
            _ => person.fields.get(field).map(operand),
        };
        // A field that is a list for anyone is one for everyone: in a text, `in` would search for parts of words.
        match (self.shapes.get(field), operand) {
            (Some(FieldShape::List), None) => Some(Operand::from(Vec::<Operand>::new())),
            (Some(FieldShape::List), Some(single))
                if person.fields.get(field).is_some_and(|value| !value.is_list()) =>
            {
                Some(Operand::from(vec![single]))
            }
            (_, operand) => operand,
        }
    }
}

/// Evaluates conditions. A missing value is false, and an empty list.
pub(crate) fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    // Lenient: a missing value is false and an empty list, while an attribute of it is an error.
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    environment.set_fuel(Some(FUEL));
    environment.add_function(missing_values::CALL, missing_values::compare);
    environment
}

/// An error of the template language in one clause.
pub(crate) fn error_text(error: &minijinja::Error) -> Message {
    parser_message(&error.detail().map_or_else(|| error.kind().to_string(), str::to_owned))
}

fn operand(value: &Value) -> Operand {
    match value {
        Value::Bool(value) => Operand::from(*value),
        Value::Integer(value) => Operand::from(*value),
        Value::Number(value) => Operand::from(*value),
        Value::Date(value) => Operand::from(value.to_string()),
        Value::Text(value) => Operand::from(value.as_str()),
        Value::List(values) => values.iter().map(operand).collect(),
    }
}
