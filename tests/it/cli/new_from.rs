//! `new --from`: drafts that are made of the news of feeds and folders.

use std::collections::BTreeSet;
use std::fmt::Write;

use quoted_printable::ParseMode;
use serde_json::Value;

use crate::online::{encrypted_server, proxy};
use crate::project::{Project, files};

/// A feed with this many items, the newest first, one for each day from 1 May 2026 on.
fn feed(items: usize) -> String {
    let mut feed = "<rss version=\"2.0\"><channel><title>Nyt</title><link>https://forening.example/</link>".to_owned();
    for day in (1..=items).rev() {
        write!(
            feed,
            "\n<item><title>Nyhed {day}</title><link>/nyt/{day}</link><guid isPermaLink=\"false\">{day}</guid>\
             <pubDate>{day:02} Jun 2026 10:00:00 +0200</pubDate><description>&lt;p&gt;Det er &lt;b&gt;nyt&lt;/b&gt;.&lt;/p&gt;</description></item>"
        )
        .unwrap();
    }
    feed + "</channel></rss>\n"
}

fn titles(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("::: card ")).collect()
}

#[test]
fn each_item_is_a_card_once() {
    let project = Project::new("new-from-feed").file("feed.xml", feed(5));
    project.run("new --from feed.xml Juni").succeeds_with("created DIR/issues/juni.md\n  5 cards from feed.xml\n");
    let text = project.read("issues/juni.md");
    assert_eq!(titles(&text), ["Nyhed 5", "Nyhed 4", "Nyhed 3", "Nyhed 2", "Nyhed 1"]);
    assert!(text.contains("sources:\n  - \"https://forening.example/ 5\"\n"), "{text}");
    let card = "::: card Nyhed 1\nDet er nyt.\n\n[Læs mere: Nyhed 1](https://forening.example/nyt/1)\n:::\n";
    assert!(text.contains(&format!("\n\n{card}\nVenlig hilsen\n")), "{text}");
    // Nothing but what is left to write is reported.
    let codes = |output: &str| {
        let all: Vec<Value> = serde_json::from_str(output).unwrap();
        let mut codes: Vec<String> = all.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect();
        codes.dedup();
        codes
    };
    assert_eq!(codes(&project.run("check --json issues/juni.md").stdout), ["NL530", "NL570"]);

    let nothing = "nothing new in feed.xml: no draft was written\n  its items are in issues/juni.md\n";
    project.run("new --from feed.xml Igen").succeeds_with(nothing);
    assert_eq!(files(&project.path("issues")), ["juni.md", "maj.md"]);
    let json: Value = serde_json::from_str(&project.run("new --from feed.xml Igen --json").stdout).unwrap();
    assert_eq!(
        (&json["path"], &json["cards"], &json["older"]),
        (&Value::Null, &Value::Array(Vec::new()), &Value::from(0))
    );

    // What is published later is new, and a draft that is deleted gives its items back.
    project.write("feed.xml", feed(6));
    assert!(project.run("new --from feed.xml Mere").stdout.ends_with("  1 card from feed.xml\n"));
    assert_eq!(titles(&project.read("issues/mere.md")), ["Nyhed 6"]);
    std::fs::remove_file(project.path("issues/juni.md")).unwrap();
    assert!(project.run("new --from feed.xml Juni --since 2026-06-01").stdout.contains("5 cards"));
    // A title whose file exists is refused, as without news.
    project.write("feed.xml", feed(7));
    let refused = project.run("new --from feed.xml Maj");
    assert_eq!((refused.status, refused.stderr.as_str()), (3, "error: DIR/issues/maj.md already exists\n"));
}

