//! A run's turn at a ledger that others write too: what it claims is its own under a lease.

use std::time::Duration;

use jiff::Timestamp;
use postgres::Row;
use postgres::types::ToSql;

use crate::audience::AudienceId;
use crate::delivery::ledger::RunSession;
use crate::delivery::ledger::claim::{Claim, ClaimFilter, LetterChange, LetterNumber, LetterUpdate};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::postgres::client::{LedgerClient, ReconnectingClient};
use crate::delivery::ledger::postgres::leases;
use crate::delivery::ledger::postgres::rate_limits;
use crate::delivery::ledger::postgres::suppress::suppress_unmarked;
use crate::delivery::ledger::postgres::write::{MarkBatch, SettlementBatch, correct, defer, write};
use crate::delivery::ledger::postgres::{planned_columns, tries};
use crate::delivery::ledger::rate_limits::{RateDecision, RateLimits};
use crate::delivery::ledger::record::{PlanId, time};

pub(super) struct PostgresSession<'a> {
    line: &'a mut ReconnectingClient,
    plan: PlanId,
    holder: i64,
    /// How often the line was made when the last claim was answered; 0 where a claim was lost since.
    made: u64,
}

impl<'a> PostgresSession<'a> {
    pub(super) fn begin(line: &'a mut ReconnectingClient, plan: PlanId) -> Result<Self, LedgerError> {
        let made = line.made();
        let mut shift = Self { line, plan, holder: 0, made };
        shift.enter()?;
        Ok(shift)
    }

    fn lease(&self) -> f64 {
        self.line.shared().lease.as_secs_f64()
    }

    fn enter(&mut self) -> Result<(), LedgerError> {
        let (plan, lease) = (self.plan, self.lease());
        let entered = self.line.patiently(|client| leases::enter(client, plan, lease))?;
        self.holder = entered.ok_or(LedgerError::Replaced)?;
        Ok(())
    }

    /// Lets go of hosts that have died, so that their letters are tried by this one.
    fn bury(&mut self) -> Result<(), LedgerError> {
        let mut transaction = self.line.client()?.transaction()?;
        leases::release_expired(&mut transaction)?;
        transaction.commit()?;
        Ok(())
    }

    fn take(&mut self, wanted: &ClaimFilter<'_>) -> Result<Vec<Claim>, LedgerError> {
        let (plan, holder) = (self.plan, self.holder);
        let rows = self.line.patiently(|client| claim_rows(client, plan, holder, wanted))?;
        let mut claims = rows.iter().map(|row| claim(row, holder)).collect::<Result<Vec<_>, _>>()?;
        claims.sort_by_key(|it| (it.tries, it.number));
        Ok(claims)
    }

    /// Where the line was made anew, letters may have been claimed whose names never arrived; where a lease has ended and
    /// nobody noticed, they are still this run's and in nobody's hands: they are put back.
    fn put_back(&mut self, wanted: &ClaimFilter<'_>) -> Result<(), LedgerError> {
        if self.made == self.line.made() {
            return Ok(());
        }
        let (holder, known): (i64, Vec<i64>) = (self.holder, wanted.not.iter().copied().collect());
        self.line.patiently(|client| {
            client.execute(
                "UPDATE letter SET holder = NULL
                 WHERE holder = $1 AND state IN ('planned', 'deferred') AND number <> ALL($2)",
                &[&holder, &known],
            )
        })?;
        self.made = self.line.made();
        Ok(())
    }
}

