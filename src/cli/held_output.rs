//! Output that is held until it is known whether it is news.

/// What was printed while it was held.
#[derive(Debug, Default)]
pub(super) struct HeldOutput {
    /// In the order in which they were printed.
    pub(super) lines: Vec<HeldLine>,
    /// What the lines that come next are.
    pub(super) next: OutputKind,
    /// The problems that were printed, without addresses.
    pub(super) problems: Vec<String>,
}

/// A line that waits.
#[derive(Debug)]
pub(super) struct HeldLine {
    /// Where it belongs.
    pub(super) stream: OutputStream,
    /// The line, with its colours.
    pub(super) text: String,
    /// Whether it may be left out.
    pub(super) kind: OutputKind,
}

/// Whether a line reports an event or a state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum OutputKind {
    /// A state: the next run may print the same.
    #[default]
    State,
    /// Something that happened in this run.
    News,
}

/// Where a line is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OutputStream {
    /// Standard output.
    Results,
    /// Standard error.
    Notes,
}

impl HeldOutput {
    /// Adds a line.
    pub(super) fn push(&mut self, stream: OutputStream, text: &str) {
        self.lines.push(HeldLine { stream, text: text.to_owned(), kind: self.next });
    }

    /// The output about the state: the problems, or else the lines. How many letters wait behind a problem may differ
    /// from run to run.
    pub(super) fn state(&self) -> Vec<String> {
        if !self.problems.is_empty() {
            return self.problems.clone();
        }
        self.lines.iter().filter(|line| line.kind == OutputKind::State).map(|line| line.text.clone()).collect()
    }
}
