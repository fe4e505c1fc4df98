//! A number for each address in any list.

use std::path::{Path, PathBuf};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::people::person::{Address, AddressHash};

/// The number of an address.
pub(crate) type AddressId = u32;

/// Gives each address a number: the same address has the same number in every list.
#[derive(Clone, Debug)]
pub struct AddressInterner {
    /// The hash of each address, by its number.
    hashes: Vec<AddressHash>,
    /// The numbers, found by hash. Each hash is stored once, so that a million addresses take 22 MB; a `HashMap` from hash to
    /// number takes 35 MB, and 52 MB while it grows.
    ids: HashTable<AddressId>,
    scratch: PathBuf,
}

impl AddressInterner {
    /// Without any address. Lists that are too long for memory are spilled to unlinked files in the folder `scratch`.
    pub fn new(scratch: PathBuf) -> Self {
        Self { hashes: Vec::new(), ids: HashTable::new(), scratch }
    }

    /// The folder that long lists are spilled to.
    pub(crate) fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// The number of an address; a new one if the address is new.
    pub(crate) fn intern(&mut self, address: &Address) -> AddressId {
        let hash = address.hash();
        let Self { hashes, ids, .. } = self;
        let is_same = |id: &AddressId| hashes[*id as usize] == hash;
        match ids.entry(hash.prefix(), is_same, |id| hashes[*id as usize].prefix()) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(vacant) => {
                // Four billion hashes alone are 48 GB, so memory runs out before numbers do.
                let id = AddressId::try_from(hashes.len()).unwrap_or(AddressId::MAX);
                vacant.insert(id);
                hashes.push(hash);
                id
            }
        }
    }

    /// The number of an address; absent if no list has it.
    pub(crate) fn get(&self, address: &Address) -> Option<AddressId> {
        let hash = address.hash();
        self.ids.find(hash.prefix(), |id| self.hashes[*id as usize] == hash).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_number_however_many_there_are() {
        let mut interner = AddressInterner::new(PathBuf::new());
        let address = |number: u32| Address::parse(&format!("a{number}@x.example")).unwrap();
        for round in 0..2 {
            for number in 0..5_000 {
                assert_eq!(interner.intern(&address(number)), number, "{round}");
            }
        }
        assert_eq!(interner.get(&Address::parse("A17@X.example").unwrap()), Some(17));
        assert_eq!(interner.get(&address(5_000)), None);
    }
}
