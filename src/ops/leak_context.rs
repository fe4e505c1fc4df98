//! What the guard against leaks has to know of a project.

use std::sync::Arc;

use crate::base::source::span::Spanned;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::texts::TextSource;
use crate::letter::leak::{self, LeakGuard};
use crate::letter::plan::PlannedLetter;
use crate::ops::prepared_issue::PreparedIssue;
use crate::people::person::Localised;
use crate::people::person::address_checks::AddressError;
use crate::people::person::mailbox::Mailbox;

impl PreparedIssue<'_> {
    /// The guard of this issue's letters.
    pub fn guard(&self) -> LeakGuard {
        let named = leak::tables(&self.issue).into_iter();
        let tables = named.filter_map(|name| self.texts.table(&name).ok().map(|table| (name, table))).collect();
        LeakGuard { issue: self.issue.clone(), keys: self.keys.clone(), tables, common_texts: self.common_texts() }
    }

    /// Texts that any letter of the project may hold.
    fn common_texts(&self) -> Vec<String> {
        let settings = self.project.settings();
        let mailbox = |mailbox: &Mailbox| format!("{} {}", mailbox.name.as_deref().unwrap_or(""), mailbox.address);
        let mut texts = vec![settings.name.clone(), settings.postal_address.clone(), mailbox(self.from())];
        texts.extend(settings.reply_to.iter().chain(&self.issue.front.reply_to).map(mailbox));
        texts.extend(settings.bounces_to.iter().map(ToString::to_string));
        texts.extend(settings.unsubscribe.mailto.iter().map(ToString::to_string));
        texts.extend(settings.unsubscribe.url.iter().cloned());
        let links = settings.brand.links.iter();
        texts.extend(links.flat_map(|link| all(&link.text).chain([link.url.value.clone()]).collect::<Vec<_>>()));
        let greetings = settings.greeting.iter().flat_map(|greetings| greetings.value.values());
        texts.extend(greetings.flat_map(|greeting| [greeting.with_name.clone(), greeting.without_name.clone()]));
        for audience in self.audiences.iter() {
            texts.push(audience.name.clone());
            texts.extend(all(&audience.reason));
        }
        texts.extend(self.theme.texts().map(str::to_owned));
        texts
    }

    /// A letter to an invented reader of each edition.
    ///
    /// # Errors
    ///
    /// Never: the address that is invented is one.
    pub fn invented_letters(&self) -> Result<Vec<PlannedLetter>, AddressError> {
        let letter = |key: &EditionKey| {
            Ok(PlannedLetter {
                person: Arc::clone(&self.invented(key)?),
                audience: key.audience.clone(),
                edition: key.id(),
                message_id: "<invented@check.example>".to_owned(),
            })
        };
        self.keys.values().map(letter).collect()
    }
}

/// A text in every language.
fn all(text: &Localised) -> impl Iterator<Item = String> {
    let texts: Vec<&Spanned<String>> = match text {
        Localised::Same(text) => vec![text],
        Localised::PerLang(all) => all.values().collect(),
    };
    texts.into_iter().map(|text| text.value.clone())
}
