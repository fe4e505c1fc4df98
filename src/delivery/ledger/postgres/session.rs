//! A run on a ledger that other hosts write too: its claims are valid as long as its lease.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use postgres::Row;
use postgres::types::ToSql;

use crate::audience::AudienceId;
use crate::delivery::ledger::RunSession;
use crate::delivery::ledger::claim::{Claim, ClaimFilter, LetterChange, LetterNumber, LetterUpdate};
use crate::delivery::ledger::columns::{ResultColumns, time};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::postgres::client::{LedgerClient, ReconnectingClient};
use crate::delivery::ledger::postgres::leases::{self, Lease};
use crate::delivery::ledger::postgres::rate_limits;
use crate::delivery::ledger::postgres::suppress::suppress_unmarked;
use crate::delivery::ledger::postgres::write::{MarkBatch, SettlementBatch, correct, defer, unmark, write};
use crate::delivery::ledger::rate_limits::{RateDecision, RateLimits};
use crate::delivery::ledger::read::{TOTALS, add_total};
use crate::delivery::ledger::record::{PlanId, read_planned, read_tries};
use crate::delivery::ledger::state::Totals;

pub(super) struct PostgresSession<'a> {
    client: &'a mut ReconnectingClient,
    plan: PlanId,
    holder: i64,
    /// How many connections had been opened when the last claim was answered; 0 after a claim was lost.
    opened: u64,
}

impl<'a> PostgresSession<'a> {
    pub(super) fn begin(client: &'a mut ReconnectingClient, plan: PlanId) -> Result<Self, LedgerError> {
        let opened = client.opened();
        let mut session = Self { client, plan, holder: 0, opened };
        session.enter()?;
        Ok(session)
    }

    fn lease(&self) -> Lease {
        Lease { holder: self.holder, seconds: self.client.shared().lease.as_secs_f64() }
    }

    fn enter(&mut self) -> Result<(), LedgerError> {
        let (plan, seconds) = (self.plan, self.lease().seconds);
        let entered = self.client.retrying(|client| leases::enter(client, plan, seconds))?;
        self.holder = entered.ok_or(LedgerError::Replaced)?;
        Ok(())
    }

    /// Releases what hosts with an expired lease hold, so that this one can claim it.
    fn release_expired(&mut self) -> Result<(), LedgerError> {
        self.client.retrying(|client| leases::release_all_expired(client))?;
        Ok(())
    }

    fn claim_once(&mut self, filter: &ClaimFilter<'_>) -> Result<Vec<Claim>, LedgerError> {
        let (plan, holder) = (self.plan, self.holder);
        let rows = self.client.retrying(|client| claim_rows(client, plan, holder, filter))?;
        let claimed = |row: &Row| Ok((row.required_integer(0, "delivery.number")?, read_tries(row, 1)?));
        let tries = rows.iter().map(claimed).collect::<Result<BTreeMap<i64, u32>, LedgerError>>()?;
        let numbers: Vec<i64> = tries.keys().copied().collect();
        let rows = self.client.retrying(|client| letter_rows(client, plan, &numbers))?;
        let claim = |row: &Row| {
            let number = row.required_integer(4, "letter.number")?;
            let tries = tries.get(&number).copied().unwrap_or_default();
            Ok(Claim { number, tries, holder, slot: None, letter: read_planned(row)? })
        };
        let mut claims = rows.iter().map(claim).collect::<Result<Vec<_>, LedgerError>>()?;
        // Neither answer keeps an order.
        claims.sort_by_key(|claim| (claim.tries, claim.number));
        Ok(claims)
    }

    /// Releases letters that are claimed by this run without its knowledge: if the connection was reopened,
    /// the answer to a claim may have been lost; and with a lost claim, the pool was emptied.
    fn release_unknown(&mut self, filter: &ClaimFilter<'_>) -> Result<(), LedgerError> {
        if self.opened == self.client.opened() {
            return Ok(());
        }
        let (holder, known): (i64, Vec<i64>) = (self.holder, filter.except.iter().copied().collect());
        self.client.retrying(|client| {
            client.execute(
                "UPDATE delivery SET holder = NULL
                 WHERE holder = $1 AND state IN ('planned', 'deferred') AND number <> ALL($2)",
                &[&holder, &known],
            )
        })?;
        self.opened = self.client.opened();
        Ok(())
    }
}

