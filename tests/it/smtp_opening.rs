//! Connecting to a relay: greeting, encryption, login, and the messages when it fails.

use std::net::TcpListener;

use newsletter::base::secret::Secret;
use newsletter::delivery::smtp::SmtpTransport;
use newsletter::delivery::smtp::options::{AuthMechanism, Login, PasswordRenewal, Security, SmtpOptions};
use newsletter::delivery::smtp::tls::TlsSetupError;
use newsletter::delivery::transport::Transport;

use crate::scripted::{self, Encryption, Script, Trick};
use crate::smtp::{described, options};

fn login(auth: Option<AuthMechanism>) -> Login {
    Login { username: "nyt".to_owned(), password: Secret::new("hemmelig".to_owned()), renewal: None, auth }
}

/// Opens and closes a connection; compares the result and every command that the relay received.
fn check(script: Script, set: impl FnOnce(&mut SmtpOptions), expected: &str, heard: &[&str]) {
    let relay = scripted::Relay::start(script);
    let port = format!("port {}", relay.port());
    let mut options = options(&relay);
    options.ca_file = Some(relay.certificate());
    set(&mut options);
    let transport = SmtpTransport::new(options).unwrap();
    let seen = match transport.open() {
        Ok(connection) => {
            connection.close();
            "open".to_owned()
        }
        Err(error) => described(&error).replace(&port, "port N"),
    };
    assert_eq!(seen, expected);
    assert_eq!(relay.finish(), heard);
}

const EHLO: &str = "EHLO client.example";

#[test]
fn the_connection_is_encrypted() {
    let script = |encryption| Script { encryption, ..Script::default() };
    let start = ["*", EHLO, "STARTTLS", EHLO, "QUIT", "-"];
    check(script(Encryption::StartTls), |options| options.security = Security::StartTls, "open", &start);
    check(script(Encryption::Always), |options| options.security = Security::Tls, "open", &["*", EHLO, "QUIT", "-"]);
}

#[test]
fn no_credentials_go_to_an_untrusted_relay() {
    let start_tls = |name| Script { encryption: Encryption::StartTls, name, ..Script::default() };
    let heard = ["*", EHLO, "STARTTLS", "-"];
    check(
        start_tls("other.example"),
        |options| options.security = Security::StartTls,
        "refused: no trusted TLS connection to the relay localhost: its certificate is for another name; smtp.host must be \
         the name on the certificate",
        &heard,
    );
    let stranger = scripted::Relay::start(Script::default());
    let ca_file = stranger.certificate();
    stranger.finish();
    check(
        start_tls("localhost"),
        |options| (options.security, options.ca_file) = (Security::StartTls, Some(ca_file)),
        "refused: no trusted TLS connection to the relay localhost: its certificate is not signed by a trusted CA; set smtp.ca_file for a CA of your own",
        &heard,
    );
}

#[test]
fn a_relay_without_starttls_is_not_used() {
    let start_tls = |options: &mut SmtpOptions| options.security = Security::StartTls;
    let refused = [("STARTTLS", Trick::SayAndClose("454 4.7.0 Not now\r\n"))];
    let script = Script { encryption: Encryption::StartTls, tricks: refused.to_vec(), ..Script::default() };
    let error = "refused: the relay localhost refuses STARTTLS: 454 4.7.0 Not now";
    check(script, start_tls, error, &["*", EHLO, "STARTTLS", "-"]);

    let injected = [("STARTTLS", Trick::Say("220 Go\r\n250-x\r\n250 AUTH PLAIN\r\n"))];
    let script = Script { encryption: Encryption::StartTls, tricks: injected.to_vec(), ..Script::default() };
    let error =
        "refused: data was injected into the connection to the relay localhost before STARTTLS; nothing was sent";
    check(script, start_tls, error, &["*", EHLO, "STARTTLS", "-"]);

    let error = "refused: the relay localhost, port N, does not offer STARTTLS, so the connection would not be encrypted; \
                 nothing was sent. For port 465, set `smtp.security: tls`; `security: none` is for relays on this machine or \
                 in your own network";
    check(Script::default(), start_tls, error, &["*", EHLO, "QUIT", "-"]);
}

