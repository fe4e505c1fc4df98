//! Random schedules around every change of the clocks, compared with a model that counts minutes and applies the rules
//! of summer time instead of time zone tables.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use newsletter::base::source::text::Source;
use newsletter::issue::Issue;
use newsletter::ops::schedule::{RunDecision, SendWindow};

use crate::chance::Chance;

const SCHEDULES: usize = 10_000;
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
/// The years of the clock changes.
const YEARS: [i64; 5] = [2026, 2027, 2028, 2029, 2030];

/// Days from 1970-01-01 to a day of the Gregorian calendar, counted from a March, so that a leap day is the last of its year.
fn days_to(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719_468
}

/// The minute (UTC) at which Europe changes its clocks in a month: 1 o'clock on its last Sunday (directive 2000/84/EC).
fn change(year: i64, month: i64) -> i64 {
    let last = days_to(year, month, 31);
    // 1970-01-01 was a Thursday, so that day 3 was a Sunday.
    (last - (last - 3).rem_euclid(7)) * DAY + HOUR
}

/// What a clock on a wall in Denmark shows at a minute of UTC, as minutes from 1970-01-01 00:00 on that clock.
fn wall(minute: i64) -> i64 {
    let is_summer = YEARS.iter().any(|year| (change(*year, 3)..change(*year, 10)).contains(&minute));
    minute + if is_summer { 2 * HOUR } else { HOUR }
}

/// The minutes at which that clock shows a time, found by looking at it at each minute.
fn minutes_showing(shown: i64) -> Vec<i64> {
    (shown - 3 * HOUR..=shown).filter(|minute| wall(*minute) == shown).collect()
}

/// A time on the wall as it is written in front matter.
fn written(shown: i64, chance: &mut Chance) -> String {
    const MONTHS: [(i64, &str); 4] = [(3, "marts"), (4, "april"), (10, "oktober"), (11, "november")];
    let (hour, minute) = (shown.rem_euclid(DAY) / HOUR, shown.rem_euclid(HOUR));
    let is_day = |year: &i64, month: &i64, day: &i64| days_to(*year, *month, *day) == shown.div_euclid(DAY);
    let days = YEARS.iter().flat_map(|year| MONTHS.iter().map(move |(month, name)| (*year, *month, *name)));
    let mut days = days.flat_map(|(year, month, name)| (1..=31).map(move |day| (year, month, name, day)));
    let (year, month, name, day) = days.find(|(year, month, _, day)| is_day(year, month, day)).unwrap();
    match chance.below(4) {
        0 => format!("{year}-{month:02}-{day:02} kl. {hour}.{minute:02}"),
        1 => format!("{day}. {name} {year} kl. {hour}.{minute:02}"),
        2 => format!("{day}/{month}-{year} kl. {hour}.{minute:02}"),
        _ => format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}"),
    }
}

/// An issue as it is written, or none where its front matter has errors; and whether a time was reported as ambiguous.
fn read(send_at: &str, send_until: Option<&str>) -> (Option<Issue>, bool) {
    let until = send_until.map(|until| format!("send_until: {until}\n")).unwrap_or_default();
    let text = format!("---\nsubject: Nyt\naudiences: [members]\nsend_at: {send_at}\n{until}---\nHej\n");
    let zone = TimeZone::get("Europe/Copenhagen").unwrap();
    let (issue, diagnostics) = Issue::parse(&Source::new("issues/a.md", text), &zone);
    let repeated = diagnostics.iter().any(|diagnostic| diagnostic.code.0 == "NL760");
    (issue, repeated)
}

/// The results of the schedules.
#[derive(Debug, Default)]
struct Tally {
    skipped: usize,
    repeated: usize,
    sent: usize,
    late: usize,
    expired: usize,
}

