//! Secrets: read from where the settings say, made where they are the program's own, never shown.

use std::env;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use aws_lc_rs::rand;

use crate::base::digest::{Digest, HmacKey};
use crate::base::error::Error;
use crate::base::secret::{Secret, SecretSource};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;

const OPEN_PASSWORD: Code = Code("NL190");
/// Keys behind which somebody may have written a password, whether the settings know them or not.
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

/// Reads a secret; white space at its end (the newline of an editor, of `echo`) does not belong to it.
pub(crate) fn read(root: &Path, source: &SecretSource) -> Result<Secret, Error> {
    let (what, text) = match source {
        SecretSource::Env(variable) => (
            format!("the environment variable {variable}"),
            env::var(variable).map_err(|error| io::Error::new(io::ErrorKind::NotFound, error)),
        ),
        SecretSource::File(path) => {
            let path = root.join(path);
            check_permissions(&path)?;
            (path.display().to_string(), fs::read_to_string(&path))
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
    let output = Command::new("sh").arg("-c").arg(command).current_dir(root).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("it ended with {}", output.status)));
    }
    String::from_utf8(output.stdout).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// The key in a file; where there is no such file, 32 random bytes are put there.
pub(crate) fn key_file(path: &Path) -> Result<HmacKey, Error> {
    let failed = |source| Error::Write { path: path.to_owned(), source };
    if !path.exists() {
        let mut bytes = [0_u8; 32];
        rand::fill(&mut bytes).map_err(|_| failed(io::Error::other("no random numbers to be had")))?;
        let digits = Digest::sha256(&bytes).to_string();
        match write_new(path, &digits) {
            Ok(()) => return Ok(HmacKey::new(digits.as_bytes())),
            // Another run made it in the meantime: that one counts.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
    }
    check_permissions(path)?;
    let text = fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    if text.trim().len() < 32 {
        let source = Box::new(io::Error::new(io::ErrorKind::InvalidData, "it holds fewer than 32 characters"));
        return Err(Error::Secret { what: path.display().to_string(), source });
    }
    Ok(HmacKey::new(text.trim().as_bytes()))
}

/// Makes a file with a secret in it, on the disk when this returns; one that is there already is left alone.
pub(crate) fn write_new(path: &Path, secret: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        private_folder(folder)?;
    }
    let mut file = private_file(path)?;
    file.write_all(secret.as_bytes())?;
    file.sync_all()
}

/// Makes a file that only its owner can read, for what is not to be seen by others; one that is there already is left
/// alone.
pub fn create_private(path: &Path) -> Result<fs::File, Error> {
    private_file(path).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => Error::Exists { path: path.to_owned() },
        _ => Error::Write { path: path.to_owned(), source },
    })
}

/// The ledger will lie beside the key: who got what is the owner's alone to read.
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

/// A file with a secret in it must be its owner's alone.
#[cfg(unix)]
pub(crate) fn check_permissions(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = fs::metadata(path)
        .map_err(|source| Error::Secret { what: path.display().to_string(), source: Box::new(source) })?;
    let mode = metadata.permissions().mode() & 0o7777;
    if mode.trailing_zeros() >= 6 { Ok(()) } else { Err(Error::OpenSecret { path: path.to_owned(), mode }) }
}

#[cfg(not(unix))]
pub(crate) fn check_permissions(_: &Path) -> Result<(), Error> {
    Ok(())
}

/// A password in the settings is a mistake of its own; where others can read the file, they have it already.
pub(crate) fn check_password_file(settings: &Source, path: &Path) -> Diagnostics {
    let mut more = Diagnostics::new();
    let holds_password = settings.text().lines().any(|line| password(line).is_some());
    if holds_password && let Err(error @ Error::OpenSecret { .. }) = check_permissions(path) {
        let hint = "take the password out of the file, and give it a new one: others may have read it";
        more.push(Diagnostic::error(OPEN_PASSWORD, error.to_string()).hint(hint));
    }
    more
}

/// The same mistakes, with `…` for every password that stands in the settings.
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

/// The same for an audience; one whose people are in no database has keys of its own, and no password.
pub(crate) fn redact_list(mistakes: Diagnostics, audience: &Source) -> Diagnostics {
    if audience.text().contains("postgres") { redact(&mistakes, audience) } else { mistakes }
}

/// What stands behind such a key, up to the end of the line: in YAML that is wrong nobody knows where a value ends.
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

/// What stands between `:` and `@` in an address such as `postgres://name:password@host`; the sign `@` may be in it.
fn password_in_url(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("://")?;
    let (login, _) = rest.rsplit_once('@')?;
    login.split_once(':').map(|(_, password)| password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_found_however_it_is_written() {
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
