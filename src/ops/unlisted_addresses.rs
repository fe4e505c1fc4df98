//! Addresses that are on no list, such as misspelt ones: suppressing them stops no letter.

use crate::people::person::Address;
use crate::project::Project;

/// Those of some addresses that no list and no audience of the project has. None if a list cannot be read on this
/// machine.
pub fn unlisted<'a>(project: &Project, addresses: &'a [Address]) -> Vec<&'a Address> {
    if addresses.is_empty() {
        return Vec::new();
    }
    let Ok((readers, diagnostics)) = project.readers() else { return Vec::new() };
    if diagnostics.has_errors() || !readers.lists_are_read {
        return Vec::new();
    }
    addresses.iter().filter(|address| readers.membership.address_id(address).is_none()).collect()
}
