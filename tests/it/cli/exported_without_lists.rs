//! `export` in a copy of the project that lacks the lists of people, such as a clone in CI: the same files.

use std::fs;

use crate::project::{ISSUE, MAY, Project, SETTINGS, files};

const LISTS: [&str; 2] = ["people: people/alle.csv", "people: {command: [sh, hent.sh], format: csv}"];
const WARNING: &str = "warning[NL639]: not all lists of people are read here: fields that no list has (NL603) and addresses of readers were not looked for\n\n";

/// A project with a public issue that greets its readers and hides a block from the board; its people are in lists of
/// both kinds.
fn project(name: &str) -> Project {
    let front = "archive: public\ndate: 2026-05-04 09:00";
    let text = ISSUE.replace("date: 2026-05-04 09:00", front) + "\n::: not board\nKun for de andre.\n:::\n";
    let audience = |name: &str, list: &str| format!("name: {name}\nreason: du er medlem\n{list}\n");
    Project::new(name)
        .file("newsletter.yaml", format!("{SETTINGS}archive_url: https://x.example/nyt/{{issue}}/\n"))
        .file(MAY, text)
        .file("audiences/members.yaml", audience("Medlemmer", LISTS[0]))
        .file("audiences/board.yaml", audience("Bestyrelsen", LISTS[1]))
        .file("people/alle.csv", "email;navn\nanna@a.example;Anna\n")
        .file("hent.sh", "printf 'email\\ndorte@d.example\\n'\n")
}

/// The files of a folder with their contents.
fn contents(project: &Project, folder: &str) -> Vec<(String, Vec<u8>)> {
    let root = project.path(folder);
    files(&root).into_iter().map(|name| (name.clone(), fs::read(root.join(name)).unwrap())).collect()
}

#[test]
fn each_export_is_the_same_without_the_lists() {
    let project = project("export-lists");
    let exports = [
        "--all --to web",
        "issues/maj.md --to web",
        "issues/maj.md --to jekyll",
        "issues/maj.md --to html",
        "issues/maj.md --to linkedin",
        "issues/maj.md --to text",
        "issues/maj.md --to kit",
        "issues/maj.md --to talkingpoints",
        "--to atom",
    ];
    let with: Vec<_> = exports
        .iter()
        .enumerate()
        .map(|(at, export)| {
            let output = project.run(&format!("export {export} --out med/{at} --trust"));
            assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{export}");
            contents(&project, &format!("med/{at}"))
        })
        .collect();
    fs::remove_dir_all(project.path("people")).unwrap();
    fs::remove_file(project.path("hent.sh")).unwrap();
    for trust in ["", " --trust"] {
        for (at, export) in exports.iter().enumerate() {
            let folder = format!("uden{}/{at}", trust.len());
            let output = project.run(&format!("export {export} --out {folder}{trust}"));
            assert_eq!((output.status, output.stderr.as_str()), (0, WARNING), "{export}{trust}");
            assert_eq!(contents(&project, &folder), with[at], "{export}{trust}");
        }
    }
}

#[test]
fn a_list_with_mistakes_stops_an_export_as_before() {
    let project = project("export-broken-list");
    project.write("people/alle.csv", "email;navn\nanna@a.example;Anna\nuden-snabel;Bo\n");
    let output = project.run("export issues/maj.md --to text --trust");
    let broken = project.run("check issues/maj.md --trust");
    assert_eq!(output.status, 3, "{}{}", output.stderr, broken.stderr);
}
