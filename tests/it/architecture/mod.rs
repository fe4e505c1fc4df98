//! Rules for the source code: which module may use which, where effects and crates belong, and how long a file may be.

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::architecture::imports::Imports;
use crate::project::{files, has_extension};

/// The top-level modules: each uses itself and those before it.
const WINGS: [&str; 13] = [
    "base", "people", "audience", "issue", "edition", "letter", "delivery", "feedback", "publish", "project", "ops",
    "cli", "main",
];

/// Code with effects, and the folders and files that may contain it. All other code is pure.
const HOMES: [(&str, &[&str]); 13] = [
    ("std::fs", &["people/lists", "people/store", "people/import", "delivery", "feedback", "project", "ops"]),
    ("std::net::Tcp", &["base/database/guard", "delivery/smtp", "feedback"]),
    ("UdpSocket", &["delivery/dns"]),
    ("TcpStream", &["base/database/guard", "delivery/smtp", "delivery/dns", "feedback"]),
    ("ToSocketAddrs", &["base/database/guard", "delivery/smtp", "feedback"]),
    ("std::process::Command", &["project"]),
    ("std::env", &["project", "cli"]),
    ("std::thread", &["base/database/guard", "base/parallel", "delivery", "feedback", "project", "cli"]),
    ("::now()", &["base/database/guard", "delivery", "feedback", "project/oauth", "cli"]),
    ("SystemTime", &[]),
    ("println!", &["cli"]),
    ("print!", &["cli"]),
    ("dbg!", &[]),
];

/// Each crate, and the folders and files that may use it.
const CRATES: &[(&str, &[&str])] = &[
    ("ammonia", &["edition/html"]),
    ("annotate_snippets", &["cli"]),
    ("anstream", &["cli"]),
    ("anstyle", &["cli"]),
    ("aws_lc_rs", &["base/digest", "letter/dkim", "project"]),
    ("base64", &["delivery/smtp", "feedback", "letter", "project/oauth"]),
    ("calamine", &["people/lists/workbook"]),
    ("clap", &["cli"]),
    ("comrak", &["issue/manuscript", "edition", "publish"]),
    ("css_inline", &["edition/theme"]),
    ("cssparser", &["edition/theme"]),
    ("csv_core", &["base/csv"]),
    ("encoding_rs", &["base/csv/encoding", "publish/feeds"]),
    ("entities", &["letter/leak/html_entities"]),
    ("flate2", &["ops/log_files"]),
    ("hashbrown", &["people/store/address_interner"]),
    ("html5ever", &["edition/theme", "publish/article/element"]),
    ("http_body_util", &["feedback/server"]),
    ("hyper", &["feedback/server"]),
    ("hyper_util", &["feedback/server"]),
    ("hypher", &["base/language"]),
    ("idna", &["people/person"]),
    ("image", &["edition/images"]),
    ("imara_diff", &["ops/diff"]),
    ("indexmap", &["base/source"]),
    (
        "jiff",
        &[
            "base/language",
            "base/source/yaml",
            "base/value",
            "people",
            "audience",
            "issue",
            "edition",
            "letter",
            "publish",
            "delivery",
            "feedback",
            "publish",
            "project",
            "ops",
            "cli",
        ],
    ),
    ("jpeg_encoder", &["edition/images"]),
    ("lettre", &["people/person", "letter", "delivery/smtp"]),
    ("listenfd", &["feedback/server"]),
    ("mail_parser", &["feedback/mail"]),
    ("memchr", &["base/text_search"]),
    (
        "minijinja",
        &[
            "audience",
            "issue/manuscript",
            "edition",
            "feedback/pages",
            "publish/archive",
            "publish/kit/readme",
            "publish/page_frame",
            "publish/calendar/page",
            "publish/year",
            "ops/preview",
        ],
    ),
    ("postgres", &["base/database", "people/lists", "delivery/ledger", "project/lists"]),
    ("psl2", &["letter/dkim/name"]),
    ("quick_xml", &["publish/feeds"]),
    ("quoted_printable", &["letter"]),
    ("rusqlite", &["people/lists/sqlite", "delivery/ledger"]),
    ("rustix", &["delivery/smtp", "ops/doctor", "cli/hidden_line", "project/access", "delivery/ledger/sqlite"]),
    ("rustls", &["base/database", "delivery/smtp", "feedback/mailbox", "project/online"]),
    ("rustls_native_certs", &["base/database", "delivery/smtp", "project/online"]),
    (
        "serde",
        &[
            "base/digest",
            "base/language",
            "base/message",
            "base/value",
            "base/source/sarif",
            "people/person",
            "people/lists/json",
            "audience",
            "issue",
            "edition",
            "letter",
            "delivery",
            "feedback",
            "publish",
            "project/online",
            "project/run_history",
            "ops",
            "cli",
        ],
    ),
    (
        "serde_json",
        &[
            "base/source/code_quality",
            "base/source/code_quality",
            "base/source/sarif",
            "people",
            "delivery",
            "feedback",
            "publish/written_files",
            "project/oauth",
            "project/online",
            "project/receipt",
            "project/run_history",
            "ops",
            "cli",
        ],
    ),
    ("serde_yaml", &["base/source/yaml"]),
    ("signal_hook", &["cli"]),
    ("terminal_size", &["cli"]),
    (
        "thiserror",
        &[
            "base", "people", "audience", "issue", "edition", "letter", "delivery", "feedback", "publish", "project",
            "ops",
        ],
    ),
    ("tokio", &["feedback/server"]),
    ("tokio_postgres_rustls", &["base/database"]),
    ("tracing", &["delivery", "feedback", "cli"]),
    ("tracing_subscriber", &["cli"]),
    ("unicode_normalization", &["people/person", "project"]),
    ("unicode_width", &["edition", "publish/year"]),
    ("ureq", &["project/online"]),
    ("x509_cert", &["delivery/smtp/tls"]),
    ("zip", &["people/lists/workbook", "publish/kit/zip_file"]),
];

