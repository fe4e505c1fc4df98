//! The widths of a theme's page, read from its styles: pictures are made as wide as the column that they are shown in.

use serde::Serialize;

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
        let inside = |class| page.saturating_sub(side_padding(rules, class)).max(1);
        Self { page, column: inside(".content"), hero: inside(".hero-cell") }
    }
}

/// The padding on both sides of a class together; what is not in pixels counts as none.
fn side_padding(rules: &[CssRule], class: &str) -> u32 {
    let (mut left, mut right) = (0, 0);
    for rule in rules {
        if let Some(all) = css::declared(rule, class, "padding") {
            let sides: Vec<u32> = all.split_whitespace().map(|side| pixels(side).unwrap_or(0)).collect();
            // One value is for all sides, the second is for left and right, the fourth for the left one alone.
            right = sides.get(1).or(sides.first()).copied().unwrap_or(0);
            left = sides.get(3).copied().unwrap_or(right);
        }
        let own = |side| css::declared(rule, class, side).map(|length| pixels(length).unwrap_or(0));
        left = own("padding-left").unwrap_or(left);
        right = own("padding-right").unwrap_or(right);
    }
    left.saturating_add(right)
}

/// The font size that rules give to a class, in pixels; the last one counts.
pub(super) fn font_size(rules: &[CssRule], class: &str) -> Option<u32> {
    rules.iter().rev().find_map(|rule| pixels(css::declared(rule, class, "font-size")?))
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
    fn the_column_is_the_page_without_its_padding() {
        assert_eq!(widths(""), (600, 600, 600));
        assert_eq!(widths(".card { max-width: 640px } .content { padding: 16px 32px 32px }"), (640, 576, 640));
        assert_eq!(widths(".content { padding: 16px 32px } .content { padding: 16px 0 32px }"), (600, 600, 600));
        assert_eq!(widths(".content { padding: 1px 20px 3px 40px; padding-right: 30px }"), (600, 530, 600));
        assert_eq!(widths(".sheet, p { max-width: 536px } .hero-cell { padding: 8px }"), (536, 536, 520));
        assert_eq!(widths(".content { padding: 16px 5% }"), (600, 600, 600));
        assert_eq!(widths(".content { padding: 16px 5% 0 20px }"), (600, 580, 600));
        assert_eq!(widths(".content { padding: 8px; padding-left: 5% }"), (600, 592, 600));
        assert_eq!(widths(".card { max-width: 100% } .content p { padding: 9px }"), (600, 600, 600));
    }
}
