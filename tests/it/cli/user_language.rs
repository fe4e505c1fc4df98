//! The language in which the program speaks to its users.

use crate::project::{Project, RunOutput};

/// What `check` prints of an issue with an unknown key.
fn check(name: &str, language: &[(&str, &str)], words: &[&str]) -> RunOutput {
    let project =
        Project::new(name).file("issues/maj.md", "---\nsubjekt: Nyt\naudiences: [members]\n---\n\nTil alle.\n");
    let mut command = project.command(&[&["check", "issues/maj.md"], words].concat());
    command.env_remove("LANG").envs(language.iter().copied());
    project.run_output(&command.output().unwrap())
}

#[test]
fn the_first_of_option_environment_and_project_decides() {
    let danish = |output: &RunOutput| {
        let is_danish = output.stderr.contains("fejl[NL") && output.stderr.contains("hjælp: mente du `subject`?");
        let is_english = output.stderr.contains("error[NL") && output.stderr.contains("help: did you mean `subject`?");
        assert_ne!(is_danish, is_english, "{}", output.stderr);
        is_danish
    };
    assert!(danish(&check("speak-lang", &[("LANG", "da_DK.UTF-8")], &[])));
    assert!(!danish(&check("speak-none", &[("LANG", "C.UTF-8")], &[])));
    assert!(!danish(&check("speak-all", &[("LANG", "da_DK.UTF-8"), ("LC_ALL", "en_GB.UTF-8")], &[])));
    assert!(!danish(&check("speak-option", &[("LANG", "da_DK.UTF-8")], &["--lang", "en"])));
    assert!(danish(&check("speak-danish", &[("LANG", "en_GB.UTF-8")], &["--lang", "da"])));
}

#[test]
fn json_is_always_in_english() {
    let output = check("speak-json", &[("LANG", "da_DK.UTF-8")], &["--json"]);
    assert!(output.stdout.contains("did you mean `subject`?"), "{}", output.stdout);
}

#[test]
fn a_project_speaks_the_language_that_it_names() {
    let project = Project::new("speak-project");
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", format!("{settings}lang: da\n"));
    let mut command = project.command(&["check", "issues/findes-ikke.md"]);
    command.env_remove("LANG");
    let output = project.run_output(&command.output().unwrap());
    assert!(output.stderr.starts_with("fejl[NL290]: "), "{}", output.stderr);
}
