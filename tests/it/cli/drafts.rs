//! `new --like` and `new --kind`: drafts that do not begin with an empty page.

use serde_json::Value;

use crate::project::{Project, files};

const ISSUE: &str = "\
---
title: Nyt nr. 12
summary: Det vigtigste i maj
audiences: [members]
send_at: 2026-05-04 09:00
number: 12/2026
params:
  frist: 18. maj
slug: nyt-12
---
{{ greeting }}

![Havnen](havn.png)

Vi ses den 21. maj.

::: event Møde
tid: torsdag d. 21. maj 2026 kl. 9.30
:::
";

#[test]
fn a_copy_has_the_next_number_and_lists_the_days_to_change() {
    let project = Project::new("new-like").file("issues/nr12/index.md", ISSUE).file("issues/nr12/havn.png", "png");
    let lines = "  number 13/2026\n  these lines name days of nyt-12:\n    6: frist: 18. maj\n    14: Vi ses den 21. maj.\n    \
                 17: tid: torsdag d. 21. maj 2026 kl. 9.30\n";
    project
        .run_words(&["new", "--like", "nyt-12", "Nyt nr. 13"])
        .succeeds_with(&format!("created DIR/issues/nyt-nr-13/index.md\n{lines}"));
    assert_eq!(files(&project.path("issues/nyt-nr-13")), ["havn.png", "index.md"]);
    let front = "---\nsubject: \"Nyt nr. 13\"\npreheader: \"\"\naudiences: [members]\nparams:\n  frist: 18. maj\n\
                 number: 13/2026\ndraft: true\n---\n";
    let text = project.read("issues/nyt-nr-13/index.md");
    assert_eq!(text, format!("{front}{}", ISSUE.split_once("slug: nyt-12\n---\n").unwrap().1));

    // Without a title it has the same subject, under a name that is free.
    let json = project.run("new --like maj --json").stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["number"], Value::Null);
    assert!(json["path"].as_str().unwrap().ends_with("issues/nyt-i-maj.md"), "{json}");
    assert!(project.run("new --like maj").stdout.contains("issues/nyt-i-maj-2.md"));
    assert_eq!(project.run("new --like maj --kind case").status, 2);
}

#[test]
fn each_kind_is_a_draft_without_errors() {
    let project = Project::new("new-kind");
    for kind in ["newsletter", "release", "case", "invitation", "webinar", "onboarding", "board"] {
        let created = project.run_words(&["new", "--kind", kind, kind]);
        created.succeeds_with(&format!("created DIR/issues/{kind}.md\n"));
        let checked = project.run(&format!("check issues/{kind}.md"));
        assert_eq!(checked.status, 0, "{kind}: {}", checked.stderr);
        let codes: Vec<&str> = checked.stderr.lines().filter(|line| line.starts_with("warning[")).collect();
        // What is left to write is reported, and nothing else.
        let is_to_write = |line: &&str| line.starts_with("warning[NL564]") || line.starts_with("warning[NL530]");
        assert!(codes.len() > 2 && codes.iter().all(is_to_write), "{kind}: {}", checked.stderr);
        let text = project.read(&format!("issues/{kind}.md"));
        assert!(!text.contains("[dag]") && !text.contains("[frist]"), "{text}");
        assert_eq!(project.run(&format!("send {kind} --yes")).status, 3, "{kind} is a draft");
    }
}

#[test]
fn a_project_adds_kinds_and_replaces_them() {
    let own = "---\nsubject: X\naudiences: [board]\nlang: en\nsend_at: 2026-05-04 09:00\n---\nBy [dag].\n";
    let project = Project::new("new-own-kind").audience("board", &["dorte@d.example"]);
    let project = project.file("templates/kinds/board.md", own).file("templates/kinds/bogklub.md", "Uden front matter");
    project.run_words(&["new", "--kind", "board", "Minutes"]).succeeds_with("created DIR/issues/minutes.md\n");
    let text = project.read("issues/minutes.md");
    let front = "---\nsubject: \"Minutes\"\npreheader: \"\"\naudiences: [board]\nlang: en\n# send_at: 2027-01-21 kl. 9.00\n\
                 draft: true\n---\nBy ";
    assert!(text.starts_with(front) && text.contains("day "), "{text}");
    let broken = project.run("new --kind bogklub Nyt");
    assert!(broken.status == 3 && broken.stderr.contains("templates/kinds/bogklub.md:1"), "{}", broken.stderr);
    project.run("new --kind webinr Nyt").fails_with(3, "there is no kind `webinr`: did you mean `webinar`?");
    let kinds = "there is no kind `x`: the kinds are board, bogklub, case, invitation, newsletter, onboarding, release, webinar";
    project.run("new --kind x Nyt").fails_with(3, kinds);
    assert_eq!(project.run("new --kind board").status, 2);
}
