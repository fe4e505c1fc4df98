//! The words of the page of `preview --watch`.

use serde::Serialize;

/// The words of the page of `preview --watch`, besides those of the preview.
#[derive(Debug, Serialize)]
pub struct LivePreviewWords {
    /// Before the first picture of the issue.
    pub waiting: &'static str,
    /// The file is missing: `{file}`.
    pub gone: &'static str,
    /// The letter on the page is older than the file.
    pub last_good: &'static str,
    /// The program has ended.
    pub disconnected: &'static str,
    /// While the project is checked.
    pub checking: &'static str,
    /// Above what `check` reports.
    pub check: &'static str,
    /// How the letter is shown: the name of a group of buttons.
    pub view: &'static str,
    /// The name of a group of buttons: computer or phone.
    pub screen: &'static str,
    /// The name of a group of buttons: light or dark.
    pub colours: &'static str,
    /// The name of a button.
    pub light: &'static str,
    /// The name of a button.
    pub dark: &'static str,
    /// The name of a group of buttons: with or without pictures.
    pub pictures: &'static str,
    /// Pictures are shown.
    pub pictures_on: &'static str,
    /// Pictures are not loaded.
    pub pictures_off: &'static str,
    /// Above the figures of an edition.
    pub facts: &'static str,
    /// Above the form that sends a test.
    pub test: &'static str,
    /// Before the field for an address.
    pub to: &'static str,
    /// Send the edition that is shown.
    pub this_edition: &'static str,
    /// Send all editions.
    pub all_editions: &'static str,
    /// The button.
    pub send: &'static str,
    /// While it is sent.
    pub sending: &'static str,
    /// A relay has accepted a letter to `{address}`; `{edition}` is its edition.
    pub sent: &'static str,
    /// It is in the outbox.
    pub written: &'static str,
    /// A letter was not accepted: `{reason}`.
    pub not_sent: &'static str,
    /// No test is sent, since the issue has errors.
    pub has_errors: &'static str,
    /// No test is sent from a project that is not trusted.
    pub untrusted: &'static str,
    /// The address of a test is invalid: `{reason}`.
    pub bad_address: &'static str,
    /// Before the code with which the issue is approved.
    pub code: &'static str,
    /// Singular and plural.
    pub errors: [&'static str; 2],
    /// Singular and plural.
    pub warnings: [&'static str; 2],
}

#[cfg(test)]
mod tests {
    use crate::base::language::Lang;

    #[test]
    fn the_live_preview_has_all_its_words_with_the_same_places_for_values() {
        let live_preview = |lang: Lang| serde_json::to_value(&lang.language().live_preview).unwrap();
        let expected = live_preview(Lang::ALL[0]);
        for lang in Lang::ALL {
            for (field, text) in live_preview(lang).as_object().unwrap() {
                let places = ["{address}", "{edition}", "{file}", "{reason}"];
                let [own, first] =
                    [text, &expected[field]].map(|text| places.map(|place| text.to_string().contains(place)));
                assert!(text != "" && own == first, "{lang}: {field}");
            }
        }
    }
}
