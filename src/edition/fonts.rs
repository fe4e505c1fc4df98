//! Which fonts readers have.

use std::collections::BTreeSet;

/// Fonts that nearly every reader has, and the CSS names for whatever font the system uses.
const COMMON: [&str; 18] = [
    "arial",
    "helvetica",
    "helvetica neue",
    "verdana",
    "tahoma",
    "trebuchet ms",
    "georgia",
    "times new roman",
    "times",
    "courier new",
    "courier",
    "segoe ui",
    "roboto",
    "-apple-system",
    "system-ui",
    "sans-serif",
    "serif",
    "monospace",
];

/// Those of them that Windows has.
const WINDOWS: [&str; 8] =
    ["arial", "verdana", "tahoma", "trebuchet ms", "georgia", "times new roman", "courier new", "segoe ui"];

/// Whether nearly every reader has a font.
pub(crate) fn is_common(font: &str) -> bool {
    COMMON.contains(&bare(font).as_str())
}

/// The fonts of a CSS list for Outlook on Windows. It lays pages out with Word, which replaces an unknown font by Times New
/// Roman and ignores the fonts behind it.
pub(crate) fn for_windows(list: &str) -> String {
    let mut fonts: Vec<&str> =
        list.split(',').map(str::trim).filter(|font| WINDOWS.contains(&bare(font).as_str())).collect();
    let is_listed = |name: &str| list.split(',').any(|font| bare(font) == name);
    fonts.extend(match (is_listed("serif"), is_listed("monospace")) {
        (true, _) => ["Georgia", "serif"],
        (false, true) => ["Courier New", "monospace"],
        (false, false) => ["Arial", "sans-serif"],
    });
    let mut named = BTreeSet::new();
    fonts.retain(|font| named.insert(bare(font)));
    fonts.join(",")
}

fn bare(font: &str) -> String {
    font.trim_matches([' ', '\'', '"']).to_ascii_lowercase()
}
