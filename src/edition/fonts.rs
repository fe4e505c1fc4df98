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

/// How much wider than Arial's the text of other fonts is, in per cent: of Danish words, measured in a browser; for
/// fonts not listed here, that of Segoe UI.
const WIDENING: [(&str, u32); 14] = [
    ("arial", 100),
    ("helvetica", 100),
    ("helvetica neue", 101),
    ("sans-serif", 100),
    ("roboto", 102),
    ("tahoma", 104),
    ("trebuchet ms", 104),
    ("verdana", 118),
    ("georgia", 114),
    ("times new roman", 95),
    ("times", 95),
    ("serif", 118),
    ("courier new", 130),
    ("monospace", 130),
];

/// The widest font of a CSS list, in per cent of Arial's width.
pub(crate) fn widening(list: &str) -> u32 {
    let of = |font: &str| WIDENING.iter().find(|(name, _)| *name == bare(font)).map_or(106, |(_, widening)| *widening);
    list.split(',').map(of).max().unwrap_or(106)
}

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
