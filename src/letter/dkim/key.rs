//! Private keys: read from the files that common programs write, generated, and never shown.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::error::{KeyRejected, Unspecified};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error as ThisError;

use crate::base::message::message;

/// The object identifier of RSA in PKCS#8, 1.2.840.113549.1.1.1, in DER (RFC 8017, appendix C).
const RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// That of Ed25519, 1.3.101.112 (RFC 8410 §3).
const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];

/// The algorithm of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// `rsa-sha256`: every mail server can verify it.
    Rsa,
    /// `ed25519-sha256` (RFC 8463): short and fast, but not all mail servers verify it.
    Ed25519,
}

impl Algorithm {
    /// Its name in the `a=` of a signature.
    pub(crate) fn of_signature(self) -> &'static str {
        match self {
            Self::Rsa => "rsa-sha256",
            Self::Ed25519 => "ed25519-sha256",
        }
    }

    /// Its name in the `k=` of a record.
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

/// Why a file has no usable private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum KeyError {
    /// No key was found.
    #[error("{}", message!(
        "no private key in the file: `-----BEGIN PRIVATE KEY-----` and the lines below it are missing",
        "ingen privat nøgle i filen: `-----BEGIN PRIVATE KEY-----` og linjerne under mangler"
    ))]
    NoKey,
    /// The text is the public half.
    #[error("{}", message!(
        "the file has the public key; the private key is needed",
        "filen har den offentlige nøgle; den private skal bruges"
    ))]
    PublicHalf,
    /// It needs a passphrase.
    #[error("{}", message!(
        "the key is encrypted with a passphrase; to remove it: openssl pkey -in FILE -out NEW",
        "nøglen er låst med en adgangssætning; fjern den sådan: openssl pkey -in FIL -out NY"
    ))]
    Encrypted,
    /// It has too few bits.
    #[error("{}", message!(
        "the RSA key has fewer than 2048 bits; to make a new one: newsletter dkim keygen",
        "RSA-nøglen har færre end 2048 bit; lav en ny sådan: newsletter dkim keygen"
    ))]
    Weak,
    /// It is neither RSA nor Ed25519.
    #[error("{}", message!(
        "unsupported kind of key: DKIM has RSA and Ed25519 only",
        "nøglen er af en type, der ikke kan bruges: DKIM har kun RSA og Ed25519"
    ))]
    OtherAlgorithm,
    /// It looks like a key but cannot be read.
    #[error("{}", message!(
        "the key is incomplete or damaged; copy the whole file again",
        "nøglen er ufuldstændig eller ødelagt; kopiér hele filen igen"
    ))]
    Damaged,
}

/// A key could not be generated or encoded, or could not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
#[error("{}", message!("the cryptography library failed", "kryptobiblioteket fejlede"))]
pub struct SigningError;

impl From<Unspecified> for SigningError {
    fn from(_: Unspecified) -> Self {
        Self
    }
}

