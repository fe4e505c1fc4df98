//! The appearance of an edition, from the settings and the project's own themes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::audience::file::Audience;
use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::edition::context::{Brand, EditionContext, Medium};
use crate::edition::images::placement::Placement;
use crate::edition::theme::Theme;
use crate::edition::theme::files::{DEFAULT, ThemeFile, ThemeFiles};
use crate::issue::Issue;
use crate::project::Project;
use crate::project::files;

const NO_THEME: Code = Code("NL521");

/// The folder in `templates` that is not a theme: it has the texts of `new --kind`.
pub(crate) const KINDS_FOLDER: &str = "kinds";

impl Project {
    /// The files of the project's own kinds; none where the folder cannot be read.
    pub(crate) fn own_kinds(&self) -> Vec<PathBuf> {
        let folder = self.root().join(&self.settings().paths.templates).join(KINDS_FOLDER);
        let is_text = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
        files::entries(&folder).unwrap_or_default().into_iter().filter(is_text).collect()
    }

    /// The language of an audience's reason that is written only once.
    pub(crate) fn reason_lang(&self, audience: &Audience) -> Lang {
        audience.lang.unwrap_or(self.settings().lang)
    }

    /// The context of the editions of one audience, or of a page on the web; `lang` is the language of the text.
    pub(crate) fn edition_context(&self, audience: Option<&Audience>, lang: Lang) -> EditionContext {
        let settings = self.settings();
        EditionContext {
            sender: settings.name.clone(),
            series: None,
            domain: settings.from.address.domain().to_owned(),
            timezone: settings.timezone.clone(),
            postal_address: settings.postal_address.clone(),
            medium: audience.map_or(Medium::WebPage, |audience| Medium::Letter {
                reason: audience.reason.clone(),
                reason_lang: self.reason_lang(audience),
            }),
            lang,
            brand: settings.brand.clone(),
            greetings: settings.greeting.as_ref().map(|greeting| greeting.value.clone()).unwrap_or_default(),
            online: None,
            // The parameters mean that readers come from a letter.
            campaign: settings.campaign.clone().filter(|_| audience.is_some()),
            pictures: match (&settings.public_url, audience) {
                (_, None) => Placement::BesidePage,
                (Some(url), Some(_)) => Placement::Hosted { url: url.clone() },
                (None, Some(_)) => Placement::Embedded,
            },
        }
    }

    /// The theme of an issue: the project's own files, and the built-in ones for those that it lacks. If it is invalid, which is
    /// reported, the built-in theme, so that the issue's own problems are found too.
    pub(crate) fn theme(&self, issue: &Issue, diagnostics: &mut Diagnostics) -> Result<Option<Theme>, Error> {
        let named = issue.front.theme.as_ref().or(self.settings().theme.as_ref());
        let name = named.map_or(DEFAULT, |theme| theme.value.as_str());
        let templates = self.root().join(&self.settings().paths.templates);
        let mut known: BTreeSet<String> = ThemeFiles::names().map(str::to_owned).collect();
        known.extend(own_themes(&templates));
        if !known.contains(name) {
            let mut diagnostic =
                Diagnostic::unknown(NO_THEME, message!("theme", "tema"), name, known.iter().map(String::as_str));
            diagnostic.place = named.map(|theme| theme.place.clone());
            diagnostics.push(diagnostic);
        }
        let mut theme = ThemeFiles::built_in(name);
        for file in ThemeFile::ALL.into_iter().filter(|_| known.contains(name)) {
            let path = templates.join(name).join(file.name());
            if path.is_file() {
                theme.replace(file, self.read_own(&path)?);
            }
        }
        match Theme::parse(theme, self.settings().brand.clone()) {
            Ok(theme) => {
                diagnostics.extend(theme.warnings().clone());
                Ok(Some(theme))
            }
            Err(mistakes) => {
                diagnostics.extend(mistakes);
                Ok(Theme::parse(ThemeFiles::built_in(DEFAULT), Brand::default()).ok())
            }
        }
    }
}

/// The folders of a project's own themes: their names are letters, digits, `-` and `_`.
fn own_themes(templates: &Path) -> Vec<String> {
    let plain = |name: &String| name.chars().all(|sign| sign.is_alphanumeric() || matches!(sign, '-' | '_'));
    let folders = fs::read_dir(templates).into_iter().flatten().flatten().filter(|entry| entry.path().is_dir());
    let names = folders.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(plain).filter(|name| name != KINDS_FOLDER).collect()
}
