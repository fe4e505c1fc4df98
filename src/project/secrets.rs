//! Reads secrets from the sources in the settings, creates the program's own, and keeps them out of messages.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::rand;

use crate::base::digest::{Digest, HmacKey};
use crate::base::error::Error;
use crate::base::limits;
use crate::base::message::{Message, message};
use crate::base::secret::{Secret, SecretSource};
use crate::delivery::file::{self, Durability, ExistingFile, FileReaders, WholeFile};
use crate::delivery::ledger::error::LedgerError;
use crate::project::command;
use crate::project::files;

/// Reads a secret; white space at its end (the newline of an editor or of `echo`) is removed.
pub(crate) fn read(root: &Path, from: &SecretSource) -> Result<Secret, Error> {
    let text = match from {
        SecretSource::Env(variable) => {
            env::var(variable).map_err(|error| io::Error::new(io::ErrorKind::NotFound, error))
        }
        SecretSource::File(path) => {
            let path = root.join(path);
            if fs::symlink_metadata(&path).is_ok() {
                check_permissions(&path)?;
            }
            text_of(&path)
        }
        SecretSource::Command(command) => run(root, command),
    };
    let empty = || io::Error::new(io::ErrorKind::InvalidData, message!("it is empty", "den er tom"));
    let text = text.and_then(|text| if text.trim_end().is_empty() { Err(empty()) } else { Ok(text) });
    match text {
        Ok(text) => Ok(Secret::new(text.trim_end().to_owned())),
        Err(source) => Err(Error::Secret { what: what(root, from), source: Box::new(source) }),
    }
}

/// The source of a secret, in words. A value that looks like neither a variable nor a path is not shown: it may be the
/// password itself, under the wrong key.
fn what(root: &Path, source: &SecretSource) -> Message {
    match source {
        SecretSource::Env(variable) if is_variable(variable) => {
            message!("the environment variable {variable}", "miljøvariablen {variable}")
        }
        SecretSource::Env(_) => {
            message!(
                "the environment variable that `password_env`, `secret_env` or `client_secret_env` names",
                "miljøvariablen, som `password_env`, `secret_env` eller `client_secret_env` nævner,"
            )
        }
        SecretSource::File(path) => password_file_name(root, path),
        SecretSource::Command(_) => {
            message!("the output of the password command", "det, kommandoen til adgangskoden skriver,")
        }
    }
}

/// The file of a password, in words.
pub(crate) fn password_file_name(root: &Path, path: &Path) -> Message {
    if is_path(root, path) {
        return Message::verbatim(root.join(path).display().to_string());
    }
    message!(
        "the file that `password_file`, `secret_file` or `client_secret_file` names",
        "filen, som `password_file`, `secret_file` eller `client_secret_file` nævner,"
    )
}

/// The file of a private key, in words: a value that does not look like a file may be the key itself.
pub(crate) fn key_file_name(root: &Path, path: &Path) -> Message {
    if is_path(root, path) || is_key_file(path) {
        return Message::verbatim(root.join(path).display().to_string());
    }
    message!("the file that `key_file` names", "filen, som `key_file` nævner,")
}

/// Whether a name ends as those of key files do.
pub(super) fn is_key_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "pem" || extension == "key" || extension == "json")
}

fn run(root: &Path, command: &str) -> io::Result<String> {
    let words = ["sh", "-c", command].map(str::to_owned);
    text(command::short_output(root, &words, limits::SECRET_TIME, limits::SECRET)?)
}

/// A file with a secret.
pub(super) fn text_of(path: &Path) -> io::Result<String> {
    text(files::read_limited(path, limits::SECRET)?)
}

