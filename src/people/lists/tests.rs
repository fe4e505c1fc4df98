use std::env;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::base::language::Lang;
use crate::base::source::diagnostic::{Diagnostics, Severity};
use crate::base::value::Value;
use crate::people::lists::list_source::ListFormat;
use crate::people::lists::mapping::{CellFormat, FieldMapping, Mapping};
use crate::people::lists::sqlite::Interrupt;
use crate::people::lists::{ListOptions, People};
use crate::people::person::FieldShape;
use crate::people::store::address_interner::AddressInterner;

fn stream(path: &str, file: &[u8], format: ListFormat, mapping: &Mapping) -> (People, Diagnostics) {
    let list = ListOptions { name: &Arc::from(path), mapping };
    People::from_stream(list, file, format, &mut AddressInterner::new(env::temp_dir()))
}

fn read(file: &[u8]) -> (People, String) {
    let mapping = Mapping::of_lists([("produktrelation", "|")]);
    let (people, diagnostics) = stream("people/a.csv", file, ListFormat::Csv, &mapping);
    let mut words = String::new();
    for diagnostic in &diagnostics {
        let severity = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
        let place =
            diagnostic.place.as_ref().map_or(String::new(), |place| format!(" {}:{}", place.line(), place.column()));
        writeln!(words, "{severity}{place} {}", diagnostic.message).unwrap();
    }
    (people, words)
}

fn people(file: &str) -> People {
    let (people, words) = read(file.as_bytes());
    assert_eq!(words, "");
    people
}

fn words(file: &str) -> String {
    read(file.as_bytes()).1
}

fn field(people: &People, person: u32, name: &str) -> String {
    people.person(person).unwrap().fields.get(name).map_or("-".into(), Value::to_string)
}

#[test]
fn a_danish_spreadsheet_is_read() {
    let file = "\u{feff}E-mail;Fornavn;Efternavn;Organisation;Produktrelation;Antal borgere;Sprog\r\n\
        anna@kommune.example;Anna;Østergård;Eksempel Kommune;Bruger|Styregruppe;1e3;en\r\n\
        \r\n;;;;;;\r\n bo@kommune.example ;;;;;012;\r\n";
    let people = people(file);
    let anna = people.person(0).unwrap();
    assert_eq!(anna.address.as_str(), "anna@kommune.example");
    assert_eq!(anna.lang, Lang::parse("en"));
    assert_eq!(anna.origin.to_string(), "people/a.csv:2");
    assert_eq!(field(&people, 0, "name"), "Anna Østergård");
    assert_eq!(field(&people, 0, "antal_borgere"), "1e3");
    let relations = ["Bruger", "Styregruppe"].map(|text| Value::Text(text.into()));
    assert_eq!(anna.fields["produktrelation"], Value::List(relations.to_vec()));
    let bo = people.person(1).unwrap();
    assert_eq!((bo.origin.line, bo.fields.keys().collect()), (5, vec!["antal_borgere"]));
    let columns: Vec<&str> = people.fields.keys().map(String::as_str).collect();
    let all = ["antal_borgere", "first_name", "last_name", "name", "organisation", "produktrelation"];
    assert_eq!(columns, all);
}

#[test]
fn the_header_decides_the_separator() {
    for file in [
        "Email Address,First Name,LNAME\na@x.example,Al,\"Berg, \"\"B\"\"\"",
        "\"a;b\"\tE-mail\tnavn\n1;2\ta@x.example\tBo",
    ] {
        assert_eq!(people(file).person(0).unwrap().address.as_str(), "a@x.example");
    }
    assert_eq!(people("sep=|\r\nemail|navn\r\na@x.example|Bo; Bi\r\n").person(0).unwrap().origin.line, 3);
    let people = people("mail,name\na@x.example,Anna Marie Berg\nb@x.example,Bo\n");
    let names = ["first_name", "last_name"].map(|name| field(&people, 0, name));
    assert_eq!(names, ["Anna", "Marie Berg"]);
    assert_eq!(field(&people, 1, "last_name"), "-");
}

#[test]
fn lines_are_counted_through_quoted_cells() {
    let file = "email;notes\r\na@x.example;\"one\r\ntwo \"\"2\"\"\r\n\"\r\nb@x;\r\nc@x.example;x;y\r\n";
    let (people, words) = read(file.as_bytes());
    assert_eq!(field(&people, 0, "notes"), "one\ntwo \"2\"");
    let expected =
        "error 5:1 the domain after the @ has no dot\nerror 6:1 this row has 3 cells, the first line has 2\n";
    assert_eq!(words, expected);
}

