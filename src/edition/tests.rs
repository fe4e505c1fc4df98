//! Tests of whole editions: from the text of an issue to what its readers get.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::audience::AudienceId;
use crate::base::language::Lang;
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::span::Spanned;
use crate::base::source::text::Source;
use crate::base::value::Value;
use crate::edition::compile;
use crate::edition::compiled::{Edition, LetterRecipient, RenderedContent, UnfilledValue};
use crate::edition::context::{Brand, EditionContext, Medium};
use crate::edition::html;
use crate::edition::images::placement::{NoPictures, Placement};
use crate::edition::template::engine;
use crate::edition::template::slots::{SlotContext, Slots};
use crate::edition::template::transfer_encoding;
use crate::edition::theme::Theme;
use crate::edition::theme::files::{DEFAULT, ThemeFiles};
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::placeholders::tag;
use crate::issue::manuscript::placeholders::words::Placeholders;
use crate::issue::manuscript::snippets;
use crate::issue::manuscript::texts::NoTexts;
use crate::issue::manuscript::{ManuscriptContext, Manuscripts};
use crate::people::person::{Address, Localised, Person, PersonOrigin};

mod block_tests;
mod table_tests;

fn issue(body: &str) -> Issue {
    let text = format!(
        "---\nsubject: Nyt\npreheader: Det vigtigste på to minutter, samlet til dig\naudiences: [it-chiefs]\n---\n{body}"
    );
    let issue = Issue::parse(&Source::new("issues/nyt.md", text), &TimeZone::UTC).0.unwrap();
    let (source, body, diagnostics) = snippets::expand_snippets(&issue.source, issue.body.clone(), &NoTexts);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    Issue { source, body, ..issue }
}

fn audience(name: &str) -> AudienceId {
    AudienceId::parse(name).unwrap()
}

fn key() -> EditionKey {
    EditionKey {
        audience: audience("it-chiefs"),
        lang: Lang::default(),
        includes: BTreeSet::new(),
        leaves_out: BTreeSet::new(),
    }
}

fn manuscripts(issue: &Issue) -> Manuscripts {
    let audiences = ["it-chiefs", "directors", "suppliers"].into_iter().map(audience).collect();
    Manuscripts::read(
        issue,
        ManuscriptContext { audiences: &audiences, texts: &NoTexts, greets_with_word: true, surroundings: &[] },
    )
}

fn compiled(body: &str, key: &EditionKey) -> (Option<Edition>, Diagnostics) {
    let issue = issue(body);
    let reason = Spanned { value: "du er medlem".into(), place: issue.source.line(1) };
    let edition_context = EditionContext {
        series: None,
        domain: "forening.example".into(),
        timezone: TimeZone::UTC,
        sender: "Foreningen".into(),
        postal_address: "Gade 1\n8000 Aarhus C".into(),
        medium: Medium::Letter { reason: Localised::Same(reason), reason_lang: Lang::default() },
        lang: Lang::default(),
        brand: Brand::default(),
        greetings: BTreeMap::new(),
        online: None,
        pictures: Placement::Embedded,
        campaign: None,
    };
    let theme = Theme::parse(ThemeFiles::built_in(DEFAULT), Brand::default()).unwrap();
    let manuscripts = manuscripts(&issue);
    let manuscript = manuscripts.in_lang(key.lang);
    let (edition, more) = compile::edition(manuscript, key, &edition_context, &theme, &NoPictures);
    let mut diagnostics = manuscript.diagnostics().clone();
    diagnostics.extend(more);
    diagnostics.sort();
    (edition, diagnostics)
}

fn letter(body: &str, fields: &[(&str, Value)]) -> Result<RenderedContent, UnfilledValue> {
    let (edition, diagnostics) = compiled(body, &key());
    let edition = edition.unwrap_or_else(|| panic!("{body}: {diagnostics:?}"));
    let person = Person {
        address: Address::parse("anna@kommune.example").unwrap(),
        lang: None,
        fields: fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        origin: PersonOrigin { path: Arc::from("audiences/it-chiefs.yaml"), line: 3 },
        consent: None,
    };
    edition.personalise(&LetterRecipient {
        person: &Arc::new(person),
        unsubscribe: None,
        unsubscribe_mailto: "mailto:leave@list.example",
        unsubscribe_series: None,
    })
}

