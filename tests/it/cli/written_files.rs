//! Exports into a folder that already has files.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::Value;

use crate::project::{ISSUE, MAY, Project, SETTINGS, files};

const EVENT: &str = "Der er nyt.\n\n::: event Årsmøde\ntid: 21. januar 2027 kl. 9.30\n:::\n";
const EXPORT: &str = "export issues/maj.md --to web";
const CHANGED: &str = "it was changed after it was exported. To take the new version, delete the file and export again";

fn project(name: &str) -> Project {
    let issue = ISSUE.replace("date:", "archive: public\ndate:").replace("Der er nyt.\n", EVENT);
    Project::new(name)
        .file("newsletter.yaml", format!("{SETTINGS}archive_url: https://nyt.forening.example/{{issue}}\n"))
        .file(MAY, issue)
}

#[test]
fn a_second_export_changes_its_own_files_only() {
    let project = project("written-second");
    project.run(EXPORT).succeeds_with("da  https://nyt.forening.example/maj/\n1 page in DIR/public\n");
    project.write("public/robots.txt", "User-agent: *\n");
    let before = fs::metadata(project.path("public/maj/index.html")).unwrap().modified().unwrap();
    project.run(EXPORT).succeeds_with("da  https://nyt.forening.example/maj/\n1 page in DIR/public\n");
    assert_eq!(fs::metadata(project.path("public/maj/index.html")).unwrap().modified().unwrap(), before);
    project.edit(MAY, EVENT, "Der er kommet mere.\n");
    project
        .run(EXPORT)
        .succeeds_with("da  https://nyt.forening.example/maj/\nremoved maj/aarsmoede.ics\n1 page in DIR/public\n");
    assert!(project.read("public/maj/index.html").contains("Der er kommet mere."));
    assert_eq!(files(&project.path("public")), [".newsletter-export.json", "maj/index.html", "robots.txt"]);
}

