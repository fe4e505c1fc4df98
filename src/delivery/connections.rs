//! How many connections a run has, and how many letters the relay takes through each.

use std::num::NonZeroUsize;

/// What a run knows of its connections.
#[derive(Debug, Default)]
pub(crate) struct OpenConnections {
    /// Those that were opened and are in use, or will be replaced by another one.
    in_use: usize,
    /// Those that are being opened.
    opening: usize,
    /// After how many letters the relay closed a connection the last time; absent: it did not.
    closed_after: Option<NonZeroUsize>,
    /// The relay's limit; absent: none was found.
    limit: Option<NonZeroUsize>,
}

/// How a worker uses its place among the connections of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ConnectionUse {
    /// It has none yet, or its last attempt to open one failed.
    #[default]
    Unopened,
    /// It is opening one.
    Opening(Opened),
    /// It has one.
    InUse,
}

/// Whether a worker that is opening a connection has had one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    Before,
    Never,
}

impl OpenConnections {
    /// A worker begins to open a connection.
    pub(super) fn begin(&mut self, usage: &mut ConnectionUse) {
        match *usage {
            ConnectionUse::Unopened => {
                self.opening += 1;
                *usage = ConnectionUse::Opening(Opened::Never);
            }
            // It counts as in use meanwhile: the relay has accepted it before.
            ConnectionUse::InUse => *usage = ConnectionUse::Opening(Opened::Before),
            ConnectionUse::Opening(_) => {}
        }
    }

    /// It has opened one.
    pub(super) fn succeed(&mut self, usage: &mut ConnectionUse) {
        if *usage == ConnectionUse::Opening(Opened::Never) {
            self.opening -= 1;
            self.in_use += 1;
        }
        *usage = ConnectionUse::InUse;
    }

    /// It failed to open one, or needs none any more.
    pub(super) fn leave(&mut self, usage: &mut ConnectionUse) {
        match *usage {
            ConnectionUse::Unopened => {}
            ConnectionUse::Opening(Opened::Never) => self.opening -= 1,
            ConnectionUse::Opening(Opened::Before) | ConnectionUse::InUse => self.in_use -= 1,
        }
        *usage = ConnectionUse::Unopened;
    }

    /// Whether another worker has a connection.
    pub(super) fn has_others(&self, usage: ConnectionUse) -> bool {
        let own = usize::from(matches!(usage, ConnectionUse::InUse | ConnectionUse::Opening(Opened::Before)));
        self.in_use > own
    }

    /// Whether another worker may have a connection soon.
    pub(super) fn may_have_others(&self, usage: ConnectionUse) -> bool {
        let own = usize::from(usage == ConnectionUse::Opening(Opened::Never));
        self.opening > own
    }

    /// The relay closed a connection after this many letters. A second one that ends after the same number shows the
    /// relay's limit: a single one may end by chance.
    pub(super) fn closed_after(&mut self, letters: usize) {
        let letters = NonZeroUsize::new(letters);
        if letters == self.closed_after {
            self.limit = letters.map(|letters| self.limit.map_or(letters, |limit| limit.min(letters)));
        }
        self.closed_after = letters;
    }

    /// How many letters the relay takes through one connection; absent: no limit was found.
    pub(super) fn limit(&self) -> Option<NonZeroUsize> {
        self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_connection_that_ends_after_as_many_letters_shows_the_limit() {
        let mut connections = OpenConnections::default();
        let mut limits = Vec::new();
        for letters in [5, 3, 3, 7, 2, 2] {
            connections.closed_after(letters);
            limits.push(connections.limit().map_or(0, NonZeroUsize::get));
        }
        assert_eq!(limits, [0, 0, 3, 3, 3, 2]);
    }

    #[test]
    fn a_worker_knows_whether_another_one_has_a_connection() {
        let mut connections = OpenConnections::default();
        let (mut one, mut two) = (ConnectionUse::default(), ConnectionUse::default());
        connections.begin(&mut one);
        connections.begin(&mut two);
        assert!(!connections.has_others(two) && connections.may_have_others(two));
        connections.succeed(&mut one);
        assert!(connections.has_others(two) && !connections.has_others(one));
        connections.leave(&mut two);
        assert!(!connections.may_have_others(one) && !connections.has_others(one));
        connections.begin(&mut one);
        assert!(connections.has_others(two), "it is being replaced");
        connections.leave(&mut one);
        assert!(!connections.has_others(two));
    }
}