fn text(value: &str) -> Value {
    Value::Text(value.into())
}

fn decoded(encoded: &str) -> String {
    let joined = encoded.replace("=\r\n", "").replace("\r\n", "\n");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = (first == b'=').then(|| std::str::from_utf8(&after[..2]).unwrap());
        bytes.push(escaped.map_or(first, |digits| u8::from_str_radix(digits, 16).unwrap()));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap()
}

/// The HTML between the title and the end of the text, without styles.
fn content(body: &str, fields: &[(&str, Value)]) -> String {
    let html = decoded(&letter(body, fields).unwrap().html);
    let start = html.find("</h1>").unwrap() + 5;
    let inner = &html[start..start + html[start..].find("</td></tr>\n</tbody></table>\n<!--[if mso]></td>").unwrap()];
    let mut out = String::new();
    for (at, piece) in inner.split(" style=\"").enumerate() {
        out.push_str(if at == 0 { piece } else { piece.split_once('"').unwrap().1 });
    }
    out.trim().to_owned()
}

fn body_text(body: &str, fields: &[(&str, Value)]) -> String {
    let text = decoded(&letter(body, fields).unwrap().text);
    let content = text.split_once("===\n\n").unwrap().1;
    content.split_once("\n\n----------").unwrap().0.to_owned()
}

/// Every mistake as `line:column code`.
fn mistakes(body: &str) -> Vec<String> {
    let (_, diagnostics) = compiled(body, &key());
    let lines = diagnostics.iter().map(|diagnostic| {
        let place = diagnostic.place.as_ref().unwrap();
        format!("{}:{} {}", place.line() - 5, place.column(), diagnostic.code)
    });
    lines.collect()
}

#[test]
fn a_list_with_tags_between_its_items_stays_one_list() {
    let fields = [("first_name", text("Anna")), ("roles", Value::List(vec![text("x"), text("y")]))];
    for (body, html, plain) in [
        (
            "- a\n{% if first_name %}\n- b\n{% endif %}\n- c\n",
            "<ul><li>a</li>\n<li>b</li>\n<li>c</li>\n</ul>",
            "- a\n- b\n- c",
        ),
        ("- a\n{% if no %}\n- b\n{% endif %}\n- c\n", "<ul><li>a</li>\n<li>c</li>\n</ul>", "- a\n- c"),
        ("- a\n  {% if no %}\n- b\n  {% endif %}\n- c\n", "<ul><li>a</li>\n<li>c</li>\n</ul>", "- a\n- c"),
        (
            "1. a\n{% for r in roles %}\n2. {{ r }}\n{% endfor %}\n",
            "<ol><li>a</li>\n<li>x</li>\n<li>y</li>\n</ol>",
            "1. a\n2. x\n3. y",
        ),
        ("{% for r in roles %}\n- {{ r }}\n{% endfor %}\n", "<ul><li>x</li>\n<li>y</li>\n</ul>", "- x\n- y"),
        ("- a\n  {% if first_name %}\n  b\n  {% endif %}\n", "<ul><li>a<br>\nb</li>\n</ul>", "- a\n  b"),
        ("a\n\n{% for r in no %}\n- {{ r }}\n{% endfor %}\n", "<p>a</p>", "a"),
    ] {
        assert_eq!(content(body, &fields), html, "{body}");
        assert_eq!(body_text(body, &fields), plain, "{body}");
    }
}

#[test]
fn a_condition_may_begin_within_a_line() {
    let body = "Hej {% if first_name %}\ndu\n{% endif %}\nder\n";
    assert_eq!(body_text(body, &[("first_name", text("Anna"))]), "Hej du der");
    assert_eq!(body_text(body, &[]), "Hej der");
}

