//! The canonical form of letters, in which they are hashed: `relaxed` (RFC 6376 §3.4.2, §3.4.4).

use aws_lc_rs::digest::{self, Context, Digest};

/// How many bytes are examined in one go.
const STRIDE: usize = 64;

/// One field of a header, as it is in the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeaderField<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
}

/// The header, up to the line end of its last field, and the body.
pub(super) fn split_header(letter: &[u8]) -> (&[u8], &[u8]) {
    let end = line_ends(letter).find(|end| letter[*end..].starts_with(b"\r\n"));
    end.map_or((letter, &[]), |end| (&letter[..end], &letter[end + 2..]))
}

/// The fields of a header, in order; a line without a colon is skipped.
pub(super) fn fields(header: &[u8]) -> Vec<HeaderField<'_>> {
    let mut fields = Vec::with_capacity(16);
    let mut start = 0;
    // A line that begins with a space or a tab belongs to the field above it (RFC 5322 §2.2.3).
    let ends = line_ends(header).filter(|end| !matches!(header.get(*end), Some(b' ' | b'\t')));
    for end in ends.map(|end| end - 2).chain([header.len()]) {
        let field = header.get(start..end).unwrap_or_default();
        if let Some(colon) = field.iter().position(|byte| *byte == b':') {
            fields.push(HeaderField { name: field[..colon].trim_ascii_end(), value: &field[colon + 1..] });
        }
        start = end + 2;
    }
    fields
}

/// Where the lines of a text end, behind their CRLF.
fn line_ends(text: &[u8]) -> impl Iterator<Item = usize> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += 1 + text[at..].iter().position(|byte| *byte == b'\n')?;
            if text[..at].ends_with(b"\r\n") {
                return Some(at);
            }
        }
    })
}

/// Writes a field without its CRLF: the name in lower case, the value on one line with single spaces (RFC 6376 §3.4.2).
pub(super) fn write_field(canonical: &mut Vec<u8>, field: HeaderField<'_>) {
    canonical.extend(field.name.iter().map(u8::to_ascii_lowercase));
    canonical.push(b':');
    let words = field.value.split(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).filter(|word| !word.is_empty());
    for (position, word) in words.enumerate() {
        if position > 0 {
            canonical.push(b' ');
        }
        canonical.extend_from_slice(word);
    }
}

/// The SHA-256 of a body.
pub(super) fn body_digest(body: &[u8]) -> Digest {
    let mut context = Context::new(&digest::SHA256);
    relaxed_body(body, |piece| context.update(piece));
    context.finish()
}

