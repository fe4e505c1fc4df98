//! `--metrics`: metrics for Prometheus after each run, successful or not.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::project::{MAY, Project, files};
use crate::scripted::{Relay, Script, Trick};

/// The samples of a page in the text format 0.0.4, by name and labels; each rule of the format is checked.
fn samples(page: &str) -> BTreeMap<String, String> {
    assert!(page.ends_with('\n'), "{page}");
    let mut families: Vec<&str> = Vec::new();
    let mut samples = BTreeMap::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, text) = help.split_once(' ').unwrap();
            assert!(
                name.starts_with("newsletter_") && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            );
            assert!(!families.contains(&name) && !text.is_empty(), "{line}");
            assert_eq!(lines.next(), Some(&*format!("# TYPE {name} gauge")));
            families.push(name);
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        assert_eq!(families.last(), Some(&name), "a sample outside its family: {line}");
        let labels = labels.strip_suffix('}').unwrap();
        for label in labels.split("\",").filter(|label| !label.is_empty()) {
            let (key, text) = label.split_once("=\"").unwrap();
            assert!(
                key.bytes().all(|byte| byte.is_ascii_lowercase()) && !text.trim_end_matches('"').is_empty(),
                "{line}"
            );
        }
        assert!(value.parse::<f64>().is_ok_and(f64::is_finite), "{line}");
        assert_eq!(samples.insert(series.to_owned(), value.to_owned()), None, "{line}");
    }
    samples
}

fn figures(project: &Project) -> BTreeMap<String, String> {
    samples(&project.read("newsletter.prom"))
}

/// The number of letters of the issue in each state, without zeros.
fn letters(reported: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    let start = format!("newsletter_letters{{issue=\"{MAY}\",transport=\"smtp\",state=\"");
    let states = reported.iter().filter_map(|(series, count)| Some((series.strip_prefix(&start)?, count.as_str())));
    states.filter(|(_, count)| *count != "0").collect()
}

#[test]
fn a_finished_run_is_measured() {
    let tricks = vec![("RCPT", Trick::Say("550 5.1.1 No such user\r\n"))];
    let relay = Relay::start(Script { tricks, ..Script::default() });
    let project = Project::with_relay("metrics-send", relay.port());
    assert_eq!(project.run("send issues/maj.md --yes --metrics newsletter.prom").status, 1);
    relay.finish();
    let reported = figures(&project);
    assert_eq!(letters(&reported), [("accepted\"}", "2"), ("refused\"}", "1")]);
    assert_eq!(reported["newsletter_last_run_exit_status{command=\"send\"}"], "1");
    assert_eq!(reported["newsletter_last_run_timestamp_seconds{command=\"send\"}"].len(), 10, "{reported:?}");
    assert!(reported.contains_key("newsletter_last_run_duration_seconds{command=\"send\"}"), "{reported:?}");
    assert_eq!(reported["newsletter_blocked_issues"], "0");
    let mode = fs::metadata(project.path("newsletter.prom")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644, "node_exporter is another user");
    assert!(
        !files(&project.path("")).iter().any(|file| file.contains("prom.") || file.starts_with(".newsletter.prom"))
    );
}

#[test]
fn a_due_and_blocked_issue_is_named() {
    let project = Project::new("metrics-blocked").always_due();
    project.edit(MAY, "date:", "send_at: 2026-05-04\ndate:");
    project.edit(MAY, "audiences: [members]", "audiences: [membres]");
    assert_eq!(project.run("run --metrics newsletter.prom").status, 3);
    let reported = figures(&project);
    assert_eq!(reported["newsletter_blocked_issues"], "1");
    assert_eq!(reported["newsletter_issue_blocked{issue=\"issues/maj.md\"}"], "1");
    assert_eq!(reported["newsletter_last_run_exit_status{command=\"run\"}"], "3");
    project.edit(MAY, "audiences: [membres]", "audiences: [members]");
    assert_eq!(project.run("run --metrics newsletter.prom").status, 0);
    assert_eq!(figures(&project)["newsletter_blocked_issues"], "0");
}

#[test]
fn a_run_with_invalid_settings_is_measured() {
    let project = Project::new("metrics-settings");
    project.write("newsletter.yaml", "nam: x\n");
    assert_eq!(project.run("run --metrics newsletter.prom").status, 78);
    let reported = figures(&project);
    assert_eq!(reported["newsletter_last_run_exit_status{command=\"run\"}"], "78");
    assert_eq!(reported.len(), 3, "{reported:?}");
}

#[test]
fn an_unwritable_metrics_file_does_not_fail_the_run() {
    let project = Project::new("metrics-unwritable");
    let output = project.run("send issues/maj.md --yes --metrics nowhere/newsletter.prom");
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stderr.starts_with("error: cannot write nowhere/newsletter.prom: "), "{}", output.stderr);
    assert_eq!(project.reached().len(), 3);
}
