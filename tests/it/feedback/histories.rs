//! Random histories of everything that can happen to letters, each step done twice: the states add up to the plan,
//! repeating a step changes nothing, and feedback lifts no suppression.

use std::collections::BTreeSet;

use newsletter::delivery::ledger::feedback::{BounceLimits, FailureClass, LeaveResult, ReportKind, ReportResult};
use newsletter::delivery::ledger::record::PlanId;
use newsletter::delivery::ledger::state::LetterState;
use newsletter::delivery::ledger::suppression::{self, SuppressionRemoval};
use newsletter::delivery::ledger::{self, Ledger};
use newsletter::delivery::outcome::{Outcome, Reply};
use newsletter::people::person::Address;

use crate::chance::Chance;
use crate::feedback::{accepted, at, freeze, issue, key, report_at, request, send, states, suppressed};
use crate::postgres;

#[test]
fn random_histories_add_up_in_a_file() {
    for seed in 0..4 {
        let states = History::new(ledger::open::in_memory().unwrap(), seed).happen(400);
        for state in [LetterState::Bounced, LetterState::Complained, LetterState::Left, LetterState::Refused] {
            assert!(states.contains(&state), "no letter is {state:?}");
        }
    }
}

#[test]
fn random_histories_add_up_on_a_server() {
    let Some(server) = postgres::server() else { return };
    let states = History::new(super::shared(server, "histories"), 15).happen(100);
    assert!(states.contains(&LetterState::Bounced));
}

const SERIES: [Option<&str>; 4] = [None, None, Some("os2forms"), Some("os2web")];
const LIMITS: BounceLimits = BounceLimits { soft_limit: 3 };

struct History {
    ledger: Box<dyn Ledger>,
    chance: Chance,
    people: Vec<String>,
    /// The number of each issue, and its plan in force.
    plans: Vec<(usize, PlanId)>,
}

impl History {
    fn new(ledger: Box<dyn Ledger>, seed: u64) -> Self {
        let people = (0..12).map(|number| format!("p{number}@a.example")).collect();
        Self { ledger, chance: Chance::new(seed), people, plans: Vec::new() }
    }

    /// Performs this many random steps; returns the final states of letters.
    fn happen(mut self, steps: i64) -> BTreeSet<LetterState> {
        for hour in 1..steps {
            let before = self.addresses();
            match self.chance.below(12) {
                0 | 1 => self.plan(),
                2 | 3 => self.send(),
                4..=8 => self.report(hour),
                9 | 10 => self.leave(hour),
                _ => {
                    self.remove(hour);
                    continue;
                }
            }
            assert!(before.is_subset(&self.addresses()), "a suppression was lifted at {hour}");
            for (_, plan) in &self.plans {
                assert_eq!(self.ledger.totals(*plan).unwrap().recipients(), self.people.len() as u64);
            }
        }
        assert_eq!(self.ledger.check_integrity().unwrap(), Vec::<String>::new());
        let plans = self.plans.clone();
        plans.into_iter().flat_map(|(_, plan)| states(&mut *self.ledger, plan)).collect()
    }

    fn person(&mut self) -> String {
        let number = self.chance.below(self.people.len());
        self.people[number].clone()
    }

    fn plan(&mut self) {
        let number = self.chance.below(8);
        let people: Vec<&str> = self.people.iter().map(String::as_str).collect();
        let plan = freeze(&mut *self.ledger, issue(&format!("i{number}"), SERIES[number % 4], &people));
        self.plans.retain(|(other, _)| *other != number);
        self.plans.push((number, plan));
    }

    fn send(&mut self) {
        for (_, plan) in self.plans.clone() {
            let refused = self.person();
            send(&mut *self.ledger, plan, |address| {
                if address == refused { Outcome::Refused(Reply::new(550, "5.1.1 no")) } else { accepted(address) }
            });
        }
    }

    fn report(&mut self, hour: i64) {
        let address = self.person();
        let class = self.chance.pick(&[FailureClass::Hard, FailureClass::Soft, FailureClass::Soft, FailureClass::Ours]);
        let failed = ReportKind::Failed(class);
        let kind = self.chance.pick(&[failed, failed, ReportKind::Delayed, ReportKind::Complained]);
        let report = [report_at(&format!("i{}", self.chance.below(8)), &address, kind, hour)];
        self.ledger.report(&report, &LIMITS).unwrap();
        let after = self.snapshot();
        assert!(self.ledger.report(&report, &LIMITS).unwrap()[0] != ReportResult::Recorded, "{report:?}");
        assert_eq!(self.snapshot(), after);
    }

    fn leave(&mut self, hour: i64) {
        let address = self.person();
        let request = [request(&address, self.chance.pick(&SERIES), hour)];
        self.ledger.leave(&request).unwrap();
        let after = self.snapshot();
        assert!(self.ledger.leave(&request).unwrap()[0] != LeaveResult::Left);
        assert_eq!(self.snapshot(), after);
    }

    fn remove(&mut self, hour: i64) {
        let tag = suppression::tag(&key(), &Address::parse(&self.person()).unwrap(), None);
        let removal = SuppressionRemoval { at: at(hour), because: "asked for it".to_owned() };
        self.ledger.remove_suppression(&tag, &removal).unwrap();
    }

    /// The suppressed addresses, without the reasons.
    fn addresses(&mut self) -> BTreeSet<String> {
        let lines = suppressed(&mut *self.ledger).into_iter();
        lines.map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect()
    }

    /// Everything that feedback can change.
    fn snapshot(&mut self) -> Vec<String> {
        let mut lines = suppressed(&mut *self.ledger);
        for (_, plan) in self.plans.clone() {
            let letters = self.ledger.letters(plan).unwrap().into_iter();
            lines.extend(letters.map(|letter| format!("{:?} {:?} {:?}", letter.state, letter.at, letter.reason)));
        }
        lines
    }
}
