//! The errors that stop a run.

use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;

use thiserror::Error as ThisError;

use crate::base::message::{Message, message};

/// An error that stops the whole run. Problems in an author's files are
/// [`Diagnostics`](crate::base::source::diagnostic::Diagnostics), and a refused letter is an
/// [`Outcome`](crate::delivery::outcome::Outcome).
#[derive(Debug, ThisError)]
pub enum Error {
    /// There is no `newsletter.yaml` in the folder or in one above it.
    #[error("{}", message!(
        "no newsletter.yaml in {} or in a folder above it: go to the project's folder (`cd FOLDER`), or create a project with `newsletter init`",
        "der er ingen newsletter.yaml i {} eller i en mappe over den: gå til projektets mappe (`cd MAPPE`), eller opret et projekt med `newsletter init`",
        searched.display()
    ))]
    NoProject {
        /// The folder where the search began.
        searched: PathBuf,
    },
    /// No issue has the name that was typed.
    #[error("{}", message!(
        "there is no issue {}{}",
        "nyhedsbrevet {} findes ikke{}",
        path.display(), did_you_mean(near)
    ))]
    NoIssue {
        /// What was typed, as a path in the project.
        path: PathBuf,
        /// The issues that may have been meant.
        near: Vec<String>,
    },
    /// A file of the project could not be read.
    #[error("{}", message!("cannot read {}", "kan ikke læse {}", path.display()))]
    Read {
        /// The file, relative to where the user is.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file is not text in UTF-8.
    #[error("{}", message!(
        "{} is not text in UTF-8: open it and save it again in that encoding",
        "{} er ikke tekst i UTF-8: åbn filen, og gem den igen i den tegnkodning",
        path.display()
    ))]
    NotText {
        /// The file, relative to where the user is.
        path: PathBuf,
    },
    /// A file of the project is a symbolic link to one outside it.
    #[error("{}", message!(
        "{} is a link that leads out of the project: put the file itself there",
        "{} er et link ud af projektet: læg selve filen der",
        path.display()
    ))]
    LeadsOut {
        /// The file, relative to where the user is.
        path: PathBuf,
    },
    /// What an export would write is behind a symbolic link that leads out of its folder.
    #[error("{}", message!(
        "{} is behind a link that leads out of the folder: replace the link with a folder or delete it",
        "{} ligger bag et link ud af mappen: slet linket, eller lav en rigtig mappe i stedet",
        path.display()
    ))]
    LeadsOutOfExport {
        /// The file, relative to where the user is.
        path: PathBuf,
    },
    /// The command would use settings of a project that is not trusted.
    #[error("{}", message!(
        "{what} is not used, since the project is not trusted: use --trust, or run `newsletter trust` to trust it from now on",
        "{what} bruges ikke, for projektet er ikke betroet: brug --trust, eller kør `newsletter trust` for at stole på det fra nu af"
    ))]
    Untrusted {
        /// What would be used.
        what: Message,
    },
    /// A file could not be written.
    #[error("{}", message!("cannot write {}", "kan ikke skrive {}", path.display()))]
    Write {
        /// The file, relative to where the user is.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file or folder already exists and must not be overwritten.
    #[error("{}", message!("{} already exists", "{} findes allerede", path.display()))]
    Exists {
        /// The file, relative to where the user is.
        path: PathBuf,
    },
    /// A secret that the settings refer to cannot be used.
    #[error("{}", message!("{what} cannot be used", "{what} kan ikke bruges"))]
    Secret {
        /// What it is read from, such as a file or an environment variable.
        what: Message,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// A file that holds a secret can be read by others.
    #[error("{}", message!(
        "{} can be read by others (mode {mode:04o}): run chmod 600 on it",
        "{} kan læses af andre (rettigheder {mode:04o}): kør chmod 600 på filen",
        path.display()
    ))]
    OpenSecret {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// There is no access token to log in to a mail server with.
    #[error("{}", message!("no access token", "intet adgangstoken"))]
    Login {
        /// Whose fault that is.
        fault: LoginFault,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// A file holds no key that letters can be signed with.
    #[error("{}", message!("the DKIM key {} cannot be used", "DKIM-nøglen {} kan ikke bruges", path.display()))]
    DkimKey {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// Another run holds the ledger's lock.
    #[error("{}", message!(
        "another run is sending from this project",
        "en anden kørsel er ved at sende fra dette projekt"
    ))]
    Locked,
    /// The ledger cannot be read or written. Without it, nothing may be sent: what is sent could not be recorded.
    #[error("{}", message!(
        "cannot use the ledger, without which nothing is sent",
        "kan ikke bruge sendebogen (ledger), og uden den sendes der intet"
    ))]
    Ledger(#[source] Box<dyn StdError + Send + Sync>),
    /// A letter that was composed once could not be composed again.
    #[error("{}", message!(
        "a letter that was composed before cannot be composed again; nothing more is sent",
        "en mail, der kunne dannes før, kan ikke dannes igen; der sendes ikke mere"
    ))]
    Uncomposed,
    /// A connection's thread ended before its work did.
    #[error("{}", message!(
        "a connection ended unexpectedly; run the same command again",
        "en forbindelse sluttede uventet; kør den samme kommando igen"
    ))]
    WorkerLost,
}

/// Whose fault it is that there is no access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginFault {
    /// The settings' or this machine's: nobody has logged in, or a file is damaged.
    Settings,
    /// The server that gives tokens refuses.
    Refused,
    /// That server cannot be reached.
    Unavailable,
}

fn did_you_mean(near: &[String]) -> Message {
    if near.is_empty() {
        return Message::default();
    }
    let near = Message::either(near);
    message!(": did you mean {near}?", ": mente du {near}?")
}
