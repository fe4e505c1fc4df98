//! `login`, and access tokens in `send` and `inbox`: the requests, what is stored, and what is never shown.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::thread;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use newsletter::letter::dkim::key::{Algorithm, PrivateKey};
use newsletter::project::Project as OpenProject;
use serde_json::Value;

use crate::imap_server::{ImapScript, ImapServer};
use crate::project::{Project, RunOutput, SETTINGS};
use crate::scripted::{Relay, Script, Trick};
use crate::token_server::{TokenAnswer, TokenServer, code, given, refused};

const TENANT: &str = "kommune.onmicrosoft.example";
const CLIENT: &str = "12345678-90ab-cdef-1234-567890abcdef";
const SEND: &str = "issues/maj.md --yes";
/// Text that must not be in any output.
const SECRETS: [&str; 6] =
    ["hemmelig-device", "hemmelig-access", "hemmelig-refresh", "hemmelig-next", "hemmelig-rotated", "hemmelig-client"];

fn relay() -> Relay {
    Relay::start(Script { offers: &["AUTH XOAUTH2"], ..Script::default() })
}

/// A project whose relay takes the tokens of a token server.
fn project(name: &str, server: &TokenServer, relay: &Relay, more: &str) -> Project {
    let project = Project::new(name);
    let url = server.url();
    let port = relay.port();
    let oauth = format!(
        "oauth:\n  provider: microsoft365\n  tenant: {TENANT}\n  client_id: {CLIENT}\n  token_server: {url}\n{more}"
    );
    let smtp = format!(
        "smtp: {{host: localhost, port: {port}, security: none, username: nyt@kommune.example, connections: 1}}\n"
    );
    project.write("newsletter.yaml", format!("{SETTINGS}{oauth}{smtp}"));
    project
}

/// Tokens as `login` stores them, from a day ago.
fn stored(server: &TokenServer) -> String {
    let url = server.url();
    let scope = "https://outlook.office.com/SMTP.Send offline_access";
    format!(
        r#"{{"format": 1, "server": "{url}/{TENANT}/oauth2/v2.0", "client_id": "{CLIENT}", "scope": "{scope}",
            "given": "2026-01-01T00:00:00Z", "lifetime": 3599,
            "access_token": "hemmelig-access", "refresh_token": "hemmelig-refresh"}}"#
    )
}

const TOKEN_FILE: &str = ".newsletter/oauth-token.json";

fn with_token(project: Project, server: &TokenServer) -> Project {
    project.file(TOKEN_FILE, stored(server)).mode(TOKEN_FILE, 0o600)
}

/// Runs, and checks that no secret is shown.
fn run(project: &Project, typed: &str) -> RunOutput {
    let output = project.run(typed);
    for secret in SECRETS {
        assert!(!output.stdout.contains(secret) && !output.stderr.contains(secret), "{secret}: {output:?}");
    }
    output
}

/// Stops a relay; the tokens that it was given.
fn tokens(relay: Relay) -> Vec<String> {
    let heard = relay.finish();
    let logins = heard.iter().filter_map(|line| line.strip_prefix("AUTH XOAUTH2 "));
    logins.map(|login| String::from_utf8(BASE64_STANDARD.decode(login).unwrap()).unwrap()).collect()
}

fn login(token: &str) -> String {
    format!("user=nyt@kommune.example\u{1}auth=Bearer {token}\u{1}\u{1}")
}

