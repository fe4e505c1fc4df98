//! Why a command stopped before it sent or wrote anything.

use std::path::PathBuf;

use thiserror::Error as ThisError;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::Diagnostics;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::refusal_limit::{RefusalCounts, RefusalLimit};
use crate::issue::IssueId;
use crate::ops::guard_words;
use crate::ops::sent_elsewhere::SentElsewhere;

/// Why nothing was sent or written.
#[derive(Debug)]
pub enum Blocked {
    /// Files have errors; warnings are included.
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
    #[error("{}", message!(
        "{issue} is a draft: remove `draft: true` to send it",
        "{issue} er en kladde: slet `draft: true` for at sende nyhedsbrevet"
    ))]
    Draft {
        /// The issue.
        issue: IssueId,
    },
    /// It is too late to send the issue.
    #[error("{}", message!(
        "{issue} has expired: its `send_until` passed at {send_until}",
        "{issue} er udløbet: dets `send_until` var {send_until}"
    ))]
    Expired {
        /// The issue.
        issue: IssueId,
        /// Its `send_until`, in the project's time zone.
        send_until: String,
    },
    /// `run` does not send the issue any more, and `send` was not asked to.
    #[error("{}", message!(
        "{issue} was scheduled for {send_at} and is too old for `run` (grace: {grace}); to send it anyway, use `newsletter send {typed}`",
        "{issue} skulle være sendt {send_at} og er for gammelt til `run` (grace: {grace}); send det alligevel med `newsletter send {typed}`"
    ))]
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
    /// The time of the issue has not come yet.
    #[error("{}", message!(
        "{issue} is scheduled for {send_at}, by `newsletter run`; to send it now, use `newsletter send {typed} --now`",
        "{issue} skal sendes {send_at} af `newsletter run`; send det nu med `newsletter send {typed} --now`"
    ))]
    Early {
        /// The issue.
        issue: IssueId,
        /// Its `send_at`, in the project's time zone.
        send_at: String,
        /// The issue as it was typed.
        typed: String,
    },
    /// The issue is not sent to the audience that was asked for.
    #[error("{}", message!(
        "{issue} is not sent to `{audience}`; it is sent to {}",
        "{issue} sendes ikke til `{audience}`; det sendes til {}",
        audiences.join(", ")
    ))]
    OtherAudiences {
        /// The issue.
        issue: IssueId,
        /// The audience that was asked for.
        audience: String,
        /// The audiences of the issue.
        audiences: Vec<String>,
    },
    /// The address that was asked for gets no letter of the issue.
    #[error("{}", message!("{address} is not a recipient of {issue}", "{address} er ikke modtager af {issue}"))]
    NotARecipient {
        /// As it was typed.
        address: String,
        /// The issue.
        issue: IssueId,
    },
    /// Files have changed since the plan was made from them.
    #[error("{}", message!(
        "{issue} was planned on {planned_at} and is unfinished, but these have changed since: {}; use `newsletter send {typed} --replan` to re-plan the unsent letters",
        "{issue} blev planlagt {planned_at} og er ikke sendt færdig, men dette er ændret siden: {}; brug `newsletter send {typed} --replan` for at planlægge de usendte mails på ny",
        changed.join(", ")
    ))]
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
    #[error("{}", message!(
        "the recipients of {issue} were erased, so a new plan would send to them again: send a new issue instead",
        "modtagerne af {issue} er slettet, så en ny plan ville sende til dem igen: send et nyt nyhedsbrev i stedet"
    ))]
    RecipientsErased {
        /// The issue.
        issue: IssueId,
    },
    /// The same text was sent as another issue.
    #[error("{}", message!(
        "the same text was already sent as {other}: if the file was renamed, {}; if it is a new newsletter, change the text",
        "den samme tekst er allerede sendt som {other}: er filen omdøbt, så {}; er det et nyt nyhedsbrev, så ret teksten",
        as_it_was(other)
    ))]
    SameContent {
        /// The other issue.
        other: IssueId,
    },
    /// The file of an issue that was sent is used for the next newsletter.
    #[error("{}", message!(
        "{issue} was sent at {sent_at}, and its file has another text and `send_at` now: nobody would get that. Move the new text to a new file, and restore this one",
        "{issue} blev sendt {sent_at}, og filen har nu en anden tekst og `send_at`: det ville ingen få. Flyt den nye tekst til sin egen fil, og gendan den gamle"
    ))]
    ReusedFile {
        /// The issue.
        issue: IssueId,
        /// When it was planned.
        sent_at: String,
    },
    /// Letters of an issue are not sent yet, and its file is gone.
    #[error("{}", message!(
        "{issue} has {letters} left to send, and its file is gone: restore it, or if it was renamed, {}; to send no more of it, restore it and run `newsletter cancel`",
        "{issue} mangler at sende {letters}, og filen er væk: gendan den, eller er den omdøbt, så {}; skal resten ikke sendes, så gendan filen, og kør `newsletter cancel`",
        as_it_was(issue)
    ))]
    LostFile {
        /// The issue.
        issue: IssueId,
        /// How many, with the noun.
        letters: Message,
    },
    /// A receipt says that the issue was sent with another ledger.
    #[error("{0}")]
    SentElsewhere(Box<SentElsewhere>),
    /// The receipt of an issue that the ledger does not know cannot be used.
    #[error("{}", message!(
        "{issue} may have been sent, so nothing is sent: {file}: {problem}. Restore the file from Git; to send the issue on purpose, delete it",
        "{issue} er måske allerede sendt, så intet sendes: {file}: {problem}. Hent filen fra Git; slet den, hvis nyhedsbrevet skal sendes"
    ))]
    InvalidReceipt {
        /// The issue.
        issue: IssueId,
        /// The receipt.
        file: String,
        /// What is wrong with it.
        problem: Message,
    },
    /// Another machine is the one that sends.
    #[error("{}", message!(
        "this machine is {here}, and issues are sent only from {allowed} (`send_host` in newsletter.yaml); `preview`, `test` and `send --dry-run` work here too",
        "denne maskine er {here}, og der sendes kun fra {allowed} (`send_host` i newsletter.yaml); `preview`, `test` og `send --dry-run` virker også her"
    ))]
    OtherHost {
        /// The name of this machine.
        here: String,
        /// The machines that may send.
        allowed: Message,
    },
    /// The clock does not fit what is known.
    #[error("{}", message!(
        "the clock {how}: it shows {now}, and the newest entry in the ledger is from {newest}. Nothing is sent. Set the clock; if it is right, use `newsletter ledger accept-clock`, and then run again",
        "uret {how}: det viser {now}, og den nyeste linje i sendebogen (ledger) er fra {newest}. Intet sendes. Stil uret; går det rigtigt, så brug `newsletter ledger accept-clock`, og kør igen"
    ))]
    WrongClock {
        /// What is wrong with it.
        how: Message,
        /// What it says, in the project's time zone.
        now: String,
        /// The newest time in the ledger.
        newest: String,
    },
    /// The plan sends another number of letters than was expected.
    #[error("{}", message!(
        "--expect is {expected}, but the plan has {letters}; nothing was sent",
        "--expect er {expected}, men planen har {letters}; intet er sendt"
    ))]
    Unexpected {
        /// What was typed.
        expected: Message,
        /// What the plan sends.
        letters: Message,
    },
    /// Too many letters are refused, so the plan is paused.
    #[error("{}", message!(
        "{issue} is paused: {} of {} letters were refused, more than {limit} (`limits.refused`): {domains}; nobody was suppressed. If the addresses are really closed, continue with `newsletter send {issue} --over-limit`",
        "{issue} holder pause: {} af {} mails blev afvist, mere end {limit} (`limits.refused`): {domains}; ingen er sat på spærrelisten. Er adresserne virkelig nedlagt, så fortsæt med `newsletter send {issue} --over-limit`",
        counts.refused, counts.attempted
    ))]
    TooManyRefused {
        /// The issue.
        issue: IssueId,
        /// How many.
        counts: RefusalCounts,
        /// How many may be.
        limit: RefusalLimit,
        /// To which domains, each with a reply.
        domains: Message,
    },
    /// Its issue was cancelled.
    #[error("{}", message!(
        "{issue} was cancelled and is not planned again. To send a corrected text, write a new issue: `newsletter new`",
        "{issue} er annulleret og planlægges ikke igen. Skal en rettet tekst sendes, så skriv et nyt nyhedsbrev: `newsletter new`"
    ))]
    Cancelled {
        /// The issue.
        issue: IssueId,
    },
    /// Another run replaced the plan between freezing and reading it.
    #[error("{}", message!(
        "another run replaced the plan of {issue}: run again",
        "en anden kørsel har lavet planen for {issue} om: kør igen"
    ))]
    Replaced {
        /// The issue.
        issue: IssueId,
    },
    /// The kind of issue is unknown.
    #[error("{}", guard_words::unknown_kind(kind, near.as_deref(), kinds))]
    UnknownKind {
        /// As it was typed.
        kind: String,
        /// A kind with a similar name.
        near: Option<String>,
        /// Every kind.
        kinds: Vec<String>,
    },
    /// The project has no calendar.
    #[error("{}", guard_words::no_calendar(misnamed.as_deref()))]
    NoCalendar {
        /// A file that seems to be meant.
        misnamed: Option<String>,
    },
    /// The calendar has no such entry.
    #[error("{}", guard_words::unknown_entry(entry, near.as_deref(), entries))]
    UnknownEntry {
        /// As it was typed.
        entry: String,
        /// An entry with a similar name.
        near: Option<String>,
        /// Those that could be meant.
        entries: Vec<String>,
    },
    /// An entry of the calendar has its issue already, or needs none.
    #[error("{}", message!("{entry} needs no new issue: {why}", "{entry} skal ikke have et nyt nyhedsbrev: {why}"))]
    NoIssueNeeded {
        /// The entry.
        entry: String,
        /// Why.
        why: Message,
    },
    /// No entry of the calendar is due that lacks an issue.
    #[error("{}", guard_words::nothing_due(next.as_deref()))]
    NothingDue {
        /// The next entry that lacks one.
        next: Option<String>,
    },
    /// Several entries of the calendar are due that lack an issue.
    #[error("{}", message!(
        "several entries of calendar.yaml are due without an issue, so name one after --from-calendar: {}",
        "flere punkter i calendar.yaml er på tide og mangler et nyhedsbrev, så skriv et af dem efter --from-calendar: {}",
        entries.join(", ")
    ))]
    SeveralDue {
        /// The entries, the earliest first.
        entries: Vec<String>,
    },
    /// What was typed is not a day.
    #[error("{}", message!(
        "`{typed}` is not a date: write it like this: 2026-11-01",
        "`{typed}` er ikke en dato: skriv den sådan: 2026-11-01"
    ))]
    NotADay {
        /// As it was typed.
        typed: String,
    },
    /// The front matter of an issue cannot be copied line by line.
    #[error("{}", message!(
        "the front matter of {issue} has two keys on one line: write each key on a separate line",
        "front matter i {issue} har to felter på samme linje: skriv hvert felt på sin egen linje"
    ))]
    SharedLine {
        /// The issue.
        issue: IssueId,
    },
    /// The issue has no approval.
    #[error("{}", message!(
        "{issue} is not approved: another person than its author must run `newsletter approve {typed}`",
        "{issue} er ikke godkendt: en anden end forfatteren skal køre `newsletter approve {typed}`"
    ))]
    NotApproved {
        /// The issue.
        issue: IssueId,
        /// The issue as it was typed.
        typed: String,
    },
    /// Not enough people have approved the issue.
    #[error("{}", message!(
        "{issue} has {approvals} of {needed} approvals: another person must run `newsletter approve {typed}`",
        "{issue} har {approvals} af {needed} godkendelser: en anden skal køre `newsletter approve {typed}`"
    ))]
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
    #[error("{}", message!(
        "{issue} has changed since {by} approved it on {at}: {}; have it approved again with `newsletter approve {typed}` (`newsletter diff {typed}` shows what has changed)",
        "{issue} er ændret, siden {by} godkendte det {at}: {}; få det godkendt igen med `newsletter approve {typed}` (`newsletter diff {typed}` viser, hvad der er ændret)",
        changed.join(", ")
    ))]
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
    #[error("{}", message!(
        "{typed} is the code of another text than {issue} as it is now: open the newest test mail or preview page, and read it again",
        "{typed} er koden for en anden tekst end {issue}, som det er nu: åbn den nyeste testmail eller forhåndsvisning, og læs den igen"
    ))]
    OtherCode {
        /// The issue.
        issue: IssueId,
        /// The code that was typed.
        typed: String,
    },
    /// What was typed is not a code.
    #[error("{}", message!(
        "{typed:?} is not a code: a code has six digits or letters from A to F, such as 7F3A-22",
        "{typed:?} er ikke en kode: en kode har seks tal eller bogstaver fra A til F, f.eks. 7F3A-22"
    ))]
    NoCode {
        /// What was typed.
        typed: String,
    },
    /// An approval by another person is recorded without the code of what they read, in a repository.
    #[error("{}", message!(
        "{by} approves in their own copy, or gives you the code of a test mail or the preview page: `newsletter approve {typed} --by \"{by}\" --code CODE`",
        "{by} skal godkende i sin egen kopi eller oplyse koden fra en testmail eller forhåndsvisningen: `newsletter approve {typed} --by \"{by}\" --code KODE`"
    ))]
    CodeMissing {
        /// The issue as it was typed.
        typed: String,
        /// The person.
        by: String,
    },
    /// Without Git, it is not known who is approving.
    #[error("{}", message!(
        "who approves is not known here, without Git: write `newsletter approve {typed} --by \"Karen Holm\"`",
        "det vides ikke, hvem der godkender, når der ikke er Git: skriv `newsletter approve {typed} --by \"Karen Holm\"`"
    ))]
    ApproverUnknown {
        /// The issue as it was typed.
        typed: String,
    },
    /// Git does not know who is approving.
    #[error("{}", message!(
        "who approves is not known here: set `git config user.name` and `git config user.email`, or write `newsletter approve {typed} --by \"Karen Holm\" --code CODE`",
        "det vides ikke, hvem der godkender: skriv `git config user.name` og `git config user.email`, eller skriv `newsletter approve {typed} --by \"Karen Holm\" --code KODE`"
    ))]
    IdentityMissing {
        /// The issue as it was typed.
        typed: String,
    },
    /// An issue for its members only is exported for everyone.
    #[error("{}", message!(
        "{issue} has `archive: members`, so it is not exported: an export is for everyone, which only `archive: public` allows",
        "{issue} har `archive: members` og eksporteres derfor ikke: det eksporterede kan alle læse. Det kræver `archive: public`"
    ))]
    MembersOnly {
        /// The issue.
        issue: IssueId,
    },
    /// An export would replace a file of another issue.
    #[error("{}", message!(
        "{} is from {other}, and {issue} would replace it; nothing was written. Give one of the two issues another name with `slug: …` in its front matter",
        "{} er fra {other}, og {issue} ville erstatte den; intet er skrevet. Giv et af de to nyhedsbreve et andet navn med `slug: …` i front matter",
        file.display()
    ))]
    FileOfOtherIssue {
        /// The file.
        file: PathBuf,
        /// The issue.
        issue: IssueId,
        /// The issue that the file is from.
        other: IssueId,
    },
    /// An export would publish a reader's data.
    #[error("{}", message!(
        "nothing was written: the export would contain `{found}`, which belongs to a reader and is not in the issue. Please report this as a bug",
        "intet er skrevet: eksporten ville indeholde `{found}`, som hører til en læser og ikke står i nyhedsbrevet. Meld det gerne som en fejl i programmet"
    ))]
    ReaderData {
        /// What was found.
        found: String,
    },
    /// The post of an issue is in the website under another name.
    #[error("{}", message!(
        "the website has this post already, as {}: delete that file, or give the issue another `slug`",
        "hjemmesiden har allerede indlægget, som {}: slet den fil, eller giv nyhedsbrevet et andet `slug`",
        found.display()
    ))]
    PostExists {
        /// The other file.
        found: PathBuf,
    },
    /// An issue whose events are exported has none.
    #[error("{}", message!(
        "{issue} has no event on its page: write one with `::: event`",
        "{issue} har intet arrangement: skriv et med `::: event`"
    ))]
    NoEvents {
        /// The issue.
        issue: IssueId,
    },
    /// An issue that is exported for the web is not public.
    #[error("{}", message!(
        "{issue} is not public: add `archive: public` to its front matter to put it on the web",
        "{issue} er ikke offentligt: skriv `archive: public` i front matter for at lægge det på nettet"
    ))]
    NotPublic {
        /// The issue.
        issue: IssueId,
    },
}

/// How to make a renamed file the issue again that it was sent as. A path is no slug.
fn as_it_was(issue: &IssueId) -> Message {
    if issue.as_str().contains('/') {
        message!("rename it back to {issue}", "giv den navnet {issue} igen")
    } else {
        message!("write `slug: {issue}` in its front matter", "skriv `slug: {issue}` øverst i den")
    }
}
