//! Counts how many letters a week readers get over all series: letters that were sent, and those of scheduled issues.
//!
//! Readers are counted by the numbers of their addresses, a byte for each of them and week.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::audience::AudienceId;
use crate::audience::audiences::Audiences;
use crate::audience::membership::Membership;
use crate::base::error::Error;
use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::delivery::ledger::suppression::SuppressedAddresses;
use crate::delivery::ledger::tally::LetterTally;
use crate::issue::front_matter;
use crate::issue::series::SeriesId;
use crate::issue::{Issue, IssueId};
use crate::letter::plan::TransportKind;
use crate::ops::former_recipients;
use crate::ops::ledgers;
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::schedule::{RunDecision, SendWindow};
use crate::people::store::address_interner::AddressId;
use crate::people::store::id_set::IdSet;
use crate::project::Project;
use crate::project::resolved_audiences::ResolvedAudiences;
use crate::publish::calendar::busy_week::SuppressedReaders;

const TOO_MANY: Code = Code("NL820");

/// How long before its first letter a plan may have been frozen.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24 * 14);

/// A week from Monday to Sunday (ISO 8601), in the project's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LoadWeek {
    /// The year that the week belongs to, which may differ from that of some of its days.
    pub year: i16,
    /// Its number, from 1 to 53.
    pub week: i8,
}

impl LoadWeek {
    /// The week of a moment.
    pub fn of(moment: Timestamp, zone: &TimeZone) -> Self {
        Self::of_day(moment.to_zoned_datetime(zone.clone()).date())
    }

    /// The week of a day.
    pub fn of_day(day: Date) -> Self {
        let day = day.iso_week_date();
        Self { year: day.year(), week: day.week() }
    }
}

/// What the readers of an audience get in a week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AudienceLoad {
    /// The audience.
    pub audience: AudienceId,
    /// How many of its readers get a letter that week, whichever audience it is for.
    pub readers: u64,
    /// The most letters that one of them gets.
    pub most: u8,
    /// How many get more letters than `per_week` allows; absent: it is not set.
    pub over: Option<u64>,
}

/// A week in which readers get letters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WeekLoad {
    /// The week.
    #[serde(flatten)]
    pub week: LoadWeek,
    /// The issues that were sent or are planned.
    pub issues: Vec<IssueId>,
    /// The audiences whose readers get letters, by name.
    pub audiences: Vec<AudienceLoad>,
}

/// Readers whom an issue would bring above the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExceededLimit {
    /// The week in which it is sent.
    pub week: LoadWeek,
    /// How many letters a week `per_week` allows.
    pub limit: u64,
    /// How many of its recipients would get more.
    pub over: u64,
    /// All its recipients.
    pub recipients: u64,
    /// Whether suppressed readers are among them.
    pub suppressed: SuppressedReaders,
}

/// The weeks with letters, and how they were counted.
#[derive(Debug)]
pub struct CountedWeeks {
    /// The weeks in which something was sent or is planned, in their order.
    pub weeks: Vec<WeekLoad>,
    /// Whether suppressed readers are among those of planned letters.
    pub suppressed: SuppressedReaders,
    /// The problems of audiences and lists.
    pub diagnostics: Diagnostics,
}

/// A letter that is promised for a week, and that no issue has a `send_at` for.
#[derive(Debug)]
pub(crate) struct PromisedLetter<'a> {
    /// The week.
    pub(crate) week: LoadWeek,
    /// Its issue; absent: it is not written yet, or its file has errors.
    pub(crate) issue: Option<&'a Issue>,
    /// Its audiences if it has no issue.
    pub(crate) audiences: &'a [AudienceId],
    /// Its series if it has no issue.
    pub(crate) series: Option<&'a SeriesId>,
}

/// Counts the letters of each week from that of one moment on.
///
/// # Errors
///
/// The ledger or an issue cannot be read; mistakes in files are diagnostics.
pub fn weeks(project: &Project, since: Timestamp, now: Timestamp) -> Result<CountedWeeks, Error> {
    let (readers, diagnostics) = project.readers()?;
    let ResolvedAudiences { audiences, membership, .. } = readers;
    let mut counter = LetterCounter::new(project, &membership);
    let wanted = WantedWeeks { first: LoadWeek::of(since, counter.zone), last: None, except: None };
    counter.count(&wanted, now)?;
    Ok(CountedWeeks { weeks: counter.loads(&audiences), suppressed: counter.suppression(), diagnostics })
}

