//! Reads the requirements for recipients' consent, and the texts that they agreed to.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Span as Period;

use crate::audience::consent::{ConsentDemand, ConsentLifetime, ConsentPolicy};
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::{Span, Spanned};
use crate::base::source::yaml::fields::MappingReader;

const NO_TEXT: Code = Code("NL161");

/// A text that people agreed to.
#[derive(Clone, Debug)]
pub struct ConsentText {
    /// Its file, below the project's folder.
    pub file: PathBuf,
    /// The SHA-256 of the file, in hexadecimal and lower case; absent: changes of the file are not noticed.
    pub sha256: Option<Spanned<String>>,
    /// Its place in the settings.
    pub place: Span,
}

/// The requirements for recipients' consent, and the texts that they agreed to.
#[derive(Clone, Debug, Default)]
pub struct ConsentSettings {
    /// The requirements.
    pub terms: ConsentPolicy,
    /// The texts that people agreed to, by their versions.
    pub texts: BTreeMap<String, ConsentText>,
}

pub(crate) fn read(settings: &mut MappingReader<'_, '_>) -> ConsentSettings {
    let texts = texts(settings);
    let terms = ConsentPolicy { texts: texts.keys().cloned().collect(), ..terms(settings) };
    ConsentSettings { terms, texts }
}

fn terms(settings: &mut MappingReader<'_, '_>) -> ConsentPolicy {
    let demand = settings.choice("require_consent", &ConsentDemand::WORDS).map(|demand| demand.value);
    let written = settings.text("consent_expires");
    let span = settings.value::<Period>("consent_expires");
    let lifetime =
        span.zip(written).map(|(span, written)| ConsentLifetime { span: span.value, written: written.value });
    ConsentPolicy { demand: demand.unwrap_or_default(), lifetime, ..ConsentPolicy::default() }
}

fn texts(settings: &mut MappingReader<'_, '_>) -> BTreeMap<String, ConsentText> {
    let mut texts = BTreeMap::new();
    settings.each_named("consent_texts", &message!("a text", "en tekst"), |key, mut reader| {
        let (version, place) = (&key.value, key.place(reader.source()));
        let file = reader.path("file");
        let sha256 = reader.text("sha256").map(|digest| digest.map(|text| text.to_ascii_lowercase()));
        if file.is_none() && !reader.has_value("file") {
            let message =
                message!("consent text `{version}` has no `file`", "samtykketeksten `{version}` har ingen `file`");
            let hint = message!(
                "write it like this: {version}: {{file: consent/{version}.md}}",
                "skriv det sådan: {version}: {{file: consent/{version}.md}}"
            );
            reader.report(Diagnostic::error(NO_TEXT, message).at(place.clone()).hint(hint));
        }
        reader.finish();
        if let Some(file) = file {
            texts.insert(version.clone(), ConsentText { file, sha256, place });
        }
    });
    texts
}
