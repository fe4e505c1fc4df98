//! The names of audiences as they are written in YAML.

use crate::audience::AudienceId;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::from_text::FromText;

const BAD_AUDIENCE: Code = Code("NL222");

impl FromText for AudienceId {
    fn from_text(text: &str, _key: &str) -> Result<Self, Box<Diagnostic>> {
        Self::parse(text).map_err(|error| {
            Box::new(
                Diagnostic::error(
                    BAD_AUDIENCE,
                    message!("invalid audience `{text}`: {error}", "ugyldig målgruppe `{text}`: {error}"),
                )
                .hint(message!(
                    "write the name of a file in audiences/, without .yaml",
                    "skriv navnet på en fil i audiences/ uden .yaml"
                )),
            )
        })
    }
}
