//! Newsletters with a name of their own beside the house's.

use std::collections::BTreeMap;

use crate::audience::AudienceId;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::from_text::FromText;
use crate::edition::context::Brand;
use crate::issue::series::SeriesId;
use crate::people::person::mailbox::Mailbox;
use crate::project::settings::brand;
use crate::project::settings::required::optional;
use crate::project::settings::required::required;

/// One series: what its issues have where they say nothing else.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What readers know it by.
    pub name: String,
    /// Who writes; absent: who writes the house's own.
    pub from: Option<Mailbox>,
    /// Where answers go; absent: as in the house's own.
    pub reply_to: Option<Mailbox>,
    /// How it looks; what it says nothing of is the house's.
    pub brand: Brand,
    /// Who reads it.
    pub audiences: Vec<AudienceId>,
}

/// Reads `series`; `house` is how the house's own newsletter looks.
pub(crate) fn read(settings: &mut MappingReader<'_, '_>, house: &Brand) -> BTreeMap<SeriesId, Series> {
    let mut all = BTreeMap::new();
    settings.each_named("series", "a series", |key, mut reader| {
        let id = match SeriesId::from_text(&key.value, "series") {
            Ok(id) => id,
            Err(diagnostic) => return reader.report(diagnostic.at(key.place(reader.source()))),
        };
        let name = required(&mut reader, "name", "OS2forms-nyt", MappingReader::text).unwrap_or_default();
        let (from, reply_to) = (optional(&mut reader, "from"), optional(&mut reader, "reply_to"));
        let brand = reader.group("brand").map_or_else(|| house.clone(), |keys| brand::brand(keys, house));
        let audiences = reader.values("audiences").into_iter().map(|audience| audience.value).collect();
        reader.finish_or_guess(&[("sender", "did you mean `from`?"), ("audience", "did you mean `audiences`?")]);
        all.insert(id, Series { name, from, reply_to, brand, audiences });
    });
    all
}
