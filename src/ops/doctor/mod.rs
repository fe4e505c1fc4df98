//! Finds out why letters do not leave, or do not arrive: checks the project, this machine, and what other servers see
//! of the sender. It sends and changes nothing.

mod dkim;
mod dmarc;
mod files;
pub mod finding;
mod inbox;
mod local;
mod mail_servers;
pub mod order;
mod relay;
mod reverse_name;
mod runs;
mod sender_domains;
mod sending_address;
mod spf;
mod unsubscribe;

use std::sync::Arc;
use std::time::Duration;

use crate::base::message::message;
use crate::delivery::dns::client::DnsClient;
use crate::delivery::side_by_side::{self, SideTask};
use crate::ops::doctor::finding::{DoctorCheck, DoctorFinding};
use crate::ops::doctor::order::{DoctorOrder, DoctorReach};
use crate::project::Project;

/// The time limit of all checks together.
const WHOLE: Duration = Duration::from_secs(28);
/// The DNS is not queried after this time, so that the results so far are reported.
const DNS_TIME: Duration = Duration::from_secs(25);

/// One check.
type Examination = fn(&Project, &DoctorOrder, &DnsClient) -> Vec<DoctorFinding>;

/// The checks on this machine.
const HERE: [(DoctorCheck, Examination); 6] = [
    (DoctorCheck::Project, |project, order, _| local::project(project, order.now)),
    (DoctorCheck::Files, |project, order, _| files::examine(project, &order.program)),
    (DoctorCheck::Clock, |project, order, _| local::clock(project, order)),
    (DoctorCheck::Disk, |project, _, _| local::disk(project)),
    (DoctorCheck::Ledger, |project, order, _| local::ledger(project, order.reach)),
    (DoctorCheck::Runs, |project, order, _| runs::examine(project, order)),
];

/// The checks that contact other machines.
const ELSEWHERE: [(DoctorCheck, Examination); 7] = [
    (DoctorCheck::Relay, |project, order, _| relay::examine(project, order.now)),
    (DoctorCheck::Mx, |project, _, dns| mail_servers::examine(project, dns)),
    (DoctorCheck::Spf, |project, order, dns| spf::examine(project, order.sends_from, dns)),
    (DoctorCheck::Dkim, |project, _, dns| dkim::examine(project, dns)),
    (DoctorCheck::Dmarc, |project, _, dns| dmarc::examine(project, dns)),
    (DoctorCheck::Ptr, |project, order, dns| reverse_name::examine(project, order.sends_from, dns)),
    (DoctorCheck::Unsubscribe, |project, _, _| unsubscribe::examine(project)),
];

/// The check of the mailbox, which is on this machine or on another one.
const MAILBOX: (DoctorCheck, Examination) =
    (DoctorCheck::Inbox, |project, order, _| inbox::examine(project, order.reach));

/// Runs all checks in parallel; the findings are in the order of [`DoctorCheck`].
pub fn examine(project: &Project, order: &DoctorOrder) -> Vec<DoctorFinding> {
    let dns = DnsClient::new(order.resolvers.clone(), DNS_TIME);
    let shared = Arc::new((project.clone(), order.clone(), dns));
    let elsewhere = match order.reach {
        DoctorReach::Online => &ELSEWHERE[..],
        DoctorReach::Offline => &[],
    };
    let all: Vec<(DoctorCheck, Examination)> = HERE.iter().chain(elsewhere).copied().chain([MAILBOX]).collect();
    let tasks = all.iter().map(|(_, examination)| {
        let (shared, examination) = (Arc::clone(&shared), *examination);
        let task: SideTask<Vec<DoctorFinding>> = Box::new(move || {
            let (project, order, dns) = &*shared;
            examination(project, order, dns)
        });
        task
    });
    let answers = side_by_side::answers(tasks.collect(), WHOLE);
    let late = |check| {
        DoctorFinding::unknown(
            check,
            message!("no answer within {} s", "intet svar inden for {} sekunder", WHOLE.as_secs()),
        )
    };
    let all = all.iter().zip(answers);
    all.flat_map(|((check, _), answer)| answer.unwrap_or_else(|| vec![late(*check)])).collect()
}
