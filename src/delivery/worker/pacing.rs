//! When a connection's next letter may be sent: rate limits, and letters that are due later.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::base::error::Error;
use crate::delivery::event::DeliveryEvent;
use crate::delivery::ledger::claim::Claim;
use crate::delivery::ledger::rate_limits::RateDecision;
use crate::delivery::run::{RunEnd, WaitPolicy};
use crate::delivery::worker::Worker;

/// How long an idle connection is kept open. Relays close one after a few minutes (RFC 5321 §4.5.3.2.7), many sooner.
const MAX_IDLE: Duration = Duration::from_secs(20);

impl Worker<'_> {
    /// The next letter that may be sent by now.
    pub(super) fn claim(&mut self) -> Result<Option<Claim>, Error> {
        while let Some(claim) = self.ledger.claim(Timestamp::now())? {
            let claim = if self.ledger.is_rate_limited() { self.wait_for_slot(claim)? } else { Some(claim) };
            if claim.is_some() || self.state.is_ending() {
                return Ok(claim);
            }
        }
        Ok(None)
    }

    /// Waits until the rate limits allow a letter; `None` if they do not: its domain's limit is reached, or the
    /// run ends.
    fn wait_for_slot(&mut self, mut claim: Claim) -> Result<Option<Claim>, Error> {
        loop {
            let at = match self.ledger.reserve_slot(&mut claim, Timestamp::now())? {
                RateDecision::Now(_) => return Ok(Some(claim)),
                // Letters to other domains may still go: this one is put back, so that the connection can send them.
                RateDecision::DomainNotBefore(at) => {
                    self.ledger.defer(claim, at)?;
                    return Ok(None);
                }
                RateDecision::NotBefore(at) => at,
            };
            if !self.state.run.wait.lasts(Timestamp::now(), at) {
                self.state.end(RunEnd::RateLimited(at));
            }
            self.sleep_until(at);
            if self.state.is_ending() {
                self.ledger.release(claim)?;
                return Ok(None);
            }
        }
    }

    /// Waits for the next letter that is not due yet, if the policy allows it; `false` if there is none.
    pub(super) fn wait_for_due(&mut self) -> Result<bool, Error> {
        if self.state.is_ending() || !self.waits_for_letters() {
            return Ok(false);
        }
        let now = Timestamp::now();
        let Some(at) = self.ledger.next_due(now)?.filter(|at| self.state.run.wait.lasts(now, *at)) else {
            return Ok(false);
        };
        self.sleep_until(at);
        Ok(!self.state.is_ending())
    }

    /// Whether to wait for letters: a brief wait is only for those that a rate limit holds back.
    fn waits_for_letters(&self) -> bool {
        self.ledger.is_rate_limited() || self.state.run.wait != WaitPolicy::Brief
    }

    /// Whether a letter may be composed and offered while the one before it has no reply yet.
    pub(super) fn may_pipeline(&self) -> bool {
        !self.ledger.is_rate_limited() && !self.state.with_throttle(|throttle| throttle.is_slowed())
    }

    /// Sleeps; for a long sleep the connection is closed first.
    fn sleep_until(&mut self, at: Timestamp) {
        let wait = Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default();
        if wait > Duration::from_secs(1) && !self.state.is_ending() {
            self.emit(&DeliveryEvent::Rests { connection: self.number, until: at });
        }
        if wait > MAX_IDLE
            && let Some(connection) = self.connection.take()
        {
            connection.close();
        }
        self.sleep(Instant::now() + wait);
    }
}
