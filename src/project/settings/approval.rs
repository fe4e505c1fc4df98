//! Reads who must approve an issue before it is sent.

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Span;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::node::NodeKind;

const INVALID: Code = Code("NL745");

/// More people than any board has.
const MOST: usize = 20;

/// Who must approve an issue before it is sent. Its author never counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalRule {
    /// The names or e-mail addresses of those who may approve; none: anyone except the author.
    pub by: Vec<String>,
    /// How many of them must approve.
    pub count: usize,
}

impl Default for ApprovalRule {
    fn default() -> Self {
        Self { by: Vec::new(), count: 1 }
    }
}

/// The rule; absent: `send` requires no approval.
pub(super) fn read(reader: &mut MappingReader<'_, '_>) -> Option<ApprovalRule> {
    let place = reader.key_place("approval")?;
    let node = reader.node("approval")?;
    if let NodeKind::Mapping(_) = node.kind {
        let mut group = reader.group("approval")?;
        let rule = group_rule(&mut group, &place);
        group.finish();
        return Some(rule);
    }
    if node.scalar() != Some("required") {
        // An invalid value must not mean that no approval is needed.
        report(
            reader,
            &place,
            message!(
                "`approval` must be `required`, or say who approves",
                "`approval` skal være `required` eller sige, hvem der godkender"
            ),
        );
    }
    Some(ApprovalRule::default())
}

fn group_rule(group: &mut MappingReader<'_, '_>, place: &Span) -> ApprovalRule {
    let by: Vec<String> = group.texts("by").into_iter().map(|name| name.value.trim().to_owned()).collect();
    let is_counted = group.has("count");
    let count = group.number("count", 1, MOST).unwrap_or(1);
    if group.has("by") && by.iter().all(String::is_empty) {
        report(group, place, message!("`by` of `approval` is empty", "`by` i `approval` nævner ingen"));
    } else if !by.is_empty() && count > by.len() {
        report(
            group,
            place,
            message!(
                "`approval` needs {count} people, but `by` names {}",
                "`approval` kræver {count} personer, men `by` nævner {}",
                by.len()
            ),
        );
    } else if is_counted && !group.has_value("count") {
        report(group, place, message!("`count` of `approval` has no value", "`count` i `approval` har ingen værdi"));
    }
    ApprovalRule { by, count }
}

fn report(reader: &mut MappingReader<'_, '_>, place: &Span, message: Message) {
    let hint = message!(
        "write `approval: required`, or `approval: {{by: [Karen Holm, Erik Bach], count: 1}}`",
        "skriv `approval: required` eller `approval: {{by: [Karen Holm, Erik Bach], count: 1}}`"
    );
    reader.report(Diagnostic::error(INVALID, message).at(place.clone()).hint(hint));
}
