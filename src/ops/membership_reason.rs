//! Why a person is in an audience or not, in words.

use crate::audience::explanation::MembershipReason;
use crate::base::message::{Message, composed, message};

/// The reason as a clause.
pub fn describe(reason: &MembershipReason) -> Message {
    match reason {
        MembershipReason::Listed(origin) => Message::verbatim(origin.to_string()),
        MembershipReason::Included { by, at, because } => {
            message!(
                "{}, in {by}, which {}:{} includes",
                "{}, i {by}, som {}:{} tager med",
                describe(because),
                at.path(),
                at.line()
            )
        }
        MembershipReason::Excluded { by, at } => {
            message!("in {by}, which {}:{} excludes", "i {by}, som {}:{} udelader", at.path(), at.line())
        }
        MembershipReason::NotWithin { other, at } => {
            message!("not in {other}, which {}:{} requires", "ikke i {other}, som {}:{} kræver", at.path(), at.line())
        }
        MembershipReason::NotSampled { sample, at } => {
            message!(
                "not in the sample of {sample} by {}:{}",
                "ikke i stikprøven på {sample} efter {}:{}",
                at.path(),
                at.line()
            )
        }
        MembershipReason::RuleMismatch { origin, at, what } => {
            composed!("{origin}: {what} ({}:{})", at.path(), at.line())
        }
        MembershipReason::NotListed => {
            message!("none of its lists has this address", "ingen af dens lister har adressen")
        }
    }
}