#[test]
fn rows_of_a_table_are_repeated() {
    let fields = [("roles", Value::List(vec![text("x|y"), text("<z>")]))];
    let body = "| a | b |\n|--|-:|\n{% for r in roles %}\n| {{ r }} | {{ loop.index }} |\n{% endfor %}\n";
    assert_eq!(body_text(body, &fields), "a    b\n---  -\nx|y  1\n<z>  2");
    assert!(content(body, &fields).contains("<td>&lt;z&gt;</td><td class=\"kept-cell\" align=\"right\">2</td>"));
}

#[test]
fn tags_in_code_are_text() {
    let body = "`{{ a }}` `{{` `}}`\n\n```\n{% if %}\n```\n";
    assert_eq!(body_text(body, &[]), "{{ a }} {{ }}\n\n    {% if %}");
}

#[test]
fn blocks_are_for_the_audiences_that_they_name() {
    let body = "::: only it-chiefs web\nA\n:::\n::: only directors\nB\n:::\n::: not suppliers\nC\n:::\n:::: not it-chiefs\n::: lang da\nD\n:::\n::::\n::: lang en\nE\n:::\n\n- ::: only directors\n  F\n  :::\n";
    assert_eq!(body_text(body, &[]), "A\n\nC");
    assert_eq!(
        manuscripts(&issue(body)).followed_audiences().leaves_out,
        BTreeSet::from([audience("it-chiefs"), audience("suppliers")])
    );
    let in_both = EditionKey { leaves_out: BTreeSet::from([audience("suppliers")]), ..key() };
    assert_eq!(in_both.id(), "it-chiefs.da.not-suppliers");
    let (edition, _) = compiled("::: not suppliers\nhemmeligt\n:::\nrest\n", &in_both);
    assert!(!edition.unwrap().parts["text"].template.contains("hemmeligt"));
}

#[test]
fn a_for_block_follows_the_members_of_an_audience() {
    let body = "::: for directors web\nAlfa\n:::\n::: for it-chiefs\nBravo\n:::\n:::: for directors\n::: not suppliers\nCharlie\n:::\n::::\n";
    assert_eq!(body_text(body, &[]), "Bravo");
    let followed = manuscripts(&issue(body)).followed_audiences();
    assert_eq!(followed.includes, BTreeSet::from([audience("directors"), audience("it-chiefs")]));
    let director = EditionKey { includes: BTreeSet::from([audience("directors")]), ..key() };
    assert_eq!(director.id(), "it-chiefs.da.for-directors");
    let text = |key: &EditionKey| compiled(body, key).0.unwrap().parts["text"].template.clone();
    let supplier = EditionKey { leaves_out: BTreeSet::from([audience("suppliers")]), ..director.clone() };
    let holds = |key: &EditionKey| ["Alfa", "Bravo", "Charlie"].map(|word| text(key).contains(word));
    assert_eq!(supplier.id(), "it-chiefs.da.for-directors.not-suppliers");
    assert_eq!((holds(&director), holds(&supplier)), ([true, true, true], [true, true, false]));
    assert_eq!(holds(&EditionKey::web(Lang::default(), followed.leaves_out)), [true, false, false]);
}

#[test]
fn notes_and_addresses_belong_to_their_block() {
    let english = "::: lang en\nEnglish[^a]\n\n[^a]: english\n:::\n";
    let body = format!("{english}::: lang da\nDansk[^a]\n\n[^a]: dansk\n:::\n");
    assert_eq!(body_text(&body, &[]), "Dansk[1]\n\n[1] dansk");
    for (body, expected) in [
        ("x[^a]\n\n::: only directors\n[^a]: y\n:::\n", "1:2 NL411"),
        ("::: lang da\nx[^a]\n\n[^a]: y\n:::\n\n[^a]: z\n", "7:1 NL412"),
        ("::: lang da\n[x][a]\n\n[a]: https://a.example\n:::\n\n[a]: https://b.example\n", "7:1 NL413"),
        ("::: only directors\n[x][A]\n\n[a]: https://a.example\n:::\n\nSe [x][a].\n", "7:7 NL614"),
        ("{% if x %}\n\ny[^a]\n\n[^a]: z\n\n{% endif %}\n", "5:1 NL615"),
    ] {
        assert_eq!(mistakes(body), [expected], "{body}");
    }
}

