//! Feedback on sent letters: readers who unsubscribe, bounces and complaints, in both kinds of ledger.

mod histories;

use std::collections::BTreeSet;
use std::fs;

use jiff::{SignedDuration, Timestamp};
use newsletter::base::digest::HmacKey;
use newsletter::delivery::ledger::claim::Settlement;
use newsletter::delivery::ledger::feedback::{
    BounceLimits, FailureClass, LeaveRequest, LeaveResult, LetterReport, LetterToken, ReportKind, ReportResult,
};
use newsletter::delivery::ledger::freeze_context::FreezeContext;
use newsletter::delivery::ledger::location::LedgerLocation;
use newsletter::delivery::ledger::reader::ReaderKeys;
use newsletter::delivery::ledger::record::PlanId;
use newsletter::delivery::ledger::state::LetterState;
use newsletter::delivery::ledger::suppression::{self, SuppressedAddresses, Suppression, SuppressionRemoval};
use newsletter::delivery::ledger::writer;
use newsletter::delivery::ledger::{self, Ledger, retention};
use newsletter::delivery::outcome::{Outcome, Reply, StateReason};
use newsletter::issue::IssueId;
use newsletter::issue::series::SeriesId;
use newsletter::letter::message_id::MessageIds;
use newsletter::letter::plan::{Plan, PlannedLetter};
use newsletter::letter::unsubscribe_token::{LeaveTarget, UnsubscribeToken};
use newsletter::people::person::Address;
use newsletter::people::person::suppression_reason::{SuppressionReason, SuppressionRequest};

use crate::book::{freeze_context, plan, run_scope};
use crate::postgres::{Postgres, on_both};

on_both! {
    who_leaves_gets_no_more_letters,
    who_leaves_a_series_gets_the_others,
    an_old_token_is_heard_after_retention_and_erasure,
    who_left_without_a_known_address_is_not_planned,
    a_hard_bounce_suppresses_at_once,
    soft_bounces_suppress_when_they_come_in_a_row,
    policy_suppresses_no_one,
    a_refusal_counts_like_a_bounce,
    a_complaint_outweighs_what_else_is_known,
    a_removed_suppression_stays_removed,
    who_left_stays_so_when_a_bounce_is_forgiven,
    a_new_plan_keeps_what_came_back,
    forged_tokens_change_nothing,
    a_changed_key_loses_no_reader,
}

fn shared(server: &Postgres, name: &str) -> Box<dyn Ledger> {
    ledger::open::open_to_write(&LedgerLocation::Server(server.shared(&format!("feedback_{name}")))).unwrap()
}

const ANNA: &str = "anna@a.example";
const BO: &str = "bo@b.example";
const CARL: &str = "carl@c.example";
const PEOPLE: [&str; 3] = [ANNA, BO, CARL];

fn key() -> HmacKey {
    freeze_context().readers.suppressions
}

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

/// The plan of an issue with Message-IDs as a project makes them.
fn issue(name: &str, series: Option<&str>, people: &[&str]) -> (Plan, Vec<PlannedLetter>) {
    let (mut plan, mut letters) = plan(people);
    plan.issue = IssueId::of_path(&format!("issues/{name}.md"));
    plan.series = series.map(|series| SeriesId::parse(series).unwrap());
    for letter in &mut letters {
        letter.message_id = message_id(&plan.issue, &letter.person.address);
    }
    (plan, letters)
}

fn message_id(issue: &IssueId, address: &Address) -> String {
    MessageIds { key: key(), domain: "a.example".to_owned() }.letter(issue, address)
}

fn freeze(ledger: &mut dyn Ledger, issue: (Plan, Vec<PlannedLetter>)) -> PlanId {
    let (plan, letters) = issue;
    let suppressed = SuppressedAddresses::read(ledger, vec![key()], plan.series.as_ref()).unwrap();
    let context = FreezeContext { suppressed, ..freeze_context() };
    ledger.freeze(&plan, &context, &mut letters.into_iter().map(Ok)).unwrap()
}

