//! The words of the built-in theme, in each language.

use comrak::nodes::AlertType;
use serde::Serialize;

use crate::recipient::Lang;

/// What every letter says by itself.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Words {
    /// Before the reason.
    pub(crate) because: &'static str,
    /// The link that ends it.
    pub(crate) unsubscribe: &'static str,
    /// The link to the same text on the web.
    pub(crate) online: &'static str,
    /// A task that is done.
    pub(crate) done: &'static str,
    /// A task that is not done.
    pub(crate) open: &'static str,
}

impl Words {
    /// The words of a language.
    pub(crate) const fn of(lang: Lang) -> Self {
        match lang {
            Lang::Danish => Self {
                because: "Du får mailen, fordi",
                unsubscribe: "Afmeld nyhedsbrevet",
                online: "Læs i browser",
                done: "udført",
                open: "ikke udført",
            },
            Lang::English => Self {
                because: "You receive this because",
                unsubscribe: "Unsubscribe",
                online: "Read in your browser",
                done: "done",
                open: "not done",
            },
        }
    }

    /// The name of a kind of notice.
    pub(crate) const fn alert(kind: AlertType, lang: Lang) -> &'static str {
        match (lang, kind) {
            (Lang::Danish, AlertType::Note) => "Bemærk",
            (Lang::Danish, AlertType::Important) => "Vigtigt",
            (Lang::Danish, AlertType::Warning) => "Advarsel",
            (Lang::Danish, AlertType::Caution) => "Pas på",
            (Lang::English, AlertType::Note) => "Note",
            (Lang::Danish | Lang::English, AlertType::Tip) => "Tip",
            (Lang::English, AlertType::Important) => "Important",
            (Lang::English, AlertType::Warning) => "Warning",
            (Lang::English, AlertType::Caution) => "Caution",
        }
    }
}
