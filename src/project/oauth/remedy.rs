//! What to do when a token server refuses.

use crate::project::oauth::answer::ServerRefusal;
use crate::project::settings::oauth::OAuthProvider;

/// Numbers in Microsoft's words, and what to do.
/// <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>
const MICROSOFT: [(&str, &str); 22] = [
    ("7000218", "in the application's Authentication, set \"Allow public client flows\" to Yes"),
    ("7000215", "write the client secret's Value into its file, not its Secret ID"),
    ("7000222", "the client secret has expired: make a new one in Certificates & secrets"),
    ("700016", "check `client_id` and `tenant` under `oauth`"),
    ("700027", "check the client secret"),
    ("90002", "check `tenant` under `oauth`"),
    ("900023", "check `tenant` under `oauth`"),
    ("50059", "check `tenant` under `oauth`"),
    (
        "65001",
        "an administrator must grant consent to the application's API permissions; then run `newsletter login microsoft365`",
    ),
    ("65004", "the permissions were declined: run `newsletter login microsoft365` and accept them"),
    (
        "90094",
        "an administrator must grant consent to the application's API permissions; then run `newsletter login microsoft365`",
    ),
    ("50105", "assign the mailbox's user to the application in Enterprise applications"),
    ("50126", "wrong user name or password: run `newsletter login microsoft365`"),
    ("50173", "the password was changed: run `newsletter login microsoft365`"),
    ("50076", "multi-factor authentication is required: run `newsletter login microsoft365`"),
    ("50079", "multi-factor authentication is required: run `newsletter login microsoft365`"),
    ("50057", "the mailbox's user is disabled: ask the administrator"),
    ("53003", "a Conditional Access policy blocks this login: ask the administrator, or use a client secret"),
    ("530036", "a Conditional Access policy blocks logins by code: ask the administrator, or use a client secret"),
    ("700082", "the login has expired, since it was not used for 90 days: run `newsletter login microsoft365`"),
    ("70011", "check `scopes` under `oauth`"),
    ("500011", "check `scopes` under `oauth`"),
];

/// What to do about a refusal.
pub(super) fn remedy(provider: OAuthProvider, refusal: &ServerRefusal) -> &'static str {
    match provider {
        OAuthProvider::Microsoft365 => microsoft(refusal),
        OAuthProvider::Google => google(refusal),
    }
}

fn microsoft(refusal: &ServerRefusal) -> &'static str {
    let number = refusal.words.split("AADSTS").nth(1).map(|rest| {
        let end = rest.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(rest.len());
        &rest[..end]
    });
    let known = MICROSOFT.iter().find(|(known, _)| number == Some(*known)).map(|(_, remedy)| *remedy);
    known.unwrap_or(match refusal.code.as_str() {
        "invalid_grant" | "interaction_required" | "consent_required" => {
            "the login is no longer valid: run `newsletter login microsoft365`"
        }
        "access_denied" | "authorization_declined" => "the login was declined",
        "expired_token" | "code_expired" => {
            "nobody logged in before the code expired: run `newsletter login microsoft365`"
        }
        "invalid_client" => "check `client_id` and the client secret",
        "unauthorized_client" => "check `client_id` and `tenant`, and the application's permissions",
        "invalid_scope" => "check `scopes` under `oauth`",
        _ => "check `oauth` in newsletter.yaml",
    })
}

fn google(refusal: &ServerRefusal) -> &'static str {
    let has = |words: &str| refusal.words.to_lowercase().contains(words);
    match refusal.code.as_str() {
        "unauthorized_client" | "access_denied" => {
            "allow the service account's client ID the scope https://mail.google.com/ in the Admin console, under \
             Domain-wide delegation; it may take a day"
        }
        "invalid_grant" if has("iat") || has("exp") || has("timeframe") => "set this machine's clock",
        "invalid_grant" if has("signature") || has("account not found") => {
            "the key was deleted: make a new one for the service account"
        }
        "invalid_grant" => "check `username`: it must be a mailbox of your Workspace",
        "invalid_scope" => "check `scopes` under `oauth`",
        _ => "check `key_file` under `oauth`",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_whole() {
        let refusal = |code: &str, words: &str| ServerRefusal { code: code.to_owned(), words: words.to_owned() };
        let of = |code: &str, words: &str| remedy(OAuthProvider::Microsoft365, &refusal(code, words));
        assert!(of("invalid_client", "AADSTS7000215: Invalid client secret provided").contains("Value"));
        assert!(of("invalid_client", "AADSTS7000222: The provided client secret keys are expired").contains("expired"));
        assert_eq!(
            of("invalid_grant", "AADSTS70000: x"),
            "the login is no longer valid: run `newsletter login microsoft365`"
        );
        assert_eq!(of("access_denied", ""), "the login was declined");
        let google = |code: &str, words: &str| remedy(OAuthProvider::Google, &refusal(code, words));
        assert_eq!(
            google(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe"
            ),
            "set this machine's clock"
        );
        assert!(google("unauthorized_client", "").contains("Domain-wide delegation"));
    }
}
