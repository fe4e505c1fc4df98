//! The language of a text: any language, including those that the program has no words for.

use std::fmt;

use crate::base::language::Lang;
use crate::base::language::direction::Direction;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::from_text::FromText;

const NO_TAG: Code = Code("NL675");

/// The languages with two letters (ISO 639-1).
const TWO_LETTERS: &str = "\
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu \
fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km \
kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om \
or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr \
ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// The languages that are written from right to left, unless a subtag names a script.
const RIGHT_TO_LEFT: [&str; 12] = ["ar", "arc", "ckb", "dv", "fa", "he", "ks", "prs", "ps", "sd", "ur", "yi"];

/// The scripts that are written from right to left (ISO 15924).
const RIGHT_TO_LEFT_SCRIPTS: [&str; 10] =
    ["Adlm", "Arab", "Aran", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"];

/// Languages that the program has no words for, with the language whose words their readers are most likely to
/// understand: the written neighbour, or the other language of the country.
const NEAREST: [(&str, &str); 9] = [
    ("bar", "de"),
    ("fo", "da"),
    ("gsw", "de"),
    ("kl", "da"),
    ("lb", "de"),
    ("nds", "de"),
    ("nn", "nb"),
    ("se", "nb"),
    ("sma", "nb"),
];

/// The tag of a language (BCP 47, RFC 5646), as `lang="…"` has it: `pl`, `de-AT`, `zh-Hant`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageTag(String);

impl LanguageTag {
    /// Reads a tag, or a word that means a language of the program, such as `dansk`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        // What only looks like a tag must not be read by its first letters alone.
        Self::of_subtags(text).or_else(|| Lang::parse(text).filter(|_| !text.contains(['-', '_'])).map(Self::from))
    }

    fn of_subtags(text: &str) -> Option<Self> {
        let mut subtags = text.split(['-', '_']);
        let primary = subtags.next()?.to_ascii_lowercase();
        let is_known = match primary.len() {
            2 => TWO_LETTERS.split(' ').any(|known| known == primary),
            // Three letters of a language that has two, such as `dan`, are read as the name of that language.
            3 => primary.bytes().all(|byte| byte.is_ascii_lowercase()) && Lang::parse(&primary).is_none(),
            _ => false,
        };
        // Norwegian without more is bokmål, which most Norwegians write.
        let mut tag = if primary == "no" { "nb".to_owned() } else { primary };
        // After a singleton, as in `ar-u-nu-latn`, a subtag is not a country or script.
        let mut is_extension = false;
        for subtag in subtags {
            if !is_known || !(1..=8).contains(&subtag.len()) || !subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
            {
                return None;
            }
            tag.push('-');
            is_extension |= subtag.len() == 1;
            tag.push_str(&if is_extension { subtag.to_ascii_lowercase() } else { canonical(subtag) });
        }
        is_known.then_some(Self(tag))
    }

    /// Reads the part of a file's name that says its language: `pl`, `pt-BR`, `zh-Hant`, `engelsk`. Three letters alone
    /// are not a tag, unless they are a known word for a language: `nyt.old.md` is not a translation.
    pub fn of_file_name(text: &str) -> Option<Self> {
        let (primary, rest) = text.split_once(['-', '_']).unwrap_or((text, ""));
        let is_letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let is_region_or_script = match rest.len() {
            0 => true,
            2 => is_letters(rest),
            4 => is_letters(rest) && rest.starts_with(|letter: char| letter.is_ascii_uppercase()),
            _ => false,
        };
        let is_language = primary.len() == 2 || Lang::parse(primary).is_some();
        Self::parse(text).filter(|_| is_region_or_script && is_language)
    }

    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }

    /// The language whose words are nearest to this one; none where no language is near.
    pub fn nearest(&self) -> Option<Lang> {
        let neighbour = NEAREST.iter().find(|(language, _)| *language == self.primary()).map(|(_, nearest)| *nearest);
        let wanted = neighbour.unwrap_or_else(|| self.primary());
        Lang::ALL.into_iter().find(|lang| lang.tag() == wanted)
    }

    /// The direction of its script; none where that is not known from the tag.
    pub fn direction(&self) -> Option<Direction> {
        // A script follows the language and at most one extended language (RFC 5646, section 2.2.3).
        let mut subtags = self.0.split('-').skip(1).take(2).take_while(|subtag| subtag.len() > 1);
        let is_script = |subtag: &str| subtag.len() == 4 && subtag.bytes().all(|byte| byte.is_ascii_alphabetic());
        match subtags.find(|subtag| is_script(subtag)) {
            Some(script) if RIGHT_TO_LEFT_SCRIPTS.contains(&script) => Some(Direction::RightToLeft),
            Some(_) => Some(Direction::LeftToRight),
            None if RIGHT_TO_LEFT.contains(&self.primary()) => Some(Direction::RightToLeft),
            None => None,
        }
    }
}

