//! The completion that the shells' scripts call, and the man pages.

use crate::project::{Project, files};

/// What is printed for the words of a command line; the last one is being typed.
fn typed(project: &Project, shell: &str, words: &str) -> Vec<String> {
    let words = words.split(' ');
    let words: Vec<&str> = ["complete", shell, "--"].into_iter().chain(words).collect();
    let output = project.run_words(&words);
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    output.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn commands_options_and_names_are_completed() {
    let project = Project::new("completions").audience("directors", &["d@a.example"]);
    let project = project.file("templates/kinds/board.md", "---\nsubject: x\n---\n");
    let bash = |words| typed(&project, "bash", words);
    assert_eq!(bash("sen"), ["send"]);
    assert_eq!(bash("audience e"), ["explain"]);
    assert_eq!(bash("send --dr"), ["--dry-run"]);
    assert_eq!(bash("send is"), ["issues/maj.md"]);
    assert_eq!(bash("send --audience d"), ["directors"]);
    assert_eq!(bash("send --audience=d"), ["--audience=directors"]);
    assert_eq!(bash("send --audience = d"), ["directors"]);
    assert_eq!(bash("audience show dir"), ["directors"]);
    assert_eq!(bash("test issues/maj.md --as audience : d"), ["directors"]);
    assert_eq!(bash("new --kind boa"), ["board"]);
    assert_eq!(bash("export issues/maj.md --to link"), ["linkedin"]);
    assert_eq!(bash("status --state accepted,dou"), ["accepted,doubt"; 0]);
    assert_eq!(bash("--color al"), ["always"]);
    assert_eq!(bash("-C . send is"), ["issues/maj.md"]);
    assert_eq!(bash("check --explain nl001"), [""; 0]);
    assert_eq!(bash("check --explain NL001"), ["NL001"]);
    assert_eq!(bash("send -- is"), ["issues/maj.md"]);
    assert_eq!(bash("preview issues/maj.md --out "), [":folders"]);
    assert_eq!(bash("send /elsewhere/"), [":files"]);
    assert_eq!(bash("send issues/maj.md "), [""; 0]);
    assert_eq!(typed(&project, "zsh", "sen"), ["send:Send an issue; if interrupted, run again to send the rest"]);
    assert_eq!(typed(&project, "fish", "test issues/maj.md --as audience:d"), ["audience:directors\t"]);
}

#[test]
fn completing_changes_nothing_and_never_fails() {
    let project = Project::empty("completions-nowhere");
    assert_eq!(typed(&project, "bash", "-C nowhere send "), [":files"]);
    assert_eq!(files(&project.path("")), [""; 0]);
    let project = Project::new("completions-broken");
    let before = files(&project.path(""));
    project.write("newsletter.yaml", "name: [\n");
    assert_eq!(typed(&project, "bash", "send --audience "), [""; 0]);
    assert_eq!(files(&project.path("")), before);
}

#[test]
fn each_shell_has_a_script() {
    let project = Project::empty("completions-scripts");
    for (shell, line) in [
        ("bash", "complete -F _newsletter newsletter"),
        ("zsh", "#compdef newsletter"),
        ("fish", "complete --command newsletter --no-files --arguments '(__newsletter_complete)'"),
    ] {
        let output = project.run(&format!("completions {shell}"));
        assert_eq!((output.status, output.stderr.as_str()), (0, ""));
        assert!(output.stdout.lines().any(|printed| printed == line), "{}", output.stdout);
    }
}

#[test]
fn each_command_has_a_man_page() {
    let project = Project::empty("man-pages");
    let output = project.run("man pages");
    let pages = files(&project.path("pages"));
    assert_eq!(output.stdout, format!("{} pages written to pages: man newsletter\n", pages.len()));
    for page in ["newsletter.1", "newsletter-send.1", "newsletter-audience-list.1"] {
        assert!(pages.iter().any(|name| name == page), "{pages:?}");
    }
    assert!(!pages.iter().any(|name| name == "newsletter-complete.1"), "{pages:?}");
    let send = project.read("pages/newsletter-send.1");
    assert!(send.contains("\n\\fB\\-\\-dry\\-run\\fR\n"), "{send}");
    assert!(project.read("pages/newsletter.1").contains("  78  no project"), "the exit status is missing");
    // An update replaces the pages, and no file that a person wrote.
    project.run("man pages").succeeds_with(&output.stdout);
    project.write("pages/newsletter-send.1", ".TH MINE 1\n");
    project.run("man pages").fails_with(3, "pages/newsletter-send.1 already exists");
    assert_eq!(project.read("pages/newsletter-send.1"), ".TH MINE 1\n");
}
