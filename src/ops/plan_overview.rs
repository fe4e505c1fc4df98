//! What a command would send of a plan: shown before it is confirmed.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{BuildHasher, RandomState};

use jiff::Timestamp;
use serde::Serialize;

use crate::audience::AudienceId;
use crate::base::error::Error;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::record::{LetterRecord, PlanId};
use crate::delivery::ledger::state::LetterState;
use crate::edition::compiled::Edition;
use crate::issue::IssueId;
use crate::letter::plan::PlannedLetter;
use crate::ops::prepared_issue::PreparedIssue;
use crate::people::person::suppression_reason::SuppressionReason;
use crate::people::person::{Address, Person};
use crate::people::store::id_set::IdSet;

/// Which letters of a plan a command sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendPart {
    /// Only those to this audience; absent: to all.
    pub audience: Option<AudienceId>,
    /// At most N letters; absent: all.
    pub limit: Option<usize>,
}

impl SendPart {
    fn includes(&self, audience: &AudienceId) -> bool {
        self.audience.as_ref().is_none_or(|only| only == audience)
    }
}

/// The addresses whose letters have an outcome, so that a new plan sends them none. Only hashes are kept: a million
/// addresses take much memory.
#[derive(Debug, Default)]
pub struct SettledAddresses {
    hasher: RandomState,
    hashes: HashSet<u64>,
}

impl SettledAddresses {
    /// Those of a plan that is to be replaced.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub fn of(ledger: &mut dyn Ledger, plan: PlanId) -> Result<Self, Error> {
        let mut settled = Self::default();
        ledger.each_letter(plan, &mut |record| {
            // A letter that was in flight when its run was killed is in doubt: nobody gets a second one.
            let may_have_arrived = record.state == LetterState::InFlight;
            if may_have_arrived || record.state.is_final() && record.state != LetterState::Suppressed {
                let hash = settled.hasher.hash_one(record.letter.person.address.key());
                settled.hashes.insert(hash);
            }
        })?;
        Ok(settled)
    }

    /// Whether an address is one of them.
    pub(crate) fn contains(&self, address: &Address) -> bool {
        !self.hashes.is_empty() && self.hashes.contains(&self.hasher.hash_one(address.key()))
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u64 {
        self.hashes.len() as u64
    }
}

/// A plan at a glance. The names of readers are personal: they are for the screen, and not in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlanOverview {
    /// The letters that are counted as sent now.
    #[serde(skip)]
    pub part: SendPart,
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
    /// How many people get no letter, by the audience that excludes them.
    pub excluded: BTreeMap<String, u64>,
    /// How many letters are sent now.
    pub letters: u64,
    /// How many stay planned, since only a part is sent.
    pub later: u64,
    /// How many are not sent again, since they have an outcome.
    pub settled: u64,
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
    pub(crate) fn of(prepared: &PreparedIssue<'_>, part: SendPart) -> Self {
        let settings = prepared.inputs.project.settings();
        let front = &prepared.inputs.issue.front;
        let links = prepared.editions.values().flat_map(Edition::web_links);
        Self {
            part,
            letters: 0,
            later: 0,
            settled: 0,
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
            excluded: BTreeMap::new(),
        }
    }

    /// Counts a letter that is not sent yet.
    pub(crate) fn add(&mut self, letter: &PlannedLetter) {
        let is_full = self.part.limit.is_some_and(|limit| self.letters >= limit as u64);
        if is_full || !self.part.includes(&letter.audience) {
            self.later += 1;
            return;
        }
        self.letters += 1;
        let reader = name(&letter.person);
        // Of a million letters, few are the first of their edition: only these need a new name.
        if let Some(letters) = self.editions.get_mut(&letter.edition) {
            *letters += 1;
        } else {
            self.editions.insert(letter.edition.clone(), 1);
        }
        if let Some(audience) = self.audiences.get_mut(letter.audience.as_str()) {
            audience.letters += 1;
            audience.last = reader;
        } else {
            let audience = AudienceOverview { letters: 1, first: reader.clone(), last: reader };
            self.audiences.insert(letter.audience.to_string(), audience);
        }
    }

    /// Counts a person who gets no letter.
    pub(crate) fn hold_back(&mut self, audience: &AudienceId, reason: SuppressionReason) {
        if self.part.includes(audience) {
            *self.held_back.entry(reason).or_default() += 1;
        }
    }

    /// Counts the people whom the issue or its audiences exclude, and who get no letter in another audience.
    pub(crate) fn count_excluded(&mut self, prepared: &PreparedIssue<'_>) {
        let (membership, front) = (&prepared.inputs.membership, &prepared.inputs.issue.front);
        let mut seen: IdSet = prepared.selection.recipients().map(|recipient| recipient.address_id()).collect();
        let named = front.audiences.iter().map(|audience| &audience.value);
        for audience in named.filter(|audience| self.part.includes(audience)) {
            let members: Vec<_> = match &prepared.inputs.former {
                Some(former) => former.of(audience).map(|(member, _)| member.address_id()).collect(),
                None => membership.of(audience).map(|member| member.address_id()).collect(),
            };
            for id in members {
                let by = front.exclude.iter().find(|other| membership.contains_id(&other.value, id));
                if let Some(by) = by.filter(|_| seen.insert(id)) {
                    *self.excluded.entry(by.value.to_string()).or_default() += 1;
                }
            }
            for (by, ids) in membership.excluded(audience).iter().filter(|_| prepared.inputs.former.is_none()) {
                let new = ids.iter().filter(|id| seen.insert(*id)).count();
                if new > 0 {
                    *self.excluded.entry(by.to_string()).or_default() += new as u64;
                }
            }
        }
    }
}

/// Counts the letters of a plan that is continued, in the order in which they are tried.
#[derive(Debug)]
pub(crate) struct ContinuedOverview {
    overview: PlanOverview,
    /// Deferred letters, which are tried after those that were never tried. They are kept only if a limit makes the
    /// order matter.
    deferred: Vec<PlannedLetter>,
}

impl ContinuedOverview {
    /// Before any letter is counted.
    pub(crate) fn new(overview: PlanOverview) -> Self {
        Self { overview, deferred: Vec::new() }
    }

    /// Counts a letter.
    pub(crate) fn add(&mut self, record: &LetterRecord) {
        match record.state {
            LetterState::Deferred if self.overview.part.limit.is_some() => self.deferred.push(record.letter.clone()),
            state if !state.is_final() => self.overview.add(&record.letter),
            LetterState::Suppressed => {
                let reason = record.reason.as_ref().and_then(|reason| SuppressionReason::parse(&reason.to_string()));
                self.overview.hold_back(&record.letter.audience, reason.unwrap_or(SuppressionReason::Manual));
            }
            _ => self.overview.settled += 1,
        }
    }

    /// The overview, once all are counted.
    pub(crate) fn end(mut self) -> PlanOverview {
        self.deferred.iter().for_each(|letter| self.overview.add(letter));
        self.overview
    }
}

/// The name of a person, or else their address.
fn name(person: &Person) -> String {
    let field = |name: &str| person.fields.get(name).map(ToString::to_string).filter(|text| !text.trim().is_empty());
    let parts = || {
        let parts: Vec<String> = ["first_name", "last_name"].into_iter().filter_map(field).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    };
    field("name").or_else(parts).unwrap_or_else(|| person.address.to_string())
}

/// The host in a web address, in lower case and without `www.`, which is not needed to recognise it.
pub(crate) fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    // The part before an `@` is a user name, even if it looks like a host.
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
