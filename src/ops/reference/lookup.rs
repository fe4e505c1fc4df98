//! Finds what a word means: a key, a check or a state.

use crate::base::message::{Message, composed, message};
use crate::base::source::register;
use crate::delivery::ledger::state::LetterState;
use crate::ops::reference::FileKind;
use crate::ops::reference::key::{KeyShape, ReferenceKey};

/// What a word means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// What is explained, such as `smtp.port in newsletter.yaml`.
    pub title: Message,
    /// The explanation, of one or more lines.
    pub text: Message,
}

/// All meanings of a word, in whatever case it is typed. A key may be a path, such as `smtp.port`.
pub fn meanings(word: &str) -> Vec<Meaning> {
    let mut meanings = Vec::new();
    for file in FileKind::ALL {
        each_key(file.keys(), "", &mut |path, key| {
            let is_meant = path.eq_ignore_ascii_case(word) || key.name.eq_ignore_ascii_case(word);
            if is_meant {
                let text = explanation(key);
                meanings.push(Meaning { title: message!("{path} in {}", "{path} i {}", file.title()), text });
            }
        });
    }
    if let Some(check) = register::check(word) {
        let title = composed!("{} · {} · {}", check.code, check.severity, check.title);
        meanings.push(Meaning { title, text: check.text });
    }
    if let Some(state) = LetterState::named(&word.to_lowercase().replace([' ', '-'], "_")) {
        let title = message!("{}, a state of letters", "{}, en tilstand for mails", state.as_str());
        meanings.push(Meaning { title, text: of_state(state) });
    }
    meanings
}

/// Every word that has a meaning, for suggestions.
pub fn words() -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for file in FileKind::ALL {
        each_key(file.keys(), "", &mut |path, key| words.extend([path.to_owned(), key.name.to_owned()]));
    }
    words.extend(register::checks().map(|check| check.code.to_owned()));
    words.extend(LetterState::ALL.map(|state| state.as_str().to_owned()));
    words.sort();
    words.dedup();
    words
}

fn each_key(keys: &[ReferenceKey], above: &str, visit: &mut dyn FnMut(&str, &ReferenceKey)) {
    for key in keys {
        let path = if above.is_empty() { key.name.to_owned() } else { format!("{above}.{}", key.name) };
        visit(&path, key);
        let is_named = matches!(key.shape, KeyShape::Named(_) | KeyShape::NamedTexts(_) | KeyShape::PerLanguage(_));
        let inner = if is_named { format!("{path}.NAME") } else { path };
        each_key(key.shape.keys(), &inner, visit);
    }
}

/// What a key is for, an example, what it can be, and the keys below it.
fn explanation(key: &ReferenceKey) -> Message {
    let purpose = key.purpose();
    let mut lines = vec![composed!("{purpose}.")];
    if let KeyShape::Choice(words) | KeyShape::Choices(words) = key.shape {
        let words = words.join(", ");
        lines.push(message!("One of: {words}", "En af: {words}"));
    }
    if let Some(example) = key.example() {
        let name = key.name;
        lines.push(message!("Example: {name}: {example}", "F.eks.: {name}: {example}"));
    }
    let inner = key.shape.keys().iter().map(|key| key.name).collect::<Vec<_>>().join(", ");
    if !inner.is_empty() {
        lines.push(message!("Keys: {inner}", "Felter: {inner}"));
    }
    Message::joined(lines, "\n")
}

/// What a state means for a letter and its reader.
fn of_state(state: LetterState) -> Message {
    match state {
        LetterState::Planned => message!("Not sent yet.", "Ikke sendt endnu."),
        LetterState::InFlight => message!("Being sent at this moment.", "Ved at blive sendt lige nu."),
        LetterState::Accepted => {
            message!(
                "The relay accepted it. This does not prove that it was read, or that it does not come back later.",
                "Mailserveren har modtaget den. Det viser ikke, at den er læst, eller at den ikke kommer retur senere."
            )
        }
        LetterState::Bounced => message!(
            "The relay accepted it, and a report came back: it did not arrive.",
            "Mailserveren modtog den, og der kom en besked retur: den nåede ikke frem."
        ),
        LetterState::Complained => message!(
            "It arrived, and the recipient reported it as spam.",
            "Den nåede frem, og modtageren meldte den som spam."
        ),
        LetterState::Left => message!(
            "The last letter that the recipient got before unsubscribing.",
            "Den sidste mail, modtageren fik, før afmeldingen."
        ),
        LetterState::Deferred => {
            message!(
                "The relay asked to try again later: `newsletter send` and `run` do so when it is due.",
                "Mailserveren bad om at prøve igen senere: det gør `newsletter send` og `run`, når det er tid."
            )
        }
        LetterState::Refused => message!(
            "The relay refused it permanently. `newsletter status ISSUE --failed` has its reason.",
            "Mailserveren afviste den for altid. `newsletter status NYHEDSBREV --failed` viser grunden."
        ),
        LetterState::InDoubt => {
            message!(
                "The connection broke after the letter and before the relay's reply, so it is unknown whether it arrived.\n\
             It is never sent again unless you say so: `newsletter resolve`.",
                "Forbindelsen røg efter mailen og før mailserverens svar, så ingen ved, om den nåede frem.\n\
                 Den sendes aldrig igen, medmindre du siger det: `newsletter resolve`."
            )
        }
        LetterState::Suppressed => {
            message!(
                "Not sent: the address unsubscribed, bounced or complained. `newsletter suppression list` has it.",
                "Ikke sendt: adressen er afmeldt, kom retur eller klagede. `newsletter suppression list` viser den."
            )
        }
        LetterState::Expired => message!(
            "Still deferred when its time was over, and not sent any more.",
            "Stadig udsat, da tiden var gået, og sendes ikke mere."
        ),
        LetterState::Cancelled => {
            message!("Not sent when the issue was cancelled.", "Ikke sendt, da nyhedsbrevet blev annulleret.")
        }
    }
}
