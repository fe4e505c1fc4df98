//! Posts and texts that come from elsewhere: a website's keys, HTML, and addresses as people paste them.

use crate::project::{MAY, Project};

const PICTURE: &[u8] = include_bytes!("../cases/bad-input/i60-no-alt/issues/kort.png");

const POST: &str = "\
---
layout: post
title: Nyt i maj
author: Anna Berg
categories: [nyt, os2]
excerpt: Det vigtigste på to minutter
description: Om bladet
last_modified_at: 2026-05-05
image: /assets/maj.jpg
slug: 2026/maj
series: [maj]
hero_text: Maj
date: Mon, 04 May 2026 09:00:00 +0200
audiences: [members]
---
Der er nyt.
";

/// The HTML and the text part of the edition of May.
fn parts(project: &Project) -> [String; 2] {
    let said = project.run("preview issues/maj.md --out shown");
    assert_eq!(said.status, 0, "{}", said.stderr);
    ["html", "txt"].map(|part| project.read(&format!("shown/members.da.{part}")))
}

#[test]
fn a_post_of_a_website_is_an_issue() {
    let project = Project::new("post").file(MAY, POST);
    let said = project.run("check issues/maj.md");
    assert_eq!(said.status, 0, "{}", said.stderr);
    let ignored = "warning[NL656]: not used in letters, since it is meant for a website: `author`, `categories`, `description`, \
                   `last_modified_at`, `image`, `slug`, `series`, `hero_text`";
    assert!(said.stderr.contains(ignored), "{}", said.stderr);
    assert_eq!(said.stderr.matches("[NL656]").count(), 1);
    let [html, _] = parts(&project);
    assert!(html.contains("Det vigtigste på to minutter"), "{html}");

    project.edit(MAY, "layout: post", "published: false");
    project.edit(MAY, "hero_text", "audience");
    let said = project.run("check issues/maj.md");
    assert!(said.stderr.contains("error[NL010]: unknown key `audience`"), "{}", said.stderr);
    project.edit(MAY, "audience: Maj\n", "");
    let said = project.run("send issues/maj.md --yes");
    assert_ne!(said.status, 0);
    assert!(said.stderr.contains("draft") && project.outbox().is_empty(), "{}", said.stderr);
}

