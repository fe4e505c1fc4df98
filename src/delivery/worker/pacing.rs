//! When a connection's next letter may leave.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::base::error::Error;
use crate::delivery::engine::{RunEnd, WaitPolicy};
use crate::delivery::event::DeliveryEvent;
use crate::delivery::ledger::claim::Claim;
use crate::delivery::ledger::rate_limits::RateDecision;
use crate::delivery::worker::Worker;

impl Worker<'_> {
    /// The next letter that may leave by now.
    pub(super) fn claim(&mut self) -> Result<Option<Claim>, Error> {
        while let Some(claim) = self.clerk.claim(Timestamp::now())? {
            let claim = if self.clerk.is_paced() { self.await_turn(claim)? } else { Some(claim) };
            if claim.is_some() || self.shared.ends() {
                return Ok(claim);
            }
        }
        Ok(None)
    }

    /// Waits until a letter may leave. Nothing comes back where it may not by now: its domain has its share, or the run
    /// ends.
    fn await_turn(&mut self, mut claim: Claim) -> Result<Option<Claim>, Error> {
        loop {
            let at = match self.clerk.depart(&mut claim, Timestamp::now())? {
                RateDecision::Now(_) => return Ok(Some(claim)),
                RateDecision::DomainNotBefore(at) => {
                    self.clerk.put_off(claim, at)?;
                    return Ok(None);
                }
                RateDecision::NotBefore(at) => at,
            };
            if !self.shared.run.patience.lasts(Timestamp::now(), at) {
                self.shared.end(RunEnd::Paced(at));
            }
            self.sleep_until(at);
            if self.shared.ends() {
                self.clerk.release(claim)?;
                return Ok(None);
            }
        }
    }

    /// Waits for the next letter that is not due yet, if it is worth it; `false`: there is none.
    pub(super) fn rest(&mut self) -> Result<bool, Error> {
        if self.shared.ends() || !self.waits_for_letters() {
            return Ok(false);
        }
        let now = Timestamp::now();
        let Some(at) = self.clerk.next_due(now)?.filter(|at| self.shared.run.patience.lasts(now, *at)) else {
            return Ok(false);
        };
        self.sleep_until(at);
        Ok(!self.shared.ends())
    }

    /// Without patience only those are waited for that the relay's limits hold back.
    fn waits_for_letters(&self) -> bool {
        self.clerk.is_paced() || self.shared.run.patience != WaitPolicy::Brief
    }

    /// Whether a letter may be made ready, and go out, while the one before it has no answer yet.
    pub(super) fn hurries(&self) -> bool {
        !self.clerk.is_paced() && !self.shared.tempo(|it| it.is_slowed())
    }

    /// Sleeps; a relay is not kept waiting for long meanwhile.
    fn sleep_until(&mut self, at: Timestamp) {
        const SHORT: Duration = Duration::from_secs(20);
        let wait = Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default();
        if wait > Duration::from_secs(1) && !self.shared.ends() {
            self.tell(&DeliveryEvent::Rests { connection: self.number, until: at });
        }
        if wait > SHORT
            && let Some(courier) = self.courier.take()
        {
            courier.close();
        }
        self.sleep(Instant::now() + wait);
    }
}
