//! What `doctor` is to check, and how.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use jiff::Timestamp;

/// Whether other machines are contacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoctorReach {
    /// They are.
    Online,
    /// Only this machine is checked.
    Offline,
}

/// What is checked, and how.
#[derive(Clone, Debug)]
pub struct DoctorOrder {
    /// Whether other machines are contacted.
    pub reach: DoctorReach,
    /// The DNS servers; empty: those of this machine.
    pub resolvers: Vec<SocketAddr>,
    /// The address that the relay sends from; absent: not known.
    pub sends_from: Option<IpAddr>,
    /// The present.
    pub now: Timestamp,
    /// This program, for commands that are to be copied.
    pub program: PathBuf,
}
