//! The words of a year of the calendar.

use serde::Serialize;

/// The words of the year's calendar: its page and its file for calendar programs. `{date}` is a short date, `{title}`
/// the title of an entry, `{number}` the number of a week, a quarter or a row of the page.
#[derive(Debug, Serialize)]
pub struct YearWords {
    /// The heading: `{year}`.
    pub title: &'static str,
    /// The day for which the page is right: `{date}`.
    pub on: &'static str,
    /// A week: `{number}`.
    pub week: &'static str,
    /// A quarter: `{number}`.
    pub quarter: &'static str,
    /// The priorities, the firmest first.
    pub priorities: [&'static str; 3],
    /// The states: planned, due, late, done.
    pub states: [&'static str; 4],
    /// The kinds: newsletter, campaign, release, event, meeting.
    pub kinds: [&'static str; 5],
    /// By when a stage must be reached: draft, approved, sent or published. `{date}`.
    pub by: [&'static str; 3],
    /// That a stage was not reached in time: draft, approved, sent or published. `{date}`.
    pub missed: [&'static str; 3],
    /// The deadline of a stage in a calendar: draft, approved, sent or published. `{title}`.
    pub deadlines: [&'static str; 3],
    /// When it was done: `{date}`.
    pub done_on: &'static str,
    /// Above the numbers of the entries.
    pub number: &'static str,
    /// Above the days.
    pub when: &'static str,
    /// Above the titles.
    pub what: &'static str,
    /// Above the priorities.
    pub priority: &'static str,
    /// Above the states.
    pub state: &'static str,
    /// Before the audiences of an entry: `{audiences}`.
    pub audiences: &'static str,
    /// The heading of the wheel.
    pub wheel: &'static str,
    /// What the wheel shows, for those who do not see it.
    pub wheel_description: &'static str,
    /// The heading of the list.
    pub list: &'static str,
    /// The line of the day on the wheel.
    pub today: &'static str,
    /// The small points on the wheel.
    pub weekly: &'static str,
    /// Above the issues that were sent and are in no entry.
    pub unlisted: &'static str,
    /// That the year has no entries: `{year}`.
    pub empty: &'static str,
    /// Above the weeks in which readers get more letters than the limit: `{limit}`.
    pub busy: &'static str,
    /// That there is no such week: `{limit}`.
    pub not_busy: &'static str,
    /// Above the audiences of these weeks.
    pub busy_audience: &'static str,
    /// Above the numbers of these readers.
    pub busy_readers: &'static str,
    /// How many readers get more than the limit, and the most that one gets: `{over}`, `{readers}`, `{most}`.
    pub busy_share: &'static str,
    /// How many letters belong to no week: `{number}`.
    pub without_week: &'static str,
    /// States that suppressed readers are counted too.
    pub suppressed_counted: &'static str,
}
