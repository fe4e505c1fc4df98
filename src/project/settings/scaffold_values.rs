//! Values of a new project that must not reach recipients.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::fields::MappingReader;
use crate::people::person::mailbox::Mailbox;
use crate::project::settings::relay::RelaySettings;

const LEFT: Code = Code("NL571");

/// The sender that `newsletter init` writes.
const SENDER: &str = "nyhedsbrev@forening.example";
const POSTAL_ADDRESS: &str = "Foreningen, Gadevej 1, 8000 Aarhus C";

/// Warns of the sender and the address of a new project. Without a relay, in the outbox, they do no harm.
pub(super) fn check(
    reader: &mut MappingReader<'_, '_>,
    relay: Option<&RelaySettings>,
    from: Option<&Mailbox>,
    postal_address: Option<&str>,
) {
    let Some(relay) = relay else { return };
    // With a relay that reaches others, the sender is an error when an issue is checked.
    let is_sender = !relay.reaches_others() && from.is_some_and(|mailbox| mailbox.address.as_str() == SENDER);
    let is_address = postal_address.is_some_and(|address| address.trim() == POSTAL_ADDRESS);
    for (key, value) in
        [("from", is_sender.then_some(SENDER)), ("postal_address", is_address.then_some(POSTAL_ADDRESS))]
    {
        let Some(value) = value else { continue };
        let place = reader.key_place(key).unwrap_or_else(|| reader.place());
        let message = message!(
            "`{value}` is the example of a new project, and readers would see it",
            "`{value}` er eksemplet i et nyt projekt, og læserne ville se det"
        );
        reader.report(
            Diagnostic::warning(LEFT, message).at(place).hint(message!("write your own", "skriv jeres egen adresse")),
        );
    }
}
