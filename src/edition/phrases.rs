//! The phrases around an edition's text: its subject, its preheader, and the greeting.

use crate::base::language::Lang;
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::text::Source;
use crate::edition::context::{EditionContext, Greeting};
use crate::edition::template::phrase;
use crate::issue::manuscript::Manuscript;
use crate::issue::manuscript::placeholders::tag::Tag;
use crate::people::person::Localised;

/// The phrases of an edition, with placeholders for their tags.
pub(crate) struct Phrases {
    pub(crate) subject: String,
    pub(crate) preheader: String,
    pub(crate) greeting: String,
    pub(crate) plain_greeting: String,
    /// The names that the greeting reads: readers who lack one of them get the plain greeting.
    pub(crate) greeting_reads: Vec<String>,
    /// The tags of the text, and after them those of the phrases.
    pub(crate) tags: Vec<Tag>,
}

/// The languages of the phrases of an edition.
#[derive(Clone, Copy)]
pub(crate) struct PhraseLanguages {
    /// That of the subject and the preheader, which may be in the reader's even if the text is not.
    pub(crate) subject: Lang,
    /// That of the greeting, which is part of the text.
    pub(crate) greeting: Lang,
}

/// Reads them, with the tags in them; what is wrong is reported.
pub(crate) fn extract(
    manuscript: &Manuscript,
    languages: PhraseLanguages,
    edition_context: &EditionContext,
    diagnostics: &mut Diagnostics,
) -> Phrases {
    let front = &manuscript.issue().front;
    let placeholders = manuscript.placeholders();
    let mut tags = manuscript.masked().tags.clone();
    let mut localised =
        |text: Option<&Localised>, tags: &mut Vec<Tag>| match text.and_then(|text| text.for_lang(languages.subject)) {
            Some(text) => phrase::extract(&text.value, &text.place, placeholders, tags, diagnostics),
            None => String::new(),
        };
    let subject = localised(Some(&front.subject), &mut tags);
    let preheader = localised(front.preheader.as_ref(), &mut tags);
    let lang = languages.greeting;
    let greeting = edition_context.greetings.get(&lang).cloned().unwrap_or_else(|| Greeting::default_for(lang));
    let mut settings = |text: &str, tags: &mut Vec<Tag>| {
        let place = Source::new("newsletter.yaml", text).line(1);
        phrase::extract(text, &place, placeholders, tags, diagnostics)
    };
    let first = tags.len();
    let with_name = settings(&greeting.with_name, &mut tags);
    let names = tags[first..].iter().flat_map(|tag| &tag.variables);
    let greeting_reads = names.map(|name| name.split('.').next().unwrap_or(name).to_owned()).collect();
    let plain_greeting = settings(&greeting.without_name, &mut tags);
    Phrases { subject, preheader, greeting: with_name, plain_greeting, greeting_reads, tags }
}
