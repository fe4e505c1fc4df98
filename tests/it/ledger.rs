//! The ledger: the states of letters, and when they are on disk.

use std::collections::BTreeMap;
use std::process::Command;
use std::thread;

use jiff::{SignedDuration, Timestamp};
use newsletter::audience::AudienceId;
use newsletter::base::digest::HmacKey;
use newsletter::delivery::ledger::announcements::Announcement;
use newsletter::delivery::ledger::claim::{Claim, RunScope, Settlement};
use newsletter::delivery::ledger::error::LedgerError;
use newsletter::delivery::ledger::freeze_context::FreezeContext;
use newsletter::delivery::ledger::location::LedgerLocation;
use newsletter::delivery::ledger::record::{PlanId, Resolution};
use newsletter::delivery::ledger::retention;
use newsletter::delivery::ledger::state::LetterState;
use newsletter::delivery::ledger::suppression::{SuppressedAddresses, Suppression, SuppressionRemoval};
use newsletter::delivery::ledger::writer::{self, LedgerHandle};
use newsletter::delivery::ledger::{self, Ledger};
use newsletter::delivery::outcome::{FailureReason, Outcome, Reply, SmtpStep};
use newsletter::delivery::retry::RetryPolicy;
use newsletter::issue::IssueId;
use newsletter::issue::series::SeriesId;
use newsletter::letter::plan::{Plan, PlannedLetter, TransportKind};
use newsletter::people::person::Address;
use newsletter::people::person::suppression_reason::{SuppressionReason as Why, SuppressionRequest};

use crate::book::{freeze, freeze_context, plan, run_scope, with_handle_of};
use crate::chance::Chance;
use crate::postgres::{self, Postgres, on_both};
use crate::project::Project;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

on_both! {
    each_letter_is_claimed_once,
    outcomes_are_kept_and_add_up,
    letters_in_flight_are_in_doubt_until_resolved,
    a_released_letter_does_not_count_as_tried,
    tries_per_run_are_limited,
    a_limit_leaves_the_rest_planned,
    a_new_plan_keeps_final_states,
    letters_past_their_time_limit_expire,
    a_clock_that_was_ahead_makes_no_letter_wait,
    a_clock_that_jumps_ahead_does_not_erase_everyone_at_once,
    an_unsubscription_during_a_run_stops_the_letter,
    a_suppressed_address_is_not_planned_until_it_is_removed,
    a_suppression_of_a_series_applies_to_its_plans_only,
    an_erased_address_is_kept_as_a_keyed_hash,
    each_change_of_an_issue_is_announced_once,
    each_letter_is_tried_until_it_is_settled,
}

/// An empty ledger on the server.
fn shared(server: &Postgres, name: &str) -> Box<dyn Ledger> {
    ledger::open::open_to_write(&LedgerLocation::Server(server.shared(name))).unwrap()
}

const PEOPLE: [&str; 3] = ["anna@kommune.example", "bo@kommune.example", "carl@kommune.example"];

fn claim(handle: &LedgerHandle) -> Claim {
    handle.claim(NOW).unwrap().unwrap()
}

fn settlement(outcome: &Outcome, due: Timestamp) -> Settlement<'_> {
    Settlement { outcome, at: NOW, due }
}

fn states(ledger: &mut dyn Ledger, plan: PlanId) -> Vec<LetterState> {
    ledger.letters(plan).unwrap().into_iter().map(|letter| letter.state).collect()
}

fn each_letter_is_claimed_once(empty: Box<dyn Ledger>) {
    let (claimed, ..) = with_handle_of(empty, &PEOPLE, |handle| {
        let claims: Vec<Claim> = std::iter::from_fn(|| handle.claim(NOW).unwrap()).collect();
        claims.iter().map(|claim| claim.letter.person.address.to_string()).collect::<Vec<_>>()
    });
    assert_eq!(claimed, PEOPLE);
}

