//! What `check` tells, code by code: each case is a folder that is named for the code it shows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use newsletter::base::source::register;

use crate::project::{ISSUE, MAY, Project, files, has_extension};

const EXPECTED: &str = "stderr";
/// A net below all others: no text is known that falls into it.
const NEVER_TOLD: [&str; 1] = ["NL428"];

/// Compares what is told of the files in each folder. With `NEWSLETTER_EXPECT=write` it is written there instead, to be
/// read before it is committed. An issue without front matter is the text of the usual one.
#[test]
fn every_code_is_told_as_its_case_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/checks");
    let mut wrong = String::new();
    for name in folders(&root) {
        let case = root.join(&name);
        let project = Project::new(&format!("checks-{name}")).audience("board", &["dorte@d.example"]);
        for file in files(&case).iter().filter(|it| *it != EXPECTED) {
            let text = fs::read(case.join(file)).unwrap();
            match file.as_str() {
                "text.md" => project.write(MAY, [ISSUE.replace("Der er nyt.\n", "").as_bytes(), &text].concat()),
                "issue.md" => project.write(MAY, text),
                "audience.yaml" => project.write("audiences/members.yaml", text),
                other => project.write(other, text),
            }
        }
        let told = without_sizes(&project.run("check issues/maj.md").stderr);
        let path = case.join(EXPECTED);
        if std::env::var("NEWSLETTER_EXPECT").is_ok_and(|it| it == "write") {
            fs::write(&path, &told).unwrap();
        }
        if fs::read_to_string(&path).unwrap_or_default() != told || !told.contains(&format!("[{name}]")) {
            writeln!(wrong, "== {name}\n{told}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Sizes change with every change of the theme, and what is told of them does not.
fn without_sizes(told: &str) -> String {
    let words = told.split(' ').collect::<Vec<_>>();
    let is_size = |at: usize| words.get(at + 1).is_some_and(|it| it.starts_with("kB"));
    let kept = words.iter().enumerate().map(|(at, word)| if is_size(at) { "…" } else { word });
    kept.collect::<Vec<_>>().join(" ")
}

fn folders(root: &Path) -> Vec<String> {
    let mut names: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|it| it.unwrap().path()).collect();
    names.sort();
    names.iter().map(|it| it.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn the_register_has_every_code_and_no_other() {
    let used: BTreeMap<String, String> =
        texts("src").into_iter().flat_map(|(path, text)| declared(&path, &text)).collect();
    let known: BTreeSet<String> = register::checks().map(|it| it.code.to_owned()).collect();
    let mut wrong = String::new();
    for (code, path) in used.iter().filter(|(code, _)| !known.contains(*code)) {
        let section = format!("### {code} · error (or warning) · What is wrong, in some words");
        writeln!(wrong, "{path}: add to docs/checks.md, in the order of codes: {section}").unwrap();
    }
    for code in known.iter().filter(|code| !used.contains_key(*code)) {
        writeln!(wrong, "docs/checks.md: delete {code}, which no code of src tells").unwrap();
    }
    let order: Vec<&str> = register::checks().map(|it| it.code).collect();
    assert!(order.is_sorted_by(|left, right| left < right), "docs/checks.md: each code once, and in their order");
    for check in register::checks() {
        let severity = ["error", "warning", "error or warning"].contains(&check.severity);
        let told = check.text.contains(&format!("[{}]: ", check.code)) || NEVER_TOLD.contains(&check.code);
        if !severity || !told || check.title.is_empty() {
            writeln!(wrong, "docs/checks.md: {} needs `error` or `warning`, a title, and what is printed", check.code)
                .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_code_is_told_in_some_test() {
    let mut told: String = texts("tests").into_values().collect();
    // Of the sources only the tests at the ends of files count.
    told.extend(texts("src").into_iter().filter_map(|(path, text)| {
        if path.ends_with("tests.rs") { Some(text) } else { text.split_once("mod tests {").map(|it| it.1.to_owned()) }
    }));
    let codes = register::checks().map(|it| it.code).filter(|it| !NEVER_TOLD.contains(it));
    let untold: Vec<&str> = codes.filter(|it| !told.contains(*it)).collect();
    assert!(untold.is_empty(), "add a folder tests/cases/checks/<code> with the files that show it: {untold:?}");
}

/// The files of a folder that tell of codes, by their paths.
fn texts(folder: &str) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let told = |path: &String| ["rs", "txt"].iter().any(|it| has_extension(path, it)) || path.ends_with("/stderr");
    let files = files(&root).into_iter().filter(told).filter(|it| !it.ends_with("it/checks.rs"));
    files
        .map(|path| (path.clone(), String::from_utf8_lossy(&fs::read(root.join(path)).unwrap()).into_owned()))
        .collect()
}

/// The codes that a file of the library declares.
fn declared(path: &str, text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter(|it| it.trim_start().starts_with("const ") || it.contains(") const "));
    let codes = lines.filter_map(|it| it.split_once(": Code = Code(\"")?.1.split('"').next());
    codes.map(|code| (code.to_owned(), format!("src/{path}"))).collect()
}
