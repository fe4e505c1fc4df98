//! Themes: the built-in ones, custom ones, and their errors.

use std::io::Cursor;

use image::{ImageFormat, Rgba, RgbaImage};

use crate::project::{ISSUE, MAY, Project, SETTINGS};

fn themed(name: &str, theme: &str) -> Project {
    let project = Project::new(name);
    project.edit(MAY, "audiences:", &format!("theme: {theme}\naudiences:"));
    project
}

fn previewed(project: &Project) -> (String, String) {
    let output = project.run("preview issues/maj.md --out seen");
    assert_eq!(output.status, 0, "{}", output.stderr);
    (project.read("seen/members.da.html"), project.read("seen/members.da.txt"))
}

fn errors(project: &Project) -> String {
    let output = project.run("send issues/maj.md --yes");
    assert_eq!((output.status, project.reached()), (3, Vec::new()), "{}", output.stderr);
    output.stderr
}

#[test]
fn built_in_themes_look_different() {
    let pages: Vec<String> = ["default", "letter", "bulletin", "magazine"]
        .map(|theme| previewed(&themed(&format!("theme-{theme}"), theme)).0)
        .to_vec();
    assert!(pages[0].contains("class=\"stripe\"") && !pages[1].contains("class=\"card\""));
    assert!(pages[3].contains("font-family:Georgia,") && !pages[0].contains("font-family:Georgia,"), "{}", pages[3]);
    assert!(pages[2].contains("class=\"masthead\"") && !pages[2].contains("class=\"stripe\""));
}

#[test]
fn a_bulletin_lists_its_sections_and_their_conditions() {
    let project = themed("bulletin", "bulletin");
    let sections = "## Økonomi\n\nTal.\n\n{% if first_name == 'Ida' %}\n## Til *Ida*\n\nHej.\n{% endif %}\n\n## Økonomi\n\n\
        Mere.\n\n## Om {{ first_name|default('os') }}\n\nSlut.\n";
    let front = project.read(MAY);
    project.write(MAY, format!("{front}\n{sections}"));
    let (page, text) = previewed(&project);
    let listed = "<ol class=\"contents-list\"";
    let listed = page.split(listed).nth(1).and_then(|rest| rest.split("</ol>").next()).unwrap_or_default();
    let words: Vec<&str> = listed.split("</a></li>").filter_map(|word| word.rsplit('>').next()).collect();
    assert_eq!(words, ["Økonomi", "Økonomi", "Om Anna", "\n"], "{page}");
    assert!(text.contains("I dette nummer\n--------------\n\n1. Økonomi\n2. Økonomi\n3. Om Anna\n\n"), "{text}");
    assert!(!page.contains("Til Ida") && !text.contains("Til Ida"));
}

#[test]
fn a_bulletin_has_one_line_above_a_heading() {
    let project = themed("bulletin-line", "bulletin");
    project.write(MAY, project.read(MAY) + "\n---\n\n## Økonomi\n\nTal.\n\n## Møder\n\nMere.\n");
    let (page, _) = previewed(&project);
    let style = |heading: &str| {
        let before = page.split(heading).next().unwrap_or_default();
        before.rsplit("<h2").next().unwrap_or_default().to_owned()
    };
    assert!(!style(">Økonomi</h2>").contains("border-top"), "{page}");
    assert!(style(">Møder</h2>").contains("border-top"), "{page}");
}

#[test]
fn the_picture_above_the_text_has_a_caption_in_every_theme() {
    for theme in ["default", "letter", "bulletin", "magazine"] {
        let project = themed(&format!("caption-{theme}"), theme);
        let image = "image: {file: \"https://a.example/a.jpg\", alt: Havnen, caption: \"Foto: Bo & Ida\"}\naudiences:";
        project.edit(MAY, "audiences:", image);
        let (page, text) = previewed(&project);
        let caption = page.split_once("class=\"hero-caption\"").map_or("", |(_, rest)| rest);
        assert!(caption.split('<').next().is_some_and(|cell| cell.ends_with(">Foto: Bo &amp; Ida")), "{page}");
        assert!(text.contains("[Billede: Havnen]\n\nFoto: Bo & Ida\n"), "{text}");
    }
}

/// Puts the issues of a project on the web.
fn published(project: Project) -> Project {
    project.edit(MAY, "date:", "archive: public\ndate:");
    let settings = project.read("newsletter.yaml");
    project.file("newsletter.yaml", format!("{settings}archive_url: https://nyheder.forening.example/{{issue}}/\n"))
}

