//! What the commands do, without a terminal: values in, values out.
//!
//! Nothing here prints or decides an exit status. What stops a command is a [`blocked::Blocked`]; the moment is a
//! parameter.

mod block_table;
pub mod blocked;
pub mod cancel;
pub mod check;
pub mod compose;
pub(crate) mod consent_texts;
pub mod copied_issue;
mod dates_check;
pub mod deliver;
pub mod diagnostic_json;
pub mod diff;
pub mod export;
pub mod feedback_rates;
mod former_recipients;
pub mod hangup;
pub mod import;
pub mod inbox;
pub mod issue_inputs;
pub mod issue_versions;
mod languages;
mod leak_context;
pub mod leave;
pub mod ledger_check;
pub mod ledger_identity;
pub mod ledgers;
mod letter_options;
pub mod link_check;
pub(crate) mod log_files;
pub mod membership_reason;
pub mod metrics;
mod missed_blocks;
pub mod new_issue;
pub mod personal_data;
pub mod plan;
pub mod prepared_issue;
pub mod preview;
pub mod reason_counts;
pub mod receipts;
pub mod refusals;
pub mod run_changes;
mod sample_reader;
pub mod schedule;
pub mod scheduled;
pub mod sending_host;
pub mod serve;
pub mod static_pages;
pub mod status;
mod surroundings;
pub mod test_letters;
pub mod text;
pub mod trusted_projects;
pub mod unsubscribe_check;
pub mod unsubscribe_pages;
pub mod web_pages;
