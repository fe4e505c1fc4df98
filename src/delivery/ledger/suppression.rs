//! Addresses that are not written to until somebody takes that back.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::base::digest::HmacKey;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::record::{read_series, time};
use crate::issue::series::SeriesId;
use crate::people::person::Address;
use crate::people::person::suppression_reason::{SuppressionReason, SuppressionRequest};

/// An address that is not written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// By which it is found: a keyed hash of the address.
    pub tag: String,
    /// The series that they left; absent: nothing at all is written to them.
    pub series: Option<SeriesId>,
    /// The address; absent where it may not be kept, and nobody can tell it from the tag.
    pub address: Option<Address>,
    /// Why.
    pub reason: SuppressionReason,
    /// Since when.
    pub at: Timestamp,
    /// Where that is known from.
    pub source: String,
    /// When and why it was taken back; absent: it is in force.
    pub lifted: Option<SuppressionRemoval>,
}

/// Why an address is written to again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppressionRemoval {
    /// Since when.
    pub at: Timestamp,
    /// Why, in the words of whoever did it.
    pub because: String,
}

impl Suppression {
    /// Records a departure from a series, or from everything; where it says no day, it is of this moment.
    pub fn of(departure: &SuppressionRequest, series: Option<&SeriesId>, (key, now): (&HmacKey, Timestamp)) -> Self {
        let day = departure.at.and_then(|it| it.to_zoned(jiff::tz::TimeZone::UTC).ok()).map(|it| it.timestamp());
        Self {
            tag: tag(key, &departure.address, series),
            series: series.cloned(),
            address: Some(departure.address.clone()),
            reason: departure.reason,
            at: day.filter(|it| *it < now).unwrap_or(now),
            source: departure.source.clone(),
            lifted: None,
        }
    }

    /// What is kept of the address: nothing, of somebody who is to be forgotten.
    pub(crate) fn kept_address(&self) -> Option<&Address> {
        self.address.as_ref().filter(|_| self.reason != SuppressionReason::Erased)
    }
}

/// The columns of a suppression, as both databases hold them.
pub(crate) struct SuppressionColumns {
    pub(crate) tag: String,
    pub(crate) series: String,
    pub(crate) address: Option<String>,
    pub(crate) reason: String,
    pub(crate) at: i64,
    pub(crate) source: String,
    pub(crate) lifted_at: Option<i64>,
    pub(crate) lifted_because: Option<String>,
}

impl SuppressionColumns {
    pub(crate) fn read(self) -> Result<Suppression, LedgerError> {
        let damaged = |column| LedgerError::Damaged { column };
        let because = self.lifted_because.unwrap_or_default();
        Ok(Suppression {
            tag: self.tag,
            series: read_series(&self.series, "suppression.series")?,
            address: self
                .address
                .map(|it| Address::parse(&it))
                .transpose()
                .map_err(|_| damaged("suppression.address"))?,
            reason: SuppressionReason::parse(&self.reason).ok_or(damaged("suppression.reason"))?,
            at: time(self.at)?,
            source: self.source,
            lifted: self.lifted_at.map(|at| time(at).map(|at| SuppressionRemoval { at, because })).transpose()?,
        })
    }
}

/// When a letter is due that was on its way as its reader left: should the relay put it off, it is held back. The latest
/// moment that can be read back.
pub(crate) fn far_future() -> i64 {
    Timestamp::MAX.as_millisecond()
}

/// By which an address is found among those who left a series, or everything, without being told by it.
pub fn tag(key: &HmacKey, address: &Address, series: Option<&SeriesId>) -> String {
    let address = address.key();
    let pieces = [address.as_str()].into_iter().chain(series.map(SeriesId::as_str));
    key.tag("suppression", &pieces.collect::<Vec<_>>())
}

/// The suppressed, wherever the ledger is kept.
pub trait Suppressions {
    /// Records addresses that are not to be written to, and holds back what is planned for them and not yet sent; how
    /// many of them are new. One that is there already stays as it is, unless it is to be forgotten from now on; one
    /// that was taken back is in force again if it left after that.
    fn suppress(&mut self, suppressions: &[Suppression], now: Timestamp) -> Result<u64, LedgerError>;

    /// Takes back that of an address; how many were in force.
    fn lift(&mut self, tag: &str, lifted: &SuppressionRemoval) -> Result<u64, LedgerError>;

    /// Shows every suppression, also those that were taken back, the oldest first.
    fn each_suppression(&mut self, visit: &mut dyn FnMut(Suppression)) -> Result<(), LedgerError>;
}

/// Those of one address, also the ones that were taken back, the oldest first.
pub fn suppressions_of(
    ledger: &mut dyn Suppressions,
    key: &HmacKey,
    address: &Address,
) -> Result<Vec<Suppression>, LedgerError> {
    let mut found = Vec::new();
    let is_theirs = |it: &Suppression| it.tag == tag(key, address, it.series.as_ref());
    ledger.each_suppression(&mut |it| found.extend(Some(it).filter(is_theirs)))?;
    Ok(found)
}

/// Writes those of one ledger into another one that has no plan yet, as they stand.
pub fn copy_suppressions(from: &mut dyn Suppressions, into: &mut dyn Suppressions) -> Result<(), LedgerError> {
    let mut all = Vec::new();
    from.each_suppression(&mut |it| all.push(it))?;
    for suppression in &all {
        into.suppress(std::slice::from_ref(suppression), suppression.at)?;
        if let Some(lifted) = &suppression.lifted {
            into.lift(&suppression.tag, lifted)?;
        }
    }
    Ok(())
}

/// Who gets no letter of one plan.
#[derive(Clone, Default)]
pub struct SuppressedAddresses {
    key: Option<Arc<HmacKey>>,
    series: Option<SeriesId>,
    /// Half of the tag is enough to tell a hundred million addresses apart, and takes a quarter of its room.
    reasons: HashMap<u64, SuppressionReason>,
}

impl SuppressedAddresses {
    /// Those whose suppression is in force for a series, or for the house's own newsletter.
    pub fn read(ledger: &mut dyn Suppressions, key: HmacKey, series: Option<&SeriesId>) -> Result<Self, LedgerError> {
        let mut reasons = HashMap::new();
        ledger.each_suppression(&mut |it| {
            if it.lifted.is_none() && (it.series.is_none() || it.series.as_ref() == series) {
                reasons.insert(short_tag(&it.tag), it.reason);
            }
        })?;
        Ok(Self { key: Some(Arc::new(key)), series: series.cloned(), reasons })
    }

    /// Whether anybody is held back for this reason.
    pub fn holds(&self, reason: SuppressionReason) -> bool {
        self.reasons.values().any(|it| *it == reason)
    }

    /// Why an address gets no letter; absent: it gets one.
    pub fn reason(&self, address: &Address) -> Option<SuppressionReason> {
        let key = self.key.as_ref().filter(|_| !self.reasons.is_empty())?;
        let of = |series: Option<&SeriesId>| self.reasons.get(&short_tag(&tag(key, address, series))).copied();
        of(None).or_else(|| of(Some(self.series.as_ref()?)))
    }
}

impl fmt::Debug for SuppressedAddresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HeldBack({})", self.reasons.len())
    }
}

fn short_tag(tag: &str) -> u64 {
    tag.get(..16).and_then(|it| u64::from_str_radix(it, 16).ok()).unwrap_or_default()
}
