//! Write a newsletter in Markdown, give each audience its own edition, and deliver it exactly once to each recipient.
//!
//! The wings in the order in which they may use each other (`tests/it/architecture/mod.rs` enforces it); `docs/architecture.md` describes each:
//!
//! - [`base`]: errors, secrets, digests, sources with diagnostics, YAML, languages, CSV, the connection to PostgreSQL.
//! - [`people`]: addresses and persons, the lists they come from, and imports from other systems.
//! - [`audience`]: who is in which audience, by which rule, with which consent.
//! - [`issue`]: one newsletter as written: front matter, text, blocks, translations.
//! - [`edition`]: one issue compiled for one audience, language and set of visible blocks.
//! - [`letter`]: the plan of who gets which edition, and the bytes of each letter, signed and checked for leaks.
//! - [`delivery`]: the ledger, the engine, and the transports.
//! - [`feedback`]: requests to unsubscribe, bounces and complaints.
//! - [`publish`]: other channels than mail, and the year of a newsletter.
//! - [`project`]: a project on disk: settings, files, secrets, Git, links.
//! - [`ops`]: what the commands do, without a terminal.
//! - [`cli`]: arguments, output and exit status.

pub mod audience;
pub mod base;
pub mod cli;
pub mod delivery;
pub mod edition;
pub mod feedback;
pub mod issue;
pub mod letter;
pub mod ops;
pub mod people;
pub mod project;
pub mod publish;
