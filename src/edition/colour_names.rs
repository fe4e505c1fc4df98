//! Colours by their names, each dark enough for white text on it.

use crate::edition::colour::Colour;

/// The names of a colour, in lower case and without spaces, and the colour.
type NamedColour = (&'static [&'static str], &'static str);

const COLOURS: [NamedColour; 14] = [
    (&["grøn", "green"], "#3A7F3B"),
    (&["mørkegrøn", "darkgreen"], "#1B5E20"),
    (&["blå", "lyseblå", "blue", "lightblue"], "#1F5FA8"),
    (&["mørkeblå", "marineblå", "darkblue", "navy"], "#1B3A6B"),
    (&["turkis", "petroleum", "turquoise", "teal"], "#1F7373"),
    (&["rød", "red"], "#B3261E"),
    (&["mørkerød", "bordeaux", "darkred", "burgundy"], "#7A1F2B"),
    (&["pink", "lyserød", "magenta"], "#B4236A"),
    (&["lilla", "violet", "purple"], "#6B3FA0"),
    (&["orange"], "#B94C09"),
    (&["gul", "yellow"], "#856200"),
    (&["brun", "brown"], "#7A4A21"),
    (&["grå", "grey", "gray"], "#5F6368"),
    (&["sort", "black"], "#222222"),
];

/// The colour that a Danish or English name means.
pub(crate) fn named(name: &str) -> Option<Colour> {
    // `mørk blå` means what `mørkeblå` means.
    let name = name.to_lowercase().replace("mørk ", "mørke").replace("lys ", "lyse");
    let name: String = name.chars().filter(|sign| !sign.is_whitespace() && *sign != '-').collect();
    let digits = COLOURS.iter().find(|(names, _)| names.contains(&name.as_str()))?.1;
    Colour::parse(digits)
}

/// Whether a name is that of a light colour, for which a darker one is used.
pub(crate) fn is_light(name: &str) -> bool {
    let name = name.to_lowercase();
    ["gul", "yellow", "orange"].contains(&name.trim())
        || name.trim().starts_with("lys")
        || name.trim().starts_with("light")
}

/// Every name, for suggestions.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    COLOURS.iter().flat_map(|(names, _)| names.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edition::colour::READABLE;

    #[test]
    fn every_named_colour_is_readable_on_white() {
        let unreadable = |name: &&str| named(name).is_none_or(|colour| colour.contrast(Colour::WHITE) < READABLE);
        assert_eq!(names().filter(unreadable).collect::<Vec<_>>(), Vec::<&str>::new());
        assert_eq!(named("Mørk blå"), Colour::parse("#1B3A6B"));
        assert_eq!(named("hvid"), None);
    }
}
