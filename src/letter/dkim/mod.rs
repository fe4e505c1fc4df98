//! DKIM: a domain's signature on a letter, by which mail servers verify that the letter comes from the domain and is
//! unchanged (RFC 6376; with Ed25519 RFC 8463).

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
use crate::letter::dkim::name::KeyName;
use crate::letter::letter_bytes::LetterBytes;

/// The header field that holds a signature.
const FIELD: &str = "DKIM-Signature";

/// The fields that are signed, each once more than the letter has it: adding a second `From`, or a `Reply-To` to a
/// letter without one, would break the signature (RFC 6376 §8.15). `List-Unsubscribe` and `List-Unsubscribe-Post` must
/// be signed for one-click unsubscribing (RFC 8058 §4).
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

/// The longest line of a signature (RFC 5322 §2.1.1).
const COLUMNS: usize = 78;

/// A key, and where in the DNS its public half is.
#[derive(Debug)]
pub struct Signer {
    /// Where the public half is.
    pub name: KeyName,
    /// The private half.
    pub key: PrivateKey,
}

/// The keys that sign each letter; empty where the settings have no `dkim`.
#[derive(Debug, Default)]
pub struct Signers(Vec<Signer>);

impl Signers {
    /// These keys, whose signatures appear in this order.
    pub fn new(signers: Vec<Signer>) -> Self {
        Self(signers)
    }

    /// Each key.
    pub fn iter(&self) -> impl Iterator<Item = &Signer> {
        self.0.iter()
    }

    /// Puts a signature of each key on top of a letter. The same letter gets the same signatures each time: they have no
    /// time and no expiry, and no length of the body, which would let others append to it.
    ///
    /// # Errors
    ///
    /// Signing failed; the letter is unchanged.
    pub fn sign(&self, letter: &mut LetterBytes) -> Result<(), SigningError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let (header, body) = canonical::split_header(letter);
        let body_hash = STANDARD.encode(canonical::body_digest(body));
        let (names, signed) = signed_fields(&canonical::fields(header));
        let mut signatures = Vec::with_capacity(self.size());
        for signer in &self.0 {
            let unsigned = signer.unsigned(&names, &body_hash);
            let signature = signer.key.sign(&with_signature(&signed, &unsigned))?;
            signatures.extend_from_slice(FIELD.as_bytes());
            signatures.extend_from_slice(format!(":{unsigned}").as_bytes());
            write_folded(&mut signatures, &STANDARD.encode(signature));
        }
        letter.put_before(&signatures);
        Ok(())
    }

    /// An upper bound of the octets of all signatures on a letter.
    pub(super) fn size(&self) -> usize {
        self.iter().map(Signer::size).sum()
    }
}

impl Signer {
    /// At least how many octets the field with its signature has: with the names of the fields, in lines.
    fn size(&self) -> usize {
        let KeyName { domain, selector } = &self.name;
        640 + domain.as_str().len() + selector.as_str().len() + self.key.signature_size() * 3 / 2
    }

    /// The value of the field up to the signature itself.
    fn unsigned(&self, names: &str, body_hash: &str) -> String {
        let KeyName { domain, selector } = &self.name;
        let algorithm = self.key.algorithm().of_signature();
        let between = if domain.as_str().len() + selector.as_str().len() + 9 > COLUMNS { "\r\n" } else { "" };
        format!(
            " v=1; a={algorithm}; c=relaxed/relaxed;\r\n d={domain};{between} s={selector};\r\n {names};\r\n \
             bh={body_hash};\r\n b="
        )
    }
}

/// The `h=` of a signature, folded, and the fields it names in canonical form.
fn signed_fields(fields: &[HeaderField<'_>]) -> (String, Vec<u8>) {
    let mut names = "h=".to_owned();
    let mut column = 1 + names.len();
    let mut signed = Vec::with_capacity(1024);
    for name in SIGNED {
        let has_name = |field: &&HeaderField<'_>| field.name.eq_ignore_ascii_case(name.as_bytes());
        // Of several fields with one name the last is signed first (RFC 6376 §5.4.2). The `None` is the additional
        // field that the letter does not have: it is named in `h=`, but adds nothing to the hash.
        for field in fields.iter().rev().filter(has_name).map(Some).chain([None]) {
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

/// What is signed: the fields, and the signature's own field with an empty `b=` and without its CRLF (RFC 6376 §3.7).
fn with_signature(signed: &[u8], unsigned: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(signed.len() + unsigned.len() + FIELD.len());
    bytes.extend_from_slice(signed);
    canonical::write_field(&mut bytes, HeaderField { name: FIELD.as_bytes(), value: unsigned.as_bytes() });
    bytes
}

/// Writes base64 over several lines. The first one begins with ` b=`.
fn write_folded(bytes: &mut Vec<u8>, base64: &str) {
    let (first, rest) = base64.as_bytes().split_at(base64.len().min(COLUMNS - 3));
    bytes.extend_from_slice(first);
    for line in rest.chunks(COLUMNS - 1) {
        bytes.extend_from_slice(b"\r\n ");
        bytes.extend_from_slice(line);
    }
    bytes.extend_from_slice(b"\r\n");
}
