//! What gives something away by itself, however short: amounts, addresses and names of files.

use crate::letter::parsed::percent_decoded;

/// One of them, in a form that is the same however it is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    /// A sum, a share or a large number: `1234 kr`.
    Amount(String),
    /// A mail address.
    Mail(String),
    /// Host, path and query of a web address.
    Address(String),
    /// A file's name.
    File(String),
}

impl Fact {
    /// How it is told.
    pub(super) fn told(&self) -> String {
        let (what, it) = match self {
            Self::Amount(it) => ("the amount", it),
            Self::Mail(it) => ("the mail address", it),
            Self::Address(it) => ("the address", it),
            Self::File(it) => ("the name of the file", it),
        };
        format!("{what} `{}`", it.trim())
    }
}

/// Kinds of files that people send each other.
const FILE_EXTENSIONS: [&str; 20] = [
    "csv", "doc", "docx", "eml", "ics", "jpg", "jpeg", "json", "md", "odp", "ods", "odt", "pdf", "png", "ppt", "pptx",
    "txt", "xls", "xlsx", "zip",
];

/// The facts of a text that people read.
pub(super) fn all(text: &str) -> Vec<Fact> {
    let mut facts = names(text);
    facts.extend(amounts(text).into_iter().map(Fact::Amount));
    facts
}

/// The facts of a text that may be full of measures, such as a style.
pub(super) fn names(text: &str) -> Vec<Fact> {
    let mut facts = Vec::new();
    for token in text.split(|it: char| it.is_whitespace() || matches!(it, '<' | '>' | '"' | '|' | '\u{1}')) {
        let address = address(token);
        if address.is_none() {
            facts.extend(file(token).map(Fact::File));
        }
        facts.extend(mail(token).map(Fact::Mail));
        facts.extend(address.map(Fact::Address));
    }
    facts
}

/// Signs that close a sentence or a bracket, and no address.
const CLOSING: [char; 14] = ['.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '*', '_', '`', '/'];

fn address(token: &str) -> Option<String> {
    let lower = percent_decoded(token).to_lowercase();
    let start = match lower.find("://") {
        Some(at) => at + 3,
        None => lower.find("www.")?,
    };
    let whole = lower.get(start..)?.split('#').next()?.trim_end_matches(CLOSING);
    let (place, query) = whole.split_once('?').unwrap_or((whole, ""));
    let place = place.trim_end_matches('/');
    // Counters that a setting may add to every link say nothing.
    let query: Vec<&str> = query.split('&').filter(|it| !it.is_empty() && !it.starts_with("utm_")).collect();
    let host = place.split('/').next()?;
    let full = host.contains('.') && host.chars().all(|it| it.is_alphanumeric() || matches!(it, '.' | '-' | ':' | '@'));
    let query = query.join("&");
    full.then(|| if query.is_empty() { place.to_owned() } else { format!("{place}?{query}") })
}

fn mail(token: &str) -> Option<String> {
    let lower = token.to_lowercase();
    let (before, after) = lower.split_once('@')?;
    let is_local = |it: char| it.is_alphanumeric() || matches!(it, '.' | '_' | '+' | '-');
    let local = &before[before.rfind(|it| !is_local(it)).map_or(0, |at| at + length_at(before, at))..];
    let end = after.find(|it: char| !(it.is_alphanumeric() || matches!(it, '.' | '-'))).unwrap_or(after.len());
    let domain = after[..end].trim_matches(['.', '-']);
    let whole = !local.is_empty() && domain.contains('.');
    whole.then(|| format!("{}@{domain}", local.trim_matches(['.', '_'])))
}

fn length_at(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}

fn file(token: &str) -> Option<String> {
    let lower = token.to_lowercase();
    let name =
        lower.trim_end_matches(CLOSING).rsplit(['/', '\\', '(', '[', '=', '\'']).next()?.trim_matches(['_', '*', '`']);
    let (stem, ending) = name.rsplit_once('.')?;
    let named = stem.chars().any(char::is_alphanumeric) && FILE_EXTENSIONS.contains(&ending);
    named.then(|| name.to_owned())
}