/// Sends what is due of a plan, with the outcome that `outcome` gives each address.
fn send(ledger: &mut dyn Ledger, plan: PlanId, outcome: impl Fn(&str) -> Outcome) {
    writer::write(ledger, run_scope(plan), |handle| {
        while let Some(claim) = handle.claim(at(0)).unwrap() {
            let outcome = outcome(claim.letter.person.address.as_str());
            let in_flight = handle.busy().mark(claim, None, at(0)).unwrap();
            handle.settle(in_flight.settled(&Settlement { outcome: &outcome, at: at(0), due: at(0) })).unwrap();
        }
    })
    .unwrap();
}

fn accepted(_: &str) -> Outcome {
    Outcome::Accepted(Reply::new(250, "2.0.0 OK"))
}

/// Sends an issue to these people, who all get it.
fn sent(ledger: &mut dyn Ledger, name: &str, series: Option<&str>, people: &[&str]) -> PlanId {
    let plan = freeze(ledger, issue(name, series, people));
    send(ledger, plan, accepted);
    plan
}

fn states(ledger: &mut dyn Ledger, plan: PlanId) -> Vec<LetterState> {
    ledger.letters(plan).unwrap().into_iter().map(|letter| letter.state).collect()
}

fn target(address: &str, series: Option<&str>) -> LeaveTarget {
    let token = UnsubscribeToken::of(&freeze_context().readers.tokens, &Address::parse(address).unwrap());
    LeaveTarget { token, series: series.map(|series| SeriesId::parse(series).unwrap()) }
}

fn request(address: &str, series: Option<&str>, hours: i64) -> LeaveRequest {
    LeaveRequest { target: target(address, series), at: at(hours), source: "one-click".to_owned() }
}

fn leave(ledger: &mut dyn Ledger, address: &str, series: Option<&str>) -> LeaveResult {
    ledger.leave(&[request(address, series, 1)]).unwrap()[0]
}

fn token(name: &str, address: &str) -> LetterToken {
    let issue = IssueId::of_path(&format!("issues/{name}.md"));
    LetterToken::of_message_id(&message_id(&issue, &Address::parse(address).unwrap())).unwrap()
}

fn report_at(name: &str, address: &str, kind: ReportKind, hours: i64) -> LetterReport {
    let reason = StateReason::from(&Reply::new(550, "5.1.1 the receiver's words"));
    LetterReport { letter: token(name, address), kind, at: at(hours), reason }
}

fn report(ledger: &mut dyn Ledger, name: &str, address: &str, kind: ReportKind) -> ReportResult {
    ledger.report(&[report_at(name, address, kind, 1)], &BounceLimits::default()).unwrap()[0]
}

/// The suppressions in force, as `address series reason`.
fn suppressed(ledger: &mut dyn Ledger) -> Vec<String> {
    let mut found = Vec::new();
    let mut visit = |suppression: Suppression| {
        if suppression.removal.is_none() {
            let address = suppression.address.map_or("-".to_owned(), |address| address.to_string());
            let series = suppression.series.map_or("-".to_owned(), |series| series.to_string());
            found.push(format!("{address} {series} {}", suppression.reason.as_str()));
        }
    };
    ledger.each_suppression(&mut visit).unwrap();
    found.sort();
    found
}

fn remove(ledger: &mut dyn Ledger, address: &str, hours: i64) {
    let tag = suppression::tag(&key(), &Address::parse(address).unwrap(), None);
    let removal = SuppressionRemoval { at: at(hours), because: "asked for it".to_owned() };
    assert_eq!(ledger.remove_suppression(&tag, &removal).unwrap(), 1);
}

