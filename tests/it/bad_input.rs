//! Wrong and malicious input: each case is a folder with files and with the messages about them.

use std::fmt::Write;

use quoted_printable::ParseMode;

use crate::case::Case;
use crate::project::{Project, RunOutput, files, has_extension};

/// Must not occur anywhere: on the terminal, in a letter or in a preview.
const NOWHERE: [&str; 3] = ["\u{1b}", "root:x:0", "hemmelig-7391"];
/// Must not occur in a letter or preview.
const IN_NO_LETTER: [&str; 3] = ["evil@example.test", "\nBcc:", "\nX-Evil:"];
/// Must not occur in HTML.
const IN_NO_HTML: [&str; 7] = ["<script", "<svg", "javascript:", "vbscript:", "data:", "onerror=", "onload="];
/// Half a gigabyte of address space, so that unlimited growth fails.
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

/// Sends each case whose name begins with `kind`, and compares the exit status and the messages.
fn check(kind: &str) {
    let mut wrong = String::new();
    for case in Case::all("bad-input").into_iter().filter(|case| case.name.starts_with(kind)) {
        let name = &case.name;
        let project = Project::new(&format!("bad-input-{name}")).limits(LIMITS).audience("board", &["dorte@d.example"]);
        case.put_into(&project);
        let output = project.run("send issues/maj.md --yes");
        let shown = project.run("preview issues/maj.md --out shown");
        look_for_harm(&mut wrong, name, (&project, &[output.clone(), shown]));
        look_for_what_is_shown(&mut wrong, &project, &case);
        let as_expected = [case.holds("status", &format!("{}\n", output.status)), case.holds("stderr", &output.stderr)];
        if as_expected != [true, true] {
            writeln!(wrong, "== {name}: exited with {}\n{}", output.status, output.stderr).unwrap();
        }
        if output.status != 0 && !project.reached().is_empty() {
            writeln!(wrong, "== {name}: letters to {:?}", project.reached()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Adds every forbidden text in the output to `wrong`.
fn look_for_harm(wrong: &mut String, name: &str, (project, output): (&Project, &[RunOutput])) {
    let mut look = |text: &str, words: &[&str], place: &str| {
        for word in words.iter().filter(|word| text.to_lowercase().contains(&word.to_lowercase())) {
            writeln!(wrong, "== {name}: {word:?} in {place}").unwrap();
        }
    };
    for output in output {
        look(&output.stdout, &NOWHERE, "stdout");
        look(&output.stderr, &NOWHERE, "stderr");
        look(&output.stderr, &["panicked"], "stderr");
    }
    for letter in project.outbox().into_values().map(|letter| decoded(&letter)) {
        look(&letter, &NOWHERE, "a letter");
        look(&letter, &IN_NO_LETTER, "a letter");
        look(letter.split_once("<!DOCTYPE").unwrap().1, &IN_NO_HTML, "a letter");
    }
    for file in files(&project.path("shown")).iter().filter(|file| !has_extension(file, "png")) {
        let text = decoded(&project.read(&format!("shown/{file}")));
        look(&text, &NOWHERE, file);
        look(&text, &IN_NO_LETTER, file);
        if has_extension(file, "html") {
            look(&without_quotes(&text), &IN_NO_HTML, file);
        }
    }
}

/// The page without its list of warnings, which quote the issue as text.
fn without_quotes(page: &str) -> String {
    let pieces =
        page.split_once("<ul class=\"warnings\">").and_then(|(before, rest)| Some((before, rest.split_once("</ul>")?)));
    pieces.map_or_else(|| page.to_owned(), |(before, (_, after))| format!("{before}{after}"))
}

/// Checks that each line of the file `shows` is in a letter.
fn look_for_what_is_shown(wrong: &mut String, project: &Project, case: &Case) {
    let letters: String = project.outbox().into_values().flat_map(|letter| [decoded(&letter), letter]).collect();
    for line in case.text("shows").iter().flat_map(|text| text.lines()) {
        if !letters.contains(line) {
            writeln!(wrong, "== {}: no letter shows {line}", case.name).unwrap();
        }
    }
}

/// A letter with its quoted-printable parts decoded; other text stays as it is.
fn decoded(letter: &str) -> String {
    let read = quoted_printable::decode(letter, ParseMode::Robust);
    read.map_or_else(|_| letter.to_owned(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}
