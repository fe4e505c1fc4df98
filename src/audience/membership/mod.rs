//! Who is in each audience: a `sample` of `((people where) ∪ recipients ∪ include) ∩ within − exclude`.

mod list_members;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::audience::AudienceId;
use crate::audience::audiences::Audiences;
use crate::audience::file::Audience;
use crate::audience::membership::list_members::ListSubset;
use crate::audience::rule::NESTED_TOO_DEEP;
use crate::audience::sample;
use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::people::lists::People;
use crate::people::person::{Address, FieldShape, FieldShapes, Person};
use crate::people::store::RowIndex;
use crate::people::store::address_interner::{AddressId, AddressInterner};
use crate::people::store::id_set::IdSet;

const UNKNOWN_AUDIENCE: Code = Code("NL240");
const CYCLE: Code = Code("NL241");
const EMPTY: Code = Code("NL242");
/// The longest chain of audiences that name each other: the resolver calls itself for each.
const MAX_DEPTH: usize = 100;

/// The members of each audience.
///
/// Two people with the same [`Address::key`] are one. The first of them counts, with its fields only:
/// those of the list come before the recipients, and both before included audiences in the order of `include`.
#[derive(Debug)]
pub struct Membership {
    members: BTreeMap<AudienceId, Members>,
    /// The numbers of all addresses.
    interner: AddressInterner,
    fields: FieldShapes,
}

/// The members of one audience, each address once.
#[derive(Clone, Debug, Default)]
struct Members {
    /// The members in order: a member's row is in the subset of the first list that has them.
    subsets: Vec<ListSubset>,
    /// The same members by the numbers of their addresses.
    ids: IdSet,
    /// Those who would be members, by the audience that excludes them.
    excluded: Vec<(AudienceId, IdSet)>,
}

/// A member of an audience. What is known of them is read on demand: a million people do not fit in memory.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The list that they are in.
    pub(crate) people: &'a Arc<People>,
    /// Their row.
    pub(crate) row: RowIndex,
}

impl Member<'_> {
    /// What is known of them.
    ///
    /// # Errors
    ///
    /// A list that was spilled to disk cannot be read again.
    pub fn person(&self) -> Result<Person, Error> {
        self.people.person(self.row)
    }

    /// The language they chose.
    pub fn lang(&self) -> Option<Lang> {
        self.people.lang(self.row)
    }

    /// The number of their address.
    pub(crate) fn address_id(&self) -> AddressId {
        self.people.address_id(self.row)
    }
}

impl Membership {
    /// Computes the members of every audience from the people of those that name a list, who were read with the same
    /// interner. Problems between audiences are reported; an audience whose list could not be read has its other
    /// members.
    ///
    /// # Errors
    ///
    /// A list cannot be spilled to disk, or cannot be read again.
    pub fn compute(
        audiences: &Audiences,
        people: &BTreeMap<AudienceId, Arc<People>>,
        mut interner: AddressInterner,
    ) -> Result<(Self, Diagnostics), Error> {
        let fields = fields(audiences, people);
        let mut diagnostics = Diagnostics::new();
        let mut matching = list_members::of(audiences, people, &fields)?;
        let mut own = BTreeMap::new();
        for audience in audiences.iter() {
            let mut subsets = Vec::new();
            if let Some(members) = matching.remove(&audience.id) {
                diagnostics.extend(members.diagnostics);
                subsets.push(members.subset);
            }
            let people = Arc::new(audience.own_people(&mut interner)?);
            subsets.push(ListSubset { rows: people.rows().collect(), people });
            own.insert(&audience.id, subsets);
        }
        // From here on all addresses are known, and no new number is given out.
        let membership = Self { members: BTreeMap::new(), interner, fields };
        let mut resolver = MembershipResolver { audiences, own, path: Vec::new(), membership, diagnostics };
        for audience in audiences.iter() {
            resolver.resolve(audience)?;
        }
        let (membership, mut diagnostics) = (resolver.membership, resolver.diagnostics);
        for audience in audiences.iter() {
            // A list that could not be read has its own errors.
            let unread = audience.list.is_some() && !people.contains_key(&audience.id);
            if membership.size(&audience.id) == 0 && !unread {
                let message = message!("audience `{}` is empty", "målgruppen `{}` er tom", audience.id);
                diagnostics.push(Diagnostic::warning(EMPTY, message));
            }
        }
        Ok((membership, diagnostics))
    }