/// Writes one schedule, lets cron run, and compares each run with the minutes.
fn try_schedule(chance: &mut Chance, tally: &mut Tally) {
    let around = change(chance.pick(&YEARS), chance.pick(&[3, 10]));
    let number =
        |chance: &mut Chance, limit: i64| i64::try_from(chance.below(usize::try_from(limit).unwrap())).unwrap();
    // One time in two within the hours that change, else within three days of them.
    let near = if chance.once_in(2) { number(chance, 4 * HOUR) - HOUR } else { number(chance, 6 * DAY) - 3 * DAY };
    let shown = wall(around - 2 * HOUR) + 2 * HOUR + near;
    let until_shown = chance.once_in(3).then(|| shown + 1 + number(chance, DAY));
    let grace = chance.pick(&[1, 5, 59, HOUR, 6 * HOUR, 26 * HOUR]);
    let (at_text, until_text) = (written(shown, chance), until_shown.map(|until| written(until, chance)));
    let (at, until) = (minutes_showing(shown), until_shown.map(minutes_showing));
    let (issue, repeated) = read(&at_text, until_text.as_deref());
    let is_twice = at.len() == 2 || until.as_ref().is_some_and(|until| until.len() == 2);
    let (Some(at), Some(until)) = (at.first(), until.map_or(Some(None), |until| until.first().copied().map(Some)))
    else {
        tally.skipped += 1;
        assert!(issue.is_none(), "{at_text} {until_text:?}: a time that does not exist is refused");
        return;
    };
    if until.is_some_and(|until| until <= *at) {
        // Both are in the hour that occurs twice, and each means its first minute.
        assert!(issue.is_none(), "{at_text} {until_text:?}");
        return;
    }
    let front = issue.unwrap_or_else(|| panic!("{at_text} {until_text:?} is refused")).front;
    assert_eq!(repeated, is_twice, "{at_text} {until_text:?}");
    tally.repeated += usize::from(is_twice);
    let moment = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
    assert_eq!((front.send_at, front.send_until), (Some(moment(*at)), until.map(moment)), "{at_text} {until_text:?}");
    let grace_time = Duration::from_secs(60 * u64::try_from(grace).unwrap());
    let window = SendWindow { send_at: front.send_at.unwrap(), send_until: front.send_until, grace: grace_time };

    // Cron, on a machine that may be off for some time.
    let every = chance.pick(&[1, 2, 5, 10, 15, 30, 60]);
    let off_from = at - 3 * HOUR + number(chance, 6 * HOUR);
    let off = if chance.once_in(2) { off_from..off_from + number(chance, 12 * HOUR) } else { 0..0 };
    let runs = (at - 6 * HOUR..at + 30 * HOUR).filter(|minute| minute % every == 0 && !off.contains(minute));
    let mut sent = Vec::new();
    for minute in runs {
        let expected = match (minute < *at, until.is_some_and(|until| minute > until), minute - at > grace) {
            (true, _, _) => RunDecision::Early(window.send_at),
            (false, true, _) => {
                RunDecision::Expired { send_at: window.send_at, send_until: window.send_until.unwrap() }
            }
            (false, false, true) => RunDecision::Late(window.send_at),
            (false, false, false) => RunDecision::Send,
        };
        assert_eq!(window.decide(moment(minute)), expected, "{at_text} {until_text:?} at {}", moment(minute));
        match expected {
            // Once it has a plan, its plan decides: it is not sent again.
            RunDecision::Send if sent.is_empty() => sent.push(minute),
            RunDecision::Expired { .. } if sent.is_empty() => return tally.expired += 1,
            RunDecision::Late(_) if sent.is_empty() => return tally.late += 1,
            _ => {}
        }
    }
    assert!(sent.len() == 1 && sent[0] >= *at && sent[0] - at <= grace, "{at_text} {until_text:?}: {sent:?}");
    tally.sent += 1;
}

#[test]
fn each_due_issue_is_sent_once_neither_early_nor_late() {
    let mut chance = Chance::new(17);
    let mut tally = Tally::default();
    for _ in 0..SCHEDULES {
        try_schedule(&mut chance, &mut tally);
    }
    eprintln!("{SCHEDULES} schedules: {tally:?}");
    let Tally { skipped, repeated, sent, late, expired } = tally;
    assert!([skipped, repeated, sent, late, expired].iter().all(|kind| *kind > 100), "each kind occurs: {tally:?}");
}
