//! Reads `smtp`: the relay that letters are sent to.

use std::net::IpAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use crate::base::secret::SecretSource;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Spanned;
use crate::base::source::yaml::fields::MappingReader;
use crate::delivery::ledger::rate_limits::RateLimits;
use crate::delivery::retry::RetryPolicy;
use crate::delivery::smtp::options::{AuthMechanism, HelloName, LETTERS_PER_CONNECTION, Security, Timeouts};
use crate::project::settings::rate::rate;
use crate::project::settings::required::MISSING;

const BAD_HOST: Code = Code("NL140");
const HALF_LOGIN: Code = Code("NL142");
const LOGIN_IN_CLEAR: Code = Code("NL143");
const NO_TOKEN_COMMAND: Code = Code("NL145");
const BAD_HELLO: Code = Code("NL191");
const PORT_MIX_UP: Code = Code("NL192");

/// Keys that authors write for others, with a hint.
const COMMON_MISTAKES: [(&str, &str); 11] = [
    ("tls", "did you mean `security: starttls` or `security: tls`?"),
    ("ssl", "did you mean `security: tls`?"),
    ("starttls", "did you mean `security: starttls`?"),
    ("encryption", "did you mean `security`?"),
    ("server", "did you mean `host`?"),
    ("ehlo", "did you mean `hello`?"),
    ("helo", "did you mean `hello`?"),
    ("user", "did you mean `username`?"),
    ("login", "did you mean `username`?"),
    ("transport", "delete it: letters go to a relay if there is `smtp:`, otherwise to the folder outbox/"),
    ("from", "`from` belongs outside `smtp:`, at the beginning of its line"),
];

/// A relay, and how letters are sent to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelaySettings {
    /// Its name or IP address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
    /// The login; absent: none. With [`Security::None`] the host is this machine.
    pub login: Option<RelayLogin>,
    /// How many connections may be open at once.
    pub connections: usize,
    /// How many letters go through one of them before it is closed.
    pub letters_per_connection: NonZeroUsize,
    /// The name given with EHLO; absent: the machine's full name.
    pub hello: Option<HelloName>,
    /// A file of certificates that are trusted instead of the machine's; absent: the machine's.
    pub ca_file: Option<PathBuf>,
    /// How long replies are waited for.
    pub timeouts: Timeouts,
    /// When deferred letters are tried again.
    pub retry: RetryPolicy,
    /// How many letters it accepts per minute and day.
    pub rate: RateLimits,
}

/// A login; its password is not read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayLogin {
    /// The user name.
    pub username: String,
    /// The source of the password.
    pub password: SecretSource,
    /// The kind of login; absent: the best that is offered.
    pub auth: Option<AuthMechanism>,
}

/// A service whose limits are known; the keys of the settings take precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RelayPreset {
    /// Exchange Online by authenticated submission: three connections at once.
    /// <https://learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements>
    Microsoft365,
    /// Gmail and Google Workspace.
    Google,
}