#[test]
fn only_what_the_last_issue_cannot_have_is_new() {
    let project = Project::new("new-from-since").file("feed.xml", feed(8));
    project.edit("issues/maj.md", "date: 2026-05-04 09:00", "date: 2026-06-05 12:00");
    let older = "  4 older items not used in any issue: `--since DATE` includes them\n";
    let created = format!("created DIR/issues/juni.md\n  4 cards from feed.xml\n{older}");
    project.run("new --from feed.xml Juni").succeeds_with(&created);
    assert_eq!(titles(&project.read("issues/juni.md")), ["Nyhed 8", "Nyhed 7", "Nyhed 6", "Nyhed 5"]);
    // The issue is sent after more was published: what it does not have is still new.
    project.edit("issues/juni.md", "# send_at: 2027-01-21 kl. 9.00", "send_at: 2026-06-20 kl. 9.00");
    project.write("feed.xml", feed(11));
    let left = "  1 new item left for the next issue (--max):\n    2026-06-09  Nyhed 9\n";
    project
        .run("new --from feed.xml Juli --max 2")
        .succeeds_with(&format!("created DIR/issues/juli.md\n  2 cards from feed.xml\n{left}{older}"));
    project
        .run("new --from feed.xml August")
        .succeeds_with(&format!("created DIR/issues/august.md\n  1 card from feed.xml\n{older}"));
    let early = project.run_words(&["new", "--from", "feed.xml", "Tidligt", "--since", "3. juni 2026"]);
    assert!(early.stdout.contains("2 cards from feed.xml\n  2 older items"), "{}", early.stdout);
    let wrong = project.run("new --from feed.xml Tidligt --since snart");
    assert_eq!(
        (wrong.status, wrong.stderr.as_str()),
        (3, "error: `snart` is not a date: write it like this: 2026-11-01\n")
    );
    for line in ["new --since 2026-01-01 Nyt", "new --max 3 Nyt", "new --from x --like maj", "new --from x Nyt --max 0"]
    {
        assert_eq!(project.run(line).status, 2, "{line}");
    }
}

#[test]
fn the_news_are_where_a_kind_has_a_place_for_them() {
    let project = Project::new("new-from-kind").file("feed.xml", feed(2));
    project.write(
        "templates/kinds/nyt.md",
        "---\nsubject: x\nseries: produkt\n---\n{{ greeting }}\n\n[nyheder]\n\nHilsen\n",
    );
    project.write(
        "newsletter.yaml",
        format!("{}series:\n  produkt:\n    name: Produktet\n    audiences: [members]\n", crate::project::SETTINGS),
    );
    assert!(project.run("new --kind nyt --from feed.xml Produkt").stdout.ends_with("2 cards from feed.xml\n"));
    let text = project.read("issues/produkt.md");
    assert!(text.contains("series: produkt\n") && text.contains("\n{{ greeting }}\n\n::: card Nyhed 2\n"), "{text}");
    assert!(text.ends_with(":::\n\nHilsen\n"), "{text}");
    // Another series has used nothing yet.
    assert!(project.run("new --kind release --from feed.xml Udgave").stdout.ends_with("2 cards from feed.xml\n"));
    assert!(project.read("issues/udgave.md").ends_with("[Skriv hvem der hilser]\n\n::: card Nyhed 2\nDet er nyt.\n\n[Læs mere: Nyhed 2](https://forening.example/nyt/2)\n:::\n\n::: card Nyhed 1\nDet er nyt.\n\n[Læs mere: Nyhed 1](https://forening.example/nyt/1)\n:::\n"));
    // A kind without news has no place for them.
    project.run("new --kind newsletter Brev").succeeds_with("created DIR/issues/brev.md\n");
    assert!(!project.read("issues/brev.md").contains("[nyheder]"));
    // A copy is about other news.
    project.run("new --like udgave Kopi");
    assert!(!project.read("issues/kopi.md").contains("sources"));
}