/// The amounts of a text: a number with a currency or a share, and numbers that are no round ones.
fn amounts(text: &str) -> Vec<String> {
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
        let unit = unit_behind(&letters[end..]).or_else(|| unit_before(&letters[..at]));
        if let Some(number) = canonical(&groups) {
            let bare = number.trim_end_matches('0');
            let large = number.len() >= 5 || groups.len() > 1 && number.len() >= 4 && !number.contains('.');
            if large && bare.len() >= 3 {
                found.push(number.clone());
            }
            found.extend(unit.map(|it| format!("{number} {it}")));
        }
        at = end;
    }
    found
}

/// Whether a digit behind it belongs to a word.
fn is_joined(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '.' | ',' | '#' | '/' | ':' | '_')
}

/// The groups of digits of a number, each with the sign before it, and where it ends.
fn number(letters: &[char], start: usize) -> (Vec<(char, String)>, usize) {
    let digits = |from: usize| letters[from..].iter().take_while(|it| it.is_ascii_digit()).collect::<String>();
    let first = digits(start);
    let mut end = start + first.len();
    let mut groups = vec![(' ', first)];
    while let Some(sign) = letters.get(end).filter(|it| matches!(it, '.' | ',' | '\'' | ' ' | '\u{a0}' | '\u{202f}')) {
        let next = digits(end + 1);
        let thousand = next.len() == 3 && groups.last().is_some_and(|it| it.1.len() <= 3);
        if next.is_empty() || !matches!(sign, '.' | ',') && !thousand {
            break;
        }
        end += 1 + next.len();
        groups.push((*sign, next));
    }
    (groups, end)
}

/// A number without signs between its thousands; none where it is a date or a version.
fn canonical(groups: &[(char, String)]) -> Option<String> {
    let (_, first) = groups.first()?;
    let thousands = |groups: &[(char, String)]| groups.iter().all(|it| it.1.len() == 3);
    let joined = |groups: &[(char, String)]| groups.iter().map(|it| it.1.as_str()).collect::<String>();
    let (whole, decimals) = match &groups[1..] {
        rest if thousands(rest) && first.len() <= 3 || rest.is_empty() => (joined(groups), ""),
        [inner @ .., (sign, decimals)] if thousands(inner) && inner.iter().all(|it| it.0 != *sign) => {
            (joined(&groups[..groups.len() - 1]), decimals.trim_end_matches('0'))
        }
        _ => return None,
    };
    Some(if decimals.is_empty() { whole } else { format!("{whole}.{decimals}") })
}

/// What a word or a sign counts.
fn unit(word: &str) -> Option<&'static str> {
    Some(match word {
        "kr" | "kroner" | "krone" | "dkk" | "tkr" | ",-" | ".-" => "kr",
        "€" | "eur" | "euro" => "€",
        "$" | "usd" | "dollars" => "$",
        "£" | "gbp" => "£",
        "%" | "procent" | "pct" | "percent" => "%",
        "mio" | "million" | "millioner" | "millions" => "mio",
        "mia" | "milliard" | "milliarder" | "billion" => "mia",
        _ => return None,
    })
}

fn unit_behind(letters: &[char]) -> Option<&'static str> {
    let blanks = letters.iter().take_while(|it| it.is_whitespace()).count().min(2);
    let rest = &letters[blanks..];
    let word: String = rest.iter().take_while(|it| it.is_alphabetic()).collect();
    let sign: String = rest.iter().take(1).collect();
    let dash: String = rest.iter().take(2).collect();
    unit(&word).or_else(|| unit(&sign)).or_else(|| unit(&dash))
}

fn unit_before(letters: &[char]) -> Option<&'static str> {
    let bare: Vec<char> =
        letters.iter().rev().skip_while(|it| it.is_whitespace() || **it == '.').take(6).copied().collect();
    let sign: String = bare.iter().take(1).collect();
    let word: String = bare.iter().take_while(|it| it.is_alphabetic()).collect();
    let word: String = word.chars().rev().collect();
    let found = unit(&sign).or_else(|| unit(&word));
    found.filter(|it| matches!(*it, "kr" | "€" | "$" | "£"))
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
            assert_eq!(names(text), [expected], "{text}");
        }
        assert_eq!(names("f.eks. os2.eu og @mig https:// .pdf"), []);
    }
}
