//! Refusals over the limit: listed by domain for a person to judge, and recorded once they are accepted.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::feedback::{BounceLimits, LetterReport, Refusal, ReportKind};
use crate::delivery::ledger::record::{PlanId, PlanRecord};
use crate::delivery::ledger::state::Totals;
use crate::delivery::refusal_limit::{RefusalCounts, RefusalLimit};
use crate::feedback::failure_class;
use crate::issue::IssueId;
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::ledgers;
use crate::ops::reason_counts;
use crate::ops::text::without_addresses;
use crate::project::Project;

/// How many domains are named.
const MAX_NAMED: usize = 3;

/// What happens to a plan with too many refused letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverLimitPolicy {
    /// It is paused, and no one is suppressed.
    Pause,
    /// Sending continues, and refusals suppress as usual.
    GoOn,
}

/// The letters to one domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainRefusals {
    /// The domain.
    pub domain: String,
    /// How many letters to it were attempted and refused.
    pub counts: RefusalCounts,
    /// The reply to the first refused one, without its address.
    pub sample: String,
}

impl fmt::Display for DomainRefusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { domain, counts, sample } = self;
        let text = message!(
            "{domain} {} of {} (`{sample}`)",
            "{domain} {} af {} (`{sample}`)",
            counts.refused,
            counts.attempted
        );
        text.fmt(f)
    }
}

/// The limit that is in force for a plan; absent: none is set, or its refusals were accepted.
pub fn limit_of(project: &Project, plan: &PlanRecord) -> Option<RefusalLimit> {
    project.settings().failures.refused.filter(|_| !plan.accepts_refusals)
}

/// Whether more letters were refused than the limit allows.
pub fn is_over(limit: Option<RefusalLimit>, totals: &Totals) -> bool {
    limit.is_some_and(|limit| !limit.allows(RefusalCounts::of(totals)))
}

/// Checks that a plan is not paused.
///
/// # Errors
///
/// It is paused, or the ledger cannot be read.
pub fn check(project: &Project, ledger: &mut dyn Ledger, plan: &PlanRecord) -> Result<(), Blocked> {
    let totals = ledger.totals(plan.id)?;
    let limit = limit_of(project, plan);
    match limit.filter(|_| is_over(limit, &totals) && !totals.is_finished()) {
        Some(limit) => Err(too_many(ledger, plan, limit)?.into()),
        None => Ok(()),
    }
}

/// Whether the plan of an issue is paused.
///
/// # Errors
///
/// The ledger cannot be read.
pub fn is_paused(project: &Project, issue: &IssueId) -> Result<bool, Error> {
    let Some(mut ledger) = ledgers::open_to_read(project)? else { return Ok(false) };
    let Some(plan) = ledger.plan(issue, ledgers::transport_kind(project))? else { return Ok(false) };
    let totals = ledger.totals(plan.id)?;
    Ok(is_over(limit_of(project, &plan), &totals) && !totals.is_finished())
}

/// The failure for a plan with too many refused letters, with their domains.
///
/// # Errors
///
/// The ledger cannot be read.
pub fn too_many(ledger: &mut dyn Ledger, plan: &PlanRecord, limit: RefusalLimit) -> Result<GuardFailure, Error> {
    let domains = by_domain(ledger, plan)?;
    let mut named: Vec<Message> = domains.iter().take(MAX_NAMED).map(Message::shown).collect();
    if domains.len() > MAX_NAMED {
        let more = domains.len() - MAX_NAMED;
        named.push(match more {
            1 => message!("1 more domain", "1 domæne mere"),
            _ => message!("{more} more domains", "{more} domæner mere"),
        });
    }
    Ok(GuardFailure::TooManyRefused {
        issue: plan.issue.clone(),
        counts: RefusalCounts::of(&ledger.totals(plan.id)?),
        limit,
        domains: Message::joined(named, "; "),
    })
}

/// The domains to which letters were refused, those with the most refusals first.
pub fn by_domain(ledger: &mut dyn Ledger, plan: &PlanRecord) -> Result<Vec<DomainRefusals>, Error> {
    let mut domains: BTreeMap<String, DomainRefusals> = BTreeMap::new();
    ledger.each_letter(plan.id, &mut |record| {
        let mut state = Totals::default();
        state.add(record.state, 1);
        let RefusalCounts { attempted, refused } = RefusalCounts::of(&state);
        if attempted == 0 {
            return;
        }
        let address = &record.letter.person.address;
        let domain = address.domain().to_lowercase();
        let found = domains.entry(domain.clone()).or_insert_with(|| DomainRefusals {
            domain,
            counts: RefusalCounts::default(),
            sample: String::new(),
        });
        found.counts.attempted += attempted;
        found.counts.refused += refused;
        if let Some(reason) = record.reason.filter(|_| refused > 0 && found.sample.is_empty()) {
            found.sample = without_addresses(&reason_counts::redacted(&reason.to_string(), address.as_str()));
        }
    })?;
    let mut domains: Vec<DomainRefusals> = domains.into_values().filter(|domain| domain.counts.refused > 0).collect();
    domains.sort_by_key(|domain| Reverse(domain.counts.refused));
    Ok(domains)
}

/// Records that a plan is sent in spite of its refusals, and suppresses the recipients of the refusals so far.
///
/// # Errors
///
/// The ledger cannot be written.
pub fn accept(ledger: &mut dyn Ledger, plan: PlanId, bounces: &BounceLimits) -> Result<(), Error> {
    ledger.accept_refusals(plan)?;
    report(ledger, plan, bounces)
}

/// Reports the refusals of a plan like bounces, so that both suppress by the same rules.
///
/// # Errors
///
/// The ledger cannot be written.
pub fn report(ledger: &mut dyn Ledger, plan: PlanId, bounces: &BounceLimits) -> Result<(), Error> {
    let refusals = ledger.refusals(plan)?.into_iter();
    let reports: Vec<LetterReport> = refusals
        .map(|Refusal { letter, at, reason }| {
            let class = failure_class::classify(reason.status(), reason.code(), reason.text());
            LetterReport { letter, kind: ReportKind::Failed(class), at, reason }
        })
        .collect();
    if !reports.is_empty() {
        ledger.report(&reports, bounces)?;
    }
    Ok(())
}
