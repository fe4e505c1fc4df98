//! `export --all --to web`: the archive of all public issues.

use serde_json::Value;

use crate::project::{ISSUE, MAY, Project, SETTINGS, files};

const ARCHIVE: &str = "archive_url: https://x.example/nyt/{issue}/\n";
const ALL: &str = "export --all --to web";
const PICTURE: &[u8] = include_bytes!("../../cases/bad-input/i60-no-alt/issues/kort.png");

/// An issue with a subject, more front matter, and a date.
fn issue(subject: &str, front: &str) -> String {
    ISSUE.replace("date: 2026-05-04 09:00", front).replace("Nyt i maj", subject)
}

/// A project with an issue of 2025, one of 2026 in two languages, a draft, one of the future, and one for members.
fn project(name: &str) -> Project {
    let may = "archive: public\ndate: 2026-05-04 09:00\nimage: {file: kort.png, alt: Et kort}\nnumber: 5";
    Project::new(name)
        .file("newsletter.yaml", format!("{SETTINGS}{ARCHIVE}"))
        .file(MAY, issue("Nyt i maj", may))
        .file("issues/maj.en.md", "---\nsubject: News in May\npreheader: What matters in May\n---\nThere is news.\n")
        .file("issues/kort.png", PICTURE)
        .file("issues/jul.md", issue("God jul & <godt> nytår", "archive: public\ndate: 2025-12-20 09:00"))
        .file("issues/kladde.md", issue("Kladde", "archive: public\ndraft: true"))
        .file("issues/senere.md", issue("Senere", "archive: public\ndate: 2999-01-01 09:00"))
        .file("issues/intern.md", issue("Kun for medlemmer", "archive: members\ndate: 2026-04-01 09:00"))
}

#[test]
fn the_archive_has_every_published_public_issue() {
    let project = project("archive-all");
    let output = project.run(ALL);
    output.is(
        0,
        "issues/maj.md  https://x.example/nyt/maj/  https://x.example/nyt/maj/en/\n\
         issues/jul.md  https://x.example/nyt/jul/\n2 issues in DIR/public\n",
        "issues/kladde.md is not in the archive yet: it is a draft\n\
         issues/senere.md is not in the archive yet: its time is 2999-01-01 09:00\n",
    );
    let written = files(&project.path("public"));
    let pages: Vec<&String> = written.iter().filter(|file| !file.contains(".jpg") && !file.contains(".png")).collect();
    assert_eq!(
        pages,
        [
            ".newsletter-export.json",
            "2025/index.html",
            "2026/index.html",
            "feed.xml",
            "index.html",
            "jul/index.html",
            "maj/en/index.html",
            "maj/index.html"
        ]
    );
    let index = project.read("public/index.html");
    for there in [
        "<h1>Alle nyhedsbreve</h1>",
        "<a href=\"maj/\">Nyt i maj</a>",
        "<a href=\"maj/en/\" hreflang=\"en\" lang=\"en\">English</a>",
        "God jul &amp; &lt;godt&gt; nyt\u{e5}r",
        "<a href=\"2025/\">2025</a>",
        "<link rel=\"canonical\" href=\"https://x.example/nyt/\">",
        "<time datetime=\"2026-05-04\">4. maj 2026</time> · Nr. 5",
    ] {
        assert!(index.contains(there), "{there}: {index}");
    }
    assert!(index.find("Nyt i maj") < index.find("God jul"));
    let year = project.read("public/2025/index.html");
    assert!(year.contains("href=\"../jul/\"") && year.contains("<h1>Nyhedsbreve fra 2025</h1>"), "{year}");
    for page in pages.iter().filter(|file| !file.starts_with('.')) {
        let text = project.read(&format!("public/{page}"));
        for absent in ["Kladde", "Senere", "Kun for medlemmer", "<script", "anna@a.example"] {
            assert!(!text.contains(absent), "{page}: {absent}");
        }
    }
    let before =
        written.iter().map(|file| std::fs::read(project.path("public").join(file)).unwrap()).collect::<Vec<_>>();
    assert_eq!(project.run(&format!("{ALL} --out again")).status, 0);
    let again = written.iter().map(|file| std::fs::read(project.path("again").join(file)).unwrap()).collect::<Vec<_>>();
    assert!(before == again, "the same archive has the same bytes");
}

