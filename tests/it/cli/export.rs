//! `export`: the web page of an issue, and the links from its letters.

use serde_json::Value;

use crate::project::{ISSUE, MAY, Project, SETTINGS, files, has_extension};

const ARCHIVE: &str = "archive_url: https://nyt.forening.example/{issue}\n";
const BODY: &str = "\
::: only members
Kun medlemmerne får at vide, at kontingentet falder til foråret.
:::

::: not board
Bestyrelsen skal ikke læse denne lange sætning om bestyrelsen.
:::

::: only web
Du læser med på nettet.
:::

## Mere

::: more Hele historien på én gang
Resten af historien står her.
:::

::: more
Og resten af resten.
:::

Vi ses{% if first_name %}, {{ first_name }}{% endif %}, i {{ organisation|default('foreningen') }}!

::: event Årsmøde
tid: 21. januar 2027 kl. 9.30
:::

![Et kort](kort.png)
";

fn project(name: &str, body: &str) -> Project {
    let issue = ISSUE.replace("date:", "archive: public\ndate:").replace("Der er nyt.", body);
    let picture = include_bytes!("../../cases/bad-input/i60-no-alt/issues/kort.png");
    let project = Project::new(name)
        .file("newsletter.yaml", format!("{SETTINGS}{ARCHIVE}"))
        .audience("board", &["Dorte <dorte@d.example>"])
        .file(MAY, issue)
        .file("issues/kort.png", picture);
    project.edit("audiences/members.yaml", "first_name: Anna", "first_name: Anna\n    organisation: Foreningen");
    project
}

#[test]
fn a_page_contains_what_everyone_may_read() {
    let project = project("export-page", BODY);
    project
        .run("export issues/maj.md --to web")
        .succeeds_with("da  https://nyt.forening.example/maj/\n1 page in DIR/public\n");
    let written = files(&project.path("public"));
    let [_, picture, event, page] = &written[..] else { panic!("{written:?}") };
    assert!(picture.starts_with("maj/") && has_extension(picture, "png"), "{picture}");
    assert_eq!([event.as_str(), page.as_str()], ["maj/aarsmoede.ics", "maj/index.html"]);
    let html = project.read("public/maj/index.html");
    for there in [
        "Du læser med på nettet.",
        "Resten af historien står her.",
        "<div id=\"hele-historien-paa-en-gang\"></div>",
        "id=\"mere\"",
        "Vi ses, i foreningen!",
        "<p style=\"margin:0 0 16px\">Hej</p>",
        "<meta name=\"description\" content=\"Det vigtigste i maj\">",
        "href=\"aarsmoede.ics\"",
        "Læg i kalenderen",
        &format!("src=\"{}\"", picture.trim_start_matches("maj/")),
    ] {
        assert!(html.contains(there), "{there}: {html}");
    }
    for absent in ["kontingentet", "Bestyrelsen", "Afmeld", "Du får mailen", "Læs i browser", "cid:", "display:none"]
    {
        assert!(!html.contains(absent), "{absent}: {html}");
    }
    let before = html;
    project.run("export issues/maj.md --to web --out again --json");
    assert_eq!(project.read("again/maj/index.html"), before);
}

#[test]
fn letters_link_to_the_page() {
    let project = project("export-letters", BODY);
    project.run("preview issues/maj.md --out out");
    let (html, text) = (project.read("out/members.da.html"), project.read("out/members.da.txt"));
    for link in [
        "https://nyt.forening.example/maj/\"",
        "https://nyt.forening.example/maj/#hele-historien-paa-en-gang\"",
        "https://nyt.forening.example/maj/#mere\"",
    ] {
        assert!(html.contains(link), "{html}");
    }
    assert!(text.contains("Læs i browser: https://nyt.forening.example/maj/\n"), "{text}");
    assert!(!html.contains("Resten af historien") && !html.contains("Du læser med"), "{html}");
    project.edit(MAY, "archive: public", "archive: none");
    project.run("preview issues/maj.md --out none");
    let html = project.read("none/members.da.html");
    assert!(html.contains("Resten af historien") && !html.contains("nyt.forening.example/maj"), "{html}");
}

