//! Reads `greeting`.

use std::collections::BTreeMap;

use crate::base::language::Lang;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Spanned;
use crate::base::source::yaml::fields::MappingReader;
use crate::edition::context::Greeting;

const HALF_GREETING: Code = Code("NL133");

pub(super) fn greeting(settings: &mut MappingReader<'_, '_>) -> Option<Spanned<BTreeMap<Lang, Greeting>>> {
    let place = settings.key_place("greeting")?;
    let mut reader = settings.group("greeting")?;
    let mut greetings = BTreeMap::new();
    for lang in Lang::ALL {
        let Some(mut inner) = reader.group(lang.tag()) else { continue };
        let (with, without) = (inner.text("with_name"), inner.text("without_name"));
        if let (Some(with), Some(without)) = (with, without) {
            greetings.insert(lang, Greeting { with_name: with.value, without_name: without.value });
        } else {
            let message = message!(
                "the greeting in {lang} needs both `with_name` and `without_name`",
                "hilsenen på `{lang}` skal have både `with_name` og `without_name`"
            );
            let place = inner.place();
            let hint = message!(
                "write both: with_name: \"Kære {{{{ first_name }}}}\" and without_name: \"Kære medlem\"",
                "skriv begge: with_name: \"Kære {{{{ first_name }}}}\" og without_name: \"Kære medlem\""
            );
            inner.report(Diagnostic::error(HALF_GREETING, message).at(place).hint(hint));
        }
        inner.finish();
    }
    reader.finish();
    Some(Spanned { value: greetings, place })
}
