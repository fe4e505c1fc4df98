//! Suppressions: addresses that get no letters until the suppression is removed.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::base::digest::HmacKey;
use crate::delivery::ledger::columns::{ResultColumns, read_series};
use crate::delivery::ledger::error::LedgerError;
use crate::issue::series::SeriesId;
use crate::people::person::Address;
use crate::people::person::suppression_reason::{SuppressionReason, SuppressionRequest};

/// An address that gets no letters, or none of one series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// A keyed hash of the address, and the series: what it is found by.
    pub tag: String,
    /// The series that it is for; absent: for everything.
    pub series: Option<SeriesId>,
    /// The address; absent if it may not be stored: the tag does not reveal it.
    pub address: Option<Address>,
    /// Why.
    pub reason: SuppressionReason,
    /// Since when.
    pub at: Timestamp,
    /// Where this is known from.
    pub source: String,
    /// When and why it was removed; absent: it is in force.
    pub removal: Option<SuppressionRemoval>,
}

/// Why an address gets letters again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppressionRemoval {
    /// Since when.
    pub at: Timestamp,
    /// Why, in the operator's words.
    pub because: String,
}

impl Suppression {
    /// Makes a suppression for a series, or for everything; a request without a day counts from `now`.
    pub fn new(request: &SuppressionRequest, series: Option<&SeriesId>, key: &HmacKey, now: Timestamp) -> Self {
        let day = request.at.and_then(|day| day.to_zoned_datetime(TimeZone::UTC).ok()).map(|start| start.timestamp());
        Self {
            tag: tag(key, &request.address, series),
            series: series.cloned(),
            address: Some(request.address.clone()),
            reason: request.reason,
            at: day.filter(|day| *day < now).unwrap_or(now),
            source: request.source.clone(),
            removal: None,
        }
    }

    /// The address as it is stored: not at all for a person who is to be erased.
    pub(crate) fn stored_address(&self) -> Option<&Address> {
        self.address.as_ref().filter(|_| self.reason != SuppressionReason::Erased)
    }

    /// The columns that [`read`](Self::read) reads.
    pub(crate) const COLUMNS: &'static str = "tag, series, address, reason, at, source, removed_at, removed_because";

    /// The statement that stores one. It replaces an earlier one only if that was removed before, if the person is erased,
    /// or if the reader leaves: a decision of the sender may be undone later, and then the reader must still be
    /// unsubscribed. SQLite numbers `$1` and the like by first occurrence, so that they must occur in order.
    pub(crate) const INSERT: &'static str =
        "INSERT INTO suppression (tag, key, address, reason, at, source, series) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tag) DO UPDATE SET key = excluded.key, address = excluded.address,
           reason = excluded.reason, at = excluded.at, source = excluded.source, removed_at = NULL, removed_because = NULL
         WHERE excluded.at > suppression.removed_at OR excluded.reason = 'erased' AND suppression.reason <> 'erased'
           OR suppression.removed_at IS NULL AND suppression.reason IN ('bounced', 'manual')
             AND excluded.reason IN ('unsubscribed', 'complained')";

    pub(crate) fn read(row: &dyn ResultColumns) -> Result<Self, LedgerError> {
        let damaged = |column| LedgerError::Damaged { column };
        let address = row.text(2)?.map(|address| Address::parse(&address)).transpose();
        let reason = SuppressionReason::parse(&row.required_text(3, "suppression.reason")?);
        let because = row.text(7)?.unwrap_or_default();
        Ok(Self {
            tag: row.required_text(0, "suppression.tag")?,
            series: read_series(&row.required_text(1, "suppression.series")?, "suppression.series")?,
            address: address.map_err(|_| damaged("suppression.address"))?,
            reason: reason.ok_or(damaged("suppression.reason"))?,
            at: row.time(4)?.ok_or(damaged("suppression.at"))?,
            source: row.required_text(5, "suppression.source")?,
            removal: row.time(6)?.map(|at| SuppressionRemoval { at, because }),
        })
    }
}

/// The statement that forgets an erased person's address where it is stored, for a series or under a former key.
pub(crate) const FORGET_ADDRESS: &str = "UPDATE suppression SET key = NULL, address = NULL WHERE key = $1";

/// When a letter is due that was in flight as its address was suppressed: should the relay defer it, this value turns
/// it into a suppressed letter. The latest moment that can be read back.
pub(crate) fn far_future() -> i64 {
    Timestamp::MAX.as_millisecond()
}

/// What an address is found by among the suppressions of a series, or of everything.
pub fn tag(key: &HmacKey, address: &Address, series: Option<&SeriesId>) -> String {
    series_tag(key.tag("suppression", &[&address.key()]), series)
}

