//! Composes letters from editions and people. All letters of a plan are checked before the first is sent, so that a
//! missing value is found before anyone has received a letter.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::mem;
use std::sync::mpsc;

use crate::base::digest::HmacKey;
use crate::base::parallel;
use crate::edition::compiled::{Edition, LetterRecipient, RenderedContent, UnfilledValue};
use crate::edition::generated_file::CalendarMoment;
use crate::edition::images::placement::Placement;
use crate::letter::decoded::DecodedLetter;
use crate::letter::dkim::Signers;
use crate::letter::failed_letters::{ComposeError, FailedLetters, FailureCollector, MissingValue};
use crate::letter::headers::{CommonHeaders, SharedFields};
use crate::letter::letter_bytes::LetterBytes;
use crate::letter::mime::{Attachment, BodyFrame, InlinePicture};
use crate::letter::plan::PlannedLetter;
use crate::letter::return_path::ReturnPath;
use crate::letter::unsubscribe_links::{UnsubscribeLinks, UnsubscribeOptions};
use crate::people::person::Address;

/// The options that all letters of a plan share, besides their editions.
#[derive(Debug)]
pub struct LetterOptions {
    /// The header fields that they share.
    pub headers: CommonHeaders,
    /// The envelope sender, where bounces go.
    pub bounces_to: ReturnPath,
    /// How to unsubscribe.
    pub unsubscribe: UnsubscribeOptions,
    /// The files that every letter carries.
    pub attachments: Vec<Attachment>,
    /// When their calendar files are made.
    pub calendar: CalendarMoment,
    /// The key of Message-IDs and boundaries.
    pub key: HmacKey,
    /// The keys that sign; none for letters that are not sent.
    pub signers: Signers,
}

/// One letter, ready for a transport.
#[derive(Debug)]
pub struct Letter {
    /// The envelope sender.
    pub sender: Address,
    /// The only recipient.
    pub recipient: Address,
    /// The edition's id, by which a dry run sorts its files.
    pub edition: String,
    /// The Message-ID with its angle brackets.
    pub message_id: String,
    /// Headers and body: 7-bit, CRLF, no line over 998 octets, none that begins with a dot (RFC 5321 §4.5.2).
    pub bytes: LetterBytes,
}

/// A plan whose letters can all be composed: delivery accepts nothing else.
#[derive(Debug)]
pub struct ComposedPlan {
    options: LetterOptions,
    /// What their headers share.
    fields: SharedFields,
    /// The links with which letters are checked if nothing but prints them: making those of each reader takes a quarter of the
    /// check.
    sample_links: UnsubscribeLinks,
    editions: BTreeMap<String, EncodedEdition>,
}

/// An edition with its pictures and files encoded once, and not again for each letter.
#[derive(Debug)]
struct EncodedEdition {
    edition: Edition,
    /// Whether a tag of the author reads a link to unsubscribe.
    has_tags_with_links: bool,
    pictures: Vec<InlinePicture>,
    enclosures: Vec<Attachment>,
}

impl EncodedEdition {
    fn new(edition: Edition, calendar: CalendarMoment) -> Self {
        let pictures = match edition.placement() {
            Placement::Embedded => edition.pictures().iter().map(InlinePicture::new).collect(),
            Placement::Hosted { .. } | Placement::BesidePage => Vec::new(),
        };
        let enclosures = edition.enclosures().iter().map(|file| Attachment::enclosed(&file.dated(calendar))).collect();
        Self { has_tags_with_links: edition.has_tags_with_links(), edition, pictures, enclosures }
    }

    fn personalise(
        &self,
        planned: &PlannedLetter,
        unsubscribe: &UnsubscribeLinks,
    ) -> Result<RenderedContent, UnfilledValue> {
        self.edition.personalise(&recipient(planned, unsubscribe))
    }
}

fn recipient<'a>(planned: &'a PlannedLetter, unsubscribe: &'a UnsubscribeLinks) -> LetterRecipient<'a> {
    LetterRecipient {
        person: &planned.person,
        unsubscribe: unsubscribe.everything.url.as_deref(),
        unsubscribe_mailto: &unsubscribe.everything.mailto,
        unsubscribe_series: unsubscribe.series.as_ref().map(|link| link.url.as_deref().unwrap_or(&link.mailto)),
    }
}

/// A plan with the first letter of each edition; or the letters that cannot be composed, by reason.
pub type CheckedPlan = Result<(ComposedPlan, Vec<PlannedLetter>), Vec<FailedLetters>>;

/// How many letters a thread checks at a time.
const BATCH: usize = 256;