fn outcomes_are_kept_and_add_up(empty: Box<dyn Ledger>) {
    let ((), mut ledger, plan) = with_handle_of(empty, &PEOPLE, |handle| {
        let accepted = Outcome::Accepted(Reply::new(250, "2.0.0 OK"));
        let in_flight = handle.busy().mark(claim(handle), None, NOW).unwrap();
        handle.settle(in_flight.settled(&settlement(&accepted, NOW))).unwrap();
        let refused = Outcome::Refused(Reply::new(550, "5.1.1 no such user"));
        handle.settle_unsent(claim(handle), &settlement(&refused, NOW)).unwrap();
        let later = Outcome::Deferred(FailureReason::ConnectionLost { at: SmtpStep::Data });
        let due = NOW + SignedDuration::from_mins(5);
        handle.settle_unsent(claim(handle), &settlement(&later, due)).unwrap();
        assert!(handle.claim(NOW).unwrap().is_none(), "nothing is due");
        assert!(handle.claim(due).unwrap().is_some(), "one is due later");
    });
    assert_eq!(states(&mut *ledger, plan), [LetterState::Accepted, LetterState::Refused, LetterState::Deferred]);
    let totals = ledger.totals(plan).unwrap();
    assert_eq!((totals.recipients(), totals.is_finished()), (3, false));
    let replies: Vec<_> = ledger
        .letters(plan)
        .unwrap()
        .into_iter()
        .filter_map(|letter| letter.reason)
        .map(|reason| reason.to_string())
        .collect();
    assert_eq!(replies, ["250 2.0.0 OK", "550 5.1.1 no such user", "connection lost at DATA"]);
}

fn letters_in_flight_are_in_doubt_until_resolved(empty: Box<dyn Ledger>) {
    let ((), mut ledger, plan) = with_handle_of(empty, &PEOPLE, |handle| {
        drop(handle.busy().mark(claim(handle), None, NOW).unwrap());
        drop(handle.busy().mark(claim(handle), None, NOW).unwrap());
    });
    ledger.recover().unwrap();
    assert_eq!(states(&mut *ledger, plan), [LetterState::InDoubt, LetterState::InDoubt, LetterState::Planned]);
    let resent = ledger.resolve(plan, &[PEOPLE[0].to_owned()], Resolution::Resend, NOW).unwrap();
    let sent = ledger.resolve(plan, &[], Resolution::Sent, NOW).unwrap();
    assert_eq!((resent, sent), (1, 1));
    assert_eq!(states(&mut *ledger, plan), [LetterState::Planned, LetterState::Accepted, LetterState::Planned]);
}

fn a_released_letter_does_not_count_as_tried(empty: Box<dyn Ledger>) {
    let ((), mut ledger, plan) = with_handle_of(empty, &PEOPLE[..1], |handle| {
        handle.release(claim(handle)).unwrap();
        handle.release(claim(handle)).unwrap();
    });
    let letters = ledger.letters(plan).unwrap();
    assert_eq!((letters[0].state, letters[0].tries), (LetterState::Planned, 0));
}

fn tries_per_run_are_limited(empty: Box<dyn Ledger>) {
    let (tries, ..) = with_handle_of(empty, &PEOPLE[..1], |handle| {
        let outcome = Outcome::Deferred(FailureReason::Reply(Reply::new(451, "4.7.1 later")));
        let mut tries = 0;
        while let Some(claim) = handle.claim(NOW).unwrap() {
            handle.settle_unsent(claim, &settlement(&outcome, NOW)).unwrap();
            tries += 1;
        }
        tries
    });
    assert_eq!(tries, 5);
}

fn a_limit_leaves_the_rest_planned(empty: Box<dyn Ledger>) {
    let mut ledger = empty;
    let id = freeze(&mut *ledger, &PEOPLE);
    let two = RunScope { limit: Some(2), ..run_scope(id) };
    let claimed = writer::write(&mut *ledger, two, |handle| {
        std::iter::from_fn(|| handle.claim(NOW).unwrap()).collect::<Vec<_>>().len()
    });
    assert_eq!(claimed.unwrap(), 2);
}

fn a_new_plan_keeps_final_states(empty: Box<dyn Ledger>) {
    let ((), mut ledger, _) = with_handle_of(empty, &PEOPLE[..2], |handle| {
        let accepted = Outcome::Accepted(Reply::new(250, "2.0.0 OK"));
        let in_flight = handle.busy().mark(claim(handle), None, NOW).unwrap();
        handle.settle(in_flight.settled(&settlement(&accepted, NOW))).unwrap();
    });
    let again = freeze(&mut *ledger, &["carl@kommune.example", "Anna@kommune.example"]);
    let letters: Vec<_> = ledger
        .letters(again)
        .unwrap()
        .into_iter()
        .map(|record| (record.letter.person.address.to_string(), record.state))
        .collect();
    let expected = [
        ("anna@kommune.example".to_owned(), LetterState::Accepted),
        ("carl@kommune.example".to_owned(), LetterState::Planned),
    ];
    assert_eq!(letters, expected);
    assert_eq!(ledger.plans_in_force().unwrap().len(), 1);
}

