//! Several hosts sending one plan: each keeps its claims until its lease ends.

use std::collections::BTreeSet;

use jiff::Timestamp;
use newsletter::base::database::url::{Encryption, Server};
use newsletter::delivery::ledger::claim::Settlement;
use newsletter::delivery::ledger::error::LedgerError;
use newsletter::delivery::ledger::location::{LedgerLocation, SharedLedger};
use newsletter::delivery::ledger::record::{LetterRecord, PlanId, Resolution};
use newsletter::delivery::ledger::writer::LedgerHandle;
use newsletter::delivery::ledger::{self, Ledger};
use newsletter::delivery::outcome::{Outcome, Reply};

use crate::book::{freeze, run_scope};
use crate::postgres::{self, Postgres};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const PEOPLE: [&str; 2] = ["anna@kommune.example", "bo@kommune.example"];

fn open(server: &Postgres, schema: &str) -> Box<dyn Ledger> {
    ledger::open::open_to_write(&LedgerLocation::Server(server.shared(schema))).unwrap()
}

/// `state reason`, in order.
fn states(ledger: &mut dyn Ledger, plan: PlanId) -> Vec<String> {
    let line = |letter: LetterRecord| match letter.reason {
        Some(reason) => format!("{} {reason}", letter.state.as_str()),
        None => letter.state.as_str().to_owned(),
    };
    ledger.letters(plan).unwrap().into_iter().map(line).collect()
}

fn accept(handle: &LedgerHandle) -> bool {
    let Some(claim) = handle.claim(NOW).unwrap() else { return false };
    let in_flight = handle.busy().mark(claim, None, NOW).unwrap();
    let outcome = Outcome::Accepted(Reply::new(250, "2.0.0 OK"));
    handle.settle(in_flight.settled(&Settlement { outcome: &outcome, at: NOW, due: NOW })).unwrap();
    true
}

#[test]
fn each_host_claims_different_letters() {
    let Some(server) = postgres::server() else { return };
    let people: Vec<String> = (0..100).map(|number| format!("nr{number}@kommune.example")).collect();
    let (mut one, mut two) = (open(server, "of_its_own"), open(server, "of_its_own"));
    let plan = freeze(&mut *one, &people.iter().map(String::as_str).collect::<Vec<_>>());
    let claimed = |handle: &LedgerHandle| {
        let letters = std::iter::from_fn(|| handle.claim(NOW).unwrap());
        letters.map(|record| record.letter.person.address.to_string()).collect::<Vec<_>>()
    };
    let (first, second) = newsletter::delivery::ledger::writer::write(&mut *one, run_scope(plan), |handle| {
        let first = handle.claim(NOW).unwrap().unwrap();
        let others = newsletter::delivery::ledger::writer::write(&mut *two, run_scope(plan), claimed).unwrap();
        handle.release(first).unwrap();
        (claimed(handle), others)
    })
    .unwrap();
    assert_eq!(second.len(), 36, "the first host has taken 64 at once");
    let all: BTreeSet<&String> = first.iter().chain(&second).collect();
    assert!(all.len() == 100 && first.len() == 100, "what the second host gave back is there for the first");
}

#[test]
fn a_host_with_an_expired_lease_sends_nothing_more() {
    let Some(server) = postgres::server() else { return };
    let (mut sleeper, mut other) = (open(server, "taken_for_dead"), open(server, "taken_for_dead"));
    let plan = freeze(&mut *sleeper, &PEOPLE);
    newsletter::delivery::ledger::writer::write(&mut *sleeper, run_scope(plan), |handle| {
        let claim = handle.claim(NOW).unwrap().unwrap();
        server.end_leases("taken_for_dead");
        let sent = newsletter::delivery::ledger::writer::write(&mut *other, run_scope(plan), |handle| {
            std::iter::from_fn(|| accept(handle).then_some(())).count()
        });
        assert_eq!(sent.unwrap(), 2);
        assert!(matches!(handle.busy().mark(claim, None, NOW), Err(LedgerError::Lost)));
        assert!(handle.claim(NOW).unwrap().is_none(), "nothing is left");
    })
    .unwrap();
    assert_eq!(states(&mut *other, plan), ["accepted 250 2.0.0 OK", "accepted 250 2.0.0 OK"]);
}