#[test]
fn the_contents_of_a_letter_with_a_page_are_links_on_the_page_only() {
    let project = published(themed("bulletin-page", "bulletin"));
    project.write(MAY, project.read(MAY) + "\n## Økonomi\n\nTal.\n\n## Møder\n\nMere.\n\n## Slut\n\nTak.\n");
    let (page, _) = previewed(&project);
    assert!(page.contains("contents-list") && !page.contains("href=\"#"), "{page}");
    assert_eq!(project.run("export issues/maj.md --to web").status, 0);
    assert_eq!(project.read("public/maj/index.html").matches("<a href=\"#").count(), 3);
}

#[test]
fn a_theme_may_link_its_contents_in_letters() {
    let project = published(themed("linked-contents", "linked"));
    let built_in = include_str!("../../../templates/bulletin/newsletter.html");
    project.write("templates/linked/newsletter.html", built_in.replace("{{ contents }}", "{{ linked_contents }}"));
    project.write(MAY, project.read(MAY) + "\n## Økonomi\n\nTal.\n\n## Økonomi\n\nMere.\n\n## Slut\n\nTak.\n");
    let (page, text) = previewed(&project);
    let anchors: Vec<&str> =
        page.split("<a href=\"#").skip(1).filter_map(|link| link.split_once('"')).map(|(anchor, _)| anchor).collect();
    for anchor in &anchors {
        let names = [format!("<h2 id=\"{anchor}\""), format!("<a name=\"{anchor}\"></a><![endif]-->")];
        assert!(names.iter().all(|name| page.matches(name.as_str()).count() == 1), "{anchor}: {page}");
    }
    assert_eq!(anchors.len(), 3, "{page}");
    assert!(text.contains("Tal.") && !text.contains("I dette nummer"), "{text}");
}

#[test]
fn a_theme_may_have_its_own_events() {
    let project = themed("own-events", "eget");
    let event = "::: event Årsmøde\ntid: 21. januar 2027 kl. 9.30\nsted: Rådhuset\n\nKom og *hør*.\n:::\n";
    project.write(MAY, format!("{}\n{event}", project.read(MAY)));
    let own = "<div>{{ event.day }}/{{ event.month }}</div>{{ event.title }}<hr>{{ event.details }}";
    project.write("templates/eget/event.html", own);
    let (page, text) = previewed(&project);
    let (day, rest) = page.split_once(">Årsmøde</h").expect("the title");
    assert!(day.contains("<div>21/jan.</div>") && !page.contains("event-leaf"), "{page}");
    let (between, details) = rest.split_once("<hr").expect("what the theme has between them");
    assert!(between.contains("Rådhuset") && details.contains("Kom og <em>hør</em>."), "{page}");
    assert!(text.contains("Årsmøde") && text.contains("Rådhuset"), "{text}");
    for (own, missing) in [("{{ event.title }}", "`event.details`"), ("{{ event.details }}", "`event.title`")] {
        project.write("templates/eget/event.html", own);
        let error = errors(&project);
        assert!(error.contains("error[NL522]") && error.contains(missing), "{error}");
        assert!(error.contains("templates/eget/event.html:1"), "{error}");
    }
}

#[test]
fn a_section_after_a_rule_has_one_line_above_it() {
    let project = themed("bulletin-rule", "bulletin");
    project.write(MAY, format!("{}\n## Uden\n\nTekst.\n\n---\n\n## Med\n\nTekst.\n", project.read(MAY)));
    let page = previewed(&project).0;
    let lines = page.matches("<hr").count() + page.matches("border-top:1px").count();
    assert_eq!((page.matches("<h2").count(), lines), (2, 2), "{page}");
}

#[test]
fn pictures_and_tables_are_as_wide_as_the_page_of_the_theme() {
    let project = themed("wide-theme", "bred");
    let wide =
        "{% include 'default/theme.css' %}\n.card { max-width: 640px; }\n.content { padding: 16px 20px 32px; }\n";
    project.write("templates/bred/theme.css", wide);
    let picture = "![Havnen](https://forening.example/havn.jpg)";
    project.write(MAY, format!("{}\n{picture}\n\n<table><tr><td>Celle</td></tr></table>\n", project.read(MAY)));
    let page = previewed(&project).0;
    assert!(page.contains("alt=\"Havnen\" width=\"600\" "), "{page}");
    assert!(page.contains("<table role=\"presentation\" width=\"640\" align=\"center\""), "{page}");
    // An author's own table looks like one of Markdown.
    assert!(page.contains("<td style=\"padding:8px 6px;border-bottom:1px solid"), "{page}");
}

