//! Proves to a relay who we are: PLAIN, LOGIN and XOAUTH2.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::commands::Auth as AuthCommand;
use lettre::transport::smtp::response::Response;

use crate::base::secret::Secret;
use crate::delivery::outcome::{FailureReason, Reply, SmtpStep, printable};
use crate::delivery::smtp::options::AuthMechanism;
use crate::delivery::smtp::reply::reply;
use crate::delivery::smtp::reply_class::{self, ReplyClass};
use crate::delivery::smtp::session::{Identified, Session};

/// The longest command line of RFC 5321 §4.5.3.1.4. What is longer is said when the relay asks for it
/// (RFC 4954 §4), and tokens often are.
const COMMAND_LIMIT: usize = 512;

/// What the relay says to a login.
pub(crate) enum LoginOutcome {
    /// Yes.
    Taken,
    /// Not now.
    Later(Reply),
    /// No.
    Refused(Reply),
    /// No, and what is wrong with the token.
    TokenRefused(Reply, TokenFault),
}

/// What a relay finds wrong with an access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// It does not say.
    Unsaid,
    /// Its status 401: the token is over its time or was taken back.
    Expired,
    /// Its status 400: the token is none, or not for this mailbox or this use.
    Unfit,
    /// Another status.
    Other(String),
}

impl fmt::Display for TokenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsaid => f.write_str("it does not say what is wrong with it"),
            Self::Expired => f.write_str("the token has expired or was taken back (status 401)"),
            Self::Unfit => f.write_str("the token is none, or not one for sending from this mailbox (status 400)"),
            Self::Other(status) => write!(f, "its status is {status}"),
        }
    }
}

/// Says who we are, in the way that the relay offers.
pub(crate) fn prove(
    session: &mut Session<Identified>,
    auth: AuthMechanism,
    (username, password): (&str, &Secret),
) -> Result<LoginOutcome, FailureReason> {
    let mechanism = match auth {
        AuthMechanism::Plain => Mechanism::Plain,
        AuthMechanism::Login => Mechanism::Login,
        AuthMechanism::XOAuth2 => return prove_by_token(session, username, password),
    };
    let credentials = Credentials::new(username.to_owned(), password.reveal().to_owned());
    let within = session.timeouts.command;
    let mut command = AuthCommand::new(mechanism, credentials.clone(), None).ok();
    let mut last = None;
    // LOGIN has two questions.
    for _ in 0..3 {
        let Some(said) = command else { break };
        let response = session.ask(&said, SmtpStep::Login, within)?;
        command = AuthCommand::new_from_response(mechanism, credentials.clone(), &response).ok();
        last = Some(response);
    }
    match last {
        Some(response) => outcome(&response, LoginOutcome::Refused),
        None => Err(FailureReason::ConnectionLost { at: SmtpStep::Login }),
    }
}

/// XOAUTH2, as Google and Microsoft describe it: a refused token is first told of in a question, which is answered with
/// an empty line, and then refused.
fn prove_by_token(
    session: &mut Session<Identified>,
    username: &str,
    token: &Secret,
) -> Result<LoginOutcome, FailureReason> {
    let within = session.timeouts.command;
    let said = BASE64_STANDARD.encode(format!("user={username}\x01auth=Bearer {}\x01\x01", token.reveal()));
    let whole = format!("AUTH XOAUTH2 {said}\r\n");
    let mut response = if whole.len() <= COMMAND_LIMIT {
        session.ask(&whole, SmtpStep::Login, within)?
    } else {
        let asked = session.ask(&"AUTH XOAUTH2\r\n", SmtpStep::Login, within)?;
        if reply(&asked).code() != 334 {
            return outcome(&asked, LoginOutcome::Refused);
        }
        session.ask(&format_args!("{said}\r\n"), SmtpStep::Login, within)?
    };
    let mut fault = TokenFault::Unsaid;
    if reply(&response).code() == 334 {
        fault = token_fault(response.first_line().unwrap_or_default());
        response = session.ask(&"\r\n", SmtpStep::Login, within)?;
    }
    outcome(&response, |reply| LoginOutcome::TokenRefused(reply, fault))
}

fn outcome(response: &Response, refused: impl FnOnce(Reply) -> LoginOutcome) -> Result<LoginOutcome, FailureReason> {
    Ok(match reply_class::classify(response, SmtpStep::Login, &[235])? {
        ReplyClass::Yes(_) => LoginOutcome::Taken,
        ReplyClass::Later(reply) => LoginOutcome::Later(reply),
        ReplyClass::No(reply) => refused(reply),
    })
}

/// Reads `{"status":"401","schemes":"bearer","scope":"…"}`, which comes in Base64.
fn token_fault(question: &str) -> TokenFault {
    let decoded = BASE64_STANDARD.decode(question.trim()).ok().and_then(|it| String::from_utf8(it).ok());
    let status = decoded.as_deref().and_then(|it| it.split_once("\"status\"")).and_then(|(_, rest)| {
        let value = rest.trim_start().strip_prefix(':')?.trim_start();
        Some(value.trim_start_matches('"').split(['"', ',', '}']).next()?.trim().to_owned())
    });
    match status.as_deref() {
        None | Some("") => TokenFault::Unsaid,
        Some("401") => TokenFault::Expired,
        Some("400") => TokenFault::Unfit,
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
        assert_eq!(fault(r#"{"schemes":"Bearer", "status" : 400}"#), TokenFault::Unfit);
        assert_eq!(fault("{\"status\":\"5\u{1b}\"}"), TokenFault::Other(r"5\u{1b}".to_owned()));
        assert_eq!((fault("{}"), token_fault("?")), (TokenFault::Unsaid, TokenFault::Unsaid));
    }
}
