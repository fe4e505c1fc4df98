//! Searches public exports for a reader's data: a last check, after everything that should keep it out.

use crate::base::error::Error;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::base::source::text::Source;
use crate::issue::Issue;
use crate::ops::blocked::GuardFailure;
use crate::ops::prepared_issue::PreparedIssue;
use crate::people::person::Address;
use crate::publish::written_files::ChannelFile;

const NAMED_READER: Code = Code("NL782");

/// The keys in which websites look for the names of authors.
const AUTHOR_KEYS: [&str; 4] = ["author", "authors", "byline", "contributors"];

/// After an address, a run of at most this many letters and digits is not a token.
const SHORTEST_TOKEN: usize = 12;

/// Checks that no file contains the address of a reader that is not written in the issue, or a reader's link to
/// unsubscribe. An address of a reader that its author wrote is a warning, unless it is that of the sender.
///
/// # Errors
///
/// A file does.
pub(crate) fn check(prepared: &PreparedIssue<'_>, files: &[ChannelFile]) -> Result<Diagnostics, GuardFailure> {
    let guard = prepared.guard();
    let issue = &guard.issue;
    let own: Vec<&Source> =
        issue.translations.values().chain([issue]).map(|text| &text.source).chain(guard.tables.values()).collect();
    let written: Vec<&str> =
        own.iter().map(|source| source.text()).chain(guard.common_texts.iter().map(String::as_str)).collect();
    let inputs = &prepared.inputs;
    let is_reader = |address: &Address| inputs.membership.address_id(address).is_some();
    let settings = inputs.project.settings();
    let senders = [Some(inputs.from()), issue.front.reply_to.as_ref(), settings.reply_to.as_ref()];
    let is_sender = |address: &Address| senders.iter().flatten().any(|sender| sender.address == *address);
    let mut warnings = Diagnostics::new();
    for text in files.iter().filter_map(|file| std::str::from_utf8(&file.bytes).ok()) {
        for found in addresses(text) {
            let Some(address) = Address::parse(found).ok().filter(|address| is_reader(address)) else { continue };
            if !is_written(&written, found) {
                return Err(GuardFailure::ReaderData { found: found.to_owned() });
            }
            let place = own.iter().find_map(|source| place_of(source, found)).filter(|_| !is_sender(&address));
            if let Some(place) = place {
                warnings.push(named_reader(found, place));
            }
        }
        if let Some(found) = settings.unsubscribe.url.as_deref().and_then(|page| token_link(text, page)) {
            return Err(GuardFailure::ReaderData { found });
        }
    }
    inputs.apply_exemptions(&mut warnings);
    Ok(warnings)
}

/// Warnings of readers whose whole name is in the keys of an issue that name its authors: a post of Jekyll keeps them.
///
/// # Errors
///
/// A list that was spilled to disk cannot be read again.
pub(crate) fn authors(prepared: &PreparedIssue<'_>) -> Result<Diagnostics, Error> {
    let issue = &prepared.inputs.issue;
    let texts = issue.translations.values().chain([issue]);
    let keys = texts.flat_map(Issue::site_keys).filter(|(key, _)| AUTHOR_KEYS.contains(&key.as_str()));
    let values: Vec<String> = keys.map(|(_, value)| value.to_lowercase()).collect();
    let mut warnings = Diagnostics::new();
    if values.is_empty() {
        return Ok(warnings);
    }
    let (membership, source) = (&prepared.inputs.membership, &issue.source);
    for member in membership.ids().flat_map(|id| membership.of(id)) {
        let person = member.person()?;
        let Some(name) = person.fields.get("name").map(ToString::to_string) else { continue };
        // A first name alone is that of many people.
        if name.contains(' ') && values.iter().any(|value| value.contains(&name.to_lowercase())) {
            let place = place_of(source, &name).unwrap_or_else(|| source.line(1));
            warnings.push(named_reader(&name, place));
        }
    }
    prepared.inputs.apply_exemptions(&mut warnings);
    Ok(warnings)
}

fn named_reader(found: &str, place: Span) -> Diagnostic {
    let message = message!(
        "`{found}` identifies a reader, and everyone can read the export",
        "`{found}` er en af læserne, og alle kan se det i det, der eksporteres"
    );
    Diagnostic::warning(NAMED_READER, message).at(place).hint(message!(
        "delete it, or write the address of an office; if it is intended, turn this off: `ignore: {{NL782: \"…\"}}`",
        "slet det, eller skriv en fælles adresse; er det med vilje, så slå advarslen fra: `ignore: {{NL782: \"…\"}}`"
    ))
}

/// Where a text has some words, in whatever case.
fn place_of(source: &Source, words: &str) -> Option<Span> {
    let at = source.text().to_lowercase().find(&words.to_lowercase())?;
    // A letter can have another length in lower case.
    let end = at + words.len();
    source
        .text()
        .get(at..end)
        .is_some_and(|found| found.to_lowercase() == words.to_lowercase())
        .then(|| source.place(at..end))
}

fn is_written(texts: &[&str], address: &str) -> bool {
    let lower = address.to_lowercase();
    texts.iter().any(|text| text.to_lowercase().contains(&lower))
}

/// The mail addresses in a text.
fn addresses(text: &str) -> impl Iterator<Item = &str> + Clone {
    let is_part = |letter: char| letter.is_alphanumeric() || ".!#%&*+/=?^_~@-".contains(letter);
    let words = text.split(move |letter| !is_part(letter)).map(|word| word.trim_matches(['.', '/', '-', '*', '_']));
    words.filter(|word| word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')))
}

/// An address of the page where readers unsubscribe that has a token in it.
fn token_link(text: &str, page: &str) -> Option<String> {
    let (before, _) = page.split_once("{token}")?;
    let behind = text.match_indices(before).map(|(at, _)| &text[at + before.len()..]);
    let mut tokens = behind.map(|rest| {
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !"-_".contains(letter));
        &rest[..end.unwrap_or(rest.len())]
    });
    tokens.find(|token| token.len() >= SHORTEST_TOKEN).map(|token| format!("{before}{token}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_tokens_are_found_in_any_text() {
        let text = "Skriv til <a href=\"mailto:anna@a.example\">Anna</a>, bo@b.example. Ikke @navn, a@b eller 5 kr.@";
        assert_eq!(addresses(text).collect::<Vec<_>>(), ["anna@a.example", "bo@b.example"]);
        let page = "https://forening.example/afmeld/{token}";
        let token = "abcdefghijklmnop1234";
        let link = format!("(https://forening.example/afmeld/{token})");
        assert_eq!(token_link(&link, page).as_deref(), Some("https://forening.example/afmeld/abcdefghijklmnop1234"));
        assert_eq!(token_link("https://forening.example/afmeld/ og hjem", page), None);
    }
}
