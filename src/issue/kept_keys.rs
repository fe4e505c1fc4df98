//! Keys of the front matter of an issue as they are written: for a draft that is copied from it, and for a website.

use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::yaml::node::{Node, NodeKind, QuoteStyle};
use crate::issue::Issue;
use crate::issue::{parts, site_keys};

impl Issue {
    /// The lines of its front matter as they are written, without those of some keys; comments are kept. Absent where two
    /// keys share a line. Those of TOML are written as YAML.
    pub(crate) fn front_without(&self, dropped: &[&str]) -> Option<String> {
        let text = self.source.text();
        let front = parts::split(&self.source, &mut Diagnostics::new())?.front;
        let Node { kind: NodeKind::Mapping(entries), .. } = parts::tree(&self.source, front.clone()).ok()? else {
            return None;
        };
        if parts::is_toml(&self.source) {
            let kept = entries.iter().filter(|(key, _)| !dropped.contains(&key.value.as_str()));
            let lines = kept.map(|(key, node)| format!("{}: {}", key.value, in_yaml(node)));
            return Some(lines.collect::<Vec<_>>().join("\n") + "\n");
        }
        let is_line = |at: usize| at == front.start || text[..at].ends_with('\n');
        let starts: Vec<usize> = entries.iter().map(|(key, _)| key.span.start).collect();
        if !starts.iter().all(|start| is_line(*start)) {
            return None;
        }
        let ends = starts.iter().skip(1).copied().chain([front.end]);
        let mut kept = text[front.start..starts.first().copied().unwrap_or(front.end)].to_owned();
        for ((key, _), (start, end)) in entries.iter().zip(starts.iter().zip(ends)) {
            let lines = &text[*start..end];
            if dropped.contains(&key.value.as_str()) {
                kept.extend(lines.split_inclusive('\n').filter(|line| line.starts_with('#')));
            } else {
                kept.push_str(lines);
            }
        }
        Some(kept)
    }
}

impl Issue {
    /// Its keys that only a website reads, each with its value in YAML on one line. Comments are left out: they are notes to
    /// those who write.
    pub fn site_keys(&self) -> Vec<(String, String)> {
        let is_kept = |key: &str, node: &Node| match (key, &node.kind) {
            // A path from the root of the site, or a structure: the picture of the website, and not of the newsletter.
            ("image", NodeKind::Scalar { text, .. }) => text.starts_with('/'),
            ("image", _) => self.front.image.is_none(),
            _ => site_keys::SILENT.contains(&key) || site_keys::is_site_key(key),
        };
        let entries = self.front_entries().into_iter();
        entries.filter(|(key, node)| is_kept(key, node)).map(|(key, node)| (key, in_yaml(&node))).collect()
    }

    /// The keys of its front matter with their values.
    fn front_entries(&self) -> Vec<(String, Node)> {
        let front = parts::split(&self.source, &mut Diagnostics::new()).map(|parts| parts.front);
        match front.and_then(|front| parts::tree(&self.source, front).ok()).map(|node| node.kind) {
            Some(NodeKind::Mapping(entries)) => entries.into_iter().map(|(key, node)| (key.value, node)).collect(),
            Some(NodeKind::Null | NodeKind::Scalar { .. } | NodeKind::Sequence(_)) | None => Vec::new(),
        }
    }
}

/// A value on one line of YAML.
fn in_yaml(node: &Node) -> String {
    match &node.kind {
        NodeKind::Null => String::new(),
        NodeKind::Scalar { text, style: QuoteStyle::Plain } if is_plain(text) => text.clone(),
        NodeKind::Scalar { text, .. } => {
            format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
        }
        NodeKind::Sequence(nodes) => format!("[{}]", nodes.iter().map(in_yaml).collect::<Vec<_>>().join(", ")),
        NodeKind::Mapping(entries) => {
            let pairs = entries.iter().map(|(key, node)| format!("{}: {}", key.value, in_yaml(node)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}

/// Whether a text that was written without quotes needs none within brackets either.
fn is_plain(text: &str) -> bool {
    !text.contains([',', '[', ']', '{', '}', '#', '\n', '"', '\'']) && !text.contains(": ")
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::base::source::text::Source;

    fn kept(front: &str) -> Option<String> {
        let source = Source::new("issues/maj.md", format!("---\n{front}---\nTekst.\n"));
        Issue::parse(&source, &TimeZone::UTC).0.unwrap().front_without(&["subject", "params", "date"])
    }

    #[test]
    fn keys_of_a_website_are_kept_without_comments() {
        let front = "subject: Nyt\nlayout: nyhed # spørg Bo\n# Anna: husk\ntags: [it-sikkerhed, \"a, b\"]\nimage: /assets/a.png\n\
                     categories:\n  - news\nmenu: {main: {weight: 3}}\naudiences: [a]\nexcerpt_separator: \"<!-- x -->\"\n";
        let source = Source::new("issues/maj.md", format!("---\n{front}---\nTekst.\n"));
        let issue = Issue::parse(&source, &TimeZone::UTC).0.unwrap();
        let keys: Vec<String> = issue.site_keys().into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
        let expected = [
            "layout: nyhed",
            "tags: [it-sikkerhed, \"a, b\"]",
            "image: /assets/a.png",
            "categories: [news]",
            "menu: {main: {weight: 3}}",
            "excerpt_separator: \"<!-- x -->\"",
        ];
        assert_eq!(keys, expected);
    }

    #[test]
    fn keys_go_with_all_their_lines_and_comments_stay() {
        let front = "# øverst\nsubject: Nyt\naudiences: [a]\nparams:\n  frist: 1. maj\n# om serien\nlang: da\ndate: 2026-05-04\n";
        assert_eq!(kept(front).as_deref(), Some("# øverst\naudiences: [a]\n# om serien\nlang: da\n"));
        assert_eq!(kept("subject: Nyt\n").as_deref(), Some(""));
        assert_eq!(kept("{subject: Nyt, audiences: [a]}\n"), None);
        let toml = "+++\ntitle = \"Nyt\"\naudiences = ['a']\n[params]\nfrist = 2027-01-12\n[menu]\nmain = \"x: y\"\n+++\nTekst.\n";
        let issue = Issue::parse(&Source::new("issues/maj.md", toml), &TimeZone::UTC).0.unwrap();
        let yaml = "audiences: [\"a\"]\nmenu: {main: \"x: y\"}\n";
        assert_eq!(issue.front_without(&["title", "params"]).as_deref(), Some(yaml));
    }
}
