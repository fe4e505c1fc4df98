//! Records the keys that readers ask for, for the test that compares them with the tables in `ops/reference`.

use std::cell::RefCell;

/// The keys that a mapping was asked for.
#[derive(Clone, Debug)]
pub(crate) struct AskedMapping {
    /// The line on which the mapping begins.
    pub(crate) line: usize,
    /// Without keys that are only known to be refused.
    pub(crate) keys: Vec<&'static str>,
}

/// The words that the value of a key was compared with.
#[derive(Clone, Debug)]
pub(crate) struct AskedChoice {
    /// The line on which the mapping of the key begins.
    pub(crate) line: usize,
    /// The key.
    pub(crate) key: &'static str,
    /// The words.
    pub(crate) words: Vec<&'static str>,
}

/// What was asked for while a file was read.
#[derive(Clone, Debug, Default)]
pub(crate) struct AskedKeys {
    pub(crate) mappings: Vec<AskedMapping>,
    pub(crate) choices: Vec<AskedChoice>,
}

thread_local! {
    static ASKED: RefCell<AskedKeys> = RefCell::default();
}

/// Reads a file on this thread; returns what was asked for.
pub(crate) fn while_reading<T>(read: impl FnOnce() -> T) -> (T, AskedKeys) {
    ASKED.take();
    let value = read();
    (value, ASKED.take())
}

/// A mapping was read to its end.
pub(super) fn record_mapping(line: usize, keys: Vec<&'static str>) {
    ASKED.with_borrow_mut(|asked| asked.mappings.push(AskedMapping { line, keys }));
}

/// A value was compared with some words.
pub(super) fn record_choice(line: usize, key: &'static str, words: Vec<&'static str>) {
    ASKED.with_borrow_mut(|asked| asked.choices.push(AskedChoice { line, key, words }));
}