#[test]
fn what_a_person_changed_stays() {
    let project = project("written-changed");
    assert_eq!(project.run(EXPORT).status, 0);
    project.edit("public/maj/index.html", "Der er nyt.", "Der er nyt, og det er rettet.");
    project.edit("public/maj/aarsmoede.ics", "Årsmøde", "Generalforsamling");
    project.edit(MAY, EVENT, "Der er kommet mere.\n");
    let page = format!("error: DIR/public/maj/index.html was kept: {CHANGED}\n");
    let event = "error: DIR/public/maj/aarsmoede.ics was kept: it is not exported any more, but it was changed after it was exported. Delete it if it is not needed\n";
    for _ in 0..2 {
        let output = project.run(EXPORT);
        assert_eq!((output.status, output.stderr), (1, format!("{event}{page}")));
        assert!(project.read("public/maj/index.html").contains("og det er rettet"));
    }
    let output = project.run(&format!("{EXPORT} --json"));
    let json: Value = serde_json::from_str(output.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(
        json["kept"],
        serde_json::json!([
            { "file": "maj/aarsmoede.ics", "cause": "changed and not needed" },
            { "file": "maj/index.html", "cause": "changed" }
        ])
    );
    fs::remove_file(project.path("public/maj/index.html")).unwrap();
    fs::remove_file(project.path("public/maj/aarsmoede.ics")).unwrap();
    assert_eq!(project.run(EXPORT).status, 0);
    assert!(project.read("public/maj/index.html").contains("Der er kommet mere."));
}

#[test]
fn changed_line_ends_are_not_a_change() {
    let project = project("written-lines");
    assert_eq!(project.run(EXPORT).status, 0);
    let page = project.read("public/maj/index.html");
    project.write("public/maj/index.html", page.replace('\n', "\r\n"));
    let event = project.read("public/maj/aarsmoede.ics");
    project.write("public/maj/aarsmoede.ics", event.replace("\r\n", "\n"));
    assert_eq!(project.run(EXPORT).status, 0);
    assert_eq!(project.read("public/maj/index.html"), page);
    assert_eq!(project.read("public/maj/aarsmoede.ics"), event);
}

#[test]
fn an_issue_does_not_replace_the_files_of_another_one() {
    let project = project("written-others");
    project.write("issues/juni.md", project.read(MAY));
    project.write("issues/juni.en.md", project.read(MAY).replace("Der er nyt", "There is news"));
    project.write("issues/juni-en.md", project.read(MAY).replace("Der er nyt", "Der er noget andet"));
    let text = "export issues/juni.md --to jekyll";
    assert_eq!(project.run(text).status, 0, "{}", project.run(text).stderr);
    let before = files(&project.path("export/jekyll"));
    let other = "export issues/juni-en.md --to jekyll";
    let output = project.run(other);
    let refused = "error: DIR/export/jekyll/_posts/2026-05-04-juni-en.md is from issues/juni.md, and issues/juni-en.md would replace it; \
                   nothing was written. Give one of the two issues another name with `slug: …` in its front matter\n";
    assert_eq!(output.status, 3);
    assert!(output.stderr.ends_with(refused), "{}", output.stderr);
    assert_eq!(files(&project.path("export/jekyll")), before);
    // The files of an issue that has another name now may be replaced.
    project.edit("issues/juni.md", "subject:", "slug: sommer\nsubject:");
    assert_eq!(project.run(other).status, 0);
}

#[test]
fn a_file_that_was_there_before_stays() {
    let project = project("written-foreign").file("public/maj/index.html", "<h1>Min side</h1>");
    let output = project.run(EXPORT);
    let kept = "error: DIR/public/maj/index.html was kept: it was there before, and not from an export. To replace it, delete the file and \
                export again\n";
    assert_eq!((output.status, output.stderr.as_str()), (1, kept));
    assert_eq!(project.read("public/maj/index.html"), "<h1>Min side</h1>");
    assert!(project.path("public/maj/aarsmoede.ics").exists());
}

#[test]
fn nothing_is_written_through_a_link_out_of_the_folder() {
    let project = project("written-links").file("elsewhere/keep", "");
    fs::create_dir_all(project.path("public")).unwrap();
    symlink(project.path("elsewhere"), project.path("public/maj")).unwrap();
    let output = project.run(EXPORT);
    let refused = "error: DIR/public/maj/aarsmoede.ics is behind a link that leads out of the folder: replace the link with a folder or delete it\n";
    assert_eq!((output.status, output.stderr.as_str()), (3, refused));
    assert_eq!(files(&project.path("elsewhere")), ["keep"]);
    fs::remove_file(project.path("public/maj")).unwrap();
    fs::create_dir(project.path("public/maj")).unwrap();
    symlink("other.html", project.path("public/maj/index.html")).unwrap();
    let output = project.run(EXPORT);
    assert_eq!(output.status, 1, "{}", output.stderr);
    assert!(!project.path("public/maj/other.html").exists());
}

#[test]
fn a_folder_that_cannot_be_used_is_reported() {
    let project = project("written-folder").file("fil", "").file("public/.newsletter-export.json", "<<<<<<< HEAD\n");
    let output = project.run(&format!("{EXPORT} --out fil"));
    assert_eq!(output.status, 74);
    assert!(output.stderr.ends_with("fil: it is a file, and an export needs a folder\n"), "{}", output.stderr);
    let output = project.run(EXPORT);
    assert_eq!(output.status, 3);
    assert!(output.stderr.contains("it is not the record of an export by this version: restore it, or delete it"));
    assert_eq!(files(&project.path("public")), [".newsletter-export.json"]);
    // A folder that cannot be made, whoever runs the test.
    let output = project.run(&format!("{EXPORT} --out fil/under"));
    assert_eq!(output.status, 74);
    assert!(output.stderr.starts_with("error: cannot write fil/under: "), "{}", output.stderr);
}

#[test]
fn what_is_left_of_an_issue_that_is_gone_is_named() {
    let project = project("written-gone");
    project.write("issues/juni.md", project.read(MAY).replace("Der er nyt", "Der er mere"));
    for channel in ["text", "ics", "kit"] {
        assert_eq!(project.run(&format!("export issues/juni.md --to {channel}")).status, 0, "{channel}");
    }
    fs::remove_file(project.path("issues/juni.md")).unwrap();
    let gone = "issues/juni.md is gone, and its exported files are still there. Delete them if they are not needed: ";
    let output = project.run("export issues/maj.md --to text");
    assert_eq!((output.status, output.stderr), (0, format!("{gone}DIR/export/text/juni.txt\n")));
    let output = project.run("export issues/maj.md --to kit");
    assert!(output.stderr.starts_with(gone) && output.stderr.ends_with(" and 4 more\n"), "{}", output.stderr);
    let output = project.run("export issues/maj.md --to ics --json");
    let json: Value = serde_json::from_str(output.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(json["gone"], serde_json::json!([{ "issue": "issues/juni.md", "files": ["juni.ics"] }]));
    // A renamed issue with a `slug` is the same issue.
    project.write("issues/sommer.md", project.read(MAY).replace("subject:", "slug: juni\nsubject:"));
    assert_eq!(project.run("export issues/maj.md --to text").status, 0);
}

#[test]
fn what_is_left_of_an_issue_that_is_no_longer_public_is_named() {
    let project = project("written-members");
    for channel in ["web", "text"] {
        assert_eq!(project.run(&format!("export issues/maj.md --to {channel}")).status, 0, "{channel}");
    }
    project.edit(MAY, "archive: public", "archive: members");
    let output = project.run(EXPORT);
    let named = "error: issues/maj.md was exported before, and that is still there: DIR/public/maj/aarsmoede.ics, \
                 DIR/public/maj/index.html; remove it with `newsletter export --all --to web`, and upload the folder again\n";
    assert!(output.status == 3 && output.stderr.starts_with(named), "{}", output.stderr);
    let output = project.run("export issues/maj.md --to text");
    let named = "error: issues/maj.md was exported before, and that is still there: DIR/export/text/maj.txt; delete it, and everything published from it\n";
    assert!(output.status == 3 && output.stderr.starts_with(named), "{}", output.stderr);
    assert_eq!(project.run("export --all --to web").status, 0);
    assert!(!project.path("public/maj").exists());
    assert!(!project.run(EXPORT).stderr.contains("still there"));
}
