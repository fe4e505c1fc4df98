//! `export` of an issue for other channels than mail: HTML, Jekyll, LinkedIn, text and talking points.

use serde_json::Value;

use crate::project::{ISSUE, MAY, Project, SETTINGS, files, has_extension};

const ARCHIVE: &str = "archive_url: https://nyt.forening.example/{issue}\n";

const BODY: &str = "\
Vi mødes d. 3. juni kl. 9. Læs [programmet](https://forening.example/program) og kom.

::: only members
Kun medlemmerne får at vide, at kontingentet falder til foråret.
:::

::: not board
Bestyrelsen skal ikke læse denne lange sætning om bestyrelsen.
:::

::: not web
Denne hilsen står i mailen og ikke på hjemmesiden.
:::

::: only linkedin
Del gerne opslaget med @Anna Berg.
:::

::: not linkedin
Denne tabel er for lang til et opslag.
:::

::: only talkingpoints
- Sig tak til værterne. Og smil.
:::

## Mere

Koden er `{{ page.title }}`, og a*b er 5 m<sup>2</sup>.

![Et kort](kort.png)

::: event Årsmøde
tid: 21. januar 2027 kl. 9.30
:::
";

fn project(name: &str) -> Project {
    let front = "archive: public\nlayout: nyhed\ntags: [it-sikkerhed, OS2]\ndate:";
    let issue = ISSUE.replace("date:", front).replace("Der er nyt.", BODY);
    let picture = include_bytes!("../../cases/bad-input/i60-no-alt/issues/kort.png");
    Project::new(name)
        .file("newsletter.yaml", format!("{SETTINGS}{ARCHIVE}"))
        .audience("board", &["Dorte <dorte@d.example>"])
        .file(MAY, issue)
        .file("issues/kort.png", picture)
}

/// The text for a channel, after an export that succeeds.
fn exported(project: &Project, channel: &str, file: &str) -> String {
    let output = project.run(&format!("export {MAY} --to {channel}"));
    assert_eq!(output.status, 0, "{}", output.stderr);
    project.read(file)
}

#[test]
fn html_is_plain_and_has_its_pictures_beside_it() {
    let project = project("channels-html");
    let output = project.run("export issues/maj.md --to html");
    assert_eq!(
        (output.status, output.stdout.as_str()),
        (0, "da  maj/maj.html  Nyt i maj\n1 text in DIR/export/html\n")
    );
    let written = project.read("export/html/maj/maj.html");
    let expected = "\
<p>Vi mødes d. 3. juni kl. 9. Læs <a href=\"https://forening.example/program\">programmet</a> og kom.</p>
<p>Denne tabel er for lang til et opslag.</p>
<h2>Mere</h2>
<p>Koden er <code>{{ page.title }}</code>, og a*b er 5 m<sup>2</sup>.</p>
<figure><img src=\"kort.png\" alt=\"Et kort\" style=\"max-width:100%;height:auto\"></figure>
<h3>Årsmøde</h3>
<p>Torsdag den 21. januar 2027 kl. 9.30</p>
<p><a href=\"https://nyt.forening.example/maj/aarsmoede.ics\">Læg i kalenderen</a></p>
";
    assert_eq!(written.replace('\u{a0}', " "), expected);
    assert_eq!(files(&project.path("export/html/maj")), ["kort.png", "maj.html"]);
    // Without an address of the web page, there is no calendar file to link to.
    project.edit("newsletter.yaml", ARCHIVE, "");
    assert!(!exported(&project, "html", "export/html/maj/maj.html").contains("kalenderen"));
}

