//! The file of approvals and the project's files after changes by editors, Git and attackers.

use super::{APPROVALS, approvals, as_user, commit, forged, project, stops};
use crate::project::{MAY, Project, files};

#[test]
fn an_edited_or_copied_file_is_refused() {
    let project = project("approval-edited");
    project.write("issues/juni.md", project.read(MAY).replace("Nyt i maj", "Nyt i juni"));
    commit(&project, "Anna");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    let approved = project.read(APPROVALS);
    project.edit(APPROVALS, "Karen", "Erik");
    stops(&project, "error[NL746]: these approvals were edited by hand, or the file is incomplete");
    let refused = project.run("approve issues/maj.md --yes");
    assert!(refused.status == 3 && refused.stderr.contains("error[NL746]"), "{refused:?}");
    project.write(APPROVALS, &approved[..approved.len() / 2]);
    stops(&project, "error[NL746]");
    project.write(APPROVALS, &approved);
    project.write("approvals/juni.yaml", &approved);
    let output = project.run("send issues/juni.md --yes");
    assert!(
        output.status == 3 && output.stderr.contains("error[NL747]: these are the approvals of issues/maj.md"),
        "{output:?}"
    );
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
}

/// The same approvals of another commit. Its name may be written with quotes or without: a number needs them.
fn with_commit(approvals: &str, name: &str) -> String {
    let (before, rest) = approvals.split_once("    commit: ").expect("a commit");
    let (_, after) = rest.split_once('\n').expect("the end of the line");
    format!("{before}    commit: \"{name}\"\n{after}")
}

#[test]
fn a_file_that_is_not_a_list_of_approvals_is_refused() {
    let project = project("approval-garbage");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    let approved = project.read(APPROVALS);
    let bomb = format!("a: &a [x]\n{}", "b: &b [*a, *a, *a]\n".repeat(50));
    let conflict = format!("<<<<<<< HEAD\n{approved}=======\n{approved}>>>>>>> karen\n");
    let nested = format!("{}1{}\n", "[".repeat(5000), "]".repeat(5000));
    let edited =
        "error[NL746]: these approvals were edited by hand, or the file is incomplete\n --> approvals/maj.yaml:1:1\n";
    let cases = [
        ("", "error[NL746]: this file of approvals is empty\n"),
        ("\n \n", "error[NL746]: this file of approvals is empty\n"),
        (&conflict, "error[NL746]: these approvals have a merge conflict\n --> approvals/maj.yaml:1:1\n"),
        (&bomb, edited),
        (&forged(&bomb), edited),
        (&forged(&nested), edited),
        (&forged(&approved.replace("    how: git\n", "    how: telepathy\n")), edited),
        (&forged(&with_commit(&approved, "--output=x")), edited),
        (&forged(&approved.replace("  - by: Karen\n", "  - by: [Karen]\n")), edited),
        (&approved.replace("checksum", "Checksum"), edited),
    ];
    for (text, error) in cases {
        project.write(APPROVALS, text);
        stops(&project, error);
        let refused = project.run("approve issues/maj.md --yes");
        assert!(refused.status == 3 && refused.stderr.contains(error), "{refused:?}");
    }
    for bytes in [&b"\xff\xfe\0\0"[..], &vec![b'x'; 3_000_000]] {
        project.write(APPROVALS, bytes);
        stops(&project, "approvals/maj.yaml");
    }
    // The following changes do not affect the content.
    for text in [format!("\u{feff}{approved}"), approved.replace('\n', "\r\n")] {
        project.write(APPROVALS, text);
        commit(&project, "Karen");
        assert!(approvals(&project).contains("approved by Karen on "));
    }
}

#[test]
fn approvals_in_a_linked_folder_are_not_read() {
    let project = project("approval-link");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    let elsewhere = std::env::temp_dir().join(format!("newsletter-approvals-{}", std::process::id()));
    std::fs::rename(project.path("approvals"), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, project.path("approvals")).unwrap();
    for command in ["send issues/maj.md --yes", "approve issues/maj.md --yes"] {
        let output = project.run(command);
        assert!(output.status == 3 && output.stderr.contains("approvals"), "{output:?}");
    }
    std::fs::remove_dir_all(elsewhere).unwrap();
}

#[test]
fn one_person_under_two_spellings_counts_once() {
    let project = project("approval-spellings");
    project.edit("newsletter.yaml", "approval: required", "approval: {count: 2}");
    commit(&project, "Anna");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    let first = project.read(APPROVALS);
    let entry = first.split("approvals:\n").nth(1).unwrap().split("\ndigest: ").next().unwrap();
    assert!(entry.starts_with("  - by: Karen\n"), "{entry}");
    for other in ["KAREN", "Karén", "karen "] {
        let second = entry.replace("by: Karen\n", &format!("by: \"{other}\"\n"));
        project.write(APPROVALS, forged(&first.replace("approvals:\n", &format!("approvals:\n{second}\n"))));
        stops(&project, "issues/maj.md has 1 of 2 approvals");
    }
}

#[test]
fn changed_line_ends_do_not_matter() {
    let project = project("approval-line-ends");
    project.edit("issues/maj.md", "attachments: [plan.txt]\n", "");
    commit(&project, "Anna");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    commit(&project, "Karen");
    let letters = |project: &Project| {
        assert_eq!(project.run("send issues/maj.md --yes --dry-run").status, 0);
        let folder = project.path("preview/maj/letters");
        files(&folder).into_iter().map(|name| project.read(&format!("preview/maj/letters/{name}"))).collect::<Vec<_>>()
    };
    let before = letters(&project);
    assert_eq!(before.len(), 4);
    // As Git for Windows checks it out.
    let texts = [
        MAY,
        "issues/maj.en.md",
        "snippets/om-os.md",
        "templates/jul/theme.css",
        "templates/jul/footer.html",
        "issues/tal.csv",
        "audiences/far.yaml",
        "audiences/members.yaml",
        "newsletter.yaml",
        APPROVALS,
    ];
    for path in texts {
        project.write(path, project.read(path).replace('\n', "\r\n"));
    }
    assert!(letters(&project) == before, "a letter depends on line ends");
    let sent = project.run("send issues/maj.md --yes");
    assert!(sent.status == 0 && sent.stderr.contains("approved by Karen on "), "{sent:?}");
}

#[test]
fn a_copy_of_another_project_or_issue_is_refused() {
    let project = project("approval-of-another");
    project.write("issues/juni.md", project.read(MAY).replace("Nyt i maj", "Nyt i juni"));
    commit(&project, "Anna");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    // With another issue's name and a checksum that fits, the digests are still those of the other text.
    let text = project.read(APPROVALS).replace("issues/maj.md", "issues/juni.md");
    project.write("approvals/juni.yaml", forged(&text));
    commit(&project, "Karen");
    let output = project.run("send issues/juni.md --yes");
    assert!(
        output.status == 3 && output.stderr.contains("issues/juni.md has changed since Karen approved it on"),
        "{output:?}"
    );
    // A later digest under an approval of a former text.
    project.edit(MAY, "Der er nyt.", "Der er mere nyt.");
    commit(&project, "Anna");
    let project = as_user(project, "Anna");
    stops(&project, "issues/maj.md has changed since Karen approved it on");
}
