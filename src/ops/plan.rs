//! From a prepared issue to a frozen plan whose letters were all composed once.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::noun;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::freeze_context::FreezeContext;
use crate::delivery::ledger::read::LedgerReader;
use crate::delivery::ledger::record::{LetterRecord, PlanRecord};
use crate::delivery::ledger::state::LetterState;
use crate::delivery::ledger::suppression::SuppressedAddresses;
use crate::edition::generated_file::CalendarMoment;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::issue::front_matter::DraftStatus;
use crate::letter::plan::{Fingerprint, Plan, PlannedLetters, TransportKind};
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::compose::{Composition, compose, sample_leaks};
use crate::ops::consent_texts;
use crate::ops::expected_letters::ExpectedLetters;
use crate::ops::ledgers;
use crate::ops::plan_overview::{ContinuedOverview, PlanOverview, SendPart, SettledAddresses};
use crate::ops::prepared_issue::{NewPictures, PreparedIssue};
use crate::ops::reserved_addresses;
use crate::ops::schedule;
use crate::ops::text;
use crate::ops::unfinished_issue;
use crate::people::person::suppression_reason::SuppressionReason;
use crate::people::person::{Address, Person};
use crate::project::Project;

const NO_RECIPIENTS: Code = Code("NL602");

/// What is checked before a plan is frozen.
#[derive(Clone, Debug)]
pub struct SendGuards {
    /// How many letters the plan must send; absent: any number.
    pub expect: Option<ExpectedLetters>,
    /// What happens to an unfinished plan.
    pub replan: ReplanPolicy,
    /// The issue as it was typed, for messages that say what to type next.
    pub typed: String,
    /// Which letters are sent, for the overview.
    pub part: SendPart,
}

/// What happens to an unfinished plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplanPolicy {
    /// It is continued if its files are unchanged.
    Continue,
    /// A new plan replaces it for recipients whose letters are unsent.
    Replan,
}

/// Reads and compiles an issue and everything it needs; the warnings are to be reported.
///
/// # Errors
///
/// Files have errors, or a file cannot be read.
pub fn prepare<'p>(project: &'p Project, path: &Path) -> Result<(PreparedIssue<'p>, Diagnostics), Blocked> {
    let (prepared, mut diagnostics) = PreparedIssue::of(project, path)?;
    diagnostics.sort();
    match prepared {
        Some(prepared) if !diagnostics.has_errors() => Ok((prepared, diagnostics)),
        Some(prepared) => {
            diagnostics.extend(sample_leaks(prepared));
            diagnostics.sort();
            Err(Blocked::Diagnostics(diagnostics))
        }
        None => Err(Blocked::Diagnostics(diagnostics)),
    }
}

/// Does the same for an issue that is sent to its recipients: text to replace is an error where a relay reaches people.
///
/// # Errors
///
/// As for [`prepare`]; or the issue is not finished.
pub fn prepare_to_send<'p>(project: &'p Project, path: &Path) -> Result<(PreparedIssue<'p>, Diagnostics), Blocked> {
    let (prepared, mut diagnostics) = prepare(project, path)?;
    unfinished_issue::check(project, &prepared, &mut diagnostics);
    if diagnostics.has_errors() { Err(Blocked::Diagnostics(diagnostics)) } else { Ok((prepared, diagnostics)) }
}

/// Checks that an issue may be sent at this moment.
///
/// # Errors
///
/// It is a draft, or its `send_until` has passed.
pub fn check_sendable(project: &Project, issue: &Issue, now: Timestamp) -> Result<(), GuardFailure> {
    if issue.front.draft == DraftStatus::Yes {
        return Err(GuardFailure::Draft { issue: issue.id.clone() });
    }
    if let Some(until) = issue.front.send_until.filter(|until| *until < now) {
        let send_until = text::local_time(until, &project.settings().timezone);
        return Err(GuardFailure::Expired { issue: issue.id.clone(), send_until });
    }
    Ok(())
}

/// Why an issue should wait: its `send_at` is to come. Absent where it has none, or where that has passed.
pub fn early(project: &Project, issue: &Issue, guards: &SendGuards, now: Timestamp) -> Option<GuardFailure> {
    let send_at = issue.front.send_at.filter(|send_at| *send_at > now)?;
    let send_at = text::local_time(send_at, &project.settings().timezone);
    Some(GuardFailure::Early { issue: issue.id.clone(), send_at, typed: guards.typed.clone() })
}

