//! The ledger as an SQLite file.

use std::collections::HashSet;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, TransactionBehavior, params};

use crate::audience::AudienceId;
use crate::digest::Digest;
use crate::issue::IssueId;
use crate::ledger::lock::make_folder_of;
use crate::ledger::{LedgerError, LetterRecord, PlanId, PlanRecord, State, Totals};
use crate::plan::{Plan, PlannedLetter, TransportKind};

const SCHEMA: &str = include_str!("schema.sql");
/// The format of this version, kept in SQLite's `user_version`.
const FORMAT: i64 = 1;
/// Marks the file as ours in SQLite's `application_id`: `NLtr` in ASCII.
const APPLICATION: i64 = 0x4e4c_7472;

/// An open ledger.
#[derive(Debug)]
pub struct Ledger {
    connection: Connection,
}

/// What an operator says of letters in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// They arrived: count them as accepted.
    Sent,
    /// They did not: send them again.
    Resend,
}

impl Ledger {
    /// Opens a ledger, and makes it where there is none; its folder is readable by its owner only, for it holds who got
    /// what.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        make_folder_of(path)?;
        let mut ledger = Self { connection: Connection::open(path)? };
        ledger.prepare(path)?;
        Ok(ledger)
    }

    /// A ledger that is gone with the run: a dry run's.
    pub fn in_memory() -> Result<Self, LedgerError> {
        let mut ledger = Self { connection: Connection::open_in_memory()? };
        ledger.prepare(Path::new(":memory:"))?;
        Ok(ledger)
    }

    fn prepare(&mut self, path: &Path) -> Result<(), LedgerError> {
        let connection = &self.connection;
        connection.busy_timeout(std::time::Duration::from_secs(20))?;
        let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let format: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if application != APPLICATION && tables > 0 {
            return Err(LedgerError::Foreign { path: path.to_owned() });
        }
        if format > FORMAT {
            return Err(LedgerError::Newer { found: format, known: FORMAT });
        }
        // FULL: the promise rests on `in flight` being on the disk when a commit returns (sqlite.org/pragma.html).
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        if tables == 0 {
            let transaction = self.begin()?;
            // Another process may have made the tables since they were counted.
            let made: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
            if made == 0 {
                transaction.execute_batch(SCHEMA)?;
                transaction.pragma_update(None, "application_id", APPLICATION)?;
                transaction.pragma_update(None, "user_version", FORMAT)?;
            }
            transaction.commit()?;
        }
        Ok(())
    }

    pub(super) fn begin(&mut self) -> Result<Transaction<'_>, LedgerError> {
        Ok(self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    /// Freezes a plan in one transaction: all of it is there afterwards, or nothing.
    ///
    /// Where a plan of the same issue and transport is in force, this one takes its place (`--replan`): who has had an
    /// answer for good keeps it, and nobody is written to again.
    pub fn freeze(&mut self, plan: &Plan, terms: &Terms) -> Result<PlanId, LedgerError> {
        let before = self.plan(&plan.issue, plan.transport)?;
        let settled = match &before {
            Some(record) => self.letters(record.id)?.into_iter().filter(|it| it.state.is_final()).collect(),
            None => Vec::new(),
        };
        let transaction = self.begin()?;
        if let Some(record) = &before {
            transaction.execute("UPDATE plan SET replaced = 1 WHERE id = ?1", [record.id.0])?;
        }
        transaction.execute(
            "INSERT INTO plan (issue, transport, date, content, fingerprint, editions, send_until, frozen_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                plan.issue.as_str(),
                plan.transport.as_str(),
                plan.date,
                terms.content.as_str(),
                to_json(&plan.fingerprint)?,
                to_json(&plan.editions)?,
                terms.send_until.map(Timestamp::as_millisecond),
                terms.now.as_millisecond(),
            ],
        )?;
        let id = PlanId(transaction.last_insert_rowid());
        insert_letters(&transaction, id, &settled, &plan.letters)?;
        transaction.commit()?;
        Ok(id)
    }

    /// The plan in force for an issue and a kind of transport.
    pub fn plan(&self, issue: &IssueId, transport: TransportKind) -> Result<Option<PlanRecord>, LedgerError> {
        let mut plans =
            self.plans("replaced = 0 AND issue = ?1 AND transport = ?2", &[issue.as_str(), transport.as_str()])?;
        Ok(plans.pop())
    }

    /// Every plan in force, the oldest first.
    pub fn plans_in_force(&self) -> Result<Vec<PlanRecord>, LedgerError> {
        self.plans("replaced = 0", &[])
    }

    /// The plan of another issue with the same content, of which something was sent by this kind of transport.
    pub fn same_content(
        &self,
        content: &Digest,
        issue: &IssueId,
        transport: TransportKind,
    ) -> Result<Option<PlanRecord>, LedgerError> {
        let mut plans = self.plans(
            "content = ?1 AND issue <> ?2 AND transport = ?3 AND EXISTS
             (SELECT 1 FROM letter WHERE plan = plan.id AND state IN ('accepted', 'in_doubt', 'in_flight'))",
            &[content.as_str(), issue.as_str(), transport.as_str()],
        )?;
        Ok(plans.pop())
    }

    fn plans(&self, condition: &str, values: &[&str]) -> Result<Vec<PlanRecord>, LedgerError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT id, issue, transport, date, content, fingerprint, editions, send_until, frozen_at
             FROM plan WHERE {condition} ORDER BY id"
        ))?;
        let mut rows = statement.query(rusqlite::params_from_iter(values))?;
        let mut plans = Vec::new();
        while let Some(row) = rows.next()? {
            plans.push(plan_record(row)?);
        }
        Ok(plans)
    }

    /// What the plan's letters add up to.
    pub fn totals(&self, plan: PlanId) -> Result<Totals, LedgerError> {
        let mut statement =
            self.connection.prepare_cached("SELECT state, count(*) FROM letter WHERE plan = ?1 GROUP BY state")?;
        let mut rows = statement.query([plan.0])?;
        let mut totals = Totals::default();
        while let Some(row) = rows.next()? {
            totals.add(state(row, 0)?, row.get::<_, i64>(1)?.unsigned_abs());
        }
        Ok(totals)
    }

    /// Whether a letter of the plan may be tried at this moment.
    pub fn is_due(&self, plan: PlanId, now: Timestamp) -> Result<bool, LedgerError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM letter WHERE plan = ?1 AND state IN ('planned', 'deferred') AND due <= ?2)",
        )?;
        Ok(statement.query_row(params![plan.0, now.as_millisecond()], |row| row.get(0))?)
    }

    /// Every letter of a plan, in order.
    pub fn letters(&self, plan: PlanId) -> Result<Vec<LetterRecord>, LedgerError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT person, audience, edition, message_id, state, tries, at, reply
             FROM letter WHERE plan = ?1 ORDER BY number",
        )?;
        let mut rows = statement.query([plan.0])?;
        let mut letters = Vec::new();
        while let Some(row) = rows.next()? {
            letters.push(LetterRecord {
                letter: planned_letter(row)?,
                state: state(row, 4)?,
                tries: row.get(5)?,
                at: row.get::<_, Option<i64>>(6)?.map(time).transpose()?,
                reply: row.get(7)?,
            });
        }
        Ok(letters)
    }

    /// What a run that was killed left behind: letters that were in flight to a relay are in doubt; those on their way
    /// into a folder are planned again, for there a second delivery takes the place of the first. Only for who holds
    /// the [`Lock`](super::Lock).
    pub fn recover(&mut self) -> Result<u64, LedgerError> {
        self.connection.execute(
            "UPDATE letter SET state = 'planned'
             WHERE state = 'in_flight' AND plan IN (SELECT id FROM plan WHERE transport <> 'smtp')",
            [],
        )?;
        let changed = self.connection.execute(
            "UPDATE letter SET state = 'in_doubt',
               reply = coalesce(reply || ' – ', '') || 'the run was ended before the relay answered'
             WHERE state = 'in_flight'",
            [],
        )?;
        Ok(changed as u64)
    }

    /// Ends what is over its time: letters first tried before `oldest`, or all that are open where `send_until` has
    /// passed.
    pub fn expire(&mut self, plan: &PlanRecord, oldest: Timestamp, now: Timestamp) -> Result<u64, LedgerError> {
        let over = plan.send_until.is_some_and(|until| until < now);
        let changed = self.connection.execute(
            "UPDATE letter SET state = 'expired', at = ?3
             WHERE plan = ?1 AND (state = 'deferred' AND first_try < ?2 OR ?4 AND state IN ('planned', 'deferred'))",
            params![plan.id.0, oldest.as_millisecond(), now.as_millisecond(), over],
        )?;
        Ok(changed as u64)
    }

    /// Says what became of letters in doubt: of one address each, or of all of them where none is named.
    pub fn resolve(
        &mut self,
        plan: PlanId,
        addresses: &[String],
        resolution: Resolution,
        now: Timestamp,
    ) -> Result<u64, LedgerError> {
        let state = match resolution {
            Resolution::Sent => State::Accepted,
            Resolution::Resend => State::Planned,
        };
        let wanted: HashSet<&String> = addresses.iter().collect();
        let doubtful: Vec<(i64, String)> = self
            .connection
            .prepare_cached("SELECT number, key FROM letter WHERE plan = ?1 AND state = 'in_doubt'")?
            .query_map([plan.0], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let transaction = self.begin()?;
        let mut changed = 0;
        for (number, _) in doubtful.iter().filter(|(_, key)| wanted.is_empty() || wanted.contains(key)) {
            changed += transaction.execute(
                "UPDATE letter SET state = ?3, at = ?4 WHERE plan = ?1 AND number = ?2",
                params![plan.0, number, state.as_str(), now.as_millisecond()],
            )?;
        }
        transaction.commit()?;
        Ok(changed as u64)
    }

    /// The next letters to try: never tried ones first, then those that have been tried least, if they are due.
    pub(super) fn open_letters(
        &self,
        plan: PlanId,
        audience: Option<&AudienceId>,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(i64, u32, PlannedLetter)>, LedgerError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT person, audience, edition, message_id, number, tries
             FROM letter WHERE plan = ?1 AND state IN ('planned', 'deferred') AND due <= ?2
               AND (?3 IS NULL OR audience = ?3)
             ORDER BY tries, number LIMIT ?4",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let audience = audience.map(AudienceId::as_str);
        let mut rows = statement.query(params![plan.0, now.as_millisecond(), audience, limit])?;
        let mut letters = Vec::new();
        while let Some(row) = rows.next()? {
            letters.push((row.get(4)?, row.get(5)?, planned_letter(row)?));
        }
        Ok(letters)
    }
}

