//! Which language a browser asks for.

use crate::base::language::Lang;

/// The language that an Accept-Language header prefers among those that the program has; `None` if it names none of them
/// (RFC 9110, section 12.5.4).
pub(super) fn accepted_language(header: &str) -> Option<Lang> {
    let ranges = header.split(',').take(50).filter_map(|range| {
        let mut parts = range.split(';');
        let lang = Lang::parse(parts.next()?)?;
        let quality = parts.find_map(|parameter| parameter.trim().strip_prefix("q="));
        let quality: f32 = quality.map_or(Some(1.0), |quality| quality.trim().parse().ok())?;
        (quality > 0.0).then_some((lang, quality))
    });
    // Among equals the first one counts.
    let best = ranges.reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map(|(lang, _)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_with_the_best_quality_is_chosen() {
        let [danish, english] = [0, 1].map(|at| Lang::ALL[at]);
        for (header, expected) in [
            ("da,en;q=0.8", Some(danish)),
            ("en-GB,en;q=0.9,da;q=0.8", Some(english)),
            ("fi-FI, en;q=0.3, da;q=0.7", Some(danish)),
            ("en;q=0.5,da;q=0.5", Some(english)),
            ("da;q=0, en;q=0.1", Some(english)),
            ("*", None),
            ("fi, fr;q=0.9", None),
            ("da;q=much", None),
            ("", None),
        ] {
            assert_eq!(accepted_language(header), expected, "{header}");
        }
    }
}
