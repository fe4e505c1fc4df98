//! The result of requesting an address.

use serde::{Deserialize, Serialize};

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};

const BROKEN: Code = Code("NL558");
const UNSURE: Code = Code("NL559");

/// How many characters of an address are shown; the place shows the rest.
const MAX_REPORTED: usize = 100;

/// The result of requesting an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkStatus {
    /// The page exists.
    There,
    /// The server responded with this HTTP status.
    Status(u16),
    /// No such host.
    UnknownHost,
    /// The certificate is another host's.
    WrongName,
    /// The certificate has expired.
    Expired,
    /// No trusted authority signed the certificate.
    Untrusted,
    /// The certificate is invalid in another way.
    BadCertificate,
    /// Too many redirects.
    Redirects,
    /// No response in time.
    Silent,
    /// The response is not valid HTTP.
    Garbled,
    /// The host cannot be reached from here.
    Unreachable,
    /// Its host is this machine or in a private network, or a redirect leads there.
    Private,
    /// Host names cannot be resolved here.
    NoNames,
    /// This machine has no trusted certificates.
    NoRoots,
}

impl LinkStatus {
    /// Whether the cause may be this machine or its network: such a result is not stored.
    pub(crate) fn is_local(self) -> bool {
        matches!(self, Self::Unreachable | Self::Private | Self::NoNames | Self::NoRoots)
    }

    /// The diagnostic of this result; none if the page exists.
    #[expect(clippy::too_many_lines, reason = "each message has a text in two languages")]
    pub fn diagnostic(self, url: &str) -> Option<Diagnostic> {
        let quoted = quoted(url);
        let broken = |what: Message, hint: Message| {
            Some(
                Diagnostic::error(
                    BROKEN,
                    message!("broken link {quoted}: {what}", "linket {quoted} virker ikke: {what}"),
                )
                .hint(hint),
            )
        };
        let certificate = |what: Message| {
            let message = message!(
                "browsers warn about {quoted}: its certificate {what}",
                "browsere advarer mod {quoted}: certifikatet {what}"
            );
            let hint = message!(
                "contact the owner of the page, or link to another one",
                "kontakt sidens ejer, eller link til en anden"
            );
            Some(Diagnostic::error(BROKEN, message).hint(hint))
        };
        let unsure = |what: Message, hint: Message| {
            Some(
                Diagnostic::warning(
                    UNSURE,
                    message!("could not check {quoted}: {what}", "kunne ikke kontrollere {quoted}: {what}"),
                )
                .hint(hint),
            )
        };
        let look = message!(
            "open it in a browser; if it works, ignore this warning",
            "åbn den i en browser; virker den, så se bort fra advarslen"
        );
        let here = message!(
            "check the network connection, and run the command again",
            "se efter netforbindelsen, og kør kommandoen igen"
        );
        match self {
            Self::There => None,
            Self::Status(404) => broken(
                message!("page not found (404)", "siden findes ikke (404)"),
                message!("check the spelling, or find the new URL", "se efter stavningen, eller find den nye adresse"),
            ),
            Self::Status(410) => broken(
                message!("the page was removed (410)", "siden er fjernet (410)"),
                message!("link to another page, or delete the link", "link til en anden side, eller slet linket"),
            ),
            Self::Status(code) => {
                let meaning = meaning(code);
                unsure(message!("the server responded {code}, {meaning}", "serveren svarede {code}, {meaning}"), look)
            }
            Self::UnknownHost => broken(
                message!("unknown host", "ukendt server"),
                message!(
                    "check the spelling between `://` and the next `/`",
                    "se efter stavningen mellem `://` og næste `/`"
                ),
            ),
            Self::WrongName => certificate(message!("is for another name", "er til et andet navn")),
            Self::Expired => certificate(message!("has expired", "er udløbet")),
            Self::Untrusted => certificate(message!(
                "is not signed by a trusted authority",
                "er ikke underskrevet af en betroet udsteder"
            )),
            Self::BadCertificate => certificate(message!("is invalid", "er ugyldigt")),
            Self::Redirects => unsure(message!("more than 5 redirects", "over 5 viderestillinger"), look),
            Self::Silent => unsure(message!("no response in time", "intet svar i tide"), look),
            Self::Garbled => unsure(message!("invalid response", "ugyldigt svar"), look),
            Self::Unreachable => unsure(message!("no connection", "ingen forbindelse"), look),
            Self::Private => unsure(
                message!(
                    "it leads to a private address, which is not requested",
                    "det fører til en privat adresse, som ikke hentes"
                ),
                message!("link to a page that every reader can reach", "link til en side, alle læsere kan nå"),
            ),
            Self::NoNames => unsure(message!("host names cannot be resolved", "servernavne kan ikke slås op"), here),
            Self::NoRoots => unsure(
                message!("this machine has no trusted certificates", "maskinen har ingen betroede certifikater"),
                message!("install ca-certificates", "installér ca-certificates"),
            ),
        }
    }
}

/// Reports that there were too many addresses to check.
pub fn too_many(asked: usize, left: usize) -> Diagnostic {
    Diagnostic::warning(
        UNSURE,
        message!(
            "{asked} links were checked, and {left} were not",
            "{asked} links blev kontrolleret, og {left} blev ikke"
        ),
    )
    .hint(message!("run the command again to check the rest", "kør kommandoen igen for at kontrollere resten"))
}

fn meaning(code: u16) -> Message {
    match code {
        401 | 403 | 407 => message!("which means that access is restricted", "som betyder, at adgangen er begrænset"),
        429 => message!("which means too many requests", "som betyder for mange forespørgsler"),
        500.. => message!("which is a server error", "som er en serverfejl"),
        _ => message!("which is unclear", "som er uklart"),
    }
}

fn quoted(url: &str) -> String {
    let cut: String = url.chars().take(MAX_REPORTED).collect();
    if cut.len() < url.len() { format!("`{cut}…`") } else { format!("`{cut}`") }
}
