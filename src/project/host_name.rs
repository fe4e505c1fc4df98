//! This machine's full name, which relays expect with EHLO.

use std::fs;

use crate::delivery::smtp::options::HelloName;

/// The machine's full name; absent where the system knows none, and the address on the connection takes its place.
pub(super) fn full_name() -> Option<HelloName> {
    let short =
        fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| fs::read_to_string("/etc/hostname")).ok()?;
    let hosts = fs::read_to_string("/etc/hosts").unwrap_or_default();
    named(short.trim(), &hosts)
}

/// The name, or the first full one on the line of `/etc/hosts` that has it (hosts(5)).
fn named(short: &str, hosts: &str) -> Option<HelloName> {
    let lines = hosts.lines().map(|line| line.split('#').next().unwrap_or_default());
    let aliases = lines
        .map(|line| line.split_whitespace().skip(1))
        .filter(|names| names.clone().any(|name| name == short))
        .flatten();
    let public = |name: &str| {
        let name = name.to_ascii_lowercase();
        let is_private = [".local", ".localdomain", ".localhost"].iter().any(|end| name.ends_with(end))
            || name.starts_with("localhost.");
        !is_private && !name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    std::iter::once(short).chain(aliases).filter(|name| public(name)).find_map(|name| HelloName::parse(name).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_full_name_is_the_hosts_or_an_alias() {
        let hosts = "127.0.0.1 localhost localhost.localdomain\n127.0.1.1 nyt.kommune.example nyt # mail.x.example\n";
        for (short, expected) in [
            ("web.kommune.example", Some("web.kommune.example")),
            ("nyt", Some("nyt.kommune.example")),
            ("mac.local", None),
            ("localhost", None),
            ("vm", None),
            ("192.0.2.1", None),
        ] {
            assert_eq!(named(short, hosts), expected.map(|name| HelloName::parse(name).unwrap()), "{short}");
        }
    }
}
