use std::time::Duration;

use super::*;
use crate::base::secret::SecretSource;
use crate::base::source::diagnostic::Severity;
use crate::delivery::retry::RetryPolicy;
use crate::delivery::smtp::options::{AuthMechanism, Security};
use crate::project::settings::ledger::LedgerSettings;
use crate::project::settings::relay::RelayLogin;

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
    let login = RelayLogin {
        username: "nyt".into(),
        password: SecretSource::File("pw".into()),
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