fn letters_past_their_time_limit_expire(empty: Box<dyn Ledger>) {
    let ((), mut ledger, plan) = with_handle_of(empty, &PEOPLE[..2], |handle| {
        let later = Outcome::Deferred(FailureReason::Reply(Reply::new(451, "4.7.1 later")));
        handle.settle_unsent(claim(handle), &settlement(&later, NOW)).unwrap();
    });
    let record = ledger.plans_in_force().unwrap().remove(0);
    assert_eq!(ledger.expire(&record, NOW, NOW).unwrap(), 0, "not yet");
    assert_eq!(ledger.expire(&record, NOW + SignedDuration::from_secs(1), NOW).unwrap(), 1);
    assert_eq!(states(&mut *ledger, plan), [LetterState::Expired, LetterState::Planned]);
    let over = newsletter::delivery::ledger::record::PlanRecord {
        send_until: Some(NOW - SignedDuration::from_secs(1)),
        ..record
    };
    assert_eq!(ledger.expire(&over, NOW, NOW).unwrap(), 1);
    assert_eq!(states(&mut *ledger, plan), [LetterState::Expired, LetterState::Expired]);
}

fn a_clock_that_was_ahead_makes_no_letter_wait(empty: Box<dyn Ledger>) {
    let (later, years) = (NOW + SignedDuration::from_hours(3), NOW + SignedDuration::from_hours(24 * 3_650));
    let ((), mut ledger, plan) = with_handle_of(empty, &PEOPLE[..2], |handle| {
        let deferred = Outcome::Deferred(FailureReason::Reply(Reply::new(451, "4.7.1 later")));
        handle.settle_unsent(claim(handle), &settlement(&deferred, later)).unwrap();
        let ahead = Settlement { outcome: &deferred, at: years, due: years + SignedDuration::from_mins(5) };
        handle.settle_unsent(claim(handle), &ahead).unwrap();
    });
    let time = RetryPolicy::default().due_time(NOW);
    assert!(ledger.is_due(plan, time).unwrap());
    assert_eq!(ledger.correct_times(plan, time).unwrap(), 1);
    assert_eq!(ledger.correct_times(plan, time).unwrap(), 0);
    let claimed = writer::write(&mut *ledger, run_scope(plan), |handle| {
        std::iter::from_fn(|| handle.claim(NOW).unwrap())
            .map(|claim| claim.letter.person.address.to_string())
            .collect::<Vec<_>>()
    });
    assert_eq!(claimed.unwrap(), [PEOPLE[1]], "the other one waits for three hours");
    let record = ledger.plans_in_force().unwrap().remove(0);
    let day = SignedDuration::from_hours(24);
    assert_eq!(ledger.expire(&record, NOW + day, NOW + day).unwrap(), 2, "the first try was not in years either");
}

fn a_clock_that_jumps_ahead_does_not_erase_everyone_at_once(mut ledger: Box<dyn Ledger>) {
    let later = |days: i64| NOW + SignedDuration::from_hours(24 * days);
    assert!(retention::is_plausible(&mut *ledger, later(9_000)).unwrap(), "there is nothing to erase");
    freeze(&mut *ledger, &PEOPLE);
    assert!(retention::is_plausible(&mut *ledger, later(100)).unwrap());
    assert!(!retention::is_plausible(&mut *ledger, later(3_650)).unwrap());
}

fn key() -> HmacKey {
    HmacKey::new(b"a key of the tests")
}

fn left(address: &str, reason: Why) -> Suppression {
    let request =
        SuppressionRequest { address: Address::parse(address).unwrap(), reason, at: None, source: "test".to_owned() };
    Suppression::new(&request, None, &key(), NOW)
}

/// The same, for a series only.
fn left_series(address: &str, series: &str) -> Suppression {
    let request = SuppressionRequest {
        address: Address::parse(address).unwrap(),
        reason: Why::Unsubscribed,
        at: None,
        source: "test".to_owned(),
    };
    Suppression::new(&request, Some(&SeriesId::parse(series).unwrap()), &key(), NOW)
}