/// The lines of code of a library file, with their numbers; tests are exempt.
struct File {
    path: String,
    wing: String,
    lines: Vec<(usize, String)>,
}

fn library() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rust = files(&root)
        .into_iter()
        .filter(|file| has_extension(file, "rs") && file != "lib.rs" && !file.ends_with("tests.rs"));
    rust.map(|path| {
        let text = fs::read_to_string(root.join(&path)).unwrap();
        let lines = text.lines().take_while(|line| *line != "mod tests {").enumerate();
        let code = lines.filter(|(_, line)| !line.trim_start().starts_with("//"));
        let lines = code.map(|(at, line)| (at + 1, line.to_owned())).collect();
        let wing = path.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        File { path, wing, lines }
    })
    .collect()
}

impl File {
    /// Whether it is one of these files, or in one of these folders.
    fn is_in(&self, homes: &[&str]) -> bool {
        let module = self.path.trim_end_matches(".rs");
        homes.iter().any(|home| module == *home || module.strip_prefix(home).is_some_and(|rest| rest.starts_with('/')))
    }
}

/// Every line with a finding, as `src/plan.rs:7: …`.
fn check(wrong: impl Fn(&File, &str) -> Vec<String>) {
    let reported = library().into_iter().flat_map(|file| {
        let at = |(number, line): &(usize, String)| {
            let reported = wrong(&file, line).into_iter();
            reported.map(|message| format!("src/{}:{number}: {message}", file.path)).collect::<Vec<_>>()
        };
        file.lines.iter().flat_map(at).collect::<Vec<_>>()
    });
    assert_eq!(reported.collect::<Vec<_>>(), Vec::<String>::new());
}

/// Whether the word is in the line, and not as the end of another word.
fn has(line: &str, word: &str) -> bool {
    let ends_another = |at: usize| {
        line[..at].ends_with(|character: char| character.is_alphanumeric() || character == '_' || character == ':')
    };
    line.match_indices(word).any(|(at, _)| word.starts_with(':') || !ends_another(at))
}

#[test]
fn a_wing_uses_only_those_before_it() {
    let rank = |wing: &str| WINGS.iter().position(|known| *known == wing);
    check(|file, line| {
        let own = rank(&file.wing).unwrap_or_else(|| panic!("{} is not in the order", file.wing));
        let named = line
            .split("crate::")
            .skip(1)
            .map(|rest| rest.split(|character: char| !character.is_alphanumeric() && character != '_').next());
        let later = named.flatten().filter(|name| rank(name).is_none_or(|wing| wing > own));
        later.map(|name| format!("{} imports {name}", file.wing)).collect()
    });
}

/// A name with two meanings must be looked up each time it is read.
#[test]
fn each_type_name_is_defined_once() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in library() {
        for (number, line) in &file.lines {
            let words =
                line.strip_prefix("pub(crate) ").or(line.strip_prefix("pub(super) ")).or(line.strip_prefix("pub "));
            let mut words =
                words.unwrap_or(line).split(|character: char| !(character.is_alphanumeric() || character == '_'));
            if words.next().is_some_and(|word| ["struct", "enum", "trait", "union", "type"].contains(&word)) {
                places.entry(words.next().unwrap().to_owned()).or_default().push(format!("src/{}:{number}", file.path));
            }
        }
    }
    assert!(places.len() > 500, "the search finds types");
    places.retain(|_, places| places.len() > 1);
    assert_eq!(places, BTreeMap::new());
}

/// A check has one home: a second module reuses its code, so that the two cannot drift apart.
#[test]
fn each_check_code_is_declared_in_one_module() {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in library() {
        for (_, line) in &file.lines {
            let declared = line.split_once(": Code = Code(\"").and_then(|(_, rest)| rest.split_once('"'));
            if let Some((code, _)) = declared {
                places.entry(code.to_owned()).or_default().insert(file.path.clone());
            }
        }
    }
    assert!(places.len() > 200, "the search finds declarations");
    places.retain(|_, files| files.len() > 1);
    assert_eq!(places, BTreeMap::new());
}

