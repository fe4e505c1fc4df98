//! `suppress` and `unsubscribe`: who is not written to any more, and who is again.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::base::error::Error;
use crate::base::source::nearest::nearest;
use crate::cli::args::{SuppressArgs, UnsubscribeArgs};
use crate::cli::exit::Exit;
use crate::cli::project::OpenProject;
use crate::cli::report::{count, in_series};
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::suppression::{Suppression, SuppressionRemoval};
use crate::issue::series::SeriesId;
use crate::people::person::Address;
use crate::people::person::suppression_reason::{SuppressionReason, SuppressionRequest};
use crate::project::files::read_export;

#[derive(Serialize)]
struct SuppressionJson<'a> {
    address: Option<&'a str>,
    series: Option<&'a SeriesId>,
    reason: SuppressionReason,
    at: Timestamp,
    source: &'a str,
    lifted_at: Option<Timestamp>,
    lifted_because: Option<&'a str>,
}

/// What was typed after `unsubscribe`.
pub(super) fn unsubscribe(terminal: &Terminal, opened: &OpenProject, typed: &UnsubscribeArgs) -> Result<Exit, Error> {
    let Some(addresses) = addresses(terminal, &typed.addresses) else { return Ok(Exit::Stopped) };
    let series = match series(terminal, opened, typed.series.as_deref()) {
        Ok(series) => series,
        Err(exit) => return Ok(exit),
    };
    record(terminal, opened, (&addresses, series), (SuppressionReason::Unsubscribed, "unsubscribe"))
}

/// What was typed after `suppress`.
pub(super) fn run(terminal: &Terminal, opened: &OpenProject, typed: &SuppressArgs) -> Result<Exit, Error> {
    if typed.list {
        return list(terminal, opened);
    }
    let mut texts = typed.addresses.clone();
    if let Some(file) = &typed.file {
        let text = String::from_utf8_lossy(&read_export(file)?).into_owned();
        let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
        texts.extend(lines.filter(|it| !it.is_empty() && !it.starts_with('#')).map(str::to_owned));
    }
    if texts.is_empty() {
        terminal.problem("no address was given; --list tells who is not written to");
        return Ok(Exit::Stopped);
    }
    let Some(addresses) = addresses(terminal, &texts) else { return Ok(Exit::Stopped) };
    let series = match series(terminal, opened, typed.series.as_deref()) {
        Ok(series) => series,
        Err(exit) => return Ok(exit),
    };
    if let Some(because) = &typed.lift {
        return remove(terminal, opened, (&addresses, series), because);
    }
    let Some(reason) = SuppressionReason::parse(&typed.reason) else {
        let names = SuppressionReason::ALL.map(SuppressionReason::as_str).join(", ");
        terminal.problem(&format!("{} is no reason; the reasons are {names}", typed.reason));
        return Ok(Exit::Stopped);
    };
    if reason == SuppressionReason::Erased && series.is_some() {
        terminal.problem("who is to be forgotten is forgotten everywhere: leave --series out");
        return Ok(Exit::Stopped);
    }
    record(terminal, opened, (&addresses, series), (reason, "suppress"))
}

/// All or nothing: half a list would look like all of it.
fn addresses(terminal: &Terminal, texts: &[String]) -> Option<Vec<Address>> {
    let mut sound = true;
    let mut addresses = Vec::new();
    for text in texts {
        match Address::parse(text) {
            Ok(address) => addresses.push(address),
            Err(error) => {
                terminal.problem(&format!("{text}: {error}; nothing was written"));
                sound = false;
            }
        }
    }
    sound.then_some(addresses)
}

