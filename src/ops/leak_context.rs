//! The context that the leak guard needs from a project.

use crate::base::language::Lang;
use crate::base::source::span::Spanned;
use crate::edition::issue_line::IssueLine;
use crate::issue::manuscript::texts::TextSource;
use crate::letter::complete::CompletenessGuard;
use crate::letter::leak::{self, LeakGuard};
use crate::ops::issue_inputs::IssueInputs;
use crate::ops::prepared_issue::PreparedIssue;
use crate::people::person::Localised;
use crate::people::person::mailbox::Mailbox;

impl PreparedIssue<'_> {
    /// The guard that checks the letters and pages of this issue.
    pub fn guard(&self) -> LeakGuard {
        let inputs = &self.inputs;
        let names = leak::tables(&inputs.issue).into_iter();
        let tables = names.filter_map(|name| inputs.texts.table(&name).ok().map(|table| (name, table))).collect();
        let keys = self.editions.iter().map(|(id, edition)| (id.clone(), edition.key.clone())).collect();
        LeakGuard { issue: inputs.issue.clone(), keys, tables, common_texts: common_texts(inputs) }
    }

    /// The guard that checks whether the letters of this issue contain all of its text.
    pub fn completeness_guard(&self) -> CompletenessGuard {
        CompletenessGuard { issue: self.inputs.issue.clone(), has_page: self.inputs.site.is_some() }
    }
}

/// Texts that every letter of the project may contain.
fn common_texts(inputs: &IssueInputs<'_>) -> Vec<String> {
    let settings = inputs.project.settings();
    let mailbox = |mailbox: &Mailbox| format!("{} {}", mailbox.name.as_deref().unwrap_or(""), mailbox.address);
    let mut texts = vec![settings.name.clone(), settings.postal_address.clone(), mailbox(inputs.from())];
    texts.extend(settings.reply_to.iter().chain(&inputs.issue.front.reply_to).map(mailbox));
    texts.extend(settings.bounces_to.iter().map(ToString::to_string));
    texts.extend(settings.unsubscribe.mailto.iter().map(ToString::to_string));
    texts.extend(settings.unsubscribe.url.iter().cloned());
    let links = settings.brand.links.iter();
    texts.extend(links.flat_map(|link| all_langs(&link.text).chain([link.url.value.clone()]).collect::<Vec<_>>()));
    let greetings = settings.greeting.iter().flat_map(|greetings| greetings.value.values());
    texts.extend(greetings.flat_map(|greeting| [greeting.with_name.clone(), greeting.without_name.clone()]));
    for audience in inputs.audiences.iter() {
        texts.push(audience.name.clone());
        texts.extend(all_langs(&audience.reason));
    }
    texts.extend(inputs.theme.texts().map(str::to_owned));
    let front = &inputs.issue.front;
    let mastheads = Lang::ALL.map(|lang| IssueLine::of(front, &settings.timezone, lang));
    texts.extend(mastheads.into_iter().map(|line| line.text().to_owned()));
    // If a theme prints the author's values, all readers get them.
    let params = front.params.values().filter(|_| inputs.theme.names("params"));
    texts.extend(params.map(ToString::to_string));
    texts
}

/// A text in every language.
fn all_langs(text: &Localised) -> impl Iterator<Item = String> {
    let texts: Vec<&Spanned<String>> = match text {
        Localised::Same(text) => vec![text],
        Localised::PerLang(texts) => texts.values().collect(),
    };
    texts.into_iter().map(|text| text.value.clone())
}
