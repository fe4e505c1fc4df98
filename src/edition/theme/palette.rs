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
    note: NoticeColours<C>,
    tip: NoticeColours<C>,
    important: NoticeColours<C>,
    warning: NoticeColours<C>,
    caution: NoticeColours<C>,
}

/// The colours of one kind of notice. Their hue depends on the kind and not on the brand: a warning that is blue like a
/// note in one newsletter and red like a caution in another would mean nothing.
#[derive(Clone, Debug, Serialize)]
struct NoticeColours<C> {
    /// Its sign, its title and its edge.
    mark: C,
    /// Behind its text.
    tint: C,
}

/// The hues of the kinds in OKLCH, in degrees: blue, green, violet, amber, red.
const HUES: NoticeHues = NoticeHues { note: 255.0, tip: 155.0, important: 305.0, warning: 75.0, caution: 25.0 };

struct NoticeHues {
    note: f64,
    tip: f64,
    important: f64,
    warning: f64,
    caution: f64,
}

impl NoticeHues {
    /// The colour behind each kind's text.
    fn tints(&self, lightness: f64, chroma: f64) -> [Colour; 5] {
        let Self { note, tip, important, warning, caution } = *self;
        [note, tip, important, warning, caution].map(|hue| Colour::of_hue(hue, lightness, chroma))
    }
}

/// Light mode: the marks are dark enough to be read on every background, and to have white signs on them.
fn light_notice(hue: f64, tint: Colour) -> NoticeColours<Colour> {
    NoticeColours { mark: Colour::of_hue(hue, 0.55, 0.15).darkened(&[tint, Colour::WHITE]), tint }
}

/// Dark mode: the marks are light enough to be read on every background, and to have signs of its colour on them.
fn dark_notice(hue: f64, tint: Colour, card: Colour) -> NoticeColours<Colour> {
    NoticeColours { mark: Colour::of_hue(hue, 0.8, 0.12).lightened(&[tint, card], READABLE), tint }
}

impl Palette {
    /// The colours that go with the brand's: all of its hue, and each text readable on its background.
    pub(crate) fn of(brand: Colour) -> Self {
        let (page, card, tint) = (brand.shade(0.967, 0.006), Colour::WHITE, brand.shade(0.965, 0.022));
        let wash = brand.shade(0.955, 0.009);
        let [note, tip, important, warning, caution] = HUES.tints(0.968, 0.024);
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
            link: brand.darkened(&[page, card, tint, wash, note, tip, important, warning, caution]),
            accent: brand.darkened(&[Colour::WHITE]),
            note: light_notice(HUES.note, note),
            tip: light_notice(HUES.tip, tip),
            important: light_notice(HUES.important, important),
            warning: light_notice(HUES.warning, warning),
            caution: light_notice(HUES.caution, caution),
        };
        let (page, card, tint) = (brand.shade(0.19, 0.01), brand.shade(0.235, 0.013), brand.shade(0.275, 0.025));
        let wash = brand.shade(0.29, 0.015);
        let [note, tip, important, warning, caution] = HUES.tints(0.285, 0.035);
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
            link: brand
                .at_least(0.76)
                .lightened(&[page, card, tint, wash, note, tip, important, warning, caution], READABLE),
            // A dark button must stand out on a dark card.
            accent: light.accent.lightened(&[card], 2.0),
            note: dark_notice(HUES.note, note, card),
            tip: dark_notice(HUES.tip, tip, card),
            important: dark_notice(HUES.important, important, card),
            warning: dark_notice(HUES.warning, warning, card),
            caution: dark_notice(HUES.caution, caution, card),
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
        let notice =
            |colours: &NoticeColours<Colour>| NoticeColours { mark: text(colours.mark), tint: text(colours.tint) };
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
            note: notice(&self.note),
            tip: notice(&self.tip),
            important: notice(&self.important),
            warning: notice(&self.warning),
            caution: notice(&self.caution),
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
                let notices = [&colours.note, &colours.tip, &colours.important, &colours.warning, &colours.caution];
                let tints = notices.map(|notice| notice.tint);
                let backgrounds =
                    [[colours.page, colours.card, colours.tint, colours.wash].as_slice(), &tints].concat();
                let least =
                    texts.iter().flat_map(|text| backgrounds.iter().map(|background| text.contrast(*background)));
                let least = least.fold(21.0, f64::min);
                assert!(least >= READABLE, "{brand}: {least} {colours:?}");
                assert!(colours.accent.contrast(Colour::WHITE) >= READABLE, "{brand}: {colours:?}");
                for NoticeColours { mark, tint } in notices {
                    let least = mark.contrast(*tint).min(mark.contrast(colours.card));
                    assert!(least >= READABLE, "{brand}: {least} {colours:?}");
                }
            }
        }
    }
}
