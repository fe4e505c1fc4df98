//! Blocks that decide how something looks, in both parts of a letter.

use std::collections::BTreeSet;

use crate::base::value::Value;
use crate::edition::tests::{body_text, compiled, content, decoded, key, letter, mistakes, text, unbalanced};

#[test]
fn a_box_takes_its_title_from_the_fence() {
    for (body, html, plain) in [
        ("::: callout\nx\n:::\n", "x</p>", "| x"),
        ("::: callout Husk *nu*\nx\n\ny\n:::\n", ">Husk <em>nu</em></p>\n<p>x</p>\n<p>y</p>", "| HUSK NU\n| x\n|\n| y"),
        ("> ::: callout 1. maj\n> x\n> :::\n", ">1. maj</p>\n<p>x</p>", "> | 1. MAJ\n> | x"),
        ("- ::: callout {{ first_name }}\n  x\n  :::\n", ">Anna</p>\n<p>x</p>", "- | Anna\n  | x"),
        (
            ":::: only directors\n::: callout A\nx\n:::\n::::\n:::: callout B\n::: only directors\nx\n:::\n::::\ny\n",
            "<p>y</p>",
            "y",
        ),
    ] {
        let fields = [("first_name", text("Anna"))];
        assert!(content(body, &fields).contains(html), "{}", content(body, &fields));
        assert_eq!(body_text(body, &fields), plain, "{body}");
    }
    assert_eq!(mistakes("x\n\n::: callout [a](b.md) og {{ 1 + }}\nx\n:::\n"), ["3:13 NL501", "3:33 NL420"]);
    assert_eq!(mistakes("x\n\n> ::: callout [a](b.md)\n> x\n> :::\n"), ["3:15 NL501"]);
}

#[test]
fn each_kind_of_notice_has_its_colour_and_its_sign() {
    let mut seen = BTreeSet::new();
    for (kind, sign) in [("note", 'i'), ("tip", '✓'), ("important", '★'), ("warning", '!'), ("caution", '×')] {
        let alert = content(&format!("> [!{}]\n> x\n", kind.to_uppercase()), &[]);
        assert_eq!(content(&format!("::: {kind}\nx\n:::\n"), &[]), alert);
        assert!(alert.contains(&format!("{sign}<!--[if mso]>")), "{alert}");
        let styled = decoded(&letter(&format!("::: {kind}\nx\n:::\n"), &[]).unwrap().html);
        let style = styled.split_once("notice-cell notice-").and_then(|(_, cell)| cell.split_once("background-color:"));
        seen.insert(style.map(|(_, colour)| colour.trim_start()[..7].to_owned()));
    }
    assert_eq!(seen.len(), 5);
    assert_eq!(content("::: callout Pas på!\nx\n:::\n", &[]), content("::: caution Pas på!\nx\n:::\n", &[]));
    let links = "[a](https://a.example) [b](https://b.example)";
    let more = format!("{links} [c](https://c.example)");
    for (text, is_quiet) in [(links, false), (&more, true)] {
        for kind in ["note", "callout"] {
            assert_eq!(content(&format!("::: {kind} A\n{text}\n:::\n"), &[]).contains(" quiet\""), is_quiet, "{kind}");
        }
    }
}

#[test]
fn the_caption_of_a_picture_is_in_both_parts() {
    let picture = "![Havnen](https://a.example/a.jpg";
    for (body, html, plain) in [
        (format!("{picture} \"Foto: Bo\")\n"), "<p class=\"caption\">Foto: Bo</p>", "[Billede: Havnen]\nFoto: Bo"),
        (format!("{picture})\nFoto: {{{{ a }}}}\n"), "<p class=\"caption\">Foto: x</p>", "[Billede: Havnen]\nFoto: x"),
        (format!("{picture} \"{{{{ a }}}}\")\n"), "<p class=\"caption\">x</p>", "[Billede: Havnen]\nx"),
        (
            format!("{picture})\n\n*© Bo*\n\nx\n"),
            "<p class=\"caption\"><em>© Bo</em></p>\n<p>x</p>",
            "[Billede: Havnen]\n© Bo\n\nx",
        ),
        (
            format!("{picture} \"A\")\nPhoto: Bo\nTekst\n"),
            "<p class=\"caption captioned\">A</p>\n<p class=\"caption\">Photo: Bo</p>\n<p>Tekst</p>",
            "[Billede: Havnen]\nA\nPhoto: Bo\n\nTekst",
        ),
        (format!("{picture})\nTekst: x\n"), "<p><img", "[Billede: Havnen]\nTekst: x"),
        (format!("- {picture} \"A\")\n"), "<span class=\"caption\">A</span>", "- [Billede: Havnen]\n  A"),
        (format!("x {picture} \"A\") y\n"), "<span class=\"caption\">A</span> y</p>", "x [Billede: Havnen] (A) y"),
    ] {
        let fields = [("a", text("x"))];
        assert!(content(&body, &fields).contains(html), "{}", content(&body, &fields));
        assert_eq!(body_text(&body, &fields), plain, "{body}");
    }
}

