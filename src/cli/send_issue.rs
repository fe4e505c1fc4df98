//! Sends one issue: what `send` and `run` have in common.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::noun;
use crate::cli::delivery;
use crate::cli::exit::Exit;
use crate::cli::feedback_report;
use crate::cli::json::EventJson;
use crate::cli::kept_receipt::keep_receipt;
use crate::cli::nothing_to_send::nothing_to_do;
use crate::cli::plan_screen::{self, Proposal, ProposalFacts};
use crate::cli::report;
use crate::cli::send_options::{Confirmation, DeferredPolicy, EarlyPolicy, SendOptions};
use crate::cli::terminal::{self, Terminal};
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::claim::RunScope;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::retention;
use crate::delivery::run::WaitPolicy;
use crate::delivery::transport::Transport;
use crate::issue::IssueId;
use crate::letter::compose::ComposedPlan;
use crate::ops::approval::{gate, last_approval};
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::clock;
use crate::ops::dates_check;
use crate::ops::deliver::DeliveryRequest;
use crate::ops::feedback_rates::SenderFaults;
use crate::ops::leave::{self, LeaveCounts};
use crate::ops::ledgers;
use crate::ops::plan::{self, FrozenPlan, NewPlan, PlanStep, ReplanPolicy};
use crate::ops::prepared_issue::{NewPictures, PreparedIssue};
use crate::ops::readers_load;
use crate::ops::receipts::{self, SentFrom};
use crate::ops::refusals::{self, OverLimitPolicy};
use crate::ops::sending_host;
use crate::ops::text::with_causes;
use crate::project::Project;

/// How often a letter is tried within one run.
const TRIES: u8 = 5;

/// Sends one issue.
pub(super) fn send_issue(
    terminal: &Terminal,
    project: &Project,
    path: &Path,
    options: &SendOptions,
) -> Result<Exit, Blocked> {
    let now = Timestamp::now();
    sending_host::check(project)?;
    let identity = receipts::identity(project, path)?;
    let id = identity.id.clone();
    check_part(project, path, options)?;
    if let Some(exit) = nothing_to_do(terminal, project, path, &id, options)? {
        return Ok(exit);
    }
    clock::check_before_sending(project, now)?;
    receipts::check_here(project, &identity)?;
    let prepared = prepare(terminal, project, path, options)?;
    check_approved(terminal, project, &prepared, options, now)?;
    let early = plan::early(project, &prepared.inputs.issue, &options.guards, now);
    check_people(terminal, project, &prepared, now)?;
    let transport = ledgers::transport(project)?;
    let mut ledger = ledgers::open_to_write(project)?;
    if let Some(faults) = SenderFaults::of_last(&mut *ledger)?.filter(|faults| faults.issue != id) {
        feedback_report::warn_of_faults(terminal, &faults);
    }
    record_leaves(terminal, project, &mut *ledger, now)?;
    erase_old(terminal, project, &mut *ledger, now)?;
    // From here on, any other host that plans waits, so that an issue is not planned twice.
    ledger.begin_planning()?;
    // Again, since the receipt may have come meanwhile, with `git pull`.
    receipts::check(project, &mut *ledger, &identity)?;
    print_new_pictures(terminal, prepared.publish()?.as_ref());
    let facts = facts(terminal, project, &prepared, options.confirmation)?;
    let late = dates_check::check_late(&prepared, now);
    let frozen = match plan::plan(project, &mut *ledger, prepared, &options.guards, Timestamp::now())? {
        PlanStep::Resumed(resumed) => {
            if !is_confirmed(terminal, project, options, &Proposal { overview: &resumed.overview, facts: &facts }) {
                return Ok(Exit::Blocked);
            }
            resumed.frozen
        }
        PlanStep::New(new) => {
            if let Some(failure) = early.filter(|_| options.early == EarlyPolicy::Ask) {
                confirm_early(terminal, options, failure)?;
            }
            terminal.diagnostics(&late);
            print_new_plan(terminal, &new);
            terminal.json(&EventJson::Overview(&new.overview));
            if !is_confirmed(terminal, project, options, &Proposal { overview: &new.overview, facts: &facts }) {
                return Ok(Exit::Blocked);
            }
            new.freeze(&mut *ledger)?
        }
    };
    let FrozenPlan { record, composition, new_pictures } = frozen;
    if options.over_limit == OverLimitPolicy::GoOn {
        refusals::accept(&mut *ledger, record.id, &project.settings().failures.bounces)?;
    }
    terminal.diagnostics(&composition.warnings);
    print_new_pictures(terminal, new_pictures.as_ref());
    let request = request(project, options, &record, &composition.plan, &*transport);
    let exit = deliver_on_host(terminal, project, &mut *ledger, &request)?;
    Ok(keep_receipt(terminal, project, &mut *ledger, &record, SentFrom::Here).min(exit))
}

