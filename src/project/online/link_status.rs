//! The result of requesting an address.

use serde::{Deserialize, Serialize};

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
    pub fn diagnostic(self, url: &str) -> Option<Diagnostic> {
        let broken = |what: &str, hint: &str| {
            Some(Diagnostic::error(BROKEN, format!("broken link {}: {what}", quoted(url))).hint(hint))
        };
        let certificate = |what: &str| {
            let message = format!("browsers warn about {}: its certificate {what}", quoted(url));
            let hint = "contact the owner of the page, or link to another one";
            Some(Diagnostic::error(BROKEN, message).hint(hint))
        };
        let unsure = |what: &str, hint: &str| {
            Some(Diagnostic::warning(UNSURE, format!("could not check {}: {what}", quoted(url))).hint(hint))
        };
        let look = "open it in a browser; if it works, ignore this warning";
        let here = "check the network connection, and run the command again";
        match self {
            Self::There => None,
            Self::Status(404) => broken("page not found (404)", "check the spelling, or find the new URL"),
            Self::Status(410) => broken("the page was removed (410)", "link to another page, or delete the link"),
            Self::Status(code) => unsure(&format!("the server responded {code}, {}", meaning(code)), look),
            Self::UnknownHost => broken("unknown host", "check the spelling between `://` and the next `/`"),
            Self::WrongName => certificate("is for another name"),
            Self::Expired => certificate("has expired"),
            Self::Untrusted => certificate("is not signed by a trusted authority"),
            Self::BadCertificate => certificate("is invalid"),
            Self::Redirects => unsure("more than 5 redirects", look),
            Self::Silent => unsure("no response in time", look),
            Self::Garbled => unsure("invalid response", look),
            Self::Unreachable => unsure("no connection", look),
            Self::Private => unsure(
                "it leads to a private address, which is not requested",
                "link to a page that every reader can reach",
            ),
            Self::NoNames => unsure("host names cannot be resolved", here),
            Self::NoRoots => unsure("this machine has no trusted certificates", "install ca-certificates"),
        }
    }
}

/// Reports that there were too many addresses to check.
pub fn too_many(asked: usize, left: usize) -> Diagnostic {
    Diagnostic::warning(UNSURE, format!("{asked} links were checked, and {left} were not"))
        .hint("run the command again to check the rest")
}

fn meaning(code: u16) -> &'static str {
    match code {
        401 | 403 | 407 => "which means that access is restricted",
        429 => "which means too many requests",
        500.. => "which is a server error",
        _ => "which is unclear",
    }
}

fn quoted(url: &str) -> String {
    let cut: String = url.chars().take(MAX_REPORTED).collect();
    if cut.len() < url.len() { format!("`{cut}…`") } else { format!("`{cut}`") }
}