/// Two files that use each other cannot be read one after the other.
#[test]
fn no_files_use_each_other_in_a_circle() {
    assert_eq!(Imports::read().circles(), Vec::<String>::new());
}

/// The order inside each wing, as `docs/architecture.md` gives it: a file or folder uses itself and those named before it.
#[test]
fn inside_a_wing_a_file_uses_only_those_before_it() {
    let document = include_str!("../../../docs/architecture.md");
    let (_, listed) = document.split_once("```order\n").unwrap();
    let (listed, _) = listed.split_once("```").unwrap();
    let mut order: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let (mut wing, mut place, mut grouped) = ("", 0, false);
    for line in listed.lines() {
        // An indented line continues the wing above it.
        let names = if line.starts_with(' ') {
            line
        } else {
            line.split_once(' ').map_or("", |(first, rest)| {
                wing = first;
                rest
            })
        };
        for name in names.split_whitespace() {
            // Names in brackets share one place.
            place += usize::from(!grouped);
            grouped = (grouped || name.starts_with('[')) && !name.ends_with(']');
            let name = name.trim_matches(['[', ']']);
            assert_eq!(order.insert((wing, name), place), None, "{wing}/{name} is listed twice");
        }
    }
    let imports = Imports::read();
    let entry = |file: &str| {
        let (wing, rest) = file.split_once('/').unwrap();
        let name = rest.split('/').next().unwrap().trim_end_matches(".rs");
        (wing.to_owned(), name.to_owned())
    };
    let rank = |file: &str| {
        let (wing, name) = entry(file);
        let found = order.get(&(wing.as_str(), name.as_str()));
        *found.unwrap_or_else(|| panic!("docs/architecture.md lists no `{name}` in the order of `{wing}`"))
    };
    let wrong: Vec<String> = imports
        .all()
        .filter(|(file, used)| entry(file).0 == entry(used).0 && rank(used) > rank(file))
        .map(|(file, used)| format!("src/{file} uses src/{used}, which comes later in docs/architecture.md"))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
    let there: BTreeSet<(String, String)> = imports.files().iter().map(|file| entry(file)).collect();
    let gone: Vec<_> =
        order.keys().filter(|(wing, name)| !there.contains(&((*wing).to_owned(), (*name).to_owned()))).collect();
    assert!(gone.is_empty(), "docs/architecture.md lists what is not in src: {gone:?}");
}

#[test]
fn effects_stay_in_their_homes() {
    check(|file, line| {
        let strays = HOMES.iter().filter(|(word, homes)| has(line, word) && !file.is_in(homes));
        strays.map(|(word, homes)| format!("{word} belongs in {homes:?}")).collect()
    });
}

/// A language can be added as one file because no other file depends on a specific language.
#[test]
fn languages_are_named_in_their_files_only() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/base/language"));
    let modules = files.iter().filter_map(|file_name| file_name.strip_suffix(".rs"));
    let all: Vec<&str> = modules
        .filter(|file| {
            let shared = [
                "amounts",
                "calendar",
                "dates",
                "definition",
                "live_preview_words",
                "direction",
                "holidays",
                "hyphenation",
                "mod",
                "numbers",
                "sentences",
                "starter_texts",
                "tag",
                "tests",
                "words",
                "year_words",
            ];
            !shared.contains(file)
        })
        .collect();
    assert_eq!(
        all,
        ["danish", "english", "german", "norwegian", "swedish"],
        "a language's file, or a file that belongs in the list above"
    );
    check(|file, line| {
        // A message has an English and a Danish text.
        let of_message = ["userlanguage::english", "userlanguage::danish", ".english()", "message::english"];
        let line = of_message.iter().fold(line.to_lowercase(), |line, name| line.replace(name, ""));
        let named = all
            .iter()
            .filter(|name| !file.is_in(&["base/language", "base/message", "base/noun"]) && line.contains(**name));
        let tags = ["da", "en", "de", "nb", "sv"].into_iter().filter(|tag| {
            !file.is_in(&["base/language", "base/message", "base/noun"]) && line.contains(&format!("\"{tag}\""))
        });
        named.copied().chain(tags).map(|name| format!("{name} belongs in src/base/language/{name}.rs")).collect()
    });
}

#[test]
fn each_crate_has_its_home() {
    check(|file, line| {
        let names = |name: &str| has(line, &format!("{name}::")) || has(line, &format!("use {name};"));
        let strays = CRATES.iter().filter(|(name, homes)| names(name) && !file.is_in(homes));
        strays.map(|(name, homes)| format!("{name} belongs in {homes:?}")).collect()
    });
    let manifest = include_str!("../../../Cargo.toml");
    let (_, dependencies) = manifest.split_once("[dependencies]\n").unwrap();
    let dependencies = dependencies.split("\n\n").next().unwrap();
    let named: BTreeSet<String> =
        dependencies.lines().map(|line| line.split(' ').next().unwrap().replace('-', "_")).collect();
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
