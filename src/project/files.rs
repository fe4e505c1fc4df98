//! Reads and writes files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::base::byte_size::{ByteLimit, ByteSize};
use crate::base::error::Error;
use crate::base::limits;
use crate::base::message::message;
use crate::base::source::text::Source;
use crate::delivery::file::{self, Durability, ExistingFile, FileReaders, WholeFile};

/// Reads a text, under its path in the project.
pub(crate) fn read_source(root: &Path, path: &Path) -> Result<Source, Error> {
    let content = read_limited(path, limits::TEXT);
    source(root, path, content.map_err(|source| Error::Read { path: path.to_owned(), source })?)
}

/// A text that was read, under its path in the project.
pub(super) fn source(root: &Path, path: &Path, content: Vec<u8>) -> Result<Source, Error> {
    if content.len() as u64 > limits::TEXT {
        return Err(Error::Read { path: path.to_owned(), source: too_large(limits::TEXT) });
    }
    let text = String::from_utf8(content).map_err(|_| Error::NotText { path: name(root, path) })?;
    // Editors and programs on Windows put a byte-order mark in front, which is not part of the text.
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Ok(Source::new(name(root, path).to_string_lossy().replace('\\', "/"), text))
}

/// Refuses a path that is named in the project and leads out of it through a link, its own or that of a folder above it.
pub(super) fn check_link(root: &Path, path: &Path) -> Result<(), Error> {
    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let is_named_inside = absolute(path).starts_with(absolute(root));
    if (is_link || is_named_inside) && !is_inside(root, path) {
        return Err(Error::LeadsOut { path: name(root, path) });
    }
    Ok(())
}

/// Whether a path is in a folder after all links are followed; for a path that does not exist yet the folder counts,
/// and so for a broken link, which exposes nothing.
pub(super) fn is_inside(root: &Path, path: &Path) -> bool {
    let Ok(root) = fs::canonicalize(root) else { return true };
    let here = |path: &Path| if path.as_os_str().is_empty() { PathBuf::from(".") } else { path.to_owned() };
    let exists = path.ancestors().find_map(|path| fs::canonicalize(here(path)).ok());
    exists.is_none_or(|real| real.starts_with(root))
}

/// Reads a regular file; a folder, a pipe or a device is an error.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    read_regular(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}

/// The same, with only the cause of an error.
pub(super) fn read_regular(path: &Path) -> io::Result<Vec<u8>> {
    read_limited(path, limits::FILE)
}

/// Reads a regular file of at most `limit` bytes.
pub(crate) fn read_limited(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let size = file.metadata()?.len();
    let mut content = Vec::new();
    // Some files, such as those in /proc, are longer than their size.
    if size <= limit && file.take(limit + 1).read_to_end(&mut content)? as u64 <= limit {
        return Ok(content);
    }
    Err(too_large(limit))
}

fn too_large(limit: u64) -> io::Error {
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        message!("it has more than {}", "den fylder mere end {}", ByteLimit(limit)),
    )
}

/// Reads a file named on the command line: it need not be in the project.
///
/// # Errors
///
/// It cannot be read, or is not a regular file.
pub fn read_export(path: &Path) -> Result<Vec<u8>, Error> {
    read(path)
}

/// Refuses a file of more than `limit` bytes.
pub(super) fn check_size(path: &Path, limit: u64) -> io::Result<()> {
    let size = fs::metadata(path)?.len();
    if size > limit {
        let message = message!(
            "it has {}, and at most {} are allowed",
            "den fylder {} og må højst fylde {}",
            ByteSize(size),
            ByteLimit(limit)
        );
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(())
}

/// Reads a small text named on the command line; `-` is standard input.
///
/// # Errors
///
/// It cannot be read, or is not UTF-8 text.
pub fn read_typed(path: &Path) -> Result<String, Error> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        io::stdin().take(limits::TEXT).read_to_string(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(limits::TEXT).read_to_string(&mut text))
    };
    read.map(|_| text).map_err(|source| Error::Read { path: path.to_owned(), source })
}

