//! Checks the unpacked size of a workbook before it is read: a small file can become many gigabytes.

use std::io::{self, Read, Seek};

use zip::ZipArchive;

use crate::base::io_reason::io_reason;
use crate::base::message::{Message, message};
use crate::people::lists::workbook::repeated_cells::RepeatedCells;

/// How many cells a workbook may have. The library that reads workbooks of `LibreOffice` expands repeated ones.
pub(super) const CELLS: u64 = 20_000_000;
/// The file with the cells in a `LibreOffice` workbook.
const CONTENT: &str = "content.xml";
const PIECE: usize = 1 << 16;

/// Checks that a workbook unpacks to at most `limit` bytes and does not have too many cells.
///
/// # Errors
///
/// It is not a ZIP archive, cannot be read, or is too large; the error is a clause.
pub(super) fn check(input: impl Read + Seek, limit: u64) -> Result<(), Message> {
    let mut archive = ZipArchive::new(input).map_err(|error| Message::shown(&error))?;
    let mut left = limit;
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(|error| Message::shown(&error))?;
        let mut cells = part.name().is_ok_and(|name| name == CONTENT).then(RepeatedCells::default);
        let mut piece = vec![0; PIECE];
        loop {
            let count = part.read(&mut piece).map_err(|error: io::Error| io_reason(&error))?;
            if count == 0 {
                break;
            }
            // The size stated in the archive may be wrong, so bytes are counted.
            left = left.checked_sub(count as u64).ok_or_else(|| {
                message!(
                    "it unpacks to more than {} MB",
                    "det fylder mere end {} MB, når det pakkes ud",
                    limit.div_ceil(1 << 20)
                )
            })?;
            if let Some(cells) = &mut cells {
                cells.read(&piece[..count]);
                if cells.count() > CELLS {
                    return Err(too_many_cells());
                }
            }
        }
    }
    Ok(())
}

/// The problem of a workbook with too many cells.
pub(super) fn too_many_cells() -> Message {
    message!("it has more than {} million cells", "det har mere end {} millioner celler", CELLS / 1_000_000)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn workbook(name: &str, text: &[u8]) -> Cursor<Vec<u8>> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text).unwrap();
        archive.finish().unwrap()
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let strings = workbook("xl/sharedStrings.xml", &vec![b' '; 3 << 20]);
        assert!(strings.get_ref().len() < 10_000, "a bomb is small");
        assert_eq!(check(strings.clone(), 4 << 20), Ok(()));
        assert_eq!(
            check(strings, 2 << 20),
            Err(message!("it unpacks to more than 2 MB", "det fylder mere end 2 MB, når det pakkes ud"))
        );
    }

    #[test]
    fn repeated_cells_are_refused() {
        let row = "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell office:value=\"1\" \
                   table:number-columns-repeated=\"16384\"/></table:table-row>";
        assert_eq!(check(workbook("content.xml", row.as_bytes()), 1 << 20), Err(too_many_cells()));
        assert_eq!(check(workbook("styles.xml", row.as_bytes()), 1 << 20), Ok(()));
    }
}
