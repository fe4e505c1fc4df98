//! A relay as people type it: `smtp.forening.dk`, `smtps://nyt@smtp.forening.dk`, `localhost:25`, `gmail`.

use std::net::IpAddr;

use crate::base::message::{Message, message};
use crate::delivery::smtp::options::Security;
use crate::project::settings::mail_server::is_this_machine;

/// Where the letters of a new project go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelayAnswer {
    /// To the outbox: no relay yet.
    Outbox,
    /// To Microsoft 365, for which an administrator must register the program first.
    Microsoft365,
    /// To a relay.
    Server(RelayDraft),
}

/// The relay of a new project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayDraft {
    /// Its name or IP address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
    /// Whether it is Google's, whose limits are known.
    pub service: RelayService,
    /// The login; absent: none was typed.
    pub username: Option<String>,
}

/// Whose relay it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayService {
    /// Google's.
    Google,
    /// Any other.
    Other,
}

impl RelayDraft {
    /// Whether it is this machine, which needs no login.
    pub fn is_this_machine(&self) -> bool {
        is_this_machine(&self.host)
    }
}

/// Words for no relay. An empty answer means the same.
const NONE: [&str; 8] = ["-", "nej", "ingen", "senere", "no", "none", "later", "outbox"];
const MICROSOFT: [&str; 7] = ["microsoft365", "microsoft", "office365", "m365", "o365", "exchangeonline", "outlook"];
const MICROSOFT_DOMAINS: [&str; 3] = ["office365.com", "outlook.com", "office.com"];
const GOOGLE: [&str; 3] = ["google", "gmail", "googleworkspace"];
const GOOGLE_HOSTS: [&str; 2] = ["smtp.gmail.com", "smtp-relay.gmail.com"];
/// Ends of addresses that people type instead of `smtp.forening.dk` by mistake. A short name of a server within a
/// network has no dot either.
const ENDINGS: [&str; 8] = ["dk", "no", "se", "eu", "com", "net", "org", "info"];
/// The port of SMTP that is encrypted from the first octet (RFC 8314 §7.3).
const SMTPS: u16 = 465;

/// Reads what was typed.
///
/// # Errors
///
/// What is wrong with it, and what to type instead.
pub fn parse(typed: &str) -> Result<RelayAnswer, Message> {
    let typed = typed.trim();
    let word: String = typed.to_lowercase().chars().filter(|sign| !sign.is_whitespace()).collect();
    if word.is_empty() || NONE.contains(&word.as_str()) {
        return Ok(RelayAnswer::Outbox);
    }
    if MICROSOFT.contains(&word.as_str()) {
        return Ok(RelayAnswer::Microsoft365);
    }
    if GOOGLE.contains(&word.as_str()) {
        return Ok(RelayAnswer::Server(google(GOOGLE_HOSTS[0], None)));
    }
    let (scheme, rest) = match typed.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_lowercase()), rest),
        None => (None, typed),
    };
    let is_encrypted = match scheme.as_deref() {
        None | Some("smtp" | "submission") => false,
        Some("smtps" | "submissions") => true,
        Some(_) => return Err(no_host(typed)),
    };
    let (username, address) = login(scheme.as_deref(), rest)?;
    let (host, port) = host_and_port(address.trim_end_matches('/'))?;
    let lower = host.to_lowercase();
    let is_below = |domain: &&str| lower == **domain || lower.ends_with(&format!(".{domain}"));
    if MICROSOFT_DOMAINS.iter().any(is_below) {
        return Ok(RelayAnswer::Microsoft365);
    }
    if let Some(host) = GOOGLE_HOSTS.into_iter().find(|known| *known == lower) {
        return Ok(RelayAnswer::Server(google(host, username)));
    }
    let security = if is_encrypted || port == Some(SMTPS) {
        Security::Tls
    } else if is_this_machine(&host) {
        Security::None
    } else {
        Security::StartTls
    };
    let port = port.unwrap_or(security.port());
    Ok(RelayAnswer::Server(RelayDraft { host, port, security, service: RelayService::Other, username }))
}

fn google(host: &str, username: Option<String>) -> RelayDraft {
    let security = Security::StartTls;
    RelayDraft { host: host.to_owned(), port: security.port(), security, service: RelayService::Google, username }
}

/// The user name before the host, without a password: it would stay in the shell's history.
fn login<'t>(scheme: Option<&str>, rest: &'t str) -> Result<(Option<String>, &'t str), Message> {
    let Some((login, host)) = rest.rsplit_once('@') else { return Ok((None, rest)) };
    if scheme.is_none() {
        return Err(message!(
            "this is a mail address; type the name of the mail server, such as smtp.forening.example",
            "det er en mailadresse; skriv navnet på mailserveren, f.eks. smtp.forening.example"
        ));
    }
    if login.contains(':') {
        return Err(message!("leave out the password: smtp://NAME@{host}", "udelad adgangskoden: smtp://NAVN@{host}"));
    }
    Ok((Some(login.replace("%40", "@")), host))
}

