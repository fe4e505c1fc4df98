//! This machine's name: fully qualified, as relays expect it with EHLO, and as configured.

use std::fs;
use std::process::{Command, Stdio};

use crate::delivery::smtp::options::HelloName;

/// The machine's fully qualified name; absent if the system has none: then the address on the connection is used.
pub(crate) fn full_name() -> Option<HelloName> {
    named(&own_name()?, &hosts())
}

/// The machine's name as configured, qualified or not; `unknown` if the system does not report it.
pub(crate) fn name() -> String {
    own_name().unwrap_or_else(|| "unknown".to_owned())
}

/// Whether a name means this machine: its configured name, its qualified name, or the first label of these if the name
/// is one label.
pub(crate) fn is_called(typed: &str) -> bool {
    let full = full_name().map(|name| name.client_id().to_string());
    own_name().into_iter().chain(full).any(|own| {
        let label = own.split('.').next().unwrap_or_default();
        own.eq_ignore_ascii_case(typed) || label.eq_ignore_ascii_case(typed)
    })
}

fn own_name() -> Option<String> {
    let from_file =
        ["/proc/sys/kernel/hostname", "/etc/hostname"].into_iter().find_map(|path| fs::read_to_string(path).ok());
    let name = from_file.or_else(|| {
        // Systems other than Linux have neither file, and all have this command (POSIX, uname).
        let output = Command::new("uname").arg("-n").stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
        String::from_utf8(output.stdout).ok()
    })?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

fn hosts() -> String {
    fs::read_to_string("/etc/hosts").unwrap_or_default()
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
