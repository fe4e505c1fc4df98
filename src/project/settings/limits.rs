//! Reads `bounces` and `limits`: how many letters may fail, and how many a reader gets.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::fields::MappingReader;
use crate::delivery::ledger::feedback::BounceLimits;
use crate::delivery::refusal_limit::RefusalLimit;

const BAD_LIMIT: Code = Code("NL755");
/// The largest limit, below the number of letters that can be counted for a reader and week.
const MOST_PER_WEEK: u64 = 100;

/// How many letters may fail before something is done.
#[derive(Clone, Copy, Debug)]
pub struct FailureLimits {
    /// When a reader whose letters do not arrive is suppressed.
    pub bounces: BounceLimits,
    /// How many letters of an issue may be refused before its run pauses; absent: any number.
    pub refused: Option<RefusalLimit>,
}

/// The values of both keys.
pub(super) struct LetterLimits {
    /// How many letters may fail.
    pub(super) failures: FailureLimits,
    /// How many letters a week a reader should get at most, over all series; absent: any number.
    pub(super) per_week: Option<u64>,
}

/// Reads both keys.
pub(super) fn read(reader: &mut MappingReader<'_, '_>) -> LetterLimits {
    let bounces = reader.group("bounces").map(bounces).unwrap_or_default();
    let usual = Some(RefusalLimit::default());
    let Some(mut keys) = reader.group("limits") else {
        return LetterLimits { failures: FailureLimits { bounces, refused: usual }, per_week: None };
    };
    let refused = refused(&mut keys);
    let per_week = if keys.has_value("per_week") { keys.number("per_week", 1, MOST_PER_WEEK) } else { None };
    keys.finish();
    LetterLimits { failures: FailureLimits { bounces, refused }, per_week }
}

fn bounces(mut reader: MappingReader<'_, '_>) -> BounceLimits {
    let usual = BounceLimits::default();
    let soft_limit = if reader.has_value("soft_limit") { reader.number("soft_limit", 1, 1_000) } else { None };
    reader.finish();
    BounceLimits { soft_limit: soft_limit.unwrap_or(usual.soft_limit) }
}

fn refused(keys: &mut MappingReader<'_, '_>) -> Option<RefusalLimit> {
    let usual = Some(RefusalLimit::default());
    let text = keys.text("refused");
    match &text {
        None => usual,
        Some(text) if text.value == "off" => None,
        Some(text) => RefusalLimit::parse(&text.value).or_else(|| {
            let diagnostic = Diagnostic::error(
                BAD_LIMIT,
                message!("`{}` is not a valid percentage", "`{}` er ikke en gyldig procent", text.value),
            );
            let hint = message!(
                "write a percentage above 0% and below 100%, such as `refused: 5%`, or `refused: off`",
                "skriv en procent over 0 % og under 100 %, f.eks. `refused: 5%`, eller `refused: off`"
            );
            keys.report(diagnostic.at(text.place.clone()).hint(hint));
            usual
        }),
    }
}
