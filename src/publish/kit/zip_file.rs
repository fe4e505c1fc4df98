//! A package as one file. The same files give the same bytes: their order and their time are fixed.

use std::io::{Cursor, Write};

use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::publish::written_files::ChannelFile;

/// The files in a zip file, sorted by their names.
///
/// # Errors
///
/// Two of them have one name.
pub fn zip(files: &[ChannelFile]) -> ZipResult<Vec<u8>> {
    let mut sorted: Vec<&ChannelFile> = files.iter().collect();
    sorted.sort_by(|one, other| one.name.cmp(&other.name));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for file in sorted {
        writer.start_file(&*file.name, options)?;
        writer.write_all(&file.bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}
