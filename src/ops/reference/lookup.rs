//! Finds what a word means: a key, a check or a state.

use crate::base::source::register;
use crate::delivery::ledger::state::LetterState;
use crate::ops::reference::FileKind;
use crate::ops::reference::key::{KeyShape, ReferenceKey};

/// What a word means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// What is explained, such as `smtp.port in newsletter.yaml`.
    pub title: String,
    /// The explanation, of one or more lines.
    pub text: String,
}

/// All meanings of a word, in whatever case it is typed. A key may be a path, such as `smtp.port`.
pub fn meanings(word: &str) -> Vec<Meaning> {
    let mut meanings = Vec::new();
    for file in FileKind::ALL {
        each_key(file.keys(), "", &mut |path, key| {
            let is_meant = path.eq_ignore_ascii_case(word) || key.name.eq_ignore_ascii_case(word);
            if is_meant {
                let text = explanation(key);
                meanings.push(Meaning { title: format!("{path} in {}", file.title()), text });
            }
        });
    }
    if let Some(check) = register::check(word) {
        let title = format!("{} · {} · {}", check.code, check.severity, check.title);
        meanings.push(Meaning { title, text: check.text.to_owned() });
    }
    if let Some(state) = LetterState::named(&word.to_lowercase().replace([' ', '-'], "_")) {
        let title = format!("{}, a state of letters", state.as_str());
        meanings.push(Meaning { title, text: of_state(state).to_owned() });
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
fn explanation(key: &ReferenceKey) -> String {
    let mut lines = vec![format!("{}.", key.about)];
    if let KeyShape::Choice(words) | KeyShape::Choices(words) = key.shape {
        lines.push(format!("One of: {}", words.join(", ")));
    }
    if let Some(example) = key.example() {
        lines.push(format!("Example: {}: {example}", key.name));
    }
    let inner: Vec<&str> = key.shape.keys().iter().map(|key| key.name).collect();
    if !inner.is_empty() {
        lines.push(format!("Keys: {}", inner.join(", ")));
    }
    lines.join("\n")
}

/// What a state means for a letter and its reader.
fn of_state(state: LetterState) -> &'static str {
    match state {
        LetterState::Planned => "Not sent yet.",
        LetterState::InFlight => "Being sent at this moment.",
        LetterState::Accepted => {
            "The relay accepted it. This does not prove that it was read, or that it does not come back later."
        }
        LetterState::Bounced => "The relay accepted it, and a report came back: it did not arrive.",
        LetterState::Complained => "It arrived, and the recipient reported it as spam.",
        LetterState::Left => "The last letter that the recipient got before unsubscribing.",
        LetterState::Deferred => {
            "The relay asked to try again later: `newsletter send` and `run` do so when it is due."
        }
        LetterState::Refused => "The relay refused it permanently. `newsletter status ISSUE --failed` has its reason.",
        LetterState::InDoubt => {
            "The connection broke after the letter and before the relay's reply, so that nobody knows whether it arrived.\n\
             It is never sent again unless you say so: `newsletter resolve`."
        }
        LetterState::Suppressed => {
            "Not sent: the address unsubscribed, bounced or complained. `newsletter suppression list` has it."
        }
        LetterState::Expired => "Still deferred when its time was over, and not sent any more.",
        LetterState::Cancelled => "Not sent when the issue was cancelled.",
    }
}
