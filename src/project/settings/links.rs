//! Reads `links`: parameters of links for statistics.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Spanned;
use crate::base::source::yaml::fields::MappingReader;
use crate::edition::context::Campaign;

const BAD_CAMPAIGN: Code = Code("NL388");

/// What is filled in per edition.
const PLACEHOLDERS: [&str; 3] = ["{issue}", "{audience}", "{lang}"];

/// The parameters of links for a web site's statistics; absent if the settings have none.
pub(super) fn campaign(mut reader: MappingReader<'_, '_>) -> Option<Campaign> {
    let campaign = reader.group("utm").map(utm);
    reader.finish_or_guess(&[(
        "source",
        message!(
            "`source` belongs under `utm:`, indented with 2 spaces",
            "`source` hører til under `utm:`, rykket ind med 2 mellemrum"
        ),
    )]);
    campaign
}

fn utm(mut reader: MappingReader<'_, '_>) -> Campaign {
    let usual = Campaign::default();
    let campaign = Campaign {
        source: word(&mut reader, "source").unwrap_or(usual.source),
        medium: word(&mut reader, "medium").unwrap_or(usual.medium),
        name: word(&mut reader, "campaign").unwrap_or(usual.name),
        content: word(&mut reader, "content"),
        only: hosts(&mut reader),
    };
    reader.finish_or_guess(&[
        ("name", message!("did you mean `campaign`?", "mente du `campaign`?")),
        ("domains", message!("did you mean `only`?", "mente du `only`?")),
    ]);
    campaign
}

fn word(reader: &mut MappingReader<'_, '_>, key: &'static str) -> Option<String> {
    let text = reader.text(key)?;
    let bare = PLACEHOLDERS.iter().fold(text.value.clone(), |text, hole| text.replace(hole, ""));
    if bare.contains(['{', '}']) {
        let diagnostic =
            Diagnostic::error(BAD_CAMPAIGN, message!("unknown placeholder in `{key}`", "ukendt felt i `{key}`"));
        reader.report(diagnostic.at(text.place).hint(message!(
            "write one of: {}",
            "vælg mellem: {}",
            PLACEHOLDERS.join(", ")
        )));
        return None;
    }
    Some(text.value)
}

/// Hosts such as `example.org`.
fn hosts(reader: &mut MappingReader<'_, '_>) -> Vec<String> {
    let mut hosts = Vec::new();
    for Spanned { value, place } in reader.texts("only") {
        let host = value.to_lowercase();
        let valid = host.contains('.') && host.chars().all(|sign| sign.is_alphanumeric() || matches!(sign, '.' | '-'));
        if valid {
            hosts.push(host);
        } else {
            let diagnostic =
                Diagnostic::error(BAD_CAMPAIGN, message!("invalid host `{value}`", "ugyldig server `{value}`"));
            reader.report(diagnostic.at(place).hint(message!(
                "write it without https:// and without a path: only: [example.org]",
                "skriv den uden https:// og uden sti: only: [example.org]"
            )));
        }
    }
    hosts
}
