//! Looks at whether the mailbox that comes back can be opened.

use std::time::Duration;

use crate::feedback::mailbox::error::MessageFolderError;
use crate::feedback::mailbox::imap::ImapFolder;
use crate::feedback::mailbox::imap::options::{ImapOptions, ImapTimeouts};
use crate::feedback::mailbox::remedy::FolderRemedy;
use crate::ops::doctor::finding::{DoctorCheck, DoctorFinding, RemedyPlace};
use crate::ops::inbox::{self, InboxPolicy};
use crate::ops::text::with_causes;
use crate::project::Project;
use crate::project::settings::inbox::{ImapSettings, InboxSettings};

const CHECK: DoctorCheck = DoctorCheck::Inbox;
/// How long each answer may take.
const TIMEOUTS: ImapTimeouts =
    ImapTimeouts { connect: Duration::from_secs(5), greeting: Duration::from_secs(5), command: Duration::from_secs(5) };

/// One finding.
pub(super) fn examine(project: &Project) -> Vec<DoctorFinding> {
    vec![match &project.settings().inbox {
        None => {
            let message =
                "no `inbox` is set: bounces are not counted, and addresses that no longer exist keep getting letters";
            let finding = DoctorFinding::warn(CHECK, message).advice("name the mailbox that bounces go to");
            let user = &project.settings().from.address;
            finding.write(
                RemedyPlace::Settings,
                format!(
                    "inbox:\n  host: imap.{}\n  username: {user}\n  password_file: .newsletter/inbox-password",
                    user.domain()
                ),
            )
        }
        Some(InboxSettings::Imap(settings)) => imap(project, settings),
        Some(InboxSettings::Maildir(settings)) => match inbox::open_set(project, InboxPolicy::Show) {
            Ok(_) => DoctorFinding::pass(CHECK, format!("the Maildir {} can be read", settings.path.display())),
            Err(error) => DoctorFinding::fail(CHECK, with_causes(&error)),
        },
    }]
}

fn imap(project: &Project, settings: &ImapSettings) -> DoctorFinding {
    let options = match project.imap(settings) {
        Ok(options) => options,
        Err(error) => return DoctorFinding::fail(CHECK, with_causes(&error)),
    };
    // Without the other folder, nothing is created.
    match ImapFolder::open(ImapOptions { done: None, timeouts: TIMEOUTS, ..options }).map_err(MessageFolderError::Imap)
    {
        Ok(_) => DoctorFinding::pass(
            CHECK,
            format!("{}: the login is accepted, and the folder {} opens", settings.host, settings.folder),
        ),
        Err(error) => {
            let advice = match error.remedy() {
                FolderRemedy::Wait => "check the network, and run the command again",
                FolderRemedy::ChangeSettings => "correct `inbox` in newsletter.yaml",
                FolderRemedy::ChangeLogin => {
                    "correct the login or the trusted certificates under `inbox` in newsletter.yaml"
                }
                FolderRemedy::RepairFiles => "check the permissions of the mailbox",
            };
            DoctorFinding::fail(CHECK, with_causes(&error)).advice(advice)
        }
    }
}
