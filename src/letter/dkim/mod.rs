//! DKIM: a domain's signature on a letter, so that its readers' mail servers know that it is the sender's and unchanged
//! (RFC 6376; with Ed25519 RFC 8463).

mod canonical;
pub mod key;
pub mod name;
pub mod record;
#[cfg(test)]
mod tests;
pub mod verify;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::letter::dkim::canonical::HeaderField;
use crate::letter::dkim::key::{PrivateKey, SigningError};
use crate::letter::dkim::name::{Domain, Selector};

/// The field that a signature is.
const FIELD: &str = "DKIM-Signature";

/// What is signed, each once more than the letter has it: nobody can add a second `From`, or a `Reply-To` where there is
/// none, and keep the signature (RFC 6376 §8.15). `List-Unsubscribe` and its `-Post` must be signed for one-click
/// unsubscribing (RFC 8058 §4).
const SIGNED: [&str; 12] = [
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
];

/// How wide a line of a signature is (RFC 5322 §2.1.1).
const COLUMNS: usize = 78;

/// A key, and where others find its public half.
#[derive(Debug)]
pub struct Signer {
    /// Whose signature it is.
    pub domain: Domain,
    /// Which of the domain's keys it is.
    pub selector: Selector,
    /// The key.
    pub key: PrivateKey,
}

/// Those who sign each letter; nobody where the settings have no `dkim`.
#[derive(Debug, Default)]
pub struct Signers(Vec<Signer>);

impl Signers {
    /// Whoever signs each letter, in the order in which the signatures stand.
    pub fn new(signers: Vec<Signer>) -> Self {
        Self(signers)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Signer> {
        self.0.iter()
    }

    /// Puts a signature of each on top of a letter. The same letter gets the same signatures each time: they have no
    /// time, no end, and no length of the body, below which others could add to it.
    ///
    /// # Errors
    ///
    /// A key gives no signature; the letter is as it was.
    pub fn sign(&self, letter: &mut Vec<u8>) -> Result<(), SigningError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let (header, body) = canonical::split_header(letter);
        let body_hash = STANDARD.encode(canonical::body_digest(body));
        let (names, signed) = signed_fields(&canonical::fields(header));
        let mut signatures = Vec::new();
        for signer in &self.0 {
            let unsigned = signer.unsigned(&names, &body_hash);
            let signature = signer.key.sign(&with_signature(&signed, &unsigned))?;
            signatures.extend_from_slice(FIELD.as_bytes());
            signatures.extend_from_slice(format!(":{unsigned}").as_bytes());
            write_folded(&mut signatures, &STANDARD.encode(signature));
        }
        letter.splice(..0, signatures);
        Ok(())
    }
}

impl Signer {
    /// The value of the field up to the signature itself.
    fn unsigned(&self, names: &str, body_hash: &str) -> String {
        let Self { domain, selector, key } = self;
        let algorithm = key.algorithm().of_signature();
        let between = if domain.as_str().len() + selector.as_str().len() + 9 > COLUMNS { "\r\n" } else { "" };
        format!(
            " v=1; a={algorithm}; c=relaxed/relaxed;\r\n d={domain};{between} s={selector};\r\n {names};\r\n \
             bh={body_hash};\r\n b="
        )
    }
}

/// The `h=` of a signature, folded, and the fields it names in their canonical form: of fields with one name the last is
/// the first (RFC 6376 §5.4.2).
fn signed_fields(fields: &[HeaderField<'_>]) -> (String, Vec<u8>) {
    let mut names = "h=".to_owned();
    let mut column = 1 + names.len();
    let mut signed = Vec::with_capacity(1024);
    for name in SIGNED {
        let has_it = |it: &&HeaderField<'_>| it.name.eq_ignore_ascii_case(name.as_bytes());
        for field in fields.iter().rev().filter(has_it).map(Some).chain([None]) {
            if let Some(field) = field {
                canonical::write_field(&mut signed, *field);
                signed.extend_from_slice(b"\r\n");
            }
            if column + name.len() + 1 > COLUMNS {
                names.push_str("\r\n ");
                column = 1;
            }
            names.push_str(name);
            names.push(':');
            column += name.len() + 1;
        }
    }
    names.pop();
    (names, signed)
}

/// What is signed: the fields, and the signature's own with nothing for itself, without the end of the line (§3.7).
fn with_signature(signed: &[u8], unsigned: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(signed.len() + unsigned.len() + FIELD.len());
    bytes.extend_from_slice(signed);
    canonical::write_field(&mut bytes, HeaderField { name: FIELD.as_bytes(), value: unsigned.as_bytes() });
    bytes
}

/// Base64 over several lines, the first of which has `b=` on it already.
fn write_folded(bytes: &mut Vec<u8>, base64: &str) {
    let (first, rest) = base64.as_bytes().split_at(base64.len().min(COLUMNS - 3));
    bytes.extend_from_slice(first);
    for line in rest.chunks(COLUMNS - 1) {
        bytes.extend_from_slice(b"\r\n ");
        bytes.extend_from_slice(line);
    }
    bytes.extend_from_slice(b"\r\n");
}
