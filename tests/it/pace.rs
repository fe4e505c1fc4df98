//! Rate limits: sliding windows, kept in the ledger.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};
use newsletter::delivery::ledger::claim::{Claim, RunScope};
use newsletter::delivery::ledger::location::LedgerLocation;
use newsletter::delivery::ledger::rate_limits::{RateDecision, RateLimits};
use newsletter::delivery::ledger::record::PlanId;
use newsletter::delivery::ledger::writer::LedgerHandle;
use newsletter::delivery::ledger::{self, Ledger};

use crate::book::{freeze, run_scope};
use crate::postgres;
use crate::project::Project;
use crate::scripted::{Relay, Script, Trick};

const PEOPLE: [&str; 5] = ["a@one.example", "b@one.example", "c@TWO.example", "d@two.example", "e@two.example"];
const MINUTE: i64 = 61_000;

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24_000) + SignedDuration::from_millis(milliseconds)
}

fn rate(per_minute: u32, per_day: u32, two: u32) -> RateLimits {
    let per_domain = NonZeroU32::new(two).map(|count| BTreeMap::from([("two.example".to_owned(), count)]));
    RateLimits {
        per_minute: NonZeroU32::new(per_minute),
        per_day: NonZeroU32::new(per_day),
        per_domain: per_domain.unwrap_or_default(),
    }
}

/// Does work with a handle that has rate limits.
fn paced<T>(ledger: &mut dyn Ledger, plan: PlanId, rate: RateLimits, work: impl FnOnce(&LedgerHandle) -> T) -> T {
    newsletter::delivery::ledger::writer::write(ledger, RunScope { rate, ..run_scope(plan) }, work).unwrap()
}

fn claims(handle: &LedgerHandle) -> Vec<Claim> {
    std::iter::from_fn(|| handle.claim(at(0)).unwrap()).collect()
}

/// Whether it may leave, or how many milliseconds later something may.
fn depart(handle: &LedgerHandle, claim: &mut Claim, now: i64) -> Result<(), i64> {
    match handle.reserve_slot(claim, at(now)).unwrap() {
        RateDecision::Now(_) => Ok(()),
        RateDecision::NotBefore(then) | RateDecision::DomainNotBefore(then) => {
            Err(then.as_millisecond() - at(0).as_millisecond())
        }
    }
}

#[test]
fn the_limit_per_minute_holds_across_restarts() {
    let mut ledger = ledger::open::in_memory().unwrap();
    let plan = freeze(&mut *ledger, &PEOPLE);
    paced(&mut *ledger, plan, rate(2, 0, 0), |handle| {
        let mut claims = claims(handle);
        assert_eq!(depart(handle, &mut claims[0], 0), Ok(()));
        assert_eq!(depart(handle, &mut claims[1], 10_000), Ok(()));
        assert_eq!(depart(handle, &mut claims[2], 20_000), Err(MINUTE));
        assert_eq!(depart(handle, &mut claims[2], MINUTE - 1), Err(MINUTE));
        assert_eq!(depart(handle, &mut claims[2], MINUTE), Ok(()));
        assert_eq!(depart(handle, &mut claims[3], MINUTE), Err(10_000 + MINUTE));
    });
    paced(&mut *ledger, plan, rate(2, 0, 0), |handle| {
        let mut claims = claims(handle);
        assert_eq!(depart(handle, &mut claims[3], MINUTE + 1), Err(10_000 + MINUTE), "the window is the ledger's");
        assert_eq!(depart(handle, &mut claims[3], 10_000 + MINUTE), Ok(()));
    });
}

#[test]
fn letters_count_from_when_they_were_sent() {
    let mut ledger = ledger::open::in_memory().unwrap();
    let plan = freeze(&mut *ledger, &PEOPLE);
    paced(&mut *ledger, plan, rate(1, 0, 0), |handle| {
        let mut claims = claims(handle);
        assert_eq!(depart(handle, &mut claims[0], 0), Ok(()));
        handle.busy().mark(claims.remove(0), None, at(30_000)).unwrap();
        assert_eq!(depart(handle, &mut claims[0], MINUTE), Err(30_000 + MINUTE));
    });
}

