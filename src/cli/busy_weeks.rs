//! Weeks in which readers get more letters than the limit, for people and for programs.

use serde_json::{Value, json};

use crate::base::message::{Message, message};
use crate::base::noun;
use crate::ops::text::visible;
use crate::publish::calendar::busy_week::{BusyWeek, ReadersLoad};

/// The weeks as lines, and what is not in them.
pub(super) fn lines(load: &ReadersLoad) -> Vec<Message> {
    let limit = noun::LETTER.count(load.limit);
    let head = if load.weeks.is_empty() {
        message!(
            "No reader gets more than {limit} in a week to come (`limits` in newsletter.yaml)",
            "Ingen læser får mere end {limit} i en kommende uge (`limits` i newsletter.yaml)"
        )
    } else {
        message!(
            "Weeks with more than {limit} for a reader (`limits` in newsletter.yaml)",
            "Uger med mere end {limit} til en læser (`limits` i newsletter.yaml)"
        )
    };
    let mut lines = vec![head];
    lines.extend(load.weeks.iter().flat_map(week_lines));
    if load.without_week > 0 {
        let letters = noun::PLANNED_LETTER.count(load.without_week as u64);
        lines.push(message!(
            "  not counted: {letters} without a week (for a month or longer, and no `send_at`)",
            "  ikke talt med: {letters} uden en uge (for en måned eller længere, og uden `send_at`)"
        ));
    }
    lines
}

/// A week: a line for each audience, and one with the letters.
fn week_lines(week: &BusyWeek) -> Vec<Message> {
    let width = week.audiences.iter().map(|load| load.audience.as_str().chars().count()).max().unwrap_or(0);
    let audiences = week.audiences.iter().enumerate().map(|(at, load)| {
        let name = if at == 0 { format!("{}-W{:02}", week.year, week.week) } else { String::new() };
        let (audience, readers) = (load.audience.as_str(), noun::READER.count(load.readers));
        let (over, most) = (load.over, load.most);
        message!(
            "  {name:8}  {audience:width$}  {over} of {readers}, up to {most} letters",
            "  {name:8}  {audience:width$}  {over} af {readers}, op til {most} mails"
        )
    });
    let letters: Vec<String> = week.letters.iter().map(|letter| visible(&letter.name)).collect();
    audiences.chain([Message::verbatim(format!("            {}", letters.join(", ")))]).collect()
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
