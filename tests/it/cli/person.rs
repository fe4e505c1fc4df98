//! `person`: what is held of one person.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::project::{ISSUE, Project, SETTINGS};

/// Anna stands in a CSV file, twice, and in an audience's own file; in the outbox, in a preview, in a dry run, and in
/// what an import could not use. One issue is sent, another one half.
fn project(name: &str, more: &str) -> Project {
    let issue = |title: &str| ISSUE.replace("Nyt i maj", title).replace("Der er nyt.", &format!("{title} er her."));
    let project = Project::new(name)
        .file("newsletter.yaml", format!("{SETTINGS}{more}"))
        .file("audiences/members.yaml", "name: Medlemmer\nlang: en\npeople: people/alle.csv\n")
        .file("people/alle.csv", "email;fornavn;consent\nbo@b.example;Bo;\nAnna@A.example;Annabella;opt-in 2024-02-01\n")
        .file("audiences/board.yaml", "recipients:\n  - email: anna@a.example\n    first_name: Annabella\n")
        .file("issues/april.md", issue("April"))
        .file("issues/maj.md", ISSUE)
        .file(
            "eksport.csv",
            "E-mail;Navn\nanna@a.example;Annabella\nanna@a.example;Annabella igen\ncarl@@c.example;Carl\nann@a.example;Ann\n",
        );
    assert_eq!(project.run("audience import eksport.csv --into members --yes").status, 0);
    fs::remove_file(project.path("eksport.csv")).unwrap();
    assert_eq!(project.run("send issues/april.md --yes").status, 0);
    assert_eq!(project.run("send issues/maj.md --yes --limit 1").status, 0);
    assert_eq!(project.run("preview issues/maj.md --as anna@a.example").status, 0);
    assert_eq!(project.run("send issues/maj.md --dry-run --yes").status, 0);
    project
}

#[test]
fn what_is_held_of_somebody_is_shown() {
    let project = project("person-show", "");
    let said = project.run("person show ANNA@a.example");
    let of_today = |it: &&str| ["Message-ID <", "planned on ", ": 250 lies in"].iter().any(|word| it.contains(word));
    assert_eq!((said.status, said.stderr.as_str()), (0, ""));
    assert_eq!(said.stdout.lines().filter(of_today).count(), 5, "{}", said.stdout);
    let told: Vec<&str> = said.stdout.lines().filter(|it| !of_today(it)).collect();
    let letter = told.iter().find(|it| it.contains("outbox/new/")).unwrap();
    let expected = "\
ANNA@a.example

lists
  audiences/board.yaml:2, for board: anna@a.example
      first_name: Annabella
      name: Annabella
  people/alle.csv:3, for members: Anna@a.example
      first_name: Annabella
      name: Annabella
      consent: opt-in 2024-02-01

audiences
  board    in   audiences/board.yaml:2
  members  in   people/alle.csv:3

letters
  issues/april.md: in the outbox, edition members.en
      first_name: Annabella
      name: Annabella
      consent: opt-in 2024-02-01
  issues/maj.md: not tried yet, edition members.en
      first_name: Annabella
      name: Annabella
      consent: opt-in 2024-02-01

files
  audiences/board.yaml: your own file, line 2
OUTBOX
  people/alle.csv: your own file, line 3
  people/import_errors.csv: rows of an import that could not be used
  preview/maj/editions/index.html: a preview of what they get
  preview/maj/editions/members.en.eml: a preview of what they get
  preview/maj/letters/members.en/Anna@a.example.eml: a letter to them";
    assert_eq!(told.join("\n"), expected.replace("OUTBOX", letter));
    let json: Value = serde_json::from_str(&project.run("person show anna@a.example --json").stdout).unwrap();
    assert_eq!(json["audiences"][1]["because"], "people/alle.csv:3");
}

#[test]
fn what_is_held_of_somebody_is_exported() {
    let project = project("person-export", "");
    assert_eq!(project.run("suppress bo@b.example --reason bounced").status, 0);
    let said = project.run("person export bo@b.example --out bo.json");
    assert_eq!((said.status, said.stdout.as_str(), said.stderr.as_str()), (0, "", ""));
    assert_eq!(fs::metadata(project.path("bo.json")).unwrap().permissions().mode() & 0o777, 0o600);
    let held: Value = serde_json::from_str(&project.read("bo.json")).unwrap();
    assert_eq!(held["lists"][0]["origin"], serde_json::json!({"path": "people/alle.csv", "line": 2}));
    assert_eq!(held["suppressions"][0]["reason"], "bounced");
    let letters = held["letters"].as_array().unwrap();
    let states: Vec<&Value> = letters.iter().map(|it| &it["state"]).collect();
    assert_eq!(states, ["accepted", "accepted"]);
    assert!(letters[0]["reply"].as_str().unwrap().starts_with("250 lies in the outbox as "), "{}", letters[0]);
    assert_eq!(held["files"].as_array().unwrap().len(), 4, "{}", held["files"]);
}

#[test]
fn nothing_is_held_of_a_stranger() {
    let project = Project::new("person-stranger");
    for command in ["show", "export"] {
        let said = project.run(&format!("person {command} gerda@g.example"));
        said.is(0, "", "nothing is held of gerda@g.example\n");
    }
    project.run("person show gerda --log log").stops(3, "this is no address: the address has no @");
    assert!(!project.read("log").contains("gerda"));
}
