//! A session as a courier: it remembers the phase between two calls.

use crate::delivery::ledger::claim::InFlight;
use crate::delivery::outcome::{FailureReason, SmtpStep};
use crate::delivery::smtp::session::{AwaitingReply, NextPhase, Offered, Ready, Session, Unsent};
use crate::delivery::transport::{Connection, ConnectionState, Delivered, Envelope, OfferError, Payload, SendOutcome};

/// One connection to a relay.
#[derive(Debug)]
pub(super) struct SmtpConnection {
    talk: SessionState,
}

/// Where the talk stands.
#[derive(Debug)]
enum SessionState {
    /// A letter may be offered.
    Ready(Session<Ready>),
    /// A body is awaited.
    Offered(Session<Offered>),
    /// An answer is awaited.
    Sent(Session<AwaitingReply>),
    /// A letter never left, and nobody has asked yet what became of it.
    Unsent(Unsent),
    /// There is none any more.
    Over,
}

impl SessionState {
    fn going_on(session: Option<Session<Ready>>) -> Self {
        session.map_or(Self::Over, Self::Ready)
    }
}

impl SmtpConnection {
    pub(super) fn new(session: Session<Ready>) -> Self {
        Self { talk: SessionState::Ready(session) }
    }
}

impl Connection for SmtpConnection {
    fn offer(&mut self, envelope: &Envelope) -> Result<(), OfferError> {
        // A body that was awaited and never came leaves nothing that could be said: the connection is dropped.
        let SessionState::Ready(session) = std::mem::replace(&mut self.talk, SessionState::Over) else {
            return Err(OfferError::ConnectionLost(FailureReason::ConnectionLost { at: SmtpStep::Sender }));
        };
        match session.offer(envelope) {
            Ok(session) => {
                self.talk = SessionState::Offered(session);
                Ok(())
            }
            Err(declined) => {
                self.talk = SessionState::going_on(declined.session);
                Err(declined.setback)
            }
        }
    }

    fn hand_over(&mut self, _: &InFlight, load: &Payload<'_>) {
        if let SessionState::Offered(session) = std::mem::replace(&mut self.talk, SessionState::Over) {
            self.talk = session.hand_over(load.body, load.next).map_or_else(SessionState::Unsent, SessionState::Sent);
        }
    }

    fn answer(&mut self) -> Delivered {
        match std::mem::replace(&mut self.talk, SessionState::Over) {
            SessionState::Sent(session) => {
                let (handed, after) = session.answer();
                self.talk = match after {
                    NextPhase::Ready(session) => SessionState::Ready(session),
                    NextPhase::Offered(session) => SessionState::Offered(session),
                    NextPhase::Over => SessionState::Over,
                };
                handed
            }
            SessionState::Unsent(Unsent { reason, connection }) => {
                Delivered { verdict: SendOutcome::Deferred(reason, connection), next: None }
            }
            SessionState::Ready(_) | SessionState::Offered(_) | SessionState::Over => {
                let reason = FailureReason::ConnectionLost { at: SmtpStep::Body };
                Delivered { verdict: SendOutcome::Deferred(reason, ConnectionState::Spent), next: None }
            }
        }
    }

    fn close(self: Box<Self>) {
        if let SessionState::Ready(session) = self.talk {
            session.quit();
        }
    }
}
