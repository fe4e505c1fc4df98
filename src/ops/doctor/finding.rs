//! A finding: what was checked, the result, and what to write instead.

use serde::Serialize;

use crate::base::message::{Message, message};

/// What was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DoctorCheck {
    /// The settings, audiences and issues.
    Project,
    /// Who can read and write the project's files.
    Files,
    /// This machine's clock.
    Clock,
    /// The room on the disk.
    Disk,
    /// The ledger.
    Ledger,
    /// Whether `newsletter run` is started.
    Runs,
    /// Whether the relay is reached.
    Relay,
    /// Whether the connection to it is encrypted, and how long its certificate is valid.
    Tls,
    /// The login at the relay.
    Login,
    /// The largest letter that the relay accepts.
    Size,
    /// Whether the relay accepts letters from the sender.
    Sender,
    /// Who receives mail for the sender's domain.
    Mx,
    /// Who may send for the sender's domain.
    Spf,
    /// The published keys of the signatures.
    Dkim,
    /// What receivers do with letters that fail.
    Dmarc,
    /// The name of the address that letters come from.
    Ptr,
    /// The page where readers unsubscribe.
    Unsubscribe,
    /// The mailbox from which bounces and other feedback are read.
    Inbox,
}

impl DoctorCheck {
    /// Its name, as it is printed; in English, that in JSON.
    pub fn title(self) -> Message {
        match self {
            Self::Project => message!("project", "projekt"),
            Self::Files => message!("files", "filer"),
            Self::Clock => message!("clock", "ur"),
            Self::Disk => message!("disk", "disk"),
            Self::Ledger => message!("ledger", "sendebog"),
            Self::Runs => message!("runs", "kørsler"),
            Self::Relay => message!("relay", "mailserver"),
            Self::Tls => message!("tls", "tls"),
            Self::Login => message!("login", "login"),
            Self::Size => message!("size", "størrelse"),
            Self::Sender => message!("sender", "afsender"),
            Self::Mx => message!("mx", "mx"),
            Self::Spf => message!("spf", "spf"),
            Self::Dkim => message!("dkim", "dkim"),
            Self::Dmarc => message!("dmarc", "dmarc"),
            Self::Ptr => message!("ptr", "ptr"),
            Self::Unsubscribe => message!("unsubscribe", "afmelding"),
            Self::Inbox => message!("inbox", "indbakke"),
        }
    }
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DoctorVerdict {
    /// It is right.
    Pass,
    /// Letters leave; something should be better.
    Warn,
    /// Letters do not leave, or do not arrive.
    Fail,
    /// It cannot be known from here.
    Unknown,
}

/// Where something is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemedyPlace {
    /// A record in the zone of the sender's domain, in the form of a zone file; in place of those with its name and type.
    Dns,
    /// Lines of `newsletter.yaml`.
    Settings,
    /// A command.
    Shell,
    /// A line of a crontab.
    Crontab,
}

/// What to write, ready to be copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RemedyText {
    /// Where.
    pub place: RemedyPlace,
    /// What.
    pub text: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DoctorFinding {
    /// What was checked.
    pub check: DoctorCheck,
    /// What was found.
    pub verdict: DoctorVerdict,
    /// The finding in words.
    pub message: Message,
    /// What to do; absent: nothing, or the message says it.
    pub advice: Option<Message>,
    /// What to write; absent: nothing that is the same for everyone.
    pub write: Option<RemedyText>,
}

impl DoctorFinding {
    pub(super) fn new(check: DoctorCheck, verdict: DoctorVerdict, message: impl Into<Message>) -> Self {
        Self { check, verdict, message: message.into(), advice: None, write: None }
    }

    pub(super) fn pass(check: DoctorCheck, message: impl Into<Message>) -> Self {
        Self::new(check, DoctorVerdict::Pass, message)
    }

    pub(super) fn warn(check: DoctorCheck, message: impl Into<Message>) -> Self {
        Self::new(check, DoctorVerdict::Warn, message)
    }

    pub(super) fn fail(check: DoctorCheck, message: impl Into<Message>) -> Self {
        Self::new(check, DoctorVerdict::Fail, message)
    }

    pub(super) fn unknown(check: DoctorCheck, message: impl Into<Message>) -> Self {
        Self::new(check, DoctorVerdict::Unknown, message)
    }

    /// The same, with what to do.
    pub(super) fn advice(self, advice: impl Into<Message>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }

    /// The same, with what to write.
    pub(super) fn write(self, place: RemedyPlace, text: impl Into<String>) -> Self {
        Self { write: Some(RemedyText { place, text: text.into() }), ..self }
    }
}
