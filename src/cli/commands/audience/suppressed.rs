//! Counts the suppressed members of an audience.

use crate::audience::AudienceId;
use crate::base::error::Error;
use crate::delivery::ledger::suppression::SuppressedAddresses;
use crate::ops::ledgers;
use crate::project::Project;
use crate::project::resolved_audiences::ResolvedAudiences;

/// The addresses that are suppressed for all series; empty if there is no ledger.
pub(super) fn read(project: &Project) -> Result<SuppressedAddresses, Error> {
    match ledgers::open_to_read(project)? {
        Some(mut ledger) => Ok(SuppressedAddresses::read(&mut *ledger, project.keys()?, None)?),
        None => Ok(SuppressedAddresses::default()),
    }
}

/// How many members of an audience are among them.
pub(super) fn count(
    readers: &ResolvedAudiences,
    audience: &AudienceId,
    suppressed: &SuppressedAddresses,
) -> Result<usize, Error> {
    if suppressed.is_empty() {
        return Ok(0);
    }
    let mut count = 0;
    for member in readers.membership.of(audience) {
        count += usize::from(suppressed.reason(&member.person()?.address).is_some());
    }
    Ok(count)
}
