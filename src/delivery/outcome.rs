//! What happened to each letter, in the relay's words.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error as ThisError;

/// How much of a relay's text is kept, in characters.
const TEXT_LIMIT: usize = 500;

/// What a relay answered: its code and its text, safe to show on a terminal and to keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredReply", into = "StoredReply")]
pub struct Reply {
    code: u16,
    enhanced: Option<(u8, u16, u16)>,
    text: String,
}

/// The form a reply is stored in; the enhanced status is read out of the text again.
#[derive(Serialize, Deserialize)]
struct StoredReply {
    code: u16,
    text: String,
}

impl Reply {
    /// Takes an answer over: the text is cut at 500 characters, its lines are joined, and what could steer a terminal
    /// is spelt out.
    pub fn new(code: u16, text: &str) -> Self {
        let text = printable(text);
        Self { code, enhanced: enhanced(code, &text), text }
    }

    /// The three-digit code.
    pub fn code(&self) -> u16 {
        self.code
    }

    /// The enhanced status (RFC 3463) that the text begins with; absent where there is none or where its class
    /// contradicts the code.
    pub fn enhanced(&self) -> Option<(u8, u16, u16)> {
        self.enhanced
    }

    /// The text after the code, the enhanced status included.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.text)
    }
}

impl From<StoredReply> for Reply {
    fn from(answer: StoredReply) -> Self {
        Self::new(answer.code, &answer.text)
    }
}

impl From<Reply> for StoredReply {
    fn from(reply: Reply) -> Self {
        Self { code: reply.code, text: reply.text }
    }
}

/// The beginning of a foreign text, on one line, with nothing in it that a terminal would obey.
pub fn printable(text: &str) -> String {
    let mut shown = String::new();
    for part in text.trim_end().chars() {
        match part {
            '\r' | '\n' | '\t' => shown.push(' '),
            it if is_control(it) => shown.extend(it.escape_unicode()),
            it => shown.push(it),
        }
    }
    if let Some((end, _)) = shown.char_indices().nth(TEXT_LIMIT) {
        let kept = shown[..end].char_indices().last().map_or(0, |(last, _)| last);
        shown.truncate(kept);
        shown.push('…');
    }
    shown
}

/// Control characters, and those that turn the direction of writing: they make a log say what nobody said.
fn is_control(part: char) -> bool {
    part.is_control()
        || matches!(part, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn enhanced(code: u16, text: &str) -> Option<(u8, u16, u16)> {
    let mut parts = text.split_whitespace().next()?.split('.');
    let number = |part: Option<&str>| {
        let part = part.filter(|it| (1..=3).contains(&it.len()) && it.bytes().all(|byte| byte.is_ascii_digit()))?;
        part.parse::<u16>().ok()
    };
    let (class, subject, detail) = (number(parts.next())?, number(parts.next())?, number(parts.next())?);
    let class = u8::try_from(class).ok().filter(|it| u16::from(*it) == code / 100 && matches!(it, 2 | 4 | 5))?;
    parts.next().is_none().then_some((class, subject, detail))
}

/// A moment of the talk with a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpStep {
    /// Its first words.
    Greeting,
    /// EHLO or HELO.
    Hello,
    /// STARTTLS and the handshake.
    Tls,
    /// AUTH.
    Login,
    /// MAIL: who sends.
    Sender,
    /// RCPT: who is to get the letter.
    Recipient,
    /// DATA: may the letter come.
    Data,
    /// The letter itself, up to its last octets.
    Body,
    /// The answer to the whole letter.
    Dot,
    /// RSET: the last letter is off.
    Reset,
    /// QUIT.
    Quit,
}

impl fmt::Display for SmtpStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greeting => "the greeting",
            Self::Hello => "EHLO",
            Self::Tls => "STARTTLS",
            Self::Login => "AUTH",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Data => "DATA",
            Self::Body => "the letter",
            Self::Dot => "the end of the letter",
            Self::Reset => "RSET",
            Self::Quit => "QUIT",
        })
    }
}

