//! Facts that are confidential however short they are: amounts, addresses and file names.

use crate::base::message::{Message, composed, message};
use crate::letter::parsed::percent_decoded;

/// A fact, in a form that is the same however it is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    /// A sum, a share or a large number: `1234 kr`.
    Amount(String),
    /// An email address.
    Mail(String),
    /// The host, path and query of a URL.
    Address(String),
    /// A file name.
    File(String),
}

impl Fact {
    /// Its description in a message.
    pub(super) fn describe(&self) -> Message {
        let (kind, value) = match self {
            Self::Amount(amount) => (message!("the amount", "beløbet"), amount),
            Self::Mail(address) => (message!("the email address", "mailadressen"), address),
            Self::Address(url) => (message!("the address", "adressen"), url),
            Self::File(name) => (message!("the file name", "filnavnet"), name),
        };
        composed!("{kind} `{}`", value.trim())
    }
}

/// Extensions of files that people send each other. A domain such as `os2.eu` must not count as a file.
const FILE_EXTENSIONS: [&str; 20] = [
    "csv", "doc", "docx", "eml", "ics", "jpg", "jpeg", "json", "md", "odp", "ods", "odt", "pdf", "png", "ppt", "pptx",
    "txt", "xls", "xlsx", "zip",
];

/// The facts in a text that people read.
pub(super) fn all(text: &str) -> Vec<Fact> {
    let mut facts = addresses_and_files(text);
    facts.extend(amounts(text).into_iter().map(Fact::Amount));
    facts
}

/// The facts in a text whose numbers may be measures, such as an attribute's: all but amounts.
pub(super) fn addresses_and_files(text: &str) -> Vec<Fact> {
    let mut facts = Vec::new();
    let ends_token = |letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | '"' | '|' | '\u{1}');
    // Every fact has a full stop: most words are left out here. An address may have it percent-encoded.
    for token in text.split(ends_token).filter(|token| token.contains(['.', '%'])) {
        let address = address(token);
        // The last segment of a URL is part of the URL, not a separate file.
        if address.is_none() {
            facts.extend(file(token).map(Fact::File));
        }
        facts.extend(mail(token).map(Fact::Mail));
        facts.extend(address.map(Fact::Address));
    }
    facts
}

/// Characters that end a sentence or a bracket, and are not part of an address before them.
const CLOSING: [char; 14] = ['.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '*', '_', '`', '/'];

fn address(token: &str) -> Option<String> {
    let lower = percent_decoded(token).to_lowercase();
    let start = match lower.find("://") {
        Some(at) => at + 3,
        None => lower.find("www.")?,
    };
    let whole = lower.get(start..)?.split('#').next()?.trim_end_matches(CLOSING);
    let (path, query) = whole.split_once('?').unwrap_or((whole, ""));
    let path = path.trim_end_matches('/');
    // The setting `utm` adds these parameters to the links of a letter, while the issue has none.
    let query = query.split('&').filter(|parameter| !parameter.is_empty() && !parameter.starts_with("utm_"));
    let query = query.collect::<Vec<_>>().join("&");
    let host = path.split('/').next()?;
    let is_host = host.contains('.')
        && host.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '-' | ':' | '@'));
    is_host.then(|| if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") })
}

fn mail(token: &str) -> Option<String> {
    let lower = token.to_lowercase();
    let (before, after) = lower.split_once('@')?;
    let is_local = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '+' | '-');
    // `mailto:` and brackets in front of the address are cut off.
    let local = before.rsplit(|letter| !is_local(letter)).next().unwrap_or_default();
    let is_domain = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-');
    let domain = after.split(|letter| !is_domain(letter)).next().unwrap_or_default().trim_matches(['.', '-']);
    let whole = !local.is_empty() && domain.contains('.');
    whole.then(|| format!("{}@{domain}", local.trim_matches(['.', '_'])))
}

fn file(token: &str) -> Option<String> {
    let lower = token.to_lowercase();
    let name = lower.trim_end_matches(CLOSING).rsplit(['/', '\\', '(', '[', '=', '\'']).next()?;
    let name = name.trim_matches(['_', '*', '`']);
    let (stem, extension) = name.rsplit_once('.')?;
    let named = stem.chars().any(char::is_alphanumeric) && FILE_EXTENSIONS.contains(&extension);
    named.then(|| name.to_owned())
}

/// The amounts in a text: numbers with a currency or a percent sign, and large numbers that are not round.
fn amounts(text: &str) -> Vec<String> {
    if !text.contains(|letter: char| letter.is_ascii_digit()) {
        return Vec::new();
    }
    let letters: Vec<char> = text.to_lowercase().chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let begins = letters[at].is_ascii_digit() && (at == 0 || !is_joined(letters[at - 1]));
        if !begins {
            at += 1;
            continue;
        }
        let (groups, end) = number(&letters, at);
        let unit = unit_after(&letters[end..]).or_else(|| unit_before(&letters[..at]));
        if let Some(number) = canonical(&groups) {
            // Years and round numbers occur in many texts by chance; five digits with three significant ones do not.
            let significant = number.trim_end_matches('0');
            let large = number.len() >= 5 || groups.len() > 1 && number.len() >= 4 && !number.contains('.');
            if large && significant.len() >= 3 {
                found.push(number.clone());
            }
            found.extend(unit.map(|unit| format!("{number} {unit}")));
        }
        at = end;
    }
    found
}

/// Whether a digit after this character is part of a word, a date, a time or an address.
fn is_joined(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '.' | ',' | '#' | '/' | ':' | '_')
}

/// A group of digits, with the character between it and the group before.
struct DigitGroup {
    separator: char,
    digits: String,
}

