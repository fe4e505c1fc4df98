//! Tests of the program from outside.

// With the attribute, clippy counts the helpers between the tests as test code (`allow-unwrap-in-tests`).
#[cfg(test)]
mod algebra;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod arrives;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod blocks;
#[cfg(test)]
mod book;
#[cfg(test)]
mod cancel;
#[cfg(test)]
mod case;
#[cfg(test)]
mod chance;
#[cfg(test)]
mod checks;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod conversation;
#[cfg(test)]
mod databases;
#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod event;
#[cfg(test)]
mod feedback;
#[cfg(test)]
mod files;
#[cfg(test)]
mod final_text;
#[cfg(test)]
mod handbook;
#[cfg(test)]
mod imap;
#[cfg(test)]
mod imap_server;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod languages;
#[cfg(test)]
mod leaks;
#[cfg(test)]
mod leases;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod letter_bytes;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod mailboxes;
#[cfg(test)]
mod many_letters;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod name_server;
#[cfg(test)]
mod needs;
#[cfg(test)]
mod oauth;
#[cfg(test)]
mod online;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod pace;
#[cfg(test)]
mod pipelining;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod posts;
#[cfg(test)]
mod project;
#[cfg(test)]
mod random;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod relay;
#[cfg(test)]
mod rule_relay;
#[cfg(test)]
mod schedules;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod series;
#[cfg(test)]
mod smtp;
#[cfg(test)]
mod smtp_opening;
mod snippets;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod token_server;
#[cfg(test)]
mod upgrades;
#[cfg(test)]
mod values;