#[test]
fn folders_are_read_as_sites_or_as_cases() {
    let project = Project::new("new-from-folder")
        .file("site/_config.yml", "url: https://forening.example\nbaseurl: /nyt\npermalink: pretty\n")
        .file("site/_posts/2026-06-01-hej.md", "---\ntitle: Hej\nlayout: post\n---\nDet {% include x %}er *nyt*.\n")
        .file("site/_posts/2026/2026-06-02-mere.md", "---\ntitle: Mere\nexcerpt: Kort sagt.\n---\nLangt.\n")
        .file("site/_posts/2026-06-03-kladde.md", "---\npublished: false\n---\nKladde.\n")
        .file("cases/README.md", "Om mappen.\n")
        .file("cases/en-case.md", "---\ntitel: En case\ndato: 3. juni 2026\nresume: Det gik godt.\nlink: https://kommune.example/\n---\nMere.\n")
        .file("cases/en-case.en.md", "---\ntitle: A case\n---\nMore.\n");
    project
        .run("new --from site --from cases Juni")
        .succeeds_with("created DIR/issues/juni.md\n  1 card from cases\n  2 cards from site\n");
    let text = project.read("issues/juni.md");
    assert_eq!(titles(&text), ["En case", "Mere", "Hej"]);
    assert!(text.contains("sources:\n  - \"cases/en-case.md\"\n  - \"https://forening.example/nyt/_posts/2026/2026-06-02-mere.md\"\n  - \"https://forening.example/nyt/_posts/2026-06-01-hej.md\"\n"), "{text}");
    assert!(
        text.contains(
            "::: card Hej\nDet er nyt.\n\n[Læs mere: Hej](https://forening.example/nyt/2026/06/01/hej/)\n:::\n"
        ),
        "{text}"
    );
    assert!(
        text.contains("::: card En case\nDet gik godt.\n\n[Læs mere: En case](https://kommune.example/)\n:::\n"),
        "{text}"
    );
    // The folder of the posts has the same items as the site.
    assert!(
        project
            .run("new --from site/_posts --from ./cases/ Igen")
            .stdout
            .starts_with("nothing new in site/_posts and ./cases/: ")
    );
    // A link out of the folder would publish private files as news.
    std::os::unix::fs::symlink("/etc/hostname", project.path("cases/ny.md")).unwrap();
    let output = project.run("new --from cases Igen");
    assert!(output.stderr.contains("it is a link that leads out of the folder"), "{}", output.stderr);
    assert_eq!((output.status, output.stdout.starts_with("nothing new")), (0, true));
    let empty = project.run("new --from audiences Igen");
    assert!(empty.stderr.contains("the folder has no Markdown files, and no folder `_posts`"), "{}", empty.stderr);
}

#[test]
fn posts_of_two_sites_may_have_one_name() {
    let post = |title: &str| format!("---\ntitle: {title}\n---\nTekst.\n");
    let project = Project::new("new-from-sites")
        .file("et/_posts/2026-06-01-ny-udgave.md", post("Et"))
        .file("to/_posts/2026-06-01-ny-udgave.md", post("To"))
        // As a Mac writes `på`, and as others do.
        .file("mac/sager/2026-06-02-pa\u{30a}.md", post("Tre"))
        .file("sager/2026-06-02-på.md", post("Tre"));
    assert!(project.run("new --from et --from to Juni").stdout.contains("  1 card from et\n  1 card from to\n"));
    let text = project.read("issues/juni.md");
    assert!(text.contains("  - \"et/_posts/2026-06-01-ny-udgave.md\"\n  - \"to/_posts/"), "{text}");
    assert!(project.run("new --from to/_posts Juli").stdout.starts_with("nothing new"));
    assert!(project.run("new --from mac/sager Juli").stdout.contains("1 card from mac/sager\n"));
    assert!(project.run("new --from sager August").stdout.starts_with("nothing new"));
}

#[test]
fn what_max_leaves_comes_next_time() {
    let project = Project::new("new-from-left").file("feed.xml", feed(8));
    project.edit("issues/maj.md", "date: 2026-05-04 09:00", "date: 2026-06-03 12:00");
    let output = project.run("new --from feed.xml --max 3 Juni").stdout;
    assert!(output.contains("  3 new items left for the next issue (--max):\n    2026-06-05  Nyhed 5\n"), "{output}");
    let text = project.read("issues/juni.md");
    assert!(text.contains("sources_left:\n  - \"https://forening.example/ 5\"\n"), "{text}");
    // Also if the issue is sent after all of them, and the feed has no item any more that was used.
    project.edit("issues/juni.md", "# send_at: 2027-01-21 kl. 9.00", "send_at: 2026-06-20 kl. 9.00");
    project.write("feed.xml", feed(5));
    let older = "  2 older items not used in any issue: `--since DATE` includes them\n";
    let created = format!("created DIR/issues/juli.md\n  3 cards from feed.xml\n{older}");
    project.run("new --from feed.xml Juli").succeeds_with(&created);
    assert_eq!(titles(&project.read("issues/juli.md")), ["Nyhed 5", "Nyhed 4", "Nyhed 3"]);
    assert!(project.run("new --from feed.xml August").stdout.starts_with("nothing new"));
    project.run("new --like juli Kopi");
    assert!(!project.read("issues/kopi.md").contains("sources"));
}

