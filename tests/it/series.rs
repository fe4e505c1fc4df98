//! Series: newsletters with their own names in one project.

use crate::project::{MAY, Project};

const SERIES: &str = "series:\n  os2forms:\n    name: OS2forms-nyt\n    from: OS2forms <forms@forening.example>\n    \
    brand: {colour: \"#7A1F5C\"}\n    audiences: [brugere]\n  os2loop: {name: OS2loop-nyt}\n";

/// A project with two series, and an issue of one of them that names no audience.
fn house(name: &str) -> Project {
    let project = Project::new(&format!("series-{name}")).audience("brugere", &["Dora <dora@d.example>"]);
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", settings + SERIES);
    project.write("issues/forms.md", "---\nsubject: Nyt\npreheader: Det nye\nseries: os2forms\n---\n\nDer er nyt.\n");
    project
}

#[test]
fn an_issue_takes_name_sender_theme_and_audiences_from_its_series() {
    let project = house("own");
    assert_eq!(project.run("send issues/forms.md --yes").status, 0);
    assert_eq!(project.reached(), ["dora@d.example"]);
    let letter = project.outbox().into_values().next().unwrap();
    for held in [
        "From: OS2forms <forms@forening.example>\r\n",
        "List-Id: OS2forms-nyt <os2forms.forening.example>\r\n",
        "OS2forms-nyt</",
        "OS2forms-nyt<br>Nyt fra foreningen",
        "#7a1f5c",
    ] {
        assert!(letter.to_lowercase().contains(&held.to_lowercase()), "{held}\n{letter}");
    }
}

/// The lines about unsubscribing in the text part of the only letter.
fn leaving(project: &Project) -> Vec<String> {
    let letter = project.outbox().into_values().next().unwrap().replace("=\r\n", "").replace("=3D", "=");
    let text = letter.split("Content-Type: text/html").next().unwrap();
    // An address that is too long for this line is on the next one.
    let text = text.replace(":\r\n", ": ");
    text.lines().filter(|line| line.starts_with("Afmeld")).map(str::to_owned).collect()
}

#[test]
fn a_letter_of_a_series_has_two_unsubscribe_links() {
    let project = house("ways");
    let page = "unsubscribe: {url: \"https://forening.example/afmeld/{token}\"}\n";
    project.write("newsletter.yaml", project.read("newsletter.yaml") + page);
    assert_eq!(project.run("send issues/forms.md --yes").status, 0);
    let output = leaving(&project);
    let token = |line: &str, before: &str| {
        let token = line.strip_prefix(before).and_then(|rest| rest.strip_prefix(": https://forening.example/afmeld/"));
        token.unwrap_or_else(|| panic!("{output:?}")).trim().to_owned()
    };
    let (everything, series) =
        (token(&output[0], "Afmeld alle nyhedsbreve"), token(&output[1], "Afmeld kun OS2forms-nyt"));
    assert!(output.len() == 2 && everything.len() == 24, "{output:?}");
    assert_eq!(series, format!("{everything}-os2forms"));
    let letter = project.outbox().into_values().next().unwrap();
    let header = letter.split("\r\n\r\n").next().unwrap();
    assert!(header.contains(&everything) && !header.contains(&series), "one click leaves everything\n{header}");
}

#[test]
fn a_letter_without_a_series_has_one_unsubscribe_link() {
    let project = house("one-way");
    assert_eq!(project.run(&format!("send {MAY} --yes")).status, 0);
    let output = leaving(&project);
    assert!(output.len() == 1 && output[0].starts_with("Afmeld nyhedsbrevet: mailto:"), "{output:?}");
}

#[test]
fn keys_of_an_issue_override_its_series() {
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
fn an_issue_without_a_series_uses_the_projects_settings() {
    let project = house("none");
    assert_eq!(project.run(&format!("send {MAY} --yes")).status, 0);
    let letter = project.outbox().into_values().next().unwrap();
    assert!(!letter.contains("os2forms") && !letter.contains("OS2forms"), "{letter}");
}

#[test]
fn an_unknown_series_stops_the_issue() {
    let project = house("unknown");
    project.edit("issues/forms.md", "series: os2forms", "series: os2form");
    let reported = project.run("check issues/forms.md").stderr;
    assert!(
        reported.contains("error[NL313]: unknown series `os2form`") && reported.contains("did you mean `os2forms`?")
    );
    assert_eq!(project.run("send issues/forms.md --yes").status, 3);
    project.edit("issues/forms.md", "series: os2form", "series: os2loop");
    assert!(project.run("send issues/forms.md --yes").stderr.contains("the issue names no audience"));
}

/// An issue of the series and one of the project, both to its members.
fn both(name: &str) -> Project {
    let project = house(name);
    project.edit("issues/forms.md", "series: os2forms", "series: os2forms\naudiences: [brugere, members]");
    project
}

#[test]
fn unsubscribing_from_a_series_keeps_the_others() {
    let project = both("leaves");
    let reported = project.run("unsubscribe anna@a.example --series os2forms");
    reported.succeeds_with("1 address suppressed in the series os2forms (unsubscribed)\n");
    let explained = project.run("audience explain anna@a.example --issue issues/forms.md").stdout;
    assert!(explained.contains("suppressed in the series os2forms: unsubscribed"), "{explained}");
    assert!(explained.contains("issues/forms.md: no letter"), "{explained}");
    assert_eq!(project.run("send issues/forms.md --yes").status, 0);
    assert_eq!(project.reached(), ["bo@b.example", "carl@c.example", "dora@d.example"]);
    assert_eq!(project.run(&format!("send {MAY} --yes")).status, 0);
    assert_eq!(project.reached().iter().filter(|address| *address == "anna@a.example").count(), 1);
    project.run("unsubscribe anna@a.example").succeeds_with("1 address suppressed (unsubscribed)\n");
    let listed = project.run("suppression list").stdout;
    assert!(
        listed.contains("unsubscribed in the series os2forms") && listed.contains("unsubscribed since"),
        "{listed}"
    );
}

#[test]
fn a_suppression_of_a_series_can_be_removed() {
    let project = both("again");
    project.run("suppression add anna@a.example --series os2forms --reason complained");
    let reported = project.run_words(&[
        "suppression",
        "remove",
        "anna@a.example",
        "--series",
        "os2forms",
        "--because",
        "asked for it",
    ]);
    assert_eq!(reported.status, 0, "{reported:?}");
    project.run("send issues/forms.md --yes");
    assert!(project.reached().contains(&"anna@a.example".to_owned()));
}

#[test]
fn a_series_must_exist_and_cannot_be_combined_with_erasing() {
    let project = both("wrong");
    project
        .run("unsubscribe anna@a.example --series os2from")
        .fails_with(3, "unknown series `os2from`: did you mean `os2forms`?");
    let forgotten = project.run("suppression add anna@a.example --series os2forms --reason erased");
    forgotten.fails_with(3, "a person is erased everywhere: remove `--series`");
    project.run("suppression list").succeeds_with("0 addresses suppressed\n");
}