#[test]
fn a_login_by_code_is_kept_and_used() {
    let server = TokenServer::start([
        code(900),
        refused("authorization_pending", "AADSTS70016: pending"),
        given("hemmelig-access", "hemmelig-refresh"),
    ]);
    let relay = relay();
    let project = project("oauth-code", &server, &relay, "");
    run(&project, "login microsoft365").is(
        0,
        "1. Open https://login.example/device in a browser, on any machine\n\
         2. Type the code ABCD-EFGH\n\
         3. Log in as nyt@kommune.example\n\
         Waiting; the code is valid for 15 minutes. Ctrl-C stops, and stores nothing.\n\
         logged in to Microsoft 365: the token is in DIR/.newsletter/oauth-token.json\n\
         localhost accepts the login as nyt@kommune.example\n",
        "",
    );
    let scope = "scope=https%3A%2F%2Foutlook.office.com%2FSMTP.Send+offline_access";
    let asks = format!(
        "/{TENANT}/oauth2/v2.0/token grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id={CLIENT}&device_code=hemmelig-device"
    );
    let heard = server.heard();
    let spaces = |line: &String| line.replace("%20", "+");
    assert_eq!(
        heard.iter().map(spaces).collect::<Vec<_>>(),
        [format!("/{TENANT}/oauth2/v2.0/devicecode client_id={CLIENT}&{scope}"), asks.clone(), asks]
    );
    let mode = fs::metadata(project.path(TOKEN_FILE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // The token is valid for an hour: no new one is requested.
    assert_eq!(run(&project, &format!("send {SEND}")).status, 0);
    assert_eq!(server.heard(), [""; 0]);
    assert!(tokens(relay).iter().all(|token| *token == login("hemmelig-access")));
}

#[test]
fn a_login_that_fails_stores_nothing() {
    let relay = relay();
    let microsoft = |answers: Vec<TokenAnswer>, error: &str, name: &str, status: i32| {
        let server = TokenServer::start(answers);
        let project = project(name, &server, &relay, "");
        let output = run(&project, "login microsoft365");
        assert_eq!((output.status, output.stderr.as_str()), (status, &*format!("error: no access token: {error}\n")));
        assert!(!project.path(TOKEN_FILE).exists());
    };
    microsoft(
        vec![code(900), refused("authorization_declined", "")],
        "Microsoft 365 refuses: authorization_declined; the login was declined",
        "oauth-declined",
        77,
    );
    microsoft(
        vec![code(1), refused("authorization_pending", "")],
        "nobody logged in within 1 s: run `newsletter login microsoft365` again",
        "oauth-late",
        77,
    );
    microsoft(
        vec![code(900), given("hemmelig-access", "")],
        "Microsoft 365 gave no refresh token: add `offline_access` to `scopes` under `oauth`",
        "oauth-short",
        77,
    );
    let words = "AADSTS7000218: The request body must contain: client_assertion. Trace ID: 1";
    microsoft(
        vec![TokenAnswer::Body(401, format!(r#"{{"error":"invalid_client","error_description":"{words}"}}"#))],
        "Microsoft 365 refuses: invalid_client (AADSTS7000218: The request body must contain: client_assertion); in \
         the application's Authentication, set \"Allow public client flows\" to Yes",
        "oauth-confidential",
        77,
    );
    relay.finish();
}

#[test]
fn the_service_that_is_typed_is_the_one_of_the_settings() {
    let (server, relay) = (TokenServer::start([]), relay());
    let project = project("oauth-other", &server, &relay, "");
    run(&project, "login google")
        .fails_with(78, "newsletter.yaml has `provider: microsoft365`: run `newsletter login microsoft365`");
    let none = Project::new("oauth-none");
    let output = run(&none, "login google");
    assert_eq!(output.status, 78);
    assert!(
        output
            .stderr
            .contains("newsletter.yaml has no `oauth`: write, with your own values:\noauth:\n  provider: google\n")
    );
    relay.finish();
}

#[test]
fn an_old_token_is_renewed_and_rotated() {
    let server = TokenServer::start([given("hemmelig-next", "hemmelig-rotated")]);
    let relay = relay();
    let project = with_token(project("oauth-renewed", &server, &relay, ""), &server);
    assert_eq!(run(&project, &format!("send {SEND} -vv")).status, 0);
    assert_eq!(tokens(relay)[0], login("hemmelig-next"));
    let heard = server.heard();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].contains("grant_type=refresh_token") && heard[0].ends_with("&refresh_token=hemmelig-refresh"));
    let kept = project.read(TOKEN_FILE);
    assert!(
        kept.contains("\"hemmelig-rotated\"")
            && kept.contains("\"hemmelig-next\"")
            && !kept.contains("hemmelig-refresh")
    );
}

#[test]
fn a_token_that_the_relay_refuses_is_renewed_once() {
    let tricks = vec![("AUTH", Trick::SayAndClose("535 5.7.3 Authentication unsuccessful\r\n"))];
    let relay = Relay::start(Script { offers: &["AUTH XOAUTH2"], tricks, ..Script::default() });
    let server = TokenServer::start([given("hemmelig-access", "hemmelig-rotated"), given("hemmelig-next", "")]);
    let project = with_token(project("oauth-refused", &server, &relay, ""), &server);
    assert_eq!(run(&project, &format!("send {SEND}")).status, 0);
    assert_eq!(tokens(relay)[..2], [login("hemmelig-access"), login("hemmelig-next")]);
    assert!(server.heard()[1].ends_with("refresh_token=hemmelig-rotated"));
}

#[test]
fn a_revoked_login_sends_nothing() {
    let words =
        "AADSTS50173: The provided grant has expired due to it being revoked. Trace ID: 7\\r\\nCorrelation ID: 8";
    let server = TokenServer::start([refused("invalid_grant", words)]);
    let relay = relay();
    let project = with_token(project("oauth-revoked", &server, &relay, ""), &server);
    let output = run(&project, &format!("send {SEND}"));
    assert_eq!(output.status, 77);
    let error = "error: no access token: Microsoft 365 refuses: invalid_grant (AADSTS50173: The provided grant has \
                 expired due to it being revoked); the password was changed: run `newsletter login microsoft365`\n";
    assert_eq!(output.stderr, error);
    assert_eq!(project.read(TOKEN_FILE), stored(&server));
    assert_eq!(relay.finish(), [""; 0]);
}

#[test]
fn a_server_that_cannot_answer_is_asked_again_later() {
    let relay = relay();
    for (name, answer, error) in [
        (
            "html",
            TokenAnswer::Body(200, "<html>Log in</html>".to_owned()),
            "not the answer of a token server (status 200); is there a proxy that wants a login?",
        ),
        ("500", TokenAnswer::Body(500, "<html>".to_owned()), "the server responded 500; run again later"),
        ("429", refused_with(429), "the server responded 429; run again later"),
        ("busy", refused("temporarily_unavailable", ""), "the server responded 400; run again later"),
        ("huge", TokenAnswer::Endless, "the answer is too large for a token server"),
        (
            "redirect",
            TokenAnswer::To("http://127.0.0.1:1/".to_owned()),
            "not the answer of a token server (status 307); is there a proxy that wants a login?",
        ),
        (
            "injected",
            given("a\\u0001auth=Bearer b", ""),
            "not the answer of a token server (status 200); is there a proxy that wants a login?",
        ),
    ] {
        let server = TokenServer::start([answer]);
        let project = with_token(project(&format!("oauth-{name}"), &server, &relay, ""), &server);
        let output = run(&project, &format!("send {SEND}"));
        let host = server.url().replace("http://", "");
        assert_eq!(
            (output.status, output.stderr),
            (75, format!("error: no access token: {host}: {error}\n")),
            "{name}"
        );
        assert_eq!(project.read(TOKEN_FILE), stored(&server), "{name}");
    }
    assert_eq!(relay.finish(), [""; 0]);
}

fn refused_with(status: u16) -> TokenAnswer {
    TokenAnswer::Body(status, r#"{"error":"invalid_request"}"#.to_owned())
}

#[test]
fn a_token_file_that_cannot_be_used_is_named() {
    let (server, relay) = (TokenServer::start([]), relay());
    let file = "DIR/.newsletter/oauth-token.json";
    let check = |project: Project, error: &str| {
        let output = run(&project, &format!("send {SEND}"));
        assert_eq!((output.status, output.stderr), (78, format!("error: {error}\n")));
    };
    let new = |name: &str| project(name, &server, &relay, "");
    check(new("oauth-missing"), "no access token: not logged in to Microsoft 365: run `newsletter login microsoft365`");
    check(
        with_token(new("oauth-open"), &server).mode(TOKEN_FILE, 0o644),
        &format!("{file} can be read by others (mode 0644): run chmod 600 on it"),
    );
    for (name, text) in [("half", &stored(&server)[..100]), ("octets", "\u{0}"), ("empty", "")] {
        let damaged = with_token(new(&format!("oauth-{name}")), &server);
        damaged.write(TOKEN_FILE, text);
        check(damaged, &format!("no access token: {file} is damaged: run `newsletter login microsoft365`"));
    }
    let other = with_token(new("oauth-client"), &server);
    other.write(TOKEN_FILE, stored(&server).replace(CLIENT, "00000000-0000-0000-0000-000000000000"));
    check(
        other,
        &format!(
            "no access token: {file} is for another `tenant`, `client_id` or `token_server`: run `newsletter login \
             microsoft365`"
        ),
    );
    assert_eq!(server.heard(), [""; 0]);
    assert_eq!(relay.finish(), [""; 0]);
}

#[test]
fn an_application_logs_in_by_itself() {
    let server = TokenServer::start([
        given("hemmelig-access", ""),
        refused("invalid_client", "AADSTS7000215: Invalid client secret provided: hemmelig-client"),
    ]);
    let relay = relay();
    let secret = "  client_secret_file: secret\n";
    let project = project("oauth-application", &server, &relay, secret).file("secret", "hemmelig-client\n");
    let project = project.mode("secret", 0o600);
    run(&project, "login microsoft365").succeeds_with("localhost accepts the login as nyt@kommune.example\n");
    let form = format!(
        "grant_type=client_credentials&client_id={CLIENT}&scope=https%3A%2F%2Foutlook.office365.com%2F.default&client_secret=hemmelig-client"
    );
    assert_eq!(server.heard(), [format!("/{TENANT}/oauth2/v2.0/token {form}")]);
    assert!(!project.path(TOKEN_FILE).exists());
    // The words repeat the secret, so that they are left out.
    let output = run(&project, &format!("send {SEND}"));
    let error =
        "error: no access token: Microsoft 365 refuses: invalid_client; check `client_id` and the client secret\n";
    assert_eq!((output.status, output.stderr.as_str()), (77, error));
    relay.finish();
}

#[test]
fn a_service_account_acts_for_the_mailbox() {
    let wrong_clock = TokenAnswer::Dated(
        400,
        r#"{"error":"invalid_grant","error_description":"Invalid JWT: Check your iat and exp values."}"#.to_owned(),
        "Thu, 01 Jan 2015 00:00:00 GMT",
    );
    let server = TokenServer::start([given("hemmelig-access", ""), wrong_clock]);
    let relay = relay();
    let project = Project::new("oauth-google").file("google.json", service_account()).mode("google.json", 0o600);
    let (url, port) = (server.url(), relay.port());
    project.write(
        "newsletter.yaml",
        format!(
            "{SETTINGS}oauth: {{provider: google, key_file: google.json, token_server: \"{url}\"}}\n\
             smtp: {{host: localhost, port: {port}, security: none, username: nyt@kommune.example}}\n"
        ),
    );
    run(&project, "login google").succeeds_with("localhost accepts the login as nyt@kommune.example\n");
    let heard = server.heard();
    let assertion = heard[0]
        .strip_prefix("/token grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=")
        .unwrap();
    let claims = assertion.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert_eq!(claims["sub"], "nyt@kommune.example");
    assert_eq!(claims["iss"], "nyt@projekt.iam.gserviceaccount.example");
    assert_eq!(claims["aud"], format!("{url}/token"));
    assert_eq!(claims["scope"], "https://mail.google.com/");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    let output = run(&project, &format!("send {SEND}"));
    assert_eq!(output.status, 77);
    assert!(output.stderr.contains("minutes ahead of the server's; set this machine's clock\n"), "{}", output.stderr);
    project.write("google.json", "{}");
    run(&project, "login google")
        .fails_with(78, "no access token: DIR/google.json is not a service account's key in JSON, as Google gives it");
    relay.finish();
}

fn service_account() -> String {
    let pem = PrivateKey::generate(Algorithm::Rsa).unwrap().to_pem().unwrap();
    serde_json::json!({
        "type": "service_account",
        "private_key_id": "1",
        "private_key": pem,
        "client_email": "nyt@projekt.iam.gserviceaccount.example",
    })
    .to_string()
}

#[test]
fn of_several_runs_one_renews_the_token() {
    let server = TokenServer::start([given("hemmelig-next", "hemmelig-rotated")]);
    let relay = relay();
    let project = with_token(project("oauth-runs", &server, &relay, ""), &server);
    let opened = OpenProject::find(Some(&project.path("")), &project.path("")).unwrap().project.unwrap();
    let opened = Arc::new(opened);
    let runs: Vec<_> = (0..8)
        .map(|_| {
            let opened = Arc::clone(&opened);
            // Each has its own value, as each process does.
            thread::spawn(move || opened.access_tokens().unwrap().token("nyt@kommune.example").unwrap())
        })
        .collect();
    for run in runs {
        assert_eq!(run.join().unwrap().reveal(), "hemmelig-next");
    }
    assert_eq!(server.heard().len(), 1);
    relay.finish();
}

#[test]
fn a_mailbox_takes_the_same_tokens() {
    let server = TokenServer::start([given("hemmelig-next", "hemmelig-rotated")]);
    let imap = ImapServer::start(ImapScript { capabilities: "AUTH=XOAUTH2 SASL-IR", ..ImapScript::default() });
    let project = Project::new("oauth-inbox");
    let (url, port) = (server.url(), imap.port());
    project.write(
        "newsletter.yaml",
        format!(
            "{SETTINGS}oauth: {{provider: microsoft365, tenant: {TENANT}, client_id: {CLIENT}, token_server: \"{url}\"}}\n\
             inbox: {{host: localhost, port: {port}, security: none, username: retur@kommune.example}}\n"
        ),
    );
    let project = with_token(project, &server);
    assert_eq!(run(&project, "inbox").status, 0);
    assert!(server.heard()[0].contains("IMAP.AccessAsUser.All"));
}
