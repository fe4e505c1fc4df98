//! Who is in each audience: of `((people where) ∪ recipients ∪ include) ∩ within − exclude` a `sample`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::audience::membership::numbers::{Number, Numbers, Set};
use crate::audience::rule::Rule;
use crate::audience::{Audience, AudienceId, Audiences, census, expression, sample};
use crate::people::{Fields, People};
use crate::recipient::{Address, Person, Shape};
use crate::source::{Code, Diagnostic, Diagnostics, Spanned, nearest};

const UNKNOWN_AUDIENCE: Code = Code("NL240");
const CYCLE: Code = Code("NL241");
const NOBODY: Code = Code("NL242");
const CONDITION_FAILS: Code = Code("NL246");

/// The members of each audience, worked out once.
///
/// Two people with the same [`Address::key`] are one. The first of them counts, with all its fields and no other's:
/// those of the people's file come before the recipients, and both before other audiences in the order of `include`.
#[derive(Clone, Debug, Default)]
pub struct Membership {
    members: BTreeMap<AudienceId, Members>,
    /// A number for each address that stands anywhere.
    numbers: Numbers,
    fields: Fields,
}

/// The members of one audience, each address once.
#[derive(Clone, Debug, Default)]
struct Members {
    persons: Vec<Arc<Person>>,
    numbers: Set,
}

impl Membership {
    /// Works out the members of every audience from the people of those that name a file. What is wrong with the
    /// audiences as a whole is told; an audience whose file could not be read has its other members.
    pub fn compute(audiences: &Audiences, people: &BTreeMap<AudienceId, Arc<People>>) -> (Self, Diagnostics) {
        let fields = fields(audiences, people);
        let mut resolver = Resolver {
            audiences,
            own: BTreeMap::new(),
            path: Vec::new(),
            membership: Self::default(),
            diagnostics: Diagnostics::new(),
        };
        for audience in audiences.iter() {
            let people = people.get(&audience.id).map(AsRef::as_ref);
            let own = own(audience, people, &fields, &mut resolver.diagnostics);
            resolver.own.insert(&audience.id, own);
        }
        for audience in audiences.iter() {
            resolver.resolve(audience);
        }
        let (mut membership, mut diagnostics) = (resolver.membership, resolver.diagnostics);
        for audience in audiences.iter() {
            let unread = audience.people.is_some() && !people.contains_key(&audience.id);
            if membership.of(&audience.id).is_empty() && !unread {
                let message = format!("nobody is in the audience {}", audience.id);
                diagnostics.push(Diagnostic::warning(NOBODY, message));
            }
        }
        membership.fields = fields;
        (membership, diagnostics)
    }

    /// The members of an audience, in order; none where there is no such audience.
    pub fn of(&self, id: &AudienceId) -> &[Arc<Person>] {
        self.members.get(id).map_or(&[], |members| members.persons.as_slice())
    }

    /// Whether an address is in an audience.
    pub fn contains(&self, id: &AudienceId, address: &Address) -> bool {
        let number = self.numbers.get(address);
        number.zip(self.members.get(id)).is_some_and(|(number, members)| members.numbers.contains(number))
    }

    /// Every audience that an address is in.
    pub fn audiences_of(&self, address: &Address) -> BTreeSet<AudienceId> {
        let Some(number) = self.numbers.get(address) else { return BTreeSet::new() };
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
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    fn number(&mut self, person: &Person) -> Number {
        self.numbers.give(&person.address)
    }
}

/// Works out audiences that name each other.
struct Resolver<'a> {
    audiences: &'a Audiences,
    /// The people that each audience names itself.
    own: BTreeMap<&'a AudienceId, Vec<Arc<Person>>>,
    /// The audiences that are being worked out, each named by the one before it.
    path: Vec<&'a AudienceId>,
    membership: Membership,
    diagnostics: Diagnostics,
}

impl<'a> Resolver<'a> {
    fn resolve(&mut self, audience: &'a Audience) {
        if self.membership.members.contains_key(&audience.id) {
            return;
        }
        self.path.push(&audience.id);
        for other in audience.include.iter().chain(&audience.within).chain(&audience.exclude) {
            self.follow(other);
        }
        self.path.pop();
        let mut members = Members::default();
        for person in self.own.remove(&audience.id).unwrap_or_default() {
            let number = self.membership.number(&person);
            members.add(number, person);
        }
        for other in &audience.include {
            for person in self.membership.of(&other.value).to_vec() {
                let number = self.membership.number(&person);
                members.add(number, person);
            }
        }
        self.narrow(audience, &mut members);
        self.membership.members.insert(audience.id.clone(), members);
    }

