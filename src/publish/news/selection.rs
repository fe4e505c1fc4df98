//! Which items of news are new to a series of issues.

use std::collections::BTreeSet;

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

/// From when on an item may be new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NewsStart {
    /// From a moment that was typed.
    Typed(Timestamp),
    /// From the oldest item that the series has used of the same list; from this moment if it has used none of it. Absent: from
    /// the beginning.
    Usual(Option<Timestamp>),
}

/// What is new, the newest first; what has no date comes last, in the order of its list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NewsSelection {
    /// What the issue is to have.
    pub(crate) chosen: Vec<ListedItem>,
    /// What is new as well, and more than was asked for.
    pub(crate) left: Vec<ListedItem>,
    /// How many items were never used, but are too old to be new.
    pub(crate) older: usize,
}

/// An item, and the list that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedItem {
    /// The name of the list.
    pub(crate) list: String,
    /// The item.
    pub(crate) item: NewsItem,
}

/// Chooses at most `most` items that are in none of the issues whose ids are `used`. An item that is in two lists is chosen once.
pub(crate) fn select(lists: &[NewsList], used: &BTreeSet<&str>, start: NewsStart, most: usize) -> NewsSelection {
    let mut selection = NewsSelection::default();
    let (mut ids, mut links): (BTreeSet<&str>, BTreeSet<&str>) = (BTreeSet::new(), BTreeSet::new());
    for list in lists {
        let start = list_start(list, used, start);
        for item in &list.items {
            let is_known_link = item.link.as_deref().is_some_and(|link| !links.insert(link));
            if !ids.insert(item.id.as_str()) || is_known_link || used.contains(item.id.as_str()) {
                continue;
            }
            if item.published.zip(start).is_some_and(|(published, start)| published < start) {
                selection.older += 1;
                continue;
            }
            selection.chosen.push(ListedItem { list: list.name.clone(), item: item.clone() });
        }
    }
    // Stable: what has no date keeps its order.
    selection.chosen.sort_by_key(|listed| std::cmp::Reverse(listed.item.published));
    selection.left = selection.chosen.split_off(most.min(selection.chosen.len()));
    selection
}

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
            link: id.starts_with('/').then(|| format!("https://a.example{id}")),
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
            let found = select(&lists, &used.iter().copied().collect(), start, most);
            format!("{} | {} | {}", ids(&found.chosen), ids(&found.left), found.older)
        };
        assert_eq!(of(&[], NewsStart::Usual(None), 10), "5 4 3 2 1 x |  | 0");
        assert_eq!(of(&[], NewsStart::Usual(None), 2), "5 4 | 3 2 1 x | 0");
        assert_eq!(of(&[], NewsStart::Usual(Some(day(3))), 10), "5 4 3 x |  | 2");
        // Between two items that were used, one was published late: it is new, whenever the issue was sent.
        assert_eq!(of(&["5", "3"], NewsStart::Usual(Some(day(9))), 10), "4 x |  | 2");
        assert_eq!(of(&["5", "4", "3", "2", "1", "x"], NewsStart::Usual(None), 10), " |  | 0");
        assert_eq!(of(&["5"], NewsStart::Typed(day(2)), 10), "4 3 2 x |  | 1");
    }

    #[test]
    fn an_item_of_two_lists_is_one() {
        let lists = [
            list("a", &[("/1", Some(1)), ("2", Some(2))]),
            list("b", &[("2", Some(2)), ("/1", Some(1)), ("3", Some(3))]),
        ];
        let found = select(&lists, &BTreeSet::new(), NewsStart::Usual(None), 10);
        assert_eq!(ids(&found.chosen), "3 2 /1");
        assert_eq!(found.chosen[1].list, "a");
    }
}
