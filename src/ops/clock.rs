//! Checks whether the clock can be right: with a wrong one, issues are sent at the wrong time, or not at all, without a
//! visible reason.

use jiff::{SignedDuration, Timestamp};

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::delivery::ledger::Ledger;
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::ledgers;
use crate::ops::text::local_time;
use crate::project::Project;
use crate::project::run_history::{ConfirmedClock, RunHistory};

/// How far the clock may be behind the ledger: other hosts write into it as well, and a correction by NTP, or a
/// hardware clock in local time, only delays sending.
const TOLERANCE: SignedDuration = SignedDuration::from_hours(2);
/// After a longer time without any sending, the clock may be years ahead.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(24 * 731);
/// Before this moment the program did not exist: a machine without a battery for its clock begins in 1970.
const EARLIEST: Timestamp = Timestamp::constant(1_704_067_200, 0);

/// Checks that the clock is not behind the ledger.
///
/// # Errors
///
/// It is, or the ledger cannot be read.
pub fn check(project: &Project, now: Timestamp) -> Result<(), Blocked> {
    let newest = newest(project)?;
    if now < EARLIEST || newest.is_some_and(|newest| now < newest - TOLERANCE) {
        let newest = newest.map_or(EARLIEST, |newest| newest.max(EARLIEST));
        return Err(failure(project, now, newest, message!("is behind", "er bagud")).into());
    }
    Ok(())
}

/// The same, and that it is not years ahead of all that was sent, before something is sent.
///
/// # Errors
///
/// It is, or the ledger cannot be read.
pub fn check_before_sending(project: &Project, now: Timestamp) -> Result<(), Blocked> {
    check(project, now)?;
    match newest(project)?.filter(|newest| now.duration_since(*newest) > LONGEST_PAUSE) {
        Some(newest) => {
            Err(failure(project, now, newest, message!("may be years ahead", "er måske flere år foran")).into())
        }
        None => Ok(()),
    }
}

/// Records that the clock is right at this moment, whatever the ledger says.
///
/// # Errors
///
/// The ledger cannot be read, or the record not be written.
pub fn confirm(project: &Project, now: Timestamp) -> Result<(), Error> {
    let ledger = match ledgers::open_to_read(project)? {
        Some(mut ledger) => ledger.newest_time()?,
        None => None,
    };
    let mut history = RunHistory::read(project.root());
    history.clock = Some(ConfirmedClock { at: now, ledger: ledger.unwrap_or(now) });
    history.save(project.root())
}

/// The newest moment that is known; of those in the ledger, only what came after the clock was last confirmed.
fn newest(project: &Project) -> Result<Option<Timestamp>, Error> {
    let of = |ledger: &mut dyn Ledger| ledger.newest_time();
    let newest = ledgers::open_to_read(project)?.map(|mut ledger| of(&mut *ledger)).transpose()?.flatten();
    Ok(match RunHistory::read(project.root()).clock {
        Some(clock) => {
            Some(newest.filter(|newest| *newest > clock.ledger).map_or(clock.at, |newest| newest.max(clock.at)))
        }
        None => newest,
    })
}

fn failure(project: &Project, now: Timestamp, newest: Timestamp, how: Message) -> GuardFailure {
    let zone = &project.settings().timezone;
    GuardFailure::WrongClock { how, now: local_time(now, zone), newest: local_time(newest, zone) }
}