/// The groups of digits of the number that begins at `start`, and where it ends.
fn number(letters: &[char], start: usize) -> (Vec<DigitGroup>, usize) {
    let digits = |from: usize| letters[from..].iter().take_while(|letter| letter.is_ascii_digit()).collect::<String>();
    let first = digits(start);
    let mut end = start + first.len();
    let mut groups = vec![DigitGroup { separator: ' ', digits: first }];
    while let Some(separator) = letters.get(end).copied().filter(|letter| is_separator(*letter)) {
        let next = digits(end + 1);
        // A space may also separate two numbers: it is part of a number only before three digits.
        let is_thousand = next.len() == 3 && groups.last().is_some_and(|group| group.digits.len() <= 3);
        if next.is_empty() || !matches!(separator, '.' | ',') && !is_thousand {
            break;
        }
        end += 1 + next.len();
        groups.push(DigitGroup { separator, digits: next });
    }
    (groups, end)
}

/// Whether a character may be between the digits of a number: also a thin or a no-break space, but not the end of a line
/// or of a table's cell.
fn is_separator(letter: char) -> bool {
    matches!(letter, '.' | ',' | '\'') || letter.is_whitespace() && !letter.is_control()
}

/// A number without separators between its thousands; none where it is a date or a version.
fn canonical(groups: &[DigitGroup]) -> Option<String> {
    let first = groups.first()?;
    let are_thousands = |groups: &[DigitGroup]| groups.iter().all(|group| group.digits.len() == 3);
    let joined = |groups: &[DigitGroup]| groups.iter().map(|group| group.digits.as_str()).collect::<String>();
    let (whole, decimals) = match &groups[1..] {
        rest if are_thousands(rest) && first.digits.len() <= 3 || rest.is_empty() => (joined(groups), ""),
        // Danish writes 1.234,50 and English 1,234.50: the decimals are what another separator comes before.
        [inner @ .., last] if are_thousands(inner) && inner.iter().all(|group| group.separator != last.separator) => {
            (joined(&groups[..groups.len() - 1]), last.digits.trim_end_matches('0'))
        }
        _ => return None,
    };
    Some(if decimals.is_empty() { whole } else { format!("{whole}.{decimals}") })
}

/// The unit that a word or a sign means, in lower case.
fn unit(word: &str) -> Option<&'static str> {
    Some(match word {
        "kr" | "kroner" | "krone" | "dkk" | "tkr" | ",-" | ".-" => "kr",
        "€" | "eur" | "euro" => "€",
        "$" | "usd" | "dollars" => "$",
        "£" | "gbp" => "£",
        "%" | "procent" | "pct" | "percent" => "%",
        "mio" | "million" | "millioner" | "millions" => "mio",
        // A Danish `milliard` is an English `billion`.
        "mia" | "milliard" | "milliarder" | "billion" => "mia",
        _ => return None,
    })
}

fn unit_after(letters: &[char]) -> Option<&'static str> {
    let spaces = letters.iter().take_while(|letter| letter.is_whitespace()).count().min(2);
    let rest = &letters[spaces..];
    let word: String = rest.iter().take_while(|letter| letter.is_alphabetic()).collect();
    let sign: String = rest.iter().take(1).collect();
    // `500,-` and `500.-` are kroner.
    let dash: String = rest.iter().take(2).collect();
    unit(&word).or_else(|| unit(&sign)).or_else(|| unit(&dash))
}

fn unit_before(letters: &[char]) -> Option<&'static str> {
    // `kr. 500` has its full stop between the unit and the number.
    let skipped = letters.iter().rev().skip_while(|letter| letter.is_whitespace() || **letter == '.');
    let reversed: Vec<char> = skipped.take(6).copied().collect();
    let sign: String = reversed.iter().take(1).collect();
    let word: String = reversed.iter().take_while(|letter| letter.is_alphabetic()).collect();
    let word: String = word.chars().rev().collect();
    // `12 % 500` is not 500 percent: only currencies are written before their number.
    let found = unit(&sign).or_else(|| unit(&word));
    found.filter(|unit| matches!(*unit, "kr" | "€" | "$" | "£"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_the_same_however_they_are_written() {
        for (text, expected) in [
            ("kr. 1.234,50 og 1234,5 kroner", ["1234.5", "1234.5 kr", "1234.5", "1234.5 kr"].as_slice()),
            ("12\u{a0}% og 112 procent", &["12 %", "112 %"]),
            ("€ 500, 500 EUR", &["500 €", "500 €"]),
            ("1 234 567 borgere, 10.000 og 2027", &["1234567"]),
            ("1\u{2009}234\u{202f}567 og 12\t345", &["1234567"]),
            ("21.01.2027 kl. 9.30, version 1.2.3, A4, 10.0.0.1", &[]),
            ("2,5 mio. kr.", &["2.5 mio"]),
        ] {
            assert_eq!(amounts(text), expected, "{text}");
        }
        for (text, expected) in [
            ("(https://A.example/b/?utm_source=x&k=1#top).", Fact::Address("a.example/b?k=1".into())),
            ("www.a.example/c", Fact::Address("www.a.example/c".into())),
            ("<Anna.Berg+x@kommune.example>,", Fact::Mail("anna.berg+x@kommune.example".into())),
            ("mailto:a@b.example?subject=x", Fact::Mail("a@b.example".into())),
            ("filer/_Budget-2027.XLSX_.", Fact::File("budget-2027.xlsx".into())),
        ] {
            assert_eq!(addresses_and_files(text), [expected], "{text}");
        }
        assert_eq!(addresses_and_files("f.eks. os2.eu og @mig https:// .pdf"), []);
    }
}