#[test]
fn wrong_fences_are_reported_at_their_lines() {
    for (body, expected) in [
        ("::: only it-chiefs\nx\n", "1:1 NL402"),
        ("x\n\n:::\n", "3:1 NL401"),
        ("::: only it-chiefs\nx\n::::\n", "3:1 NL403"),
        ("::: only it-chiefs\n::: lang da\nx\n:::\n:::\n", "2:1 NL404"),
        ("x\n    ::: only directors\n    y\n    :::\n", "2:5 NL405"),
        ("::: only it-chiefs :::\n", "1:1 NL406"),
        (":: only it-chiefs\n", "1:1 NL414"),
        ("x\n\n::\n", "3:1 NL414"),
        ("x ::: only it-chiefs\n", "1:1 NL415"),
        ("::: kun it-chiefs\nx\n:::\n", "1:1 NL407"),
        ("::: only it-chefs\nx\n:::\n", "1:1 NL408"),
        ("::: only\nx\n:::\n", "1:1 NL409"),
        ("::: lang fi\nx\n:::\n", "1:1 NL410"),
    ] {
        assert_eq!(mistakes(body), [expected], "{body}");
    }
}

#[test]
fn wrong_tags_are_reported_at_their_places() {
    for (body, expected) in [
        ("x {{ 1 + }}\n", "1:10 NL420"),
        ("{% include 'x' %}\n", "1:1 NL421"),
        ("{{ a|uper }}\n", "1:6 NL422"),
        ("Kære {{ fornavn }}\n", "1:6 NL423"),
        ("x {{ a\n", "1:3 NL424"),
        ("{% if a %}\nx\n", "1:1 NL425"),
        ("{% if a %}x\n\ny{% endif %}\n", "3:2 NL426"),
        ("Kære [Fornavn] og [first name](https://x.example)\n", "1:6 NL430"),
        ("Kære *|FNAME|*\n", "1:6 NL430"),
        ("a\u{1}b\n", "1:2 NL431"),
        ("[a](docs/a.md)\n", "1:1 NL501"),
        ("[a](https://a.example/{% if b %}c{% endif %})\n", "1:23 NL504"),
        ("<div>{% if a %}b{% endif %}</div>\n", "1:6 NL506"),
        ("[a](https://a.example) {.button}\n", "1:24 NL507"),
        ("x <img src=\"http://a.example/a.png\" alt=\"a\">\n", "1:3 NL508"),
        ("x <img src=\"{{ first_name }}.png\" alt=\"a\">\n", "1:3 NL508"),
        ("x <img src=\"a.png\" alt=\"a\">\n", "1:3 NL511"),
        ("![a](a.png)\n", "1:1 NL511"),
        (&"ord ord ord ord ord\n".repeat(30_000), "1:1 NL442"),
        (&"::: only it-chiefs\n".repeat(5_000), "61:1 NL440"),
        ("[a](java{{ 'script' }}:x)\n", "1:1 NL501"),
    ] {
        assert_eq!(mistakes(body), [expected], "{body}");
    }
}

#[test]
fn comments_and_tags_share_a_line() {
    for (body, expected) in [
        ("a\n\n{# b #}{# c #}\nd\n", "<p>a</p>\n<p>d</p>"),
        ("a\n{# b #} {# c #} {# d #}\ne\n", "<p>a\ne</p>"),
        ("{% set x = 1 %}{# b #}\n\na{{ x }}\n", "<p>a1</p>"),
        ("{# b #}{% set x = 1 %}\n\na{{ x }}\n", "<p>a1</p>"),
        ("{# b\nc #}{# d\ne #}\na\n", "<p>a</p>"),
        ("a {# b #}{# c #}\nd\n", "<p>a\nd</p>"),
    ] {
        assert_eq!(content(body, &[]), expected, "{body}");
    }
}