#[test]
fn a_feed_on_the_web_is_requested_with_encryption_only() {
    let answers = |path: &str| match path {
        "/feed.xml" => format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n{}", feed(2)),
        "/flyttet" => "HTTP/1.1 301 Moved Permanently\r\nLocation: /feed.xml\r\nContent-Length: 0\r\n".to_owned(),
        "/aaben" => "HTTP/1.1 302 Found\r\nLocation: http://side.example/feed.xml\r\nContent-Length: 0\r\n".to_owned(),
        "/inde" => "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/feed.xml\r\nContent-Length: 0\r\n".to_owned(),
        "/metadata" => {
            "HTTP/1.1 302 Found\r\nLocation: https://169.254.169.254/latest\r\nContent-Length: 0\r\n".to_owned()
        }
        "/stor" => format!("HTTP/1.1 200 OK\r\n\r\n<rss>{}", " ".repeat(5_000_000)),
        "/side" => {
            "HTTP/1.1 200 OK\r\n\r\n<!doctype html><link rel=alternate type=application/atom+xml href=/feed.xml>"
                .to_owned()
        }
        _ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n".to_owned(),
    };
    let (port, trusted) = encrypted_server("side.example", 4096, answers);
    let project = Project::new("new-from-web").file("roots.pem", trusted);
    let roots = project.path("roots.pem").display().to_string();
    let project = project.variable("SSL_CERT_FILE", &roots).variable("ALL_PROXY", &proxy());
    let address = |path: &str| format!("https://side.example:{port}{path}");
    let run = |address: &str| project.run_words(&["new", "--from", address, "Nyt"]);
    let refused = |path: &str| {
        let output = run(&address(path));
        assert_eq!((output.status, output.stdout.as_str()), (3, ""), "{}", output.stderr);
        output.stderr.replace(&address(""), "WEB").lines().next().unwrap().to_owned()
    };
    assert_eq!(refused("/ingen"), "error[NL848]: cannot read WEB/ingen: there is no such page");
    assert_eq!(
        refused("/aaben"),
        "error[NL848]: cannot read WEB/aaben: it redirects to an address that is not encrypted"
    );
    let private = "it leads to a private address, which is not requested";
    assert_eq!(refused("/inde"), format!("error[NL848]: cannot read WEB/inde: {private}"));
    assert_eq!(refused("/metadata"), format!("error[NL848]: cannot read WEB/metadata: {private}"));
    assert_eq!(refused("/stor"), "error[NL848]: cannot read WEB/stor: it has more than 5 MB");
    assert_eq!(refused("/side"), "error[NL840]: this is a web page, not a feed");
    assert!(run(&address("/side")).stderr.contains(&format!("its feed may be {}", address("/feed.xml"))));
    for (typed, reason) in [
        ("http://side.example/feed.xml", "cannot read http://…: it is not encrypted"),
        ("https://anna:hemmelig@side.example/", "cannot read https://…: it has a user name or a password"),
        ("file:///etc/passwd", "cannot read file://…: it is not an `https:` address"),
    ] {
        let output = run(typed);
        assert!(output.status == 3 && output.stderr.contains(reason), "{}", output.stderr);
        assert!(!output.stderr.contains("hemmelig"), "{}", output.stderr);
    }
    let token = run(&address("/ingen?token=hemmelig"));
    assert!(
        token.stderr.contains("/ingen?…: there is no such page") && !token.stderr.contains("hemmelig"),
        "{}",
        token.stderr
    );
    assert_eq!(files(&project.path("issues")), ["maj.md"]);

    run(&address("/flyttet"))
        .succeeds_with(&format!("created DIR/issues/nyt.md\n  2 cards from {}\n", address("/flyttet")));
    assert!(project.read("issues/nyt.md").contains(&format!("(https://side.example:{port}/nyt/2)")));
    // The same feed as a file has the same items.
    project.write("feed.xml", feed(2));
    assert!(project.run("new --from feed.xml Mere").stdout.starts_with("nothing new"));
}

#[test]
fn an_issue_that_cannot_be_read_may_have_used_the_news() {
    let project = Project::new("new-from-broken").file("feed.xml", feed(1));
    project.write("issues/juni.md", "---\nsubject: Juni\nsource: [a]\n---\nTekst.\n");
    let output = project.run("new --from feed.xml Nyt");
    assert!(output.status == 3 && output.stderr.contains("did you mean `sources`?"), "{}", output.stderr);
}

