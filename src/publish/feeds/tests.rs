//! Tests with feeds as programs write them, and with hostile ones.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::text::Source;
use crate::publish::feeds::FeedText;
use crate::publish::news::item::{MOST_ITEMS, NewsItem};

/// The items of a feed, and the codes and messages of its problems.
struct ReadFeed {
    items: Option<Vec<NewsItem>>,
    problems: Vec<String>,
}

fn read(text: &str) -> ReadFeed {
    read_from(text, None)
}

fn read_from(text: &str, address: Option<&str>) -> ReadFeed {
    let source = Source::new("feed.xml", text);
    let zone = TimeZone::get("Europe/Copenhagen").unwrap();
    let now: Timestamp = "2026-11-29T12:00:00Z".parse().unwrap();
    let mut diagnostics = Diagnostics::new();
    let items = FeedText { source: &source, address, zone: &zone, now }.items(&mut diagnostics);
    let problems = diagnostics.iter().map(|problem| format!("{} {}", problem.code.0, problem.message)).collect();
    ReadFeed { items, problems }
}

/// The fields of each item on a line, and then the problems.
fn lines(text: &str) -> Vec<String> {
    let ReadFeed { items, problems } = read(text);
    let line = |item: NewsItem| {
        let published = item.published.map_or_else(|| "?".to_owned(), |moment| moment.to_string());
        format!("{} | {} | {} | {} | {published}", item.id, item.title, item.summary, item.link.unwrap_or_default())
    };
    items.unwrap_or_default().into_iter().map(line).chain(problems).collect()
}

fn rss(items: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>Nyt</title><link>https://a.example/</link>{items}</channel></rss>")
}

#[test]
fn atom_is_read() {
    let feed = "<?xml version=\"1.0\" encoding=\"utf-8\"?>
<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:media=\"http://search.yahoo.com/mrss/\" xml:base=\"https://a.example/nyt/\">
  <title>Nyt</title><link rel=\"self\" href=\"feed.xml\"/><link href=\"/\"/><id>tag:a.example,2026:feed</id>
  <author><name>Anna</name></author>
  <entry>
    <id>tag:a.example,2026:1</id><title type=\"text\">1 &lt; 2 &amp; <![CDATA[<b>]]></title>
    <link rel=\"enclosure\" href=\"lyd.mp3\"/><link rel=\"alternate\" href=\"et\"/>
    <published>2026-11-03T10:00:00+01:00</published><updated>2026-11-04T10:00:00Z</updated>
    <media:title>Et billede</media:title><author><title>Ikke denne</title></author>
    <summary type=\"html\">&lt;p&gt;F&amp;oslash;rste &lt;b&gt;a&lt;/b&gt;fsnit.&lt;/p&gt;</summary>
  </entry>
  <entry xml:base=\"to/\">
    <id>2</id><title type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">To <em>g</em>ange &lt;i&gt;</div></title>
    <link href=\"side\"/><updated>2026-11-02T10:00:00Z</updated>
    <content type=\"image/png\">AAAA</content>
  </entry>
</feed>";
    let expected = [
        "tag:a.example,2026:1 | 1 < 2 & <b> | Første afsnit. | https://a.example/nyt/et | 2026-11-03T09:00:00Z",
        "/ 2 | To gange <i> |  |  | 2026-11-02T10:00:00Z",
        "NL844 the link of `To gange <i>` is left out: it is relative, and the feed has no address",
    ];
    assert_eq!(lines(feed), expected);
    // An `xml:base` that is relative is so to the address of the feed.
    let items = read_from(feed, Some("https://b.example/x/feed.xml")).items.unwrap();
    assert_eq!(items[1].link.as_deref(), Some("https://b.example/x/to/side"));
}

#[test]
fn rss_is_read() {
    let feed = "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"d\" xmlns:atom=\"a\">
<channel><title>Nyt</title><atom:link href=\"https://a.example/feed\" rel=\"self\"/><link>https://a.example/</link>
<image><title>Logo</title><link>https://logo.example/</link></image>
<item><title>R&#248;d &amp;amp; hvid &oslash; &ukendt;</title><link>/et</link><guid isPermaLink=\"false\">17</guid>
  <pubDate>Tue, 03 Nov 2026 10:00:00 GMT</pubDate><description></description>
  <content:encoded><![CDATA[<p>Hele teksten.</p><p>Mere.</p>]]></content:encoded></item>
<item><guid>https://a.example/to</guid><description>Kun en tekst &amp;#91;&amp;#8230;] The post appeared first.</description><dc:date>2026-11-01</dc:date></item>
<item><title>Uden id</title></item>
</channel></rss>";
    let expected = [
        "https://a.example/ 17 | Rød & hvid ø &ukendt; | Hele teksten. Mere. | https://a.example/et | 2026-11-03T10:00:00Z",
        "https://a.example/to | Kun en tekst … |  | https://a.example/to | 2026-10-31T23:00:00Z",
        "sha256:",
    ];
    let lines = lines(feed);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines.iter().zip(expected).all(|(line, start)| line.starts_with(start)), "{lines:#?}");
}

#[test]
fn a_title_that_is_a_version_has_the_name_of_the_feed() {
    let item = |title: &str| format!("<item><title>{title}</title></item>");
    let titles = ["v2.0.0", "2.0.0-rc.1", "v3", "2026", "v2 er her", "Nyt ::: only board"].map(item).concat();
    let items = read(&rss(&titles)).items.unwrap();
    let titles: Vec<&str> = items.iter().map(|item| item.title.as_str()).collect();
    assert_eq!(titles, ["Nyt: v2.0.0", "Nyt: 2.0.0-rc.1", "Nyt: v3", "2026", "v2 er her", "Nyt only board"]);
}

