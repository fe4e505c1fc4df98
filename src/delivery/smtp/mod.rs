//! Sends letters through a relay, over SMTP sessions of our own on lettre's commands and replies.
//!
//! lettre's own connection is not used: it treats any 2xx as success, so that a stray reply shifts all later ones; it
//! keeps data that was injected after the reply to STARTTLS; its time-outs are per read; and it writes the body and the
//! dot separately, which costs 42 ms a letter.

mod connect;
mod connection;
pub(crate) mod deadline_stream;
mod error;
mod extensions;
mod login;
pub(crate) mod login_redaction;
mod offer;
pub mod options;
pub(crate) mod probe;
mod reply;
mod reply_class;
mod session;
mod stream;
pub mod tls;

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::base::secret::Secret;
use crate::delivery::smtp::connect::{ActiveLogin, PriorGreeting};
use crate::delivery::smtp::connection::SmtpConnection;
use crate::delivery::smtp::deadline_stream::Abandonment;
use crate::delivery::smtp::error::SmtpOpenError;
use crate::delivery::smtp::options::{RenewalError, Security, SmtpOptions};
use crate::delivery::smtp::session::{Ready, Session};
use crate::delivery::smtp::tls::{TlsContext, TlsSetupError};
use crate::delivery::transport::{Connection, OpenError, Transport};
use crate::letter::plan::TransportKind;

/// A relay that letters are sent to.
#[derive(Debug)]
pub struct SmtpTransport {
    options: SmtpOptions,
    /// Absent: not encrypted.
    tls: Option<TlsContext>,
    /// The password in use; absent: there is no login.
    password: Mutex<Option<Secret>>,
    /// Whether a session was opened before.
    is_known: AtomicBool,
    /// Ends the waits of its connections.
    abandonment: Abandonment,
}

impl SmtpTransport {
    /// Prepares everything that needs no network; the trusted certificates are read here, once.
    pub fn new(options: SmtpOptions) -> Result<Self, TlsSetupError> {
        let tls = match options.security {
            Security::StartTls | Security::Tls => {
                Some(TlsContext::new(&options.host, options.ca_file.as_deref(), "smtp")?)
            }
            Security::None => None,
        };
        let password = Mutex::new(options.login.as_ref().map(|login| login.password.clone()));
        Ok(Self { options, tls, password, is_known: AtomicBool::new(false), abandonment: Abandonment::default() })
    }
}

impl SmtpTransport {
    fn open_with(&self, password: Option<&Secret>) -> Result<Session<Ready>, SmtpOpenError> {
        let login = self.options.login.as_ref().zip(password);
        let login = login.map(|(login, password)| ActiveLogin { login, password });
        let prior_greeting =
            if self.is_known.load(Ordering::SeqCst) { PriorGreeting::Received } else { PriorGreeting::None };
        let session = connect::open(&self.options, self.tls.as_ref(), login, prior_greeting, &self.abandonment)?;
        self.is_known.store(true, Ordering::SeqCst);
        Ok(session)
    }

    /// Opens a session; a password that is refused is asked for again.
    fn open_session(&self) -> Result<Session<Ready>, SmtpOpenError> {
        let password = self.password().clone();
        match (self.open_with(password.as_ref()), password) {
            (Err(error @ (SmtpOpenError::LoginRefused { .. } | SmtpOpenError::TokenRefused { .. })), Some(refused)) => {
                match self.renewed(&refused) {
                    Ok(Some(fresh)) => self.open_with(Some(&fresh)),
                    Ok(None) => Err(error),
                    Err(reason) => Err(SmtpOpenError::NotRenewed { host: self.options.host.clone(), reason }),
                }
            }
            (opened, _) => opened,
        }
    }

    /// Another password than the refused one, if there is one by now. Connections that were refused together ask once.
    fn renewed(&self, refused: &Secret) -> Result<Option<Secret>, RenewalError> {
        let mut password = self.password();
        if password.as_ref() == Some(refused)
            && let Some(renewal) = self.options.login.as_ref().and_then(|login| login.renewal.as_ref())
        {
            // If there is no other one, the refused one stays: without a password, the next connection would not log
            // in.
            *password = Some(renewal.ask()?);
        }
        Ok(password.clone().filter(|fresh| fresh != refused))
    }

    fn password(&self) -> MutexGuard<'_, Option<Secret>> {
        // A password is replaced as a whole, so that it is valid even after a panic elsewhere.
        self.password.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for SmtpTransport {
    fn kind(&self) -> TransportKind {
        TransportKind::Smtp
    }

    fn open(&self) -> Result<Box<dyn Connection + '_>, OpenError> {
        Ok(Box::new(SmtpConnection::new(self.open_session()?)))
    }

    fn connections(&self) -> usize {
        self.options.connections.max(1)
    }

    fn abandon(&self) {
        self.abandonment.begin();
    }

    fn letters_per_connection(&self) -> NonZeroUsize {
        self.options.letters_per_connection
    }
}
