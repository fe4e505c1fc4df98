//! Gives access tokens: a stored one while it is valid, otherwise a new one.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::secret::{Secret, SecretSource};
use crate::project::oauth::answer::{self, TokenGrant};
use crate::project::oauth::error::OAuthError;
use crate::project::oauth::service_account::ServiceAccount;
use crate::project::oauth::stored_token::{StoredToken, TokenOwner};
use crate::project::oauth::token_file::TokenFile;
use crate::project::oauth::token_request::{self, TokenReply};
use crate::project::online::token_server::FormField;
use crate::project::secrets;
use crate::project::settings::inbox::InboxSettings;
use crate::project::settings::mail_server::{MailCredential, MailLogin};
use crate::project::settings::oauth::{MicrosoftClient, OAuthGrant, OAuthProvider, OAuthSettings};
use crate::project::{Project, STATE};

/// The file of the tokens, unless the settings name another one.
const TOKEN_FILE: &str = "oauth-token.json";
/// Where Microsoft gives tokens, for all its clouds but two.
const MICROSOFT_SERVER: &str = "https://login.microsoftonline.com";
/// Where Google gives tokens to service accounts.
const GOOGLE_SERVER: &str = "https://oauth2.googleapis.com";
/// <https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth>
const SEND: &str = "https://outlook.office.com/SMTP.Send";
const READ: &str = "https://outlook.office.com/IMAP.AccessAsUser.All";
/// Without it, there is no refresh token.
const LASTING: &str = "offline_access";
const APPLICATION: &str = "https://outlook.office365.com/.default";
/// The only scope of Google for SMTP and IMAP.
const GOOGLE_MAIL: &str = "https://mail.google.com/";
/// The grant of a signed claim (RFC 7523 §2.1).
const ASSERTION_GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Gives the access tokens that the settings describe.
#[derive(Debug)]
pub struct AccessTokens {
    pub(super) settings: OAuthSettings,
    root: PathBuf,
    pub(super) scope: String,
    pub(super) file: TokenFile,
    /// The one that was given last: if another is asked for, a server has refused it.
    last: Mutex<Option<Secret>>,
}

impl Project {
    /// What gives access tokens; absent: the settings have no `oauth`.
    pub fn access_tokens(&self) -> Option<AccessTokens> {
        let settings = self.settings().oauth.clone()?;
        let named = match &settings.grant {
            OAuthGrant::Device { token_file, .. } => token_file.as_ref(),
            OAuthGrant::Application { .. } | OAuthGrant::ServiceAccount { .. } => None,
        };
        let path = named.map_or_else(|| self.root().join(STATE).join(TOKEN_FILE), |path| self.root().join(path));
        let scope = settings.scopes.as_ref().map_or_else(|| self.usual_scope(&settings.grant), |own| own.join(" "));
        let root = self.root().to_owned();
        Some(AccessTokens { settings, root, scope, file: TokenFile::new(path), last: Mutex::default() })
    }

    /// The scopes that the relay and the mailbox of the settings need.
    fn usual_scope(&self, grant: &OAuthGrant) -> String {
        match grant {
            OAuthGrant::Application { .. } => return APPLICATION.to_owned(),
            OAuthGrant::ServiceAccount { .. } => return GOOGLE_MAIL.to_owned(),
            OAuthGrant::Device { .. } => {}
        }
        let takes_token = |login: &MailLogin| login.credential == MailCredential::AccessToken;
        let sends = self.settings().smtp.as_ref().and_then(|smtp| smtp.login.as_ref()).is_some_and(takes_token);
        let reads = self.settings().inbox.as_ref().is_some_and(|inbox| match inbox {
            InboxSettings::Imap(imap) => takes_token(&imap.login),
            InboxSettings::Maildir(_) => false,
        });
        let scopes = [(sends, SEND), (reads, READ), (true, LASTING)];
        let needed: Vec<&str> = scopes.iter().filter(|(is_needed, _)| *is_needed).map(|(_, scope)| *scope).collect();
        needed.join(" ")
    }
}

impl AccessTokens {
    /// The service.
    pub fn provider(&self) -> OAuthProvider {
        self.settings.provider()
    }

    /// The file where the tokens of a person's login are kept.
    pub fn file(&self) -> &Path {
        self.file.path()
    }

