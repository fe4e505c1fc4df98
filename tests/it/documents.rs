//! The documents: their links and paths exist, and no entry of the changelog is repeated.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::project::{files, has_extension};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every document of the repository, by its path, and its text.
fn documents() -> Vec<(String, String)> {
    let mut paths: Vec<String> =
        ["README", "CHANGELOG", "CONTRIBUTING", "SECURITY"].map(|name| format!("{name}.md")).into();
    for folder in ["docs", "templates", ".github"] {
        paths.extend(files(&root().join(folder)).into_iter().map(|path| format!("{folder}/{path}")));
    }
    paths.retain(|path| has_extension(path, "md"));
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(root().join(path)).unwrap())).collect()
}

/// The text without code blocks, which are fenced by three backticks or indented by four spaces.
fn prose(text: &str) -> String {
    let unfenced = text.split("\n```").step_by(2).flat_map(str::lines);
    unfenced.filter(|line| !line.starts_with("    ")).collect::<Vec<_>>().join("\n")
}

/// The anchor that GitHub gives a heading: lower case, without punctuation, with hyphens for spaces.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#'))).collect()
}

#[test]
fn every_link_leads_to_an_existing_file_and_heading() {
    let mut broken = Vec::new();
    for (path, text) in documents() {
        // Links between backticks are examples.
        let text_alone: String = prose(&text).split('`').step_by(2).collect();
        for link in text_alone.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            if link.contains(':') {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => root().join(&path),
                _ => root().join(&path).parent().map_or_else(PathBuf::new, |folder| folder.join(file)),
            };
            let is_there = match heading {
                "" => target.exists(),
                _ => fs::read_to_string(&target).is_ok_and(|text| anchors(&text).contains(heading)),
            };
            if !is_there {
                broken.push(format!("{path}: {link}"));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

/// Recipes and the map of the code name many files: a move without updating the documents fails here.
#[test]
fn every_path_in_the_documents_exists() {
    let mut missing = Vec::new();
    for path in ["CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md"] {
        let text = prose(&fs::read_to_string(root().join(path)).unwrap());
        for named in text.split('`').skip(1).step_by(2) {
            let is_path = ["src/", "tests/", "docs/", "templates/", "benches/", ".github/", ".ci/"]
                .iter()
                .any(|folder| named.starts_with(folder));
            // A path with a placeholder is an example: `tests/cases/checks/NL…`, `src/language/<name>.rs`.
            let is_example = named.contains(['<', '…', '*', ' ', '{']);
            if is_path && !is_example && !root().join(named).exists() {
                missing.push(format!("{path}: {named}"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

/// The documents say which file a function is in: a move without updating them fails here.
#[test]
fn every_name_is_in_the_file_that_the_documents_give() {
    let (mut checked, mut missing) = (0, Vec::new());
    for path in ["CONTRIBUTING.md", "docs/architecture.md"] {
        let text = prose(&fs::read_to_string(root().join(path)).unwrap());
        // Every second piece is between backticks.
        let pieces: Vec<&str> = text.split('`').collect();
        for (at, name) in pieces.iter().enumerate().skip(1).step_by(2) {
            let [Some(between), Some(file)] = [at + 1, at + 2].map(|next| pieces.get(next)) else { continue };
            let is_name = name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
            if !is_name || !["in", "of", "("].contains(&between.trim()) || !root().join(file).is_file() {
                continue;
            }
            checked += 1;
            if !fs::read_to_string(root().join(file)).unwrap().contains(name) {
                missing.push(format!("{path}: {name} in {file}"));
            }
        }
    }
    assert!(checked > 10, "the search finds names");
    assert_eq!(missing, Vec::<String>::new());
}

/// The glossary names types, which may be renamed in the code.
#[test]
fn every_type_of_the_glossary_exists() {
    let library: String = files(&root().join("src"))
        .iter()
        .filter(|path| has_extension(path, "rs"))
        .map(|path| fs::read_to_string(root().join("src").join(path)).unwrap())
        .collect();
    let is_defined = |name: &str| {
        ["struct", "enum", "trait", "type"].iter().any(|kind| {
            let definition = format!("{kind} {name}");
            library.match_indices(&definition).any(|(at, _)| {
                !library[at + definition.len()..].starts_with(|next: char| next.is_alphanumeric() || next == '_')
            })
        })
    };
    let contributing = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let (_, glossary) = contributing.split_once("\n## Glossary\n").unwrap();
    let named = glossary.split('`').skip(1).step_by(2);
    let types = named.filter(|name| name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric));
    let missing: Vec<&str> = types.filter(|name| !is_defined(name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn no_entry_of_the_changelog_is_repeated() {
    let changelog = include_str!("../../CHANGELOG.md");
    let mut known = BTreeSet::new();
    let twice = changelog.split("\n- ").skip(1).filter(|entry| !known.insert(entry.lines().next()));
    assert_eq!(twice.collect::<Vec<_>>(), Vec::<&str>::new());
}
