//! From a name to a session that letters may be offered to.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use lettre::transport::smtp::commands::{Ehlo, Starttls};
use lettre::transport::smtp::extension::ClientId;

use crate::base::secret::Secret;
use crate::delivery::outcome::{FailureReason, SmtpStep};
use crate::delivery::smtp::extensions::Extensions;
use crate::delivery::smtp::login::{self, LoginOutcome};
use crate::delivery::smtp::options::{Login, Security, SmtpOptions};
use crate::delivery::smtp::reply::reply;
use crate::delivery::smtp::reply_class::{self, ReplyClass};
use crate::delivery::smtp::session::{Greeted, Identified, Ready, Session};
use crate::delivery::smtp::stream::{HandshakeError, SmtpStream};
use crate::delivery::smtp::tls::TlsContext;
use crate::delivery::transport::OpenError;

/// Opens a connection: finds the relay, encrypts, logs in with this password. `encryption` is there unless the options
/// want none.
pub(super) fn open(
    options: &SmtpOptions,
    encryption: Option<&TlsContext>,
    login: Option<(&Login, &Secret)>,
) -> Result<Session<Ready>, OpenError> {
    let opening = SessionOpener { options };
    let mut wire = opening.connect()?;
    let trust = match (options.security, encryption) {
        (Security::Tls, Some(trust)) => {
            opening.encrypt(&mut wire, trust)?;
            None
        }
        (_, trust) => trust,
    };
    let introduced = opening.introduce(opening.greet(wire)?)?;
    let introduced = match trust {
        Some(trust) => opening.introduce(opening.start_tls(introduced, trust)?)?,
        None => introduced,
    };
    match login {
        Some((login, password)) => opening.log_in(introduced, login, password),
        None => Ok(introduced.ready()),
    }
}

/// The way to a session; every error on it names the relay.
struct SessionOpener<'a> {
    options: &'a SmtpOptions,
}

