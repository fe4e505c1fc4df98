//! Weeks in which readers get more letters than the limit, for people and for programs.

use serde_json::{Value, json};

use crate::ops::text::{count, visible};
use crate::publish::calendar::busy_week::{BusyWeek, ReadersLoad};

/// The weeks as lines, and what is not in them.
pub(super) fn lines(load: &ReadersLoad) -> Vec<String> {
    let limit = count(load.limit, "letter");
    let head = if load.weeks.is_empty() {
        format!("No reader gets more than {limit} in a week to come (`limits` in newsletter.yaml)")
    } else {
        format!("Weeks with more than {limit} for a reader (`limits` in newsletter.yaml)")
    };
    let mut lines = vec![head];
    lines.extend(load.weeks.iter().flat_map(week_lines));
    if load.without_week > 0 {
        let letters = count(load.without_week as u64, "planned letter");
        lines.push(format!("  not counted: {letters} without a week (for a month or longer, and no `send_at`)"));
    }
    lines
}

/// A week: a line for each audience, and one with the letters.
fn week_lines(week: &BusyWeek) -> Vec<String> {
    let width = week.audiences.iter().map(|load| load.audience.as_str().chars().count()).max().unwrap_or(0);
    let audiences = week.audiences.iter().enumerate().map(|(at, load)| {
        let name = if at == 0 { format!("{}-W{:02}", week.year, week.week) } else { String::new() };
        let (audience, readers) = (load.audience.as_str(), count(load.readers, "reader"));
        format!("  {name:8}  {audience:width$}  {} of {readers}, up to {} letters", load.over, load.most)
    });
    let letters: Vec<String> = week.letters.iter().map(|letter| visible(&letter.name)).collect();
    audiences.chain([format!("            {}", letters.join(", "))]).collect()
}

/// A week for programs.
pub(super) fn json(week: &BusyWeek, limit: u64) -> Value {
    json!({
        "state": "over_limit",
        "year": week.year,
        "week": week.week,
        "limit": limit,
        "letters": week.letters,
        "audiences": week.audiences,
    })
}
