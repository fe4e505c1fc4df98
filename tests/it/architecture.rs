//! The house's rules about itself: who may know whom, which words have a home, how long a file may be.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::project::{files, has_extension};

/// A module may import itself and what stands before it.
const ORDER: [&str; 25] = [
    "error",
    "source",
    "digest",
    "secret",
    "database",
    "language",
    "value",
    "recipient",
    "people",
    "import",
    "audience",
    "issue",
    "picture",
    "render",
    "plan",
    "dkim",
    "letter",
    "leak",
    "report",
    "ledger",
    "delivery",
    "workspace",
    "online",
    "cli",
    "main",
];

/// What reaches for the world, and the modules that may. All other code is pure.
const HOMES: [(&str, &[&str]); 12] = [
    ("std::fs", &["workspace", "people", "ledger", "delivery"]),
    ("std::net::Tcp", &["delivery"]),
    ("TcpStream", &["delivery"]),
    ("ToSocketAddrs", &["delivery"]),
    ("std::process::Command", &["workspace"]),
    ("std::env", &["workspace", "cli"]),
    ("std::thread", &["delivery", "ledger", "workspace", "online", "cli"]),
    ("::now()", &["delivery", "cli"]),
    ("SystemTime", &[]),
    ("println!", &["cli"]),
    ("print!", &["cli"]),
    ("dbg!", &[]),
];

/// Each crate, and the modules that may know it.
const CRATES: [(&str, &[&str]); 36] = [
    ("ammonia", &["render"]),
    ("annotate_snippets", &["cli"]),
    ("anstream", &["cli"]),
    ("anstyle", &["cli"]),
    ("aws_lc_rs", &["digest", "dkim", "workspace"]),
    ("base64", &["delivery", "dkim", "letter"]),
    ("calamine", &["people"]),
    ("clap", &["cli"]),
    ("comrak", &["render"]),
    ("css_inline", &["render"]),
    ("csv_core", &["people"]),
    ("idna", &["recipient"]),
    ("image", &["picture"]),
    ("indexmap", &["source"]),
    ("indicatif", &["cli"]),
    (
        "jiff",
        &[
            "language",
            "value",
            "recipient",
            "people",
            "import",
            "audience",
            "issue",
            "render",
            "ledger",
            "delivery",
            "workspace",
            "online",
            "cli",
        ],
    ),
    ("jpeg_encoder", &["picture"]),
    ("lettre", &["recipient", "letter", "delivery"]),
    ("minijinja", &["audience", "render", "cli"]),
    ("postgres", &["database", "people", "ledger"]),
    ("quoted_printable", &["letter"]),
    ("rusqlite", &["people", "ledger"]),
    ("rustls", &["database", "delivery", "online"]),
    ("rustls_native_certs", &["database", "delivery", "online"]),
    (
        "serde",
        &[
            "digest",
            "language",
            "value",
            "recipient",
            "audience",
            "issue",
            "render",
            "plan",
            "report",
            "ledger",
            "online",
            "cli",
        ],
    ),
    ("serde_json", &["recipient", "people", "import", "report", "ledger", "online", "cli"]),
    ("serde_yaml", &["source"]),
    ("signal_hook", &["cli"]),
    ("similar", &["cli"]),
    (
        "thiserror",
        &[
            "error",
            "database",
            "recipient",
            "people",
            "import",
            "audience",
            "issue",
            "picture",
            "render",
            "dkim",
            "letter",
            "report",
            "ledger",
            "delivery",
            "workspace",
        ],
    ),
    ("tokio_postgres_rustls", &["database"]),
    ("tracing", &["delivery", "cli"]),
    ("tracing_subscriber", &["cli"]),
    ("unicode_normalization", &["recipient", "workspace"]),
    ("unicode_width", &["render"]),
    ("ureq", &["online"]),
];

/// The lines of a file of the library that are code, with their numbers; tests may know more.
struct File {
    path: String,
    module: String,
    lines: Vec<(usize, String)>,
}

