//! The styles of a theme: those that are written into the elements of a page, and those that depend on the screen.

use crate::base::text_search;
use crate::edition::text_width::TextMeasure;
use crate::edition::theme::backgrounds::LogoBackgrounds;
use crate::edition::theme::css::{self, CssRule};
use crate::edition::theme::harmless_html;
use crate::edition::theme::inlined::OwnRules;
use crate::edition::theme::widths::{PageRooms, PageWidths};

/// Stands in a page for the styles that depend on the screen until it is finished: neither the inliner nor the checks of each
/// page read what is the same in all of them. The inliner leaves it where it is.
pub(super) const SCREEN_STYLES: &str = "<style data-css-inline=\"keep\"></style>";

/// Says that a page has colours for dark mode: in its head, and in its first element, since some programs remove the head.
const COLOUR_SCHEMES: &str = ":root{color-scheme:light dark;supported-color-schemes:light dark}\n";

/// The rules of a theme.
#[derive(Debug, Default)]
pub(super) struct ThemeStyles {
    pub(super) own: OwnRules,
    pub(super) dark: Vec<CssRule>,
    pub(super) phone: Vec<CssRule>,
    pub(super) widths: PageWidths,
    pub(super) rooms: PageRooms,
    /// How the text of tables is written on wide screens and on phones.
    pub(super) table_measures: [TextMeasure; 2],
    /// How the numbers and the labels of figures are written.
    pub(super) figure_measures: [TextMeasure; 2],
    pub(super) backgrounds: LogoBackgrounds,
}

/// The padding on both sides of a page, in pixels, and one less: a screen without that room makes the column of text narrower
/// than tables are laid out for.
const PAGE_MARGIN: u32 = 23;

/// The classes of tables whose words would be broken in a narrow column.
const FITTED_TABLES: [&str; 3] = [".stacked", ".list-blocks", ".kept-on-phone"];

impl ThemeStyles {
    /// What a page has before it is finished: what is written into its elements, and a place for the rest.
    pub(super) fn page_styles(&self) -> String {
        format!("<style>{}{COLOUR_SCHEMES}</style>\n{SCREEN_STYLES}", self.own.inline)
    }

    /// The rules that depend on the screen, in `<style>` elements.
    pub(super) fn for_screens(&self, is_used: impl Fn(&str) -> bool) -> String {
        let [own, dark, phone] =
            [&self.own.head, &self.dark, &self.phone].map(|rules| css::matching_rules(rules, &is_used));
        // Gmail ignores a whole `<style>` element if it cannot parse one rule of it, so each part is a separate element.
        let is_table = |selector: &str| FITTED_TABLES.iter().any(|class| selector.contains(class));
        let tables = css::matching_rules(&phone, is_table);
        let phone = css::matching_rules(&phone, |selector| !is_table(selector));
        let sheets = [
            format!(
                "{COLOUR_SCHEMES}{}{}",
                css::media("max-width:480px", &phone),
                css::media(&format!("max-width:{}px", self.widths.page.saturating_add(PAGE_MARGIN)), &tables)
            ),
            // Before those for dark mode, which take precedence over them.
            css::sheet(&own),
            css::media("prefers-color-scheme:dark", &dark),
            css::outlook_dark_rules(&dark),
        ];
        let sheets = sheets.iter().filter(|sheet| !sheet.is_empty());
        let sheets: Vec<String> = sheets.map(|sheet| format!("<style>{sheet}</style>")).collect();
        sheets.join("\n")
    }
}

/// The styles that depend on the screen.
#[derive(Debug, Default)]
pub(super) struct ScreenStyles {
    /// All of them, in `<style>` elements. A page has only those that it uses.
    pub(super) all: String,
    /// How long they are without the elements, in bytes.
    bytes: usize,
    /// Whether they certainly load and run nothing: then so do any of them.
    pub(super) are_harmless: bool,
}

impl ScreenStyles {
    pub(super) fn of(styles: &ThemeStyles) -> Self {
        let all = styles.for_screens(|_| true);
        Self { bytes: style_bytes(&all), are_harmless: harmless_html::is_harmless(&all), all }
    }

    /// The bytes of all styles of a page that is not finished.
    pub(super) fn bytes_in(&self, page: &str) -> usize {
        style_bytes(page) + text_search::positions(page, SCREEN_STYLES).count() * self.bytes
    }
}

/// The bytes in the `<style>` elements of a page.
fn style_bytes(page: &str) -> usize {
    let elements = text_search::all_behind(page, "<style");
    let styles = elements.filter_map(|element| element.split_once('>')?.1.split_once("</style>"));
    styles.map(|(styles, _)| styles.len()).sum()
}