fn who_leaves_gets_no_more_letters(mut ledger: Box<dyn Ledger>) {
    let first = sent(&mut *ledger, "one", None, &PEOPLE);
    let second = sent(&mut *ledger, "two", None, &PEOPLE);
    let open = freeze(&mut *ledger, issue("three", None, &PEOPLE));
    let requests = [request(ANNA, None, 1), request("nobody@a.example", None, 1), request(ANNA, None, 2)];
    let results = [LeaveResult::Left, LeaveResult::Unknown, LeaveResult::AlreadyLeft];
    assert_eq!(ledger.leave(&requests).unwrap(), results);
    assert_eq!(suppressed(&mut *ledger), [format!("{ANNA} - unsubscribed")]);
    assert_eq!(states(&mut *ledger, first), [LetterState::Accepted; 3], "the newest one is left");
    assert_eq!(states(&mut *ledger, second), [LetterState::Left, LetterState::Accepted, LetterState::Accepted]);
    assert_eq!(states(&mut *ledger, open), [LetterState::Suppressed, LetterState::Planned, LetterState::Planned]);
    let letter = ledger.letter(second, ANNA).unwrap().unwrap();
    assert_eq!((letter.at, letter.reason.unwrap().text()), (Some(at(1)), "one-click"));
    assert_eq!(ledger.totals(second).unwrap().recipients(), 3);
    assert_eq!(leave(&mut *ledger, ANNA, None), LeaveResult::AlreadyLeft);
    assert_eq!(states(&mut *ledger, first), [LetterState::Accepted; 3], "a second time changes nothing");
}

fn who_leaves_a_series_gets_the_others(mut ledger: Box<dyn Ledger>) {
    let house = sent(&mut *ledger, "house", None, &PEOPLE);
    let forms = sent(&mut *ledger, "forms", Some("os2forms"), &PEOPLE);
    let other = sent(&mut *ledger, "web", Some("os2web"), &PEOPLE);
    assert_eq!(leave(&mut *ledger, BO, Some("os2forms")), LeaveResult::Left);
    assert_eq!(leave(&mut *ledger, BO, Some("os2forms")), LeaveResult::AlreadyLeft);
    assert_eq!(suppressed(&mut *ledger), [format!("{BO} os2forms unsubscribed")]);
    assert_eq!(states(&mut *ledger, forms)[1], LetterState::Left);
    assert_eq!(
        (states(&mut *ledger, house)[1], states(&mut *ledger, other)[1]),
        (LetterState::Accepted, LetterState::Accepted)
    );
    let next = freeze(&mut *ledger, issue("forms-2", Some("os2forms"), &PEOPLE));
    assert_eq!(states(&mut *ledger, next)[1], LetterState::Suppressed);
    let next = freeze(&mut *ledger, issue("web-2", Some("os2web"), &PEOPLE));
    assert_eq!(states(&mut *ledger, next), [LetterState::Planned; 3]);
}

fn an_old_token_is_heard_after_retention_and_erasure(mut ledger: Box<dyn Ledger>) {
    sent(&mut *ledger, "one", None, &[ANNA, BO]);
    assert_eq!(retention::erase_before(&mut *ledger, at(24)).unwrap(), 2);
    let erase = SuppressionRequest {
        address: Address::parse(BO).unwrap(),
        reason: SuppressionReason::Erased,
        at: None,
        source: "test".to_owned(),
    };
    ledger.suppress(&[Suppression::new(&erase, None, &key(), at(1))], at(1)).unwrap();
    ledger.erase(BO).unwrap();
    assert_eq!(leave(&mut *ledger, ANNA, None), LeaveResult::Left);
    assert_eq!(leave(&mut *ledger, BO, None), LeaveResult::AlreadyLeft, "an erased reader stays erased");
    assert_eq!(leave(&mut *ledger, BO, Some("os2forms")), LeaveResult::Left);
    assert_eq!(suppressed(&mut *ledger), ["- - erased", "- - unsubscribed", "- os2forms unsubscribed"]);
    assert_eq!(report(&mut *ledger, "one", ANNA, ReportKind::Complained), ReportResult::Unknown);
    let next = freeze(&mut *ledger, issue("two", None, &PEOPLE));
    assert_eq!(states(&mut *ledger, next), [LetterState::Suppressed, LetterState::Suppressed, LetterState::Planned]);
}