impl From<Lang> for LanguageTag {
    fn from(lang: Lang) -> Self {
        Self(lang.tag().to_owned())
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromText for LanguageTag {
    fn from_text(text: &str, key: &str) -> Result<Self, Box<Diagnostic>> {
        let invalid = || {
            Diagnostic::error(NO_TAG, message!("`{text}` is not a valid language", "`{text}` er ikke et gyldigt sprog"))
                .hint(message!(
                    "write the tag of a language, such as `{key}: {}` or `{key}: pl`",
                    "skriv koden for et sprog, f.eks. `{key}: {}` eller `{key}: pl`",
                    Lang::default()
                ))
        };
        Self::parse(text).ok_or_else(|| Box::new(invalid()))
    }
}

/// A subtag in the case in which it is usually written (RFC 5646, section 2.1.1): `DK`, `Latn`.
fn canonical(subtag: &str) -> String {
    let lower = subtag.to_ascii_lowercase();
    match lower.len() {
        2 => lower.to_ascii_uppercase(),
        4 if lower.bytes().all(|byte| byte.is_ascii_lowercase()) => {
            let (first, rest) = lower.split_at(1);
            first.to_ascii_uppercase() + rest
        }
        _ => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_language_has_a_tag() {
        for (text, tag, nearest) in [
            ("pl", "pl", None),
            ("DE-at", "de-AT", Some("de")),
            ("en_GB", "en-GB", Some("en")),
            ("Dansk", "da", Some("da")),
            ("dan", "da", Some("da")),
            ("no", "nb", Some("nb")),
            ("nn-NO", "nn-NO", Some("nb")),
            ("kl", "kl", Some("da")),
            ("uk", "uk", None),
            ("sr-latn-rs", "sr-Latn-RS", None),
            ("sma", "sma", Some("nb")),
            ("AR-u-NU-LATN", "ar-u-nu-latn", None),
            ("de-Latn-at-X-Wien-AB", "de-Latn-AT-x-wien-ab", Some("de")),
        ] {
            let parsed = LanguageTag::parse(text).unwrap();
            assert_eq!((parsed.as_str(), parsed.nearest().map(Lang::tag)), (tag, nearest), "{text}");
        }
        for text in ["", "xx", "polski", "pl-", "da-æ", "-", "d", "1"] {
            assert_eq!(LanguageTag::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_direction_is_that_of_the_script() {
        let direction = |text: &str| LanguageTag::parse(text).and_then(|tag| tag.direction());
        for text in [
            "ar",
            "ur-PK",
            "az-Arab",
            "ur-Aran",
            "ff-Adlm",
            "nqo-Nkoo",
            "ar-u-nu-latn",
            "ar-EG-u-nu-latn",
            "ar-x-latn",
            "zh-yue-Arab",
            "ar-EG-1994",
        ] {
            assert_eq!(direction(text), Some(Direction::RightToLeft), "{text}");
        }
        assert_eq!([direction("ar-Latn"), direction("da")], [Some(Direction::LeftToRight), None]);
    }
}