impl RunSession for PostgresSession<'_> {
    fn claim(&mut self, filter: &ClaimFilter<'_>) -> Result<Vec<Claim>, LedgerError> {
        // A lease that expired between claim and mark would cost the letter: it is renewed first.
        self.renew_lease()?;
        self.release_unknown(filter)?;
        let claims = self.claim_once(filter)?;
        if !claims.is_empty() {
            return Ok(claims);
        }
        // Nothing is left for this run: it takes over the letters of hosts that have died.
        self.release_expired()?;
        self.claim_once(filter)
    }

    fn write(&mut self, updates: &[LetterUpdate]) -> Result<Vec<LetterNumber>, LedgerError> {
        let (plan, lease) = (self.plan, self.lease());
        let (marks, settlements) = (MarkBatch::new(updates), SettlementBatch::new(updates));
        let mut lost: Vec<i64> = Vec::new();
        if !marks.is_empty() || !settlements.is_empty() {
            let marked = self.client.retrying(|client| write(client, plan, lease, &settlements, &marks))?;
            lost = marks.numbers().filter(|number| !marked.contains(number)).collect();
            if !lost.is_empty() {
                self.client.retrying(|client| unmark(client, plan, &marks, &lost))?;
                self.client.retrying(|client| suppress_unmarked(client, plan, &lost))?;
                self.opened = 0;
            }
        }
        for update in updates {
            match &update.change {
                LetterChange::Correct(record) => {
                    self.client.retrying(|client| correct(client, plan, update.number, record))?;
                }
                LetterChange::Defer(due) => {
                    self.client.retrying(|client| defer(client, plan, update, *due))?;
                }
                LetterChange::Mark(..) | LetterChange::Settle(_) | LetterChange::SettleUnsent(_) => {}
            }
        }
        Ok(lost.into_iter().map(LetterNumber).collect())
    }

    fn reserve_slot(&mut self, limits: &RateLimits, domain: &str, now: Timestamp) -> Result<RateDecision, LedgerError> {
        self.client.retrying(|client| rate_limits::reserve(client, limits, domain, now))
    }

    fn next_due(&mut self, audience: Option<&AudienceId>, now: Timestamp) -> Result<Option<Timestamp>, LedgerError> {
        let (plan, audience) = (self.plan, audience.map(AudienceId::as_str));
        let row = self.client.retrying(|client| {
            client.query_one(
                "SELECT min(due) FROM delivery WHERE plan = $1 AND state IN ('planned', 'deferred') AND due > $2
                   AND ($3::text IS NULL OR EXISTS
                     (SELECT 1 FROM letter WHERE plan = $1 AND letter.number = delivery.number AND audience = $3))
                   AND NOT (SELECT cancelled FROM plan WHERE id = $1)",
                &[&plan.0, &now.as_millisecond(), &audience],
            )
        })?;
        row.try_get::<_, Option<i64>>(0)?.map(time).transpose()
    }

    fn renewal_interval(&self) -> Option<Duration> {
        Some(self.client.shared().lease / 3)
    }

    fn renew_lease(&mut self) -> Result<(), LedgerError> {
        let lease = self.lease();
        // Once another host has released this run's letters, it must not go on under its old number.
        if !self.client.retrying(|client| leases::renew(client, lease))? {
            self.enter()?;
        }
        Ok(())
    }

    fn is_cancelled(&mut self) -> Result<bool, LedgerError> {
        let row = self.client.connected()?.query_one("SELECT cancelled FROM plan WHERE id = $1", &[&self.plan.0])?;
        Ok(row.try_get(0)?)
    }

    fn shared_totals(&mut self) -> Result<Option<Totals>, LedgerError> {
        let plan = self.plan;
        let rows = self.client.retrying(|client| client.query(TOTALS, &[&plan.0]))?;
        let mut totals = Totals::default();
        rows.iter().try_for_each(|row| add_total(&mut totals, row))?;
        Ok(Some(totals))
    }

    fn end(self: Box<Self>) -> Result<(), LedgerError> {
        let Self { client, holder, .. } = *self;
        client.retrying(|client| leases::leave(client, holder))
    }
}

/// The lock on the holder's own row keeps other hosts from releasing it while it claims.
fn claim_rows(
    client: &mut LedgerClient,
    plan: PlanId,
    holder: i64,
    filter: &ClaimFilter<'_>,
) -> Result<Vec<Row>, postgres::Error> {
    let audience = filter.audience.map(AudienceId::as_str);
    let except: Vec<i64> = filter.except.iter().copied().collect();
    let only: Option<Vec<i64>> = filter.only.as_ref().map(|only| only.iter().copied().collect());
    let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
    let values: [&(dyn ToSql + Sync); 7] =
        [&plan.0, &holder, &filter.now.as_millisecond(), &audience, &except, &only, &limit];
    client.query_prepared(
        "WITH me AS (SELECT id FROM holder WHERE id = $2 FOR SHARE),
         next AS (
           SELECT number FROM delivery
           WHERE plan = $1 AND state IN ('planned', 'deferred') AND holder IS NULL AND due <= $3
             AND ($4::text IS NULL OR EXISTS
               (SELECT 1 FROM letter WHERE plan = $1 AND letter.number = delivery.number AND audience = $4))
             AND number <> ALL($5)
             AND ($6::bigint[] IS NULL OR number = ANY($6))
             AND NOT (SELECT cancelled FROM plan WHERE id = $1)
           ORDER BY tries, number LIMIT $7 FOR UPDATE SKIP LOCKED)
         UPDATE delivery SET holder = me.id FROM me, next
         WHERE delivery.plan = $1 AND delivery.number = next.number
         RETURNING delivery.number, tries",
        &values,
    )
}

/// The letters with these numbers. Joined to the claim, they would depend on how many rows the server expects of it.
fn letter_rows(client: &mut LedgerClient, plan: PlanId, numbers: &[i64]) -> Result<Vec<Row>, postgres::Error> {
    client.query_prepared(
        "SELECT person, audience, edition, message_id, number FROM letter WHERE plan = $1 AND number = ANY($2)",
        &[&plan.0, &numbers],
    )
}
