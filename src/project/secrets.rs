//! Reads secrets from where the settings say, creates the program's own, and keeps them out of messages.

use std::env;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use aws_lc_rs::rand;

use crate::base::digest::{Digest, HmacKey};
use crate::base::error::Error;
use crate::base::limits;
use crate::base::secret::{Secret, SecretSource};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::project::command;
use crate::project::files;

const OPEN_PASSWORD: Code = Code("NL190");
/// Keys whose value may be a password, whether the settings have such a key or not.
const PASSWORD_KEYS: [&str; 11] = [
    "password",
    "passwd",
    "pass",
    "pwd",
    "passphrase",
    "kodeord",
    "adgangskode",
    "secret",
    "token",
    "key",
    "private_key",
];

/// Reads a secret; white space at its end (the newline of an editor or of `echo`) is removed.
pub(crate) fn read(root: &Path, source: &SecretSource) -> Result<Secret, Error> {
    let (what, text) = match source {
        SecretSource::Env(variable) => (
            format!("the environment variable {variable}"),
            env::var(variable).map_err(|error| io::Error::new(io::ErrorKind::NotFound, error)),
        ),
        SecretSource::File(path) => {
            let path = root.join(path);
            check_permissions(&path)?;
            (path.display().to_string(), text_of(&path))
        }
        SecretSource::Command(command) => ("the output of the password command".to_owned(), run(root, command)),
    };
    let empty = || io::Error::new(io::ErrorKind::InvalidData, "it is empty");
    let text = text.and_then(|text| if text.trim_end().is_empty() { Err(empty()) } else { Ok(text) });
    match text {
        Ok(text) => Ok(Secret::new(text.trim_end().to_owned())),
        Err(source) => Err(Error::Secret { what, source: Box::new(source) }),
    }
}

fn run(root: &Path, command: &str) -> io::Result<String> {
    let words = ["sh", "-c", command].map(str::to_owned);
    text(command::short_output(root, &words, limits::SECRET_TIME, limits::SECRET)?)
}

/// A file with a secret.
pub(super) fn text_of(path: &Path) -> io::Result<String> {
    text(files::read_limited(path, limits::SECRET)?)
}

/// The text of a secret; the byte-order mark of an editor is no part of it.
fn text(bytes: Vec<u8>) -> io::Result<String> {
    let text =
        String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Reads the key in a file, or creates the file with the digest of 32 random bytes.
pub(crate) fn key_file(path: &Path) -> Result<HmacKey, Error> {
    let failed = |source| Error::Write { path: path.to_owned(), source };
    if !path.exists() {
        let mut bytes = [0_u8; 32];
        rand::fill(&mut bytes).map_err(|_| failed(io::Error::other("no random numbers available")))?;
        let digits = Digest::sha256(&bytes).to_string();
        match write_new(path, &digits) {
            Ok(()) => return Ok(HmacKey::new(digits.as_bytes())),
            // Another process created it in the meantime: its key counts.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
    }
    check_permissions(path)?;
    let text = text_of(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    if text.trim().len() < 32 {
        let source = Box::new(io::Error::new(io::ErrorKind::InvalidData, "it has fewer than 32 characters"));
        return Err(Error::Secret { what: path.display().to_string(), source });
    }
    Ok(HmacKey::new(text.trim().as_bytes()))
}

/// Creates a file with a secret, flushed to disk; an existing file is an error.
pub(crate) fn write_new(path: &Path, secret: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        private_folder(folder)?;
    }
    let mut file = private_file(path)?;
    file.write_all(secret.as_bytes())?;
    file.sync_all()
}

/// Creates a file that only its owner can read; an existing file is an error.
pub fn create_private(path: &Path) -> Result<fs::File, Error> {
    private_file(path).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => Error::Exists { path: path.to_owned() },
        _ => Error::Write { path: path.to_owned(), source },
    })
}

