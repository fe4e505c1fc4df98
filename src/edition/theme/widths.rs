//! The widths of a theme's page, read from its styles: pictures are made as wide as the column that they are shown in.

use serde::Serialize;

use crate::edition::text_width::{BoxPaddings, TextRoom};
use crate::edition::theme::css::{self, CssRule};

/// The width of a page whose styles give none in pixels.
const USUAL_PAGE: u32 = 600;

/// The classes of the table around the text: the last of them that has a width decides.
const PAGES: [&str; 2] = [".card", ".sheet"];

/// The widths of a page on a wide screen, in pixels; themes know them as `width.page` and `width.column`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct PageWidths {
    /// The `max-width` of `.card` or `.sheet`.
    pub(crate) page: u32,
    /// The page without the padding of `.content`: the column of the text.
    pub(crate) column: u32,
    /// The page without the padding of `.hero-cell`: the picture above the text.
    #[serde(skip)]
    pub(crate) hero: u32,
}

impl Default for PageWidths {
    fn default() -> Self {
        Self { page: USUAL_PAGE, column: USUAL_PAGE, hero: USUAL_PAGE }
    }
}

impl PageWidths {
    /// Those of the rules of a theme, in the order in which they are applied.
    pub(super) fn of(rules: &[CssRule]) -> Self {
        let page_rule = rules.iter().rev().find_map(|rule| {
            let value = PAGES.into_iter().find_map(|class| css::declared(rule, class, "max-width"));
            pixels(value?).filter(|width| *width > 0)
        });
        let page = page_rule.unwrap_or(USUAL_PAGE);
        let inside = |class| inside(page, rules, class);
        Self { page, column: inside(".content"), hero: inside(".hero-cell") }
    }
}

/// The narrowest phone, in pixels.
const NARROWEST_PHONE: u32 = 320;

/// The rooms for the text of a page.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PageRooms {
    /// On a wide screen.
    pub(super) wide: TextRoom,
    /// On the narrowest phone, in a mail program that ignores the styles for phones.
    pub(super) bare: TextRoom,
    /// On the narrowest phone in all others.
    pub(super) phone: TextRoom,
}

impl PageRooms {
    /// Those of the rules of a theme and of its rules for phones.
    pub(super) fn of(rules: &[CssRule], phone: &[CssRule]) -> Self {
        let on_phone: Vec<CssRule> = rules.iter().chain(phone).cloned().collect();
        let room = |rules: &[CssRule]| {
            let page = inside(NARROWEST_PHONE, rules, ".outer-cell").min(PageWidths::of(rules).page);
            TextRoom { column: inside(page, rules, ".content"), boxes: box_paddings(rules) }
        };
        let wide = TextRoom { column: PageWidths::of(rules).column, boxes: box_paddings(rules) };
        Self { wide, bare: room(rules), phone: room(&on_phone) }
    }
}

/// What the boxes of a theme take of the width of their texts.
fn box_paddings(rules: &[CssRule]) -> BoxPaddings {
    let of = |classes: &[&str]| {
        let borders = classes.iter().map(|class| side_borders(rules, class)).max().unwrap_or(0);
        let padding = classes.iter().map(|class| side_padding(rules, class).pixels).max().unwrap_or(0);
        borders.saturating_add(padding)
    };
    BoxPaddings {
        callout: of(&[".callout-cell", ".callout-cell.quiet"]),
        card: of(&[".item-cell"]),
        narrow_card: side_borders(rules, ".item-cell")
            .saturating_add(side_padding(rules, ".column-of-3 .item-cell").pixels),
        event: of(&[".event-cell"]),
        notice: of(&[".notice-cell"]),
        quote: of(&[".quote-cell"]),
        cited: of(&[".cited-cell"]),
    }
}

/// What is left of a width inside a class.
fn inside(whole: u32, rules: &[CssRule], class: &str) -> u32 {
    let Padding { pixels, share } = side_padding(rules, class);
    whole.saturating_sub(pixels).saturating_sub(share_of(whole, share)).max(1)
}

/// The borders on both sides of a class together, in pixels.
fn side_borders(rules: &[CssRule], class: &str) -> u32 {
    let width = |value: &str| value.split_whitespace().find_map(pixels).unwrap_or(0);
    let (mut left, mut right) = (0, 0);
    for rule in rules {
        if let Some(all) = css::declared(rule, class, "border") {
            (left, right) = (width(all), width(all));
        }
        left = css::declared(rule, class, "border-left").map_or(left, width);
        right = css::declared(rule, class, "border-right").map_or(right, width);
    }
    left.saturating_add(right)
}

/// A padding on one side, or on both sides together.
#[derive(Clone, Copy, Debug, Default)]
struct Padding {
    pixels: u32,
    /// Of the width around it, in hundredths of a per cent.
    share: u32,
}

impl Padding {
    /// A length in pixels or in per cent; any other counts as none.
    fn of(length: &str) -> Self {
        Self { pixels: pixels(length).unwrap_or(0), share: hundredths(length).unwrap_or(0) }
    }
}

