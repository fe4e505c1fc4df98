//! When letters were sent by any host, for the rate limits. The clock is the server's: those of the hosts may differ.

use jiff::{SignedDuration, Timestamp};
use postgres::{Client, Error, Transaction};

use crate::delivery::ledger::rate_limits::{RateDecision, RateLimits, RateSlot, oldest_counted};

/// Counts a letter to this domain, if the limits allow it.
pub(super) fn reserve(
    client: &mut Client,
    limits: &RateLimits,
    domain: &str,
    here: Timestamp,
) -> Result<RateDecision, Error> {
    let mut transaction = client.transaction()?;
    // One host after the other: two that count at once would both find the last slot free.
    transaction.batch_execute("LOCK TABLE rate_slot IN EXCLUSIVE MODE")?;
    let now: i64 = transaction.query_one("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint", &[])?.get(0);
    let decision = decide(&mut transaction, limits, domain, now)?;
    transaction.commit()?;
    Ok(match decision {
        RateDecision::Now(slot) => RateDecision::Now(slot),
        RateDecision::NotBefore(at) => RateDecision::NotBefore(by_clock_of(here, at, now)),
        RateDecision::DomainNotBefore(at) => RateDecision::DomainNotBefore(by_clock_of(here, at, now)),
    })
}

fn decide(
    transaction: &mut Transaction<'_>,
    limits: &RateLimits,
    domain: &str,
    now: i64,
) -> Result<RateDecision, Error> {
    let moment = Timestamp::from_millisecond(now).unwrap_or_default();
    transaction.execute("DELETE FROM rate_slot WHERE at < $1", &[&oldest_counted(moment).as_millisecond()])?;
    for window in limits.windows(domain) {
        // After the clock was set back, a slot in the future counts as now: letters never wait longer than the window.
        let oldest = transaction.query_opt(
            "SELECT least(at, $4) FROM rate_slot WHERE at > $1 AND ($2::text IS NULL OR domain = $2)
             ORDER BY at DESC LIMIT 1 OFFSET $3",
            &[&window.begins(moment).as_millisecond(), &window.domain, &i64::from(window.room()), &now],
        )?;
        if let Some(row) = oldest {
            return Ok(window.full_until(Timestamp::from_millisecond(row.get(0)).unwrap_or(moment)));
        }
    }
    let row =
        transaction.query_one("INSERT INTO rate_slot (at, domain) VALUES ($1, $2) RETURNING id", &[&now, &domain])?;
    Ok(RateDecision::Now(RateSlot(row.get(0))))
}

/// Converts a moment of the server's clock to this machine's.
fn by_clock_of(here: Timestamp, at: Timestamp, now: i64) -> Timestamp {
    let wait = SignedDuration::from_millis(at.as_millisecond().saturating_sub(now));
    here.checked_add(wait).unwrap_or(Timestamp::MAX)
}
