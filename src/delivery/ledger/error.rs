//! Why a ledger cannot be used.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use thiserror::Error as ThisError;

use crate::base::database::error::DatabaseError;
use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::delivery::file_owner;

fn damaged() -> Message {
    message!(
        "the ledger is damaged; restore it from your backup, and do not just delete it: it is the only record of who got a \
         letter",
        "sendebogen er ødelagt; hent den fra din backup, og slet den ikke bare: kun den viser, hvem der har fået mail"
    )
}

/// Why the ledger cannot be used.
#[derive(Debug, ThisError)]
pub enum LedgerError {
    /// Its folder or its file could not be created or opened.
    #[error("{}", message!("cannot open the ledger {}", "kan ikke åbne sendebogen {}", path.display()))]
    Open {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// SQLite failed: a full disk, or a file that is damaged or read-only.
    #[error("{}", of_sqlite(.0))]
    Sqlite(#[from] rusqlite::Error),
    /// The connection to the server failed.
    #[error(transparent)]
    Connect(#[from] DatabaseError),
    /// A statement failed on the server.
    #[error("{}", message!("cannot read or write the ledger", "kan ikke læse eller skrive i sendebogen"))]
    Postgres(#[from] postgres::Error),
    /// The server confirms writes before they are on its disk.
    #[error("{}", message!(
        "the server's setting fsync is off: after a power failure there would be no record of who got a letter; turn fsync on",
        "serverens indstilling fsync er slået fra: efter et strømsvigt ville ingen vide, hvem der har fået en mail; slå fsync til"
    ))]
    NoFlush,
    /// The schema contains tables that are not the program's.
    #[error("{}", message!(
        "the schema {schema} has tables that are not newsletter's; set another one: ledger: {{url: …, schema: …}}",
        "skemaet {schema} har tabeller, som ikke er newsletters; angiv et andet: ledger: {{url: …, schema: …}}"
    ))]
    ForeignSchema {
        /// The schema.
        schema: String,
    },
    /// Another host has re-planned the issue before this one began to send the former plan.
    #[error("{}", message!(
        "another host has re-planned the issue; run the same command again",
        "en anden maskine har planlagt nyhedsbrevet på ny; kør den samme kommando igen"
    ))]
    Replaced,
    /// A stored value cannot be read back.
    #[error("{}", message!(
        "the ledger has an invalid value in {column}",
        "sendebogen har en ugyldig værdi i {column}"
    ))]
    Damaged {
        /// The column.
        column: &'static str,
    },
    /// Another version of the program wrote it.
    #[error("{}", other_format(*found, *known))]
    Format {
        /// The format found.
        found: i64,
        /// The format of this version.
        known: i64,
    },
    /// The file ends in the middle of a page.
    #[error("{}", message!("{}: {} is truncated", "{}: {} er afkortet", damaged(), path.display()))]
    Truncated {
        /// The file.
        path: PathBuf,
    },
    /// A run was killed, and the log with what it sent is missing.
    #[error("{}", message!(
        "{} is missing, where a run that was killed recorded what it sent: put the file back. If you opened the ledger with another SQLite program since, nothing is lost: delete {}; otherwise, without the file, letters would be sent twice",
        "{} mangler, og i den stod, hvad en afbrudt kørsel nåede at sende: læg filen tilbage. Har du siden åbnet sendebogen med et andet SQLite-program, er intet tabt: slet {}; ellers ville nogen uden filen få mailen to gange",
        log.display(), lock.display()
    ))]
    NoLog {
        /// The log of SQLite.
        log: PathBuf,
        /// The file of the lock, which has the note of the run.
        lock: PathBuf,
    },
    /// The ledger is missing, although the project has a key, which is created together with the first ledger.
    #[error("{}", message!(
        "{ledger} is missing, and with it the record of who got a letter: restore it from your backup; if nothing was ever sent from this project, run `newsletter ledger new`",
        "{ledger} mangler, og med den oplysningen om, hvem der har fået mail: hent den fra din backup; er der aldrig sendt noget fra projektet, så kør `newsletter ledger new`"
    ))]
    Missing {
        /// The ledger.
        ledger: Message,
    },
    /// The ledger and the key are missing, although the project has receipts: this is a copy of the project, or both
    /// were lost.
    #[error("{}", message!(
        "{ledger} is missing, but receipts/ shows that this project has sent mail: without it nobody knows who unsubscribed. Copy `.newsletter/` from the machine that sends, or from your backup; if it is lost, run `newsletter ledger new`",
        "{ledger} mangler, men receipts/ viser, at der er sendt mail fra projektet: uden den ved ingen, hvem der har afmeldt sig. Kopiér `.newsletter/` fra maskinen, der sender, eller fra din backup; er den tabt, så kør `newsletter ledger new`"
    ))]
    MissingAfterSending {
        /// The ledger.
        ledger: Message,
    },
    /// The project's key is not the one that the ledger was made with.
    #[error("{}", message!(
        "{ledger} was made with another key than {}: restore that key from your backup, or copy it from the machine that sent before; if the new key is intended, run `newsletter ledger new`",
        "{ledger} er lavet med en anden nøgle end {}: hent den gamle nøgle fra din backup, eller kopiér den fra maskinen, der sendte før; er den nye nøgle den rigtige, så kør `newsletter ledger new`",
        key.display()
    ))]
    OtherKey {
        /// The ledger.
        ledger: Message,
        /// The file of the project's key.
        key: PathBuf,
    },
    /// The project's key is missing, although the ledger was made with one.
    #[error("{}", message!(
        "{} is missing, the key that {ledger} was made with: restore it from your backup, or copy it from the machine that sent before; if a new key is intended, run `newsletter ledger new`",
        "nøglen {} mangler, og {ledger} er lavet med den: hent den fra din backup, eller kopiér den fra maskinen, der sendte før; skal der bruges en ny nøgle, så kør `newsletter ledger new`",
        key.display()
    ))]
    NoKey {
        /// The ledger.
        ledger: Message,
        /// The file of the project's key.
        key: PathBuf,
    },
    /// The file is empty: a new ledger in its place would send to everyone again.
    #[error("{}", message!(
        "the ledger {} is empty: restore it from your backup; if nothing was ever sent from here, delete the file and run `newsletter ledger new`",
        "sendebogen {} er tom: hent den fra din backup; er der aldrig sendt noget herfra, så slet filen, og kør `newsletter ledger new`",
        path.display()
    ))]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The file is not an SQLite database of ours.
    #[error("{}", message!(
        "{} is not a ledger of newsletter",
        "{} er ikke en sendebog fra newsletter",
        path.display()
    ))]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The target of a migration has plans.
    #[error("{}", message!(
        "the ledger in newsletter.yaml has plans already; migrate into an empty one",
        "sendebogen i newsletter.yaml har allerede planer; flyt til en tom"
    ))]
    NotEmpty,
    /// The settings name another ledger than before, which has no record of what was sent.
    #[error("{}", message!(
        "newsletter.yaml sets a new ledger, and {} is the record of who got a letter: run `newsletter ledger migrate {}`, or move that file away to start afresh",
        "newsletter.yaml angiver en ny sendebog, men det er {}, der viser, hvem der har fået mail: kør `newsletter ledger migrate {}`, eller flyt filen væk for at begynde forfra",
        path.display(), path.display()
    ))]
    LeftBehind {
        /// The former ledger, as it would be typed.
        path: PathBuf,
    },
    /// The file was deleted or replaced during a run: what is written to it would be lost.
    #[error("{}", message!(
        "the ledger {} was deleted or replaced during the run; put the file back before you send again: it is the only record of who got a letter",
        "sendebogen {} blev slettet eller udskiftet under kørslen; læg filen tilbage, før du sender igen: kun den viser, hvem der har fået mail",
        path.display()
    ))]
    Moved {
        /// The file.
        path: PathBuf,
    },
    /// Another run holds the lock.
    #[error("{}", message!(
        "another run is sending from this project",
        "en anden kørsel er ved at sende fra dette projekt"
    ))]
    Locked,
    /// Another host has taken over the claimed letter, or its address was suppressed: it must not be sent.
    #[error("{}", message!(
        "another host has taken this letter over, or its address was suppressed",
        "en anden maskine har overtaget mailen, eller adressen er kommet på spærrelisten"
    ))]
    Lost,
    /// The thread that writes the ledger has stopped after an earlier error.
    #[error("{}", message!("cannot write the ledger", "kan ikke skrive i sendebogen"))]
    Stopped,
}

