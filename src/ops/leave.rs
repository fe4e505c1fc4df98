//! Records requests to unsubscribe, wherever they were kept: in a spool, in the logs of web servers, or in a list of tokens.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead};
use std::mem;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::message::message;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::feedback::{LeaveRequest, LeaveResult};
use crate::feedback::access_log::{AccessLogLine, PostedRequest};
use crate::feedback::spool::{LeaveSpool, RecordedRequests, UnreadSpoolFile};
use crate::letter::unsubscribe_token::LeaveTarget;
use crate::ops::log_files;
use crate::project::Project;

/// How many requests are recorded in one transaction, so that a log of any size needs little memory.
const BATCH: usize = 10_000;
/// The recorded source of requests from a log.
const ACCESS_LOG: &str = "access log";

/// The results of requests to unsubscribe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeaveCounts {
    /// Readers who are unsubscribed from now on.
    pub left: u64,
    /// Readers who were unsubscribed before.
    pub already_left: u64,
    /// Tokens that no letter of this project has.
    pub unknown: u64,
}

impl LeaveCounts {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.left + self.already_left + self.unknown
    }

    /// Adds others.
    pub fn add(&mut self, other: Self) {
        self.left += other.left;
        self.already_left += other.already_left;
        self.unknown += other.unknown;
    }
}

/// The lines of a log, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogCounts {
    /// Lines with a request of any kind.
    pub requests: u64,
    /// Lines that are not requests, such as one that was cut off.
    pub unreadable: u64,
}

/// When a reader asked to leave, if they asked more than once.
struct AskedAt {
    first: Timestamp,
    last: Timestamp,
}

/// Records requests to unsubscribe, the same one once; in a dry run it only counts them.
pub struct LeaveRecorder<'l> {
    ledger: Option<&'l mut dyn Ledger>,
    source: &'static str,
    now: Timestamp,
    waiting: BTreeMap<LeaveTarget, AskedAt>,
    counts: LeaveCounts,
}

impl<'l> LeaveRecorder<'l> {
    /// A recorder for requests from `source`. Without a ledger all tokens are unknown.
    pub fn new(ledger: Option<&'l mut dyn Ledger>, source: &'static str, now: Timestamp) -> Self {
        Self { ledger, source, now, waiting: BTreeMap::new(), counts: LeaveCounts::default() }
    }

    /// A recorder for requests in access logs.
    pub fn of_logs(ledger: Option<&'l mut dyn Ledger>, now: Timestamp) -> Self {
        Self::new(ledger, ACCESS_LOG, now)
    }