#[test]
fn a_picture_is_beside_its_text() {
    let picture = "![Havnen](https://a.example/a.jpg)";
    for (body, class, plain) in [
        (
            format!("::: media Ny *kaj*\n{picture}\nTekst\n:::\n"),
            "media-left",
            "Ny kaj\n-\n\n[Billede: Havnen]\n\nTekst",
        ),
        (
            format!("::: media Ny kaj {{.right}}\n{picture}\nFoto: Bo\n\nTekst\n:::\n"),
            "media-right",
            "Ny kaj\n-\n\n[Billede: Havnen]\nFoto: Bo\n\nTekst",
        ),
        (format!("::: media {{.right}}\n{picture}\n\nTekst\n:::\n"), "media-right", "[Billede: Havnen]\n\nTekst"),
        (format!("::: media\n{picture}{{.right}}\n\nTekst\n:::\n"), "media-right", "[Billede: Havnen]\n\nTekst"),
        (
            format!("::: person {{{{ a }}}} Berg, *formand*\n{picture}\nTekst\n:::\n"),
            "person-role\"><em>formand</em>",
            "x Berg, formand\n[Billede: Havnen]\n\nTekst",
        ),
        (
            format!("::: person {{% if a %}}Bo, b{{% endif %}}\n{picture}\n:::\n"),
            "person-name\">Bo, b</p>",
            "Bo, b\n[Billede: Havnen]",
        ),
    ] {
        let fields = [("a", text("x"))];
        assert!(content(&body, &fields).contains(class), "{}", content(&body, &fields));
        assert_eq!(underlined_once(&body_text(&body, &fields)), plain, "{body}");
        assert_eq!(unbalanced(&decoded(&letter(&body, &fields).unwrap().html)), None, "{body}");
    }
    for (body, expected) in [
        ("x\n\n::: media A\nTekst\n:::\n", ["3:1 NL648"].as_slice()),
        ("::: person\nTekst\n:::\n", &["1:1 NL649", "1:1 NL648"]),
        ("::: media\n{{ x }}\n![a](https://a.example/a.jpg)\n:::\n", &["1:1 NL648"]),
        (
            "::: media\n{% if x %}\n![a](https://a.example/a.jpg)\n{% else %}\n![b](https://a.example/b.jpg)\n{% endif %}\n:::\n",
            &["2:1 NL648"],
        ),
        (
            "::: person Bo\n{% for x in y %}\n![a](https://a.example/a.jpg \"Foto: X\")\n{% endfor %}\nx\n:::\n",
            &["2:1 NL648"],
        ),
        ("::: person Bo\n![a](https://a.example/a.jpg)\n\n{% if x %}\nx\n{% endif %}\n:::\n", &[]),
        ("{% if x %}\n::: person Bo\n![a](https://a.example/a.jpg)\n:::\n{% endif %}\n", &[]),
    ] {
        assert_eq!(errors(body), expected, "{body}");
        assert_eq!(compiled(body, &key()).0.is_some(), expected.is_empty(), "{body}");
    }
}

#[test]
fn a_caption_and_a_direction_stay_with_a_picture() {
    let person = content("::: person Bo\na\n\n![P](https://a.example/p.jpg \"Foto: Bo\")\n\nb\n:::\n", &[]);
    assert!(person.contains("</table>\n<p class=\"caption\">Foto: Bo</p>\n<p>a</p>\n<p>b</p>"), "{person}");
    let picture = "![Havnen](https://a.example/a.jpg)";
    for (side, cells) in [("", "ltr"), (" {.right}", "rtl")] {
        for (word, direction) in [("مرحبا", "rtl"), ("Hej", "ltr")] {
            let body = format!("{word}\n\n::: media{side}\n{picture}\n{word}\n:::\n");
            let html = content(&body, &[]);
            // The space between both is at the end of the lines of the one that lines end with.
            for part in ["media-picture", "media-text"] {
                assert!(html.contains(&format!("class=\"{part}\" dir=\"{direction}\"")), "{html}");
            }
            assert_eq!(
                html.contains(&format!("class=\"before-cell before-{direction}\"")),
                direction != cells,
                "{html}"
            );
            assert!(html.contains(&format!("<table role=\"presentation\" dir=\"{cells}\"")), "{html}");
            let html = decoded(&letter(&body, &[]).unwrap().html);
            assert_eq!(html.matches("direction:").count(), 1, "{html}");
        }
    }
}

