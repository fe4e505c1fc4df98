//! Digests of what determines a letter, and keyed hashes.

use std::fmt;

use aws_lc_rs::{digest, hmac};
use serde::{Deserialize, Serialize};

/// The SHA-256 of some bytes, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest(String);

impl Digest {
    /// The digest of several pieces, which depends on where one ends and the next begins.
    pub fn of<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for piece in pieces {
            // With the length before each piece, `ab` and `c` differ from `a` and `bc`.
            context.update(&(piece.len() as u64).to_be_bytes());
            context.update(piece);
        }
        Self(hex(context.finish().as_ref()))
    }

    /// The digest of these bytes alone, as `sha256sum` prints it.
    pub fn sha256(bytes: &[u8]) -> Self {
        Self(hex(digest::digest(&digest::SHA256, bytes).as_ref()))
    }

    /// A digest from its 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 64 && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    /// Its 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The 32 bytes of the SHA-256 of these bytes alone.
pub(crate) fn sha256_bytes(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

/// The first eight bytes of the digest of several texts, as a number.
pub fn number(pieces: &[&str]) -> u64 {
    let mut context = digest::Context::new(&digest::SHA256);
    for piece in pieces {
        context.update(&(piece.len() as u64).to_be_bytes());
        context.update(piece.as_bytes());
    }
    context.finish().as_ref().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The secret from which Message-IDs, boundaries and unsubscribe tokens are made (HMAC-SHA-256, RFC 2104).
///
/// Without it, such a hash cannot be matched to an address, not even by trying all known addresses.
#[derive(Clone)]
pub struct HmacKey(hmac::Key);

impl HmacKey {
    /// A key from its bytes.
    pub fn new(bytes: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The first 20 bytes of the keyed hash of several pieces, in hexadecimal; the same pieces have another hash for
    /// another `purpose`.
    pub fn tag(&self, purpose: &str, pieces: &[&str]) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        for piece in std::iter::once(&purpose).chain(pieces) {
            context.update(&(piece.len() as u64).to_be_bytes());
            context.update(piece.as_bytes());
        }
        // RFC 2104, section 5, permits truncation to half the hash, which is 16 bytes; Message-IDs and links stay
        // short.
        hex(&context.sign().as_ref()[..20])
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Bytes in hexadecimal, with lower-case letters.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = vec![0; 2 * bytes.len()];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    // Digits are UTF-8. Pushed one by one as `char`, they took 3 % of the time of planning.
    String::from_utf8(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_sha256_of_lengths_and_pieces() {
        assert_eq!(
            Digest::of([b"".as_slice()]).as_str(),
            "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc"
        );
        assert_ne!(Digest::of([b"ab".as_slice(), b"c"]), Digest::of([b"a".as_slice(), b"bc"]));
    }

    #[test]
    fn a_number_is_the_beginning_of_a_digest() {
        let digest = Digest::of(["pilot", "anna@kommune.example"].map(str::as_bytes));
        assert_eq!(format!("{:016x}", number(&["pilot", "anna@kommune.example"])), digest.as_str()[..16]);
    }

    #[test]
    fn a_tag_depends_on_key_purpose_and_each_piece() {
        let key = HmacKey::new(b"one");
        let tag = key.tag("message-id", &["nyt", "anna@kommune.example"]);
        assert_eq!(tag.len(), 40);
        assert_eq!(tag, key.tag("message-id", &["nyt", "anna@kommune.example"]));
        assert_ne!(tag, key.tag("unsubscribe", &["nyt", "anna@kommune.example"]));
        assert_ne!(tag, key.tag("message-id", &["nytanna", "@kommune.example"]));
        assert_ne!(tag, HmacKey::new(b"two").tag("message-id", &["nyt", "anna@kommune.example"]));
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", HmacKey::new(b"secret")), "Key(…)");
    }
}