#[test]
fn login_uses_the_offered_mechanism() {
    let both = Script { offers: &["AUTH LOGIN PLAIN"], ..Script::default() };
    let plain = "AUTH PLAIN AG55dABoZW1tZWxpZw==";
    check(both.clone(), |options| options.login = Some(login(None)), "open", &["*", EHLO, plain, "QUIT", "-"]);
    let asked = ["*", EHLO, "AUTH LOGIN", "bnl0", "aGVtbWVsaWc=", "QUIT", "-"];
    check(both, |options| options.login = Some(login(Some(AuthMechanism::Login))), "open", &asked);
    check(
        Script { offers: &["AUTH LOGIN"], ..Script::default() },
        |options| options.login = Some(login(Some(AuthMechanism::Plain))),
        "refused: the relay localhost offers no login that matches smtp.auth (it offers: LOGIN); is the port right?",
        &["*", EHLO, "QUIT", "-"],
    );
    check(
        Script::default(),
        |options| options.login = Some(login(None)),
        "refused: the relay localhost offers no login that matches smtp.auth (it offers: none); is the port right?",
        &["*", EHLO, "QUIT", "-"],
    );
}

#[test]
fn a_refused_login_differs_from_a_busy_relay() {
    for (answer, expected) in [
        (
            "535 5.7.8 Wrong\r\n",
            "refused: the relay localhost refused the login: 535 5.7.8 Wrong; check smtp.username and the password",
        ),
        ("454 4.7.0 Later\r\n", "unreachable: the relay localhost is busy: 454 4.7.0 Later"),
        ("250 OK\r\n", "unreachable: no connection to the relay localhost: unexpected reply to AUTH: 250 OK"),
    ] {
        let tricks = vec![("AUTH", Trick::SayAndClose(answer))];
        let script = Script { offers: &["AUTH PLAIN"], tricks, ..Script::default() };
        let heard = ["*", EHLO, "AUTH PLAIN AG55dABoZW1tZWxpZw==", "-"];
        check(script, |options| options.login = Some(login(None)), expected, &heard);
    }
}

fn token(auth: &str) -> String {
    format!("AUTH XOAUTH2 {auth}")
}

/// `user=nyt`, a mark, `auth=Bearer hemmelig` and two marks.
const TOKEN: &str = "dXNlcj1ueXQBYXV0aD1CZWFyZXIgaGVtbWVsaWcBAQ==";

#[test]
fn xoauth2_logs_in_with_a_token() {
    let script = Script { offers: &["AUTH LOGIN XOAUTH2"], ..Script::default() };
    let by_token = |options: &mut SmtpOptions| options.login = Some(login(Some(AuthMechanism::XOAuth2)));
    check(script.clone(), by_token, "open", &["*", EHLO, &token(TOKEN), "QUIT", "-"]);
    // RFC 4954 §4: a command has no more than 512 octets.
    let long = |options: &mut SmtpOptions| {
        let password = Secret::new("x".repeat(1_000));
        options.login = Some(Login { password, ..login(Some(AuthMechanism::XOAuth2)) });
    };
    let response = format!("dXNlcj1ueXQBYXV0aD1CZWFyZXIg{}eAEB", "eHh4".repeat(333));
    check(script, long, "open", &["*", EHLO, "AUTH XOAUTH2", &response, "QUIT", "-"]);
    check(
        Script { offers: &["AUTH LOGIN"], ..Script::default() },
        by_token,
        "refused: the relay localhost offers no login that matches smtp.auth (it offers: LOGIN); is the port right?",
        &["*", EHLO, "QUIT", "-"],
    );
}

#[test]
fn a_refused_token_is_reported_with_its_status() {
    let questions = [
        (
            "334 eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0=\r\n",
            "the token has expired or was revoked (status 401)",
        ),
        ("334 eyJzdGF0dXMiOiI0MDAifQ==\r\n", "the token is invalid, or not for sending from this mailbox (status 400)"),
        ("334 \r\n", "it gives no reason"),
    ];
    for (question, fault) in questions {
        let tricks = vec![("AUTH", Trick::Say(question)), ("", Trick::SayAndClose("535 5.7.3 No\r\n"))];
        let expected = format!(
            "refused: the relay localhost refuses the access token: 535 5.7.3 No; {fault}. Check smtp.username, and where the token is from: `newsletter login`, or smtp.password_command"
        );
        let script = Script { offers: &["AUTH XOAUTH2"], tricks, ..Script::default() };
        let by_token = |options: &mut SmtpOptions| options.login = Some(login(Some(AuthMechanism::XOAuth2)));
        check(script, by_token, &expected, &["*", EHLO, &token(TOKEN), "", "-"]);
    }
}

