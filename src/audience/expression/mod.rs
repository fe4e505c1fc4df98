//! Conditions in the language of templates.

mod missing_values;

use std::collections::{BTreeMap, BTreeSet};

use minijinja::value::Value as Operand;
use minijinja::{Environment, UndefinedBehavior};

use crate::audience::rule::CompiledRule;
use crate::audience::rules::{FindRule, RuleReference};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::{Span, Spanned};
use crate::base::value::Value;
use crate::people::lists::FieldShapes;
use crate::people::person::{FieldShape, Person};

const SYNTAX: Code = Code("NL232");

/// More steps than a condition about one person can need.
const FUEL: u64 = 100_000;

/// A condition about one person.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    /// What is written, with its comparisons as calls.
    calls: String,
    /// The fields it asks for.
    pub(crate) fields: BTreeSet<String>,
    /// The rules that it asks for by their names.
    pub(crate) rules: Vec<RuleReference>,
}

impl Expression {
    /// Reads a condition; nothing, and what is wrong, where it is none.
    pub(crate) fn parse(
        written: &str,
        place: &Span,
        find: &mut FindRule<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let environment = environment();
        let mut refuse =
            |message: String| diagnostics.push(Diagnostic::error(SYNTAX, message).at(place.clone()).hint(HINT));
        let unreadable = |error: &minijinja::Error| format!("this condition cannot be read: {}", words(error));
        let compiled = environment.compile_expression(written).map_err(|error| refuse(unreadable(&error))).ok()?;
        let mut fields: BTreeSet<String> = compiled.undeclared_variables(false).into_iter().collect();
        fields.retain(|name| !environment.globals().any(|(global, _)| global == name));
        let calls = missing_values::as_calls(written).map_err(|operator| {
            refuse(format!("{operator} must stand between a field and a number, a text or another field"));
        });
        let calls = calls.ok()?;
        environment.compile_expression(&calls).map_err(|error| refuse(unreadable(&error))).ok()?;
        let nested = compiled.undeclared_variables(true);
        let names: BTreeSet<&str> = nested.iter().filter_map(|it| it.strip_prefix("rules.")).collect();
        if !names.is_empty() {
            fields.remove(RULES);
        }
        let spanned = |name: &str| Spanned { value: name.to_owned(), place: place.clone() };
        let rules = names.into_iter().filter_map(|it| find(spanned(it), diagnostics)).collect();
        Some(Self { calls, fields, rules })
    }

    /// The condition, ready to be asked about many people.
    pub(crate) fn prepare<'a>(
        &'a self,
        environment: &'a Environment<'a>,
        shapes: &'a FieldShapes,
    ) -> Result<Condition<'a>, minijinja::Error> {
        let compiled = environment.compile_expression(&self.calls)?;
        let rules = self.rules.iter().map(|it| (it.name.value.as_str(), it.rule.prepare(environment, shapes)));
        Ok(Condition { compiled, fields: &self.fields, rules: rules.collect(), shapes })
    }
}

/// A condition that can be asked about people.
pub(crate) struct Condition<'a> {
    compiled: minijinja::Expression<'a, 'a>,
    fields: &'a BTreeSet<String>,
    rules: Vec<(&'a str, CompiledRule<'a>)>,
    shapes: &'a FieldShapes,
}

impl Condition<'_> {
    /// Whether it holds for somebody.
    pub(crate) fn holds(&self, person: &Person) -> Result<bool, String> {
        let known = self.fields.iter().filter_map(|field| Some((field.as_str(), self.operand(person, field)?)));
        let mut known: BTreeMap<&str, Operand> = known.collect();
        if !self.rules.is_empty() {
            let truths = self.rules.iter().map(|(name, rule)| Ok((*name, rule.matches(person)?)));
            known.insert(RULES, Operand::from(truths.collect::<Result<BTreeMap<&str, bool>, String>>()?));
        }
        Ok(self.compiled.eval(known).map_err(|error| words(&error))?.is_true())
    }

    /// What a field of somebody's holds: a list where it is one for anybody, since `in` finds parts of a text; nothing
    /// where they lack it.
    fn operand(&self, person: &Person, field: &str) -> Option<Operand> {
        let operand = match field {
            "email" => Some(Operand::from(person.address.as_str())),
            "lang" => person.lang.map(|lang| Operand::from(lang.tag())),
            _ => person.fields.get(field).map(operand),
        };
        match (self.shapes.get(field), operand) {
            (Some(FieldShape::List), None) => Some(Operand::from(Vec::<Operand>::new())),
            (Some(FieldShape::List), Some(single)) if person.fields.get(field).is_some_and(|it| !it.is_list()) => {
                Some(Operand::from(vec![single]))
            }
            (_, operand) => operand,
        }
    }
}

/// What the rules that have names are called by in a condition.
const RULES: &str = "rules";
const HINT: &str = "examples: \"'it-chef' in roles\", \"members > 100 and not paused\", \"lang == 'en'\"";

/// Where conditions are worked out. A missing value is false and an empty list.
pub(crate) fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    environment.set_fuel(Some(FUEL));
    environment.add_function(missing_values::CALL, missing_values::compare);
    environment
}

/// An error of the template language in one clause.
pub(crate) fn words(error: &minijinja::Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)
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
