//! The relay of the settings, and logins with their passwords or tokens.

use crate::base::error::{Error, LoginFault};
use crate::base::message::{Message, message};
use crate::base::secret::SecretSource;
use crate::delivery::smtp::SmtpTransport;
use crate::delivery::smtp::options::{Login, PasswordRenewal, RenewalError, SmtpOptions};
use crate::project::oauth::tokens::AccessTokens;
use crate::project::settings::mail_server::{MailCredential, MailLogin};
use crate::project::{Project, host_name, secrets};

impl Project {
    /// The relay of the settings, ready to be opened; absent if letters go to the outbox.
    ///
    /// # Errors
    ///
    /// The password, the token or the certificates cannot be read.
    pub fn relay(&self) -> Result<Option<SmtpTransport>, Error> {
        let Some(smtp) = &self.settings().smtp else { return Ok(None) };
        let login = smtp.login.as_ref().map(|login| self.login(login)).transpose()?;
        let options = SmtpOptions {
            port: smtp.port,
            security: smtp.security,
            login,
            ca_file: smtp.ca_file.as_ref().map(|path| self.root().join(path)),
            connections: smtp.connections,
            letters_per_connection: smtp.letters_per_connection,
            timeouts: smtp.timeouts,
            hello: smtp.hello.clone().or_else(host_name::full_name),
            ..SmtpOptions::new(smtp.host.clone())
        };
        let failed = |error| Error::Secret { what: Message::verbatim("smtp.ca_file"), source: Box::new(error) };
        SmtpTransport::new(options).map(Some).map_err(failed)
    }

    /// A login with its password or token.
    pub(super) fn login(&self, login: &MailLogin) -> Result<Login, Error> {
        let username = login.username.clone();
        let (password, renewal) = match (&login.credential, self.access_tokens()) {
            (MailCredential::Password(source), _) => (secrets::read(self.root(), source)?, self.renewal(source)),
            (MailCredential::AccessToken, Some(tokens)) => {
                (tokens.token(&username)?, Some(token_renewal(tokens, username.clone())))
            }
            // The settings have such a credential only with an `oauth` that is valid.
            (MailCredential::AccessToken, None) => {
                return Err(Error::Secret {
                    what: message!("`oauth` in newsletter.yaml", "`oauth` i newsletter.yaml"),
                    source: message!("it is missing", "den mangler").into(),
                });
            }
        };
        Ok(Login { username, password, renewal, auth: login.auth })
    }

    /// A command may print another password each time, such as a token that expires; other sources are read once per run.
    fn renewal(&self, source: &SecretSource) -> Option<PasswordRenewal> {
        match source {
            SecretSource::Command(_) => {
                let (root, source) = (self.root().to_owned(), source.clone());
                let refused = |error: Error| RenewalError::Refused(error.into());
                Some(PasswordRenewal::new(move || secrets::read(&root, &source).map_err(refused)))
            }
            SecretSource::Env(_) | SecretSource::File(_) => None,
        }
    }
}

/// A run may take longer than a token is valid.
fn token_renewal(tokens: AccessTokens, username: String) -> PasswordRenewal {
    PasswordRenewal::new(move || {
        tokens.token(&username).map_err(|error| match error {
            Error::Login { fault: LoginFault::Unavailable, source } => RenewalError::Unavailable(source),
            Error::Login { fault: LoginFault::Settings | LoginFault::Refused, source } => RenewalError::Refused(source),
            error => RenewalError::Refused(error.into()),
        })
    })
}
