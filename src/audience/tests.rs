use std::fmt::Write as _;

use crate::audience::AudienceId;
use crate::audience::file::Audience;
use crate::audience::shared::SharedParts;
use crate::base::language::Lang;
use crate::base::source::diagnostic::{Diagnostics, Severity};
use crate::base::source::text::Source;
use crate::base::value::Value;
use crate::people::lists::list_source::ListSource;
use crate::people::lists::mapping::Mapping;

pub(super) fn id(name: &str) -> AudienceId {
    AudienceId::parse(name).unwrap()
}

/// The diagnostics, one per line: severity, location, message, and the hint in parentheses.
pub(super) fn words(diagnostics: &Diagnostics) -> String {
    let mut words = String::new();
    for diagnostic in diagnostics {
        let severity = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
        let place =
            diagnostic.place.as_ref().map_or(String::new(), |place| format!(" {}:{}", place.line(), place.column()));
        let hint = diagnostic.hint.as_ref().map_or(String::new(), |hint| format!(" ({hint})"));
        writeln!(words, "{severity}{place} {}{hint}", diagnostic.message).unwrap();
    }
    words
}

fn parse(text: &str) -> (Option<Audience>, String) {
    let (audience, diagnostics) =
        Audience::parse(id("it-chiefs"), &Source::new("audiences/it-chiefs.yaml", text), &SharedParts::default());
    (audience, words(&diagnostics))
}

pub(super) fn audience(text: &str) -> Audience {
    let (audience, reported) = parse(text);
    assert_eq!(reported, "");
    audience.unwrap()
}

/// Asserts that a file is refused with exactly these words.
fn refused(text: &str, expected: &str) {
    let (audience, reported) = parse(text);
    assert_eq!(reported, expected, "{text}");
    assert!(audience.is_none());
}

fn one(recipient: &str) -> String {
    format!("name: IT\nrecipients:\n  - {recipient}\n")
}

#[test]
fn an_audience_is_what_its_file_says() {
    let audience = audience(
        "\u{feff}name: IT-chefer\r\nreason: {da: du er IT-chef, en: you are CIO}\r\nlang: da\r\nrecipients:\r\n\
        \x20 - e-mail: anna@kommune.example\r\n    Fornavn: no\r\n    last_name: 1e3\r\n    sprog: en\r\n\
        \x20   roles: [it-chef, 12]\r\n    members: 1200\r\n    zip: 0800\r\n    paused: false\r\n    since: 2026-01-12\r\n\
        \x20   note:\r\n    consent: {basis: member, at: 2026-01-12, source: aftale}\r\n\
        \x20 - bo@kommune.example\r\nexclude: [suppliers]\r\n",
    );
    assert_eq!((audience.name.as_str(), audience.lang), ("IT-chefer", Lang::parse("da")));
    assert_eq!(audience.reason.for_lang(Lang::parse("en").unwrap()).unwrap().value, "you are CIO");
    let anna = &audience.recipients()[0];
    assert_eq!((anna.origin.line, anna.lang), (5, Lang::parse("en")));
    let fields: Vec<String> = anna.fields.iter().map(|(field, value)| format!("{field}={value:?}")).collect();
    let expected = [
        "first_name=Text(\"no\")",
        "last_name=Text(\"1e3\")",
        "members=Integer(1200)",
        "name=Text(\"no 1e3\")",
        "paused=Bool(false)",
        "roles=List([Text(\"it-chef\"), Integer(12)])",
        "since=Date(2026-01-12)",
        "zip=Text(\"0800\")",
    ];
    assert_eq!(fields, expected);
    let consent = anna.consent.as_ref().unwrap();
    assert_eq!((consent.basis.as_str(), consent.source.as_deref()), ("member", Some("aftale")));
    assert_eq!(audience.recipients()[1].address.as_str(), "bo@kommune.example");
}

#[test]
fn missing_keys_have_defaults() {
    let audience = audience("people: people/medlemmer.csv\nlists: {Produktrelation: \"|\"}\n");
    assert_eq!(audience.name, "it-chiefs");
    assert_eq!(audience.list_source().unwrap().value, ListSource::file("people/medlemmer.csv".into()));
    assert_eq!(audience.mapping(), Mapping::of_lists([("produktrelation", "|")]));
    assert_eq!(audience.reason.for_lang(Lang::default()).unwrap().value, "du står på listen it-chiefs");
}

#[test]
fn a_file_without_people_is_refused() {
    let hint = " (write recipients: and below it a line \"  - email: anna@kommune.example\" for each reader)\n";
    let missing = "error 1:1 this audience has no `recipients`, `people` or `include`";
    refused("name: IT\n", &format!("{missing}{hint}"));
    for empty in ["name: IT\nrecipients: []\n", "name: IT\nrecipients:\n"] {
        refused(empty, &format!("error 2:1 `recipients` is empty{hint}"));
    }
    let people = "needs a list, and there is no `people` (write people: and the list, such as people: people/medlemmer.csv, or delete this)";
    refused(
        "where: {roles: a}\nrecipients: [a@x.example]\nlists: {roles: \"|\"}\n",
        &format!(
            "error 1:1 `where` {people}\n\
            error 3:1 `lists` {people}\n"
        ),
    );
}

