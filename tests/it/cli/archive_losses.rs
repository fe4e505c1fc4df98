//! `export --all --to web` after something was lost: the name of an issue that was sent, its file, or the record of the
//! folder.

use std::fs;

use super::receipts::{ACCEPTED, due_now};
use crate::project::{ISSUE, MAY, Project, SETTINGS};
use crate::scripted::{Relay, Script};

const ALL: &str = "export --all --to web";
const ARCHIVE: &str = "archive_url: https://x.example/nyt/{issue}/\n";

/// A project whose public issue was sent and exported.
fn sent(name: &str) -> Project {
    let relay = Relay::start(Script::default());
    let project = due_now(name, relay.port());
    project.write("newsletter.yaml", format!("{}{ARCHIVE}", project.read("newsletter.yaml")));
    project.edit(MAY, "date: 2026-05-04 09:00", "archive: public");
    project.run("run").succeeds_with(ACCEPTED);
    assert_eq!(project.run(ALL).status, 0);
    project
}

#[test]
fn a_page_that_letters_link_to_stays() {
    let project = sent("archive-renamed");
    fs::rename(project.path(MAY), project.path("issues/nyt.md")).unwrap();
    for command in ["check", ALL, "export issues/nyt.md --to web"] {
        let output = project.run(command);
        let renamed =
            "error[NL793]: this text was sent as issues/maj.md, and the letters link to the page of that name";
        assert!(output.status != 0 && output.stderr.contains(renamed), "{command}: {}", output.stderr);
        assert!(output.stderr.contains("help: rename the file back to issues/maj.md"), "{}", output.stderr);
    }
    fs::remove_file(project.path("issues/nyt.md")).unwrap();
    let linked = "error: DIR/public/maj/index.html was kept: letters that were sent link to it, and the file of its issue is gone. Restore \
                  the file; to withdraw the page, give the issue `archive: none`\n";
    for _ in 0..2 {
        let output = project.run(ALL);
        assert_eq!((output.status, output.stderr.as_str()), (1, linked));
        assert!(project.path("public/maj/index.html").exists());
    }
    assert_eq!(project.run("export --to atom").status, 0);
    project.write(MAY, ISSUE.replace("date:", "archive: none\ndate:"));
    project.run(ALL).succeeds_with("removed maj/index.html\n0 issues in DIR/public\n");
}

#[test]
fn pages_that_the_record_lacks_are_named() {
    let public = ISSUE.replace("date:", "archive: public\ndate:");
    let project = Project::new("archive-record")
        .file("newsletter.yaml", format!("{SETTINGS}{ARCHIVE}"))
        .file(MAY, &public)
        .file("issues/jul.md", public.replace("date: 2026-", "date: 2025-"))
        .file("issues/gammel.md", ISSUE)
        .file("public/gammel/index.html", "<h1>From a former version</h1>")
        .file("public/egen/index.html", "<h1>Min egen side</h1>");
    assert_eq!(project.run(ALL).status, 1);
    fs::remove_file(project.path("public/gammel/index.html")).unwrap();
    assert_eq!(project.run(ALL).status, 0);
    fs::remove_file(project.path("public/.newsletter-export.json")).unwrap();
    fs::remove_file(project.path("issues/jul.md")).unwrap();
    for file in ["index.html", "feed.xml", "2026/index.html"] {
        fs::remove_file(project.path("public").join(file)).unwrap();
    }
    let forgotten = |page: &str| {
        format!(
            "error: DIR/public/{page} was kept: it was exported once and is not any more, and the record of the folder does not have it. \
             Delete it, or it stays on the web\n"
        )
    };
    for _ in 0..2 {
        let output = project.run(ALL);
        assert_eq!((output.status, output.stderr), (1, forgotten("2025/index.html") + &forgotten("jul/index.html")));
    }
    fs::remove_dir_all(project.path("public/2025")).unwrap();
    fs::remove_dir_all(project.path("public/jul")).unwrap();
    assert_eq!(project.run(ALL).status, 0);
}
