//! The people of a list as the program holds them: a million are a few bytes each in memory, and the rest on the disk.

pub mod address_interner;
pub(crate) mod id_set;
mod record;
mod spool;
#[cfg(test)]
mod tests;

use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::base::language::Lang;
use crate::people::person::Person;
use crate::people::store::address_interner::AddressId;
use crate::people::store::record::RecordDictionary;
use crate::people::store::spool::Spool;

/// Where somebody stands in a list, counted from 0.
pub(crate) type RowIndex = u32;

/// Records begin at multiples of this, so that four bytes a person say where: a list may be 32 GiB.
const GRAIN: u8 = 8;

/// Everybody of one list in its order.
#[derive(Debug)]
pub(crate) struct PersonStore {
    common: RecordDictionary,
    spool: Mutex<Spool>,
    /// Where each record begins, in grains.
    starts: Vec<u32>,
    numbers: RowIds,
    /// The languages that they chose, up to the last who chose one.
    langs: Vec<Option<Lang>>,
}

/// The number of each row.
#[derive(Debug)]
enum RowIds {
    /// One after the other from this one on, as in the first list that is read.
    From(AddressId),
    /// Any.
    Each(Vec<AddressId>),
}

impl PersonStore {
    /// Nobody yet; what is too much for the memory goes to a file in this folder.
    pub(crate) fn new(folder: &Path) -> Self {
        let spool = Mutex::new(Spool::new(folder));
        Self {
            common: RecordDictionary::default(),
            spool,
            starts: Vec::new(),
            numbers: RowIds::Each(Vec::new()),
            langs: Vec::new(),
        }
    }

    /// Adds somebody, who has this number.
    ///
    /// # Errors
    ///
    /// There is no room for them on the disk.
    pub(crate) fn push(&mut self, person: &Person, number: AddressId) -> io::Result<()> {
        let spool = self.spool.get_mut().unwrap_or_else(PoisonError::into_inner);
        let start = u32::try_from(spool.end() / u64::from(GRAIN)).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let common = &mut self.common;
        spool.append(|bytes| {
            let before = bytes.len();
            bytes.extend([0; 4]);
            common.write(person, bytes);
            let length = u32::try_from(bytes.len() - before - 4).unwrap_or(u32::MAX);
            bytes[before..before + 4].copy_from_slice(&length.to_le_bytes());
            bytes.resize(bytes.len().next_multiple_of(usize::from(GRAIN)), 0);
        })?;
        self.numbers.push(self.starts.len(), number);
        if person.lang.is_some() {
            self.langs.resize(self.starts.len(), None);
            self.langs.push(person.lang);
        }
        self.starts.push(start);
        Ok(())
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The number of who stands in a row.
    pub(crate) fn number(&self, row: RowIndex) -> AddressId {
        self.numbers.of(row)
    }

    /// The row of the one with a number.
    pub(crate) fn row_of(&self, number: AddressId) -> Option<RowIndex> {
        match &self.numbers {
            RowIds::From(first) => number.checked_sub(*first).filter(|it| (*it as usize) < self.len()),
            RowIds::Each(numbers) => (0..).zip(numbers).find(|(_, it)| **it == number).map(|(row, _)| row),
        }
    }

    /// The language that they chose.
    pub(crate) fn lang(&self, row: RowIndex) -> Option<Lang> {
        self.langs.get(row as usize).copied().flatten()
    }

    /// Who stands in a row.
    ///
    /// # Errors
    ///
    /// The disk does not give back what was laid there.
    pub(crate) fn person(&self, row: RowIndex) -> io::Result<Person> {
        let at = row as usize;
        let mut spool = self.spool.lock().unwrap_or_else(PoisonError::into_inner);
        let start = u64::from(self.starts[at]) * u64::from(GRAIN);
        let end = self.starts.get(at + 1).map_or(spool.end(), |next| u64::from(*next) * u64::from(GRAIN));
        let record = spool.read(start..end)?;
        let (length, record) = record.split_first_chunk().ok_or(io::ErrorKind::InvalidData)?;
        let record = record.get(..u32::from_le_bytes(*length) as usize).ok_or(io::ErrorKind::InvalidData)?;
        self.common.read(record, self.lang(row)).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }
}

impl RowIds {
    /// Adds the number of the row behind so many.
    fn push(&mut self, rows: usize, number: AddressId) {
        match self {
            Self::Each(numbers) if numbers.is_empty() => *self = Self::From(number),
            Self::Each(numbers) => numbers.push(number),
            Self::From(first) if *first as usize + rows == number as usize => {}
            Self::From(first) => {
                let mut numbers: Vec<AddressId> = (*first..).take(rows).collect();
                numbers.push(number);
                *self = Self::Each(numbers);
            }
        }
    }

    fn of(&self, row: RowIndex) -> AddressId {
        match self {
            Self::From(first) => first + row,
            Self::Each(numbers) => numbers[row as usize],
        }
    }
}