#[test]
fn a_masthead_prints_number_and_date_and_can_be_replaced_alone() {
    let project = themed("masthead", "default");
    project.edit(MAY, "theme: default", "theme: default\nnumber: 12\nparams: {foto: \"Ida & Bo\", dag: 2026-12-24}");
    let (page, text) = previewed(&project);
    assert!(page.contains(">Nr. 12 · 4. maj 2026</p>"), "{page}");
    assert!(text.starts_with("Nyt fra foreningen · Nr. 12 · 4. maj 2026\n\n"), "{text}");
    // A personal letter has no such line, in either part.
    project.edit(MAY, "theme: default", "theme: letter");
    let (page, text) = previewed(&project);
    assert!(!page.contains("Nr. 12") && !text.contains("Nr. 12") && text.contains("Afmeld nyhedsbrevet:"), "{text}");
    project.edit(MAY, "theme: letter", "theme: default");
    let masthead = "<tr><td class=\"masthead\">{{ issue.number }}|{{ issue.month }}|{{ date }}|{{ params.foto }}|{{ params.dag }}|\
        {{ series }}|{{ width.column }}</td></tr>\n";
    project.write("templates/default/masthead.html", masthead);
    let (page, _) = previewed(&project);
    assert!(page.contains(">12|maj 2026|4. maj 2026|Ida &amp; Bo|24. december 2026||536</td>"), "{page}");
    assert!(page.contains("class=\"stripe\"") && page.contains("Afmeld nyhedsbrevet"), "{page}");
    project.edit(MAY, "date: 2026-05-04 09:00\n", "");
    project.edit(MAY, "number: 12\n", "");
    project.write("templates/default/masthead.html", "<tr><td>{% if issue.line %}?{% endif %}</td></tr>\n");
    assert!(!previewed(&project).0.contains("<td>?"));
}

#[test]
fn a_logo_can_be_seen_in_light_and_dark_mode() {
    let logo = |channel: u8| {
        let transparent_at = |x: u32, y: u32| x < 20 || y < 20;
        let pixel = |x, y| Rgba([channel, channel, channel, if transparent_at(x, y) { 0 } else { 255 }]);
        let mut bytes = Vec::new();
        RgbaImage::from_fn(80, 40, pixel).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        bytes
    };
    let project = Project::new("logos").file("dark.png", logo(10)).file("white.png", logo(250));
    let sent = |settings: &str| {
        project.write("newsletter.yaml", format!("{SETTINGS}brand: {{logo: {settings}}}\n"));
        let output = project.run("preview issues/maj.md --out seen");
        assert_eq!(output.status, 0, "{}", output.stderr);
        (project.read("seen/members.da.html"), output.stderr)
    };
    // A dark logo gets a bright background, which is a part of the picture: 8 pixels on each side.
    let (page, reported) = sent("dark.png");
    assert!(page.contains("width=\"96\"") && !page.contains("class=\"logo-dark\"") && reported.is_empty(), "{page}");
    let (page, reported) = sent("{file: dark.png, dark: white.png}");
    assert!(page.contains("class=\"logo logo-light\"") && page.contains("class=\"logo-dark\""), "{page}");
    for swapped in [".logo-light{display:none !important}", "[data-ogsc] .logo-dark{display:inline !important}"] {
        assert!(page.contains(swapped) && reported.is_empty(), "{page}");
    }
    let (page, reported) = sent("white.png");
    assert!(page.contains("width=\"80\"") && reported.contains("warning[NL652]"), "{reported}");
    let (_, reported) = sent("{file: dark.png, dark: dark.png}");
    assert!(reported.contains("its background in dark mode: only 0 %"), "{reported}");
}

#[test]
fn styles_that_an_element_cannot_hold_stay_in_the_head() {
    let project = themed("hover-theme", "jul");
    let own = "a:hover { color: #AA0000; }\nh1 { font-family: Playfair, Georgia, serif; margin: 0 !important; }\n";
    project.write("templates/jul/theme.css", format!("{{% include 'default/theme.css' %}}\n{own}"));
    let page = previewed(&project).0;
    let (head, body) = page.split_once("<body").unwrap_or_default();
    assert!(head.contains("<style>a:hover{color:#AA0000 !important}\nh1{margin:0 !important}\n</style>"), "{page}");
    assert!(head.contains("h1{font-family:Georgia,serif !important;}"), "{page}");
    assert!(
        !body.contains("important") && [";", "\""].iter().any(|end| body.contains(&format!("margin:0{end}"))),
        "{page}"
    );
    // The rules for dark mode come later, so that they take precedence.
    assert!(head.find("a:hover") < head.find("prefers-color-scheme:dark"), "{page}");
}