/// The tag for a series by the tag for everything: no key is needed, so that also an erased reader can leave a series.
pub(crate) fn series_tag(everything: String, series: Option<&SeriesId>) -> String {
    match series {
        Some(series) => format!("{everything}-{series}"),
        None => everything,
    }
}

/// The suppressions of a ledger, in either database.
pub trait Suppressions {
    /// Records suppressions, and suppresses letters to these addresses that are not sent yet; returns how many
    /// suppressions are new or stronger than before. One that is already there stays as it is, unless the new one erases, or
    /// the reader leaves after a bounce or the sender's own decision; a removed one is in force again if the new one is
    /// later than the removal.
    fn suppress(&mut self, suppressions: &[Suppression], now: Timestamp) -> Result<u64, LedgerError>;

    /// Removes the suppression with this tag; returns how many were in force.
    fn remove_suppression(&mut self, tag: &str, removal: &SuppressionRemoval) -> Result<u64, LedgerError>;

    /// Calls `visit` with every suppression, including removed ones, the oldest first.
    fn each_suppression(&mut self, visit: &mut dyn FnMut(Suppression)) -> Result<(), LedgerError>;
}

/// The suppressions of one address, under all keys of the project, including removed ones, the oldest first.
pub fn suppressions_of(
    ledger: &mut dyn Suppressions,
    keys: &[HmacKey],
    address: &Address,
) -> Result<Vec<Suppression>, LedgerError> {
    let tags: Vec<String> = keys.iter().map(|key| tag(key, address, None)).collect();
    let mut found = Vec::new();
    ledger.each_suppression(&mut |suppression| {
        let is_theirs = |tag: &String| suppression.tag == series_tag(tag.clone(), suppression.series.as_ref());
        if tags.iter().any(is_theirs) {
            found.push(suppression);
        }
    })?;
    Ok(found)
}

/// Copies every suppression into another ledger that has no plan yet.
pub fn copy_suppressions(from: &mut dyn Suppressions, into: &mut dyn Suppressions) -> Result<(), LedgerError> {
    let mut all = Vec::new();
    from.each_suppression(&mut |suppression| all.push(suppression))?;
    for suppression in &all {
        into.suppress(std::slice::from_ref(suppression), suppression.at)?;
        if let Some(removal) = &suppression.removal {
            into.remove_suppression(&suppression.tag, removal)?;
        }
    }
    Ok(())
}

/// The addresses that get no letter of one plan.
#[derive(Clone, Default)]
pub struct SuppressedAddresses {
    /// The key in use, and the former ones.
    keys: Arc<[HmacKey]>,
    everything: ReasonsByTag,
    series: ReasonsByTag,
}

/// By the first half of each tag: enough to distinguish a hundred million addresses, in a quarter of the memory.
type ReasonsByTag = HashMap<u64, SuppressionReason>;

impl SuppressedAddresses {
    /// Those whose suppression is in force for a series, or for the organisation's own newsletter.
    pub fn read(
        ledger: &mut dyn Suppressions,
        keys: Vec<HmacKey>,
        series: Option<&SeriesId>,
    ) -> Result<Self, LedgerError> {
        let mut read = Self { keys: keys.into(), ..Self::default() };
        ledger.each_suppression(&mut |suppression| {
            let reasons = match &suppression.series {
                None => &mut read.everything,
                Some(_) if suppression.series.as_ref() == series => &mut read.series,
                Some(_) => return,
            };
            if suppression.removal.is_none() {
                reasons.insert(short_tag(&suppression.tag), suppression.reason);
            }
        })?;
        Ok(read)
    }

    /// Whether any address is suppressed for this reason.
    pub fn holds(&self, reason: SuppressionReason) -> bool {
        self.everything.values().chain(self.series.values()).any(|other| *other == reason)
    }

    /// Whether no address is suppressed.
    pub fn is_empty(&self) -> bool {
        self.everything.is_empty() && self.series.is_empty()
    }

    /// Why an address gets no letter; absent: it gets one.
    pub fn reason(&self, address: &Address) -> Option<SuppressionReason> {
        if self.is_empty() {
            return None;
        }
        self.keys.iter().find_map(|key| {
            let tag = short_tag(&tag(key, address, None));
            self.everything.get(&tag).or_else(|| self.series.get(&tag)).copied()
        })
    }
}

impl fmt::Debug for SuppressedAddresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SuppressedAddresses({})", self.everything.len() + self.series.len())
    }
}

fn short_tag(tag: &str) -> u64 {
    tag.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default()
}