#[test]
fn a_list_without_its_value_is_refused() {
    let keys = " `people` must have one of these keys: file, sqlite, postgres, command (write people: people/medlemmer.csv, \
        or people: {sqlite: people/crm.db, query: \"SELECT …\"})\n";
    for people in ["{list: }", "{postgres: , query: SELECT 1}", "{postgres: ' ', query: SELECT 1}", "{file: }"] {
        refused(&format!("people: {people}\nrecipients: [a@x.example]\n"), &format!("error 1:9{keys}"));
    }
    let audience = audience("people: {command: [./crm], timeout: }\n");
    assert!(matches!(audience.list_source().unwrap().value, ListSource::Command { .. }));
}

#[test]
fn a_recipient_needs_an_address() {
    let missing = "error 3:5 recipients[0] on line 3 has no email (add email: and the address)\n";
    refused(&one("first_name: Anna\n    roles: [x]"), missing);
    refused(
        &one("emial: anna@x.example"),
        "error 3:5 recipients[0] has no email, but \"emial\" (did you mean email?)\n",
    );
    let hint = " (write email: anna@kommune.example)\n";
    refused(&one("email: [a@x.example]"), &format!("error 3:12 email must be a text (a string), not a list{hint}"));
    refused(&one("email: 42"), &format!("error 3:12 email must be an address, not 42{hint}"));
    refused(&one("email:"), &format!("error 3:10 email must be a text (a string), not nothing{hint}"));
    refused(&one("email: anna"), "error 3:12 the address has no @\n");
    refused(
        &one("email: \"anna@x.example\\r\\nRCPT TO:<evil@x.example>\""),
        "error 3:12 the address contains a line break or another control character\n",
    );
    refused(
        &one("email: Anna <anna@x.example>"),
        "error 3:12 this is a name and an address; write the address alone, without < and >\n",
    );
}

#[test]
fn a_name_cannot_inject_a_header() {
    for (name, what) in [
        ("\"Anna\\r\\nBcc: evil@x.example\"", "a line break"),
        ("\"Anna\\nX-Evil: 1\"", "a line break"),
        ("\"Anna\\0\"", "a NUL character"),
        ("\"\\e[31mAnna\"", "an escape character (ESC)"),
    ] {
        let file = one(&format!("email: a@x.example\n    name: {name}"));
        refused(&file, &format!("error 4:11 name has {what}\n"));
    }
    refused(&one("{email: a@x.example, note: [\"a\\eb\"]}"), "error 3:32 note has an escape character (ESC)\n");
    let quotes = audience(&one("email: a@x.example\n    name: 'Anna \"Ann\" <b@x.example>, {{ 7 }}'"));
    assert_eq!(quotes.recipients()[0].fields["name"], Value::Text("Anna \"Ann\" <b@x.example>, {{ 7 }}".into()));
}

#[test]
fn a_repeated_address_is_one_person() {
    let (audience, reported) =
        parse("recipients:\n  - anna@x.example\n  - bo@x.example\n  - email: ' Anna@X.EXAMPLE '\n");
    assert_eq!(audience.unwrap().recipients().len(), 2);
    let expected = "warning 4:5 recipients[2] on line 4 has the address of recipients[0] on line 2: Anna@x.example \
        (remove one of them; the first counts)\n";
    assert_eq!(reported, expected);
}

#[test]
fn unknown_keys_and_wrong_types_are_refused() {
    refused("nmae: IT\nrecipients: [a@x.example]\n", "error 1:1 unknown key `nmae` (did you mean `name`?)\n");
    refused(
        "recipients: a@x.example, b@x.example\n",
        "error 1:13 `recipients` must be a list, and this is a text (write this instead: recipients: [a@x.example, b@x.example])\n",
    );
    refused(
        "include: [it chiefs]\nlang: fi\nrecipients: [a@x.example]\n",
        "error 2:7 unknown language `fi` (expected one of: da, en, de, nb, sv)\n\
        error 1:11 invalid audience `it chiefs`: an audience's name has letters, digits, - and _ only \
        (write the name of a file in audiences/, without .yaml)\n",
    );
    refused(
        "people: a.csv\nlists: {Navn: \",\", roles: \"\"}\n",
        "error 2:9 name cannot have several values (delete this)\n\
        error 2:27 `roles` has no separator (write roles: \"|\")\n",
    );
    refused(
        &one("{email: a@x.example, mail: b@x.example, consent: {at: i går}}"),
        "error 3:26 \"email\" and \"mail\" are both email (keep one of them)\n\
        error 3:59 invalid date \"i går\" (write it as 2026-01-12)\n\
        error 3:54 consent has no basis (write basis: member, or another basis, under consent)\n",
    );
}
