//! Looks in what is exported for everyone for what belongs to a reader: the last look, after everything that keeps it out.

use crate::base::source::text::Source;
use crate::ops::blocked::GuardFailure;
use crate::ops::prepared_issue::PreparedIssue;
use crate::people::person::Address;
use crate::publish::written_files::ChannelFile;

/// The most letters and digits of an address behind which no token is.
const SHORTEST_TOKEN: usize = 12;

/// Checks that no file has the address of a reader that nobody wrote in the issue, or a reader's link to unsubscribe.
///
/// # Errors
///
/// One has.
pub(crate) fn check(prepared: &PreparedIssue<'_>, files: &[ChannelFile]) -> Result<(), GuardFailure> {
    let guard = prepared.guard();
    let issue = &guard.issue;
    let own = issue.translations.values().chain([issue]).map(|text| text.source.text());
    let written: Vec<&str> = own
        .chain(guard.tables.values().map(Source::text))
        .chain(guard.common_texts.iter().map(String::as_str))
        .collect();
    let membership = &prepared.inputs.membership;
    let is_reader =
        |address: &str| Address::parse(address).ok().and_then(|address| membership.address_id(&address)).is_some();
    let page = prepared.inputs.project.settings().unsubscribe.url.clone();
    for text in files.iter().filter_map(|file| std::str::from_utf8(&file.bytes).ok()) {
        let found = addresses(text).find(|address| !is_written(&written, address) && is_reader(address));
        let found = found.map(str::to_owned).or_else(|| page.as_deref().and_then(|page| token_link(text, page)));
        if let Some(found) = found {
            return Err(GuardFailure::ReaderData { found });
        }
    }
    Ok(())
}

fn is_written(texts: &[&str], address: &str) -> bool {
    let lower = address.to_lowercase();
    texts.iter().any(|text| text.to_lowercase().contains(&lower))
}

/// The mail addresses in a text.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
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
