//! Private keys: read from what the usual programs write, made, and never shown.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::error::{KeyRejected, Unspecified};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error as ThisError;

/// What makes an RSA key of PKCS#8: the identifier 1.2.840.113549.1.1.1 in DER (RFC 8017, appendix C).
const RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// The same of Ed25519: 1.3.101.112 (RFC 8410 §3).
const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// `rsa-sha256`: every mail server can check it.
    Rsa,
    /// `ed25519-sha256` (RFC 8463): short, fast, and not yet checked everywhere.
    Ed25519,
}

impl Algorithm {
    /// As the `a=` of a signature says it.
    pub(crate) fn of_signature(self) -> &'static str {
        match self {
            Self::Rsa => "rsa-sha256",
            Self::Ed25519 => "ed25519-sha256",
        }
    }

    /// As the `k=` of a record says it.
    pub fn of_record(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ed25519 => "ed25519",
        }
    }
}

/// A private key that signs.
pub struct PrivateKey(DkimKeyPair);

enum DkimKeyPair {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// Why a file gives no key to sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum KeyError {
    /// Nothing in it is a key.
    #[error("it holds no private key: `-----BEGIN PRIVATE KEY-----` and the lines below it are missing")]
    NoKey,
    /// The half that is published.
    #[error("it holds the public key; the private one belongs here")]
    PublicHalf,
    /// A passphrase is asked for.
    #[error("the key is locked with a passphrase; `openssl pkey -in FILE -out NEW` writes it without")]
    Locked,
    /// Too few bits.
    #[error("the RSA key has fewer than 2048 bits, which can be forged; `newsletter dkim keygen` makes a new one")]
    Weak,
    /// Neither RSA nor Ed25519.
    #[error("it is a key of another kind than RSA and Ed25519, which are all that DKIM has")]
    OtherKind,
    /// It looks like a key and is none.
    #[error("the key is cut off or damaged; copy the whole file again")]
    Damaged,
}

/// A key could not sign, or could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
#[error("the machine's cryptography gave no answer")]
pub struct SigningError;

impl From<Unspecified> for SigningError {
    fn from(_: Unspecified) -> Self {
        Self
    }
}

impl PrivateKey {
    /// Reads a key: PEM as `openssl`, `opendkim-genkey` and `rspamadm` write it (PKCS#8, PKCS#1), or the base64 of an
    /// Ed25519 key as `dknewkey` (the seed) and `rspamadm` (seed and public key) do.
    ///
    /// # Errors
    ///
    /// There is no key in it that signs letters as others expect it.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut public = false;
        let mut rest = text;
        while let Some((_, after)) = rest.split_once("-----BEGIN ") {
            let (label, after) = after.split_once("-----").ok_or(KeyError::Damaged)?;
            if label.ends_with("PRIVATE KEY") {
                return private(label, after);
            }
            public |= label.ends_with("PUBLIC KEY");
            rest = after;
        }
        if public { Err(KeyError::PublicHalf) } else { bare(text) }
    }

    /// Makes a key; RSA of 2048 bits, whose record every name server takes.
    ///
    /// # Errors
    ///
    /// There are no random numbers to be had.
    pub fn generate(algorithm: Algorithm) -> Result<Self, SigningError> {
        Ok(Self(match algorithm {
            Algorithm::Rsa => DkimKeyPair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048)?),
            Algorithm::Ed25519 => DkimKeyPair::Ed25519(Ed25519KeyPair::generate()?),
        }))
    }

    /// The key as PEM (PKCS#8), for a file that nobody else may read.
    ///
    /// # Errors
    ///
    /// It cannot be written out.
    pub fn to_pem(&self) -> Result<String, SigningError> {
        let der: Pkcs8V1Der<'_> = match &self.0 {
            DkimKeyPair::Rsa(pair) => pair.as_der()?,
            DkimKeyPair::Ed25519(pair) => pair.as_der()?,
        };
        let mut pem = "-----BEGIN PRIVATE KEY-----\n".to_owned();
        for line in der.as_ref().chunks(48) {
            STANDARD.encode_string(line, &mut pem);
            pem.push('\n');
        }
        pem.push_str("-----END PRIVATE KEY-----\n");
        Ok(pem)
    }

    /// How it signs.
    pub fn algorithm(&self) -> Algorithm {
        match &self.0 {
            DkimKeyPair::Rsa(_) => Algorithm::Rsa,
            DkimKeyPair::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// Its length in bits, of which RSA has several.
    pub fn bits(&self) -> usize {
        match &self.0 {
            DkimKeyPair::Rsa(pair) => pair.public_modulus_len() * 8,
            DkimKeyPair::Ed25519(_) => 256,
        }
    }

    /// The public half in base64, as the `p=` of a record says it: for RSA in the form that all of the DNS has, and
    /// that erratum 3017 of RFC 6376 makes the rule.
    ///
    /// # Errors
    ///
    /// It cannot be written out.
    pub fn public_half(&self) -> Result<String, SigningError> {
        Ok(match &self.0 {
            DkimKeyPair::Rsa(pair) => {
                let der: PublicKeyX509Der<'_> = pair.public_key().as_der()?;
                STANDARD.encode(der.as_ref())
            }
            DkimKeyPair::Ed25519(pair) => STANDARD.encode(pair.public_key()),
        })
    }

    /// The signature of some bytes. An Ed25519 key signs their SHA-256 (RFC 8463 §3).
    pub(crate) fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, SigningError> {
        match &self.0 {
            DkimKeyPair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), bytes, &mut signature)?;
                Ok(signature)
            }
            DkimKeyPair::Ed25519(pair) => {
                let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
                Ok(pair.try_sign(digest.as_ref())?.as_ref().to_vec())
            }
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, …)", self.algorithm().of_record())
    }
}

/// The key of a block of PEM, whose label has been read.
fn private(label: &str, after: &str) -> Result<PrivateKey, KeyError> {
    let (body, _) = after.split_once("-----END").ok_or(KeyError::Damaged)?;
    if label == "ENCRYPTED PRIVATE KEY" || body.contains("ENCRYPTED") {
        return Err(KeyError::Locked);
    }
    let der = decoded(body).ok_or(KeyError::Damaged)?;
    let begins = &der[..der.len().min(40)];
    let has = |identifier: &[u8]| begins.windows(identifier.len()).any(|it| it == identifier);
    match label {
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der).map(DkimKeyPair::Rsa).map_err(rejected),
        "PRIVATE KEY" if has(RSA) => RsaKeyPair::from_pkcs8(&der).map(DkimKeyPair::Rsa).map_err(rejected),
        "PRIVATE KEY" if has(ED25519) => Ed25519KeyPair::from_pkcs8(&der).map(DkimKeyPair::Ed25519).map_err(rejected),
        _ => Err(KeyError::OtherKind),
    }
    .map(PrivateKey)
}

/// The base64 of an Ed25519 seed, which the public key may follow.
fn bare(text: &str) -> Result<PrivateKey, KeyError> {
    let bytes = decoded(text).ok_or(KeyError::NoKey)?;
    let pair = match bytes.len() {
        32 => Ed25519KeyPair::from_seed_unchecked(&bytes),
        64 => Ed25519KeyPair::from_seed_and_public_key(&bytes[..32], &bytes[32..]),
        _ => return Err(KeyError::NoKey),
    };
    pair.map(|it| PrivateKey(DkimKeyPair::Ed25519(it))).map_err(rejected)
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(text).ok()
}

fn rejected(error: KeyRejected) -> KeyError {
    match error.description_() {
        "TooSmall" => KeyError::Weak,
        _ => KeyError::Damaged,
    }
}
