//! A session as a courier: it remembers the phase between two calls.

use crate::delivery::ledger::claim::InFlight;
use crate::delivery::outcome::{Reason, Step};
use crate::delivery::smtp::session::{After, Offered, Ready, Sent, Session, Unsent};
use crate::delivery::transport::{Connection, Courier, Envelope, Handed, Load, Setback, Verdict};

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
    /// An answer is awaited.
    Sent(Session<Sent>),
    /// A letter never left, and nobody has asked yet what became of it.
    Unsent(Unsent),
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

    fn hand_over(&mut self, _: &InFlight, load: &Load<'_>) {
        if let Talk::Offered(session) = std::mem::replace(&mut self.talk, Talk::Over) {
            self.talk = session.hand_over(load.body, load.next).map_or_else(Talk::Unsent, Talk::Sent);
        }
    }

    fn answer(&mut self) -> Handed {
        match std::mem::replace(&mut self.talk, Talk::Over) {
            Talk::Sent(session) => {
                let (handed, after) = session.answer();
                self.talk = match after {
                    After::Ready(session) => Talk::Ready(session),
                    After::Offered(session) => Talk::Offered(session),
                    After::Over => Talk::Over,
                };
                handed
            }
            Talk::Unsent(Unsent { reason, connection }) => {
                Handed { verdict: Verdict::Deferred(reason, connection), next: None }
            }
            Talk::Ready(_) | Talk::Offered(_) | Talk::Over => {
                let reason = Reason::ConnectionLost { at: Step::Body };
                Handed { verdict: Verdict::Deferred(reason, Connection::Spent), next: None }
            }
        }
    }

    fn close(self: Box<Self>) {
        if let Talk::Ready(session) = self.talk {
            session.quit();
        }
    }
}
