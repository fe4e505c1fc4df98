//! Why somebody is in an audience, or why not.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::audience::expression;
use crate::audience::membership::Membership;
use crate::audience::rule::{FieldTest, FieldTests, Rule, RuleForm, each_value};
use crate::audience::rules::RuleReference;
use crate::audience::sample::Sample;
use crate::audience::{Audience, AudienceId, Audiences};
use crate::base::error::Error;
use crate::base::source::span::{Span, Spanned};
use crate::people::lists::People;
use crate::people::person::{Address, Person, PersonOrigin};

/// Why somebody is in an audience, or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MembershipReason {
    /// They are in: their row of a list, or their lines in the audience's own file.
    Stands(PersonOrigin),
    /// They are in, since an audience is that this one includes.
    Included {
        /// The other audience.
        by: AudienceId,
        /// Where it is named.
        at: Span,
        /// Why they are in that one.
        because: Box<MembershipReason>,
    },
    /// They are out, since an audience that they are in is excluded.
    Excluded {
        /// The other audience.
        by: AudienceId,
        /// Where it is named.
        at: Span,
    },
    /// They are out, since they are not in an audience within which all members are.
    NotWithin {
        /// The other audience.
        other: AudienceId,
        /// Where it is named.
        at: Span,
    },
    /// They are out: they would be in, and the sample is of others.
    NotDrawn {
        /// How many are.
        sample: Sample,
        /// Where that is written.
        at: Span,
    },
    /// They are out: they stand in the list, and the rule does not mean them.
    NotMeant {
        /// Where they stand.
        origin: PersonOrigin,
        /// The part of the rule.
        at: Span,
        /// What is not as the rule wants it, in a clause.
        what: String,
    },
    /// They are out: no list of the audience has the address.
    NotThere,
}

impl MembershipReason {
    /// Whether it is a reason to be in.
    pub fn is_in(&self) -> bool {
        match self {
            Self::Stands(_) | Self::Included { .. } => true,
            Self::NotWithin { .. }
            | Self::Excluded { .. }
            | Self::NotDrawn { .. }
            | Self::NotMeant { .. }
            | Self::NotThere => false,
        }
    }
}

/// All that decides who is in which audience.
#[derive(Clone, Copy, Debug)]
pub struct MembershipEvidence<'a> {
    /// The audiences.
    pub audiences: &'a Audiences,
    /// The people of their lists.
    pub people: &'a BTreeMap<AudienceId, Arc<People>>,
    /// Who is in them.
    pub membership: &'a Membership,
}

