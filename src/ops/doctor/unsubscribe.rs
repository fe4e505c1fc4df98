//! Checks whether the page where readers unsubscribe answers.

use std::time::Duration;

use crate::base::message::message;
use crate::ops::doctor::finding::{DoctorCheck, DoctorFinding};
use crate::ops::unsubscribe_check::{self, PageFault};
use crate::project::Project;
use crate::project::online::RequestLimits;

const CHECK: DoctorCheck = DoctorCheck::Unsubscribe;
/// How long the page may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// One finding.
pub(super) fn examine(project: &Project) -> Vec<DoctorFinding> {
    let unsubscribe = &project.settings().unsubscribe;
    let Some(url) = &unsubscribe.url else {
        return vec![DoctorFinding::pass(
            CHECK,
            message!("readers unsubscribe by mail", "læserne afmelder sig pr. mail"),
        )];
    };
    let limits = RequestLimits { timeout: TIMEOUT, ..RequestLimits::default() };
    vec![match unsubscribe_check::fault(project, url, limits) {
        None => DoctorFinding::pass(CHECK, message!("{url} is this project's page", "{url} er projektets side")),
        Some(PageFault::NotReached(status)) => match status.diagnostic(url) {
            Some(found) => {
                let finding = if status.is_local() {
                    DoctorFinding::unknown(CHECK, found.message.clone())
                } else {
                    DoctorFinding::fail(CHECK, found.message.clone())
                };
                finding.advice(found.hint.unwrap_or_default())
            }
            None => DoctorFinding::pass(CHECK, message!("{url} answers", "{url} svarer")),
        },
        Some(fault @ PageFault::Missing { .. }) => DoctorFinding::fail(CHECK, fault.message()).advice(fault.hint()),
        Some(fault @ (PageFault::OtherProject | PageFault::OtherProgram)) => {
            DoctorFinding::warn(CHECK, fault.message()).advice(fault.hint())
        }
    }]
}
