//! What makes an address invalid: more than RFC 5321 forbids, since some valid addresses are never deliverable.

use std::net::IpAddr;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use thiserror::Error as ThisError;

use crate::base::message::message;

/// RFC 5321, 4.5.3.1.3: a path has at most 256 octets, with its angle brackets.
pub(super) const MAX_ADDRESS: usize = 254;
/// RFC 5321, 4.5.3.1.1.
const MAX_LOCAL: usize = 64;
/// RFC 1035, 2.3.4.
const MAX_LABEL: usize = 63;
/// RFC 1035, 2.3.4: 255 octets in the encoding of DNS, which has a length before each label and an empty one at the
/// end.
const MAX_DOMAIN: usize = 253;

/// Why an address is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum AddressError {
    /// The text is empty.
    #[error("{}", message!("the address is empty", "adressen er tom"))]
    Empty,
    /// A line break, a NUL or another control character.
    #[error("{}", message!(
        "the address contains a line break or another control character",
        "adressen indeholder et linjeskift eller et andet kontroltegn"
    ))]
    Control,
    /// A zero-width character, as in addresses that are copied from a web page.
    #[error("{}", message!("the address contains an invisible character", "adressen indeholder et usynligt tegn"))]
    Invisible,
    /// `Anna <anna@kommune.example>`.
    #[error("{}", message!(
        "this is a name and an address; write the address alone, without < and >",
        "det er et navn og en adresse; skriv kun adressen, uden < og >"
    ))]
    DisplayForm,
    /// Several addresses in one place.
    #[error("{}", message!("these are two addresses; write one", "det er to adresser; skriv én"))]
    TwoAddresses,
    /// The `@` is missing.
    #[error("{}", message!("the address has no @", "adressen har intet @"))]
    NoAt,
    /// More than one `@`.
    #[error("{}", message!("the address has more than one @", "adressen har mere end ét @"))]
    TwoAts,
    /// Nothing before the `@`.
    #[error("{}", message!("nothing before the @", "der mangler noget før @"))]
    NoLocal,
    /// Nothing after the `@`.
    #[error("{}", message!("nothing after the @", "der mangler noget efter @"))]
    NoDomain,
    /// A comma or other punctuation after it, from the sentence or list that it was copied from.
    #[error("{}", message!("the address ends with {_0:?}: delete it", "adressen slutter med {_0:?}: slet det"))]
    Trailing(char),
    /// `mailto:anna@kommune.example`, as a link has it.
    #[error("{}", message!(
        "this is a link; write the address without `mailto:`",
        "det er et link; skriv adressen uden `mailto:`"
    ))]
    Link,
    /// White space inside.
    #[error("{}", message!("the address contains a space", "adressen indeholder et mellemrum"))]
    Space,
    /// `"anna berg"@kommune.example`, which few systems accept.
    #[error("{}", message!(
        "addresses with quotation marks are not supported",
        "adresser med anførselstegn kan ikke bruges"
    ))]
    Quoted,
    /// A dot first, last or twice before the `@`.
    #[error("{}", message!(
        "the part before the @ begins or ends with a dot, or has two in a row",
        "delen før @ begynder eller slutter med et punktum eller har to i træk"
    ))]
    LocalDots,
    /// A character that is not allowed before the `@`.
    #[error("{}", message!("{_0:?} is not allowed before the @", "{_0:?} må ikke stå før @"))]
    LocalCharacter(char),
    /// More than 64 bytes before the `@` (RFC 5321, 4.5.3.1.1).
    #[error("{}", message!(
        "the part before the @ is longer than 64 characters",
        "delen før @ er på mere end 64 tegn"
    ))]
    LocalTooLong,
    /// `anna@[192.0.2.1]` or `anna@192.0.2.1`.
    #[error("{}", message!(
        "there is an IP address after the @; write a domain, such as kommune.example",
        "der står en IP-adresse efter @; skriv et domæne, f.eks. kommune.example"
    ))]
    Literal,
    /// A domain of one label.
    #[error("{}", message!("the domain after the @ has no dot", "domænet efter @ har intet punktum"))]
    NoDot,
    /// A dot first, last or twice in the domain.
    #[error("{}", message!(
        "the domain after the @ begins or ends with a dot, or has two in a row",
        "domænet efter @ begynder eller slutter med et punktum eller har to i træk"
    ))]
    EmptyLabel,
    /// A label of more than 63 bytes (RFC 1035, 2.3.4).
    #[error("{}", message!(
        "a part of the domain is longer than 63 characters",
        "en del af domænet er på mere end 63 tegn"
    ))]
    LabelTooLong,
    /// A domain of more than 253 bytes (RFC 1035, 2.3.4), or an address of more than 254 (RFC 5321, 4.5.3.1.3).
    #[error("{}", message!("the address is longer than 254 characters", "adressen er på mere end 254 tegn"))]
    TooLong,
    /// A label that begins or ends with a hyphen.
    #[error("{}", message!(
        "a part of the domain after the @ begins or ends with a hyphen",
        "en del af domænet efter @ begynder eller slutter med en bindestreg"
    ))]
    Hyphen,
    /// An underscore in the domain.
    #[error("{}", message!(
        "the domain after the @ contains an underscore",
        "domænet efter @ indeholder en understregning"
    ))]
    Underscore,
    /// Anything else that is not allowed in a domain.
    #[error("{}", message!("invalid domain after the @", "ugyldigt domæne efter @"))]
    Domain,
}