/// What a frozen plan is bound to besides its letters.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The digest of the issue's own content.
    pub content: Digest,
    /// After this moment nothing is tried any more.
    pub send_until: Option<Timestamp>,
    /// The moment of freezing.
    pub now: Timestamp,
}

fn insert_letters(
    transaction: &Transaction<'_>,
    plan: PlanId,
    settled: &[LetterRecord],
    letters: &[PlannedLetter],
) -> Result<(), LedgerError> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO letter (plan, number, address, key, person, audience, edition, message_id, state, tries, at, reply)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let reached: HashSet<String> = settled.iter().map(|it| it.letter.person.address.key()).collect();
    let fresh = letters.iter().filter(|it| !reached.contains(&it.person.address.key())).map(|letter| LetterRecord {
        letter: letter.clone(),
        state: State::Planned,
        tries: 0,
        at: None,
        reply: None,
    });
    for (number, record) in settled.iter().cloned().chain(fresh).enumerate() {
        let letter = &record.letter;
        statement.execute(params![
            plan.0,
            i64::try_from(number).unwrap_or(i64::MAX),
            letter.person.address.as_str(),
            letter.person.address.key(),
            to_json(&*letter.person)?,
            letter.audience.as_str(),
            letter.edition,
            letter.message_id,
            record.state.as_str(),
            record.tries,
            record.at.map(Timestamp::as_millisecond),
            record.reply,
        ])?;
    }
    Ok(())
}

