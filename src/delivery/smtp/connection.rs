//! A session as a connection: it keeps the phase between two calls.

use crate::delivery::ledger::claim::InFlight;
use crate::delivery::outcome::{FailureReason, SmtpStep};
use crate::delivery::smtp::session::{AwaitingReply, NextPhase, Offered, Ready, Session, Unsent};
use crate::delivery::transport::{Connection, ConnectionState, Delivered, Envelope, OfferError, Payload, SendOutcome};

/// One connection to a relay.
#[derive(Debug)]
pub(super) struct SmtpConnection {
    state: SessionState,
}

/// The session in its phase.
#[derive(Debug)]
enum SessionState {
    /// A letter may be offered.
    Ready(Session<Ready>),
    /// The relay waits for a body.
    Offered(Session<Offered>),
    /// A reply is awaited.
    Sent(Session<AwaitingReply>),
    /// A letter could not be sent; the next call asks for its outcome.
    Unsent(Unsent),
    /// The session is over.
    Over,
}

impl SessionState {
    fn ready_or_over(session: Option<Session<Ready>>) -> Self {
        session.map_or(Self::Over, Self::Ready)
    }
}

impl SmtpConnection {
    pub(super) fn new(session: Session<Ready>) -> Self {
        Self { state: SessionState::Ready(session) }
    }
}

impl Connection for SmtpConnection {
    fn offer(&mut self, envelope: &Envelope) -> Result<(), OfferError> {
        // After 354 only a body may follow: a session that still waits for one is dropped.
        let SessionState::Ready(session) = std::mem::replace(&mut self.state, SessionState::Over) else {
            return Err(OfferError::ConnectionLost(FailureReason::ConnectionLost { at: SmtpStep::Sender }));
        };
        match session.offer(envelope) {
            Ok(session) => {
                self.state = SessionState::Offered(session);
                Ok(())
            }
            Err(declined) => {
                self.state = SessionState::ready_or_over(declined.session);
                Err(declined.error)
            }
        }
    }

    fn send(&mut self, _: &InFlight, payload: &Payload<'_>) {
        if let SessionState::Offered(session) = std::mem::replace(&mut self.state, SessionState::Over) {
            self.state = session.send(payload.body, payload.next).map_or_else(SessionState::Unsent, SessionState::Sent);
        }
    }

    fn wait(&mut self) -> Delivered {
        match std::mem::replace(&mut self.state, SessionState::Over) {
            SessionState::Sent(session) => {
                let (delivered, phase) = session.read_reply();
                self.state = match phase {
                    NextPhase::Ready(session) => SessionState::Ready(session),
                    NextPhase::Offered(session) => SessionState::Offered(session),
                    NextPhase::Over => SessionState::Over,
                };
                delivered
            }
            SessionState::Unsent(Unsent { reason, connection }) => {
                Delivered { outcome: SendOutcome::Deferred(reason, connection), next: None }
            }
            SessionState::Ready(_) | SessionState::Offered(_) | SessionState::Over => {
                let reason = FailureReason::ConnectionLost { at: SmtpStep::Body };
                Delivered { outcome: SendOutcome::Deferred(reason, ConnectionState::Spent), next: None }
            }
        }
    }

    fn close(self: Box<Self>) {
        if let SessionState::Ready(session) = self.state {
            session.quit();
        }
    }
}
