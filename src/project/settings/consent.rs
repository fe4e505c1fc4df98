//! What is demanded of readers' consents, and what they agreed to.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::audience::consent::{Demand, Lifetime, Terms};
use crate::base::source::{Code, Diagnostic, Place, Spanned};
use crate::project::settings::reader::Reader;
use crate::project::settings::retention;

const NO_LIFETIME: Code = Code("NL160");
const NO_TEXT: Code = Code("NL161");

/// A text that people agreed to.
#[derive(Clone, Debug)]
pub struct Promise {
    /// Its file, below the project's folder.
    pub file: PathBuf,
    /// The SHA-256 of the file, in hexadecimal and lower case; absent: none was noted, and a change would not be seen.
    pub sha256: Option<Spanned<String>>,
    /// Where it is named.
    pub place: Place,
}

/// What is demanded of readers' consents, and what they agreed to.
#[derive(Clone, Debug, Default)]
pub struct Consents {
    /// What is demanded.
    pub terms: Terms,
    /// The texts that people agreed to, by their versions.
    pub texts: BTreeMap<String, Promise>,
}

pub(crate) fn read(settings: &mut Reader<'_, '_>) -> Consents {
    let texts = texts(settings);
    let terms = Terms { texts: texts.keys().cloned().collect(), ..terms(settings) };
    Consents { terms, texts }
}

fn terms(settings: &mut Reader<'_, '_>) -> Terms {
    let demand = settings.choice("require_consent", &Demand::WORDS).unwrap_or_default();
    let lifetime = settings.text("consent_expires").and_then(|text| {
        let lifetime = retention::parse(&text.value).map(|span| Lifetime { span, written: text.value.clone() });
        if lifetime.is_none() {
            let message = format!("`consent_expires` is no length of time: {}", text.value);
            let hint = "write it like this: consent_expires: 24 months";
            settings.tell(Diagnostic::error(NO_LIFETIME, message), text.place, hint);
        }
        lifetime
    });
    Terms { demand, lifetime, ..Terms::default() }
}

fn texts(settings: &mut Reader<'_, '_>) -> BTreeMap<String, Promise> {
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
            texts.insert(version.to_owned(), Promise { file, sha256, place });
        }
    });
    texts
}
