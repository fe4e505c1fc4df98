//! What a page holds that the rules of a theme speak of: a letter carries no rule for a block that it has not.

use std::collections::BTreeSet;

/// The elements and the classes of a page.
#[derive(Debug)]
pub(super) struct UsedSelectors<'p> {
    elements: BTreeSet<&'p str>,
    classes: BTreeSet<&'p str>,
}

impl<'p> UsedSelectors<'p> {
    /// Those of a page whose attributes stand in double quotes.
    pub(super) fn of(page: &'p str) -> Self {
        let name = |it: &'p str| it.split(|it: char| !it.is_ascii_alphanumeric()).next().unwrap_or_default();
        let classes = page.split(" class=\"").skip(1).filter_map(|it| it.split('"').next());
        Self {
            elements: page.split('<').skip(1).map(name).collect(),
            classes: classes.flat_map(str::split_whitespace).collect(),
        }
    }

    /// Whether a selector may find something; what it says besides elements and classes is not looked at.
    pub(super) fn holds(&self, selector: &str) -> bool {
        if selector.contains(['(', '"', '\'']) {
            return true;
        }
        let parts = selector.split([' ', '>', '+', '~']).filter(|it| !it.is_empty());
        parts.map(|it| it.split([':', '[', '#']).next().unwrap_or_default()).all(|part| {
            let mut names = part.split('.');
            let element = names.next().unwrap_or_default().to_ascii_lowercase();
            let known = matches!(&*element, "" | "*") || self.elements.contains(&*element);
            known && names.all(|it| self.classes.contains(it))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_is_held_if_each_of_its_parts_is_there() {
        let seen = UsedSelectors::of("<body><p id=\"x\" class=\"a b\">y</p><hr class=\"rule\">");
        let held = ["body", ".a", "p.a.b", "hr.rule", "body > .b:first-child", "*", "p#x", ".a [lang]", "HR:is(p, hr)"];
        let not = ["table", ".c", "p.c", "body .c", ".a code", "h1:first-child"];
        assert!(held.iter().all(|it| seen.holds(it)) && !not.iter().any(|it| seen.holds(it)));
    }
}
