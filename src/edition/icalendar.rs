//! The lines of calendar files (iCalendar, RFC 5545).

/// The longest line in octets, without its line break (RFC 5545, section 3.1).
pub(crate) const WIDTH: usize = 75;

/// A text value (RFC 5545, section 3.3.11).
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.trim().chars() {
        match character {
            '\\' | ';' | ',' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            _ if character.is_control() => out.push(' '),
            _ => out.push(character),
        }
    }
    out
}

/// Writes a line folded into pieces that fit, each after the first behind a space (RFC 5545, section 3.1). No character is
/// split, which the RFC warns of.
pub(crate) fn fold(content: &str, out: &mut String) {
    let mut used = 0;
    for character in content.chars() {
        if used + character.len_utf8() > WIDTH {
            out.push_str("\r\n ");
            // The space counts, too.
            used = 1;
        }
        out.push(character);
        used += character.len_utf8();
    }
    out.push_str("\r\n");
}
