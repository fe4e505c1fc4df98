//! The backgrounds of the sender's logo, read from the styles of a theme.

use crate::edition::colour::Colour;
use crate::edition::theme::css::{self, CssRule};

/// The elements around a logo, from the inside out: the first that has a background shows it.
const AROUND_LOGO: [&str; 6] = [".masthead", ".card", ".sheet", ".outer", ".page", "body"];

/// What Gmail and Outlook on phones make of a white background where they force dark mode; their values differ a little.
const FORCED_DARK: Colour = Colour::rgb(0x1F, 0x1F, 0x1F);

/// A background as bright as this or brighter is turned dark there, from 0 to 1.
const BRIGHT: f64 = 0.5;

/// The backgrounds behind a logo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LogoBackgrounds {
    /// In light mode.
    pub(crate) light: Colour,
    /// In the theme's own dark mode.
    pub(crate) dark: Colour,
    /// Where a mail program forces dark mode, whatever the theme says.
    pub(crate) forced: Colour,
}

impl Default for LogoBackgrounds {
    fn default() -> Self {
        Self { light: Colour::WHITE, dark: FORCED_DARK, forced: FORCED_DARK }
    }
}

impl LogoBackgrounds {
    /// Those of the rules of a theme and of its dark mode.
    pub(super) fn of(rules: &[CssRule], dark_rules: &[CssRule]) -> Self {
        let light = AROUND_LOGO.into_iter().find_map(|class| background(rules, class)).unwrap_or(Colour::WHITE);
        let in_dark = |class| background(dark_rules, class).or_else(|| background(rules, class));
        let dark = AROUND_LOGO.into_iter().find_map(in_dark).unwrap_or(light);
        let forced = if light.luminance() < BRIGHT { light } else { FORCED_DARK };
        Self { light, dark, forced }
    }
}

fn background(rules: &[CssRule], class: &str) -> Option<Colour> {
    let mut values = rules.iter().rev().filter_map(|rule| {
        css::declared(rule, class, "background-color").or_else(|| css::declared(rule, class, "background"))
    });
    values.find_map(|value| Colour::parse(value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::source::diagnostic::Diagnostics;
    use crate::base::source::text::Source;

    #[test]
    fn the_innermost_background_is_behind_the_logo() {
        let rules = |css: &str| css::rules(css, &Source::new("theme.css", css), &mut Diagnostics::new());
        let of = |light: &str, dark: &str| {
            let LogoBackgrounds { light, dark, forced } = LogoBackgrounds::of(&rules(light), &rules(dark));
            [light, dark, forced].map(|colour| colour.to_string())
        };
        let card = ".card { background-color: #FFFFFF } .page { background-color: #EEEEEE }";
        assert_eq!(of(card, ".card, p { background-color: #222222 }"), ["#FFFFFF", "#222222", "#1F1F1F"]);
        let accent = ".masthead { background-color: #006600 } .card { background-color: #FFFFFF }";
        assert_eq!(of(accent, ".card { background-color: #222222 }"), ["#006600", "#006600", "#006600"]);
        assert_eq!(of(".masthead { background-color: transparent }", ""), ["#FFFFFF", "#FFFFFF", "#1F1F1F"]);
    }
}
