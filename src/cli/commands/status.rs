//! `status`: the delivery status of letters.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::base::error::Error;
use crate::base::message::{Message, composed, message};
use crate::cli::csv_cell::CsvForm;
use crate::cli::exit::Exit;
use crate::cli::feedback_report;
use crate::cli::json::TotalsJson;
use crate::cli::last_run;
use crate::cli::next_issues;
use crate::cli::report;
use crate::cli::terminal::Terminal;
use crate::cli::typed;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::record::{LetterRecord, PlanRecord};
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::stored_reason::in_words;
use crate::letter::plan::TransportKind;
use crate::ops::approval::gate;
use crate::ops::feedback_rates::FeedbackRates;
use crate::ops::issue_versions::{self, CurrentText, IssueVersions};
use crate::ops::ledgers;
use crate::ops::member_numbers::MemberNumbers;
use crate::ops::receipts;
use crate::ops::refusals;
use crate::ops::status::{self, SendingStatus};
use crate::ops::text::visible;
use crate::project::Project;
use crate::project::receipt::{IssueIdentity, Receipt};

/// Arguments of `status`.
#[derive(Args, Debug)]
pub(crate) struct StatusArgs {
    /// The issue's file [default: all issues that were sent]
    pub(super) issue: Option<PathBuf>,
    /// Show only this recipient's letter
    address: Option<String>,
    /// List all letters
    #[arg(long)]
    letters: bool,
    /// List letters that did not arrive: unsent, deferred, refused, bounced, expired, in doubt, suppressed
    #[arg(long)]
    failed: bool,
    /// List letters in these states: accepted, refused, bounced …
    #[arg(long, value_name = "STATES", value_delimiter = ',', conflicts_with = "failed")]
    state: Vec<LetterState>,
    /// Show how many letters bounced or were reported as spam, and how many readers unsubscribed, by domain
    #[arg(long, conflicts_with_all = ["address", "letters", "failed", "state", "csv"])]
    feedback: bool,
    /// Print the list as CSV; of all letters, unless `--failed` or `--state` choose some
    #[arg(long, conflicts_with_all = ["json", "address"], value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "excel")]
    csv: Option<CsvForm>,
}

impl StatusArgs {
    /// Whether letters are listed, and not only counted.
    fn lists_letters(&self) -> bool {
        self.letters || self.failed || self.csv.is_some() || !self.state.is_empty()
    }
}

#[derive(Serialize)]
struct LetterJson<'a> {
    address: &'a str,
    state: LetterState,
    edition: &'a str,
    at: Option<String>,
    reply: Option<String>,
    message_id: &'a str,
    /// The version of the issue's text, counted from 1; absent: it was not sent.
    version: Option<usize>,
}

impl<'a> LetterJson<'a> {
    fn new(record: &'a LetterRecord, versions: &IssueVersions) -> Self {
        Self {
            address: record.letter.person.address.as_str(),
            state: record.state,
            edition: &record.letter.edition,
            at: record.at.map(|at| at.to_string()),
            reply: record.reason.as_ref().map(ToString::to_string),
            message_id: &record.letter.message_id,
            version: versions.of_letter(record),
        }
    }
}

/// Prints the totals of one plan or of all, or the state of each letter.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &StatusArgs) -> Result<Exit, Error> {
    let mut ledger = ledgers::open_to_read(project)?;
    let Some(typed) = &args.issue else {
        if args.lists_letters() {
            terminal.problem(message!(
                "name the issue whose letters are to be listed, for example: newsletter status issues/november.md --failed",
                "skriv, hvilket nyhedsbrevs mails der skal vises, f.eks.: newsletter status issues/november.md --failed"
            ));
            return Ok(Exit::Blocked);
        }
        return if args.feedback { all_feedback(terminal, ledger) } else { all(terminal, project, ledger) };
    };
    let identity = receipts::identity(project, &project.issue_like(typed))?;
    let plan = match ledger.as_deref_mut() {
        Some(ledger) => ledgers::plan_of(project, ledger, &identity.id)?.map(|plan| (ledger, plan)),
        None => None,
    };
    let Some((ledger, plan)) = plan else {
        return report_unplanned(terminal, project, &identity, args);
    };
    if args.feedback {
        feedback_report::print(terminal, &FeedbackRates::of(ledger, &[plan])?);
        return Ok(Exit::Done);
    }
    if let Some(address) = &args.address {
        return report_recipient(terminal, project, ledger, &plan, address);
    }
    if args.lists_letters() {
        return list(terminal, project, ledger, &plan, args);
    }
    print_report(terminal, project, ledger, &plan, issue_versions::current_texts(project)?.get(&plan.issue))
}

