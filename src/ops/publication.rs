//! Whether an issue is published, and when: what the archive lists, and in which order.

use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::issue::Issue;
use crate::issue::front_matter::{Archive, DraftStatus};
use crate::ops::approval::gate;
use crate::ops::text::local_time;
use crate::project::Project;
use crate::project::receipt_folder::FoundReceipt;

/// Whether an issue is in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Publication {
    /// It is, since this moment.
    Published(Timestamp),
    /// Not yet, for this reason.
    Waiting(Message),
    /// It is not for everyone: `archive` is not `public`.
    NotPublic,
}

impl Publication {
    /// The publication of an issue at this moment. It depends on files of the project: the issue, its receipt and its
    /// approvals.
    ///
    /// # Errors
    ///
    /// A file cannot be read.
    pub(crate) fn of(project: &Project, issue: &Issue, now: Timestamp) -> Result<Self, Error> {
        if issue.front.archive.as_ref().is_none_or(|archive| archive.value != Archive::Public) {
            return Ok(Self::NotPublic);
        }
        if issue.front.draft == DraftStatus::Yes {
            return Ok(Self::Waiting(message!("it is a draft", "det er en kladde")));
        }
        let sent = sent_at(project, issue);
        let Some(moment) = moment(project, issue) else {
            let why = message!(
                "it was not sent yet, and has neither `date` nor `send_at`",
                "det er ikke sendt endnu og har hverken `date` eller `send_at`"
            );
            return Ok(Self::Waiting(why));
        };
        if sent.is_some() {
            return Ok(Self::Published(moment));
        }
        if moment > now {
            let at = local_time(moment, &project.settings().timezone);
            return Ok(Self::Waiting(message!("its time is {at}", "tidspunktet er {at}")));
        }
        let path = project.root().join(issue.source.path().as_ref());
        Ok(gate::missing(project, &path)?.map_or(Self::Published(moment), Self::Waiting))
    }
}

/// When an issue is or was published: its `date`, else its `send_at`, else when it was sent by its receipt. Absent if
/// none of them is known.
pub(crate) fn moment(project: &Project, issue: &Issue) -> Option<Timestamp> {
    issue.front.date.or(issue.front.send_at).or_else(|| sent_at(project, issue))
}

fn sent_at(project: &Project, issue: &Issue) -> Option<Timestamp> {
    match project.receipt(&issue.id)? {
        FoundReceipt::Valid { receipt, .. } => Some(receipt.first_accepted.unwrap_or(receipt.planned)),
        // `check` and sending report it.
        FoundReceipt::Invalid { .. } => None,
    }
}
