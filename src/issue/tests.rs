use super::*;
use crate::base::value::Value;
use crate::issue::front_matter::{Archive, DraftStatus};

fn issue(text: &str) -> Issue {
    let (issue, diagnostics) = Issue::parse(&Source::new("issues/nyt.md", text), &TimeZone::UTC);
    assert_eq!(diagnostics, Diagnostics::new());
    issue.unwrap()
}

#[test]
fn an_issue_is_identified_by_its_slug_or_else_its_path() {
    assert_eq!(issue("---\nsubject: Nyt\n---\nHej\n").id.as_str(), "issues/nyt.md");
    assert_eq!(issue("---\nsubject: Nyt\nslug: nyt-1\n---\nHej\n").id.as_str(), "nyt-1");
}

#[test]
fn the_front_matter_is_read_as_written() {
    let text = "\u{feff}---\r\nsubject: {da: Nyt, en: News}\r\naudiences: [b, a]\r\nfrom: Anna <anna@forening.example>\r\n\
        date: 2026-12-01 kl. 9.00\r\nsend_until: 2026-12-01\r\ndraft: true\r\narchive: none\r\n\
        params: {tal: [1, 2.5], frist: 18. december, nr: 012, tom: }\r\n---\r\n\r\nHej\r\n---\r\n";
    let issue = issue(text);
    assert_eq!(issue.text(), "\r\nHej\r\n---\r\n");
    let front = &issue.front;
    let subject = |lang| front.subject.for_lang(lang).map(|text| text.value.as_str());
    assert_eq!(["da", "en"].map(|tag| subject(Lang::parse(tag).unwrap())), [Some("Nyt"), Some("News")]);
    let audiences: Vec<&str> = front.audiences.iter().map(|audience| audience.value.as_str()).collect();
    assert_eq!(audiences, ["b", "a"]);
    assert_eq!(front.from.as_ref().map(ToString::to_string).as_deref(), Some("Anna <anna@forening.example>"));
    assert_eq!(front.date.map(|date| date.to_string()).as_deref(), Some("2026-12-01T09:00:00Z"));
    assert_eq!(front.send_until.map(|time| time.to_string()).as_deref(), Some("2026-12-02T00:00:00Z"));
    assert_eq!(
        (front.draft, front.archive.as_ref().map(|archive| archive.value)),
        (DraftStatus::Yes, Some(Archive::None))
    );
    let params = [
        ("frist", Value::Text("18. december".into())),
        ("nr", Value::Text("012".into())),
        ("tal", Value::List(vec![Value::Integer(1), Value::Number(2.5)])),
    ];
    assert_eq!(front.params, params.map(|(key, value)| (key.to_owned(), value)).into());
}
