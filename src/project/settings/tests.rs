use std::time::Duration;

use super::*;
use crate::base::secret::SecretSource;
use crate::base::source::diagnostic::Severity;
use crate::delivery::retry::RetryPolicy;
use crate::delivery::smtp::options::{AuthMechanism, Security};
use crate::project::settings::inbox::{ImapSettings, MaildirSettings};
use crate::project::settings::ledger::LedgerSettings;
use crate::project::settings::mail_server::{MailCredential, MailLogin};

const SMALL: &str = "name: Nyt\nfrom: Nyt <nyt@forening.example>\npostal_address: Gadevej 1\n";

fn settings(text: &str) -> Settings {
    let (settings, diagnostics) = Settings::parse(&Source::new("newsletter.yaml", text));
    assert_eq!(diagnostics, Diagnostics::new());
    settings.unwrap()
}

#[test]
fn three_lines_are_enough() {
    let settings = settings(SMALL);
    assert_eq!(settings.from.to_string(), "Nyt <nyt@forening.example>");
    assert_eq!(settings.lang, Lang::default());
    assert_eq!(settings.timezone.iana_name(), Some("Europe/Copenhagen"));
    assert_eq!(settings.paths, ProjectPaths::default());
    assert_eq!(settings.smtp, None);
    assert_eq!(settings.ledger, LedgerSettings::File(".newsletter/ledger.db".into()));
}

#[test]
fn a_relay_needs_only_its_host() {
    let relay = settings(&format!("{SMALL}smtp:\n  host: smtp.forening.example\n")).smtp.unwrap();
    assert_eq!((relay.port, relay.security, relay.connections), (587, Security::StartTls, 4));
    assert_eq!((relay.login, relay.ca_file, relay.retry), (None, None, RetryPolicy::default()));
}

#[test]
fn the_port_says_how_a_connection_is_encrypted() {
    let parse = |text: &str| Settings::parse(&Source::new("newsletter.yaml", format!("{SMALL}smtp: {{{text}}}\n")));
    let tls = parse("host: smtp.forening.example, port: 465").0.and_then(|settings| settings.smtp).unwrap();
    assert_eq!((tls.port, tls.security), (465, Security::Tls));
    for (text, errors) in [
        ("host: smtp.forening.example, port: 465, security: starttls", 1),
        ("host: smtp.forening.example, port: 465, security: none", 1),
        ("host: smtp.forening.example, port: 587, security: tls", 1),
        ("host: smtp.forening.example, port: 25, security: tls", 1),
        ("host: localhost, port: 465, security: none", 0),
        ("host: smtp.forening.example, port: 465, security: tls", 0),
        ("host: smtp.forening.example, port: 2465, security: tls", 0),
    ] {
        let diagnostics = parse(text).1;
        assert_eq!(
            diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count(),
            errors,
            "{text}"
        );
    }
}

#[test]
fn keys_take_precedence_over_a_preset() {
    let relay = |text: &str| settings(&format!("{SMALL}smtp: {{{text}}}\n")).smtp.unwrap();
    let login = "username: nyt, password_command: token";
    let microsoft = relay(&format!("preset: microsoft365, {login}"));
    assert_eq!((&*microsoft.host, microsoft.port, microsoft.connections), ("smtp.office365.com", 587, 3));
    assert_eq!(microsoft.login.unwrap().auth, Some(AuthMechanism::XOAuth2));
    let own =
        relay(&format!("preset: microsoft365, host: relay.forening.example, connections: 1, auth: login, {login}"));
    assert_eq!((&*own.host, own.connections), ("relay.forening.example", 1));
    assert_eq!(own.login.unwrap().auth, Some(AuthMechanism::Login));
    let google = relay("preset: google");
    assert_eq!((&*google.host, google.connections, google.login), ("smtp.gmail.com", 4, None));
}

