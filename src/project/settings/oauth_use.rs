//! Checks that the tokens of `oauth` are used, and by a server that accepts them.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::fields::MappingReader;
use crate::project::settings::inbox::InboxSettings;
use crate::project::settings::mail_server::{MailCredential, MailLogin};
use crate::project::settings::oauth::{OAuthProvider, OAuthSettings};
use crate::project::settings::relay::RelaySettings;

const UNUSED: Code = Code("NL873");
const OTHER_SERVER: Code = Code("NL874");

/// Hosts that are known to accept only the tokens of their own provider.
const HOSTS: [(&str, OAuthProvider); 4] = [
    ("office365.com", OAuthProvider::Microsoft365),
    ("outlook.com", OAuthProvider::Microsoft365),
    ("gmail.com", OAuthProvider::Google),
    ("googlemail.com", OAuthProvider::Google),
];

/// Reports tokens that are not used, and a server of another provider.
pub(super) fn check(
    reader: &mut MappingReader<'_, '_>,
    oauth: Option<&OAuthSettings>,
    smtp: Option<&RelaySettings>,
    inbox: Option<&InboxSettings>,
) {
    let Some(oauth) = oauth else { return };
    let relay = smtp.and_then(|smtp| Some(("smtp", smtp.host.as_str(), smtp.login.as_ref()?)));
    let mailbox = inbox.and_then(|inbox| match inbox {
        InboxSettings::Imap(imap) => Some(("inbox", imap.host.as_str(), &imap.login)),
        InboxSettings::Maildir(_) => None,
    });
    let takes_token = |login: &MailLogin| login.credential == MailCredential::AccessToken;
    let users: Vec<_> = relay.into_iter().chain(mailbox).filter(|(_, _, login)| takes_token(login)).collect();
    let place = reader.key_place("oauth").unwrap_or_else(|| reader.place());
    // A group that has errors may be meant to use them.
    if users.is_empty() && !reader.diagnostics().has_errors() {
        let message = message!(
            "`oauth` is used neither by `smtp` nor by `inbox`",
            "`oauth` bruges hverken af `smtp` eller `inbox`",
        );
        let hint = message!(
            "under `smtp` or `inbox`, write `username`, and no password; or delete `oauth`",
            "skriv `username` under `smtp` eller `inbox`, og ingen adgangskode; eller slet `oauth`",
        );
        reader.report(Diagnostic::warning(UNUSED, message).at(place).hint(hint));
        return;
    }
    for (group, host, _) in users {
        let is_below = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
        let owner = HOSTS.iter().find(|(domain, _)| is_below(domain)).map(|(_, owner)| *owner);
        let Some(owner) = owner.filter(|owner| *owner != oauth.provider()) else { continue };
        let name = oauth.provider().name();
        let message =
            message!("{host} does not accept the tokens of {name}", "{host} accepterer ikke tokens fra {name}");
        let place = reader.key_place(group).unwrap_or_else(|| reader.place());
        let key = owner.key();
        let hint = message!(
            "write `provider: {key}` under `oauth`, or another host",
            "skriv `provider: {key}` under `oauth`, eller en anden `host`",
        );
        reader.report(Diagnostic::error(OTHER_SERVER, message).at(place).hint(hint));
    }
}
