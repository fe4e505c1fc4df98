//! The languages of an issue's readers, and texts that the project lacks in them.

use std::collections::{BTreeMap, BTreeSet};

use crate::audience::audiences::Audiences;
use crate::base::language::Lang;
use crate::base::message::message;
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

/// The language of an issue's own text: the one in its front matter; else that of its audiences, if they have only one;
/// else the project's.
pub(crate) fn native_lang(project: &Project, issue: &Issue, audiences: &Audiences) -> Lang {
    let default = project.settings().lang;
    let named = issue.front.audiences.iter().filter_map(|named| audiences.named(&named.value));
    let langs: BTreeSet<Lang> = named.map(|audience| audience.lang.unwrap_or(default)).collect();
    let only = langs.first().copied().filter(|_| langs.len() == 1);
    issue.front.lang.or(only).unwrap_or(default)
}

/// Reports texts that an issue and its audiences lack in the languages of its readers; `selected` are the editions that
/// have recipients.
pub(crate) fn check(
    project: &Project,
    manuscripts: &Manuscripts,
    native: Lang,
    choice: &SelectionContext<'_>,
    selected: &BTreeSet<EditionKey>,
) -> Diagnostics {
    let issue = manuscripts.issue();
    let mut diagnostics = check_translations(issue, native, selected);
    diagnostics.extend(check_reasons(project, choice.audiences, selected));
    diagnostics.extend(if selected.is_empty() {
        // The lists may be on another machine: then the editions that the audiences' settings imply are checked.
        manuscripts.check_coverage(native, &selection::default_editions(issue, choice).into_iter().collect())
    } else {
        manuscripts.check_coverage(native, selected)
    });
    diagnostics
}

/// Warns of an audience whose reason, which the footer prints, lacks a language of its readers.
fn check_reasons(project: &Project, audiences: &Audiences, selected: &BTreeSet<EditionKey>) -> Diagnostics {
    let missing_reason = |key: &EditionKey| {
        let (lang, audience) = (key.lang, audiences.named(&key.audience)?);
        if audience.reason.lang_for(lang, project.reason_lang(audience)) == lang {
            return None;
        }
        let message = message!(
            "`{}` has readers of `{lang}`, but its `reason` is not in that language",
            "`{}` har læsere med `{lang}`, men dens `reason` er ikke på det sprog",
            audience.id
        );
        let hint = message!(
            "write one line per language below `reason:`, among them `  {lang}: …`",
            "skriv en linje pr. sprog under `reason:`, heriblandt `  {lang}: …`"
        );
        let place = audience.reason.for_lang(lang)?.place.clone();
        Some(Diagnostic::warning(REASON, message).at(place).hint(hint))
    };
    selected.iter().filter_map(missing_reason).collect()
}

/// Warns of a language whose readers get the built-in greeting, while the settings have greetings for others.
pub(crate) fn check_greetings(project: &Project, editions: &BTreeMap<String, Edition>) -> Diagnostics {
    let Some(Spanned { value: greetings, place }) = &project.settings().greeting else { return Diagnostics::new() };
    let greeted =
        editions.values().filter(|edition| edition.variables().iter().any(|variable| variable.name == "greeting"));
    let langs: BTreeSet<Lang> =
        greeted.flat_map(Edition::greeting_langs).filter(|lang| !greetings.contains_key(lang)).collect();
    let missing_greeting = |lang: Lang| {
        let default = lang.language().greeting;
        let message = message!(
            "newsletter.yaml has greetings in other languages, but none in `{lang}`",
            "newsletter.yaml har hilsener på andre sprog, men ingen på `{lang}`"
        );
        let hint = message!(
            "add one below `greeting:`; without it, readers of `{lang}` are greeted with {default:?}",
            "tilføj en under `greeting:`; uden den hilses læsere med `{lang}` med {default:?}"
        );
        Diagnostic::warning(GREETING, message).at(place.clone()).hint(hint)
    };
    langs.into_iter().map(missing_greeting).collect()
}

/// Reports a translation into the language of the issue itself, and one that has no readers.
fn check_translations(issue: &Issue, native: Lang, selected: &BTreeSet<EditionKey>) -> Diagnostics {
    let main = issue.source.path();
    let check = |(lang, translation): (&Lang, &Issue)| {
        let diagnostic = if *lang == native {
            Diagnostic::error(
                SAME_LANG,
                message!(
                    "{main} is already in `{lang}`, so this translation would replace it",
                    "{main} er allerede på `{lang}`, så oversættelsen ville erstatte det"
                ),
            )
            .hint(message!(
                "delete one of the two, or write the language of {main} as its `lang:`",
                "slet den ene, eller skriv sproget i {main} som `lang:`"
            ))
        } else if !selected.is_empty() && !selected.iter().any(|key| key.lang == *lang) {
            Diagnostic::warning(
                UNREAD,
                message!("no recipient of this issue reads `{lang}`", "ingen modtager af nyhedsbrevet læser `{lang}`"),
            )
            .hint(message!(
                "write `lang: {lang}` in the audience of those who do, or in their rows of the list",
                "skriv `lang: {lang}` i målgruppen for dem, der gør, eller i deres rækker på listen"
            ))
        } else {
            return None;
        };
        Some(diagnostic.at(translation.source.line(1)))
    };
    issue.translations.iter().filter_map(check).collect()
}
