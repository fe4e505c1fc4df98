//! `audience explain`: why an address is in each audience, or why not.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::base::message::{Message, composed, message};
use crate::base::source::diagnostic::Diagnostics;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::record::LetterRecord;
use crate::delivery::ledger::state::LetterState;
use crate::delivery::ledger::suppression::{self, Suppression};
use crate::delivery::stored_reason::in_words;
use crate::issue::series::SeriesId;
use crate::ops::consent_texts;
use crate::ops::ledgers;
use crate::ops::membership_reason::describe;
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::text::visible;
use crate::people::person::suppression_reason::SuppressionReason;
use crate::people::person::{Address, Consent};
use crate::project::Project;
use crate::project::resolved_audiences::ResolvedAudiences;

/// Arguments of `audience explain`.
#[derive(Args, Debug)]
pub(crate) struct AudienceExplainArgs {
    /// E-mail address
    address: String,
    /// Also show which edition of this issue the address gets
    #[arg(long, value_name = "ISSUE")]
    issue: Option<PathBuf>,
}

#[derive(Serialize)]
struct ExplainJson<'a> {
    address: &'a str,
    audience: &'a str,
    member: bool,
    because: &'a str,
}

#[derive(Serialize)]
struct ConsentJson<'a> {
    address: &'a str,
    origin: String,
    consent: Option<&'a Consent>,
    text_sha256: Option<&'a str>,
}

#[derive(Serialize)]
struct SuppressedJson<'a> {
    address: &'a str,
    suppressed: SuppressionReason,
    series: Option<&'a SeriesId>,
    since: Timestamp,
    by: &'a str,
}

#[derive(Serialize)]
struct FeedbackJson<'a> {
    address: &'a str,
    issue: &'a str,
    state: LetterState,
    at: Option<Timestamp>,
    reply: Option<String>,
}

#[derive(Serialize)]
struct EditionJson<'a> {
    address: &'a str,
    issue: &'a str,
    edition: Option<String>,
}

/// Reports for each audience whether an address is in it, and because of which line of which file.
pub(super) fn run(terminal: &Terminal, project: &Project, explain: &AudienceExplainArgs) -> Result<Exit, Error> {
    let address = match Address::parse(&explain.address) {
        Ok(address) => address,
        Err(error) => {
            terminal.problem(composed!("{}: {error}", explain.address));
            return Ok(Exit::Blocked);
        }
    };
    let (readers, diagnostics) = project.readers()?;
    let exit = terminal.list_diagnostics(project, diagnostics);
    terminal.print_line(Message::verbatim(address.as_str()));
    let width = readers.audiences.iter().map(|audience| audience.id.as_str().chars().count()).max().unwrap_or(0);
    for audience in readers.audiences.iter() {
        let reason = readers.evidence().explain(audience, &address)?;
        let because = describe(&reason).map(visible);
        let (id, member) = (audience.id.as_str(), reason.is_in());
        terminal.json(&ExplainJson { address: address.as_str(), audience: id, member, because: because.english() });
        let member = if member { message!("in ", "med") } else { message!("out", "ude") };
        terminal.print_line(composed!("  {id:<width$}  {member}  {because}"));
    }
    report_consents(terminal, project, &readers, &address)?;
    let suppressions = suppressions_in_force(project, &address)?;
    for suppression in &suppressions {
        let since = suppression.at.to_zoned_datetime(project.settings().timezone.clone()).date();
        let (reason, source) = (suppression.reason, visible(&suppression.source));
        terminal.json(&SuppressedJson {
            address: address.as_str(),
            suppressed: reason,
            series: suppression.series.as_ref(),
            since: suppression.at,
            by: &source,
        });
        let within = report::in_series(suppression.series.as_ref());
        let (reason, source) = (report::suppression_reason(reason), report::suppression_source(&suppression.source));
        terminal.print_line(message!(
            "  suppressed{within}: {reason} since {since}, by {source}",
            "  spærret{within}: {reason} siden {since} ({source})"
        ));
    }
    report_feedback(terminal, project, &address)?;
    match &explain.issue {
        Some(issue) => report_edition(terminal, project, &address, issue, &suppressions),
        None => Ok(exit),
    }
}

