//! The texts that people consented to, unchanged since then, and whether the recipients of an issue consented.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::audience::consent::{ConsentDemand, ConsentReview};
use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::base::io_reason::io_reason;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ops::prepared_issue::PreparedIssue;
use crate::people::person::Address;
use crate::project::Project;
use crate::project::settings::consent::ConsentText;

const UNREADABLE: Code = Code("NL162");
const CHANGED: Code = Code("NL163");
const NO_DIGEST: Code = Code("NL164");

/// The size limit of a text that people consent to, in bytes.
const MAX_BYTES: u64 = 1_000_000;

/// The digest of each text that people consented to, by its version; reports texts that changed or cannot be read.
pub(crate) fn digests(project: &Project, diagnostics: &mut Diagnostics) -> BTreeMap<String, Digest> {
    let mut digests = BTreeMap::new();
    for (version, text) in &project.settings().consent.texts {
        match project.read_inside(&text.file, MAX_BYTES) {
            Ok(bytes) => {
                let digest = Digest::sha256(&bytes);
                diagnostics.extend(check_digest(version, text, &digest).into_iter().collect());
                digests.insert(version.clone(), digest);
            }
            Err(error) => {
                let reason = io_reason(&error);
                let message = message!(
                    "the consent text `{version}` cannot be read: {reason}",
                    "samtykketeksten `{version}` kan ikke læses: {reason}"
                );
                let hint = message!(
                    "the path is relative to the project; keep every text that people consented to",
                    "stien regnes fra projektet; behold alle tekster, nogen har givet samtykke til"
                );
                diagnostics.push(Diagnostic::error(UNREADABLE, message).at(text.place.clone()).hint(hint));
            }
        }
    }
    digests
}

/// Compares a text with the digest in the settings, which proves what people consented to (GDPR Article 7(1)).
fn check_digest(version: &str, text: &ConsentText, digest: &Digest) -> Option<Diagnostic> {
    let file = text.file.display();
    match &text.sha256 {
        Some(recorded) if recorded.value == digest.as_str() => None,
        Some(recorded) => {
            let message = message!(
                "{file} is not the text that people consented to as `{version}`: its SHA-256 is {digest}",
                "{file} er ikke den tekst, der er givet samtykke til som `{version}`: dens SHA-256 er {digest}"
            );
            let hint = message!(
                "undo the change, and add the new text under a new version",
                "fortryd ændringen, og tilføj den nye tekst under en ny version"
            );
            Some(Diagnostic::error(CHANGED, message).at(recorded.place.clone()).hint(hint))
        }
        None => {
            let message = message!(
                "a change of {file}, which people consented to, would go unnoticed",
                "en ændring af {file}, som nogen har givet samtykke til, ville ikke blive opdaget"
            );
            let hint = message!(
                "write {version}: {{file: {file}, sha256: {digest}}}",
                "skriv {version}: {{file: {file}, sha256: {digest}}}"
            );
            Some(Diagnostic::warning(NO_DIGEST, message).at(text.place.clone()).hint(hint))
        }
    }
}

/// Reports recipients without a consent, or with one that is too old, as far as the settings and audiences require one.
///
/// `is_sent_to` is false for suppressed addresses.
///
/// # Errors
///
/// A long list that was spilled to disk cannot be read back.
pub(crate) fn check(
    prepared: &PreparedIssue<'_>,
    now: Timestamp,
    is_sent_to: &dyn Fn(&Address) -> bool,
) -> Result<Diagnostics, Error> {
    let inputs = &prepared.inputs;
    let settings = inputs.project.settings();
    let today = now.to_zoned_datetime(settings.timezone.clone()).date();
    let mut review = ConsentReview::new(&settings.consent.terms, today);
    let has_consents = prepared.selection.has_consents();
    for recipient in prepared.selection.recipients() {
        let audience = &recipient.edition().audience;
        let of_audience = inputs.audiences.named(audience).and_then(|audience| audience.require_consent);
        let demand = of_audience.unwrap_or(settings.consent.terms.demand);
        // Persons of long lists are on disk: they are read only if there is something to check. There are no gaps where nobody
        // has a consent.
        let is_checked = match demand {
            ConsentDemand::Warn | ConsentDemand::Stop => true,
            ConsentDemand::Gaps => has_consents,
            ConsentDemand::Silent => false,
        };
        if !is_checked {
            continue;
        }
        let person = recipient.person()?;
        if is_sent_to(&person.address) {
            review.add(&person, audience, demand);
        }
    }
    let mut diagnostics = review.diagnostics();
    digests(&inputs.project, &mut diagnostics);
    inputs.apply_exemptions(&mut diagnostics);
    Ok(diagnostics)
}
