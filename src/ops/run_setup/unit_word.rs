//! Words in the unit files of systemd (systemd.syntax(7), systemd.unit(5)).

/// A text as one word of a setting that is a list of words, such as `ExecStart=`.
pub(super) fn unit_word(text: &str) -> String {
    let text = plain_text(text);
    let is_plain = |sign: char| sign.is_alphanumeric() || "/._-%:@+,".contains(sign);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text;
    }
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

/// A text as the rest of a line, such as `Description=`.
pub(super) fn plain_text(text: &str) -> String {
    text.replace('%', "%%")
}

/// A path as the instance of a unit: what `systemd-escape --path` prints.
pub(super) fn instance(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return "-".to_owned();
    }
    let path = parts.join("/");
    let escaped = path.bytes().enumerate().map(|(at, byte)| match byte {
        b'/' => "-".to_owned(),
        b'.' if at == 0 => r"\x2e".to_owned(),
        _ if byte.is_ascii_alphanumeric() || b":_.".contains(&byte) => char::from(byte).to_string(),
        _ => format!(r"\x{byte:02x}"),
    });
    escaped.collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_are_those_of_systemd_escape() {
        for (path, escaped) in [
            ("/srv/nyhedsbrev", "srv-nyhedsbrev"),
            ("/", "-"),
            ("//srv//a/", "srv-a"),
            ("/srv/nyheds-brev", r"srv-nyheds\x2dbrev"),
            ("/.x/å b", r"\x2ex-\xc3\xa5\x20b"),
            ("/srv/100%", r"srv-100\x25"),
        ] {
            assert_eq!(instance(path), escaped, "{path}");
        }
    }

    #[test]
    fn words_are_quoted_where_systemd_would_read_them_otherwise() {
        assert_eq!(unit_word("/srv/nyt"), "/srv/nyt");
        assert_eq!(unit_word("/srv/100%/$x"), "\"/srv/100%%/$x\"");
        assert_eq!(unit_word(r#"/a "b"\c"#), r#""/a \"b\"\\c""#);
    }
}
