//! Writes files whole or not at all: under its name there is either the old file or the new one, never an incomplete
//! one.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::base::message::message;
use crate::delivery::outcome::{FailureReason, SmtpStep};
use crate::delivery::transport::{ConnectionState, SendOutcome};

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileReaders {
    /// Only its owner: it holds people's data or a secret.
    Owner,
    /// Every user whom the `umask` allows.
    Everyone,
    /// Every user, whatever the `umask`: it is written for another user's program.
    Anyone,
}

/// What happens to a file that has the name already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExistingFile {
    /// It is replaced, if it is a regular file.
    Replaced,
    /// It stays, and writing fails.
    Kept,
}

/// Whether a file must survive a power failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// It is on disk when the call returns.
    Flushed,
    /// The system writes it later, which is much faster for many small files.
    Unflushed,
}

/// A file that gets its name only when it is complete. Dropping it before removes what was written.
#[derive(Debug)]
pub struct WholeFile {
    path: PathBuf,
    /// The name until it is complete, in the same folder: rename(2) is atomic only within one file system.
    temporary: PathBuf,
    file: BufWriter<File>,
    existing: ExistingFile,
    durability: Durability,
}

/// Numbers the temporary files of this process: several threads may write at once.
static NEXT: AtomicU64 = AtomicU64::new(0);

