//! Newsletters with a name of their own beside the house's.

use std::collections::BTreeMap;

use crate::audience::AudienceId;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::edition::context::Brand;
use crate::issue::series::SeriesId;
use crate::people::person::mailbox::Mailbox;
use crate::project::settings::brand;
use crate::project::settings::missing;
use crate::project::settings::reader::SettingsReader;

const BAD_SERIES: Code = Code("NL118");

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
pub(crate) fn read(settings: &mut SettingsReader<'_, '_>, house: &Brand) -> BTreeMap<SeriesId, Series> {
    let mut all = BTreeMap::new();
    settings.each_named("series", "a series", |key, place, mut reader| {
        let id = match SeriesId::parse(key) {
            Ok(id) => id,
            Err(error) => {
                let diagnostic = Diagnostic::error(BAD_SERIES, format!("`{key}` is no series: {error}"));
                reader.tell(diagnostic, place, "write it like this: os2forms, and its name for readers under `name`");
                return;
            }
        };
        let name = reader.text("name").filter(|it| !it.value.is_empty());
        if name.is_none() {
            missing(&mut reader, "name", "OS2forms-nyt");
        }
        let (from, reply_to) = (reader.mailbox("from"), reader.mailbox("reply_to"));
        let brand = reader.group("brand").map_or_else(|| house.clone(), |it| brand::brand(it, house));
        let mut audiences = Vec::new();
        for named in reader.texts("audiences") {
            match AudienceId::parse(&named.value) {
                Ok(audience) => audiences.push(audience),
                Err(error) => {
                    let diagnostic =
                        Diagnostic::error(BAD_SERIES, format!("`{}` is no audience: {error}", named.value));
                    reader.tell(diagnostic, named.place, "write the name of a file in audiences/, without .yaml");
                }
            }
        }
        reader.finish_with(&[("sender", "did you mean `from`?"), ("audience", "did you mean `audiences`?")]);
        let name = name.map(|it| it.value).unwrap_or_default();
        all.insert(id, Series { name, from, reply_to, brand, audiences });
    });
    all
}
