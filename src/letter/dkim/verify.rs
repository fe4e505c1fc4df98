//! A signature as the reader's mail server checks it (RFC 6376 §6.1), with code that shares nothing with the signing but
//! the canonical form.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error as ThisError;

use crate::letter::dkim::canonical::{self, HeaderField};
use crate::letter::dkim::key::Algorithm;
use crate::letter::dkim::name::{Domain, Selector};
use crate::letter::dkim::record::{PublishedKey, tags};

/// Why a letter does not count as signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum VerificationError {
    /// Nobody signed it with this key.
    #[error("the letter has no signature of this key")]
    NoSignature,
    /// The signature lacks something, or is of another kind than the key.
    #[error("the signature cannot be read with this key")]
    Malformed,
    /// The body's hash is another one.
    #[error("the body was changed after it was signed")]
    Body,
    /// The signature is not the key's over these fields.
    #[error("the signature was made with another key, or a field was changed after it")]
    Signature,
}

/// What a signature says, and what it was made over.
pub(crate) struct ParsedSignature {
    pub(crate) algorithm: Algorithm,
    pub(crate) body_hash: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) signed: Vec<u8>,
}

/// Checks the signature of one key on a letter against the key that was published.
///
/// # Errors
///
/// What a reader's mail server would hold against it.
pub fn verify(
    letter: &[u8],
    (domain, selector): (&Domain, &Selector),
    published: &PublishedKey,
) -> Result<(), VerificationError> {
    let claim = ParsedSignature::find(letter, (domain.as_str(), selector.as_str()))?;
    if claim.algorithm != published.algorithm {
        return Err(VerificationError::Malformed);
    }
    let (_, body) = canonical::split_header(letter);
    if canonical::body_digest(body).as_ref() != claim.body_hash {
        return Err(VerificationError::Body);
    }
    let key = published.bytes();
    match published.algorithm {
        Algorithm::Rsa => {
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(&claim.signed, &claim.signature)
        }
        Algorithm::Ed25519 => {
            let digest = digest::digest(&digest::SHA256, &claim.signed);
            UnparsedPublicKey::new(&ED25519, key).verify(digest.as_ref(), &claim.signature)
        }
    }
    .map_err(|_| VerificationError::Signature)
}

impl ParsedSignature {
    /// The signature that names this domain and selector.
    pub(crate) fn find(letter: &[u8], (domain, selector): (&str, &str)) -> Result<Self, VerificationError> {
        let fields = canonical::fields(canonical::split_header(letter).0);
        let signatures = fields.iter().filter(|it| it.name.eq_ignore_ascii_case(crate::letter::dkim::FIELD.as_bytes()));
        for field in signatures {
            let tags = tags(&String::from_utf8_lossy(field.value));
            let tag = |name: &str| tags.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str());
            if tag("d") == Some(domain) && tag("s") == Some(selector) {
                return Self::read(&fields, field, &tag).ok_or(VerificationError::Malformed);
            }
        }
        Err(VerificationError::NoSignature)
    }

    fn read<'t>(
        fields: &[HeaderField<'_>],
        own: &HeaderField<'_>,
        tag: &dyn Fn(&str) -> Option<&'t str>,
    ) -> Option<Self> {
        let algorithm = match tag("a")? {
            "rsa-sha256" => Algorithm::Rsa,
            "ed25519-sha256" => Algorithm::Ed25519,
            _ => return None,
        };
        if tag("v")? != "1" || tag("c")? != "relaxed/relaxed" || tag("l").is_some() {
            return None;
        }
        let mut left: Vec<&HeaderField<'_>> = fields.iter().collect();
        let mut signed = Vec::new();
        for name in tag("h")?.split(':') {
            // The last of that name that is not taken yet; where there is none, nothing is signed (§5.4.2).
            if let Some(at) = left.iter().rposition(|it| it.name.eq_ignore_ascii_case(name.as_bytes())) {
                canonical::write_field(&mut signed, *left.remove(at));
                signed.extend_from_slice(b"\r\n");
            }
        }
        let mut field = Vec::new();
        canonical::write_field(&mut field, *own);
        signed.extend_from_slice(without_signature(&String::from_utf8(field).ok()?).as_bytes());
        let [body_hash, signature] = ["bh", "b"].map(|it| STANDARD.decode(tag(it)?).ok());
        Some(Self { algorithm, body_hash: body_hash?, signature: signature?, signed })
    }
}

/// The field with nothing behind its `b=`.
fn without_signature(field: &str) -> String {
    let tag = |it: &str| match it.split_once('=') {
        Some((name, _)) if name.trim() == "b" => format!("{name}="),
        Some(_) | None => it.to_owned(),
    };
    field.split(';').map(tag).collect::<Vec<_>>().join(";")
}
