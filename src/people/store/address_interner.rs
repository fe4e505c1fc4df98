//! A number for each address that stands in any list.

use std::path::{Path, PathBuf};

use crate::people::person::{Address, AddressHash};

/// The number of an address.
pub(crate) type AddressId = u32;

/// Everybody who was met in any list: the same address has the same number in all of them.
///
/// A million addresses take 20 MB: the usual map would take three times as much.
#[derive(Clone, Debug)]
pub struct AddressInterner {
    /// In the order in which they were met.
    identities: Vec<AddressHash>,
    /// Where the search for an identity ends: one more than its number, or 0. As many as a power of two.
    slots: Vec<u32>,
    scratch: PathBuf,
}

impl AddressInterner {
    /// Nobody was met yet. Lists that are too long for the memory are laid aside in this folder, in files without a
    /// name that are gone when the program ends, however it does.
    pub fn new(scratch: PathBuf) -> Self {
        Self { identities: Vec::new(), slots: vec![0; 64], scratch }
    }

    /// Where long lists are laid aside.
    pub(crate) fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// The number of an address; a new one where it is new.
    pub(crate) fn give(&mut self, address: &Address) -> AddressId {
        let identity = address.identity();
        if self.identities.len() * 4 > self.slots.len() * 3 {
            self.grow();
        }
        let slot = self.slot(identity);
        if self.slots[slot] == 0 {
            self.identities.push(identity);
            // More than four thousand million addresses are in no list, nor in any memory that this would need.
            self.slots[slot] = u32::try_from(self.identities.len()).unwrap_or(u32::MAX);
        }
        self.slots[slot] - 1
    }

    /// The number of an address; none where it was never met.
    pub(crate) fn get(&self, address: &Address) -> Option<AddressId> {
        self.slots[self.slot(address.identity())].checked_sub(1)
    }

    /// The slot of an identity, or the empty one where it belongs.
    fn slot(&self, identity: AddressHash) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = identity.seed() as usize & mask;
        while let Some(number) = self.slots[slot].checked_sub(1) {
            if self.identities[number as usize] == identity {
                break;
            }
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        let slots = self.slots.len() * 2;
        // The old ones are not needed for the new ones, nor the room for both.
        self.slots = Vec::new();
        self.slots.resize(slots, 0);
        for (number, identity) in (1..).zip(&self.identities) {
            let slot = self.slot(*identity);
            self.slots[slot] = number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_number_however_many_there_are() {
        let mut registry = AddressInterner::new(PathBuf::new());
        let address = |number: u32| Address::parse(&format!("a{number}@x.example")).unwrap();
        for round in 0..2 {
            for number in 0..5_000 {
                assert_eq!(registry.give(&address(number)), number, "{round}");
            }
        }
        assert_eq!(registry.get(&Address::parse("A17@X.example").unwrap()), Some(17));
        assert_eq!(registry.get(&address(5_000)), None);
    }
}
