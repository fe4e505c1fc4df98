use proptest::prelude::{prop_assert_eq, proptest};

use crate::base::value::Value;
use crate::people::person::Address;
use crate::people::person::address_checks::AddressError;

fn refused(text: &str) -> AddressError {
    Address::parse(text).expect_err(text)
}

#[test]
fn a_valid_address_is_unchanged() {
    for text in
        ["anna@kommune.example", "-leading@x.example", "o'neill+nyt@sub.kommune.example", "a@xn--kbenhavn-54a.example"]
    {
        assert_eq!(Address::parse(text).unwrap().as_str(), text);
    }
    assert_eq!(Address::parse(" \tAnna.Berg@Kommune.EXAMPLE\u{a0}").unwrap().as_str(), "Anna.Berg@kommune.example");
}

#[test]
fn forms_of_one_domain_are_one_address() {
    let composed = Address::parse("anna@køge.example").unwrap();
    assert_eq!(composed.as_str(), "anna@xn--kge-0na.example");
    assert_eq!(composed.domain(), "xn--kge-0na.example");
    assert!(composed.is_ascii());
    for other in ["ANNA@KØGE.example", "Anna@xn--kge-0na.EXAMPLE", "anna@ｋøge。example", "anna@xn--KGE-0na.example"]
    {
        assert_eq!(Address::parse(other).map(|address| address.key()), Ok(composed.key()), "{other}");
    }
    let decomposed = Address::parse("a\u{30a}se@a\u{30a}rhus.example").unwrap();
    assert_eq!(decomposed.key(), Address::parse("Åse@århus.example").unwrap().key());
    assert!(!decomposed.is_ascii());
    assert_ne!(Address::parse("anna@koge.example").unwrap().key(), composed.key());
}

#[test]
fn each_invalid_address_has_its_error() {
    let long = |n: usize| "a".repeat(n);
    let cases = [
        (" ".into(), AddressError::Empty),
        ("anna.kommune.example".into(), AddressError::NoAt),
        ("@kommune.example".into(), AddressError::NoLocal),
        ("anna@".into(), AddressError::NoDomain),
        ("anna@@kommune.example".into(), AddressError::TwoAts),
        ("anna..berg@kommune.example".into(), AddressError::LocalDots),
        (".anna@kommune.example".into(), AddressError::LocalDots),
        ("anna berg@kommune.example".into(), AddressError::Space),
        ("anna@kommune..example".into(), AddressError::EmptyLabel),
        ("anna@kommune.example.".into(), AddressError::EmptyLabel),
        (format!("{}@kommune.example", long(65)), AddressError::LocalTooLong),
        (format!("anna@{}.example", long(64)), AddressError::LabelTooLong),
        (format!("anna@{}example", format!("{}.", long(60)).repeat(5)), AddressError::TooLong),
        (format!("{}@{}example", long(64), format!("{}.", long(60)).repeat(3)), AddressError::TooLong),
        ("anna@x.example, bo@x.example".into(), AddressError::TwoAddresses),
        ("anna@x.example;bo@x.example".into(), AddressError::TwoAddresses),
        ("anna@-x.example".into(), AddressError::Hyphen),
        ("anna@x-.example".into(), AddressError::Hyphen),
        ("Anna <anna@x.example>".into(), AddressError::DisplayForm),
        ("\"anna berg\"@x.example".into(), AddressError::Quoted),
        ("anna@localhost".into(), AddressError::NoDot),
        ("anna@[192.0.2.1]".into(), AddressError::Literal),
        ("anna@192.0.2.1".into(), AddressError::Literal),
        ("anna@x.12".into(), AddressError::Literal),
        ("anna@x_y.example".into(), AddressError::Underscore),
        ("anna@x!y.example".into(), AddressError::Domain),
        ("anna@x.example,".into(), AddressError::Trailing(',')),
        ("Mailto:anna@x.example".into(), AddressError::Link),
        ("anna(bo)@x.example".into(), AddressError::LocalCharacter('(')),
        ("anna@x.example\r\nRCPT TO:<evil@x.example>".into(), AddressError::Control),
        ("anna\0@x.example".into(), AddressError::Control),
        ("anna@x.exa\u{1b}[31mmple".into(), AddressError::Control),
        ("anna\u{200b}@x.example".into(), AddressError::Invisible),
    ] as [(String, AddressError); 33];
    for (text, reason) in cases {
        assert_eq!(refused(&text), reason, "{text}");
    }
}

#[test]
fn a_stored_address_is_checked_again() {
    assert!(serde_json::from_str::<Address>("\"anna@x.example\"").is_ok());
    assert!(serde_json::from_str::<Address>("\"anna\"").is_err());
}

mod random {
    use proptest::prelude::*;

    use crate::people::person::{Address, fold, folds_to};

    proptest! {
        #[test]
        fn a_text_folds_to_what_fold_makes_of_it(text in "[a-cA-CæÆåÅÇçİıKſß\u{30A}\u{307}]{0,4}", other in "[a-cA-CæÆåÅ\u{30A}]{0,2}") {
            prop_assert!(folds_to(&text, &fold(&text)));
            prop_assert_eq!(folds_to(&text, &fold(&other)), fold(&text) == fold(&other));
        }

        #[test]
        fn a_parsed_address_parses_again(text in "\\PC{0,12}@?\\PC{0,12}\\.?[a-zæ.@-]{0,4}") {
            if let Ok(address) = Address::parse(&text) {
                prop_assert_eq!(Address::parse(address.as_str()), Ok(address.clone()));
                let key = Address::parse(&address.key()).map(|address| address.key());
                prop_assert_eq!(key, Ok(address.key()));
                prop_assert!(address.domain().is_ascii() && !address.as_str().contains(char::is_control));
            }
        }
    }
}

#[test]
fn a_value_is_unchanged_by_json() {
    let day = Value::Date(jiff::civil::date(2024, 3, 1));
    let texts =
        ["2024-03-01 09:30", "2024-03-01T09:30", "20240301", "12", "true", ""].map(|text| Value::Text(text.to_owned()));
    for value in texts.into_iter().chain([day, Value::Bool(true), Value::Integer(-1), Value::Number(0.5)]) {
        let kept = serde_json::to_string(&value).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&kept).unwrap(), value, "{kept}");
    }
}

proptest! {
    #[test]
    fn an_address_of_the_common_kind_is_valid_as_it_is(text in "[a-bA-B0-1.+_-]{0,5}@[a-bB0-1.-]{0,5}(\\.[a-b0-1-]{1,3})?") {
        prop_assert_eq!(Address::parse(&text), Address::checked(&text));
    }
}
