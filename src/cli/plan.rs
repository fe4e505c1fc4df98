//! From files to a frozen plan of which every letter was made once.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::cli::project::OpenProject;
use crate::cli::report;
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::freeze_context::FreezeContext;
use crate::delivery::ledger::record::{LetterRecord, PlanRecord};
use crate::delivery::ledger::suppression::SuppressedAddresses;
use crate::edition::compiled::UnfilledCause;
use crate::issue::edition_key::EditionKey;
use crate::issue::{DraftStatus, IssueId};
use crate::letter::compose::{ComposeError, ComposedPlan, LetterComposer, MissingValue};
use crate::letter::plan::{Fingerprint, Plan, PlannedLetter, PlannedLetters, TransportKind};
use crate::ops::prepared_issue::PreparedIssue;
use crate::people::person::Person;
use crate::people::person::suppression_reason;

const LACKING: Code = Code("NL601");
const ERASED_ADDRESS: Code = Code("NL602");
/// How many people a message names before it only counts them.
const NAMED: usize = 5;

/// What must hold before a plan is frozen.
#[derive(Clone, Copy)]
pub(super) struct SendGuards<'a> {
    /// Whether somebody is asked for the number of recipients.
    pub(super) ask: bool,
    /// How many recipients the plan must have; absent: any number.
    pub(super) expect: Option<u64>,
    /// Whether a plan in force gives way to a new one.
    pub(super) replan: bool,
    /// The issue as it was typed.
    pub(super) typed: &'a Path,
}

/// Reads and compiles an issue and everything it needs; tells all that is wrong. `None` where that stops it.
pub(super) fn prepare<'p>(
    terminal: &Terminal,
    opened: &'p OpenProject,
    path: &Path,
) -> Result<Option<PreparedIssue<'p>>, Error> {
    Ok(prepare_with_warnings(terminal, opened, path)?.map(|(prepared, _)| prepared))
}

/// The same, with what was told and did not stop it.
pub(super) fn prepare_with_warnings<'p>(
    terminal: &Terminal,
    opened: &'p OpenProject,
    path: &Path,
) -> Result<Option<(PreparedIssue<'p>, Diagnostics)>, Error> {
    let (prepared, mut diagnostics) = PreparedIssue::of(&opened.project, path)?;
    diagnostics.sort();
    terminal.diagnostics(&diagnostics);
    Ok(prepared.filter(|_| !diagnostics.has_errors()).map(|prepared| (prepared, diagnostics)))
}

/// Lays out the pictures that readers get from the web, and tells where they must be.
pub(super) fn publish(terminal: &Terminal, prepared: &PreparedIssue<'_>) -> Result<(), Error> {
    if let Some((new @ 1.., url)) = prepared.publish()? {
        let pictures = report::count(new as u64, "new picture");
        terminal.note(&format!("{pictures} in public/: publish the folder, so that readers find it at {url}"));
    }
    Ok(())
}

/// Whether the issue may be sent now at all; tells why not.
pub(super) fn may_start(terminal: &Terminal, prepared: &PreparedIssue<'_>, now: Timestamp) -> bool {
    let front = &prepared.issue.front;
    if front.draft == DraftStatus::Yes {
        terminal.problem(&format!("{} is a draft: take `draft: true` out of it to send it", prepared.issue.id));
        return false;
    }
    if front.send_until.is_some_and(|until| until < now) {
        terminal.problem(&format!("{} is too late: its `send_until` has passed", prepared.issue.id));
        return false;
    }
    true
}

/// Whether its readers agreed to be written to, as far as that is demanded; tells of those who did not.
pub(super) fn check_consent(
    terminal: &Terminal,
    opened: &OpenProject,
    prepared: &PreparedIssue<'_>,
    now: Timestamp,
) -> Result<bool, Error> {
    let held_back = held_back(opened, prepared)?;
    let told = prepared.check_consent(now, &|it| held_back.reason(it).is_none())?;
    terminal.diagnostics(&told);
    Ok(!told.has_errors())
}

