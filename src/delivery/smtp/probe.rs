//! Tries a relay up to the envelope of a letter, without sending one.

use std::time::Duration;

use jiff::Timestamp;
use lettre::transport::smtp::commands::{Mail, Rcpt, Rset};
use thiserror::Error as ThisError;

use crate::delivery::outcome::{FailureReason, Reply, SmtpStep};
use crate::delivery::smtp::SmtpTransport;
use crate::delivery::smtp::error::SmtpOpenError;
use crate::delivery::smtp::offer::wire_address;
use crate::delivery::smtp::options::Timeouts;
use crate::delivery::smtp::reply_class::{ACCEPTED, ReplyClass};
use crate::delivery::smtp::session::{Ready, Session};
use crate::people::person::Address;

/// What a relay offers, and whether it accepts the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RelayProbe {
    /// When the relay's certificate expires; absent: the connection is not encrypted, or the certificate does not say.
    pub(crate) certificate_until: Option<Timestamp>,
    /// The kinds of login that it offers, such as `PLAIN, LOGIN`; `none` if there is none.
    pub(crate) mechanisms: String,
    /// The largest letter that it takes, in octets; absent: it does not say.
    pub(crate) size_limit: Option<usize>,
    /// Whether it accepts the sender.
    pub(crate) sender: SenderAnswer,
}

/// A relay's answer to a mail from the sender to itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SenderAnswer {
    /// It accepts letters.
    Accepted,
    /// Not now.
    Deferred(ProbeReply),
    /// It does not accept letters.
    Refused(ProbeReply),
    /// The connection broke.
    Lost(FailureReason),
}

/// A reply that does not accept the envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProbeReply {
    /// Which address it is about.
    pub(crate) at: SmtpStep,
    /// What it says.
    pub(crate) reply: Reply,
}

/// The relay cannot be used.
#[derive(Debug, ThisError)]
#[error(transparent)]
pub(crate) struct ProbeError(SmtpOpenError);

/// Time-outs for a user who is waiting: a relay that needs more is slow, whatever RFC 5321 allows.
pub(crate) const PROBE_TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(5),
    // Some relays delay their greeting, since programs that send spam do not wait for it.
    greeting: Duration::from_secs(10),
    first_greeting: Duration::from_secs(10),
    command: Duration::from_secs(5),
    data: Duration::from_secs(5),
    body: Duration::from_secs(5),
    dot: Duration::from_secs(5),
    quit: Duration::from_secs(1),
};

impl SmtpTransport {
    /// Opens a session with a login, names the sender and the recipient, and cancels both.
    ///
    /// # Errors
    ///
    /// No session could be opened.
    pub(crate) fn probe(mut self, sender: &Address, recipient: &Address) -> Result<RelayProbe, ProbeError> {
        self.options.timeouts = PROBE_TIMEOUTS;
        let mut session = self.open_session().map_err(ProbeError)?;
        let answer = envelope(&mut session, sender, recipient).unwrap_or_else(SenderAnswer::Lost);
        let extensions = session.extensions();
        let probe = RelayProbe {
            certificate_until: session.stream.certificate_until(),
            mechanisms: extensions.mechanisms(),
            size_limit: extensions.limit(),
            sender: answer,
        };
        session.quit();
        Ok(probe)
    }
}

/// MAIL, RCPT and RSET, one after the other.
fn envelope(
    session: &mut Session<Ready>,
    sender: &Address,
    recipient: &Address,
) -> Result<SenderAnswer, FailureReason> {
    let mail = Mail::new(wire_address(sender), Vec::new()).to_string();
    let commands = [
        (SmtpStep::Sender, Some(mail)),
        (SmtpStep::Recipient, wire_address(recipient).map(|recipient| Rcpt::new(recipient, Vec::new()).to_string())),
    ];
    let mut answer = SenderAnswer::Accepted;
    for (at, command) in commands {
        let Some(command) = command else { continue };
        match session.command_class(&ACCEPTED, &command, at)? {
            ReplyClass::Expected(_) => {}
            ReplyClass::Transient(reply) => answer = SenderAnswer::Deferred(ProbeReply { at, reply }),
            ReplyClass::Permanent(reply) => answer = SenderAnswer::Refused(ProbeReply { at, reply }),
        }
        if answer != SenderAnswer::Accepted {
            break;
        }
    }
    // Whatever it says, the session ends.
    let _ = session.command_class(&[250], &Rset, SmtpStep::Reset);
    Ok(answer)
}

/// The kind of problem, for those who look for its cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProbeFault {
    /// The relay is not reached, or does not reply.
    Connection,
    /// It is not encrypted, or not trusted.
    Encryption,
    /// It refuses the login.
    Login,
}

impl ProbeError {
    /// The kind of problem that the error is.
    pub(crate) fn fault(&self) -> ProbeFault {
        match &self.0 {
            SmtpOpenError::UnknownHost { .. }
            | SmtpOpenError::Unreachable { .. }
            | SmtpOpenError::Broken { .. }
            | SmtpOpenError::Silent { .. }
            | SmtpOpenError::Busy { .. }
            | SmtpOpenError::ClientRefused { .. } => ProbeFault::Connection,
            SmtpOpenError::SilentHandshake { .. }
            | SmtpOpenError::NoStartTls { .. }
            | SmtpOpenError::StartTlsRefused { .. }
            | SmtpOpenError::Injected { .. }
            | SmtpOpenError::Tls { .. }
            | SmtpOpenError::PlaintextLogin { .. } => ProbeFault::Encryption,
            SmtpOpenError::NoLogin { .. }
            | SmtpOpenError::LoginRefused { .. }
            | SmtpOpenError::NotRenewed { .. }
            | SmtpOpenError::TokenRefused { .. } => ProbeFault::Login,
        }
    }
}