/// Between the reading of suppressions and the end of freezing there may be minutes.
fn who_left_without_a_known_address_is_not_planned(mut ledger: Box<dyn Ledger>) {
    sent(&mut *ledger, "one", Some("os2forms"), &[ANNA, BO]);
    retention::erase_before(&mut *ledger, at(24)).unwrap();
    let (plan, letters) = issue("two", Some("os2forms"), &PEOPLE);
    let suppressed = SuppressedAddresses::read(&mut *ledger, vec![key()], plan.series.as_ref()).unwrap();
    assert_eq!(leave(&mut *ledger, ANNA, None), LeaveResult::Left);
    assert_eq!(leave(&mut *ledger, BO, Some("os2forms")), LeaveResult::Left);
    let context = FreezeContext { suppressed, ..freeze_context() };
    let plan = ledger.freeze(&plan, &context, &mut letters.into_iter().map(Ok)).unwrap();
    assert_eq!(states(&mut *ledger, plan), [LetterState::Suppressed, LetterState::Suppressed, LetterState::Planned]);
}

fn a_hard_bounce_suppresses_at_once(mut ledger: Box<dyn Ledger>) {
    let plan = sent(&mut *ledger, "one", None, &PEOPLE);
    let tokens = BTreeSet::from([token("one", ANNA), token("one", "nobody@a.example"), token("two", ANNA)]);
    let known = ledger.letters_of(&tokens).unwrap();
    let known: Vec<_> =
        known.iter().map(|(token, letter)| (token.clone(), letter.address.as_str(), letter.state)).collect();
    assert_eq!(known, [(token("one", ANNA), ANNA, LetterState::Accepted)]);
    let hard = ReportKind::Failed(FailureClass::Hard);
    assert_eq!(report(&mut *ledger, "one", ANNA, hard), ReportResult::Recorded);
    assert_eq!(report(&mut *ledger, "one", ANNA, hard), ReportResult::AlreadyKnown);
    assert_eq!(report(&mut *ledger, "one", BO, ReportKind::Delayed), ReportResult::AlreadyKnown);
    assert_eq!(suppressed(&mut *ledger), [format!("{ANNA} - bounced")]);
    assert_eq!(states(&mut *ledger, plan), [LetterState::Bounced, LetterState::Accepted, LetterState::Accepted]);
    let letter = ledger.letter(plan, ANNA).unwrap().unwrap();
    assert_eq!(
        (letter.at, letter.reason.unwrap().to_string().as_str()),
        (Some(at(1)), "550 5.1.1 the receiver's words")
    );
    let totals = ledger.totals(plan).unwrap();
    assert_eq!((totals.recipients(), totals.ever_accepted(), totals.is_finished()), (3, 3, true));
}

const SOFT: ReportKind = ReportKind::Failed(FailureClass::Soft);

fn soft_bounces_suppress_when_they_come_in_a_row(mut ledger: Box<dyn Ledger>) {
    for number in 1..=7 {
        sent(&mut *ledger, &number.to_string(), None, &PEOPLE);
        // Carl gets number 3, and Bo only the last one, whose bounce is still on its way.
        if number != 3 {
            report(&mut *ledger, &number.to_string(), CARL, SOFT);
        }
        assert_eq!(report(&mut *ledger, &number.to_string(), ANNA, SOFT), ReportResult::Recorded);
        assert_eq!(report(&mut *ledger, &number.to_string(), ANNA, SOFT), ReportResult::AlreadyKnown);
        if number == 4 {
            assert_eq!(suppressed(&mut *ledger), Vec::<String>::new(), "four are not five");
        }
        if number == 5 {
            assert_eq!(suppressed(&mut *ledger), [format!("{ANNA} - bounced")]);
            break;
        }
    }
    // 3 arrived; 1, 2, 4 and 5 did not.
    sent(&mut *ledger, "6", None, &[BO, CARL]);
    sent(&mut *ledger, "7", None, &[BO, CARL]);
    report(&mut *ledger, "6", CARL, SOFT);
    report(&mut *ledger, "7", CARL, SOFT);
    assert_eq!(suppressed(&mut *ledger).len(), 1, "4 to 7 are four");
    report(&mut *ledger, "3", CARL, SOFT);
    assert_eq!(suppressed(&mut *ledger), [format!("{ANNA} - bounced"), format!("{CARL} - bounced")]);
}