impl SessionOpener<'_> {
    fn host(&self) -> String {
        self.options.host.clone()
    }

    fn broken(&self, reason: FailureReason) -> OpenError {
        OpenError::Broken { host: self.host(), reason }
    }

    /// Tries every address of the relay until one answers.
    fn connect(&self) -> Result<SmtpStream, OpenError> {
        let SmtpOptions { host, port, timeouts, .. } = self.options;
        let addresses = (host.as_str(), *port)
            .to_socket_addrs()
            .map_err(|source| OpenError::Unknown { host: self.host(), source })?;
        let mut last = std::io::ErrorKind::NotFound.into();
        for address in addresses {
            match SmtpStream::connect(address, timeouts.connect) {
                Ok(wire) if self.shows_password(address) => {
                    drop(wire);
                    return Err(OpenError::LoginInClear { host: self.host() });
                }
                Ok(wire) => return Ok(wire),
                Err(error) => last = error,
            }
        }
        Err(OpenError::Unreachable { host: self.host(), port: *port, source: last })
    }

    fn shows_password(&self, address: SocketAddr) -> bool {
        self.options.login.is_some() && self.options.security == Security::None && !address.ip().is_loopback()
    }

    fn encrypt(&self, wire: &mut SmtpStream, trust: &TlsContext) -> Result<(), OpenError> {
        wire.encrypt(trust, self.options.timeouts.command).map_err(|error| match error {
            HandshakeError::Tls(failure) => OpenError::Tls { host: self.host(), failure },
            HandshakeError::Broken(reason) => self.broken(reason),
        })
    }

    fn greet(&self, mut wire: SmtpStream) -> Result<Session<Greeted>, OpenError> {
        let timeouts = self.options.timeouts;
        let response = wire.answer(SmtpStep::Greeting, timeouts.greeting).map_err(|reason| match reason {
            FailureReason::TimedOut { waited, .. } => {
                OpenError::Silent { host: self.host(), port: self.options.port, waited }
            }
            reason => self.broken(reason),
        })?;
        let answer = reply_class::classify(&response, SmtpStep::Greeting, &[220]).map_err(|it| self.broken(it))?;
        self.welcome(answer)?;
        Ok(Session { wire, timeouts, phase: Greeted })
    }

    fn introduce(&self, mut session: Session<Greeted>) -> Result<Session<Identified>, OpenError> {
        let name = self.name(&session.wire);
        let within = session.timeouts.command;
        let mut response =
            session.ask(&Ehlo::new(name.clone()), SmtpStep::Hello, within).map_err(|it| self.broken(it))?;
        let mut offers = Extensions::read(&response);
        if matches!(reply(&response).code(), 500 | 502) {
            // RFC 5321 §3.2: a relay older than EHLO has no extensions.
            response =
                session.ask(&format_args!("HELO {name}\r\n"), SmtpStep::Hello, within).map_err(|it| self.broken(it))?;
            offers = Extensions::default();
        }
        self.welcome(reply_class::classify(&response, SmtpStep::Hello, &[250]).map_err(|it| self.broken(it))?)?;
        Ok(session.enter(Identified { offers }))
    }

    fn welcome(&self, answer: ReplyClass) -> Result<(), OpenError> {
        match answer {
            ReplyClass::Yes(_) => Ok(()),
            ReplyClass::Later(reply) => Err(OpenError::Busy { host: self.host(), reply }),
            ReplyClass::No(reply) => Err(OpenError::TurnedAway { host: self.host(), reply }),
        }
    }

    fn name(&self, wire: &SmtpStream) -> ClientId {
        match (&self.options.hello, wire.here()) {
            (Some(name), _) => name.client_id().clone(),
            (None, Some(IpAddr::V4(address))) => ClientId::Ipv4(address),
            (None, Some(IpAddr::V6(address))) => match address.to_ipv4_mapped() {
                Some(address) => ClientId::Ipv4(address),
                None => ClientId::Ipv6(address),
            },
            (None, None) => ClientId::default(),
        }
    }

    /// What was offered before the encryption is forgotten: anybody on the way could have said it.
    fn start_tls(&self, mut session: Session<Identified>, trust: &TlsContext) -> Result<Session<Greeted>, OpenError> {
        if !session.phase.offers.start_tls {
            let port = self.options.port;
            session.ready().quit();
            return Err(OpenError::NoStartTls { host: self.host(), port });
        }
        match session.ask_for(&[220], &Starttls, SmtpStep::Tls).map_err(|it| self.broken(it))? {
            ReplyClass::Yes(_) if session.wire.has_surplus() => return Err(OpenError::Injected { host: self.host() }),
            ReplyClass::Yes(_) => {}
            ReplyClass::Later(reply) | ReplyClass::No(reply) => {
                return Err(OpenError::StartTlsRefused { host: self.host(), reply });
            }
        }
        self.encrypt(&mut session.wire, trust)?;
        Ok(session.enter(Greeted))
    }

    fn log_in(
        &self,
        mut session: Session<Identified>,
        login: &Login,
        password: &Secret,
    ) -> Result<Session<Ready>, OpenError> {
        let Some(auth) = session.phase.offers.login(login.auth) else {
            let offered = session.phase.offers.logins();
            session.ready().quit();
            return Err(OpenError::NoLogin { host: self.host(), offered });
        };
        let host = self.host();
        match login::prove(&mut session, auth, (&login.username, password)).map_err(|it| self.broken(it))? {
            LoginOutcome::Taken => Ok(session.ready()),
            LoginOutcome::Later(reply) => Err(OpenError::Busy { host, reply }),
            LoginOutcome::Refused(reply) => Err(OpenError::LoginRefused { host, reply }),
            LoginOutcome::TokenRefused(reply, fault) => Err(OpenError::TokenRefused { host, reply, fault }),
        }
    }
}
