//! Settings that a relay and a mailbox have in common: a host, its encryption, and a login.

use std::net::IpAddr;

use crate::base::message::{Message, message};
use crate::base::secret::SecretSource;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Spanned;
use crate::base::source::yaml::fields::MappingReader;
use crate::delivery::smtp::options::{AuthMechanism, Security};

const BAD_HOST: Code = Code("NL140");
const HALF_LOGIN: Code = Code("NL142");
const LOGIN_IN_CLEAR: Code = Code("NL143");
const NO_TOKEN_COMMAND: Code = Code("NL145");

/// How messages name a server.
pub(super) struct ServerNotation {
    /// The kind of server, with its article.
    pub(super) kind: Message,
    /// An example of its name.
    pub(super) example: &'static str,
}

/// Where access tokens come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenOrigin {
    /// From `oauth` in the settings.
    Project,
    /// From a command.
    Command,
}

/// The credential of a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailCredential {
    /// A password, or a token that a command prints.
    Password(SecretSource),
    /// An access token of `oauth`.
    AccessToken,
}

/// A login; its password is not read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailLogin {
    /// The user name.
    pub username: String,
    /// The source of the password or token.
    pub credential: MailCredential,
    /// The kind of login; absent: the best that is offered.
    pub auth: Option<AuthMechanism>,
}

/// The name of a server: no address of a page, no port, no login.
pub(super) fn host(reader: &mut MappingReader<'_, '_>, server: &ServerNotation) -> Option<Spanned<String>> {
    let text = reader.text("host")?;
    let bare = text.value.split_once("://").map_or(text.value.as_str(), |(_, rest)| rest).trim_end_matches('/');
    let (name, port) = match bare.rsplit_once(':') {
        // An IPv6 address has colons, but no port.
        Some((name, port)) if bare.parse::<IpAddr>().is_err() => (name, Some(port)),
        Some(_) | None => (bare, None),
    };
    let name = name.trim_matches(['[', ']']);
    let sign = |sign: char| sign.is_alphanumeric() || matches!(sign, '.' | '-' | ':' | '_');
    if name == text.value && !name.is_empty() && name.chars().all(sign) {
        return Some(text);
    }
    // A login may be in it, with its password.
    let shown = if text.value.contains('@') { String::new() } else { format!(": {}", text.value) };
    let diagnostic = Diagnostic::error(
        BAD_HOST,
        message!("`host` must be only the name of {}{shown}", "`host` skal kun være navnet på {}{shown}", server.kind),
    );
    let hint = match port {
        Some(port) if !bare.contains('@') => {
            message!("write two lines, host: {name} and port: {port}", "skriv to linjer, host: {name} og port: {port}")
        }
        None if name.chars().all(sign) => message!("write it like this: host: {name}", "skriv det sådan: host: {name}"),
        Some(_) | None => message!("write it like this: host: {}", "skriv det sådan: host: {}", server.example),
    };
    reader.report(diagnostic.at(text.place).hint(hint));
    None
}

/// How the connection is encrypted.
pub(super) fn security(reader: &mut MappingReader<'_, '_>) -> Option<Security> {
    let known = [("starttls", Security::StartTls), ("tls", Security::Tls), ("none", Security::None)];
    reader.choice("security", &known).map(|security| security.value)
}

/// The ports of a protocol, and the code of the mistake to mix them up.
#[derive(Clone, Copy)]
pub(super) struct MailPorts {
    /// The port that is encrypted from the first octet (RFC 8314 §7).
    pub(super) tls: u16,
    /// Those where STARTTLS begins the encryption, the usual one first.
    pub(super) starttls: &'static [u16],
    /// The code of the mistake.
    pub(super) code: Code,
}

/// Reports a port that expects another kind of encryption. On such a port each side waits for the other one to send
/// first.
pub(super) fn check_port(
    reader: &mut MappingReader<'_, '_>,
    host: Option<&Spanned<String>>,
    port: Option<u16>,
    security: Security,
    ports: MailPorts,
) {
    let Some(port) = port else { return };
    let usual = ports.starttls.first().copied().unwrap_or_default();
    let (message, hint) = if port == ports.tls && security != Security::Tls {
        (
            message!(
                "port {port} is encrypted from the first byte, and `security` is not `tls`",
                "port {port} er krypteret fra første byte, og `security` er ikke `tls`"
            ),
            message!(
                "write `security: tls`; for `starttls` write `port: {usual}`",
                "skriv `security: tls`; til `starttls` skal du skrive `port: {usual}`"
            ),
        )
    } else if ports.starttls.contains(&port) && security == Security::Tls {
        (
            message!(
                "port {port} is not encrypted from the first byte, as `security: tls` expects",
                "port {port} er ikke krypteret fra første byte, som `security: tls` venter"
            ),
            message!(
                "write `security: starttls`; for `tls` write `port: {}`",
                "skriv `security: starttls`; til `tls` skriv `port: {}`",
                ports.tls
            ),
        )
    } else {
        return;
    };
    // On this machine a tunnel may listen on any port.
    let diagnostic = if host.is_some_and(|host| is_this_machine(&host.value)) {
        Diagnostic::warning(ports.code, message)
    } else {
        Diagnostic::error(ports.code, message)
    };
    let place = reader.key_place("port").unwrap_or_else(|| reader.place());
    reader.report(diagnostic.at(place).hint(hint));
}

