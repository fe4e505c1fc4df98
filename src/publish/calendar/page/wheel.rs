//! The year as a wheel, in SVG: January is at the top, and the months follow clockwise.
//!
//! A shape shows the priority, a fill and a sign show the state, so that neither needs a colour.

use std::f64::consts::TAU;
use std::fmt::Write;

use jiff::civil::{Date, date};

use crate::base::language::Lang;
use crate::edition::html::escape::escape;
use crate::publish::calendar::period::Period;

/// The radius of the wheel; all lengths are in units of its `viewBox`.
const RADIUS: f64 = 300.0;
/// Where the names of the months begin.
const MONTHS: f64 = 274.0;
/// The radius of the circle of weekly entries.
const WEEKLY: f64 = 264.0;
/// The radius of the outermost marks, and the distance to the next ones within.
const OUTERMOST: f64 = 243.0;
const STEP: f64 = 33.0;
/// How many circles of marks there are.
const CIRCLES: u8 = 6;
/// The least distance between the middles of two marks.
const APART: f64 = 33.0;
/// The radius of the middle, where the year is written.
const MIDDLE: f64 = 56.0;
/// A period that is longer, in days, has an arc: a quarter or a year.
const LONG: i32 = 31;

/// A year to be drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct YearWheel {
    /// The year.
    pub(super) year: i16,
    /// The day marked by a line, if it is in the year.
    pub(super) today: Date,
    /// The language of the names.
    pub(super) lang: Lang,
}

/// An entry on the wheel.
#[derive(Clone, Copy, Debug)]
pub(super) struct WheelMark {
    /// Its number in the list.
    pub(super) number: usize,
    /// When it is.
    pub(super) period: Period,
    /// How it looks.
    pub(super) shape: MarkShape,
    /// Its state.
    pub(super) state: MarkState,
}

/// The shape of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MarkShape {
    /// A square.
    Must,
    /// A circle.
    Should,
    /// A circle with a broken line.
    Could,
    /// A point without a number: there would be too many.
    Weekly,
}

/// The fill and the sign of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MarkState {
    /// Empty.
    Planned,
    /// With a second line.
    Due,
    /// Filled, with an exclamation mark.
    Late,
    /// Filled, with a tick.
    Done,
}

impl MarkState {
    /// Its class in the style.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Due => "due",
            Self::Late => "late",
            Self::Done => "done",
        }
    }

    /// Its place among the words for states.
    pub(super) fn index(self) -> usize {
        match self {
            Self::Planned => 0,
            Self::Due => 1,
            Self::Late => 2,
            Self::Done => 3,
        }
    }
}

/// A point of the drawing.
#[derive(Clone, Copy, Debug)]
struct WheelPoint {
    x: f64,
    y: f64,
}

impl WheelPoint {
    /// The point at a part of the year, from 0 to 1, and a distance from the middle.
    fn at(part: f64, radius: f64) -> Self {
        let angle = part * TAU;
        Self { x: radius * angle.sin(), y: -radius * angle.cos() }
    }

    fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

impl YearWheel {
    /// The wheel with its marks.
    pub(super) fn svg(self, marks: &[WheelMark]) -> String {
        let words = &self.lang.language().year;
        let mut out = format!(
            "<svg viewBox=\"-302 -302 604 604\" role=\"img\" aria-labelledby=\"wheel-title wheel-about\">\
             <title id=\"wheel-title\">{}</title><desc id=\"wheel-about\">{}</desc>\n\
             <circle class=\"rim\" r=\"{RADIUS}\"/><circle class=\"face\" r=\"{MONTHS}\"/>\n",
            escape(&words.title.replace("{year}", &self.year.to_string())),
            escape(words.wheel_description),
        );
        self.months(&mut out);
        if self.today.year() == self.year {
            let (from, to) = (self.part(self.today, 0.5), MONTHS);
            line(&mut out, "today", from, [MIDDLE, to]);
        }
        self.marks(&mut out, marks);
        _ = write!(
            out,
            "<circle class=\"middle\" r=\"{MIDDLE}\"/><text class=\"year\" dy=\".35em\">{}</text>\n</svg>",
            self.year
        );
        out
    }