#[test]
fn each_language_has_its_page_and_its_letters_link_there() {
    let project = project("export-languages", "::: lang da\nGoddag.\n:::\n\n::: lang en\nGood day.\n:::");
    project.edit(MAY, "subject: Nyt i maj", "slug: Nyt-5\nsubject: {da: Nyt i maj, en: News in May}");
    project.edit(MAY, "preheader: Det vigtigste i maj", "preheader: {da: Det vigtigste, en: What matters}");
    project.edit("audiences/members.yaml", "first_name: Bo", "first_name: Bo\n    lang: en");
    let output = project.run("export issues/maj.md --to web --json");
    let json: Value = serde_json::from_str(output.stdout.lines().last().unwrap()).unwrap();
    let pages: Vec<_> =
        json["pages"].as_array().unwrap().iter().map(|page| (&page["lang"], &page["url"], &page["files"][0])).collect();
    assert_eq!(
        serde_json::json!(pages),
        serde_json::json!([
            ["da", "https://nyt.forening.example/nyt-5/", "nyt-5/index.html"],
            ["en", "https://nyt.forening.example/nyt-5/en/", "nyt-5/en/index.html"]
        ])
    );
    let page = project.read("public/nyt-5/en/index.html");
    assert!(page.contains("Good day.") && page.contains("<title>News in May</title>") && !page.contains("Goddag"));
    project.run("preview issues/maj.md --out out");
    assert!(
        project.read("out/members.en.txt").contains("Read in your browser: https://nyt.forening.example/nyt-5/en/\n")
    );
}

#[test]
fn values_without_default_are_reported_before_sending() {
    let project =
        project("export-personal", "Til {{ first_name }} hos\n{{ organisation }}. [Afmeld mig]({{ unsubscribe_url }})");
    for command in ["check issues/maj.md", "send issues/maj.md --yes", "export issues/maj.md --to web"] {
        let output = project.run(command);
        assert_eq!(output.status, 3, "{command}: {}", output.stderr);
        for reported in [
            "error[NL633]: `first_name` has no value on the web page, which has no recipient\n  --> issues/maj.md:10:5",
            "error[NL633]: `organisation` has no value on the web page, which has no recipient\n  --> issues/maj.md:11:1",
            "error[NL633]: a web page has no recipient to unsubscribe, but the text has a link for it\n  --> issues/maj.md:11:",
        ] {
            assert!(output.stderr.contains(reported), "{command}: {}", output.stderr);
        }
    }
    assert!(!project.path("public").exists() && !project.path("outbox").exists());
}

#[test]
fn a_page_with_a_leak_is_not_written() {
    let project = project("export-leak", BODY);
    project.edit(MAY, "Det vigtigste i maj", "Kun medlemmerne får at vide, at kontingentet falder til foråret.");
    let leak = "is not for the edition web.da.not-board, but is in its preheader";
    for command in ["export issues/maj.md --to web", "check issues/maj.md"] {
        let output = project.run(command);
        assert_eq!(output.status, 3, "{command}: {}", output.stderr);
        assert!(output.stderr.contains("error[NL610]") && output.stderr.contains(leak), "{command}: {}", output.stderr);
    }
    assert!(!project.path("public").exists());
}

#[test]
fn only_public_issues_are_exported() {
    let project = project("export-none", "Der er nyt.");
    project.edit(MAY, "archive: public\n", "");
    project
        .run("export issues/maj.md --to web")
        .fails_with(3, "issues/maj.md is not public: add `archive: public` to its front matter to put it on the web");
    project.edit(MAY, "date:", "archive: public\ndate:");
    project.edit("newsletter.yaml", ARCHIVE, "");
    let output = project.run("export issues/maj.md --to web");
    assert_eq!((output.status, output.stdout.as_str()), (0, "da  maj/index.html\n1 page in DIR/public\n"));
    let reported =
        "warning[NL632]: newsletter.yaml has no `archive_url`, so letters cannot link to the web page of this issue";
    assert!(output.stderr.starts_with(reported), "{}", output.stderr);
}

#[test]
fn an_audience_cannot_have_the_name_of_a_channel() {
    let project = Project::new("export-channel").audience("web", &["Dorte <dorte@d.example>"]);
    let output = project.run("check");
    assert_eq!(output.status, 3);
    let reported =
        "error[NL634]: an audience cannot be named `web`: `::: only web` is for a channel\n --> audiences/web.yaml:1:1";
    assert!(output.stderr.contains(reported), "{}", output.stderr);
}

