//! The front matter of an issue without some of its keys, for a draft that is copied from it.

use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::yaml::node::{Node, NodeKind, QuoteStyle};
use crate::issue::Issue;
use crate::issue::parts;

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

/// A value on one line of YAML.
fn in_yaml(node: &Node) -> String {
    match &node.kind {
        NodeKind::Null => String::new(),
        NodeKind::Scalar { text, style: QuoteStyle::Plain } => text.clone(),
        NodeKind::Scalar { text, style: QuoteStyle::Quoted } => {
            format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
        }
        NodeKind::Sequence(nodes) => format!("[{}]", nodes.iter().map(in_yaml).collect::<Vec<_>>().join(", ")),
        NodeKind::Mapping(entries) => {
            let pairs = entries.iter().map(|(key, node)| format!("{}: {}", key.value, in_yaml(node)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
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
