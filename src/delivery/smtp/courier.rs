//! A session as a courier: it remembers the phase between two calls.

use crate::delivery::smtp::session::{Offered, Ready, Session};
use crate::delivery::transport::{Connection, Courier, Envelope, Setback, Verdict};
use crate::ledger::InFlight;
use crate::report::{Reason, Step};

/// One connection to a relay.
#[derive(Debug)]
pub(super) struct SmtpCourier {
    talk: Talk,
}

/// Where the talk stands.
#[derive(Debug)]
enum Talk {
    /// A letter may be offered.
    Ready(Session<Ready>),
    /// A body is awaited.
    Offered(Session<Offered>),
    /// There is none any more.
    Over,
}

impl Talk {
    fn going_on(session: Option<Session<Ready>>) -> Self {
        session.map_or(Self::Over, Self::Ready)
    }
}

impl SmtpCourier {
    pub(super) fn new(session: Session<Ready>) -> Self {
        Self { talk: Talk::Ready(session) }
    }
}

impl Courier for SmtpCourier {
    fn offer(&mut self, envelope: &Envelope) -> Result<(), Setback> {
        // A body that was awaited and never came leaves nothing that could be said: the connection is dropped.
        let Talk::Ready(session) = std::mem::replace(&mut self.talk, Talk::Over) else {
            return Err(Setback::ConnectionLost(Reason::ConnectionLost { at: Step::Sender }));
        };
        match session.offer(envelope) {
            Ok(session) => {
                self.talk = Talk::Offered(session);
                Ok(())
            }
            Err(declined) => {
                self.talk = Talk::going_on(declined.session);
                Err(declined.setback)
            }
        }
    }

    fn hand_over(&mut self, _: &InFlight, body: &[u8]) -> Verdict {
        let Talk::Offered(session) = std::mem::replace(&mut self.talk, Talk::Over) else {
            return Verdict::Deferred(Reason::ConnectionLost { at: Step::Body }, Connection::Spent);
        };
        let handed = session.hand_over(body);
        self.talk = Talk::going_on(handed.session);
        handed.verdict
    }

    fn close(self: Box<Self>) {
        if let Talk::Ready(session) = self.talk {
            session.quit();
        }
    }
}
