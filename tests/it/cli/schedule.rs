//! `schedule`: what is due next, and why something will not be sent.

use std::fs;
use std::process::Command;

use crate::needs::Need;
use crate::project::{MAY, Project};

/// An issue with this front matter for the audience `members`.
fn issue(front: &str) -> String {
    format!("---\nsubject: Nyt\npreheader: Det vigtigste\naudiences: [members]\n{front}\n---\nHej alle.\n")
}

#[test]
fn issues_are_listed_in_order_with_their_outlook() {
    let project = Project::new("schedule").file(MAY, issue("send_at: 2126-05-04 09:00"));
    for (name, text) in [
        ("draft", issue("send_at: 2126-01-05 09:00\ndraft: true")),
        ("errors", issue("send_at: 2126-01-06 09:00\nsubjekt: x")),
        ("unread", "---\nsubject: [\nsend_at: 2126-01-07 09:00\n---\nHej\n".to_owned()),
        ("nobody", issue("send_at: 2126-01-08 09:00").replace("members", "closed")),
        ("by-hand", issue("date: 2126-01-09")),
        ("long-ago", issue("send_at: 2020-01-09 09:00")),
    ] {
        project.write(&format!("issues/{name}.md"), text);
    }
    project.write("audiences/closed.yaml", "name: L\nreason: du er med\nrecipients: [dora@d.example]\n");
    assert_eq!(project.run("suppression add dora@d.example").status, 0);
    let output = project.run("schedule");
    assert_eq!(output.status, 0, "{}", output.stderr);
    let lines: Vec<&str> = output.stdout.lines().collect();
    let expected = [
        "issues/long-ago.md should have been sent more than 30 days ago: is the year right?",
        "Sat 2126-01-05 09:00  issues/draft.md   not sent: a draft",
        "Sun 2126-01-06 09:00  issues/errors.md  not sent: 1 error; see `newsletter check issues/errors.md`",
        "Mon 2126-01-07 09:00  issues/unread.md  not sent: 1 error; see `newsletter check issues/unread.md`",
        "Tue 2126-01-08 09:00  issues/nobody.md  not sent: nobody would get it",
        "Sat 2126-05-04 09:00  issues/maj.md     3 letters",
        "Times are in Europe/Copenhagen.",
    ];
    assert_eq!(lines, expected, "{}", output.stdout);
    let json = project.run("schedule --json").stdout;
    assert!(json.contains("\"letters\":3") && json.contains("\"state\":\"nobody\""), "{json}");
}

#[test]
fn sent_and_unapproved_issues_are_distinguished() {
    let project = Project::new("schedule-approval").file(MAY, issue("send_at: 2126-05-04 09:00"));
    project.write("issues/juni.md", issue("send_at: 2126-06-04 09:00"));
    assert_eq!(project.run("send issues/juni.md --yes --now").status, 0);
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", settings + "approval: required\n");
    let output = project.run("schedule");
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stdout.contains("issues/maj.md  not sent: issues/maj.md is not approved"), "{}", output.stdout);
    assert!(!output.stdout.contains("juni"), "{}", output.stdout);
    assert!(project.run("schedule --json").stdout.contains("\"state\":\"not_approved\""));
}

/// The file of the program that the tests run.
const PROGRAM: &str = env!("CARGO_BIN_EXE_newsletter");

/// A project with two addresses in `notify`, whose folder needs quotes.
fn set_up(name: &str) -> Project {
    let project = Project::new(&format!("{name} på 100%"));
    let settings = project.read("newsletter.yaml");
    project.write(
        "newsletter.yaml",
        settings
            + "notify: [drift@forening.example, formand@forening.example]\nunsubscribe: {url: \"https://forening.example/afmeld/{token}\", \
               access_log: /var/log/nginx/access.log}\n",
    );
    project
}

/// The user who owns the tests' files, as the program names it.
fn user() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_crontab_starts_the_project_it_is_for() {
    let project = set_up("crontab");
    let output = project.run("schedule --crontab");
    assert_eq!(output.status, 0, "{}", output.stderr);
    let user = user();
    let edit = if user == "root" { "-e".to_owned() } else { format!("-u {user} -e") };
    let expected = format!(
        "# Nyt fra foreningen: add these lines with `sudo crontab {edit}`.\n\
         # Cron mails here what a run prints.\n\
         MAILTO=drift@forening.example,formand@forening.example\n\
         */5 * * * * {PROGRAM} -C 'DIR' run --log 'DIR/.newsletter/run.log'\n\
         # Reads the web server's logs before they are rotated away.\n\
         30 5 * * * {PROGRAM} -q -C 'DIR' unsubscribe --access-log\n"
    );
    let root = project.path("").to_string_lossy().trim_end_matches('/').to_owned();
    // Cron ends a command at `%`.
    assert_eq!(output.stdout.replace(&root.replace('%', r"\%"), "DIR"), expected);
    // The command that cron passes to the shell starts the program in the project.
    let line = output.stdout.lines().find_map(|line| line.strip_prefix("*/5 * * * * ")).unwrap();
    let typed = line.replace(r"\%", "%");
    let started =
        Command::new("sh").args(["-c", &typed]).env_clear().env("HOME", project.host_state()).output().unwrap();
    assert_eq!((started.status.code(), &*started.stdout, &*started.stderr), (Some(0), &b""[..], &b""[..]));

    let danish = project.run("schedule --crontab --lang da").stdout;
    assert!(danish.contains("Hertil sender cron det") && danish.contains("Læser webserverens logfiler"), "{danish}");
    project.run("schedule --crontab --systemd").is(
        2,
        "",
        "error: the argument '--crontab' cannot be used with '--systemd'\n\nUsage: newsletter schedule --crontab\n\nFor more information, try '--help'.\n",
    );
}

