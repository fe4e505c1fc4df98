//! The elements and classes that a page uses, so that a letter has no rules for blocks that it does not contain.

use std::collections::BTreeSet;

use crate::base::text_search;

/// The elements and classes of a page.
#[derive(Debug)]
pub(super) struct UsedSelectors<'p> {
    elements: BTreeSet<&'p str>,
    classes: BTreeSet<&'p str>,
}

impl<'p> UsedSelectors<'p> {
    /// Those of a page whose attributes are in double quotes.
    pub(super) fn of(page: &'p str) -> Self {
        let name = |tag: &'p str| &tag[..tag.bytes().take_while(u8::is_ascii_alphanumeric).count()];
        let value = |attribute: &'p str| attribute.split('"').next().unwrap_or_default();
        // One after the other: to collect them would sort all of them, and a page has few different ones.
        let (mut elements, mut attributes) = (BTreeSet::new(), BTreeSet::new());
        elements.extend(text_search::all_behind(page, "<").map(name).filter(|name| !name.is_empty()));
        attributes.extend(text_search::all_behind(page, " class=\"").map(value));
        Self { elements, classes: attributes.into_iter().flat_map(str::split_whitespace).collect() }
    }

    /// Whether a selector may match something; only elements and classes are looked at.
    pub(super) fn may_match(&self, selector: &str) -> bool {
        // `:is(p, td)` and a quoted value may hold any of the characters that are split at below.
        if selector.contains(['(', '"', '\'']) {
            return true;
        }
        let parts = selector.split([' ', '>', '+', '~']).filter(|part| !part.is_empty());
        parts.map(|part| part.split([':', '[', '#']).next().unwrap_or_default()).all(|part| {
            let mut names = part.split('.');
            let element = names.next().unwrap_or_default().to_ascii_lowercase();
            let known = matches!(&*element, "" | "*") || self.elements.contains(&*element);
            known && names.all(|class| self.classes.contains(class))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_may_match_if_each_of_its_parts_is_on_the_page() {
        let seen = UsedSelectors::of("<body><p id=\"x\" class=\"a b\">y</p><hr class=\"rule\">");
        let held = ["body", ".a", "p.a.b", "hr.rule", "body > .b:first-child", "*", "p#x", ".a [lang]", "HR:is(p, hr)"];
        let not = ["table", ".c", "p.c", "body .c", ".a code", "h1:first-child"];
        assert!(
            held.iter().all(|selector| seen.may_match(selector))
                && !not.iter().any(|selector| seen.may_match(selector))
        );
    }
}
