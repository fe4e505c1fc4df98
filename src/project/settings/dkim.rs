//! Reads `dkim`: the keys that letters are signed with.

use std::path::PathBuf;

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::{Span, Spanned};
use crate::base::source::yaml::fields::MappingReader;
use crate::letter::dkim::name::{Domain, Selector};
use crate::people::person::mailbox::Mailbox;
use crate::project::settings::required::MISSING;

const BAD_NAME: Code = Code("NL150");
const TWICE: Code = Code("NL151");
const UNALIGNED: Code = Code("NL152");

/// Keys that authors write for others, with a hint.
const COMMON_MISTAKES: [(&str, Message); 6] = [
    (
        "key",
        Message::fixed(
            "write no key in this file: put it in a file, `chmod 600`, named by `key_file`",
            "skriv ingen nøgle i denne fil: læg den i en fil, `chmod 600`, som `key_file` nævner",
        ),
    ),
    (
        "private_key",
        Message::fixed(
            "write no key in this file: put it in a file, `chmod 600`, named by `key_file`",
            "skriv ingen nøgle i denne fil: læg den i en fil, `chmod 600`, som `key_file` nævner",
        ),
    ),
    ("file", Message::fixed("did you mean `key_file`?", "mente du `key_file`?")),
    ("path", Message::fixed("did you mean `key_file`?", "mente du `key_file`?")),
    ("sdid", Message::fixed("did you mean `domain`?", "mente du `domain`?")),
    ("algorithm", Message::fixed("delete it: the key determines it", "slet det: nøglen bestemmer det")),
];

/// A key that letters are signed with, not read from its file yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DkimKey {
    /// The signing domain.
    pub domain: Domain,
    /// The selector of the key.
    pub selector: Selector,
    /// Its file; relative to the project's folder if it does not begin with `/`.
    pub key_file: PathBuf,
}

/// Every key of the list, each under a unique name.
pub(crate) fn keys(reader: &mut MappingReader<'_, '_>, from: Option<&Mailbox>) -> Vec<DkimKey> {
    let mut keys: Vec<DkimKey> = Vec::new();
    let mut places: Vec<Span> = Vec::new();
    reader.each_group("dkim", &message!("a key of `dkim`", "en nøgle under `dkim`"), |mut reader| {
        let place = reader.key_place("domain").unwrap_or_else(|| reader.place());
        let Some(key) = key(&mut reader) else { return reader.finish_or_guess(&COMMON_MISTAKES) };
        if keys.iter().any(|other| (&other.domain, &other.selector) == (&key.domain, &key.selector)) {
            let message = message!(
                "there are two keys with the selector `{}` of {}",
                "der er to nøgler med selektoren `{}` for {}",
                key.selector,
                key.domain
            );
            let hint = message!(
                "delete one of them, or publish it under another selector",
                "slet den ene, eller udgiv den under en anden selektor"
            );
            reader.report(Diagnostic::error(TWICE, message).at(place.clone()).hint(hint));
        }
        keys.push(key);
        places.push(place);
        reader.finish_or_guess(&COMMON_MISTAKES);
    });
    if let Some(from) = from.map(|mailbox| Domain::of(&mailbox.address)) {
        for (diagnostic, place) in unaligned_domain(&keys, &from)
            .into_iter()
            .flat_map(|diagnostic| places.iter().map(move |at| (diagnostic.clone(), at)))
        {
            reader.report(diagnostic.at(place.clone()).hint(unaligned_domain_hint(&from)));
        }
    }
    keys
}

/// A warning if no key is aligned with the sender's domain (RFC 7489, section 3.1.1).
pub(crate) fn unaligned_domain(keys: &[DkimKey], from: &Domain) -> Option<Diagnostic> {
    if keys.is_empty() || keys.iter().any(|key| key.domain.may_answer_for(from)) {
        return None;
    }
    let message = message!(
        "no key signs for {from}, the domain of the sender: DMARC ignores other signatures",
        "ingen nøgle signerer for {from}, afsenderens domæne: DMARC ser bort fra andre signaturer"
    );
    Some(Diagnostic::warning(UNALIGNED, message))
}

/// The hint of that warning.
pub(crate) fn unaligned_domain_hint(from: &Domain) -> Message {
    message!(
        "write `domain: {from}`, with a key whose DNS record is published there",
        "skriv `domain: {from}` med en nøgle, der er udgivet i DNS for det domæne"
    )
}

fn key(reader: &mut MappingReader<'_, '_>) -> Option<DkimKey> {
    let domain = needed(reader, "domain", "forening.example");
    let selector = needed(reader, "selector", "newsletter");
    let key_file = needed(reader, "key_file", ".newsletter/dkim/newsletter.pem");
    let domain = domain.and_then(|text| {
        let example = "domain: forening.example";
        let parsed =
            Domain::parse(&text.value).map_err(|_| message!("invalid domain `{}`", "ugyldigt domæne `{}`", text.value));
        read(reader, &text, parsed, example)
    });
    let selector = selector.and_then(|text| {
        let parsed = Selector::parse(&text.value)
            .map_err(|error| message!("invalid selector `{}`: {error}", "ugyldig selektor `{}`: {error}", text.value));
        read(reader, &text, parsed, "selector: newsletter")
    });
    Some(DkimKey { domain: domain?, selector: selector?, key_file: key_file?.value.into() })
}

fn needed(reader: &mut MappingReader<'_, '_>, key: &'static str, example: &str) -> Option<Spanned<String>> {
    let wrong = reader.diagnostics().len();
    let text = reader.text(key);
    if text.is_none() && reader.diagnostics().len() == wrong {
        let place = reader.key_place(key).unwrap_or_else(|| reader.place());
        let diagnostic = Diagnostic::error(
            MISSING,
            message!("`{key}` is missing from a key of `dkim`", "`{key}` mangler i en nøgle under `dkim`"),
        );
        reader.report(diagnostic.at(place).hint(message!(
            "write it like this: {key}: {example}; `newsletter dkim keygen` makes all three",
            "skriv det sådan: {key}: {example}; `newsletter dkim keygen` laver alle tre"
        )));
    }
    text
}

fn read<T>(
    reader: &mut MappingReader<'_, '_>,
    text: &Spanned<String>,
    parsed: Result<T, Message>,
    example: &str,
) -> Option<T> {
    parsed
        .map_err(|message| {
            let hint = message!("write it like this: {example}", "skriv det sådan: {example}");
            reader.report(Diagnostic::error(BAD_NAME, message).at(text.place.clone()).hint(hint));
        })
        .ok()
}