#[test]
fn a_page_says_what_it_is_to_other_sites() {
    let project = project("archive-head");
    assert_eq!(project.run(ALL).status, 0);
    let page = project.read("public/maj/index.html");
    let picture = page.split("og:image\" content=\"").nth(1).unwrap().split('"').next().unwrap();
    let name = picture.strip_prefix("https://x.example/nyt/maj/").unwrap();
    let jpeg = std::fs::read(project.path("public/maj").join(name)).unwrap();
    // SOF0: height and width, two bytes each.
    let at = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap() + 5;
    let number = |at: usize| u16::from_be_bytes([jpeg[at], jpeg[at + 1]]);
    assert_eq!((number(at + 2), number(at)), (1200, 627));
    for there in [
        "<meta property=\"og:type\" content=\"article\">",
        "<meta property=\"og:title\" content=\"Nyt i maj\">",
        "<meta property=\"og:description\" content=\"Det vigtigste i maj\">",
        "<meta property=\"og:url\" content=\"https://x.example/nyt/maj/\">",
        "<meta property=\"og:locale\" content=\"da_DK\">",
        "<meta property=\"og:locale:alternate\" content=\"en_GB\">",
        "<meta property=\"article:published_time\" content=\"2026-05-04T09:00:00+02:00\">",
        "<meta property=\"og:image:width\" content=\"1200\">",
        "<meta property=\"og:image:height\" content=\"627\">",
        "<meta property=\"og:image:alt\" content=\"Et kort\">",
        "<link rel=\"canonical\" href=\"https://x.example/nyt/maj/\">",
        "<link rel=\"alternate\" hreflang=\"da\" href=\"https://x.example/nyt/maj/\">",
        "<link rel=\"alternate\" hreflang=\"en\" href=\"https://x.example/nyt/maj/en/\">",
        "<link rel=\"alternate\" hreflang=\"x-default\" href=\"https://x.example/nyt/maj/\">",
        "<a href=\"https://x.example/nyt/maj/en/\" hreflang=\"en\" lang=\"en\">English</a>",
        "<a href=\"https://x.example/nyt/\">Alle nyhedsbreve</a>",
        "@media print",
    ] {
        assert_eq!(page.matches(there).count(), 1, "{there}: {page}");
    }
    assert_eq!(page.matches("name=\"description\"").count(), 1);
    let english = project.read("public/maj/en/index.html");
    assert!(english.contains("<meta property=\"og:title\" content=\"News in May\">"), "{english}");
    assert!(english.contains("<link rel=\"canonical\" href=\"https://x.example/nyt/maj/en/\">"), "{english}");
}

#[test]
fn a_page_links_to_the_archive_and_the_statement_where_they_are() {
    let project = project("archive-links");
    let single = "export issues/maj.md --to web";
    assert_eq!(project.run(single).status, 0);
    assert!(!project.read("public/maj/index.html").contains("Alle nyhedsbreve"), "there is no index yet");
    project.write(
        "newsletter.yaml",
        format!("{SETTINGS}{ARCHIVE}web: {{accessibility_statement: https://forening.example/was}}\n"),
    );
    assert_eq!(project.run(ALL).status, 0);
    let statement = "<a href=\"https://forening.example/was\">Tilgængelighedserklæring</a>";
    for file in ["maj/index.html", "index.html", "2026/index.html"] {
        assert!(project.read(&format!("public/{file}")).contains(statement), "{file}");
    }
    let before = project.read("public/maj/index.html");
    let output = project.run(single);
    let note = "the index and the feed are as they were: `newsletter export --all --to web` updates them\n";
    assert!(output.status == 0 && output.stderr.ends_with(note), "{}", output.stderr);
    assert_eq!(project.read("public/maj/index.html"), before);
}

#[test]
fn a_withdrawn_issue_disappears() {
    let project = project("archive-withdrawn");
    assert_eq!(project.run(ALL).status, 0);
    project.edit("issues/jul.md", "archive: public", "archive: none");
    let output = project.run(ALL);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stdout.contains("removed 2025/index.html\nremoved jul/index.html\n"), "{}", output.stdout);
    assert!(!project.path("public/jul").exists() && !project.path("public/2025").exists());
    for file in ["index.html", "feed.xml", "2026/index.html"] {
        assert!(!project.read(&format!("public/{file}")).contains("God jul"), "{file}");
    }
    // An issue that is not published yet keeps the page that it was exported to for its letters.
    assert_eq!(project.run("export issues/senere.md --to web").status, 0);
    assert_eq!(project.run(ALL).status, 0);
    assert!(project.path("public/senere/index.html").exists());
    std::fs::remove_file(project.path("issues/senere.md")).unwrap();
    project.edit("public/maj/en/index.html", "There is news.", "There is news today.");
    std::fs::remove_file(project.path("issues/maj.en.md")).unwrap();
    let output = project.run(ALL);
    assert_eq!(output.status, 1);
    assert!(!project.path("public/senere").exists());
    let kept = "error: DIR/public/maj/en/index.html was kept: it is not exported any more, but it was changed";
    assert!(output.stderr.contains(kept), "{}", output.stderr);
}

