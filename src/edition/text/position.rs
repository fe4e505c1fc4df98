//! Where a block is written in the text part: what is before its lines, and whether a blank line comes first.

/// What is written before the first line of a block, and before its other lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct LinePrefix {
    pub(crate) first: String,
    pub(crate) rest: String,
}

impl LinePrefix {
    /// The prefix of a block nested in this one: more text after both prefixes.
    pub(crate) fn then(&self, first: &str, rest: &str) -> Self {
        Self { first: format!("{}{first}", self.first), rest: format!("{}{rest}", self.rest) }
    }

    /// The prefix of every block after the first.
    pub(crate) fn rest(&self) -> Self {
        Self { first: self.rest.clone(), rest: self.rest.clone() }
    }
}

/// Whether a blank line comes before a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlankLine {
    None,
    Before,
    /// Yes, and the block is a box: the blank line belongs neither to it nor to a box directly above.
    BeforeBox,
}

/// Where a block is written.
#[derive(Clone, Debug)]
pub(crate) struct BlockPosition {
    pub(crate) prefix: LinePrefix,
    pub(crate) blank_line: BlankLine,
}

impl BlockPosition {
    /// A place nested in this one.
    pub(crate) fn nested(&self, first: &str, rest: &str) -> Self {
        Self { prefix: self.prefix.then(first, rest), blank_line: self.blank_line }
    }

    /// The place of a box in this one, whose lines all begin with a sign.
    pub(crate) fn boxed(&self, sign: &str) -> Self {
        let blank_line = match self.blank_line {
            BlankLine::None => BlankLine::None,
            BlankLine::Before | BlankLine::BeforeBox => BlankLine::BeforeBox,
        };
        Self { blank_line, ..self.nested(sign, sign) }
    }

    /// The place directly below, without a blank line between.
    pub(crate) fn below(&self) -> Self {
        Self { prefix: self.prefix.rest(), blank_line: BlankLine::None }
    }
}
