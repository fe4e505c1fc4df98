//! Reads `smtp`: the relay that letters are sent to.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::fields::MappingReader;
use crate::delivery::ledger::rate_limits::RateLimits;
use crate::delivery::retry::RetryPolicy;
use crate::delivery::smtp::options::{AuthMechanism, HelloName, LETTERS_PER_CONNECTION, Security, Timeouts};
use crate::people::person::reserved_domain::is_reserved;
use crate::project::settings::mail_server::{self, MailLogin, MailPorts, ServerNotation, TokenOrigin};
use crate::project::settings::rate::rate;
use crate::project::settings::required::MISSING;

const BAD_HELLO: Code = Code("NL191");
const PORT_MIX_UP: Code = Code("NL192");
const PORTS: MailPorts = MailPorts { tls: SMTPS, starttls: &[587, 25, 2525], code: PORT_MIX_UP };

const RELAY: ServerNotation =
    ServerNotation { kind: Message::fixed("the relay", "mailserveren"), example: "smtp.forening.example" };

/// Keys that authors write for others, with a hint.
const COMMON_MISTAKES: [(&str, Message); 11] = [
    (
        "tls",
        Message::fixed(
            "did you mean `security: starttls`, `security: tls` or `security: none`?",
            "mente du `security: starttls`, `security: tls` eller `security: none`?",
        ),
    ),
    ("ssl", Message::fixed("did you mean `security: tls`?", "mente du `security: tls`?")),
    ("starttls", Message::fixed("did you mean `security: starttls`?", "mente du `security: starttls`?")),
    ("encryption", Message::fixed("did you mean `security`?", "mente du `security`?")),
    ("server", Message::fixed("did you mean `host`?", "mente du `host`?")),
    ("ehlo", Message::fixed("did you mean `hello`?", "mente du `hello`?")),
    ("helo", Message::fixed("did you mean `hello`?", "mente du `hello`?")),
    ("user", Message::fixed("did you mean `username`?", "mente du `username`?")),
    ("login", Message::fixed("did you mean `username`?", "mente du `username`?")),
    (
        "transport",
        Message::fixed(
            "delete it: letters go to a relay if there is `smtp:`, otherwise to the folder outbox/",
            "slet det: mails går til en mailserver, hvis der er `smtp:`, ellers til mappen outbox/",
        ),
    ),
    (
        "from",
        Message::fixed(
            "`from` belongs outside `smtp:`, at the beginning of its line",
            "`from` hører til uden for `smtp:`, først på linjen",
        ),
    ),
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
    pub login: Option<MailLogin>,
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

impl RelaySettings {
    /// Whether letters may reach people through it: it is neither this machine nor a host that exists in examples only.
    pub fn reaches_others(&self) -> bool {
        !mail_server::is_this_machine(&self.host) && !is_reserved(&self.host)
    }
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

    /// Exchange Online accepts 30 letters a minute and 10,000 recipients a day from one mailbox; Google Workspace 2,000
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

pub(super) fn read(mut reader: MappingReader<'_, '_>, tokens: TokenOrigin) -> Option<RelaySettings> {
    let wrong = reader.diagnostics().len();
    let preset = reader.choice("preset", &RelayPreset::ALL).map(|preset| preset.value);
    let host = mail_server::host(&mut reader, &RELAY);
    if host.is_none() && preset.is_none() && reader.diagnostics().len() == wrong {
        let place = reader.key_place("host").unwrap_or_else(|| reader.place());
        let diagnostic = Diagnostic::error(MISSING, message!("`host` is missing", "`host` mangler"));
        reader.report(diagnostic.at(place).hint(message!(
            "write it like this: host: smtp.forening.example",
            "skriv det sådan: host: smtp.forening.example"
        )));
    }
    let has_port = reader.has_value("port");
    let number = if has_port { reader.number("port", 1, u16::MAX) } else { None };
    let security = mail_server::security(&mut reader).unwrap_or(match number {
        Some(SMTPS) => Security::Tls,
        Some(_) | None => Security::default(),
    });
    let port = if has_port { number } else { Some(security.port()) };
    mail_server::check_port(&mut reader, host.as_ref(), port, security, PORTS);
    let login = mail_server::login(&mut reader, preset.and_then(RelayPreset::auth), tokens);
    if reader.has("username") {
        mail_server::check_plaintext(&mut reader, host.as_ref(), security);
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

/// The port for SMTP that is encrypted from the first octet (RFC 8314 §7.3).
const SMTPS: u16 = 465;

fn hello(reader: &mut MappingReader<'_, '_>) -> Option<HelloName> {
    let text = reader.text("hello")?;
    if let Ok(name) = HelloName::parse(&text.value) {
        return Some(name);
    }
    let diagnostic = Diagnostic::error(
        BAD_HELLO,
        message!("`hello` is not a full host name: {}", "`hello` er ikke et helt servernavn: {}", text.value),
    );
    let hint = message!(
        "write it like this: hello: mail.forening.example, or an address: hello: \"[192.0.2.1]\"",
        "skriv det sådan: hello: mail.forening.example, eller en adresse: hello: \"[192.0.2.1]\""
    );
    reader.report(diagnostic.at(text.place).hint(hint));
    None
}

fn letters_per_connection(reader: &mut MappingReader<'_, '_>) -> NonZeroUsize {
    let number = reader.number("letters_per_connection", 1, u16::MAX);
    number.and_then(|number| NonZeroUsize::new(number.into())).unwrap_or(LETTERS_PER_CONNECTION)
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
