//! Whether the readers of an issue agreed to be written to, to what, and how long ago.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Span;
use jiff::civil::Date;

use crate::audience::AudienceId;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::people::person::{Consent, Person};

const NONE: Code = Code("NL606");
const OLD: Code = Code("NL607");
const UNKNOWN_TEXT: Code = Code("NL608");

/// How many people a message names before it only counts them.
const NAMED: usize = 3;

/// What is told of readers without a consent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConsentDemand {
    /// A warning, where others of the audience have one: who records it for some has forgotten these.
    #[default]
    Gaps,
    /// A warning.
    Warn,
    /// An error: nothing is sent.
    Stop,
    /// Nothing.
    Silent,
}

impl ConsentDemand {
    /// Each with the word for it in files.
    pub const WORDS: [(&str, Self); 3] = [("true", Self::Stop), ("warn", Self::Warn), ("false", Self::Silent)];
}

/// How long a consent lasts.
#[derive(Clone, Debug)]
pub struct ConsentLifetime {
    /// As the calendar counts it.
    pub span: Span,
    /// As it is written.
    pub written: String,
}

/// What a project demands.
#[derive(Clone, Debug, Default)]
pub struct ConsentPolicy {
    /// What is told of readers without a consent, where their audience says nothing.
    pub demand: ConsentDemand,
    /// How long a consent lasts; absent: for ever.
    pub lifetime: Option<ConsentLifetime>,
    /// The versions of the text that was promised; empty: none is kept.
    pub texts: BTreeSet<String>,
}

/// A look at the readers of an issue, one after the other.
#[derive(Debug)]
pub struct ConsentReview<'a> {
    terms: &'a ConsentPolicy,
    /// The day before which a consent is too old; absent: it lasts for ever.
    oldest: Option<Date>,
    groups: BTreeMap<AudienceId, ConsentTally>,
}

/// The readers that one audience brings in.
#[derive(Debug, Default)]
struct ConsentTally {
    demand: ConsentDemand,
    readers: usize,
    without: NamedCount,
    old: NamedCount,
    unknown: BTreeMap<String, NamedCount>,
}

/// Some people: how many, and who are the first of them.
#[derive(Debug, Default)]
struct NamedCount {
    count: usize,
    named: Vec<String>,
}

impl<'a> ConsentReview<'a> {
    /// A look on a day.
    pub fn new(terms: &'a ConsentPolicy, today: Date) -> Self {
        // A lifetime that goes back to before the first day there is lasts for ever.
        let oldest = terms.lifetime.as_ref().and_then(|it| today.checked_sub(it.span).ok());
        Self { terms, oldest, groups: BTreeMap::new() }
    }

    /// Looks at one more reader, whose audience demands this.
    pub fn add(&mut self, person: &Person, audience: &AudienceId, demand: ConsentDemand) {
        if !self.groups.contains_key(audience) {
            self.groups.insert(audience.clone(), ConsentTally { demand, ..ConsentTally::default() });
        }
        if let Some(group) = self.groups.get_mut(audience) {
            group.add(person, self.oldest, &self.terms.texts);
        }
    }

    /// Which readers have agreed to nothing, too long ago, or to a text that is not kept: a message for each audience,
    /// which counts them.
    pub fn told(&self) -> Diagnostics {
        self.groups.iter().flat_map(|(audience, group)| group.told(audience, self.terms)).collect()
    }
}

impl ConsentTally {
    fn add(&mut self, person: &Person, oldest: Option<Date>, texts: &BTreeSet<String>) {
        self.readers += 1;
        let Some(Consent { at, text, .. }) = person.consent.as_deref() else {
            self.without.add(person);
            return;
        };
        if oldest.is_some_and(|oldest| at.is_none_or(|at| at < oldest)) {
            self.old.add(person);
        }
        if let Some(text) = text.as_deref().filter(|it| !texts.is_empty() && !texts.contains(*it)) {
            self.unknown.entry(text.to_owned()).or_default().add(person);
        }
    }

    fn told(&self, audience: &AudienceId, terms: &ConsentPolicy) -> Vec<Diagnostic> {
        let severity = if self.demand == ConsentDemand::Stop { Severity::Error } else { Severity::Warning };
        let of = format!("of {} readers of {audience}", self.readers);
        let tell = |code, severity, message: String| Diagnostic { severity, ..Diagnostic::error(code, message) };
        let mut told = Vec::new();
        let recorded_for_nobody = self.without.count == self.readers;
        if !(self.without.count == 0 || self.demand == ConsentDemand::Gaps && recorded_for_nobody) {
            let message = format!("no consent is recorded for {} {of}: {}", self.without.count, self.without);
            let hint = "write the ground of each into the list's columns consent, consent_at and consent_source; \
                        require_consent: false in newsletter.yaml or the audience's file, where none is needed";
            told.push(tell(NONE, severity, message).hint(hint));
        }
        if let (Some(lifetime), 1..) = (&terms.lifetime, self.old.count) {
            let old = format!("the consent of {} {of}", self.old.count);
            let message = format!("{old} is older than {}, or of no known day: {}", lifetime.written, self.old);
            let hint = "ask them anew, and write the day of the answer into consent_at";
            told.push(tell(OLD, severity, message).hint(hint));
        }
        for (text, people) in &self.unknown {
            let agreed = format!("{} {of} agreed to the text {text}", people.count);
            let message = format!("{agreed}, which consent_texts does not have: {people}");
            let known = terms.texts.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            let hint = format!("add it to consent_texts in newsletter.yaml, which has: {known}");
            told.push(tell(UNKNOWN_TEXT, Severity::Warning, message).hint(hint));
        }
        told
    }
}

impl NamedCount {
    fn add(&mut self, person: &Person) {
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
            more => write!(f, ", and {more} more"),
        }
    }
}