fn policy_suppresses_no_one(mut ledger: Box<dyn Ledger>) {
    let ours = ReportKind::Failed(FailureClass::Ours);
    for number in 1..=7 {
        let plan = sent(&mut *ledger, &number.to_string(), None, &[ANNA]);
        assert_eq!(report(&mut *ledger, &number.to_string(), ANNA, ours), ReportResult::Recorded);
        assert_eq!(states(&mut *ledger, plan), [LetterState::Bounced]);
    }
    assert_eq!(suppressed(&mut *ledger), Vec::<String>::new());
    assert_eq!(report(&mut *ledger, "7", ANNA, ReportKind::Failed(FailureClass::Hard)), ReportResult::Recorded);
    assert_eq!(suppressed(&mut *ledger), [format!("{ANNA} - bounced")]);
}

fn a_refusal_counts_like_a_bounce(mut ledger: Box<dyn Ledger>) {
    let plan = freeze(&mut *ledger, issue("one", None, &PEOPLE));
    let outcome = |address: &str| match address {
        ANNA => Outcome::Refused(Reply::new(550, "5.1.1 no such user")),
        _ => accepted(address),
    };
    send(&mut *ledger, plan, outcome);
    let refusals = ledger.refusals(plan).unwrap();
    assert_eq!((refusals.len(), refusals[0].reason.to_string().as_str()), (1, "550 5.1.1 no such user"));
    assert_eq!(refusals[0].letter, token("one", ANNA));
    assert_eq!(report(&mut *ledger, "one", ANNA, ReportKind::Failed(FailureClass::Hard)), ReportResult::Recorded);
    assert_eq!(ledger.refusals(plan).unwrap(), []);
    let letter = ledger.letter(plan, ANNA).unwrap().unwrap();
    assert_eq!((letter.state, letter.at), (LetterState::Refused, Some(at(0))));
    assert_eq!(suppressed(&mut *ledger), [format!("{ANNA} - bounced")]);
}

fn a_complaint_outweighs_what_else_is_known(mut ledger: Box<dyn Ledger>) {
    let plan = sent(&mut *ledger, "one", None, &PEOPLE);
    leave(&mut *ledger, ANNA, None);
    report(&mut *ledger, "one", BO, SOFT);
    for address in PEOPLE {
        assert_eq!(report(&mut *ledger, "one", address, ReportKind::Complained), ReportResult::Recorded);
        assert_eq!(report(&mut *ledger, "one", address, ReportKind::Complained), ReportResult::AlreadyKnown);
        assert_eq!(report(&mut *ledger, "one", address, SOFT), ReportResult::AlreadyKnown);
        leave(&mut *ledger, address, None);
    }
    assert_eq!(states(&mut *ledger, plan), [LetterState::Complained; 3]);
    let reasons = [format!("{ANNA} - unsubscribed"), format!("{BO} - complained"), format!("{CARL} - complained")];
    assert_eq!(suppressed(&mut *ledger), reasons);
}

