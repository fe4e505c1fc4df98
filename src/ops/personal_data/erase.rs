//! Erases a person from the ledgers and from every file that the program wrote, for good.

use jiff::Timestamp;
use serde::Serialize;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::Diagnostics;
use crate::delivery::ledger::erasure::ErasureRemnant;
use crate::delivery::ledger::suppression::Suppression;
use crate::letter::plan::TransportKind;
use crate::ops::ledgers;
use crate::ops::personal_data::report::PersonalData;
use crate::ops::personal_data::traces::{self, AddressTrace, AddressTraceKind};
use crate::people::person::Address;
use crate::people::person::address_matcher::AddressMatcher;
use crate::people::person::suppression_reason::{SuppressionReason, SuppressionRequest};
use crate::project::Project;
use crate::project::settings::ledger::LedgerSettings;

/// What was erased, and what the user must do.
#[derive(Debug, Serialize)]
pub struct ErasureReport {
    /// As it was typed.
    pub address: Address,
    /// Letters in the ledgers that were anonymised.
    pub letters: u64,
    /// Files that were deleted, or rewritten without the address.
    pub files: Vec<String>,
    /// What must be edited by hand: files with their lines, and rows of other systems.
    pub by_hand: Vec<Message>,
    /// Copies that the program cannot reach.
    pub not_reached: Vec<Message>,
    /// A reply to send, in the person's language.
    pub reply: String,
    /// What is left in a database that another program reads.
    #[serde(skip)]
    pub remnant: ErasureRemnant,
    /// The diagnostics of the lists.
    #[serde(skip)]
    pub diagnostics: Diagnostics,
}

/// Erases a person; it can be repeated with the same result.
///
/// # Errors
///
/// A run is under way, or a ledger or a file cannot be read or written.
pub fn erase(project: &Project, address: &Address, now: Timestamp) -> Result<ErasureReport, Error> {
    let mut ledgers = ledgers::open_all_to_write(project)?;
    let (data, diagnostics) = PersonalData::gather(project, address)?;
    let request = SuppressionRequest {
        address: address.clone(),
        reason: SuppressionReason::Erased,
        at: None,
        source: "person erase".to_owned(),
    };
    let suppression = Suppression::new(&request, None, &project.key()?, now);
    let mut letters = 0;
    for ledger in &mut ledgers {
        // First, so that they get no letters even if the erasure is interrupted.
        ledger.suppress(std::slice::from_ref(&suppression), now)?;
        letters += ledger.erase(&address.key())?;
    }
    let matcher = AddressMatcher::new(address);
    let files = traces::erase(project, &matcher, &traces::find(project, &matcher)?)?;
    // Last, since it needs as much free disk space as the ledger has.
    let mut remnant = ErasureRemnant::Nothing;
    for ledger in &mut ledgers {
        remnant =
            Some(ledger.overwrite_free_space()?).filter(|left| *left != ErasureRemnant::Nothing).unwrap_or(remnant);
    }
    let by_hand = manual_steps(&data, &traces::find(project, &matcher)?);
    let not_reached = not_reached(project, &data, remnant);
    let reply = reply(project, &data);
    Ok(ErasureReport { address: address.clone(), letters, files, by_hand, not_reached, reply, remnant, diagnostics })
}

/// The places that the program does not write to: lists, audiences, issues, and rows of other systems.
fn manual_steps(data: &PersonalData, left: &[AddressTrace]) -> Vec<Message> {
    let mut places: Vec<String> = data.lists.iter().map(|listed| listed.person.origin.to_string()).collect();
    for trace in left {
        let is_listed = places.iter().any(|place| place.starts_with(&format!("{}:", trace.file)));
        match (trace.kind, trace.lines.as_slice()) {
            (AddressTraceKind::Own, lines @ [_, ..]) => {
                places.extend(lines.iter().map(|line| format!("{}:{line}", trace.file)));
            }
            (_, _) if is_listed => {}
            (_, _) => places.push(trace.file.clone()),
        }
    }
    places.sort();
    places.dedup();
    places.into_iter().map(Message::verbatim).collect()
}

fn not_reached(project: &Project, data: &PersonalData, remnant: ErasureRemnant) -> Vec<Message> {
    let mut copies = Vec::new();
    if project.root().join(".git").exists() {
        copies.push(message!(
            "Git: every commit with the address, here and in every clone",
            "Git: alle commits med adressen, her og i alle kloner"
        ));
    }
    copies.push(message!(
        "backups and snapshots of this folder, the shell's history, and files copied elsewhere",
        "sikkerhedskopier og snapshots af denne mappe, kommandolinjens historik og filer, der er kopieret andre steder hen"
    ));
    if let LedgerSettings::Server(_) = project.settings().ledger {
        copies.push(message!(
            "the database server's write-ahead log, backups and replicas",
            "databaseserverens log (WAL), sikkerhedskopier og replikaer"
        ));
    }
    if remnant == ErasureRemnant::UntilVacuum {
        copies.push(message!(
            "old rows in the database: the server did not permit rewriting its tables; run VACUUM FULL",
            "gamle rækker i databasen: serveren lod ikke tabellerne skrive om; kør VACUUM FULL"
        ));
    }
    let is_sent = data.letters.iter().any(|letter| letter.transport == TransportKind::Smtp);
    if is_sent || ledgers::transport_kind(project) == TransportKind::Smtp {
        copies.push(message!(
            "the relay's log and queue, and delivered mail",
            "mailserverens log og kø samt leverede mails"
        ));
    }
    copies
}

fn reply(project: &Project, data: &PersonalData) -> String {
    let settings = project.settings();
    let text = data.lang.language().erasure_notice;
    text.replace("{name}", &settings.name).replace("{postal_address}", &settings.postal_address)
}