/// Checks the consent of everyone who gets a letter, as far as the project requires it; the warnings are to be reported.
///
/// # Errors
///
/// A required consent is missing.
pub fn check_consent(project: &Project, prepared: &PreparedIssue<'_>, now: Timestamp) -> Result<Diagnostics, Blocked> {
    let suppressed = suppressed_addresses(project, prepared)?;
    let is_sent_to = |address: &Address| suppressed.reason(address).is_none();
    let diagnostics = consent_texts::check(prepared, now, &is_sent_to)?;
    if diagnostics.has_errors() { Err(Blocked::Diagnostics(diagnostics)) } else { Ok(diagnostics) }
}

/// Checks that no address of the issue is reserved for examples, where no mail arrives.
///
/// # Errors
///
/// It is one, or a list cannot be read back.
pub fn check_addresses(project: &Project, prepared: &PreparedIssue<'_>) -> Result<(), Blocked> {
    let suppressed = suppressed_addresses(project, prepared)?;
    let diagnostics = reserved_addresses::check(prepared, &|address| suppressed.reason(address).is_none())?;
    if diagnostics.has_errors() { Err(Blocked::Diagnostics(diagnostics)) } else { Ok(()) }
}

/// The addresses that get no letter of an issue, according to the ledger.
///
/// # Errors
///
/// The ledger cannot be read.
pub fn suppressed_addresses(project: &Project, prepared: &PreparedIssue<'_>) -> Result<SuppressedAddresses, Error> {
    match ledgers::open_to_read(project)? {
        Some(mut ledger) => Ok(SuppressedAddresses::read(&mut *ledger, project.keys()?, prepared.inputs.series())?),
        None => Ok(SuppressedAddresses::default()),
    }
}

/// The recipient with this address, and the edition they get.
///
/// # Errors
///
/// No recipient has this address.
pub fn recipient<'a>(prepared: &'a PreparedIssue<'_>, typed: &str) -> Result<(Arc<Person>, &'a EditionKey), Blocked> {
    let failure = || GuardFailure::NotARecipient { address: typed.to_owned(), issue: prepared.inputs.issue.id.clone() };
    Ok(prepared.recipient(typed)?.ok_or_else(failure)?)
}

/// Checks that the issue is sent to an audience: otherwise a run would send nothing, and still succeed.
///
/// # Errors
///
/// The issue is not sent to the audience.
pub fn check_audience(issue: &Issue, audience: &str) -> Result<(), GuardFailure> {
    let audiences: Vec<String> = issue.front.audiences.iter().map(|named| named.value.to_string()).collect();
    if audiences.iter().any(|named| named == audience) {
        return Ok(());
    }
    Err(GuardFailure::OtherAudiences { issue: issue.id.clone(), audience: audience.to_owned(), audiences })
}

/// A plan that can be delivered, or will be once it is frozen.
#[derive(Debug)]
pub enum PlanStep {
    /// The plan in force; its unsent letters were composed again.
    Resumed(Box<ResumedPlan>),
    /// A new plan.
    New(Box<NewPlan>),
}

/// A plan in the ledger and its letters.
#[derive(Debug)]
pub struct FrozenPlan {
    /// The plan as the ledger has it.
    pub record: PlanRecord,
    /// The letters.
    pub composition: Composition,
    /// Pictures of editions that have no recipients in the current lists.
    pub new_pictures: Option<NewPictures>,
}

/// A plan that is continued.
#[derive(Debug)]
pub struct ResumedPlan {
    /// The plan.
    pub frozen: FrozenPlan,
    /// The part that is still to send.
    pub overview: PlanOverview,
}

/// A plan that is composed and not frozen yet.
#[derive(Debug)]
pub struct NewPlan {
    /// The plan.
    pub plan: Plan,
    /// All its letters, those to suppressed addresses included.
    pub letters: PlannedLetters,
    /// The letters that will be sent.
    pub composition: Composition,
    /// What it sends, and what it does not.
    pub overview: PlanOverview,
    context: FreezeContext,
}

impl NewPlan {
    /// Writes the plan into the ledger: from then on its recipients and files are fixed.
    ///
    /// # Errors
    ///
    /// The ledger cannot be written.
    pub fn freeze(self, ledger: &mut dyn Ledger) -> Result<FrozenPlan, Blocked> {
        ledger.freeze(&self.plan, &self.context, &mut self.letters.iter())?;
        let replaced = GuardFailure::Replaced { issue: self.plan.issue.clone() };
        let record = ledger.plan(&self.plan.issue, self.plan.transport)?.ok_or(replaced)?;
        Ok(FrozenPlan { record, composition: self.composition, new_pictures: None })
    }
}

