//! What several audiences use by name: rules and lists.

use crate::audience::named_lists::NamedLists;
use crate::audience::rules::Rules;

/// The rules and lists of a project that audiences name.
#[derive(Clone, Debug, Default)]
pub struct SharedParts {
    /// The rules.
    pub rules: Rules,
    /// The lists.
    pub lists: NamedLists,
}
