//! Snippets: texts that several issues use.

use crate::project::{ISSUE, MAY, Project};

/// A project whose issue uses the snippet `om`.
fn project(name: &str, text: &str, snippet: &str) -> Project {
    Project::new(name)
        .audience("board", &["Bo <bo@b.example>"])
        .file(MAY, ISSUE.replace("Der er nyt.\n", text))
        .file("snippets/om.md", snippet)
}

#[test]
fn a_snippet_is_read_as_part_of_the_issue() {
    let snippet = "---\nlayout: x\n---\n## Om {{ first_name }}\n\n::: callout Husk: det\n- [a](https://a.example)\n::: end callout\n";
    let project = project("snippet-read", "::: snippet om\n\n:::\n> - ::: snippet om.md\n\nSlut.\n", snippet);
    assert_eq!(project.run("preview issues/maj.md --as anna@a.example --out shown").status, 0);
    let text = project.read("shown/members.da.txt");
    let plain = "Om Anna\n-------\n\n| HUSK: DET\n| - a <https://a.example>\n";
    assert!(text.contains(plain), "{text}");
    assert!(text.contains("> - Om Anna\n>   -------\n>\n>   | HUSK: DET\n>   | - a <https://a.example>\n"), "{text}");
}

#[test]
fn blocks_in_a_snippet_decide_who_reads_them() {
    let snippet = "::: not board\nKun for de andre, og ikke for bestyrelsen.\n:::\n";
    let project = project("snippet-not", "Til alle.\n\n::: snippet om\n", snippet);
    let output = project.run("send issues/maj.md --yes");
    assert_eq!(output.status, 0, "{}", output.stderr);
    for letter in project.outbox().into_values() {
        assert_eq!(letter.contains("Kun for de andre"), !letter.contains("bo@b.example"), "{letter}");
    }
}

#[test]
fn a_resumed_plan_stops_if_a_snippet_has_changed() {
    let project = project("snippet-changed", "::: snippet om\n", "Vi er en forening.\n");
    assert_eq!(project.run("send issues/maj.md --yes --limit 1").status, 0);
    project.write("snippets/om.md", "Vi er to foreninger.\n");
    let output = project.run("send issues/maj.md --yes");
    assert_eq!(output.status, 3, "{}", output.stderr);
    assert!(output.stderr.contains("snippets/om.md"), "{}", output.stderr);
}

#[test]
fn exponentially_nested_snippets_are_stopped() {
    let project = project("snippet-many", "::: snippet om\n", &"::: snippet b\n".repeat(1000));
    for (name, next) in [("b", "c"), ("c", "d"), ("d", "e")] {
        project.write(&format!("snippets/{name}.md"), format!("::: snippet {next}\n").repeat(1000));
    }
    project.write("snippets/e.md", "x\n");
    let output = project.run("check issues/maj.md");
    assert_eq!((output.status, output.stderr.matches("NL454").count()), (3, 1), "{}", output.stderr);
}

#[test]
fn a_condition_of_an_issue_encloses_its_snippets() {
    let condition = "{% if first_name %}\n\n::: snippet om\n:::\n\n{% endif %}\n";
    let inside = project("snippet-note-inside", condition, "Prisen er steget.[^p]\n\n[^p]: Med tre procent.\n");
    let output = inside.run("check issues/maj.md");
    assert!(
        output.stderr.contains("error[NL615]") && output.stderr.contains("snippets/om.md:3:1"),
        "{}",
        output.stderr
    );

    // The snippet's condition is in the lines of the same numbers as the issue's note.
    let note = "::: snippet om\n:::\n\nPrisen er steget.[^p]\n\n[^p]: Med tre procent.\n";
    let snippet = format!("Hej.\n\n{{% if first_name %}}\n\n{}\n{{% endif %}}\n", "Nyt.\n\n".repeat(20));
    let beside = project("snippet-note-beside", note, &snippet);
    let output = beside.run("check issues/maj.md");
    assert_eq!(output.status, 0, "{}", output.stderr);
}

#[test]
fn a_missing_snippets_folder_is_reported() {
    let project = Project::new("snippet-no-folder").file(MAY, ISSUE.replace("Der er nyt.", "::: snippet om-os"));
    let output = project.run("check issues/maj.md");
    let reported = "error[NL453]: there is no snippet `om-os`: the folder snippets/ does not exist";
    assert!(output.status == 3 && output.stderr.contains(reported), "{}", output.stderr);
    assert!(output.stderr.contains("create the file snippets/om-os.md"), "{}", output.stderr);
}