#[test]
fn units_are_valid_and_start_the_project_they_are_for() {
    let project = set_up("units");
    let output = project.run("schedule --systemd");
    assert_eq!(output.status, 0, "{}", output.stderr);
    let root = project.path("").to_string_lossy().trim_end_matches('/').to_owned();
    let text = output.stdout.replace("DIR", &root);
    let enabled = text.split_once("systemctl enable --now ").and_then(|(_, timer)| timer.split_once(".timer\n"));
    let unit = enabled.unwrap().0;
    // The whole path is in the name.
    assert!(unit.starts_with("newsletter-") && unit.ends_with("-projects-units-paa-100"), "{unit}");
    let commands = format!(
        "# Write the text below each path to that file, and then, as root:\n#   systemctl daemon-reload\n\
         #   systemctl enable --now {unit}.timer\n"
    );
    assert!(text.starts_with(&commands), "{text}");
    let folder = project.path("units");
    fs::create_dir_all(&folder).unwrap();
    let mut names = Vec::new();
    for part in text.split("\n\n# /etc/systemd/system/").skip(1) {
        let (name, unit) = part.split_once('\n').unwrap();
        names.push(name.to_owned());
        fs::write(folder.join(name), unit).unwrap();
    }
    assert_eq!(names, ["service", "timer"].map(|kind| format!("{unit}.{kind}")));
    let service = fs::read_to_string(folder.join(&names[0])).unwrap();
    let start = format!("ExecStart=:{PROGRAM} -C \"{}\" run --log -", root.replace('%', "%%"));
    assert!(service.lines().any(|line| line == start), "{start}\n{service}");
    if Need::SystemdAnalyze.is_met() {
        let paths = names.iter().map(|name| folder.join(name));
        let verified = Command::new("systemd-analyze").args(["verify", "--man=no"]).args(paths).output().unwrap();
        let said = String::from_utf8_lossy(&verified.stderr);
        let about = said.lines().filter(|line| line.contains(unit)).collect::<Vec<_>>();
        assert!(verified.status.success() && about.is_empty(), "{said}");
    }
    let json = project.run("schedule --systemd --json").stdout;
    assert!(json.starts_with("{\"user\":") && json.contains("\"commands\":[\"systemctl daemon-reload\""), "{json}");
}

#[test]
fn what_systemd_or_cron_would_refuse_is_refused_first() {
    let project = Project::new("schedule-refused");
    let program = project.path("it's/newsletter");
    std::fs::create_dir_all(program.parent().unwrap()).unwrap();
    std::fs::copy(env!("CARGO_BIN_EXE_newsletter"), &program).unwrap();
    let output = std::process::Command::new(&program)
        .args(["schedule", "--systemd"])
        .current_dir(project.path(""))
        .env("LANG", "en")
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.code() == Some(3) && error.contains("cannot start a program with a quotation mark"),
        "{error}"
    );
    let state = project.path(".newsletter");
    if std::os::unix::fs::chown(&state, Some(54_321), Some(54_321)).is_ok() {
        let output = project.run("schedule --crontab");
        assert_eq!(output.status, 3);
        assert!(output.stderr.contains("belongs to user 54321, whom this machine does not know"), "{}", output.stderr);
    }
}

/// Last month's file, copied: its dates are forgotten.
#[test]
fn an_issue_that_is_late_is_sent_with_a_warning_of_its_dates() {
    let project = Project::new("schedule-late");
    let event = "::: event Møde\ntid: 5. maj 2026 kl. 17\n:::\n";
    project.write("issues/maj.md", format!("{}\n{event}", crate::project::ISSUE.replace("date:", "send_at:")));
    let output = project.run("send issues/maj.md --yes");
    assert_eq!(output.status, 0, "{}", output.stderr);
    for said in [
        "warning[NL636]: `send_at` passed at ",
        "the letters are dated ",
        "warning[NL638]: the event \"Møde\" ended on ",
    ] {
        assert!(output.stderr.contains(said), "{}", output.stderr);
    }
}
