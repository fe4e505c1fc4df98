//! Reads `oauth`: where access tokens for the relay and the mailbox come from.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use crate::base::message::{Message, message};
use crate::base::secret::SecretSource;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Spanned;
use crate::base::source::yaml::fields::MappingReader;
use crate::project::settings::required::required;

const BAD_VALUE: Code = Code("NL870");
const OTHER_PROVIDER: Code = Code("NL871");
const BAD_SERVER: Code = Code("NL872");

/// Keys that authors write for others, with a hint.
const COMMON_MISTAKES: [(&str, Message); 9] = [
    ("tenant_id", Message::fixed("did you mean `tenant`?", "mente du `tenant`?")),
    ("directory_id", Message::fixed("did you mean `tenant`?", "mente du `tenant`?")),
    ("application_id", Message::fixed("did you mean `client_id`?", "mente du `client_id`?")),
    ("app_id", Message::fixed("did you mean `client_id`?", "mente du `client_id`?")),
    ("password_file", Message::fixed("did you mean `client_secret_file`?", "mente du `client_secret_file`?")),
    ("secret_file", Message::fixed("did you mean `client_secret_file`?", "mente du `client_secret_file`?")),
    ("scope", Message::fixed("did you mean `scopes`?", "mente du `scopes`?")),
    ("credentials_file", Message::fixed("did you mean `key_file`?", "mente du `key_file`?")),
    (
        "username",
        Message::fixed(
            "`username` belongs under `smtp:` and `inbox:`",
            "`username` hører til under `smtp:` og `inbox:`",
        ),
    ),
];

/// A service that mail is sent and read through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OAuthProvider {
    /// Exchange Online.
    Microsoft365,
    /// Google Workspace.
    Google,
}

impl OAuthProvider {
    const ALL: [(&'static str, Self); 2] = [("microsoft365", Self::Microsoft365), ("google", Self::Google)];

    /// Its name in the settings and on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Self::Microsoft365 => "microsoft365",
            Self::Google => "google",
        }
    }

    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Microsoft365 => "Microsoft 365",
            Self::Google => "Google",
        }
    }
}

/// Where access tokens come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthSettings {
    /// How they are obtained.
    pub grant: OAuthGrant,
    /// Their scopes, instead of those needed to send and read mail; absent: just these.
    pub scopes: Option<Vec<String>>,
    /// The address of the server that gives them, without a slash at its end; absent: the provider's.
    pub token_server: Option<String>,
}

/// How access tokens are obtained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OAuthGrant {
    /// Microsoft 365: a person logs in with a code (RFC 8628), and the program acts for that person.
    Device {
        /// The application.
        client: MicrosoftClient,
        /// The file where the tokens are kept; absent: the project's.
        token_file: Option<PathBuf>,
    },
    /// Microsoft 365: the application acts for itself (RFC 6749 §4.4).
    Application {
        /// The application.
        client: MicrosoftClient,
        /// Its password.
        secret: SecretSource,
    },
    /// Google: a service account acts for each mailbox (RFC 7523).
    ServiceAccount {
        /// The file with its key, as Google gives it.
        key_file: PathBuf,
    },
}

/// An application that is registered in Microsoft Entra ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MicrosoftClient {
    /// The directory: its id or one of its domains.
    pub tenant: String,
    /// The application's id.
    pub id: String,
}

impl OAuthSettings {
    /// The service.
    pub fn provider(&self) -> OAuthProvider {
        match self.grant {
            OAuthGrant::Device { .. } | OAuthGrant::Application { .. } => OAuthProvider::Microsoft365,
            OAuthGrant::ServiceAccount { .. } => OAuthProvider::Google,
        }
    }

    /// A file of these settings that holds tokens or a key; absent: none, or one in its default place.
    pub fn secret_file(&self) -> Option<&Path> {
        match &self.grant {
            OAuthGrant::Device { token_file, .. } => token_file.as_deref(),
            OAuthGrant::ServiceAccount { key_file } => Some(key_file),
            OAuthGrant::Application { .. } => None,
        }
    }
}

