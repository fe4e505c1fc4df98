//! What to do when a token server refuses.

use crate::base::message::{Message, message};
use crate::project::oauth::answer::ServerRefusal;
use crate::project::settings::oauth::OAuthProvider;

/// Numbers in Microsoft's words, and what to do.
/// <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>
const MICROSOFT: [(&str, Message); 22] = [
    (
        "7000218",
        Message::fixed(
            "in the application's Authentication, set \"Allow public client flows\" to Yes",
            "sæt \"Allow public client flows\" til Yes under programmets Authentication",
        ),
    ),
    (
        "7000215",
        Message::fixed(
            "write the client secret's Value into its file, not its Secret ID",
            "skriv client secretens Value i filen, ikke dens Secret ID",
        ),
    ),
    (
        "7000222",
        Message::fixed(
            "the client secret has expired: make a new one in Certificates & secrets",
            "client secreten er udløbet: lav en ny under Certificates & secrets",
        ),
    ),
    (
        "700016",
        Message::fixed(
            "check `client_id` and `tenant` under `oauth`",
            "kontrollér `client_id` og `tenant` under `oauth`",
        ),
    ),
    ("700027", Message::fixed("check the client secret", "kontrollér client secreten")),
    ("90002", Message::fixed("check `tenant` under `oauth`", "kontrollér `tenant` under `oauth`")),
    ("900023", Message::fixed("check `tenant` under `oauth`", "kontrollér `tenant` under `oauth`")),
    ("50059", Message::fixed("check `tenant` under `oauth`", "kontrollér `tenant` under `oauth`")),
    (
        "65001",
        Message::fixed(
            "an administrator must grant consent to the application's API permissions; then run `newsletter login microsoft365`",
            "en administrator skal godkende programmets API permissions (grant consent); kør så `newsletter login microsoft365`",
        ),
    ),
    (
        "65004",
        Message::fixed(
            "the permissions were declined: run `newsletter login microsoft365` and accept them",
            "tilladelserne blev afvist: kør `newsletter login microsoft365`, og acceptér dem",
        ),
    ),
    (
        "90094",
        Message::fixed(
            "an administrator must grant consent to the application's API permissions; then run `newsletter login microsoft365`",
            "en administrator skal godkende programmets API permissions (grant consent); kør så `newsletter login microsoft365`",
        ),
    ),
    (
        "50105",
        Message::fixed(
            "assign the mailbox's user to the application in Enterprise applications",
            "tilføj postkassens bruger til programmet under Enterprise applications",
        ),
    ),
    (
        "50126",
        Message::fixed(
            "wrong user name or password: run `newsletter login microsoft365`",
            "forkert brugernavn eller adgangskode: kør `newsletter login microsoft365`",
        ),
    ),
    (
        "50173",
        Message::fixed(
            "the password was changed: run `newsletter login microsoft365`",
            "adgangskoden er ændret: kør `newsletter login microsoft365`",
        ),
    ),
    (
        "50076",
        Message::fixed(
            "multi-factor authentication is required: run `newsletter login microsoft365`",
            "der kræves flerfaktorlogin: kør `newsletter login microsoft365`",
        ),
    ),
    (
        "50079",
        Message::fixed(
            "multi-factor authentication is required: run `newsletter login microsoft365`",
            "der kræves flerfaktorlogin: kør `newsletter login microsoft365`",
        ),
    ),
    (
        "50057",
        Message::fixed(
            "the mailbox's user is disabled: ask the administrator",
            "postkassens bruger er spærret: spørg administratoren",
        ),
    ),
    (
        "53003",
        Message::fixed(
            "a Conditional Access policy blocks this login: ask the administrator, or use a client secret",
            "en Conditional Access-politik blokerer dette login: spørg administratoren, eller brug en client secret",
        ),
    ),
    (
        "530036",
        Message::fixed(
            "a Conditional Access policy blocks logins by code: ask the administrator, or use a client secret",
            "en Conditional Access-politik blokerer login med kode: spørg administratoren, eller brug en client secret",
        ),
    ),
    (
        "700082",
        Message::fixed(
            "the login has expired, since it was not used for 90 days: run `newsletter login microsoft365`",
            "login er udløbet, fordi det ikke er brugt i 90 dage: kør `newsletter login microsoft365`",
        ),
    ),
    ("70011", Message::fixed("check `scopes` under `oauth`", "kontrollér `scopes` under `oauth`")),
    ("500011", Message::fixed("check `scopes` under `oauth`", "kontrollér `scopes` under `oauth`")),
];

