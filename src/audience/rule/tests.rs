use std::collections::BTreeMap;
use std::sync::Arc;

use crate::audience::Audiences;
use crate::audience::membership::Membership;
use crate::audience::rules::Rules;
use crate::audience::tests::{audience, id, words};
use crate::people::lists::People;
use crate::people::lists::list_source::ListFormat;
use crate::people::lists::mapping::Mapping;
use crate::people::store::address_interner::AddressInterner;

const PEOPLE: &str = "email;rolle;medlemmer;paused;sprog;roles\n\
    anna@x.example;IT-chef;120;;da;it-chef|Bruger\n\
    bo@y.example;Direktør;9;true;en;\n\
    cia@x.example;;ukendt;JA;;Koordinator\n\
    dan@x.example;IT-CHEF;;;;\n";

/// Who a rule means, by the first letters of their addresses, and what is told.
fn meant(rule: &str) -> (String, String) {
    let file = format!("people: people/a.csv\nwhere: {rule}\nlists: {{roles: \"|\"}}\n");
    let mapping = Mapping::of_lists([("roles", "|")]);
    let path = Arc::from("people/a.csv");
    let mut registry = AddressInterner::new(std::env::temp_dir());
    let (people, _) = People::from_stream((&path, &mapping), PEOPLE.as_bytes(), ListFormat::Csv, &mut registry);
    let audiences = Audiences::from_iter([audience(&file)]);
    let people = BTreeMap::from([(id("it-chiefs"), Arc::new(people))]);
    let (membership, diagnostics) = Membership::compute(&audiences, &people, registry).unwrap();
    let chiefs = id("it-chiefs");
    let members = membership.of(&chiefs);
    (members.map(|it| it.person().unwrap().address.as_str()[..1].to_owned()).collect(), words(&diagnostics))
}

fn means(rule: &str, expected: &str) {
    assert_eq!(meant(rule), (expected.to_owned(), String::new()), "{rule}");
}

#[test]
fn values_are_compared_whole_and_in_any_case() {
    means("{rolle: it-chef}", "ad");
    means("{rolle: [it-chef, DIREKTØR]}", "abd");
    means("{rolle: IT-chef, medlemmer: 120}", "a");
    means("{roles: bruger}", "a");
    means("{paused: true}", "b");
    means("{paused: ja}", "c");
    means("{sprog: da}", "a");
    means("{email: DAN@x.example}", "d");
    means("{not: {paused: [true, ja]}}", "ad");
    means("{not: {paused: true, rolle: it-chef}}", "c");
}

#[test]
fn an_expression_finds_a_missing_value_equal_to_nothing() {
    means("\"rolle == 'IT-chef'\"", "a");
    means("\"rolle|lower == 'it-chef'\"", "ad");
    means("\"rolle != 'IT-chef'\"", "bcd");
    means("\"'it-chef' in roles\"", "a");
    means("\"'it-chef' not in roles\"", "bcd");
    means("\"'chef' in rolle or not rolle\"", "ac");
    means("\"medlemmer < 100\"", "b");
    means("\"medlemmer >= 9 and (medlemmer <= 120.0)\"", "ab");
    means("\"100 < medlemmer or medlemmer is not defined\"", "ad");
    means("\"medlemmer == -1 or not medlemmer > 10\"", "bcd");
    means("\"paused == true\"", "b");
    means("\"lang == 'en' or email == 'anna@x.example'\"", "ab");
    means("\"roles|length == 2\"", "a");
    means("\"rolle < 'E'\"", "b");
}

#[test]
fn what_a_rule_asks_for_in_vain_is_told() {
    let told = |rule: &str| meant(rule).1;
    assert_eq!(
        told("{rolle: [It-sjef, direktør]}"),
        "warning 2:17 nobody has \"It-sjef\" in rolle; 1 have \"IT-CHEF\"\n"
    );
    assert_eq!(
        told("{rolle: Kok}"),
        "warning 2:16 nobody has \"Kok\" in rolle; 1 have \"Direktør\", 1 have \"IT-CHEF\", 1 have \"IT-chef\"\n\
        warning 2:8 the rule is true of none of 4 people\nwarning nobody is in the audience it-chiefs\n"
    );
    assert_eq!(
        meant("{rolle: it-chef, not: {pauset: true}}").1,
        "error 2:31 unknown field `pauset` (did you mean `paused`?)\n"
    );
    assert!(
        told("{rolle: it-chef, not: {udmeldt: true}}")
            .starts_with("warning 2:31 unknown field `udmeldt` (expected one of: email, lang, ")
    );
    assert!(told("{role: it-chef}").starts_with("error 2:9 unknown field `role` (did you mean `roles`?)\n"));
    assert!(told("\"rolls\"").starts_with("error 2:8 unknown field `rolls` (did you mean `roles`?)\n"));
    let failing = "error 2:8 this cannot be worked out for bo@y.example (people/a.csv:3): ";
    assert!(
        told("\"rolle.x.y or email\"")
            .starts_with("error 2:8 this cannot be worked out for anna@x.example (people/a.csv:2): ")
    );
    assert!(told("\"'a' in lang or lang + 1 if lang == 'en' else 1\"").starts_with(failing));
}

#[test]
fn what_is_no_rule_is_refused() {
    let told = |rule: &str| {
        let source =
            crate::base::source::text::Source::new("audiences/a.yaml", format!("people: a.csv\nwhere: {rule}\n"));
        words(&crate::audience::Audience::parse(id("a"), &source, &Rules::default()).1)
    };
    let hint = " (write where: {roles: [IT-chef]}, or an expression in quotes: where: \"'it-chef' in roles\")\n";
    assert_eq!(
        told("[a]"),
        format!("error 2:8 where must say what the people's fields hold, and this is a list{hint}")
    );
    assert_eq!(
        told("{a: {b: c}}"),
        format!("error 2:12 under a a value is expected, and this is a group of keys{hint}")
    );
    assert_eq!(
        told("{a: []}"),
        "error 2:12 a lacks the value that it must hold (write a: and a value or a list of values, or remove the line)\n"
    );
    assert_eq!(
        told("{not: paused}"),
        "error 2:14 not must say what fields may not hold, and this is a text (write not: {paused: true})\n"
    );
    let examples = "(examples: \"'it-chef' in roles\", \"members > 100 and not paused\", \"lang == 'en'\")\n";
    assert_eq!(
        told("\"a + 1 < 2\""),
        format!("error 2:8 < must stand between a field and a number, a text or another field {examples}")
    );
    let unreadable = told("\"'it-chef' in\"");
    assert!(
        unreadable.starts_with("error 2:8 this condition cannot be read: ") && unreadable.ends_with(examples),
        "{unreadable}"
    );
}

proptest::proptest! {
    #[test]
    fn no_expression_is_too_strange(text in "([a-cæ0-9 ]|and |or |not |in |<=?|==|!=|[(){}|~'\"\\\\.-]){0,12}") {
        let place = crate::base::source::text::Source::new("a.yaml", "where: x").line(1);
        let mut diagnostics = crate::base::source::diagnostic::Diagnostics::new();
        let expression = crate::audience::rule::Expression::parse(&text, &place, &mut |_, _| None, &mut diagnostics);
        proptest::prop_assert_eq!(expression.is_none(), diagnostics.has_errors());
    }
}
