//! Why a person is in an audience, or is not.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::audience::AudienceId;
use crate::audience::audiences::Audiences;
use crate::audience::expression;
use crate::audience::file::Audience;
use crate::audience::membership::Membership;
use crate::audience::rule::{FieldTest, FieldTests, Rule, RuleForm, RuleReference, any_value};
use crate::audience::sample::Sample;
use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::source::span::{Span, Spanned};
use crate::people::lists::People;
use crate::people::person::{Address, Person, PersonOrigin};

/// Why a person is in an audience, or is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MembershipReason {
    /// In: their row of a list, or their entry in the audience's own file.
    Listed(PersonOrigin),
    /// In: another audience that this one includes has them.
    Included {
        /// The other audience.
        by: AudienceId,
        /// Where it is named.
        at: Span,
        /// Why they are in that one.
        because: Box<MembershipReason>,
    },
    /// Out: an audience that this one excludes has them.
    Excluded {
        /// The other audience.
        by: AudienceId,
        /// Where it is named.
        at: Span,
    },
    /// Out: an audience that this one is within does not have them.
    NotWithin {
        /// The other audience.
        other: AudienceId,
        /// Where it is named.
        at: Span,
    },
    /// Out: they are not in the sample.
    NotSampled {
        /// How many it has.
        sample: Sample,
        /// Where that is written.
        at: Span,
    },
    /// Out: the list has them, and the rule does not match them.
    RuleMismatch {
        /// Where they are in the list.
        origin: PersonOrigin,
        /// The part of the rule.
        at: Span,
        /// What does not match, in a clause.
        what: Message,
    },
    /// Out: no list of the audience has the address.
    NotListed,
}

impl MembershipReason {
    /// Whether the person is in the audience.
    pub fn is_in(&self) -> bool {
        match self {
            Self::Listed(_) | Self::Included { .. } => true,
            Self::NotWithin { .. }
            | Self::Excluded { .. }
            | Self::NotSampled { .. }
            | Self::RuleMismatch { .. }
            | Self::NotListed => false,
        }
    }
}

/// What is needed to decide who is in which audience.
#[derive(Clone, Copy, Debug)]
pub struct MembershipEvidence<'a> {
    /// The audiences.
    pub audiences: &'a Audiences,
    /// The people of their lists.
    pub people: &'a BTreeMap<AudienceId, Arc<People>>,
    /// Who is in them.
    pub membership: &'a Membership,
}

/// A part of a rule that does not match a person.
struct Mismatch {
    at: Span,
    /// What does not match, in a clause.
    what: Message,
}