#[test]
fn an_expired_token_is_requested_again_once() {
    let old = Trick::SayAndClose("535 5.7.3 Old\r\n");
    let script = |tricks: &[_]| Script { offers: &["AUTH PLAIN"], tricks: tricks.to_vec(), ..Script::default() };
    let renewed = |text: &'static str| {
        move |options: &mut SmtpOptions| {
            let renewal = Some(PasswordRenewal::new(move || Ok(Secret::new(text.to_owned()))));
            options.login = Some(Login { renewal, ..login(None) });
        }
    };
    let [first, second] = ["AUTH PLAIN AG55dABoZW1tZWxpZw==", "AUTH PLAIN AG55dABueQ=="];
    check(script(&[("AUTH", old)]), renewed("ny"), "open", &["*", EHLO, first, "-", "*", EHLO, second, "QUIT", "-"]);
    let refused = "refused: the relay localhost refused the login: 535 5.7.3 Old; check smtp.username and the password";
    check(script(&[("AUTH", old)]), renewed("hemmelig"), refused, &["*", EHLO, first, "-"]);
}

#[test]
fn a_relay_without_ehlo_is_greeted_with_helo() {
    let tricks = vec![("EHLO", Trick::Say("502 5.5.1 Use HELO\r\n"))];
    let script = Script { tricks, ..Script::default() };
    check(script, |_| {}, "open", &["*", EHLO, "HELO client.example", "QUIT", "-"]);
}

#[test]
fn a_relay_that_rejects_the_connection_is_quoted() {
    let silent = "silent: the relay localhost, port N, sent no greeting within 1 s; if the port expects TLS from the start, as 465 does, set smtp.security: tls";
    let none = "unreachable: no connection to the relay localhost: ";
    for (tricks, expected) in [
        (
            ("banner", Trick::SayAndClose("421 4.3.2 Down\r\n")),
            "unreachable: the relay localhost is busy: 421 4.3.2 Down",
        ),
        (
            ("banner", Trick::SayAndClose("554 5.7.1 Blocked\r\n")),
            "refused: the relay localhost refuses this machine: 554 5.7.1 Blocked; ask the relay's operator to allow it",
        ),
        (("banner", Trick::Close), &*format!("{none}connection lost at the greeting")),
        (("banner", Trick::Stall), silent),
        (("banner", Trick::Drip("220 relay.example, one octet at a time\r\n")), silent),
        (
            ("banner", Trick::SayAndClose("SSH-2.0-OpenSSH\r\n")),
            &*format!("{none}invalid reply to the greeting: a line without a code"),
        ),
        (("EHLO", Trick::Endless("250-and so on\r\n")), &*format!("{none}invalid reply to EHLO: too long")),
    ] {
        let heard: &[&str] = if tricks.0 == "banner" { &["*", "-"] } else { &["*", EHLO, "-"] };
        check(Script { tricks: vec![tricks], ..Script::default() }, |_| {}, expected, heard);
    }
}

#[test]
fn a_closed_port_is_unreachable() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut options = SmtpOptions::new("localhost".to_owned());
    (options.port, options.security) = (port, Security::None);
    let error = SmtpTransport::new(options).unwrap().open().err().unwrap();
    let expected = format!(
        "unreachable: cannot connect to the relay localhost, port {port}; check smtp.host, smtp.port and the firewall"
    );
    assert_eq!(described(&error), expected);
}

#[test]
fn unreadable_certificates_stop_before_connecting() {
    let mut options = SmtpOptions::new("localhost".to_owned());
    options.ca_file = Some("no/such.pem".into());
    let error = SmtpTransport::new(options.clone()).unwrap_err();
    assert_eq!(error.to_string(), "cannot read the certificates in no/such.pem (smtp.ca_file)");
    options.ca_file = Some("Cargo.toml".into());
    assert!(matches!(SmtpTransport::new(options.clone()), Err(TlsSetupError::NoCertificate { .. })));
    options.host = "not a name".to_owned();
    assert!(matches!(SmtpTransport::new(options), Err(TlsSetupError::HostName { .. })));
}
