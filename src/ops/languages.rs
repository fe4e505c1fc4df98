//! Which languages the readers of an issue read, and what of the project does not speak them.

use std::collections::{BTreeMap, BTreeSet};

use crate::audience::audiences::Audiences;
use crate::audience::file::Audience;
use crate::base::language::Lang;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::edition::compiled::Edition;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::Manuscripts;
use crate::letter::selection::{self, SelectionContext};
use crate::project::Project;

const REASON: Code = Code("NL346");
const GREETING: Code = Code("NL347");
const UNREAD: Code = Code("NL348");
const SAME_LANG: Code = Code("NL349");

impl Project {
    /// The language of an issue's own text: what its front matter says; else that of its audiences, if it is one; else
    /// the project's.
    pub(crate) fn native(&self, issue: &Issue, audiences: &Audiences) -> Lang {
        let usual = self.settings().lang;
        let named = issue.front.audiences.iter().filter_map(|named| audiences.named(&named.value));
        let langs: BTreeSet<Lang> = named.map(|audience| audience.lang.unwrap_or(usual)).collect();
        let one = langs.first().copied().filter(|_| langs.len() == 1);
        issue.front.lang.or(one).unwrap_or(usual)
    }

    /// The language of a reason that an audience gives in one text.
    pub(crate) fn reason_lang(&self, audience: &Audience) -> Lang {
        audience.lang.unwrap_or(self.settings().lang)
    }

    /// Tells of what an issue, its audiences and the settings lack in a language of its readers; `read` are the editions
    /// that somebody gets.
    pub(crate) fn check_languages(
        &self,
        manuscripts: &Manuscripts,
        choice: &SelectionContext<'_>,
        read: &BTreeSet<EditionKey>,
    ) -> Diagnostics {
        let issue = manuscripts.issue();
        let native = self.native(issue, choice.audiences);
        let usual = || selection::default_editions(issue, choice).into_iter().collect();
        let mut diagnostics = check_translations(issue, native, read);
        diagnostics.extend(self.check_reasons(choice.audiences, read));
        diagnostics.extend(if read.is_empty() {
            manuscripts.check_coverage(native, &usual())
        } else {
            manuscripts.check_coverage(native, read)
        });
        diagnostics
    }

    /// Tells of an audience's reason that is not in a language which its readers read; it stands in their footer.
    fn check_reasons(&self, audiences: &Audiences, read: &BTreeSet<EditionKey>) -> Diagnostics {
        let told = |key: &EditionKey| {
            let (lang, audience) = (key.lang, audiences.named(&key.audience)?);
            if audience.reason.lang_for(lang, self.reason_lang(audience)) == lang {
                return None;
            }
            let message =
                format!("some of {} read `{lang}`, and why they get the letter is not said in it", audience.id);
            let hint = format!("write below `reason:` a line for each language, and among them `  {lang}: …`");
            let place = audience.reason.for_lang(lang)?.place.clone();
            Some(Diagnostic::warning(REASON, message).at(place).hint(hint))
        };
        read.iter().filter_map(told).collect()
    }

    /// Tells of a language that readers are greeted in by the program and not by the settings, which greet in others.
    pub(crate) fn check_greetings(&self, editions: &BTreeMap<String, Edition>) -> Diagnostics {
        let Some(Spanned { value: greetings, place }) = &self.settings().greeting else { return Diagnostics::new() };
        let greeted =
            editions.values().filter(|edition| edition.variables().iter().any(|variable| variable.name == "greeting"));
        let langs: BTreeSet<Lang> = greeted.map(Edition::lang).filter(|lang| !greetings.contains_key(lang)).collect();
        let told = |lang: Lang| {
            let usual = lang.language().greeting;
            let message = format!("newsletter.yaml says how to greet in other languages, and not in `{lang}`");
            let hint = format!("write it below `greeting:` too; until then `{lang}` begins with {usual:?}");
            Diagnostic::warning(GREETING, message).at(place.clone()).hint(hint)
        };
        langs.into_iter().map(told).collect()
    }
}

/// Tells of a translation into the language that the issue is in, and of one that nobody reads.
fn check_translations(issue: &Issue, native: Lang, read: &BTreeSet<EditionKey>) -> Diagnostics {
    let told = |(lang, translation): (&Lang, &Issue)| {
        let main = issue.source.path();
        let diagnostic = if *lang == native {
            Diagnostic::error(SAME_LANG, format!("{main} is in `{lang}` already, and this would take its place"))
                .hint(format!("delete one of the two, or write in {main} which `lang:` it is in"))
        } else if !read.is_empty() && !read.iter().any(|key| key.lang == *lang) {
            Diagnostic::warning(UNREAD, format!("nobody who gets this issue today reads `{lang}`"))
                .hint(format!("write `lang: {lang}` for those who do, in their audience or among their own values"))
        } else {
            return None;
        };
        Some(diagnostic.at(translation.source.line(1)))
    };
    issue.translations.iter().filter_map(told).collect()
}
