//! The servers in `/etc/resolv.conf` (resolv.conf(5)).

use std::net::{IpAddr, SocketAddr};

/// The port of the DNS (RFC 1035 §4.2).
pub(crate) const PORT: u16 = 53;
/// How many servers the C library uses.
const MOST_SERVERS: usize = 3;

/// The servers, in their order. An address with a zone, such as `fe80::1%eth0`, is left out: what it means depends on the
/// machine.
pub(crate) fn servers(text: &str) -> Vec<SocketAddr> {
    let addresses = text.lines().filter_map(|line| {
        let mut words = line.split_ascii_whitespace();
        words.next().filter(|word| *word == "nameserver")?;
        words.next()?.parse::<IpAddr>().ok()
    });
    addresses.take(MOST_SERVERS).map(|address| SocketAddr::new(address, PORT)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_servers_are_read() {
        let text = "# nameserver 192.0.2.9\nsearch forening.example\nnameserver fe80::1%eth0\n\
                    nameserver 192.0.2.1\nnameserver\t2001:db8::1 \noptions edns0\nnameserver x\n";
        let expected = ["192.0.2.1:53", "[2001:db8::1]:53"].map(|text| text.parse::<SocketAddr>().unwrap());
        assert_eq!(servers(text), expected);
        assert_eq!(servers(&"nameserver 192.0.2.1\n".repeat(9)).len(), 3);
    }
}
