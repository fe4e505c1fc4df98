//! The users of this host.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// The number of the user who owns a file or folder; absent: it cannot be read.
pub(crate) fn uid(path: &Path) -> Option<u32> {
    fs::metadata(path).ok().map(|metadata| metadata.uid())
}

/// The name of the user who owns a file or folder, or the user's number if the host's own file of users has no name for
/// it, as with users of a directory service; absent: it cannot be read.
pub(crate) fn owner(path: &Path) -> Option<String> {
    uid(path).map(name)
}

/// The name of a user, or else the number, as for [`owner`].
pub(crate) fn name(uid: u32) -> String {
    let number = uid.to_string();
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_of(&users, &number).unwrap_or(&number).to_owned()
}

/// Whether a user's number is known to this host, also by a directory service, which `getent` asks.
pub(crate) fn is_known(number: &str) -> bool {
    let asked = Command::new("getent").args(["passwd", number]).stdin(Stdio::null()).output();
    // Without `getent`, nothing is known of a directory service.
    asked.map_or(true, |answer| answer.status.success())
}

/// The name that lines of passwd(5) have for a number.
fn name_of<'u>(users: &'u str, number: &str) -> Option<&'u str> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1)? == number).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_their_number() {
        let users = "root:x:0:0:root:/root:/bin/bash\n# a comment\nanna:x:1000:1000::/home/anna:/bin/sh\n";
        assert_eq!(name_of(users, "1000"), Some("anna"));
        assert_eq!(name_of(users, "0"), Some("root"));
        assert_eq!(name_of(users, "100"), None);
    }
}