#[test]
fn the_feed_has_stable_ids_and_times() {
    let project = project("archive-feed");
    assert_eq!(project.run("export --to atom --out feed").status, 0);
    assert_eq!(files(&project.path("feed")), [".newsletter-export.json", "feed.xml"]);
    let feed = project.read("feed/feed.xml");
    for there in [
        "<id>https://x.example/nyt/</id>\n<title>Nyt fra foreningen</title>\n<updated>2026-05-04T09:00:00+02:00</updated>",
        "<link rel=\"self\" type=\"application/atom+xml\" href=\"https://x.example/nyt/feed.xml\"/>",
        "<id>https://x.example/nyt/maj/</id>\n<title>Nyt i maj</title>\n<published>2026-05-04T09:00:00+02:00</published>",
        "<id>https://x.example/nyt/jul/</id>\n<title>God jul &amp; &lt;godt&gt; nytår</title>",
        "<link rel=\"alternate\" type=\"text/html\" hreflang=\"da\" href=\"https://x.example/nyt/maj/\"/>",
        "<summary>Det vigtigste i maj</summary>",
    ] {
        assert!(feed.contains(there), "{there}: {feed}");
    }
    assert_eq!(project.run(ALL).status, 0);
    assert_eq!(project.read("public/feed.xml"), feed);
    project.run("export issues/maj.md --to atom").fails_with(3, "`--to atom` takes no issue: the feed has all of them");
}

#[test]
fn an_issue_that_is_not_approved_is_not_in_the_archive() {
    let project = project("archive-approval");
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", format!("{settings}approval: required\n"));
    let output = project.run(&format!("{ALL} --json"));
    assert_eq!(output.status, 0, "{}", output.stderr);
    let json: Value = serde_json::from_str(output.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(json["issues"], serde_json::json!([]));
    let waiting = json["waiting"].as_array().unwrap();
    assert!(waiting[0]["reason"].as_str().unwrap().contains("is not approved"), "{waiting:?}");
    let index = project.read("public/index.html");
    assert!(index.contains("Der er ingen nyhedsbreve endnu."), "{index}");
}

#[test]
fn a_series_is_marked() {
    let project = project("archive-series");
    let settings = project.read("newsletter.yaml");
    let series = "series:\n  medcom: {name: Nyt fra Medcom, audiences: [members]}\n";
    project.write("newsletter.yaml", format!("{settings}{series}"));
    project.edit("issues/jul.md", "archive: public", "series: medcom\narchive: public");
    let output = project.run(ALL);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(project.read("public/index.html").contains("<span class=\"series\">Nyt fra Medcom</span>"));
    assert!(project.read("public/feed.xml").contains("<category term=\"Nyt fra Medcom\"/>"));
    assert!(
        project.read("public/jul/index.html").contains("<meta property=\"og:site_name\" content=\"Nyt fra Medcom\">")
    );
}

#[test]
fn an_error_in_one_issue_leaves_the_archive_as_it_is() {
    let project = project("archive-error");
    assert_eq!(project.run(ALL).status, 0);
    let before = project.read("public/index.html");
    project.edit("issues/jul.md", "Der er nyt.", "Der er nyt, {{ organisation }}.");
    project.edit(MAY, "Nyt i maj", "Nyt i juni");
    let output = project.run(ALL);
    assert_eq!(output.status, 3);
    assert!(output.stderr.contains("error[NL633]"), "{}", output.stderr);
    assert_eq!(project.read("public/index.html"), before);
}

#[test]
fn the_events_of_an_issue_are_one_calendar() {
    let project = project("archive-ics");
    let events = "::: event Årsmøde\ntid: 21. januar 2027 kl. 9.30\n:::\n\n::: only members\n::: event Hemmeligt\n\
                  tid: 1. februar 2027\n:::\n:::\n\n::: event Sommerlejr\ntid: 6.-8. juli 2027\n:::";
    project.edit(
        "issues/jul.md",
        "Der er nyt.",
        &events.replacen("::: only", "::::: only", 1).replace(":::\n:::\n", ":::\n:::::\n"),
    );
    project.run("export issues/jul.md --to ics").succeeds_with("jul.ics  2 events\n1 file in DIR/public/ics\n");
    let calendar = project.read("public/ics/jul.ics");
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 2, "{calendar}");
    assert!(calendar.contains("X-WR-CALNAME:God jul & <godt> nytår\r\n") && !calendar.contains("METHOD"), "{calendar}");
    assert!(!calendar.contains("Hemmeligt"), "{calendar}");
    project.run("preview issues/jul.md --out letters");
    let uid = |text: &str| text.lines().filter(|line| line.starts_with("UID:")).map(str::to_owned).collect::<Vec<_>>();
    assert!(uid(&calendar).contains(&uid(&project.read("letters/members.da.sommerlejr.ics"))[0]));
    let none = "issues/kladde.md has no event on its page: write one with `::: event`";
    project.run("export issues/kladde.md --to ics").fails_with(3, none);
}
