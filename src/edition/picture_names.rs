//! The files of the pictures that a text names, for all its readers.

use std::collections::BTreeSet;

use comrak::Arena;
use comrak::nodes::NodeValue;

use crate::edition::html::sanitise;
use crate::edition::html_pictures;
use crate::edition::links;
use crate::issue::manuscript::Manuscript;

/// The files beside the issue that any edition of a text may show: those above the text, in the text, and in blocks
/// that no one in the current lists reads.
pub(crate) fn beside_issue(manuscript: &Manuscript) -> BTreeSet<String> {
    let arena = Arena::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    names.extend(manuscript.issue().front.image.iter().map(|image| image.file.value.clone()));
    let nodes = manuscript.tree(&arena).into_iter().flat_map(comrak::arena_tree::Node::descendants);
    for node in nodes {
        if let NodeValue::Image(link) = &node.data().value {
            names.insert(link.url.clone());
        }
        names.extend(sanitise::raw_html(node).iter().flat_map(|html| html_pictures::addresses(html)));
    }
    names.retain(|name| !name.trim().is_empty() && links::scheme(name.trim()).is_none());
    names
}