/// Suppresses an address as another process would: without the writer, since a ledger in memory has one connection only.
fn an_unsubscription_during_a_run_stops_the_letter(mut ledger: Box<dyn Ledger>) {
    let id = freeze(&mut *ledger, &PEOPLE);
    writer::write(&mut *ledger, run_scope(id), |handle| {
        let deferred =
            Outcome::Deferred(FailureReason::TimedOut { at: SmtpStep::Body, waited: std::time::Duration::ZERO });
        let in_flight = handle.busy().mark(claim(handle), None, NOW).unwrap();
        handle.settle(in_flight.settled(&settlement(&deferred, NOW))).unwrap();
    })
    .unwrap();
    assert_eq!(ledger.suppress(&[left("Bo@Kommune.example", Why::Unsubscribed)], NOW).unwrap(), 1);
    assert_eq!(states(&mut *ledger, id), [LetterState::Deferred, LetterState::Suppressed, LetterState::Planned]);
    let bo = ledger.letter(id, "bo@kommune.example").unwrap().unwrap();
    assert_eq!(bo.reason.as_ref().map(ToString::to_string).as_deref(), Some("unsubscribed"));
    let taken = writer::write(&mut *ledger, run_scope(id), |handle| {
        std::iter::from_fn(|| handle.claim(NOW).unwrap())
            .map(|claim| claim.letter.person.address.to_string())
            .collect::<Vec<_>>()
    });
    assert_eq!(taken.unwrap(), [PEOPLE[2], PEOPLE[0]]);
    assert_eq!(ledger.suppress(&[left(PEOPLE[1], Why::Bounced)], NOW).unwrap(), 0, "it is there already");
}

fn a_suppressed_address_is_not_planned_until_it_is_removed(mut ledger: Box<dyn Ledger>) {
    ledger.suppress(&[left(PEOPLE[0], Why::Complained)], NOW).unwrap();
    let freeze = |ledger: &mut dyn Ledger| {
        let suppressed = SuppressedAddresses::read(ledger, vec![key()], None).unwrap();
        let (plan, letters) = plan(&PEOPLE);
        ledger
            .freeze(&plan, &FreezeContext { suppressed, ..freeze_context() }, &mut letters.into_iter().map(Ok))
            .unwrap()
    };
    let id = freeze(&mut *ledger);
    assert_eq!(states(&mut *ledger, id), [LetterState::Suppressed, LetterState::Planned, LetterState::Planned]);
    assert_eq!(ledger.totals(id).unwrap().recipients(), 3);
    let removal = SuppressionRemoval { at: NOW + SignedDuration::from_hours(1), because: "asked for it".to_owned() };
    let tag = newsletter::delivery::ledger::suppression::tag(&key(), &Address::parse(PEOPLE[0]).unwrap(), None);
    assert_eq!(
        (ledger.remove_suppression(&tag, &removal).unwrap(), ledger.remove_suppression(&tag, &removal).unwrap()),
        (1, 0)
    );
    let id = freeze(&mut *ledger);
    assert_eq!(states(&mut *ledger, id), [LetterState::Planned; 3]);
    assert_eq!(ledger.suppress(&[left(PEOPLE[0], Why::Unsubscribed)], NOW).unwrap(), 0, "it left before it came back");
}

fn a_suppression_of_a_series_applies_to_its_plans_only(mut ledger: Box<dyn Ledger>) {
    let series = SeriesId::parse("os2forms").unwrap();
    let (house, letters) = plan(&PEOPLE);
    let of_series = Plan { issue: IssueId::of_path("issues/forms.md"), series: Some(series.clone()), ..house.clone() };
    ledger.suppress(&[left_series(PEOPLE[0], "os2forms")], NOW).unwrap();
    let mut freeze = |plan: &Plan, letters: &[PlannedLetter]| {
        let suppressed = SuppressedAddresses::read(&mut *ledger, vec![key()], plan.series.as_ref()).unwrap();
        ledger
            .freeze(plan, &FreezeContext { suppressed, ..freeze_context() }, &mut letters.iter().cloned().map(Ok))
            .unwrap()
    };
    let (of_house, of_series) = (freeze(&house, &letters), freeze(&of_series, &letters));
    ledger.suppress(&[left_series(PEOPLE[1], "os2forms"), left_series(PEOPLE[2], "os2loop")], NOW).unwrap();
    assert_eq!(
        states(&mut *ledger, of_series),
        [LetterState::Suppressed, LetterState::Suppressed, LetterState::Planned]
    );
    assert_eq!(states(&mut *ledger, of_house), [LetterState::Planned; 3]);
    assert_eq!(
        ledger.plan(&IssueId::of_path("issues/forms.md"), TransportKind::Smtp).unwrap().unwrap().series,
        Some(series)
    );
    // A letter that was claimed before is marked according to the series of its own plan.
    writer::write(&mut *ledger, run_scope(of_house), |handle| {
        for _ in PEOPLE {
            let accepted = Outcome::Accepted(Reply::new(250, "2.0.0 OK"));
            let in_flight = handle.busy().mark(claim(handle), None, NOW).unwrap();
            handle.settle(in_flight.settled(&settlement(&accepted, NOW))).unwrap();
        }
    })
    .unwrap();
    ledger.suppress(&[left(PEOPLE[2], Why::Unsubscribed)], NOW).unwrap();
    assert_eq!(states(&mut *ledger, of_series), [LetterState::Suppressed; 3]);
}

