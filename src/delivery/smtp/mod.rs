//! Through a relay: a session of our own, on lettre's commands and answers.
//!
//! lettre's own connection is not used: it takes any 2xx for success, so that a stray answer shifts all that follow,
//! it keeps what stands behind the answer to STARTTLS, its time-outs are per read, and it writes the body and the dot
//! apart, which costs 42 ms a letter.

mod connect;
mod connection;
mod extensions;
pub mod login;
mod login_redaction;
mod offer;
pub mod options;
mod reply;
pub mod reply_class;
mod session;
mod stream;
pub mod tls;

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::base::secret::Secret;
use crate::delivery::smtp::connection::SmtpConnection;
use crate::delivery::smtp::options::{Security, SmtpOptions};
use crate::delivery::smtp::session::{Ready, Session};
use crate::delivery::smtp::tls::{TlsContext, TlsSetupError};
use crate::delivery::transport::{Connection, OpenError, Transport};
use crate::letter::plan::TransportKind;

/// A relay that letters are handed to.
#[derive(Debug)]
pub struct SmtpTransport {
    options: SmtpOptions,
    encryption: Option<TlsContext>,
    /// The password in use; absent: there is no login.
    password: Mutex<Option<Secret>>,
}

impl SmtpTransport {
    /// Makes everything ready that needs no network; the trusted certificates are read here, once.
    pub fn new(options: SmtpOptions) -> Result<Self, TlsSetupError> {
        let encryption = match options.security {
            Security::StartTls | Security::Tls => Some(TlsContext::new(&options)?),
            Security::None => None,
        };
        let password = Mutex::new(options.login.as_ref().map(|it| it.password.clone()));
        Ok(Self { options, encryption, password })
    }
}

impl SmtpTransport {
    fn open_with(&self, password: Option<&Secret>) -> Result<Session<Ready>, OpenError> {
        connect::open(&self.options, self.encryption.as_ref(), self.options.login.as_ref().zip(password))
    }

    /// Another password than the one that was refused, if there is one by now. Connections that were refused together
    /// ask once.
    fn renewed(&self, refused: &Secret) -> Option<Secret> {
        let mut password = self.password();
        if password.as_ref() == Some(refused) {
            *password = self.options.login.as_ref()?.renewal.as_ref()?.ask();
        }
        match password.as_ref() {
            Some(fresh) if fresh != refused => Some(fresh.clone()),
            Some(_) => None,
            None => {
                *password = Some(refused.clone());
                None
            }
        }
    }

    fn password(&self) -> MutexGuard<'_, Option<Secret>> {
        // A password is replaced whole, so that it is right also after a panic elsewhere.
        self.password.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for SmtpTransport {
    fn kind(&self) -> TransportKind {
        TransportKind::Smtp
    }

    fn open(&self) -> Result<Box<dyn Connection + '_>, OpenError> {
        let password = self.password().clone();
        let session = match (self.open_with(password.as_ref()), password) {
            (Err(error @ (OpenError::LoginRefused { .. } | OpenError::TokenRefused { .. })), Some(refused)) => {
                match self.renewed(&refused) {
                    Some(fresh) => self.open_with(Some(&fresh))?,
                    None => return Err(error),
                }
            }
            (opened, _) => opened?,
        };
        Ok(Box::new(SmtpConnection::new(session)))
    }

    fn connections(&self) -> usize {
        self.options.connections.max(1)
    }

    fn letters_per_connection(&self) -> NonZeroUsize {
        self.options.letters_per_connection
    }
}
