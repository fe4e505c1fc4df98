//! Looks at whether the page answers where readers unsubscribe.

use std::time::Duration;

use crate::ops::doctor::finding::{DoctorCheck, Finding};
use crate::ops::unsubscribe_check::{self, PageFault};
use crate::project::Project;
use crate::project::online::RequestLimits;

const CHECK: DoctorCheck = DoctorCheck::Unsubscribe;
/// How long the page may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// One finding.
pub(super) fn examine(project: &Project) -> Vec<Finding> {
    let unsubscribe = &project.settings().unsubscribe;
    let Some(url) = &unsubscribe.url else {
        return vec![Finding::pass(CHECK, "readers unsubscribe by mail")];
    };
    let limits = RequestLimits { timeout: TIMEOUT, ..RequestLimits::default() };
    vec![match unsubscribe_check::fault(project, url, limits) {
        None => Finding::pass(CHECK, format!("{url} is this project's page")),
        Some(PageFault::NotReached(status)) => match status.diagnostic(url) {
            Some(found) => {
                let finding = if status.is_local() {
                    Finding::unknown(CHECK, found.message.english())
                } else {
                    Finding::fail(CHECK, found.message.english())
                };
                finding.advice(found.hint.unwrap_or_default().english())
            }
            None => Finding::pass(CHECK, format!("{url} answers")),
        },
        Some(fault @ PageFault::Missing { .. }) => Finding::fail(CHECK, fault.message()).advice(fault.hint()),
        Some(fault @ (PageFault::OtherProject | PageFault::OtherProgram)) => {
            Finding::warn(CHECK, fault.message()).advice(fault.hint())
        }
    }]
}