#[test]
fn the_keys_of_a_relay_are_read() {
    let text = "smtp: {host: localhost, port: 2525, security: none, username: nyt, auth: login, password_file: pw, \
        connections: 2, ca_file: ca.pem, timeouts: {dot: 2m}, retry: {first: 0s, give_up: 1h}}\n";
    let relay = settings(&format!("{SMALL}{text}")).smtp.unwrap();
    let login = MailLogin {
        username: "nyt".into(),
        credential: MailCredential::Password(SecretSource::File("pw".into())),
        auth: Some(AuthMechanism::Login),
    };
    assert_eq!(relay.login, Some(login));
    assert_eq!((relay.port, relay.security, relay.connections), (2525, Security::None, 2));
    assert_eq!(relay.timeouts.dot, Duration::from_secs(120));
    assert_eq!(relay.retry, RetryPolicy { first: Duration::ZERO, give_up: Duration::from_secs(3600) });
}

#[test]
fn a_brand_is_read() {
    let text = "brand: {colour: \"376\", links: {Os: https://forening.example/}}\n\
        greeting: {en: {with_name: \"Dear {{ name }}\", without_name: Dear reader}}\n";
    let settings = settings(&format!("{SMALL}{text}"));
    assert_eq!(settings.brand.colour.to_string(), "#337766");
    let shown: Vec<_> = settings
        .brand
        .links
        .iter()
        .map(|link| (&*link.text.for_lang(Lang::parse("en").unwrap()).unwrap().value, &*link.url.value))
        .collect();
    assert_eq!(shown, [("Os", "https://forening.example/")]);
    let greeting = Greeting { with_name: "Dear {{ name }}".into(), without_name: "Dear reader".into() };
    assert_eq!(settings.greeting.unwrap().value, BTreeMap::from([(Lang::parse("en").unwrap(), greeting)]));
}

#[test]
fn a_mailbox_is_a_folder_of_a_server_or_a_maildir() {
    let inbox = |text: &str| settings(&format!("{SMALL}inbox: {{{text}}}\n")).inbox.unwrap();
    let login = "username: nyt, password_file: pw";
    let InboxSettings::Imap(imap) = inbox(&format!("host: imap.forening.example, {login}")) else { panic!() };
    let credential = MailCredential::Password(SecretSource::File("pw".into()));
    let expected = ImapSettings {
        host: "imap.forening.example".into(),
        port: 993,
        security: Security::Tls,
        login: MailLogin { username: "nyt".into(), credential, auth: None },
        ca_file: None,
        folder: "INBOX".into(),
        done: None,
    };
    assert_eq!(imap, expected);
    let InboxSettings::Imap(imap) = inbox(&format!("host: localhost, port: 143, folder: Nyt, done: Set, {login}"))
    else {
        panic!()
    };
    assert_eq!((imap.security, &*imap.folder, imap.done.as_deref()), (Security::StartTls, "Nyt", Some("Set")));
    let maildir =
        |path: &str, done: &str| InboxSettings::Maildir(MaildirSettings { path: path.into(), done: done.into() });
    assert_eq!(inbox("maildir: /var/mail/nyt"), maildir("/var/mail/nyt", "/var/mail/nyt/.done"));
    assert_eq!(inbox("maildir: mail, done: old"), maildir("mail", "old"));
    assert_eq!(settings(&format!("{SMALL}bounces: {{soft_limit: 3}}\n")).failures.bounces.soft_limit, 3);
}

#[test]
fn mistakes_in_a_mailbox_are_reported() {
    let login = "username: nyt, password_file: pw";
    for (text, code) in [
        ("maildir: a, host: b".to_owned(), "NL730"),
        ("done: a".to_owned(), "NL730"),
        (format!("host: b.example, port: 993, security: starttls, {login}"), "NL731"),
        (format!("host: b.example, port: 143, security: tls, {login}"), "NL731"),
        ("maildir: a, done: a".to_owned(), "NL732"),
        (format!("host: b.example, done: inbox, {login}"), "NL732"),
        (format!("host: b.example, security: none, {login}"), "NL143"),
        (format!("host: \"b.example:993\", {login}"), "NL140"),
        ("host: b.example, username: nyt".to_owned(), "NL142"),
        ("host: b.example".to_owned(), "NL101"),
        (format!("host: b.example, auth: xoauth2, {login}"), "NL145"),
    ] {
        let (_, diagnostics) = Settings::parse(&Source::new("newsletter.yaml", format!("{SMALL}inbox: {{{text}}}\n")));
        let codes: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code.0).collect();
        assert_eq!(codes, [code], "{text}");
    }
}
