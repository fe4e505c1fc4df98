//! The output of `preview`: an issue as its readers see it.

use crate::project::{ISSUE, MAY, Project};

/// The HTML part and the text part of the only edition.
fn preview(project: &Project) -> (String, String) {
    let output = project.run("preview issues/maj.md --out shown");
    assert_eq!(output.status, 0, "{}", output.stderr);
    (project.read("shown/members.da.html"), project.read("shown/members.da.txt"))
}

#[test]
fn a_space_in_an_address_is_encoded() {
    let project = Project::new("preview-space");
    project.edit(MAY, "Der er nyt.", "Se [referatet fra årsmødet](<https://example.org/fil navn (1).pdf>) i dag.");
    let (html, text) = preview(&project);
    assert!(html.contains("href=\"https://example.org/fil%20navn%20(1).pdf\""), "{html}");
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(one_line.contains("<https://example.org/fil%20navn%20(1).pdf>"), "{text}");
}

#[test]
fn what_is_struck_out_is_marked_in_the_text_part() {
    let project = Project::new("preview-struck-out");
    project.edit(MAY, "Der er nyt.", "Pris: ~~500 kr.~~ 300 kr.");
    let (html, text) = preview(&project);
    assert!(html.contains("500&nbsp;kr.</del> 300&nbsp;kr."), "{html}");
    assert!(text.contains("\nPris: ~~500 kr.~~ 300 kr.\n"), "{text}");
}

#[test]
fn an_inbox_shows_words_of_each_text_without_a_preheader() {
    let project = Project::new("preview-first-words");
    for (body, shown) in [
        ("Tak for sidst.\n\nVi ses på mandag.\n", "Tak for sidst. Vi ses på mandag."),
        ("{{ greeting }}\n\nTak for sidst.\n\nVi ses på mandag.\n", "Tak for sidst. Vi ses på mandag."),
        ("- Mødet er i maj\n- Husk kage\n", "Mødet er i maj Husk kage"),
        ("Hej {{ email }}\n", "Hej anna@a.example"),
    ] {
        let front = ISSUE.split_once("{{ greeting }}").unwrap().0.replace("preheader: Det vigtigste i maj\n", "");
        project.write(MAY, format!("{front}{body}"));
        assert_eq!(project.run("preview issues/maj.md --out shown --as anna@a.example").status, 0, "{body}");
        let html = project.read("shown/members.da.html");
        let hidden = html.split_once("<div style=\"display:none").unwrap().1;
        let words = hidden.split_once('>').unwrap().1.split_once("</div>").unwrap().0;
        assert!(words.starts_with(shown), "{body}: {words}");
    }
}

#[test]
fn a_file_with_a_percent_in_its_name_is_attached() {
    let project = Project::new("preview-percent").file("issues/rapport%202026.pdf", "%PDF-1.4\n%%EOF\n");
    project.edit(MAY, "audiences:", "attachments: [\"rapport%202026.pdf\"]\naudiences:");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    let letters = project.outbox();
    assert!(
        letters["anna@a.example"].contains("filename*=utf-8''rapport%25202026.pdf"),
        "{}",
        letters["anna@a.example"]
    );
}

#[test]
fn sizes_are_shown_as_people_read_them() {
    let project = Project::new("preview-sizes");
    let line = project.run("preview issues/maj.md --out shown").stdout;
    assert!(line.starts_with("members.da ") && line.contains(" kB  "), "{line}");
}