/// Text with a meaning in Markdown, HTML or blocks, as titles and texts of a feed.
const MARKUP: [&str; 19] = [
    "# Overskrift",
    "- punkt",
    "1. punkt",
    "> citat",
    "--- linje",
    "*** x",
    ":::",
    "| a | b |",
    "&lt;script&gt;alert(1)&lt;/script&gt;uskadelig",
    "&amp;lt;b&amp;gt;fed&amp;lt;/b&amp;gt;",
    "https://a.example/x",
    "www.a.example",
    "skriv@a.example",
    "[^1] og [Skriv her]",
    "&amp;amp;copy; \\ \\*",
    "x [ ] y",
    "Titel :::",
    "a * b * c",
    "=== under",
];
/// What an author would have written by mistake: the draft shows it as it is, and `check` reports that readers would see it.
const MISTAKES: [&str; 10] = [
    "nyt ::: not members",
    "::: not members",
    "{{ email }}",
    "{% if true %}a{% endif %}",
    "{# x #}",
    "{: .btn }",
    "**fed** _kursiv_",
    "``` kode",
    "[klik](javascript:alert(1))",
    "![x](https://a.example/x.png)",
];

/// A draft of a feed whose items have these texts, with nothing left to write.
fn hostile_draft(name: &str, texts: &[&str]) -> Project {
    let items = texts.iter().enumerate().map(|(at, text)| {
        format!(
            "<item><guid>{at}</guid><title>T{at} {text}</title><description>{text} S{at}</description></item>\n\
             <item><guid>b{at}</guid><title>{text}</title></item>\n"
        )
    });
    let link = "<link>https://forening.example/</link>";
    let feed = format!("<rss><channel>{link}{}</channel></rss>", items.collect::<String>());
    let project = Project::new(name).file("feed.xml", feed);
    assert_eq!(project.run("new --from feed.xml --max 100 Nyt").status, 0);
    for (from, to) in [
        ("[Skriv to linjer om det vigtigste: hvad er nyt, og hvem skal gøre noget?]", "Hej."),
        ("[Skriv hvem der hilser]", "Anna"),
        ("draft: true\n", ""),
        ("preheader: \"\"", "preheader: Det vigtigste i juni"),
    ] {
        project.edit("issues/nyt.md", from, to);
    }
    project
}

#[test]
fn whatever_a_feed_says_is_text_in_the_letter() {
    let project = hostile_draft("new-from-markup", &MARKUP);
    project.run("check issues/nyt.md").succeeds_with("1 issue checked: no problems\n");
    assert_eq!(project.run("send nyt --yes").status, 0);
    let letter = project.outbox().remove("anna@a.example").unwrap();
    let letter = String::from_utf8(quoted_printable::decode(letter, ParseMode::Robust).unwrap()).unwrap();
    let (plain, html) = letter.split_once("Content-Type: text/html").unwrap();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    for wanted in [
        "# Overskrift S0",
        "1. punkt S2",
        "| a | b | S7",
        "uskadelig S8",
        "<b>fed</b> S9",
        "https://a.example/x S10",
        "skriv@a.example S12",
        "[^1] og [Skriv her] S13",
        "&copy; \\ \\* S14",
    ] {
        assert!(plain.contains(wanted), "{wanted}: {plain}");
    }
    for unwanted in [
        "<script",
        "alert(1)",
        "mailto:skriv",
        "href=\"https://a.example",
        "href=\"http://www",
        "<blockquote",
        "<li",
        "<b>fed",
    ] {
        assert!(!html.contains(unwanted), "{unwanted}: {html}");
    }
}

#[test]
fn markup_of_a_feed_is_reported_and_never_followed() {
    let project = hostile_draft("new-from-mistakes", &MISTAKES);
    let output = project.run("check issues/nyt.md --json").stdout;
    let all: Vec<Value> = serde_json::from_str(&output).unwrap();
    let codes: BTreeSet<&str> = all.iter().filter_map(|finding| finding["code"].as_str()).collect();
    // All of these warn that readers would see the text as it is. The signs of a fence are left out.
    assert_eq!(codes, BTreeSet::from(["NL507", "NL560", "NL563", "NL565"]), "{output}");
}
