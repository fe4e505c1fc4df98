use std::env;
use std::sync::Arc;

use jiff::civil::date;
use proptest::prelude::*;

use crate::base::language::Lang;
use crate::base::value::Value;
use crate::people::person::values::Values;
use crate::people::person::{Address, Consent, Person, PersonOrigin};
use crate::people::store::PersonStore;

fn values() -> impl Strategy<Value = Value> {
    let single = prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Integer),
        (-1e300..1e300).prop_map(Value::Number),
        (1..9999i16, 1..13i8, 1..29i8).prop_map(|(year, month, day)| Value::Date(date(year, month, day))),
        ".{0,300}".prop_map(Value::Text),
    ];
    single.prop_recursive(2, 8, 4, |inner| proptest::collection::vec(inner, 0..4).prop_map(Value::List))
}

fn people() -> impl Strategy<Value = Vec<Person>> {
    let consent = proptest::option::of((".{1,20}", any::<bool>(), proptest::option::of(".{0,9}")));
    let consent = consent.prop_map(|parts| {
        parts.map(|(basis, dated, source)| {
            let text = source.clone().filter(|_| dated);
            Box::new(Consent { basis, at: dated.then(|| date(2026, 1, 12)), source, text })
        })
    });
    let fields = proptest::collection::btree_map("[a-e]", values(), 0..4);
    let person = ("[a-z]{1,9}", 0..3usize, 1..5_000_000usize, fields, consent).prop_map(
        |(local, lang, line, fields, consent)| Person {
            address: Address::parse(&format!("{local}@x.example")).unwrap(),
            lang: Lang::ALL.get(lang).copied(),
            fields: Values::from_iter(fields),
            consent,
            origin: PersonOrigin { path: ["people/a.csv", "people/a.xlsx (Ark 2)"][line % 2].into(), line },
        },
    );
    proptest::collection::vec(person, 1..12)
}

proptest! {
    #[test]
    fn a_stored_person_is_read_back_unchanged(people in people()) {
        let mut store = PersonStore::new(&env::temp_dir());
        for (number, person) in (0..).zip(&people) {
            store.push(person, number).unwrap();
        }
        for (row, person) in (0..).zip(&people) {
            prop_assert_eq!(&store.person(row).unwrap(), person);
        }
        prop_assert_eq!(store.has_consents(), people.iter().any(|person| person.consent.is_some()));
    }
}

fn person(number: u32) -> Person {
    let text = "Østergård ".repeat(100 + number as usize % 50);
    Person {
        address: Address::parse(&format!("a{number}@x.example")).unwrap(),
        lang: None,
        fields: Values::from_iter([("note".to_owned(), Value::Text(text)), ("n".to_owned(), Value::Integer(7))]),
        consent: None,
        origin: PersonOrigin { path: Arc::from("people/a.csv"), line: number as usize + 2 },
    }
}

#[test]
fn a_long_list_is_spilled_to_an_unlinked_file() {
    let folder = env::temp_dir().join("newsletter-store");
    std::fs::create_dir_all(&folder).unwrap();
    let mut store = PersonStore::new(&folder);
    for number in 0..4_000 {
        store.push(&person(number), number + 5).unwrap();
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    for row in (0..4_000).chain([17, 3_999, 0, 2_500]) {
        assert_eq!(store.person(row).unwrap(), person(row));
        assert_eq!(store.address_id(row), row + 5);
    }
    assert_eq!((store.row_of(7), store.row_of(4)), (Some(2), None));
}

#[test]
fn address_numbers_may_be_any_and_languages_few() {
    let numbers = [3, 4, 5, 9, 6, 0];
    let mut store = PersonStore::new(&env::temp_dir());
    for (line, number) in (0..).zip(numbers) {
        let lang = Lang::parse("en").filter(|_| line % 2 == 1);
        store.push(&Person { lang, ..person(line) }, number).unwrap();
        assert_eq!((0..=line).map(|row| store.address_id(row)).collect::<Vec<_>>(), numbers[..=line as usize]);
    }
    assert_eq!([9, 0, 7].map(|address| store.row_of(address)), [Some(3), Some(5), None]);
    assert_eq!((0..6).filter(|row| store.lang(*row).is_some()).collect::<Vec<_>>(), [1, 3, 5]);
    assert_eq!((store.person(4).unwrap().lang, store.person(5).unwrap().lang), (None, Lang::parse("en")));
}

#[test]
fn a_list_that_cannot_be_spilled_is_an_error() {
    let mut store = PersonStore::new(&env::temp_dir().join("no-such-folder"));
    let failed = (0..4_000).find_map(|number| store.push(&person(number), number).err());
    assert_eq!(failed.map(|error| error.kind()), Some(std::io::ErrorKind::NotFound));
}
