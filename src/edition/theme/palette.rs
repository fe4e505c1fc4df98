//! All colours of a theme, derived from the one of the brand.

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use crate::edition::colour::{Colour, READABLE};

/// The colours of a theme in light and in dark mode.
#[derive(Clone, Debug)]
pub(crate) struct Palette {
    light: PaletteColours<Colour>,
    dark: PaletteColours<Colour>,
}

/// What each colour is for.
#[derive(Clone, Debug, Serialize)]
struct PaletteColours<C> {
    /// Around the card.
    page: C,
    /// Behind the text.
    card: C,
    /// Behind notices.
    tint: C,
    /// Behind code.
    wash: C,
    /// Thin lines.
    line: C,
    /// Strong lines.
    edge: C,
    /// Text.
    ink: C,
    /// Headings.
    strong: C,
    /// Less important text.
    quiet: C,
    /// Links.
    link: C,
    /// Buttons and stripes; white is readable on it.
    accent: C,
}

impl Palette {
    /// The colours that go with the brand's: all of its hue, and each text readable on its background.
    pub(crate) fn of(brand: Colour) -> Self {
        let (page, card, tint) = (brand.shade(0.967, 0.006), Colour::WHITE, brand.shade(0.965, 0.022));
        let wash = brand.shade(0.955, 0.009);
        let light = PaletteColours {
            page,
            card,
            tint,
            wash,
            line: brand.shade(0.89, 0.012),
            edge: brand.shade(0.78, 0.025),
            ink: brand.shade(0.28, 0.02),
            strong: brand.shade(0.23, 0.02),
            quiet: brand.shade(0.46, 0.02),
            link: brand.darkened(&[page, card, tint, wash]),
            accent: brand.darkened(&[Colour::WHITE]),
        };
        let (page, card, tint) = (brand.shade(0.19, 0.01), brand.shade(0.235, 0.013), brand.shade(0.275, 0.025));
        let wash = brand.shade(0.29, 0.015);
        let dark = PaletteColours {
            page,
            card,
            tint,
            wash,
            line: brand.shade(0.38, 0.015),
            edge: brand.shade(0.46, 0.02),
            ink: brand.shade(0.92, 0.01),
            strong: brand.shade(0.97, 0.006),
            quiet: brand.shade(0.78, 0.015),
            link: brand.at_least(0.76).lightened(&[page, card, tint, wash], READABLE),
            // A dark button must stand out on a dark card.
            accent: light.accent.lightened(&[card], 2.0),
        };
        Self { light, dark }
    }

    /// The colours of light mode by name, for templates.
    pub(crate) fn light(&self) -> Value {
        self.light.named()
    }

    /// The colours of dark mode by name.
    pub(crate) fn dark(&self) -> Value {
        self.dark.named()
    }
}

impl PaletteColours<Colour> {
    fn named(&self) -> Value {
        let text = |colour: Colour| colour.to_string();
        Value::from(Serde(PaletteColours {
            page: text(self.page),
            card: text(self.card),
            tint: text(self.tint),
            wash: text(self.wash),
            line: text(self.line),
            edge: text(self.edge),
            ink: text(self.ink),
            strong: text(self.strong),
            quiet: text(self.quiet),
            link: text(self.link),
            accent: text(self.accent),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_can_be_read_whatever_the_brand() {
        let steps = ["00", "33", "66", "99", "CC", "FF"];
        for at in 0..steps.len().pow(3) {
            let [red, green, blue] = [at / 36, at / 6 % 6, at % 6].map(|channel| steps[channel]);
            let brand = Colour::parse(&format!("{red}{green}{blue}")).unwrap();
            let Palette { light, dark } = Palette::of(brand);
            for colours in [&light, &dark] {
                let texts = [colours.ink, colours.strong, colours.quiet, colours.link];
                let backgrounds = [colours.page, colours.card, colours.tint, colours.wash];
                let least =
                    texts.iter().flat_map(|text| backgrounds.iter().map(|background| text.contrast(*background)));
                let least = least.fold(21.0, f64::min);
                assert!(least >= READABLE, "{brand}: {least} {colours:?}");
                assert!(colours.accent.contrast(Colour::WHITE) >= READABLE, "{brand}: {colours:?}");
            }
        }
    }
}