fn a_removed_suppression_stays_removed(mut ledger: Box<dyn Ledger>) {
    let limits = BounceLimits { soft_limit: 2 };
    for number in ["1", "2", "3", "4"] {
        sent(&mut *ledger, number, None, &[ANNA, BO]);
    }
    let hard = ReportKind::Failed(FailureClass::Hard);
    ledger.report(&[report_at("1", ANNA, hard, 1)], &limits).unwrap();
    ledger.report(&[report_at("3", BO, SOFT, 1), report_at("4", BO, SOFT, 1)], &limits).unwrap();
    remove(&mut *ledger, ANNA, 10);
    remove(&mut *ledger, BO, 10);
    // Feedback older than the removal, and a series of failures that began before it.
    let again = [report_at("1", ANNA, hard, 11), report_at("2", ANNA, hard, 9), report_at("2", BO, SOFT, 11)];
    ledger.report(&again[1..], &limits).unwrap();
    assert_eq!(ledger.leave(&[request(ANNA, None, 9)]).unwrap(), [LeaveResult::AlreadyLeft]);
    assert_eq!(suppressed(&mut *ledger), Vec::<String>::new());
    ledger.report(&again[..1], &limits).unwrap();
    assert_eq!(suppressed(&mut *ledger), [format!("{ANNA} - bounced")]);
    assert_eq!(ledger.leave(&[request(BO, None, 12)]).unwrap(), [LeaveResult::Left]);
}

fn who_left_stays_so_when_a_bounce_is_forgiven(mut ledger: Box<dyn Ledger>) {
    sent(&mut *ledger, "one", None, &[ANNA]);
    report(&mut *ledger, "one", ANNA, ReportKind::Failed(FailureClass::Hard));
    assert_eq!(leave(&mut *ledger, ANNA, None), LeaveResult::Left);
    assert_eq!(leave(&mut *ledger, ANNA, None), LeaveResult::AlreadyLeft);
    assert_eq!(suppressed(&mut *ledger), [format!("{ANNA} - unsubscribed")]);
}

fn a_new_plan_keeps_what_came_back(mut ledger: Box<dyn Ledger>) {
    let people = [ANNA, BO, CARL, "dan@d.example"];
    let first = sent(&mut *ledger, "one", None, &people);
    report(&mut *ledger, "one", ANNA, SOFT);
    report(&mut *ledger, "one", BO, ReportKind::Complained);
    leave(&mut *ledger, CARL, None);
    let came_back = states(&mut *ledger, first);
    let content = freeze_context().content;
    assert!(
        ledger.same_content(&content, &IssueId::of_path("issues/other.md"), plan(&[]).0.transport).unwrap().is_some()
    );
    let second = freeze(&mut *ledger, issue("one", None, &people));
    assert_eq!(states(&mut *ledger, second), came_back);
    assert_eq!(report(&mut *ledger, "one", ANNA, SOFT), ReportResult::AlreadyKnown);
    assert_eq!(report(&mut *ledger, "one", people[3], SOFT), ReportResult::Recorded);
    assert_eq!(states(&mut *ledger, second)[3], LetterState::Bounced);
    assert_eq!(ledger.check_integrity().unwrap(), Vec::<String>::new());
    let mut copy = ledger::open::in_memory().unwrap();
    copy.import(&mut *ledger).unwrap();
    assert_eq!(states(&mut *copy, second), states(&mut *ledger, second));
    assert_eq!(report(&mut *copy, "one", ANNA, SOFT), ReportResult::AlreadyKnown);
    assert_eq!(leave(&mut *copy, people[3], None), LeaveResult::Left);
}