/// A host, and the port after a colon or a space.
fn host_and_port(address: &str) -> Result<(String, Option<u16>), Message> {
    let (name, port) = if address.parse::<IpAddr>().is_ok() {
        (address, None)
    } else {
        // Words with a space between them are not a host and port.
        let is_port = |port: &str| port.starts_with(|sign: char| sign.is_ascii_digit()) || address.contains(':');
        match address.rsplit_once([':', ' ']).filter(|(_, port)| is_port(port)) {
            Some((name, port)) => (name.trim_end_matches([':', ' ']), Some(port)),
            None => (address, None),
        }
    };
    let name = name.trim_matches(['[', ']']);
    let is_sign = |sign: char| sign.is_alphanumeric() || matches!(sign, '.' | '-' | '_');
    let is_name = !name.is_empty() && name.chars().all(is_sign) && name.chars().any(char::is_alphanumeric);
    let is_ending = ENDINGS.contains(&name.to_lowercase().as_str());
    if is_ending || !is_name && name.parse::<IpAddr>().is_err() {
        return Err(no_host(address));
    }
    let Some(port) = port else { return Ok((name.to_owned(), None)) };
    match port.parse() {
        Ok(number) if number > 0 => Ok((name.to_owned(), Some(number))),
        Ok(_) | Err(_) => Err(message!(
            "`{port}` is not a port: type a number such as 587",
            "`{port}` er ikke en port: skriv et tal, f.eks. 587"
        )),
    }
}

fn no_host(typed: &str) -> Message {
    message!(
        "`{typed}` is not the name of a mail server: type it as in smtp.forening.example:587, or `-` for later",
        "`{typed}` er ikke navnet på en mailserver: skriv det som smtp.forening.example:587, eller `-` for senere"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relay as `host:port security username`, or the word for its kind.
    fn read(typed: &str) -> String {
        match parse(typed) {
            Ok(RelayAnswer::Outbox) => "outbox".to_owned(),
            Ok(RelayAnswer::Microsoft365) => "microsoft".to_owned(),
            Ok(RelayAnswer::Server(draft)) => {
                let RelayDraft { host, port, security, service, username } = draft;
                let username = username.unwrap_or_default();
                format!("{host}:{port} {security:?} {service:?} {username}").trim_end().to_owned()
            }
            Err(message) => format!("! {}", message.english()),
        }
    }

    #[test]
    fn a_relay_is_read_as_people_type_it() {
        for (typed, expected) in [
            ("", "outbox"),
            (" ingen ", "outbox"),
            ("smtp.forening.dk", "smtp.forening.dk:587 StartTls Other"),
            ("smtp.forening.dk 25", "smtp.forening.dk:25 StartTls Other"),
            ("smtp.forening.dk: 2525", "smtp.forening.dk:2525 StartTls Other"),
            ("SMTP://smtp.forening.dk:465/", "smtp.forening.dk:465 Tls Other"),
            ("smtps://nyt%40forening.dk@smtp.forening.dk", "smtp.forening.dk:465 Tls Other nyt@forening.dk"),
            ("smtp://nyt@forening.dk@smtp.forening.dk", "smtp.forening.dk:587 StartTls Other nyt@forening.dk"),
            ("localhost", "localhost:25 None Other"),
            ("127.0.0.1:2525", "127.0.0.1:2525 None Other"),
            ("[::1]:2525", "::1:2525 None Other"),
            ("::1", "::1:25 None Other"),
            ("Gmail", "smtp.gmail.com:587 StartTls Google"),
            ("smtp-relay.gmail.com", "smtp-relay.gmail.com:587 StartTls Google"),
            ("Office 365", "microsoft"),
            ("smtp.office365.com:587", "microsoft"),
        ] {
            assert_eq!(read(typed), expected, "{typed}");
        }
    }

    #[test]
    fn an_invalid_relay_is_refused() {
        for typed in [
            "nyt@forening.dk",
            "smtp://a:b@smtp.forening.dk",
            "ved ikke",
            "https://forening.dk",
            "x.dk:0",
            "?",
            "dk",
            "Com:25",
        ] {
            assert!(read(typed).starts_with('!'), "{typed}: {}", read(typed));
        }
        assert!(read("ved ikke").contains("`ved ikke`"), "{}", read("ved ikke"));
        assert!(!read("smtp://nyt:hemmelig@smtp.forening.dk").contains("hemmelig"));
    }
}
