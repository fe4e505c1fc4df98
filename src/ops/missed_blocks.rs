//! Finds people in the audience of an `only` block who do not get it, since they get the edition of another audience.

use std::collections::{BTreeMap, BTreeSet};

use crate::audience::AudienceId;
use crate::audience::membership::Membership;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::matrix::BlockMatrix;
use crate::letter::selection::Selection;

const MISSED: Code = Code("NL267");

/// The blocks for the same audiences, and who misses them.
struct MissedBlocks<'a> {
    /// The audiences.
    named: &'a BTreeSet<AudienceId>,
    /// The places of the blocks.
    places: BTreeSet<(usize, usize)>,
    /// The first of them.
    first: &'a Span,
    /// How many people miss them, by the audience whose edition they get instead.
    people: BTreeMap<AudienceId, usize>,
}

/// The `only` blocks that people of their audiences do not get.
pub(crate) struct MissedReport<'a>(Vec<MissedBlocks<'a>>);

impl MissedReport<'_> {
    /// Whether a block is one of them.
    pub(crate) fn covers(&self, place: &Span) -> bool {
        let at = (place.line(), place.column());
        self.0.iter().any(|blocks| blocks.first.path() == place.path() && blocks.places.contains(&at))
    }

    /// A warning for each kind of block.
    pub(crate) fn diagnostics(self) -> Diagnostics {
        self.0.into_iter().map(MissedBlocks::report).collect()
    }
}

/// Counts, for each kind of `only` block, the recipients who are in one of its audiences and get an edition without it.
pub(crate) fn find<'a>(matrix: &'a BlockMatrix, selection: &Selection, membership: &Membership) -> MissedReport<'a> {
    let editions = selection.editions();
    let mut missed: BTreeMap<&BTreeSet<AudienceId>, MissedBlocks<'_>> = BTreeMap::new();
    let mut by_edition: BTreeMap<&EditionKey, BTreeSet<&BTreeSet<AudienceId>>> = BTreeMap::new();
    for key in &editions {
        for row in matrix.rows() {
            let Some(named) = row.audiences_missed_by(key) else { continue };
            let blocks = missed.entry(named).or_insert_with(|| MissedBlocks {
                named,
                places: BTreeSet::new(),
                first: &row.place,
                people: BTreeMap::new(),
            });
            blocks.places.insert((row.place.line(), row.place.column()));
            by_edition.entry(key).or_default().insert(named);
        }
    }
    if by_edition.is_empty() {
        return MissedReport(Vec::new());
    }
    for recipient in selection.recipients() {
        let address = recipient.address_id();
        for named in by_edition.get(recipient.edition()).into_iter().flatten() {
            let is_in = named.iter().any(|audience| membership.contains_id(audience, address));
            if let Some(blocks) = missed.get_mut(named).filter(|_| is_in) {
                *blocks.people.entry(recipient.edition().audience.clone()).or_default() += 1;
            }
        }
    }
    MissedReport(missed.into_values().filter(|blocks| !blocks.people.is_empty()).collect())
}

impl MissedBlocks<'_> {
    fn report(self) -> Diagnostic {
        let named: Vec<&str> = self.named.iter().map(AudienceId::as_str).collect();
        let instead: Vec<&str> = self.people.keys().map(AudienceId::as_str).collect();
        let count: usize = self.people.values().sum();
        let people = if count == 1 {
            message!("1 recipient is", "1 modtager er")
        } else {
            message!("{count} recipients are", "{count} modtagere er")
        };
        let block = match self.places.len() {
            1 => message!("this block", "denne blok"),
            blocks => message!("{blocks} blocks such as this one", "{blocks} blokke som denne"),
        };
        let message = message!(
            "{people} in {} and will not get {block}: they get the edition of {}, which comes first",
            "{people} i {} og får ikke {block}, men udgaven til {}, som kommer først",
            Message::either(&named),
            Message::either(&instead)
        );
        let hint = message!(
            "put {} before {} in audiences:, or write `::: for {}`, which follows the person",
            "sæt {} før {} i audiences:, eller skriv `::: for {}`, som følger personen",
            named.join(", "),
            instead.join(", "),
            named.join(" ")
        );
        Diagnostic::warning(MISSED, message).at(self.first.clone()).hint(hint)
    }
}