#[test]
fn three_short_figures_are_side_by_side_on_phones() {
    let is_small = |lines: &str| {
        let html = content(&format!("::: figures\n{lines}\n:::\n"), &[("a", text("x"))]);
        html.contains("class=\"figure figure-of-3 figure-small\"")
    };
    assert!(is_small("- 78 kommuner\n- 29 produkter\n- 3 nye i år"));
    assert!(!is_small("- 78 kommuner\n- 29 produkter\n- 3 databeskyttelsesrådgivere"));
    assert!(!is_small("- 78 kommuner\n- 1.234.567 sager\n- 3 nye"), "the number is too wide");
    assert!(!is_small("- 78 kommuner\n- {{ a }} produkter\n- 3 nye"), "how long a value is, is not known");
    assert!(!is_small("- 78 kommuner\n- 29 produkter"));
}

#[test]
fn figures_have_a_value_and_a_label() {
    for (item, value, label) in [
        ("78 kommuner", "78", " kommuner"),
        ("{{ a }} % flere", "x %", " flere"),
        ("kr. {{ a }} til hver", "kr. x", " til hver"),
        ("ca. {{ a }} kr. til hver", "ca. x kr.", " til hver"),
        ("**1 ud af {{ a }}** bruger det", "<strong>1 ud af x</strong>", " bruger det"),
        ("2,3 mio. kr. *sparet*", "2,3 mio. kr.", " <em>sparet</em>"),
    ] {
        let body = format!("::: figures\n- {item}\n- 1 anden\n:::\n");
        let html = content(&body, &[("a", text("x"))]);
        let expected = format!("figure-value\">{value}</p><p class=\"figure-label\">{label}</p>");
        assert!(html.replace(" figure-long", "").replace("&nbsp;", " ").contains(&expected), "{html}");
        let plain = item.replace("{{ a }}", "x").replace('*', "");
        assert_eq!(body_text(&body, &[("a", text("x"))]), format!("- {plain}\n- 1 anden"));
    }
    let roles = [("roles", Value::List(vec![text("it"), text("hr")]))];
    for (looped, boxes, figures) in [
        ("{% for r in roles %}\n- {{ loop.index }} {{ r }}\n{% endfor %}", 1, 2),
        ("{% for r in roles %}\n{% if loop.last %}\n- 1 {{ r }}\n{% endif %}\n{% endfor %}", 1, 1),
        ("{% if roles %}\n{% for r in roles %}\n- 1 {{ r }}\n{% endfor %}\n{% endif %}", 1, 2),
        ("{% for r in roles %}\n{% for s in roles %}\n- 1 {{ s }}\n{% endfor %}\n{% endfor %}", 1, 4),
        ("{% for r in no %}\n- 1 {{ r }}\n{% else %}\nx\n{% endfor %}", 0, 0),
        ("{% for r in roles %}\n- 1 {{ r }}\n{% else %}\nx\n{% endfor %}", 1, 2),
        ("{% if no %}\n- 1 a\n- 2 b\n{% endif %}", 0, 0),
    ] {
        let looped = format!("::: figures\n{looped}\n:::\n");
        let html = content(&looped, &roles);
        assert_eq!(html.matches("class=\"figures\"").count(), boxes, "{looped}: {html}");
        assert_eq!(html.matches("figure-value").count(), figures, "{looped}: {html}");
        assert_eq!(unbalanced(&decoded(&letter(&looped, &roles).unwrap().html)), None, "{looped}");
    }
    for (body, expected) in [
        ("::: figures\n- 1 a\n:::\n", "1:1 NL650"),
        ("::: figures\n- 1 a\n- 2 b\n- 3 c\n- 4 d\n- 5 e\n:::\n", "1:1 NL650"),
        ("::: figures\n- 1 a\n- 2\n:::\n", "3:1 NL650"),
        ("::: figures\n- 1 a\n- {% if a %}2{% endif %} b\n:::\n", "3:1 NL650"),
        ("::: figures\n- 1 a\n- 2 b\n\n  c\n:::\n", "3:1 NL650"),
        ("::: figures\n1 a\n:::\n", "1:1 NL650"),
    ] {
        assert_eq!(errors(body), [expected], "{body}");
    }
    for item in ["`78` kommuner", "[78](https://a.example/) kommuner", "Om {{ a }}"] {
        let (_, diagnostics) = compiled(&format!("> ::: figures\n> - {item}\n> - 1 a\n> :::\n"), &key());
        let problem = diagnostics.iter().find(|diagnostic| diagnostic.code.to_string() == "NL650").unwrap();
        assert_eq!(problem.message.english(), format!("`{item}` is not a number with a label"));
        assert_eq!(problem.place.as_ref().map(|place| place.line() - 5), Some(2));
    }
}