/// The plan in force, or a new one.
///
/// # Errors
///
/// A guard failed, or letters cannot be composed.
pub fn plan(
    project: &Project,
    ledger: &mut dyn Ledger,
    prepared: PreparedIssue<'_>,
    guards: &SendGuards,
    now: Timestamp,
) -> Result<PlanStep, Blocked> {
    let transport = ledgers::transport_kind(project);
    match ledger.plan(&prepared.inputs.issue.id, transport)? {
        Some(record) if guards.replan == ReplanPolicy::Continue => {
            Ok(PlanStep::Resumed(Box::new(resume(ledger, prepared, record, guards)?)))
        }
        Some(record) if record.cancelled => Err(GuardFailure::Cancelled { issue: record.issue }.into()),
        Some(record) if ledger.is_erased(record.id)? => {
            Err(GuardFailure::RecipientsErased { issue: record.issue }.into())
        }
        former => {
            let suppressed = SuppressedAddresses::read(ledger, project.keys()?, prepared.inputs.series())?;
            let settled = match former {
                Some(former) => SettledAddresses::of(ledger, former.id)?,
                None => SettledAddresses::default(),
            };
            let former_calendar = last_calendar(ledger, |_| true)?;
            let context = PlanContext { transport, suppressed, settled, now, former_calendar };
            Ok(PlanStep::New(Box::new(new_plan(ledger, prepared, context, guards)?)))
        }
    }
}

/// Checks that the files and settings of a plan are unchanged.
///
/// # Errors
///
/// Something has changed.
pub fn check_unchanged(prepared: &PreparedIssue<'_>, record: &PlanRecord, typed: &str) -> Result<(), GuardFailure> {
    let changed = changes(&record.fingerprint, &prepared.inputs.files);
    if changed.is_empty() {
        return Ok(());
    }
    let planned_at = text::local_time(record.frozen_at, &prepared.inputs.project.settings().timezone);
    Err(GuardFailure::Changed { issue: record.issue.clone(), typed: typed.to_owned(), planned_at, changed })
}

/// Continues a frozen plan, if what it was made from is unchanged.
fn resume(
    ledger: &mut dyn Ledger,
    mut prepared: PreparedIssue<'_>,
    record: PlanRecord,
    guards: &SendGuards,
) -> Result<ResumedPlan, Blocked> {
    check_unchanged(&prepared, &record, &guards.typed)?;
    let totals = ledger.totals(record.id)?;
    check_expected(totals.recipients() - totals.of(LetterState::Suppressed), guards)?;
    // The key may have been changed since: the links of the remaining letters have other tokens then.
    ledger.add_readers(record.id, &prepared.inputs.project.reader_keys()?)?;
    // An edition without recipients in the current lists may still have some in the plan.
    let mut diagnostics = prepared.complete(&record.editions);
    prepared.inputs.apply_exemptions(&mut diagnostics);
    if diagnostics.has_errors() {
        return Err(Blocked::Diagnostics(diagnostics));
    }
    let new_pictures = prepared.publish()?;
    let mut options = prepared.inputs.letter_options(record.date.clone())?;
    let former = last_calendar(ledger, |plan| plan.id < record.id)?;
    options.calendar = former.map_or(options.calendar, |former| former.then(options.calendar.made()));
    let mut overview = ContinuedOverview::new(PlanOverview::of(&prepared, guards.part.clone()));
    let mut composition = compose(prepared, options, &mut |compose_letter| {
        let unfinished = &mut |letter: LetterRecord| {
            overview.add(&letter);
            if !letter.state.is_final() {
                compose_letter(letter.letter);
            }
        };
        Ok(ledger.each_letter(record.id, unfinished)?)
    })?;
    composition.warnings.extend(diagnostics);
    Ok(ResumedPlan { frozen: FrozenPlan { record, composition, new_pictures }, overview: overview.end() })
}

/// When the last calendar files of earlier plans were made. Those of a plan are made after them, so that a correction counts even
/// if it is planned in the same minute, or has an earlier Date.
///
/// # Errors
///
/// The ledger cannot be read.
pub fn last_calendar(
    ledger: &mut (impl LedgerReader + ?Sized),
    is_before: impl Fn(&PlanRecord) -> bool,
) -> Result<Option<CalendarMoment>, Error> {
    let plans = ledger.every_plan()?.into_iter().map(|plan| plan.record).filter(is_before);
    let dates = plans.filter_map(|record| DateTimeParser::new().parse_timestamp(&record.date).ok());
    Ok(dates.fold(None, |last: Option<CalendarMoment>, date| {
        Some(last.map_or_else(|| CalendarMoment::of(date), |last| last.then(date)))
    }))
}

