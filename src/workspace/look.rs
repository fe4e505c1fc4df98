//! What the settings say of the looks of an edition, as `render` wants it.

use std::collections::BTreeSet;
use std::path::Path;

use crate::audience::AudienceId;
use crate::error::Error;
use crate::issue::Issue;
use crate::recipient::Localised;
use crate::render::frame::{Brand, Frame};
use crate::render::theme::{Theme, ThemeFiles};
use crate::source::{Code, Diagnostic, Diagnostics, Source};
use crate::workspace::{Project, files};

const NO_THEME: Code = Code("NL521");
/// The theme that is built in; a project's folder of this name overrides it file by file.
const BUILT_IN: &str = "default";

impl Project {
    /// What stands round the text of the editions of one audience.
    pub(super) fn frame(&self, reason: Localised, audiences: BTreeSet<AudienceId>) -> Frame {
        let settings = self.settings();
        Frame {
            sender: settings.name.clone(),
            postal_address: settings.postal_address.clone(),
            reason,
            brand: settings.brand.clone(),
            greetings: settings.greeting.clone(),
            audiences,
            online: None,
        }
    }

    /// The theme of an issue: the project's own files, the built-in ones where it has none. Absent where it is wrong,
    /// which is told.
    pub(super) fn theme(&self, issue: &Issue, diagnostics: &mut Diagnostics) -> Result<Option<Theme>, Error> {
        let named = issue.front.theme.as_ref().or(self.settings().theme.as_ref());
        let name = named.map_or(BUILT_IN, |it| it.value.as_str());
        let folder = self.root().join(&self.settings().paths.templates).join(name);
        let plain = name.chars().all(|it| it.is_alphanumeric() || matches!(it, '-' | '_'));
        if name != BUILT_IN && !(plain && folder.is_dir()) {
            let message = format!("there is no theme `{name}`");
            let mut diagnostic = Diagnostic::error(NO_THEME, message).hint(format!(
                "write `{BUILT_IN}`, or the name of a folder in {}/",
                self.settings().paths.templates.display()
            ));
            diagnostic.place = named.map(|it| it.place.clone());
            diagnostics.push(diagnostic);
        }
        let mut files = ThemeFiles::built_in();
        if plain {
            replace(self.root(), &folder.join("newsletter.html"), &mut files.letter)?;
            replace(self.root(), &folder.join("button.html"), &mut files.button)?;
            replace(self.root(), &folder.join("theme.css"), &mut files.styles)?;
        }
        match Theme::parse(files, self.settings().brand.clone()) {
            Ok(theme) => Ok(Some(theme)),
            Err(mistakes) => {
                diagnostics.extend(mistakes);
                // The mistakes in the text are told with the looks that are built in.
                Ok(Theme::parse(ThemeFiles::built_in(), Brand::default()).ok())
            }
        }
    }
}

fn replace(root: &Path, path: &Path, source: &mut Source) -> Result<(), Error> {
    if path.is_file() {
        *source = files::read_source(root, path)?;
    }
    Ok(())
}
