//! Checks whether the mailbox for feedback can be opened.

use std::time::Duration;

use crate::base::message::message;
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
            let message = message!(
                "no `inbox` is set: bounces are not counted, and addresses that no longer exist keep getting letters",
                "der er ingen `inbox`: afvisninger tælles ikke, og der sendes stadig til adresser, der er nedlagt"
            );
            let finding = DoctorFinding::warn(CHECK, message).advice(message!(
                "name the mailbox that bounces go to",
                "skriv den postkasse, som afvisninger går til"
            ));
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
            Ok(_) => DoctorFinding::pass(
                CHECK,
                message!("the Maildir {} can be read", "Maildir {} kan læses", settings.path.display()),
            ),
            Err(error) => DoctorFinding::fail(CHECK, with_causes(&error)),
        },
    }]
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