/// The text of a secret; the byte-order mark of an editor is not part of it.
fn text(bytes: Vec<u8>) -> io::Result<String> {
    let text =
        String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Whether a name is written as variables are: in capitals.
fn is_variable(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a path is a file, or could be one: its folder exists.
fn is_path(root: &Path, path: &Path) -> bool {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    root.join(path).exists() || folder.is_some_and(|folder| root.join(folder).is_dir())
}

/// The keys that a project has used; shared with the copies that series get.
#[derive(Clone, Debug, Default)]
pub(super) struct ProjectKeys {
    /// Those in its file: the one in use first.
    pub(super) stored: Arc<OnceLock<Vec<HmacKey>>>,
    /// A temporary one, which is never stored.
    pub(super) temporary: Arc<OnceLock<HmacKey>>,
}

/// The fewest characters of a key: with fewer, tokens could be forged by trying keys.
const KEY_CHARACTERS: usize = 32;

/// Reads a key from its source in the settings.
pub(crate) fn key(root: &Path, source: &SecretSource) -> Result<HmacKey, Error> {
    let secret = read(root, source)?;
    if secret.reveal().chars().count() < KEY_CHARACTERS {
        return Err(short_key(what(root, source), too_short()));
    }
    Ok(HmacKey::new(secret.reveal().as_bytes()))
}

/// Reads the keys in a file: each line has one, the one in use first, then the former ones.
pub(crate) fn read_keys(path: &Path) -> Result<Vec<HmacKey>, Error> {
    check_permissions(path)?;
    let text = text_of(path).map_err(|source| LedgerError::unreadable(path, source))?;
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() || lines.iter().any(|line| line.len() < KEY_CHARACTERS) {
        let reason = too_short();
        let message = message!(
            "{reason}: restore it from your backup, or copy it from the machine that sent before; if a new key is intended, delete the file and run `newsletter ledger new`",
            "{reason}: hent den fra din backup, eller kopiér den fra maskinen, der sendte før; skal der bruges en ny nøgle, så slet filen, og kør `newsletter ledger new`"
        );
        return Err(short_key(Message::verbatim(path.display().to_string()), message));
    }
    Ok(lines.into_iter().map(|line| HmacKey::new(line.as_bytes())).collect())
}

/// Puts a new key before those in a file, which become former ones.
pub(crate) fn rotate_key(path: &Path) -> Result<(), Error> {
    let former = text_of(path).map_err(|source| LedgerError::unreadable(path, source))?;
    let keys = format!("{}\n{}\n", random_digits()?, former.trim());
    replace(path, &keys).map_err(|source| Error::Write { path: path.to_owned(), source })
}

fn too_short() -> Message {
    message!("it has fewer than {KEY_CHARACTERS} characters", "den har færre end {KEY_CHARACTERS} tegn")
}

fn short_key(what: Message, message: Message) -> Error {
    Error::Secret { what, source: Box::new(io::Error::new(io::ErrorKind::InvalidData, message)) }
}

/// A key that is stored nowhere.
pub(crate) fn random_key() -> Result<HmacKey, Error> {
    Ok(HmacKey::new(random_digits()?.as_bytes()))
}

/// A name that cannot be guessed: 128 random bits in hexadecimal.
///
/// # Errors
///
/// The system has no random numbers.
pub fn random_name() -> Result<String, Error> {
    random_digits().map(|digits| digits.chars().take(32).collect())
}

/// Creates the file of a key; if another process has just created it, that one counts.
pub(crate) fn write_key(path: &Path) -> Result<(), Error> {
    let digits = random_digits()?;
    match write_new(path, &digits) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(Error::Write { path: path.to_owned(), source: error })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The digest of 32 random bytes.
fn random_digits() -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    let failed = |_| io::Error::other(message!("no random numbers available", "der er ingen tilfældige tal at få"));
    rand::fill(&mut bytes).map_err(failed).map_err(|source| Error::Secret {
        what: message!("the system's random numbers", "systemets tilfældige tal"),
        source: Box::new(source),
    })?;
    Ok(Digest::sha256(&bytes).to_string())
}

/// Creates a file with a secret, whole and flushed to disk; an existing file is an error.
pub(crate) fn write_new(path: &Path, secret: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        // The ledger, with the recipients, is beside the key.
        file::private_folder(folder)?;
    }
    let mut file = WholeFile::create(path, FileReaders::Owner, ExistingFile::Kept, Durability::Flushed)?;
    file.write_all(secret.as_bytes())?;
    file.finish()
}

fn replace(path: &Path, secret: &str) -> io::Result<()> {
    let mut file = WholeFile::create(path, FileReaders::Owner, ExistingFile::Replaced, Durability::Flushed)?;
    file.write_all(secret.as_bytes())?;
    file.finish()
}

/// Refuses a secret file that others can read.
#[cfg(unix)]
pub(crate) fn check_permissions(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = fs::metadata(path).map_err(|source| Error::Secret {
        what: Message::verbatim(path.display().to_string()),
        source: Box::new(source),
    })?;
    let mode = metadata.permissions().mode() & 0o7777;
    // The lowest six bits are the permissions of the group and of others.
    if mode.trailing_zeros() >= 6 { Ok(()) } else { Err(Error::OpenSecret { path: path.to_owned(), mode }) }
}

#[cfg(not(unix))]
pub(crate) fn check_permissions(_: &Path) -> Result<(), Error> {
    Ok(())
}
