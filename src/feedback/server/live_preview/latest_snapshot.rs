//! The snapshot that the live preview shows, and a wait for the next one.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;

/// Everything that the page of the live preview asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LivePreviewSnapshot {
    /// The state of the page, as a JSON object.
    pub state: String,
    /// The HTML of each edition, by the digest that the state has of it.
    pub letters: BTreeMap<String, Arc<str>>,
    /// The pictures of the letters by their names in the HTML, which are digests of their content.
    pub pictures: BTreeMap<String, LivePreviewPicture>,
}

/// A picture in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LivePreviewPicture {
    /// Its type, such as `image/png`.
    pub media_type: &'static str,
    /// Its file.
    pub bytes: Arc<[u8]>,
}

/// The snapshot that is shown, with its number; and the one before, which a browser may still be loading.
#[derive(Clone, Debug, Default)]
pub(super) struct NumberedSnapshot {
    /// Counts from 1; 0 is before the first one.
    pub(super) number: u64,
    pub(super) current: Arc<LivePreviewSnapshot>,
    former: Arc<LivePreviewSnapshot>,
}

impl NumberedSnapshot {
    /// The letter with a digest.
    pub(super) fn letter(&self, digest: &str) -> Option<Arc<str>> {
        self.both().find_map(|snapshot| snapshot.letters.get(digest)).cloned()
    }

    /// The picture with a name.
    pub(super) fn picture(&self, name: &str) -> Option<LivePreviewPicture> {
        self.both().find_map(|snapshot| snapshot.pictures.get(name)).cloned()
    }

    fn both(&self) -> impl Iterator<Item = &LivePreviewSnapshot> {
        [&*self.current, &*self.former].into_iter()
    }
}

/// Publishes snapshots; clones share one latest.
#[derive(Clone, Debug)]
pub struct LatestSnapshot(Arc<watch::Sender<NumberedSnapshot>>);

impl Default for LatestSnapshot {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(NumberedSnapshot::default())))
    }
}

impl LatestSnapshot {
    /// Shows a snapshot from now on. One that equals the last one changes nothing, and wakes no waiting request.
    pub fn publish(&self, snapshot: LivePreviewSnapshot) {
        self.0.send_if_modified(|shown| {
            if *shown.current == snapshot {
                return false;
            }
            let former = std::mem::replace(&mut shown.current, Arc::new(snapshot));
            *shown = NumberedSnapshot { number: shown.number + 1, current: Arc::clone(&shown.current), former };
            true
        });
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<NumberedSnapshot> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(state: &str, letter: &str) -> LivePreviewSnapshot {
        let letters = [(letter.to_owned(), Arc::from("<p>"))].into();
        LivePreviewSnapshot { state: state.to_owned(), letters, pictures: BTreeMap::new() }
    }

    #[test]
    fn a_letter_is_kept_until_the_second_snapshot_after_it() {
        let latest = LatestSnapshot::default();
        let shown = latest.subscribe();
        let found = |letter: &str| shown.borrow().letter(letter).is_some();
        let mut numbers = Vec::new();
        for (state, letter) in [("1", "a"), ("1", "a"), ("2", "b"), ("3", "c")] {
            latest.publish(snapshot(state, letter));
            numbers.push((shown.borrow().number, found("a"), found(letter)));
        }
        assert_eq!(numbers, [(1, true, true), (1, true, true), (2, true, true), (3, false, true)]);
    }
}