fn plan_record(row: &Row<'_>) -> Result<PlanRecord, LedgerError> {
    let transport: String = row.get(2)?;
    Ok(PlanRecord {
        id: PlanId(row.get(0)?),
        issue: IssueId::recorded(row.get(1)?),
        transport: [TransportKind::Outbox, TransportKind::Smtp, TransportKind::Folder]
            .into_iter()
            .find(|it| it.as_str() == transport)
            .ok_or(LedgerError::Damaged { column: "plan.transport" })?,
        date: row.get(3)?,
        content: from_json(&format!("\"{}\"", row.get::<_, String>(4)?), "plan.content")?,
        fingerprint: from_json(&row.get::<_, String>(5)?, "plan.fingerprint")?,
        editions: from_json(&row.get::<_, String>(6)?, "plan.editions")?,
        send_until: row.get::<_, Option<i64>>(7)?.map(time).transpose()?,
        frozen_at: time(row.get(8)?)?,
    })
}

fn planned_letter(row: &Row<'_>) -> Result<PlannedLetter, LedgerError> {
    Ok(PlannedLetter {
        person: from_json(&row.get::<_, String>(0)?, "letter.person")?,
        audience: from_json(&format!("\"{}\"", row.get::<_, String>(1)?), "letter.audience")?,
        edition: row.get(2)?,
        message_id: row.get(3)?,
    })
}

fn state(row: &Row<'_>, column: usize) -> Result<State, LedgerError> {
    State::parse(&row.get::<_, String>(column)?).ok_or(LedgerError::Damaged { column: "letter.state" })
}

fn time(milliseconds: i64) -> Result<Timestamp, LedgerError> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| LedgerError::Damaged { column: "a time" })
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String, LedgerError> {
    serde_json::to_string(value).map_err(|_| LedgerError::Damaged { column: "a value to be written" })
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str, column: &'static str) -> Result<T, LedgerError> {
    serde_json::from_str(text).map_err(|_| LedgerError::Damaged { column })
}
