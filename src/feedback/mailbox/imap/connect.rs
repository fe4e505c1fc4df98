//! Opens a session: name, connection, encryption, greeting, login.

use std::net::{SocketAddr, ToSocketAddrs};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::base::secret::Secret;
use crate::delivery::smtp::login_redaction::Redactor;
use crate::delivery::smtp::options::{AuthMechanism, Login, Security};
use crate::delivery::smtp::tls::TlsContext;
use crate::feedback::mailbox::imap::error::{ImapError, ImapStep, InvalidReply};
use crate::feedback::mailbox::imap::folder_name::quoted_text;
use crate::feedback::mailbox::imap::options::ImapOptions;
use crate::feedback::mailbox::imap::response::ImapStatus;
use crate::feedback::mailbox::imap::session::{ImapReply, ImapSession};
use crate::feedback::mailbox::imap::stream::{ImapStream, ImapStreamError};

/// Opens a session that is logged in. A token may have expired since it was stored: a new one is tried once.
pub(super) fn open(options: &ImapOptions) -> Result<ImapSession, ImapError> {
    let refusal = match (open_with(options), &options.login.renewal) {
        (Err(error @ ImapError::LoginRefused { .. }), Some(renewal)) => (error, renewal),
        (result, _) => return result,
    };
    let (error, renewal) = refusal;
    let password = match renewal.ask() {
        Ok(password) => password,
        Err(reason) => return Err(ImapError::NotRenewed { host: options.host.clone(), reason }),
    };
    if password == options.login.password {
        return Err(error);
    }
    open_with(&ImapOptions { login: Login { password, ..options.login.clone() }, ..options.clone() })
}

fn open_with(options: &ImapOptions) -> Result<ImapSession, ImapError> {
    let tls = match options.security {
        Security::StartTls | Security::Tls => {
            Some(TlsContext::new(&options.host, options.ca_file.as_deref(), "inbox")?)
        }
        Security::None => None,
    };
    let mut stream = connect(options)?;
    let broken = |error| opening_error(options, error);
    if let (Security::Tls, Some(tls)) = (options.security, &tls) {
        stream.encrypt(tls, options.timeouts.greeting).map_err(broken)?;
    }
    let mut session = ImapSession::new(stream, options.host.clone(), options.timeouts.command);
    session.redact(Redactor::new(&options.login.password));
    let greeting = session.read_greeting(options.timeouts.greeting).map_err(broken)?;
    let host = options.host.clone();
    match greeting.status {
        ImapStatus::Ok => {}
        // RFC 3501 §7.1.4: such a session is logged in, so it cannot be encrypted any more: STARTTLS comes before a
        // login. Anyone on the path could have sent it.
        ImapStatus::PreAuth => return Err(ImapError::NoLogin { host }),
        ImapStatus::No | ImapStatus::Bad | ImapStatus::Bye => {
            return Err(ImapError::Closed { host, at: ImapStep::Greeting, reply: session.safe(&greeting.text) });
        }
    }
    if let (Security::StartTls, Some(tls)) = (options.security, &tls) {
        start_tls(&mut session, tls, options)?;
    }
    session.ask_capabilities()?;
    log_in(&mut session, options)?;
    // More capabilities are offered after a login.
    session.ask_capabilities()?;
    Ok(session)
}

