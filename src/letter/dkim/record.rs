//! The record that publishes a key in the DNS (RFC 6376 §3.6.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error as ThisError;

use crate::base::message::message;
use crate::letter::dkim::Signer;
use crate::letter::dkim::key::{Algorithm, SigningError};

/// The most octets in one string of a TXT record (RFC 1035 §3.3).
const MAX_STRING: usize = 255;
/// How a record begins.
const VERSION: &str = "v=DKIM1";

/// The record of a key, to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DkimRecord {
    /// Its name: `nyt._domainkey.forening.example`.
    pub name: String,
    /// Its value in one piece.
    pub value: String,
}

impl DkimRecord {
    /// The record of a key.
    ///
    /// # Errors
    ///
    /// The public half cannot be encoded.
    pub fn of(signer: &Signer) -> Result<Self, SigningError> {
        let Signer { name, key } = signer;
        Ok(Self {
            name: name.to_string(),
            value: format!("{VERSION}; k={}; p={}", key.algorithm().of_record(), key.public_half()?),
        })
    }

    /// The record as a line of a zone file, in strings that are short enough.
    pub fn zone_line(&self) -> String {
        txt_line(&self.name, &self.value)
    }
}

/// A TXT record of ASCII as a line of a zone file, in strings that are short enough.
pub(crate) fn txt_line(name: &str, value: &str) -> String {
    let pieces = value.as_bytes().chunks(MAX_STRING);
    let strings = pieces.map(|piece| format!("\"{}\"", String::from_utf8_lossy(piece).replace(['"', '\\'], "")));
    format!("{name}. IN TXT ( {} )", strings.collect::<Vec<_>>().join(" "))
}

/// A public key as it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedKey {
    /// How its signatures are verified.
    pub algorithm: Algorithm,
    /// The key in base64.
    pub public_half: String,
    /// Whether the record says that the domain only tests DKIM.
    pub test_mode: TestMode,
}

/// Whether a domain only tests DKIM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestMode {
    /// It does not.
    InForce,
    /// It does: the record has `t=y`, and servers treat its letters as unsigned (RFC 6376 §3.6.1).
    Testing,
}

/// Why a record cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum DkimRecordError {
    /// The text has no tags, or another version.
    #[error("{}", message!(
        "not a DKIM record: one begins with `v=DKIM1; k=`",
        "det er ikke en DKIM-post: sådan en begynder med `v=DKIM1; k=`"
    ))]
    NotDkim,
    /// `p=` is empty.
    #[error("{}", message!(
        "the key is revoked: the record's `p=` is empty",
        "nøglen er trukket tilbage: postens `p=` er tom"
    ))]
    Revoked,
    /// `p=` is missing or is not base64.
    #[error("{}", message!(
        "the key in the record's `p=` is missing or damaged",
        "nøglen i postens `p=` mangler eller er ødelagt"
    ))]
    NoKey,
    /// `k=` is unknown.
    #[error("{}", message!(
        "the record's `k=` is neither `rsa` nor `ed25519`",
        "postens `k=` er hverken `rsa` eller `ed25519`"
    ))]
    OtherAlgorithm,
    /// `h=` does not contain `sha256`.
    #[error("{}", message!(
        "the record's `h=` does not allow sha256, with which letters are signed",
        "postens `h=` tillader ikke sha256, som mails signeres med"
    ))]
    NoSha256,
    /// `s=` contains neither `*` nor `email`.
    #[error("{}", message!(
        "the record's `s=` does not allow the key for mail",
        "postens `s=` tillader ikke nøglen til mail"
    ))]
    NotForMail,
}

impl PublishedKey {
    /// Every record in a text: the output of `dig TXT`, with or without `+short`, lines of a zone file, or a value alone.
    pub fn all(text: &str) -> Vec<Result<Self, DkimRecordError>> {
        // In a zone file `;` begins a comment, so that `dig` prints it with a backslash.
        let text = text.replace("\\;", ";");
        // Between quotes is the record; around them are its name, its TTL and comments.
        let joined: String =
            if text.contains('"') { text.split('"').skip(1).step_by(2).collect() } else { text.trim().to_owned() };
        let starts: Vec<usize> = joined.match_indices(VERSION).map(|(at, _)| at).collect();
        if starts.is_empty() {
            return vec![Self::parse(&joined)];
        }
        let ends = starts.iter().skip(1).copied().chain([joined.len()]);
        starts.iter().zip(ends).map(|(start, end)| Self::parse(&joined[*start..end])).collect()
    }

    /// Reads one record in one piece.
    ///
    /// # Errors
    ///
    /// No signature can be verified with it.
    pub fn parse(value: &str) -> Result<Self, DkimRecordError> {
        let tags = tags(value);
        let tag = |name: &str| tags.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let allows = |name: &str, words: &[&str]| {
            tag(name).is_none_or(|value| value.split(':').any(|word| words.contains(&word)))
        };
        // A record without `k=` has an RSA key (RFC 6376 §3.6.1).
        let algorithm = match tag("k") {
            None | Some("rsa") => Algorithm::Rsa,
            Some("ed25519") => Algorithm::Ed25519,
            Some(_) => return Err(DkimRecordError::OtherAlgorithm),
        };
        match tag("p") {
            _ if tag("v").is_some_and(|version| version != "DKIM1") || tags.is_empty() => Err(DkimRecordError::NotDkim),
            Some("") => Err(DkimRecordError::Revoked),
            _ if !allows("h", &["sha256"]) => Err(DkimRecordError::NoSha256),
            _ if !allows("s", &["*", "email"]) => Err(DkimRecordError::NotForMail),
            Some(key) if STANDARD.decode(key).is_ok() => {
                let is_test = tag("t").is_some_and(|flags| flags.split(':').any(|flag| flag == "y"));
                let test_mode = if is_test { TestMode::Testing } else { TestMode::InForce };
                Ok(Self { algorithm, public_half: key.to_owned(), test_mode })
            }
            Some(_) | None => Err(DkimRecordError::NoKey),
        }
    }

    /// The key's bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        STANDARD.decode(&self.public_half).unwrap_or_default()
    }
}

/// The tags of a list, in order (RFC 6376 §3.2), without any white space: in none of the tags that are read here does it
/// have a meaning.
pub(crate) fn tags(list: &str) -> Vec<(String, String)> {
    let bare = |text: &str| text.split_ascii_whitespace().collect::<String>();
    let pairs = list.split(';').filter_map(|tag| tag.split_once('='));
    pairs.map(|(name, value)| (bare(name), bare(value))).collect()
}
