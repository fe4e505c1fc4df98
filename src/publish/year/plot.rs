//! Bars as SVG, which is a part of the page.

use std::fmt::Write;

use crate::base::language::Lang;

/// Horizontal bars with the same figures as the table beside them.
#[derive(Clone, Debug)]
pub(super) struct BarPlot {
    /// What the bars show.
    pub(super) title: &'static str,
    /// The bars, the first one on top.
    pub(super) bars: Vec<Bar>,
}

/// One bar.
#[derive(Clone, Debug)]
pub(super) struct Bar {
    name: String,
    value: u64,
    /// The value in the language of the report.
    text: String,
}

impl Bar {
    pub(super) fn new(lang: Lang, name: String, value: u64) -> Self {
        Self { name, value, text: lang.whole(i128::from(value)) }
    }
}

/// In units of the picture; it is shown at about its own size, so that its text is as large as that around it.
const WIDTH: usize = 340;
const BAR_HEIGHT: usize = 16;
/// The height of a line of text, whose letters are 13 high and at most 8 wide.
const LINE: usize = 20;
const LETTER: usize = 8;
/// Names of at most this many letters are beside their bars, others above them.
const LONGEST_BESIDE: usize = 5;
/// Longer names are cut: the table has them whole.
const LONGEST_NAME: usize = 40;

impl BarPlot {
    /// The picture. `id` is that of its table, and makes the ids in the picture unique in the page.
    pub(super) fn svg(&self, id: &str) -> String {
        let longest = self.bars.iter().map(|bar| bar.name.chars().count()).max().unwrap_or(0);
        let is_beside = longest <= LONGEST_BESIDE;
        let left = if is_beside { longest * LETTER + 4 } else { 0 };
        let height = if is_beside { LINE + 4 } else { 2 * LINE + 6 };
        let numbers = self.bars.iter().map(|bar| bar.text.chars().count()).max().unwrap_or(0) * LETTER + 6;
        let room = WIDTH - left - numbers;
        let most = self.bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
        let mut svg = format!(
            "<svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-labelledby=\"{id}-plot\"><title id=\"{id}-plot\">{}</title>",
            height * self.bars.len(),
            escaped(self.title)
        );
        for (at, bar) in self.bars.iter().enumerate() {
            let top = at * height;
            let (name_at, bar_at) = if is_beside { (top + 15, top + 2) } else { (top + 15, top + LINE + 2) };
            let value = usize::try_from(u128::from(bar.value) * room as u128 / u128::from(most)).unwrap_or(room);
            // A bar is never so short that it is invisible.
            let width = if bar.value > 0 { value.max(1) } else { 0 };
            // Writing to a string in memory cannot fail.
            _ = write!(
                svg,
                "<text x=\"0\" y=\"{name_at}\">{}</text><rect x=\"{left}\" y=\"{bar_at}\" width=\"{width}\" height=\"{BAR_HEIGHT}\"/>\
                 <text x=\"{}\" y=\"{}\">{}</text>",
                escaped(&shortened(&bar.name)),
                left + width + 6,
                bar_at + 13,
                escaped(&bar.text)
            );
        }
        svg + "</svg>"
    }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    name.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