/// Why a letter has no final answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ThisError)]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// The relay asked to wait.
    #[error("{0}")]
    Reply(Reply),
    /// The connection ended.
    #[error("the connection was lost at {at}")]
    ConnectionLost {
        /// What was under way.
        at: SmtpStep,
    },
    /// The relay did not answer in time.
    #[error("no answer to {at} within {} s", waited.as_secs_f32())]
    TimedOut {
        /// What was under way.
        at: SmtpStep,
        /// How long it was waited for.
        waited: Duration,
    },
    /// The relay sent what is no answer.
    #[error("the answer to {at} is no SMTP: {what}")]
    Malformed {
        /// What was under way.
        at: SmtpStep,
        /// What is wrong with it.
        what: MalformedReply,
    },
    /// The relay gave an answer that does not belong here.
    #[error("the answer to {at} does not belong there: {reply}")]
    Unexpected {
        /// What was under way.
        at: SmtpStep,
        /// The answer.
        reply: Reply,
    },
    /// The run ended while the letter was on its way.
    #[error("the run was cut off while the letter was on its way")]
    CutOff,
    /// The file could not be written.
    #[error("the file could not be written: {cause}")]
    Unwritten {
        /// What the operating system said.
        cause: String,
    },
}

/// What is wrong with a relay's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ThisError)]
#[serde(rename_all = "snake_case")]
pub enum MalformedReply {
    /// A line without a code.
    #[error("a line without a code")]
    NoCode,
    /// The lines of one answer bear several codes.
    #[error("lines with different codes")]
    MixedCodes,
    /// A line that does not end with CR LF, or a CR or NUL inside one.
    #[error("a line that does not end as it must")]
    LineEnd,
    /// Longer than anything a relay has to say.
    #[error("it has no end")]
    TooLong,
    /// More answers than questions.
    #[error("more answers than questions")]
    OutOfStep,
}

/// What became of one attempt to deliver a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The relay has it, which is no proof that the reader has.
    Accepted(Reply),
    /// Not now; it will be tried again.
    Deferred(FailureReason),
    /// Never, for this recipient.
    Refused(Reply),
    /// It may have arrived or not: it is not sent again unasked.
    InDoubt(FailureReason),
}

impl Outcome {
    /// The relay's words, or what happened to the line.
    pub fn words(&self) -> String {
        match self {
            Self::Accepted(reply) | Self::Refused(reply) => reply.to_string(),
            Self::Deferred(reason) | Self::InDoubt(reason) => reason.to_string(),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted(reply) => write!(f, "accepted: {reply}"),
            Self::Deferred(reason) => write!(f, "deferred: {reason}"),
            Self::Refused(reply) => write!(f, "refused: {reply}"),
            Self::InDoubt(reason) => write!(f, "in doubt: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_cannot_steer_a_terminal() {
        let reply = Reply::new(550, "5.1.1 \x1b[2J\x1b]0;owned\x07 no\r\nsuch \u{202e}user");
        assert_eq!(reply.text(), r"5.1.1 \u{1b}[2J\u{1b}]0;owned\u{7} no  such \u{202e}user");
        assert_eq!(reply.enhanced(), Some((5, 1, 1)));
        assert_eq!(Reply::new(550, reply.text()), reply);
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
    fn an_outcome_is_read_as_it_was_written() {
        let reply = Reply::new(450, "4.7.1 Grey\u{1b}");
        for outcome in [
            Outcome::Accepted(Reply::new(250, "2.0.0 Queued")),
            Outcome::Refused(reply.clone()),
            Outcome::Deferred(FailureReason::Unexpected { at: SmtpStep::Data, reply }),
            Outcome::InDoubt(FailureReason::TimedOut { at: SmtpStep::Dot, waited: Duration::from_millis(1_500) }),
        ] {
            let written = serde_json::to_string(&outcome).unwrap();
            assert_eq!(serde_json::from_str::<Outcome>(&written).unwrap(), outcome, "{written}");
        }
    }

    #[test]
    fn an_enhanced_status_agrees_with_its_code() {
        for (code, text, status) in [
            (250, "2.1.5 OK", Some((2, 1, 5))),
            (552, "5.7.60", Some((5, 7, 60))),
            (450, "5.7.1 no", None),
            (554, "Sorry", None),
            (554, "5.7", None),
            (554, "5.7.1.2", None),
            (554, "", None),
        ] {
            assert_eq!(Reply::new(code, text).enhanced(), status, "{code} {text}");
        }
    }
}
