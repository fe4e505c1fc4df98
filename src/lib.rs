//! Write a newsletter in Markdown, give each audience its own edition, and deliver it, once to everyone.
//!
//! The modules in the order in which they may know each other (`tests/it/architecture.rs` holds them to it): [`error`],
//! [`source`], [`digest`], [`secret`], [`database`], [`language`], [`value`], [`recipient`], [`people`], [`import`], [`audience`],
//! [`issue`], [`picture`], [`render`], [`plan`], [`dkim`], [`letter`], [`leak`], [`report`], [`ledger`], [`delivery`],
//! [`workspace`], [`online`], [`cli`]. `docs/architecture.md` draws the house.

pub mod audience;
pub mod cli;
pub mod database;
pub mod delivery;
pub mod digest;
pub mod dkim;
pub mod error;
pub mod import;
pub mod issue;
pub mod language;
pub mod leak;
pub mod ledger;
pub mod letter;
pub mod online;
pub mod people;
pub mod picture;
pub mod plan;
pub mod recipient;
pub mod render;
pub mod report;
pub mod secret;
pub mod source;
pub mod value;
pub mod workspace;