#[test]
fn attributes_have_no_angle_brackets() {
    for body in [
        "[a](https://b.example/<script>)\n",
        "[a](https://b.example/--><script>){.button}\n",
        "<p><a href=\"https://b.example/<script>\">a</a></p>\n",
        "b <a href='https://b.example/<script>'>a</a>\n",
    ] {
        let html = decoded(&letter(body, &[]).unwrap().html);
        assert!(
            (html.contains("&lt;script&gt;") || html.contains("%3Cscript%3E")) && !html.contains("<script"),
            "{body}: {html}"
        );
    }
}

#[test]
fn a_missing_value_is_reported_with_its_place() {
    for (body, message) in [
        ("Hej {{ first_name }}\n", "`first_name` is missing (issues/nyt.md:6:5)"),
        ("a\n\n{% if email ~ last_name %}b{% endif %}\n", "`last_name` is missing (issues/nyt.md:8:1)"),
        ("[a]({{ email }})\n", "`email` is not a complete https, mailto or tel URL (issues/nyt.md:6:5)"),
        ("{% for a in range(99999) %}x{% endfor %}\n", "the template tags take too long (issues/nyt.md:6:1)"),
        ("{{ [[[1] * 1000] * 1000] * 1000 }}\n", "the template tags take too long (issues/nyt.md:6:1)"),
        ("{{ ('a' * 9000000)|upper }}\n", "the template tags take too long (issues/nyt.md:6:1)"),
        (
            &format!("{{% set a = ['x'] %}}{}{{{{ a ~ 1 }}}}\n", "{% set a = [a, a, a, a] %}".repeat(30)),
            "the template tags take too long (issues/nyt.md:6:202)",
        ),
    ] {
        let unfilled = letter(body, &[]).unwrap_err();
        assert_eq!(format!("{unfilled} ({})", unfilled.place.as_ref().unwrap()), message);
    }
}

#[test]
fn values_are_escaped_for_their_places() {
    let fields = [("first_name", text("<b>&\"' {{ x }}")), ("page", text("https://a.example/?b=c d&e"))];
    let body = "{{ first_name }} [a]({{ page }}) [b](https://b.example/{{ first_name }})\n";
    let html = content(body, &fields);
    assert!(
        html.starts_with("<p>&lt;b&gt;&amp;&quot;&#39; {{ x }} <a href=\"https://a.example/?b=c%20d&amp;e\""),
        "{html}"
    );
    assert!(html.contains("https://b.example/%3Cb%3E%26%22%27%20%7B%7B%20x%20%7D%7D\""), "{html}");
    let bare = "<https://b.example/?c={{ first_name }}>\n";
    assert_eq!(body_text(bare, &[("first_name", text("Å"))]), "https://b.example/?c=%C3%85");
    assert!(body_text(body, &fields).contains("<b>&\"' {{ x }} a <https://a.example/?b=c%20d&e>"));
}

#[test]
fn editions_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Edition>();
}

#[test]
fn the_same_issue_gives_the_same_edition() {
    let body = "{{ greeting }}\n\n{% if first_name %}a{% endif %} **b** {{ params }}\n";
    let digest = |body: &str| compiled(body, &key()).0.unwrap().digest().to_owned();
    assert_eq!(digest(body), digest(body));
    assert_ne!(digest(body), digest("other\n"));
    assert!(body_text("{{ greeting }}\n", &[("first_name", text("Anna"))]).starts_with("Hej Anna"));
    assert_eq!(body_text("{{ greeting }}\n", &[]), "Hej");
}

