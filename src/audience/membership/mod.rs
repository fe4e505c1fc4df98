//! Who is in each audience: of `((people where) ∪ recipients ∪ include) ∩ within − exclude` a `sample`.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::audience::expression;
use crate::audience::rule_checks;
use crate::audience::sample;
use crate::audience::{Audience, AudienceId, Audiences};
use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::people::lists::{FieldShapes, People};
use crate::people::person::{Address, FieldShape, Person};
use crate::people::store::RowIndex;
use crate::people::store::address_interner::{AddressId, AddressInterner};
use crate::people::store::id_set::IdSet;

const UNKNOWN_AUDIENCE: Code = Code("NL240");
const CYCLE: Code = Code("NL241");
const ERASED_ADDRESS: Code = Code("NL242");
const CONDITION_FAILS: Code = Code("NL246");

/// The members of each audience, worked out once.
///
/// Two people with the same [`Address::key`] are one. The first of them counts, with all its fields and no other's:
/// those of the people's file come before the recipients, and both before other audiences in the order of `include`.
#[derive(Debug)]
pub struct Membership {
    members: BTreeMap<AudienceId, Members>,
    /// A number for each address that stands anywhere.
    registry: AddressInterner,
    fields: FieldShapes,
}

/// The members of one audience, each address once.
#[derive(Clone, Debug, Default)]
struct Members {
    parts: Vec<ListSubset>,
    numbers: IdSet,
}

/// Some people of a list.
#[derive(Clone, Debug)]
struct ListSubset {
    people: Arc<People>,
    rows: IdSet,
}

/// Somebody in an audience. What is known of them is read when it is asked for: a million people are not in memory.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The list that they stand in.
    pub(crate) people: &'a Arc<People>,
    /// Their row.
    pub(crate) row: RowIndex,
}

impl Member<'_> {
    /// What is known of them.
    ///
    /// # Errors
    ///
    /// The list was laid aside on the disk, which does not give it back.
    pub fn person(&self) -> Result<Person, Error> {
        self.people.person(self.row)
    }

    /// The language they chose.
    pub fn lang(&self) -> Option<Lang> {
        self.people.lang(self.row)
    }

    /// The number of their address.
    pub(crate) fn number(&self) -> AddressId {
        self.people.number(self.row)
    }
}

impl Membership {
    /// Works out the members of every audience from the people of those that name a file, all of whom the registry
    /// knows. What is wrong with the audiences as a whole is told; an audience whose file could not be read has its other
    /// members.
    ///
    /// # Errors
    ///
    /// A list was laid aside on the disk, which does not take it or give it back.
    pub fn compute(
        audiences: &Audiences,
        people: &BTreeMap<AudienceId, Arc<People>>,
        mut registry: AddressInterner,
    ) -> Result<(Self, Diagnostics), Error> {
        let fields = fields(audiences, people);
        let mut diagnostics = Diagnostics::new();
        let mut own = BTreeMap::new();
        for audience in audiences.iter() {
            let mut parts = Vec::new();
            if let Some(people) = people.get(&audience.id) {
                parts.push(matching_rows(audience, people, &fields, &mut diagnostics)?);
            }
            let people = Arc::new(audience.at_hand(&mut registry)?);
            parts.push(ListSubset { rows: people.rows().collect(), people });
            own.insert(&audience.id, parts);
        }
        let membership = Self { members: BTreeMap::new(), registry, fields };
        let mut resolver = MembershipResolver { audiences, own, path: Vec::new(), membership, diagnostics };
        for audience in audiences.iter() {
            resolver.resolve(audience)?;
        }
        let (membership, mut diagnostics) = (resolver.membership, resolver.diagnostics);
        for audience in audiences.iter() {
            let unread = audience.people.is_some() && !people.contains_key(&audience.id);
            if membership.size(&audience.id) == 0 && !unread {
                let message = format!("nobody is in the audience {}", audience.id);
                diagnostics.push(Diagnostic::warning(ERASED_ADDRESS, message));
            }
        }
        Ok((membership, diagnostics))
    }

