//! Checks that the addresses of an issue contain no examples from a new project or the manual.

use crate::audience::consent::NamedCount;
use crate::base::error::Error;
use crate::base::message::message;
use crate::base::noun;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::base::source::text::Source;
use crate::letter::return_path::ReturnPath;
use crate::ops::prepared_issue::PreparedIssue;
use crate::people::person::Address;
use crate::people::person::reserved_domain::is_reserved;
use crate::project::SETTINGS_FILE;
use crate::project::files;
use crate::project::settings::relay::RelaySettings;

const SENDER: Code = Code("NL756");
const RECIPIENTS: Code = Code("NL757");

/// Reports reserved addresses among sender and recipients. Without a relay, or with one for tests, they do no harm.
///
/// `is_sent_to` is false for suppressed addresses.
///
/// # Errors
///
/// A long list that was spilled to disk cannot be read back.
pub(crate) fn check(prepared: &PreparedIssue<'_>, is_sent_to: &dyn Fn(&Address) -> bool) -> Result<Diagnostics, Error> {
    if !prepared.inputs.project.settings().smtp.as_ref().is_some_and(RelaySettings::reaches_others) {
        return Ok(Diagnostics::new());
    }
    let mut recipients = NamedCount::default();
    for recipient in prepared.selection.recipients() {
        let person = recipient.person()?;
        if is_reserved(person.address.domain()) && is_sent_to(&person.address) {
            recipients.add(&person);
        }
    }
    let mut diagnostics = senders(prepared);
    if recipients.count > 0 {
        let number = noun::RECIPIENT.count(recipients.count as u64);
        let message = message!(
            "no mail reaches {number} because of example addresses: {recipients}",
            "ingen mail når frem til {number} på grund af eksempeladresser: {recipients}"
        );
        let hint = message!(
            "remove them from the lists; to try something out, use `newsletter test` or an audience of your own addresses",
            "slet dem fra listerne; brug `newsletter test` eller en målgruppe med jeres egne adresser til at prøve"
        );
        diagnostics.push(Diagnostic::error(RECIPIENTS, message).hint(hint));
    }
    Ok(diagnostics)
}

fn senders(prepared: &PreparedIssue<'_>) -> Diagnostics {
    let (options, settings) = (prepared.preview_letter_options(), prepared.inputs.project.settings());
    let reply_to = options.headers.reply_to.as_ref().map(|mailbox| mailbox.address.domain());
    let keys = [
        ("from", Some(options.headers.from.address.domain())),
        ("reply_to", reply_to),
        ("bounces_to", settings.bounces_to.as_ref().map(ReturnPath::domain)),
        ("unsubscribe.mailto", settings.unsubscribe.mailto.as_ref().map(Address::domain)),
    ];
    let reserved =
        keys.into_iter().filter_map(|(key, domain)| Some((key, domain.filter(|domain| is_reserved(domain))?)));
    let diagnostic = |(key, domain): (&str, &str)| {
        let message = message!(
            "`{key}` is an example address: no mail reaches {domain}",
            "`{key}` er en eksempeladresse: ingen mail når frem til {domain}"
        );
        let place = place(prepared, key, domain);
        let file = place.as_ref().map_or("newsletter.yaml", |place| place.path()).to_owned();
        let diagnostic = Diagnostic::error(SENDER, message).hint(message!(
            "write your own address at `{key}` in {file}",
            "skriv jeres egen adresse ved `{key}` i {file}"
        ));
        match place {
            Some(place) => diagnostic.at(place),
            None => diagnostic,
        }
    };
    reserved.map(diagnostic).collect()
}

/// The line of a key that has a domain: of the issue, or else of the settings.
fn place(prepared: &PreparedIssue<'_>, key: &str, domain: &str) -> Option<Span> {
    let name = key.rsplit('.').next().unwrap_or(key);
    let has_key = |line: &str| {
        let value = line.trim_start().strip_prefix(name).is_some_and(|rest| rest.starts_with(':'));
        value && line.to_lowercase().contains(&domain.to_lowercase())
    };
    let line_in = |source: &Source| Some(source.line(source.text().lines().position(has_key)? + 1));
    let root = prepared.inputs.project.root();
    let settings = || files::read_source(root, &root.join(SETTINGS_FILE)).ok();
    line_in(&prepared.inputs.issue.source).or_else(|| line_in(&settings()?))
}
