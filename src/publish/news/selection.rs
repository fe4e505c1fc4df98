//! Which items of news are new to a series of issues.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::publish::news::item::NewsItem;

/// The items of one feed or folder, in its order.
#[derive(Clone, Debug)]
pub(crate) struct NewsList {
    /// The feed or folder, as it was typed.
    pub(crate) name: String,
    /// Its items.
    pub(crate) items: Vec<NewsItem>,
}

/// The time from which items count as new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NewsStart {
    /// From a moment that was typed.
    Typed(Timestamp),
    /// From the oldest item that the series has used of the same list; from this moment if it has used none of it. Absent: from
    /// the beginning.
    Usual(Option<Timestamp>),
}

/// The items of news that the issues of a series have recorded.
#[derive(Clone, Debug, Default)]
pub(crate) struct RememberedNews<'r> {
    /// The ids of the items that they used.
    pub(crate) used: BTreeSet<&'r str>,
    /// The ids of the items that were new, and that they left for a later issue: they stay new, however old they are.
    pub(crate) left: BTreeSet<&'r str>,
}

/// The new items, the newest first; those without a date come last, in the order of their list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NewsSelection {
    /// The items for the issue.
    pub(crate) chosen: Vec<ListedItem>,
    /// Further new items, beyond the requested number.
    pub(crate) left: Vec<ListedItem>,
    /// How many items were never used, but are too old to be new.
    pub(crate) older: usize,
    /// How many unused items were left out, since an item of another list has the same page.
    pub(crate) repeated: usize,
}

/// An item, and the list that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedItem {
    /// The name of the list.
    pub(crate) list: String,
    /// The item.
    pub(crate) item: NewsItem,
}

/// Chooses at most `most` items that no issue has used. An item that is in two lists is chosen once.
///
/// In a list that is used for the first time, before there is an issue, the newest `most` items count as new.
pub(crate) fn select(
    lists: &[NewsList],
    remembered: &RememberedNews<'_>,
    start: NewsStart,
    most: usize,
) -> NewsSelection {
    let RememberedNews { used, left } = remembered;
    let mut selection = NewsSelection::default();
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    let mut pages = used_pages(lists, used);
    for (number, list) in lists.iter().enumerate() {
        let start = list_start(list, used, start);
        let mut unused = Vec::new();
        for item in &list.items {
            let id = item.id.as_str();
            if used.contains(id) || !ids.insert(id) {
                continue;
            }
            // The items of one list may have one page, as those of a calendar.
            if item.link.as_deref().is_some_and(|link| *pages.entry(link).or_insert(number) != number) {
                selection.repeated += 1;
                continue;
            }
            unused.push(item);
        }
        let count = unused.len();
        match start {
            None => unused = newest(unused, most),
            Some(start) => unused.retain(|item| {
                left.contains(item.id.as_str()) || item.published.is_none_or(|published| published >= start)
            }),
        }
        selection.older += count - unused.len();
        let listed = |item: &NewsItem| ListedItem { list: list.name.clone(), item: item.clone() };
        selection.chosen.extend(unused.into_iter().map(listed));
    }
    // Stable: what has no date keeps its order.
    selection.chosen.sort_by_key(|listed| std::cmp::Reverse(listed.item.published));
    selection.left = selection.chosen.split_off(most.min(selection.chosen.len()));
    selection
}

/// The newest items with a date, and all without.
fn newest(mut items: Vec<&NewsItem>, most: usize) -> Vec<&NewsItem> {
    items.sort_by_key(|item| std::cmp::Reverse(item.published));
    let dated = items.iter().filter(|item| item.published.is_some()).count();
    items.drain(most.min(dated)..dated);
    items
}

/// The pages of items that were used, with the number of their list.
fn used_pages<'l>(lists: &'l [NewsList], used: &BTreeSet<&str>) -> BTreeMap<&'l str, usize> {
    let items = lists.iter().enumerate().flat_map(|(number, list)| list.items.iter().map(move |item| (number, item)));
    let used = items.filter(|(_, item)| used.contains(item.id.as_str()));
    used.filter_map(|(number, item)| item.link.as_deref().map(|link| (link, number))).collect()
}

