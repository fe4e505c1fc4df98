//! The meaning of columns and keys of lists of people.

use std::fmt;

use crate::people::person::fold;

/// What a column of a list, or a key of a person in YAML, holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Column {
    /// The address.
    Email,
    /// The full name.
    Name,
    /// The first name.
    FirstName,
    /// The last name.
    LastName,
    /// The language they chose.
    Lang,
    /// A part of their consent.
    Consent(ConsentColumn),
    /// Any other field, by its name.
    Own(String),
}

/// A part of a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ConsentColumn {
    /// On what basis.
    Basis,
    /// The date.
    At,
    /// Where it is recorded.
    Source,
    /// The version of the text that they consented to.
    Text,
}

/// The headers in exports of Danish and international systems, without case, spaces and punctuation.
const KNOWN: [(Column, &[&str]); 9] = [
    (
        Column::Email,
        &[
            "email",
            "mail",
            "emailaddress",
            "emailadresse",
            "mailaddress",
            "mailadresse",
            "epost",
            "epostadresse",
            "primaryemail",
            "subscriberemail",
        ],
    ),
    (Column::Name, &["name", "navn", "fullname", "fuldenavn", "fuldtnavn"]),
    (Column::FirstName, &["firstname", "fname", "fornavn", "fornavne", "givenname"]),
    (Column::LastName, &["lastname", "lname", "efternavn", "efternavne", "surname", "familyname"]),
    (Column::Lang, &["lang", "language", "sprog", "locale"]),
    (Column::Consent(ConsentColumn::Basis), &["consent", "consentbasis", "samtykke", "samtykkegrundlag"]),
    (Column::Consent(ConsentColumn::At), &["consentat", "consentdate", "samtykkedato"]),
    (Column::Consent(ConsentColumn::Source), &["consentsource", "samtykkekilde"]),
    (Column::Consent(ConsentColumn::Text), &["consenttext", "samtykketekst"]),
];

impl Column {
    /// The meaning of a header or key, in any case and with any punctuation; `None` if it is empty.
    pub(crate) fn named(header: &str) -> Option<Self> {
        let header = fold(header.trim());
        let letters: String = header.chars().filter(|letter| letter.is_alphanumeric()).collect();
        let known = KNOWN.iter().find(|(_, names)| names.contains(&letters.as_str()));
        match known {
            Some((column, _)) => Some(column.clone()),
            None if letters.is_empty() => None,
            None => Some(Self::Own(identifier(&header))),
        }
    }

    /// The name of the field in rules and templates.
    pub(crate) fn field(&self) -> &str {
        match self {
            Self::Email => "email",
            Self::Name => "name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Lang => "lang",
            Self::Consent(ConsentColumn::Basis) => "consent",
            Self::Consent(ConsentColumn::At) => "consent_at",
            Self::Consent(ConsentColumn::Source) => "consent_source",
            Self::Consent(ConsentColumn::Text) => "consent_text",
            Self::Own(name) => name,
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field())
    }
}

/// A name that templates and rules can use: `Antal borgere (2026)` becomes `antal_borgere_2026`.
fn identifier(header: &str) -> String {
    let words: Vec<&str> =
        header.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = words.join("_");
    // A template would read a name that begins with a digit as a number.
    if name.starts_with(char::is_numeric) { format!("_{name}") } else { name }
}