    /// The members of an audience, in order; none if there is no such audience.
    pub fn of(&self, id: &AudienceId) -> impl Iterator<Item = Member<'_>> {
        self.members.get(id).into_iter().flat_map(Members::iter)
    }

    /// Every audience.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &AudienceId> {
        self.members.keys()
    }

    /// How many are in an audience.
    pub fn size(&self, id: &AudienceId) -> usize {
        self.members.get(id).map_or(0, |members| members.ids.len())
    }

    /// Whether an address is in an audience.
    pub fn contains(&self, id: &AudienceId, address: &Address) -> bool {
        self.address_id(address).is_some_and(|address_id| self.contains_id(id, address_id))
    }

    /// Whether the address with a number is in an audience.
    pub(crate) fn contains_id(&self, id: &AudienceId, address: AddressId) -> bool {
        self.members.get(id).is_some_and(|members| members.ids.contains(address))
    }

    /// The addresses that `exclude` keeps out of an audience, by the audience that it names.
    pub(crate) fn excluded(&self, id: &AudienceId) -> &[(AudienceId, IdSet)] {
        self.members.get(id).map_or(&[], |members| &members.excluded)
    }

    /// The number of an address; absent if no list has it.
    pub(crate) fn address_id(&self, address: &Address) -> Option<AddressId> {
        self.interner.get(address)
    }

    /// Every audience that an address is in.
    pub fn audiences_of(&self, address: &Address) -> BTreeSet<AudienceId> {
        let Some(address) = self.address_id(address) else { return BTreeSet::new() };
        self.members.keys().filter(|id| self.contains_id(id, address)).cloned().collect()
    }

    /// How many are in both of two audiences.
    pub fn shared(&self, one: &AudienceId, other: &AudienceId) -> usize {
        match (self.members.get(one), self.members.get(other)) {
            (Some(one), Some(other)) => one.ids.shared(&other.ids),
            (None, _) | (_, None) => 0,
        }
    }

    /// How many people of a list are in none of some audiences.
    pub fn outside(&self, audiences: &[&AudienceId], people: &People) -> usize {
        let is_outside = |row: &RowIndex| {
            let address = people.address_id(*row);
            !audiences.iter().any(|audience| self.contains_id(audience, address))
        };
        people.rows().filter(is_outside).count()
    }

    /// Every field that anyone has or a list has a column for.
    pub fn fields(&self) -> &FieldShapes {
        &self.fields
    }
}