/// Checks the letters of a plan one after the other, wherever they come from. None is kept: a plan may have more letters than
/// fit in memory.
struct LetterChecker<'a> {
    plan: &'a ComposedPlan,
    /// The number of letters so far.
    count: usize,
    /// The first letter of each edition that could be composed.
    samples: BTreeMap<String, PlannedLetter>,
    /// Letters of editions with a sample, which any thread may check, with their numbers.
    batch: Vec<(usize, PlannedLetter)>,
    /// Letters that could not be composed.
    failures: &'a FailureCollector,
}

impl LetterChecker<'_> {
    /// Composes a letter of an edition that has no sample yet, and adds others to the batch; returns a batch that is full.
    fn add(&mut self, letter: PlannedLetter) -> Option<Vec<(usize, PlannedLetter)>> {
        let number = self.count;
        self.count += 1;
        let sample = self.samples.get(&letter.edition);
        if sample.is_some_and(|sample| sample.audience == letter.audience) {
            self.batch.push((number, letter));
            return (self.batch.len() == BATCH).then(|| mem::replace(&mut self.batch, Vec::with_capacity(BATCH)));
        }
        match self.plan.unsigned(&letter, Vec::new()) {
            Ok(_) => drop(self.samples.entry(letter.edition.clone()).or_insert(letter)),
            Err(error) => self.failures.add(number, MissingValue { letter, error }),
        }
        None
    }
}

impl ComposedPlan {
    /// Composes every letter once.
    ///
    /// # Errors
    ///
    /// The letters that could not be composed, by reason. Then nothing of the plan may be sent.
    pub fn compose(
        options: LetterOptions,
        editions: BTreeMap<String, Edition>,
        letters: impl IntoIterator<Item: Borrow<PlannedLetter>>,
    ) -> Result<Self, Vec<FailedLetters>> {
        let letters = letters.into_iter();
        let visit = |add: &mut dyn FnMut(PlannedLetter)| letters.for_each(|letter| add(letter.borrow().clone()));
        let ((), composed) = Self::compose_each(options, editions, visit);
        composed.map(|(plan, _)| plan)
    }

    /// Checks that every letter that `visit` gives can be composed, on every processor: the first of each edition is composed,
    /// and what depends on the reader is checked of the others. Returns what `visit` returns, and the plan. Without a
    /// plan, nothing may be sent.
    pub fn compose_each<P>(
        options: LetterOptions,
        editions: BTreeMap<String, Edition>,
        visit: impl FnOnce(&mut dyn FnMut(PlannedLetter)) -> P,
    ) -> (P, CheckedPlan) {
        let editions =
            editions.into_iter().map(|(id, edition)| (id, EncodedEdition::new(edition, options.calendar))).collect();
        let fields = SharedFields::new(&options.headers, &options.unsubscribe);
        let CommonHeaders { purpose, series, .. } = &options.headers;
        let sample_links = options.unsubscribe.sample_links(*purpose, series.as_ref().map(|(id, _)| id));
        let plan = Self { options, fields, sample_links, editions };
        let (samples, failures) = (BTreeMap::new(), FailureCollector::default());
        let mut checker = LetterChecker { plan: &plan, count: 0, samples, batch: Vec::new(), failures: &failures };
        // Letters are freed by the thread that made them: malloc locks the heap that they come from, and the two threads would
        // wait for each other.
        let (used, to_free) = mpsc::channel();
        let (visited, _) = parallel::feed(
            |batch| drop(used.send(plan.check_all(batch, &failures))),
            |give| {
                visit(&mut |letter| {
                    if let Some(batch) = checker.add(letter) {
                        give(batch);
                        to_free.try_iter().for_each(drop);
                    }
                })
            },
        );
        let LetterChecker { samples, batch, .. } = checker;
        plan.check_all(batch, &failures);
        let failed = failures.into_letters();
        let result = if failed.is_empty() { Ok((plan, samples.into_values().collect())) } else { Err(failed) };
        (visited, result)
    }

    /// Checks some letters, and adds those that cannot be composed to the failures. Returns the letters.
    fn check_all(
        &self,
        letters: Vec<(usize, PlannedLetter)>,
        failures: &FailureCollector,
    ) -> Vec<(usize, PlannedLetter)> {
        for (number, letter) in &letters {
            if let Err(error) = self.check(letter) {
                failures.add(*number, MissingValue { letter: letter.clone(), error });
            }
        }
        letters
    }

