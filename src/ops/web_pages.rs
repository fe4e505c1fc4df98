//! The pages of an issue that everybody can read on the web, and where they stand.

use crate::base::digest::Digest;
use crate::base::language::Lang;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::edition;
use crate::edition::compiled::{Edition, UnfilledCause, UnfilledValue};
use crate::edition::context::EditionContext;
use crate::edition::theme::Theme;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::issue::front_matter::Archive;
use crate::issue::manuscript::Manuscripts;
use crate::issue::slug::slug;
use crate::letter::decoded::DecodedLetter;
use crate::project::Project;
use crate::project::pictures::IssuePictures;
use crate::project::settings::archive::ISSUE;

const NO_ADDRESS: Code = Code("NL632");
const NOBODYS: Code = Code("NL633");

/// Where everybody can read one issue.
#[derive(Clone, Debug)]
pub(crate) struct ArchiveSite {
    /// The name of its folder.
    name: String,
    /// The address of its folder; absent: the settings do not say.
    url: Option<String>,
    /// The language of the page in the folder itself.
    native: Lang,
}

impl ArchiveSite {
    /// The place of an issue; absent where it is not for everybody.
    pub(crate) fn of(project: &Project, issue: &Issue, native: Lang, diagnostics: &mut Diagnostics) -> Option<Self> {
        let archive = issue.front.archive.as_ref().filter(|archive| archive.value == Archive::Public)?;
        let name = Some(slug(issue.short_name())).filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| Digest::of([issue.id.as_str().as_bytes()]).as_str()[..12].to_owned());
        let settings = project.settings();
        let url = settings.archive_url.as_ref().map(|url| url.replacen(ISSUE, &name, 1));
        if url.is_none() {
            let message = "newsletter.yaml does not say where the issue stands on the web: no letter has a link to it";
            let folder = settings.public_url.as_deref().unwrap_or("https://nyheder.forening.example");
            let hint = format!("write there: archive_url: {folder}/{ISSUE}/");
            diagnostics.push(Diagnostic::warning(NO_ADDRESS, message).at(archive.place.clone()).hint(hint));
        }
        Some(Self { name, url, native })
    }

    /// The address of the page in a language.
    pub(crate) fn url(&self, lang: Lang) -> Option<String> {
        self.url.as_ref().map(|url| format!("{url}{}", self.below(lang)))
    }

    /// The languages that there are pages in: those whose readers get a text in their own, and the issue's.
    fn pages(&self, manuscripts: &Manuscripts) -> impl Iterator<Item = Lang> {
        let read = |lang: Lang| manuscripts.in_lang(lang).language(lang, self.native);
        let own = Lang::ALL.into_iter().filter(move |lang| read(*lang) == *lang);
        own.chain((!Lang::ALL.into_iter().any(|lang| read(lang) == self.native)).then_some(self.native))
    }

    /// The folder of a language's page, below the issue's.
    fn below(&self, lang: Lang) -> String {
        if lang == self.native { String::new() } else { format!("{lang}/") }
    }
}

/// One page that everybody can read.
#[derive(Debug)]
pub struct WebPage {
    /// What it shows.
    pub key: EditionKey,
    /// The folder of its files, below that of all issues: `nyt-i-maj/en/`.
    pub folder: String,
    /// Where it can be read; absent: the settings do not say.
    pub url: Option<String>,
    /// Its text.
    pub edition: Edition,
}

impl ArchiveSite {
    /// Compiles the pages of an issue that is for everybody.
    pub(crate) fn compile(
        &self,
        manuscripts: &Manuscripts,
        context: &EditionContext,
        theme: &Theme,
        pictures: &IssuePictures,
    ) -> (Vec<WebPage>, Diagnostics) {
        let (mut pages, mut diagnostics) = (Vec::new(), Diagnostics::new());
        let not = manuscripts.not_audiences();
        for lang in self.pages(manuscripts) {
            let key = EditionKey::web(lang, not.clone());
            let manuscript = manuscripts.in_lang(lang);
            diagnostics.extend(manuscript.diagnostics().clone());
            let (edition, more) = edition::compile(manuscript, &key, context, theme, pictures);
            diagnostics.extend(more);
            let Some(edition) = edition else { continue };
            if let Err(unfilled) = DecodedLetter::of_page(&edition) {
                diagnostics.extend(unfilled.iter().map(unfilled_error).collect());
            }
            let folder = format!("{}/{}", self.name, self.below(lang));
            pages.push(WebPage { key, folder, url: self.url(lang), edition });
        }
        (pages, diagnostics)
    }
}

/// A value of a person's that a page prints.
fn unfilled_error(unfilled: &UnfilledValue) -> Diagnostic {
    let name = unfilled.variable.as_deref().unwrap_or("a value");
    let (message, hint) = match unfilled.cause {
        UnfilledCause::Missing if name == "unsubscribe_url" => (
            "nobody leaves by a page on the web, and the text has a link for that".to_owned(),
            "delete it: every letter has that link in its footer".to_owned(),
        ),
        UnfilledCause::Missing => (
            format!("on the web nobody in particular is reading, and `{name}` is printed"),
            format!(
                "write what everybody may read instead: `{{{{ {name}|default('…') }}}}`, or put the passage into \
                 `{{% if {name} %}}…{{% endif %}}`"
            ),
        ),
        UnfilledCause::NoAddress | UnfilledCause::TooMuch | UnfilledCause::Unfit => {
            (format!("the page on the web cannot be made: {unfilled}"), "write it in another way".to_owned())
        }
    };
    let diagnostic = Diagnostic::error(NOBODYS, message).hint(hint);
    Diagnostic { place: unfilled.place.clone(), ..diagnostic }
}
