//! Completes what is typed in a shell: the scripts for the shells, and the command that they call.

pub(super) mod candidates;
pub(super) mod names;
pub(super) mod typed_words;