    /// The members of an audience, in order; none where there is no such audience.
    pub fn of(&self, id: &AudienceId) -> impl Iterator<Item = Member<'_>> {
        self.members.get(id).into_iter().flat_map(Members::iter)
    }

    /// How many are in an audience.
    pub fn size(&self, id: &AudienceId) -> usize {
        self.members.get(id).map_or(0, |it| it.numbers.len())
    }

    /// Whether an address is in an audience.
    pub fn contains(&self, id: &AudienceId, address: &Address) -> bool {
        self.number(address).is_some_and(|number| self.has(id, number))
    }

    /// Whether an address is in an audience.
    pub(crate) fn has(&self, id: &AudienceId, number: AddressId) -> bool {
        self.members.get(id).is_some_and(|members| members.numbers.contains(number))
    }

    /// The number of an address; none where no list has it.
    pub(crate) fn number(&self, address: &Address) -> Option<AddressId> {
        self.registry.get(address)
    }

    /// Every audience that an address is in.
    pub fn audiences_of(&self, address: &Address) -> BTreeSet<AudienceId> {
        let Some(number) = self.number(address) else { return BTreeSet::new() };
        let holds = |(_, members): &(&AudienceId, &Members)| members.numbers.contains(number);
        self.members.iter().filter(holds).map(|(id, _)| id.clone()).collect()
    }

    /// How many are in both of two audiences.
    pub fn shared(&self, one: &AudienceId, other: &AudienceId) -> usize {
        match (self.members.get(one), self.members.get(other)) {
            (Some(one), Some(other)) => one.numbers.shared(&other.numbers),
            (None, _) | (_, None) => 0,
        }
    }

    /// Every field that anybody has or a file has a column for, and whether it is a list for somebody.
    pub fn fields(&self) -> &FieldShapes {
        &self.fields
    }
}

/// Works out audiences that name each other.
struct MembershipResolver<'a> {
    audiences: &'a Audiences,
    /// The people that each audience names itself.
    own: BTreeMap<&'a AudienceId, Vec<ListSubset>>,
    /// The audiences that are being worked out, each named by the one before it.
    path: Vec<&'a AudienceId>,
    membership: Membership,
    diagnostics: Diagnostics,
}

impl<'a> MembershipResolver<'a> {
    fn resolve(&mut self, audience: &'a Audience) -> Result<(), Error> {
        if self.membership.members.contains_key(&audience.id) {
            return Ok(());
        }
        self.path.push(&audience.id);
        for other in audience.include.iter().chain(&audience.within).chain(&audience.exclude) {
            self.follow(other)?;
        }
        self.path.pop();
        let mut members = Members::default();
        self.own.remove(&audience.id).unwrap_or_default().iter().for_each(|it| members.add(it));
        let known = |other: &Spanned<AudienceId>| self.membership.members.get(&other.value);
        audience.include.iter().filter_map(known).flat_map(|it| &it.parts).for_each(|it| members.add(it));
        self.narrow(audience, &mut members)?;
        self.membership.members.insert(audience.id.clone(), members);
        Ok(())
    }

    /// Leaves those in whom `within`, `exclude` and `sample` leave in; of an audience that is not known, nobody is.
    fn narrow(&self, audience: &Audience, members: &mut Members) -> Result<(), Error> {
        let nobody = Members::default();
        let of = |other: &Spanned<AudienceId>| self.membership.members.get(&other.value).unwrap_or(&nobody);
        audience.within.iter().for_each(|other| members.numbers.keep(&of(other).numbers));
        audience.exclude.iter().for_each(|other| members.numbers.remove(&of(other).numbers));
        if !(audience.within.is_empty() && audience.exclude.is_empty()) {
            members.retain();
        }
        if let Some(sample) = &audience.sample {
            let lot = |member: Member<'_>| Ok(sample::sample_hash(&audience.id, &member.person()?.address));
            let lots = members.iter().map(lot).collect::<Result<Vec<u64>, Error>>()?;
            let highest = sample::threshold(lots.clone(), sample.value);
            let drawn = members.iter().zip(lots).filter(|(_, lot)| Some(*lot) <= highest);
            members.numbers = drawn.map(|(member, _)| member.number()).collect();
            members.retain();
        }
        Ok(())
    }

