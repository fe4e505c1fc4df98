//! The context of an edition besides the issue: who sends it, why, and how it looks.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::base::language::Lang;
use crate::base::source::span::Spanned;
use crate::edition::colour::Colour;
use crate::edition::images::placement::Placement;
use crate::people::person::Localised;

/// What is around the text of every edition.
#[derive(Clone, Debug)]
pub struct EditionContext {
    /// Who sends it: the name above the text and in the footer.
    pub sender: String,
    /// The name of the series, from which alone readers can unsubscribe; absent: the issue belongs to none.
    pub series: Option<String>,
    /// The domain of the sender's mail address.
    pub domain: String,
    /// The zone of times that name none.
    pub timezone: TimeZone,
    /// The sender's postal address.
    pub postal_address: String,
    /// What it is made for.
    pub medium: Medium,
    /// The language of a text that does not declare one.
    pub lang: Lang,
    /// The sender's logo, colour, fonts and links.
    pub brand: Brand,
    /// How readers of a language are greeted; a language that is absent has its default.
    pub greetings: BTreeMap<Lang, Greeting>,
    /// Where the issue can be read on the web; absent: nowhere.
    pub online: Option<String>,
    /// The campaign parameters that are added to links; absent: none.
    pub campaign: Option<Campaign>,
    /// Where readers find the pictures.
    pub pictures: Placement,
}

impl EditionContext {
    /// Every text that it puts around that of the issue.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let links = self.brand.links.iter();
        let localised =
            self.medium.reason().into_iter().chain(links.clone().map(|link| &link.text)).flat_map(Localised::texts);
        let greetings = self.greetings.values();
        [self.sender.as_str(), &self.postal_address]
            .into_iter()
            .chain(self.series.as_deref())
            .chain(self.online.as_deref())
            .chain(localised.map(|text| text.value.as_str()))
            .chain(links.map(|link| link.url.value.as_str()))
            .chain(greetings.flat_map(|greeting| [greeting.with_name.as_str(), &greeting.without_name]))
    }

    /// Whether it is for a web page, and not for letters.
    pub(crate) fn is_web(&self) -> bool {
        matches!(self.medium, Medium::WebPage)
    }

    /// The language of the sentence with the reason, for readers of a language.
    pub(crate) fn reason_lang(&self, reader: Lang) -> Lang {
        match &self.medium {
            Medium::Letter { reason, reason_lang } => reason.lang_for(reader, *reason_lang),
            Medium::WebPage => reader,
        }
    }
}

/// What an edition is made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Medium {
    /// Letters to the members of an audience.
    Letter {
        /// Why they get it: the end of "Du får mailen, fordi …".
        reason: Localised,
        /// The language of a reason that is the same for all.
        reason_lang: Lang,
    },
    /// A page on the web, which everyone can read and which has no unsubscribe link.
    WebPage,
}

impl Medium {
    /// Why readers get it; none for a web page.
    pub(crate) fn reason(&self) -> Option<&Localised> {
        match self {
            Self::Letter { reason, .. } => Some(reason),
            Self::WebPage => None,
        }
    }
}

/// The campaign parameters (UTM) in the addresses of links, for the statistics of a website. `{issue}`, `{audience}` and
/// `{lang}` are filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// `utm_source`: where readers come from.
    pub source: String,
    /// `utm_medium`: how they came.
    pub medium: String,
    /// `utm_campaign`: what made them come.
    pub name: String,
    /// `utm_content`: which of several letters it was; absent: not said.
    pub content: Option<String>,
    /// The hosts whose links get them, with all hosts below; empty: every host.
    pub only: Vec<String>,
}

impl Default for Campaign {
    fn default() -> Self {
        Self {
            source: "newsletter".into(),
            medium: "email".into(),
            name: "{issue}".into(),
            content: None,
            only: Vec::new(),
        }
    }
}

/// The sender's logo, colour, fonts and links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    /// The colour of links and buttons, and the hue of all others.
    pub colour: Colour,
    /// The picture at the top; absent: the sender's name is written there.
    pub logo: Option<BrandLogo>,
    /// The fonts, by preference, as CSS writes them.
    pub font: String,
    /// Links in the footer: text and address.
    pub links: Vec<BrandLink>,
}

/// The sender's logo: `https` addresses, or files in the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrandLogo {
    /// The picture.
    pub file: Spanned<String>,
    /// The picture for dark mode; absent: the same one.
    pub dark: Option<Spanned<String>>,
}

/// A link in every footer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrandLink {
    /// Its text.
    pub text: Localised,
    /// Its address.
    pub url: Spanned<String>,
}

impl Default for Brand {
    fn default() -> Self {
        Self {
            colour: Colour::DEFAULT,
            logo: None,
            font: "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif".into(),
            links: Vec::new(),
        }
    }
}

/// What `{{ greeting }}` says: two templates, with the tags that a subject may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// Where every value that it names is known.
    pub with_name: String,
    /// Where one of them is missing.
    pub without_name: String,
}

impl Greeting {
    /// The greeting of a language for which the settings have none.
    pub fn default_for(lang: Lang) -> Self {
        let word = lang.language().greeting;
        Self { with_name: format!("{word} {{{{ first_name }}}}"), without_name: word.into() }
    }
}
