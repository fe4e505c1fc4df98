//! Quoted-printable pieces that can be joined in any order (RFC 2045, section 6.7).
//!
//! Every piece starts and ends in column 0: one that does not end with a line break ends with a soft one. So a loop or a
//! condition can repeat or drop pieces, and the result is still valid.

/// The longest line that quoted-printable allows (RFC 2045, section 6.7), without its CRLF.
const WIDTH: usize = 76;

/// One piece of UTF-8 text as quoted-printable, from column 0 to column 0; an empty piece is empty.
///
/// No line starts with `.`, `-` or `From `, so that neither dot-stuffing (RFC 5321, section 4.5.2) nor an mbox file changes
/// it. No `{` is left, so that the template engine finds no tag in it.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    encode_into(text, &mut out);
    out
}

fn encode_into(text: &str, out: &mut String) {
    let bytes = text.as_bytes();
    let mut column = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let starts_line = column == 0 && needs_escape(&bytes[at..]);
        // The last column is reserved for the `=` of a soft line break.
        let run = if starts_line { 0 } else { plain_run(&bytes[at..], WIDTH - 1 - column) };
        if run > 0 {
            out.push_str(&text[at..at + run]);
            column += run;
            at += run;
            continue;
        }
        let next = bytes.get(at + 1).copied();
        if byte == b'\r' && next == Some(b'\n') {
            at += 1;
            continue;
        }
        if byte == b'\n' {
            out.push_str("\r\n");
            column = 0;
            at += 1;
            continue;
        }
        let plain = is_plain(byte, next) && !starts_line;
        let width = if plain { 1 } else { 3 };
        if column + width > WIDTH - 1 {
            out.push_str("=\r\n");
            column = 0;
            continue;
        }
        if plain {
            out.push(char::from(byte));
        } else {
            push_escaped(byte, out);
        }
        column += width;
        at += 1;
    }
    if column > 0 {
        out.push_str("=\r\n");
    }
}

/// Whether a byte needs no escape within a line, by its code. This is asked for each byte of each edition.
const WITHIN_LINE: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        plain[byte as usize] = !matches!(byte, b'=' | b'{');
        byte += 1;
    }
    plain[b'\t' as usize] = true;
    plain
};

/// How many of the first bytes need no escape, up to a number of them.
fn plain_run(bytes: &[u8], most: usize) -> usize {
    let bytes_of_line = &bytes[..most.min(bytes.len())];
    let needs_escape = |byte: &u8| !WITHIN_LINE[usize::from(*byte)];
    let length = bytes_of_line.iter().position(needs_escape).unwrap_or(bytes_of_line.len());
    let last = length.checked_sub(1).and_then(|last| bytes.get(last));
    let is_plain_at_end = last.is_none_or(|last| is_plain(*last, bytes.get(length).copied()));
    if is_plain_at_end { length } else { length - 1 }
}

/// Whether a byte needs no escape.
fn is_plain(byte: u8, next: Option<u8>) -> bool {
    match byte {
        b'=' | b'{' => false,
        // Mail servers may strip white space at the end of a line (RFC 2045, section 6.7, rule 3).
        b' ' | b'\t' => !matches!(next, None | Some(b'\n' | b'\r')),
        _ => byte.is_ascii_graphic(),
    }
}

/// Whether the first byte of a line must be escaped.
fn needs_escape(rest: &[u8]) -> bool {
    matches!(rest.first(), Some(b'.' | b'-')) || rest.starts_with(b"From ")
}

fn push_escaped(byte: u8, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push('=');
    out.push(char::from(DIGITS[usize::from(byte >> 4)]));
    out.push(char::from(DIGITS[usize::from(byte & 15)]));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(encoded: &str) -> String {
        let mut bytes = Vec::new();
        for line in encoded.split_inclusive("\r\n") {
            let soft = line.ends_with("=\r\n");
            let content = line.trim_end_matches("\r\n");
            let content = if soft { &content[..content.len() - 1] } else { content };
            let mut rest = content.as_bytes();
            while let Some(&byte) = rest.first() {
                if byte == b'=' {
                    bytes.push(u8::from_str_radix(std::str::from_utf8(&rest[1..3]).unwrap(), 16).unwrap());
                    rest = &rest[3..];
                } else {
                    bytes.push(byte);
                    rest = &rest[1..];
                }
            }
            if !soft && line.ends_with("\r\n") {
                bytes.push(b'\n');
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    proptest! {
        #[test]
        fn pieces_in_any_number_decode_to_what_they_say(pieces in prop::collection::vec("[ -~\n\tæøå€😀{}.=-]{0,200}|From .{0,9}", 0..8)) {
            let pieces: Vec<String> = pieces.iter().map(|piece| piece.replace('\r', "")).collect();
            let encoded: String = pieces.iter().map(|piece| encode(piece)).collect();
            prop_assert_eq!(decode(&encoded), pieces.concat());
            for line in encoded.split_terminator("\r\n") {
                let stray = line.contains(['{', '\r', '\n']) || line.ends_with([' ', '\t']);
                let bad_start = line.starts_with(['.', '-']) || line.starts_with("From ");
                prop_assert!(line.len() <= WIDTH && line.is_ascii() && !stray && !bad_start);
            }
        }
    }
}
