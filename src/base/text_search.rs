//! Searches long texts with the vector instructions of the processor. The standard library uses them for `contains` only: its
//! `find` and `split` look at each byte of a page of 70 kB, which is read some ten times for each edition.

use memchr::memmem;

/// The byte positions at which a text contains another, from the left, without overlaps.
pub(crate) fn positions<'t>(text: &'t str, wanted: &'t str) -> impl Iterator<Item = usize> + 't {
    memmem::find_iter(text.as_bytes(), wanted.as_bytes())
}

/// Whether a text contains a character.
pub(crate) fn contains(text: &str, wanted: char) -> bool {
    split_once(text, wanted).is_some()
}

/// What is before and behind the first place at which a text contains a character.
pub(crate) fn split_once(text: &str, wanted: char) -> Option<(&str, &str)> {
    let mut buffer = [0; 4];
    let wanted = wanted.encode_utf8(&mut buffer);
    let at = memmem::find(text.as_bytes(), wanted.as_bytes())?;
    Some((&text[..at], &text[at + wanted.len()..]))
}

/// A text to search for in many others.
#[derive(Clone, Debug)]
pub(crate) struct Needle {
    finder: memmem::Finder<'static>,
}

impl Needle {
    pub(crate) fn of(wanted: &str) -> Self {
        Self { finder: memmem::Finder::new(wanted).into_owned() }
    }

    /// The byte positions at which a text contains it, from the left, without overlaps.
    pub(crate) fn positions<'t>(&'t self, text: &'t str) -> impl Iterator<Item = usize> + 't {
        self.finder.find_iter(text.as_bytes())
    }
}

/// The rest of a text after each place at which it contains another.
pub(crate) fn all_behind<'t>(text: &'t str, wanted: &'t str) -> impl Iterator<Item = &'t str> {
    positions(text, wanted).map(move |at| &text[at + wanted.len()..])
}

/// Characters to search for. Nearly no byte of a text begins one of them, so each byte is looked up in a table first: the
/// standard library compares each character of a text with each of the set.
#[derive(Debug)]
pub(crate) struct CharSet<const N: usize> {
    characters: [char; N],
    /// Which bytes are the first of one of them in UTF-8.
    first_bytes: [bool; 256],
}

impl<const N: usize> CharSet<N> {
    /// The set of these characters.
    pub(crate) const fn of(characters: [char; N]) -> Self {
        let mut first_bytes = [false; 256];
        let mut at = 0;
        while at < N {
            first_bytes[characters[at].encode_utf8(&mut [0; 4]).as_bytes()[0] as usize] = true;
            at += 1;
        }
        Self { characters, first_bytes }
    }

    /// Whether a character is one of them.
    pub(crate) fn has(&self, character: char) -> bool {
        let first = character.encode_utf8(&mut [0; 4]).as_bytes()[0];
        self.first_bytes[usize::from(first)] && self.characters.contains(&character)
    }

    /// The byte positions of these characters in a text, from the left.
    pub(crate) fn positions<'t>(&'t self, text: &'t str) -> impl Iterator<Item = usize> + 't {
        // A byte that may begin a character is never within another one.
        let may_begin = text.bytes().enumerate().filter(|(_, byte)| self.first_bytes[usize::from(*byte)]);
        may_begin.map(|(at, _)| at).filter(|at| text[*at..].starts_with(self.characters))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_found_as_the_standard_library_finds_them() {
        static SIGNS: CharSet<4> = CharSet::of(['=', 'Ã', '‹', '\u{1f600}']);
        for text in ["", "a=b", "æøåÃ", "‹x› – …", "\u{1f600}\u{1f601}=", "===", "½"] {
            let expected: Vec<usize> = text.match_indices(SIGNS.characters).map(|found| found.0).collect();
            assert_eq!(SIGNS.positions(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn each_place_is_found_as_the_standard_library_finds_it() {
        for (text, wanted) in
            [("", "a"), ("aaaaa", "aa"), ("zq0wæzq0w", "zq0w"), ("<p class=\"a\">", " class=\""), ("æ", "æ")]
        {
            let expected: Vec<usize> = text.match_indices(wanted).map(|found| found.0).collect();
            assert_eq!(positions(text, wanted).collect::<Vec<_>>(), expected);
            assert_eq!(Needle::of(wanted).positions(text).collect::<Vec<_>>(), expected);
            let behind: Vec<&str> = text.split(wanted).skip(1).collect();
            let starts: Vec<&str> =
                all_behind(text, wanted).map(|rest| rest.split(wanted).next().unwrap_or("")).collect();
            assert_eq!(starts, behind);
        }
    }

    #[test]
    fn a_text_is_split_as_the_standard_library_splits_it() {
        for text in ["", "a", "=", "a=b=c", "blå ‹x›", "‹", "\u{1f600}=‹"] {
            for wanted in ['=', '‹', 'å', '\u{1f600}'] {
                assert_eq!(split_once(text, wanted), text.split_once(wanted), "{text}");
                assert_eq!(contains(text, wanted), text.contains(wanted), "{text}");
            }
        }
    }
}