fn library() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rust =
        files(&root).into_iter().filter(|it| has_extension(it, "rs") && it != "lib.rs" && !it.ends_with("tests.rs"));
    rust.map(|path| {
        let text = fs::read_to_string(root.join(&path)).unwrap();
        let lines = text.lines().take_while(|it| *it != "mod tests {").enumerate();
        let code = lines.filter(|(_, line)| !line.trim_start().starts_with("//"));
        let lines = code.map(|(at, line)| (at + 1, line.to_owned())).collect();
        let module = path.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        File { path, module, lines }
    })
    .collect()
}

/// Every line of which something is told, as `src/plan.rs:7: …`.
fn check(wrong: impl Fn(&File, &str) -> Vec<String>) {
    let told = library().into_iter().flat_map(|file| {
        let at = |(number, line): &(usize, String)| {
            let told = wrong(&file, line).into_iter();
            told.map(|it| format!("src/{}:{number}: {it}", file.path)).collect::<Vec<_>>()
        };
        file.lines.iter().flat_map(at).collect::<Vec<_>>()
    });
    assert_eq!(told.collect::<Vec<_>>(), Vec::<String>::new());
}

/// Whether the word stands in the line, and is not the end of another one.
fn has(line: &str, word: &str) -> bool {
    let ends_another = |at: usize| line[..at].ends_with(|it: char| it.is_alphanumeric() || it == '_' || it == ':');
    line.match_indices(word).any(|(at, _)| word.starts_with(':') || !ends_another(at))
}

#[test]
fn a_module_knows_only_what_stands_before_it() {
    let rank = |module: &str| ORDER.iter().position(|it| *it == module);
    check(|file, line| {
        let own = rank(&file.module).unwrap_or_else(|| panic!("{} is not in the order", file.module));
        let named =
            line.split("crate::").skip(1).map(|it| it.split(|it: char| !it.is_alphanumeric() && it != '_').next());
        let later = named.flatten().filter(|it| rank(it).is_none_or(|it| it > own));
        later.map(|it| format!("{} imports {it}", file.module)).collect()
    });
}

#[test]
fn words_stay_in_their_homes() {
    check(|file, line| {
        let strays = HOMES.iter().filter(|(word, homes)| has(line, word) && !homes.contains(&&*file.module));
        strays.map(|(word, homes)| format!("{word} belongs in {homes:?}")).collect()
    });
}

/// Adding a language is one file because no other file asks which one it has.
#[test]
fn no_language_is_named_but_in_its_file() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/language"));
    let modules = files.iter().filter_map(|it| it.strip_suffix(".rs"));
    let all: Vec<&str> = modules.filter(|it| !["calendar", "mod", "tests", "words"].contains(it)).collect();
    assert_eq!(all, ["danish", "english"], "a language's file, or a file that belongs in the list above");
    check(|file, line| {
        let line = line.to_lowercase();
        let named = all.iter().filter(|it| file.module != "language" && line.contains(**it));
        let tags =
            ["da", "en"].into_iter().filter(|it| file.module != "language" && line.contains(&format!("\"{it}\"")));
        named.copied().chain(tags).map(|it| format!("{it} belongs in src/language/{it}.rs")).collect()
    });
}

#[test]
fn each_crate_has_its_home() {
    check(|file, line| {
        let names = |name: &str| has(line, &format!("{name}::")) || has(line, &format!("use {name};"));
        let strays = CRATES.iter().filter(|(name, homes)| names(name) && !homes.contains(&&*file.module));
        strays.map(|(name, homes)| format!("{name} belongs in {homes:?}")).collect()
    });
    let manifest = include_str!("../../Cargo.toml");
    let (_, dependencies) = manifest.split_once("[dependencies]\n").unwrap();
    let dependencies = dependencies.split("\n\n").next().unwrap();
    let named: BTreeSet<String> =
        dependencies.lines().map(|it| it.split(' ').next().unwrap().replace('-', "_")).collect();
    let known = CRATES.iter().filter(|(_, homes)| !homes.is_empty()).map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(named, known);
}

#[test]
fn no_file_is_longer_than_500_lines() {
    for folder in ["src", "tests/it"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for path in files(&root) {
            let lines = fs::read_to_string(root.join(&path)).unwrap().lines().count();
            assert!(lines <= 500, "{folder}/{path} has {lines} lines");
        }
    }
}