/// Who gets no letter of an issue, as far as the ledger knows.
pub(super) fn held_back(opened: &OpenProject, prepared: &PreparedIssue<'_>) -> Result<SuppressedAddresses, Error> {
    match opened.ledger()? {
        Some(mut ledger) => Ok(SuppressedAddresses::read(&mut *ledger, opened.project.key()?, prepared.series())?),
        None => Ok(SuppressedAddresses::default()),
    }
}

/// The recipient with this address, and the edition that is theirs; tells where there is none.
pub(super) fn reader<'a>(
    terminal: &Terminal,
    prepared: &'a PreparedIssue<'_>,
    typed: &str,
) -> Result<Option<(Arc<Person>, &'a EditionKey)>, Error> {
    let found = prepared.reader(typed)?;
    if found.is_none() {
        terminal.problem(&format!("{typed} is no recipient of {}", prepared.issue.id));
    }
    Ok(found)
}

/// Whether the issue goes to this audience; tells to whom it goes where it does not.
pub(super) fn is_addressed_to(terminal: &Terminal, prepared: &PreparedIssue<'_>, audience: &str) -> bool {
    let names: Vec<&str> = prepared.issue.front.audiences.iter().map(|it| it.value.as_str()).collect();
    let goes = names.contains(&audience);
    if !goes {
        let id = &prepared.issue.id;
        terminal.problem(&format!("{id} does not go to `{audience}`; it goes to {}", names.join(", ")));
    }
    goes
}

