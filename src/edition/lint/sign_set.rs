//! Which signs a text has, so that it is not searched for others.

/// The ASCII punctuation of a text: the bit of a sign is its code.
#[derive(Clone, Copy, Debug)]
pub(super) struct SignSet(u128);

impl SignSet {
    /// The punctuation of a text.
    pub(super) fn of(text: &str) -> Self {
        let signs = text.bytes().filter(u8::is_ascii_punctuation);
        Self(signs.fold(0, |set, sign| set | 1 << sign))
    }

    /// Whether a text has one of these signs.
    pub(super) fn has_any(self, signs: &str) -> bool {
        self.0 & Self::of(signs).0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_signs_of_the_text_are_found() {
        let signs = SignSet::of("Læs [mere](https://a.example) ~");
        assert!(signs.has_any("[") && signs.has_any("{~") && signs.has_any("/"));
        assert!(!signs.has_any("{}") && !signs.has_any("@") && !signs.has_any("Læs ") && !SignSet::of("").has_any("!"));
    }
}
