//! Looks at whether the page answers where readers unsubscribe.

use std::time::Duration;

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
        return vec![DoctorFinding::pass(CHECK, "readers unsubscribe by mail")];
    };
    let limits = RequestLimits { timeout: TIMEOUT, ..RequestLimits::default() };
    vec![match unsubscribe_check::fault(project, url, limits) {
        None => DoctorFinding::pass(CHECK, format!("{url} is this project's page")),
        Some(PageFault::NotReached(status)) => match status.diagnostic(url) {
            Some(found) => {
                let finding = if status.is_local() {
                    DoctorFinding::unknown(CHECK, found.message.english())
                } else {
                    DoctorFinding::fail(CHECK, found.message.english())
                };
                finding.advice(found.hint.unwrap_or_default().english())
            }
            None => DoctorFinding::pass(CHECK, format!("{url} answers")),
        },
        Some(fault @ PageFault::Missing { .. }) => {
            DoctorFinding::fail(CHECK, fault.message().english()).advice(fault.hint().english())
        }
        Some(fault @ (PageFault::OtherProject | PageFault::OtherProgram)) => {
            DoctorFinding::warn(CHECK, fault.message().english()).advice(fault.hint().english())
        }
    }]
}
