//! The texts of messages: the English and the Danish one have the same placeholders.

use std::fs;
use std::path::{Path, PathBuf};

/// The files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// A string literal at the beginning of some code, without its quotes, and what follows it.
fn literal(code: &str) -> Option<(&str, &str)> {
    let text = code.trim_start().strip_prefix('"')?;
    let mut escaped = false;
    let end = text.find(|sign: char| {
        let is_end = sign == '"' && !escaped;
        escaped = sign == '\\' && !escaped;
        is_end
    })?;
    Some((&text[..end], &text[end + 1..]))
}

/// The placeholders of a format string, in alphabetical order.
fn placeholders(text: &str) -> Vec<&str> {
    let (mut rest, mut found) = (text, Vec::new());
    while let Some(at) = rest.find('{') {
        rest = &rest[at + 1..];
        if let Some(escaped) = rest.strip_prefix('{') {
            rest = escaped;
            continue;
        }
        let end = rest.find('}').unwrap_or(rest.len());
        found.push(&rest[..end]);
        rest = &rest[end..];
    }
    found.sort_unstable();
    found
}

#[test]
fn both_texts_of_a_message_fill_in_the_same() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let code = fs::read_to_string(&path).unwrap();
        for (_, after) in code.match_indices("message!(").map(|(at, call)| (at, &code[at + call.len()..])) {
            let Some((english, rest)) = literal(after) else { continue };
            let Some((danish, _)) = rest.strip_prefix(',').and_then(literal) else { continue };
            compared += 1;
            if placeholders(english) != placeholders(danish) {
                wrong.push(format!("{}: {english} · {danish}", path.display()));
            }
        }
    }
    assert!(compared > 500, "the search finds the messages: {compared}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The words of a format string, without its placeholders.
fn words(text: &str) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        said.push_str(&rest[..at]);
        rest = rest[at..].find('}').map_or("", |end| &rest[at + end + 1..]);
    }
    said + rest
}

/// Whether a text contains prose, and not only names, keys or commands between backticks.
fn is_sentence(text: &str) -> bool {
    let said: String = words(text).split('`').step_by(2).collect();
    said.split_whitespace().filter(|word| word.len() > 1 && word.chars().all(char::is_alphabetic)).count() > 1
}

#[test]
fn the_danish_text_of_a_message_is_another_one() {
    let mut same = Vec::new();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let code = fs::read_to_string(&path).unwrap();
        for (_, after) in code.match_indices("message!(").map(|(at, call)| (at, &code[at + call.len()..])) {
            let Some((english, rest)) = literal(after) else { continue };
            let Some((danish, _)) = rest.strip_prefix(',').and_then(literal) else { continue };
            if english == danish && is_sentence(english) {
                same.push(format!("{}: {english}", path.display()));
            }
        }
    }
    assert!(same.is_empty(), "{}", same.join("\n"));
    assert!(is_sentence("`{file}` has no name") && !is_sentence("`a b`: {error}, {disk}"));
}

#[test]
fn every_error_that_people_see_is_a_message() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let code = fs::read_to_string(&path).unwrap();
        for (_, after) in code.match_indices("#[error(").map(|(at, start)| (at, &code[at + start.len()..])) {
            let Some((text, _)) = literal(after) else { continue };
            seen += 1;
            if words(text).contains(char::is_alphabetic) {
                wrong.push(format!("{}: {text}", path.display()));
            }
        }
    }
    assert!(seen > 200, "the search finds the errors: {seen}");
    assert!(wrong.is_empty(), "write `#[error(\"{{}}\", message!(…))]`:\n{}", wrong.join("\n"));
}

#[test]
fn placeholders_of_a_text() {
    assert_eq!(placeholders("`{name}` in {}, {{ not }}: {0}"), ["", "0", "name"]);
    assert_eq!(words("`{name}` in {}"), "`` in ");
}

#[test]
fn a_composed_message_has_no_words() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let code = fs::read_to_string(&path).unwrap();
        for (_, after) in code.match_indices("composed!(").map(|(at, call)| (at, &code[at + call.len()..])) {
            let Some((text, _)) = literal(after) else { continue };
            compared += 1;
            let words = outside_placeholders(text);
            let mut words = words.split(|sign: char| !sign.is_alphanumeric() && sign != '-');
            // An option is typed in the same way in all languages.
            if words.any(|word| word.chars().any(char::is_alphabetic) && !word.starts_with("--")) {
                wrong.push(format!("{}: {text}", path.display()));
            }
        }
    }
    assert!(compared > 30, "the search finds the messages: {compared}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A format string without its placeholders and escapes.
fn outside_placeholders(text: &str) -> String {
    let mut depth = 0_u32;
    let signs = text.replace("\\n", " ").replace("\\t", " ");
    let outside = |sign: &char| {
        match sign {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    };
    signs.chars().filter(outside).collect()
}
