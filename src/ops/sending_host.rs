//! Whether this machine is one that may send.

use crate::base::message::Message;
use crate::ops::blocked::GuardFailure;
use crate::project::Project;
use crate::project::host_name;

/// Checks that `send_host` in the settings, if they have it, names this machine.
///
/// # Errors
///
/// It names others only.
pub fn check(project: &Project) -> Result<(), GuardFailure> {
    let allowed = &project.settings().sending.hosts;
    if allowed.is_empty() || allowed.iter().any(|name| host_name::is_called(name)) {
        return Ok(());
    }
    Err(GuardFailure::OtherHost { here: host_name::name(), allowed: Message::either(allowed) })
}
