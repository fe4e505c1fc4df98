//! Colours: parsing, contrast, and the nearest colour that is readable on another.

use std::fmt;

/// The minimum contrast of text (WCAG 2.2, success criterion 1.4.3).
pub const READABLE: f64 = 4.5;

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

/// A colour in OKLCH (bottosson.github.io/posts/oklab), where a change of lightness keeps the hue.
#[derive(Clone, Copy, Debug)]
struct Oklch {
    lightness: f64,
    chroma: f64,
    hue: f64,
}

impl Colour {
    /// White.
    pub const WHITE: Self = Self { red: 255, green: 255, blue: 255 };

    /// The default colour of a brand.
    pub const DEFAULT: Self = Self { red: 0x3A, green: 0x7F, blue: 0x3B };

    /// Of its channels.
    pub(crate) const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Red, green and blue.
    pub(crate) fn channels(self) -> [u8; 3] {
        [self.red, self.green, self.blue]
    }

    /// Parses three or six hexadecimal digits after an optional `#`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        let long: String = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            _ => digits.to_owned(),
        };
        let valid = long.len() == 6 && long.chars().all(|digit| digit.is_ascii_hexdigit());
        let channel = |at: usize| u8::from_str_radix(long.get(at..at + 2)?, 16).ok();
        if valid { Some(Self { red: channel(0)?, green: channel(2)?, blue: channel(4)? }) } else { None }
    }

    /// A colour of a hue (in degrees), a lightness and a chroma, with less chroma where sRGB cannot express it.
    pub(crate) fn of_hue(degrees: f64, lightness: f64, chroma: f64) -> Self {
        Oklch { lightness, chroma, hue: degrees.to_radians() }.srgb()
    }

    /// The contrast ratio of two colours, from 1 to 21 (WCAG 2.2).
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// The nearest darker colour of the same hue that is readable on all of these.
    #[must_use]
    pub fn darkened(self, backgrounds: &[Self]) -> Self {
        self.search(backgrounds, READABLE, -0.002)
    }

    /// The nearest lighter colour of the same hue that has this contrast to all of these.
    #[must_use]
    pub(crate) fn lightened(self, backgrounds: &[Self], contrast: f64) -> Self {
        self.search(backgrounds, contrast, 0.002)
    }

    /// The same hue at another lightness, from 0 to 1, with at most this chroma.
    #[must_use]
    pub(crate) fn shade(self, lightness: f64, chroma: f64) -> Self {
        let oklch = self.oklch();
        Oklch { lightness, chroma: chroma.min(oklch.chroma), hue: oklch.hue }.srgb()
    }

    /// The same hue and chroma with at least this lightness.
    #[must_use]
    pub(crate) fn at_least(self, lightness: f64) -> Self {
        let oklch = self.oklch();
        if oklch.lightness >= lightness { self } else { self.shade(lightness, oklch.chroma) }
    }

    fn search(self, backgrounds: &[Self], contrast: f64, step: f64) -> Self {
        let fits = |colour: Self| backgrounds.iter().all(|background| colour.contrast(*background) >= contrast);
        let mut oklch = self.oklch();
        let mut found = self;
        while !fits(found) && (0.0..=1.0).contains(&oklch.lightness) {
            oklch.lightness += step;
            found = oklch.srgb();
        }
        found
    }

    /// The relative luminance, from 0 to 1 (WCAG 2.2).
    pub(crate) fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn linear(self) -> [f64; 3] {
        [self.red, self.green, self.blue].map(|channel| {
            let part = f64::from(channel) / 255.0;
            // The threshold of sRGB. WCAG 2.0 has 0.03928, from a draft; no channel of eight bits is between the two.
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn oklch(self) -> Oklch {
        let [red, green, blue] = self.linear();
        let long = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
        let middle = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
        let short = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
        let lightness = 0.210_454_255_3 * long + 0.793_617_785 * middle - 0.004_072_046_8 * short;
        let a = 1.977_998_495_1 * long - 2.428_592_205 * middle + 0.450_593_709_9 * short;
        let b = 0.025_904_037_1 * long + 0.782_771_766_2 * middle - 0.808_675_766 * short;
        Oklch { lightness, chroma: a.hypot(b), hue: b.atan2(a) }
    }
}

impl Oklch {
    /// The colour in sRGB, with less chroma where sRGB cannot express it.
    fn srgb(self) -> Colour {
        // Less chroma keeps lightness and hue; cutting off the channels would change both.
        let mut chroma = self.chroma;
        loop {
            let linear = Self { chroma, ..self }.linear();
            if chroma < 0.001 || linear.iter().all(|channel| (-0.0001..=1.0001).contains(channel)) {
                let [red, green, blue] = linear.map(byte);
                return Colour { red, green, blue };
            }
            chroma *= 0.97;
        }
    }

    fn linear(self) -> [f64; 3] {
        let (a, b) = (self.chroma * self.hue.cos(), self.chroma * self.hue.sin());
        let long = (self.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let middle = (self.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let short = (self.lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
        [
            4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701 * short,
        ]
    }
}

/// A linear channel as an sRGB byte.
fn byte(linear: f64) -> u8 {
    let linear = linear.clamp(0.0, 1.0);
    let part = if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    // Formatting rounds without a lossy cast.
    format!("{:.0}", part * 255.0).parse().unwrap_or(u8::MAX)
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02X}{:02X}{:02X}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn colours_are_three_or_six_digits() {
        assert_eq!(colour("#3a7"), colour("33AA77"));
        assert_eq!(colour("#0b1F3a").to_string(), "#0B1F3A");
        assert!(
            ["", "#12", "#12345", "#ggg", "#1234567", "æøå", "grøn12"].iter().all(|text| Colour::parse(text).is_none())
        );
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert_eq!(format!("{:.2}", colour("#767676").contrast(Colour::WHITE)), "4.54");
        assert_eq!(format!("{:.2}", colour("#000").contrast(Colour::WHITE)), "21.00");
    }

    #[test]
    fn the_nearest_readable_colour_keeps_its_hue() {
        for text in ["#8BC34A", "#FFD500", "#FF0000", "#00BCD4", "#E91E63", "#AAAAAA", "#FFFFFF"] {
            let (before, found) = (colour(text), colour(text).darkened(&[Colour::WHITE]));
            let contrast = found.contrast(Colour::WHITE);
            assert!((READABLE..4.6).contains(&contrast), "{text}: {found} {contrast}");
            let turned = (before.oklch().hue - found.oklch().hue).abs();
            assert!(turned < 0.05 || before.oklch().chroma < 0.01, "{text}: {found} {turned}");
        }
        assert_eq!(colour("#3A7F3B").darkened(&[Colour::WHITE]), colour("#3A7F3B"));
    }
}
