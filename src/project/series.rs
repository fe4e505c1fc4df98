//! Applies the settings of a series to its issues.

use std::borrow::Cow;

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::issue::Issue;
use crate::issue::series::SeriesId;
use crate::project::Project;
use crate::project::settings::Settings;
use crate::project::settings::series::Series;

const NO_SERIES: Code = Code("NL313");

impl Project {
    /// The series of an issue; absent if it has none.
    pub fn series_of(&self, issue: &Issue) -> Option<&Series> {
        self.settings().series.get(&issue.front.series.as_ref()?.value)
    }

    /// Fills in the values that an issue leaves to its series; an unknown series is reported.
    pub(super) fn apply_series(&self, issue: &mut Issue, diagnostics: &mut Diagnostics) {
        let Some(named) = issue.front.series.clone() else { return };
        let Some(series) = self.settings().series.get(&named.value) else {
            let known = self.settings().series.keys().map(SeriesId::as_str);
            let unknown = Diagnostic::unknown(NO_SERIES, message!("series", "serie"), named.value.as_str(), known)
                .at(named.place);
            let otherwise = message!(
                "delete the line, or add the series under `series:` in newsletter.yaml",
                "slet linjen, eller tilføj serien under `series:` i newsletter.yaml"
            );
            diagnostics.push(unknown.or_hint(otherwise));
            return;
        };
        let front = &mut issue.front;
        if front.audiences.is_empty() {
            let place = named.place.clone();
            let audiences =
                series.audiences.iter().map(|audience| Spanned { value: audience.clone(), place: place.clone() });
            front.audiences = audiences.collect();
        }
        front.from = front.from.take().or_else(|| series.from.clone());
        front.reply_to = front.reply_to.take().or_else(|| series.reply_to.clone());
    }

    /// The project with the name and appearance of an issue's series. The newsletter's own name goes above the postal address:
    /// readers must see who is responsible for the mail.
    pub(crate) fn as_of(&self, issue: &Issue) -> Cow<'_, Self> {
        let Some(series) = self.series_of(issue) else { return Cow::Borrowed(self) };
        let own = self.settings();
        let settings = Settings {
            name: series.name.clone(),
            brand: series.brand.clone(),
            postal_address: format!("{}\n{}", own.name, own.postal_address),
            ..own.clone()
        };
        Cow::Owned(Self { settings, ..self.clone() })
    }
}
