//! Bounces, complaints and unsubscriptions, in total and by domain.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::error::Error;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::feedback::FailureClass;
use crate::delivery::ledger::record::{ERASED_DOMAIN, PlanRecord};
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::feedback::failure_class;
use crate::issue::IssueId;
use crate::letter::plan::TransportKind;
use crate::ops::reason_counts::{self, ReasonCount};

/// Of a thousand letters, how many may bounce: above 2 %, receivers assume that the list is old or bought.
const MAX_BOUNCED: u64 = 20;
/// Of a thousand letters, how many may be reported as spam: Gmail and Yahoo ask for less than 0.1 % (sender guidelines of
/// February 2024).
const MAX_COMPLAINED: u64 = 1;

/// Feedback on the letters that the relay accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FeedbackCounts {
    /// Letters that the relay accepted.
    pub sent: u64,
    /// Those that did not arrive.
    pub bounced: u64,
    /// Those that were reported as spam.
    pub complained: u64,
    /// Those after which the reader unsubscribed.
    pub left: u64,
}

impl FeedbackCounts {
    fn of(totals: &Totals) -> Self {
        Self {
            sent: totals.ever_accepted(),
            bounced: totals.of(LetterState::Bounced),
            complained: totals.of(LetterState::Complained),
            left: totals.of(LetterState::Left),
        }
    }

    /// Whether more bounced than receivers tolerate.
    pub fn bounces_too_often(&self) -> bool {
        self.bounced * 1000 > self.sent * MAX_BOUNCED
    }

    /// Whether more were reported as spam than receivers tolerate.
    pub fn complains_too_often(&self) -> bool {
        self.complained * 1000 > self.sent * MAX_COMPLAINED
    }
}

/// Feedback from one domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DomainFeedback {
    /// The domain; absent: of readers who were erased.
    pub domain: Option<String>,
    /// The counts.
    #[serde(flatten)]
    pub counts: FeedbackCounts,
}

/// Feedback on the letters of some plans.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FeedbackRates {
    /// From all domains.
    #[serde(flatten)]
    pub all: FeedbackCounts,
    /// From each domain: those with most feedback first, then those with most letters.
    pub domains: Vec<DomainFeedback>,
}

impl FeedbackRates {
    /// Counts the letters of these plans.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub fn of(ledger: &mut dyn Ledger, plans: &[PlanRecord]) -> Result<Self, Error> {
        let mut domains: BTreeMap<String, Totals> = BTreeMap::new();
        for plan in plans {
            ledger.each_letter(plan.id, &mut |record| {
                let domain = record.letter.person.address.domain();
                if let Some(totals) = domains.get_mut(domain) {
                    totals.add(record.state, 1);
                } else {
                    domains.entry(domain.to_owned()).or_default().add(record.state, 1);
                }
            })?;
        }
        let mut all = Totals::default();
        let mut rates = Self::default();
        for (domain, totals) in domains {
            for state in LetterState::ALL {
                all.add(state, totals.of(state));
            }
            let domain = Some(domain).filter(|domain| domain != ERASED_DOMAIN);
            rates.domains.push(DomainFeedback { domain, counts: FeedbackCounts::of(&totals) });
        }
        rates.all = FeedbackCounts::of(&all);
        rates.domains.retain(|domain| domain.counts.sent > 0);
        rates.domains.sort_by_key(|DomainFeedback { counts, .. }| {
            Reverse((counts.bounced + counts.complained, counts.left, counts.sent))
        });
        Ok(rates)
    }
}

/// Why letters of the last issue were refused or bounced for a reason on the sender's side.
#[derive(Debug)]
pub struct SenderFaults {
    /// The issue.
    pub issue: IssueId,
    /// The reasons, in the receivers' words; the most frequent first.
    pub reasons: Vec<ReasonCount>,
}

impl SenderFaults {
    /// The reasons for the newest plan to a relay; none: no letter of it was refused or bounced for such a reason.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub fn of_last(ledger: &mut dyn Ledger) -> Result<Option<Self>, Error> {
        let plans = ledger.plans_in_force()?.into_iter().filter(|plan| plan.transport == TransportKind::Smtp);
        let Some(plan) = plans.max_by_key(|plan| plan.frozen_at) else { return Ok(None) };
        let totals = ledger.totals(plan.id)?;
        if totals.of(LetterState::Bounced) + totals.of(LetterState::Refused) == 0 {
            return Ok(None);
        }
        let mut reasons = reason_counts::of_plan(ledger, &plan, &totals)?;
        reasons.retain(|reason| {
            matches!(reason.state, LetterState::Bounced | LetterState::Refused)
                && failure_class::classify(reason.status, reason.code, &reason.text) == FailureClass::Ours
        });
        Ok(if reasons.is_empty() { None } else { Some(Self { issue: plan.issue, reasons }) })
    }

    /// How many letters.
    pub fn letters(&self) -> u64 {
        self.reasons.iter().map(|reason| reason.letters).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_above_what_receivers_put_up_with_are_too_high() {
        let counts = |sent, bounced, complained| FeedbackCounts { sent, bounced, complained, left: 0 };
        for (counts, bounced, complained) in [
            (counts(0, 0, 0), false, false),
            (counts(1000, 20, 1), false, false),
            (counts(1000, 21, 2), true, true),
            (counts(3, 1, 0), true, false),
            (counts(999, 19, 1), false, true),
        ] {
            assert_eq!((counts.bounces_too_often(), counts.complains_too_often()), (bounced, complained), "{counts:?}");
        }
    }
}
