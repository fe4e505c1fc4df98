//! Tests that the keys in the tables are those that the readers ask for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use serde_json::Value;

use super::key::{KeyShape, ReferenceKey};
use super::{FileKind, lookup, schema};
use crate::audience::AudienceId;
use crate::audience::file::Audience;
use crate::audience::shared::SharedParts;
use crate::base::language::Lang;
use crate::base::message::UserLanguage;
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::text::Source;
use crate::base::source::yaml::asked_keys;
use crate::issue::Issue;
use crate::project::settings::Settings;
use crate::publish::calendar::file::{self, CalendarNames};

/// Words that their readers compare themselves, so that no reader of choices sees them.
const OWN_CHOICES: [&str; 4] =
    ["columns.NAME.type", "lists.NAME.columns.NAME.type", "entries.channel", "entries.channels"];
/// A value that its key cannot have: an invalid type, duration, number or word.
const WRONG_VALUES: [&str; 4] = ["NL011", "NL114", "NL115", "NL116"];

/// A file with one key, and those above it.
struct OneKey {
    text: String,
    /// The line on which each mapping begins, and the path of its key.
    mappings: Vec<(usize, String)>,
    path: String,
}

/// A file for each key of a kind of file.
fn files(kind: FileKind) -> Vec<OneKey> {
    let head = match kind {
        FileKind::Newsletter => "name: Nyt\nfrom: Nyt <nyt@a.example>\npostal_address: Vej 1\n",
        FileKind::Issue => "---\n",
        FileKind::Audience | FileKind::Calendar => "",
    };
    let root = if kind == FileKind::Issue { 2 } else { 1 };
    let mut files = Vec::new();
    let start = OneKey { text: head.to_owned(), mappings: vec![(root, String::new())], path: String::new() };
    add_files(kind.keys(), &start, 0, &mut files);
    for file in &mut files {
        if kind == FileKind::Issue {
            file.text.push_str("---\n\nTekst.\n");
        }
    }
    files
}

fn add_files(keys: &[ReferenceKey], above: &OneKey, depth: usize, files: &mut Vec<OneKey>) {
    let inner = " ".repeat(depth);
    for key in keys {
        let path = if above.path.is_empty() { key.name.to_owned() } else { format!("{}.{}", above.path, key.name) };
        // The line above may end with the hyphen of a list.
        let indent = if above.text.ends_with("- ") { "" } else { &inner };
        let mut file = OneKey {
            text: format!("{}{indent}{}:", above.text, key.name),
            mappings: above.mappings.clone(),
            path: path.clone(),
        };
        if above.text.lines().any(|line| line.starts_with(&format!("{}:", key.name))) && depth == 0 {
            continue;
        }
        if let Some(example) = key.example() {
            file.text.extend([" ", example, "\n"]);
            files.push(OneKey { path: path.clone(), mappings: file.mappings.clone(), text: file.text.clone() });
            continue;
        }
        let (more, name, deeper) = match key.shape {
            KeyShape::Groups(_) => (format!("\n{inner}  - "), "", 4),
            KeyShape::Named(_) | KeyShape::NamedTexts(_) => (format!("\n{inner}  navn:\n"), ".NAME", 4),
            KeyShape::PerLanguage(_) => (format!("\n{inner}  {}:\n", Lang::default().tag()), ".NAME", 4),
            _ => ("\n".to_owned(), "", 2),
        };
        file.text.push_str(&more);
        file.path.push_str(name);
        let line = file.text.matches('\n').count() + 1;
        file.mappings.push((line, file.path.clone()));
        add_files(key.shape.keys(), &file, depth + deeper, files);
    }
}

fn read(kind: FileKind, text: &str) -> Diagnostics {
    let source = Source::new("file", text);
    match kind {
        FileKind::Newsletter => Settings::parse(&source).1,
        FileKind::Audience => Audience::parse(AudienceId::parse("all").unwrap(), &source, &SharedParts::default()).1,
        FileKind::Issue => Issue::parse(&source, &TimeZone::UTC).1,
        FileKind::Calendar => {
            let names = CalendarNames { audiences: &BTreeSet::new(), series: &BTreeSet::new() };
            file::parse(&source, names).1
        }
    }
}

/// Each mapping of a kind of file, with the keys of the table.
fn table(kind: FileKind) -> KeysByPath {
    fn add(keys: &'static [ReferenceKey], path: &str, table: &mut KeysByPath) {
        if keys.is_empty() {
            return;
        }
        table.insert(path.to_owned(), keys.iter().map(|key| key.name).collect());
        for key in keys {
            let below = if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
            let is_named = matches!(key.shape, KeyShape::Named(_) | KeyShape::NamedTexts(_) | KeyShape::PerLanguage(_));
            add(key.shape.keys(), &if is_named { format!("{below}.NAME") } else { below }, table);
        }
    }
    let mut table = BTreeMap::new();
    add(kind.keys(), "", &mut table);
    table
}