impl RunSession for PostgresSession<'_> {
    fn claim(&mut self, wanted: &ClaimFilter<'_>) -> Result<Vec<Claim>, LedgerError> {
        self.keep()?;
        self.put_back(wanted)?;
        let claims = self.take(wanted)?;
        if !claims.is_empty() {
            return Ok(claims);
        }
        self.bury()?;
        self.take(wanted)
    }

    fn write(&mut self, changes: &[LetterUpdate]) -> Result<Vec<LetterNumber>, LedgerError> {
        let (plan, holder, lease) = (self.plan, self.holder, self.lease());
        let (marks, settlements) = (MarkBatch::of(changes), SettlementBatch::of(changes));
        let mut lost: Vec<i64> = Vec::new();
        if !marks.is_empty() || !settlements.is_empty() {
            let marked = self.line.patiently(|client| write(client, plan, (holder, lease), (&settlements, &marks)))?;
            lost = marks.numbers().filter(|it| !marked.contains(it)).collect();
            if !lost.is_empty() {
                self.line.patiently(|client| suppress_unmarked(client, plan, &lost))?;
                self.made = 0;
            }
        }
        for change in changes {
            match &change.step {
                LetterChange::Correct(record) => {
                    self.line.patiently(|client| correct(client, plan, change.number, record))?;
                }
                LetterChange::PutOff(due) => {
                    self.line.patiently(|client| defer(client, plan, change, *due))?;
                }
                LetterChange::Mark(..) | LetterChange::Settle(_) | LetterChange::SettleUnsent(_) => {}
            }
        }
        Ok(lost.into_iter().map(LetterNumber).collect())
    }

    fn depart(&mut self, rate: &RateLimits, domain: &str, now: Timestamp) -> Result<RateDecision, LedgerError> {
        self.line.patiently(|client| rate_limits::reserve(client, rate, domain, now))
    }

    fn next_due(&mut self, audience: Option<&AudienceId>, now: Timestamp) -> Result<Option<Timestamp>, LedgerError> {
        let (plan, audience) = (self.plan, audience.map(AudienceId::as_str));
        let row = self.line.patiently(|client| {
            client.query_one(
                "SELECT min(due) FROM letter WHERE plan = $1 AND state IN ('planned', 'deferred') AND due > $2
                   AND ($3::text IS NULL OR audience = $3)",
                &[&plan.0, &now.as_millisecond(), &audience],
            )
        })?;
        row.try_get::<_, Option<i64>>(0)?.map(time).transpose()
    }

    fn pulse(&self) -> Option<Duration> {
        Some(self.line.shared().lease / 3)
    }

    fn keep(&mut self) -> Result<(), LedgerError> {
        let (holder, lease) = (self.holder, self.lease());
        // Taken for dead, this run is another one from now on: what it had claimed is somebody else's.
        if !self.line.patiently(|client| leases::renew(client, holder, lease))? {
            self.enter()?;
        }
        Ok(())
    }

    fn end(self: Box<Self>) -> Result<(), LedgerError> {
        let Self { line, holder, .. } = *self;
        line.patiently(|client| leases::leave(client, holder))
    }
}

/// The lock on the holder's own row keeps it from being taken for dead while it claims.
fn claim_rows(
    client: &mut LedgerClient,
    plan: PlanId,
    holder: i64,
    wanted: &ClaimFilter<'_>,
) -> Result<Vec<Row>, postgres::Error> {
    let audience = wanted.audience.map(AudienceId::as_str);
    let not: Vec<i64> = wanted.not.iter().copied().collect();
    let only: Option<Vec<i64>> = wanted.only.as_ref().map(|it| it.iter().copied().collect());
    let many = i64::try_from(wanted.many).unwrap_or(i64::MAX);
    let values: [&(dyn ToSql + Sync); 7] =
        [&plan.0, &holder, &wanted.now.as_millisecond(), &audience, &not, &only, &many];
    client.ask(
        "WITH me AS (SELECT id FROM holder WHERE id = $2 FOR SHARE),
         next AS (
           SELECT number FROM letter
           WHERE plan = $1 AND state IN ('planned', 'deferred') AND holder IS NULL AND due <= $3
             AND ($4::text IS NULL OR audience = $4) AND number <> ALL($5)
             AND ($6::bigint[] IS NULL OR number = ANY($6))
           ORDER BY tries, number LIMIT $7 FOR UPDATE SKIP LOCKED)
         UPDATE letter SET holder = me.id FROM me, next
         WHERE letter.plan = $1 AND letter.number = next.number
         RETURNING person, audience, edition, message_id, letter.number, tries",
        &values,
    )
}

fn claim(row: &Row, holder: i64) -> Result<Claim, LedgerError> {
    Ok(Claim {
        number: row.try_get(4)?,
        tries: tries(row.try_get(5)?)?,
        holder,
        departure: None,
        letter: planned_columns(row)?.read()?,
    })
}
