//! Compares the names of people: some are typed, and Git's depend on the setup of each machine.

use crate::people::person::fold;
use crate::project::git_history::GitPerson;

/// Whether both are one person: by e-mail address, or by name.
pub(super) fn is_same(one: &GitPerson, other: &GitPerson) -> bool {
    let has_same_address = !one.email.is_empty() && fold(&one.email) == fold(&other.email);
    has_same_address || is_same_name(&one.name, &other.name)
}

/// Whether two people are one, each under all names that are known of them.
pub(super) fn have_same(names: &[GitPerson], others: &[GitPerson]) -> bool {
    names.iter().any(|name| others.iter().any(|other| is_same(name, other)))
}

/// Whether two names are spellings of one: case, accents, `ø` for `oe`, and middle names do not matter.
pub(super) fn is_same_name(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(words);
    let ends = |words: &[String]| Some((words.first()?.clone(), words.last()?.clone())).filter(|_| words.len() > 1);
    !one.is_empty() && (one == other || ends(&one).is_some_and(|name| ends(&other) == Some(name)))
}

/// Whether a person is among some, each named by name, e-mail address or both. A middle name is not ignored here, and
/// two addresses must be equal: a comparison that grants a right is stricter than one that denies it.
pub(super) fn is_among(person: &GitPerson, named: &[String]) -> bool {
    named.iter().map(|text| GitPerson::parse(text)).any(|named| {
        if named.email.is_empty() || person.email.is_empty() {
            words(&named.name) == words(&person.name)
        } else {
            fold(&named.email) == fold(&person.email)
        }
    })
}

/// The words of a name, without the differences between spellings.
fn words(name: &str) -> Vec<String> {
    let plain: String = fold(name).chars().flat_map(|sign| plain(sign).chars().collect::<Vec<_>>()).collect();
    plain.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A letter as it is written without a Danish, German or Swedish keyboard.
fn plain(sign: char) -> String {
    match sign {
        'æ' | 'ä' => "ae".to_owned(),
        'ø' | 'ö' => "oe".to_owned(),
        'å' => "aa".to_owned(),
        'ü' => "ue".to_owned(),
        'ß' => "ss".to_owned(),
        'é' | 'è' | 'ê' => "e".to_owned(),
        'á' | 'à' => "a".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(text: &str) -> GitPerson {
        GitPerson::parse(text)
    }

    #[test]
    fn a_person_is_recognised_by_address_or_name() {
        let cases = [
            ("Anna Lund <anna@forening.example>", "anna lund", true),
            ("Anna Lund <anna@forening.example>", "A. L. <ANNA@forening.example>", true),
            ("Søren Ågård <s@a.example>", "Soeren  Aagaard <s@b.example>", true),
            ("Anna Bodil Lund <a@a.example>", "Anna Lund <b@b.example>", true),
            ("Anna Lund <a@a.example>", "Anne Lund <b@b.example>", false),
            ("Anna <a@a.example>", "Anna Lund <b@b.example>", false),
            ("Karen Holm <karen@forening.dk>", "Karen@Forening.dk", true),
            ("karen@forening.dk", "karen@forening.dk", true),
            ("karen@forening.dk", "karen@forening.de", false),
            ("Anna Lund <>", "Karen Holm <>", false),
            ("<>", "<>", false),
        ];
        for (one, other, expected) in cases {
            assert_eq!(is_same(&person(one), &person(other)), expected, "{one} and {other}");
        }
    }

    #[test]
    fn those_who_may_approve_are_named_in_full_or_by_address() {
        let named = ["Karen Holm", "erik@forening.example", "Ida Skov <ida@forening.example>"].map(str::to_owned);
        let known = ["E. Bach <Erik@forening.example>", "erik@forening.example", "ida@forening.example", "Ida Skov"];
        for text in ["karen holm", "KAREN  HOLM <x@x.example>"].iter().chain(&known) {
            assert!(is_among(&person(text), &named), "{text}");
        }
        for text in ["Karen B. Holm", "Karen", "Erik Bach <erik@elsewhere.example>", "Ida Skov <i@x.example>"] {
            assert!(!is_among(&person(text), &named), "{text}");
        }
    }
}
