//! The table "Limits" of the manual: input that is too large, too slow, nested too deep or not a file ends with an
//! error, and nothing fills the memory.

use std::os::unix::fs::symlink;
use std::process::Command;

use crate::project::Project;

/// What is put in the place of a file.
const KINDS: [&str; 3] = ["a folder", "a pipe", "a device"];
const ISSUE: &str = "---\nsubject: Nyt fra os\npreheader: En sætning som er lang nok til at folk åbner brevet\naudiences: [all]\n\
                     ---\n# Nyt\n\nHej\n";
const AUDIENCE: &str = "name: Alle\nreason: du er medlem\n";

fn project(name: &str) -> Project {
    let project = Project::empty(&format!("limits-{name}"));
    let settings = "name: Nyt\nfrom: Nyt <nyt@forening.example>\npostal_address: Gade 1, 8000 Aarhus C\n";
    project
        .file("newsletter.yaml", settings)
        .file("issues/x.md", ISSUE)
        .file("audiences/all.yaml", format!("{AUDIENCE}recipients: [anna@a.example]\n"))
}

fn make(project: &Project, path: &str, kind: &str) {
    project.write(&format!("{path}.beside"), "");
    let path = project.path(path);
    match kind {
        "a folder" => std::fs::create_dir(path).unwrap(),
        "a pipe" => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
        _ => symlink("/dev/zero", path).unwrap(),
    }
}

#[test]
fn only_files_are_read() {
    let smtp = "smtp: {host: 127.0.0.1, port: 1, security: tls, ";
    for (path, file, more, command, status) in [
        ("people/x.csv", "audiences/all.yaml", "people: people/x.csv\n", "check", 3),
        ("people/x.json", "audiences/all.yaml", "people: people/x.json\n", "check", 3),
        ("people/x.jsonl", "audiences/all.yaml", "people: people/x.jsonl\n", "check", 3),
        ("people/x.yaml", "audiences/all.yaml", "people: people/x.yaml\n", "check", 3),
        ("people/x.xlsx", "audiences/all.yaml", "people: people/x.xlsx\n", "check", 3),
        ("people/x.ods", "audiences/all.yaml", "people: people/x.ods\n", "check", 3),
        ("people/x.db", "audiences/all.yaml", "people: {sqlite: people/x.db, query: SELECT 1 AS email}\n", "check", 3),
        ("snippets/x.md", "issues/x.md", "\n::: snippet x\n:::\n", "check", 3),
        ("issues/tal.csv", "issues/x.md", "\n::: table tal.csv\n:::\n", "check", 3),
        ("issues/x.png", "issues/x.md", "\n![Et billede](x.png)\n", "check", 3),
        ("x.csv", "newsletter.yaml", "", "audience import x.csv --yes", 3),
        (
            "password",
            "newsletter.yaml",
            &format!("{smtp}username: u, password_file: password}}\n"),
            "send issues/x.md --yes",
            78,
        ),
        ("ca.pem", "newsletter.yaml", &format!("{smtp}ca_file: ca.pem}}\n"), "send issues/x.md --yes", 78),
    ] {
        for kind in KINDS {
            let project = project("kinds").trusted();
            let text = project.read(file);
            project.write(file, if more.starts_with("people") { format!("{AUDIENCE}{more}") } else { text + more });
            make(&project, path, kind);
            let said = project.run(command);
            assert!(said.status == status && said.stderr.contains("error"), "{kind} at {path}: {said:?}");
        }
    }
}

/// Each source, with input beyond its limit.
#[test]
fn input_beyond_a_limit_is_an_error_that_names_it() {
    let list = |name: &str| format!("{AUDIENCE}people: people/{name}\n");
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let people = |text: String| format!("[{{\"email\": \"a@a.example\", \"x\": {text}}}]");
    let large = "x".repeat(2 << 20);
    for (path, content, audience, expected) in [
        ("people/x.csv", format!("email;x\na@a.example;{large}\n"), list("x.csv"), "longer than a megabyte"),
        ("people/x.json", people(format!("\"{large}\"")), list("x.json"), "longer than a megabyte"),
        ("people/x.json", people(nested(1000)), list("x.json"), "recursion limit exceeded"),
        ("people/x.jsonl", people(format!("\"{large}\"")), list("x.jsonl"), "not valid JSON"),
        ("people/x.yaml", format!("- email: a@a.example\n  x: {}\n", nested(1000)), list("x.yaml"), "nested"),
        ("people/x.yaml", format!("- a@a.example\n# {}\n", "x".repeat(17 << 20)), list("x.yaml"), "more than 16 MB"),
        ("audiences/b.yaml", format!("# {}\n", "x".repeat(17 << 20)), list("none.csv"), "more than 16 MB"),
        ("people/x.xlsx", "no archive".to_owned(), list("x.xlsx"), "cannot be read as a workbook"),
    ] {
        let project = project("sizes").file(path, content).file("audiences/all.yaml", audience);
        let said = project.run("check");
        assert!(said.status != 0 && said.stderr.contains(expected), "{path}: {:.2000}", said.stderr);
        assert!(said.stderr.len() < 100_000, "{path}: the message is {} bytes", said.stderr.len());
    }
}

