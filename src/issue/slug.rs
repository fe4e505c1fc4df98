//! Names of files, made from titles.

/// A file name that is valid on every system: `Nyt på vej: årsmøde` is `nyt-paa-vej-aarsmoede`.
pub(crate) fn slug(title: &str) -> String {
    let mut slug = String::new();
    for letter in title.chars().flat_map(char::to_lowercase) {
        match in_ascii(letter) {
            Some(ascii) => slug.push_str(ascii),
            None if letter.is_ascii_alphanumeric() => slug.push(letter),
            None if !slug.ends_with('-') && !slug.is_empty() => slug.push('-'),
            None => {}
        }
    }
    slug.truncate(60);
    slug.trim_end_matches('-').to_owned()
}

/// The name of a heading in lower case and in ASCII, as far as its letters have a usual spelling there: `møder` is `moeder`. Mail programs
/// differ in how they encode other letters in `href="#møder"`, and then do not find `id="møder"`.
pub(crate) fn anchor(name: &str) -> String {
    let mut ascii = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match in_ascii(letter) {
            Some(letters) => ascii.push_str(letters),
            None => ascii.push(letter),
        }
    }
    ascii
}

/// How a letter in lower case is usually spelt in ASCII, if it is not ASCII.
fn in_ascii(letter: char) -> Option<&'static str> {
    Some(match letter {
        'æ' | 'ä' => "ae",
        'ø' | 'ö' => "oe",
        'å' => "aa",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'á' | 'à' | 'â' => "a",
        'ó' | 'ò' | 'ô' => "o",
        'í' | 'î' | 'ï' => "i",
        'ü' | 'ú' | 'û' => "u",
        'ß' => "ss",
        'ç' => "c",
        _ => return None,
    })
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