    fn follow(&mut self, other: &'a Spanned<AudienceId>) -> Result<(), Error> {
        let Some(audience) = self.audiences.named(&other.value) else {
            if !self.audiences.contains(&other.value) {
                self.diagnostics.push(unknown(self.audiences, other));
            }
            return Ok(());
        };
        let Some(start) = self.path.iter().position(|id| **id == audience.id) else {
            return self.resolve(audience);
        };
        let names: Vec<&str> = self.path[start..].iter().map(|id| id.as_str()).chain([other.value.as_str()]).collect();
        let message = format!("audiences cannot be made of each other: {}", names.join(" → "));
        let diagnostic = Diagnostic::error(CYCLE, message).at(other.place.clone());
        self.diagnostics.push(diagnostic.hint("remove one of these from include, within or exclude"));
        Ok(())
    }
}

impl Members {
    /// Adds those who are not here yet.
    fn add(&mut self, part: &ListSubset) {
        let people = &part.people;
        let rows = part.rows.iter().filter(|row| self.numbers.insert(people.number(*row))).collect();
        self.parts.push(ListSubset { people: Arc::clone(people), rows });
    }

    /// Each of them, in order.
    fn iter(&self) -> impl Iterator<Item = Member<'_>> {
        self.parts.iter().flat_map(|part| part.rows.iter().map(|row| Member { people: &part.people, row }))
    }

    /// Leaves only the rows in whose numbers are in.
    fn retain(&mut self) {
        for ListSubset { people, rows } in &mut self.parts {
            *rows = rows.iter().filter(|row| self.numbers.contains(people.number(*row))).collect();
        }
    }
}

fn unknown(audiences: &Audiences, name: &Spanned<AudienceId>) -> Diagnostic {
    let known = audiences.ids().map(AudienceId::as_str);
    Diagnostic::unknown(UNKNOWN_AUDIENCE, "audience", name.value.as_str(), known).at(name.place.clone())
}

/// Those of an audience's list of whom its rule is true.
fn matching_rows(
    audience: &Audience,
    people: &Arc<People>,
    fields: &FieldShapes,
    diagnostics: &mut Diagnostics,
) -> Result<ListSubset, Error> {
    rule_checks::columns(audience, people, diagnostics);
    let mut part = ListSubset { people: Arc::clone(people), rows: IdSet::default() };
    let Some(rule) = &audience.rule else {
        part.rows.extend(people.rows());
        return Ok(part);
    };
    let environment = expression::environment();
    let prepared = rule.prepare(&environment, fields);
    let mut failed = None;
    for row in people.rows() {
        let person = people.person(row)?;
        let holds = prepared.matches(&person).unwrap_or_else(|reason| {
            failed.get_or_insert_with(|| {
                let who = format!("{} ({})", person.address, person.origin);
                format!("this cannot be worked out for {who}: {reason}")
            });
            false
        });
        if holds {
            part.rows.extend([row]);
        }
    }
    if let Some(message) = failed {
        diagnostics.push(Diagnostic::error(CONDITION_FAILS, message).at(rule.place.clone()));
    }
    rule_checks::rule(rule, people, part.rows.len(), diagnostics)?;
    Ok(part)
}

fn fields(audiences: &Audiences, people: &BTreeMap<AudienceId, Arc<People>>) -> FieldShapes {
    let mut fields = FieldShapes::new();
    let mut note = |field: &str, shape: FieldShape| match fields.get_mut(field) {
        Some(known) => *known = shape.max(*known),
        None => {
            fields.insert(field.to_owned(), shape);
        }
    };
    for people in people.values() {
        people.fields.iter().for_each(|(field, shape)| note(field, *shape));
    }
    for (field, value) in audiences.iter().flat_map(|it| &it.recipients).flat_map(|it| it.fields.iter()) {
        note(field, if value.is_list() { FieldShape::List } else { FieldShape::Single });
    }
    fields
}