/// Computes audiences that name each other, each after those that it names.
struct MembershipResolver<'a> {
    audiences: &'a Audiences,
    /// The people that each audience names itself.
    own: BTreeMap<&'a AudienceId, Vec<ListSubset>>,
    /// The audiences that are being computed, each named by the one before it.
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
            self.resolve_named(other)?;
        }
        self.path.pop();
        let mut members = Members::default();
        self.own.remove(&audience.id).unwrap_or_default().iter().for_each(|subset| members.add(subset));
        for included in audience.include.iter().filter_map(|other| self.membership.members.get(&other.value)) {
            included.subsets.iter().for_each(|subset| members.add(subset));
        }
        self.narrow(audience, &mut members)?;
        self.membership.members.insert(audience.id.clone(), members);
        Ok(())
    }

    /// Applies `within`, `exclude` and `sample`; an unknown audience counts as empty.
    fn narrow(&self, audience: &Audience, members: &mut Members) -> Result<(), Error> {
        let nobody = Members::default();
        let of = |other: &Spanned<AudienceId>| self.membership.members.get(&other.value).unwrap_or(&nobody);
        audience.within.iter().for_each(|other| members.ids.intersect_with(&of(other).ids));
        for other in &audience.exclude {
            let mut excluded = members.ids.clone();
            excluded.intersect_with(&of(other).ids);
            if !excluded.is_empty() {
                members.excluded.push((other.value.clone(), excluded));
            }
            members.ids.subtract(&of(other).ids);
        }
        if !(audience.within.is_empty() && audience.exclude.is_empty()) {
            members.retain_ids();
        }
        if let Some(sample) = &audience.sample {
            let hash = |member: Member<'_>| Ok(sample::sample_hash(&audience.id, &member.person()?.address));
            let hashes = members.iter().map(hash).collect::<Result<Vec<u64>, Error>>()?;
            let threshold = sample::threshold(hashes.clone(), sample.value);
            // No hash is in an empty audience, where the threshold is absent: `Some(_) <= None` is never true.
            let sampled = members.iter().zip(hashes).filter(|(_, hash)| Some(*hash) <= threshold);
            members.ids = sampled.map(|(member, _)| member.address_id()).collect();
            members.retain_ids();
        }
        Ok(())
    }

    fn resolve_named(&mut self, other: &'a Spanned<AudienceId>) -> Result<(), Error> {
        let Some(audience) = self.audiences.named(&other.value) else {
            if !self.audiences.contains(&other.value) {
                self.diagnostics.push(self.audiences.unknown(UNKNOWN_AUDIENCE, other));
            }
            return Ok(());
        };
        let Some(start) = self.path.iter().position(|id| **id == audience.id) else {
            if self.path.len() < MAX_DEPTH {
                return self.resolve(audience);
            }
            let message = message!(
                "more than {MAX_DEPTH} audiences name each other in a row",
                "over {MAX_DEPTH} målgrupper henviser til hinanden i træk"
            );
            let diagnostic = Diagnostic::error(NESTED_TOO_DEEP, message).at(other.place.clone());
            self.diagnostics.push(
                diagnostic.hint(message!(
                    "name the audiences that contain the people",
                    "nævn de målgrupper, personerne står i"
                )),
            );
            return Ok(());
        };
        let names: Vec<&str> = self.path[start..].iter().map(|id| id.as_str()).chain([other.value.as_str()]).collect();
        let message = message!("circular audiences: {}", "målgrupper i ring: {}", names.join(" → "));
        let diagnostic = Diagnostic::error(CYCLE, message).at(other.place.clone());
        self.diagnostics.push(diagnostic.hint(message!(
            "remove one of these from include, within or exclude",
            "slet en af dem fra include, within eller exclude"
        )));
        Ok(())
    }
}

impl Members {
    /// Adds the people of a subset who are not members yet.
    fn add(&mut self, subset: &ListSubset) {
        let people = &subset.people;
        let rows: IdSet = subset.rows.iter().filter(|row| self.ids.insert(people.address_id(*row))).collect();
        // Without this, audiences that include two that include the same ones would double their subsets at each level.
        if !rows.is_empty() {
            self.subsets.push(ListSubset { people: Arc::clone(people), rows });
        }
    }

    /// Each of them, in order.
    fn iter(&self) -> impl Iterator<Item = Member<'_>> {
        self.subsets.iter().flat_map(|subset| subset.rows.iter().map(|row| Member { people: &subset.people, row }))
    }

    /// Keeps only the rows of the members that are left in `ids`.
    fn retain_ids(&mut self) {
        for ListSubset { people, rows } in &mut self.subsets {
            *rows = rows.iter().filter(|row| self.ids.contains(people.address_id(*row))).collect();
        }
    }
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
    for (field, value) in
        audiences.iter().flat_map(|audience| &audience.recipients).flat_map(|person| person.fields.iter())
    {
        note(field, if value.is_list() { FieldShape::List } else { FieldShape::Single });
    }
    fields
}
