//! The first steps with the program: init, check, new, preview, send, status.

use serde_json::Value;

use crate::project::{ISSUE, MAY, Project, files};

const OUTBOX: &str = "  written to outbox/; nothing was sent. Set `smtp` in newsletter.yaml to send through a relay\n";

#[test]
fn a_project_is_created_previewed_and_sent() {
    let project = Project::empty("first-steps");
    project.run("init").succeeds_with(
        "created .gitignore\ncreated schemas, with which an editor completes keys\ncreated audiences/members.yaml\n\
         created issues/velkommen.md\ncreated newsletter.yaml\n\
         next: edit issues/velkommen.md, and look at the mail meanwhile:\n  \
         newsletter preview issues/velkommen.md --watch --open\n\
         then delete `draft: true` in the file, and send it:\n  newsletter send issues/velkommen.md\n\
         the handbook: newsletter help handbook\n",
    );
    project.run("init").fails_with(3, "newsletter.yaml already exists");
    assert!(project.read(".gitignore").lines().any(|line| line == "/people/"));
    project.run_words(&["new", "Nyt på vej"]).succeeds_with("created DIR/issues/nyt-paa-vej.md\n");
    project.run_words(&["new", "Nyt på vej"]).fails_with(3, "DIR/issues/nyt-paa-vej.md already exists");
    project.edit("issues/nyt-paa-vej.md", "preheader: \"\"", "preheader: Det vigtigste");
    for (written, text) in [
        ("[Skriv her, hvad du vil fortælle.]", "Vi ses til årsmødet."),
        ("[Skriv en overskrift]", "Husk"),
        ("[Skriv et punkt]", "madpakke"),
        ("[Skriv et punkt mere]", "godt humør"),
        ("[Skriv hvem der hilser]", "foreningen"),
    ] {
        project.edit("issues/nyt-paa-vej.md", written, text);
    }
    project.run("check issues/nyt-paa-vej.md").succeeds_with("1 issue checked: no problems\n");

    let draft = "issues/nyt-paa-vej.md is a draft: remove `draft: true` to send it";
    project.run("send issues/nyt-paa-vej.md --yes").fails_with(3, draft);
    project.edit("issues/nyt-paa-vej.md", "draft: true\n", "");
    let seen = project.run("preview issues/nyt-paa-vej.md");
    assert_eq!((seen.status, seen.stderr.as_str()), (0, ""));
    let sent = "issues/nyt-paa-vej.md: 2 recipients: 2 in the outbox\n";
    project.run("send issues/nyt-paa-vej.md --yes").succeeds_with(&format!("{sent}{OUTBOX}"));
    let last_run = "last run: TIME, `newsletter send`: success\n";
    project.run("status").succeeds_with(&format!("{sent}  subject: Nyt på vej\n{OUTBOX}{last_run}"));
    assert_eq!(project.reached(), ["anna@kommune.example", "bo@kommune.example"]);
}

#[test]
fn the_hints_of_init_work_from_where_it_was_called() {
    let project = Project::empty("init-elsewhere");
    for (words, issue) in [
        (&["init", "a/nyt"][..], "a/nyt/issues/velkommen.md"),
        (&["init", "mit nyt"], "'mit nyt/issues/velkommen.md'"),
        (&["-C", "b", "init", "c"], "b/c/issues/velkommen.md"),
    ] {
        let said = project.run_words(words);
        assert_eq!(said.status, 0, "{}", said.stderr);
        let hint = format!("next: edit {issue}, and look at the mail meanwhile:\n  newsletter preview {issue} --watch");
        assert!(said.stdout.contains(&hint), "{}", said.stdout);
        let preview = project.run_words(&["preview", issue.trim_matches('\''), "--open"]);
        assert_eq!(preview.status, 0, "{}", preview.stderr);
    }
}

#[test]
fn a_preview_is_opened_where_there_is_a_browser() {
    let project = Project::new("preview-open").file("bin/xdg-open", "#!/bin/sh\necho \"$1\" >opened\n");
    let project = project.mode("bin/xdg-open", 0o755);
    let missing = "no browser can be opened here: open shown/index.html yourself\n";
    assert_eq!(project.run("preview issues/maj.md --out shown --open").stderr, missing);
    let bin = project.path("bin").to_string_lossy().into_owned();
    let project = project.variable("PATH", &format!("{bin}:/usr/bin:/bin")).variable("DISPLAY", ":0");
    assert_eq!(project.run("preview issues/maj.md --out shown --open").stderr, "");
    assert_eq!(project.read("opened"), "shown/index.html\n");
    project.write("bin/xdg-open", "#!/bin/sh\nexit 3\n");
    assert_eq!(project.run("preview issues/maj.md --out shown --open").stderr, missing);
}

