//! Passwords: read from their sources, and never shown.

use crate::project::{Project, SETTINGS};
use crate::scripted::{Relay, Script, Trick};

const PASSWORD: &str = "hemmelig-7391";
/// The password as the relay receives it.
const LOGIN: &str = "AUTH PLAIN AG55dABoZW1tZWxpZy03Mzkx";

/// A relay that requires a login, and a project with a source of the password.
fn project(name: &str, relay: &Relay, password: &str) -> Project {
    let project = Project::new(name);
    project.relay(relay.port(), &format!("  username: nyt\n  {password}\n"));
    project
}

#[test]
fn a_password_is_taken_from_its_source() {
    let script = Script { offers: &["AUTH PLAIN"], ..Script::default() };
    for (name, setting) in [
        ("secret-env", "password_env: RELAY_PASSWORD"),
        ("secret-file", "password_file: password"),
        ("secret-command", "password_command: cat password"),
    ] {
        let relay = Relay::start(script.clone());
        let project =
            project(name, &relay, setting).variable("RELAY_PASSWORD", PASSWORD).variable("PATH", "/usr/bin:/bin");
        let project = project.file("password", PASSWORD).mode("password", 0o600);
        project.run("send issues/maj.md --yes").succeeds_with("issues/maj.md: 3 recipients: 3 accepted by the relay\n");
        assert_eq!(relay.finish().iter().filter(|line| *line == LOGIN).count(), 1, "{name}");
    }
}

/// The password is not available: exit status 78, without a connection to the relay.
#[track_caller]
fn check(name: &str, setting: &str, error: &str) {
    let relay = Relay::start(Script::default());
    let project = project(name, &relay, setting).variable("PATH", "/usr/bin:/bin").variable("EMPTY", "");
    let project = project.file("password", PASSWORD).mode("password", 0o644);
    project.run("send issues/maj.md --yes").fails_with(78, error);
    assert_eq!(relay.finish(), Vec::<String>::new());
}

#[test]
fn an_unavailable_password_stops() {
    check(
        "secret-no-env",
        "password_env: RELAY_PASSWORD",
        "the environment variable RELAY_PASSWORD cannot be used: environment variable not found",
    );
    check("secret-empty", "password_env: EMPTY", "the environment variable EMPTY cannot be used: it is empty");
    check(
        "secret-no-file",
        "password_file: none",
        "the file that `password_file`, `secret_file` or `client_secret_file` names cannot be used: No such file or directory (os error 2)",
    );
    check(
        "secret-no-path",
        "password_file: .newsletter/none",
        "DIR/.newsletter/none cannot be used: No such file or directory (os error 2)",
    );
    check(
        "secret-open-file",
        "password_file: password",
        "DIR/password can be read by others (mode 0644): run chmod 600 on it",
    );
    check(
        "secret-failed",
        "password_command: echo hemmelig-7391 && exit 3",
        "the output of the password command cannot be used: it failed with exit status: 3",
    );
}

#[test]
fn a_password_is_never_shown() {
    let script = Script {
        offers: &["AUTH PLAIN"],
        tricks: vec![("AUTH", Trick::SayAndClose("535 5.7.8 Wrong password\r\n"))],
        ..Script::default()
    };
    let relay = Relay::start(script);
    let project = project("secret-shown", &relay, "password_env: RELAY_PASSWORD").variable("RELAY_PASSWORD", PASSWORD);
    let output = project.run("send issues/maj.md --yes -v");
    output.is(
        77,
        "issues/maj.md: 3 recipients: 3 not sent yet\n  after fixing this, run `newsletter send issues/maj.md --yes` to send the rest; \
         nobody gets a second letter\n",
        "error: the relay localhost refused the login: 535 5.7.8 Wrong password; check smtp.username and the password\n",
    );
    assert_eq!(project.states(), ["anna@a.example planned", "bo@b.example planned", "carl@c.example planned"]);
    relay.finish();
}

#[test]
fn a_password_in_the_settings_is_not_quoted() {
    let project = Project::new("secret-in-settings");
    let smtp = format!("smtp:\n  host: smtp.forening.example\n  username: nyt\n  password: {PASSWORD}\n");
    project.write("newsletter.yaml", format!("{SETTINGS}{smtp}"));
    project.run("send issues/maj.md --yes").is(78, "", include_str!("../../cases/cli/password.txt"));
    for wrong in
        ["password: @hemmelig-7391", "password:hemmelig-7391", "kodeord: 'hemmelig-7391", "password: hemmelig-7391: x"]
    {
        project.write("newsletter.yaml", format!("{SETTINGS}smtp:\n  host: smtp.forening.example\n  {wrong}\n"));
        let output = project.run("check");
        assert_eq!((output.status, output.stdout.as_str()), (78, ""), "{wrong}");
        assert!(!output.stderr.contains(PASSWORD), "{}", output.stderr);
    }
}