#[test]
fn a_byte_order_mark_is_not_part_of_a_file() {
    let project = project("marks");
    for path in ["newsletter.yaml", "audiences/all.yaml", "issues/x.md"] {
        project.write(path, format!("\u{feff}{}", project.read(path)));
    }
    project.write("snippets/x.md", "\u{feff}Et stykke.\n");
    project.write("issues/x.md", project.read("issues/x.md") + "\n::: snippet x\n:::\n");
    for (name, list) in [
        ("x.csv", "\u{feff}email\nanna@a.example\n"),
        ("x.json", "\u{feff}[{\"email\": \"anna@a.example\"}]"),
        ("x.jsonl", "\u{feff}{\"email\": \"anna@a.example\"}\n"),
        ("x.yaml", "\u{feff}- anna@a.example\n"),
    ] {
        project.write(&format!("people/{name}"), list);
        project.write("audiences/all.yaml", format!("\u{feff}{AUDIENCE}people: people/{name}\n"));
        let said = project.run("check");
        assert_eq!((said.status, said.stderr.contains("error")), (0, false), "{name}: {said:?}");
    }
}

#[test]
fn a_password_command_ends_by_itself() {
    let project = project("password");
    let settings = project.read("newsletter.yaml");
    for (command, status) in [("yes x", 78), ("sleep 60 & echo x", 75), ("exit 3", 78), ("printf ''", 78)] {
        project.write(
            "newsletter.yaml",
            format!(
                "{settings}smtp: {{host: 127.0.0.1, port: 1, security: none, username: u, password_command: \"{command}\"}}\n"
            ),
        );
        let said = project.run("send issues/x.md --yes");
        assert_eq!(said.status, status, "{command}: {said:?}");
    }
}

#[test]
fn expressions_do_not_overflow_the_stack() {
    let lines = |first: &str, part: &str| format!("{first}\n{}", format!("  {}\n", part.repeat(100)).repeat(500));
    for part in ["not ", "x or ", "x ~ ", "- ", "x if x else ", "x < 1 and "] {
        let project = project("expressions").file("people/x.csv", "email;x\na@a.example;1\n");
        let list = format!("{AUDIENCE}people: people/x.csv\n");
        project.write("audiences/all.yaml", format!("{list}where: >\n{}  x\n", lines("", part)));
        let said = project.run("check");
        assert!(
            said.status == 3 && said.stderr.contains("longer than 2000 characters"),
            "{part}: {:.500}",
            said.stderr
        );
        project.write("audiences/all.yaml", format!("{list}where: {}x\n", part.repeat(1900 / part.len())));
        project.write("issues/x.md", format!("{ISSUE}{{{{ {}1 }}}}\n", lines("", part)));
        let said = project.run("check");
        assert_eq!(said.status, 3, "{part}: {:.500}", said.stderr);
        project.write("issues/x.md", format!("{ISSUE}{{{{ {}x }}}}\n", part.repeat(1900 / part.len())));
        let said = project.run("check");
        assert!([0, 3].contains(&said.status), "{part}: {:.500}", said.stderr);
    }
}

#[test]
fn chains_and_diamonds_end() {
    let project = project("chains");
    let settings = project.read("newsletter.yaml");
    let rules = |rule: &dyn Fn(usize) -> String, count: usize| -> String {
        (0..count).map(|at| format!("  r{at}: {}", rule(at))).collect::<Vec<_>>().join("\n") + "\n"
    };
    project.write("audiences/all.yaml", format!("{AUDIENCE}recipients: [anna@a.example]\nwhere: {{rule: r0}}\n"));
    let chain = rules(&|at| format!("{{rule: r{}}}", at + 1), 3000);
    let backwards = rules(&|at| if at == 0 { "name".to_owned() } else { format!("{{rule: r{}}}", at - 1) }, 3000);
    let diamonds = rules(&|at| format!("{{rule: [r{0}, r{0}]}}", at + 1), 40);
    for (text, expected) in [
        (format!("rules:\n{chain}  r3000: name\n"), "more than 64 rules use each other in a row"),
        (format!("rules:\n{backwards}"), "more than 64 rules use each other in a row"),
        (format!("rules:\n{diamonds}  r40: name\n"), "made of more than 1000 named rules"),
    ] {
        project.write("newsletter.yaml", format!("{settings}{text}"));
        let said = project.run("check");
        assert!(said.status == 78 && said.stderr.contains(expected), "{expected}: {:.2000}", said.stderr);
    }
    project.write("newsletter.yaml", settings);
    project.write("audiences/all.yaml", format!("{AUDIENCE}recipients: [anna@a.example]\n"));
    // 40 levels of audiences, each of which includes two that include the next ones: 2⁴⁰ paths.
    for at in 0..40 {
        let next = if at == 39 { "all".to_owned() } else { format!("a{0}, b{0}", at + 1) };
        for letter in ["a", "b"] {
            project.write(&format!("audiences/{letter}{at}.yaml"), format!("{AUDIENCE}include: [{next}]\n"));
        }
    }
    let said = project.run("audience show a0");
    assert!(said.status == 0 && said.stdout.contains("1 member\n"), "{said:?}");
}

#[test]
fn a_line_that_ends_in_cr_loses_nothing() {
    let project = project("line-ends");
    project.write(
        "people/x.jsonl",
        "{\"email\": \"a@a.example\"}\r{\"email\": \"b@b.example\"}\r\n{\"email\": \"c@c.example\"}",
    );
    project.write("audiences/all.yaml", format!("{AUDIENCE}people: people/x.jsonl\n"));
    let said = project.run("audience show all");
    assert!(said.stdout.ends_with("3 members\n"), "{said:?}");
    project.write("left.txt", "# who left\ra@a.example\rb@b.example");
    project.run("suppression add --file left.txt").succeeds_with("2 addresses suppressed (manual)\n");
}
