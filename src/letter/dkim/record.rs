//! What the DNS says of a key (RFC 6376 §3.6.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error as ThisError;

use crate::letter::dkim::Signer;
use crate::letter::dkim::key::{Algorithm, SigningError};

/// The longest of the strings of which a record is made (RFC 1035 §3.3).
const MAX_STRING: usize = 255;
/// How a record begins.
const BEGINS: &str = "v=DKIM1";

/// The record that a key needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DkimRecord {
    /// Where it belongs: `nyt._domainkey.forening.example`.
    pub name: String,
    /// What it says, in one piece.
    pub value: String,
}

impl DkimRecord {
    /// The record of a key.
    ///
    /// # Errors
    ///
    /// The public half cannot be written out.
    pub fn of(signer: &Signer) -> Result<Self, SigningError> {
        let Signer { domain, selector, key } = signer;
        Ok(Self {
            name: format!("{selector}._domainkey.{domain}"),
            value: format!("{BEGINS}; k={}; p={}", key.algorithm().of_record(), key.public_half()?),
        })
    }

    /// The record as a line of a zone file, in strings that are short enough.
    pub fn zone_line(&self) -> String {
        let strings = self.value.as_bytes().chunks(MAX_STRING).map(|it| format!("\"{}\"", String::from_utf8_lossy(it)));
        format!("{}. IN TXT ( {} )", self.name, strings.collect::<Vec<_>>().join(" "))
    }
}

/// A public key as somebody found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedKey {
    /// How signatures are checked.
    pub algorithm: Algorithm,
    /// The key in base64.
    pub public_half: String,
    /// Whether the record says that its domain only tries DKIM out; then many servers pay no heed to it.
    pub stage: TestMode,
}

/// Whether a domain means its signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestMode {
    /// It does.
    InForce,
    /// The record has `t=y`.
    Testing,
}

/// Why a record is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum DkimRecordError {
    /// No tags, or another version.
    #[error("this is no DKIM record; one begins with `v=DKIM1; k=`")]
    NotDkim,
    /// An empty `p=`.
    #[error("the record says that the key is revoked: its `p=` is empty")]
    Revoked,
    /// No `p=`, or none that can be read.
    #[error("the record's key, behind `p=`, is missing or damaged")]
    NoKey,
    /// An unknown `k=`.
    #[error("the record's `k=` is neither `rsa` nor `ed25519`")]
    OtherAlgorithm,
    /// An `h=` without it.
    #[error("the record's `h=` does not allow sha256, with which letters are signed")]
    NoSha256,
    /// An `s=` for something else.
    #[error("the record's `s=` does not allow the key for mail")]
    NotForMail,
}

impl PublishedKey {
    /// Every record in a text: what `dig TXT` prints, with or without `+short`, lines of a zone file, or the value alone.
    pub fn all(text: &str) -> Vec<Result<Self, DkimRecordError>> {
        let text = text.replace("\\;", ";");
        // What stands between quotes is the record's; what stands around them is a name, or somebody's remark.
        let joined: String =
            if text.contains('"') { text.split('"').skip(1).step_by(2).collect() } else { text.trim().to_owned() };
        let starts: Vec<usize> = joined.match_indices(BEGINS).map(|(at, _)| at).collect();
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
    /// No signature can be checked with it.
    pub fn parse(value: &str) -> Result<Self, DkimRecordError> {
        let tags = tags(value);
        let tag = |name: &str| tags.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str());
        let lists = |name: &str, words: &[&str]| tag(name).is_none_or(|it| it.split(':').any(|it| words.contains(&it)));
        let algorithm = match tag("k") {
            None | Some("rsa") => Algorithm::Rsa,
            Some("ed25519") => Algorithm::Ed25519,
            Some(_) => return Err(DkimRecordError::OtherAlgorithm),
        };
        match tag("p") {
            _ if tag("v").is_some_and(|it| it != "DKIM1") || tags.is_empty() => Err(DkimRecordError::NotDkim),
            Some("") => Err(DkimRecordError::Revoked),
            _ if !lists("h", &["sha256"]) => Err(DkimRecordError::NoSha256),
            _ if !lists("s", &["*", "email"]) => Err(DkimRecordError::NotForMail),
            Some(key) if STANDARD.decode(key).is_ok() => Ok(Self {
                algorithm,
                public_half: key.to_owned(),
                stage: if tag("t").is_some_and(|it| it.split(':').any(|it| it == "y")) {
                    TestMode::Testing
                } else {
                    TestMode::InForce
                },
            }),
            Some(_) | None => Err(DkimRecordError::NoKey),
        }
    }

    /// The key's bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        STANDARD.decode(&self.public_half).unwrap_or_default()
    }
}

/// The tags of a list in their order (RFC 6376 §3.2), all white space left out: in none of those that are read here does it
/// mean anything.
pub(crate) fn tags(list: &str) -> Vec<(String, String)> {
    let bare = |it: &str| it.split_ascii_whitespace().collect::<String>();
    list.split(';').filter_map(|it| it.split_once('=')).map(|(name, value)| (bare(name), bare(value))).collect()
}