    /// Leaves those in whom `within`, `exclude` and `sample` leave in; of an audience that is not known, nobody is.
    fn narrow(&mut self, audience: &Audience, members: &mut Members) {
        let nobody = Members::default();
        let of = |other: &Spanned<AudienceId>| self.membership.members.get(&other.value).unwrap_or(&nobody);
        audience.within.iter().for_each(|other| members.numbers.keep(&of(other).numbers));
        audience.exclude.iter().for_each(|other| members.numbers.remove(&of(other).numbers));
        if !(audience.within.is_empty() && audience.exclude.is_empty()) {
            members.retain(&self.membership.numbers);
        }
        if let Some(sample) = &audience.sample {
            let lot = |person: &Arc<Person>| sample::lot(&audience.id, &person.address);
            let highest = sample::highest(members.persons.iter().map(lot).collect(), sample.value);
            let (numbers, drawn) = (&self.membership.numbers, |it: &&Arc<Person>| Some(lot(it)) <= highest);
            let drawn = members.persons.iter().filter(drawn).filter_map(|it| numbers.get(&it.address));
            members.numbers = drawn.collect();
            members.retain(numbers);
        }
    }

    fn follow(&mut self, other: &'a Spanned<AudienceId>) {
        let Some(audience) = self.audiences.named(&other.value) else {
            if !self.audiences.contains(&other.value) {
                self.diagnostics.push(unknown(self.audiences, other));
            }
            return;
        };
        let Some(start) = self.path.iter().position(|id| **id == audience.id) else {
            self.resolve(audience);
            return;
        };
        let names: Vec<&str> = self.path[start..].iter().map(|id| id.as_str()).chain([other.value.as_str()]).collect();
        let message = format!("audiences cannot be made of each other: {}", names.join(" → "));
        let diagnostic = Diagnostic::error(CYCLE, message).at(other.place.clone());
        self.diagnostics.push(diagnostic.hint("remove one of these from include, within or exclude"));
    }
}

impl Members {
    fn add(&mut self, number: Number, person: Arc<Person>) {
        if self.numbers.insert(number) {
            self.persons.push(person);
        }
    }

    /// Leaves only the persons in whose numbers are in.
    fn retain(&mut self, numbers: &Numbers) {
        let stays = |person: &Arc<Person>| numbers.get(&person.address).is_some_and(|it| self.numbers.contains(it));
        self.persons.retain(stays);
    }
}

/// There is no audience of this name; the nearest one is suggested, otherwise all are named.
fn unknown(audiences: &Audiences, name: &Spanned<AudienceId>) -> Diagnostic {
    let names: Vec<&str> = audiences.ids().map(AudienceId::as_str).collect();
    let hint = match nearest(name.value.as_str(), names.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("the audiences are: {}", names.join(", ")),
    };
    let message = format!("there is no audience {}", name.value);
    Diagnostic::error(UNKNOWN_AUDIENCE, message).at(name.place.clone()).hint(hint)
}

/// `(people where) ∪ recipients`, where one address may still stand twice.
fn own(
    audience: &Audience,
    people: Option<&People>,
    fields: &Fields,
    diagnostics: &mut Diagnostics,
) -> Vec<Arc<Person>> {
    let mut persons: Vec<Arc<Person>> = Vec::new();
    if let Some(people) = people {
        census::columns(audience, people, diagnostics);
        match &audience.rule {
            None => persons.clone_from(&people.persons),
            Some(rule) => {
                persons = meant(rule, people, fields, diagnostics);
                census::rule(rule, people, persons.len(), diagnostics);
            }
        }
    }
    persons.extend(audience.recipients.iter().map(Arc::clone));
    persons
}

/// Those of whom a rule is true.
fn meant(rule: &Rule, people: &People, fields: &Fields, diagnostics: &mut Diagnostics) -> Vec<Arc<Person>> {
    let environment = expression::environment();
    let prepared = rule.prepare(&environment, fields);
    let mut failed = None;
    let mut holds = |person: &Arc<Person>| match prepared.matches(person) {
        Ok(holds) => holds,
        Err(reason) => {
            failed.get_or_insert_with(|| {
                let who = format!("{} ({})", person.address, person.origin);
                format!("this cannot be worked out for {who}: {reason}")
            });
            false
        }
    };
    let meant = people.persons.iter().filter(|person| holds(person)).map(Arc::clone).collect();
    if let Some(message) = failed {
        diagnostics.push(Diagnostic::error(CONDITION_FAILS, message).at(rule.place.clone()));
    }
    meant
}

fn fields(audiences: &Audiences, people: &BTreeMap<AudienceId, Arc<People>>) -> Fields {
    let mut fields = Fields::new();
    let mut note = |field: &str, shape: Shape| match fields.get_mut(field) {
        Some(known) => *known = shape.max(*known),
        None => {
            fields.insert(field.to_owned(), shape);
        }
    };
    for people in people.values() {
        people.fields.iter().for_each(|(field, shape)| note(field, *shape));
    }
    for (field, value) in audiences.iter().flat_map(|it| &it.recipients).flat_map(|it| it.fields.iter()) {
        note(field, if value.is_list() { Shape::List } else { Shape::Single });
    }
    fields
}

mod numbers;
#[cfg(test)]
mod tests;
