//! What a column or a key of a list of people means.

use std::fmt;

use crate::people::person::fold;

/// What a column of a file, or a key of a recipient, holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Column {
    /// The address.
    Email,
    /// First and last name in one.
    Name,
    /// The first name.
    FirstName,
    /// The last name.
    LastName,
    /// The language they chose.
    Lang,
    /// Why they may be written to, or a part of that.
    Consent(ConsentColumn),
    /// A field of the user's own, by its name.
    Own(String),
}

/// What a column says of somebody's consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ConsentColumn {
    /// The ground.
    Basis,
    /// The day.
    At,
    /// Where it is written down.
    Source,
    /// The version of the text.
    Text,
}

/// The headers that Danish and common systems export, without spaces and punctuation.
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
    /// What a header or key means, in any case and with any punctuation; none where it is empty.
    pub(crate) fn named(header: &str) -> Option<Self> {
        let header = fold(header.trim());
        let letters: String = header.chars().filter(|it| it.is_alphanumeric()).collect();
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

/// A name that templates and rules can use: `Antal borgere (2026)` is `antal_borgere_2026`.
fn identifier(header: &str) -> String {
    let words: Vec<&str> = header.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()).collect();
    let name = words.join("_");
    // A template would read a name that begins with a digit as a number.
    if name.starts_with(|it: char| it.is_numeric()) { format!("_{name}") } else { name }
}
