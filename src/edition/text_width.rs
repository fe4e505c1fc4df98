//! How wide text is on the screen, for tables whose words must not be broken.

use unicode_width::UnicodeWidthChar;

use crate::edition::fonts;

/// The advance widths of Arial for `U+0020` to `U+007E`, in thousandths of the font size: the `hmtx` table of Liberation Sans
/// 2.1, which was made to have them.
const REGULAR: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];

/// The same of its bold face.
const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611,
    556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389,
    280, 389, 584,
];

/// The widest non-ASCII letters of the supported languages, in the bold face: `æ`, `ø`, `Æ`, `Ø`.
const WIDE_LETTERS: [(char, u16); 6] = [('æ', 889), ('ø', 611), ('Æ', 1000), ('Ø', 778), ('Å', 722), ('—', 1000)];

/// The width of every character of a font whose characters are equally wide.
const FIXED: u32 = 602;

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FontFace {
    Regular,
    Bold,
    /// Code.
    Fixed,
}

/// How wide the text of a page is, whichever of its fonts a reader has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TextMeasure {
    /// The font size in pixels.
    size: u32,
    /// The width of the widest font, in per cent of Arial's.
    widening: u32,
}

impl TextMeasure {
    /// Measures for a CSS list of fonts, of which a reader may have any, in this size.
    pub(crate) fn new(fonts: &str, size: u32) -> Self {
        Self { size, widening: fonts::widening(fonts) }
    }

    /// The width of a character, in thousandths of the font size.
    pub(crate) fn advance(self, character: char, face: FontFace) -> u32 {
        match face {
            FontFace::Fixed => FIXED,
            FontFace::Regular => advance(character, &REGULAR) * self.widening / 100,
            FontFace::Bold => advance(character, &BOLD) * self.widening / 100,
        }
    }

    /// A width in thousandths of the font size, in pixels, rounded up.
    pub(crate) fn pixels(self, advance: u32) -> u32 {
        advance.saturating_mul(self.size).div_ceil(1000)
    }

    /// The width of a text on one line, in pixels, rounded up.
    pub(crate) fn text(self, text: &str, face: FontFace) -> u32 {
        self.pixels(text.chars().map(|letter| self.advance(letter, face)).fold(0, u32::saturating_add))
    }
}

/// The room for the text of a page, in pixels.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TextRoom {
    /// The width of the column of text.
    pub(crate) column: u32,
    pub(crate) boxes: BoxPaddings,
}

/// What boxes take of the width of the text in them, in pixels: their padding and their borders on both sides.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct BoxPaddings {
    pub(crate) callout: u32,
    pub(crate) card: u32,
    /// A card in one of three columns.
    pub(crate) narrow_card: u32,
    pub(crate) event: u32,
    pub(crate) notice: u32,
    /// A quotation of Markdown.
    pub(crate) quote: u32,
    /// A `::: quote`.
    pub(crate) cited: u32,
}

/// The text of a theme's tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableText {
    /// On wide screens.
    pub(crate) column: TextRoom,
    /// On the narrowest phone, in a mail program that ignores the styles for phones.
    pub(crate) bare_column: TextRoom,
    /// On the narrowest phone in all others.
    pub(crate) phone_column: TextRoom,
    /// On wide screens, and wherever the styles of the page's head are ignored.
    pub(crate) wide: TextMeasure,
    /// On phones.
    pub(crate) phone: TextMeasure,
}

/// The text of a theme's figures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FigureText {
    /// Their numbers.
    pub(crate) value: TextMeasure,
    /// Their labels.
    pub(crate) label: TextMeasure,
}

fn advance(character: char, face: &[u16; 95]) -> u32 {
    let ascii = u32::from(character).checked_sub(0x20).and_then(|at| face.get(usize::try_from(at).ok()?));
    let wide = || WIDE_LETTERS.iter().find(|(letter, _)| *letter == character).map(|(_, width)| width);
    if let Some(width) = ascii.or_else(wide) {
        return u32::from(*width);
    }
    match character {
        '\u{a0}' => 278,
        _ => match character.width() {
            None | Some(0) => 0,
            // An accent makes no letter wider; the widest capital that has one is 778.
            Some(1) if character.is_uppercase() => 778,
            Some(1) => 611,
            Some(_) => 1000,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn width(text: &str, fonts: &str, face: FontFace) -> u32 {
        let measure = TextMeasure::new(fonts, 15);
        text.chars().map(|character| measure.advance(character, face)).sum::<u32>() * 15 / 1000
    }

    #[test]
    fn text_is_as_wide_as_a_browser_makes_it() {
        // Chromium's widths in Liberation Sans.
        assert_eq!(width("Koordinationsgruppen", "Arial", FontFace::Regular), 146);
        assert_eq!(width("Koordinationsgruppen", "Arial", FontFace::Bold), 161);
        assert_eq!(width("1.234.500 kr.", "Arial", FontFace::Regular), 87);
        assert_eq!(width("tal.csv", "Arial", FontFace::Fixed), 63);
    }

    #[test]
    fn the_widest_font_of_a_list_counts() {
        let plain = width("Redaktionsgruppen", "Arial, sans-serif", FontFace::Regular);
        let stack = width("Redaktionsgruppen", "-apple-system, 'Segoe UI', Arial, sans-serif", FontFace::Regular);
        let serif = width("Redaktionsgruppen", "Georgia, serif", FontFace::Regular);
        assert!(plain < stack && stack < serif, "{plain} {stack} {serif}");
    }

    #[test]
    fn hidden_characters_have_no_width() {
        assert_eq!(width("a\u{ad}b\u{200b}", "Arial", FontFace::Regular), width("ab", "Arial", FontFace::Regular));
        assert!(width("東京", "Arial", FontFace::Regular) == 30);
    }
}
