//! Feedback from readers and mail servers: requests to unsubscribe, bounces, complaints.

pub mod access_log;
pub mod failure_class;
pub mod mail;
pub mod mailbox;
pub mod pages;
pub mod recorder;
pub mod server;
pub mod spool;
