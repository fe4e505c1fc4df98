//! Writes a plan and its letters, in one transaction and some hundred letters at a time.

use jiff::Timestamp;
use postgres::Transaction;

use crate::base::error::Error;
use crate::delivery::ledger::LetterIterator;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::postgres::Postgres;
use crate::delivery::ledger::postgres::leases::release_expired;
use crate::delivery::ledger::record::{FreezeContext, PlanId, series_text, to_json};
use crate::letter::plan::{Plan, PlannedLetter};
use crate::people::person::suppression_reason::SuppressionReason;

/// How many letters go to the server in one message.
const BATCH: usize = 500;

impl Postgres {
    pub(super) fn freeze_all(
        &mut self,
        plan: &Plan,
        terms: &FreezeContext,
        letters: &mut LetterIterator<'_>,
    ) -> Result<PlanId, Error> {
        let mut transaction = self.line.client()?.transaction().map_err(LedgerError::from)?;
        let before = replace(&mut transaction, plan)?;
        let id = insert_plan(&mut transaction, plan, terms)?;
        let mut number = before.map_or(Ok(0), |before| copy_settled(&mut transaction, before, id))?;
        let mut batch = Batch::default();
        for letter in letters {
            batch.add(&letter?, terms)?;
            if batch.keys.len() == BATCH {
                number += batch.insert(&mut transaction, id, (number, terms))?;
            }
        }
        batch.insert(&mut transaction, id, (number, terms))?;
        // Without a look at the new rows the server would not use their indexes.
        transaction.batch_execute("ANALYZE letter").map_err(LedgerError::from)?;
        transaction.commit().map_err(LedgerError::from)?;
        Ok(id)
    }
}

/// Takes the plan in force out of force, if no host is sending it.
fn replace(transaction: &mut Transaction<'_>, plan: &Plan) -> Result<Option<i64>, LedgerError> {
    let before = transaction.query_opt(
        "SELECT id FROM plan WHERE issue = $1 AND transport = $2 AND NOT replaced FOR UPDATE",
        &[&plan.issue.as_str(), &plan.transport.as_str()],
    )?;
    let Some(before) = before.map(|row| row.get::<_, i64>(0)) else { return Ok(None) };
    release_expired(transaction)?;
    let busy: bool = transaction.query_one("SELECT EXISTS (SELECT 1 FROM holder WHERE plan = $1)", &[&before])?.get(0);
    if busy {
        return Err(LedgerError::Locked);
    }
    transaction.execute("UPDATE plan SET replaced = TRUE WHERE id = $1", &[&before])?;
    Ok(Some(before))
}

fn insert_plan(transaction: &mut Transaction<'_>, plan: &Plan, terms: &FreezeContext) -> Result<PlanId, LedgerError> {
    let row = transaction.query_one(
        "INSERT INTO plan (issue, series, transport, date, content, fingerprint, editions, send_until, frozen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
        &[
            &plan.issue.as_str(),
            &series_text(plan.series.as_ref()),
            &plan.transport.as_str(),
            &plan.date,
            &terms.content.as_str(),
            &to_json(&plan.fingerprint)?,
            &to_json(&plan.editions)?,
            &terms.send_until.map(Timestamp::as_millisecond),
            &terms.now.as_millisecond(),
        ],
    )?;
    Ok(PlanId(row.get(0)))
}

/// Takes over what has its answer for good; how many letters that are. Who left may have come back.
fn copy_settled(transaction: &mut Transaction<'_>, before: i64, plan: PlanId) -> Result<i64, LedgerError> {
    let kept = transaction.execute(
        "INSERT INTO letter (plan, number, address, key, person, audience, edition, message_id, state, tries, first_try,
           due, at, reply)
         SELECT $2, row_number() OVER (ORDER BY number) - 1, address, key, person, audience, edition, message_id, state,
           tries, first_try, due, at, reply
         FROM letter WHERE plan = $1 AND state NOT IN ('planned', 'in_flight', 'deferred', 'suppressed')",
        &[&before, &plan.0],
    )?;
    Ok(i64::try_from(kept).unwrap_or(i64::MAX))
}

/// Letters by column, as the server takes them in one message.
#[derive(Default)]
struct Batch {
    addresses: Vec<String>,
    keys: Vec<String>,
    people: Vec<String>,
    audiences: Vec<String>,
    editions: Vec<String>,
    message_ids: Vec<String>,
    /// Why a letter is held back; absent: it is not.
    held_back: Vec<Option<&'static str>>,
}

impl Batch {
    fn add(&mut self, letter: &PlannedLetter, terms: &FreezeContext) -> Result<(), LedgerError> {
        self.addresses.push(letter.person.address.to_string());
        self.keys.push(letter.person.address.key());
        self.people.push(to_json(&*letter.person)?);
        self.audiences.push(letter.audience.to_string());
        self.editions.push(letter.edition.clone());
        self.message_ids.push(letter.message_id.clone());
        self.held_back.push(terms.held_back.reason(&letter.person.address).map(SuppressionReason::as_str));
        Ok(())
    }

    /// Inserts what was added, and is empty afterwards. Whoever has had an answer for good is in the plan already, and
    /// gets no further letter. How many numbers were used.
    fn insert(
        &mut self,
        transaction: &mut Transaction<'_>,
        plan: PlanId,
        (from, terms): (i64, &FreezeContext),
    ) -> Result<i64, LedgerError> {
        let batch = std::mem::take(self);
        let many = i64::try_from(batch.keys.len()).unwrap_or(i64::MAX);
        let statement = "INSERT INTO letter (plan, number, address, key, person, audience, edition, message_id, state,
               reply, at)
             SELECT $1, $2 + place - 1, address, key, person, audience, edition, message_id,
               CASE WHEN reason IS NULL THEN 'planned' ELSE 'suppressed' END, reason,
               CASE WHEN reason IS NOT NULL THEN $10::bigint END
             FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
               WITH ORDINALITY AS new (address, key, person, audience, edition, message_id, reason, place)
             ON CONFLICT (plan, key) DO NOTHING";
        transaction.execute(
            statement,
            &[
                &plan.0,
                &from,
                &batch.addresses,
                &batch.keys,
                &batch.people,
                &batch.audiences,
                &batch.editions,
                &batch.message_ids,
                &batch.held_back,
                &terms.now.as_millisecond(),
            ],
        )?;
        Ok(many)
    }
}