/// What to do about a refusal.
pub(super) fn remedy(provider: OAuthProvider, refusal: &ServerRefusal) -> Message {
    match provider {
        OAuthProvider::Microsoft365 => microsoft(refusal),
        OAuthProvider::Google => google(refusal),
    }
}

fn microsoft(refusal: &ServerRefusal) -> Message {
    let number = refusal.words.split("AADSTS").nth(1).map(|rest| {
        let end = rest.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(rest.len());
        &rest[..end]
    });
    let known = MICROSOFT.iter().find(|(known, _)| number == Some(*known)).map(|(_, remedy)| remedy.clone());
    known.unwrap_or_else(|| match refusal.code.as_str() {
        "invalid_grant" | "interaction_required" | "consent_required" => {
            message!(
                "the login is no longer valid: run `newsletter login microsoft365`",
                "login gælder ikke mere: kør `newsletter login microsoft365`"
            )
        }
        "access_denied" | "authorization_declined" => message!("the login was declined", "login blev afvist"),
        "expired_token" | "code_expired" => {
            message!(
                "nobody logged in before the code expired: run `newsletter login microsoft365`",
                "ingen loggede ind, før koden udløb: kør `newsletter login microsoft365`"
            )
        }
        "invalid_client" => {
            message!("check `client_id` and the client secret", "kontrollér `client_id` og client secreten")
        }
        "unauthorized_client" => message!(
            "check `client_id` and `tenant`, and the application's permissions",
            "kontrollér `client_id` og `tenant` og programmets tilladelser"
        ),
        "invalid_scope" => message!("check `scopes` under `oauth`", "kontrollér `scopes` under `oauth`"),
        _ => message!("check `oauth` in newsletter.yaml", "kontrollér `oauth` i newsletter.yaml"),
    })
}

fn google(refusal: &ServerRefusal) -> Message {
    let has = |words: &str| refusal.words.to_lowercase().contains(words);
    match refusal.code.as_str() {
        "unauthorized_client" | "access_denied" => {
            message!(
                "grant the service account's client ID the scope https://mail.google.com/ in the Admin console, under \
             Domain-wide delegation; it may take a day",
                "giv servicekontoens client ID adgang til https://mail.google.com/ i Admin console under Domain-wide delegation; det \
             kan tage et døgn"
            )
        }
        "invalid_grant" if has("iat") || has("exp") || has("timeframe") => {
            message!("set this machine's clock", "stil maskinens ur")
        }
        "invalid_grant" if has("signature") || has("account not found") => {
            message!(
                "the key was deleted: make a new one for the service account",
                "nøglen er slettet: lav en ny til servicekontoen"
            )
        }
        "invalid_grant" => message!(
            "check `username`: it must be a mailbox of your Workspace",
            "kontrollér `username`: det skal være en postkasse i jeres Workspace"
        ),
        "invalid_scope" => message!("check `scopes` under `oauth`", "kontrollér `scopes` under `oauth`"),
        _ => message!("check `key_file` under `oauth`", "kontrollér `key_file` under `oauth`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_whole() {
        let refusal = |code: &str, words: &str| ServerRefusal { code: code.to_owned(), words: words.to_owned() };
        let of = |code: &str, words: &str| remedy(OAuthProvider::Microsoft365, &refusal(code, words));
        assert!(of("invalid_client", "AADSTS7000215: Invalid client secret provided").english().contains("Value"));
        assert!(
            of("invalid_client", "AADSTS7000222: The provided client secret keys are expired")
                .english()
                .contains("expired")
        );
        assert_eq!(
            of("invalid_grant", "AADSTS70000: x").english(),
            "the login is no longer valid: run `newsletter login microsoft365`"
        );
        assert_eq!(of("access_denied", "").english(), "the login was declined");
        let google = |code: &str, words: &str| remedy(OAuthProvider::Google, &refusal(code, words));
        assert_eq!(
            google(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe"
            )
            .english(),
            "set this machine's clock"
        );
        assert!(google("unauthorized_client", "").english().contains("Domain-wide delegation"));
    }
}