/// Reports an issue that the ledger has no plan of.
fn report_unplanned(
    terminal: &Terminal,
    project: &Project,
    identity: &IssueIdentity,
    args: &StatusArgs,
) -> Result<Exit, Error> {
    let issue = &identity.id;
    if args.csv.is_some() {
        terminal.problem(message!(
            "{issue}: this ledger has no letters of it, so there is nothing to list",
            "{issue}: sendebogen (ledger) har ingen mails fra det, så der er intet at vise"
        ));
        return Ok(Exit::Blocked);
    }
    let (receipts, problems) = receipts::of_others(project, &BTreeSet::new())?;
    if let Some(receipt) = receipts.iter().find(|receipt| receipt.is_about(identity)) {
        print_receipt(terminal, project, receipt);
    } else if let Some(receipt) = receipts::unknown_here(project, identity)? {
        // It has no figures, or was kept by this host alone.
        let failure = &receipt.failure;
        let text = composed!("{failure}");
        terminal.json(&serde_json::json!({ "issue": issue.as_str(), "sent_elsewhere": text }));
        terminal.print_line(text);
    } else {
        terminal.json(&TotalsJson::new(issue.as_str(), ledgers::transport_kind(project), &Totals::default()));
        terminal.print_line(message!("{issue}: not sent yet", "{issue}: ikke sendt endnu"));
        let missing =
            args.issue.as_ref().map(|typed| gate::missing(project, &project.issue_like(typed))).transpose()?;
        if let Some(missing) = missing.flatten() {
            terminal.print_line(composed!("  {missing}"));
        }
    }
    terminal.diagnostics(&problems);
    Ok(Exit::Done)
}

fn all(terminal: &Terminal, project: &Project, ledger: Option<Box<dyn Ledger>>) -> Result<Exit, Error> {
    let mut sent = BTreeSet::new();
    if let Some(mut ledger) = ledger {
        let texts = issue_versions::current_texts(project)?;
        for plan in ledger.plans_in_force()? {
            print_report(terminal, project, &mut *ledger, &plan, texts.get(&plan.issue))?;
            sent.insert(plan.issue);
        }
    }
    let (receipts, problems) = receipts::of_others(project, &sent)?;
    for receipt in &receipts {
        print_receipt(terminal, project, receipt);
    }
    sent.extend(receipts.into_iter().map(|receipt| receipt.issue));
    terminal.diagnostics(&problems);
    if sent.is_empty() {
        terminal.print_line(message!("nothing was sent yet", "der er ikke sendt noget endnu"));
    }
    next_issues::print(terminal, project, &sent, Timestamp::now())?;
    last_run::print(terminal, project);
    Ok(Exit::Done)
}

/// Prints what a receipt says of an issue that this ledger has no plan of.
fn print_receipt(terminal: &Terminal, project: &Project, receipt: &Receipt) {
    let (issue, transport) = (receipt.issue.as_str(), TransportKind::Smtp);
    terminal.json(&serde_json::json!({
        "issue": issue,
        "host": receipt.host,
        "planned": receipt.planned.to_string(),
        "totals": TotalsJson::new(issue, transport, &receipt.totals),
    }));
    let at = local(project, receipt.last_accepted.unwrap_or(receipt.planned));
    terminal.print_line(composed!("{issue}: {}", report::line(&receipt.totals, transport)));
    let host = &receipt.host;
    terminal.print_line(message!(
        "  sent from {host} at {at}, as its receipt says; not in this ledger",
        "  sendt fra {host} {at} ifølge kvitteringen; står ikke i denne sendebog (ledger)"
    ));
}

/// Prints the bounces, complaints and unsubscriptions of all issues.
fn all_feedback(terminal: &Terminal, ledger: Option<Box<dyn Ledger>>) -> Result<Exit, Error> {
    let rates = match ledger {
        Some(mut ledger) => {
            let plans = ledger.plans_in_force()?;
            FeedbackRates::of(&mut *ledger, &plans)?
        }
        None => FeedbackRates::default(),
    };
    feedback_report::print(terminal, &rates);
    Ok(Exit::Done)
}

fn print_report(
    terminal: &Terminal,
    project: &Project,
    ledger: &mut dyn Ledger,
    plan: &PlanRecord,
    text: Option<&CurrentText>,
) -> Result<Exit, Error> {
    let sending = SendingStatus::of(ledger)?;
    let totals = status::totals(ledger, plan)?;
    let subject = text.filter(|text| text.is_of(plan)).map(|text| text.subject.as_str());
    terminal.json(&TotalsJson::new(plan.issue.as_str(), plan.transport, &totals).named(subject));
    terminal.print_line(composed!("{}: {}", plan.issue, report::line(&totals, plan.transport)));
    if let Some(subject) = subject.map(visible) {
        terminal.print_line(message!("  subject: {subject}", "  emne: {subject}"));
    } else if let Some(text) = text {
        // The ledger keeps no subject, and another text may have another one.
        let subject = visible(&text.subject);
        terminal.print_line(message!(
            "  its file has another text now, with the subject: {subject}",
            "  filen har en anden tekst nu, med emnet: {subject}"
        ));
    }
    let limit = refusals::limit_of(project, plan);
    for line in report::advice(plan, &totals, limit, sending, None) {
        terminal.print_line(composed!("  {line}"));
    }
    if ledger.is_erased(plan.id)? {
        terminal.print_line(message!("  its recipients were erased", "  modtagerne er slettet"));
    }
    Ok(Exit::Done)
}