/// The plan in force, or a new one. `None` where a guard or a mistake stopped it, which has been told.
pub(super) fn plan(
    terminal: &Terminal,
    opened: &OpenProject,
    (ledger, prepared): (&mut dyn Ledger, PreparedIssue<'_>),
    guards: &SendGuards<'_>,
) -> Result<Option<(PlanRecord, ComposedPlan)>, Error> {
    let transport = opened.transport();
    match ledger.plan(&prepared.issue.id, transport)? {
        Some(record) if !guards.replan => resume(terminal, (ledger, prepared), record, guards),
        Some(record) if ledger.is_erased(record.id)? => {
            terminal.problem(&format!(
                "who got {} is forgotten, so that a new plan would write to them again: send a new issue instead",
                record.issue
            ));
            Ok(None)
        }
        Some(_) | None => {
            let held_back = SuppressedAddresses::read(ledger, opened.project.key()?, prepared.series())?;
            fresh(terminal, (ledger, prepared, transport), held_back, guards)
        }
    }
}

/// Goes on with a frozen plan, if what it was made from is still the same.
fn resume(
    terminal: &Terminal,
    (ledger, mut prepared): (&mut dyn Ledger, PreparedIssue<'_>),
    record: PlanRecord,
    guards: &SendGuards<'_>,
) -> Result<Option<(PlanRecord, ComposedPlan)>, Error> {
    let changed = changes(&record.fingerprint, &prepared.fingerprint);
    if !changed.is_empty() {
        terminal.problem(&format!(
            "{} was planned on {} and is not finished, and since then these have changed: {}. \
             `newsletter send {} --replan` plans anew for those not yet reached",
            record.issue,
            record.frozen_at,
            changed.join(", "),
            guards.typed.display()
        ));
        return Ok(None);
    }
    if !is_expected(terminal, ledger.totals(record.id)?.recipients(), guards) {
        return Ok(None);
    }
    let mut diagnostics = prepared.complete(&record.editions);
    prepared.excuse(&mut diagnostics);
    terminal.diagnostics(&diagnostics);
    if diagnostics.has_errors() {
        return Ok(None);
    }
    let composed = compose(terminal, prepared, &record.date, |make| {
        let unfinished = &mut |it: LetterRecord| {
            if !it.state.is_final() {
                make(&it.letter);
            }
        };
        Ok(ledger.each_letter(record.id, unfinished)?)
    })?;
    Ok(composed.map(|composed| (record, composed)))
}

/// A new plan: composed, counted, asked for, and only then frozen.
pub(super) fn fresh(
    terminal: &Terminal,
    (ledger, prepared, transport): (&mut dyn Ledger, PreparedIssue<'_>, TransportKind),
    held_back: SuppressedAddresses,
    guards: &SendGuards<'_>,
) -> Result<Option<(PlanRecord, ComposedPlan)>, Error> {
    let now = Timestamp::now();
    let (plan, mut letters) = prepared.plan(transport, now)?;
    // Who asked to be forgotten is not even remembered as somebody who is not written to.
    if held_back.holds(suppression_reason::SuppressionReason::Erased) {
        letters.leave_out(|it| held_back.reason(&it.address) == Some(suppression_reason::SuppressionReason::Erased))?;
    }
    let id = plan.issue.clone();
    if letters.is_empty() {
        terminal.diagnostics(&single(no_recipients(&id)));
        return Ok(None);
    }
    if let Some(other) = ledger.same_content(&prepared.content, &id, transport)? {
        terminal.problem(&format!("the same text was already sent as {}; nobody shall get it twice", other.issue));
        return Ok(None);
    }
    let send_until = prepared.issue.front.send_until;
    let terms = FreezeContext { content: prepared.content.clone(), send_until, now, suppressed: held_back };
    let reads = |person: &Person| terms.suppressed.reason(&person.address).is_none();
    let mut held_back = 0;
    let composed = compose(terminal, prepared, &plan.date, |make| {
        for letter in letters.iter() {
            let letter = letter?;
            if reads(&letter.person) {
                make(&letter);
            } else {
                held_back += 1;
            }
        }
        Ok(())
    })?;
    let Some(composed) = composed else { return Ok(None) };
    if held_back > 0 {
        let letters = report::count(held_back, "letter");
        terminal.note(&format!("{letters} held back: `newsletter suppression list` shows suppressed addresses"));
    }
    let recipients = letters.len() as u64;
    if !is_expected(terminal, recipients, guards)
        || guards.ask && !is_confirmed(terminal, (&plan, &letters), guards.typed)
    {
        return Ok(None);
    }
    ledger.freeze(&plan, &terms, &mut letters.iter())?;
    let frozen = ledger.plan(&id, transport)?;
    Ok(frozen.map(|record| (record, composed)))
}

/// Makes every letter once, and looks at one of each edition for what its readers shall not see.
fn compose(
    terminal: &Terminal,
    prepared: PreparedIssue<'_>,
    date: &str,
    each_letter: impl FnOnce(&mut dyn FnMut(&PlannedLetter)) -> Result<(), Error>,
) -> Result<Option<ComposedPlan>, Error> {
    publish(terminal, &prepared)?;
    let masthead = prepared.masthead(date.to_owned())?;
    let guard = prepared.guard();
    let mut composing = LetterComposer::new(masthead, prepared.editions);
    each_letter(&mut |letter| composing.compose(letter))?;
    match composing.finish() {
        Ok((composed, samples)) => {
            let leaks = guard.check_letters(&composed, samples);
            terminal.diagnostics(&leaks);
            Ok(Some(composed).filter(|_| !leaks.has_errors()))
        }
        Err(lacking) => {
            terminal.diagnostics(&shortfalls(&lacking));
            Ok(None)
        }
    }
}

/// One mistake for each place that cannot be filled, with the people who lack it.
pub(super) fn shortfalls(lacking: &[MissingValue]) -> Diagnostics {
    let mut groups: Vec<(String, Vec<&MissingValue>)> = Vec::new();
    for shortfall in lacking {
        let place = shortfall.error.place().map(ToString::to_string).unwrap_or_default();
        let what = format!("{} {place}", shortfall.error);
        match groups.iter_mut().find(|(other, _)| *other == what) {
            Some((_, group)) => group.push(shortfall),
            None => groups.push((what, vec![shortfall])),
        }
    }
    let mut diagnostics = Diagnostics::new();
    groups.iter().filter_map(|(_, group)| shortfall(group)).for_each(|it| diagnostics.push(it));
    diagnostics
}

/// What several people lack at the same place.
fn shortfall(group: &[&MissingValue]) -> Option<Diagnostic> {
    let error = &group.first()?.error;
    let people = group.iter().map(|it| &it.letter.person);
    let mut names: Vec<String> = people.take(NAMED).map(|it| format!("{} ({})", it.address, it.origin)).collect();
    if group.len() > NAMED {
        names.push(format!("and {} more", group.len() - NAMED));
    }
    let mut diagnostic = Diagnostic::error(LACKING, format!("{error}: {}", names.join(", "))).hint(remedy(error));
    diagnostic.place = error.place().cloned();
    Some(diagnostic)
}

/// What to do where a letter cannot be written.
fn remedy(error: &ComposeError) -> &'static str {
    let cause = match error {
        ComposeError::Unfilled(unfilled) => unfilled.cause,
        ComposeError::NoEdition => return "undo what was changed in the issue since, or say --replan",
        ComposeError::Unsigned(_) => return "look at the keys with `newsletter dkim check`, and run again",
    };
    match cause {
        UnfilledCause::Missing => {
            "fill the field in for them, or write what they read instead: {{ … | default(\"…\") }}"
        }
        UnfilledCause::NoAddress => "write the whole address into the field, with https://",
        UnfilledCause::TooMuch => "let the loop run over fewer things, and write less in it",
        UnfilledCause::Unfit => "ask for a value of another kind, or take the filter or the sum away",
    }
}

fn single(diagnostic: Diagnostic) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    diagnostics.push(diagnostic);
    diagnostics
}

/// Nobody is in the audiences of the issue: it cannot be sent, and that is no success.
pub(super) fn no_recipients(issue: &IssueId) -> Diagnostic {
    let message = format!("nobody would get {issue}: its audiences have no recipients");
    Diagnostic::error(ERASED_ADDRESS, message).hint("look at its audiences: at recipients, people, where and exclude")
}

/// The names of what is not as it was.
fn changes(before: &Fingerprint, now: &Fingerprint) -> Vec<String> {
    let mut names: Vec<String> =
        before.keys().chain(now.keys()).filter(|it| before.get(*it) != now.get(*it)).cloned().collect();
    names.sort();
    names.dedup();
    names
}

fn is_expected(terminal: &Terminal, recipients: u64, guards: &SendGuards<'_>) -> bool {
    let Some(expected) = guards.expect.filter(|it| *it != recipients) else { return true };
    terminal.problem(&format!(
        "--expect says {}, and the plan has {recipients}; nothing was sent",
        report::count(expected, "recipient")
    ));
    false
}

/// Asks for the number of recipients, which somebody who reads the summary can type.
fn is_confirmed(terminal: &Terminal, (plan, letters): (&Plan, &PlannedLetters), typed: &Path) -> bool {
    if !terminal.can_ask() {
        terminal.problem(&format!(
            "nobody is here to ask: write `newsletter send {} --yes` to send without a question",
            typed.display()
        ));
        return false;
    }
    terminal.note(&format!("{}, by {}:", plan.issue, plan.transport));
    for (edition, count) in letters.counts() {
        terminal.note(&format!("  {count:>6}  {edition}"));
    }
    let recipients = letters.len();
    let question = format!("{}. Type the number to send:", report::count(recipients as u64, "recipient"));
    let answer = Terminal::ask(&question).unwrap_or_default();
    let confirmed = answer.parse() == Ok(recipients);
    if !confirmed {
        terminal.problem("that is another number; nothing was sent");
    }
    confirmed
}