impl MembershipEvidence<'_> {
    /// Why an address is in an audience, or is not.
    ///
    /// # Errors
    ///
    /// A list that was spilled to disk cannot be read again.
    pub fn explain(&self, audience: &Audience, address: &Address) -> Result<MembershipReason, Error> {
        let reason = self.explain_candidate(audience, address)?;
        if !reason.is_in() {
            return Ok(reason);
        }
        // The order is that in which the membership is computed: candidates, `within`, `exclude`, `sample`.
        let is_in = |other: &&Spanned<AudienceId>| self.membership.contains(&other.value, address);
        if let Some(Spanned { value, place }) = audience.within.iter().find(|other| !is_in(other)) {
            return Ok(MembershipReason::NotWithin { other: value.clone(), at: place.clone() });
        }
        if let Some(Spanned { value, place }) = audience.exclude.iter().find(is_in) {
            return Ok(MembershipReason::Excluded { by: value.clone(), at: place.clone() });
        }
        // Only the sample is left to exclude a candidate.
        Ok(match &audience.sample {
            Some(Spanned { value, place }) if !self.membership.contains(&audience.id, address) => {
                MembershipReason::NotSampled { sample: *value, at: place.clone() }
            }
            Some(_) | None => reason,
        })
    }

    /// The person behind an address, once for each place: fields may differ from list to list.
    ///
    /// # Errors
    ///
    /// A list that was spilled to disk cannot be read again.
    pub fn occurrences(&self, address: &Address) -> Result<Vec<Person>, Error> {
        let mut all: Vec<Person> = Vec::new();
        for audience in self.audiences.iter() {
            for person in self.rows(audience, address)? {
                // Audiences may share a list.
                if all.iter().all(|known| known.origin != person.origin) {
                    all.push(person);
                }
            }
        }
        Ok(all)
    }

    /// The same as [`explain`](Self::explain), before `within`, `exclude` and `sample`.
    fn explain_candidate(&self, audience: &Audience, address: &Address) -> Result<MembershipReason, Error> {
        let listed = self.listed(audience, address)?;
        let mismatch = listed.as_ref().and_then(|person| self.unmet_condition(audience.rule.as_ref()?, person));
        if let (Some(person), None) = (&listed, &mismatch) {
            return Ok(MembershipReason::Listed(person.origin.clone()));
        }
        if let Some(person) = own_recipient(audience, address) {
            return Ok(MembershipReason::Listed(person.origin.clone()));
        }
        let included = audience.include.iter().find(|other| self.membership.contains(&other.value, address));
        if let Some((other, named)) = included.and_then(|other| Some((other, self.audiences.named(&other.value)?))) {
            let because = Box::new(self.explain(named, address)?);
            return Ok(MembershipReason::Included { by: other.value.clone(), at: other.place.clone(), because });
        }
        Ok(match (listed, mismatch) {
            (Some(Person { origin, .. }), Some(Mismatch { at, what })) => {
                MembershipReason::RuleMismatch { origin, at, what }
            }
            (Some(_) | None, _) => MembershipReason::NotListed,
        })
    }

    /// The people with this address in an audience's list, whether or not its rule matches them, and in its own file.
    ///
    /// # Errors
    ///
    /// A list that was spilled to disk cannot be read again.
    pub fn rows(&self, audience: &Audience, address: &Address) -> Result<Vec<Person>, Error> {
        let listed = self.listed(audience, address)?;
        Ok(listed.into_iter().chain(own_recipient(audience, address).cloned()).collect())
    }

    /// The person with this address in the audience's list.
    fn listed(&self, audience: &Audience, address: &Address) -> Result<Option<Person>, Error> {
        let list = self.people.get(&audience.id).zip(self.membership.address_id(address));
        let found = list.and_then(|(people, id)| Some((people, people.row_of(id)?)));
        found.map(|(people, row)| people.person(row)).transpose()
    }

    /// The part of a rule that does not match a person; none if the rule matches.
    fn unmet_condition(&self, rule: &Rule, person: &Person) -> Option<Mismatch> {
        let environment = expression::environment();
        let what = match rule.compile(&environment, self.membership.fields()).matches(person) {
            Ok(true) => return None,
            Ok(false) => message!("the rule does not match", "reglen passer ikke"),
            Err(reason) => message!("the rule cannot be evaluated: {reason}", "reglen kan ikke beregnes: {reason}"),
        };
        let whole = Mismatch { at: rule.place.clone(), what };
        let RuleForm::Fields(FieldTests { required, excluded, required_rules, excluded_rules }) = &rule.form else {
            return Some(whole);
        };
        let missing = required.iter().find(|test| !test.matches(person)).map(|test| missing_value(test, person));
        let excluded_by_field =
            || excluded.iter().find(|test| test.matches(person)).map(|test| excluded_value(test, person));
        let excluded_by_rule =
            || excluded_rules.iter().find(|named| self.unmet_condition(&named.rule, person).is_none());
        missing
            .or_else(excluded_by_field)
            .or_else(|| self.unmet_alternative(required_rules, person))
            .or_else(|| excluded_by_rule().map(excluded_rule))
            .or(Some(whole))
    }

    /// What does not match where one of several rules must; none if one does.
    fn unmet_alternative(&self, rules: &[RuleReference], person: &Person) -> Option<Mismatch> {
        let unmet: Option<Vec<Mismatch>> =
            rules.iter().map(|reference| self.unmet_condition(&reference.rule, person)).collect();
        let mut unmet = unmet?;
        if unmet.len() <= 1 {
            return unmet.pop();
        }
        let names: Vec<&str> = rules.iter().map(|reference| reference.name.value.as_str()).collect();
        let what = message!("none of the rules {} matches", "ingen af reglerne {} passer", names.join(", "));
        Some(Mismatch { at: rules.first()?.name.place.clone(), what })
    }
}

/// The person with this address in the audience's own file.
fn own_recipient<'a>(audience: &'a Audience, address: &Address) -> Option<&'a Person> {
    let key = address.key();
    audience.recipients.iter().find(|person| person.address.key() == key).map(AsRef::as_ref)
}

fn excluded_rule(RuleReference { name, .. }: &RuleReference) -> Mismatch {
    Mismatch {
        at: name.place.clone(),
        what: message!(
            "the rule {} matches, which `not` excludes",
            "reglen {} passer, og den udelukkes af `not`",
            name.value
        ),
    }
}

fn missing_value(test: &FieldTest, person: &Person) -> Mismatch {
    let values: Vec<&str> = test.values.iter().map(|value| value.value.as_str()).collect();
    let what =
        message!("{}, expected {}", "{}, skulle være {}", held_value_text(test, person), Message::either(&values));
    Mismatch { at: test.field.place.clone(), what }
}

fn excluded_value(test: &FieldTest, person: &Person) -> Mismatch {
    let what = message!("{}, which `not` excludes", "{}, og det udelukker `not`", held_value_text(test, person));
    Mismatch { at: test.field.place.clone(), what }
}

fn held_value_text(test: &FieldTest, person: &Person) -> Message {
    let field = &test.field.value;
    let mut values = Vec::new();
    any_value(person, field, &mut |value| {
        values.push(value.to_owned());
        // `false` continues with the next value.
        false
    });
    if values.is_empty() {
        message!("{field} is empty", "{field} er tom")
    } else {
        message!("{field} is {}", "{field} er {}", values.join(", "))
    }
}
