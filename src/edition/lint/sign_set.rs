//! Which signs a text has, so that it is not searched for others.

/// The ASCII punctuation of a text: the bit of a sign is its code.
#[derive(Clone, Copy, Debug)]
pub(super) struct SignSet(u128);

impl SignSet {
    /// The punctuation of a text.
    pub(super) const fn of(text: &str) -> Self {
        let (bytes, mut set, mut at) = (text.as_bytes(), 0, 0);
        while at < bytes.len() {
            if bytes[at].is_ascii_punctuation() {
                set |= 1 << bytes[at];
            }
            at += 1;
        }
        Self(set)
    }

    /// Whether a text has one of these signs.
    pub(super) const fn has_any(self, signs: Self) -> bool {
        self.0 & signs.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_signs_of_the_text_are_found() {
        let has_any = |text, signs| SignSet::of(text).has_any(SignSet::of(signs));
        let text = "Læs [mere](https://a.example) ~";
        assert!(["[", "{~", "/"].into_iter().all(|signs| has_any(text, signs)));
        assert!(!["{}", "@", "Læs "].into_iter().any(|signs| has_any(text, signs)) && !has_any("", "!"));
    }
}