#[test]
fn a_domain_at_its_limit_does_not_delay_others() {
    let mut ledger = ledger::open::in_memory().unwrap();
    let plan = freeze(&mut *ledger, &PEOPLE);
    paced(&mut *ledger, plan, rate(0, 0, 1), |handle| {
        let mut claims = claims(handle);
        assert_eq!(depart(handle, &mut claims[2], 0), Ok(()), "a domain in capitals");
        let reported = handle.reserve_slot(&mut claims[3], at(0)).unwrap();
        assert_eq!(reported, RateDecision::DomainNotBefore(at(MINUTE)));
        assert_eq!((depart(handle, &mut claims[0], 0), depart(handle, &mut claims[1], 0)), (Ok(()), Ok(())));
        let fourth = claims.remove(3);
        handle.defer(fourth, at(MINUTE)).unwrap();
        assert_eq!(handle.claim(at(MINUTE - 1)).unwrap().map(|claim| claim.number()), None);
        assert_eq!(handle.next_due(at(0)).unwrap(), Some(at(MINUTE)));
        let again = handle.claim(at(MINUTE)).unwrap().unwrap();
        assert_eq!((again.letter.person.address.as_str(), again.tries()), ("d@two.example", 0));
    });
}

#[test]
fn the_daily_limit_holds_when_the_clock_is_set_back() {
    let mut ledger = ledger::open::in_memory().unwrap();
    let plan = freeze(&mut *ledger, &PEOPLE);
    let day = 24 * 60 * 60 * 1_000 + 1_000;
    paced(&mut *ledger, plan, rate(0, 2, 0), |handle| {
        let mut claims = claims(handle);
        assert_eq!((depart(handle, &mut claims[0], 0), depart(handle, &mut claims[1], 0)), (Ok(()), Ok(())));
        assert_eq!(depart(handle, &mut claims[2], MINUTE), Err(day));
        assert_eq!(depart(handle, &mut claims[2], -5_000), Err(day - 5_000), "as if they had left just now");
        assert_eq!(depart(handle, &mut claims[2], day), Ok(()));
    });
}

#[test]
fn hosts_of_one_ledger_share_the_limit_per_minute() {
    let Some(server) = postgres::server() else { return };
    let open = || ledger::open::open_to_write(&LedgerLocation::Server(server.shared("share_a_minute"))).unwrap();
    let (mut one, mut two) = (open(), open());
    let plan = freeze(&mut *one, &PEOPLE);
    let now = Timestamp::from_millisecond(Timestamp::now().as_millisecond()).unwrap();
    let waits = |handle: &LedgerHandle, claim: &mut Claim| match handle.reserve_slot(claim, now).unwrap() {
        RateDecision::Now(_) => 0,
        RateDecision::NotBefore(at) | RateDecision::DomainNotBefore(at) => at.duration_since(now).as_secs(),
    };
    paced(&mut *one, plan, rate(2, 0, 0), |handle| {
        let mut claims = [handle.claim(now).unwrap().unwrap(), handle.claim(now).unwrap().unwrap()];
        assert_eq!(waits(handle, &mut claims[0]), 0);
        let [first, mut second] = claims;
        handle.busy().mark(first, None, now).unwrap();
        assert_eq!(waits(handle, &mut second), 0);
        handle.defer(second, now + SignedDuration::from_secs(1)).unwrap();
        assert_eq!(handle.next_due(now).unwrap().map(|at| at.duration_since(now).as_millis()), Some(1_000));
    });
    paced(&mut *two, plan, rate(2, 0, 2), |handle| {
        let mut claim = handle.claim(now).unwrap().unwrap();
        let wait = waits(handle, &mut claim);
        assert!((50..=61).contains(&wait), "{wait}");
    });
}

#[test]
fn a_reached_daily_limit_ends_the_run_and_the_next_one_continues() {
    let relay = Relay::start(Script::default());
    let project = Project::new("pace-day");
    project.relay(relay.port(), "  rate: {per_day: 2}\n");
    let output = project.run("send issues/maj.md --yes");
    assert_eq!(output.status, 75, "{}", output.stderr);
    assert!(output.stderr.starts_with("error: `smtp.rate` allows no letter before 2"), "{}", output.stderr);
    assert!(output.stdout.starts_with("issues/maj.md: 3 recipients: 1 not sent yet, 2 accepted by the relay\n"));
    assert_eq!(project.run("send issues/maj.md --yes").status, 75, "the day is not over");
    project.relay(relay.port(), "  rate: {per_day: 3}\n");
    assert_eq!(project.run("send issues/maj.md --yes --replan").status, 0);
    assert_eq!(relay.finish().iter().filter(|line| line.starts_with("RCPT")).count(), 3);
}

#[test]
fn a_waiting_run_retries_deferred_letters() {
    let tricks = vec![("RCPT", Trick::Say("451 4.7.1 Greylisted\r\n")); 2];
    let relay = Relay::start(Script { tricks, ..Script::default() });
    let project = Project::new("pace-wait");
    project.relay(relay.port(), "  retry: {first: 1s}\n");
    project
        .run("send issues/maj.md --yes --wait")
        .succeeds_with("issues/maj.md: 3 recipients: 3 accepted by the relay\n");
    assert_eq!(relay.finish().iter().filter(|line| line.starts_with("RCPT")).count(), 5);
}
