//! Checks that the readers of an issue have consented to mail, to which text, and how long ago.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Span;
use jiff::civil::Date;

use crate::audience::AudienceId;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::people::person::{Consent, Person};

const NONE: Code = Code("NL606");
const OLD: Code = Code("NL607");
const UNKNOWN_TEXT: Code = Code("NL608");

/// How many people a message names; the others are only counted.
const NAMED: usize = 3;

/// What to do about readers without a consent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConsentDemand {
    /// Warn if others in the audience have one: the list records consents, and lacks these.
    #[default]
    Gaps,
    /// Warn.
    Warn,
    /// Report an error: nothing is sent.
    Stop,
    /// Report nothing.
    Silent,
}

impl ConsentDemand {
    /// The word for each in files.
    pub const WORDS: [(&str, Self); 3] = [("true", Self::Stop), ("warn", Self::Warn), ("false", Self::Silent)];
}

/// How long a consent lasts.
#[derive(Clone, Debug)]
pub struct ConsentLifetime {
    /// In units of the calendar.
    pub span: Span,
    /// As it is written.
    pub written: String,
}

/// What a project requires of consents.
#[derive(Clone, Debug, Default)]
pub struct ConsentPolicy {
    /// What to do about readers without a consent; an audience may say something else.
    pub demand: ConsentDemand,
    /// How long a consent lasts; absent: for ever.
    pub lifetime: Option<ConsentLifetime>,
    /// The known versions of the text that readers consent to; empty: none is recorded.
    pub texts: BTreeSet<String>,
}

/// Checks the consents of the readers of an issue, one by one.
#[derive(Debug)]
pub struct ConsentReview<'a> {
    policy: &'a ConsentPolicy,
    /// The day before which a consent is too old; absent: it lasts for ever.
    oldest: Option<Date>,
    tallies: BTreeMap<AudienceId, ConsentTally>,
}

/// The readers who get the issue as members of one audience.
#[derive(Debug, Default)]
struct ConsentTally {
    demand: ConsentDemand,
    readers: usize,
    without: NamedCount,
    old: NamedCount,
    /// By the unknown text that they agreed to.
    unknown: BTreeMap<String, NamedCount>,
}

/// A number of people, with the first few of them.
#[derive(Debug, Default)]
pub(crate) struct NamedCount {
    pub(crate) count: usize,
    named: Vec<String>,
}

impl<'a> ConsentReview<'a> {
    /// A review on a day.
    pub fn new(policy: &'a ConsentPolicy, today: Date) -> Self {
        // A lifetime that reaches back before the first day of the calendar lasts for ever.
        let oldest = policy.lifetime.as_ref().and_then(|lifetime| today.checked_sub(lifetime.span).ok());
        Self { policy, oldest, tallies: BTreeMap::new() }
    }

    /// Checks one more reader; `demand` is that of their audience.
    pub fn add(&mut self, person: &Person, audience: &AudienceId, demand: ConsentDemand) {
        let tally = || ConsentTally { demand, ..ConsentTally::default() };
        self.tallies.entry(audience.clone()).or_insert_with(tally).add(person, self.oldest, &self.policy.texts);
    }

    /// The readers without a consent, with an old one, or one to an unknown text: one message each per audience.
    pub fn diagnostics(&self) -> Diagnostics {
        self.tallies.iter().flat_map(|(audience, tally)| tally.diagnostics(audience, self.policy)).collect()
    }
}

impl ConsentTally {
    fn add(&mut self, person: &Person, oldest: Option<Date>, texts: &BTreeSet<String>) {
        self.readers += 1;
        let Some(Consent { at, text, .. }) = person.consent.as_deref() else {
            self.without.add(person);
            return;
        };
        // A consent without a date may be of any age, so it counts as old.
        if oldest.is_some_and(|oldest| at.is_none_or(|at| at < oldest)) {
            self.old.add(person);
        }
        if let Some(text) = text.as_deref().filter(|text| !texts.is_empty() && !texts.contains(*text)) {
            self.unknown.entry(text.to_owned()).or_default().add(person);
        }
    }

    fn diagnostics(&self, audience: &AudienceId, policy: &ConsentPolicy) -> Vec<Diagnostic> {
        let severity = if self.demand == ConsentDemand::Stop { Severity::Error } else { Severity::Warning };
        let of = message!("of {} readers of {audience}", "af {} læsere i {audience}", self.readers);
        let diagnostic = |code, severity, message: Message| Diagnostic { severity, ..Diagnostic::error(code, message) };
        let mut diagnostics = Vec::new();
        let nobody_has_one = self.without.count == self.readers;
        if self.without.count > 0 && !(self.demand == ConsentDemand::Gaps && nobody_has_one) {
            let message = message!(
                "no consent is recorded for {} {of}: {}",
                "der er intet samtykke fra {} {of}: {}",
                self.without.count,
                self.without
            );
            let hint = message!(
                "fill in the list's columns consent, consent_at and consent_source; if no consent is needed, write require_consent: false in newsletter.yaml or the audience's file",
                "udfyld listens kolonner consent, consent_at og consent_source; er samtykke ikke nødvendigt, så skriv require_consent: false i newsletter.yaml eller målgruppens fil"
            );
            diagnostics.push(diagnostic(NONE, severity, message).hint(hint));
        }
        if let (Some(lifetime), 1..) = (&policy.lifetime, self.old.count) {
            let old = message!("the consent of {} {of}", "samtykket fra {} {of}", self.old.count);
            let message = message!(
                "{old} is older than {}, or has no date: {}",
                "{old} er ældre end `consent_expires: {}` eller har ingen dato: {}",
                lifetime.written,
                self.old
            );
            let hint = message!(
                "ask for it again, and write the day of the answer into consent_at",
                "spørg igen, og skriv dagen for svaret i consent_at"
            );
            diagnostics.push(diagnostic(OLD, severity, message).hint(hint));
        }
        for (text, people) in &self.unknown {
            let agreed =
                message!("{} {of} agreed to the text {text}", "{} {of} sagde ja til teksten {text}", people.count);
            let message = message!(
                "{agreed}, which is not in consent_texts: {people}",
                "{agreed}, som ikke står i consent_texts: {people}"
            );
            let known = policy.texts.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            let hint = message!(
                "add it to consent_texts in newsletter.yaml, which has: {known}",
                "tilføj den til consent_texts i newsletter.yaml, som har: {known}"
            );
            diagnostics.push(diagnostic(UNKNOWN_TEXT, Severity::Warning, message).hint(hint));
        }
        diagnostics
    }
}

impl NamedCount {
    /// Counts one more.
    pub(crate) fn add(&mut self, person: &Person) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(format!("{} ({})", person.address, person.origin));
        }
    }
}

/// The first few, and how many more there are.
impl fmt::Display for NamedCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.named.join(", "))?;
        match self.count - self.named.len() {
            0 => Ok(()),
            more => message!(", and {more} more", " og {more} mere").fmt(f),
        }
    }
}
