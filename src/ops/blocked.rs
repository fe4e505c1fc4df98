//! Why a command stopped before it sent or wrote anything.

use std::path::PathBuf;

use thiserror::Error as ThisError;

use crate::base::error::Error;
use crate::base::source::diagnostic::Diagnostics;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::refusal_limit::{RefusalCounts, RefusalLimit};
use crate::issue::IssueId;

/// Why nothing was sent or written.
#[derive(Debug)]
pub enum Blocked {
    /// There are errors in files; warnings are included.
    Diagnostics(Diagnostics),
    /// A check before sending failed.
    Guard(GuardFailure),
    /// A file, the ledger or a secret cannot be read or written.
    Failed(Error),
}

impl From<Error> for Blocked {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<LedgerError> for Blocked {
    fn from(error: LedgerError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<GuardFailure> for Blocked {
    fn from(failure: GuardFailure) -> Self {
        Self::Guard(failure)
    }
}

/// A check before sending that failed.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum GuardFailure {
    /// The issue is a draft.
    #[error("{issue} is a draft: remove `draft: true` to send it")]
    Draft {
        /// The issue.
        issue: IssueId,
    },
    /// It is too late to send the issue.
    #[error("{issue} has expired: its `send_until` passed at {send_until}")]
    Expired {
        /// The issue.
        issue: IssueId,
        /// Its `send_until`, in the project's time zone.
        send_until: String,
    },
    /// `run` does not send the issue any more, and `send` was not asked to.
    #[error(
        "{issue} was to be sent at {send_at} and is too old for `run` (grace: {grace}); to send it all the same, use \
         `newsletter send {typed}`"
    )]
    Late {
        /// The issue.
        issue: IssueId,
        /// Its `send_at`, in the project's time zone.
        send_at: String,
        /// How late it may be.
        grace: String,
        /// The issue as it would be typed.
        typed: String,
    },
    /// The time of the issue is to come.
    #[error(
        "{issue} is to be sent at {send_at}, by `newsletter run`; to send it now, use `newsletter send {typed} --now`"
    )]
    Early {
        /// The issue.
        issue: IssueId,
        /// Its `send_at`, in the project's time zone.
        send_at: String,
        /// The issue as it was typed.
        typed: String,
    },
    /// The issue is not sent to the audience that was asked for.
    #[error("{issue} is not sent to `{audience}`; it is sent to {}", audiences.join(", "))]
    OtherAudiences {
        /// The issue.
        issue: IssueId,
        /// The audience that was asked for.
        audience: String,
        /// The audiences of the issue.
        audiences: Vec<String>,
    },
    /// The address that was asked for gets no letter of the issue.
    #[error("{address} is not a recipient of {issue}")]
    NotARecipient {
        /// As it was typed.
        address: String,
        /// The issue.
        issue: IssueId,
    },
    /// Files have changed since the plan was made from them.
    #[error(
        "{issue} was planned on {planned_at} and is unfinished, but these have changed since: {}; \
         use `newsletter send {typed} --replan` to re-plan the unsent letters",
        changed.join(", ")
    )]
    Changed {
        /// The issue.
        issue: IssueId,
        /// The issue as it was typed.
        typed: String,
        /// When the plan was frozen, in the project's time zone.
        planned_at: String,
        /// What has changed.
        changed: Vec<String>,
    },
    /// The recipients of the plan in force were erased.
    #[error("the recipients of {issue} were erased, so a new plan would send to them again: send a new issue instead")]
    RecipientsErased {
        /// The issue.
        issue: IssueId,
    },
    /// The same text was sent as another issue.
    #[error(
        "the same text was already sent as {other}: if the file was renamed, add the `slug` that it was sent under; if it is a \
         new newsletter, change the text"
    )]
    SameContent {
        /// The other issue.
        other: IssueId,
    },
    /// The file of an issue that was sent is used for the next newsletter.
    #[error(
        "{issue} was sent at {sent_at}, and its file has another text and `send_at` now: nobody would get that. Move the new \
         text to a file of its own, and restore this one"
    )]
    ReusedFile {
        /// The issue.
        issue: IssueId,
        /// When it was planned.
        sent_at: String,
    },
    /// Letters of an issue are left to send, and its file is gone.
    #[error(
        "{issue} has {letters} left to send, and its file is gone: restore it, or give the file that it was renamed to the `slug` it \
         was sent under; to send no more of it, restore it and run `newsletter cancel`"
    )]
    LostFile {
        /// The issue.
        issue: IssueId,
        /// How many, with the noun.
        letters: String,
    },
    /// A receipt says that the issue was sent with another ledger.
    #[error("{0}")]
    SentElsewhere(Box<SentElsewhere>),
    /// The receipt of an issue that the ledger does not know cannot be used.
    #[error(
        "{issue} may have been sent, so nothing is sent: {file}: {problem}. Restore the file from Git; to send the issue \
         on purpose, delete it"
    )]
    InvalidReceipt {
        /// The issue.
        issue: IssueId,
        /// The receipt.
        file: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Another machine is the one that sends.
    #[error(
        "this machine is {here}, and issues are sent only from {allowed} (`send_host` in newsletter.yaml); `preview`, `test` \
         and `send --dry-run` work here too"
    )]
    OtherHost {
        /// The name of this machine.
        here: String,
        /// The machines that may send.
        allowed: String,
    },
    /// The clock does not fit what is known.
    #[error(
        "the clock {how}: it says {now}, and the newest entry in the ledger is of {newest}. Nothing is sent. Set the clock; \
         if it is right, use `newsletter ledger accept-clock`, and then run again"
    )]
    WrongClock {
        /// What is wrong with it.
        how: &'static str,
        /// What it says, in the project's time zone.
        now: String,
        /// The newest time in the ledger.
        newest: String,
    },
    /// The plan sends another number of letters than was expected.
    #[error("--expect is {expected}, but the plan has {letters}; nothing was sent")]
    Unexpected {
        /// What was typed.
        expected: String,
        /// What the plan sends.
        letters: String,
    },
    /// So many letters are refused that the plan is paused.
    #[error(
        "{issue} is paused: {} of {} letters were refused, more than {limit} (`limits.refused`): {domains}; nobody was \
         suppressed. If the addresses are really closed, go on with `newsletter send {issue} --over-limit`",
        counts.refused, counts.attempted
    )]
    TooManyRefused {
        /// The issue.
        issue: IssueId,
        /// How many.
        counts: RefusalCounts,
        /// How many may be.
        limit: RefusalLimit,
        /// To which domains, each with a reply.
        domains: String,
    },
    /// Its issue was cancelled.
    #[error(
        "{issue} was cancelled and is not planned again. To send a corrected text, write a new issue: `newsletter new`"
    )]
    Cancelled {
        /// The issue.
        issue: IssueId,
    },
    /// Another run replaced the plan between freezing and reading it.
    #[error("another run replaced the plan of {issue}: run again")]
    Replaced {
        /// The issue.
        issue: IssueId,
    },
    /// There is no such kind of issue.
    #[error("there is no kind `{kind}`: {}", match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the kinds are {}", kinds.join(", ")),
    })]
    UnknownKind {
        /// As it was typed.
        kind: String,
        /// A kind with a similar name.
        near: Option<String>,
        /// Every kind.
        kinds: Vec<String>,
    },
    /// The project has no calendar.
    #[error("there is no calendar.yaml in the project: {}", match misnamed {
        Some(file) => format!("rename {file} to calendar.yaml"),
        None => "see \"The year\" in the manual for one to begin with".to_owned(),
    })]
    NoCalendar {
        /// A file that seems to be meant.
        misnamed: Option<String>,
    },
    /// The calendar has no such entry.
    #[error("calendar.yaml has no entry `{entry}`{}", match (near, &entries[..]) {
        (Some(near), _) => format!(": did you mean `{near}`?"),
        (None, []) => String::new(),
        (None, entries) => format!(": its entries are {}", entries.join(", ")),
    })]
    UnknownEntry {
        /// As it was typed.
        entry: String,
        /// An entry with a similar name.
        near: Option<String>,
        /// Those that could be meant.
        entries: Vec<String>,
    },
    /// An entry of the calendar has its issue already, or needs none.
    #[error("{entry} needs no new issue: {why}")]
    NoIssueNeeded {
        /// The entry.
        entry: String,
        /// Why.
        why: String,
    },
    /// No entry of the calendar is due that lacks an issue.
    #[error("nothing in calendar.yaml is due without an issue{}", match next {
        Some(next) => format!(": the next one is written with `newsletter new --from-calendar {next}`"),
        None => String::new(),
    })]
    NothingDue {
        /// The next entry that lacks one.
        next: Option<String>,
    },
    /// Several entries of the calendar are due that lack an issue.
    #[error("several entries of calendar.yaml are due without an issue, so name one after --from-calendar: {}", entries.join(", "))]
    SeveralDue {
        /// The entries, the earliest first.
        entries: Vec<String>,
    },
    /// What was typed is not a day.
    #[error("`{typed}` is not a date: write it like this: 2026-11-01")]
    NotADay {
        /// As it was typed.
        typed: String,
    },
    /// The front matter of an issue cannot be copied line by line.
    #[error("the front matter of {issue} has two keys on one line: write each key on a line of its own")]
    SharedLine {
        /// The issue.
        issue: IssueId,
    },
    /// Nobody has approved the issue.
    #[error("{issue} is not approved: another person than its author must run `newsletter approve {typed}`")]
    NotApproved {
        /// The issue.
        issue: IssueId,
        /// The issue as it was typed.
        typed: String,
    },
    /// Not enough people have approved the issue.
    #[error("{issue} has {approvals} of {needed} approvals: another person must run `newsletter approve {typed}`")]
    TooFewApprovals {
        /// The issue.
        issue: IssueId,
        /// The issue as it was typed.
        typed: String,
        /// How many have.
        approvals: usize,
        /// How many must.
        needed: usize,
    },
    /// Something has changed since the issue was approved.
    #[error(
        "{issue} has changed since {by} approved it on {at}: {}; have it approved again with `newsletter approve {typed}` \
         (`newsletter diff {typed}` shows what has changed)",
        changed.join(", ")
    )]
    ChangedSinceApproval {
        /// The issue.
        issue: IssueId,
        /// The issue as it was typed.
        typed: String,
        /// Who approved it last.
        by: String,
        /// When, in the project's time zone.
        at: String,
        /// The files that have changed.
        changed: Vec<String>,
    },
    /// The code that was typed is not that of the present text.
    #[error(
        "{typed} is the code of another text than {issue} as it is now: open the newest test mail or preview page, and read \
         it again"
    )]
    OtherCode {
        /// The issue.
        issue: IssueId,
        /// The code that was typed.
        typed: String,
    },
    /// What was typed is not a code.
    #[error("{typed:?} is not a code: a code has six digits or letters from A to F, such as 7F3A-22")]
    NoCode {
        /// What was typed.
        typed: String,
    },
    /// An approval by another person is recorded without the code of what they read, in a repository.
    #[error(
        "{by} approves in their own copy, or says the code of a test mail or the preview page: \
         `newsletter approve {typed} --by \"{by}\" --code CODE`"
    )]
    CodeMissing {
        /// The issue as it was typed.
        typed: String,
        /// The person.
        by: String,
    },
    /// There is no Git, so it is not known who is approving.
    #[error("who approves is not known here, without Git: write `newsletter approve {typed} --by \"Karen Holm\"`")]
    ApproverUnknown {
        /// The issue as it was typed.
        typed: String,
    },
    /// Git does not know who is approving.
    #[error(
        "who approves is not known here: set `git config user.name` and `git config user.email`, or write \
         `newsletter approve {typed} --by \"Karen Holm\" --code CODE`"
    )]
    IdentityMissing {
        /// The issue as it was typed.
        typed: String,
    },
    /// An issue for its members only is exported for everyone.
    #[error(
        "{issue} has `archive: members`, so it is not exported: what is exported, everyone may read. Only `archive: public` allows that"
    )]
    MembersOnly {
        /// The issue.
        issue: IssueId,
    },
    /// An export would replace a file of another issue.
    #[error(
        "{} is from {other}, and {issue} would replace it; nothing was written. Give one of the two issues another name with \
         `slug: …` in its front matter",
        file.display()
    )]
    FileOfOtherIssue {
        /// The file.
        file: PathBuf,
        /// The issue.
        issue: IssueId,
        /// The issue that the file is from.
        other: IssueId,
    },
    /// An export would publish a reader's data.
    #[error(
        "nothing was written: the export would contain `{found}`, which belongs to a reader and is not in the issue. Please report \
         this as a bug"
    )]
    ReaderData {
        /// What was found.
        found: String,
    },
    /// The post of an issue is in the website under another name.
    #[error(
        "the website has this post already, as {}: delete that file, or give the issue another `slug`", found.display()
    )]
    PostExists {
        /// The other file.
        found: PathBuf,
    },
    /// An issue whose events are exported has none.
    #[error("{issue} has no event on its page: write one with `::: event`")]
    NoEvents {
        /// The issue.
        issue: IssueId,
    },
    /// An issue that is exported for the web is not public.
    #[error("{issue} is not public: add `archive: public` to its front matter to put it on the web")]
    NotPublic {
        /// The issue.
        issue: IssueId,
    },
}

/// What a receipt says of an issue, and the ledger does not.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
#[error(
    "{issue} was sent{sent}, as {files} {says}. The ledger here{key} {known}, so nothing is sent. To send it again on \
     purpose, delete {these} first"
)]
pub struct SentElsewhere {
    /// The issue.
    pub issue: IssueId,
    /// From where, when, and how many letters; and as which issue, if that is another one.
    pub sent: String,
    /// The receipts.
    pub files: String,
    /// The verb for them.
    pub says: &'static str,
    /// The words for them.
    pub these: &'static str,
    /// That the project has another key than it had there, if so.
    pub key: &'static str,
    /// What the ledger knows of it.
    pub known: String,
}