pub(super) fn read(mut reader: MappingReader<'_, '_>) -> Option<OAuthSettings> {
    let provider =
        required(&mut reader, "provider", "microsoft365", |reader, key| reader.choice(key, &OAuthProvider::ALL));
    let grant = match provider {
        Some(OAuthProvider::Microsoft365) => microsoft(&mut reader),
        Some(OAuthProvider::Google) => google(&mut reader),
        // Without it, the other keys cannot be judged.
        None => {
            for key in ["tenant", "client_id", "client_secret_env", "client_secret_file", "client_secret_command"] {
                reader.has(key);
            }
            reader.has("token_file");
            reader.has("key_file");
            None
        }
    };
    let scopes = scopes(&mut reader);
    let reported = reader.diagnostics().len();
    let token_server = token_server(&mut reader);
    let is_wrong = reader.diagnostics().len() > reported;
    reader.finish_or_guess(&COMMON_MISTAKES);
    (!is_wrong).then_some(OAuthSettings { grant: grant?, scopes, token_server })
}

fn microsoft(reader: &mut MappingReader<'_, '_>) -> Option<OAuthGrant> {
    let tenant = required(reader, "tenant", "kommune.onmicrosoft.com", tenant);
    let id = required(reader, "client_id", "12345678-90ab-cdef-1234-567890abcdef", client_id);
    let secret = reader.secret("client_secret", ["client_secret_env", "client_secret_file", "client_secret_command"]);
    let token_file = reader.text("token_file");
    refuse(
        reader,
        "key_file",
        message!("`key_file` is for Google", "`key_file` hører til Google"),
        message!(
            "delete it; Microsoft 365 has `client_secret_file`",
            "slet linjen; Microsoft 365 har `client_secret_file`",
        ),
    );
    let client = MicrosoftClient { tenant: tenant?, id: id? };
    match (secret, token_file) {
        (Some(secret), None) => Some(OAuthGrant::Application { client, secret }),
        (None, token_file) => {
            Some(OAuthGrant::Device { client, token_file: token_file.map(|path| PathBuf::from(path.value)) })
        }
        (Some(_), Some(token_file)) => {
            let message = message!(
                "with a client secret no token is kept, so that `token_file` has no effect",
                "med en client secret gemmes intet token, så `token_file` har ingen virkning",
            );
            let hint = message!(
                "delete `token_file`; or delete the client secret, and run `newsletter login microsoft365`",
                "slet `token_file`; eller slet client secret, og kør `newsletter login microsoft365`",
            );
            reader.report(Diagnostic::error(OTHER_PROVIDER, message).at(token_file.place).hint(hint));
            None
        }
    }
}

fn google(reader: &mut MappingReader<'_, '_>) -> Option<OAuthGrant> {
    let key_file = required(reader, "key_file", "/etc/newsletter/google.json", MappingReader::text);
    for key in ["tenant", "client_id", "client_secret_env", "client_secret_file", "client_secret_command", "token_file"]
    {
        let message = message!("`{key}` is for Microsoft 365", "`{key}` hører til Microsoft 365");
        let hint = message!(
            "delete it: Google permits mail only to a service account, which has `key_file`",
            "slet linjen: Google tillader kun mail for en servicekonto, og den har `key_file`",
        );
        refuse(reader, key, message, hint);
    }
    Some(OAuthGrant::ServiceAccount { key_file: key_file?.into() })
}

/// Reports a key that has no effect here.
fn refuse(reader: &mut MappingReader<'_, '_>, key: &'static str, message: Message, hint: Message) {
    if !reader.has(key) {
        return;
    }
    let place = reader.key_place(key).unwrap_or_else(|| reader.place());
    reader.report(Diagnostic::error(OTHER_PROVIDER, message).at(place).hint(hint));
}