impl WholeFile {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// The folder does not allow it; or something has the name that is to be kept, or that is not a regular file, such as
    /// a device, a pipe or a link.
    pub fn create(
        path: &Path,
        readers: FileReaders,
        existing: ExistingFile,
        durability: Durability,
    ) -> io::Result<Self> {
        check_target(path, existing)?;
        let mode = match readers {
            FileReaders::Owner => 0o600,
            FileReaders::Everyone | FileReaders::Anyone => 0o666,
        };
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let temporary = path.with_file_name(format!(".newsletter-{}-{number}.part", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).mode(mode).open(&temporary) {
                Ok(file) => {
                    let path = path.to_owned();
                    let whole = Self { path, temporary, file: BufWriter::new(file), existing, durability };
                    if readers == FileReaders::Anyone {
                        whole.file.get_ref().set_permissions(Permissions::from_mode(0o644))?;
                    }
                    return Ok(whole);
                }
                // Left by a process that was killed and had the same process id.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives the complete file its name.
    ///
    /// # Errors
    ///
    /// It cannot be written to its end, or the name cannot be taken any more.
    pub fn finish(mut self) -> io::Result<()> {
        self.file.flush()?;
        if self.durability == Durability::Flushed {
            self.file.get_ref().sync_all()?;
        }
        check_target(&self.path, self.existing)?;
        match self.existing {
            ExistingFile::Replaced => fs::rename(&self.temporary, &self.path)?,
            // Unlike a rename, a link fails where another process has just taken the name.
            ExistingFile::Kept => match fs::hard_link(&self.temporary, &self.path) {
                Ok(()) => fs::remove_file(&self.temporary)?,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
                // Some file systems, such as FAT, have no links.
                Err(_) => fs::rename(&self.temporary, &self.path)?,
            },
        }
        match self.durability {
            // The new name is on disk only once its folder is.
            Durability::Flushed => File::open(folder_of(&self.path))?.sync_all(),
            Durability::Unflushed => Ok(()),
        }
    }
}

impl Write for WholeFile {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.file.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        // The temporary file is gone if `finish` succeeded.
        _ = fs::remove_file(&self.temporary);
    }
}

/// Refuses a name that must not be taken.
fn check_target(path: &Path, existing: ExistingFile) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(_) if existing == ExistingFile::Kept => Err(io::ErrorKind::AlreadyExists.into()),
        Ok(metadata) if metadata.is_file() => Ok(()),
        Ok(_) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            message!("it exists and is not a regular file", "den findes og er ikke en almindelig fil"),
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Creates a folder that only its owner can enter, and those above it; an existing one is left as it is.
pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Fails if no file can be created in a folder.
pub(super) fn check_writable(folder: &Path) -> io::Result<()> {
    let probe = folder.join(format!(".{}.probe", process::id()));
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&probe)?;
    fs::remove_file(&probe)
}

/// Writes a temporary file, flushes it, and moves it to its path. In a Maildir that file is in another folder (`tmp`).
pub(crate) fn write_durably(temporary: &Path, path: &Path, octets: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(temporary)?;
    file.write_all(octets)?;
    file.sync_all()?;
    fs::rename(temporary, path)?;
    // The new name is on disk only once its folder is.
    File::open(folder_of(path))?.sync_all()
}

/// Writes a letter of a dry run, which need not survive a power failure.
pub(super) fn write_unsynced(path: &Path, octets: &[u8]) -> io::Result<()> {
    let mut file = WholeFile::create(path, FileReaders::Owner, ExistingFile::Replaced, Durability::Unflushed)?;
    file.write_all(octets)?;
    file.finish()
}

/// Adds an octet to a name as an escape character and two hexadecimal digits.
pub(super) fn push_escaped(name: &mut String, escape: char, octet: u8) {
    name.push(escape);
    name.extend([octet >> 4, octet & 15].into_iter().filter_map(|digit| char::from_digit(digit.into(), 16)));
}

/// The outcome of a letter that was not offered: no file was written.
pub(super) fn nothing_offered() -> SendOutcome {
    SendOutcome::Deferred(FailureReason::ConnectionLost { at: SmtpStep::Body }, ConnectionState::Usable)
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    /// An empty folder; each test has its own name.
    fn folder(name: &str) -> PathBuf {
        let folder = env::temp_dir().join(format!("newsletter-whole-file-{}-{name}", std::process::id()));
        _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn create(path: &Path, existing: ExistingFile) -> io::Result<WholeFile> {
        WholeFile::create(path, FileReaders::Owner, existing, Durability::Flushed)
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_has_its_name_only_when_it_is_complete() {
        let folder = folder("complete");
        let path = folder.join("list.csv");
        fs::write(&path, "old").unwrap();
        let mut file = create(&path, ExistingFile::Replaced).unwrap();
        file.write_all(b"new").unwrap();
        file.flush().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        file.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(&folder), ["list.csv"]);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn an_interrupted_write_leaves_the_old_file() {
        let folder = folder("interrupted");
        let path = folder.join("list.csv");
        fs::write(&path, "old").unwrap();
        let mut file = create(&path, ExistingFile::Replaced).unwrap();
        file.write_all(b"half of the n").unwrap();
        file.flush().unwrap();
        drop(file);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(&folder), ["list.csv"]);
        // What a killed process left behind is not used.
        let next = NEXT.load(Ordering::Relaxed);
        for number in next..next + 8 {
            fs::write(folder.join(format!(".newsletter-{}-{number}.part", std::process::id())), "left").unwrap();
        }
        let mut file = create(&path, ExistingFile::Replaced).unwrap();
        file.write_all(b"new").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn files_with_peoples_data_are_for_their_owner() {
        let folder = folder("mode");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let (owner, anyone) = (folder.join("list.csv"), folder.join("metrics.prom"));
        // The mode is that of the new file, whatever the old one's was.
        fs::write(&owner, "old").unwrap();
        fs::set_permissions(&owner, Permissions::from_mode(0o644)).unwrap();
        let file = create(&owner, ExistingFile::Replaced).unwrap();
        assert_eq!(mode(&file.temporary), 0o600);
        file.finish().unwrap();
        assert_eq!(mode(&owner), 0o600);
        let open = WholeFile::create(&anyone, FileReaders::Anyone, ExistingFile::Replaced, Durability::Unflushed);
        open.unwrap().finish().unwrap();
        assert_eq!(mode(&anyone), 0o644);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn nothing_is_written_through_a_link_or_over_a_device() {
        let folder = folder("link");
        let target = folder.join("target");
        fs::write(&target, "old").unwrap();
        let [link, dangling, socket] = ["link", "dangling", "socket"].map(|name| folder.join(name));
        symlink(&target, &link).unwrap();
        symlink(folder.join("nowhere"), &dangling).unwrap();
        let listener = UnixListener::bind(&socket).unwrap();
        let before = names(&folder);
        for path in [link.as_path(), &dangling, &socket, &folder, Path::new("/dev/null")] {
            let error = create(path, ExistingFile::Replaced).unwrap_err();
            assert_eq!(error.to_string(), "it exists and is not a regular file", "{}", path.display());
        }
        // A link that is made while the file is written.
        let late = folder.join("late");
        let mut file = create(&late, ExistingFile::Replaced).unwrap();
        file.write_all(b"new").unwrap();
        symlink(&target, &late).unwrap();
        assert_eq!(file.finish().unwrap_err().kind(), io::ErrorKind::InvalidInput);
        fs::remove_file(&late).unwrap();
        assert_eq!((names(&folder), fs::read_to_string(&target).unwrap()), (before, "old".to_owned()));
        drop(listener);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_name_that_is_to_be_kept_is_never_taken() {
        let folder = folder("kept");
        let path = folder.join("key");
        let [first, second] = [(); 2].map(|()| create(&path, ExistingFile::Kept).unwrap());
        first.finish().unwrap();
        fs::write(&path, "first").unwrap();
        assert_eq!(second.finish().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(create(&path, ExistingFile::Kept).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), names(&folder)), ("first", vec!["key".to_owned()]));
        fs::remove_dir_all(&folder).unwrap();
    }
}