/// A run whose lease ends before it marks its letter: the letter is not sent, and is claimed again. `before` and `after` are
/// what happens around the end of the lease.
fn check_expired_lease(schema: &str, before: impl FnOnce(&Postgres), after: impl FnOnce(&Postgres)) {
    let Some(server) = postgres::server() else { return };
    let mut ledger = open(server, schema);
    let plan = freeze(&mut *ledger, &PEOPLE[..1]);
    newsletter::delivery::ledger::writer::write(&mut *ledger, run_scope(plan), |handle| {
        let claim = handle.claim(NOW).unwrap().unwrap();
        before(server);
        server.end_leases(schema);
        assert!(matches!(handle.busy().mark(claim, None, NOW), Err(LedgerError::Lost)));
        after(server);
        assert!(accept(handle), "it is claimed again");
    })
    .unwrap();
    assert_eq!(states(&mut *ledger, plan), ["accepted 250 2.0.0 OK"]);
}

#[test]
fn an_expired_lease_is_invalid_before_another_host_notices() {
    check_expired_lease("nobody_noticed", |_| {}, |_| {});
}

#[test]
fn a_mark_whose_answer_was_lost_leaves_no_letter_in_doubt() {
    check_expired_lease(
        "lost_answer",
        // As after a mark whose answer did not arrive until the lease had ended.
        |server| server.execute("UPDATE lost_answer.delivery SET state = 'in_flight', tries = 1, tried_by = holder"),
        |server| assert_eq!(open(server, "lost_answer").recover().unwrap(), 0, "no letter is in doubt"),
    );
}

#[test]
fn a_run_that_begins_waits_for_a_restarted_server() {
    let Some(server) = Postgres::start() else { return };
    let mut ledger = ledger::open::open_to_write(&LedgerLocation::Server(server.shared("before"))).unwrap();
    server.order("restart");
    ledger.begin_planning().unwrap();
    server.order("restart");
    let plan = freeze(&mut *ledger, &PEOPLE[..1]);
    server.order("restart");
    assert!(newsletter::delivery::ledger::writer::write(&mut *ledger, run_scope(plan), accept).unwrap());
    assert_eq!(states(&mut *ledger, plan), ["accepted 250 2.0.0 OK"]);
}

#[test]
fn the_sending_host_may_settle_a_letter_in_doubt() {
    let Some(server) = postgres::server() else { return };
    let doubt = "in_doubt the run was ended before the relay replied";
    let check = |schema: &str, resolution: Option<Resolution>, expected: &str| {
        let (mut sleeper, mut other) = (open(server, schema), open(server, schema));
        let plan = freeze(&mut *sleeper, &PEOPLE[..1]);
        newsletter::delivery::ledger::writer::write(&mut *sleeper, run_scope(plan), |handle| {
            let in_flight = handle.busy().mark(handle.claim(NOW).unwrap().unwrap(), None, NOW).unwrap();
            server.end_leases(schema);
            assert_eq!(other.recover().unwrap(), 1);
            assert_eq!(states(&mut *other, plan), [doubt]);
            if let Some(resolution) = resolution {
                assert_eq!(other.resolve(plan, &[], resolution, NOW).unwrap(), 1);
            }
            let outcome = Outcome::Accepted(Reply::new(250, "2.0.0 late"));
            handle.settle(in_flight.settled(&Settlement { outcome: &outcome, at: NOW, due: NOW })).unwrap();
        })
        .unwrap();
        assert_eq!(states(&mut *other, plan), [expected]);
    };
    check("late_answer", None, "accepted 250 2.0.0 late");
    check("late_after_sent", Some(Resolution::Sent), "accepted the run was ended before the relay replied");
    check("late_after_resend", Some(Resolution::Resend), "planned the run was ended before the relay replied");
}