/// A directory's id or domain. The general ones are refused: they do not know an application of a single organisation.
fn tenant(reader: &mut MappingReader<'_, '_>, key: &'static str) -> Option<Spanned<String>> {
    let text = reader.text(key)?;
    let is_general = ["common", "organizations", "consumers"].contains(&text.value.as_str());
    let is_name = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-');
    if !is_general && (is_id(&text.value) || text.value.contains('.')) && text.value.chars().all(is_name) {
        return Some(text);
    }
    let typed = &text.value;
    let message = message!(
        "`{key}` must be the id or a domain of your directory: `{typed}`",
        "`{key}` skal være id'et på jeres katalog eller et af dets domæner: `{typed}`",
    );
    let hint = message!(
        "it is \"Directory (tenant) ID\" on the application's page in Microsoft Entra ID",
        "det er \"Directory (tenant) ID\" på applikationens side i Microsoft Entra ID",
    );
    reader.report(Diagnostic::error(BAD_VALUE, message).at(text.place).hint(hint));
    None
}

fn client_id(reader: &mut MappingReader<'_, '_>, key: &'static str) -> Option<Spanned<String>> {
    let text = reader.text(key)?;
    if is_id(&text.value) {
        return Some(text);
    }
    // It may be the secret, which is beside it on Microsoft's page.
    let message = message!("`{key}` is not the id of an application", "`{key}` er ikke id'et på en applikation");
    let hint = message!(
        "it is \"Application (client) ID\" on the application's page in Microsoft Entra ID: 8-4-4-4-12 digits and \
         letters a to f",
        "det er \"Application (client) ID\" på applikationens side i Microsoft Entra ID: 8-4-4-4-12 cifre og \
         bogstaverne a til f",
    );
    reader.report(Diagnostic::error(BAD_VALUE, message).at(text.place).hint(hint));
    None
}

/// Whether a text is a UUID in its usual form (RFC 9562 §4).
fn is_id(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths = parts.iter().map(|part| part.len());
    lengths.eq([8, 4, 4, 4, 12]) && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// What tokens permit. A scope is printable and has no space (RFC 6749 §3.3).
fn scopes(reader: &mut MappingReader<'_, '_>) -> Option<Vec<String>> {
    if !reader.has("scopes") {
        return None;
    }
    let mut scopes = Vec::new();
    for scope in reader.texts("scopes") {
        if scope.value.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\')) {
            scopes.push(scope.value);
            continue;
        }
        let typed = &scope.value;
        let message = message!("`{typed}` is not one scope", "`{typed}` er ikke ét scope");
        let hint = message!(
            "write a list, such as scopes: [https://outlook.office.com/SMTP.Send, offline_access]",
            "skriv en liste, f.eks. scopes: [https://outlook.office.com/SMTP.Send, offline_access]",
        );
        reader.report(Diagnostic::error(BAD_VALUE, message).at(scope.place).hint(hint));
    }
    Some(scopes).filter(|scopes| !scopes.is_empty())
}

/// The address of a token server: encrypted, unless it is this machine, since secrets are sent to it.
fn token_server(reader: &mut MappingReader<'_, '_>) -> Option<String> {
    let text = reader.text("token_server")?;
    let address = text.value.trim_end_matches('/');
    let is_host = |host: &str| {
        let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        !host.is_empty() && host.bytes().all(is_sign)
    };
    let rest = |scheme: &str| address.strip_prefix(scheme).map(|rest| rest.split_once('/').unwrap_or((rest, "")));
    let is_plain = |path: &str| path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte));
    let is_allowed = match (rest("https://"), rest("http://")) {
        (Some((host, path)), _) => is_host(host) && is_plain(path),
        (None, Some((host, path))) => is_loopback(host) && is_plain(path),
        (None, None) => false,
    };
    if is_allowed {
        return Some(address.to_owned());
    }
    let message = message!(
        "`token_server` must be an `https` address without a login, `?` or `#`",
        "`token_server` skal være en `https`-adresse uden login, `?` og `#`",
    );
    let hint = message!(
        "leave it out: the addresses of Microsoft 365 and Google are known",
        "udelad linjen: adresserne hos Microsoft 365 og Google er kendt",
    );
    reader.report(Diagnostic::error(BAD_SERVER, message).at(text.place).hint(hint));
    None
}

/// Whether a host, with its port, is an address of this machine.
fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
