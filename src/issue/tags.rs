//! The topics of an issue: its key `tags`, which website generators read too.

use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::span::Spanned;
use crate::base::source::yaml::node::{Node, NodeKind};
use crate::issue::Issue;
use crate::issue::parts;

impl Issue {
    /// Its tags as they are written, each once, without the `#` of a hashtag, quotes around them or a full stop at the
    /// end. A list, or one text: it is split at commas or semicolons if it has any, otherwise at spaces, as Jekyll
    /// does. Without `tags`, `tag` is read, as in Jekyll.
    pub fn tags(&self) -> Vec<String> {
        self.placed_tags().into_iter().map(|tag| tag.value).collect()
    }

    /// The same with their places; tags from one text all have the place of that text.
    pub fn placed_tags(&self) -> Vec<Spanned<String>> {
        let parts = parts::split(&self.source, &mut Diagnostics::new());
        let tree = parts.and_then(|parts| parts::tree(&self.source, parts.front).ok());
        let Some(Node { kind: NodeKind::Mapping(entries), .. }) = tree else { return Vec::new() };
        let node = ["tags", "tag"].iter().find_map(|name| entries.iter().find(|(key, _)| key.value == *name));
        let Some((_, node)) = node else { return Vec::new() };
        let written: Vec<(&str, &Node)> = match &node.kind {
            NodeKind::Sequence(nodes) => nodes.iter().filter_map(|node| Some((node.scalar()?, node))).collect(),
            NodeKind::Scalar { text, .. } if text.contains([',', ';']) => {
                text.split([',', ';']).map(|tag| (tag, node)).collect()
            }
            NodeKind::Scalar { text, .. } => text.split_whitespace().map(|tag| (tag, node)).collect(),
            NodeKind::Null | NodeKind::Mapping(_) => Vec::new(),
        };
        let mut tags: Vec<Spanned<String>> = Vec::new();
        for (tag, node) in written {
            let tag = tag.trim_matches(is_around).trim_start_matches(is_before).trim_end_matches(is_after);
            if !tag.is_empty() && tags.iter().all(|known| known.value.to_lowercase() != tag.to_lowercase()) {
                tags.push(Spanned { value: tag.to_owned(), place: node.place(&self.source) });
            }
        }
        tags
    }
}

/// Signs that Word and people put around a tag.
fn is_around(sign: char) -> bool {
    sign.is_whitespace() || ['"', '\'', '“', '”', '„', '‘', '’', '»', '«'].contains(&sign)
}

/// Signs before a tag: that of a hashtag. `C#` keeps its own.
fn is_before(sign: char) -> bool {
    is_around(sign) || sign == '#'
}

/// Signs at the end of a list that was written as a sentence. `.NET` keeps its own.
fn is_after(sign: char) -> bool {
    is_around(sign) || ['.', ',', ';', ':'].contains(&sign)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::base::source::text::Source;

    #[test]
    fn tags_are_a_list_or_a_text() {
        for (written, expected) in [
            ("tags: [OS2mo, it-sikkerhed, os2mo]\n", &["OS2mo", "it-sikkerhed"][..]),
            ("tags:\n  - OS2forms\n  - 2026\n", &["OS2forms", "2026"]),
            ("tags: OS2mo OS2forms\n", &["OS2mo", "OS2forms"]),
            ("tags: it sikkerhed, OS2mo,\n", &["it sikkerhed", "OS2mo"]),
            ("tags: OS2mo;\u{a0}OS2forms\n", &["OS2mo", "OS2forms"]),
            ("tags: ['#OS2mo', '#', 'C#']\n", &["OS2mo", "C#"]),
            ("tags: “GDPR”, »OS2mo«, OS2forms., .NET\n", &["GDPR", "OS2mo", "OS2forms", ".NET"]),
            ("tag: [OS2mo]\n", &["OS2mo"]),
            ("tags:\n", &[]),
            ("", &[]),
        ] {
            let source = Source::new("issues/maj.md", format!("---\nsubject: Nyt\n{written}---\nTekst.\n"));
            let issue = Issue::parse(&source, &TimeZone::UTC).0.unwrap();
            assert_eq!(issue.tags(), expected, "{written}");
        }
    }
}
