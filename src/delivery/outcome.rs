//! The outcome of an attempt to deliver a letter, with the relay's reply in its parts.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};
use thiserror::Error as ThisError;

use crate::base::message::message;

/// How much of a reply's text is kept, in characters.
const TEXT_LIMIT: usize = 500;

/// A relay's reply: code, enhanced status and text, safe to print on a terminal and to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    code: u16,
    status: Option<EnhancedStatus>,
    text: String,
}

impl Reply {
    /// Makes a reply safe: its lines are joined, its text is cut at 500 characters, what could control a terminal is
    /// escaped, and the enhanced status is split off.
    pub fn new(code: u16, text: &str) -> Self {
        let mut text = printable(text);
        let status = EnhancedStatus::at_start_of(&text, code);
        if status.is_some() {
            let rest = text.find(' ').map_or(text.len(), |blank| blank + 1);
            text.drain(..rest);
        }
        Self { code, status, text }
    }

    /// The three-digit code.
    pub fn code(&self) -> u16 {
        self.code
    }

    /// The enhanced status that the text began with; absent if there was none, or if its class contradicted the
    /// code.
    pub fn status(&self) -> Option<EnhancedStatus> {
        self.status
    }

    /// The text after the code and the enhanced status.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_parts(f, Some(self.code), self.status, &self.text)
    }
}

/// An enhanced status code (RFC 3463), such as 5.1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EnhancedStatus {
    /// 2 for success, 4 for a temporary failure, 5 for a permanent one.
    pub class: u8,
    /// What the status is about: 1 the address, 2 the mailbox, 3 the mail system, 5 the protocol, 7 policy, and so on.
    pub subject: u16,
    /// The detail within the subject.
    pub detail: u16,
}

impl EnhancedStatus {
    /// A status by its three numbers.
    pub(crate) const fn new(class: u8, subject: u16, detail: u16) -> Self {
        Self { class, subject, detail }
    }

    /// Reads a status on its own; `None` if the text is not one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let mut number = || {
            let part = parts.next()?;
            let digits = (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            if digits { part.parse::<u16>().ok() } else { None }
        };
        let (class, subject, detail) = (number()?, number()?, number()?);
        let class = u8::try_from(class).ok().filter(|class| matches!(class, 2 | 4 | 5))?;
        parts.next().is_none().then_some(Self { class, subject, detail })
    }

    /// RFC 2034 puts the status in front of the text; its class is that of the reply code.
    fn at_start_of(text: &str, code: u16) -> Option<Self> {
        Self::parse(text.split(' ').next()?).filter(|status| u16::from(status.class) == code / 100)
    }
}

impl fmt::Display for EnhancedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl Serialize for EnhancedStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Writes the present parts, separated by spaces.
fn write_parts(
    f: &mut fmt::Formatter<'_>,
    code: Option<u16>,
    status: Option<EnhancedStatus>,
    text: &str,
) -> fmt::Result {
    if let Some(code) = code {
        write!(f, "{code} ")?;
    }
    match status {
        Some(status) if text.is_empty() => write!(f, "{status}"),
        Some(status) => write!(f, "{status} {text}"),
        None => f.write_str(text),
    }
}

/// The start of a foreign text on one line, with control characters escaped, so that it cannot control a terminal.
pub fn printable(text: &str) -> String {
    let mut shown = String::new();
    for character in text.trim_end().chars() {
        match character {
            '\r' | '\n' | '\t' => shown.push(' '),
            control if is_control(control) => shown.extend(control.escape_unicode()),
            plain => shown.push(plain),
        }
    }
    // The ellipsis takes the place of the last character, so that cutting twice changes nothing.
    if let Some((end, _)) = shown.char_indices().nth(TEXT_LIMIT) {
        let kept = shown[..end].char_indices().last().map_or(0, |(last, _)| last);
        shown.truncate(kept);
        shown.push('…');
    }
    shown
}