/// Creates a folder that only its owner can read: the ledger, with the recipients, is beside the key.
fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<fs::File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Refuses a secret file that others can read.
#[cfg(unix)]
pub(crate) fn check_permissions(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = fs::metadata(path)
        .map_err(|source| Error::Secret { what: path.display().to_string(), source: Box::new(source) })?;
    let mode = metadata.permissions().mode() & 0o7777;
    // The lowest six bits are the permissions of the group and of others.
    if mode.trailing_zeros() >= 6 { Ok(()) } else { Err(Error::OpenSecret { path: path.to_owned(), mode }) }
}

#[cfg(not(unix))]
pub(crate) fn check_permissions(_: &Path) -> Result<(), Error> {
    Ok(())
}

/// Reports a password in settings that others can read. A password in the settings is an error anyway, but this one must be
/// changed too.
pub(crate) fn check_password_file(settings: &Source, path: &Path) -> Diagnostics {
    let mut more = Diagnostics::new();
    let holds_password = settings.text().lines().any(|line| password(line).is_some());
    if holds_password && let Err(error @ Error::OpenSecret { .. }) = check_permissions(path) {
        let hint = "delete the password from the file, and change it: others may have read it";
        more.push(Diagnostic::error(OPEN_PASSWORD, error.to_string()).hint(hint));
    }
    more
}

/// The same diagnostics, with `…` for every password in the settings.
pub(crate) fn redact(mistakes: &Diagnostics, settings: &Source) -> Diagnostics {
    let passwords: Vec<&str> = settings.text().lines().filter_map(password).collect();
    let hide = |mut diagnostic: Diagnostic| {
        for password in &passwords {
            diagnostic.message = diagnostic.message.replace(password, "…");
            diagnostic.hint = diagnostic.hint.map(|hint| hint.replace(password, "…"));
            diagnostic.place = diagnostic.place.map(|place| place.without(password));
        }
        diagnostic
    };
    mistakes.iter().cloned().map(hide).collect()
}

/// The same for an audience. Without a database it has no password, and its fields may be named like `key`.
pub(crate) fn redact_list(mistakes: Diagnostics, audience: &Source) -> Diagnostics {
    if audience.text().contains("postgres") { redact(&mistakes, audience) } else { mistakes }
}

/// The value of such a key, up to the end of the line: in invalid YAML the end of a value is unknown.
fn password(line: &str) -> Option<&str> {
    let behind = |key: &&str| {
        let (before, rest) = line.split_at_checked(line.to_ascii_lowercase().find(key)? + key.len())?;
        let starts_there =
            !before[..before.len() - key.len()].ends_with(|sign: char| sign.is_alphanumeric() || sign == '_');
        let value = rest.trim_start_matches(['"', '\'', ' ']).strip_prefix([':', '='])?;
        starts_there.then(|| value.trim_matches(['"', '\'', ' ', '\t']))
    };
    PASSWORD_KEYS.iter().find_map(behind).or_else(|| password_in_url(line)).filter(|password| !password.is_empty())
}

/// The password in a URL such as `postgres://name:password@host`; it may contain `@`.
fn password_in_url(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("://")?;
    let (login, _) = rest.rsplit_once('@')?;
    login.split_once(':').map(|(_, password)| password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_found_in_all_notations() {
        for (line, found) in [
            ("  password: s3cret", Some("s3cret")),
            ("smtp: {host: x, \"Password\": 's3:cret'}", Some("s3:cret'}")),
            ("password:s3cret", Some("s3cret")),
            ("adgangskode = s3cret", Some("s3cret")),
            ("ledger: postgres://nyt:s3/cr@et@db/x", Some("s3/cr@et")),
            ("ledger: postgres://nyt@db:5432/x", None),
            ("  password_env: RELAY", None),
            ("  bypass: yes", None),
            ("  password:", None),
        ] {
            assert_eq!(password(line), found, "{line}");
        }
    }
}
