//! What people and enemies put into files: each case is a folder with the files, and with what is told about them.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use quoted_printable::ParseMode;

use crate::project::{Project, Said, files, has_extension};

/// What may stand nowhere: not on the terminal, not in a letter, not in a preview.
const NOWHERE: [&str; 3] = ["\u{1b}", "root:x:0", "hemmelig-7391"];
/// What may stand in no letter and in no preview.
const IN_NO_LETTER: [&str; 3] = ["evil@example.test", "\nBcc:", "\nX-Evil:"];
/// What may stand in no HTML.
const IN_NO_HTML: [&str; 7] = ["<script", "<svg", "javascript:", "vbscript:", "data:", "onerror=", "onload="];
/// Half a gigabyte of addresses: what grows without an end fails.
const LIMITS: &str = "ulimit -v 500000";

#[test]
fn audience() {
    check("a");
}

#[test]
fn issue() {
    check("i");
}

#[test]
fn settings() {
    check("c");
}

/// Sends what is in each folder whose name begins so, and compares. With `NEWSLETTER_EXPECT=write` what is told is
/// written there instead, to be read before it is committed.
fn check(kind: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/bad-input");
    let mut wrong = String::new();
    let mut cases: Vec<_> = fs::read_dir(&root).unwrap().map(|it| it.unwrap().path()).collect();
    cases.sort();
    for case in cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with(kind) {
            continue;
        }
        let project = project(&name, &case);
        let said = project.run("send issues/maj.md --yes");
        let shown = project.run("preview issues/maj.md --out shown");
        look_for_harm(&mut wrong, &name, (&project, &[said.clone(), shown]));
        look_for_what_is_shown(&mut wrong, &project, &case);
        if std::env::var("NEWSLETTER_EXPECT").is_ok_and(|it| it == "write") {
            fs::write(case.join("status"), format!("{}\n", said.status)).unwrap();
            fs::write(case.join("stderr"), &said.stderr).unwrap();
        }
        let expected = |file: &str| fs::read_to_string(case.join(file)).unwrap();
        if expected("status") != format!("{}\n", said.status) || expected("stderr") != said.stderr {
            writeln!(wrong, "== {name}: told {}\n{}", said.status, said.stderr).unwrap();
        }
        if said.status != 0 && !project.reached().is_empty() {
            writeln!(wrong, "== {name}: letters to {:?}", project.reached()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A project with the files of the case; everything else is as it should be.
fn project(name: &str, case: &Path) -> Project {
    let mut project = Project::new(&format!("bad-input-{name}")).limits(LIMITS).audience("board", &["dorte@d.example"]);
    for file in files(case) {
        let text = fs::read(case.join(&file)).unwrap();
        match file.as_str() {
            "status" | "stderr" | "shows" | "mode" => {}
            "audience.yaml" => project.write("audiences/members.yaml", text),
            "issue.md" => project.write("issues/maj.md", text),
            "newsletter.yaml" => project.write("newsletter.yaml", text),
            other => project.write(&format!("issues/{other}"), text),
        }
    }
    if let Ok(mode) = fs::read_to_string(case.join("mode")) {
        project = project.mode("newsletter.yaml", u32::from_str_radix(mode.trim(), 8).unwrap());
    }
    project
}

/// Adds every harm that was done to what is wrong.
fn look_for_harm(wrong: &mut String, name: &str, (project, said): (&Project, &[Said])) {
    let mut look = |text: &str, words: &[&str], place: &str| {
        for word in words.iter().filter(|it| text.to_lowercase().contains(&it.to_lowercase())) {
            writeln!(wrong, "== {name}: {word:?} in {place}").unwrap();
        }
    };
    for said in said {
        look(&said.stdout, &NOWHERE, "stdout");
        look(&said.stderr, &NOWHERE, "stderr");
        look(&said.stderr, &["panicked"], "stderr");
    }
    for letter in project.outbox().into_values().map(|it| decoded(&it)) {
        look(&letter, &NOWHERE, "a letter");
        look(&letter, &IN_NO_LETTER, "a letter");
        look(letter.split_once("<!DOCTYPE").unwrap().1, &IN_NO_HTML, "a letter");
    }
    for file in files(&project.path("shown")).iter().filter(|it| !has_extension(it, "png")) {
        let text = decoded(&project.read(&format!("shown/{file}")));
        look(&text, &NOWHERE, file);
        look(&text, &IN_NO_LETTER, file);
        if has_extension(file, "html") {
            look(&without_quotes(&text), &IN_NO_HTML, file);
        }
    }
}

/// The overview quotes the issue in what it says of it, as text.
fn without_quotes(page: &str) -> String {
    let pieces =
        page.split_once("<ul class=\"warnings\">").and_then(|(before, rest)| Some((before, rest.split_once("</ul>")?)));
    pieces.map_or_else(|| page.to_owned(), |(before, (_, after))| format!("{before}{after}"))
}

/// Each line of the file `shows` stands in a letter.
fn look_for_what_is_shown(wrong: &mut String, project: &Project, case: &Path) {
    let letters: String = project.outbox().into_values().flat_map(|it| [decoded(&it), it]).collect();
    for line in fs::read_to_string(case.join("shows")).iter().flat_map(|it| it.lines()) {
        if !letters.contains(line) {
            writeln!(wrong, "== {}: no letter shows {line}", case.display()).unwrap();
        }
    }
}

/// A letter with its quoted-printable parts read; what is none stays as it is.
fn decoded(letter: &str) -> String {
    let read = quoted_printable::decode(letter, ParseMode::Robust);
    read.map_or_else(|_| letter.to_owned(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}