#[test]
fn what_excel_writes_is_read() {
    let (list, words) = read(b"email;fornavn;by\r\na@x.example;J\xf8rn;K\xf8ge\r\nb@x.example;Ann;\x80\r\n");
    assert_eq!(field(&list, 0, "name"), "J\u{f8}rn");
    assert_eq!(field(&list, 1, "by"), "\u{20ac}");
    assert_eq!(words, "warning 2:13 people/a.csv is not UTF-8, and was read as Windows-1252: J\u{f8}rn, \u{20ac}\n");
    for (mark, unit) in [("\u{feff}", u16::to_le_bytes as fn(u16) -> [u8; 2]), ("\u{feff}", u16::to_be_bytes)] {
        let text = format!("{mark}email\tnavn\r\na@x.example\t\u{d8}rn \u{1f642}\r\n");
        let (list, words) = read(&text.encode_utf16().flat_map(unit).collect::<Vec<u8>>());
        assert_eq!((field(&list, 0, "name").as_str(), words.as_str()), ("\u{d8}rn \u{1f642}", ""));
    }
    assert_eq!(read(b"\xff\xfee\0m").1, "error people/a.csv cannot be read: it is not valid UTF-16, or is truncated\n");
}

#[test]
fn columns_are_read_as_the_audience_says() {
    let mut mapping = Mapping::default();
    let read_from = |from: Option<&str>, format| FieldMapping { from: from.map(str::to_owned), format };
    mapping.insert("email".into(), read_from(Some("Kontakt"), CellFormat::Unchanged));
    mapping.insert("members".into(), read_from(Some("Antal"), CellFormat::Number));
    mapping.insert("since".into(), read_from(None, CellFormat::Date));
    mapping.insert("paused".into(), read_from(None, CellFormat::Boolean));
    let file = "Kontakt;email;Antal;since;paused\na@x.example;old;1.200;3/1 2026;nej\nb@x.example;;mange;;\n";
    let (people, diagnostics) = stream("a.csv", file.as_bytes(), ListFormat::Csv, &mapping);
    let fields = people.person(0).unwrap().fields;
    assert_eq!(fields["members"], Value::Integer(1200));
    assert_eq!(fields["paused"], Value::Bool(false));
    assert_eq!(fields["since"].to_string(), "2026-01-03");
    let words: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.english()).collect();
    assert_eq!(words, ["\"mange\" in members is not a number, such as 1234 or 12,5"]);
}

#[test]
fn json_is_read_by_line_and_as_a_list() {
    let lines = "{\"email\": \"a@x.example\", \"roles\": [\"x\", 1], \"org\": {\"by\": \"Ry\"}}\n\n\
        {\"E-mail\": \"b@x.example\", \"email\": null, \"n\": 1.5}\n[1]\n{\"email\": \n";
    let list = "[{\"email\": \"a@x.example\", \"ok\": true}, {\"email\": \"b\"}]";
    let read = |text: &str, format| {
        let (people, diagnostics) = stream("a.json", text.as_bytes(), format, &Mapping::default());
        let words = diagnostics
            .iter()
            .map(|diagnostic| format!("{} {}", diagnostic.code, diagnostic.place.as_ref().unwrap().line()));
        (people, words.collect::<Vec<_>>().join("; "))
    };
    let (people, words) = read(lines, ListFormat::JsonLines);
    assert_eq!(words, "NL250 4; NL250 5");
    assert_eq!(people.len(), 2);
    assert_eq!(people.fields["roles"], FieldShape::List);
    assert_eq!(field(&people, 0, "org_by"), "Ry");
    assert_eq!((field(&people, 1, "n").as_str(), people.person(1).unwrap().origin.line), ("1.5", 3));
    let (people, words) = read(list, ListFormat::Json);
    assert_eq!((people.person(0).unwrap().fields["ok"].clone(), words.as_str()), (Value::Bool(true), "NL210 2"));
    assert_eq!(read("[{", ListFormat::Json).1, "NL250 1");
}

#[test]
fn problems_of_a_file_are_reported() {
    assert_eq!(words(""), "error people/a.csv is empty\n");
    assert_eq!(
        words("navn;emial\nBo;b@x.example\n"),
        "error 1:1 no column of e-mail addresses; the columns are navn, emial\n"
    );
    assert_eq!(words("email;Mail\n"), "error 1:7 the columns \"email\" and \"Mail\" are both email\n");
    assert_eq!(words("email;\"a\u{1b}b\"\n"), "error 1:7 the name of this column has an escape character (ESC)\n");
    assert_eq!(words("email;By;by\n"), "error 1:10 the columns \"By\" and \"by\" are both by\n");
    assert_eq!(
        words("email;by\na@x.example;\"Køge\nb@x.example;Ry\n"),
        "error 2:1 this quotation mark opens a cell that is never closed\n"
    );
    let mixed = read(b"email;navn\na@x.example;\xc3\x98\nb@x.example;J\xf8rn\n").1;
    assert_eq!(mixed, "error 3:1 people/a.csv is neither UTF-8 nor Windows-1252\n");
}

