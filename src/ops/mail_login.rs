//! Tries whether the relay and the mailbox of the settings accept the tokens of `oauth`.

use thiserror::Error as ThisError;

use crate::base::error::Error;
use crate::delivery::transport::{OpenError, Transport};
use crate::ops::inbox::{self, InboxError, InboxPolicy};
use crate::project::Project;
use crate::project::settings::inbox::InboxSettings;
use crate::project::settings::mail_server::{MailCredential, MailLogin};

/// A server that has accepted a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedLogin {
    /// The server.
    pub host: String,
    /// The name that was logged in with.
    pub username: String,
}

/// Why a login with a token was not accepted.
#[derive(Debug, ThisError)]
pub enum LoginTrialError {
    /// No token, or a setting that cannot be used.
    #[error(transparent)]
    Project(#[from] Error),
    /// The relay.
    #[error(transparent)]
    Relay(OpenError),
    /// The mailbox.
    #[error(transparent)]
    Inbox(#[from] InboxError),
}

/// Logs in to the relay, and sends nothing; absent: the settings have none that takes a token.
///
/// # Errors
///
/// There is no token, or the relay does not accept it.
pub fn try_relay(project: &Project) -> Result<Option<AcceptedLogin>, LoginTrialError> {
    let Some(smtp) = &project.settings().smtp else { return Ok(None) };
    let Some(login) = smtp.login.as_ref().filter(|login| takes_token(login)) else { return Ok(None) };
    let Some(relay) = project.relay()? else { return Ok(None) };
    relay.open().map_err(LoginTrialError::Relay)?.close();
    Ok(Some(AcceptedLogin { host: smtp.host.clone(), username: login.username.clone() }))
}

/// Logs in to the mailbox, and changes nothing in it; absent: the settings have none that takes a token.
///
/// # Errors
///
/// There is no token, or the server does not accept it.
pub fn try_inbox(project: &Project) -> Result<Option<AcceptedLogin>, LoginTrialError> {
    let Some(InboxSettings::Imap(imap)) = &project.settings().inbox else { return Ok(None) };
    if !takes_token(&imap.login) {
        return Ok(None);
    }
    drop(inbox::open_set(project, InboxPolicy::Show)?);
    Ok(Some(AcceptedLogin { host: imap.host.clone(), username: imap.login.username.clone() }))
}

/// The mailboxes that tokens are for, each once.
pub fn mailboxes(project: &Project) -> Vec<&str> {
    let relay = project.settings().smtp.as_ref().and_then(|smtp| smtp.login.as_ref());
    let mailbox = project.settings().inbox.as_ref().and_then(|inbox| match inbox {
        InboxSettings::Imap(imap) => Some(&imap.login),
        InboxSettings::Maildir(_) => None,
    });
    let logins = relay.into_iter().chain(mailbox).filter(|login| takes_token(login));
    let mut names: Vec<&str> = logins.map(|login| login.username.as_str()).collect();
    names.dedup();
    names
}

fn takes_token(login: &MailLogin) -> bool {
    login.credential == MailCredential::AccessToken
}
