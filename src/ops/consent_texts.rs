//! What people agreed to, kept as it was, and whether the readers of an issue agreed.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::audience::consent::{ConsentDemand, ConsentReview};
use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ops::prepared_issue::PreparedIssue;
use crate::people::person::Address;
use crate::project::Project;
use crate::project::files;
use crate::project::settings::consent::ConsentText;

const UNREADABLE: Code = Code("NL162");
const CHANGED: Code = Code("NL163");
const NOT_NOTED: Code = Code("NL164");

/// The longest text that anybody agrees to, in bytes.
const LONGEST: u64 = 1_000_000;

impl Project {
    /// The digest of each text that people agreed to, by its version; what is wrong with them is told.
    pub fn promises(&self, diagnostics: &mut Diagnostics) -> BTreeMap<String, Digest> {
        let mut digests = BTreeMap::new();
        for (version, promise) in &self.settings().consent.texts {
            match files::read_small(&self.root().join(&promise.file), LONGEST) {
                Ok(bytes) => {
                    let digest = Digest::sha256(&bytes);
                    diagnostics.extend(is_altered(version, promise, &digest).into_iter().collect());
                    digests.insert(version.clone(), digest);
                }
                Err(error) => {
                    let message = format!("the text `{version}` that people agreed to cannot be read: {error}");
                    let hint = "the path is relative to the project's folder; a text that people agreed to is kept";
                    diagnostics.push(Diagnostic::error(UNREADABLE, message).at(promise.place.clone()).hint(hint));
                }
            }
        }
        digests
    }
}

/// Whether a text is still what people agreed to.
fn is_altered(version: &str, promise: &ConsentText, digest: &Digest) -> Option<Diagnostic> {
    let file = promise.file.display();
    match &promise.sha256 {
        Some(noted) if noted.value == digest.as_str() => None,
        Some(noted) => {
            let message = format!("{file} is not what people agreed to as `{version}`: its SHA-256 is {digest} now");
            let hint = "undo the change, and add what is promised from now on as a text with a version of its own";
            Some(Diagnostic::error(CHANGED, message).at(noted.place.clone()).hint(hint))
        }
        None => {
            let message = format!("nobody would see that {file}, which people agreed to, is changed");
            let hint = format!("write {version}: {{file: {file}, sha256: {digest}}}");
            Some(Diagnostic::warning(NOT_NOTED, message).at(promise.place.clone()).hint(hint))
        }
    }
}

impl PreparedIssue<'_> {
    /// Which of its readers, of those who are written to, have agreed to nothing, or too long ago; warnings that are
    /// turned off are marked so.
    ///
    /// # Errors
    ///
    /// A list was laid aside on the disk, which does not give it back.
    pub fn check_consent(
        &self,
        now: Timestamp,
        is_written_to: &dyn Fn(&Address) -> bool,
    ) -> Result<Diagnostics, Error> {
        let settings = self.project.settings();
        let today = now.to_zoned_datetime(settings.timezone.clone()).date();
        let mut look = ConsentReview::new(&settings.consent.terms, today);
        for reader in self.selection.recipients() {
            let audience = &reader.edition().audience;
            let own = self.audiences.named(audience).and_then(|audience| audience.require_consent);
            let demand = own.unwrap_or(settings.consent.terms.demand);
            if demand == ConsentDemand::Silent {
                continue;
            }
            let person = reader.person()?;
            if is_written_to(&person.address) {
                look.add(&person, audience, demand);
            }
        }
        let mut told = look.diagnostics();
        self.project.promises(&mut told);
        self.excuse(&mut told);
        Ok(told)
    }
}
