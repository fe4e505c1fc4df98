//! `suppression list`: the addresses that are or were suppressed.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::report::{in_series, suppression_reason, suppression_source};
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::suppression::Suppression;
use crate::issue::series::SeriesId;
use crate::ops::ledgers;
use crate::people::person::Address;
use crate::people::person::suppression_reason::SuppressionReason;
use crate::project::Project;

#[derive(Serialize)]
struct SuppressionJson<'a> {
    address: Option<&'a str>,
    series: Option<&'a SeriesId>,
    reason: SuppressionReason,
    at: Timestamp,
    source: &'a str,
    removed_at: Option<Timestamp>,
    removed_because: Option<&'a str>,
}

impl<'a> SuppressionJson<'a> {
    fn new(suppression: &'a Suppression) -> Self {
        Self {
            address: suppression.address.as_ref().map(Address::as_str),
            series: suppression.series.as_ref(),
            reason: suppression.reason,
            at: suppression.at,
            source: &suppression.source,
            removed_at: suppression.removal.as_ref().map(|removal| removal.at),
            removed_because: suppression.removal.as_ref().map(|removal| removal.because.as_str()),
        }
    }
}

/// Lists every suppression, in force or removed.
pub(super) fn run(terminal: &Terminal, project: &Project) -> Result<Exit, Error> {
    let mut in_force = 0;
    if let Some(mut ledger) = ledgers::open_complete(project)? {
        let zone = &project.settings().timezone;
        ledger.each_suppression(&mut |suppression| {
            terminal.json(&SuppressionJson::new(&suppression));
            in_force += u64::from(suppression.removal.is_none());
            terminal.print_line(line(&suppression, zone));
        })?;
    }
    let addresses = noun::ADDRESS.count(in_force);
    terminal.print_line(message!("{addresses} suppressed", "{addresses} spærret"));
    Ok(Exit::Done)
}

fn line(suppression: &Suppression, zone: &TimeZone) -> Message {
    let day = |at: Timestamp| at.to_zoned_datetime(zone.clone()).date();
    let address = suppression.address.as_ref().map(|address| Message::verbatim(address.as_str()));
    let address = address.unwrap_or_else(|| message!("(address not kept)", "(adressen er ikke gemt)"));
    let removed = suppression.removal.as_ref().map(|removal| {
        let (day, because) = (day(removal.at), &removal.because);
        message!("; removed on {day}: {because}", "; ophævet {day}: {because}")
    });
    let removed = removed.unwrap_or_default();
    let (reason, at) = (suppression_reason(suppression.reason), day(suppression.at));
    let source = suppression_source(&suppression.source);
    let series = in_series(suppression.series.as_ref());
    message!(
        "{address}\t{reason}{series} since {at}, by {source}{removed}",
        "{address}\t{reason}{series} siden {at} ({source}){removed}"
    )
}
