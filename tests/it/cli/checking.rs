//! `check`: SARIF, warnings that are turned off, and `--explain`.

use serde_json::{Value, json};

use crate::project::{MAY, Project};

/// An issue with a link text that names no target, in a line with characters of two UTF-16 units.
fn project(name: &str) -> Project {
    let project = Project::new(name);
    project.edit(MAY, "Der er nyt.", "🎉 Nyt på vej: [læs mere](https://forening.example/nyt).");
    project
}

#[test]
fn sarif_contains_rule_place_and_line_but_no_absolute_path() {
    let project = project("check-sarif");
    project.edit(MAY, "subject: Nyt i maj", "subject: Nyt i maj\nignore: {NL550: \"de kender siden\"}");
    project.edit(MAY, "{{ greeting }}", "{{ greeting }} [her](#her)");
    let output = project.run("check --format sarif");
    assert_eq!((output.status, output.stderr.as_str()), (3, ""));
    assert!(!output.stdout.contains("DIR") && !output.stdout.contains("file:"), "{}", output.stdout);
    let log: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((&log["version"], log["runs"].as_array().unwrap().len()), (&json!("2.1.0"), 1));
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    assert_eq!(run["tool"]["driver"]["name"], "newsletter");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        assert!(rule["shortDescription"]["text"].is_string() && rule["help"]["text"].is_string(), "{rule}");
    }
    let results = run["results"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let hash = result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap();
        assert_eq!(hash.len(), "0123456789abcdef:1".len());
        let artifact = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(*artifact, json!({ "uri": MAY, "uriBaseId": "%SRCROOT%" }));
    }
    let off: Vec<&Value> = results.iter().filter(|diagnostic| diagnostic["ruleId"] == "NL550").collect();
    let reason = json!([{ "kind": "external", "justification": "de kender siden" }]);
    assert!(off.iter().all(|result| result["suppressions"] == reason), "{off:?}");
    // 🎉 is one character and two units of UTF-16.
    let region = &off.last().unwrap()["locations"][0]["physicalLocation"]["region"];
    assert_eq!(
        (&region["startLine"], &region["startColumn"], &region["endColumn"]),
        (&json!(10), &json!(16), &json!(56))
    );
    let anchor = results.iter().find(|diagnostic| diagnostic["ruleId"] == "NL505").unwrap();
    assert_eq!((&anchor["level"], anchor.get("suppressions")), (&json!("error"), None));
}

#[test]
fn errors_in_settings_are_in_the_report() {
    let project = Project::new("check-settings");
    project.edit("newsletter.yaml", "name:", "navn:");
    for format in ["--json", "--format sarif"] {
        let output = project.run(&format!("check {format}"));
        assert_eq!((output.status, output.stderr.as_str()), (78, ""));
        assert!(
            output.stdout.contains("NL010") && serde_json::from_str::<Value>(&output.stdout).is_ok(),
            "{}",
            output.stdout
        );
    }
}

#[test]
fn a_warning_is_turned_off_with_a_reason_everywhere() {
    let project = project("check-ignore");
    let untold = |project: &Project| {
        project.run("check").succeeds_with("1 issue checked: no problems, 1 turned off\n");
        for command in ["preview issues/maj.md --out shown", "send issues/maj.md --dry-run --out letters"] {
            let output = project.run(command);
            assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{command}");
        }
        let json: Value = serde_json::from_str(&project.run("check --json").stdout).unwrap();
        assert_eq!((&json[0]["code"], &json[0]["turned_off"]), (&json!("NL550"), &json!("de kender siden")));
    };
    project.edit(MAY, "subject: Nyt i maj", "subject: Nyt i maj\nignore: {nl550: de kender siden}");
    untold(&project);
    project.edit(MAY, "ignore: {nl550: de kender siden}\n", "");
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", format!("{settings}ignore:\n  NL550: de kender siden\n"));
    untold(&project);
    // The settings turn off a warning for all issues; it need not occur in each.
    project.edit(MAY, "[læs mere]", "[Nyt fra bestyrelsen]");
    project.run("check").succeeds_with("1 issue checked: no problems\n");
}

#[test]
fn a_code_is_explained() {
    let project = Project::empty("check-explain");
    let output = project.run("check --explain nl550");
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    let parts = [
        "NL550 · warning · Link text that does not describe its target\n\n",
        "Screen readers can list the links of a letter",
        "\n\n    warning[NL550]: ",
        "\n      = help: ",
    ];
    let places: Vec<Option<usize>> = parts.iter().map(|part| output.stdout.find(part)).collect();
    assert!(places[0] == Some(0) && places.iter().all(Option::is_some) && places.is_sorted(), "{}", output.stdout);
    project.run("check --explain NL55O").fails_with(3, "unknown check `NL55O`: did you mean `NL550`?");
}

