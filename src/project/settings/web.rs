//! Reads `web`: what the pages on the web link to.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::fields::MappingReader;

const BAD_STATEMENT: Code = Code("NL792");

/// Settings for pages on the web that letters do not use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebSettings {
    /// The address of the accessibility statement, `https`; absent: no page links to one.
    pub accessibility_statement: Option<String>,
}

/// Reads the group.
pub(super) fn read(mut reader: MappingReader<'_, '_>) -> WebSettings {
    let accessibility_statement = statement(&mut reader);
    reader.finish_or_guess(&[
        ("accessibility", message!("did you mean `accessibility_statement`?", "mente du `accessibility_statement`?")),
        (
            "tilgængelighedserklæring",
            message!("did you mean `accessibility_statement`?", "mente du `accessibility_statement`?"),
        ),
    ]);
    WebSettings { accessibility_statement }
}

fn statement(reader: &mut MappingReader<'_, '_>) -> Option<String> {
    let text = reader.text("accessibility_statement")?;
    let address = text.value.strip_prefix("https://").filter(|rest| !rest.contains(char::is_whitespace));
    if address.is_some_and(|address| address.starts_with(char::is_alphanumeric)) {
        return Some(text.value);
    }
    let diagnostic = Diagnostic::error(
        BAD_STATEMENT,
        message!(
            "`accessibility_statement` must be an https URL",
            "`accessibility_statement` skal være en https-adresse"
        ),
    );
    let hint = message!(
        "write it like this: accessibility_statement: https://www.was.digst.dk/forening-example",
        "skriv det sådan: accessibility_statement: https://www.was.digst.dk/forening-example"
    );
    reader.report(diagnostic.at(text.place).hint(hint));
    None
}
