//! The year of a newsletter: the entries of `calendar.yaml`, and their states.

pub mod busy_week;
mod deadline_keys;
pub mod entry;
pub mod file;
pub mod ics;
pub mod issue_match;
pub mod occurrence;
pub mod page;
pub mod period;
pub mod period_words;
mod repetition;
pub mod state;
mod time_keys;
mod written_period;
pub mod year;