/// What the user should know of an issue before they confirm it. If no question is asked, too many letters are a
/// warning.
fn facts(
    terminal: &Terminal,
    project: &Project,
    prepared: &PreparedIssue<'_>,
    confirmation: Confirmation,
) -> Result<ProposalFacts, Error> {
    let now = Timestamp::now();
    let exceeded = readers_load::exceeded(prepared, now, now)?;
    if let Some(exceeded) = exceeded.filter(|_| confirmation == Confirmation::Given) {
        let text = exceeded.text();
        terminal.note(message!("warning: {text}", "advarsel: {text}"));
    }
    Ok(ProposalFacts { approved: last_approval::of(project, &prepared.inputs)?, exceeded })
}

/// What is delivered of a plan, and how.
fn request<'a>(
    project: &Project,
    options: &SendOptions,
    record: &'a PlanRecord,
    letters: &'a ComposedPlan,
    transport: &'a dyn Transport,
) -> DeliveryRequest<'a> {
    DeliveryRequest {
        record,
        letters,
        transport,
        retry: project.retry(),
        scope: RunScope {
            plan: record.id,
            audience: options.guards.part.audience.clone(),
            limit: options.guards.part.limit,
            tries: if options.deferred == DeferredPolicy::Wait { u8::MAX } else { TRIES },
            rate: project.rate(),
        },
        wait: wait_policy(project, record, options.deferred),
        bounces: project.settings().failures.bounces,
        refusal_limit: refusals::limit_of(project, record).filter(|_| options.over_limit == OverLimitPolicy::Pause),
    }
}

/// Delivers a plan, and keeps on this host that it is sent: before the first letter, and at the end. If that cannot be
/// recorded, the letters are sent anyway.
fn deliver_on_host(
    terminal: &Terminal,
    project: &Project,
    ledger: &mut dyn Ledger,
    request: &DeliveryRequest<'_>,
) -> Result<Exit, Error> {
    let record = request.record;
    let unkept = receipts::begin_on_host(project, ledger, record)?;
    if let Some(why) = &unkept {
        warn_of_backups(terminal, &record.issue, why);
    }
    let exit = delivery::deliver(terminal, ledger, request)?;
    if unkept.is_none()
        && let Err(error) = receipts::end_on_host(project, ledger, record)
    {
        warn_of_backups(terminal, &record.issue, &with_causes(&error));
    }
    Ok(exit)
}

/// Warns that only the project's own files record what was sent.
fn warn_of_backups(terminal: &Terminal, issue: &IssueId, why: &Message) {
    terminal.note(message!(
        "warning: this machine cannot remember outside the project that {issue} is sent, so an older copy of the whole project \
         could send it again: {why}",
        "advarsel: denne maskine kan ikke huske uden for projektet, at {issue} er sendt, så en ældre kopi af hele projektet \
         kunne sende det igen: {why}"
    ));
}

/// Checks the addresses and the consents of an issue.
fn check_people(
    terminal: &Terminal,
    project: &Project,
    prepared: &PreparedIssue<'_>,
    now: Timestamp,
) -> Result<(), Blocked> {
    plan::check_addresses(project, prepared)?;
    terminal.diagnostics(&plan::check_consent(project, prepared, now)?);
    Ok(())
}

/// Asks whether to send an issue whose time is to come; `--yes` does not answer it.
fn confirm_early(terminal: &Terminal, options: &SendOptions, failure: GuardFailure) -> Result<(), GuardFailure> {
    let GuardFailure::Early { issue, send_at, .. } = &failure else { return Err(failure) };
    let question = message!(
        "{issue} is scheduled for {send_at}. Send it now? [y/N]",
        "{issue} skal først sendes {send_at}. Send det nu? [j/N]"
    );
    if options.confirmation == Confirmation::Ask && terminal.can_ask() && terminal.confirms(question) {
        return Ok(());
    }
    Err(failure)
}

/// Checks that the issue is sent to the audience that was asked for, even if nothing of it is left to send.
fn check_part(project: &Project, path: &Path, options: &SendOptions) -> Result<(), Blocked> {
    let Some(audience) = &options.guards.part.audience else { return Ok(()) };
    match project.issue(path)?.issue {
        Some(issue) => Ok(plan::check_audience(&issue, audience.as_str())?),
        // Its errors are reported when it is sent.
        None => Ok(()),
    }
}

/// Reads the issue, and checks that it is sent to the audience that was asked for.
pub(super) fn prepare<'p>(
    terminal: &Terminal,
    project: &'p Project,
    path: &Path,
    options: &SendOptions,
) -> Result<PreparedIssue<'p>, Blocked> {
    let (prepared, warnings) = plan::prepare_to_send(project, path)?;
    terminal.diagnostics(&warnings);
    if let Some(audience) = &options.guards.part.audience {
        plan::check_audience(&prepared.inputs.issue, audience.as_str())?;
    }
    Ok(prepared)
}

/// Checks that the issue may be sent now and is approved; says by whom.
fn check_approved(
    terminal: &Terminal,
    project: &Project,
    prepared: &PreparedIssue<'_>,
    options: &SendOptions,
    now: Timestamp,
) -> Result<(), Blocked> {
    match plan::check_sendable(project, &prepared.inputs.issue, now) {
        // What is left of a plan is marked as expired, and none of it is sent.
        Err(GuardFailure::Expired { .. })
            if options.guards.replan == ReplanPolicy::Continue && is_planned(project, &prepared.inputs.issue.id)? =>
        {
            return Ok(());
        }
        checked => checked?,
    }
    for approval in gate::check(project, &prepared.inputs, &options.guards.typed)? {
        terminal.note(approval);
    }
    Ok(())
}

