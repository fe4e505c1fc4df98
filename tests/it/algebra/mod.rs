//! Compares audiences with a model that decides for each address separately.

mod invent;
mod model;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::tz::TimeZone;
use newsletter::audience::AudienceId;
use newsletter::audience::audiences::Audiences;
use newsletter::audience::file::Audience;
use newsletter::audience::membership::Membership;
use newsletter::audience::rules::Rules;
use newsletter::audience::shared::SharedParts;
use newsletter::base::language::Lang;
use newsletter::base::message::Message;
use newsletter::base::source::diagnostic::Diagnostics;
use newsletter::base::source::text::Source;
use newsletter::base::source::yaml;
use newsletter::base::source::yaml::fields::MappingReader;
use newsletter::issue::Issue;
use newsletter::issue::edition_key::FollowedAudiences;
use newsletter::letter::selection::{self, SelectionContext};
use newsletter::people::lists::list_source::ListFormat;
use newsletter::people::lists::{ListOptions, People};
use newsletter::people::person::{Address, Person};
use newsletter::people::store::address_interner::AddressInterner;

use crate::algebra::invent::{ADDRESSES, World};

/// The number of random projects, with five audiences each.
const WORLDS: u64 = 2000;
/// The first seed; `NEWSLETTER_SEED` sets another one.
const SEED: u64 = 20_270_122;

#[test]
fn audiences_have_the_members_of_the_model() {
    check(0);
}

#[test]
fn audiences_have_the_members_of_the_model_second_half() {
    check(1);
}

/// Checks every second project, beginning with this one.
fn check(half: u64) {
    let first = std::env::var("NEWSLETTER_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    let mut members = 0;
    for seed in (first..first + WORLDS).filter(|number| number % 2 == half) {
        let world = World::invent(seed);
        let (audiences, membership) = compute(&world);
        let wrong = wrong(&world, &audiences, &membership);
        let rules = world.named_rules();
        let files: Vec<String> =
            world.audiences.iter().map(|audience| format!("{}\n{}", audience.name, world.yaml(audience))).collect();
        let (files, lists) = (files.join("\n"), [world.csv(0), world.csv(1)].join("\n"));
        assert!(wrong.is_empty(), "NEWSLETTER_SEED={seed}\n{wrong}\n{}\n{rules}\n{files}\n{lists}", world.issue());
        members += audiences.iter().map(|audience| membership.size(&audience.id) as u64).sum::<u64>();
    }
    assert!(members > WORLDS, "hardly anybody is in these audiences: {members}");
}

fn id(name: &str) -> AudienceId {
    AudienceId::parse(name).unwrap()
}

/// The program's result for the files.
fn compute(world: &World) -> (Audiences, Membership) {
    let mut audiences = Vec::new();
    let (mut people, mut registry) = (BTreeMap::new(), AddressInterner::new(std::env::temp_dir()));
    let rules = Source::new("newsletter.yaml", world.named_rules());
    let mut reported = Diagnostics::new();
    let node = yaml::parse(&rules).unwrap();
    let rules = Rules::read(MappingReader::new(&rules, &node, &Message::verbatim("rules"), &mut reported).unwrap());
    assert!(!reported.has_errors(), "{reported:?}");
    let shared = SharedParts { rules, ..SharedParts::default() };
    for invented in &world.audiences {
        let source = Source::new(format!("audiences/{}.yaml", invented.name), world.yaml(invented));
        let (audience, diagnostics) = Audience::parse(id(invented.name), &source, &shared);
        let audience = audience.unwrap_or_else(|| panic!("{diagnostics:?}\n{}", source.text()));
        if let Some(list) = invented.list {
            let (path, csv) = (Arc::from(format!("people/{list}.csv")), world.csv(list));
            let list = ListOptions { name: &path, mapping: &audience.mapping() };
            let (read, _) = People::from_stream(list, csv.as_bytes(), ListFormat::Csv, &mut registry);
            people.insert(audience.id.clone(), Arc::new(read));
        }
        audiences.push(audience);
    }
    let audiences: Audiences = audiences.into_iter().collect();
    let (membership, diagnostics) = Membership::compute(&audiences, &people, registry).unwrap();
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    (audiences, membership)
}

/// The first difference from the model.
fn wrong(world: &World, audiences: &Audiences, membership: &Membership) -> String {
    let ids: Vec<AudienceId> = world.audiences.iter().map(|audience| id(audience.name)).collect();
    let holds: Vec<BTreeSet<usize>> = (0..ids.len())
        .map(|audience| (0..ADDRESSES.len()).filter(|address| world.member(audience, *address).is_some()).collect())
        .collect();
    for (audience, id) in ids.iter().enumerate() {
        let found: Vec<String> = membership.of(id).map(|member| mark(&member.person().unwrap())).collect();
        let expected = world.members(audience);
        if found != expected {
            return format!("{id} has {found:?}, and the model {expected:?}");
        }
        for (other, other_id) in ids.iter().enumerate() {
            let shared = holds[audience].intersection(&holds[other]).count();
            if membership.shared(id, other_id) != shared {
                return format!("{id} and {other_id} share {}, in the model {shared}", membership.shared(id, other_id));
            }
        }
    }
    for (address, written) in ADDRESSES.iter().enumerate() {
        let address_written = Address::parse(written[2]).unwrap();
        let expected: BTreeSet<AudienceId> =
            ids.iter().zip(&holds).filter(|(_, it)| it.contains(&address)).map(|(id, _)| id.clone()).collect();
        let contained = ids.iter().filter(|id| membership.contains(id, &address_written)).cloned().collect();
        if [membership.audiences_of(&address_written), contained] != [expected.clone(), expected] {
            return format!("{} is in {:?}", written[2], membership.audiences_of(&address_written));
        }
    }
    selected(world, audiences, membership)
}

/// The first difference from the model in the recipients of an issue.
fn selected(world: &World, audiences: &Audiences, membership: &Membership) -> String {
    let (issue, diagnostics) = Issue::parse(&Source::new("issues/nyt.md", world.issue()), &TimeZone::UTC);
    let issue = issue.unwrap_or_else(|| panic!("{diagnostics:?}"));
    let named = |indices: &[usize]| indices.iter().map(|index| id(world.audiences[*index].name)).collect();
    let followed = FollowedAudiences { includes: named(&world.shown), leaves_out: named(&world.withheld) };
    let selection = selection::select(
        &issue,
        &SelectionContext { audiences, membership, followed: &followed, lang: Lang::default(), former: None },
    );
    let found = selection.recipients().map(|reader| {
        let (person, key) = (reader.person().unwrap(), reader.edition());
        let followed =
            [&key.includes, &key.leaves_out].map(|ids| ids.iter().map(ToString::to_string).collect::<Vec<String>>());
        (mark(&person), key.audience.to_string(), followed)
    });
    let expected = world.readers().into_iter().map(|(mark, audience, followed)| {
        let owned = followed.map(|ids| ids.into_iter().map(str::to_owned).collect());
        (mark.to_owned(), audience.to_owned(), owned)
    });
    let (found, expected): (Vec<_>, Vec<_>) = (found.collect(), expected.collect());
    if found == expected {
        String::new()
    } else {
        format!("the issue goes to {found:?}, and the model says {expected:?}")
    }
}

/// The mark that identifies a row.
fn mark(person: &Person) -> String {
    person.fields["mark"].to_string()
}