impl PrivateKey {
    /// Reads a key: PEM as `openssl`, `opendkim-genkey` and `rspamadm` write it (PKCS#8, PKCS#1), or an Ed25519 key in
    /// base64 as `dknewkey` (the seed) and `rspamadm` (seed and public key) do.
    ///
    /// # Errors
    ///
    /// The text has no private key, or one that cannot be used for DKIM.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut has_public = false;
        let mut rest = text;
        // A file may have other blocks before the key, such as a certificate.
        while let Some((_, after)) = rest.split_once("-----BEGIN ") {
            let (label, after) = after.split_once("-----").ok_or(KeyError::Damaged)?;
            if label.ends_with("PRIVATE KEY") {
                return from_pem(label, after);
            }
            has_public |= label.ends_with("PUBLIC KEY");
            rest = after;
        }
        if has_public { Err(KeyError::PublicHalf) } else { from_base64(text) }
    }

    /// Generates a key. RSA has 2048 bits: all verifiers must support that (RFC 8301 §3.2), and name servers accept the
    /// record.
    ///
    /// # Errors
    ///
    /// The system gives no random numbers.
    pub fn generate(algorithm: Algorithm) -> Result<Self, SigningError> {
        Ok(Self(match algorithm {
            Algorithm::Rsa => DkimKeyPair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048)?),
            Algorithm::Ed25519 => DkimKeyPair::Ed25519(Ed25519KeyPair::generate()?),
        }))
    }

    /// The key as PEM (PKCS#8), for a file that only its owner may read.
    ///
    /// # Errors
    ///
    /// The key cannot be encoded.
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

    /// Its algorithm.
    pub fn algorithm(&self) -> Algorithm {
        match &self.0 {
            DkimKeyPair::Rsa(_) => Algorithm::Rsa,
            DkimKeyPair::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// Its length in bits.
    pub fn bits(&self) -> usize {
        match &self.0 {
            DkimKeyPair::Rsa(pair) => pair.public_modulus_len() * 8,
            DkimKeyPair::Ed25519(_) => 256,
        }
    }

    /// How many octets a signature has.
    pub(crate) fn signature_size(&self) -> usize {
        match &self.0 {
            DkimKeyPair::Rsa(pair) => pair.public_modulus_len(),
            // RFC 8032 §5.1.6.
            DkimKeyPair::Ed25519(_) => 64,
        }
    }

    /// The public half in base64, as in the `p=` of a record.
    ///
    /// # Errors
    ///
    /// The key cannot be encoded.
    pub fn public_half(&self) -> Result<String, SigningError> {
        Ok(match &self.0 {
            DkimKeyPair::Rsa(pair) => {
                // RFC 6376 §3.6.1 says `RSAPublicKey`; its examples and keys in use have `SubjectPublicKeyInfo`, which
                // erratum 3017 confirms.
                let der: PublicKeyX509Der<'_> = pair.public_key().as_der()?;
                STANDARD.encode(der.as_ref())
            }
            DkimKeyPair::Ed25519(pair) => STANDARD.encode(pair.public_key()),
        })
    }

    /// The signature of some bytes.
    pub(crate) fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, SigningError> {
        match &self.0 {
            DkimKeyPair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), bytes, &mut signature)?;
                Ok(signature)
            }
            DkimKeyPair::Ed25519(pair) => {
                // An Ed25519 key signs the hash of the bytes (RFC 8463 §3).
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

/// Reads the key of a PEM block, from behind its label.
fn from_pem(label: &str, after: &str) -> Result<PrivateKey, KeyError> {
    let (body, _) = after.split_once("-----END").ok_or(KeyError::Damaged)?;
    // PKCS#8 says so in the label, PKCS#1 in a line below it: `Proc-Type: 4,ENCRYPTED` (RFC 1421 §4.6.1.1).
    if label == "ENCRYPTED PRIVATE KEY" || body.contains("ENCRYPTED") {
        return Err(KeyError::Encrypted);
    }
    let der = decode(body).ok_or(KeyError::Damaged)?;
    // The identifier comes before the key, whose own bytes are not searched.
    let head = &der[..der.len().min(40)];
    let has = |identifier: &[u8]| head.windows(identifier.len()).any(|window| window == identifier);
    match label {
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der).map(DkimKeyPair::Rsa).map_err(rejected),
        "PRIVATE KEY" if has(RSA) => RsaKeyPair::from_pkcs8(&der).map(DkimKeyPair::Rsa).map_err(rejected),
        "PRIVATE KEY" if has(ED25519) => Ed25519KeyPair::from_pkcs8(&der).map(DkimKeyPair::Ed25519).map_err(rejected),
        _ => Err(KeyError::OtherAlgorithm),
    }
    .map(PrivateKey)
}

/// Reads an Ed25519 seed in base64, which the public key may follow.
fn from_base64(text: &str) -> Result<PrivateKey, KeyError> {
    let bytes = decode(text).ok_or(KeyError::NoKey)?;
    let pair = match bytes.len() {
        32 => Ed25519KeyPair::from_seed_unchecked(&bytes),
        64 => Ed25519KeyPair::from_seed_and_public_key(&bytes[..32], &bytes[32..]),
        _ => return Err(KeyError::NoKey),
    };
    pair.map(|pair| PrivateKey(DkimKeyPair::Ed25519(pair))).map_err(rejected)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(text).ok()
}

fn rejected(error: KeyRejected) -> KeyError {
    // `aws_lc_rs` has no variants to match on; this description is its only way to distinguish the causes.
    match error.description_() {
        "TooSmall" => KeyError::Weak,
        _ => KeyError::Damaged,
    }
}
