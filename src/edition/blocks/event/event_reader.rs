//! Context for reading events.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::placeholders::words::Placeholders;

/// Context for reading events.
#[derive(Clone, Copy)]
pub(super) struct EventReader<'r> {
    pub(super) masked: &'r PlaceholderText,
    pub(super) placeholders: &'r Placeholders,
    /// The day of the issue; absent where the issue does not say.
    pub(super) today: Option<Date>,
    /// The zone of its times.
    pub(super) zone: &'r TimeZone,
}
