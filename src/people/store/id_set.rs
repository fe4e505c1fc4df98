//! Sets of small numbers: a million members are a megabit.

/// A set of numbers, one bit each.
#[derive(Clone, Debug, Default)]
pub(crate) struct IdSet(Vec<u64>);

impl IdSet {
    /// Adds a number. Returns whether it is new.
    pub(crate) fn insert(&mut self, number: u32) -> bool {
        let (word, bit) = word_and_bit(number);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let is_new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        is_new
    }

    /// Whether it holds a number.
    pub(crate) fn contains(&self, number: u32) -> bool {
        let (word, bit) = word_and_bit(number);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Removes every number of another set.
    pub(crate) fn subtract(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own &= !other);
    }

    /// Removes every number that another set does not have.
    pub(crate) fn intersect_with(&mut self, other: &Self) {
        // Without this, `zip` would leave the numbers beyond the end of the other set.
        self.0.truncate(other.0.len());
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own &= other);
    }

    /// How many are in both.
    pub(crate) fn shared(&self, other: &Self) -> usize {
        self.0.iter().zip(&other.0).map(|(own, other)| (own & other).count_ones() as usize).sum()
    }

    /// Each number, in ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        (0..).step_by(u64::BITS as usize).zip(&self.0).flat_map(|(first, word)| {
            let word = *word;
            (0..u64::BITS).filter(move |bit| word & (1 << bit) != 0).map(move |bit| first + bit)
        })
    }

    /// Whether it has none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}

impl Extend<u32> for IdSet {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, numbers: I) {
        for number in numbers {
            self.insert(number);
        }
    }
}

impl FromIterator<u32> for IdSet {
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
        let mut set = Self::default();
        set.extend(numbers);
        set
    }
}

/// The index of the word that a number's bit is in, and the bit.
fn word_and_bit(number: u32) -> (usize, u64) {
    ((number / u64::BITS) as usize, 1 << (number % u64::BITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_numbers_is_a_set() {
        let (mut one, other) = (IdSet::from_iter([0, 63, 64, 1000]), IdSet::from_iter([63, 65, 2000]));
        assert!(!one.insert(64) && one.contains(1000) && !one.contains(1001) && !one.contains(5000));
        assert_eq!((one.shared(&other), other.shared(&one)), (1, 1));
        one.subtract(&other);
        assert!(!one.contains(63) && one.contains(64) && one.len() == 3);
        one.extend(other.iter());
        assert!([0, 63, 64, 65, 1000, 2000].iter().all(|number| one.contains(*number)));
        assert_eq!(one.iter().collect::<Vec<_>>(), [0, 63, 64, 65, 1000, 2000]);
        one.intersect_with(&IdSet::from_iter([0, 1, 64, 70]));
        assert_eq!(one.iter().collect::<Vec<_>>(), [0, 64]);
        one.intersect_with(&IdSet::default());
        assert_eq!(one.len(), 0);
    }
}
