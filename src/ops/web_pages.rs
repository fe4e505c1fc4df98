//! The pages of a public issue on the web, and their addresses.

use crate::audience::channel::Channel;
use crate::base::digest::Digest;
use crate::base::language::Lang;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::edition::compile;
use crate::edition::compiled::{Edition, UnfilledCause, UnfilledValue};
use crate::edition::context::EditionContext;
use crate::edition::theme::Theme;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::issue::front_matter::Archive;
use crate::issue::manuscript::Manuscripts;
use crate::issue::slug::slug;
use crate::project::Project;
use crate::project::pictures::IssuePictures;
use crate::project::settings::archive::ISSUE;

const NO_ADDRESS: Code = Code("NL632");
const NO_READER: Code = Code("NL633");

/// The folder of a public issue on the web.
#[derive(Clone, Debug)]
pub(crate) struct ArchiveSite {
    /// The folder's name.
    name: String,
    /// The folder's address; absent if the settings have none.
    url: Option<String>,
    /// The message if the settings have none.
    no_address: Option<Diagnostic>,
    /// The language of the page in the folder itself; other languages have folders below it.
    native: Lang,
}

impl ArchiveSite {
    /// The folder of an issue; absent if the issue is not public.
    pub(crate) fn of(project: &Project, issue: &Issue, native: Lang) -> Option<Self> {
        let archive = issue.front.archive.as_ref().filter(|archive| archive.value == Archive::Public)?;
        let name = Self::folder_name(issue);
        let settings = project.settings();
        let url = settings.archive_url.as_ref().map(|url| url.replacen(ISSUE, &name, 1));
        let no_address = url.is_none().then(|| {
            let message = message!(
                "newsletter.yaml has no `archive_url`, so letters cannot link to the web page of this issue",
                "newsletter.yaml har ingen `archive_url`, så mailene kan ikke linke til nyhedsbrevets webside"
            );
            let folder = settings.public_url.as_deref().unwrap_or("https://nyheder.forening.example");
            let hint = message!(
                "write in newsletter.yaml: archive_url: {folder}/{ISSUE}/",
                "skriv i newsletter.yaml: archive_url: {folder}/{ISSUE}/"
            );
            Diagnostic::warning(NO_ADDRESS, message).at(archive.place.clone()).hint(hint)
        });
        Some(Self { name, url, no_address, native })
    }

    /// The name of the folder of an issue.
    pub(crate) fn folder_name(issue: &Issue) -> String {
        let name = Some(slug(issue.short_name())).filter(|name| !name.is_empty());
        // A name without letters and digits has no slug.
        name.unwrap_or_else(|| Digest::of([issue.id.as_str().as_bytes()]).as_str()[..12].to_owned())
    }

    /// The address of the page in a language.
    pub(crate) fn url(&self, lang: Lang) -> Option<String> {
        self.url.as_ref().map(|url| format!("{url}{}", self.subfolder(lang)))
    }

    /// The folder of the page in a language, below that of the issue.
    fn subfolder(&self, lang: Lang) -> String {
        if lang == self.native { String::new() } else { format!("{lang}/") }
    }
}

/// The languages of an issue in a channel besides letters: every language that it has a text in, and always that of its
/// own text. A tag that prints `lang` does not count as text.
pub(crate) fn text_langs(manuscripts: &Manuscripts, native: Lang) -> impl Iterator<Item = Lang> {
    Lang::ALL.into_iter().filter(move |lang| *lang == native || manuscripts.in_lang(*lang).has_text_in(*lang))
}

/// One page on the web.
#[derive(Debug)]
pub struct WebPage {
    /// The key of its edition.
    pub key: EditionKey,
    /// The folder of its files, below the output folder: `nyt-i-maj/en/`.
    pub folder: String,
    /// Its address; absent if the settings have none.
    pub url: Option<String>,
    /// Its content.
    pub edition: Edition,
}

impl WebPage {
    /// Its file, below the output folder: `nyt-i-maj/en/index.html`.
    pub fn file_name(&self) -> String {
        format!("{}index.html", self.folder)
    }
}

impl ArchiveSite {
    /// Compiles the page in each language.
    pub(crate) fn compile(
        &self,
        manuscripts: &Manuscripts,
        context: &EditionContext,
        theme: &Theme,
        pictures: &IssuePictures,
    ) -> (Vec<WebPage>, Diagnostics) {
        let (mut pages, mut diagnostics) = (Vec::new(), self.no_address.iter().cloned().collect::<Diagnostics>());
        let not = manuscripts.followed_audiences().leaves_out;
        for lang in text_langs(manuscripts, self.native) {
            let key = EditionKey::web(lang, not.clone());
            let manuscript = manuscripts.in_lang(lang);
            diagnostics.extend(manuscript.diagnostics().clone());
            let (edition, edition_diagnostics) = compile::edition(manuscript, &key, context, theme, pictures);
            diagnostics.extend(edition_diagnostics);
            let Some(edition) = edition else { continue };
            // A page has no reader whose values could be filled in, so none may be needed.
            if let Err(unfilled) = edition.impersonal() {
                diagnostics.extend(unfilled.iter().map(|unfilled| unfilled_error(unfilled, Channel::Web)).collect());
            }
            let folder = format!("{}/{}", self.name, self.subfolder(lang));
            pages.push(WebPage { key, folder, url: self.url(lang), edition });
        }
        (pages, diagnostics)
    }
}

/// An error for a channel whose text prints a value of the reader.
pub(crate) fn unfilled_error(unfilled: &UnfilledValue, channel: Channel) -> Diagnostic {
    let name = unfilled.variable.as_deref().unwrap_or("a value");
    let text = match channel {
        Channel::Web => message!("web page", "webside"),
        Channel::LinkedIn => message!("post on LinkedIn", "opslag på LinkedIn"),
        Channel::TalkingPoints => message!("list of talking points", "liste med talepunkter"),
    };
    let (message, hint) = match unfilled.cause {
        UnfilledCause::Missing if name == "unsubscribe_url" => (
            message!(
                "a {text} has no recipient to unsubscribe, but the text has a link for it",
                "en {text} har ingen modtager, der kan afmeldes, men teksten har et link til det"
            ),
            message!("delete the link: the footer of every letter has one", "slet linket: bunden af hver mail har et"),
        ),
        UnfilledCause::Missing => (
            message!(
                "`{name}` has no value on the {text}, which has no recipient",
                "`{name}` har ingen værdi på en {text}, da den ikke har nogen modtager"
            ),
            message!(
                "write a default: `{{{{ {name}|default('…') }}}}`, or put the passage into `{{% if {name} %}}…{{% endif %}}`",
                "skriv en standardværdi: `{{{{ {name}|default('…') }}}}`, eller sæt stykket i `{{% if {name} %}}…{{% endif %}}`"
            ),
        ),
        UnfilledCause::NoAddress | UnfilledCause::TooMuch | UnfilledCause::Unfit => (
            message!("the {text} cannot be rendered: {unfilled}", "en {text} kan ikke dannes: {unfilled}"),
            message!("rewrite the template tag", "omskriv skabelonfeltet"),
        ),
    };
    let diagnostic = Diagnostic::error(NO_READER, message).hint(hint);
    Diagnostic { place: unfilled.place.clone(), ..diagnostic }
}