/// Tries every address of the server until one accepts the connection.
fn connect(options: &ImapOptions) -> Result<ImapStream, ImapError> {
    let ImapOptions { host, port, .. } = options;
    let addresses = (host.as_str(), *port)
        .to_socket_addrs()
        .map_err(|source| ImapError::UnknownHost { host: host.clone(), source })?;
    let mut last = std::io::ErrorKind::NotFound.into();
    for address in addresses {
        match ImapStream::connect(address, options.timeouts.connect) {
            Ok(_) if would_expose_password(options, address) => {
                return Err(ImapError::PlaintextLogin { host: host.clone() });
            }
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(ImapError::Unreachable { host: host.clone(), port: *port, source: last })
}

/// Which address is used, and so whether it is this machine, is known only once there is a connection.
fn would_expose_password(options: &ImapOptions, address: SocketAddr) -> bool {
    options.security == Security::None && !address.ip().is_loopback()
}

fn opening_error(options: &ImapOptions, error: ImapStreamError) -> ImapError {
    let host = options.host.clone();
    match error {
        ImapStreamError::Broken(source) if source.kind() == std::io::ErrorKind::TimedOut => {
            ImapError::Silent { host, port: options.port, waited: options.timeouts.greeting }
        }
        ImapStreamError::Broken(source) => ImapError::Lost { host, at: ImapStep::Greeting, source },
        ImapStreamError::Tls(failure) => ImapError::Tls { host, failure },
        ImapStreamError::Invalid(what) => ImapError::Invalid { host, at: ImapStep::Greeting, what },
    }
}

/// What the server sent before the encryption is discarded (RFC 2595 §2): anyone on the path could have sent it.
fn start_tls(session: &mut ImapSession, tls: &TlsContext, options: &ImapOptions) -> Result<(), ImapError> {
    let host = options.host.clone();
    session.ask_capabilities()?;
    if !session.can("STARTTLS") {
        return Err(ImapError::NoStartTls { host, port: options.port });
    }
    session.demand("STARTTLS", ImapStep::StartTls, &mut |_| {})?;
    if session.stream.has_surplus() {
        return Err(ImapError::Injected { host });
    }
    session.stream.encrypt(tls, options.timeouts.greeting).map_err(|error| session.broken(ImapStep::StartTls, error))
}

/// Logs in. PLAIN is preferred to LOGIN, which has no way to write other characters than those of ASCII.
fn log_in(session: &mut ImapSession, options: &ImapOptions) -> Result<(), ImapError> {
    let login = &options.login;
    let (user, password) = (login.username.as_str(), &login.password);
    let plain = || format!("\0{user}\0{}", password.reveal());
    let is_ascii = [user, password.reveal()].iter().all(|text| text.bytes().all(|octet| matches!(octet, b' '..=b'~')));
    let can_log_in = is_ascii && !session.can("LOGINDISABLED");
    match login.auth {
        Some(AuthMechanism::XOAuth2) if session.can("AUTH=XOAUTH2") => {
            let token = format!("user={user}\x01auth=Bearer {}\x01\x01", password.reveal());
            authenticate(session, "XOAUTH2", &Secret::new(token))
        }
        Some(AuthMechanism::Plain) | None if session.can("AUTH=PLAIN") => {
            authenticate(session, "PLAIN", &Secret::new(plain()))
        }
        Some(AuthMechanism::Login) | None if can_log_in => {
            let command = format!("LOGIN {} {}", quoted_text(user), quoted_text(password.reveal()));
            let completion = session.command(&command, ImapStep::Login, &mut |_| {})?;
            outcome(session, password, completion.status, &completion.text)
        }
        _ => Err(ImapError::NoLogin { host: options.host.clone() }),
    }
}

/// AUTHENTICATE with one response, sent along if the server allows it (SASL-IR, RFC 4959). A second challenge is the reason of
/// a refusal, as XOAUTH2 has it, and is replied to with an empty line.
fn authenticate(session: &mut ImapSession, mechanism: &str, secret: &Secret) -> Result<(), ImapError> {
    let mut response = Some(BASE64_STANDARD.encode(secret.reveal()));
    let command = match response.take_if(|_| session.can("SASL-IR")) {
        Some(response) => format!("AUTHENTICATE {mechanism} {response}"),
        None => format!("AUTHENTICATE {mechanism}"),
    };
    let mut pending = session.begin(&command, ImapStep::Login)?;
    // At most the response and the empty line.
    for _ in 0..100 {
        match session.next(&mut pending)? {
            ImapReply::Continue => session.say(&response.take().unwrap_or_default(), ImapStep::Login)?,
            ImapReply::Untagged(_) => {}
            ImapReply::Completed(completion) => return outcome(session, secret, completion.status, &completion.text),
        }
    }
    Err(session.invalid(ImapStep::Login, InvalidReply::TooMany))
}

fn outcome(session: &ImapSession, secret: &Secret, status: ImapStatus, text: &str) -> Result<(), ImapError> {
    if status == ImapStatus::Ok {
        return Ok(());
    }
    // A short password is searched for in this reply only: elsewhere it could occur by chance.
    let repeats = secret.reveal().split(['\0', '\x01']).any(|part| !part.is_empty() && text.contains(part));
    let reply = session.safe(if repeats { "(reply redacted: it repeats the login)" } else { text });
    Err(ImapError::LoginRefused { host: session.host.clone(), reply })
}
