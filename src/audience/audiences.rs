//! The audiences of a project.

use std::collections::{BTreeMap, BTreeSet};

use crate::audience::AudienceId;
use crate::audience::file::Audience;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::nearest::{nearest, suggestion};
use crate::base::source::span::Spanned;

/// The audiences of a project.
#[derive(Clone, Debug, Default)]
pub struct Audiences {
    read: BTreeMap<AudienceId, Audience>,
    invalid: BTreeSet<AudienceId>,
}

impl Audiences {
    /// The audience of this name.
    pub fn named(&self, id: &AudienceId) -> Option<&Audience> {
        self.read.get(id)
    }

    /// The audiences, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Audience> {
        self.read.values()
    }

    /// Adds an audience whose file has errors, of which only the name is known.
    pub fn insert_invalid(&mut self, id: AudienceId) {
        self.invalid.insert(id);
    }

    /// Whether it has a file, valid or not.
    pub fn contains(&self, id: &AudienceId) -> bool {
        self.read.contains_key(id) || self.invalid.contains(id)
    }

    /// The audience that people call by this name, which is not its name in issues.
    pub fn called(&self, name: &str) -> Option<&Audience> {
        let name = name.trim().to_lowercase();
        self.iter().find(|audience| audience.name.trim().to_lowercase() == name)
    }

    /// What to write instead of a name that no audience has: the audience that was probably meant, or else those there are.
    pub fn hint_for_unknown(&self, typed: &str) -> Option<Message> {
        self.meant_by(typed).or_else(|| suggestion(typed, self.ids().map(AudienceId::as_str)))
    }

    /// A name that no audience has. The hint names another audience only if that was probably meant: a letter to the wrong readers
    /// cannot be taken back.
    pub fn unknown(&self, code: Code, name: &Spanned<AudienceId>) -> Diagnostic {
        let typed = &name.value;
        let hint = self.meant_by(typed.as_str()).unwrap_or_else(|| {
            let known = suggestion(typed.as_str(), self.ids().map(AudienceId::as_str));
            let known = known.map(|known| message!("{known}; ", "{known}; ")).unwrap_or_default();
            message!(
                "{known}a new audience needs a file of its own, {typed}.yaml",
                "{known}en ny målgruppe skal have sin egen fil, {typed}.yaml"
            )
        });
        let message = message!("unknown audience `{typed}`", "ukendt målgruppe `{typed}`");
        Diagnostic::error(code, message).at(name.place.clone()).hint(hint)
    }

    /// The audience that people call so, or whose name resembles it.
    fn meant_by(&self, typed: &str) -> Option<Message> {
        if let Some(Audience { id, name, .. }) = self.called(typed) {
            return Some(message!(
                "{name} is the audience `{id}`: write `{id}`",
                "{name} er målgruppen `{id}`: skriv `{id}`"
            ));
        }
        let near = nearest(typed, self.ids().map(AudienceId::as_str))?;
        suggestion(typed, [near])
    }

    /// The name of each audience with a file, valid or not.
    pub fn ids(&self) -> impl Iterator<Item = &AudienceId> {
        self.read.keys().chain(&self.invalid)
    }
}

impl FromIterator<Audience> for Audiences {
    fn from_iter<I: IntoIterator<Item = Audience>>(audiences: I) -> Self {
        let read = audiences.into_iter().map(|audience| (audience.id.clone(), audience)).collect();
        Self { read, invalid: BTreeSet::new() }
    }
}
