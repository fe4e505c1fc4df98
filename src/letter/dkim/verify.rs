//! Verifies a signature as the recipient's mail server does (RFC 6376 §6.1). It shares only the canonical form with the code
//! that signs.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error as ThisError;

use crate::base::message::message;
use crate::letter::dkim::FIELD;
use crate::letter::dkim::canonical::{self, HeaderField};
use crate::letter::dkim::key::Algorithm;
use crate::letter::dkim::name::KeyName;
use crate::letter::dkim::record::{PublishedKey, tags};

/// Why a letter does not count as signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum VerificationError {
    /// No signature names this key.
    #[error("{}", message!("the letter has no signature with this key", "mailen har ingen signatur med denne nøgle"))]
    NoSignature,
    /// The signature lacks a tag, or its algorithm is not the key's.
    #[error("{}", message!(
        "the signature is malformed, or its algorithm is not the key's",
        "signaturen er ikke skrevet rigtigt, eller dens algoritme er ikke nøglens"
    ))]
    Malformed,
    /// The hash of the body differs.
    #[error("{}", message!("the body was changed after it was signed", "indholdet er ændret efter signeringen"))]
    Body,
    /// The signature is not the key's over these fields.
    #[error("{}", message!(
        "the signature was made with another key, or a header field was changed after it",
        "signaturen er lavet med en anden nøgle, eller et headerfelt er ændret siden"
    ))]
    Signature,
}

/// The tags of a signature, and the bytes that it signs.
pub(crate) struct ParsedSignature {
    pub(crate) algorithm: Algorithm,
    pub(crate) body_hash: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) signed: Vec<u8>,
}

/// Verifies the signature of one key on a letter with the key that is published.
///
/// # Errors
///
/// The recipient's mail server would reject the signature.
pub fn verify(letter: &[u8], name: &KeyName, published: &PublishedKey) -> Result<(), VerificationError> {
    let parsed = ParsedSignature::find(letter, name)?;
    if parsed.algorithm != published.algorithm {
        return Err(VerificationError::Malformed);
    }
    let (_, body) = canonical::split_header(letter);
    if canonical::body_digest(body).as_ref() != parsed.body_hash {
        return Err(VerificationError::Body);
    }
    let key = published.bytes();
    match published.algorithm {
        Algorithm::Rsa => {
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(&parsed.signed, &parsed.signature)
        }
        Algorithm::Ed25519 => {
            // What is signed is the hash, not the fields (RFC 8463 §3).
            let digest = digest::digest(&digest::SHA256, &parsed.signed);
            UnparsedPublicKey::new(&ED25519, key).verify(digest.as_ref(), &parsed.signature)
        }
    }
    .map_err(|_| VerificationError::Signature)
}

impl ParsedSignature {
    /// The signature that names this key.
    pub(crate) fn find(letter: &[u8], name: &KeyName) -> Result<Self, VerificationError> {
        let fields = canonical::fields(canonical::split_header(letter).0);
        for field in fields.iter().filter(|field| field.name.eq_ignore_ascii_case(FIELD.as_bytes())) {
            let tags = tags(&String::from_utf8_lossy(field.value));
            let tag = |name: &str| tags.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
            if tag("d") == Some(name.domain.as_str()) && tag("s") == Some(name.selector.as_str()) {
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
        // Only signatures in the program's own form are read; with `l=` others could append to the body (RFC 6376
        // §8.2).
        if tag("v")? != "1" || tag("c")? != "relaxed/relaxed" || tag("l").is_some() {
            return None;
        }
        let mut left: Vec<&HeaderField<'_>> = fields.iter().collect();
        let mut signed = Vec::new();
        for name in tag("h")?.split(':') {
            // Each name takes the last field that is left; where none is left, it signs nothing (RFC 6376 §5.4.2).
            if let Some(at) = left.iter().rposition(|field| field.name.eq_ignore_ascii_case(name.as_bytes())) {
                canonical::write_field(&mut signed, *left.remove(at));
                signed.extend_from_slice(b"\r\n");
            }
        }
        let mut field = Vec::new();
        canonical::write_field(&mut field, *own);
        signed.extend_from_slice(without_signature(&String::from_utf8(field).ok()?).as_bytes());
        let [body_hash, signature] = ["bh", "b"].map(|name| STANDARD.decode(tag(name)?).ok());
        Some(Self { algorithm, body_hash: body_hash?, signature: signature?, signed })
    }
}

/// The field with an empty `b=` (RFC 6376 §3.7).
fn without_signature(field: &str) -> String {
    let tag = |tag: &str| match tag.split_once('=') {
        Some((name, _)) if name.trim() == "b" => format!("{name}="),
        Some(_) | None => tag.to_owned(),
    };
    field.split(';').map(tag).collect::<Vec<_>>().join(";")
}