/// The padding on both sides of a class together.
fn side_padding(rules: &[CssRule], class: &str) -> Padding {
    let (mut left, mut right) = (Padding::default(), Padding::default());
    for rule in rules {
        if let Some(all) = css::declared(rule, class, "padding") {
            let sides: Vec<Padding> = all.split_whitespace().map(Padding::of).collect();
            // One value is for all sides, the second is for left and right, the fourth for the left one alone.
            right = sides.get(1).or(sides.first()).copied().unwrap_or_default();
            left = sides.get(3).copied().unwrap_or(right);
        }
        let own = |side| css::declared(rule, class, side).map(Padding::of);
        left = own("padding-left").unwrap_or(left);
        right = own("padding-right").unwrap_or(right);
    }
    Padding { pixels: left.pixels.saturating_add(right.pixels), share: left.share.saturating_add(right.share) }
}

/// The font size that rules give to a class, in pixels; the last one counts.
pub(super) fn font_size(rules: &[CssRule], class: &str) -> Option<u32> {
    rules.iter().rev().find_map(|rule| pixels(css::declared(rule, class, "font-size")?))
}

/// A length in per cent, in hundredths of one: 533 for `5.33%`.
fn hundredths(value: &str) -> Option<u32> {
    let (whole, part) =
        value.trim().strip_suffix('%')?.split_once('.').unwrap_or((value.trim().trim_end_matches('%'), ""));
    let part: String = part.chars().chain("00".chars()).take(2).collect();
    Some(whole.parse::<u32>().ok()?.saturating_mul(100).saturating_add(part.parse().ok()?))
}

/// A length with what is in per cent of a width in pixels.
pub(super) fn in_pixels(length: &str, whole: u32) -> String {
    hundredths(length).map_or_else(|| length.to_owned(), |share| format!("{}px", share_of(whole, share)))
}

/// Hundredths of a per cent of a width, to the nearest pixel.
fn share_of(whole: u32, share: u32) -> u32 {
    whole.saturating_mul(share).saturating_add(5_000) / 10_000
}

/// A length in pixels; zero needs no unit.
fn pixels(value: &str) -> Option<u32> {
    match value.trim() {
        "0" => Some(0),
        value => value.strip_suffix("px")?.trim().parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::source::diagnostic::Diagnostics;
    use crate::base::source::text::Source;

    fn widths(css: &str) -> (u32, u32, u32) {
        let rules = css::rules(css, &Source::new("theme.css", css), &mut Diagnostics::new());
        let PageWidths { page, column, hero } = PageWidths::of(&rules);
        (page, column, hero)
    }

    #[test]
    fn the_rooms_of_a_theme_are_without_the_padding_of_its_boxes() {
        let read = |css: &str| css::rules(css, &Source::new("theme.css", css), &mut Diagnostics::new());
        let rules = read(
            ".outer-cell { padding: 24px 12px } .content { padding: 8px 5% } .callout-cell { padding: 20px 24px 6px } \
             .callout-cell.quiet { border: 1px solid #333333 } .notice-cell { padding: 8px; border-left: 4px solid #333333 } \
             .item-cell { padding: 18px; border: 1px solid #333333 } .column-of-3 .item-cell { padding: 14px 12px 2px }",
        );
        let phone = read(".outer-cell { padding: 0 } .content { padding: 12px 20px } .callout-cell { padding: 8px }");
        let PageRooms { wide, bare, phone } = PageRooms::of(&rules, &phone);
        assert_eq!([wide.column, bare.column, phone.column], [540, 266, 280]);
        assert_eq!([wide.boxes.callout, bare.boxes.callout, phone.boxes.callout], [50, 50, 18]);
        assert_eq!([wide.boxes.notice, wide.boxes.card, wide.boxes.narrow_card, wide.boxes.cited], [20, 38, 26, 0]);
    }

    #[test]
    fn the_column_is_the_page_without_its_padding() {
        assert_eq!(widths(""), (600, 600, 600));
        assert_eq!(widths(".card { max-width: 640px } .content { padding: 16px 32px 32px }"), (640, 576, 640));
        assert_eq!(widths(".content { padding: 16px 32px } .content { padding: 16px 0 32px }"), (600, 600, 600));
        assert_eq!(widths(".content { padding: 1px 20px 3px 40px; padding-right: 30px }"), (600, 530, 600));
        assert_eq!(widths(".sheet, p { max-width: 536px } .hero-cell { padding: 8px }"), (536, 536, 520));
        assert_eq!(widths(".content { padding: 16px 5% }"), (600, 540, 600));
        assert_eq!(widths(".content { padding: 16px 5.33% 32px }"), (600, 536, 600));
        assert_eq!(widths(".content { padding: 16px 5% 0 20px }"), (600, 550, 600));
        assert_eq!(widths(".content { padding: 8px; padding-left: 5em }"), (600, 592, 600));
        assert_eq!(widths(".card { max-width: 100% } .content p { padding: 9px }"), (600, 600, 600));
    }
}
