//! Writes a plan and its letters, in one transaction and some hundred letters at a time.

use jiff::Timestamp;
use postgres::Transaction;
use postgres::types::ToSql;

use crate::base::error::Error;
use crate::delivery::ledger::LetterIterator;
use crate::delivery::ledger::columns::{LETTERS, series_text, to_json};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::freeze_context::FreezeContext;
use crate::delivery::ledger::postgres::leases::release_expired;
use crate::delivery::ledger::postgres::open::{Postgres, lock_planning};
use crate::delivery::ledger::reader;
use crate::delivery::ledger::record::{PlanId, PlanRecord};
use crate::delivery::ledger::stored_letter::{StoredLetter, prepared_ahead};
use crate::letter::plan::Plan;
use crate::people::person::suppression_reason::SuppressionReason;

/// How many letters go to the server in one message.
const BATCH: usize = 500;

impl Postgres {
    pub(super) fn freeze_all(
        &mut self,
        plan: &Plan,
        context: &FreezeContext,
        letters: &mut LetterIterator<'_>,
    ) -> Result<PlanId, Error> {
        // Composing takes its time, and so does an operator who confirms. If the connection broke meanwhile, the lock
        // on planning went with it; if not, the session now holds it twice.
        self.client.retrying(|client| lock_planning(client))?;
        let mut transaction = self.client.connected()?.transaction().map_err(LedgerError::from)?;
        let before = replace(&mut transaction, plan)?;
        let id = insert_plan(&mut transaction, plan, context)?;
        let mut number = before.map_or(Ok(0), |before| copy_settled(&mut transaction, before, id))?;
        prepared_ahead(letters, context, |letters| {
            let mut batch = Batch::default();
            for letter in letters {
                batch.add(letter?);
                if batch.keys.len() == BATCH {
                    number += batch.insert(&mut transaction, id, number, context)?;
                }
            }
            batch.insert(&mut transaction, id, number, context)?;
            Ok::<_, Error>(())
        })?;
        transaction.execute(reader::SET_KEY, &[&context.readers.fingerprint(), &id.0]).map_err(LedgerError::from)?;
        transaction
            .execute(reader::SUPPRESS_WHO_LEFT, &[&context.now.as_millisecond(), &id.0])
            .map_err(LedgerError::from)?;
        // Without fresh statistics the server would not use the indexes for the new rows.
        transaction.batch_execute("ANALYZE letter; ANALYZE delivery; ANALYZE reader").map_err(LedgerError::from)?;
        transaction.commit().map_err(LedgerError::from)?;
        Ok(id)
    }
}

/// Replaces the plan in force, unless a host is sending it.
fn replace(transaction: &mut Transaction<'_>, plan: &Plan) -> Result<Option<i64>, LedgerError> {
    // FOR UPDATE makes hosts that are about to send this plan wait until it is replaced.
    let before = transaction.query_opt(
        "SELECT id FROM plan WHERE issue = $1 AND transport = $2 AND NOT replaced FOR UPDATE",
        &[&plan.issue.as_str(), &plan.transport.as_str()],
    )?;
    let Some(before) = before.map(|row| row.get::<_, i64>(0)) else { return Ok(None) };
    release_expired(transaction)?;
    let is_busy: bool =
        transaction.query_one("SELECT EXISTS (SELECT 1 FROM holder WHERE plan = $1)", &[&before])?.get(0);
    if is_busy {
        return Err(LedgerError::Locked);
    }
    transaction.execute("UPDATE plan SET replaced = TRUE WHERE id = $1", &[&before])?;
    Ok(Some(before))
}

fn insert_plan(transaction: &mut Transaction<'_>, plan: &Plan, context: &FreezeContext) -> Result<PlanId, LedgerError> {
    let row = transaction.query_one(
        PlanRecord::INSERT,
        &[
            &plan.issue.as_str(),
            &series_text(plan.series.as_ref()),
            &plan.transport.as_str(),
            &plan.date,
            &context.content.as_str(),
            &to_json(&plan.fingerprint)?,
            &to_json(&plan.editions)?,
            &context.send_until.map(Timestamp::as_millisecond),
            &context.now.as_millisecond(),
        ],
    )?;
    Ok(PlanId(row.get(0)))
}

