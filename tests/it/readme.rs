//! The README: its commands work as they are written.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::project::{Project, has_extension};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// Types a script into a shell that finds the program, and returns what is printed.
fn typed(project: &Project, script: &str) -> String {
    let programs = Path::new(env!("CARGO_BIN_EXE_newsletter")).parent().unwrap().display().to_string();
    let output = Command::new("sh")
        .args(["-euc", script])
        .current_dir(project.path(""))
        .env_clear()
        .env("PATH", format!("{programs}:/usr/bin:/bin"))
        .env("LANG", "en")
        .output()
        .unwrap();
    let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script}\n{printed}");
    printed
}

/// The chapter of this title.
fn chapter(title: &str) -> String {
    let readme = readme();
    let (_, chapter) = readme.split_once(&format!("\n## {title}\n")).unwrap();
    chapter.split("\n## ").next().unwrap().to_owned()
}

#[test]
fn the_tour_works_as_it_is_written() {
    let mut script = String::new();
    // A block is a command, or the content of the file that is named last before it.
    let chapter = chapter("Five-minute tour");
    let mut pieces = chapter.split("\n```");
    let mut before = pieces.next().unwrap();
    while let (Some(block), Some(after)) = (pieces.next(), pieces.next()) {
        let (language, content) = block.split_once('\n').unwrap();
        if language == "sh" {
            script.extend([content, "\n"]);
        } else {
            let is_file = |word: &&str| has_extension(word, "yaml") || has_extension(word, "md");
            let file = before.split('`').rfind(is_file).unwrap();
            script.extend(["cat > ", file, " <<'END'\n", content, "\nEND\n"]);
        }
        before = after;
    }
    let project = Project::empty("readme");
    let printed = typed(&project, &script);
    assert!(printed.contains("1 issue checked: no problems\n"), "{printed}");
    assert!(printed.contains("2 editions in "), "{printed}");
    let sent = "issues/nyt-fra-faellesskabet.md: 2 recipients: 2 in the outbox\n";
    assert_eq!(printed.matches(sent).count(), 2, "send and status: {printed}");
    assert!(printed.contains("da  nyt-fra-faellesskabet.md  Nyt fra fællesskabet\n"), "export: {printed}");
    assert!(printed.contains("2 recipients"), "report: {printed}");
}

#[test]
fn the_first_command_shows_the_example() {
    let chapter = chapter("Two commands");
    let first = chapter.lines().find_map(|line| line.strip_prefix("cargo run --release -- ")).unwrap();
    let project = Project::empty("readme-first");
    let copied = ["newsletter.yaml", "audiences", "examples", "templates", "snippets", "people"];
    for name in copied.iter().filter(|name| root().join(name).exists()) {
        let status = Command::new("cp").arg("-r").arg(root().join(name)).arg(project.path("")).status().unwrap();
        assert!(status.success());
    }
    let printed = typed(&project, &format!("newsletter {first}"));
    assert!(printed.contains("editions in ") && printed.contains("index.html yourself"), "{printed}");
}