/// The readers whom an issue that is sent at a moment brings above the limit; absent: none, or no limit is set.
///
/// # Errors
///
/// The ledger, an issue or a list cannot be read.
pub fn exceeded(prepared: &PreparedIssue<'_>, at: Timestamp, now: Timestamp) -> Result<Option<ExceededLimit>, Error> {
    let project = &*prepared.inputs.project;
    let Some(limit) = project.settings().per_week else { return Ok(None) };
    let mut counter = LetterCounter::new(project, &prepared.inputs.membership);
    let week = LoadWeek::of(at, counter.zone);
    let wanted = WantedWeeks { first: week, last: Some(week), except: Some(&prepared.inputs.issue.id) };
    counter.count(&wanted, now)?;
    let Some(letters) = counter.weeks.remove(&week) else { return Ok(None) };
    counter.read_suppressed(prepared.inputs.series())?;
    let held_back = counter.suppressed_of(prepared.inputs.series());
    let recipients = prepared.selection.recipients().map(|recipient| recipient.address_id());
    let (mut all, mut over) = (0, 0);
    for id in recipients.filter(|id| !held_back.is_some_and(|held_back| held_back.contains(*id))) {
        all += 1;
        over += u64::from(u64::from(letters.letters_to(id)) + 1 > limit);
    }
    let suppressed = counter.suppression();
    Ok((over > 0).then_some(ExceededLimit { week, limit, over, recipients: all, suppressed }))
}

/// Warns of an issue with a `send_at` to come that brings readers above the limit.
///
/// # Errors
///
/// As for [`exceeded`].
pub fn check(prepared: &PreparedIssue<'_>, now: Timestamp) -> Result<Option<Diagnostic>, Error> {
    let issue = &prepared.inputs.issue;
    let Some(at) = issue.front.send_at.filter(|at| *at > now) else { return Ok(None) };
    let exceeded = exceeded(prepared, at, now)?;
    let warning = |exceeded: ExceededLimit| {
        let place = front_matter::key_place(&issue.source, &["send_at", "publish_date"]);
        let hint = message!(
            "send it in another week, or to fewer audiences; `newsletter audience load` lists all weeks",
            "send det i en anden uge eller til færre målgrupper; `newsletter audience load` viser alle uger"
        );
        Diagnostic::warning(TOO_MANY, exceeded.text()).at(place).hint(hint)
    };
    Ok(exceeded.map(warning))
}

impl ExceededLimit {
    /// In words.
    pub fn text(&self) -> Message {
        let Self { week, limit, over, recipients, suppressed } = self;
        let (letters, readers) = (noun::LETTER.count(*limit), noun::READER.count(*recipients));
        let remark = suppressed.remark().map(|remark| composed!(" ({remark})")).unwrap_or_default();
        let (number, year) = (week.week, week.year);
        message!(
            "{over} of {readers} would get more than {letters} in week {number} of {year}, the limit in \
             newsletter.yaml{remark}",
            "{over} af {readers} ville få mere end {letters} i uge {number} i {year}, som er grænsen i newsletter.yaml{remark}"
        )
    }
}

impl AudienceLoad {
    fn of(audience: &AudienceId, membership: &Membership, counted: &CountedWeek, limit: Option<u64>) -> Self {
        let mut load = Self { audience: audience.clone(), readers: 0, most: 0, over: limit.map(|_| 0) };
        for member in membership.of(audience) {
            let letters = counted.letters_to(member.address_id());
            load.readers += u64::from(letters > 0);
            load.most = load.most.max(letters);
            if let (Some(over), Some(limit)) = (&mut load.over, limit) {
                *over += u64::from(u64::from(letters) > limit);
            }
        }
        load
    }
}

/// When an issue is to be sent: at its `send_at`, or at once if that has passed and the next run sends it. Absent if
/// neither is the case.
fn planned_at(project: &Project, issue: &Issue, now: Timestamp) -> Option<Timestamp> {
    let at = issue.front.send_at?;
    let is_due = || SendWindow::of(project, issue).is_some_and(|window| window.decide(now) == RunDecision::Send);
    if at > now || is_due() { Some(at.max(now)) } else { None }
}

/// The letters of a week.
#[derive(Default)]
struct CountedWeek {
    /// By the number of the reader's address. A reader beyond the end gets none.
    letters: Vec<u8>,
    issues: Vec<IssueId>,
}

impl CountedWeek {
    fn letters_to(&self, reader: AddressId) -> u8 {
        self.letters.get(reader as usize).copied().unwrap_or(0)
    }

