//! Passwords and keys are never printed or logged, at any level.

use std::fs;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::project::{Project, files};
use crate::scripted::{Relay, Script, Trick};

const PASSWORD: &str = "Hemmelig-Kode-7!";
const USER: &str = "nyt@forening.example";
const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const TOKEN_KEY: &str = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";

/// Each secret of the project, in every encoding in which it occurs.
fn secrets(project: &Project) -> Vec<String> {
    let coded = |text: &str| BASE64_STANDARD.encode(text);
    let mut secrets = vec![
        PASSWORD.to_owned(),
        coded(PASSWORD),
        coded(&format!("\0{USER}\0{PASSWORD}")),
        KEY.to_owned(),
        coded(KEY),
        TOKEN_KEY.to_owned(),
        coded(TOKEN_KEY),
    ];
    let pem = project.read(".newsletter/dkim/newsletter.pem");
    secrets.extend(pem.lines().filter(|line| !line.starts_with('-') && line.len() == 64).map(str::to_owned));
    assert!(secrets.len() > 20, "a key of 2048 bits has many lines");
    secrets
}

/// Sends with all logs at their highest level, and searches all output and files.
fn check(name: &str, auth: &str, answers: &[(&'static str, Trick)]) {
    let tricks = answers.to_vec();
    let relay = Relay::start(Script { offers: &["AUTH PLAIN LOGIN", "PIPELINING"], tricks, ..Script::default() });
    let project = Project::new(name).variable("RUST_LOG", "trace").variable("RUST_BACKTRACE", "full");
    project.write("password", PASSWORD);
    project.write("token-key", TOKEN_KEY);
    let project = project.mode("password", 0o600).mode("token-key", 0o600);
    project.relay(relay.port(), &format!("  auth: {auth}\n  username: {USER}\n  password_file: password\n"));
    let settings = project.read("newsletter.yaml");
    let more = "dkim:\n  - {domain: forening.example, selector: newsletter, key_file: .newsletter/dkim/newsletter.pem}\n\
                unsubscribe: {url: \"https://forening.example/afmeld?t={token}\", secret_file: token-key}\n";
    assert_eq!(project.run("dkim keygen -q").status, 0);
    project.write("newsletter.yaml", settings + more);
    let mut output = String::new();
    for typed in [
        "check -vvv",
        "send issues/maj.md --yes -vvv --json --log run.log --metrics newsletter.prom",
        "send issues/maj.md --yes -vvv --log -",
        "status --letters --json -vvv",
    ] {
        let one = project.run(typed);
        output += &one.stdout;
        output += &one.stderr;
    }
    relay.finish();
    assert!(output.contains("sends AUTH") || project.read("run.log").contains("sends AUTH"), "{output}");
    let written = [".newsletter/ledger.db", ".newsletter/last-run.json", "run.log", "newsletter.prom"];
    let places = written.map(|path| (path, fs::read(project.path(path)).unwrap()));
    for file in files(&project.path(".newsletter")) {
        assert!(
            file.starts_with("ledger.db") || ["key", "last-run.json", "dkim/newsletter.pem"].contains(&&*file),
            "{file} is not searched"
        );
    }
    for secret in secrets(&project) {
        assert!(!output.contains(&secret), "{secret} was output: {output}");
        for (path, octets) in &places {
            let found = octets.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} stands in {path}");
        }
    }
}

#[test]
fn a_login_is_logged_without_the_password() {
    check("secrets-plain", "plain", &[]);
    check("secrets-login", "login", &[]);
}

#[test]
fn a_refused_login_does_not_reveal_the_password() {
    check("secrets-refused", "plain", &[("AUTH", Trick::Say("535 5.7.8 No\r\n")); 2]);
    check("secrets-reported", "plain", &[("AUTH", Trick::Say("535 5.7.8 Hemmelig-Kode-7! is wrong\r\n")); 2]);
}

#[test]
fn a_relay_that_repeats_the_password_later_does_not_reveal_it() {
    check(
        "secrets-repeated",
        "plain",
        &[
            ("RCPT", Trick::Say("450 4.2.1 nyt@forening.example:Hemmelig-Kode-7! is over its quota\r\n")),
            ("dot", Trick::Say("550-5.6.0 SGVtbWVsaWctS29k\r\n550 5.6.0 ZS03IQ== is no good\r\n")),
            ("MAIL", Trick::Say("250 2.1.0 hello Hemmelig-Kode-7!\r\n")),
        ],
    );
    check("secrets-greeted", "plain", &[("banner", Trick::SayAndClose("554 5.7.1 Hemmelig-Kode-7! is blocked\r\n"))]);
}