/// Calls a function with each piece of the canonical body: a run of white space becomes one space, or nothing at the
/// end of a line, and empty lines at the end are dropped (RFC 6376 §3.4.4).
fn relaxed_body(body: &[u8], mut use_piece: impl FnMut(&[u8])) {
    let body = without_last_lines(body);
    // An empty body is empty here too: only `simple` makes a CRLF of it (RFC 6376 §3.4.3, §3.4.4).
    if body.is_empty() {
        return;
    }
    let mut from = 0;
    while let Some(start) = next_change(body, from) {
        use_piece(&body[from..start]);
        let length = body[start..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        from = start + length;
        if !body[from..].starts_with(b"\r\n") {
            use_piece(b" ");
        }
    }
    use_piece(&body[from..]);
    use_piece(b"\r\n");
}

/// The body up to the last character that is not white space.
fn without_last_lines(mut body: &[u8]) -> &[u8] {
    while let Some(shorter) = [&b"\r\n"[..], b" ", b"\t"].iter().find_map(|end| body.strip_suffix(*end)) {
        body = shorter;
    }
    body
}

/// Where the next white space begins that is not a single space within a line. Most letters have little of it, so that
/// whole strides are skipped.
fn next_change(body: &[u8], from: usize) -> Option<usize> {
    // No `&&` and `||`, and a known length: without branches the compiler turns a stride into a few vector
    // instructions. It may also stop at a control character, which is examined then.
    let may_change = |left: u8, right: u8| u8::from(left == b'\t') | (u8::from(left == b' ') & u8::from(right <= b' '));
    let mut at = from;
    while let Some((left, right)) = stride(body, at) {
        if left.iter().zip(right).fold(0, |found, (left, right)| found | may_change(*left, *right)) != 0
            && let Some(offset) = first_change(left, right)
        {
            return Some(at + offset);
        }
        at += STRIDE;
    }
    let rest = body.get(at..)?;
    first_change(rest, rest.get(1..)?).map(|offset| at + offset)
}

/// The bytes of a stride, and the byte behind each of them; `None` where fewer are left.
fn stride(body: &[u8], at: usize) -> Option<(&[u8; STRIDE], &[u8; STRIDE])> {
    let bytes = body.get(at..=at + STRIDE)?;
    bytes.first_chunk().zip(bytes.last_chunk())
}

/// The first byte whose white space changes, given the byte behind each.
fn first_change(bytes: &[u8], behind: &[u8]) -> Option<usize> {
    let changes = |left: u8, right: u8| left == b'\t' || left == b' ' && matches!(right, b' ' | b'\t' | b'\r');
    bytes.iter().zip(behind).position(|(left, right)| changes(*left, *right))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> String {
        let mut canonical = Vec::new();
        for field in fields(text.as_bytes()) {
            write_field(&mut canonical, field);
            canonical.extend_from_slice(b"\r\n");
        }
        String::from_utf8(canonical).unwrap()
    }

    fn body(text: &str) -> String {
        let mut canonical = Vec::new();
        relaxed_body(text.as_bytes(), |piece| canonical.extend_from_slice(piece));
        String::from_utf8(canonical).unwrap()
    }

    /// RFC 6376 §3.4.5, example 1.
    #[test]
    fn the_example_of_the_rfc() {
        let letter = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let (head, rest) = split_header(letter);
        assert_eq!(header(std::str::from_utf8(head).unwrap()), "a:X\r\nb:Y Z\r\n");
        assert_eq!(body(std::str::from_utf8(rest).unwrap()), " C\r\nD E\r\n");
    }

    #[test]
    fn a_body_ends_with_one_line_end_or_is_empty() {
        for (text, canonical) in [
            ("", ""),
            ("\r\n", ""),
            (" \t\r\n\r\n", ""),
            ("a", "a\r\n"),
            ("a \t", "a\r\n"),
            ("a\r\n", "a\r\n"),
            ("a\r\n \r\n\r\n", "a\r\n"),
            ("\r\n\r\na\r\n\r\nb\r\n", "\r\n\r\na\r\n\r\nb\r\n"),
            ("\ta", " a\r\n"),
            ("a\tb", "a b\r\n"),
        ] {
            assert_eq!(body(text), canonical, "{text:?}");
        }
    }

    /// White space at every position of a stride, compared with the rule written out in full.
    #[test]
    fn strides_change_nothing() {
        for run in [" ", "  ", "\t", " \t ", " \r\n", "\t\r\n\r\n", "  \r\n "] {
            for before in 0..2 * STRIDE + 3 {
                let text = format!("{}{run}{}\r\n", "x".repeat(before), "y".repeat(70));
                let lines = text.split("\r\n").map(|line| {
                    let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
                    let indent = if line.starts_with([' ', '\t']) && !words.is_empty() { " " } else { "" };
                    format!("{indent}{}", words.join(" "))
                });
                assert_eq!(body(&text), lines.collect::<Vec<_>>().join("\r\n"), "{run:?} after {before}");
            }
        }
    }

    #[test]
    fn a_header_of_one_field_has_no_body() {
        assert_eq!(split_header(b"A: b\r\n"), (&b"A: b\r\n"[..], &b""[..]));
        assert_eq!(header("A: b\r\nno field\r\nC:d"), "a:b\r\nc:d\r\n");
    }
}
