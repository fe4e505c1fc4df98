use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;

use crate::audience::audiences::Audiences;
use crate::audience::file::Audience;
use crate::audience::membership::Membership;
use crate::audience::shared::SharedParts;
use crate::audience::tests::{id, words};
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::text::Source;
use crate::base::value::Value;
use crate::people::lists::list_source::ListFormat;
use crate::people::lists::mapping::Mapping;
use crate::people::lists::{ListOptions, People};
use crate::people::person::{Address, FieldShape};
use crate::people::store::address_interner::AddressInterner;

fn compute(files: &[(&str, &str)], people: &[(&str, &str)]) -> (Membership, String) {
    let audiences = files.iter().map(|(name, text)| {
        let (audience, reported) =
            Audience::parse(id(name), &Source::new(format!("audiences/{name}.yaml"), *text), &SharedParts::default());
        audience.unwrap_or_else(|| panic!("{}", words(&reported)))
    });
    let mut interner = AddressInterner::new(std::env::temp_dir());
    let mapping = Mapping::of_lists([("tags", ",")]);
    let people = people.iter().map(|(name, text)| {
        let list = ListOptions { name: &Arc::from("people/a.csv"), mapping: &mapping };
        let (people, _) = People::from_stream(list, text.as_bytes(), ListFormat::Csv, &mut interner);
        (id(name), Arc::new(people))
    });
    let people = people.collect();
    let (membership, diagnostics) = Membership::compute(&audiences.collect(), &people, interner).unwrap();
    (membership, words(&diagnostics))
}

/// Audiences that name no list.
fn compute_alone(audiences: &Audiences) -> (Membership, Diagnostics) {
    Membership::compute(audiences, &BTreeMap::new(), AddressInterner::new(std::env::temp_dir())).unwrap()
}

fn members(membership: &Membership, name: &str) -> Vec<String> {
    membership.of(&id(name)).map(|member| member.person().unwrap().address.to_string()).collect()
}

#[test]
fn members_are_people_recipients_and_included_less_excluded() {
    let (membership, reported) = compute(
        &[
            (
                "all",
                "people: a.csv\nwhere: {by: ry}\nrecipients: [c@x.example, A@X.example]\ninclude: [more]\nexclude: [out]\n",
            ),
            ("more", "recipients: [d@køge.example, {email: c@x.example, by: Vejle}, e@x.example]\n"),
            ("out", "recipients: [E@x.example]\n"),
        ],
        &[("all", "email;by\na@x.example;Ry\nb@x.example;Vejle\n")],
    );
    assert_eq!(reported, "");
    assert_eq!(members(&membership, "all"), ["a@x.example", "c@x.example", "d@xn--kge-0na.example"]);
    let first = membership.of(&id("all")).next().unwrap().person().unwrap();
    assert_eq!((&first.fields["by"], first.origin.line), (&Value::Text("Ry".into()), 2));
    let address = Address::parse("D@KØGE.example").unwrap();
    assert_eq!(membership.audiences_of(&address), BTreeSet::from([id("all"), id("more")]));
    assert!(membership.contains(&id("all"), &address) && !membership.contains(&id("out"), &address));
    assert_eq!(membership.fields(), &BTreeMap::from([("by".to_owned(), FieldShape::Single),]));
}

#[test]
fn fields_know_whether_they_are_lists() {
    let (membership, _) = compute(
        &[("a", "people: a.csv\nlists: {tags: \",\"}\nrecipients: [{email: b@x.example, roles: [x], name: B}]\n")],
        &[("a", "email;roles;tags\na@x.example;y;\n")],
    );
    let list = |field: &str| membership.fields().get(field) == Some(&FieldShape::List);
    assert!(list("roles") && list("tags") && !list("name"));
    assert_eq!(membership.fields()["first_name"], FieldShape::Single);
}