/// Whether an issue has a plan.
fn is_planned(project: &Project, issue: &IssueId) -> Result<bool, Error> {
    let Some(mut ledger) = ledgers::open_to_read(project)? else { return Ok(false) };
    Ok(ledgers::plan_of(project, &mut *ledger, issue)?.is_some())
}

/// Reports pictures that must be uploaded.
pub(super) fn print_new_pictures(terminal: &Terminal, new: Option<&NewPictures>) {
    if let Some(NewPictures { count: number, url }) = new {
        let pictures = noun::NEW_PICTURE.count(*number as u64);
        terminal.note(message!(
            "{pictures} in public/: upload the folder, so that readers find it at {url}",
            "{pictures} i public/: læg mappen på nettet, så læserne kan se dem på {url}"
        ));
    }
}

/// Reports what is special about a new plan.
pub(super) fn print_new_plan(terminal: &Terminal, new: &NewPlan) {
    let suppressed = new.overview.held_back.values().sum();
    if suppressed > 0 {
        let letters = noun::LETTER.count(suppressed);
        let addresses = if suppressed == 1 {
            message!("the address is", "adressen")
        } else {
            message!("the addresses are", "adresserne")
        };
        terminal.note(message!(
            "{letters} not sent: {addresses} suppressed; see `newsletter suppression list`",
            "{letters} bliver ikke sendt: {addresses} er spærret; se `newsletter suppression list`"
        ));
    }
}

/// Shows the plan, and asks for the number of letters, which anyone who reads the screen can type. Nothing is asked about
/// a plan of which nothing is left to send.
fn is_confirmed(terminal: &Terminal, project: &Project, options: &SendOptions, proposal: &Proposal<'_>) -> bool {
    let letters = proposal.overview.letters;
    if options.confirmation == Confirmation::Given || letters == 0 {
        return true;
    }
    if !terminal.can_ask() {
        terminal.problem(terminal::cannot_ask());
        return false;
    }
    for line in plan_screen::lines(proposal, &project.settings().timezone, terminal.language()) {
        terminal.note(Message::verbatim(line));
    }
    let number = noun::LETTER.count(letters);
    let question = message!("{number}. Type the number to send:", "{number}. Skriv tallet for at sende:");
    let confirmed = terminal.ask(question).unwrap_or_default().parse() == Ok(letters);
    if !confirmed {
        terminal.problem(message!("the numbers differ; nothing was sent", "tallet passer ikke; intet er sendt"));
    }
    confirmed
}

/// Records who has unsubscribed by the spool and the access logs since the last run: they get no letter.
pub(super) fn record_leaves(
    terminal: &Terminal,
    project: &Project,
    ledger: &mut dyn Ledger,
    now: Timestamp,
) -> Result<(), Error> {
    let (counts, unread) = leave::record_configured(project, ledger, now)?;
    report::unread_requests(terminal, &unread);
    print_left(terminal, &counts);
    Ok(())
}

/// Prints how many readers have unsubscribed, if any.
pub(super) fn print_left(terminal: &Terminal, counts: &LeaveCounts) {
    if counts.left > 0 {
        let readers = noun::READER.count(counts.left);
        terminal.as_news(|| terminal.note(message!("{readers} unsubscribed", "{readers} har meldt sig fra")));
    }
}

/// Erases the recipients of letters that are older than `retention`.
fn erase_old(terminal: &Terminal, project: &Project, ledger: &mut dyn Ledger, now: Timestamp) -> Result<(), Error> {
    let Some(moment) = project.erase_before(now) else { return Ok(()) };
    if !retention::is_plausible(ledger, now)? {
        terminal.letter(|| {
            message!(
                "old issues are kept: nothing was sent for a long time, so the clock may be wrong",
                "gamle nyhedsbreve beholdes: der er længe ikke sendt noget, så uret går måske forkert"
            )
        });
        return Ok(());
    }
    let letters = retention::erase_before(ledger, moment)?;
    if letters > 0 {
        let letters = noun::LETTER.count(letters);
        terminal.letter(|| {
            message!(
                "{letters} of old issues anonymised, as `retention` says",
                "{letters} fra gamle nyhedsbreve er anonymiseret efter `retention`"
            )
        });
    }
    Ok(())
}

/// How long a run may wait: at most until its letters expire.
fn wait_policy(project: &Project, record: &PlanRecord, deferred: DeferredPolicy) -> WaitPolicy {
    let give_up = SignedDuration::try_from(project.retry().give_up).unwrap_or(SignedDuration::MAX);
    let expired = Timestamp::now().checked_add(give_up).unwrap_or(Timestamp::MAX);
    match deferred {
        DeferredPolicy::Leave => WaitPolicy::Brief,
        DeferredPolicy::Wait => WaitPolicy::Until(record.send_until.map_or(expired, |until| until.min(expired))),
    }
}