#[test]
fn a_preview_contains_no_personal_data() {
    let project = Project::new("preview").audience("board", &["Dorte <dorte@d.example>"]);
    project.edit(MAY, "[members]", "[members, board]");
    project.edit(MAY, "Der er nyt.", "Der er nyt, {{ first_name }}.\n\n::: only board\nKun for bestyrelsen.\n:::");
    let output = project.run("preview issues/maj.md --out shown");
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    assert_eq!(
        files(&project.path("shown")),
        [
            "board.da.eml",
            "board.da.html",
            "board.da.txt",
            "index.html",
            "manifest.json",
            "members.da.eml",
            "members.da.html",
            "members.da.txt"
        ]
    );
    let manifest: Value = serde_json::from_str(&project.read("shown/manifest.json")).unwrap();
    let keys: Vec<&String> = manifest[0].as_object().unwrap().keys().collect();
    let expected = "edition audience lang includes leaves_out subject preheader recipients html_bytes text_bytes lix sha256 files blocks warnings";
    assert_eq!(keys, expected.split(' ').collect::<Vec<_>>());
    let seen: Vec<String> = manifest
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| format!("{} {}", entry["edition"], entry["recipients"]))
        .collect();
    assert_eq!(seen, ["\"board.da\" 1", "\"members.da\" 3"]);
    assert!(project.read("shown/board.da.txt").contains("Kun for bestyrelsen."));
    assert!(!project.read("shown/members.da.txt").contains("Kun for bestyrelsen."));
    for file in files(&project.path("shown")) {
        let text = project.read(&format!("shown/{file}"));
        for real in ["anna@a.example", "Dorte", "dorte@"] {
            assert!(!text.contains(real), "{file} holds {real}");
        }
    }
    let before = project.read("shown/members.da.eml");
    project.run("preview issues/maj.md --out shown");
    assert_eq!(project.read("shown/members.da.eml"), before, "the same files make the same preview");
}

#[test]
fn a_preview_for_one_person_is_their_letter() {
    let project = Project::new("preview-as");
    project.edit(MAY, "Der er nyt.", "Der er nyt, {{ first_name }}.");
    let output = project.run("preview issues/maj.md --as BO@b.example --out shown");
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    assert!(project.read("shown/members.da.txt").contains("Der er nyt, Bo."));
    let stranger = project.run("preview issues/maj.md --as x@x.example");
    stranger.fails_with(3, "x@x.example is not a recipient of issues/maj.md");
}

#[test]
fn check_reports_all_problems_in_all_files() {
    let project = Project::new("check");
    project.edit(MAY, "subject:", "subjekt:");
    project.edit("audiences/members.yaml", "bo@b.example", "bo.b.example");
    project.run("check").is(3, "1 issue checked: 3 errors, 0 warnings\n", include_str!("../../cases/cli/mistakes.txt"));
    let json = project.run("check --json");
    let list: Value = serde_json::from_str(&json.stdout).unwrap();
    let places: Vec<String> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| format!("{} {}:{}:{}", finding["severity"], finding["path"], finding["line"], finding["column"]))
        .collect();
    assert_eq!(
        places,
        [
            "\"error\" \"audiences/members.yaml\":6:12",
            "\"error\" \"issues/maj.md\":1:1",
            "\"error\" \"issues/maj.md\":2:1"
        ]
    );
    assert_eq!((json.status, json.stderr.as_str()), (3, ""));
}

#[test]
fn check_continues_after_an_unreadable_file() {
    let project = Project::new("check-unreadable").file("issues/a.md", b"---\nsubject: \xe5\n").file("issues/b.md", "");
    let text = "the file is empty";
    let output = project.run("check");
    assert_eq!((output.status, output.stdout.as_str()), (3, "3 issues checked: 2 errors, 0 warnings\n"));
    assert!(
        output.stderr.contains("error[NL290]: issues/a.md is not text in UTF-8: open it")
            && output.stderr.contains(text)
    );
}

#[test]
fn check_reports_what_send_would_report() {
    let project = Project::new("check-nobody").audience("board", &["anna@a.example", "bo@b.example", "carl@c.example"]);
    project.edit(MAY, "[members]", "[members]\nexclude: [board]");
    let (checked, sent) = (project.run("check"), project.run("send issues/maj.md --yes"));
    assert_eq!((checked.status, sent.status), (3, 3));
    assert_eq!(checked.stderr, sent.stderr);
}

#[test]
fn a_dry_run_has_the_bytes_that_are_sent() {
    let project = Project::new("dry-run").audience("board", &["Dorte <dorte@d.example>", "Anna <ANNA@a.example>"]);
    project.write(MAY, ISSUE.replace("[members]", "[board, members]").replace("Der er nyt.", "Hej {{ first_name }}."));
    let dry = project.run("send issues/maj.md --dry-run --out dry");
    let reported = "issues/maj.md: 4 recipients: 4 written\nwritten to dry; nothing was sent\n";
    dry.succeeds_with(reported);
    assert!(project.states().is_empty(), "a dry run leaves no trace in the ledger");
    project.run("send issues/maj.md --yes");
    let letters = files(&project.path("dry"));
    assert_eq!(
        letters,
        [
            "board.da/ANNA@a.example.eml",
            "board.da/dorte@d.example.eml",
            "members.da/bo@b.example.eml",
            "members.da/carl@c.example.eml"
        ]
    );
    let sent = project.outbox();
    assert_eq!(sent.len(), letters.len());
    for letter in letters {
        let address = letter.split_once('/').unwrap().1.trim_end_matches(".eml");
        assert_eq!(project.read(&format!("dry/{letter}")), sent[address], "{letter}");
    }
}

#[test]
fn a_closed_pipe_does_not_panic() {
    let project = Project::new("closed-pipe");
    project.run("send issues/maj.md --yes");
    for typed in ["status issues/maj.md --letters", "status --json", "check", "--help"] {
        let mut child = project.start(typed);
        drop(child.stdout.take());
        let output = project.run_output(&child.wait_with_output().unwrap());
        assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{typed}");
    }
}