fn record(
    terminal: &Terminal,
    opened: &OpenProject,
    (addresses, series): (&[Address], Option<&SeriesId>),
    (reason, source): (SuppressionReason, &str),
) -> Result<Exit, Error> {
    let (key, now) = (opened.project.key()?, Timestamp::now());
    let departure =
        |it: &Address| SuppressionRequest { address: it.clone(), reason, at: None, source: source.to_owned() };
    let suppressions: Vec<Suppression> =
        addresses.iter().map(|it| Suppression::of(&departure(it), series, (&key, now))).collect();
    let new = opened.ledger_to_suppress()?.suppress(&suppressions, now)?;
    let known = suppressions.len() as u64 - new.min(suppressions.len() as u64);
    terminal.json(&serde_json::json!({ "new": new, "known": known, "reason": reason, "series": series }));
    let known = if known > 0 { format!("; {known} known before") } else { String::new() };
    let (new, within) = (count(new, "address"), in_series(series));
    terminal.say(&format!("{new} not written to any more{within} ({}){known}", reason.as_str()));
    Ok(Exit::Done)
}

/// The series that was typed, if one was; tells where there is no such series, and how the command ends then.
fn series<'o>(terminal: &Terminal, opened: &'o OpenProject, typed: Option<&str>) -> Result<Option<&'o SeriesId>, Exit> {
    let Some(typed) = typed else { return Ok(None) };
    let known = &opened.project.settings().series;
    let found = known.get_key_value(typed).map(|(id, _)| id);
    if found.is_some() {
        return Ok(found);
    }
    let ids: Vec<&str> = known.keys().map(SeriesId::as_str).collect();
    let hint = match nearest(typed, ids.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None if ids.is_empty() => "newsletter.yaml has none".to_owned(),
        None => format!("the series are: {}", ids.join(", ")),
    };
    terminal.problem(&format!("there is no series {typed}: {hint}"));
    Err(Exit::Stopped)
}

fn remove(
    terminal: &Terminal,
    opened: &OpenProject,
    (addresses, series): (&[Address], Option<&SeriesId>),
    because: &str,
) -> Result<Exit, Error> {
    if because.trim().is_empty() {
        terminal.problem("say why they are written to again, such as --lift \"asked for it by mail on 3 May\"");
        return Ok(Exit::Stopped);
    }
    let key = opened.project.key()?;
    let lifted = SuppressionRemoval { at: Timestamp::now(), because: because.trim().to_owned() };
    let mut ledger = opened.ledger_to_suppress()?;
    let mut count_lifted = 0;
    for address in addresses {
        match ledger.lift(&crate::delivery::ledger::suppression::tag(&key, address, series), &lifted)? {
            0 => terminal.note(&format!("{address} was written to anyway{}", in_series(series))),
            _ => count_lifted += 1,
        }
    }
    terminal.json(&serde_json::json!({ "lifted": count_lifted }));
    terminal.say(&format!("{} written to again, from the next issue on", count(count_lifted, "address")));
    Ok(Exit::Done)
}

fn list(terminal: &Terminal, opened: &OpenProject) -> Result<Exit, Error> {
    let Some(mut ledger) = opened.ledger()? else {
        terminal.say("everybody is written to");
        return Ok(Exit::Done);
    };
    let (mut in_force, zone) = (0, opened.project.settings().timezone.clone());
    ledger.each_suppression(&mut |it| {
        terminal.json(&json(&it));
        in_force += u64::from(it.lifted.is_none());
        terminal.say(&line(&it, &zone));
    })?;
    terminal.say(&format!("{} not written to", count(in_force, "address")));
    Ok(Exit::Done)
}

fn json(suppression: &Suppression) -> SuppressionJson<'_> {
    SuppressionJson {
        address: suppression.address.as_ref().map(Address::as_str),
        series: suppression.series.as_ref(),
        reason: suppression.reason,
        at: suppression.at,
        source: &suppression.source,
        lifted_at: suppression.lifted.as_ref().map(|it| it.at),
        lifted_because: suppression.lifted.as_ref().map(|it| it.because.as_str()),
    }
}

fn line(suppression: &Suppression, zone: &TimeZone) -> String {
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let who = suppression.address.as_ref().map_or("(an address that is not kept)", Address::as_str);
    let again = suppression.lifted.as_ref().map(|it| format!("; again since {}: {}", day(it.at), it.because));
    let (reason, at, source) = (suppression.reason.as_str(), day(suppression.at), &suppression.source);
    let within = in_series(suppression.series.as_ref());
    format!("{who}\t{reason}{within} since {at}, by {source}{}", again.unwrap_or_default())
}