/// The position of the `@` in a plainly valid address, as nearly all are: ASCII letters, digits and a few other
/// characters, with a domain in lower case that needs no conversion. Absent: it needs the full check.
pub(super) fn plain_at(text: &str) -> Option<usize> {
    let (local, domain) = text.split_once('@')?;
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_label = |label: &str| {
        let ends = !label.starts_with('-') && !label.ends_with('-');
        ends && (1..=MAX_LABEL).contains(&label.len()) && label.bytes().all(is_plain)
    };
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| is_plain(byte.to_ascii_lowercase()) || matches!(byte, b'_' | b'+'))
    };
    let (_, last) = domain.rsplit_once('.')?;
    let is_valid = text.len() <= MAX_ADDRESS
        && local.len() <= MAX_LOCAL
        && local.split('.').all(is_word)
        && domain.split('.').all(is_label)
        // Two hyphens in a row may be those of `xn--`.
        && !domain.contains("--")
        && last.starts_with(|letter: char| letter.is_ascii_lowercase());
    is_valid.then_some(local.len())
}

/// Checks the text before it is split, so that the error names what the user wrote and not where a parser stopped.
pub(super) fn check_text(text: &str) -> Result<(), AddressError> {
    if text.chars().any(char::is_control) {
        return Err(AddressError::Control);
    }
    if text.chars().any(is_invisible) {
        return Err(AddressError::Invisible);
    }
    let ats = text.matches('@').count();
    // In a quoted local part, all of these characters are allowed (RFC 5321, 4.1.2); `Quoted` is the right error then.
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
        1 if text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("mailto:")) => Err(AddressError::Link),
        1 if text.chars().any(char::is_whitespace) => Err(AddressError::Space),
        1 if text.ends_with([',', ';', ':']) => Err(AddressError::Trailing(text.chars().next_back().unwrap_or(','))),
        1 => Ok(()),
        _ => Err(AddressError::TwoAts),
    }
}

/// Checks the part before the `@`.
pub(super) fn check_local(local: &str) -> Result<(), AddressError> {
    if local.is_empty() {
        return Err(AddressError::NoLocal);
    }
    if local.len() > MAX_LOCAL {
        return Err(AddressError::LocalTooLong);
    }
    if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Err(AddressError::LocalDots);
    }
    match local.chars().find(|letter| !is_local(*letter)) {
        Some(letter) => Err(AddressError::LocalCharacter(letter)),
        None => Ok(()),
    }
}

/// The domain in ASCII and lower case, if it is valid.
pub(super) fn ascii_domain(domain: &str) -> Result<String, AddressError> {
    if domain.is_empty() {
        return Err(AddressError::NoDomain);
    }
    if domain.starts_with('[') || domain.parse::<IpAddr>().is_ok() {
        return Err(AddressError::Literal);
    }
    if domain.contains('_') {
        return Err(AddressError::Underscore);
    }
    // UTS 46 first maps full-width letters and dots, capitals and decomposed letters. It does not check lengths and
    // hyphens here: the errors below say more.
    let ascii = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow, DnsLength::Ignore)
        .map_err(|_| AddressError::Domain)?;
    let labels: Vec<&str> = ascii.split('.').collect();
    if labels.iter().any(|label| label.is_empty()) {
        return Err(AddressError::EmptyLabel);
    }
    if labels.iter().any(|label| label.len() > MAX_LABEL) {
        return Err(AddressError::LabelTooLong);
    }
    if ascii.len() > MAX_DOMAIN {
        return Err(AddressError::TooLong);
    }
    if labels.iter().any(|label| label.starts_with('-') || label.ends_with('-')) {
        return Err(AddressError::Hyphen);
    }
    match labels.last() {
        // WHATWG URL, "ends in a number": `192.0.2.300` is an invalid IPv4 address and not a domain.
        Some(last) if labels.len() > 1 && last.bytes().all(|byte| byte.is_ascii_digit()) => Err(AddressError::Literal),
        _ if labels.len() > 1 => Ok(ascii.into_owned()),
        _ => Err(AddressError::NoDot),
    }
}

/// `atext` and the dot (RFC 5322, 3.2.3), and letters beyond ASCII (RFC 6532, 3.2).
fn is_local(letter: char) -> bool {
    letter.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(letter)
}

/// Soft hyphens, zero-width spaces and joiners, direction marks, byte-order marks, fillers and tags.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFD}' | '\u{E0000}'..='\u{E0FFF}')
}
