//! What a rule asks for that nobody in the file has.

use std::collections::{BTreeMap, BTreeSet};

use crate::audience::Audience;
use crate::audience::rule::{FieldTest, FieldTests, Rule, RuleForm, each_value};
use crate::audience::rules::RuleReference;
use crate::base::error::Error;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::base::source::nearest::nearest;
use crate::base::source::span::{Span, Spanned};
use crate::people::lists::People;
use crate::people::person::fold;

const UNKNOWN_FIELD: Code = Code("NL243");
const NO_SUCH_COLUMN: Code = Code("NL247");
const NO_SUCH_VALUE: Code = Code("NL244");
const MATCHES_NOBODY: Code = Code("NL245");

/// So many values of a field are named where none is like the one that was asked for.
const NAMED: usize = 5;

/// Tells which columns that the audience speaks of the list does not have.
pub(super) fn columns(audience: &Audience, people: &People, diagnostics: &mut Diagnostics) {
    let known = fields(people);
    for said in &audience.columns {
        match &said.from {
            Some(from) => unknown_column(from, people, diagnostics),
            None if !known.contains(said.field.value.as_str()) => {
                let field = (said.field.value.as_str(), &said.field.place);
                diagnostics.push(unknown_field(field, &known, Severity::Error));
            }
            None => {}
        }
    }
}

/// Tells that a list has no such column, if it has none.
fn unknown_column(from: &Spanned<String>, people: &People, diagnostics: &mut Diagnostics) {
    let folded = fold(from.value.trim());
    if people.headers.is_empty() || people.headers.iter().any(|it| fold(it) == folded) {
        return;
    }
    let headers = people.headers.iter().map(String::as_str);
    diagnostics.push(Diagnostic::unknown(NO_SUCH_COLUMN, "column", &from.value, headers).at(from.place.clone()));
}

/// Tells what a rule asks for in vain, and whether nobody is left.
///
/// # Errors
///
/// The list cannot be read again.
pub(super) fn rule(rule: &Rule, people: &People, matched: usize, diagnostics: &mut Diagnostics) -> Result<(), Error> {
    if people.is_empty() {
        return Ok(());
    }
    asked(rule, people, &fields(people), diagnostics)?;
    if matched == 0 {
        let message = format!("the rule is true of none of {} people", people.len());
        diagnostics.push(Diagnostic::warning(MATCHES_NOBODY, message).at(rule.place.clone()));
    }
    Ok(())
}

/// Tells what a rule asks for in vain, and what those do that it uses: of them also for whom.
fn asked(rule: &Rule, people: &People, fields: &BTreeSet<&str>, diagnostics: &mut Diagnostics) -> Result<(), Error> {
    match &rule.test {
        RuleForm::Fields(FieldTests { all, none, .. }) => {
            for it in all {
                wanted(it, people, fields, diagnostics)?;
            }
            for it in none {
                unwanted(it, people, fields, diagnostics)?;
            }
        }
        RuleForm::Expression(expression) => {
            let strangers = expression.fields.iter().filter(|it| !fields.contains(it.as_str()));
            strangers.for_each(|it| diagnostics.push(unknown_field((it, &rule.place), fields, Severity::Error)));
        }
    }
    for RuleReference { name, rule } in rule.used() {
        let mut told = Diagnostics::new();
        asked(rule, people, fields, &mut told)?;
        let (path, line) = (name.place.path(), name.place.line());
        let of_user =
            |it: &Diagnostic| Diagnostic { message: format!("{}, for {path}:{line}", it.message), ..it.clone() };
        diagnostics.extend(told.iter().map(of_user).collect());
    }
    Ok(())
}

/// Every field that a rule may ask for.
fn fields(people: &People) -> BTreeSet<&str> {
    people.fields.keys().map(String::as_str).chain(["email", "lang"]).collect()
}

fn wanted(
    wanted: &FieldTest,
    people: &People,
    fields: &BTreeSet<&str>,
    diagnostics: &mut Diagnostics,
) -> Result<(), Error> {
    let field = &wanted.field;
    if fields.contains(field.value.as_str()) {
        return values(wanted, people, diagnostics);
    }
    diagnostics.push(unknown_field((&field.value, &field.place), fields, Severity::Error));
    Ok(())
}

/// Under `not` a field that nobody has is no mistake by itself: nobody may be paused today.
fn unwanted(
    wanted: &FieldTest,
    people: &People,
    fields: &BTreeSet<&str>,
    diagnostics: &mut Diagnostics,
) -> Result<(), Error> {
    let field = &wanted.field;
    if fields.contains(field.value.as_str()) {
        return values(wanted, people, diagnostics);
    }
    let near = nearest(&field.value, fields.iter().copied());
    let severity = if near.is_some() { Severity::Error } else { Severity::Warning };
    diagnostics.push(unknown_field((&field.value, &field.place), fields, severity));
    Ok(())
}

fn unknown_field((field, place): (&str, &Span), fields: &BTreeSet<&str>, severity: Severity) -> Diagnostic {
    let unknown = Diagnostic::unknown(UNKNOWN_FIELD, "field", field, fields.iter().copied());
    Diagnostic { severity, ..unknown.at(place.clone()) }
}

/// Tells which of the values nobody has.
fn values(wanted: &FieldTest, people: &People, diagnostics: &mut Diagnostics) -> Result<(), Error> {
    let mut missing: BTreeSet<usize> = (0..wanted.values.len()).collect();
    for person in people.iter() {
        if missing.is_empty() {
            return Ok(());
        }
        each_value(&person?, &wanted.field.value, &mut |text| {
            let text = fold(text.trim());
            missing.retain(|value| wanted.folded[*value] != text);
            false
        });
    }
    if missing.is_empty() {
        return Ok(());
    }
    let counts = counts(&wanted.field.value, people)?;
    for value in missing {
        let value = &wanted.values[value];
        let field = &wanted.field.value;
        let message = format!("nobody has {:?} in {field}; {}", value.value, alternatives(&value.value, &counts));
        diagnostics.push(Diagnostic::warning(NO_SUCH_VALUE, message).at(value.place.clone()));
    }
    Ok(())
}

/// How many have each value of a field.
fn counts(field: &str, people: &People) -> Result<BTreeMap<String, usize>, Error> {
    let mut counts = BTreeMap::new();
    for person in people.iter() {
        each_value(&person?, field, &mut |text| {
            *counts.entry(text.trim().to_owned()).or_default() += 1;
            false
        });
    }
    Ok(counts)
}

/// The value that was meant, if one is near enough; otherwise those that most people have.
fn alternatives(value: &str, counts: &BTreeMap<String, usize>) -> String {
    if let Some((near, count)) =
        nearest(value, counts.keys().map(String::as_str)).and_then(|it| counts.get_key_value(it))
    {
        return format!("{count} have {near:?}");
    }
    let mut most: Vec<(&String, &usize)> = counts.iter().collect();
    most.sort_by_key(|(value, count)| (usize::MAX - **count, *value));
    let named: Vec<String> = most.iter().take(NAMED).map(|(value, count)| format!("{count} have {value:?}")).collect();
    if named.is_empty() { "nobody has anything in it".to_owned() } else { named.join(", ") }
}
