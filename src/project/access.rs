//! The restrictions of a project that is not trusted.

use std::path::Path;

use crate::base::error::Error;
use crate::base::message::message;
use crate::base::secret::SecretSource;
use crate::base::source::diagnostic::{Code, Diagnostic, Severity};
use crate::base::source::span::Spanned;
use crate::people::lists::list_source::ListSource;
use crate::project::host_user;
use crate::project::settings::ledger::LedgerSettings;
use crate::project::trust::Trust;
use crate::project::{MissingLists, Project, SETTINGS_FILE, files};

/// A list of people is not read.
pub(crate) const NOT_READ: Code = Code("NL639");

impl Project {
    /// The project with another trust; `unread` is how a list of people that may not be read is reported.
    #[must_use]
    pub fn with_trust(self, trust: Trust, unread: Severity) -> Self {
        Self { trust, unread, ..self }
    }

    /// The project as a copy that may lack its lists of people: a file that does not exist is not read, which is a warning.
    #[must_use]
    pub fn with_lists_elsewhere(self) -> Self {
        Self { missing_lists: MissingLists::Expected, ..self }
    }

    /// The project for commands that need no people: a list that cannot be read here is a warning.
    #[must_use]
    pub fn with_lists_not_needed(self) -> Self {
        Self { missing_lists: MissingLists::NotNeeded, ..self }
    }

    /// The owner of a project that is another user's, whose commands would run as root; absent: the project is root's
    /// own, or the program does not run as root.
    pub fn owner_under_root(&self) -> Option<String> {
        if !rustix::process::geteuid().is_root() {
            return None;
        }
        let files = [self.root().to_owned(), self.root().join(SETTINGS_FILE)];
        files
            .iter()
            .filter(|path| host_user::uid(path).is_some_and(|uid| uid != 0))
            .find_map(|path| host_user::owner(path))
    }

    /// Whether its settings or its audiences start a command.
    pub fn starts_commands(&self) -> bool {
        let settings = self.settings();
        let is_command = |source: &SecretSource| matches!(source, SecretSource::Command(_));
        let of_ledger = match &settings.ledger {
            LedgerSettings::File(_) => None,
            LedgerSettings::Server(server) => server.password.as_ref(),
        };
        let mut secrets = settings.login_secrets();
        secrets.extend(settings.unsubscribe.secret.iter().chain(of_ledger));
        // Mistakes in audiences are reported where they are read.
        let audiences = self.audiences().map(|(audiences, _)| audiences).unwrap_or_default();
        let mut lists = audiences.iter().filter_map(|audience| audience.list_source());
        secrets.into_iter().any(is_command)
            || lists.any(|list| match &list.value {
                ListSource::Command { .. } => true,
                ListSource::Postgres(query) => query.password.as_ref().is_some_and(is_command),
                ListSource::File { .. } | ListSource::Sqlite { .. } => false,
            })
    }

    /// Whether it may start commands and log in to servers.
    pub(super) fn may_act(&self) -> bool {
        self.trust != Trust::Withheld
    }

    /// Whether a path is inside the project after all links, or the project is trusted.
    pub(crate) fn is_inside(&self, path: &Path) -> bool {
        self.may_act() || files::is_inside(self.root(), path)
    }

    /// Refuses a path outside the project, after all links, unless it is trusted.
    pub(super) fn check_inside(&self, path: &Path) -> Result<(), Error> {
        if self.is_inside(path) {
            return Ok(());
        }
        Err(Error::Untrusted {
            what: message!("{}, which is outside the project,", "{}, som er uden for projektet,", path.display()),
        })
    }

    /// The problem of a list of people that may not be read; absent if it may.
    pub(super) fn unread_list(&self, source: &Spanned<ListSource>, path: Option<&Path>) -> Option<Diagnostic> {
        if self.missing_lists != MissingLists::Refused && path.is_some_and(|path| !path.exists()) {
            let message = message!(
                "{} is not in this copy of the project: its people are not counted",
                "{} er ikke i denne kopi af projektet: personerne tælles ikke med",
                source.value.name()
            );
            return Some(Diagnostic::warning(NOT_READ, message).at(source.place.clone()));
        }
        if self.may_act() || self.trusted_lists.contains(&source.value) {
            return None;
        }
        let does = match &source.value {
            ListSource::Command { .. } => message!("starts a command", "starter en kommando"),
            ListSource::Postgres(_) => message!("logs in to a server", "logger ind på en server"),
            ListSource::File { .. } | ListSource::Sqlite { .. } => {
                let is_inside = path.is_none_or(|path| {
                    files::is_inside(self.root(), path)
                        || self.people_from.as_ref().is_some_and(|root| files::is_inside(root, path))
                });
                if is_inside {
                    return None;
                }
                message!("is outside the project", "er uden for projektet")
            }
        };
        let message = message!(
            "{} is not read: it {does}, and the project is not trusted",
            "{} læses ikke: den {does}, og projektet er ikke betroet",
            source.value.name()
        );
        let hint = message!(
            "to read it, use --trust; to trust this project from now on, run `newsletter trust`",
            "brug --trust for at læse den; kør `newsletter trust` for at stole på projektet fremover"
        );
        let diagnostic = match self.unread {
            Severity::Error => Diagnostic::error(NOT_READ, message),
            Severity::Warning => Diagnostic::warning(NOT_READ, message),
        };
        Some(diagnostic.at(source.place.clone()).hint(hint))
    }
}

/// The problem of a list that is not a file of the project, could not be read, and is not needed; absent if it is
/// needed.
pub(super) fn not_needed(project: &Project, source: &Spanned<ListSource>) -> Option<Diagnostic> {
    let is_elsewhere = match &source.value {
        ListSource::Command { .. } | ListSource::Postgres(_) => true,
        ListSource::File { .. } | ListSource::Sqlite { .. } => false,
    };
    let is_optional = is_elsewhere && project.missing_lists == MissingLists::NotNeeded;
    let name = source.value.name();
    let message = || {
        message!(
            "{name} cannot be read here: its people are not counted",
            "{name} kan ikke læses her: personerne er ikke talt med"
        )
    };
    is_optional.then(|| Diagnostic::warning(NOT_READ, message()).at(source.place.clone()))
}

/// Whether a problem is that of a list that may not be read.
pub(crate) fn is_unread_list(diagnostic: &Diagnostic) -> bool {
    diagnostic.code == NOT_READ
}