#[test]
fn a_thousand_errors_do_not_flood_the_terminal() {
    let project = Project::new("check-flood");
    let links: Vec<String> =
        (0..1_000).map(|number| format!("[læs mere](https://forening.example/{number})\n\n")).collect();
    project.edit(MAY, "Der er nyt.", &format!("{}[nede](#nede)", links.concat()));
    let output = project.run("check");
    assert_eq!(output.stdout, "1 issue checked: 1 error, 1000 warnings\n");
    assert_eq!(output.stderr.matches("warning[NL550]").count(), 99);
    assert!(
        output.stderr.contains("error[NL505]") && output.stderr.ends_with("… and 901 more; use --json to see all\n")
    );
}

#[test]
fn a_symlink_out_of_the_project_reveals_nothing() {
    let project = Project::new("check-leads-out").file("outside/secret.txt", "adgangskode: 1234\n");
    let secret = project.path("outside/secret.txt");
    let inner = Project::new("check-leads-out-inner");
    std::os::unix::fs::symlink(&secret, inner.path("issues/juni.md")).unwrap();
    let output = inner.run("check");
    assert_eq!(output.status, 3);
    assert!(output.stderr.contains("error[NL290]: issues/juni.md is a link that leads out"), "{}", output.stderr);
    assert!(!output.stderr.contains("1234"), "{}", output.stderr);
    inner
        .run("preview issues/juni.md")
        .fails_with(3, "issues/juni.md is a link that leads out of the project: put the file itself there");
    // Within the project, a symbolic link is read like a file.
    std::fs::remove_file(inner.path("issues/juni.md")).unwrap();
    std::os::unix::fs::symlink(inner.path(MAY), inner.path("issues/juni.md")).unwrap();
    assert_eq!(inner.run("check issues/juni.md").status, 0);
}

#[test]
fn a_hidden_character_in_a_subject_is_reported() {
    let project = Project::new("check-hidden-subject");
    project.edit(MAY, "subject: ", "subject: \u{202e}");
    let output = project.run("check");
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(
        output.stderr.contains("warning[NL432]") && output.stderr.contains("issues/maj.md:2:10"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_file_that_is_not_an_issue_is_recognised() {
    let project = Project::new("no-issue").file("calendar.yaml", "entries: []\n");
    let checked = project.run("check calendar.yaml").stderr;
    assert!(checked.contains("`newsletter calendar --check` says what is late"), "{checked}");
    let checked = project.run("check newsletter.yaml").stderr;
    assert!(
        checked.contains("this file is not an issue: `newsletter check` without a file checks it too"),
        "{checked}"
    );
}

#[test]
fn a_link_of_an_example_is_reported_where_a_relay_of_this_machine_may_send_it() {
    let project = Project::with_relay("example-link", 25);
    project.edit(MAY, "Der er nyt.", "Læs [om årsmødet](https://forening.example/nyt).");
    assert_eq!(project.run("check issues/maj.md").stderr, "");
    project.edit("newsletter.yaml", "nyt@forening.example", "nyt@forening.home.arpa");
    let checked = project.run("check issues/maj.md");
    assert_eq!(checked.status, 0);
    assert!(
        checked.stderr.starts_with("warning[NL767]: `https://forening.example/nyt` is the URL"),
        "{}",
        checked.stderr
    );
}

#[test]
fn what_was_meant_is_named() {
    let project = Project::new("check-meant")
        .file("people/medlemmer.csv", "email\nanna@a.example\n")
        .file("issues/dagsorden.pdf", "%PDF-1.4\n");
    let list = project.run("--lang da check people/medlemmer.csv").stderr;
    assert!(list.contains("det er en liste over personer og ikke et nyhedsbrev"), "{list}");
    project.edit(MAY, "Der er nyt.", "[Dagsorden](dagsorden.pdf)");
    let attached = project.run("--lang da check issues/maj.md").stderr;
    assert!(attached.contains("skriv `attachments: [dagsorden.pdf]` øverst"), "{attached}");
    project.edit("newsletter.yaml", "name:", "brand: {colour: Mørk blå}\nname:");
    let coloured = project.run("--lang da check").stderr;
    assert!(coloured.contains("hjælp: skriv colour: \"#1B3A6B\"\n"), "{coloured}");
}
