//! Makes the readers of a frozen plan known under other keys, written once for both databases.

use crate::delivery::ledger::columns::LETTERS;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::feedback_store::FeedbackTransaction;
use crate::delivery::ledger::read::{Parameter, collect};
use crate::delivery::ledger::reader::{self, ReaderKeys, ReaderRow};
use crate::delivery::ledger::record::PlanId;
use crate::people::person::Address;

/// How many letters are read at a time.
const BATCH: i64 = 10_000;

/// Adds the readers of letters that are not sent yet, unless the plan was frozen with these keys.
pub(crate) fn add_readers(
    transaction: &mut impl FeedbackTransaction,
    plan: PlanId,
    keys: &ReaderKeys,
) -> Result<(), LedgerError> {
    let sql = "SELECT 1 FROM plan WHERE id = $1 AND reader_key = $2";
    let (id, fingerprint) = (Parameter::Integer(plan.0), keys.fingerprint());
    if !collect(transaction, sql, &[id, Parameter::Text(&fingerprint)], |_| Ok(()))?.is_empty() {
        return Ok(());
    }
    let mut after = -1;
    loop {
        let letters = open_letters(transaction, plan, after)?;
        let Some((last, _)) = letters.last() else { break };
        after = *last;
        let mut readers: Vec<ReaderRow> = letters.iter().map(|(_, address)| keys.row(address)).collect();
        // In the order of the tokens, neighbours in the table are written together.
        readers.sort_by_key(|reader| reader.token);
        for reader in readers {
            let (token, key) = (reader.token.to_string(), reader.key.as_deref());
            transaction.execute(
                "INSERT INTO reader (token, tag, key) VALUES ($1, $2, $3) ON CONFLICT (token) DO NOTHING",
                &[Parameter::Text(&token), Parameter::Text(&reader.tag), Parameter::OptionalText(key)],
            )?;
        }
    }
    transaction.execute(reader::SET_KEY, &[Parameter::Text(&fingerprint), id])
}

fn open_letters(
    transaction: &mut impl FeedbackTransaction,
    plan: PlanId,
    after: i64,
) -> Result<Vec<(i64, Address)>, LedgerError> {
    let sql = format!(
        "SELECT number, address FROM {LETTERS} WHERE plan = $1 AND number > $2 AND state IN ('planned', 'deferred')
         ORDER BY number LIMIT $3"
    );
    let parameters = [Parameter::Integer(plan.0), Parameter::Integer(after), Parameter::Integer(BATCH)];
    collect(transaction, &sql, &parameters, |row| {
        let address = Address::parse(&row.required_text(1, "letter.address")?);
        let damaged = |_| LedgerError::Damaged { column: "letter.address" };
        Ok((row.required_integer(0, "letter.number")?, address.map_err(damaged)?))
    })
}