fn an_erased_address_is_kept_as_a_keyed_hash(mut ledger: Box<dyn Ledger>) {
    ledger.suppress(&[left(PEOPLE[0], Why::Unsubscribed), left(PEOPLE[0], Why::Erased)], NOW).unwrap();
    let mut kept = Vec::new();
    ledger.each_suppression(&mut |suppression| kept.push(suppression)).unwrap();
    assert_eq!((kept.len(), &kept[0].address, kept[0].reason), (1, &None, Why::Erased));
    let suppressed = SuppressedAddresses::read(&mut *ledger, vec![key()], None).unwrap();
    assert_eq!(suppressed.reason(&Address::parse("ANNA@kommune.example").unwrap()), Some(Why::Erased));
    assert_eq!(suppressed.reason(&Address::parse(PEOPLE[1]).unwrap()), None);
}

fn each_change_of_an_issue_is_announced_once(mut ledger: Box<dyn Ledger>) {
    let mut announce = |issue: &str, state: &str| {
        let announcement = Announcement { issue: IssueId::of_path(issue), state: state.to_owned(), at: NOW };
        ledger.announce(&announcement).unwrap()
    };
    let [may, june] = ["issues/maj.md", "issues/juni.md"];
    let changes = [(may, "blocked 1"), (may, "blocked 1"), (june, "blocked 1"), (may, "blocked 2"), (may, "blocked 1")];
    assert_eq!(changes.map(|(issue, state)| announce(issue, state)), [true, false, true, true, true]);
    assert!(announce(may, "recovered") && !announce(may, "recovered"));
    assert_eq!(ledger.announced("blocked").unwrap(), [IssueId::of_path(june)]);
}

/// What a test knows of letters: when each open one is due, by address; absent: it is settled.
type DueByAddress = BTreeMap<String, Timestamp>;

/// Tries letters by chance until none is left: claims several at a time, settles, defers and gives them back.
fn try_by_chance(handle: &LedgerHandle, open: &mut DueByAddress, chance: &mut Chance) {
    let accepted = Outcome::Accepted(Reply::new(250, "2.0.0 OK"));
    let deferred = Outcome::Deferred(FailureReason::Reply(Reply::new(451, "4.7.1 later")));
    let (mut now, mut held) = (NOW, Vec::<Claim>::new());
    let address = |claim: &Claim| claim.letter.person.address.to_string();
    loop {
        if held.len() < 10 && chance.once_in(2) {
            match handle.claim(now).unwrap() {
                Some(claim) => {
                    let is_held = held.iter().any(|other| address(other) == address(&claim));
                    assert!(!is_held && open[&address(&claim)] <= now, "{}", address(&claim));
                    held.push(claim);
                }
                None if held.is_empty() => {
                    let next = open.values().min().copied();
                    assert_eq!(handle.next_due(now).unwrap(), next, "and none is due at {now}");
                    let Some(next) = next else { return };
                    now = next;
                }
                None => {}
            }
        }
        if held.is_empty() {
            continue;
        }
        let claim = held.swap_remove(chance.below(held.len()));
        let due = now + SignedDuration::from_mins(i64::try_from(1 + chance.below(4)).unwrap());
        let name = address(&claim);
        match chance.below(8) {
            0 => handle.release(claim).unwrap(),
            1 => {
                open.insert(name, due);
                handle.defer(claim, due).unwrap();
            }
            2 => {
                open.insert(name, due);
                handle.settle_unsent(claim, &settlement(&deferred, due)).unwrap();
            }
            3 => {
                open.insert(name, due);
                let in_flight = handle.busy().mark(claim, None, now).unwrap();
                handle.settle(in_flight.settled(&settlement(&deferred, due))).unwrap();
            }
            _ => {
                open.remove(&name);
                let in_flight = handle.busy().mark(claim, None, now).unwrap();
                handle.settle(in_flight.settled(&settlement(&accepted, now))).unwrap();
            }
        }
    }
}

