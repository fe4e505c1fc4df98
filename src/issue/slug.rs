//! Names of files, made from titles.

/// A file name that is valid on every system: `Nyt på vej: årsmøde` is `nyt-paa-vej-aarsmoede`.
pub(crate) fn slug(title: &str) -> String {
    let mut slug = String::new();
    for letter in title.chars().flat_map(char::to_lowercase) {
        match letter {
            'æ' | 'ä' => slug.push_str("ae"),
            'ø' | 'ö' => slug.push_str("oe"),
            'å' => slug.push_str("aa"),
            'é' | 'è' => slug.push('e'),
            'ü' => slug.push('u'),
            letter if letter.is_ascii_alphanumeric() => slug.push(letter),
            _ if !slug.ends_with('-') && !slug.is_empty() => slug.push('-'),
            _ => {}
        }
    }
    slug.truncate(60);
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_ascii() {
        assert_eq!(slug("Nyt på vej: årsmøde – æbler & øl!"), "nyt-paa-vej-aarsmoede-aebler-oel");
        assert_eq!(slug("…"), "");
        assert_eq!(slug("../../etc/passwd"), "etc-passwd");
    }
}