/// Control characters, and those that change the direction of text: they could make a log show something else than what
/// was sent.
fn is_control(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A step of an SMTP session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpStep {
    /// The relay's greeting.
    Greeting,
    /// EHLO or HELO.
    Hello,
    /// STARTTLS and the handshake.
    Tls,
    /// AUTH.
    Login,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA.
    Data,
    /// The letter itself, up to its last octets.
    Body,
    /// The reply to the whole letter.
    Dot,
    /// RSET: the last letter was cancelled.
    Reset,
    /// QUIT.
    Quit,
}

impl SmtpStep {
    /// Whether the relay knows the recipient at this step.
    pub(crate) fn follows_recipient(self) -> bool {
        matches!(self, Self::Recipient | Self::Data | Self::Body | Self::Dot)
    }
}

impl fmt::Display for SmtpStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let command = match self {
            Self::Greeting => return message!("the greeting", "hilsenen").fmt(f),
            Self::Body => return message!("the letter", "mailen").fmt(f),
            Self::Dot => return message!("the end of the letter", "slutningen af mailen").fmt(f),
            Self::Hello => "EHLO",
            Self::Tls => "STARTTLS",
            Self::Login => "AUTH",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Data => "DATA",
            Self::Reset => "RSET",
            Self::Quit => "QUIT",
        };
        f.write_str(command)
    }
}

/// Why a letter has no final reply.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum FailureReason {
    /// The relay asked to wait.
    #[error("{0}")]
    Reply(Reply),
    /// The connection ended.
    #[error("{}", message!("connection lost at {at}", "forbindelsen røg ved {at}"))]
    ConnectionLost {
        /// The step it ended at.
        at: SmtpStep,
    },
    /// The relay did not reply in time.
    #[error("{}", message!(
        "no reply to {at} within {} s",
        "intet svar på {at} inden for {} sekunder",
        waited.as_secs_f32()
    ))]
    TimedOut {
        /// The step that was not replied to.
        at: SmtpStep,
        /// The time limit.
        waited: Duration,
    },
    /// The relay sent something that is not an SMTP reply.
    #[error("{}", message!("invalid reply to {at}: {what}", "ugyldigt svar på {at}: {what}"))]
    Malformed {
        /// The step it was sent at.
        at: SmtpStep,
        /// What is wrong with it.
        what: MalformedReply,
    },
    /// The relay's code is not one that this step can have.
    #[error("{}", message!("unexpected reply to {at}: {reply}", "uventet svar på {at}: {reply}"))]
    Unexpected {
        /// The step it was sent at.
        at: SmtpStep,
        /// The reply.
        reply: Reply,
    },
    /// The file could not be written.
    #[error("{}", message!("cannot write the file: {cause}", "kan ikke skrive filen: {cause}"))]
    Unwritten {
        /// The operating system's message.
        cause: String,
    },
}

impl FailureReason {
    /// The step it happened at; absent: it was a reply, or no SMTP session.
    pub(crate) fn step(&self) -> Option<SmtpStep> {
        match self {
            Self::ConnectionLost { at }
            | Self::TimedOut { at, .. }
            | Self::Malformed { at, .. }
            | Self::Unexpected { at, .. } => Some(*at),
            Self::Reply(_) | Self::Unwritten { .. } => None,
        }
    }
}

/// What is wrong with the octets of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum MalformedReply {
    /// A line without a code.
    #[error("{}", message!("a line without a code", "en linje uden kode"))]
    NoCode,
    /// The lines of one reply have different codes.
    #[error("{}", message!("lines with different codes", "linjer med forskellige koder"))]
    MixedCodes,
    /// A line that does not end with CR LF, or with a CR or NUL inside.
    #[error("{}", message!("a line that does not end with CR LF", "en linje, der ikke slutter med CR LF"))]
    LineEnd,
    /// Longer than any reply needs to be.
    #[error("{}", message!("too long", "for langt"))]
    TooLong,
    /// More replies than commands.
    #[error("{}", message!("more replies than commands", "flere svar end kommandoer"))]
    OutOfStep,
}

/// How one attempt to deliver a letter ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The relay accepted it, which does not prove that it was delivered.
    Accepted(Reply),
    /// Not now; it will be tried again.
    Deferred(FailureReason),
    /// Never, for this recipient.
    Refused(Reply),
    /// It may have arrived or not: it is not sent again unless an operator asks for it.
    InDoubt(FailureReason),
}

