//! Opens a session: name, connection, greeting, encryption, login.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use lettre::transport::smtp::commands::{Ehlo, Starttls};
use lettre::transport::smtp::extension::ClientId;

use crate::base::secret::Secret;
use crate::delivery::outcome::{FailureReason, SmtpStep};
use crate::delivery::smtp::deadline_stream::Abandonment;
use crate::delivery::smtp::error::SmtpOpenError;
use crate::delivery::smtp::extensions::Extensions;
use crate::delivery::smtp::login::{self, LoginOutcome};
use crate::delivery::smtp::login_redaction::Redactor;
use crate::delivery::smtp::options::{Login, Security, SmtpOptions, Timeouts};
use crate::delivery::smtp::reply::reply;
use crate::delivery::smtp::reply_class::{self, ReplyClass};
use crate::delivery::smtp::session::{Greeted, Identified, Ready, Session};
use crate::delivery::smtp::stream::{HandshakeError, SmtpStream};
use crate::delivery::smtp::tls::TlsContext;

/// A login, and the password that is in use: it may have been renewed.
#[derive(Clone, Copy)]
pub(super) struct ActiveLogin<'a> {
    pub(super) login: &'a Login,
    pub(super) password: &'a Secret,
}

/// Whether the relay has greeted in this run, which decides how long it may take to greet again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PriorGreeting {
    /// It has not: its port may expect the other kind of encryption, so that both sides wait.
    None,
    /// It has.
    Received,
}

/// Opens a session. `tls` is absent only if the security is `none`.
pub(super) fn open(
    options: &SmtpOptions,
    tls: Option<&TlsContext>,
    login: Option<ActiveLogin<'_>>,
    prior_greeting: PriorGreeting,
    abandonment: &Abandonment,
) -> Result<Session<Ready>, SmtpOpenError> {
    let opener = SessionOpener { options, prior_greeting, abandonment };
    let mut stream = opener.connect()?;
    stream.redact(login.map(|login| Redactor::new(login.password)).unwrap_or_default());
    let start_tls = match (options.security, tls) {
        (Security::Tls, Some(tls)) => {
            opener.encrypt(&mut stream, tls)?;
            None
        }
        (_, tls) => tls,
    };
    let identified = opener.hello(opener.read_greeting(stream)?)?;
    let identified = match start_tls {
        Some(tls) => opener.hello(opener.start_tls(identified, tls)?)?,
        None => identified,
    };
    match login {
        Some(login) => opener.log_in(identified, login),
        None => Ok(identified.ready()),
    }
}

/// The steps to open a session; each of their errors names the relay.
struct SessionOpener<'a> {
    options: &'a SmtpOptions,
    prior_greeting: PriorGreeting,
    abandonment: &'a Abandonment,
}

