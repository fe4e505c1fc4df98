use jiff::civil::date;
use jiff::tz::TimeZone;

use crate::base::language::Lang;
use crate::edition::colour::Colour;
use crate::publish::archive::contents::{ArchiveIssue, WebArchive};
use crate::publish::archive::feed;
use crate::publish::page_frame::PageLook;

fn archive(issues: Vec<ArchiveIssue>) -> WebArchive {
    WebArchive {
        name: "Nyt & mere".into(),
        url: "https://x.example/nyt/".into(),
        lang: Lang::default(),
        look: PageLook { colour: Colour::DEFAULT, font: "Arial, sans-serif".into() },
        logo: None,
        accessibility: None,
        issues,
    }
}

fn issue(name: &str, year: i16) -> ArchiveIssue {
    ArchiveIssue {
        url: format!("https://x.example/nyt/{name}/"),
        title: name.into(),
        description: String::new(),
        lang: Lang::default(),
        number: None,
        published: date(year, 3, 1).at(9, 0, 0, 0).to_zoned_datetime(TimeZone::UTC).unwrap(),
        series: None,
        other_languages: Vec::new(),
        thumbnail: None,
    }
}

#[test]
fn a_page_of_a_year_has_the_issues_of_that_year() {
    let archive = archive(vec![issue("ny", 2027), issue("gammel", 2026)]);
    let pages = archive.pages();
    let names: Vec<&str> = pages.iter().map(|page| page.name.as_str()).collect();
    assert_eq!(names, ["index.html", "2027/index.html", "2026/index.html"]);
    let texts: Vec<String> = pages.into_iter().map(|page| String::from_utf8(page.bytes).unwrap()).collect();
    let has = |text: &str, name: &str| text.contains(&format!("{name}/\">{name}</a>"));
    assert!(has(&texts[0], "ny") && has(&texts[0], "gammel"), "{}", texts[0]);
    assert!(has(&texts[1], "ny") && !has(&texts[1], "gammel"), "{}", texts[1]);
    assert!(texts[1].contains("<title>Nyhedsbreve fra 2027 – Nyt &amp; mere</title>"), "{}", texts[1]);
    assert!(texts[1].contains("href=\"../2026/\"") && texts[1].contains("href=\"../feed.xml\""), "{}", texts[1]);
    assert!(!texts[0].contains("{{") && !texts[0].contains("undefined"), "{}", texts[0]);
}

#[test]
fn a_feed_has_the_newest_issues_and_valid_text() {
    let mut first = issue("ny", 2027);
    first.title = "Nyt\u{b} <b>& mere".into();
    let many = (0..80).map(|number| issue(&format!("nr-{number}"), 2026));
    let feed = String::from_utf8(feed::file(&archive(std::iter::once(first).chain(many).collect())).bytes).unwrap();
    assert_eq!(feed.matches("<entry>").count(), 50);
    assert!(feed.contains("<title>Nyt &lt;b&gt;&amp; mere</title>"), "{feed}");
    assert!(feed.contains("<updated>2027-03-01T09:00:00+00:00</updated>"), "{feed}");
}

#[test]
fn an_archive_without_issues_is_valid() {
    let archive = archive(Vec::new());
    let index = String::from_utf8(archive.pages().remove(0).bytes).unwrap();
    assert!(index.contains("Der er ingen nyhedsbreve endnu."), "{index}");
    let feed = String::from_utf8(feed::file(&archive).bytes).unwrap();
    assert!(feed.contains("<updated>1970-01-01T00:00:00Z</updated>") && !feed.contains("<entry"), "{feed}");
}
