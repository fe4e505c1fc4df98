//! Blocks: who reads which one, and which are errors.

use crate::project::{MAY, Project};

/// A project of members, suppliers and a board; Bo is a member and a supplier.
fn project(name: &str, body: &str) -> Project {
    let issue = format!(
        "---\nsubject: Nyt i maj\npreheader: Det vigtigste i maj\naudiences: [members, board]\ndate: 2026-05-04 09:00\n---\n{body}"
    );
    Project::new(name)
        .audience("suppliers", &["Bo <bo@b.example>"])
        .audience("board", &["Dorte <dorte@d.example>"])
        .file(MAY, issue)
}

#[test]
fn check_shows_who_reads_which_block() {
    let body = "Til alle.\n\n:::: not suppliers\nOm kontrakten.\n\n::: only board web\nTil {{ first_name }} og resten af bestyrelsen i dag.\n:::\n::::\n";
    project("matrix", body).run("check issues/maj.md").succeeds_with(
        "\
who reads which block:
     1  board.da
     2  members.da
     3  members.da.not-suppliers
  line  block                 1 2 3
     9  ::: not suppliers     ● ● –  Om kontrakten.
    12    ::: only board web  ● – –  Til {{ first_name }} og resten af bestyrelsen i …
1 issue checked: no problems
",
    );
}

#[test]
fn a_preview_lists_the_blocks_of_each_edition() {
    let project = project("matrix-preview", "Til alle.\n\n::: only board\nTil bestyrelsen.\n:::\n");
    assert_eq!(project.run("preview issues/maj.md --out shown").status, 0);
    let manifest = project.read("shown/manifest.json");
    let shown: Vec<&str> = manifest.lines().map(str::trim).filter(|line| line.starts_with("\"shown\"")).collect();
    assert_eq!(shown, ["\"shown\": true", "\"shown\": false"]);
}

#[test]
fn a_block_without_possible_readers_is_an_error() {
    for (number, (body, place, hint)) in [
        (
            "x\n\n::: only suppliers\nHemmeligt.\n:::\n",
            "9:1",
            "the issue is for `members`, `board`: add `suppliers` to its `audiences`, or delete the block",
        ),
        (
            "x\n\n::: not members board\nHemmeligt.\n:::\n",
            "9:1",
            "it excludes every audience of the issue: name fewer of them, or delete the block",
        ),
        (
            "x\n\n:::: not members\n::: only members\nHemmeligt.\n:::\n::::\n",
            "10:1",
            "its readers are excluded by the block around it in line 9: move it out of that block",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let output = project(&format!("unread-{number}"), body).run("check issues/maj.md");
        assert_eq!(output.status, 3, "{body}");
        assert!(output.stderr.contains("error[NL611]: no recipient can get this block"), "{}", output.stderr);
        assert!(output.stderr.contains(&format!("issues/maj.md:{place}")), "{}", output.stderr);
        assert!(output.stderr.contains(hint), "{}", output.stderr);
    }
}

#[test]
fn a_block_without_current_readers_is_not_an_error() {
    let body = "Til alle.\n\n:::: only web\nPå nettet.\n\n::: only web linkedin\nOgså der.\n:::\n::::\n";
    assert_eq!(project("channels", body).run("check issues/maj.md").stderr, "");
    let output = project("nobody-yet", "Til alle.\n\n::: lang en\nHello.\n:::\n").run("check issues/maj.md");
    assert_eq!(output.status, 0);
    assert!(
        output.stderr.contains("warning[NL612]: no recipient of this issue gets this block today"),
        "{}",
        output.stderr
    );
}

#[test]
fn an_edition_without_text_is_an_error() {
    let output =
        project("no-text", "::: only members\nTil medlemmer.\n:::\n\n<!-- intet -->\n").run("check issues/maj.md");
    let reported = "error[NL613]: the edition board.da has no text: all of it is in blocks for other readers";
    assert_eq!(output.status, 3);
    assert!(
        output.stderr.contains(reported) && output.stderr.contains("delete `board` from `audiences`"),
        "{}",
        output.stderr
    );
}
