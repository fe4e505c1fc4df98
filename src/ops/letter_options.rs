//! The options of an issue's letters: sender, Date, ways to unsubscribe, attachments, signatures.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

use crate::base::digest::HmacKey;
use crate::base::error::Error;
use crate::edition::generated_file::CalendarMoment;
use crate::letter::compose::LetterOptions;
use crate::letter::dkim::Signers;
use crate::letter::headers::CommonHeaders;
use crate::letter::purpose::LetterPurpose;
use crate::letter::unsubscribe_links::UnsubscribeOptions;
use crate::ops::issue_inputs::IssueInputs;

/// The keys that letters need even if they are not signed.
pub(crate) struct LetterKeys {
    /// Of Message-IDs and boundaries.
    pub(crate) letters: HmacKey,
    /// Of the tokens in links to unsubscribe.
    pub(crate) unsubscribe: HmacKey,
}

impl IssueInputs<'_> {
    /// The Date of its letters.
    pub fn date(&self, now: Timestamp) -> String {
        self.format_date(self.moment(now))
    }

    /// The moment of its Date: the issue's `date`, else its `send_at`, else the moment given.
    fn moment(&self, now: Timestamp) -> Timestamp {
        let front = &self.issue.front;
        front.date.or(front.send_at).unwrap_or(now)
    }

    /// A moment as a Date header has it (RFC 5322 §3.3), in the project's time zone.
    pub(crate) fn format_date(&self, moment: Timestamp) -> String {
        let zoned = moment.to_zoned_datetime(self.project.settings().timezone.clone());
        // It fails only for negative years, which RFC 5322 cannot express and no letter has.
        DateTimePrinter::new().zoned_datetime_to_string(&zoned).unwrap_or_default()
    }

    /// The options of letters that are sent, with the keys that sign.
    ///
    /// # Errors
    ///
    /// A secret of the settings or a DKIM key cannot be read.
    pub fn letter_options(&self, date: String) -> Result<LetterOptions, Error> {
        let keys = LetterKeys { letters: self.project.key()?, unsubscribe: self.project.unsubscribe_key()? };
        Ok(LetterOptions { signers: self.project.signers()?, ..self.letter_options_with(date, keys) })
    }

    /// The options with these keys, without any that sign.
    pub(crate) fn letter_options_with(&self, date: String, keys: LetterKeys) -> LetterOptions {
        let settings = self.project.settings();
        let from = self.from().clone();
        let reply_to = self.issue.front.reply_to.clone().or_else(|| settings.reply_to.clone());
        let replies_to = reply_to.as_ref().map_or(&from.address, |mailbox| &mailbox.address).clone();
        let headers = CommonHeaders {
            date,
            series: self.series().map(|series| (series.clone(), settings.name.clone())),
            lists: self.audiences.iter().map(|audience| (audience.id.clone(), audience.name.clone())).collect(),
            purpose: LetterPurpose::Mailing,
            from,
            reply_to,
        };
        LetterOptions {
            bounces_to: settings.bounces_to.clone().unwrap_or_else(|| headers.from.address.clone().into()),
            unsubscribe: UnsubscribeOptions {
                url: settings.unsubscribe.url.clone(),
                mailto: settings.unsubscribe.mailto.clone().unwrap_or(replies_to),
                key: keys.unsubscribe,
            },
            attachments: self.attachments.clone(),
            calendar: CalendarMoment::of(headers.moment()),
            key: keys.letters,
            signers: Signers::default(),
            headers,
        }
    }
}
