//! Finds the people of a list that match the rules of the audiences that name it. Each person is decoded once for all
//! audiences.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::Environment;

use crate::audience::AudienceId;
use crate::audience::audiences::Audiences;
use crate::audience::expression;
use crate::audience::file::Audience;
use crate::audience::near_values::NearValues;
use crate::audience::rule::{CompiledRule, Rule};
use crate::audience::rule_checks::{self, RuleChecks};
use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::people::lists::People;
use crate::people::person::{FieldShapes, Person};
use crate::people::store::RowIndex;
use crate::people::store::id_set::IdSet;

const CONDITION_FAILS: Code = Code("NL246");

/// Some people of a list.
#[derive(Clone, Debug)]
pub(super) struct ListSubset {
    pub(super) people: Arc<People>,
    pub(super) rows: IdSet,
}

/// The people of an audience's list whom its rule matches, all of them without a rule.
pub(super) struct ListMembers {
    pub(super) subset: ListSubset,
    /// What is wrong with the audience's columns and its rule.
    pub(super) diagnostics: Diagnostics,
}

/// The members of each audience that names a list.
///
/// # Errors
///
/// A list that was spilled to disk cannot be read again.
pub(super) fn of<'a>(
    audiences: &'a Audiences,
    people: &BTreeMap<AudienceId, Arc<People>>,
    fields: &FieldShapes,
) -> Result<BTreeMap<&'a AudienceId, ListMembers>, Error> {
    let mut lists: Vec<(&Arc<People>, Vec<&Audience>)> = Vec::new();
    for audience in audiences.iter() {
        let Some(list) = people.get(&audience.id) else { continue };
        match lists.iter_mut().find(|(known, _)| Arc::ptr_eq(known, list)) {
            Some((_, named_by)) => named_by.push(audience),
            None => lists.push((list, vec![audience])),
        }
    }
    let environment = expression::environment();
    let mut members = BTreeMap::new();
    for (people, audiences) in lists {
        let mut with_rule = Vec::new();
        let mut matchers = Vec::new();
        for audience in audiences {
            if let Some(rule) = &audience.rule {
                with_rule.push(audience);
                matchers.push(RuleMatcher::new(rule, &environment, fields));
            } else {
                members.insert(&audience.id, ListMembers::new(audience, people, people.rows().collect()));
            }
        }
        if matchers.is_empty() {
            continue;
        }
        for row in people.rows() {
            let person = people.person(row)?;
            for matcher in &mut matchers {
                matcher.note(row, &person);
            }
        }
        let mut checks = RuleChecks::of(people);
        for (audience, matcher) in with_rule.into_iter().zip(matchers) {
            members.insert(&audience.id, matcher.members(audience, people, &mut checks)?);
        }
    }
    Ok(members)
}

impl ListMembers {
    /// These rows of an audience's list, with what is wrong with the columns that the audience names.
    fn new(audience: &Audience, people: &Arc<People>, rows: IdSet) -> Self {
        let mut diagnostics = Diagnostics::new();
        rule_checks::check_columns(audience, people, &mut diagnostics);
        Self { subset: ListSubset { people: Arc::clone(people), rows }, diagnostics }
    }
}

/// The rule of one audience, while the people of its list are read.
struct RuleMatcher<'a> {
    rule: &'a Rule,
    compiled: CompiledRule<'a>,
    near: NearValues<'a>,
    rows: IdSet,
    /// Why the rule cannot be evaluated: it would fail in the same way for a million people, so the first one is enough.
    failed: Option<Message>,
}

impl<'a> RuleMatcher<'a> {
    fn new(rule: &'a Rule, environment: &'a Environment<'a>, fields: &'a FieldShapes) -> Self {
        let (compiled, near) = (rule.compile(environment, fields), NearValues::of(rule));
        Self { rule, compiled, near, rows: IdSet::default(), failed: None }
    }

    /// Notes whether a person is a member.
    fn note(&mut self, row: RowIndex, person: &Person) {
        self.near.note(person);
        match self.compiled.matches(person) {
            Ok(true) => {
                self.rows.insert(row);
            }
            Ok(false) => {}
            Err(reason) => {
                self.failed.get_or_insert_with(|| {
                    message!(
                        "the rule cannot be evaluated for {} ({}): {reason}",
                        "reglen kan ikke beregnes for {} ({}): {reason}",
                        person.address,
                        person.origin
                    )
                });
            }
        }
    }

    /// The members, once all people are read.
    fn members(
        self,
        audience: &Audience,
        people: &Arc<People>,
        checks: &mut RuleChecks<'_>,
    ) -> Result<ListMembers, Error> {
        let matched = self.rows.len();
        let mut members = ListMembers::new(audience, people, self.rows);
        if let Some(message) = self.failed {
            members.diagnostics.push(Diagnostic::error(CONDITION_FAILS, message).at(self.rule.place.clone()));
        }
        self.near.report(&mut members.diagnostics);
        checks.check(self.rule, matched, &mut members.diagnostics)?;
        Ok(members)
    }
}
