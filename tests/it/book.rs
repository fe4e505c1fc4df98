//! Ledgers with letters, for tests that need one.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use newsletter::audience::AudienceId;
use newsletter::base::digest::{Digest, HmacKey};
use newsletter::delivery::ledger::claim::{InFlight, RunScope};
use newsletter::delivery::ledger::freeze_context::FreezeContext;
use newsletter::delivery::ledger::rate_limits::RateLimits;
use newsletter::delivery::ledger::reader::ReaderKeys;
use newsletter::delivery::ledger::record::PlanId;
use newsletter::delivery::ledger::suppression::SuppressedAddresses;
use newsletter::delivery::ledger::writer::LedgerHandle;
use newsletter::delivery::ledger::{self, Ledger};
use newsletter::issue::IssueId;
use newsletter::letter::plan::{Plan, PlannedLetter, TransportKind};
use newsletter::people::person::values::Values;
use newsletter::people::person::{Address, Person, PersonOrigin};

/// A plan for these recipients, and their letters.
pub(crate) fn plan(recipients: &[&str]) -> (Plan, Vec<PlannedLetter>) {
    let letters = recipients.iter().map(|address| PlannedLetter {
        person: Arc::new(Person {
            address: Address::parse(address).unwrap(),
            lang: None,
            fields: Values::from_iter([]),
            consent: None,
            origin: PersonOrigin { path: "audiences/it-chiefs.yaml".into(), line: 4 },
        }),
        audience: AudienceId::parse("it-chiefs").unwrap(),
        edition: "it-chiefs.da".to_owned(),
        message_id: format!("<{}@kommune.example>", Digest::sha256(address.as_bytes())),
    });
    let plan = Plan {
        issue: IssueId::of_path("issues/nyt.md"),
        series: None,
        transport: TransportKind::Smtp,
        date: "Tue, 1 Dec 2026 09:00:00 +0100".to_owned(),
        fingerprint: BTreeMap::new(),
        editions: Vec::new(),
    };
    (plan, letters.collect())
}

/// The context in which tests freeze a plan.
pub(crate) fn freeze_context() -> FreezeContext {
    FreezeContext {
        content: Digest::sha256(b"nyt"),
        send_until: None,
        now: Timestamp::UNIX_EPOCH,
        suppressed: SuppressedAddresses::default(),
        readers: ReaderKeys { tokens: HmacKey::new(b"links"), suppressions: HmacKey::new(b"a key of the tests") },
    }
}

/// Freezes a plan for these recipients.
pub(crate) fn freeze(ledger: &mut dyn Ledger, recipients: &[&str]) -> PlanId {
    let (plan, letters) = plan(recipients);
    ledger.freeze(&plan, &freeze_context(), &mut letters.into_iter().map(Ok)).unwrap()
}

/// A run that tries every letter of a plan.
pub(crate) fn run_scope(plan: PlanId) -> RunScope {
    RunScope { plan, audience: None, limit: None, tries: 5, rate: RateLimits::default() }
}

/// Runs `work` with a handle of a new ledger in memory.
pub(crate) fn with_handle<T>(
    recipients: &[&str],
    work: impl FnOnce(&LedgerHandle) -> T,
) -> (T, Box<dyn Ledger>, PlanId) {
    with_handle_of(ledger::open::in_memory().unwrap(), recipients, work)
}

/// Runs `work` with a handle of this ledger.
pub(crate) fn with_handle_of<T>(
    mut ledger: Box<dyn Ledger>,
    recipients: &[&str],
    work: impl FnOnce(&LedgerHandle) -> T,
) -> (T, Box<dyn Ledger>, PlanId) {
    let plan = freeze(&mut *ledger, recipients);
    let done = newsletter::delivery::ledger::writer::write(&mut *ledger, run_scope(plan), work).unwrap();
    (done, ledger, plan)
}

/// Runs `work` with a letter that is in flight in a ledger.
pub(crate) fn with_in_flight<T>(work: impl FnOnce(&InFlight) -> T) -> T {
    let (done, _, _) = with_handle(&["anna@kommune.example"], |handle| {
        let claim = handle.claim(Timestamp::UNIX_EPOCH).unwrap().unwrap();
        work(&handle.busy().mark(claim, None, Timestamp::UNIX_EPOCH).unwrap())
    });
    done
}