#[test]
fn problems_of_a_person_are_reported() {
    let file = "email;fornavn;sprog;\n;Anna;;\na@x.example;\"A\nBcc: b@x.example\";;\nA@X.example;;;\na@x.EXAMPLE;;fi;\n\
        b@x.example;;;x\nc@x.example;\u{1b}[31m;fi;\nd@x.example,e@x.example;;;\n";
    let expected = "error 2:1 this row has no e-mail address\n\
        error 3:13 first_name has a line break\n\
        warning 6:14 unknown language \"fi\"\n\
        warning 6:1 a@x.example is on line 5 and again on line 6\n";
    let rest = "error 7:15 this column has no name on the first line\n\
        error 8:13 first_name has an escape character (ESC)\n\
        error 9:1 these are two addresses; write one\n";
    assert_eq!(words(file), expected.to_owned() + rest);
}

#[test]
fn only_the_first_of_many_errors_are_shown() {
    let words = words(&("email\n".to_owned() + &"anna\n".repeat(250)));
    assert_eq!(words.lines().count(), 101);
    assert!(words.ends_with("error 150 more errors in this list\n"));
}

mod random {
    use proptest::prelude::*;

    use super::{ListFormat, Mapping, stream};

    proptest! {
        #[test]
        fn any_file_is_read_without_a_panic(
            header in "(\u{feff}|sep=.\n)?[\"a-zé;,\t]{0,4}email[\";,\t]{0,2}\r?\n",
            rows in proptest::collection::vec(
                prop_oneof![any::<u8>().prop_map(|byte| vec![byte]), Just(b"a@x.example".to_vec()), "[\";,\t\r\næ ]{0,3}".prop_map(String::into_bytes)],
                0..40,
            ),
        ) {
            let file = [header.into_bytes(), rows.concat()].concat();
            let lines = file.split(|byte| matches!(byte, b'\n' | b'\r')).count();
            let (people, diagnostics) = stream("a.csv", file.as_slice(), ListFormat::Csv, &Mapping::default());
            prop_assert!(people.iter().all(|person| person.unwrap().origin.line <= lines));
            for place in diagnostics.iter().filter_map(|diagnostic| diagnostic.place.as_ref()) {
                prop_assert!(place.line() <= lines);
                prop_assert!(place.column() <= place.excerpt().chars().count() + 1);
                let seen = place.excerpt().chars().all(|letter| letter == '\t' || !letter.is_control());
                prop_assert!(seen);
            }
        }
    }
}

#[test]
fn a_query_without_an_end_can_be_stopped() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/checks/NL251/people.db");
    let query = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT 'a@x.example' AS email FROM n";
    let list = ListOptions { name: &Arc::from("people.db"), mapping: &Mapping::default() };
    let watch = |interrupt: Interrupt| {
        // Repeated, since stopping before the query runs has no effect.
        thread::spawn(move || {
            for _ in 0..1000 {
                interrupt();
                thread::sleep(Duration::from_millis(10));
            }
        });
    };
    let (_, diagnostics) = People::from_sqlite(list, &file, query, watch, &mut AddressInterner::new(env::temp_dir()));
    let stopped = "the query in people.db took longer than 60 s, and was stopped";
    assert!(diagnostics.iter().any(|diagnostic| diagnostic.message.english() == stopped), "{diagnostics:?}");
}

#[test]
fn a_list_that_is_read_ahead_has_the_same_people_and_problems() {
    let row = |number: usize| match number {
        1_500 => "a7@x.example;Bo\n".to_owned(),
        3_000 => "ikke en adresse;Bo\n".to_owned(),
        4_000 => format!("long@x.example;{}\n", "x".repeat(200_000)),
        _ => format!("a{number}@x.example;Bo\n"),
    };
    let file = (2..=5_000).fold("email;navn\n".to_owned(), |file, number| file + &row(number));
    let (people, words) = read(format!("{file}b@x.example;\"Åse\n").as_bytes());
    assert_eq!(people.len(), 4_997);
    assert_eq!(people.person(4_996).unwrap().origin.line, 5_000);
    assert!(people.iter().map(|person| person.unwrap().origin.line).is_sorted());
    let expected = "warning 1500:1 a7@x.example is on line 7 and again on line 1500\n\
        error 3000:1 the address has no @\n\
        error 5001:1 this quotation mark opens a cell that is never closed\n";
    assert_eq!(words, expected);
    // The encoding of the first rows is guessed only when the last one is read.
    let (people, words) = read(&[file.as_bytes(), b"b@x.example;\xc5se\n"].concat());
    assert_eq!(people.len(), 4_998);
    assert!(words.ends_with("is not UTF-8, and was read as Windows-1252: Åse\n"), "{words}");
}
