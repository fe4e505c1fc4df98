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
fn a_for_block_follows_the_person() {
    let body = "Til alle.\n\n::: for suppliers\nOm kontrakten med leverandørerne.\n:::\n\n::: for board\nOm regnskabet.\n:::\n";
    let project = project("follows", body);
    project.run("check issues/maj.md").succeeds_with(
        "\
who reads which block:
     1  board.da
     2  members.da
     3  members.da.for-suppliers
  line  block              1 2 3
     9  ::: for suppliers  – – ●  Om kontrakten med leverandørerne.
    13  ::: for board      ● – –  Om regnskabet.
1 issue checked: no problems
",
    );
    assert_eq!(project.run("preview issues/maj.md --out shown").status, 0);
    let holds = |edition: &str| project.read(&format!("shown/{edition}.txt")).contains("Om kontrakten");
    assert_eq!(["board.da", "members.da", "members.da.for-suppliers"].map(holds), [false, false, true]);
    let page = project.read("shown/index.html");
    assert!(page.contains("også det, der er til suppliers"), "{page}");
    assert_eq!(project.run("preview issues/maj.md --as bo@b.example --out bo").status, 0);
    assert!(project.read("bo/members.da.for-suppliers.txt").contains("Om kontrakten"));
    let sent = project.run("send issues/maj.md --yes");
    assert_eq!(sent.status, 0, "{}", sent.stderr);
    let outbox = project.outbox();
    let reached = outbox.values().filter(|letter| letter.contains("Om kontrakten"));
    assert_eq!(reached.count(), 1);
}

#[test]
fn a_for_block_that_a_not_block_excludes_has_no_readers() {
    let body = "x\n\n:::: not suppliers\n::: for suppliers\nHemmeligt.\n:::\n::::\n";
    let output = project("for-in-not", body).run("check issues/maj.md");
    assert!(output.stderr.contains("error[NL611]: no recipient can get this block"), "{}", output.stderr);
    let body = "x\n\n::: for suppliers press\nHemmeligt.\n:::\n";
    let output = project("for-unknown", body).run("check issues/maj.md");
    assert!(output.stderr.contains("error[NL408]: unknown audience `press`"), "{}", output.stderr);
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

#[test]
fn preview_and_send_count_who_misses_a_block() {
    let project = project("missed-block", "Til alle.\n\n::: only board\nTil bestyrelsen.\n:::\n")
        .audience("board", &["Bo <bo@b.example>", "Dorte <dorte@d.example>"]);
    let warning = "warning[NL267]: 1 recipient is in board and will not get this block: they get the edition of members, \
                   which comes first\n --> issues/maj.md:9:1\n";
    for command in ["preview issues/maj.md", "send issues/maj.md --yes"] {
        let output = project.run(command);
        assert!(output.status == 0 && output.stderr.starts_with(warning), "{command}: {}", output.stderr);
    }
    // It is not a block to delete, although nobody gets it.
    project.write("audiences/board.yaml", "name: Board\nreason: du er med\nrecipients: [{email: bo@b.example}]\n");
    let output = project.run("check issues/maj.md");
    assert!(output.stderr.contains("NL267") && !output.stderr.contains("NL612"), "{}", output.stderr);
}
