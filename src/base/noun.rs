//! Nouns with their plurals, for the numbers in messages.

use crate::base::message::{Message, composed};

/// What is counted: a noun, perhaps with what describes it.
#[derive(Clone, Debug)]
pub(crate) struct Noun {
    one: Message,
    several: Message,
}

impl Noun {
    /// A noun: singular and plural in English, then in Danish.
    const fn new(first: [&'static str; 2], second: [&'static str; 2]) -> Self {
        Self { one: Message::fixed(first[0], second[0]), several: Message::fixed(first[1], second[1]) }
    }

    /// A number of it: `1 letter`, `2 letters`.
    pub(crate) fn count(&self, number: u64) -> Message {
        let word = if number == 1 { &self.one } else { &self.several };
        composed!("{number} {word}")
    }

    /// The plural alone, where its number is elsewhere.
    pub(crate) fn plural(&self) -> &Message {
        &self.several
    }
}

pub(crate) const ADDRESS: Noun = Noun::new(["address", "addresses"], ["adresse", "adresser"]);
pub(crate) const ATTEMPT: Noun = Noun::new(["attempt", "attempts"], ["forsøg", "forsøg"]);
pub(crate) const AUTOMATIC_MESSAGE: Noun =
    Noun::new(["automatic message", "automatic messages"], ["automatisk mail", "automatiske mails"]);
pub(crate) const CARD: Noun = Noun::new(["card", "cards"], ["kort", "kort"]);
pub(crate) const COMPLAINT: Noun = Noun::new(["complaint", "complaints"], ["klage over spam", "klager over spam"]);
pub(crate) const CONNECTION: Noun = Noun::new(["connection", "connections"], ["forbindelse", "forbindelser"]);
pub(crate) const DAY: Noun = Noun::new(["day", "days"], ["dag", "dage"]);
pub(crate) const DOMAIN: Noun = Noun::new(["domain", "domains"], ["domæne", "domæner"]);
pub(crate) const EDITION: Noun = Noun::new(["edition", "editions"], ["udgave", "udgaver"]);
pub(crate) const ENTRY: Noun = Noun::new(["entry", "entries"], ["punkt", "punkter"]);
pub(crate) const ERROR: Noun = Noun::new(["error", "errors"], ["fejl", "fejl"]);
pub(crate) const EVENT: Noun = Noun::new(["event", "events"], ["arrangement", "arrangementer"]);
pub(crate) const FILE: Noun = Noun::new(["file", "files"], ["fil", "filer"]);
pub(crate) const HOUR: Noun = Noun::new(["hour", "hours"], ["time", "timer"]);
pub(crate) const ISSUE: Noun = Noun::new(["issue", "issues"], ["nyhedsbrev", "nyhedsbreve"]);
pub(crate) const ITEM: Noun = Noun::new(["item", "items"], ["indlæg", "indlæg"]);
pub(crate) const LETTER: Noun = Noun::new(["letter", "letters"], ["mail", "mails"]);
pub(crate) const LINK: Noun = Noun::new(["link", "links"], ["link", "links"]);
pub(crate) const MEMBER: Noun = Noun::new(["member", "members"], ["medlem", "medlemmer"]);
pub(crate) const MINUTE: Noun = Noun::new(["minute", "minutes"], ["minut", "minutter"]);
pub(crate) const NEW_ITEM: Noun = Noun::new(["new item", "new items"], ["nyt indlæg", "nye indlæg"]);
pub(crate) const NEW_PICTURE: Noun = Noun::new(["new picture", "new pictures"], ["nyt billede", "nye billeder"]);
pub(crate) const OLDER_ITEM: Noun = Noun::new(["older item", "older items"], ["ældre indlæg", "ældre indlæg"]);
pub(crate) const PACKAGE: Noun = Noun::new(["package", "packages"], ["pakke", "pakker"]);
pub(crate) const PAGE: Noun = Noun::new(["page", "pages"], ["side", "sider"]);
pub(crate) const PLAN: Noun = Noun::new(["plan", "plans"], ["plan", "planer"]);
pub(crate) const PLANNED_LETTER: Noun =
    Noun::new(["planned letter", "planned letters"], ["planlagt mail", "planlagte mails"]);
pub(crate) const READER: Noun = Noun::new(["reader", "readers"], ["læser", "læsere"]);
pub(crate) const RECIPIENT: Noun = Noun::new(["recipient", "recipients"], ["modtager", "modtagere"]);
pub(crate) const REQUEST: Noun = Noun::new(["request", "requests"], ["afmelding", "afmeldinger"]);
pub(crate) const ROW: Noun = Noun::new(["row", "rows"], ["række", "rækker"]);
pub(crate) const SECOND: Noun = Noun::new(["second", "seconds"], ["sekund", "sekunder"]);
pub(crate) const TEXT: Noun = Noun::new(["text", "texts"], ["tekst", "tekster"]);
pub(crate) const UNKNOWN_TOKEN: Noun = Noun::new(["unknown token", "unknown tokens"], ["ukendt kode", "ukendte koder"]);
pub(crate) const WARNING: Noun = Noun::new(["warning", "warnings"], ["advarsel", "advarsler"]);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::message::UserLanguage;

    #[test]
    fn a_number_has_the_form_of_the_noun_that_belongs_to_it() {
        let counted = |number| LETTER.count(number);
        assert_eq!(
            [0, 1, 2].map(|number| counted(number).english().to_owned()),
            ["0 letters", "1 letter", "2 letters"]
        );
        let other = |number| counted(number).in_language(UserLanguage::Danish).to_owned();
        assert_eq!([0, 1, 2].map(other), ["0 mails", "1 mail", "2 mails"]);
    }
}
