//! What receiving servers read in the DNS about a sender's domain: SPF and DMARC.
//! Nothing here reaches the network: it asks a [`DnsSource`](crate::delivery::dns::lookup::DnsSource).

pub(crate) mod dmarc;
pub(crate) mod spf_record;
pub(crate) mod spf_remedy;
pub(crate) mod spf_survey;
#[cfg(test)]
mod tests;
