//! Checks that the links to unsubscribe lead to the project's page, and that its requests are read.

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ops::unsubscribe_pages;
use crate::project::Project;
use crate::project::online::client::FetchedPage;
use crate::project::online::link_status::LinkStatus;
use crate::project::online::{self, RequestLimits};
use crate::project::settings::unsubscribe::TOKEN;

const UNREAD: Code = Code("NL716");
const OTHER_PAGE: Code = Code("NL717");

/// A token that no reader has.
const NOBODY: &str = "000000000000000000000000";
/// Text on the page of any project.
const MARKED: &str = "<meta name=\"newsletter-unsubscribe\" content=\"";

/// Warns of a page whose requests are never read.
pub(crate) fn check(project: &Project) -> Diagnostics {
    let settings = project.settings();
    let unsubscribe = &settings.unsubscribe;
    let is_read = unsubscribe.is_read() || settings.inbox.is_some();
    let mut diagnostics = Diagnostics::new();
    if let Some(place) = unsubscribe.url_place.clone().filter(|_| !is_read) {
        let message = message!(
            "letters link to an unsubscribe page, but nothing reads what readers send there",
            "mailene linker til en afmeldingsside, men intet læser de afmeldinger, læserne sender derfra"
        );
        let hint = message!(
            "set `listen` (the page is `newsletter serve`), `access_log` or `spool` under `unsubscribe:`, or delete `url`",
            "sæt `listen` (siden er `newsletter serve`), `access_log` eller `spool` under `unsubscribe:`, eller slet `url`"
        );
        diagnostics.push(Diagnostic::warning(UNREAD, message).at(place).hint(hint));
        settings.ignore.apply(&mut diagnostics);
    }
    diagnostics
}

/// Why a page is not known to be the project's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageFault {
    /// The server did not respond.
    NotReached(LinkStatus),
    /// The server responded with another status than 200.
    Missing {
        /// The status.
        status: u16,
    },
    /// It is the page of another project, or of other settings.
    OtherProject,
    /// It was not made by this program.
    OtherProgram,
}

impl PageFault {
    /// What is wrong.
    pub(crate) fn message(self) -> Message {
        match self {
            Self::NotReached(_) => message!("the unsubscribe page does not answer", "afmeldingssiden svarer ikke"),
            Self::Missing { status } => message!(
                "the unsubscribe page is not there: the server responded {status}",
                "afmeldingssiden er der ikke: serveren svarede {status}"
            ),
            Self::OtherProject => {
                message!(
                    "the unsubscribe page is another project's, or was made before newsletter.yaml changed",
                    "afmeldingssiden er et andet projekts, eller lavet før newsletter.yaml blev ændret"
                )
            }
            Self::OtherProgram => {
                message!(
                    "the unsubscribe page was not made by `serve` or `export --to unsubscribe`",
                    "afmeldingssiden er ikke lavet af `serve` eller `export --to unsubscribe`"
                )
            }
        }
    }

    /// What to do.
    pub(crate) fn hint(self) -> Message {
        match self {
            Self::NotReached(_) | Self::Missing { .. } => {
                message!(
                    "start `newsletter serve`, or publish what `newsletter export --to unsubscribe` writes",
                    "start `newsletter serve`, eller udgiv det, `newsletter export --to unsubscribe` laver"
                )
            }
            Self::OtherProject => message!(
                "export it again, or restart `newsletter serve`",
                "eksportér den igen, eller genstart `newsletter serve`"
            ),
            Self::OtherProgram => {
                message!(
                    "if another program is there, check that it unsubscribes on a POST, and turn the warning off",
                    "er der et andet program, så se efter, at det afmelder ved en POST, og slå advarslen fra"
                )
            }
        }
    }
}

/// Requests the page as a browser does, with a token that no reader has. It sends no POST.
pub fn check_online(project: &Project, limits: RequestLimits) -> Diagnostics {
    let settings = project.settings();
    let unsubscribe = &settings.unsubscribe;
    let mut diagnostics = Diagnostics::new();
    if let (Some(url), Some(place)) = (&unsubscribe.url, &unsubscribe.url_place) {
        let found = fault(project, url, limits).and_then(|fault| diagnostic(url, fault));
        diagnostics.extend(found.into_iter().map(|diagnostic| diagnostic.at(place.clone())).collect());
        settings.ignore.apply(&mut diagnostics);
    }
    diagnostics
}

/// What is wrong with the page at the URL of the settings; absent: it is the project's.
pub(crate) fn fault(project: &Project, url: &str, limits: RequestLimits) -> Option<PageFault> {
    let page = online::page(&url.replace(TOKEN, NOBODY), limits);
    page_fault(&unsubscribe_pages::marker(project), &page)
}

fn page_fault(marker: &str, page: &Result<FetchedPage, LinkStatus>) -> Option<PageFault> {
    match page {
        Err(status) => Some(PageFault::NotReached(*status)),
        Ok(page) if page.status != 200 => Some(PageFault::Missing { status: page.status }),
        Ok(page) if page.text.contains(&format!("{MARKED}{marker}\"")) => None,
        Ok(page) if page.text.contains(MARKED) => Some(PageFault::OtherProject),
        Ok(_) => Some(PageFault::OtherProgram),
    }
}

fn diagnostic(url: &str, fault: PageFault) -> Option<Diagnostic> {
    match fault {
        PageFault::NotReached(status) => status.diagnostic(url),
        PageFault::Missing { .. } | PageFault::OtherProject | PageFault::OtherProgram => {
            Some(Diagnostic::warning(OTHER_PAGE, fault.message()).hint(fault.hint()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_projects_own_page_is_expected() {
        let url = "https://forening.example/afmeld/{token}";
        let marked =
            |marker: &str| format!("<!doctype html>\n<meta name=\"newsletter-unsubscribe\" content=\"{marker}\">");
        for (status, text, expected) in [
            (200, marked("0123456789abcdef"), None),
            (404, marked("0123456789abcdef"), Some("not there: the server responded 404")),
            (405, String::new(), Some("not there: the server responded 405")),
            (200, marked("fedcba9876543210"), Some("another project's")),
            (200, "<!doctype html>".to_owned(), Some("not made by")),
        ] {
            let fault = page_fault("0123456789abcdef", &Ok(FetchedPage { status, text }));
            let found = fault.and_then(|fault| diagnostic(url, fault));
            let message = found.map(|diagnostic| diagnostic.message.english().to_owned());
            assert_eq!(message.is_some(), expected.is_some(), "{status}: {message:?}");
            assert!(message.unwrap_or_default().contains(expected.unwrap_or_default()), "{status}: {expected:?}");
        }
        let unknown = page_fault("", &Err(LinkStatus::UnknownHost)).unwrap();
        let unknown = diagnostic(url, unknown).unwrap();
        assert!(unknown.message.english().starts_with("broken link"), "{}", unknown.message);
    }
}