/// What a new plan is made for.
#[derive(Debug)]
pub struct PlanContext {
    /// How its letters are sent.
    pub transport: TransportKind,
    /// The addresses that get no letter.
    pub suppressed: SuppressedAddresses,
    /// The addresses whose letters have an outcome, where the plan replaces another one.
    pub settled: SettledAddresses,
    /// The moment of planning.
    pub now: Timestamp,
    /// When the last calendar files of earlier plans were made.
    pub former_calendar: Option<CalendarMoment>,
}

/// A new plan: composed and checked, to be confirmed and frozen.
///
/// # Errors
///
/// A guard failed, or letters cannot be composed.
pub fn new_plan(
    ledger: &mut dyn Ledger,
    prepared: PreparedIssue<'_>,
    context: PlanContext,
    guards: &SendGuards,
) -> Result<NewPlan, Blocked> {
    let PlanContext { transport, suppressed, settled, former_calendar, now } = context;
    let (plan, mut letters) = prepared.plan(transport, prepared.inputs.project.key()?, now);
    // Other suppressed addresses get a row in the ledger. One for an erased person would store their address again.
    if suppressed.holds(SuppressionReason::Erased) {
        letters.leave_out(|person| suppressed.reason(&person.address) == Some(SuppressionReason::Erased))?;
    }
    if letters.is_empty() {
        return Err(Blocked::Diagnostics([no_recipients(&prepared.inputs.issue)].into_iter().collect()));
    }
    let digest = prepared.inputs.content();
    if let Some(other) = ledger.same_content(&digest, &plan.issue, transport)? {
        return Err(GuardFailure::SameContent { other: other.issue }.into());
    }
    let send_until = prepared
        .inputs
        .issue
        .front
        .send_until
        .or_else(|| schedule::default_send_until(&prepared.inputs.project, &prepared.inputs.issue, now));
    let context =
        FreezeContext { content: digest, send_until, now, suppressed, readers: prepared.inputs.project.reader_keys()? };
    let mut options = prepared.inputs.letter_options(plan.date.clone())?;
    options.calendar = former_calendar.map_or(options.calendar, |former| former.then(options.calendar.made()));
    let mut overview = PlanOverview::of(&prepared, guards.part.clone());
    overview.count_excluded(&prepared);
    overview.settled = settled.len();
    let composition = compose(prepared, options, &mut |compose_letter| {
        for letter in letters.iter() {
            let letter = letter?;
            let address = &letter.person.address;
            let reason = context.suppressed.reason(address);
            match reason {
                _ if settled.contains(address) => {}
                Some(reason) => overview.hold_back(&letter.audience, reason),
                None => overview.add(&letter),
            }
            if reason.is_none() {
                compose_letter(letter);
            }
        }
        Ok(())
    })?;
    check_expected(overview.settled + overview.letters + overview.later, guards)?;
    Ok(NewPlan { plan, letters, composition, overview, context })
}

/// An issue without recipients cannot be sent, which is an error: its audiences are probably wrong.
pub fn no_recipients(issue: &Issue) -> Diagnostic {
    let audiences: Vec<&str> = issue.front.audiences.iter().map(|named| named.value.as_str()).collect();
    let any = Message::either(&audiences);
    let message = message!("{} has no recipients in {any}", "{} har ingen modtagere i {any}", issue.id);
    if let Some(people) = &issue.front.people {
        let hint = message!(
            "`people` allows only recipients of {0}: see `newsletter status {0}`",
            "`people` tillader kun modtagere af {0}: se `newsletter status {0}`",
            people.issue.value
        );
        return Diagnostic::error(NO_RECIPIENTS, message).hint(hint);
    }
    let all = Message::all(&audiences);
    let hint = message!(
        "check `recipients`, `people`, `where` and `exclude` of {all}",
        "se efter `recipients`, `people`, `where` og `exclude` i {all}"
    );
    Diagnostic::error(NO_RECIPIENTS, message).hint(hint)
}

/// The names of the files that were added, removed or changed.
pub(crate) fn changes(before: &Fingerprint, now: &Fingerprint) -> Vec<String> {
    let mut names: Vec<String> =
        before.keys().chain(now.keys()).filter(|name| before.get(*name) != now.get(*name)).cloned().collect();
    names.sort();
    names.dedup();
    names
}

fn check_expected(letters: u64, guards: &SendGuards) -> Result<(), GuardFailure> {
    match guards.expect.as_ref().filter(|expected| !expected.allows(letters)) {
        Some(expected) => {
            let letters = noun::LETTER.count(letters);
            Err(GuardFailure::Unexpected { expected: Message::shown(expected), letters })
        }
        None => Ok(()),
    }
}