    /// Adds a request that was made at a moment; one in the future, of a host whose clock is wrong, was made now.
    ///
    /// # Errors
    ///
    /// The ledger cannot be written.
    pub fn add(&mut self, target: LeaveTarget, at: Timestamp) -> Result<(), Error> {
        let at = at.min(self.now);
        let asked = self.waiting.entry(target).or_insert(AskedAt { first: at, last: at });
        asked.first = asked.first.min(at);
        asked.last = asked.last.max(at);
        if self.waiting.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    /// Adds the request of a line of an access log, if it has a token.
    fn add_line(&mut self, line: &str, log: &mut LogCounts) -> Result<(), Error> {
        match AccessLogLine::parse(line) {
            AccessLogLine::Unreadable => log.unreadable += 1,
            AccessLogLine::Other => log.requests += 1,
            AccessLogLine::Posted(PostedRequest { target, at }) => {
                log.requests += 1;
                if let Some(target) = LeaveTarget::parse(&target) {
                    self.add(target, at)?;
                }
            }
        }
        Ok(())
    }

    /// Adds the requests of a log, in plain text or compressed by gzip.
    ///
    /// # Errors
    ///
    /// It cannot be read, or the ledger cannot be written.
    pub fn add_log(&mut self, path: &Path) -> Result<LogCounts, Error> {
        let mut counts = LogCounts::default();
        log_files::each_line(path, &mut |line| self.add_line(line, &mut counts))?;
        Ok(counts)
    }

    /// Adds the requests of an open log; `path` is its name in errors.
    ///
    /// # Errors
    ///
    /// As for [`Self::add_log`].
    pub fn add_open_log(&mut self, log: &mut impl BufRead, path: &Path) -> Result<LogCounts, Error> {
        let mut counts = LogCounts::default();
        log_files::each_line_of(log, path, &mut |line| self.add_line(line, &mut counts))?;
        Ok(counts)
    }

    /// Records the rest, and returns the results of all requests.
    ///
    /// # Errors
    ///
    /// The ledger cannot be written.
    pub fn finish(mut self) -> Result<LeaveCounts, Error> {
        self.flush()?;
        Ok(self.counts)
    }

    fn flush(&mut self) -> Result<(), Error> {
        let mut requests = Vec::new();
        for (target, AskedAt { first, last }) in mem::take(&mut self.waiting) {
            let request = |at| LeaveRequest { target: target.clone(), at, source: self.source.to_owned() };
            requests.push(request(first));
            // The last one counts too: between the two, the suppression may have been removed.
            if last > first {
                requests.push(request(last));
            }
        }
        let Some(ledger) = &mut self.ledger else {
            self.counts.unknown += distinct(&requests).count() as u64;
            return Ok(());
        };
        let counts = record(*ledger, &requests)?;
        self.counts.add(counts);
        Ok(())
    }
}

/// Records requests in one transaction; those that follow each other with the same target count once.
///
/// # Errors
///
/// The ledger cannot be written.
pub fn record(ledger: &mut dyn Ledger, requests: &[LeaveRequest]) -> Result<LeaveCounts, Error> {
    let mut counts = LeaveCounts::default();
    if requests.is_empty() {
        return Ok(counts);
    }
    let mut results = ledger.leave(requests)?.into_iter();
    for same in distinct(requests) {
        let results: Vec<LeaveResult> = results.by_ref().take(same.len()).collect();
        if results.contains(&LeaveResult::Left) {
            counts.left += 1;
        } else if results.contains(&LeaveResult::AlreadyLeft) {
            counts.already_left += 1;
        } else {
            counts.unknown += 1;
        }
    }
    Ok(counts)
}

fn distinct(requests: &[LeaveRequest]) -> impl Iterator<Item = &[LeaveRequest]> {
    requests.chunk_by(|one, next| one.target == next.target)
}

/// Records what is in a spool, and removes the files whose requests are recorded. The files that are left are returned.
///
/// # Errors
///
/// The folder cannot be read, or the ledger cannot be written.
pub fn record_spool(ledger: &mut dyn Ledger, folder: &Path) -> Result<(LeaveCounts, Vec<UnreadSpoolFile>), Error> {
    // A misspelt name of the folder must not lead to mail to readers who unsubscribed.
    fs::read_dir(folder).map_err(|source| Error::Read { path: folder.to_owned(), source })?;
    let mut counts = LeaveCounts::default();
    let unread = LeaveSpool::new(folder).drain(&mut |requests| {
        let of_batch = record(ledger, requests)?;
        counts.add(of_batch);
        Ok(if of_batch.unknown > 0 { RecordedRequests::NotAll } else { RecordedRequests::All })
    })?;
    Ok((counts, unread))
}

/// Records the requests in the spool and the access logs of the settings, before letters are planned or sent. The files
/// of the spool that cannot be read are returned.
///
/// # Errors
///
/// The spool or a log cannot be read, or the ledger cannot be written.
pub fn record_configured(
    project: &Project,
    ledger: &mut dyn Ledger,
    now: Timestamp,
) -> Result<(LeaveCounts, Vec<UnreadSpoolFile>), Error> {
    let mut counts = LeaveCounts::default();
    let mut unread = Vec::new();
    if let Some(folder) = project.spool() {
        let (of_spool, left) = record_spool(ledger, &folder)?;
        counts.add(of_spool);
        unread = left;
    }
    let mut recorder = LeaveRecorder::of_logs(Some(ledger), now);
    for path in configured_logs(project)? {
        let LogCounts { requests, unreadable } = recorder.add_log(&path)?;
        // A single such line may be the rest of a line that rotation cut.
        if requests == 0 && unreadable > 1 {
            let source = io::Error::new(
                io::ErrorKind::InvalidData,
                message!("none of its lines is a request", "ingen af dens linjer er en forespørgsel"),
            );
            return Err(Error::Read { path, source });
        }
    }
    counts.add(recorder.finish()?);
    Ok((counts, unread))
}

/// The access logs of the settings, with those that were rotated.
///
/// # Errors
///
/// The folder of one cannot be read, or a log is missing.
pub fn configured_logs(project: &Project) -> Result<Vec<PathBuf>, Error> {
    let logs = project.settings().unsubscribe.access_logs.iter();
    let found: Vec<Vec<PathBuf>> =
        logs.map(|log| log_files::with_rotated(&project.root().join(log))).collect::<Result<_, _>>()?;
    Ok(found.concat())
}