    /// Fails exactly where [`unsigned`](Self::unsigned) does, with the same error, for an edition and an audience of which a
    /// letter could be composed.
    fn check(&self, planned: &PlannedLetter) -> Result<(), ComposeError> {
        let EncodedEdition { edition, has_tags_with_links, .. } = self.edition(planned)?;
        // A tag of the author may look at single digits: `{% if 'ab' in unsubscribe_url %}`.
        let checked = if *has_tags_with_links {
            edition.check(&recipient(planned, &unsubscribe_links(&self.options, &planned.person.address)))
        } else {
            edition.check(&recipient(planned, &self.sample_links))
        };
        match checked {
            Ok(subject) if self.options.headers.are_short(planned, subject.as_deref()) => Ok(()),
            // The whole letter says which of several errors comes first.
            Ok(_) | Err(_) => self.unsigned(planned, Vec::new()).map(drop),
        }
    }

    /// The letter with its signatures, byte for byte the same each time.
    ///
    /// # Errors
    ///
    /// Signing failed. A letter that was composed before fails for no other reason.
    pub fn letter(&self, planned: &PlannedLetter) -> Result<Letter, ComposeError> {
        self.letter_in(planned, Vec::new())
    }

    /// As [`letter`](Self::letter), in the buffer of a letter that is no longer needed.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn letter_in(&self, planned: &PlannedLetter, buffer: Vec<u8>) -> Result<Letter, ComposeError> {
        let mut letter = self.unsigned(planned, buffer)?;
        self.options.signers.sign(&mut letter.bytes)?;
        Ok(letter)
    }

    /// What the recipient of a letter sees.
    ///
    /// # Errors
    ///
    /// As for [`letter`](Self::letter).
    pub fn decode(&self, planned: &PlannedLetter) -> Result<DecodedLetter<'_>, ComposeError> {
        let encoded = self.edition(planned)?;
        let content = encoded.personalise(planned, &unsubscribe_links(&self.options, &planned.person.address))?;
        Ok(DecodedLetter::new(&encoded.edition, content, self.options.calendar))
    }

    /// The text of all branches of an edition's conditions, that of each loop once, without any reader's values.
    pub fn all_branches(&self, edition: &str) -> Option<DecodedLetter<'_>> {
        let edition = &self.editions.get(edition)?.edition;
        Some(DecodedLetter::new(edition, edition.all_branches(), self.options.calendar))
    }

    /// The letter without signatures. Signing does not depend on anything that a person may lack, and an RSA signature
    /// takes 15 times as long as the letter, so that the check before delivery leaves it out.
    ///
    /// # Errors
    ///
    /// A value is missing or does not fit, or a header field is too long. Anything that can fail for one reader but not
    /// for another of the same edition must be in [`check`](Self::check) too.
    fn unsigned(&self, planned: &PlannedLetter, buffer: Vec<u8>) -> Result<Letter, ComposeError> {
        let LetterOptions { headers, bounces_to, attachments, key, signers, .. } = &self.options;
        let encoded = self.edition(planned)?;
        let unsubscribe = unsubscribe_links(&self.options, &planned.person.address);
        let content = encoded.edition.letter_content(&recipient(planned, &unsubscribe))?;
        let header = self.fields.write(headers, planned, &content.subject, &unsubscribe.everything)?;
        // Boundaries are a hash and not random, so that a second attempt has the same bytes.
        let boundary = key.tag("boundary", &[&planned.message_id]);
        let attachments = [&encoded.enclosures[..], attachments];
        let frame = BodyFrame { boundary: &boundary, pictures: &encoded.pictures, attachments };
        let mut bytes = LetterBytes::begin(buffer, signers.size());
        bytes.reserve(header.len() + encoded.edition.letter_size() + frame.size());
        bytes.push(&[&header]);
        frame.write_start(&mut bytes, &content);
        content.write_html(bytes.end())?;
        frame.write_end(&mut bytes);
        Ok(Letter {
            sender: bounces_to.of(&planned.message_id),
            recipient: planned.person.address.clone(),
            edition: planned.edition.clone(),
            message_id: planned.message_id.clone(),
            bytes,
        })
    }

    fn edition(&self, planned: &PlannedLetter) -> Result<&EncodedEdition, ComposeError> {
        self.editions.get(&planned.edition).ok_or(ComposeError::NoEdition)
    }
}

/// How the reader with an address unsubscribes.
fn unsubscribe_links(options: &LetterOptions, address: &Address) -> UnsubscribeLinks {
    let LetterOptions { headers: CommonHeaders { purpose, series, .. }, unsubscribe, .. } = options;
    unsubscribe.links(*purpose, address, series.as_ref().map(|(id, _)| id))
}
