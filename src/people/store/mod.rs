//! Stores the people of a list: a few bytes each in memory, and the rest on disk if the list is long.

pub mod address_interner;
pub(crate) mod id_set;
mod record;
mod spill_file;
#[cfg(test)]
mod tests;

use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::base::language::Lang;
use crate::people::person::Person;
use crate::people::store::address_interner::AddressId;
use crate::people::store::record::RecordDictionary;
use crate::people::store::spill_file::SpillFile;

/// The row of a person in a list, counted from 0.
pub(crate) type RowIndex = u32;

/// Records begin at multiples of this many bytes, so that the offset of each fits in 32 bits: a list may be 32 GiB.
const ALIGNMENT: u8 = 8;

/// The people of one list, in order.
#[derive(Debug)]
pub(crate) struct PersonStore {
    dictionary: RecordDictionary,
    spill_file: Mutex<SpillFile>,
    /// The offset of each record, in multiples of the alignment.
    offsets: Vec<u32>,
    address_ids: RowIds,
    /// The language that each chose, up to the last person who chose one.
    langs: Vec<Option<Lang>>,
    has_consents: bool,
}

/// The number of the address of each row.
#[derive(Debug)]
enum RowIds {
    /// Consecutive from this one on, as in the first list that is read.
    From(AddressId),
    /// Any.
    Each(Vec<AddressId>),
}

impl PersonStore {
    /// An empty store. A long list is spilled to a file in this folder.
    pub(crate) fn new(folder: &Path) -> Self {
        let spill_file = Mutex::new(SpillFile::new(folder));
        Self {
            dictionary: RecordDictionary::default(),
            spill_file,
            offsets: Vec::new(),
            address_ids: RowIds::Each(Vec::new()),
            langs: Vec::new(),
            has_consents: false,
        }
    }

    /// Adds a person, whose address has this number.
    ///
    /// # Errors
    ///
    /// The list cannot be spilled to disk.
    pub(crate) fn push(&mut self, person: &Person, address: AddressId) -> io::Result<()> {
        let spill_file = self.spill_file.get_mut().unwrap_or_else(PoisonError::into_inner);
        let offset = u32::try_from(spill_file.end() / u64::from(ALIGNMENT)).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let dictionary = &mut self.dictionary;
        spill_file.append(|bytes| {
            let start = bytes.len();
            bytes.extend([0; 4]);
            dictionary.write(person, bytes);
            // No row of a list comes near 4 GiB; if one did, reading it back would fail as damaged.
            let length = u32::try_from(bytes.len() - start - 4).unwrap_or(u32::MAX);
            bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
            bytes.resize(bytes.len().next_multiple_of(usize::from(ALIGNMENT)), 0);
        })?;
        self.address_ids.push(self.offsets.len(), address);
        // Few people choose a language: those before this one without a choice are filled in only now.
        if person.lang.is_some() {
            self.langs.resize(self.offsets.len(), None);
            self.langs.push(person.lang);
        }
        self.has_consents |= person.consent.is_some();
        self.offsets.push(offset);
        Ok(())
    }

    /// How many people there are.
    pub(crate) fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Whether a consent is recorded for anyone.
    pub(crate) fn has_consents(&self) -> bool {
        self.has_consents
    }

    /// The number of the address of a row.
    pub(crate) fn address_id(&self, row: RowIndex) -> AddressId {
        self.address_ids.of(row)
    }

    /// The row of the address with a number.
    pub(crate) fn row_of(&self, address: AddressId) -> Option<RowIndex> {
        match &self.address_ids {
            RowIds::From(first) => address.checked_sub(*first).filter(|row| (*row as usize) < self.len()),
            RowIds::Each(ids) => (0..).zip(ids).find(|(_, id)| **id == address).map(|(row, _)| row),
        }
    }

    /// The language that the person of a row chose.
    pub(crate) fn lang(&self, row: RowIndex) -> Option<Lang> {
        self.langs.get(row as usize).copied().flatten()
    }

    /// The person of a row.
    ///
    /// # Errors
    ///
    /// The spilled list cannot be read again.
    pub(crate) fn person(&self, row: RowIndex) -> io::Result<Person> {
        let at = row as usize;
        let mut spill_file = self.spill_file.lock().unwrap_or_else(PoisonError::into_inner);
        let position = |offset: &u32| u64::from(*offset) * u64::from(ALIGNMENT);
        let end = self.offsets.get(at + 1).map_or(spill_file.end(), position);
        let record = spill_file.read(position(&self.offsets[at])..end)?;
        let (length, record) = record.split_first_chunk().ok_or(io::ErrorKind::InvalidData)?;
        let record = record.get(..u32::from_le_bytes(*length) as usize).ok_or(io::ErrorKind::InvalidData)?;
        self.dictionary.read(record, self.lang(row)).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }
}

impl RowIds {
    /// Adds the number of the row after this many rows.
    fn push(&mut self, rows: usize, id: AddressId) {
        match self {
            Self::Each(ids) if ids.is_empty() => *self = Self::From(id),
            Self::Each(ids) => ids.push(id),
            Self::From(first) if *first as usize + rows == id as usize => {}
            Self::From(first) => {
                let mut ids: Vec<AddressId> = (*first..).take(rows).collect();
                ids.push(id);
                *self = Self::Each(ids);
            }
        }
    }

    fn of(&self, row: RowIndex) -> AddressId {
        match self {
            Self::From(first) => first + row,
            Self::Each(ids) => ids[row as usize],
        }
    }
}
