//! Checks a rule and a mapping against the people of the list: fields, columns and values that no person has.

use std::collections::{BTreeMap, BTreeSet};

use crate::audience::file::Audience;
use crate::audience::rule::{FieldTest, FieldTests, Rule, RuleForm, any_value};
use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::nearest::nearest;
use crate::base::source::span::Spanned;
use crate::people::lists::People;
use crate::people::person::fold;

const UNKNOWN_FIELD: Code = Code("NL243");
const NO_SUCH_VALUE: Code = Code("NL244");
const MATCHES_NOBODY: Code = Code("NL245");
const NO_SUCH_COLUMN: Code = Code("NL247");

/// How many values of a field a message lists if none is similar to the one that was written.
const LISTED: usize = 5;

/// Reports the columns that an audience's file names and the list does not have.
pub(super) fn check_columns(audience: &Audience, people: &People, diagnostics: &mut Diagnostics) {
    let known = known_fields(people);
    for column in &audience.columns {
        match &column.from {
            Some(from) => check_header(from, people, diagnostics),
            None if !known.contains(column.field.value.as_str()) => {
                diagnostics.push(unknown_field(&column.field.value, &known).at(column.field.place.clone()));
            }
            None => {}
        }
    }
}

fn check_header(from: &Spanned<String>, people: &People, diagnostics: &mut Diagnostics) {
    let folded = fold(from.value.trim());
    let headers = &people.headers;
    // A list in YAML has keys per person, and no headers.
    if !headers.is_empty() && !headers.iter().any(|header| fold(header) == folded) {
        let known = headers.iter().map(String::as_str);
        diagnostics.push(
            Diagnostic::unknown(NO_SUCH_COLUMN, message!("column", "kolonne"), &from.value, known)
                .at(from.place.clone()),
        );
    }
}

/// Every field that a rule may name.
fn known_fields(people: &People) -> BTreeSet<&str> {
    people.fields.keys().map(String::as_str).chain(["email", "lang"]).collect()
}

fn unknown_field(field: &str, known: &BTreeSet<&str>) -> Diagnostic {
    Diagnostic::unknown(UNKNOWN_FIELD, message!("field", "felt"), field, known.iter().copied())
}

/// Checks rules against the people of one list.
pub(super) struct RuleChecks<'a> {
    people: &'a People,
    known: BTreeSet<&'a str>,
    /// How many people have each value of a field. Counted only where a rule names a value that no person has.
    counts: BTreeMap<String, BTreeMap<String, usize>>,
}

impl<'a> RuleChecks<'a> {
    /// For the people of a list.
    pub(super) fn of(people: &'a People) -> Self {
        Self { people, known: known_fields(people), counts: BTreeMap::new() }
    }

    /// Reports the fields and values that a rule names and no person has, and a rule that matches nobody.
    ///
    /// # Errors
    ///
    /// A list that was spilled to disk cannot be read again.
    pub(super) fn check(&mut self, rule: &Rule, matched: usize, diagnostics: &mut Diagnostics) -> Result<(), Error> {
        if self.people.is_empty() {
            return Ok(());
        }
        self.check_rule(rule, diagnostics)?;
        if matched == 0 {
            let people = self.people.len();
            let message =
                message!("the rule matches none of {people} people", "reglen passer på ingen af {people} personer");
            diagnostics.push(Diagnostic::warning(MATCHES_NOBODY, message).at(rule.place.clone()));
        }
        Ok(())
    }