#[test]
fn a_theme_must_work_without_an_unsubscribe_link() {
    let project = project("export-theme", "Der er nyt.");
    let footer = include_str!("../../../templates/default/footer.html");
    project.write("templates/default/footer.html", footer.replace("{% if unsubscribe ", "{% if true or unsubscribe "));
    let output = project.run("export issues/maj.md --to web");
    assert_eq!(output.status, 3);
    let reported = "error[NL635]: the theme has an unsubscribe link on web pages, where it leads nowhere\n --> templates/default/newsletter.html:1:1";
    assert!(output.stderr.contains(reported), "{}", output.stderr);
}

#[test]
fn every_anchor_that_letters_link_to_exists() {
    let body = "## Æbler *og* {#frugt}\n\n::: more\nEt.\n:::\n\n## Nyt & `kode`\n\n::: more\nTo.\n:::\n\n\
        ## Øl\n\n### Nyt & `kode`\n\n::: more\nTre.\n:::\n\n::: more Øl\nFire.\n:::\n\n::: more \"Citat\" & mere\nFem.\n:::\n";
    let project = project("export-places", body);
    assert_eq!(project.run("export issues/maj.md --to web").status, 0);
    assert_eq!(project.run("preview issues/maj.md --out shown").status, 0);
    let (page, letter) = (project.read("public/maj/index.html"), project.read("shown/members.da.html"));
    let ids: Vec<&str> =
        page.split("id=\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|rest| rest.0).collect();
    let place = |href: &str| {
        let bytes = href.split('"').next().unwrap().replace("&amp;", "&");
        percent_decoded(bytes.strip_prefix("https://nyt.forening.example/maj/").unwrap().trim_start_matches('#'))
    };
    let places: Vec<String> =
        letter.split("href=\"").skip(1).filter(|place| place.contains("/maj/")).map(place).collect();
    let named: Vec<&String> = places.iter().filter(|place| !place.is_empty()).collect();
    assert_eq!(named, ["frugt", "nyt--kode", "oel", "citat--mere"], "{letter}");
    for name in named {
        assert_eq!(ids.iter().filter(|id| *id == name).count(), 1, "{name}: {ids:?}");
    }
}

fn percent_decoded(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend(&piece.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_unsubscribe_page_is_written_in_each_language() {
    let project = Project::new("export-unsubscribe");
    let missing = "newsletter.yaml has no `url` under `unsubscribe:`: no letter would link to the page";
    project.run("export --to unsubscribe").fails_with(3, missing);
    let page = "unsubscribe: {url: \"https://forening.example/afmeld/{token}\", access_log: access.log}\n";
    project.write("newsletter.yaml", format!("{SETTINGS}{page}"));
    let langs = ["da", "en", "de", "nb", "sv"];
    let listed: Vec<String> =
        langs.iter().map(|lang| format!("{lang}  unsubscribe.{lang}.html  unsubscribed.{lang}.html\n")).collect();
    let listed = listed.concat();
    project.run("export --to unsubscribe").succeeds_with(&format!("{listed}10 pages in DIR/public/unsubscribe\n"));
    for lang in langs {
        let button = project.read(&format!("public/unsubscribe/unsubscribe.{lang}.html"));
        assert!(button.contains("<form method=\"post\">") && button.matches("<button").count() == 1, "{button}");
        let left = project.read(&format!("public/unsubscribe/unsubscribed.{lang}.html"));
        assert!(!left.contains("<form") && left.contains("mailto:nyt@forening.example"), "{left}");
        for page in [button, left] {
            assert!(page.contains(&format!("<html lang=\"{lang}\">")) && !page.contains("<script"), "{page}");
        }
    }
    let json: Value = serde_json::from_str(&project.run("export --to unsubscribe --out web --json").stdout).unwrap();
    assert_eq!(json["pages"][0]["files"][1], "unsubscribed.da.html");
    let refused = "`--to unsubscribe` takes no issue: the page is the same for all issues";
    project.run(&format!("export {MAY} --to unsubscribe")).fails_with(3, refused);
    assert_eq!(project.run("export --to web").status, 2);
}
