//! Why a person is in an audience or not, in words.

use crate::audience::explanation::MembershipReason;

/// The reason as a clause.
pub fn describe(reason: &MembershipReason) -> String {
    match reason {
        MembershipReason::Listed(origin) => origin.to_string(),
        MembershipReason::Included { by, at, because } => {
            format!("{}, in {by}, which {}:{} includes", describe(because), at.path(), at.line())
        }
        MembershipReason::Excluded { by, at } => format!("in {by}, which {}:{} excludes", at.path(), at.line()),
        MembershipReason::NotWithin { other, at } => {
            format!("not in {other}, which {}:{} requires", at.path(), at.line())
        }
        MembershipReason::NotSampled { sample, at } => {
            format!("not in the sample of {sample} by {}:{}", at.path(), at.line())
        }
        MembershipReason::RuleMismatch { origin, at, what } => {
            format!("{origin}: {what} ({}:{})", at.path(), at.line())
        }
        MembershipReason::NotListed => "none of its lists has this address".to_owned(),
    }
}