    fn check_rule(&mut self, rule: &Rule, diagnostics: &mut Diagnostics) -> Result<(), Error> {
        match &rule.form {
            RuleForm::Fields(FieldTests { required, excluded, .. }) => {
                for test in required {
                    match self.unknown_field(test) {
                        Some(unknown) => diagnostics.push(unknown),
                        None => self.check_values(test, diagnostics)?,
                    }
                }
                for test in excluded {
                    // A list may contain no one to exclude today and so lack the column; a typo is still an error.
                    let is_typo = || nearest(&test.field.value, self.known.iter().copied()).is_some();
                    match self.unknown_field(test) {
                        Some(unknown) if is_typo() => diagnostics.push(unknown),
                        Some(unknown) => diagnostics.push(unknown.as_warning()),
                        None => self.check_values(test, diagnostics)?,
                    }
                }
            }
            RuleForm::Expression { expression, .. } => {
                for field in expression.fields.iter().filter(|field| !self.known.contains(field.as_str())) {
                    diagnostics.push(unknown_field(field, &self.known).at(rule.place.clone()));
                }
            }
        }
        for reference in rule.references() {
            let mut found = Diagnostics::new();
            self.check_rule(&reference.rule, &mut found)?;
            let (path, line) = (reference.name.place.path(), reference.name.place.line());
            // A shared rule may suit one list and not another: the message says for which audience it fails.
            diagnostics.extend(
                found
                    .into_iter()
                    .map(|diagnostic| {
                        let found = &diagnostic.message;
                        let message = message!("{found}, for {path}:{line}", "{found}, for {path}:{line}");
                        Diagnostic { message, ..diagnostic }
                    })
                    .collect(),
            );
        }
        Ok(())
    }

    /// What is wrong with the field of a test, if no person has it.
    fn unknown_field(&self, test: &FieldTest) -> Option<Diagnostic> {
        let Spanned { value, place } = &test.field;
        (!self.known.contains(value.as_str())).then(|| unknown_field(value, &self.known).at(place.clone()))
    }

    /// Reports the values that no person has.
    fn check_values(&mut self, test: &FieldTest, diagnostics: &mut Diagnostics) -> Result<(), Error> {
        let field = &test.field.value;
        let mut missing: BTreeSet<usize> = (0..test.values.len()).collect();
        // Nearly always all values are found among the first people, and the rest of a long list is not read.
        for person in self.people.iter() {
            if missing.is_empty() {
                return Ok(());
            }
            any_value(&person?, field, &mut |text| {
                let folded = fold(text.trim());
                missing.retain(|value| test.folded[*value] != folded);
                false
            });
        }
        if missing.is_empty() {
            return Ok(());
        }
        if !self.counts.contains_key(field) {
            self.counts.insert(field.clone(), self.value_counts(field)?);
        }
        let counts = &self.counts[field];
        for value in missing {
            let value = &test.values[value];
            let message = message!(
                "nobody has {:?} in {field}; {}",
                "ingen har {:?} i {field}; {}",
                value.value,
                alternatives(&value.value, counts)
            );
            diagnostics.push(Diagnostic::warning(NO_SUCH_VALUE, message).at(value.place.clone()));
        }
        Ok(())
    }

    /// How many people have each value of a field.
    fn value_counts(&self, field: &str) -> Result<BTreeMap<String, usize>, Error> {
        let mut counts = BTreeMap::new();
        for person in self.people.iter() {
            any_value(&person?, field, &mut |text| {
                *counts.entry(text.trim().to_owned()).or_default() += 1;
                false
            });
        }
        Ok(counts)
    }
}

/// The similar value if there is one; otherwise the most common values.
fn alternatives(value: &str, counts: &BTreeMap<String, usize>) -> Message {
    let near = nearest(value, counts.keys().map(String::as_str));
    if let Some((near, count)) = near.and_then(|near| counts.get_key_value(near)) {
        return holders(near, *count);
    }
    let mut most: Vec<(&String, &usize)> = counts.iter().collect();
    most.sort_by_key(|(value, count)| (usize::MAX - **count, *value));
    let listed: Vec<Message> = most.iter().take(LISTED).map(|(value, count)| holders(value, **count)).collect();
    if listed.is_empty() {
        message!("it is empty for everyone", "det er tomt hos alle")
    } else {
        Message::joined(listed, ", ")
    }
}

fn holders(value: &str, count: usize) -> Message {
    if count == 1 {
        message!("1 has {value:?}", "1 har {value:?}")
    } else {
        message!("{count} have {value:?}", "{count} har {value:?}")
    }
}
