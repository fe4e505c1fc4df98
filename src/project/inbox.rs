//! The mailbox of the settings, with its password.

use crate::base::error::Error;
use crate::feedback::mail::meaning::{MailContext, UnsubscribeInbox};
use crate::feedback::mailbox::imap::options::{ImapOptions, ImapTimeouts};
use crate::people::person::Address;
use crate::project::Project;
use crate::project::settings::inbox::ImapSettings;

impl Project {
    /// The options of a mailbox on an IMAP server.
    ///
    /// # Errors
    ///
    /// The password or token cannot be read.
    pub fn imap(&self, settings: &ImapSettings) -> Result<ImapOptions, Error> {
        Ok(ImapOptions {
            host: settings.host.clone(),
            port: settings.port,
            security: settings.security,
            login: self.login(&settings.login)?,
            ca_file: settings.ca_file.as_ref().map(|path| self.root().join(path)),
            folder: settings.folder.clone(),
            done: settings.done.clone(),
            timeouts: ImapTimeouts::default(),
        })
    }

    /// How the project's own addresses and letters are recognised in received messages.
    pub fn mail_context(&self) -> MailContext {
        let settings = self.settings();
        let from = &settings.from.address;
        let replies_to = settings.reply_to.as_ref().map_or(from, |mailbox| &mailbox.address);
        let address = settings.unsubscribe.mailto.as_ref().unwrap_or(replies_to).clone();
        let also_receives = |other: &Address| address.key() == other.key();
        // A Message-ID has the domain of its letter's sender, and a series may have its own.
        let of_series = settings.series.values().filter_map(|series| series.from.as_ref());
        let replies_of_series = settings.series.values().filter_map(|series| series.reply_to.as_ref());
        let mut others =
            of_series.clone().chain(replies_of_series).map(|mailbox| &mailbox.address).chain([from, replies_to]);
        let senders = [&settings.from].into_iter().chain(of_series);
        MailContext {
            return_path: settings.bounces_to.clone().unwrap_or_else(|| from.clone().into()),
            unsubscribe: if others.any(also_receives) {
                UnsubscribeInbox::Shared(address)
            } else {
                UnsubscribeInbox::Dedicated(address)
            },
            message_id_domains: senders.map(|mailbox| mailbox.address.domain().to_owned()).collect(),
        }
    }
}
