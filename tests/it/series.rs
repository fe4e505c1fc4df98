//! Newsletters with a name of their own beside the house's.

use crate::project::{MAY, Project};

const SERIES: &str = "series:\n  os2forms:\n    name: OS2forms-nyt\n    from: OS2forms <forms@forening.example>\n    \
    brand: {colour: \"#7A1F5C\"}\n    audiences: [brugere]\n  os2loop: {name: OS2loop-nyt}\n";

/// A house with two series, and an issue of one of them, which names no audience.
fn house(name: &str) -> Project {
    let project = Project::new(&format!("series-{name}")).audience("brugere", &["Dora <dora@d.example>"]);
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", settings + SERIES);
    project.write("issues/forms.md", "---\nsubject: Nyt\npreheader: Det nye\nseries: os2forms\n---\n\nDer er nyt.\n");
    project
}

#[test]
fn an_issue_has_the_name_the_sender_the_looks_and_the_readers_of_its_series() {
    let project = house("own");
    assert_eq!(project.run("send issues/forms.md --yes").status, 0);
    assert_eq!(project.reached(), ["dora@d.example"]);
    let letter = project.outbox().into_values().next().unwrap();
    for held in [
        "From: OS2forms <forms@forening.example>\r\n",
        "List-Id: OS2forms-nyt <os2forms.forening.example>\r\n",
        "OS2forms-nyt</",
        "#7a1f5c",
    ] {
        assert!(letter.to_lowercase().contains(&held.to_lowercase()), "{held}\n{letter}");
    }
}

#[test]
fn what_an_issue_says_itself_counts_more_than_its_series() {
    let project = house("itself");
    project.edit(
        "issues/forms.md",
        "series: os2forms",
        "series: os2forms\nfrom: Anna <anna@forening.example>\naudiences: [members]",
    );
    assert_eq!(project.run("send issues/forms.md --yes").status, 0);
    let letter = project.outbox().into_values().next().unwrap();
    assert!(
        letter.contains("From: Anna <anna@forening.example>\r\n") && letter.contains("<os2forms.forening.example>")
    );
    assert!(!project.reached().contains(&"dora@d.example".to_owned()));
}

#[test]
fn an_issue_of_no_series_is_the_houses_own() {
    let project = house("none");
    assert_eq!(project.run(&format!("send {MAY} --yes")).status, 0);
    let letter = project.outbox().into_values().next().unwrap();
    assert!(!letter.contains("os2forms") && !letter.contains("OS2forms"), "{letter}");
}

#[test]
fn a_series_that_is_not_there_stops_the_issue() {
    let project = house("unknown");
    project.edit("issues/forms.md", "series: os2forms", "series: os2form");
    let told = project.run("check issues/forms.md").stderr;
    assert!(told.contains("error[NL313]: there is no series `os2form`") && told.contains("did you mean `os2forms`?"));
    assert_eq!(project.run("send issues/forms.md --yes").status, 3);
    project.edit("issues/forms.md", "series: os2form", "series: os2loop");
    assert!(project.run("send issues/forms.md --yes").stderr.contains("the issue names no audience"));
}
