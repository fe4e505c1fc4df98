//! Sends one mail of the program itself, once: it belongs to no plan, and is not retried.

use thiserror::Error as ThisError;

use crate::delivery::ledger::claim::InFlight;
use crate::delivery::outcome::Outcome;
use crate::delivery::transport::{Envelope, OfferError, OpenError, Payload, Transport};
use crate::letter::compose::Letter;
use crate::letter::plan::PlannedLetter;

/// Why a mail was not accepted.
#[derive(Debug, ThisError)]
pub enum NoticeError {
    /// No connection could be opened.
    #[error(transparent)]
    NotOpened(#[from] OpenError),
    /// The relay refuses the sender or the recipient.
    #[error(transparent)]
    NotOffered(#[from] OfferError),
    /// The relay refuses the mail, or its reply was lost.
    #[error("{0}")]
    NotAccepted(String),
}

/// Sends a mail to its recipient.
///
/// # Errors
///
/// It was not accepted.
pub fn send(transport: &dyn Transport, planned: PlannedLetter, letter: &Letter) -> Result<(), NoticeError> {
    let mut connection = transport.open()?;
    let envelope = Envelope {
        sender: letter.sender.clone(),
        recipient: letter.recipient.clone(),
        size: letter.bytes.len(),
        message_id: letter.message_id.clone(),
        edition: letter.edition.clone(),
    };
    connection.offer(&envelope)?;
    connection.send(&InFlight::of_notice(planned), &Payload { body: &letter.bytes, next: None });
    let outcome = connection.wait().outcome.outcome();
    connection.close();
    match outcome {
        Outcome::Accepted(_) => Ok(()),
        other => Err(NoticeError::NotAccepted(other.to_string())),
    }
}