impl Outcome {
    /// The relay's reply, or what happened instead of one.
    pub fn reason(&self) -> StateReason {
        match self {
            Self::Accepted(reply)
            | Self::Refused(reply)
            | Self::Deferred(FailureReason::Reply(reply))
            | Self::InDoubt(FailureReason::Reply(reply)) => StateReason::from(reply),
            Self::Deferred(reason) | Self::InDoubt(reason) => StateReason::event(reason.to_string()),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted(reply) => message!("accepted: {reply}", "modtaget: {reply}").fmt(f),
            Self::Deferred(reason) => message!("deferred: {reason}", "udsat: {reason}").fmt(f),
            Self::Refused(reply) => message!("refused: {reply}", "afvist: {reply}").fmt(f),
            Self::InDoubt(reason) => message!("in doubt: {reason}", "i tvivl: {reason}").fmt(f),
        }
    }
}

/// Why a letter is in its state, as the ledger keeps it: a relay's reply in its parts, or what happened instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StateReason {
    code: Option<u16>,
    status: Option<EnhancedStatus>,
    text: String,
}

impl StateReason {
    /// Something that is not a reply of a relay.
    pub(crate) fn event(text: String) -> Self {
        Self { code: None, status: None, text }
    }

    /// A reason by its parts, as they were stored.
    pub(crate) fn stored(code: Option<u16>, status: Option<EnhancedStatus>, text: String) -> Self {
        Self { code, status, text }
    }

    /// The code of the relay's reply; absent if there was no reply.
    pub fn code(&self) -> Option<u16> {
        self.code
    }

    /// The enhanced status of the relay's reply; absent if it had none.
    pub fn status(&self) -> Option<EnhancedStatus> {
        self.status
    }

    /// The text of the reply after code and status, or what happened.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl From<&Reply> for StateReason {
    fn from(reply: &Reply) -> Self {
        Self { code: Some(reply.code), status: reply.status, text: reply.text.clone() }
    }
}

impl fmt::Display for StateReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_parts(f, self.code, self.status, &self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_cannot_control_a_terminal() {
        let reply = Reply::new(550, "5.1.1 \x1b[2J\x1b]0;owned\x07 no\r\nsuch \u{202e}user");
        assert_eq!(reply.text(), r"\u{1b}[2J\u{1b}]0;owned\u{7} no  such \u{202e}user");
        assert_eq!(reply.status(), Some(EnhancedStatus::new(5, 1, 1)));
        assert_eq!(reply.to_string(), r"550 5.1.1 \u{1b}[2J\u{1b}]0;owned\u{7} no  such \u{202e}user");
    }

    #[test]
    fn a_long_reply_is_cut_once() {
        for length in [499, 500, 501, 502, 9_000] {
            let reply = Reply::new(250, &"ø".repeat(length));
            assert_eq!(reply.text().chars().count(), length.min(TEXT_LIMIT));
            assert_eq!(reply.text().ends_with('…'), length > TEXT_LIMIT);
            assert_eq!(Reply::new(250, reply.text()), reply);
        }
        let escapes = Reply::new(250, &"\u{7}".repeat(200));
        assert!(escapes.text().chars().count() <= TEXT_LIMIT);
        assert_eq!(Reply::new(250, escapes.text()), escapes);
    }

    #[test]
    fn an_enhanced_status_is_split_off_where_it_agrees_with_the_code() {
        for (code, text, status, rest) in [
            (250, "2.1.5 OK", Some(EnhancedStatus::new(2, 1, 5)), "OK"),
            (552, "5.7.60", Some(EnhancedStatus::new(5, 7, 60)), ""),
            (450, "5.7.1 no", None, "5.7.1 no"),
            (554, "Sorry", None, "Sorry"),
            (554, "5.7", None, "5.7"),
            (554, "5.7.1.2", None, "5.7.1.2"),
            (554, "", None, ""),
        ] {
            let reply = Reply::new(code, text);
            assert_eq!((reply.status(), reply.text()), (status, rest), "{code} {text}");
            assert_eq!(reply.to_string(), format!("{code} {text}"));
        }
    }
}