fn report_recipient(
    terminal: &Terminal,
    project: &Project,
    ledger: &mut dyn Ledger,
    plan: &PlanRecord,
    address: &str,
) -> Result<Exit, Error> {
    let Some(address) = typed::address(terminal, address) else { return Ok(Exit::Blocked) };
    let sending = SendingStatus::of(ledger)?;
    let Some(record) = ledger.letter(plan.id, &address.key())? else {
        let issue = &plan.issue;
        terminal.problem(message!("{address} is not a recipient of {issue}", "{address} er ikke modtager af {issue}"));
        return Ok(Exit::Blocked);
    };
    let record = status::observed(record, plan, sending);
    let versions = IssueVersions::of(ledger, plan)?;
    terminal.json(&LetterJson::new(&record, &versions));
    terminal.print_line(composed!("{}: {}", record.letter.person.address, report::word(record.state, plan.transport)));
    let (edition, origin) = (&record.letter.edition, &record.letter.person.origin);
    terminal.print_line(message!("  edition {edition}, from {origin}", "  udgaven {edition}, fra {origin}"));
    if let Some(version) = versions.of_letter(&record).filter(|_| versions.count() > 1) {
        let all = versions.count();
        terminal.print_line(message!(
            "  version {version} of {all} of the text",
            "  version {version} af {all} af teksten"
        ));
    }
    terminal.print_line(Message::verbatim(format!("  Message-ID {}", record.letter.message_id)));
    if let (Some(at), Some(reply)) = (record.at, &record.reason) {
        let reply = in_words(&reply.to_string()).map(visible);
        terminal.print_line(composed!("  {}: {reply}", local(project, at)));
    }
    terminal.print_line(composed!("  {}", report::meaning(record.state, plan.transport)));
    Ok(Exit::Done)
}

fn list(
    terminal: &Terminal,
    project: &Project,
    ledger: &mut dyn Ledger,
    plan: &PlanRecord,
    args: &StatusArgs,
) -> Result<Exit, Error> {
    let numbers = match (args.csv, &args.issue) {
        (Some(_), Some(typed)) => MemberNumbers::of(project, &project.issue_like(typed))?,
        (Some(_) | None, _) => None,
    };
    if let Some(csv) = args.csv {
        let number = numbers.as_ref().map(MemberNumbers::field);
        csv.print_header(&CSV_COLUMNS.into_iter().chain(number).collect::<Vec<_>>());
    }
    let sending = SendingStatus::of(ledger)?;
    let versions = IssueVersions::of(ledger, plan)?;
    let mut listed = 0_u64;
    ledger.each_letter(plan.id, &mut |record| {
        let record = status::observed(record, plan, sending);
        let is_other = !args.state.is_empty() && !args.state.contains(&record.state);
        if is_other || args.failed && record.state.has_arrived() {
            return;
        }
        listed += 1;
        let json = LetterJson::new(&record, &versions);
        if let Some(csv) = args.csv {
            let number = numbers.as_ref().map(|numbers| numbers.get(&record.letter.person.address).unwrap_or_default());
            print_cells(csv, &json, number);
        } else {
            terminal.json(&json);
            terminal.print_line(letter_line(project, plan, &record, &versions));
        }
    })?;
    if listed == 0 && args.csv.is_none() {
        let all = report::line(&status::totals(ledger, plan)?, plan.transport);
        let issue = &plan.issue;
        terminal.print_line(message!("{issue}: no such letters. {all}", "{issue}: ingen af den slags mails. {all}"));
    }
    Ok(Exit::Done)
}

/// In the order of the cells that [`print_cells`] prints; the membership number follows, where a list has one.
const CSV_COLUMNS: [&str; 7] = ["address", "state", "edition", "at", "reply", "message_id", "version"];

fn print_cells(csv: CsvForm, json: &LetterJson<'_>, number: Option<&str>) {
    let at = json.at.clone().unwrap_or_default();
    let reply = json.reply.as_deref().unwrap_or_default();
    let version = json.version.map(|version| version.to_string()).unwrap_or_default();
    let cells = [json.address, json.state.as_str(), json.edition, &at, reply, json.message_id, &version];
    csv.print_row(&cells.into_iter().chain(number).collect::<Vec<_>>());
}

/// A letter on one line, with the version of its text where there are several.
fn letter_line(project: &Project, plan: &PlanRecord, record: &LetterRecord, versions: &IssueVersions) -> Message {
    let version = versions.of_letter(record).filter(|_| versions.count() > 1);
    let version = version.map(|version| format!(", version {version}")).unwrap_or_default();
    let at = record.at.map(|at| local(project, at)).unwrap_or_default();
    let reply = record.reason.as_ref().map(|reason| in_words(&reason.to_string()).map(visible)).unwrap_or_default();
    let LetterRecord { letter, state, .. } = record;
    let word = report::word(*state, plan.transport);
    composed!("{}\t{word}\t{}{version}\t{at}\t{reply}", letter.person.address, letter.edition)
}

/// A moment in the project's time zone, with its distance from UTC: in autumn an hour occurs twice.
fn local(project: &Project, moment: Timestamp) -> String {
    let zoned = moment.to_zoned_datetime(project.settings().timezone.clone());
    zoned.strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
}