    fn add(&mut self, reader: AddressId) {
        let at = reader as usize;
        if self.letters.len() <= at {
            self.letters.resize(at + 1, 0);
        }
        if let Some(letters) = self.letters.get_mut(at) {
            *letters = letters.saturating_add(1);
        }
    }
}

/// The weeks and issues that are counted.
pub(crate) struct WantedWeeks<'a> {
    /// The first week.
    pub(crate) first: LoadWeek,
    /// The last one; absent: no end.
    pub(crate) last: Option<LoadWeek>,
    /// An issue that is not counted.
    pub(crate) except: Option<&'a IssueId>,
}

impl WantedWeeks<'_> {
    /// Whether a week is wanted.
    pub(crate) fn holds(&self, week: LoadWeek) -> bool {
        self.is_between(week, week)
    }

    /// Whether a wanted week may be one of those from one to another.
    fn is_between(&self, earliest: LoadWeek, latest: LoadWeek) -> bool {
        self.first <= latest && self.last.is_none_or(|last| earliest <= last)
    }
}

/// Counts letters, by week and reader.
pub(crate) struct LetterCounter<'a> {
    project: &'a Project,
    zone: &'a TimeZone,
    /// The number of each address.
    membership: &'a Membership,
    weeks: BTreeMap<LoadWeek, CountedWeek>,
    /// The readers who get no letters, by series; absent are series of which no letter is planned.
    suppressed: BTreeMap<Option<SeriesId>, IdSet>,
    /// Whether there are suppressions that cannot be matched with readers.
    has_unknown: bool,
}

impl<'a> LetterCounter<'a> {
    /// A counter of letters to members of a project's audiences.
    pub(crate) fn new(project: &'a Project, membership: &'a Membership) -> Self {
        let zone = &project.settings().timezone;
        Self { project, zone, membership, weeks: BTreeMap::new(), suppressed: BTreeMap::new(), has_unknown: false }
    }

    /// Whether suppressed readers were counted so far.
    pub(crate) fn suppression(&self) -> SuppressedReaders {
        if self.has_unknown { SuppressedReaders::Counted } else { SuppressedReaders::LeftOut }
    }

    /// Counts what was sent and what is planned; returns these issues, also those of weeks that are not wanted.
    ///
    /// # Errors
    ///
    /// The ledger or the folder of issues cannot be read.
    pub(crate) fn count(&mut self, wanted: &WantedWeeks<'_>, now: Timestamp) -> Result<BTreeSet<IssueId>, Error> {
        let mut known = self.count_sent(wanted)?;
        for path in self.project.issues()? {
            // `check` reports a file that cannot be read: it does not prevent other issues from being sent.
            let issue = self.project.issue(&path).ok().and_then(|files| files.issue);
            let Some(issue) = issue.filter(|issue| !known.contains(&issue.id)) else { continue };
            let Some(at) = planned_at(self.project, &issue, now) else { continue };
            let week = LoadWeek::of(at, self.zone);
            if wanted.holds(week) && wanted.except != Some(&issue.id) {
                self.count_planned(week, &issue)?;
                self.weeks.entry(week).or_default().issues.push(issue.id.clone());
            }
            known.insert(issue.id);
        }
        Ok(known)
    }

    /// What the readers of each audience get in each week that was counted, without audiences that get nothing.
    pub(crate) fn loads(&self, audiences: &Audiences) -> Vec<WeekLoad> {
        let limit = self.project.settings().per_week;
        let weeks = self.weeks.iter().map(|(week, counted)| {
            let loads = audiences.ids().map(|audience| AudienceLoad::of(audience, self.membership, counted, limit));
            let audiences = loads.filter(|load| load.readers > 0).collect();
            WeekLoad { week: *week, issues: counted.issues.clone(), audiences }
        });
        weeks.collect()
    }

