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

    // A title and a year that are new, or no day, are not listed.
    project.write("issues/aar.md", "---\nsubject: Nyt\naudiences: [members]\nparams:\n  aar: 2027\n---\nDen 3. maj.\n");
    let copied = project.run_words(&["new", "--like", "issues/aar.md", "Nyt i juni 2027"]).stdout;
    assert!(copied.ends_with("these lines name days of issues/aar.md:\n    9: Den 3. maj.\n"), "{copied}");

    // Without a title it has the same subject, under a name that is free.
    let json = project.run("new --like maj --json").stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["number"], Value::Null);
    assert!(json["path"].as_str().unwrap().ends_with("issues/nyt-i-maj.md"), "{json}");
    assert!(project.run("new --like maj").stdout.contains("issues/nyt-i-maj-2.md"));
    assert_eq!(project.run("new --like maj --kind case").status, 2);
}

#[test]
fn a_copy_says_what_is_still_that_of_the_issue() {
    let issue = "---\nsubject: Nyt i maj\nslug: nyt-5\nnumber: 5\naudiences: [members]\nsend_until: 2026-06-01 09:00\n---\n\
                 Hej.\n\n::: event Workshop\nid: workshop-maj\ntid: 21. maj 2026 kl. 9\n:::\n\nid: et ord\n";
    let english = "---\nsubject: News in May\n---\nOn 21 May 2026.\n";
    let project = Project::new("new-like-told").file("issues/2026 forår/nyt på vej.md", issue);
    let project = project.file("issues/2026 forår/nyt på vej.en.md", english);
    // With a title of its own, only the translation has the subject of last month.
    let copied = project.run_words(&["new", "--like", "issues/2026 forår/nyt på vej.md", "Nyt i juni"]);
    copied.succeeds_with(
        "created issues/2026 forår/nyt-i-juni.md\n  number 6\n  nyt-i-juni.en.md has the subject of nyt-5: News in May\n  \
         these lines name days of nyt-5:\n    11: tid: 21. maj 2026 kl. 9\n    nyt-i-juni.en.md:4: On 21 May 2026.\n",
    );
    let front = "---\nsubject: \"Nyt i juni\"\npreheader: \"\"\naudiences: [members]\nnumber: 6\ndraft: true\n---\n";
    // An event of the copy is another one.
    let body = "Hej.\n\n::: event Workshop\ntid: 21. maj 2026 kl. 9\n:::\n\nid: et ord\n";
    assert_eq!(project.read("issues/2026 forår/nyt-i-juni.md"), format!("{front}{body}"));
    let checked = project.run_words(&["check", "issues/2026 forår/nyt-i-juni.md"]).stderr;
    assert!(checked.contains("the event \"Workshop\" ended on 2026-05-21"), "{checked}");

    let copied = project.run_words(&["new", "--like", "issues/2026 forår/nyt på vej.md"]).stdout;
    assert!(copied.contains("  nyt-i-maj.md has the subject of nyt-5: Nyt i maj\n"), "{copied}");
    // Nothing is overwritten, and no incomplete draft is left.
    project.write("issues/2026 forår/ny.en.md", "mit");
    let copied = project.run_words(&["new", "--like", "issues/2026 forår/nyt på vej.md", "Ny"]);
    copied.fails_with(3, "issues/2026 forår/ny.en.md already exists");
    assert_eq!(project.read("issues/2026 forår/ny.en.md"), "mit");
    assert!(!project.path("issues/2026 forår/ny.md").exists());
}

const KINDS: [&str; 7] = ["newsletter", "release", "case", "invitation", "webinar", "onboarding", "board"];

/// How many texts in brackets a text has, and whether none is left of those that `new` replaces.
fn brackets(text: &str) -> usize {
    assert!(!["[dag]", "[frist]", "[day]", "[deadline]"].iter().any(|written| text.contains(written)), "{text}");
    text.split("---\n").nth(2).unwrap().matches('[').count() - text.matches("[!").count()
}

/// How many placeholders a command reports, each at its place.
fn left_to_write(project: &Project, command: &str) -> usize {
    project.run(&format!("{command} --json")).stdout.matches("\"NL570\"").count()
}