#[test]
fn a_custom_theme_needs_only_the_files_that_differ() {
    let project = themed("own-theme", "jul");
    project.write("templates/jul/theme.css", "h1 { color: #AA0000; }\n");
    project.write("templates/jul/dark.css", "h1 { color: #FFAAAA; background-color: #000000; }\n");
    let text = "{{ heading }}\n===\n\n{{ content }}\n\n---\nFordi {{ reason }}\n{{ postal_address[0] }}\n\nFarvel: {{ unsubscribe }}\n";
    project.write("templates/jul/newsletter.txt", text);
    let (page, plain) = previewed(&project);
    for styles in [
        "color:#AA0000",
        "@media (prefers-color-scheme:dark){h1{color:#FFAAAA !important;background-color:#000000 !important}",
        "[data-ogsb] h1{background-color:#000000 !important}\n[data-ogsc] h1{color:#FFAAAA !important}",
        "@media (max-width:480px)",
    ] {
        assert!(page.contains(styles), "{styles}: {page}");
    }
    assert!(plain.starts_with("Nyt i maj\n=========\n\nHej Anna\n\nDer er nyt.\n\n-----"), "{plain}");
    assert!(plain.contains("\nFordi ") && plain.contains("\nGadevej 1, 8000 Aarhus C\n\nFarvel: "), "{plain}");
}

#[test]
fn errors_in_a_theme_are_reported_at_their_line() {
    let project = themed("wrong-theme", "jul");
    project.write(
        "templates/jul/theme.css",
        "{% include 'default/theme.css' %}\nh2 { display: flex; }\n@import 'x';\nh3 { color: red;\n",
    );
    project.write("templates/jul/newsletter.txt", "{{ content }}\n{{ reason }}\n");
    let reported = errors(&project);
    for error in [
        "error[NL524]: many mail programs ignore `display: flex`\n --> templates/jul/theme.css:2:",
        "error[NL523]: a theme's styles cannot contain rules with @\n --> templates/jul/theme.css:3:",
        "error[NL523]: the `}` of this rule is missing\n --> templates/jul/theme.css:4:",
    ] {
        assert!(reported.contains(error), "{reported}");
    }
    project.write("templates/jul/theme.css", "h1 { color: red; }\n");
    let reported = errors(&project);
    let error = "error[NL522]: the theme leaves out `unsubscribe`, which every letter must have\n --> templates/jul/newsletter.txt:1:";
    assert!(reported.contains(error), "{reported}");
}

#[test]
fn styles_that_gmail_would_drop_are_refused() {
    let project = themed("heavy-theme", "jul");
    project.write("templates/jul/dark.css", ".card { background-color: #000000; }\n".repeat(200));
    let reported = errors(&project);
    assert!(reported.contains("error[NL525]: the styles for phones and dark mode have "), "{reported}");
}

#[test]
fn a_mistyped_theme_gets_a_suggestion() {
    let reported = errors(&themed("mistyped-theme", "buletin"));
    assert!(
        reported.contains("unknown theme `buletin`") && reported.contains("did you mean `bulletin`?"),
        "{reported}"
    );
}

#[test]
fn a_letter_that_gmail_would_cut_off_is_refused() {
    let project = Project::new("heavy-letter");
    let paragraph = format!("{}\n\n", "Ord ".repeat(100));
    project.write(MAY, format!("{ISSUE}\n## Kort\n\nHej.\n\n## Tal\n\n{}", paragraph.repeat(230)));
    let reported = errors(&project);
    let error = "Gmail cuts it off at 102, with its unsubscribe link";
    assert!(reported.starts_with("error[NL527]: the letter has 1") && reported.contains(error), "{reported}");
    assert!(reported.contains("the longest section is \"Tal\" with "), "{reported}");
    // No section is long, but all of them together are.
    let sections: Vec<String> = (0..230).map(|number| format!("## Sag {number}\n\n{paragraph}")).collect();
    project.write(MAY, format!("{ISSUE}\n{}", sections.concat()));
    let reported = errors(&project);
    assert!(reported.contains(" kB: put some of its sections on a web page, and link to it"), "{reported}");
}
