//! Through a relay: a session of our own, on lettre's commands and answers.
//!
//! lettre's own connection is not used: it takes any 2xx for success, so that a stray answer shifts all that follow,
//! it keeps what stands behind the answer to STARTTLS, its time-outs are per read, and it writes the body and the dot
//! apart, which costs 42 ms a letter.

pub mod options;
pub mod tls;
pub mod verdict;

mod courier;
mod echo;
mod offering;
mod offers;
mod opening;
mod reply;
mod session;
mod wire;

use crate::delivery::smtp::courier::SmtpCourier;
use crate::delivery::smtp::options::{Security, SmtpOptions};
use crate::delivery::smtp::tls::{Tls, TlsSetupError};
use crate::delivery::transport::{Courier, OpenError, Transport};
use crate::plan::TransportKind;

/// A relay that letters are handed to.
#[derive(Debug)]
pub struct Relay {
    options: SmtpOptions,
    encryption: Option<Tls>,
}

impl Relay {
    /// Makes everything ready that needs no network; the trusted certificates are read here, once.
    pub fn new(options: SmtpOptions) -> Result<Self, TlsSetupError> {
        let encryption = match options.security {
            Security::StartTls | Security::Tls => Some(Tls::new(&options)?),
            Security::None => None,
        };
        Ok(Self { options, encryption })
    }
}

impl Transport for Relay {
    fn kind(&self) -> TransportKind {
        TransportKind::Smtp
    }

    fn open(&self) -> Result<Box<dyn Courier + '_>, OpenError> {
        let session = opening::open(&self.options, self.encryption.as_ref())?;
        Ok(Box::new(SmtpCourier::new(session)))
    }

    fn connections(&self) -> usize {
        self.options.connections.max(1)
    }
}