/// Reports a password that would cross a network unencrypted.
pub(super) fn check_plaintext(reader: &mut MappingReader<'_, '_>, host: Option<&Spanned<String>>, security: Security) {
    let Some(host) = host.filter(|host| security == Security::None && !is_this_machine(&host.value)) else { return };
    let diagnostic = Diagnostic::error(
        LOGIN_IN_CLEAR,
        message!(
            "the password would be sent to another machine as plaintext",
            "adgangskoden ville blive sendt ukrypteret til en anden maskine"
        ),
    );
    let place = reader.key_place("security").unwrap_or_else(|| host.place.clone());
    reader.report(diagnostic.at(place).hint(message!(
        "write `security: starttls`, or `security: tls`",
        "skriv `security: starttls` eller `security: tls`"
    )));
}

/// A login: none, or a user name with one source of a password. `usual` is the kind of login if `auth` is not set.
#[expect(clippy::too_many_lines, reason = "each message has a text in two languages")]
pub(super) fn login(
    reader: &mut MappingReader<'_, '_>,
    usual: Option<AuthMechanism>,
    tokens: TokenOrigin,
) -> Option<MailLogin> {
    let username = reader.text("username");
    let wrong = reader.diagnostics().len();
    let password = reader.secret("password", ["password_env", "password_file", "password_command"]);
    let known = [("plain", AuthMechanism::Plain), ("login", AuthMechanism::Login), ("xoauth2", AuthMechanism::XOAuth2)];
    let place = reader.key_place("auth");
    let auth = reader.choice("auth", &known).map(|auth| auth.value).or_else(|| usual.filter(|_| place.is_none()));
    if let (Some(AuthMechanism::XOAuth2), Some(SecretSource::Env(_) | SecretSource::File(_))) = (auth, &password) {
        let diagnostic = Diagnostic::error(
            NO_TOKEN_COMMAND,
            message!("`xoauth2` needs a fresh token for each run", "`xoauth2` kræver et nyt token til hver kørsel"),
        );
        let place = place.or_else(|| reader.key_place("preset")).unwrap_or_else(|| reader.place());
        let hint = message!(
            "write `oauth:` (see `newsletter login --help`), `password_command: …` with a command that prints one, or \
             `auth: login` for a password",
            "skriv `oauth:` (se `newsletter login --help`), `password_command: …` med en kommando, der skriver et token, eller \
             `auth: login`, hvis det er en adgangskode"
        );
        reader.report(diagnostic.at(place).hint(hint));
    }
    let takes_token = matches!(auth, Some(AuthMechanism::XOAuth2) | None);
    match (username, password) {
        (Some(username), Some(password)) => {
            Some(MailLogin { username: username.value, credential: MailCredential::Password(password), auth })
        }
        (None, None) => None,
        (Some(username), None)
            if tokens == TokenOrigin::Project && takes_token && reader.diagnostics().len() == wrong =>
        {
            let auth = Some(AuthMechanism::XOAuth2);
            Some(MailLogin { username: username.value, credential: MailCredential::AccessToken, auth })
        }
        (Some(username), None) => {
            if reader.diagnostics().len() == wrong && !reader.has("password") {
                let diagnostic = Diagnostic::error(
                    HALF_LOGIN,
                    message!("`username` has no password", "`username` har ingen adgangskode"),
                );
                let hint = if auth == Some(AuthMechanism::XOAuth2) {
                    message!(
                        "write `oauth:` with the keys that `newsletter login --help` names, or password_command",
                        "skriv `oauth:` med de felter, `newsletter login --help` nævner, eller password_command"
                    )
                } else {
                    message!(
                        "write password_env, password_file or password_command",
                        "skriv password_env, password_file eller password_command"
                    )
                };
                reader.report(diagnostic.at(username.place).hint(hint));
            }
            None
        }
        (None, Some(_)) => {
            let place = reader.place();
            let diagnostic = Diagnostic::error(
                HALF_LOGIN,
                message!("the password has no `username`", "adgangskoden har intet `username`"),
            );
            reader.report(diagnostic.at(place).hint(message!(
                "write it like this: username: nyhedsbrev@forening.example",
                "skriv det sådan: username: nyhedsbrev@forening.example"
            )));
            None
        }
    }
}

/// Whether data for a host never leaves this machine.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let name = host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