fn each_letter_is_tried_until_it_is_settled(mut ledger: Box<dyn Ledger>) {
    let people: Vec<String> = (0..300).map(|number| format!("nr{number}@kommune.example")).collect();
    let (plan, mut letters) = plan(&people.iter().map(String::as_str).collect::<Vec<_>>());
    let board = AudienceId::parse("board").unwrap();
    letters.iter_mut().step_by(3).for_each(|letter| letter.audience = board.clone());
    let id = ledger.freeze(&plan, &freeze_context(), &mut letters.iter().cloned().map(Ok)).unwrap();
    let mut chance = Chance::new(20);
    for audience in [Some(board.clone()), None] {
        let is_asked = |letter: &&PlannedLetter| audience.as_ref().is_none_or(|_| letter.audience == board);
        let is_left = |letter: &&PlannedLetter| audience.is_some() || letter.audience != board;
        let asked = letters.iter().filter(is_asked).filter(is_left);
        let mut open: DueByAddress = asked.map(|letter| (letter.person.address.to_string(), NOW)).collect();
        let scope = RunScope { audience: audience.clone(), tries: u8::MAX, ..run_scope(id) };
        writer::write(&mut *ledger, scope, |handle| try_by_chance(handle, &mut open, &mut chance)).unwrap();
    }
    assert_eq!(ledger.totals(id).unwrap().of(LetterState::Accepted), 300);
}

/// Between `fork` and `exec`, a new process has the open files of this one, and with them the ledger's lock.
#[test]
fn a_process_that_starts_does_not_keep_a_closed_ledger_locked() {
    let place = LedgerLocation::File(Project::empty("ledger-fork").path("ledger.db"));
    thread::scope(|scope| {
        let starting = scope.spawn(|| (0..400).for_each(|_| assert!(Command::new("true").status().unwrap().success())));
        while !starting.is_finished() {
            drop(ledger::open::open_to_write(&place).unwrap());
        }
    });
}

#[test]
fn a_claimed_letter_is_not_marked_after_an_unsubscription_in_a_file() {
    let folder = crate::project::Project::empty("ledger-left");
    check_claimed_before_its_reader_left(&|| LedgerLocation::File(folder.path("ledger.db")));
}

#[test]
fn a_claimed_letter_is_not_marked_after_an_unsubscription_on_a_server() {
    let Some(server) = postgres::server() else { return };
    check_claimed_before_its_reader_left(&|| LedgerLocation::Server(server.shared("who_left")));
}

/// A letter that is claimed while its recipient unsubscribes: through another host on a server, another process in a file.
fn check_claimed_before_its_reader_left(place: &dyn Fn() -> LedgerLocation) {
    let mut ledger = ledger::open::open_to_write(&place()).unwrap();
    let id = freeze(&mut *ledger, &PEOPLE);
    writer::write(&mut *ledger, run_scope(id), |handle| {
        let (anna, bo) = (claim(handle), claim(handle));
        let mut other = ledger::open::open_to_suppress(&place()).unwrap();
        other.suppress(&[left(PEOPLE[0], Why::Unsubscribed)], NOW).unwrap();
        assert!(matches!(handle.busy().mark(anna, None, NOW), Err(LedgerError::Lost)));
        let in_flight = handle.busy().mark(bo, None, NOW).unwrap();
        other.suppress(&[left(PEOPLE[1], Why::Unsubscribed)], NOW).unwrap();
        let deferred =
            Outcome::Deferred(FailureReason::TimedOut { at: SmtpStep::Body, waited: std::time::Duration::ZERO });
        handle.settle(in_flight.settled(&settlement(&deferred, NOW))).unwrap();
        let carl = claim(handle);
        let in_flight = handle.busy().mark(carl, None, NOW).unwrap();
        other.suppress(&[left(PEOPLE[2], Why::Erased)], NOW).unwrap();
        handle.settle(in_flight.settled(&settlement(&deferred, NOW))).unwrap();
        assert!(handle.claim(Timestamp::now()).unwrap().is_none(), "nothing is left of the address to find it by");
    })
    .unwrap();
    assert_eq!(states(&mut *ledger, id), [LetterState::Suppressed; 3]);
}
