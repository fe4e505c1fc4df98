//! How much of a picture can be seen on a background, and a plate behind it where that is too little.

use std::collections::BTreeMap;

use crate::edition::colour::Colour;
use crate::edition::images::picture::{Picture, ScaledPicture};
use crate::edition::images::pixels::Pixels;

/// The contrast that a picture needs to be recognised (WCAG 2.2, success criterion 1.4.11).
const RECOGNISABLE: f64 = 3.0;

/// A picture with less transparency than this, in percent, has its own background.
const LEAST_TRANSPARENT: usize = 5;

/// The space around a picture on a plate, in pixels as they are shown.
const PADDING: u32 = 8;

/// The visible colours of a picture.
#[derive(Debug)]
pub(crate) struct PictureColours {
    /// How many pixels have nearly the same colour; empty if the picture has its own background.
    areas: Vec<(Colour, usize)>,
}

impl PictureColours {
    /// The colours of a picture; `None` for a format that is not decoded here.
    pub(crate) fn of(picture: &Picture) -> Option<Self> {
        let pixels = Pixels::decode(picture.format(), picture.bytes()).ok()?.rgba();
        let mut areas: BTreeMap<[u8; 3], usize> = BTreeMap::new();
        for pixel in pixels.pixels().filter(|pixel| pixel.0[3] >= 128) {
            let [red, green, blue, _] = pixel.0;
            // Smooth edges have hundreds of colours: those that look the same are counted together.
            *areas.entry([red, green, blue].map(|channel| channel & 0xF8 | channel >> 5)).or_default() += 1;
        }
        let visible: usize = areas.values().sum();
        let all = pixels.pixels().len();
        let is_opaque = all.saturating_sub(visible).saturating_mul(100) < all.saturating_mul(LEAST_TRANSPARENT);
        if is_opaque {
            areas.clear();
        }
        let colour = |[red, green, blue]: [u8; 3]| Colour::rgb(red, green, blue);
        Some(Self { areas: areas.into_iter().map(|(channels, count)| (colour(channels), count)).collect() })
    }

    /// How much of it can be seen on a background, in percent.
    pub(crate) fn percent_seen_on(&self, background: Colour) -> usize {
        let all: usize = self.areas.iter().map(|(_, count)| count).sum();
        let seen = self.areas.iter().filter(|(colour, _)| colour.contrast(background) >= RECOGNISABLE);
        seen.map(|(_, count)| count).sum::<usize>().saturating_mul(100).checked_div(all).unwrap_or(100)
    }
}

/// A picture on a plate of a colour, with a little space around it, shown as large as before.
pub(crate) fn on_plate(shown: &ScaledPicture, colour: Colour) -> Option<ScaledPicture> {
    let pixels = Pixels::decode(shown.picture.format(), shown.picture.bytes()).ok()?;
    let padding = PADDING.saturating_mul(pixels.width()).checked_div(shown.width)?.max(1);
    let plate = pixels.on(colour, padding);
    Some(ScaledPicture { picture: Picture::png(plate.png()), width: shown.width + PADDING * 2, ..shown.clone() })
}