/// The time from which unused items of one list are new; absent: not known.
fn list_start(list: &NewsList, used: &BTreeSet<&str>, start: NewsStart) -> Option<Timestamp> {
    let newest_issue = match start {
        NewsStart::Typed(moment) => return Some(moment),
        NewsStart::Usual(newest_issue) => newest_issue,
    };
    let mut used = list.items.iter().filter(|item| used.contains(item.id.as_str())).peekable();
    if used.peek().is_none() {
        return newest_issue;
    }
    used.filter_map(|item| item.published).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::news::item::NewsId;

    fn list(name: &str, items: &[(&str, Option<i64>)]) -> NewsList {
        let item = |(id, day): &(&str, Option<i64>)| NewsItem {
            id: NewsId::of(id),
            title: (*id).to_owned(),
            summary: String::new(),
            // `/1#a` and `/1#b` have one page.
            link: id.starts_with('/').then(|| format!("https://a.example{}", id.split('#').next().unwrap())),
            published: day.map(|day| Timestamp::from_second(day * 86400).unwrap()),
        };
        NewsList { name: name.to_owned(), items: items.iter().map(item).collect() }
    }

    fn ids(items: &[ListedItem]) -> String {
        items.iter().map(|listed| listed.item.id.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn day(day: i64) -> Timestamp {
        Timestamp::from_second(day * 86400).unwrap()
    }

    #[test]
    fn new_is_what_is_unused_and_not_older_than_what_was_used() {
        let lists =
            [list("a", &[("5", Some(5)), ("4", Some(4)), ("x", None), ("3", Some(3)), ("2", Some(2)), ("1", Some(1))])];
        let of = |used: &[&str], start, most| {
            let remembered = RememberedNews { used: used.iter().copied().collect(), left: BTreeSet::from(["1"]) };
            let found = select(&lists, &remembered, start, most);
            format!("{} | {} | {}", ids(&found.chosen), ids(&found.left), found.older)
        };
        assert_eq!(of(&[], NewsStart::Usual(None), 10), "5 4 3 2 1 x |  | 0");
        assert_eq!(of(&[], NewsStart::Usual(None), 2), "5 4 | x | 3");
        // `1` was left by an issue: it is still new.
        assert_eq!(of(&[], NewsStart::Usual(Some(day(3))), 10), "5 4 3 1 x |  | 1");
        assert_eq!(of(&[], NewsStart::Usual(Some(day(3))), 2), "5 4 | 3 1 x | 1");
        // Between two items that were used, one was published late: it is new, whenever the issue was sent.
        assert_eq!(of(&["5", "3"], NewsStart::Usual(Some(day(9))), 10), "4 1 x |  | 1");
        assert_eq!(of(&["5", "4", "3", "2", "1", "x"], NewsStart::Usual(None), 10), " |  | 0");
        assert_eq!(of(&["5"], NewsStart::Typed(day(2)), 10), "4 3 2 1 x |  | 0");
    }

    #[test]
    fn an_item_of_two_lists_is_one() {
        let lists = [
            list("a", &[("/1", Some(1)), ("2", Some(2))]),
            list("b", &[("2", Some(2)), ("/1", Some(1)), ("3", Some(3)), ("/1#b", Some(4))]),
        ];
        let found = select(&lists, &RememberedNews::default(), NewsStart::Usual(None), 10);
        assert_eq!((ids(&found.chosen).as_str(), found.repeated), ("3 2 /1", 1));
        assert_eq!(found.chosen[1].list, "a");
        // So is one whose page was used, in whatever order the lists are.
        let remembered = RememberedNews { used: BTreeSet::from(["/1#b"]), left: BTreeSet::new() };
        let found = select(&lists, &remembered, NewsStart::Typed(day(0)), 10);
        assert_eq!((ids(&found.chosen).as_str(), found.repeated), ("3 2", 1));
    }

    #[test]
    fn items_of_one_list_may_have_one_page() {
        let lists = [list("a", &[("/1#c", Some(3)), ("/1#b", Some(2)), ("/1#a", Some(1))])];
        let remembered = RememberedNews { used: BTreeSet::from(["/1#a"]), left: BTreeSet::new() };
        let found = select(&lists, &remembered, NewsStart::Usual(None), 10);
        assert_eq!((ids(&found.chosen).as_str(), found.repeated), ("/1#c /1#b", 0));
    }
}
