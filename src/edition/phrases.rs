//! The phrases around an edition's text: its subject, its preheader, and the greeting.

use crate::base::language::Lang;
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::text::Source;
use crate::edition::context::{EditionContext, Greeting};
use crate::edition::passage_tags::{GREETING_NAME, PASSAGE_GREETING_NAME};
use crate::edition::template::phrase;
use crate::issue::manuscript::Manuscript;
use crate::issue::manuscript::placeholders::tag::Tag;
use crate::people::person::Localised;

/// Where a greeting is printed, with its language.
#[derive(Clone, Copy, Debug)]
pub(crate) enum GreetingPlace {
    /// In the text, in the language of the words around it.
    Text(Lang),
    /// In a passage for readers of another language.
    Passage(Lang),
}

impl GreetingPlace {
    fn lang(self) -> Lang {
        match self {
            Self::Text(lang) | Self::Passage(lang) => lang,
        }
    }

    fn names(self) -> &'static GreetingNames {
        match self {
            Self::Text(_) => &GreetingNames {
                variable: GREETING_NAME,
                with_name: "greeting",
                without_name: "greeting without a name",
            },
            Self::Passage(_) => &GreetingNames {
                variable: PASSAGE_GREETING_NAME,
                with_name: "greeting of a passage",
                without_name: "greeting of a passage without a name",
            },
        }
    }
}

/// The names of a greeting.
#[derive(Debug)]
pub(crate) struct GreetingNames {
    /// The one by which tags print it.
    pub(crate) variable: &'static str,
    /// That of its template.
    pub(crate) with_name: &'static str,
    /// That of the template for readers whose names are not known.
    pub(crate) without_name: &'static str,
}

/// The phrases of an edition, with placeholders for their tags.
pub(crate) struct Phrases {
    pub(crate) subject: String,
    pub(crate) preheader: String,
    /// The greeting, and another one if there are passages for readers of another language that greet.
    pub(crate) greetings: Vec<GreetingPhrases>,
    /// The tags of the text, and after them those of the phrases.
    pub(crate) tags: Vec<Tag>,
}

/// A greeting in one language, with placeholders for its tags.
pub(crate) struct GreetingPhrases {
    pub(crate) names: &'static GreetingNames,
    pub(crate) with_name: String,
    pub(crate) without_name: String,
    /// The names that it reads: readers who lack one of them are greeted without a name.
    pub(crate) reads: Vec<String>,
}

/// The languages of the phrases of an edition.
#[derive(Clone, Copy)]
pub(crate) struct PhraseLanguages {
    /// That of the subject and the preheader, which may be in the reader's even if the text is not.
    pub(crate) subject: Lang,
    /// That of the greeting, which is part of the text.
    pub(crate) greeting: Lang,
    /// That of the issue's own text, where the issue does not name another.
    pub(crate) native: Lang,
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
    let PhraseLanguages { subject: reader, greeting: words, native } = languages;
    let own = front.lang.unwrap_or(native);
    let mut localised = |text: Option<&Localised>, tags: &mut Vec<Tag>| {
        let Some((text, localised)) = text.and_then(|text| Some((text.for_lang(reader)?, text))) else {
            return String::new();
        };
        let first = tags.len();
        let phrase = phrase::extract(&text.value, &text.place, placeholders, tags, diagnostics);
        let lang = Some(localised.lang_for(reader, own)).filter(|lang| *lang != words);
        tags[first..].iter_mut().for_each(|tag| tag.lang = lang);
        phrase
    };
    let subject = localised(Some(&front.subject), &mut tags);
    let preheader = localised(front.preheader.as_ref(), &mut tags);
    let mut phrases = Phrases { subject, preheader, greetings: Vec::new(), tags };
    phrases.add_greeting(GreetingPlace::Text(words), manuscript, edition_context, diagnostics);
    phrases
}

impl Phrases {
    /// Reads the greeting of a place, with the tags in it; what is wrong is reported.
    pub(crate) fn add_greeting(
        &mut self,
        place: GreetingPlace,
        manuscript: &Manuscript,
        edition_context: &EditionContext,
        diagnostics: &mut Diagnostics,
    ) {
        let lang = place.lang();
        let own = edition_context.greetings.get(&lang).cloned();
        let greeting = own.unwrap_or_else(|| Greeting::default_for(lang));
        let mut settings = |text: &str, tags: &mut Vec<Tag>| {
            let place = Source::new("newsletter.yaml", text).line(1);
            phrase::extract(text, &place, manuscript.placeholders(), tags, diagnostics)
        };
        let first = self.tags.len();
        let with_name = settings(&greeting.with_name, &mut self.tags);
        let read = self.tags[first..].iter().flat_map(|tag| &tag.variables);
        let reads = read.map(|name| name.split('.').next().unwrap_or(name).to_owned()).collect();
        let without_name = settings(&greeting.without_name, &mut self.tags);
        if let GreetingPlace::Passage(lang) = place {
            self.tags[first..].iter_mut().for_each(|tag| tag.lang = Some(lang));
        }
        self.greetings.push(GreetingPhrases { names: place.names(), with_name, without_name, reads });
    }
}
