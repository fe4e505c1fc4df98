//! What is demanded of readers' consents, and what they agreed to.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::audience::consent::{ConsentDemand, ConsentLifetime, ConsentPolicy};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::{Span, Spanned};
use crate::project::settings::reader::SettingsReader;
use crate::project::settings::retention;

const NO_LIFETIME: Code = Code("NL160");
const NO_TEXT: Code = Code("NL161");

/// A text that people agreed to.
#[derive(Clone, Debug)]
pub struct ConsentText {
    /// Its file, below the project's folder.
    pub file: PathBuf,
    /// The SHA-256 of the file, in hexadecimal and lower case; absent: none was noted, and a change would not be seen.
    pub sha256: Option<Spanned<String>>,
    /// Where it is named.
    pub place: Span,
}

/// What is demanded of readers' consents, and what they agreed to.
#[derive(Clone, Debug, Default)]
pub struct ConsentSettings {
    /// What is demanded.
    pub terms: ConsentPolicy,
    /// The texts that people agreed to, by their versions.
    pub texts: BTreeMap<String, ConsentText>,
}

pub(crate) fn read(settings: &mut SettingsReader<'_, '_>) -> ConsentSettings {
    let texts = texts(settings);
    let terms = ConsentPolicy { texts: texts.keys().cloned().collect(), ..terms(settings) };
    ConsentSettings { terms, texts }
}

fn terms(settings: &mut SettingsReader<'_, '_>) -> ConsentPolicy {
    let demand = settings.choice("require_consent", &ConsentDemand::WORDS).unwrap_or_default();
    let lifetime = settings.text("consent_expires").and_then(|text| {
        let lifetime = retention::parse(&text.value).map(|span| ConsentLifetime { span, written: text.value.clone() });
        if lifetime.is_none() {
            let message = format!("`consent_expires` is no length of time: {}", text.value);
            let hint = "write it like this: consent_expires: 24 months";
            settings.tell(Diagnostic::error(NO_LIFETIME, message), text.place, hint);
        }
        lifetime
    });
    ConsentPolicy { demand, lifetime, ..ConsentPolicy::default() }
}

fn texts(settings: &mut SettingsReader<'_, '_>) -> BTreeMap<String, ConsentText> {
    let mut texts = BTreeMap::new();
    settings.each_named("consent_texts", "a text", |version, place, mut reader| {
        let file = reader.path("file");
        let sha256 = reader.text("sha256").map(|it| Spanned { value: it.value.to_ascii_lowercase(), ..it });
        if file.is_none() && !reader.has("file") {
            let message = format!("the text `{version}` names no file");
            let hint = format!("write it like this: {version}: {{file: consent/{version}.md}}");
            reader.tell(Diagnostic::error(NO_TEXT, message), place.clone(), hint);
        }
        reader.finish_with(&[]);
        if let Some(file) = file {
            texts.insert(version.to_owned(), ConsentText { file, sha256, place });
        }
    });
    texts
}