    /// The lines between the months, and their names.
    fn months(self, out: &mut String) {
        for first in (1..=12).filter_map(|month| Date::new(self.year, month, 1).ok()) {
            let class = if first.month() % 3 == 1 { "quarter" } else { "month" };
            line(out, class, self.part(first, 0.0), [MIDDLE, RADIUS]);
            let middle = self.part(first, f64::from(first.days_in_month()) / 2.0);
            let point = WheelPoint::at(middle, f64::midpoint(MONTHS, RADIUS));
            // In the lower half the names would be upside down.
            let turn = if (0.25..0.75).contains(&middle) { middle + 0.5 } else { middle } * 360.0;
            _ = writeln!(
                out,
                "<text class=\"name\" dy=\".35em\" transform=\"translate({:.1} {:.1}) rotate({turn:.1})\">{}</text>",
                point.x,
                point.y,
                escape(self.lang.month_name(first)),
            );
        }
    }

    /// The marks, each on the outermost circle where it touches no other; those with the highest priority first.
    fn marks(self, out: &mut String, marks: &[WheelMark]) {
        let mut taken: Vec<WheelPoint> = Vec::new();
        let mut drawn = String::new();
        for shape in [MarkShape::Weekly, MarkShape::Must, MarkShape::Should, MarkShape::Could] {
            for mark in marks.iter().filter(|mark| mark.shape == shape) {
                let middle = self.middle(mark.period);
                if shape == MarkShape::Weekly {
                    drawn.push_str(&placed(*mark, WheelPoint::at(middle, WEEKLY)));
                    continue;
                }
                let mut radii = (0..CIRCLES).map(|circle| OUTERMOST - STEP * f64::from(circle));
                let is_free = |radius: &f64| {
                    let point = WheelPoint::at(middle, *radius);
                    taken.iter().all(|other| other.distance(point) >= APART)
                };
                let radius = radii.find(is_free).unwrap_or(OUTERMOST);
                let point = WheelPoint::at(middle, radius);
                taken.push(point);
                // Arcs are drawn behind all marks.
                self.arc(out, *mark, radius);
                drawn.push_str(&placed(*mark, point));
            }
        }
        out.push_str(&drawn);
    }

    /// The arc of a long period.
    fn arc(self, out: &mut String, mark: WheelMark, radius: f64) {
        let period = mark.period;
        if period.distance_between_ends() <= LONG {
            return;
        }
        let class = mark.state.class();
        if matches!(period, Period::Year { .. }) {
            _ = writeln!(out, "<circle class=\"arc {class}\" r=\"{radius}\"/>");
            return;
        }
        let [from, to] = [self.part(period.first(), 0.0), self.part(period.last(), 1.0)];
        let [start, end] = [from, to].map(|part| WheelPoint::at(part, radius));
        let is_large = u8::from(to - from > 0.5);
        _ = writeln!(
            out,
            "<path class=\"arc {class}\" d=\"M{:.1} {:.1}A{radius} {radius} 0 {is_large} 1 {:.1} {:.1}\"/>",
            start.x, start.y, end.x, end.y
        );
    }

    /// The middle of a period, as a part of the year.
    fn middle(self, period: Period) -> f64 {
        f64::midpoint(self.part(period.first(), 0.0), self.part(period.last(), 1.0))
    }

    /// Some days after the beginning of a day, as a part of the year. Days outside the year are placed at its ends.
    fn part(self, day: Date, later: f64) -> f64 {
        let first = date(self.year, 1, 1);
        let days = f64::from((day - first).get_days()) + later;
        (days / f64::from(first.days_in_year())).clamp(0.0, 1.0)
    }
}

/// A line from one distance from the middle to another.
fn line(out: &mut String, class: &str, part: f64, radii: [f64; 2]) {
    let [from, to] = radii.map(|radius| WheelPoint::at(part, radius));
    _ = writeln!(
        out,
        "<line class=\"{class}\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>",
        from.x, from.y, to.x, to.y
    );
}

/// A mark at its place, with its number.
fn placed(mark: WheelMark, point: WheelPoint) -> String {
    let WheelMark { number, shape, state, .. } = mark;
    let class = state.class();
    let WheelPoint { x, y } = point;
    let number = if shape == MarkShape::Weekly { String::new() } else { format!("<text dy=\".35em\">{number}</text>") };
    format!(
        "<g class=\"mark {class}\" transform=\"translate({x:.1} {y:.1})\">{}{number}{}</g>\n",
        outline(shape, state),
        sign(shape, state)
    )
}

/// The outline of a mark, with a second one around it for a due entry.
fn outline(shape: MarkShape, state: MarkState) -> &'static str {
    match (shape, state) {
        (MarkShape::Must, MarkState::Due) => {
            "<rect class=\"ring\" x=\"-16\" y=\"-16\" width=\"32\" height=\"32\" rx=\"4\"/>\
             <rect x=\"-12.5\" y=\"-12.5\" width=\"25\" height=\"25\" rx=\"2\"/>"
        }
        (MarkShape::Must, MarkState::Planned | MarkState::Late | MarkState::Done) => {
            "<rect x=\"-13.5\" y=\"-13.5\" width=\"27\" height=\"27\" rx=\"2\"/>"
        }
        (MarkShape::Should, MarkState::Due) => "<circle class=\"ring\" r=\"16\"/><circle r=\"12.5\"/>",
        (MarkShape::Should, MarkState::Planned | MarkState::Late | MarkState::Done) => "<circle r=\"14.5\"/>",
        (MarkShape::Could, MarkState::Due) => {
            "<circle class=\"ring broken\" r=\"16\"/><circle class=\"broken\" r=\"12.5\"/>"
        }
        (MarkShape::Could, MarkState::Planned | MarkState::Late | MarkState::Done) => {
            "<circle class=\"broken\" r=\"14.5\"/>"
        }
        (MarkShape::Weekly, MarkState::Planned | MarkState::Due) => "<circle r=\"3.5\"/>",
        (MarkShape::Weekly, MarkState::Late) => "<path class=\"cross\" d=\"M-4-4L4 4M-4 4L4-4\"/>",
        (MarkShape::Weekly, MarkState::Done) => "<circle r=\"4\"/>",
    }
}