/// Copies letters with a final outcome; returns how many they are. Suppressed ones are planned anew: their suppression
/// may have been removed.
fn copy_settled(transaction: &mut Transaction<'_>, before: i64, plan: PlanId) -> Result<i64, LedgerError> {
    // One statement sees one state of the letters: an operator may be cancelling the plan.
    let copy = format!(
        "WITH settled AS (
           SELECT row_number() OVER (ORDER BY number) - 1 AS place, * FROM {LETTERS}
           WHERE plan = $1 AND state NOT IN ('planned', 'in_flight', 'deferred', 'suppressed')),
         copied AS (
           INSERT INTO letter (plan, number, address, key, person, audience, edition, message_id)
           SELECT $2, place, address, key, person, audience, edition, message_id FROM settled)
         INSERT INTO delivery (plan, number, state, tries, first_try, due, at, reason_code, reason_status, reason_text, failure)
         SELECT $2, place, state, tries, first_try, due, at, reason_code, reason_status, reason_text, failure FROM settled"
    );
    let copied = transaction.execute(&copy, &[&before, &plan.0])?;
    Ok(i64::try_from(copied).unwrap_or(i64::MAX))
}

const INSERT_READERS: &str = "INSERT INTO reader (token, tag, key)
     SELECT token, tag, key FROM unnest($1::text[], $2::text[], $3::text[]) AS new (token, tag, key) ORDER BY token
     ON CONFLICT (token) DO NOTHING";
const UPDATE_READERS: &str = "UPDATE reader SET key = new.key
     FROM unnest($1::text[], $2::text[], $3::text[]) AS new (token, tag, key)
     WHERE reader.token = new.token AND reader.key IS NULL";

/// Letters by column, as the server takes them in one message.
#[derive(Default)]
struct Batch {
    addresses: Vec<String>,
    keys: Vec<String>,
    people: Vec<String>,
    audiences: Vec<String>,
    editions: Vec<String>,
    message_ids: Vec<String>,
    /// Why a letter is suppressed; absent: it is not.
    suppressions: Vec<Option<&'static str>>,
    tokens: Vec<String>,
    tags: Vec<String>,
}

impl Batch {
    fn add(&mut self, letter: StoredLetter) {
        self.addresses.push(letter.address.into());
        self.keys.push(letter.key);
        self.people.push(letter.person);
        self.audiences.push(letter.audience.to_string());
        self.editions.push(letter.edition);
        self.message_ids.push(letter.message_id);
        self.tokens.push(letter.token);
        self.tags.push(letter.tag);
        self.suppressions.push(letter.suppressed.map(SuppressionReason::as_str));
    }

    /// Inserts the added letters, except those whose recipients have one with a final outcome in the plan, and is empty
    /// afterwards; returns how many numbers were used.
    fn insert(
        &mut self,
        transaction: &mut Transaction<'_>,
        plan: PlanId,
        from: i64,
        context: &FreezeContext,
    ) -> Result<i64, LedgerError> {
        let batch = std::mem::take(self);
        let count = i64::try_from(batch.keys.len()).unwrap_or(i64::MAX);
        let statement = "WITH new AS (
               SELECT $2 + place - 1 AS number, address, key, person, audience, edition, message_id, reason
               FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
                 WITH ORDINALITY AS new (address, key, person, audience, edition, message_id, reason, place)),
             inserted AS (
               INSERT INTO letter (plan, number, address, key, person, audience, edition, message_id)
               SELECT $1, number, address, key, person, audience, edition, message_id FROM new
               ON CONFLICT (plan, key) DO NOTHING RETURNING number)
             INSERT INTO delivery (plan, number, state, reason_text, at)
             SELECT $1, number, CASE WHEN reason IS NULL THEN 'planned' ELSE 'suppressed' END, reason,
               CASE WHEN reason IS NOT NULL THEN $10::bigint END
             FROM new JOIN inserted USING (number)";
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
                &batch.suppressions,
                &context.now.as_millisecond(),
            ],
        )?;
        // The row of a reader who is unsubscribing at this moment is locked if their key is not known: this waits for
        // no other rows.
        let readers: [&(dyn ToSql + Sync); 3] = [&batch.tokens, &batch.tags, &batch.keys];
        for statement in [INSERT_READERS, UPDATE_READERS] {
            transaction.execute(statement, &readers)?;
        }
        Ok(count)
    }
}