impl SessionOpener<'_> {
    fn host(&self) -> String {
        self.options.host.clone()
    }

    fn broken(&self, reason: FailureReason) -> SmtpOpenError {
        SmtpOpenError::Broken { host: self.host(), reason }
    }

    /// Tries every address of the relay until one accepts the connection.
    fn connect(&self) -> Result<SmtpStream, SmtpOpenError> {
        let SmtpOptions { host, port, timeouts, .. } = self.options;
        let addresses = (host.as_str(), *port)
            .to_socket_addrs()
            .map_err(|source| SmtpOpenError::UnknownHost { host: self.host(), source })?;
        let mut last = std::io::ErrorKind::NotFound.into();
        for address in addresses {
            match SmtpStream::connect(address, timeouts.connect, self.abandonment) {
                // Which address is used, and so whether it is this machine, is known only now.
                Ok(stream) if self.would_expose_password(address) => {
                    drop(stream);
                    return Err(SmtpOpenError::PlaintextLogin { host: self.host() });
                }
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(SmtpOpenError::Unreachable { host: self.host(), port: *port, source: last })
    }

    fn would_expose_password(&self, address: SocketAddr) -> bool {
        self.options.login.is_some() && self.options.security == Security::None && !address.ip().is_loopback()
    }

    fn encrypt(&self, stream: &mut SmtpStream, tls: &TlsContext) -> Result<(), SmtpOpenError> {
        let Timeouts { command, first_greeting, .. } = self.options.timeouts;
        let within = if self.options.security == Security::Tls && self.prior_greeting == PriorGreeting::None {
            first_greeting.min(command)
        } else {
            command
        };
        stream.encrypt(tls, within).map_err(|error| match error {
            HandshakeError::Tls(failure) => SmtpOpenError::Tls { host: self.host(), failure },
            HandshakeError::Broken(FailureReason::TimedOut { waited, .. }) => {
                SmtpOpenError::SilentHandshake { host: self.host(), port: self.options.port, waited }
            }
            HandshakeError::Broken(reason) => self.broken(reason),
        })
    }

    fn read_greeting(&self, mut stream: SmtpStream) -> Result<Session<Greeted>, SmtpOpenError> {
        let timeouts = self.options.timeouts;
        let within = match self.prior_greeting {
            PriorGreeting::None => timeouts.first_greeting.min(timeouts.greeting),
            PriorGreeting::Received => timeouts.greeting,
        };
        let response = stream.read_reply(SmtpStep::Greeting, within).map_err(|reason| match reason {
            FailureReason::TimedOut { waited, .. } => {
                SmtpOpenError::Silent { host: self.host(), port: self.options.port, waited }
            }
            reason => self.broken(reason),
        })?;
        let class =
            reply_class::classify(&response, SmtpStep::Greeting, &[220]).map_err(|reason| self.broken(reason))?;
        self.check_greeting(class)?;
        Ok(Session { stream, timeouts, phase: Greeted })
    }

    fn hello(&self, mut session: Session<Greeted>) -> Result<Session<Identified>, SmtpOpenError> {
        let name = self.client_id(&session.stream);
        let within = session.timeouts.command;
        let mut response =
            session.command(&Ehlo::new(name.clone()), SmtpStep::Hello, within).map_err(|reason| self.broken(reason))?;
        let mut extensions = Extensions::read(&response);
        if matches!(reply(&response).code(), 500 | 502) {
            // RFC 5321 §3.2: a relay older than EHLO has no extensions.
            response = session
                .command(&format_args!("HELO {name}\r\n"), SmtpStep::Hello, within)
                .map_err(|reason| self.broken(reason))?;
            extensions = Extensions::default();
        }
        self.check_greeting(
            reply_class::classify(&response, SmtpStep::Hello, &[250]).map_err(|reason| self.broken(reason))?,
        )?;
        Ok(session.enter(Identified { extensions }))
    }

    fn check_greeting(&self, class: ReplyClass) -> Result<(), SmtpOpenError> {
        match class {
            ReplyClass::Expected(_) => Ok(()),
            ReplyClass::Transient(reply) => Err(SmtpOpenError::Busy { host: self.host(), reply }),
            ReplyClass::Permanent(reply) => Err(SmtpOpenError::ClientRefused { host: self.host(), reply }),
        }
    }

    fn client_id(&self, stream: &SmtpStream) -> ClientId {
        match (&self.options.hello, stream.local_ip()) {
            (Some(name), _) => name.client_id().clone(),
            (None, Some(IpAddr::V4(address))) => ClientId::Ipv4(address),
            (None, Some(IpAddr::V6(address))) => match address.to_ipv4_mapped() {
                // A dual-stack socket shows an IPv4 address in its mapped form, which is not a valid address literal.
                Some(address) => ClientId::Ipv4(address),
                None => ClientId::Ipv6(address),
            },
            (None, None) => ClientId::default(),
        }
    }

    /// What the relay offered before the encryption is discarded (RFC 3207 §4.2): anyone on the path could have sent
    /// it.
    fn start_tls(&self, mut session: Session<Identified>, tls: &TlsContext) -> Result<Session<Greeted>, SmtpOpenError> {
        if !session.phase.extensions.start_tls {
            let port = self.options.port;
            session.ready().quit();
            return Err(SmtpOpenError::NoStartTls { host: self.host(), port });
        }
        match session.command_class(&[220], &Starttls, SmtpStep::Tls).map_err(|reason| self.broken(reason))? {
            ReplyClass::Expected(_) if session.stream.has_surplus() => {
                return Err(SmtpOpenError::Injected { host: self.host() });
            }
            ReplyClass::Expected(_) => {}
            ReplyClass::Transient(reply) | ReplyClass::Permanent(reply) => {
                return Err(SmtpOpenError::StartTlsRefused { host: self.host(), reply });
            }
        }
        // RFC 3207 §4.2: after the handshake the client sends EHLO again; the relay sends no second greeting.
        self.encrypt(&mut session.stream, tls)?;
        Ok(session.enter(Greeted))
    }

    fn log_in(
        &self,
        mut session: Session<Identified>,
        ActiveLogin { login, password }: ActiveLogin<'_>,
    ) -> Result<Session<Ready>, SmtpOpenError> {
        let Some(mechanism) = session.phase.extensions.mechanism(login.auth) else {
            let offered = session.phase.extensions.mechanisms();
            session.ready().quit();
            return Err(SmtpOpenError::NoLogin { host: self.host(), offered });
        };
        let host = self.host();
        match login::authenticate(&mut session, mechanism, &login.username, password)
            .map_err(|reason| self.broken(reason))?
        {
            LoginOutcome::Accepted => Ok(session.ready()),
            LoginOutcome::Deferred(reply) => Err(SmtpOpenError::Busy { host, reply }),
            LoginOutcome::Refused(reply) => Err(SmtpOpenError::LoginRefused { host, reply }),
            LoginOutcome::TokenRefused(reply, fault) => Err(SmtpOpenError::TokenRefused { host, reply, fault }),
        }
    }
}