#[test]
fn rss_1_is_read() {
    let feed = "<rdf:RDF xmlns:rdf=\"r\" xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"d\"><channel rdf:about=\"https://a.example/\">
<title>Nyt</title><link>https://a.example/</link><items><rdf:Seq/></items></channel>
<item rdf:about=\"https://a.example/et\"><title>Et</title><link>https://a.example/et</link><dc:date>2026-11-03T10:00+01:00</dc:date></item>
</rdf:RDF>";
    assert_eq!(lines(feed), ["https://a.example/et | Et |  | https://a.example/et | 2026-11-03T09:00:00Z"]);
}

#[test]
fn what_is_wrong_with_an_item_is_reported_and_the_item_kept() {
    let feed = rss(
        "<item><title>Et</title><guid>1</guid><pubDate>i går</pubDate><link>javascript:alert(1)</link></item>\
         <item><title>To</title><guid>1</guid></item>\
         <item><title>Tre</title><guid>3</guid><pubDate>Tue, 03 Nov 2099 10:00:00 GMT</pubDate><link>https://x:y@a.example/</link></item>\
         <item><guid>4</guid></item>",
    );
    let expected = [
        "https://a.example/ 1 | Et |  |  | ?",
        "https://a.example/ 3 | Tre |  |  | ?",
        "NL844 the link of `Et` is left out: it is not an `https:` address",
        "NL842 the date of `Et` cannot be read: i går",
        "NL843 `To` has the id of an item above it, and is left out",
        "NL844 the link of `Tre` is left out: it has a user name or a password",
        "NL842 the date of `Tre` is in the future: Tue, 03 Nov 2099 10:00:00 GMT",
        "NL845 an item has neither a title nor a text, and is left out",
    ];
    assert_eq!(lines(&feed), expected);
}

#[test]
fn a_file_that_is_not_a_feed_is_refused() {
    for (text, problem) in [
        ("", "NL840 feed.xml is not a feed: it does not begin with `<`"),
        ("{\"version\": \"https://jsonfeed.org\"}", "NL840 feed.xml is not a feed: it does not begin with `<`"),
        ("<!doctype html><html>", "NL840 this is a web page, not a feed"),
        ("<opml version='2.0'/>", "NL840 this is not a feed: its first element is `opml`"),
        ("<rss><channel>", "NL841 the feed is not well-formed XML: it ends too early"),
        ("<!-- -->", "NL841 the feed is not well-formed XML: it ends too early"),
    ] {
        let feed = read(text);
        assert_eq!((feed.items, feed.problems), (None, vec![problem.to_owned()]), "{text}");
    }
    for text in [
        "<rss></channel></rss>",
        "<rss><channel",
        "<rss><![CDATA[",
        "<rss><!--",
        "<rss><?x",
        "<rss a='",
        "<!DOCTYPE rss [",
    ] {
        let feed = read(text);
        assert!(feed.items.is_none() && feed.problems[0].starts_with("NL841"), "{text}: {:?}", feed.problems);
    }
    assert_eq!(read(&rss("")).items, Some(Vec::new()));
}

#[test]
fn declared_entities_do_not_grow() {
    let bomb = "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\"><!ENTITY fil SYSTEM \"file:///etc/passwd\">]>";
    let feed = read(&format!("{bomb}{}", rss("<item><title>&b; &fil;</title><guid>1</guid></item>")));
    assert_eq!(feed.items.unwrap()[0].title, "&b; &fil;");
    assert_eq!(feed.problems, ["NL847 the feed declares its own entities, which are not read"]);
}

/// Each takes less than a second: what is slow here takes hours.
#[test]
fn the_worst_feeds_take_no_longer_than_others() {
    let item = "<item><title>x</title></item>";
    let many = read(&rss(&item.repeat(100_000)));
    assert_eq!(
        many.problems.first().unwrap(),
        &format!("NL846 the feed has more than {MOST_ITEMS} items: the rest is not read")
    );
    let deep = read(&rss(&"<a>".repeat(1_000_000)));
    assert_eq!(deep.problems, ["NL841 the feed is not well-formed XML: more than 200 elements are inside each other"]);
    let attributes = " a='x'".repeat(100_000);
    assert_eq!(read(&rss(&format!("<item><title{attributes}>x</title></item>"))).items.unwrap().len(), 1);
    let items = format!("<item><title>x</title><description>{}</description></item>", "&lt;a href=\"".repeat(1000));
    assert_eq!(read(&rss(&items.repeat(100))).items.unwrap().len(), 1);
    for text in ["&lt;", "&lt;a href=\"", "&lt;script>", "&lt;!--", "&amp;", "a", "<b/>"] {
        let text = text.repeat(500_000 / text.len());
        let feed =
            read(&rss(&format!("<item><title>{text}</title><guid>1</guid><description>{text}</description></item>")));
        assert!(feed.items.unwrap().len() <= 1);
    }
}

#[test]
fn a_problem_that_all_items_have_is_counted() {
    let item = "<item><title>x</title><guid>1</guid></item>\n";
    let problems = read(&rss(&item.repeat(100))).problems;
    assert_eq!((problems.len(), problems.last().unwrap().as_str()), (21, "NL843 79 more items have the same problem"));
}
