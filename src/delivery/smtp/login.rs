//! Logs in to a relay: PLAIN, LOGIN and XOAUTH2.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::commands::Auth as AuthCommand;
use lettre::transport::smtp::response::Response;

use crate::base::message::message;
use crate::base::secret::Secret;
use crate::delivery::outcome::{FailureReason, Reply, SmtpStep, printable};
use crate::delivery::smtp::options::AuthMechanism;
use crate::delivery::smtp::reply::reply;
use crate::delivery::smtp::reply_class::{self, ReplyClass};
use crate::delivery::smtp::session::{Identified, Session};

/// The longest command line (RFC 5321 §4.5.3.1.4). A longer initial response is sent after a 334 (RFC 4954 §4), and tokens
/// are often longer.
const COMMAND_LIMIT: usize = 512;

/// The relay's reply to a login.
pub(crate) enum LoginOutcome {
    /// It is accepted.
    Accepted,
    /// Not now.
    Deferred(Reply),
    /// It is refused.
    Refused(Reply),
    /// It is refused, with what is wrong with the token.
    TokenRefused(Reply, TokenFault),
}

/// What a relay finds wrong with an access token, by the status it gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenFault {
    /// It gives none.
    Unspecified,
    /// 401: the token has expired or was revoked.
    Expired,
    /// 400: it is not a token, or not for this mailbox or this use.
    Invalid,
    /// Another status.
    Other(String),
}

impl fmt::Display for TokenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unspecified => write!(f, "{}", message!("it gives no reason", "den giver ingen grund")),
            Self::Expired => write!(
                f,
                "{}",
                message!(
                    "the token has expired or was revoked (status 401)",
                    "tokenet er udløbet eller trukket tilbage (status 401)"
                )
            ),
            Self::Invalid => write!(
                f,
                "{}",
                message!(
                    "the token is invalid, or not for sending from this mailbox (status 400)",
                    "tokenet er ugyldigt eller ikke til at sende fra denne postkasse (status 400)"
                )
            ),
            Self::Other(status) => write!(f, "status {status}"),
        }
    }
}

/// Logs in with a mechanism that the relay offers.
pub(crate) fn authenticate(
    session: &mut Session<Identified>,
    mechanism: AuthMechanism,
    username: &str,
    password: &Secret,
) -> Result<LoginOutcome, FailureReason> {
    let mechanism = match mechanism {
        AuthMechanism::Plain => Mechanism::Plain,
        AuthMechanism::Login => Mechanism::Login,
        AuthMechanism::XOAuth2 => return authenticate_by_token(session, username, password),
    };
    let credentials = Credentials::new(username.to_owned(), password.reveal().to_owned());
    let within = session.timeouts.command;
    let mut command = AuthCommand::new(mechanism, credentials.clone(), None).ok();
    let mut last = None;
    // LOGIN sends user name and password after two 334 replies: three commands at most.
    for _ in 0..3 {
        let Some(line) = command else { break };
        let response = session.command(&line, SmtpStep::Login, within)?;
        command = AuthCommand::new_from_response(mechanism, credentials.clone(), &response).ok();
        last = Some(response);
    }
    match last {
        Some(response) => outcome(&response, LoginOutcome::Refused),
        None => Err(FailureReason::ConnectionLost { at: SmtpStep::Login }),
    }
}

/// XOAUTH2, as Google and Microsoft document it: the reason of a refusal comes first, in a 334 reply, which is replied to
/// with an empty line; the refusal follows.
fn authenticate_by_token(
    session: &mut Session<Identified>,
    username: &str,
    token: &Secret,
) -> Result<LoginOutcome, FailureReason> {
    let within = session.timeouts.command;
    let response_line = BASE64_STANDARD.encode(format!("user={username}\x01auth=Bearer {}\x01\x01", token.reveal()));
    let whole = format!("AUTH XOAUTH2 {response_line}\r\n");
    let mut response = if whole.len() <= COMMAND_LIMIT {
        session.command(&whole, SmtpStep::Login, within)?
    } else {
        let challenge = session.command(&"AUTH XOAUTH2\r\n", SmtpStep::Login, within)?;
        if reply(&challenge).code() != 334 {
            return outcome(&challenge, LoginOutcome::Refused);
        }
        session.command(&format_args!("{response_line}\r\n"), SmtpStep::Login, within)?
    };
    let mut fault = TokenFault::Unspecified;
    if reply(&response).code() == 334 {
        fault = token_fault(response.first_line().unwrap_or_default());
        if matches!(&fault, TokenFault::Other(status) if session.stream.redactor().finds(status)) {
            fault = TokenFault::Unspecified;
        }
        response = session.command(&"\r\n", SmtpStep::Login, within)?;
    }
    outcome(&response, |reply| LoginOutcome::TokenRefused(reply, fault))
}

fn outcome(response: &Response, refused: impl FnOnce(Reply) -> LoginOutcome) -> Result<LoginOutcome, FailureReason> {
    Ok(match reply_class::classify(response, SmtpStep::Login, &[235])? {
        ReplyClass::Expected(_) => LoginOutcome::Accepted,
        ReplyClass::Transient(reply) => LoginOutcome::Deferred(reply),
        ReplyClass::Permanent(reply) => refused(reply),
    })
}

/// Reads `{"status":"401","schemes":"bearer","scope":"…"}`, which comes in Base64; some relays send the status as a number.
fn token_fault(challenge: &str) -> TokenFault {
    let decoded = BASE64_STANDARD.decode(challenge.trim()).ok().and_then(|octets| String::from_utf8(octets).ok());
    let status = decoded.as_deref().and_then(|json| json.split_once("\"status\"")).and_then(|(_, rest)| {
        let value = rest.trim_start().strip_prefix(':')?.trim_start();
        Some(value.trim_start_matches('"').split(['"', ',', '}']).next()?.trim().to_owned())
    });
    match status.as_deref() {
        None | Some("") => TokenFault::Unspecified,
        Some("401") => TokenFault::Expired,
        Some("400") => TokenFault::Invalid,
        Some(status) => TokenFault::Other(printable(status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_of_a_token_is_read() {
        let fault = |text: &str| token_fault(&BASE64_STANDARD.encode(text));
        assert_eq!(fault(r#"{"status":"401","schemes":"bearer"}"#), TokenFault::Expired);
        assert_eq!(fault(r#"{"schemes":"Bearer", "status" : 400}"#), TokenFault::Invalid);
        assert_eq!(fault("{\"status\":\"5\u{1b}\"}"), TokenFault::Other(r"5\u{1b}".to_owned()));
        assert_eq!((fault("{}"), token_fault("?")), (TokenFault::Unspecified, TokenFault::Unspecified));
    }
}
