//! The elements and classes that a page uses, so that a letter has no rules for blocks that it does not contain.

use std::collections::BTreeSet;

/// The elements and classes of a page.
#[derive(Debug)]
pub(super) struct UsedSelectors<'p> {
    elements: BTreeSet<&'p str>,
    classes: BTreeSet<&'p str>,
}

impl<'p> UsedSelectors<'p> {
    /// Those of a page whose attributes are in double quotes.
    pub(super) fn of(page: &'p str) -> Self {
        let name =
            |tag: &'p str| tag.split(|character: char| !character.is_ascii_alphanumeric()).next().unwrap_or_default();
        let classes = page.split(" class=\"").skip(1).filter_map(|attribute| attribute.split('"').next());
        // One after the other: to collect them would sort all of them, and a page has few different ones.
        let mut used = Self { elements: BTreeSet::new(), classes: BTreeSet::new() };
        used.elements.extend(page.split('<').skip(1).map(name));
        used.classes.extend(classes.flat_map(str::split_whitespace));
        used
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
