//! Counts the cells of an `OpenDocument` sheet as if each repeated one were written out (ODF 1.3, 9.1.4 and 19.675).

/// No tag that repeats cells is longer; the rest of a longer one is ignored.
const LONGEST_TAG: usize = 1 << 16;

/// Counts cells in pieces of XML.
#[derive(Debug, Default)]
pub(super) struct RepeatedCells {
    /// The part read so far of the open tag; `None` outside tags.
    tag: Option<Vec<u8>>,
    count: u64,
    /// How often the row is repeated.
    rows: u64,
    /// The cells of the row up to the last one with a value.
    cells: u64,
    /// The empty cells after it, which count only if another one with a value follows.
    empty: u64,
}

impl RepeatedCells {
    /// Reads the next piece.
    pub(super) fn read(&mut self, piece: &[u8]) {
        for byte in piece {
            match (&mut self.tag, byte) {
                (None, b'<') => self.tag = Some(Vec::new()),
                (Some(_), b'>') => {
                    let tag = self.tag.take().unwrap_or_default();
                    self.tag(&tag);
                }
                (Some(tag), byte) if tag.len() < LONGEST_TAG => tag.push(*byte),
                (None | Some(_), _) => {}
            }
        }
    }

    /// The number of cells so far.
    pub(super) fn count(&self) -> u64 {
        self.count.saturating_add(self.cells)
    }

    fn tag(&mut self, tag: &[u8]) {
        let is =
            |name: &[u8]| tag.strip_prefix(name).is_some_and(|rest| matches!(rest.first(), None | Some(b' ' | b'/')));
        if is(b"table:table-row") {
            (self.rows, self.cells, self.empty) = (repeated(tag, "table:number-rows-repeated="), 0, 0);
        } else if is(b"/table:table-row") {
            self.count = self.count.saturating_add(self.cells.saturating_mul(self.rows));
            (self.cells, self.empty) = (0, 0);
        } else if is(b"table:table-cell") || is(b"table:covered-table-cell") {
            let count = repeated(tag, "table:number-columns-repeated=");
            // A cell without content is closed at once, and has neither a value nor a formula.
            if tag.ends_with(b"/") && !contains(tag, "office:") && !contains(tag, "table:formula") {
                self.empty = self.empty.saturating_add(count);
            } else {
                self.cells = self.cells.saturating_add(self.empty).saturating_add(count);
                self.empty = 0;
            }
        }
    }
}

fn contains(tag: &[u8], text: &str) -> bool {
    tag.windows(text.len()).any(|part| part == text.as_bytes())
}

/// The number of an attribute; 1 without it. A number that is too large to be one counts as the largest.
fn repeated(tag: &[u8], attribute: &str) -> u64 {
    let Some(at) = tag.windows(attribute.len()).position(|part| part == attribute.as_bytes()) else { return 1 };
    let rest = &tag[at + attribute.len()..];
    let digits = rest.iter().skip(1).take_while(|byte| byte.is_ascii_digit());
    digits.fold(0_u64, |number, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_cells_are_counted_as_written_out() {
        for (xml, expected) in [
            (
                "<table:table-row><table:table-cell office:value=\"1\"><text:p>1</text:p></table:table-cell></table:table-row>",
                1,
            ),
            (
                "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell \
                 table:number-columns-repeated='16384' office:value=\"1\"/></table:table-row>",
                1_048_576 * 16_384,
            ),
            ("<table:table-row><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>", 0),
            (
                "<table:table-row><table:table-cell table:number-columns-repeated=\"9\"/><table:table-cell \
                 office:value=\"1\"/></table:table-row>",
                10,
            ),
        ] {
            let mut cells = RepeatedCells::default();
            xml.as_bytes().chunks(7).for_each(|piece| cells.read(piece));
            assert_eq!(cells.count(), expected, "{xml}");
        }
    }
}