#[test]
fn a_plan_being_sent_cannot_be_replaced() {
    let Some(server) = postgres::server() else { return };
    let (mut one, mut two) = (open(server, "being_sent"), open(server, "being_sent"));
    let plan = freeze(&mut *one, &PEOPLE);
    newsletter::delivery::ledger::writer::write(&mut *one, run_scope(plan), |handle| {
        assert!(accept(handle));
        assert!(two.is_running().unwrap());
        let (again, letters) = crate::book::plan(&PEOPLE);
        let frozen = two.freeze(&again, &crate::book::freeze_context(), &mut letters.into_iter().map(Ok));
        assert!(matches!(frozen, Err(newsletter::base::error::Error::Locked)));
    })
    .unwrap();
    let anew = freeze(&mut *two, &PEOPLE);
    let sent =
        newsletter::delivery::ledger::writer::write(&mut *one, run_scope(plan), |handle| handle.claim(NOW).is_ok());
    assert!(matches!(sent, Err(LedgerError::Replaced)));
    assert_eq!(states(&mut *two, anew), ["accepted 250 2.0.0 OK", "planned"]);
}

#[test]
fn a_run_waits_for_a_restarted_server() {
    let Some(server) = Postgres::start() else { return };
    let mut ledger = ledger::open::open_to_write(&LedgerLocation::Server(server.shared("restarted"))).unwrap();
    let plan = freeze(&mut *ledger, &PEOPLE);
    newsletter::delivery::ledger::writer::write(&mut *ledger, run_scope(plan), |handle| {
        let claim = handle.claim(NOW).unwrap().unwrap();
        server.order("restart");
        let in_flight = handle.busy().mark(claim, None, NOW).unwrap();
        server.order("stop");
        let outcome = Outcome::Accepted(Reply::new(250, "2.0.0 OK"));
        handle.settle(in_flight.settled(&Settlement { outcome: &outcome, at: NOW, due: NOW })).unwrap();
        server.order("start");
        assert!(accept(handle));
    })
    .unwrap();
    assert_eq!(states(&mut *ledger, plan), ["accepted 250 2.0.0 OK", "accepted 250 2.0.0 OK"]);
}

/// Opens a separate ledger there; returns `open`, or the error.
fn opened(shared: SharedLedger) -> String {
    match ledger::open::open_to_write(&LedgerLocation::Server(shared)) {
        Ok(_) => "open".to_owned(),
        Err(error) => {
            let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |cause| cause.source());
            causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
        }
    }
}

#[test]
fn the_address_selects_the_encryption() {
    let Some(server) = postgres::server() else { return };
    let at = |parameters: &str| SharedLedger {
        server: Server::parse(&server.url(parameters)).unwrap(),
        ..server.shared("encrypted")
    };
    let place = format!("localhost:{}", server.fact("PORT"));
    for (parameters, expected) in [
        (String::new(), "open".to_owned()),
        (format!("?sslmode=verify-full&sslrootcert={}", server.fact("CA_FILE")), "open".to_owned()),
        (format!("?host={}", server.fact("SOCKET")), "open".to_owned()),
        (
            format!("?sslrootcert={}", server.fact("WRONG_CA_FILE")),
            format!(
                "cannot connect to PostgreSQL at {place}: error performing TLS handshake: \
                 invalid peer certificate: UnknownIssuer"
            ),
        ),
    ] {
        assert_eq!(opened(at(&parameters)), expected, "{parameters}");
    }
    assert_eq!(at("?sslmode=disable").server.encryption, Encryption::None);
}

#[test]
fn a_schema_may_be_an_sql_keyword() {
    let Some(server) = postgres::server() else { return };
    assert_eq!(opened(server.shared("freeze")), "open");
}

#[test]
fn a_foreign_schema_is_not_changed() {
    let Some(server) = postgres::server() else { return };
    server.execute("CREATE SCHEMA strangers; CREATE TABLE strangers.plan (id INTEGER)");
    let strangers = opened(server.shared("strangers"));
    let expected =
        "the schema strangers has tables that are not newsletter's; set another one: ledger: {url: …, schema: …}";
    assert_eq!(strangers, expected);
    drop(open(server, "from_tomorrow"));
    server.execute("UPDATE from_tomorrow.format SET number = 99");
    let newer = "the ledger has format 99, and this version of newsletter uses format 6: a newer version wrote it; \
                 use that one on this machine too";
    assert_eq!(opened(server.shared("from_tomorrow")), newer);
}