    /// A token for a mailbox. After the first call, a different one than before, since that was refused.
    ///
    /// # Errors
    ///
    /// No one has logged in, the server refuses or cannot be reached, or a file cannot be used.
    pub fn token(&self, mailbox: &str) -> Result<Secret, Error> {
        // Connections that were refused at the same time wait here, so that one request serves all.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let token = match &self.settings.grant {
            OAuthGrant::Device { client, .. } => self.stored(client, last.as_ref()),
            OAuthGrant::Application { client, secret } => self.of_application(client, secret),
            OAuthGrant::ServiceAccount { key_file } => self.of_service_account(key_file, mailbox),
        }?;
        *last = Some(token.clone());
        Ok(token)
    }

    /// Where Microsoft gives tokens for a directory.
    pub(super) fn microsoft_server(&self, client: &MicrosoftClient) -> String {
        let server = self.settings.token_server.as_deref().unwrap_or(MICROSOFT_SERVER);
        format!("{server}/{}/oauth2/v2.0", client.tenant)
    }

    pub(super) fn owner(&self, client: &MicrosoftClient) -> TokenOwner {
        TokenOwner { server: self.microsoft_server(client), client_id: client.id.clone() }
    }

    /// The token of a login that a person made. One of several runs renews it, and the others use what it has written.
    fn stored(&self, client: &MicrosoftClient, refused: Option<&Secret>) -> Result<Secret, OAuthError> {
        let kept = self.read(client)?;
        if let Some(token) = kept.usable(&self.scope, refused, Timestamp::now()) {
            return Ok(token.clone());
        }
        let lock = self.file.lock()?;
        let kept = self.read(client)?;
        if let Some(token) = kept.usable(&self.scope, refused, Timestamp::now()) {
            return Ok(token.clone());
        }
        let next = self.file.begin(&lock)?;
        let form = [
            FormField::Plain("grant_type", "refresh_token"),
            FormField::Plain("client_id", &client.id),
            FormField::Plain("scope", &self.scope),
            FormField::Hidden("refresh_token", &kept.refresh_token),
        ];
        let url = format!("{}/token", self.microsoft_server(client));
        let grant = self.grant(&url, &form)?;
        let renewed = kept.renewed(&self.scope, grant, Timestamp::now());
        next.finish(&renewed.text())?;
        Ok(renewed.access_token().clone())
    }

    fn read(&self, client: &MicrosoftClient) -> Result<StoredToken, OAuthError> {
        let provider = self.settings.provider();
        let text = self.file.read()?.ok_or(OAuthError::NotLoggedIn { provider })?;
        let path = self.file.path();
        let kept = StoredToken::parse(&text).ok_or_else(|| OAuthError::Damaged { path: path.to_owned(), provider })?;
        if kept.owner == self.owner(client) {
            Ok(kept)
        } else {
            Err(OAuthError::OtherClient { path: path.to_owned(), provider })
        }
    }

    fn of_application(&self, client: &MicrosoftClient, secret: &SecretSource) -> Result<Secret, OAuthError> {
        let secret = secrets::read(&self.root, secret)?;
        let form = [
            FormField::Plain("grant_type", "client_credentials"),
            FormField::Plain("client_id", &client.id),
            FormField::Plain("scope", &self.scope),
            FormField::Hidden("client_secret", &secret),
        ];
        let url = format!("{}/token", self.microsoft_server(client));
        Ok(self.grant(&url, &form)?.access_token)
    }

    fn of_service_account(&self, key_file: &Path, mailbox: &str) -> Result<Secret, OAuthError> {
        let path = self.root.join(key_file);
        let account = ServiceAccount::read(&path, secrets::key_file_name(&self.root, key_file))?;
        let url = format!("{}/token", self.settings.token_server.as_deref().unwrap_or(GOOGLE_SERVER));
        let assertion = account
            .assertion(mailbox, &self.scope, &url, Timestamp::now())
            .ok_or(OAuthError::NoKey { path, source: None })?;
        let form = [FormField::Plain("grant_type", ASSERTION_GRANT), FormField::Hidden("assertion", &assertion)];
        Ok(self.grant(&url, &form)?.access_token)
    }

    fn grant(&self, url: &str, form: &[FormField<'_>]) -> Result<TokenGrant, OAuthError> {
        match token_request::ask(url, form, answer::token, Timestamp::now())? {
            TokenReply::Given(grant) => Ok(grant),
            TokenReply::Refused(refusal) => Err(refusal.into_error(self.settings.provider())),
        }
    }
}
