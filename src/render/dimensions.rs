//! Width and height of a picture, read from its first bytes.

/// Of a PNG: its IHDR chunk comes first (RFC 2083, section 4.1.1).
pub(crate) fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.get(12..24)?;
    let number = |at: usize| header.get(at..at + 4).and_then(|it| it.try_into().ok()).map(u32::from_be_bytes);
    header.starts_with(b"IHDR").then_some(())?;
    Some((number(4)?, number(8)?))
}

/// Of a GIF: the logical screen's.
pub(crate) fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| bytes.get(at..at + 2).and_then(|it| it.try_into().ok()).map(u16::from_le_bytes);
    Some((number(6)?.into(), number(8)?.into()))
}

/// Of a JPEG: its first frame header (ITU T.81, B.2.2).
pub(crate) fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| bytes.get(at..at + 2).and_then(|it| it.try_into().ok()).map(u16::from_be_bytes);
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        match *bytes.get(at + 1)? {
            // Fill bytes before a marker.
            0xff => at += 1,
            // C4, C8 and CC share the range of the frame headers and are none.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((number(at + 7)?.into(), number(at + 5)?.into()));
            }
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => at += 2 + usize::from(number(at + 2)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        let mut header = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        header.extend([0, 0, 4, 0, 0, 0, 2, 0]);
        assert_eq!(png(&header), Some((1024, 512)));
        assert_eq!(gif(b"GIF89a\x01\x02\x03\x00"), Some((513, 3)));
        let frame = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc0\x00\x0b\x08\x00\x10\x00\x20\x01";
        assert_eq!(jpeg(frame), Some((32, 16)));
    }

    #[test]
    fn what_is_cut_off_has_no_size() {
        assert_eq!(png(b"\x89PNG\r\n\x1a\n"), None);
        assert_eq!(gif(b"GIF89a"), None);
        assert_eq!(jpeg(b"\xff\xd8\xff\xe0\xff\xff"), None);
        assert_eq!(jpeg(b"\xff\xd8\xff\xda\x00\x02zz"), None);
    }
}
