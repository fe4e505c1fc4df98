use std::collections::BTreeMap;
use std::sync::Arc;

use crate::audience::audiences::Audiences;
use crate::audience::expression::Expression;
use crate::audience::file::Audience;
use crate::audience::membership::Membership;
use crate::audience::shared::SharedParts;
use crate::audience::tests::{audience, id, words};
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::text::Source;
use crate::people::lists::list_source::ListFormat;
use crate::people::lists::mapping::Mapping;
use crate::people::lists::{ListOptions, People};
use crate::people::store::address_interner::AddressInterner;

const PEOPLE: &str = "email;rolle;medlemmer;paused;sprog;roles\n\
    anna@x.example;IT-chef;120;;da;it-chef|Bruger\n\
    bo@y.example;Direktør;9;true;en;\n\
    cia@x.example;;ukendt;JA;;Koordinator\n\
    dan@x.example;IT-CHEF;;;;\n";

/// The people whom a rule matches, by the first letters of their addresses, and the diagnostics.
fn matched(rule: &str) -> (String, String) {
    let file = format!("people: people/a.csv\nwhere: {rule}\nlists: {{roles: \"|\"}}\n");
    let mapping = Mapping::of_lists([("roles", "|")]);
    let path = Arc::from("people/a.csv");
    let mut interner = AddressInterner::new(std::env::temp_dir());
    let (people, _) = People::from_stream(
        ListOptions { name: &path, mapping: &mapping },
        PEOPLE.as_bytes(),
        ListFormat::Csv,
        &mut interner,
    );
    let audiences = Audiences::from_iter([audience(&file)]);
    let people = BTreeMap::from([(id("it-chiefs"), Arc::new(people))]);
    let (membership, diagnostics) = Membership::compute(&audiences, &people, interner).unwrap();
    let chiefs = id("it-chiefs");
    let members = membership.of(&chiefs);
    (members.map(|member| member.person().unwrap().address.as_str()[..1].to_owned()).collect(), words(&diagnostics))
}

fn matches(rule: &str, expected: &str) {
    assert_eq!(matched(rule), (expected.to_owned(), String::new()), "{rule}");
}

#[test]
fn values_are_compared_whole_and_in_any_case() {
    matches("{rolle: it-chef}", "ad");
    matches("{rolle: [it-chef, DIREKTØR]}", "abd");
    matches("{rolle: IT-chef, medlemmer: 120}", "a");
    matches("{roles: bruger}", "a");
    matches("{paused: true}", "b");
    matches("{paused: ja}", "c");
    matches("{sprog: da}", "a");
    matches("{email: DAN@x.example}", "d");
    matches("{not: {paused: [true, ja]}}", "ad");
    matches("{not: {paused: true, rolle: it-chef}}", "c");
}

#[test]
fn in_an_expression_a_missing_value_equals_nothing() {
    matches("\"rolle == 'IT-chef'\"", "a");
    matches("\"rolle|lower == 'it-chef'\"", "ad");
    matches("\"rolle != 'IT-chef'\"", "bcd");
    matches("\"'it-chef' in roles\"", "a");
    matches("\"'it-chef' not in roles\"", "bcd");
    matches("\"'chef' in rolle or not rolle\"", "ac");
    matches("\"medlemmer < 100\"", "b");
    matches("\"medlemmer >= 9 and (medlemmer <= 120.0)\"", "ab");
    matches("\"100 < medlemmer or medlemmer is not defined\"", "ad");
    matches("\"medlemmer == -1 or not medlemmer > 10\"", "bcd");
    matches("\"paused == true\"", "b");
    matches("\"lang == 'en' or email == 'anna@x.example'\"", "ab");
    matches("\"roles|length == 2\"", "a");
    matches("\"rolle < 'E'\"", "b");
}

#[test]
fn fields_and_values_that_no_person_has_are_reported() {
    let words_of = |rule: &str| matched(rule).1;
    assert_eq!(
        words_of("{rolle: [It-sjef, direktør]}"),
        "warning 2:17 nobody has \"It-sjef\" in rolle; 1 has \"IT-CHEF\"\n"
    );
    assert_eq!(
        words_of("{rolle: Kok}"),
        "warning 2:16 nobody has \"Kok\" in rolle; 1 has \"Direktør\", 1 has \"IT-CHEF\", 1 has \"IT-chef\"\n\
        warning 2:8 the rule matches none of 4 people\nwarning audience `it-chiefs` is empty\n"
    );
    assert_eq!(
        matched("{rolle: it-chef, not: {pauset: true}}").1,
        "error 2:31 unknown field `pauset` (did you mean `paused`?)\n"
    );
    assert!(
        words_of("{rolle: it-chef, not: {udmeldt: true}}")
            .starts_with("warning 2:31 unknown field `udmeldt` (expected one of: email, lang, ")
    );
    assert!(words_of("{role: it-chef}").starts_with("error 2:9 unknown field `role` (did you mean `roles`?)\n"));
    assert!(words_of("\"rolls\"").starts_with("error 2:8 unknown field `rolls` (did you mean `roles`?)\n"));
    let failing = "error 2:8 the rule cannot be evaluated for bo@y.example (people/a.csv:3): ";
    assert!(
        words_of("\"rolle.x.y or email\"")
            .starts_with("error 2:8 the rule cannot be evaluated for anna@x.example (people/a.csv:2): ")
    );
    assert!(words_of("\"'a' in lang or lang + 1 if lang == 'en' else 1\"").starts_with(failing));
}

#[test]
fn an_invalid_rule_is_refused() {
    let words_of = |rule: &str| {
        let source = Source::new("audiences/a.yaml", format!("people: a.csv\nwhere: {rule}\n"));
        words(&Audience::parse(id("a"), &source, &SharedParts::default()).1)
    };
    let hint = " (write where: {roles: [IT-chef]}, or an expression in quotes: where: \"'it-chef' in roles\")\n";
    assert_eq!(
        words_of("[a]"),
        format!("error 2:8 `where` must be fields with values, or an expression, not a list{hint}")
    );
    assert_eq!(
        words_of("{a: {b: c}}"),
        format!("error 2:12 `a` must be a value or a list of values, not a group of keys{hint}")
    );
    assert_eq!(
        words_of("{a: []}"),
        "error 2:12 `a` has no value (write a: and a value or a list of values, or delete the line)\n"
    );
    assert_eq!(
        words_of("{not: paused}"),
        "error 2:14 `not` must be fields with values, not a text (write not: {paused: true})\n"
    );
    let examples = "(examples: \"'it-chef' in roles\", \"members > 100 and not paused\", \"lang == 'en'\")\n";
    assert_eq!(
        words_of("\"a + 1 < 2\""),
        format!("error 2:8 `<` must compare a field with a number, a text or another field {examples}")
    );
    let unreadable = words_of("\"'it-chef' in\"");
    assert!(unreadable.starts_with("error 2:8 invalid expression: ") && unreadable.ends_with(examples), "{unreadable}");
}

proptest::proptest! {
    #[test]
    fn any_text_is_an_expression_or_an_error(text in "([a-cæ0-9 ]|and |or |not |in |<=?|==|!=|[(){}|~'\"\\\\.-]){0,12}") {
        let place = Source::new("a.yaml", "where: x").line(1);
        let mut diagnostics = Diagnostics::new();
        let expression = Expression::parse(&text, &place, &mut diagnostics);
        proptest::prop_assert_eq!(expression.is_none(), diagnostics.has_errors());
    }
}