/// The keys of each mapping, by its path.
type KeysByPath = BTreeMap<String, BTreeSet<&'static str>>;
/// The words of each choice, by its path.
type WordsByPath = BTreeMap<String, Vec<&'static str>>;

/// What the readers of a kind of file ask for.
fn asked(kind: FileKind) -> (KeysByPath, WordsByPath) {
    let (mut keys, mut choices) = (KeysByPath::new(), WordsByPath::new());
    for file in files(kind) {
        let (_, asked) = asked_keys::while_reading(|| read(kind, &file.text));
        for (line, path) in &file.mappings {
            for found in asked.mappings.iter().filter(|found| found.line == *line) {
                keys.entry(path.clone()).or_default().extend(&found.keys);
            }
            for choice in asked.choices.iter().filter(|choice| choice.line == *line) {
                let name = if path.is_empty() { choice.key.to_owned() } else { format!("{path}.{}", choice.key) };
                choices.insert(name, choice.words.clone());
            }
        }
    }
    (keys, choices)
}

#[test]
fn the_tables_have_the_keys_that_the_readers_ask_for() {
    for kind in FileKind::ALL {
        let (asked, table) = (asked(kind).0, table(kind));
        let mut wrong = Vec::new();
        for path in asked.keys().chain(table.keys()).collect::<BTreeSet<_>>() {
            let none = BTreeSet::new();
            let (read, written) = (asked.get(path).unwrap_or(&none), table.get(path).unwrap_or(&none));
            let [missing, extra] = [(read, written), (written, read)].map(|(one, other)| one.difference(other));
            wrong.extend(missing.map(|key| format!("{path}.{key} is read and missing in src/ops/reference")));
            wrong.extend(extra.map(|key| format!("{path}.{key} is in src/ops/reference and never read")));
        }
        assert!(wrong.is_empty(), "{}:\n{}", kind.title(), wrong.join("\n"));
    }
}

#[test]
fn the_tables_have_the_words_that_the_readers_accept() {
    fn choices(keys: &'static [ReferenceKey], path: &str, all: &mut WordsByPath) {
        for key in keys {
            let below = if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
            if let KeyShape::Choice(words) | KeyShape::Choices(words) = key.shape {
                all.insert(below.clone(), words.to_vec());
            }
            let is_named = matches!(key.shape, KeyShape::Named(_) | KeyShape::NamedTexts(_) | KeyShape::PerLanguage(_));
            choices(key.shape.keys(), &if is_named { format!("{below}.NAME") } else { below }, all);
        }
    }
    for kind in FileKind::ALL {
        let mut written = BTreeMap::new();
        choices(kind.keys(), "", &mut written);
        written.retain(|path, _| !OWN_CHOICES.contains(&path.as_str()));
        assert_eq!(written, asked(kind).1, "{}", kind.title());
    }
}

#[test]
fn each_example_is_accepted() {
    for kind in FileKind::ALL {
        for file in files(kind) {
            let diagnostics = read(kind, &file.text);
            let wrong = diagnostics.iter().find(|diagnostic| WRONG_VALUES.contains(&diagnostic.code.0));
            assert!(wrong.is_none(), "{}: {}\n{wrong:?}", kind.title(), file.text);
        }
    }
}

#[test]
fn a_schema_has_each_key_with_its_description() {
    let schema = schema::schema(FileKind::Newsletter);
    let port = &schema["properties"]["smtp"]["properties"]["port"];
    assert_eq!(port["type"], serde_json::json!(["integer", "null"]));
    assert_eq!(port["description"], "Its port; default: 587, with `tls` 465, with `none` 25. Example: port: 587");
    assert_eq!(schema["properties"]["smtp"]["additionalProperties"], Value::Bool(false));
    assert_eq!(schema["required"], serde_json::json!(["name", "from", "postal_address"]));
    let consent = &schema["properties"]["require_consent"]["enum"];
    assert_eq!(*consent, serde_json::json!([true, "warn", false, null]));
}

#[test]
fn a_word_has_all_its_meanings() {
    let titles = |word: &str| {
        lookup::meanings(word).into_iter().map(|meaning| meaning.title.english().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles("smtp.port"), ["smtp.port in newsletter.yaml"]);
    assert_eq!(titles("PORT"), ["smtp.port in newsletter.yaml", "inbox.port in newsletter.yaml"]);
    assert_eq!(titles("in doubt"), ["in_doubt, a state of letters"]);
    assert_eq!(titles("nl001").len(), 1);
    assert!(titles("nothing-such").is_empty());
    assert!(lookup::words().iter().any(|word| word == "entries.deadlines.draft"));
}

#[test]
fn each_key_is_explained_in_two_languages() {
    fn look(keys: &[ReferenceKey], same: &mut Vec<&'static str>) {
        for key in keys {
            let purpose = key.purpose();
            if purpose.in_language(UserLanguage::Danish) == purpose.english() {
                same.push(key.name);
            }
            look(key.shape.keys(), same);
        }
    }
    let mut same = Vec::new();
    for kind in FileKind::ALL {
        look(kind.keys(), &mut same);
    }
    assert!(same.is_empty(), "{same:?}");
}
