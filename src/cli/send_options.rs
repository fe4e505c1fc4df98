//! What `send` and `run` are to send of an issue, and on which conditions.

use crate::ops::plan::SendGuards;
use crate::ops::refusals::OverLimitPolicy;

/// What is sent of an issue, and on which conditions.
pub(super) struct SendOptions {
    pub(super) guards: SendGuards,
    pub(super) confirmation: Confirmation,
    pub(super) early: EarlyPolicy,
    pub(super) over_limit: OverLimitPolicy,
    pub(super) deferred: DeferredPolicy,
}

/// What happens to an issue whose `send_at` is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EarlyPolicy {
    /// The user is asked.
    Ask,
    /// It is sent.
    Send,
}

/// Whether the user has to confirm the number of recipients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Confirmation {
    /// The user types it.
    Ask,
    /// `--yes`, or a scheduled run.
    Given,
}

/// What happens to letters that are not due at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeferredPolicy {
    /// A later run tries them.
    Leave,
    /// This run waits, and tries them when they are due.
    Wait,
}