#[test]
fn each_kind_is_a_draft_that_reports_all_that_is_left_to_write() {
    for (lang, words) in [("da", "Venlig hilsen"), ("en", "Kind regards"), ("sv", "Kind regards")] {
        let project = Project::new(&format!("new-kind-{lang}"));
        let settings = format!("{}lang: {lang}\n", project.read("newsletter.yaml"));
        let project = project.file("newsletter.yaml", settings);
        for kind in KINDS {
            let created = project.run_words(&["new", "--kind", kind, kind]);
            created.succeeds_with(&format!("created DIR/issues/{kind}.md\n"));
            let text = project.read(&format!("issues/{kind}.md"));
            assert!(text.contains(words) && !text.contains("http"), "{text}");
            let checked = project.run(&format!("check issues/{kind}.md"));
            assert_eq!(checked.status, 0, "{kind}: {}", checked.stderr);
            // What is left to write is reported, each at its place, and nothing else.
            let to_write = left_to_write(&project, &format!("check issues/{kind}.md"));
            assert!(to_write > 8 && to_write == brackets(&text), "{kind}: {}", checked.stderr);
            // They are one warning with the lines of the others.
            let more = format!("  and {} more texts to replace in this file: lines ", to_write - 1);
            assert_eq!(checked.stderr.matches("warning[NL570]").count(), 1, "{kind}: {}", checked.stderr);
            assert!(checked.stderr.contains(&more), "{kind}: {}", checked.stderr);
            assert_eq!(checked.stderr.matches("warning[NL530]").count(), 1, "{kind}: {}", checked.stderr);
            for theme in ["default", "letter", "bulletin", "magazine"] {
                project.edit("newsletter.yaml", &format!("lang: {lang}\n"), &format!("lang: {lang}\ntheme: {theme}\n"));
                assert_eq!(project.run(&format!("preview issues/{kind}.md --out shown")).status, 0, "{kind} {theme}");
                project.edit("newsletter.yaml", &format!("theme: {theme}\n"), "");
            }
            assert_eq!(project.run(&format!("send {kind} --yes")).status, 3, "{kind} is a draft");
        }
    }
}

#[test]
fn what_is_left_to_write_stops_an_issue_before_a_relay_has_it() {
    let project = Project::new("new-kind-relay");
    assert_eq!(project.run_words(&["new", "--kind", "invitation", "Kom"]).status, 0);
    project.edit("issues/kom.md", "draft: true\n", "");
    project.edit("issues/kom.md", "[Skriv linket til tilmelding]", "https://forening.example/tilmelding");
    let left = brackets(&project.read("issues/kom.md"));
    // To the outbox it may go.
    assert_eq!(project.run("send kom --dry-run --out shown").status, 0);
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", format!("{settings}smtp: {{host: relay.kommune.dk}}\n"));
    for command in ["check issues/kom.md", "send issues/kom.md --yes"] {
        let stopped = project.run(command);
        assert_eq!(stopped.status, 3, "{}", stopped.stderr);
        assert_eq!(stopped.stderr.matches("error[NL570]").count(), 1, "{command}: {}", stopped.stderr);
        assert_eq!(left_to_write(&project, command), left, "{command}");
        assert!(stopped.stderr.contains("error[NL767]: `https://forening.example/tilmelding`"), "{}", stopped.stderr);
    }
    // A preview is shown to those who write it.
    assert_eq!(project.run("preview issues/kom.md --out shown").status, 0);
}

#[test]
fn only_what_a_draft_leaves_stops_an_issue() {
    let own = "---\nsubject: Bogklub\naudiences: [members]\n---\n[Skriv hvilken bog vi læser]\n";
    let project = Project::new("left-by-drafts").file("templates/kinds/bogklub.md", own);
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", format!("{settings}smtp: {{host: relay.kommune.dk}}\n"));
    let check = |text: &str| {
        project.write("issues/x.md", format!("---\nsubject: X\npreheader: Y\naudiences: [members]\n---\n{text}\n"));
        project.run("check issues/x.md")
    };
    for key in ["Tryk på [Skriv ud].", "Tryk på [Enter].", "Tryk på [Insert].", "Tryk på [Vælg], og så [Tilføj]."]
    {
        let checked = check(key);
        assert!(!checked.stderr.contains("NL570") && !checked.stderr.contains("NL430"), "{key}: {}", checked.stderr);
    }
    for meant in ["Skriv [dit navn] i emnefeltet.", "Udfyld feltet [Navn].", "Udfyld feltet [E-mail] og [Email]."] {
        let checked = check(meant);
        assert!(
            !checked.stderr.contains("error[NL570]") && !checked.stderr.contains("error[NL430]"),
            "{meant}: {}",
            checked.stderr
        );
    }
    for left in ["[Skriv stedet]", "Den 4. maj 2127 [tjek dagen]", "[Write the place]", "[Skriv hvilken bog vi læser]"]
    {
        let checked = check(left);
        assert!(checked.status == 3 && checked.stderr.contains("error[NL570]"), "{left}: {}", checked.stderr);
    }
}