#[test]
fn problems_between_audiences_are_reported() {
    let one = "recipients: [a@x.example]\n";
    let (_, reported) = compute(
        &[
            ("a", "include: [b]\nexclude: [suppliesr]\n"),
            ("b", "exclude: [c]\nrecipients: [a@x.example]\n"),
            ("c", "include: [a, c]\nrecipients: [a@x.example]\n"),
            ("suppliers", one),
            ("void", "include: [suppliers]\nexclude: [suppliers]\n"),
            ("unread", "people: gone.csv\n"),
        ],
        &[],
    );
    let expected = "error 1:11 circular audiences: a → b → c → a (remove one of these from include, within or exclude)\n\
        error 1:14 circular audiences: c → c (remove one of these from include, within or exclude)\n\
        error 2:11 unknown audience `suppliesr` (did you mean `suppliers`?)\n\
        warning audience `a` is empty\nwarning audience `b` is empty\n\
        warning audience `void` is empty\n";
    assert_eq!(reported, expected);
}

/// An audience of the model: its own people and the earlier audiences that it includes and excludes.
#[derive(Clone, Debug)]
struct Model {
    own: Vec<usize>,
    include: Vec<usize>,
    exclude: Vec<usize>,
}

fn models() -> impl Strategy<Value = Vec<Model>> {
    let some = |of: usize| proptest::collection::vec(0..of, 0..5);
    let model = (some(12), some(6), some(6)).prop_map(|(own, include, exclude)| Model { own, include, exclude });
    proptest::collection::vec(model, 1..6)
}

/// Whether a person is in an audience, straight from the definition.
fn is_in(models: &[Model], audience: usize, person: usize) -> bool {
    let earlier = |names: &[usize]| names.iter().any(|other| *other < audience && is_in(models, *other, person));
    let model = &models[audience];
    (model.own.contains(&person) || earlier(&model.include)) && !earlier(&model.exclude)
}

fn file(index: usize, model: &Model) -> String {
    let names = |them: &[usize]| {
        let earlier = them.iter().filter(|other| **other < index).map(|other| format!("z{}", 9 - other));
        earlier.collect::<Vec<_>>().join(", ")
    };
    // Every other time in capitals, which are the same addresses.
    let address = |person: &usize| {
        if index.is_multiple_of(2) { format!("P{person}@X.example") } else { format!("p{person}@x.example") }
    };
    let own: Vec<String> = model.own.iter().map(address).collect();
    let (include, exclude) = (names(&model.include), names(&model.exclude));
    format!("people: none.csv\nrecipients: [{}]\ninclude: [{include}]\nexclude: [{exclude}]\n", own.join(", "))
}

proptest! {
    #[test]
    fn membership_is_what_the_definition_says(models in models()) {
        // Named backwards, so that audiences are computed before those that they include.
        let names: Vec<String> = (0..models.len()).map(|index| format!("z{}", 9 - index)).collect();
        let texts: Vec<String> = models.iter().enumerate().map(|(index, model)| file(index, model)).collect();
        let files: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
        let audiences = files.iter().map(|(name, text)| {
            Audience::parse(id(name), &Source::new(*name, *text), &SharedParts::default()).0.unwrap()
        });
        let (membership, diagnostics) = compute_alone(&audiences.collect());
        prop_assert!(!diagnostics.has_errors());
        for person in 0..12 {
            let address = Address::parse(&format!("p{person}@x.example")).unwrap();
            let expected: BTreeSet<_> = (0..models.len()).filter(|index| is_in(&models, *index, person)).map(|index| id(&names[index])).collect();
            prop_assert_eq!(membership.audiences_of(&address), expected.clone());
            for name in &names {
                let count = membership.of(&id(name)).filter(|member| member.person().unwrap().address.key() == address.key()).count();
                prop_assert_eq!(count, usize::from(expected.contains(&id(name))));
            }
        }
    }
}

#[test]
fn an_audience_with_errors_is_known() {
    let source =
        Source::new("audiences/a.yaml", "name: A\nreason: a\nrecipients: [a@x.example]\ninclude: [broken, gone]\n");
    let mut audiences: Audiences = Audience::parse(id("a"), &source, &SharedParts::default()).0.into_iter().collect();
    audiences.insert_invalid(id("broken"));
    let (_, reported) = compute_alone(&audiences);
    assert_eq!(
        reported.iter().map(|diagnostic| diagnostic.message.english()).collect::<Vec<_>>(),
        ["unknown audience `gone`"]
    );
}
