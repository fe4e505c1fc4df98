//! Common parts of the files that the program writes for Git: their names, their texts, and a checksum in the last
//! line.

use crate::base::digest::{Digest, number};
use crate::issue::IssueId;

const CHECKSUM: &str = "checksum: ";

/// The lines of a file with the digest of them below. It detects changes by mistake; anyone can compute it again.
pub(super) fn with_checksum(body: &str) -> String {
    format!("{body}{CHECKSUM}{}\n", Digest::sha256(body.as_bytes()))
}

/// Whether a text is complete and as it was written.
pub(super) fn is_unchanged(text: &str) -> bool {
    // Git may have changed the ends of lines (`core.autocrlf`).
    let text = text.replace('\r', "");
    let parts = text.rsplit_once(CHECKSUM);
    parts.is_some_and(|(body, stored)| Digest::sha256(body.as_bytes()).as_str() == stored.trim_end())
}

/// A text as YAML: in double quotes if it could mean something else without them (YAML 1.2.2, 7.3.1).
pub(super) fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|sign: char| sign.is_ascii_alphabetic())
        && text.chars().all(|sign| sign.is_ascii_alphanumeric() || "-._/".contains(sign));
    if is_plain {
        return text.to_owned();
    }
    let escape = |sign: char| match sign {
        '"' | '\\' => format!("\\{sign}"),
        _ if sign.is_control() => format!("\\u{:04x}", u32::from(sign)),
        _ => sign.to_string(),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

/// The names of the files that an issue's record may be in: the issue's short name, and another one for two issues with the same
/// short name, such as `maj.md` and `maj/index.md`.
pub(super) fn file_names(issue: &IssueId) -> [String; 2] {
    let name = short_name(issue);
    let other = format!("{name}-{:08x}.yaml", number(&[issue.as_str()]) >> 32);
    [format!("{name}.yaml"), other]
}

/// The name of an issue without folder and extension, usable as a file name.
fn short_name(issue: &IssueId) -> String {
    let id = issue.as_str();
    let path = id.strip_suffix("/index.md").or_else(|| id.strip_suffix(".md")).unwrap_or(id);
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).trim_start_matches('.');
    if name.is_empty() { "issue".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_is_noticed_and_another_line_end_is_not() {
        let text = with_checksum("issue: maj\nby: Karen\n");
        assert!(is_unchanged(&text));
        assert!(is_unchanged(&text.replace('\n', "\r\n")));
        assert!(!is_unchanged(&text.replace("Karen", "Erik")));
        assert!(!is_unchanged(&text.replace("checksum", "checksums")));
    }

    #[test]
    fn a_text_that_yaml_reads_as_something_else_is_quoted() {
        let cases = [
            ("maj", "maj"),
            ("issues/maj.md", "issues/maj.md"),
            ("7", "\"7\""),
            ("a: \"b\"\n", "\"a: \\\"b\\\"\\u000a\""),
        ];
        for (text, expected) in cases {
            assert_eq!(scalar(text), expected);
        }
    }

    #[test]
    fn an_issue_is_called_by_its_file() {
        let cases =
            [("issues/maj.md", "maj"), ("issues/nyt/index.md", "nyt"), ("efteraar", "efteraar"), (".md", "issue")];
        for (id, expected) in cases {
            assert_eq!(short_name(&IssueId::of_path(id)), expected);
        }
    }
}
