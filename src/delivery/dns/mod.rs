//! A DNS client: names, messages, and the exchange with a server.

pub(crate) mod client;
pub(crate) mod lookup;
pub(crate) mod message;
pub(crate) mod name;
pub(crate) mod outgoing;
pub(crate) mod resolv_conf;
#[cfg(test)]
pub(crate) mod sample_zone;
