//! Problems that several kinds of lists have in common.

use std::io;

use crate::base::io_reason::io_reason;
use crate::base::language::Lang;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::people::person::suspicious_address::SuspiciousAddress;
use crate::people::store::address_interner::AddressInterner;

const NO_ROOM: Code = Code("NL219");
const TYPO: Code = Code("NL261");
const HOMOGLYPH: Code = Code("NL262");
/// The language of a person is not known.
pub(crate) const LANGUAGE: Code = Code("NL214");

/// The diagnostic for a list that is too long for memory and cannot be spilled to disk.
pub(crate) fn spill_error(interner: &AddressInterner, error: &io::Error) -> Diagnostic {
    let (folder, reason) = (interner.scratch().display(), io_reason(error));
    Diagnostic::error(
        NO_ROOM,
        message!("cannot spill a long list to {folder}: {reason}", "kan ikke lægge en lang liste i {folder}: {reason}"),
    )
    .hint(message!(
        "free some space on the disk, and run the command again",
        "gør plads på disken, og kør kommandoen igen"
    ))
}

/// The diagnostic for an address that is valid, and probably not what was meant.
pub(crate) fn suspicious_address(address: &SuspiciousAddress) -> Diagnostic {
    let code = match address {
        SuspiciousAddress::Typo { .. } => TYPO,
        SuspiciousAddress::Homoglyph { .. } => HOMOGLYPH,
    };
    Diagnostic::warning(code, Message::shown(address)).hint(address.hint())
}

/// The diagnostic for a language that editions cannot be written in.
pub(crate) fn unknown_language(text: &str) -> Diagnostic {
    Diagnostic::warning(LANGUAGE, message!("unknown language {text:?}", "ukendt sprog {text:?}")).hint(message!(
        "write one of {}; until then they get their audience's language",
        "skriv en af {}; indtil da får de målgruppens sprog",
        Lang::known()
    ))
}
