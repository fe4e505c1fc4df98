//! Looks at the project's texts, the clock, the disk and the ledger.

use jiff::Timestamp;
use rustix::fs::{StatVfs, StatVfsMountFlags};

use crate::base::byte_size::ByteLimit;
use crate::base::source::diagnostic::Severity;
use crate::delivery::ledger::location::LedgerLocation;
use crate::ops::blocked::Blocked;
use crate::ops::check;
use crate::ops::clock;
use crate::ops::doctor::finding::{DoctorCheck, DoctorFinding, RemedyPlace};
use crate::ops::doctor::order::{DoctorOrder, DoctorReach};
use crate::ops::ledger_check::LedgerScan;
use crate::ops::ledgers;
use crate::ops::text::{count, local_time, with_causes};
use crate::project::{Project, STATE};

/// With less room, one large issue may fill the disk: its pictures, letters in `outbox/`, the ledger and its journal.
const SCARCE: u64 = 500_000_000;
/// With less room, the ledger of one run may not fit.
const TOO_LITTLE: u64 = 50_000_000;

/// The problems that `newsletter check` reports.
pub(super) fn project(project: &Project, now: Timestamp) -> Vec<DoctorFinding> {
    let check = DoctorCheck::Project;
    let summary = match check::check(project, &[], now) {
        Ok(summary) => summary,
        Err(error) => return vec![DoctorFinding::fail(check, with_causes(&error))],
    };
    let mut diagnostics = summary.diagnostics;
    project.settings().ignore.apply(&mut diagnostics);
    let number = |severity: Severity| {
        let counted = diagnostics.iter().filter(|found| found.off.is_none() && found.severity == severity);
        counted.count() as u64
    };
    let (errors, warnings) = (number(Severity::Error), number(Severity::Warning));
    let advice = "run `newsletter check` to see them";
    vec![match (errors, warnings) {
        (0, 0) => DoctorFinding::pass(
            check,
            format!("no problems in newsletter.yaml and {}", count(summary.issues as u64, "issue")),
        ),
        (0, _) => DoctorFinding::warn(check, count(warnings, "warning")).advice(advice),
        _ => DoctorFinding::fail(check, format!("{} and {}", count(errors, "error"), count(warnings, "warning")))
            .advice(advice),
    }]
}

/// The clock, compared with the ledger.
pub(super) fn clock(project: &Project, order: &DoctorOrder) -> Vec<DoctorFinding> {
    let (check, now) = (DoctorCheck::Clock, order.now);
    let zone = &project.settings().timezone;
    let here = format!("{} ({})", local_time(now, zone), zone.iana_name().unwrap_or("the project's time zone"));
    let is_elsewhere = matches!(project.ledger(), Ok(LedgerLocation::Server(_)) | Err(_));
    if order.reach == DoctorReach::Offline && is_elsewhere {
        return vec![DoctorFinding::unknown(check, format!("{here}; the ledger is not asked with --offline"))];
    }
    vec![match clock::check_before_sending(project, now) {
        Ok(()) => DoctorFinding::pass(check, here),
        Err(Blocked::Guard(failure)) => DoctorFinding::fail(check, failure.to_string()),
        Err(Blocked::Failed(error)) => DoctorFinding::unknown(check, format!("{here}; {}", with_causes(&error))),
        // It reads no files of authors.
        Err(Blocked::Diagnostics(_)) => DoctorFinding::unknown(check, here),
    }]
}

/// The room on the disk that the ledger is on.
pub(super) fn disk(project: &Project) -> Vec<DoctorFinding> {
    let state = project.root().join(STATE);
    let folder = if state.is_dir() { state } else { project.root().to_owned() };
    let name = folder.display();
    match rustix::fs::statvfs(&folder) {
        Ok(room) => vec![room_finding(&room, &name.to_string())],
        Err(error) => {
            vec![DoctorFinding::unknown(
                DoctorCheck::Disk,
                format!("cannot ask how much room is left in {name}: {error}"),
            )]
        }
    }
}

fn room_finding(room: &StatVfs, name: &str) -> DoctorFinding {
    let check = DoctorCheck::Disk;
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    let left = format!("{} free in {name}", ByteLimit(free));
    // A file system that makes inodes as it needs them says that it has none.
    let has_inodes = room.f_files == 0 || room.f_favail > 100;
    if room.f_flag.contains(StatVfsMountFlags::RDONLY) {
        DoctorFinding::fail(check, format!("{name} is on a disk that is mounted read-only"))
    } else if !has_inodes {
        DoctorFinding::fail(check, format!("{name} is on a disk with no room for new files: it has no free inodes"))
    } else if free < TOO_LITTLE {
        DoctorFinding::fail(check, format!("only {left}: the ledger may not fit"))
            .advice("free some space before you send")
    } else if free < SCARCE {
        DoctorFinding::warn(check, format!("only {left}"))
    } else {
        DoctorFinding::pass(check, left)
    }
}

/// The ledger, as `ledger check` reads it.
pub(super) fn ledger(project: &Project, reach: DoctorReach) -> Vec<DoctorFinding> {
    let check = DoctorCheck::Ledger;
    let location = match project.ledger() {
        Ok(location) => location,
        Err(error) => return vec![DoctorFinding::fail(check, with_causes(&error))],
    };
    if reach == DoctorReach::Offline && matches!(location, LedgerLocation::Server(_)) {
        return vec![DoctorFinding::unknown(check, format!("{location} is not asked with --offline"))];
    }
    let opened = ledgers::open_to_read(project);
    let scanned = opened.and_then(|ledger| ledger.map(|mut ledger| LedgerScan::of(&mut *ledger)).transpose());
    vec![match scanned {
        Err(error) => DoctorFinding::fail(check, with_causes(&error)),
        Ok(None) => DoctorFinding::pass(check, "nothing was sent yet: there is no ledger"),
        Ok(Some(scan)) if scan.faults.is_empty() => {
            let letters: u64 = scan.plans().map(|plan| plan.totals.recipients()).sum();
            let (plans, letters) = (count(scan.plans().len() as u64, "plan"), count(letters, "letter"));
            DoctorFinding::pass(check, format!("no damage in {location}: {plans}, {letters}"))
        }
        Ok(Some(scan)) => DoctorFinding::fail(check, format!("{location} is damaged: {}", scan.faults.join("; ")))
            .advice("restore it from your backup; `newsletter ledger check` shows all")
            .write(RemedyPlace::Shell, "newsletter ledger check"),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::doctor::finding::DoctorVerdict;

    #[test]
    fn room_is_judged() {
        let room = |free: u64, inodes: u64, flags: StatVfsMountFlags| StatVfs {
            f_bsize: 4096,
            f_frsize: 4096,
            f_blocks: 0,
            f_bfree: 0,
            f_bavail: free / 4096,
            f_files: 1_000,
            f_ffree: inodes,
            f_favail: inodes,
            f_fsid: 0,
            f_flag: flags,
            f_namemax: 255,
        };
        let none = StatVfsMountFlags::empty();
        for (room, expected) in [
            (room(600_000_000, 900, none), DoctorVerdict::Pass),
            (room(400_000_000, 900, none), DoctorVerdict::Warn),
            (room(40_000_000, 900, none), DoctorVerdict::Fail),
            (room(600_000_000, 3, none), DoctorVerdict::Fail),
            (room(600_000_000, 900, StatVfsMountFlags::RDONLY), DoctorVerdict::Fail),
        ] {
            let finding = room_finding(&room, ".newsletter");
            assert_eq!(finding.verdict, expected, "{}", finding.message);
        }
    }
}