impl MembershipEvidence<'_> {
    /// Why an address is in an audience, or why not.
    ///
    /// # Errors
    ///
    /// A list was laid aside on the disk, which does not give it back.
    pub fn explain(&self, audience: &Audience, address: &Address) -> Result<MembershipReason, Error> {
        let found = self.found(audience, address)?;
        if !found.is_in() {
            return Ok(found);
        }
        let is_in = |it: &&Spanned<AudienceId>| self.membership.contains(&it.value, address);
        if let Some(Spanned { value, place }) = audience.within.iter().find(|it| !is_in(it)) {
            return Ok(MembershipReason::NotWithin { other: value.clone(), at: place.clone() });
        }
        if let Some(Spanned { value, place }) = audience.exclude.iter().find(is_in) {
            return Ok(MembershipReason::Excluded { by: value.clone(), at: place.clone() });
        }
        Ok(match &audience.sample {
            Some(Spanned { value, place }) if !self.membership.contains(&audience.id, address) => {
                MembershipReason::NotDrawn { sample: *value, at: place.clone() }
            }
            Some(_) | None => found,
        })
    }

    /// Each place where an address stands, once: what is known of somebody differs from list to list.
    ///
    /// # Errors
    ///
    /// A list was laid aside on the disk, which does not give it back.
    pub fn standing(&self, address: &Address) -> Result<Vec<Person>, Error> {
        let mut found: Vec<Person> = Vec::new();
        for audience in self.audiences.iter() {
            for person in self.rows(audience, address)? {
                if found.iter().all(|it| it.origin != person.origin) {
                    found.push(person);
                }
            }
        }
        Ok(found)
    }

    /// The same, before anybody is left out of all these.
    fn found(&self, audience: &Audience, address: &Address) -> Result<MembershipReason, Error> {
        let listed = self.listed(audience, address)?;
        let unmet = listed.as_ref().and_then(|person| self.unmet(audience.rule.as_ref()?, person));
        if let (Some(person), None) = (&listed, &unmet) {
            return Ok(MembershipReason::Stands(person.origin.clone()));
        }
        if let Some(person) = own_recipient(audience, address) {
            return Ok(MembershipReason::Stands(person.origin.clone()));
        }
        let includes = audience.include.iter().find(|it| self.membership.contains(&it.value, address));
        if let Some((other, named)) = includes.and_then(|it| Some((it, self.audiences.named(&it.value)?))) {
            let because = Box::new(self.explain(named, address)?);
            return Ok(MembershipReason::Included { by: other.value.clone(), at: other.place.clone(), because });
        }
        Ok(match (listed, unmet) {
            (Some(person), Some((at, what))) => MembershipReason::NotMeant { origin: person.origin, at, what },
            (Some(_) | None, _) => MembershipReason::NotThere,
        })
    }

    /// Who has this address in an audience's list, whether or not its rule means them, and in its own file.
    ///
    /// # Errors
    ///
    /// A list was laid aside on the disk, which does not give it back.
    pub fn rows(&self, audience: &Audience, address: &Address) -> Result<Vec<Person>, Error> {
        let listed = self.listed(audience, address)?;
        Ok(listed.into_iter().chain(own_recipient(audience, address).cloned()).collect())
    }

    /// Who has this address in the audience's list.
    fn listed(&self, audience: &Audience, address: &Address) -> Result<Option<Person>, Error> {
        let list = self.people.get(&audience.id).zip(self.membership.number(address));
        let found = list.and_then(|(people, number)| Some((people, people.row_of(number)?)));
        found.map(|(people, row)| people.person(row)).transpose()
    }

    /// The part of a rule that somebody does not meet; none where it means them.
    fn unmet(&self, rule: &Rule, person: &Person) -> Option<(Span, String)> {
        let environment = expression::environment();
        let prepared = rule.prepare(&environment, self.membership.fields());
        let what = match prepared.matches(person) {
            Ok(true) => return None,
            Ok(false) => "the rule is not true of them".to_owned(),
            Err(reason) => format!("the rule cannot be worked out for them: {reason}"),
        };
        let RuleForm::Fields(FieldTests { all, none, rules, barred: out }) = &rule.test else {
            return Some((rule.place.clone(), what));
        };
        let lacking = all.iter().find(|it| !it.matches(person));
        let barred = none.iter().find(|it| it.matches(person));
        let told = lacking.map(|it| (it.field.place.clone(), missing_value_text(it, person)));
        told.or_else(|| barred.map(|it| (it.field.place.clone(), excluded_value_text(it, person))))
            .or_else(|| self.untrue(rules, person))
            .or_else(|| out.iter().find(|it| self.unmet(&it.rule, person).is_none()).map(rule_mismatch))
            .or(Some((rule.place.clone(), what)))
    }

    /// What is not as it must be where one of several rules has to be true; none where one is.
    fn untrue(&self, rules: &[RuleReference], person: &Person) -> Option<(Span, String)> {
        let unmet: Option<Vec<_>> = rules.iter().map(|it| self.unmet(&it.rule, person)).collect();
        match unmet?.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            _ => {
                let names: Vec<&str> = rules.iter().map(|it| it.name.value.as_str()).collect();
                let place = rules.first()?.name.place.clone();
                Some((place, format!("none of the rules {} is true of them", names.join(", "))))
            }
        }
    }
}

/// Who has this address in the audience's own file.
fn own_recipient<'a>(audience: &'a Audience, address: &Address) -> Option<&'a Person> {
    let key = address.key();
    audience.recipients.iter().find(|it| it.address.key() == key).map(AsRef::as_ref)
}

fn rule_mismatch(RuleReference { name, .. }: &RuleReference) -> (Span, String) {
    (name.place.clone(), format!("the rule {} is true of them, which `not` leaves out", name.value))
}

fn missing_value_text(wanted: &FieldTest, person: &Person) -> String {
    let values: Vec<&str> = wanted.values.iter().map(|it| it.value.as_str()).collect();
    format!("{}, and {} is wanted", held_value_text(wanted, person), values.join(" or "))
}

fn excluded_value_text(wanted: &FieldTest, person: &Person) -> String {
    format!("{}, which `not` leaves out", held_value_text(wanted, person))
}

fn held_value_text(wanted: &FieldTest, person: &Person) -> String {
    let mut values = Vec::new();
    each_value(person, &wanted.field.value, &mut |value| {
        values.push(value.to_owned());
        false
    });
    let field = &wanted.field.value;
    if values.is_empty() { format!("{field} is empty") } else { format!("{field} is {}", values.join(", ")) }
}
