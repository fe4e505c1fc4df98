//! Reads `series`: newsletters with their own names.

use std::collections::BTreeMap;

use crate::audience::AudienceId;
use crate::base::message::message;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::from_text::FromText;
use crate::edition::context::Brand;
use crate::issue::series::SeriesId;
use crate::people::person::mailbox::Mailbox;
use crate::project::settings::brand;
use crate::project::settings::required::optional;
use crate::project::settings::required::required;

/// One series: the defaults of its issues.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The name that readers see.
    pub name: String,
    /// The sender; absent: that of the settings.
    pub from: Option<Mailbox>,
    /// Where replies go; absent: as in the settings.
    pub reply_to: Option<Mailbox>,
    /// Its appearance; missing keys are those of the settings.
    pub brand: Brand,
    /// Its audiences.
    pub audiences: Vec<AudienceId>,
}

/// Reads `series`; `usual` is the brand of the settings.
pub(crate) fn read(settings: &mut MappingReader<'_, '_>, usual: &Brand) -> BTreeMap<SeriesId, Series> {
    let mut all = BTreeMap::new();
    settings.each_named("series", &message!("a series", "en serie"), |key, mut reader| {
        let id = match SeriesId::from_text(&key.value, "series") {
            Ok(id) => id,
            Err(diagnostic) => return reader.report(diagnostic.at(key.place(reader.source()))),
        };
        let name = required(&mut reader, "name", "OS2forms-nyt", MappingReader::text).unwrap_or_default();
        let (from, reply_to) = (optional(&mut reader, "from"), optional(&mut reader, "reply_to"));
        let brand = reader.group("brand").map_or_else(|| usual.clone(), |keys| brand::brand(keys, usual));
        let audiences = reader.values("audiences").into_iter().map(|audience| audience.value).collect();
        reader.finish_or_guess(&[
            ("sender", message!("did you mean `from`?", "mente du `from`?")),
            ("audience", message!("did you mean `audiences`?", "mente du `audiences`?")),
        ]);
        all.insert(id, Series { name, from, reply_to, brand, audiences });
    });
    all
}