/// Opens a regular file for reading; a folder, a pipe or a device is an error.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // Before it is opened: opening a pipe waits for a writer.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message!("it is not a file", "det er ikke en fil")));
    }
    File::open(path)
}

/// The entries of a folder in the order of their names, without hidden files.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::Read { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// Creates a new file, and the folders above it.
///
/// # Errors
///
/// It exists already, or cannot be written.
pub fn write_new(path: &Path, content: impl AsRef<[u8]>) -> Result<(), Error> {
    let mut file = create_new(path, FileReaders::Everyone)?;
    finish(file.write_all(content.as_ref()).and_then(|()| file.finish()), path)
}

/// Begins a new file that only its owner can read, for data that is written piece by piece.
///
/// # Errors
///
/// It exists already, or cannot be written.
pub fn create_private(path: &Path) -> Result<WholeFile, Error> {
    create_new(path, FileReaders::Owner)
}

fn create_new(path: &Path, readers: FileReaders) -> Result<WholeFile, Error> {
    create_folder(path, readers)?;
    WholeFile::create(path, readers, ExistingFile::Kept, Durability::Flushed).map_err(|error| failed(path, error))
}

/// Writes a file and the folders above it, and replaces a file that was there: under its name there is always a whole file,
/// the old one or the new one.
///
/// # Errors
///
/// It cannot be written, or the path is not a regular file, such as a device or a link; it is unchanged.
pub fn write(path: &Path, bytes: &[u8], readers: FileReaders) -> Result<(), Error> {
    create_folder(path, readers)?;
    let file = WholeFile::create(path, readers, ExistingFile::Replaced, Durability::Flushed);
    let written = file.and_then(|mut file| file.write_all(bytes).and_then(|()| file.finish()));
    finish(written, path)
}

fn finish(written: io::Result<()>, path: &Path) -> Result<(), Error> {
    written.map_err(|error| failed(path, error))
}

fn failed(path: &Path, source: io::Error) -> Error {
    match source.kind() {
        io::ErrorKind::AlreadyExists => Error::Exists { path: path.to_owned() },
        _ => Error::Write { path: path.to_owned(), source },
    }
}

/// Creates the folder of a file; one for personal data can be entered by its owner only.
fn create_folder(path: &Path, readers: FileReaders) -> Result<(), Error> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let created = match readers {
        FileReaders::Owner => file::private_folder(folder),
        FileReaders::Everyone => fs::create_dir_all(folder),
        // The folder belongs to the program that reads the file.
        FileReaders::Anyone => Ok(()),
    };
    created.map_err(|source| Error::Write { path: folder.to_owned(), source })
}

/// Opens a file for appending; a new one is readable for its owner and group.
///
/// # Errors
///
/// It cannot be written.
pub fn append(path: &Path) -> Result<Box<dyn Write + Send>, Error> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
    match options.open(path) {
        Ok(file) => Ok(Box::new(file)),
        Err(source) => Err(Error::Write { path: path.to_owned(), source }),
    }
}

/// Leaves the memory out of core dumps, because it contains passwords and keys (core(5), `coredump_filter`). Systems other
/// than Linux have no such switch.
pub fn keep_out_of_core_dumps() {
    _ = fs::write("/proc/self/coredump_filter", "0");
}

/// Removes a file if it exists.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(Error::Write { path: path.to_owned(), source }),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Removes a folder with everything in it; the caller must know that it is the program's own.
pub(crate) fn empty(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::Write { path: folder.to_owned(), source })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The path relative to the project, or as it is if it is elsewhere.
pub(crate) fn name(root: &Path, path: &Path) -> PathBuf {
    let below = |root: &Path, path: &Path| path.strip_prefix(root).ok().map(Path::to_owned);
    below(root, path)
        .or_else(|| below(&fs::canonicalize(root).ok()?, &fs::canonicalize(path).ok()?))
        .unwrap_or_else(|| path.to_owned())
}
