//! Checks the project's texts, the clock, the disk and the ledger.

use jiff::Timestamp;
use rustix::fs::{StatVfs, StatVfsMountFlags};

use crate::base::byte_size::ByteLimit;
use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::base::source::diagnostic::Severity;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::location::LedgerLocation;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::LetterState;
use crate::ops::blocked::Blocked;
use crate::ops::check;
use crate::ops::clock;
use crate::ops::doctor::finding::{DoctorCheck, DoctorFinding, RemedyPlace};
use crate::ops::doctor::order::{DoctorOrder, DoctorReach};
use crate::ops::ledger_check::LedgerScan;
use crate::ops::ledgers;
use crate::ops::status;
use crate::ops::text::{local_time, with_causes};
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
    let advice = message!("run `newsletter check` to see them", "kør `newsletter check` for at se dem");
    vec![match (errors, warnings) {
        (0, 0) => DoctorFinding::pass(
            check,
            message!(
                "no problems in newsletter.yaml and {}",
                "ingen problemer i newsletter.yaml og {}",
                noun::ISSUE.count(summary.issues as u64)
            ),
        ),
        (0, _) => DoctorFinding::warn(check, noun::WARNING.count(warnings)).advice(advice),
        _ => DoctorFinding::fail(
            check,
            message!("{} and {}", "{} og {}", noun::ERROR.count(errors), noun::WARNING.count(warnings)),
        )
        .advice(advice),
    }]
}

/// The clock, compared with the ledger.
pub(super) fn clock(project: &Project, order: &DoctorOrder) -> Vec<DoctorFinding> {
    let (check, now) = (DoctorCheck::Clock, order.now);
    let zone = &project.settings().timezone;
    let zone_name =
        zone.iana_name().map_or_else(|| message!("the project's time zone", "projektets tidszone"), Message::verbatim);
    let here = composed!("{} ({zone_name})", local_time(now, zone));
    let is_elsewhere = matches!(project.ledger(), Ok(LedgerLocation::Server(_)) | Err(_));
    if order.reach == DoctorReach::Offline && is_elsewhere {
        return vec![DoctorFinding::unknown(
            check,
            message!(
                "{here}; the ledger is not asked with --offline",
                "{here}; sendebogen (ledger) læses ikke med --offline"
            ),
        )];
    }
    vec![match clock::check_before_sending(project, now) {
        Ok(()) => DoctorFinding::pass(check, here),
        Err(Blocked::Guard(failure)) => DoctorFinding::fail(check, Message::shown(&failure)),
        Err(Blocked::Failed(error)) => DoctorFinding::unknown(check, composed!("{here}; {}", with_causes(&error))),
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
                message!(
                    "cannot ask how much room is left in {name}: {error}",
                    "kan ikke se, hvor meget plads der er i {name}: {error}"
                ),
            )]
        }
    }
}

fn room_finding(room: &StatVfs, name: &str) -> DoctorFinding {
    let check = DoctorCheck::Disk;
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    let left = message!("{} free in {name}", "{} ledig plads i {name}", ByteLimit(free));
    // A file system that allocates inodes on demand reports that it has none.
    let has_inodes = room.f_files == 0 || room.f_favail > 100;
    if room.f_flag.contains(StatVfsMountFlags::RDONLY) {
        DoctorFinding::fail(
            check,
            message!("{name} is on a disk that is mounted read-only", "{name} er på en disk, der kun kan læses"),
        )
    } else if !has_inodes {
        DoctorFinding::fail(
            check,
            message!(
                "{name} is on a disk with no room for new files: it has no free inodes",
                "{name} er på en disk uden plads til nye filer: den har ingen ledige inodes"
            ),
        )
    } else if free < TOO_LITTLE {
        DoctorFinding::fail(
            check,
            message!(
                "only {left}: the ledger may not fit",
                "kun {left}: der er måske ikke plads til sendebogen (ledger)"
            ),
        )
        .advice(message!("free some space before you send", "ryd op på disken, før du sender"))
    } else if free < SCARCE {
        DoctorFinding::warn(check, message!("only {left}", "kun {left}"))
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
        return vec![DoctorFinding::unknown(
            check,
            message!("{location} is not asked with --offline", "{location} læses ikke med --offline"),
        )];
    }
    match ledgers::open_with_key(project) {
        Err(error) => vec![DoctorFinding::fail(check, with_causes(&error))],
        Ok(None) => vec![DoctorFinding::pass(
            check,
            message!(
                "nothing was sent yet: there is no ledger",
                "intet er sendt endnu: der er ingen sendebog (ledger)"
            ),
        )],
        Ok(Some(mut ledger)) => {
            let mut findings = vec![scan(&mut *ledger, &location)];
            findings.extend(in_doubt(&mut *ledger));
            findings
        }
    }
}

/// Whether a ledger is damaged.
fn scan(ledger: &mut dyn Ledger, location: &LedgerLocation) -> DoctorFinding {
    let check = DoctorCheck::Ledger;
    match LedgerScan::of(ledger) {
        Err(error) => DoctorFinding::fail(check, with_causes(&error)),
        Ok(scan) if scan.faults.is_empty() => {
            let letters: u64 = scan.plans().map(|plan| plan.totals.recipients()).sum();
            let (plans, letters) = (noun::PLAN.count(scan.plans().len() as u64), noun::LETTER.count(letters));
            DoctorFinding::pass(
                check,
                message!(
                    "no damage in {location}: {plans}, {letters}",
                    "ingen skader i {location}: {plans}, {letters}"
                ),
            )
        }
        Ok(scan) => {
            let faults = Message::joined(scan.faults, "; ");
            DoctorFinding::fail(check, message!("{location} is damaged: {faults}", "{location} er ødelagt: {faults}"))
                .advice(message!(
                    "restore it from your backup; `newsletter ledger check` shows all",
                    "hent den fra din backup; `newsletter ledger check` viser alt"
                ))
                .write(RemedyPlace::Shell, "newsletter ledger check")
        }
    }
}

/// A warning for each issue whose letters in doubt wait for an operator. Damage that hides them is reported above.
fn in_doubt(ledger: &mut dyn Ledger) -> Vec<DoctorFinding> {
    let plans = ledger.plans_in_force().unwrap_or_default();
    let warning = |plan: &PlanRecord| {
        let letters = status::totals(ledger, plan).ok()?.of(LetterState::InDoubt);
        let (issue, count) = (&plan.issue, noun::LETTER.count(letters));
        let message = message!("{issue}: {count} in doubt", "{issue}: {count} i tvivl");
        (letters > 0).then(|| {
            DoctorFinding::warn(DoctorCheck::Ledger, message).advice(message!(
                "ask the relay's administrator, then run `newsletter resolve {issue} --sent` (they arrived) or `--resend`",
                "spørg den, der passer mailserveren, og kør så `newsletter resolve {issue} --sent` (de er nået frem) eller `--resend`"
            ))
        })
    };
    plans.iter().filter_map(warning).collect()
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
