//! Parses the answers given when a project is created: each is valid, or an error says what to type instead.

use crate::base::language::Lang;
use crate::base::message::{Message, message};
use crate::base::source::nearest::nearest;
use crate::edition::colour::{Colour, READABLE};
use crate::edition::colour_names;
use crate::people::person::Address;
use crate::people::person::mailbox::Mailbox;

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerFault {
    /// What is wrong, and what to type instead.
    pub message: Message,
    /// A valid answer to suggest; absent: none is known.
    pub instead: Option<String>,
}

impl From<Message> for AnswerFault {
    fn from(message: Message) -> Self {
        Self { message, instead: None }
    }
}

/// The most letters of a name: it is in the footer and in the line of the sender.
const MAX_NAME: usize = 100;
/// The most letters of a postal address.
const MAX_ADDRESS: usize = 300;

/// Refuses characters that no key types by itself, such as the bytes of an arrow key.
///
/// # Errors
///
/// It contains a control character, or one in another encoding than UTF-8.
pub fn line(typed: &str) -> Result<String, AnswerFault> {
    if typed.contains(char::REPLACEMENT_CHARACTER) {
        return Err(message!(
            "the terminal does not send UTF-8: choose UTF-8 in its settings, and type it again",
            "terminalen sender ikke UTF-8: vælg UTF-8 i dens indstillinger, og skriv det igen"
        )
        .into());
    }
    if typed.chars().any(char::is_control) {
        return Err(message!(
            "there is a control character in it, as of an arrow key: type it again",
            "der er et styretegn i, som når man trykker på en piletast: skriv det igen"
        )
        .into());
    }
    Ok(typed.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The name of the sender.
///
/// # Errors
///
/// It is empty, too long, or has characters with a meaning in headers or templates.
pub fn name(typed: &str) -> Result<String, AnswerFault> {
    let name = line(typed)?;
    if !name.chars().any(char::is_alphanumeric) {
        return Err(message!("type a name", "skriv et navn").into());
    }
    if name.contains(['<', '>', '{', '}']) {
        return Err(message!(
            "a name has none of the signs < > {{ }}: leave them out",
            "et navn kan ikke have tegnene < > {{ }}: udelad dem"
        )
        .into());
    }
    within(name, MAX_NAME)
}

/// The sender: an address, or a name and an address; without a name, it gets `name`.
///
/// # Errors
///
/// The address is invalid.
pub fn sender(typed: &str, name: &str) -> Result<Mailbox, AnswerFault> {
    let typed = line(typed)?;
    let typed = typed.strip_prefix("mailto:").unwrap_or(&typed);
    let mailbox = Mailbox::parse(typed)
        .map_err(|error| message!("invalid mail address: {error}", "ugyldig mailadresse: {error}"))?;
    Ok(Mailbox { name: mailbox.name.or_else(|| Some(name.to_owned())), address: mailbox.address })
}

/// The address of a person.
///
/// # Errors
///
/// It is invalid.
pub fn address(typed: &str) -> Result<Address, AnswerFault> {
    let typed = line(typed)?;
    let typed = typed.strip_prefix("mailto:").unwrap_or(&typed);
    Ok(Address::parse(typed)
        .map_err(|error| message!("invalid mail address: {error}", "ugyldig mailadresse: {error}"))?)
}

/// The postal address of the sender.
///
/// # Errors
///
/// It is empty, too long, or a mail address.
pub fn postal_address(typed: &str) -> Result<String, AnswerFault> {
    let address = line(typed)?;
    if !address.chars().any(char::is_alphanumeric) || address.contains('@') {
        return Err(message!(
            "type the street, the postcode and the town: the law requires them at the end of each mail",
            "skriv gade, postnummer og by: loven kræver, at de står nederst i hver mail"
        )
        .into());
    }
    within(address, MAX_ADDRESS)
}

fn within(text: String, most: usize) -> Result<String, AnswerFault> {
    if text.chars().count() > most {
        return Err(message!("it has more than {most} letters", "det er længere end {most} tegn").into());
    }
    Ok(text)
}

/// A colour by its name or its digits, on which white text can be read.
///
/// # Errors
///
/// It is not a colour, or too light.
pub fn colour(typed: &str) -> Result<Colour, AnswerFault> {
    let typed = line(typed)?;
    if let Some(colour) = colour_names::named(&typed) {
        return Ok(colour);
    }
    let Some(colour) = Colour::parse(&typed) else {
        let near = nearest(&typed, colour_names::names()).map(str::to_owned);
        let message = match &near {
            Some(near) => {
                message!("unknown colour `{typed}`: did you mean {near}?", "ukendt farve `{typed}`: mente du {near}?")
            }
            None => message!(
                "unknown colour `{typed}`: type green, blue, red, orange, purple, brown, grey or black, or a code such as #3A7F3B",
                "ukendt farve `{typed}`: skriv grøn, blå, rød, orange, lilla, brun, grå eller sort, eller en kode som #3A7F3B"
            ),
        };
        return Err(AnswerFault { message, instead: near });
    };
    if colour.contrast(Colour::WHITE) < READABLE {
        let near = colour.darkened(&[Colour::WHITE]);
        let message = message!(
            "{colour} is too light for white text on a button; the nearest that can be read is {near}",
            "{colour} er for lys til hvid tekst på en knap; den nærmeste, der kan læses, er {near}"
        );
        return Err(AnswerFault { message, instead: Some(near.to_string()) });
    }
    Ok(colour)
}

/// The note on a colour that is used darker than its name suggests; absent: it is used as typed.
pub fn colour_note(typed: &str) -> Option<Message> {
    let colour = colour_names::named(typed).filter(|_| colour_names::is_light(typed))?;
    let typed = typed.trim();
    Some(message!(
        "{typed}: {colour} is taken, which is dark enough for white text on a button",
        "{typed}: der bruges {colour}, som er mørk nok til hvid tekst på en knap"
    ))
}

/// The user name of a login; a hyphen or a word such as `none` means that there is no login.
///
/// # Errors
///
/// It has a control character.
pub fn username(typed: &str) -> Result<Option<String>, AnswerFault> {
    let name = line(typed)?;
    let is_none = ["", "-", "ingen", "nej", "none", "no"].contains(&name.to_lowercase().as_str());
    Ok(Some(name).filter(|_| !is_none))
}

/// A language by its tag or its name.
///
/// # Errors
///
/// It is not one that letters can be written in.
pub fn lang(typed: &str) -> Result<Lang, AnswerFault> {
    let typed = line(typed)?;
    let known = Lang::known();
    Ok(Lang::parse(&typed).ok_or_else(|| {
        message!("unknown language `{typed}`: type one of {known}", "ukendt sprog `{typed}`: skriv en af {known}")
    })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault<T>(answer: Result<T, AnswerFault>) -> String {
        answer.err().map(|fault| fault.message.english().to_owned()).unwrap_or_default()
    }

    #[test]
    fn a_name_is_taken_as_it_is_typed() {
        for typed in ["Ø & Å: \"foreningen\"", "nej", "# 1", "3F"] {
            assert_eq!(name(typed).as_deref(), Ok(typed));
        }
        assert_eq!(name("  Vores   forening ").as_deref(), Ok("Vores forening"));
        for typed in ["", "  ", "--", "a\u{1b}[D", "Gr\u{fffd}nt", "<b>", "{{ x }}"] {
            assert!(!fault(name(typed)).is_empty(), "{typed:?}");
        }
        assert!(!fault(name(&"å".repeat(101))).is_empty());
    }

    #[test]
    fn a_sender_has_the_name_unless_it_has_its_own() {
        let shown = |typed: &str| sender(typed, "Foreningen").map(|mailbox| mailbox.to_string());
        assert_eq!(shown("nyt@a.example").as_deref(), Ok("Foreningen <nyt@a.example>"));
        assert_eq!(shown("mailto:nyt@a.example").as_deref(), Ok("Foreningen <nyt@a.example>"));
        assert_eq!(shown("Karen <nyt@a.example>").as_deref(), Ok("Karen <nyt@a.example>"));
        assert_eq!(fault(sender("nyt.a.example", "x")), "invalid mail address: the address has no @");
    }

    #[test]
    fn a_colour_that_is_too_light_comes_with_the_nearest_that_is_not() {
        assert_eq!(colour("Blå").map(|colour| colour.to_string()).as_deref(), Ok("#1F5FA8"));
        assert_eq!(colour("3a7f3b").map(|colour| colour.to_string()).as_deref(), Ok("#3A7F3B"));
        let light = colour("#FFCC00").unwrap_err();
        let instead = light.instead.unwrap();
        assert!(colour(&instead).is_ok(), "{instead}");
        assert_eq!(colour("grønn").unwrap_err().instead.as_deref(), Some("grøn"));
    }
}