    /// Counts the letters of plans to a relay; returns the issues that need not be sent any more.
    fn count_sent(&mut self, wanted: &WantedWeeks<'_>) -> Result<BTreeSet<IssueId>, Error> {
        let mut sent = BTreeSet::new();
        let Some(mut ledger) = ledgers::open_to_read(self.project)? else { return Ok(sent) };
        let plans = ledger.plans_in_force()?.into_iter().filter(|plan| plan.transport == TransportKind::Smtp);
        for plan in plans.filter(|plan| wanted.except != Some(&plan.issue)) {
            let latest = plan.frozen_at.checked_add(LONGEST_WAIT).unwrap_or(Timestamp::MAX);
            // So that the letters of many years need not be read.
            let is_near = wanted.is_between(LoadWeek::of(plan.frozen_at, self.zone), LoadWeek::of(latest, self.zone));
            if !is_near {
                sent.insert(plan.issue);
                continue;
            }
            let first = ledger.tallies(plan.id)?.iter().filter_map(LetterTally::first_accepted).min();
            let Some(week) = first.map(|at| LoadWeek::of(at, self.zone)) else { continue };
            sent.insert(plan.issue.clone());
            if wanted.holds(week) {
                let counted = self.weeks.entry(week).or_default();
                counted.issues.push(plan.issue);
                let membership = self.membership;
                // A reader who has left every audience gets no more letters.
                ledger.each_sent(plan.id, &mut |address| {
                    if let Some(reader) = membership.address_id(&address) {
                        counted.add(reader);
                    }
                })?;
            }
        }
        Ok(sent)
    }

    fn count_planned(&mut self, week: LoadWeek, issue: &Issue) -> Result<(), Error> {
        let readers = self.recipients(issue)?;
        self.add_letter(week, readers, issue.front.series.as_ref().map(|series| &series.value))
    }

    /// Counts a letter that is promised for a week.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub(crate) fn count_promised(&mut self, letter: &PromisedLetter<'_>) -> Result<(), Error> {
        if let Some(issue) = letter.issue {
            return self.count_planned(letter.week, issue);
        }
        let members = letter.audiences.iter().flat_map(|audience| self.membership.of(audience));
        let readers = members.map(|member| member.address_id()).collect();
        self.add_letter(letter.week, readers, letter.series)
    }

    /// Counts a letter to these readers, without those who get none of its series.
    fn add_letter(&mut self, week: LoadWeek, mut readers: IdSet, series: Option<&SeriesId>) -> Result<(), Error> {
        self.read_suppressed(series)?;
        if let Some(suppressed) = self.suppressed_of(series) {
            readers.subtract(suppressed);
        }
        let counted = self.weeks.entry(week).or_default();
        readers.iter().for_each(|reader| counted.add(reader));
        Ok(())
    }

    /// The readers that an issue is for.
    fn recipients(&self, issue: &Issue) -> Result<IdSet, Error> {
        let membership = self.membership;
        let audiences = issue.front.audiences.iter().map(|audience| &audience.value);
        let mut interner = self.project.interner();
        let former = former_recipients::of_issue(self.project, Some(issue), &mut interner, &mut Diagnostics::new())?;
        let mut readers = IdSet::default();
        for audience in audiences {
            match &former {
                None => readers.extend(membership.of(audience).map(|member| member.address_id())),
                Some(former) => {
                    for (member, _) in former.of(audience) {
                        readers.extend(membership.address_id(&member.person()?.address));
                    }
                }
            }
        }
        for excluded in &issue.front.exclude {
            readers.subtract(&membership.of(&excluded.value).map(|member| member.address_id()).collect());
        }
        Ok(readers)
    }

    /// The readers who get no letters of a series, or of the newsletter itself, once they were read.
    fn suppressed_of(&self, series: Option<&SeriesId>) -> Option<&IdSet> {
        self.suppressed.get(&series.cloned())
    }

    /// Searches all readers, which takes a while: once for each series.
    fn read_suppressed(&mut self, series: Option<&SeriesId>) -> Result<(), Error> {
        if self.suppressed.contains_key(&series.cloned()) {
            return Ok(());
        }
        let readers = self.suppressed(series)?;
        self.suppressed.insert(series.cloned(), readers);
        Ok(())
    }

    fn suppressed(&mut self, series: Option<&SeriesId>) -> Result<IdSet, Error> {
        let mut readers = IdSet::default();
        let Some(mut ledger) = ledgers::open_to_read(self.project)? else { return Ok(readers) };
        let keys = self.project.stored_keys()?.map(<[_]>::to_vec);
        let has_keys = keys.is_some();
        let suppressed = SuppressedAddresses::read(&mut *ledger, keys.unwrap_or_default(), series)?;
        if suppressed.is_empty() {
            return Ok(readers);
        }
        if !has_keys {
            self.has_unknown = true;
            return Ok(readers);
        }
        let mut seen = IdSet::default();
        for member in self.membership.ids().flat_map(|audience| self.membership.of(audience)) {
            if seen.insert(member.address_id()) && suppressed.reason(&member.person()?.address).is_some() {
                readers.insert(member.address_id());
            }
        }
        Ok(readers)
    }
}