/// Reports the letters that came back from the address, or after which it was unsubscribed.
fn report_feedback(terminal: &Terminal, project: &Project, address: &Address) -> Result<(), Error> {
    let Some(mut ledger) = ledgers::open_to_read(project)? else { return Ok(()) };
    for (plan, record) in ledger.letters_to(&address.key())? {
        let LetterRecord { state, at, reason, .. } = record;
        if !matches!(state, LetterState::Bounced | LetterState::Complained | LetterState::Left) {
            continue;
        }
        let (issue, reply) = (plan.record.issue.as_str(), reason.map(|reason| visible(&reason.to_string())));
        let day = at.map(|at| at.to_zoned_datetime(project.settings().timezone.clone()).date());
        let day = day.map(|day| message!(" on {day}", " {day}"));
        let (word, day) = (report::word(state, plan.record.transport), day.unwrap_or_default());
        let said = reply.as_deref().map(|reply| composed!(": {}", in_words(reply))).unwrap_or_default();
        terminal.print_line(composed!("  {issue}: {word}{day}{said}"));
        terminal.json(&FeedbackJson { address: address.as_str(), issue, state, at, reply });
    }
    Ok(())
}

/// Reports the consent of each row with the address.
fn report_consents(
    terminal: &Terminal,
    project: &Project,
    readers: &ResolvedAudiences,
    address: &Address,
) -> Result<(), Error> {
    // `check` reports problems of the texts.
    let digests = consent_texts::digests(project, &mut Diagnostics::new());
    for person in readers.evidence().occurrences(address)? {
        let (origin, consent) = (person.origin.to_string(), person.consent.as_deref());
        let digest = consent.and_then(|consent| digests.get(consent.text.as_ref()?)).map(Digest::as_str);
        let words = match (consent, digest) {
            (None, _) => message!("no consent is recorded", "intet samtykke er noteret"),
            (Some(consent), None) => message!("consent {consent}", "samtykke {consent}"),
            (Some(consent), Some(digest)) => {
                message!("consent {consent} (SHA-256 {digest})", "samtykke {consent} (SHA-256 {digest})")
            }
        };
        terminal.print_line(composed!("  {origin}: {words}").map(visible));
        let address = address.as_str();
        terminal.json(&ConsentJson { address, origin, consent, text_sha256: digest });
    }
    Ok(())
}

/// The suppressions of an address that are in force; empty: it gets letters.
fn suppressions_in_force(project: &Project, address: &Address) -> Result<Vec<Suppression>, Error> {
    let Some(mut ledger) = ledgers::open_to_read(project)? else { return Ok(Vec::new()) };
    let keys = project.keys()?;
    let mut suppressions = suppression::suppressions_of(&mut *ledger, &keys, address)?;
    suppressions.retain(|suppression| suppression.removal.is_none());
    Ok(suppressions)
}

/// Reports which edition of an issue the address gets.
fn report_edition(
    terminal: &Terminal,
    project: &Project,
    address: &Address,
    issue: &Path,
    suppressions: &[Suppression],
) -> Result<Exit, Error> {
    let (prepared, _) = PreparedIssue::of(project, &project.issue_like(issue))?;
    let Some(prepared) = prepared else {
        let issue = issue.display();
        terminal
            .problem(message!("{issue} has errors: see `newsletter check`", "{issue} har fejl: se `newsletter check`"));
        return Ok(Exit::Blocked);
    };
    let concerns = |suppression: &Suppression| {
        suppression.series.is_none() || suppression.series.as_ref() == prepared.inputs.series()
    };
    let edition =
        prepared.recipient(address.as_str())?.map(|(_, key)| key.id()).filter(|_| !suppressions.iter().any(concerns));
    let id = prepared.inputs.issue.id.as_str();
    terminal.json(&EditionJson { address: address.as_str(), issue: id, edition: edition.clone() });
    match edition {
        Some(edition) => terminal.print_line(message!("{id}: edition {edition}", "{id}: udgaven {edition}")),
        None => terminal.print_line(message!("{id}: no letter", "{id}: ingen mail")),
    }
    Ok(Exit::Done)
}
