//! What an edition needs to know besides the issue: who sends it, why, and how it looks.

use std::collections::{BTreeMap, BTreeSet};

use crate::audience::AudienceId;
use crate::language::Lang;
use crate::recipient::Localised;

/// What stands round the text of every edition.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Who sends it: the name above the text and in the footer.
    pub sender: String,
    /// The sender's postal address.
    pub postal_address: String,
    /// Why the readers of this edition's audience get it: ends "Du får mailen, fordi …".
    pub reason: Localised,
    /// How the sender looks.
    pub brand: Brand,
    /// How readers of a language are greeted; a language that is absent has its default.
    pub greetings: BTreeMap<Lang, Greeting>,
    /// Every audience of the project, so that a block that names another is told.
    pub audiences: BTreeSet<AudienceId>,
    /// Where the issue can be read on the web; absent: nowhere.
    pub online: Option<String>,
}

/// How the sender looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    /// The colour of links and buttons: `#` and six digits; dark enough for white text.
    pub colour: String,
    /// A picture at the top: an `https` address; absent: the sender's name.
    pub logo: Option<String>,
    /// The fonts, by preference, as CSS writes them.
    pub font: String,
    /// Links in the footer: text and address.
    pub links: Vec<BrandLink>,
}

/// A link of the sender's in every footer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrandLink {
    /// What is read.
    pub text: String,
    /// Where it leads.
    pub url: String,
}

impl Default for Brand {
    fn default() -> Self {
        Self {
            colour: "#3A7F3B".into(),
            logo: None,
            font: "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif".into(),
            links: Vec::new(),
        }
    }
}

/// What `{{ greeting }}` says: two templates, as they may stand in an issue's subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// Where every value that it names is known.
    pub with_name: String,
    /// Where one of them is missing.
    pub without_name: String,
}

impl Greeting {
    /// What is said where the settings say nothing.
    pub fn usual(lang: Lang) -> Self {
        let word = lang.language().greeting;
        Self { with_name: format!("{word} {{{{ first_name }}}}"), without_name: word.into() }
    }
}
