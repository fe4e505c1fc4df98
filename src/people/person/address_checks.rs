//! What an address must be to reach somebody, beyond what a mail library asks.

use std::net::IpAddr;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use crate::people::person::AddressError;

/// RFC 5321, 4.5.3.1.3: a path is at most 256 with its angle brackets.
pub(super) const LONGEST: usize = 254;
/// RFC 5321, 4.5.3.1.1.
const LONGEST_LOCAL: usize = 64;
/// RFC 1035, 2.3.4.
const LONGEST_LABEL: usize = 63;
/// RFC 1035, 2.3.4: 255 with the length bytes.
const LONGEST_DOMAIN: usize = 253;

/// What is wrong with the text before it is taken apart, so that the reason names what somebody did, not where a
/// parser stumbled.
pub(super) fn whole(text: &str) -> Result<(), AddressError> {
    if text.chars().any(char::is_control) {
        return Err(AddressError::Control);
    }
    if text.chars().any(is_invisible) {
        return Err(AddressError::Invisible);
    }
    let ats = text.matches('@').count();
    if ats > 1 && text.contains([',', ';', ' ', '|']) && !text.contains('"') {
        return Err(AddressError::TwoAddresses);
    }
    if text.contains(['<', '>']) {
        return Err(AddressError::DisplayForm);
    }
    if text.contains('"') {
        return Err(AddressError::Quoted);
    }
    match ats {
        0 => Err(AddressError::NoAt),
        1 if text.chars().any(char::is_whitespace) => Err(AddressError::Space),
        1 => Ok(()),
        _ => Err(AddressError::TwoAts),
    }
}

/// What is wrong before the `@`.
pub(super) fn local(local: &str) -> Result<(), AddressError> {
    if local.is_empty() {
        return Err(AddressError::NoLocal);
    }
    if local.len() > LONGEST_LOCAL {
        return Err(AddressError::LocalTooLong);
    }
    if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Err(AddressError::LocalDots);
    }
    match local.chars().find(|it| !is_local(*it)) {
        Some(stranger) => Err(AddressError::LocalCharacter(stranger)),
        None => Ok(()),
    }
}

/// The domain in ASCII and lower case, or what is wrong with it.
pub(super) fn domain(domain: &str) -> Result<String, AddressError> {
    if domain.is_empty() {
        return Err(AddressError::NoDomain);
    }
    if domain.starts_with('[') || domain.parse::<IpAddr>().is_ok() {
        return Err(AddressError::Literal);
    }
    if domain.contains('_') {
        return Err(AddressError::Underscore);
    }
    // UTS 46 maps full-width letters and dots, capitals and decomposed letters before anything is judged; lengths are
    // judged below, so that each has its own reason.
    let ascii = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow, DnsLength::Ignore)
        .map_err(|_| AddressError::Domain)?;
    let labels: Vec<&str> = ascii.split('.').collect();
    if labels.iter().any(|label| label.is_empty()) {
        return Err(AddressError::EmptyLabel);
    }
    if labels.iter().any(|label| label.len() > LONGEST_LABEL) {
        return Err(AddressError::LabelTooLong);
    }
    if ascii.len() > LONGEST_DOMAIN {
        return Err(AddressError::TooLong);
    }
    if labels.iter().any(|label| label.starts_with('-') || label.ends_with('-')) {
        return Err(AddressError::Hyphen);
    }
    match labels.last() {
        Some(last) if labels.len() > 1 && last.bytes().all(|it| it.is_ascii_digit()) => Err(AddressError::Literal),
        _ if labels.len() > 1 => Ok(ascii.into_owned()),
        _ => Err(AddressError::NoDot),
    }
}

/// RFC 5322, 3.2.3 (atext and the dot), and letters beyond ASCII (RFC 6532, 3.2).
fn is_local(letter: char) -> bool {
    letter.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(letter)
}

/// Soft hyphens, zero-width spaces and joiners, direction marks, byte-order marks, fillers and language tags.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFD}' | '\u{E0000}'..='\u{E0FFF}')
}
