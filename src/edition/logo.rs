//! The sender's logo: loaded, checked against its background, and put on a plate where it could not be seen in dark mode.

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::edition::colour::Colour;
use crate::edition::compile_context::CompileContext;
use crate::edition::embed::{self, LOGO_WIDTH, OutsidePicture};
use crate::edition::html::escape::escape;
use crate::edition::images::collection::PictureSet;
use crate::edition::images::picture::{ScaledPicture, WidthLimits};
use crate::edition::images::placement::PicturePath;
use crate::edition::images::visibility::{self, PictureColours};
use crate::edition::theme::backgrounds::LogoBackgrounds;
use crate::edition::theme::template_values::{Logo, LogoPicture};

const HARDLY_SEEN: Code = Code("NL652");

/// How much of a logo must be seen, in percent: what is left are smooth edges and small parts.
const LEAST_SEEN: usize = 80;

/// The sender's logo, from the project's folder or from the web.
pub(crate) fn logo(
    context: CompileContext<'_>,
    pictures: &mut PictureSet<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Logo> {
    let logo = context.edition_context.brand.logo.as_ref()?;
    let on = context.theme.logo_backgrounds();
    let mut add = |file: &Spanned<String>, place: LogoPlace| picture(file, place, pictures, diagnostics);
    let light = add(&logo.file, LogoPlace::Light { on, has_dark: logo.dark.is_some() })?;
    let dark = logo.dark.as_ref().and_then(|file| add(file, LogoPlace::Dark { on: on.dark }));
    // A picture on the web is not loaded here: it may be dark and transparent.
    let plate = dark.is_none() && embed::is_on_web(&logo.file);
    Some(Logo { light, dark, plate })
}

/// Where a logo file is shown.
#[derive(Clone, Copy)]
enum LogoPlace {
    /// In light mode, and where there is no other file or none that is swapped, in dark mode too.
    Light { on: LogoBackgrounds, has_dark: bool },
    /// In dark mode only.
    Dark { on: Colour },
}

fn picture(
    file: &Spanned<String>,
    place: LogoPlace,
    pictures: &mut PictureSet<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<LogoPicture> {
    if embed::is_on_web(file) {
        return Some(LogoPicture { src: escape(file.value.trim()), width: LOGO_WIDTH });
    }
    let path = PicturePath::InProject(&file.value);
    let limits = WidthLimits { most: LOGO_WIDTH, ..WidthLimits::default() };
    let loaded = embed::outside_text(file, OutsidePicture { path, limits }, pictures, diagnostics)?;
    let shown = visible(file, loaded, place, diagnostics);
    Some(LogoPicture { src: pictures.keep(path, &shown, &file.place), width: shown.width })
}

/// The file as it is sent; what cannot be seen in light mode, or by itself in dark mode, is reported.
fn visible(
    file: &Spanned<String>,
    shown: ScaledPicture,
    place: LogoPlace,
    diagnostics: &mut Diagnostics,
) -> ScaledPicture {
    let Some(colours) = PictureColours::of(&shown.picture) else { return shown };
    let is_seen = |background: Colour| colours.percent_seen_on(background) >= LEAST_SEEN;
    let mut report = |background: Colour, mode: Message, hint: Message| {
        let percent = colours.percent_seen_on(background);
        let message = message!(
            "the logo `{}` is hard to see on {background}, its background in {mode} mode: only {percent} % of it has a contrast of 3:1",
            "logoet `{}` er svært at se på {background}, baggrunden i {mode} tilstand: kun {percent} % af det har en kontrast på 3:1",
            file.value
        );
        diagnostics.push(Diagnostic::warning(HARDLY_SEEN, message).at(file.place.clone()).hint(hint));
    };
    match place {
        LogoPlace::Light { on, .. } if !is_seen(on.light) && is_seen(Colour::WHITE) => {
            visibility::on_plate(&shown, Colour::WHITE).unwrap_or(shown)
        }
        LogoPlace::Light { on, .. } if !is_seen(on.light) => {
            report(
                on.light,
                message!("light", "lys"),
                message!(
                    "use a darker file, or one with its own background",
                    "brug en mørkere fil, eller en med egen baggrund"
                ),
            );
            shown
        }
        // Gmail and Outlook on phones turn the background dark and swap no file, so the plate is a part of the picture.
        LogoPlace::Light { on, has_dark } if !is_seen(on.forced) || !has_dark && !is_seen(on.dark) => {
            visibility::on_plate(&shown, on.light).unwrap_or(shown)
        }
        LogoPlace::Dark { on } if !is_seen(on) => {
            report(
                on,
                message!("dark", "mørk"),
                message!(
                    "use a lighter file, or leave `dark` out: the other one then gets a light background",
                    "brug en lysere fil, eller udelad `dark`: så får den anden en lys baggrund"
                ),
            );
            shown
        }
        LogoPlace::Light { .. } | LogoPlace::Dark { .. } => shown,
    }
}
