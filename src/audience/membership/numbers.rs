//! A number for each address, and sets of them: a million members are a megabit.

use std::collections::HashMap;

use crate::recipient::{Address, Identity};

/// The number of an address.
pub(super) type Number = u32;

/// A number for each address that was met, in the order in which they were.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers(HashMap<Identity, Number>);

impl Numbers {
    /// The number of an address; a new one where it is new.
    pub(super) fn give(&mut self, address: &Address) -> Number {
        // More than four thousand million addresses are in no list, nor in any memory that this map would need.
        let next = Number::try_from(self.0.len()).unwrap_or(Number::MAX);
        *self.0.entry(address.identity()).or_insert(next)
    }

    /// The number of an address; none where it was never met.
    pub(super) fn get(&self, address: &Address) -> Option<Number> {
        self.0.get(&address.identity()).copied()
    }
}

/// A set of numbers, a bit each.
#[derive(Clone, Debug, Default)]
pub(super) struct Set(Vec<u64>);

impl Set {
    /// Adds one; whether it is new.
    pub(super) fn insert(&mut self, number: Number) -> bool {
        let (word, bit) = place(number);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let is_new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        is_new
    }

    /// Whether it holds a number.
    pub(super) fn contains(&self, number: Number) -> bool {
        let (word, bit) = place(number);
        self.0.get(word).is_some_and(|it| it & bit != 0)
    }

    /// Takes away all of another set.
    pub(super) fn remove(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own &= !other);
    }

    /// Takes away all that another set does not hold.
    pub(super) fn keep(&mut self, other: &Self) {
        self.0.truncate(other.0.len());
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own &= other);
    }

    /// How many are in both.
    pub(super) fn shared(&self, other: &Self) -> usize {
        self.0.iter().zip(&other.0).map(|(own, other)| (own & other).count_ones() as usize).sum()
    }
}

impl FromIterator<Number> for Set {
    fn from_iter<I: IntoIterator<Item = Number>>(numbers: I) -> Self {
        let mut set = Self::default();
        numbers.into_iter().for_each(|it| {
            set.insert(it);
        });
        set
    }
}

/// The word that a number's bit is in, and the bit.
fn place(number: Number) -> (usize, u64) {
    ((number / u64::BITS) as usize, 1 << (number % u64::BITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_numbers_is_a_set() {
        let set = |numbers: &[Number]| {
            let mut set = Set::default();
            assert!(numbers.iter().all(|it| set.insert(*it)));
            set
        };
        let (mut one, other) = (set(&[0, 63, 64, 1000]), set(&[63, 65, 2000]));
        assert!(!one.insert(64) && one.contains(1000) && !one.contains(1001) && !one.contains(5000));
        assert_eq!((one.shared(&other), other.shared(&one)), (1, 1));
        one.remove(&other);
        assert!(!one.contains(63) && one.contains(64));
        one.keep(&set(&[0, 1, 64, 70]));
        assert!(one.contains(0) && one.contains(64) && [1, 63, 65, 70, 1000].iter().all(|it| !one.contains(*it)));
        one.keep(&Set::default());
        assert_eq!(one.shared(&one), 0);
    }
}