/// The mistakes of a text without the warnings about pictures of unknown width.
fn errors(body: &str) -> Vec<String> {
    mistakes(body).into_iter().filter(|mistake| !mistake.ends_with("NL513")).collect()
}

/// A text with each underline of a heading cut to one character.
fn underlined_once(text: &str) -> String {
    let lines = text.lines().map(|line| if line.starts_with("--") { "-" } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn blocks_are_written_in_both_parts() {
    let fields = [("roles", Value::List(vec![text("x"), text("y")]))];
    for (body, plain) in [
        ("::: quote Bo, direktør\na\n\nb\n:::\n", "> a\n>\n> b\n— Bo, direktør"),
        ("::: warning\na\n:::\n", "| ADVARSEL\n| a"),
        ("::: tip Til *dig*\na\n:::\n", "| TIL DIG\n| a"),
        (
            "::: quote Bo: *https://a.example*, og [b](https://b.example)\na\n::: end quote\n",
            "> a\n— Bo: https://a.example, og b <https://b.example>",
        ),
        (":::: columns\na\n\n---\n\nb\n:::: slut\n", "a\n\nb"),
        ("- ::: quote — Bo\n  a\n  :::\n", "- > a\n  — Bo"),
        ("## A\n\n::: card B\nb\n:::\n", "A\n-\n\nB\n~\n\nb"),
        (":::: columns\n::: card A\na\n:::\n::: card B\nb\n:::\n::::\n", "A\n-\n\na\n\nB\n-\n\nb"),
        (":::: columns\na\n\n---\n\nb\n\n---\n\nc\n::::\n", "a\n\nb\n\nc"),
        (
            ":::: columns\n{% for r in roles %}\n::: card {{ r }}\n{{ loop.index }}\n:::\n{% endfor %}\n::::\n",
            "x\n-\n\n1\n\ny\n-\n\n2",
        ),
        ("::: more Resten\na\n:::\n", "Resten\n\na"),
        ("> ::: more\n> a\n> :::\n", "> a"),
    ] {
        assert_eq!(body_text(body, &fields), plain, "{body}");
        assert_eq!(unbalanced(&decoded(&letter(body, &fields).unwrap().html)), None, "{body}");
    }
    for (body, expected) in [
        ("::: callout A: B [a](b.md)\nx\n:::\n", "1:18 NL501"),
        (":::: columns\n::: card A\na\n:::\n::::\n", "1:1 NL450"),
        ("::: columns\na\n---\nb\n:::\n", "1:1 NL450"),
        ("::: columns\na\n\n---\n\nb\n\n---\n\nc\n\n---\n\nd\n:::\n", "1:1 NL450"),
        ("::: columns\n{% if a %}\na\n\n---\n\n{% endif %}\nb\n:::\n", "1:1 NL451"),
    ] {
        assert_eq!(mistakes(body), [expected], "{body}");
    }
}

#[test]
fn more_than_three_pictures_are_shown_in_rows() {
    let pictures = |count: usize| "![Havnen](https://a.example/a.jpg)\n".repeat(count);
    for (count, rows) in [(2, 1), (3, 1), (4, 2), (5, 2), (9, 3)] {
        let body = format!("::: columns\n{}:::\n", pictures(count));
        let html = content(&body, &[]);
        assert_eq!(html.matches("<table class=\"columns\"").count(), rows, "{html}");
        assert_eq!(unbalanced(&html), None);
        assert_eq!(body_text(&body, &[]).matches("[Billede: Havnen]").count(), count);
    }
    let mixed = content(&format!("::: columns\n{}:::\n", pictures(5)), &[]);
    assert_eq!([mixed.matches("column-of-3").count(), mixed.matches("column-of-2").count()], [3, 2], "{mixed}");
    assert_eq!(mistakes("::: columns\na\n\n---\n\nb\n\n---\n\nc\n\n---\n\nd\n:::\n"), ["1:1 NL450"]);
}

#[test]
fn elements_of_html_have_styles() {
    let body = "<details><summary>a</summary>b</details>\n<hr>\n<blockquote>c</blockquote>\n\
                <table><tr><th>d</th></tr><tr><td>e</td></tr></table>\n";
    let html = decoded(&letter(body, &[]).unwrap().html);
    for element in ["summary", "hr", "blockquote", "table class=\"kept\"", "th", "td"] {
        let tag = html.split(&format!("<{element} ")).skip(1).any(|rest| {
            let tag = rest.split('>').next().unwrap_or_default();
            tag.contains("style=\"")
        });
        assert!(tag, "{element}: {html}");
    }
}