#[test]
fn a_day_of_a_draft_is_right_once_its_note_is_deleted() {
    for (lang, note) in [("da", "[tjek dagen]"), ("en", "[check the day]")] {
        let project = Project::new(&format!("new-kind-day-{lang}"));
        let settings = project.read("newsletter.yaml");
        project.write("newsletter.yaml", format!("{settings}lang: {lang}\n"));
        for kind in KINDS {
            let issue = format!("issues/{kind}.md");
            assert_eq!(project.run_words(&["new", "--kind", kind, kind]).status, 0);
            let text = project.read(&issue).replace(&format!(" {note}"), "");
            assert!(!text.contains(note) && ![" **,", " .", " :", " ,"].iter().any(|odd| text.contains(odd)), "{text}");
            assert!(text.matches("**").count() % 2 == 0 && !text.contains(" **\n"), "{text}");
            project.write(&issue, text);
            let checked = project.run(&format!("check {issue}"));
            assert!(checked.status == 0 && !checked.stderr.contains("NL561"), "{kind}: {}", checked.stderr);
        }
    }
    // A kind of a project may write a day in any place.
    let own =
        "---\nsubject: X\naudiences: [members]\n---\nKom **[dag], og ring [frist]**! Den [dag]: **x** og **[dag].**\n";
    let project = Project::new("new-kind-day-own").file("templates/kinds/bogklub.md", own);
    assert_eq!(project.run("new --kind bogklub Nyt").status, 0);
    assert_eq!(project.read("issues/nyt.md").matches(" [tjek dagen]").count(), 4);
}

#[test]
fn text_to_replace_is_reported_wherever_it_is() {
    let text = "---\nsubject: \"[Skriv a]\"\npreheader: \"[Skriv b]\"\naudiences: [members]\nparams: {x: \"[Skriv c]\"}\n---\n\
                ## [Skriv d]\n\n- [Skriv e] og [indsæt f]\n\n::: note [Skriv g]\n[Skriv h]\n:::\n\n\
                | [Skriv i] | x |\n|--|--|\n| y | [Skriv j] |\n\n::: table [Skriv k]\nBy\tTal\nAarhus\t[Skriv l]\n:::\n\n\
                ::: event [Skriv m]\ntid: 21. januar 2127 [tjek dagen] kl. 9.30\nsted: [Skriv o]\nfrist: [Skriv p]\n:::\n\n\
                > [Skriv q]\n\n<p>[Skriv r]</p>\n\n::: snippet s\n\n\
                `[Skriv som kode]` \\[Skriv ikke] [Skriv til os](https://a.example) <!-- [Skriv skjult] -->\n";
    let project = Project::new("to-replace").file("issues/x.md", text).file("snippets/s.md", "Fra [Skriv s].\n");
    let project = project.file("issues/x.en.md", "---\nsubject: \"[Write t]\"\npreheader: X\n---\n[Write u]\n");
    let reported = project.run("check issues/x.md --json").stdout;
    for letter in 'a'..='u' {
        let written = match letter {
            'f' => "[indsæt f]".to_owned(),
            'n' => "[tjek dagen]".to_owned(),
            't' | 'u' => format!("[Write {letter}]"),
            _ => format!("[Skriv {letter}]"),
        };
        assert!(
            reported.contains(&format!("\"`{written}` is text to replace before sending\"")),
            "{written}: {reported}"
        );
    }
    for fine in ["som kode", "ikke", "til os", "skjult"] {
        assert!(!reported.contains(&format!("`[Skriv {fine}]`")), "{reported}");
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
    assert!(text.starts_with(front) && text.contains("day ") && text.ends_with(". [check the day]\n"), "{text}");
    let broken = project.run("new --kind bogklub Nyt");
    assert!(broken.status == 3 && broken.stderr.contains("templates/kinds/bogklub.md:1"), "{}", broken.stderr);
    project.run("new --kind webinr Nyt").fails_with(3, "there is no kind `webinr`: did you mean `webinar`?");
    let kinds = "there is no kind `x`: the kinds are board, bogklub, case, invitation, newsletter, onboarding, release, webinar";
    project.run("new --kind x Nyt").fails_with(3, kinds);
    assert_eq!(project.run("new --kind board").status, 2);
}