fn forged_tokens_change_nothing(mut ledger: Box<dyn Ledger>) {
    let plan = sent(&mut *ledger, "one", None, &PEOPLE);
    let open = freeze(&mut *ledger, issue("two", None, &PEOPLE));
    let before = (ledger.letters(plan).unwrap().len(), states(&mut *ledger, plan), states(&mut *ledger, open));
    let other = HmacKey::new(b"another project");
    let forged = (0..1_000).map(|number| Address::parse(&format!("{number}@a.example")).unwrap());
    let addresses: Vec<Address> = PEOPLE.iter().map(|address| Address::parse(address).unwrap()).chain(forged).collect();
    let ids = MessageIds { key: other.clone(), domain: "a.example".to_owned() };
    let reports: Vec<LetterReport> = addresses
        .iter()
        .map(|address| LetterReport {
            letter: LetterToken::of_message_id(&ids.letter(&IssueId::of_path("issues/one.md"), address)).unwrap(),
            ..report_at("one", ANNA, ReportKind::Failed(FailureClass::Hard), 1)
        })
        // A letter that was not sent yet cannot bounce.
        .chain([report_at("two", ANNA, ReportKind::Complained, 1)])
        .collect();
    let results = ledger.report(&reports, &BounceLimits::default()).unwrap();
    assert!(results.iter().all(|result| *result == ReportResult::Unknown));
    let requests: Vec<LeaveRequest> = addresses
        .iter()
        .map(|address| LeaveRequest {
            target: LeaveTarget { token: UnsubscribeToken::of(&other, address), series: None },
            ..request(ANNA, None, 1)
        })
        .collect();
    let results = ledger.leave(&requests).unwrap();
    assert!(results.iter().all(|result| *result == LeaveResult::Unknown));
    assert_eq!((ledger.letters(plan).unwrap().len(), states(&mut *ledger, plan), states(&mut *ledger, open)), before);
    assert_eq!(suppressed(&mut *ledger), Vec::<String>::new());
}

/// Letters sent before have tokens of the former key, those of a plan that goes on have tokens of the new one.
fn a_changed_key_loses_no_reader(mut ledger: Box<dyn Ledger>) {
    sent(&mut *ledger, "one", None, &PEOPLE);
    assert_eq!(leave(&mut *ledger, ANNA, None), LeaveResult::Left);
    let open = freeze(&mut *ledger, issue("two", None, &PEOPLE));
    let new = HmacKey::new(b"another key of the tests");
    let keys = ReaderKeys { tokens: new.clone(), suppressions: new.clone() };
    for _ in 0..2 {
        ledger.add_readers(open, &keys).unwrap();
    }
    let token = UnsubscribeToken::of(&new, &Address::parse(BO).unwrap());
    let by_new_link = LeaveRequest { target: LeaveTarget { token, series: None }, ..request(BO, None, 1) };
    assert_eq!(ledger.leave(&[by_new_link]).unwrap(), [LeaveResult::Left]);
    assert_eq!(states(&mut *ledger, open), [LetterState::Suppressed, LetterState::Suppressed, LetterState::Planned]);
    assert_eq!(leave(&mut *ledger, CARL, Some("os2forms")), LeaveResult::Left, "an old link");
    let suppressed = SuppressedAddresses::read(&mut *ledger, vec![new, key()], None).unwrap();
    let reasons = PEOPLE.map(|address| suppressed.reason(&Address::parse(address).unwrap()));
    let unsubscribed = Some(SuppressionReason::Unsubscribed);
    assert_eq!(reasons, [unsubscribed, unsubscribed, None]);
    let series = SeriesId::parse("os2forms").unwrap();
    let suppressed = SuppressedAddresses::read(&mut *ledger, vec![key()], Some(&series)).unwrap();
    assert_eq!(suppressed.reason(&Address::parse(CARL).unwrap()), unsubscribed);
}

/// The state after a killed process: the files as they are on disk.
#[test]
fn who_left_is_on_disk() {
    let folder = crate::project::Project::empty("feedback-disk");
    let place = |name: &str| LedgerLocation::File(folder.path(name));
    let mut ledger = ledger::open::open_to_write(&place("ledger.db")).unwrap();
    sent(&mut *ledger, "one", None, &PEOPLE);
    for (number, address) in PEOPLE.into_iter().enumerate() {
        let mut other = ledger::open::open_to_suppress(&place("ledger.db")).unwrap();
        assert_eq!(leave(&mut *other, address, None), LeaveResult::Left);
        let copy = format!("{number}.db");
        for end in ["", "-wal"] {
            fs::copy(folder.path(&format!("ledger.db{end}")), folder.path(&format!("{copy}{end}"))).unwrap();
        }
        let mut copy = ledger::open::open_to_suppress(&place(&copy)).unwrap();
        assert_eq!(leave(&mut *copy, address, None), LeaveResult::AlreadyLeft);
    }
}
