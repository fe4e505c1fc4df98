//! Checks whether the mailbox for feedback can be opened.

use std::path::Path;
use std::time::Duration;

use crate::base::message::message;
use crate::feedback::mailbox::error::MessageFolderError;
use crate::feedback::mailbox::imap::ImapFolder;
use crate::feedback::mailbox::imap::options::{ImapOptions, ImapTimeouts};
use crate::feedback::mailbox::remedy::FolderRemedy;
use crate::ops::doctor::finding::{DoctorCheck, DoctorFinding, RemedyPlace};
use crate::ops::doctor::order::DoctorReach;
use crate::ops::inbox::{self, InboxPolicy};
use crate::ops::text::with_causes;
use crate::project::Project;
use crate::project::settings::inbox::{ImapSettings, InboxSettings};

const CHECK: DoctorCheck = DoctorCheck::Inbox;
/// How long each answer may take.
const TIMEOUTS: ImapTimeouts =
    ImapTimeouts { connect: Duration::from_secs(5), greeting: Duration::from_secs(5), command: Duration::from_secs(5) };

/// One finding; none offline for a mailbox on another machine.
pub(super) fn examine(project: &Project, reach: DoctorReach) -> Vec<DoctorFinding> {
    match &project.settings().inbox {
        Some(InboxSettings::Maildir(settings)) => vec![maildir(project, &settings.path)],
        None | Some(InboxSettings::Imap(_)) if reach == DoctorReach::Offline => Vec::new(),
        Some(InboxSettings::Imap(settings)) => vec![imap(project, settings)],
        None => vec![not_set(project)],
    }
}

fn not_set(project: &Project) -> DoctorFinding {
    let message = message!(
        "no `inbox` is set: bounces are not counted, and addresses that no longer exist keep getting letters",
        "der er ingen `inbox`: afvisninger tælles ikke, og der sendes stadig til adresser, der er nedlagt"
    );
    let finding = DoctorFinding::warn(CHECK, message)
        .advice(message!("name the mailbox that bounces go to", "skriv den postkasse, som afvisninger går til"));
    let user = &project.settings().from.address;
    let login = format!("username: {user}\n  password_file: .newsletter/inbox-password");
    finding.write(RemedyPlace::Settings, format!("inbox:\n  host: imap.{}\n  {login}", user.domain()))
}

/// Opens a Maildir on this machine, and reads its first messages without recording them.
fn maildir(project: &Project, path: &Path) -> DoctorFinding {
    let opened = inbox::open_set(project, InboxPolicy::Show);
    let batch = opened.and_then(|mut folder| Ok(folder.read_batch(&mut |_| {})?));
    match batch.map(|batch| batch.first_unreadable) {
        Ok(None) => {
            let message = message!("the Maildir {} can be read", "Maildir {} kan læses", path.display());
            DoctorFinding::pass(CHECK, message)
        }
        Ok(Some(unreadable)) => DoctorFinding::fail(CHECK, unreadable),
        Err(error) => DoctorFinding::fail(CHECK, with_causes(&error)),
    }
}

fn imap(project: &Project, settings: &ImapSettings) -> DoctorFinding {
    let options = match project.imap(settings) {
        Ok(options) => options,
        Err(error) => return DoctorFinding::fail(CHECK, with_causes(&error)),
    };
    // Without the folder for done messages, so that nothing is created.
    match ImapFolder::open(ImapOptions { done: None, timeouts: TIMEOUTS, ..options }).map_err(MessageFolderError::Imap)
    {
        Ok(_) => DoctorFinding::pass(
            CHECK,
            message!(
                "{}: the login is accepted, and the folder {} opens",
                "{}: login lykkes, og mappen {} kan åbnes",
                settings.host,
                settings.folder
            ),
        ),
        Err(error) => {
            let advice = match error.remedy() {
                FolderRemedy::Wait => message!(
                    "check the network, and run the command again",
                    "kontrollér netværket, og kør kommandoen igen"
                ),
                FolderRemedy::ChangeSettings => {
                    message!("correct `inbox` in newsletter.yaml", "ret `inbox` i newsletter.yaml")
                }
                FolderRemedy::ChangeLogin => {
                    message!(
                        "correct the login or the trusted certificates under `inbox` in newsletter.yaml",
                        "ret login eller de betroede certifikater under `inbox` i newsletter.yaml"
                    )
                }
                FolderRemedy::RepairFiles => {
                    message!("check the permissions of the mailbox", "kontrollér rettighederne på postkassen")
                }
            };
            DoctorFinding::fail(CHECK, with_causes(&error)).advice(advice)
        }
    }
}
