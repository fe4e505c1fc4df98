//! `preview`: the overview page and the files of each edition.

use crate::project::{MAY, Project, SETTINGS, files};

fn page(project: &Project, typed: &str) -> String {
    let output = project.run(typed);
    assert_eq!(output.status, 0, "{}", output.stderr);
    project.read("shown/index.html")
}

/// Every file of a folder, with its content.
fn tree(project: &Project, folder: &str) -> Vec<(String, Vec<u8>)> {
    let read = |file: String| (file.clone(), std::fs::read(project.path(&format!("{folder}/{file}"))).unwrap());
    files(&project.path(folder)).into_iter().map(read).collect()
}

#[test]
fn the_page_shows_each_edition_on_each_screen_with_its_problems() {
    let project = Project::new("gallery").audience("board", &["Dorte <dorte@d.example>"]);
    project.edit(MAY, "[members]", "[members, board]");
    project.edit(
        MAY,
        "Der er nyt.",
        "Der er nyt, {{ nickname|default('du') }}.\n\n::: only board\nKun for bestyrelsen.\n:::",
    );
    let page = page(&project, "preview issues/maj.md --out shown");
    for edition in ["board.da", "members.da"] {
        for screen in ["Computer, lys", "Computer, mørk", "Telefon, lys", "Telefon, mørk"] {
            let frame = format!("title=\"{edition} {screen}\" sandbox=\"allow-same-origin\"></iframe>");
            assert_eq!(page.matches(&frame).count(), 1, "{frame}");
        }
    }
    for text in [
        "<html lang=\"da\">",
        "2 udgaver · 4 modtagere · opdigtede personer",
        "ukendt felt `nickname`",
        "NL603 · issues&#x2f;maj.md:9",
        "Der er nyt, <mark>{{ nickname|default(&#x27;du&#x27;) }}</mark>.",
        "<code>only board</code>",
        "<td class=\"sign yes\">● med</td><td class=\"sign no\">– uden</td>",
        "Foreningen</bdi></span>",
    ] {
        assert!(page.contains(text), "{text} is not in {page}");
    }
    for loads in ["http://", "https://", "<script", "<link", "url("] {
        assert!(!page.contains(loads), "the page holds {loads}");
    }
}

#[test]
fn the_page_is_in_the_projects_language_and_names_its_reader() {
    let project = Project::new("gallery-english");
    project.write("newsletter.yaml", format!("{SETTINGS}lang: en\n"));
    let page = page(&project, "preview issues/maj.md --as anna@a.example --out shown");
    assert!(page.contains("<html lang=\"en\">") && page.contains("Shown for anna@a.example"), "{page}");
}

#[test]
fn text_of_an_issue_cannot_change_the_page() {
    let project = Project::new("gallery-hostile");
    let subject = r#"subject: "</title><script>alert(1)</script> \" onload=x \u202e''""#;
    project.edit(MAY, "subject: Nyt i maj", subject);
    project.edit(MAY, "preheader: Det vigtigste i maj", "preheader: \"<img src=x onerror=alert(1)>\"");
    project.edit(MAY, "Der er nyt.", "Der er nyt, {{ nickname|default('<b>') }}.\n\n</pre><script>alert(2)</script>");
    let page = page(&project, "preview issues/maj.md --out shown");
    for bad in ["<script", "<img", "\" onload", "<b>"] {
        assert!(!page.contains(bad), "the page holds {bad}");
    }
    let (before, _) = page.split_once("</title>").unwrap();
    assert!(before.contains("&lt;script&gt;") && !before.contains('\u{202e}'), "{before}");
    assert_eq!(page.matches("</pre>").count(), page.matches("<pre").count());
}

#[test]
fn previews_are_reproducible() {
    let project = Project::new("gallery-twice");
    project.edit(MAY, "date: 2026-05-04 09:00\n", "");
    page(&project, "preview issues/maj.md --out shown");
    project.run("preview issues/maj.md --out elsewhere/below");
    assert_eq!(tree(&project, "shown"), tree(&project, "elsewhere/below"));
    assert_eq!(tree(&project, "shown").len(), 5);
}

#[test]
fn dry_runs_with_one_date_are_reproducible() {
    let project = Project::new("dry-run-twice");
    project.edit(MAY, "date: 2026-05-04 09:00\n", "");
    for out in ["one", "two/below"] {
        let output = project.run(&format!("send issues/maj.md --dry-run --date 2026-05-04T09:00 --out {out}"));
        assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    }
    assert_eq!(tree(&project, "one"), tree(&project, "two/below"));
    assert_eq!(tree(&project, "one").len(), 3);
}

#[test]
fn the_sample_reader_has_the_fields_of_the_edition_and_the_rule() {
    let project = Project::new("gallery-invented").file(
        "audiences/members.yaml",
        "name: m\nreason: r\npeople: people.csv\nlists: {roles: '|'}\nwhere: {roles: [IT-chef, direktør], region: Midt}\n",
    );
    project.write(
        "people.csv",
        "email;fornavn;roles;region;organisation;side;antal\nhemmelig@a.example;Hemmelig;it-chef|x;midt;Hemmelig A/S;https://hemmelig.example/;4711\n",
    );
    let text = "{{ region }} {{ organisation }} {{ roles|join(', ') }} {{ antal }} {{ by }} [link]({{ side }})";
    project.edit(MAY, "Der er nyt.", text);
    page(&project, "preview issues/maj.md --out shown");
    let shown = project.read("shown/members.da.txt");
    let expected = "Midt Eksempel Kommune IT-chef, direktør 7 Eksempelby link\n<https://kommune.example/>";
    assert!(shown.contains(expected), "{shown}");
    for (file, bytes) in tree(&project, "shown") {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!text.contains("hemmelig") && !text.contains("4711"), "{file}");
    }
}

#[test]
fn a_long_text_has_a_readability_figure() {
    let project = Project::new("gallery-lix");
    let text = "Kommunerne vedtager strategien for digitalisering. Vi ses til mødet i maj. ".repeat(8);
    project.edit(MAY, "Der er nyt.", &text);
    let output = project.run("preview issues/maj.md --out shown");
    assert!(
        output.stdout.starts_with("members.da ") && output.stdout.contains(" LIX 42  Nyt i maj\n"),
        "{}",
        output.stdout
    );
    assert!(project.read("shown/index.html").contains("LIX 42, middel"));
    assert!(project.read("shown/manifest.json").contains("\"lix\": 42"));
}