impl LedgerError {
    /// The error for a ledger that cannot be found or opened, with the owner of the file or folder that prevents it.
    pub(crate) fn unreadable(path: &Path, source: io::Error) -> Self {
        let advice = |owner| message!("{owner}: run the command as that user", "{owner}: kør kommandoen som ejeren");
        Self::Open { path: path.to_owned(), source: file_owner::with_owner(path, source, advice) }
    }
}

fn other_format(found: i64, known: i64) -> Message {
    if found > known {
        message!(
            "the ledger has format {found}, and this version of newsletter uses format {known}: a newer version wrote it; \
             use that one on this machine too",
            "sendebogen har format {found}, og denne version af newsletter bruger format {known}: en nyere version \
             har skrevet den; brug den også på denne maskine"
        )
    } else {
        message!(
            "the ledger has format {found}, and this version of newsletter uses format {known}",
            "sendebogen har format {found}, og denne version af newsletter bruger format {known}"
        )
    }
}

fn of_sqlite(error: &rusqlite::Error) -> Message {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => damaged(),
        Some(ErrorCode::DiskFull) => message!("the ledger's disk is full", "disken med sendebogen er fuld"),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            message!(
                "cannot open the ledger for writing: check the owner of the file and its folder, and whether the disk is \
                 read-only",
                "kan ikke skrive i sendebogen: kontrollér, hvem der ejer filen og mappen, og om disken kun kan læses"
            )
        }
        Some(ErrorCode::SystemIoFailure) => message!(
            "cannot read or write the ledger: check whether the disk is full or broken",
            "kan ikke læse eller skrive i sendebogen: kontrollér, om disken er fuld eller i stykker"
        ),
        _ => message!("cannot read or write the ledger", "kan ikke læse eller skrive i sendebogen"),
    }
}

impl From<LedgerError> for Error {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Locked => Self::Locked,
            other => Self::Ledger(Box::new(other)),
        }
    }
}
