//! The domains of letters, and those that receive mail to the sender.

use std::collections::BTreeMap;

use crate::base::message::{Message, message};
use crate::letter::dkim::name::Domain;
use crate::people::person::Address;
use crate::people::person::mailbox::Mailbox;
use crate::project::Project;

/// The senders of the project and of its series.
fn senders(project: &Project) -> impl Iterator<Item = &Mailbox> {
    let settings = project.settings();
    std::iter::once(&settings.from).chain(settings.series.values().filter_map(|series| series.from.as_ref()))
}

/// The domains of the senders, each once, the project's first.
pub(super) fn from(project: &Project) -> Vec<Domain> {
    unique(senders(project).map(|mailbox| Domain::of(&mailbox.address)))
}

/// The domains of the envelope senders, each once: SPF is about them (RFC 7208 §2.4).
pub(super) fn envelope(project: &Project) -> Vec<Domain> {
    match bounces(project) {
        Some(domain) => vec![domain],
        None => from(project),
    }
}

/// The domain of `bounces_to`, if it is set.
fn bounces(project: &Project) -> Option<Domain> {
    let path = project.settings().bounces_to.as_ref()?;
    Domain::parse(path.domain()).ok()
}

/// The envelope sender that a relay is tried with.
pub(super) fn sample_return_path(project: &Project) -> Address {
    let settings = project.settings();
    match &settings.bounces_to {
        Some(path) => path.of("<000000000000000000000000@newsletter>"),
        None => settings.from.address.clone(),
    }
}

/// The domains that receive mail to the sender, with its purpose.
pub(super) fn receiving(project: &Project) -> BTreeMap<Domain, Vec<Message>> {
    let settings = project.settings();
    let replies = || match &settings.reply_to {
        Some(mailbox) => vec![Domain::of(&mailbox.address)],
        None => from(project),
    };
    let leaving = match &settings.unsubscribe.mailto {
        Some(address) => vec![Domain::of(address)],
        None => replies(),
    };
    let mut domains: BTreeMap<Domain, Vec<Message>> = BTreeMap::new();
    for (what, those) in [
        (message!("replies", "svar"), replies()),
        (message!("bounces", "afvisninger"), envelope(project)),
        (message!("requests to unsubscribe", "afmeldinger"), leaving),
    ] {
        for domain in those {
            domains.entry(domain).or_default().push(what.clone());
        }
    }
    domains
}

fn unique(domains: impl Iterator<Item = Domain>) -> Vec<Domain> {
    let mut unique = Vec::new();
    domains.for_each(|domain| {
        if !unique.contains(&domain) {
            unique.push(domain);
        }
    });
    unique
}
