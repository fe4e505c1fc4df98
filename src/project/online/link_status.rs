//! What came of asking an address.

use serde::{Deserialize, Serialize};

use crate::base::source::diagnostic::{Code, Diagnostic};

const BROKEN: Code = Code("NL558");
const UNSURE: Code = Code("NL559");

/// So much of an address is told; the place shows the rest.
const MAX_REPORTED: usize = 100;

/// What came of asking an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkStatus {
    /// It is there.
    There,
    /// The server says why not, in a number of HTTP.
    Status(u16),
    /// No such host.
    UnknownHost,
    /// The certificate is another host's.
    WrongName,
    /// The certificate is too old.
    Expired,
    /// Nobody vouches for the certificate.
    Untrusted,
    /// The certificate is wrong in another way.
    BadCertificate,
    /// It leads on and on.
    Redirects,
    /// Nothing came in time.
    Silent,
    /// What came is no answer.
    Garbled,
    /// There is no connection to it from here.
    Unreachable,
    /// Names cannot be looked up from here.
    NoNames,
    /// This machine trusts nobody.
    NoRoots,
}

impl LinkStatus {
    /// Whether this machine or its network may be to blame, and another moment is as good.
    pub(crate) fn is_of_here(self) -> bool {
        matches!(self, Self::Unreachable | Self::NoNames | Self::NoRoots)
    }

    /// What is told of an address that answered so; none where all is well.
    pub fn diagnostic(self, url: &str) -> Option<Diagnostic> {
        let broken = |what: &str, hint: &str| {
            Some(Diagnostic::error(BROKEN, format!("{} leads nowhere: {what}", quoted(url))).hint(hint))
        };
        let certificate = |what: &str| {
            let message = format!("browsers warn of {}: its certificate {what}", quoted(url));
            let hint = "tell whoever runs the page, or link to another one";
            Some(Diagnostic::error(BROKEN, message).hint(hint))
        };
        let unsure = |what: &str, hint: &str| {
            Some(Diagnostic::warning(UNSURE, format!("{} could not be asked: {what}", quoted(url))).hint(hint))
        };
        let look = "open it in a browser; where it opens, nothing need be done";
        let here = "look at this machine's connection to the web, and run it again";
        match self {
            Self::There => None,
            Self::Status(404) => {
                broken("there is no such page (404)", "look for a slip in it, or for where the page is now")
            }
            Self::Status(410) => broken("the page was taken away (410)", "link to another page, or take the link out"),
            Self::Status(code) => unsure(&format!("it answers {code}, {}", meaning(code)), look),
            Self::UnknownHost => broken("there is no such host", "look for a slip between `://` and the next `/`"),
            Self::WrongName => certificate("is for another name"),
            Self::Expired => certificate("has expired"),
            Self::Untrusted => certificate("is signed by nobody that is trusted here"),
            Self::BadCertificate => certificate("is not good"),
            Self::Redirects => unsure("it leads on to other addresses more than 5 times", look),
            Self::Silent => unsure("it does not answer in time", look),
            Self::Garbled => unsure("what it answers cannot be read", look),
            Self::Unreachable => unsure("there is no connection to it", look),
            Self::NoNames => unsure("names cannot be looked up here", here),
            Self::NoRoots => unsure("this machine has no trusted certificates", "install ca-certificates"),
        }
    }
}

/// Tells of addresses that were too many to ask.
pub fn too_many(asked: usize, left: usize) -> Diagnostic {
    Diagnostic::warning(UNSURE, format!("{asked} addresses were asked, and {left} could not be asked any more"))
        .hint("run it again: it goes on with the others")
}

fn meaning(code: u16) -> &'static str {
    match code {
        401 | 403 | 407 => "so it is not for everybody",
        429 => "so it was asked too often",
        500.. => "so its server has a fault",
        _ => "which says neither yes nor no",
    }
}

fn quoted(url: &str) -> String {
    let cut: String = url.chars().take(MAX_REPORTED).collect();
    if cut.len() < url.len() { format!("`{cut}…`") } else { format!("`{cut}`") }
}