proptest! {
    #[test]
    fn encoded_letters_decode_to_what_was_written(pieces in prop::collection::vec(("[ -~\næøå€😀]{0,90}", "[ -~æøå😀]{0,90}"), 1..6)) {
        let place = Source::new("x", "x").line(1);
        let found: Vec<tag::Tag> = (0..pieces.len())
            .map(|number| tag::Tag { kind: tag::TagKind::Print(format!("v{number}")), typed: String::new(), place: place.clone(), variables: Vec::new(), lang: None })
            .collect();
        let placeholders = Placeholders::absent_from(pieces.iter().map(|piece| piece.0.as_str()));
        let mut uses = Slots::new(&found, &placeholders);
        let page: String = pieces.iter().enumerate().map(|(at, it)| it.0.clone() + &uses.tag(at, SlotContext::Html)).collect();
        let mut engine = engine::engine(Lang::default(), Lang::default());
        engine.add_template_owned("x", uses.compile(&page, transfer_encoding::encode).template).unwrap();
        let values: BTreeMap<String, String> = pieces.iter().enumerate().map(|(at, it)| (format!("v{at}"), it.1.clone())).collect();
        let letter = engine.get_template("x").unwrap().render(minijinja::Value::from(values)).unwrap();
        let plain: String = pieces.iter().map(|piece| piece.0.clone() + &html::escape::escape(&piece.1)).collect();
        prop_assert_eq!(decoded(&letter), plain);
    }

    #[test]
    fn any_text_is_an_edition_or_an_error(body in "([-*>#|`:{}%_\\[\\]()<>!\\\\ \næa1.]|\\{\\{ a \\}\\}|\\{% if a %\\}|\\{% endif %\\}|:::|\n|::: only it-chiefs\n|::: (callout|card|quote|more) a: b\n|:::: columns\n|::::\n|\n---\n\n|- |> ){1,60}") {
        // What looks like a second front matter (NL390) is not an issue at all.
        prop_assume!(!body.trim().is_empty() && !body.trim_start().starts_with("---"));
        let (edition, diagnostics) = compiled(&body, &key());
        prop_assert!(edition.is_some() || diagnostics.has_errors());
        prop_assert!(!format!("{diagnostics:?}").contains("zq0w"), "{diagnostics:?}");
        if edition.is_some() {
            let letter = letter(&body, &[("a", text("b"))]).unwrap();
            prop_assert!(letter.html.lines().all(|line| line.len() <= 76));
            prop_assert!(!decoded(&letter.html).contains("zq0w") && !decoded(&letter.text).contains("zq0w"));
        }
    }

    #[test]
    fn conditions_and_loops_leave_letters_balanced(lines in prop::collection::vec(LINES, 1..14)) {
        // The closer that fits the opener.
        let closed = |line: &String| line.replace("END", if line.contains("{% for") { "{% endfor %}" } else { "{% endif %}" });
        let body = lines.iter().map(|line| closed(line) + "\n").collect::<String>();
        prop_assume!(!body.trim().is_empty());
        let (edition, diagnostics) = compiled(&body, &key());
        prop_assert!(edition.is_some() || diagnostics.has_errors());
        if edition.is_some() {
            let fields = [("a", text("b")), ("xs", Value::List(vec![text("1"), text("2")]))];
            let letter = letter(&body, &fields).unwrap();
            prop_assert_eq!(unbalanced(&decoded(&letter.html)), None);
        }
    }
}

/// Lines that may follow each other in letters, also where they should not.
const LINES: &str = "((- |1\\. |> |  |  - |)(x|\\{\\{ a \\}\\}|\\*\\*b\\*\\*|)|\\| a \\| b \\||\\|--\\|--\\||::: (only it-chiefs|callout \\{\\{ a \\}\\}: x|card \\{% if a %\\}y\\{% endif %\\}|quote b)\n- c\n:::|:::: columns\n::: card a\nb\n:::\n\\{% if a %\\}\n::: card c\nd\n:::\n\\{% endif %\\}\n::::|## h\
    |(|> |  )(\\{% if (a|no) %\\}|\\{% for x in (xs|no) %\\})\n((- |1\\. |> |  |  - |\\| |)(x|\\{\\{ a \\}\\}|)\n){0,3}(|  |- )END)";

/// The first tag that closes another than the one that is open.
fn unbalanced(html: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let end = rest.find(if rest.starts_with("<!--") { "-->" } else { ">" }).unwrap();
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap();
        if tag.starts_with('!') || matches!(name, "meta" | "br" | "hr" | "img" | "--") {
            continue;
        }
        if !tag.starts_with('/') {
            open.push(name);
        } else if open.pop() != Some(name) {
            return Some(tag.to_owned());
        }
    }
    open.pop().map(str::to_owned)
}
