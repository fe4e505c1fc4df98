use proptest::prelude::*;

use crate::base::source::yaml::node::NodeKind;

use super::*;

fn scalars(text: &str) -> Vec<(String, Range<usize>, usize)> {
    let node = parse(&Source::new("a.yaml", text)).unwrap();
    let NodeKind::Mapping(entries) = node.kind else { panic!("a mapping is expected") };
    entries.into_iter().map(|(_, node)| (node.scalar().unwrap_or("").to_owned(), node.span, node.line)).collect()
}

#[test]
fn scalars_stay_as_written() {
    let text = "\u{feff}a: 012\r\nb: no\r\nc: \"1e3\"\r\nd: |\r\n  x\r\n  y\r\ne: 1_000";
    let places: Vec<_> = scalars(text).into_iter().map(|(text, span, line)| (text, span.start, line)).collect();
    let expected = [("012", 6, 1), ("no", 14, 2), ("1e3", 21, 3), ("x\ny", 36, 5), ("1_000", 47, 7)];
    assert_eq!(places, expected.map(|(text, start, line)| (text.to_owned(), start, line)));
}

#[test]
fn locations_in_a_part_are_those_of_the_file() {
    let source = Source::new("a.md", "---\na: b\nc: d\n---\n");
    let node = parse_part(&source, 4..14).unwrap();
    let NodeKind::Mapping(entries) = node.kind else { panic!("a mapping is expected") };
    assert_eq!(entries[1].1.place(&source).to_string(), "a.md:3:4");
    assert_eq!(entries[1].0.place(&source).to_string(), "a.md:3:1");
}

#[test]
fn no_nesting_overflows_the_stack() {
    for text in ["[", "{a: ", "- ", "? ", "a: [", "["].map(|opening| opening.repeat(100_000)) {
        assert!(parse(&Source::new("a.yaml", text)).is_err());
    }
}

#[test]
fn an_empty_file_is_null() {
    for text in ["", "\n", "# only a comment\n", "~", "---\n"] {
        assert_eq!(parse(&Source::new("a.yaml", text)).map(|node| node.kind), Ok(NodeKind::Null), "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics_and_each_error_has_a_location_and_a_hint(pieces in prop::collection::vec(
        prop::sample::select(vec![
            "a: ", "b:", "- ", "\n", "\n  ", "\n\t", " ", "\"", "'", "[", "]", "{", "}", ",", "#", " #", "&x", "*x", "!",
            "|", ">", "%", "@", "`", "æ", "“", "”", "?", "? ", "---\n", "...", ":", "\\", "\r\n", "\u{feff}", "x", "<<: ",
        ]),
        0..24,
    )) {
        let source = Source::new("a.yaml", pieces.concat());
        if let Err(diagnostics) = parse(&source) {
            prop_assert!(diagnostics.has_errors());
            prop_assert!(diagnostics.iter().all(|diagnostic| diagnostic.place.is_some() && diagnostic.hint.is_some()));
        }
    }
}

#[test]
fn values_in_closed_brackets_are_not_reported() {
    let text = "author: {name: Anna, email: a@b.example}\nsubject: Nyt: maj\n";
    let faults = parse(&Source::new("a.yaml", text)).unwrap_err();
    let lines: Vec<usize> = faults.iter().filter_map(|fault| Some(fault.place.as_ref()?.line())).collect();
    assert_eq!(lines, [2], "{faults:?}");
}