#[test]
fn a_post_for_jekyll_keeps_the_keys_of_the_website() {
    let project = project("channels-jekyll");
    let post = exported(&project, "jekyll", "export/jekyll/_posts/2026-05-04-maj.md");
    let expected = "\
---
title: \"Nyt i maj\"
date: 2026-05-04 09:00:00 +0200
lang: da
description: \"Det vigtigste i maj\"
layout: nyhed
tags: [it-sikkerhed, OS2]
---

Vi mødes d. 3. juni kl. 9. Læs [programmet](https://forening.example/program) og kom.

Denne tabel er for lang til et opslag.

## Mere

Koden er <code>&#123;&#123; page.title &#125;&#125;</code>, og a\\*b er 5 m<sup>2</sup>.

![Et kort]({{ '/assets/maj/kort.png' | relative_url }})

### Årsmøde

Torsdag den 21. januar 2027 kl. 9.30

[Læg i kalenderen]({{ '/assets/maj/aarsmoede.ics' | relative_url }})
";
    assert_eq!(post.replace('\u{a0}', " "), expected);
    assert_eq!(files(&project.path("export/jekyll/assets/maj")), ["aarsmoede.ics", "kort.png"]);
}

#[test]
fn a_post_that_is_there_under_another_date_stops_the_export() {
    let project = project("channels-jekyll-twice");
    project.write("site/_posts/2026-04-30-maj.md", "---\ntitle: Nyt\n---\n");
    let stops = "the website has this post already, as DIR/site/_posts/2026-04-30-maj.md: delete that file, or give the \
                 issue another `slug`";
    let site = project.path("site");
    project.run(&format!("export issues/maj.md --to jekyll --out {}", site.display())).fails_with(3, stops);
    // What a person changed stays, and what the export wrote follows the date.
    exported(&project, "jekyll", "export/jekyll/_posts/2026-05-04-maj.md");
    project.edit(MAY, "2026-05-04 09:00", "2026-05-05 09:00");
    project.write("export/jekyll/_posts/2026-05-04-maj.md", "Min egen");
    assert_eq!(project.run("export issues/maj.md --to jekyll").status, 3);
    assert_eq!(project.read("export/jekyll/_posts/2026-05-04-maj.md"), "Min egen");
}

#[test]
fn a_post_for_linkedin_shows_where_it_is_cut() {
    let project = project("channels-linkedin");
    let output = project.run("export issues/maj.md --to linkedin");
    let expected = "\
da  maj.txt  376 of 3000 characters

Nyt i maj

Vi mødes d. 3. juni kl. 9. Læs programmet og kom.

Denne hilsen står i mailen og ikke på hjemmesiden.

Del gerne opslaget med @Anna Berg.

Mere

Koden er {{ page.title }}, og a*b er 5 m².

Årsmøde

T[…see more]orsdag den 21. januar 2027 kl. 9.30

Læg i kalenderen: https://nyt.forening.example/maj/aarsmoede.ics

programmet: https://forening.example/program

#itsikkerhed #OS2

1 text in DIR/export/linkedin
";
    assert_eq!(output.stdout.replace('\u{a0}', " "), expected, "{}", output.stderr);
    let text = project.read("export/linkedin/maj.txt");
    assert!(!text.contains("see more") && text.ends_with("\n\n#itsikkerhed #OS2\n"), "{text}");
    let json: Value = serde_json::from_str(&project.run("export issues/maj.md --to linkedin --json").stdout).unwrap();
    assert_eq!(json["documents"][0]["characters"], 376);
}

#[test]
fn talking_points_are_the_marked_ones_or_first_sentences() {
    let project = project("channels-points");
    let points = exported(&project, "talkingpoints", "export/talkingpoints/maj.md");
    let expected = "\
# Nyt i maj

## Kort fortalt

- Sig tak til værterne. Og smil.

## Mere

- Koden er &#123;&#123; page.title &#125;&#125;, og a\\*b er 5 m².

### Årsmøde

- Torsdag den 21. januar 2027 kl. 9.30
";
    assert_eq!(points.replace('\u{a0}', " "), expected);
    // They may be for an issue that is not public, and even then contain no block for some readers.
    project.edit(MAY, "archive: public\n", "archive: members\n");
    project.edit(MAY, "::: only talkingpoints\n- Sig tak til værterne. Og smil.\n:::\n", "");
    let points = exported(&project, "talkingpoints", "export/talkingpoints/maj.md");
    let points = points.replace('\u{a0}', " ");
    assert!(points.contains("- Vi mødes d. 3. juni kl. 9.\n") && !points.contains("kontingentet"), "{points}");
}

#[test]
fn a_text_has_its_addresses_behind_the_words() {
    let project = project("channels-text");
    let text = exported(&project, "text", "export/text/maj.txt");
    assert!(text.starts_with("Nyt i maj\n=========\n\nVi mødes d."), "{text}");
    assert!(text.contains("Læs programmet (https://forening.example/program) og kom."), "{text}");
}

#[test]
fn only_public_issues_are_for_everyone() {
    let project = project("channels-members");
    project.edit(MAY, "archive: public", "archive: members");
    let stops = "issues/maj.md has `archive: members`, so it is not exported: an export is for everyone, which only `archive: public` allows";
    for channel in ["html", "jekyll", "linkedin", "text"] {
        let output = project.run(&format!("export issues/maj.md --to {channel}"));
        assert_eq!(output.status, 3, "{channel}: {}", output.stderr);
        assert!(output.stderr.ends_with(&format!("{stops}\n")), "{channel}: {}", output.stderr);
    }
    project.edit(MAY, "archive: members\n", "");
    let output = project.run("export issues/maj.md --to html");
    assert!(output.status == 3 && output.stderr.contains("is not public"), "{}", output.stderr);
    assert!(!project.path("public").exists());
}

#[test]
fn values_and_leaks_stop_every_channel() {
    let project = project("channels-values");
    project.edit(MAY, "Del gerne opslaget", "Del gerne opslaget, {{ first_name }},");
    let output = project.run("export issues/maj.md --to linkedin");
    let reported = "error[NL633]: `first_name` has no value on the post on LinkedIn, which has no recipient";
    assert!(output.status == 3 && output.stderr.contains(reported), "{}", output.stderr);
    assert_eq!(project.run("export issues/maj.md --to text").status, 0);
    let secret = "Kun medlemmerne får at vide, at kontingentet falder til foråret.";
    project.edit(MAY, "Nyt i maj", secret);
    for channel in ["html", "jekyll", "text", "talkingpoints"] {
        let output = project.run(&format!("export issues/maj.md --to {channel} --out leak"));
        assert!(output.status == 3 && output.stderr.contains("error[NL610]"), "{channel}: {}", output.stderr);
    }
    assert!(!project.path("leak").exists());
}

#[test]
fn each_language_has_its_file() {
    let project = project("channels-languages");
    let english = "---\nsubject: News in May\npreheader: What matters\n---\n{{ greeting }}\n\nThere is news.\n";
    project.write("issues/maj.en.md", english);
    project.edit("audiences/members.yaml", "first_name: Bo", "first_name: Bo\n    lang: en");
    let output = project.run("export issues/maj.md --to html");
    let expected = "da  maj/maj.html  Nyt i maj\nen  maj/maj.en.html  News in May\n2 texts in DIR/export/html\n";
    assert_eq!(output.stdout, expected, "{}", output.stderr);
    assert_eq!(project.read("export/html/maj/maj.en.html"), "<p>There is news.</p>\n");
    exported(&project, "jekyll", "export/jekyll/_posts/2026-05-04-maj-en.md");
}

#[test]
fn two_exports_are_the_same_and_a_changed_file_stays() {
    let project = project("channels-again");
    for channel in ["html", "jekyll", "linkedin", "text", "talkingpoints"] {
        for folder in ["first", "second"] {
            assert_eq!(project.run(&format!("export issues/maj.md --to {channel} --out {folder}/{channel}")).status, 0);
        }
    }
    let names = files(&project.path("first"));
    assert_eq!(names, files(&project.path("second")));
    for name in names.iter().filter(|name| !has_extension(name, "png")) {
        assert_eq!(project.read(&format!("first/{name}")), project.read(&format!("second/{name}")), "{name}");
    }
    project.write("first/text/maj.txt", "Min egen tekst");
    let output = project.run("export issues/maj.md --to text --out first/text");
    assert_eq!(output.status, 1, "{}", output.stderr);
    assert!(output.stderr.contains("first/text/maj.txt was kept: it was changed"), "{}", output.stderr);
    assert_eq!(project.read("first/text/maj.txt"), "Min egen tekst");
}

#[test]
fn no_language_is_made_up() {
    let project = project("channels-lang-tag");
    project.edit(MAY, "## Mere", "Skrevet på {{ lang }}.\n\n## Mere");
    let output = project.run("export issues/maj.md --to text");
    assert_eq!(output.stdout, "da  maj.txt  Nyt i maj\n1 text in DIR/export/text\n", "{}", output.stderr);
    project.edit(MAY, "Skrevet på {{ lang }}.", "{% if lang == \"en\" %}Hi{% else %}Hej{% endif %}.");
    assert_eq!(project.run("export issues/maj.md --to text").status, 0);
    assert!(project.read("export/text/maj.en.txt").contains("\nHi.\n"));
    assert_eq!(files(&project.path("export/text"))[1..], ["maj.en.txt", "maj.txt"]);
}

#[test]
fn a_heading_below_the_text_is_not_the_title() {
    let project = project("channels-title");
    project.edit(MAY, "## Mere", "# Mere\n\n## Kort");
    let post = exported(&project, "jekyll", "export/jekyll/_posts/2026-05-04-maj.md");
    assert!(post.contains("title: \"Nyt i maj\"\n") && post.contains("\n## Mere\n\n### Kort\n"), "{post}");
}

#[test]
fn a_day_without_a_time_is_that_day_everywhere() {
    let project = project("channels-day");
    project.edit(MAY, "date: 2026-05-04 09:00", "date: 2026-05-04");
    let post = exported(&project, "jekyll", "export/jekyll/_posts/2026-05-04-maj.md");
    assert!(post.contains("\ndate: 2026-05-04\n"), "{post}");
}

#[test]
fn titles_of_blocks_are_titles() {
    let project = project("channels-titles");
    project.edit(
        MAY,
        "## Mere",
        "::: more Hele programmet\nAlt om dagen.\n:::\n\n::: table Priser\nBy\tPris\nOdense\t12\n:::\n\n## Mere",
    );
    let html = exported(&project, "html", "export/html/maj/maj.html");
    assert!(html.contains("<p><strong>Hele programmet</strong></p>\n<p>Alt om dagen.</p>\n"), "{html}");
    assert!(html.contains("<table>\n<caption>Priser</caption>\n"), "{html}");
}

#[test]
fn a_post_links_to_no_event_that_the_web_page_lacks() {
    let project = project("channels-event");
    project.edit(
        MAY,
        "Del gerne opslaget med @Anna Berg.\n:::",
        "::: event Netværk\ntid: 22. januar 2027 kl. 9.30\n:::\n:::",
    );
    project.edit(MAY, "::: only linkedin", ":::: only linkedin");
    project.edit(MAY, "kl. 9.30\n:::\n:::", "kl. 9.30\n:::\n::::");
    let post = exported(&project, "linkedin", "export/linkedin/maj.txt");
    assert!(post.contains("\nNetværk\n") && post.contains("aarsmoede.ics"), "{post}");
    assert!(!post.contains("netvaerk.ics"), "{post}");
}

#[test]
fn a_channel_of_one_issue_takes_no_all() {
    let project = project("channels-all");
    let all = "`--to kit` takes one issue, and no `--all`: `newsletter export issues/… --to kit`";
    project.run("export --all --to kit").fails_with(3, all);
    let none = "`--to linkedin` needs an issue: `newsletter export issues/… --to linkedin`";
    project.run("export --to linkedin").fails_with(3, none);
}

#[test]
fn an_export_has_its_own_warnings_only() {
    let project = project("channels-warnings");
    project.edit(MAY, "layout: nyhed", "layout: nyhed\nauthor: Dorte Dam\ncategories: [nyt]");
    assert!(project.run("check issues/maj.md").stderr.contains("warning[NL656]"));
    for channel in ["jekyll", "html", "web", "kit", "ics"] {
        let output = project.run(&format!("export issues/maj.md --to {channel}"));
        assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{channel}");
    }
}

#[test]
fn a_reader_whom_the_author_names_is_reported() {
    let project = project("channels-readers");
    let people = "name: Bestyrelse\nreason: du er i bestyrelsen\nrecipients:\n  \
                  - {email: dorte@d.example, first_name: Dorte, last_name: Dam}\n";
    project.write("audiences/board.yaml", people);
    project.edit(MAY, "layout: nyhed", "layout: nyhed\nauthor: {name: Dorte Dam, email: dorte@d.example}");
    project.edit(MAY, "Koden er", "Skriv til nyt@forening.example eller dorte@d.example. Koden er");
    let output = project.run("export issues/maj.md --to html");
    let address = "warning[NL782]: `dorte@d.example` identifies a reader, and everyone can read the export\n";
    assert!(output.status == 0 && output.stderr.starts_with(address), "{}", output.stderr);
    assert_eq!(output.stderr.matches("NL782]").count(), 1, "{}", output.stderr);
    for channel in ["web", "linkedin", "kit"] {
        let output = project.run(&format!("export issues/maj.md --to {channel}"));
        assert!(output.status == 0 && output.stderr.contains(address), "{channel}: {}", output.stderr);
    }
    let output = project.run("export issues/maj.md --to jekyll");
    assert!(
        output.stderr.contains("`Dorte Dam` identifies a reader") && output.stderr.contains(address),
        "{}",
        output.stderr
    );
    project.edit(MAY, "layout: nyhed", "ignore: {NL782: Dorte har sagt ja}\nlayout: nyhed");
    let output = project.run("export issues/maj.md --to jekyll");
    assert_eq!((output.status, output.stderr.contains("NL782]")), (0, false), "{}", output.stderr);
    assert!(!project.run("check issues/maj.md").stderr.contains("NL383"));
}

#[test]
fn footnotes_link_to_their_numbers() {
    let project = project("channels-notes");
    project.edit(MAY, "og kom.", "og kom.[^a]\n\n[^a]: Husk **nøglen**.");
    let html = exported(&project, "html", "export/html/maj/maj.html");
    assert!(
        html.contains("<sup><a href=\"#maj-da-note-1\" id=\"maj-da-ref-1\" role=\"doc-noteref\">1</a></sup>"),
        "{html}"
    );
    let note =
        "<ol>\n<li id=\"maj-da-note-1\">Husk <strong>nøglen</strong>. <a href=\"#maj-da-ref-1\" role=\"doc-backlink\">";
    assert!(html.contains(note), "{html}");
    let post = exported(&project, "jekyll", "export/jekyll/_posts/2026-05-04-maj.md");
    assert!(post.contains(" og kom.[^1]\n") && post.ends_with("\n\n[^1]: Husk **nøglen**.\n"), "{post}");
    assert!(!post.contains("* * *"), "{post}");
    let points = exported(&project, "talkingpoints", "export/talkingpoints/maj.md");
    assert!(!points.contains("nøglen"), "{points}");
}

#[test]
fn a_picture_has_the_width_that_its_author_wrote() {
    let project = project("channels-widths");
    let person = "![Et kort](kort.png){width=12}\n\n::: person Bo Lund, formand\n![Bo](kort.png)\n:::";
    project.edit(MAY, "![Et kort](kort.png)", person);
    let html = exported(&project, "html", "export/html/maj/maj.html");
    assert!(html.contains("alt=\"Et kort\" width=\"12\" style=\"max-width:100%;height:auto\""), "{html}");
    assert!(html.contains("alt=\"Bo\" style=\"max-width:100%;height:auto\""), "{html}");
}

#[test]
fn an_event_is_below_the_heading_above_its_block() {
    let project = project("channels-levels");
    let figures = "::: figures Året i tal\n- 78 kommuner\n- 29 møder\n:::\n\n::: event";
    project.edit(MAY, "::: event", figures);
    let html = exported(&project, "html", "export/html/maj/maj.html");
    assert!(html.contains("<h3>Året i tal</h3>") && html.contains("<h3>Årsmøde</h3>"), "{html}");
}

#[test]
fn an_issue_without_a_date_gives_the_same_calendar_each_time() {
    let project = project("channels-undated");
    project.edit(MAY, "date: 2026-05-04 09:00\n", "");
    let calendar = exported(&project, "ics", "public/ics/maj.ics");
    assert!(calendar.contains("DTSTAMP:19700101T000000Z\r\n") && calendar.contains("SEQUENCE:0\r\n"), "{calendar}");
    exported(&project, "web", "public/maj/index.html");
    assert!(project.read("public/maj/aarsmoede.ics").contains("SEQUENCE:0\r\n"));
}
