//! The possible meanings of a received message.

use crate::delivery::ledger::feedback::{FailureClass, LetterToken, ReportKind};
use crate::delivery::outcome::StateReason;
use crate::feedback::failure_class;
use crate::letter::return_path::ReturnPath;
use crate::letter::unsubscribe_token::LeaveTarget;
use crate::people::person::Address;

/// How the program's own addresses and letters are recognized in a message.
#[derive(Clone, Debug)]
pub struct MailContext {
    /// The envelope sender of letters.
    pub return_path: ReturnPath,
    /// Where readers write to unsubscribe.
    pub unsubscribe: UnsubscribeInbox,
    /// The domains of the letters' Message-IDs: those of the senders.
    pub message_id_domains: Vec<String>,
}

/// The address that readers write to if they want to unsubscribe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnsubscribeInbox {
    /// It receives nothing else: every mail to it from a reader unsubscribes.
    Dedicated(Address),
    /// It also receives replies: a mail to it unsubscribes if its subject says so.
    Shared(Address),
}

impl UnsubscribeInbox {
    /// The address.
    pub fn address(&self) -> &Address {
        match self {
            Self::Dedicated(address) | Self::Shared(address) => address,
        }
    }
}

/// What a message means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageMeaning {
    /// A reader unsubscribes.
    Leave(LeaveMail),
    /// A mail server reports what happened to one or more letters; never empty.
    Bounce(Vec<RecipientReport>),
    /// A mailbox provider passes on that a recipient marked a letter as spam.
    Complaint(ComplaintReport),
    /// An automatic answer that needs no action: an absence note, a receipt, a measurement.
    Automatic,
    /// For a person to read: a person wrote it, or a program whose message has no other meaning.
    Personal,
}

/// How a mail names the reader who unsubscribes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaveMail {
    /// By a token, in the subject or in the address that it was sent to.
    Token(LeaveTarget),
    /// By the address that it came from, which anyone can forge: it counts for a known reader only.
    Sender(Address),
}

/// What happened to the letter to one recipient (RFC 3464 §2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientReport {
    /// The address that the reporting mail server tried; where mail is forwarded it is not the reader's. Absent: the report
    /// names none.
    pub recipient: Option<Address>,
    /// The address that the letter was sent to; absent: the report does not name it.
    pub original_recipient: Option<Address>,
    /// What happened.
    pub action: DeliveryAction,
    /// The mail server's code, enhanced status and words.
    pub reason: StateReason,
    /// The letter that it is about, by the address of the report or the Message-ID that it returns; absent: it
    /// identifies none of the program's letters.
    pub letter: Option<LetterToken>,
}

impl RecipientReport {
    /// The report for the ledger; absent: the letter was passed on or delivered.
    pub fn kind(&self) -> Option<ReportKind> {
        match self.action {
            DeliveryAction::Failed => Some(ReportKind::Failed(self.class())),
            DeliveryAction::Delayed => Some(ReportKind::Delayed),
            DeliveryAction::Delivered | DeliveryAction::Relayed | DeliveryAction::Expanded => None,
        }
    }

    /// Whose fault the failure is.
    pub fn class(&self) -> FailureClass {
        failure_class::classify(self.reason.status(), self.reason.code(), self.reason.text())
    }
}

/// What a mail server did with a letter (RFC 3464 §2.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryAction {
    /// It gave up.
    Failed,
    /// It is still trying.
    Delayed,
    /// It put the letter into the mailbox.
    Delivered,
    /// It passed the letter to a server that sends no reports.
    Relayed,
    /// It passed the letter to several other recipients.
    Expanded,
}

/// A complaint of a recipient (RFC 5965).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComplaintReport {
    /// The kind of feedback, such as `abuse`; in lower case.
    pub feedback_type: String,
    /// The recipient; absent: the provider keeps it secret, as most do.
    pub recipient: Option<Address>,
    /// The letter that it is about; absent: it identifies none of the program's letters.
    pub letter: Option<LetterToken>,
}