#[test]
fn a_post_in_toml_is_the_same_issue() {
    let toml = "\
+++
title = \"Nyt i maj\" # emnet
author = 'Anna Berg'
categories = [
  \"nyt\",
  \"os2\",
]
excerpt = \"Det vigtigste på to minutter\"
date = 2026-05-04T09:00:00+02:00
draft = false
number = 12
audiences = [\"members\"]

[params]
frist = 2026-05-20
pris = \"1.234\"
+++
";
    let yaml = "\
---
title: Nyt i maj
author: Anna Berg
categories: [nyt, os2]
excerpt: Det vigtigste på to minutter
date: 2026-05-04T09:00:00+02:00
draft: false
number: 12
audiences: [members]
params: {frist: 2026-05-20, pris: \"1.234\"}
---
";
    let [of_toml, of_yaml] =
        [toml, yaml].map(|front| {
            let project = Project::new("post-toml")
                .file(MAY, format!("{front}Frist {{{{ params.frist }}}}: {{{{ params.pris }}}} kr.\n"));
            let said = project.run("check issues/maj.md");
            assert!(said.stderr.contains(
                "warning[NL656]: not used in letters, since it is meant for a website: `author`, `categories`"
            ));
            parts(&project)
        });
    assert_eq!(of_toml, of_yaml);
    assert!(of_toml[1].contains("Frist 20. maj 2026: 1.234 kr."), "{}", of_toml[1]);
}

#[test]
fn a_newsletter_with_an_unknown_key_is_refused() {
    let project = Project::new("not-a-post");
    project.edit(MAY, "audiences:", "hero_text: Maj\naudiences:");
    let said = project.run("check issues/maj.md");
    assert!(said.status == 3 && said.stderr.contains("error[NL010]: unknown key `hero_text`"), "{}", said.stderr);
}

#[test]
fn both_spellings_of_a_heading_lead_to_it() {
    let text = "## Møder {#møder}\n\n## Moeder\n\n## Frø og æbler\n\n\
                [a](#møder) [b](#moeder) [c](#frø-og-æbler) [d](#froe-og-aebler) [e](#moeder-1)\n";
    let project = Project::new("headings");
    project.edit(MAY, "Der er nyt.\n", text);
    let [html, text] = parts(&project);
    for id in ["moeder", "moeder-1", "froe-og-aebler"] {
        assert_eq!(html.matches(&format!("id=\"{id}\"")).count(), 1, "{html}");
    }
    let links = ["moeder", "moeder-1", "froe-og-aebler"].map(|id| html.matches(&format!("href=\"#{id}\"")).count());
    assert_eq!(links, [2, 1, 2]);
    assert!(!html.contains("{#") && !text.contains("{#"));
}

#[test]
fn a_picture_in_html_is_sent_with_the_letter() {
    let project = Project::new("html-picture").file("issues/kort.png", PICTURE);
    project.edit(
        MAY,
        "Der er nyt.\n",
        "<p>Hej <IMG src = \"kort.png\" alt=\"Havnen > Ann's torv\" width=\"50%\"></p>\n",
    );
    let [html, text] = parts(&project);
    assert!(html.contains("alt=\"Havnen &gt; Ann's torv\" width=\"268\""), "{html}");
    assert!(text.contains("Havnen > Ann's torv"), "{text}");
    let said = project.run("send issues/maj.md --yes");
    assert_eq!(said.status, 0, "{}", said.stderr);
    for letter in project.outbox().values() {
        assert!(letter.contains("Content-Type: image/png") && letter.contains("cid:"), "{letter}");
    }
}

#[test]
fn an_address_is_encoded_once_and_the_same_everywhere() {
    let project = Project::new("addresses");
    let links = "[a](<https://a.example/b%20c d/ø?q=100%>) <a href=\"https://a.example/æ\">b</a> https://a.example/å\n";
    project.edit(MAY, "Der er nyt.\n", links);
    let addresses =
        ["https://a.example/b%20c%20d/%C3%B8?q=100%25", "https://a.example/%C3%A6", "https://a.example/%C3%A5"];
    for part in parts(&project) {
        assert!(addresses.iter().all(|address| part.contains(address)), "{part}");
    }
    project.write("newsletter.yaml", project.read("newsletter.yaml") + "links: {utm: {source: nyt}}\n");
    let [html, text] = parts(&project);
    for address in addresses {
        let shown = |part: &str| part.replace("&amp;", "&");
        let found = shown(&html).matches(address).count();
        assert_eq!((found, shown(&text).matches(address).count()), (1, 1), "{address}");
    }
}

#[test]
fn a_subject_that_looks_encoded_arrives_as_written() {
    let project = Project::new("look-alike");
    project.edit(MAY, "subject: Nyt i maj", "subject: \"=?utf-8?q?hej?= i maj\"");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    let letters = project.outbox();
    // `=?utf-8?q?hej?= i maj` in base64.
    assert!(
        !letters.is_empty()
            && letters.values().all(|letter| letter.contains("=?utf-8?b?PT91dGYtOD9xP2hlaj89IGkgbWFq?="))
    );
}

#[test]
fn an_inbox_always_shows_the_beginning_of_the_text() {
    let project = Project::new("no-paragraph").file("issues/kort.png", PICTURE);
    project.edit(MAY, "preheader: Det vigtigste i maj\n", "");
    for (text, expected) in [
        ("## Møder i maj\n", "Møder i maj"),
        ("| By | Dag |\n|--|--|\n| Aarhus | 4. maj |\n", "By Dag Aarhus 4. maj"),
        ("<div>Kun HTML</div>\n", "Kun HTML"),
        ("![Et kort](kort.png){width=100}\n", "Et kort"),
    ] {
        let before = project.read(MAY);
        project.edit(MAY, "{{ greeting }}\n\nDer er nyt.\n", text);
        let [html, _] = parts(&project);
        let hidden =
            html.split("display:none").nth(1).and_then(|rest| rest.split_once('>')).map_or("", |(_, rest)| rest);
        assert!(hidden.replace("&nbsp;", " ").starts_with(expected), "{text}: {}", &hidden[..80]);
        project.write(MAY, before);
    }
}