impl RelayPreset {
    const ALL: [(&'static str, Self); 2] = [("microsoft365", Self::Microsoft365), ("google", Self::Google)];

    fn host(self) -> &'static str {
        match self {
            Self::Microsoft365 => "smtp.office365.com",
            Self::Google => "smtp.gmail.com",
        }
    }

    fn connections(self) -> u16 {
        match self {
            Self::Microsoft365 => 3,
            Self::Google => CONNECTIONS,
        }
    }

    /// Exchange Online takes 30 letters a minute and 10,000 recipients a day from one mailbox; Google Workspace 2,000
    /// letters a day from one user (<https://support.google.com/a/answer/166852>).
    fn rate(self) -> RateLimits {
        let (per_minute, per_day) = match self {
            Self::Microsoft365 => (NonZeroU32::new(30), NonZeroU32::new(10_000)),
            Self::Google => (None, NonZeroU32::new(2_000)),
        };
        RateLimits { per_minute, per_day, ..RateLimits::default() }
    }

    /// The kind of login; absent: the best that is offered for a password.
    fn auth(self) -> Option<AuthMechanism> {
        match self {
            Self::Microsoft365 => Some(AuthMechanism::XOAuth2),
            Self::Google => None,
        }
    }
}

const CONNECTIONS: u16 = 4;

pub(super) fn read(mut reader: MappingReader<'_, '_>) -> Option<RelaySettings> {
    let wrong = reader.diagnostics().len();
    let preset = reader.choice("preset", &RelayPreset::ALL).map(|preset| preset.value);
    let host = host(&mut reader);
    if host.is_none() && preset.is_none() && reader.diagnostics().len() == wrong {
        let place = reader.key_place("host").unwrap_or_else(|| reader.place());
        let diagnostic = Diagnostic::error(MISSING, "`host` is missing");
        reader.report(diagnostic.at(place).hint("write it like this: host: smtp.forening.example"));
    }
    let has_port = reader.has_value("port");
    let number = if has_port { reader.number("port", 1, u16::MAX) } else { None };
    let security = security(&mut reader).unwrap_or(match number {
        Some(SMTPS) => Security::Tls,
        Some(_) | None => Security::default(),
    });
    let port = if has_port { number } else { Some(security.port()) };
    check_port(&mut reader, host.as_ref(), port, security);
    let login = login(&mut reader, preset);
    if let (Some(host), true, Security::None) = (&host, reader.has("username"), security)
        && !is_this_machine(&host.value)
    {
        let diagnostic =
            Diagnostic::error(LOGIN_IN_CLEAR, "the password would be sent to another machine as plaintext");
        let place = reader.key_place("security").unwrap_or_else(|| host.place.clone());
        reader.report(diagnostic.at(place).hint("write `security: starttls`, or `security: tls`"));
    }
    let usual = preset.map_or(CONNECTIONS, RelayPreset::connections);
    let connections = if reader.has_value("connections") { reader.number("connections", 1, 100) } else { Some(usual) };
    let letters_per_connection = letters_per_connection(&mut reader);
    let hello = hello(&mut reader);
    let ca_file = reader.text("ca_file").map(|path| PathBuf::from(path.value));
    let timeouts = reader.group("timeouts").map(timeouts).unwrap_or_default();
    let retry = reader.group("retry").map(retry).unwrap_or_default();
    let rate = match reader.group("rate") {
        Some(group) => rate(group),
        None => preset.map(RelayPreset::rate).unwrap_or_default(),
    };
    reader.finish_or_guess(&COMMON_MISTAKES);
    Some(RelaySettings {
        host: host.map(|host| host.value).or_else(|| preset.map(|preset| preset.host().to_owned()))?,
        port: port?,
        security,
        login,
        connections: usize::from(connections?),
        letters_per_connection,
        hello,
        ca_file,
        timeouts,
        retry,
        rate,
    })
}

fn host(reader: &mut MappingReader<'_, '_>) -> Option<Spanned<String>> {
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
    let diagnostic = Diagnostic::error(BAD_HOST, format!("`host` must be only the name of the relay{shown}"));
    let hint = match port {
        Some(port) if !bare.contains('@') => format!("write two lines, host: {name} and port: {port}"),
        None if name.chars().all(sign) => format!("write it like this: host: {name}"),
        Some(_) | None => "write it like this: host: smtp.forening.example".to_owned(),
    };
    reader.report(diagnostic.at(text.place).hint(hint));
    None
}

fn security(reader: &mut MappingReader<'_, '_>) -> Option<Security> {
    let known = [("starttls", Security::StartTls), ("tls", Security::Tls), ("none", Security::None)];
    reader.choice("security", &known).map(|security| security.value)
}

/// The port for SMTP that is encrypted from the first octet (RFC 8314 §7.3).
const SMTPS: u16 = 465;

/// Reports a port that expects another kind of encryption. On such a port each side waits for the other one to speak.
fn check_port(
    reader: &mut MappingReader<'_, '_>,
    host: Option<&Spanned<String>>,
    port: Option<u16>,
    security: Security,
) {
    let (message, hint) = match (port, security) {
        (Some(SMTPS), Security::StartTls | Security::None) => (
            "port 465 is encrypted from the first byte, and `security` is not `tls`".to_owned(),
            "write `security: tls`; for `starttls` write `port: 587`",
        ),
        (Some(port @ (25 | 587 | 2525)), Security::Tls) => (
            format!("port {port} is not encrypted from the first byte, as `security: tls` expects"),
            "write `security: starttls`; for `tls` write `port: 465`",
        ),
        _ => return,
    };
    // On this machine a tunnel may listen on any port.
    let diagnostic = if host.is_some_and(|host| is_this_machine(&host.value)) {
        Diagnostic::warning(PORT_MIX_UP, message)
    } else {
        Diagnostic::error(PORT_MIX_UP, message)
    };
    let place = reader.key_place("port").unwrap_or_else(|| reader.place());
    reader.report(diagnostic.at(place).hint(hint));
}

fn hello(reader: &mut MappingReader<'_, '_>) -> Option<HelloName> {
    let text = reader.text("hello")?;
    if let Ok(name) = HelloName::parse(&text.value) {
        return Some(name);
    }
    let diagnostic = Diagnostic::error(BAD_HELLO, format!("`hello` is not a full host name: {}", text.value));
    let hint = "write it like this: hello: mail.forening.example, or an address: hello: \"[192.0.2.1]\"";
    reader.report(diagnostic.at(text.place).hint(hint));
    None
}

fn letters_per_connection(reader: &mut MappingReader<'_, '_>) -> NonZeroUsize {
    let number = reader.number("letters_per_connection", 1, u16::MAX);
    number.and_then(|number| NonZeroUsize::new(number.into())).unwrap_or(LETTERS_PER_CONNECTION)
}

fn login(reader: &mut MappingReader<'_, '_>, preset: Option<RelayPreset>) -> Option<RelayLogin> {
    let username = reader.text("username");
    let wrong = reader.diagnostics().len();
    let password = reader.secret("password", ["password_env", "password_file", "password_command"]);
    let known = [("plain", AuthMechanism::Plain), ("login", AuthMechanism::Login), ("xoauth2", AuthMechanism::XOAuth2)];
    let place = reader.key_place("auth");
    let auth =
        reader.choice("auth", &known).map(|auth| auth.value).or_else(|| preset?.auth().filter(|_| place.is_none()));
    if let (Some(AuthMechanism::XOAuth2), Some(SecretSource::Env(_) | SecretSource::File(_))) = (auth, &password) {
        let diagnostic = Diagnostic::error(NO_TOKEN_COMMAND, "`xoauth2` needs a fresh token for each run");
        let place = place.or_else(|| reader.key_place("preset")).unwrap_or_else(|| reader.place());
        let hint = "write `password_command: …` with a command that prints one, or `auth: login` for a password";
        reader.report(diagnostic.at(place).hint(hint));
    }
    match (username, password) {
        (Some(username), Some(password)) => Some(RelayLogin { username: username.value, password, auth }),
        (None, None) => None,
        (Some(username), None) => {
            if reader.diagnostics().len() == wrong && !reader.has("password") {
                let diagnostic = Diagnostic::error(HALF_LOGIN, "`username` has no password");
                let hint = "write password_env, password_file or password_command";
                reader.report(diagnostic.at(username.place).hint(hint));
            }
            None
        }
        (None, Some(_)) => {
            let place = reader.place();
            let diagnostic = Diagnostic::error(HALF_LOGIN, "the password has no `username`");
            reader.report(diagnostic.at(place).hint("write it like this: username: nyhedsbrev@forening.example"));
            None
        }
    }
}

/// Whether data for a host never leaves this machine.
fn is_this_machine(host: &str) -> bool {
    let name = host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn timeouts(mut reader: MappingReader<'_, '_>) -> Timeouts {
    let usual = Timeouts::default();
    let mut time = |key: &'static str| reader.duration(key, Duration::from_secs(1));
    let greeting = time("greeting");
    let timeouts = Timeouts {
        connect: time("connect").unwrap_or(usual.connect),
        // A time that is set holds for the first greeting as well.
        first_greeting: greeting.unwrap_or(usual.first_greeting),
        greeting: greeting.unwrap_or(usual.greeting),
        command: time("command").unwrap_or(usual.command),
        data: time("data").unwrap_or(usual.data),
        body: time("body").unwrap_or(usual.body),
        dot: time("dot").unwrap_or(usual.dot),
        quit: time("quit").unwrap_or(usual.quit),
    };
    reader.finish();
    timeouts
}

fn retry(mut reader: MappingReader<'_, '_>) -> RetryPolicy {
    let usual = RetryPolicy::default();
    let first = reader.duration("first", Duration::ZERO).unwrap_or(usual.first);
    let give_up = reader.duration("give_up", Duration::ZERO).unwrap_or(usual.give_up);
    reader.finish();
    RetryPolicy { first, give_up }
}
