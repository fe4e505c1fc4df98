//! Reads `bounces` and `limits`: how many letters may fail.

use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::fields::MappingReader;
use crate::delivery::ledger::feedback::BounceLimits;
use crate::delivery::refusal_limit::RefusalLimit;

const BAD_LIMIT: Code = Code("NL755");

/// How many letters may fail before something is done.
#[derive(Clone, Copy, Debug)]
pub struct FailureLimits {
    /// When a reader whose letters do not arrive is suppressed.
    pub bounces: BounceLimits,
    /// How many letters of an issue may be refused before its run pauses; absent: any number.
    pub refused: Option<RefusalLimit>,
}

impl FailureLimits {
    /// Reads both keys.
    pub(super) fn read(reader: &mut MappingReader<'_, '_>) -> Self {
        Self { bounces: reader.group("bounces").map(bounces).unwrap_or_default(), refused: refused(reader) }
    }
}

fn bounces(mut reader: MappingReader<'_, '_>) -> BounceLimits {
    let usual = BounceLimits::default();
    let soft_limit = if reader.has_value("soft_limit") { reader.number("soft_limit", 1, 1_000) } else { None };
    reader.finish();
    BounceLimits { soft_limit: soft_limit.unwrap_or(usual.soft_limit) }
}

fn refused(reader: &mut MappingReader<'_, '_>) -> Option<RefusalLimit> {
    let usual = Some(RefusalLimit::default());
    let Some(mut keys) = reader.group("limits") else { return usual };
    let text = keys.text("refused");
    let limit = match &text {
        None => usual,
        Some(text) if text.value == "off" => None,
        Some(text) => RefusalLimit::parse(&text.value).or_else(|| {
            let diagnostic = Diagnostic::error(BAD_LIMIT, format!("`{}` is not a valid percentage", text.value));
            let hint = "write a percentage above 0% and below 100%, such as `refused: 5%`, or `refused: off`";
            keys.report(diagnostic.at(text.place.clone()).hint(hint));
            usual
        }),
    };
    keys.finish();
    limit
}
