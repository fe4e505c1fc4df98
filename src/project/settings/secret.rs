//! Where a secret is found; never the secret.

use crate::base::secret::SecretSource;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::project::settings::reader::SettingsReader;

const TWO_SECRETS: Code = Code("NL120");

/// The one of these keys that is there; more than one is told. A key's last word says what it holds.
pub(super) fn one_of<const N: usize>(
    reader: &mut SettingsReader<'_, '_>,
    keys: [&'static str; N],
) -> Option<SecretSource> {
    let mut found = None;
    for key in keys {
        let Some(text) = reader.text(key) else { continue };
        if found.is_some() {
            let diagnostic = Diagnostic::error(TWO_SECRETS, format!("only one of {} can stand here", keys.join(", ")));
            reader.tell(diagnostic, text.place, "delete the others");
            continue;
        }
        found = Some(match key.rsplit('_').next() {
            Some("env") => SecretSource::Env(text.value),
            Some("command") => SecretSource::Command(text.value),
            Some(_) | None => SecretSource::File(text.value.into()),
        });
    }
    found
}
