//! What a new plan would send: shown before anybody confirms it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::edition::compiled::Edition;
use crate::issue::IssueId;
use crate::letter::plan::PlannedLetter;
use crate::ops::prepared_issue::PreparedIssue;
use crate::people::person::Person;
use crate::people::person::suppression_reason::SuppressionReason;

/// A plan at a glance. The names of readers are personal: they are for the screen, and not in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlanOverview {
    /// The issue.
    pub issue: IssueId,
    /// Its subject as it is written, in the language of the issue.
    pub subject: String,
    /// The sender.
    pub from: String,
    /// Where replies go; absent: to the sender.
    pub reply_to: Option<String>,
    /// The relay with its port; absent: letters go to the outbox.
    pub relay: Option<String>,
    /// The time that the issue is scheduled for; absent: it has none.
    pub send_at: Option<Timestamp>,
    /// The hosts that the editions link to.
    pub hosts: BTreeSet<String>,
    /// How many letters each edition has.
    pub editions: BTreeMap<String, u64>,
    /// Who gets the issue, by audience.
    pub audiences: BTreeMap<String, AudienceOverview>,
    /// How many people get no letter, by the reason for it.
    pub held_back: BTreeMap<SuppressionReason, u64>,
}

/// The readers of one audience.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AudienceOverview {
    /// How many letters it gets.
    pub letters: u64,
    /// The first reader, by name, or else by address.
    #[serde(skip)]
    pub first: String,
    /// The last one.
    #[serde(skip)]
    pub last: String,
}

impl PlanOverview {
    /// The overview of a prepared issue, before its letters are counted.
    pub(crate) fn of(prepared: &PreparedIssue<'_>) -> Self {
        let settings = prepared.inputs.project.settings();
        let front = &prepared.inputs.issue.front;
        let links = prepared.editions.values().flat_map(Edition::web_links);
        Self {
            issue: prepared.inputs.issue.id.clone(),
            subject: front
                .subject
                .for_lang(prepared.inputs.native)
                .map(|subject| subject.value.clone())
                .unwrap_or_default(),
            from: prepared.inputs.from().to_string(),
            reply_to: front.reply_to.as_ref().or(settings.reply_to.as_ref()).map(ToString::to_string),
            relay: settings.smtp.as_ref().map(|relay| format!("{}:{}", relay.host, relay.port)),
            send_at: front.send_at,
            hosts: links.filter_map(|link| host(&link.value)).collect(),
            editions: BTreeMap::new(),
            audiences: BTreeMap::new(),
            held_back: BTreeMap::new(),
        }
    }

    /// Counts a letter that is sent.
    pub(crate) fn add(&mut self, letter: &PlannedLetter) {
        *self.editions.entry(letter.edition.clone()).or_default() += 1;
        let reader = name(&letter.person);
        let audience = self.audiences.entry(letter.audience.to_string()).or_insert_with(|| AudienceOverview {
            letters: 0,
            first: reader.clone(),
            last: String::new(),
        });
        audience.letters += 1;
        audience.last = reader;
    }

    /// Counts a person who gets no letter.
    pub(crate) fn hold_back(&mut self, reason: SuppressionReason) {
        *self.held_back.entry(reason).or_default() += 1;
    }

    /// How many letters are sent.
    pub fn letters(&self) -> u64 {
        self.editions.values().sum()
    }
}

/// The name of a person, or else their address.
fn name(person: &Person) -> String {
    let field = |name: &str| person.fields.get(name).map(ToString::to_string).filter(|text| !text.trim().is_empty());
    let parts: Vec<String> = ["first_name", "last_name"].into_iter().filter_map(field).collect();
    let parts = if parts.is_empty() { None } else { Some(parts.join(" ")) };
    field("name").or(parts).unwrap_or_else(|| person.address.to_string())
}

/// The host in a web address, in lower case and without `www.`, which nobody needs to recognise it.
pub(crate) fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    // What is before an `@` is a user's name, however much it looks like a host.
    let host = authority.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let host = host.split_once(':').map_or(host.as_str(), |(host, _)| host);
    let host = host.strip_prefix("www.").unwrap_or(host);
    Some(host.to_owned()).filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_an_address() {
        for (url, expected) in [
            ("https://www.Forening.example/maj?x=1", Some("forening.example")),
            ("http://forening.example:8080", Some("forening.example")),
            ("https://bank.example@ondt.example/login", Some("ondt.example")),
            ("https://forening.example#a", Some("forening.example")),
            ("https:///maj", None),
            ("mailto:x@y.example", None),
        ] {
            assert_eq!(host(url).as_deref(), expected, "{url}");
        }
    }
}