/// The sign in the corner of a mark.
fn sign(shape: MarkShape, state: MarkState) -> &'static str {
    match (shape, state) {
        (MarkShape::Weekly, _) | (_, MarkState::Planned | MarkState::Due) => "",
        (MarkShape::Must | MarkShape::Should | MarkShape::Could, MarkState::Late) => {
            "<g class=\"sign\" transform=\"translate(12 -12)\"><circle r=\"7\"/><path d=\"M0-4V1M0 3.2V4.2\"/></g>"
        }
        (MarkShape::Must | MarkShape::Should | MarkShape::Could, MarkState::Done) => {
            "<g class=\"sign\" transform=\"translate(12 -12)\"><circle r=\"7\"/><path d=\"M-3.5 0.2L-1 2.8 3.5-2.8\"/></g>"
        }
    }
}

/// A mark without a number, for a legend or beside a word.
pub(super) fn example(shape: MarkShape, state: MarkState) -> String {
    format!(
        "<svg class=\"example\" viewBox=\"-20 -21 41 41\" aria-hidden=\"true\"><g class=\"mark {}\">{}{}</g></svg>",
        state.class(),
        outline(shape, state),
        sign(shape, state)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(marks: &[WheelMark], today: Date) -> String {
        YearWheel { year: 2027, today, lang: Lang::default() }.svg(marks)
    }

    fn must(number: usize, period: Period) -> WheelMark {
        WheelMark { number, period, shape: MarkShape::Must, state: MarkState::Planned }
    }

    #[test]
    fn marks_do_not_touch_each_other() {
        let day = Period::day(date(2027, 5, 24));
        let marks: Vec<WheelMark> = (1..=6).map(|number| must(number, day)).collect();
        let drawn = svg(&marks, date(2026, 1, 1));
        let points: Vec<WheelPoint> = drawn
            .lines()
            .filter_map(|line| {
                let (x, y) = line.strip_prefix("<g class=\"mark planned\" transform=\"translate(")?.split_once(' ')?;
                Some(WheelPoint { x: x.parse().ok()?, y: y.split_once(')')?.0.parse().ok()? })
            })
            .collect();
        assert_eq!(points.len(), 6);
        for (at, point) in points.iter().enumerate() {
            assert!(points[..at].iter().all(|other| other.distance(*point) > APART - 0.2), "{points:?}");
        }
    }

    #[test]
    fn the_line_of_a_day_is_on_the_wheel_of_its_year_only() {
        assert!(svg(&[], date(2027, 3, 1)).contains("class=\"today\""));
        assert!(!svg(&[], date(2028, 3, 1)).contains("class=\"today\""));
    }

    #[test]
    fn what_lasts_longer_than_a_month_has_an_arc() {
        let has_arc =
            |period: Option<Period>| svg(&[must(1, period.unwrap())], date(2026, 1, 1)).contains("class=\"arc");
        assert!(has_arc(Period::quarter(2027, 4)) && has_arc(Period::whole_year(2027)));
        assert!(!has_arc(Period::month(2027, 1)) && !has_arc(Period::week(2027, 52)));
    }
}
