//! Reads TOML, in which the front matter of a Hugo post may be written, into the same tree as YAML
//! (<https://toml.io/en/v1.0.0>).
//!
//! Texts, numbers, dates and truth values stay as they are written, as in YAML, until a key reads them.

use std::ops::Range;

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::base::source::yaml::node::{MappingKey, Node, NodeKind, QuoteStyle};

const SYNTAX: Code = Code("NL017");

/// The deepest nesting of lists and groups, and how many errors are reported at once.
const MAX_DEPTH: u32 = 64;
const AT_MOST: usize = 20;

type Entries = Vec<(MappingKey, Node)>;

/// What is wrong, and where.
struct TomlError {
    at: usize,
    message: Message,
    hint: Message,
}

impl TomlError {
    fn new(at: usize, message: Message, hint: Message) -> Self {
        Self { at, message, hint }
    }
}

/// Reads a part of a file. Locations are those in the whole file.
pub(crate) fn parse_part(source: &Source, part: Range<usize>) -> Result<Node, Diagnostics> {
    let text = &source.text()[..part.end];
    let mut reader = TomlReader { source, text, at: part.start };
    let (mut root, mut table, mut diagnostics) = (Entries::new(), Vec::new(), Diagnostics::new());
    loop {
        reader.skip_blank();
        if reader.rest().is_empty() || diagnostics.iter().count() == AT_MOST {
            break;
        }
        let line = if reader.rest().starts_with('[') {
            reader.table(&mut root).map(|path| table = path)
        } else {
            reader.pair().and_then(|(path, value)| insert(&mut root, &table, path, value))
        };
        if let Err(error) = line.and_then(|()| reader.line_end()) {
            let end = error.at + text[error.at..].chars().next().filter(|sign| *sign != '\n').map_or(0, char::len_utf8);
            let diagnostic = Diagnostic::error(SYNTAX, error.message).at(source.place(error.at..end.max(error.at)));
            diagnostics.push(diagnostic.hint(error.hint));
            reader.skip_line();
        }
    }
    let node = Node { kind: NodeKind::Mapping(root), span: part.clone(), line: source.place(part).line() };
    if diagnostics.is_empty() { Ok(node) } else { Err(diagnostics) }
}

/// The entries of a group inside others, which are made where they are missing. Of a list of groups, it is the last one.
fn group<'e>(entries: &'e mut Entries, path: &[MappingKey]) -> Result<&'e mut Entries, TomlError> {
    let Some((first, rest)) = path.split_first() else { return Ok(entries) };
    let known = entries.iter().position(|(key, _)| key.value == first.value).unwrap_or_else(|| {
        let node = Node { kind: NodeKind::Mapping(Vec::new()), span: first.span.clone(), line: first.line };
        entries.push((first.clone(), node));
        entries.len() - 1
    });
    let kind = entries.get_mut(known).map(|(_, node)| &mut node.kind);
    let inner = match kind {
        Some(NodeKind::Mapping(inner)) => Some(inner),
        Some(NodeKind::Sequence(nodes)) => nodes.last_mut().and_then(|node| match &mut node.kind {
            NodeKind::Mapping(inner) => Some(inner),
            NodeKind::Null | NodeKind::Scalar { .. } | NodeKind::Sequence(_) => None,
        }),
        Some(NodeKind::Null | NodeKind::Scalar { .. }) | None => None,
    };
    let taken = TomlError::new(
        first.span.start,
        message!("this key has a value already", "feltet har allerede en værdi"),
        message!("delete one of the two", "slet det ene"),
    );
    group(inner.ok_or(taken)?, rest)
}

fn insert(root: &mut Entries, table: &[MappingKey], mut path: Vec<MappingKey>, value: Node) -> Result<(), TomlError> {
    let Some(key) = path.pop() else { return Ok(()) };
    let entries = group(group(root, table)?, &path)?;
    if entries.iter().any(|(known, _)| known.value == key.value) {
        return Err(TomlError::new(
            key.span.start,
            message!("this key is written twice", "feltet er skrevet to gange"),
            message!("delete one of the two", "slet det ene"),
        ));
    }
    entries.push((key, value));
    Ok(())
}

struct TomlReader<'t> {
    source: &'t Source,
    /// The file up to the end of the part.
    text: &'t str,
    at: usize,
}

impl<'t> TomlReader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn error(&self, message: Message, hint: Message) -> TomlError {
        TomlError::new(self.at, message, hint)
    }

    fn node(&self, kind: NodeKind, start: usize) -> Node {
        Node { kind, span: start..self.at, line: self.source.place(start..start).line() }
    }

    fn eat(&mut self, sign: &str) -> bool {
        let is_next = self.rest().starts_with(sign);
        self.at += if is_next { sign.len() } else { 0 };
        is_next
    }

    fn skip_spaces(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
    }

    /// Skips white space, line ends and comments.
    fn skip_blank(&mut self) {
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            if !self.rest().starts_with('#') {
                return;
            }
            self.skip_line();
        }
    }

    fn skip_line(&mut self) {
        self.at += self.rest().find('\n').map_or(self.rest().len(), |at| at + 1);
    }

    /// Nothing but a comment may follow on the line.
    fn line_end(&mut self) -> Result<(), TomlError> {
        self.skip_spaces();
        let is_end = self.rest().trim_start_matches('\r').starts_with(['\n', '#']) || self.rest().trim().is_empty();
        if is_end {
            Ok(())
        } else {
            Err(self.error(
                message!("nothing more can follow on this line", "der kan ikke stå mere på linjen"),
                message!("write each key on a separate line", "skriv hvert felt på sin egen linje"),
            ))
        }
    }

    /// `[params]` or `[[resources]]`.
    fn table(&mut self, root: &mut Entries) -> Result<Vec<MappingKey>, TomlError> {
        let start = self.at;
        let (open, close) = if self.rest().starts_with("[[") { ("[[", "]]") } else { ("[", "]") };
        self.eat(open);
        let path = self.path()?;
        if !self.eat(close) {
            return Err(self.error(
                message!("the name of this group is not closed", "gruppens navn er ikke lukket"),
                message!("write it in square brackets: [params]", "skriv det i kantparenteser: [params]"),
            ));
        }
        if open == "[" {
            group(root, &path)?;
            return Ok(path);
        }
        let (Some(last), outer) = (path.last(), &path[..path.len().saturating_sub(1)]) else { return Ok(path) };
        let entries = group(root, outer)?;
        let item = self.node(NodeKind::Mapping(Vec::new()), start);
        match entries.iter_mut().find(|(key, _)| key.value == last.value) {
            Some((_, Node { kind: NodeKind::Sequence(items), .. })) => items.push(item),
            Some(_) => {
                return Err(TomlError::new(
                    start,
                    message!("this key has a value already", "feltet har allerede en værdi"),
                    message!("delete one of the two", "slet det ene"),
                ));
            }
            None => entries.push((last.clone(), self.node(NodeKind::Sequence(vec![item]), start))),
        }
        Ok(path)
    }

    /// `key = value`.
    fn pair(&mut self) -> Result<(Vec<MappingKey>, Node), TomlError> {
        let path = self.path()?;
        if !self.eat("=") {
            let hint = message!(
                "write `key = \"value\"`; text in several lines belongs between \"\"\" and \"\"\"",
                "skriv `felt = \"værdi\"`; tekst på flere linjer står mellem \"\"\" og \"\"\""
            );
            return Err(
                self.error(message!("a `=` is missing after this key", "der mangler et `=` efter feltet"), hint)
            );
        }
        self.skip_spaces();
        Ok((path, self.value(0)?))
    }

    /// A key, whose parts are separated by full stops.
    fn path(&mut self) -> Result<Vec<MappingKey>, TomlError> {
        let mut path = Vec::new();
        loop {
            self.skip_spaces();
            let start = self.at;
            let value = if self.rest().starts_with(['"', '\'']) {
                self.quoted()?
            } else {
                let is_bare = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '-');
                let length = self.rest().find(|sign| !is_bare(sign)).unwrap_or(self.rest().len());
                self.at += length;
                self.text[start..self.at].to_owned()
            };
            if value.is_empty() {
                return Err(TomlError::new(
                    start,
                    message!("a key is expected here", "her skal stå et felt"),
                    message!("write `key = \"value\"`", "skriv `felt = \"værdi\"`"),
                ));
            }
            path.push(MappingKey { value, span: start..self.at, line: self.source.place(start..start).line() });
            self.skip_spaces();
            if !self.eat(".") {
                return Ok(path);
            }
        }
    }

    fn value(&mut self, depth: u32) -> Result<Node, TomlError> {
        let start = self.at;
        if depth > MAX_DEPTH {
            return Err(self.error(
                message!("this nests too deep", "det ligger for dybt i hinanden"),
                message!("write fewer brackets inside each other", "skriv færre parenteser i hinanden"),
            ));
        }
        let kind = match self.rest().chars().next() {
            Some('"' | '\'') => NodeKind::Scalar { text: self.quoted()?, style: QuoteStyle::Quoted },
            Some('[') => self.list(depth)?,
            Some('{') => self.inline_group(depth)?,
            _ => self.plain()?,
        };
        Ok(self.node(kind, start))
    }

    fn list(&mut self, depth: u32) -> Result<NodeKind, TomlError> {
        let mut items = Vec::new();
        self.eat("[");
        loop {
            self.skip_blank();
            if self.eat("]") {
                return Ok(NodeKind::Sequence(items));
            }
            items.push(self.value(depth + 1)?);
            self.skip_blank();
            if !self.eat(",") && !self.rest().starts_with(']') {
                return Err(self.error(
                    message!("this list is not closed", "listen er ikke lukket"),
                    message!(
                        "write a comma between two values, and `]` at the end",
                        "skriv komma mellem to værdier og `]` til sidst"
                    ),
                ));
            }
        }
    }

    fn inline_group(&mut self, depth: u32) -> Result<NodeKind, TomlError> {
        let mut entries = Entries::new();
        self.eat("{");
        loop {
            self.skip_spaces();
            if self.eat("}") {
                return Ok(NodeKind::Mapping(entries));
            }
            let path = self.path()?;
            if !self.eat("=") {
                return Err(self.error(
                    message!("a `=` is missing after this key", "der mangler et `=` efter feltet"),
                    message!("write `{{key = \"value\"}}`", "skriv `{{felt = \"værdi\"}}`"),
                ));
            }
            self.skip_spaces();
            let value = self.value(depth + 1)?;
            insert(&mut entries, &[], path, value)?;
            self.skip_spaces();
            if !self.eat(",") && !self.rest().starts_with('}') {
                return Err(self.error(
                    message!("this group is not closed", "gruppen er ikke lukket"),
                    message!(
                        "write a comma between two keys, and `}}` at the end",
                        "skriv komma mellem to felter og `}}` til sidst"
                    ),
                ));
            }
        }
    }

    /// A number, a date, `true` or `false`.
    fn plain(&mut self) -> Result<NodeKind, TomlError> {
        let end = self.rest().find([',', ']', '}', '#', '\n', '\r']).unwrap_or(self.rest().len());
        let text = self.rest()[..end].trim_end();
        let is_number = text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-'))
            && text.chars().all(|sign| sign.is_ascii_alphanumeric() || "+-_.: ".contains(sign))
            // A space is between a day and a time only.
            && text.split_once(' ').is_none_or(|(day, time)| day.matches('-').count() == 2 && !time.contains(' '));
        if !is_number && !matches!(text, "true" | "false" | "inf" | "nan") {
            return Err(self.error(
                message!("a text needs quotes in TOML", "en tekst skal have anførselstegn i TOML"),
                message!("put quotes around it: key = \"value\"", "sæt anførselstegn om: felt = \"værdi\""),
            ));
        }
        self.at += text.len();
        Ok(NodeKind::Scalar { text: text.to_owned(), style: QuoteStyle::Plain })
    }

    /// A text in one or three quotes of either kind.
    fn quoted(&mut self) -> Result<String, TomlError> {
        let start = self.at;
        let open =
            ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quotes| self.rest().starts_with(quotes)).unwrap_or("'");
        let not_closed = || {
            TomlError::new(
                start,
                message!("the quotes are never closed", "anførselstegnene lukkes aldrig"),
                message!(
                    "write the same quotes at the end of the text",
                    "skriv de samme anførselstegn til sidst i teksten"
                ),
            )
        };
        self.eat(open);
        if open.len() == 3 && !self.eat("\n") {
            self.eat("\r\n");
        }
        let mut text = String::new();
        loop {
            if self.eat(open) {
                // Up to two more quotes are the end of the text itself.
                while open.len() == 3 && self.eat(&open[..1]) {
                    text.push_str(&open[..1]);
                }
                return Ok(text);
            }
            let sign =
                self.rest().chars().next().filter(|sign| open.len() == 3 || *sign != '\n').ok_or_else(not_closed)?;
            self.at += sign.len_utf8();
            match sign {
                '\\' if open.starts_with('"') => self.escape(&mut text)?,
                '\r' if self.rest().starts_with('\n') => {}
                other => text.push(other),
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self, text: &mut String) -> Result<(), TomlError> {
        let start = self.at - 1;
        let Some(sign) = self.rest().chars().next() else { return Ok(()) };
        self.at += sign.len_utf8();
        let digits = match sign {
            'u' => 4,
            'U' => 8,
            // At the end of a line it joins the next one.
            sign if sign.is_whitespace() => {
                self.at += self.rest().len() - self.rest().trim_start().len();
                return Ok(());
            }
            'n' | 't' | '"' | '\\' => {
                text.push(match sign {
                    'n' => '\n',
                    't' => '\t',
                    other => other,
                });
                return Ok(());
            }
            _ => 0,
        };
        let code = self.rest().get(..digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let hint = message!(
            "write two backslashes for one; in single quotes none is needed",
            "skriv to omvendte skråstreger for én; i enkelte anførselstegn er det ikke nødvendigt"
        );
        let letter = code.and_then(char::from_u32).ok_or(TomlError::new(
            start,
            message!("this backslash means nothing", "den omvendte skråstreg betyder intet"),
            hint,
        ))?;
        self.at += digits;
        text.push(letter);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::source::yaml;

    fn parsed(text: &str) -> Result<Node, Vec<String>> {
        let source = Source::new("issues/nyt.md", text);
        parse_part(&source, 0..text.len()).map_err(|found| {
            let place = |diagnostic: &Diagnostic| diagnostic.place.clone().unwrap();
            found
                .iter()
                .map(|found| format!("{}:{} {}", place(found).line(), place(found).column(), found.message))
                .collect()
        })
    }

    /// The tree without places.
    fn shape(node: &Node) -> String {
        match &node.kind {
            NodeKind::Null => "null".to_owned(),
            NodeKind::Scalar { text, style } => format!("{style:?} {text:?}"),
            NodeKind::Sequence(nodes) => format!("{:?}", nodes.iter().map(shape).collect::<Vec<_>>()),
            NodeKind::Mapping(entries) => {
                format!("{:?}", entries.iter().map(|(key, node)| (key.value.clone(), shape(node))).collect::<Vec<_>>())
            }
        }
    }

    #[test]
    fn toml_is_the_same_tree_as_yaml() {
        for (toml, yaml) in [
            (
                "title = \"Nyt\" # en note\ndate = 2027-01-12\ndraft = false\nnumber = 12\n",
                "title: \"Nyt\"\ndate: 2027-01-12\ndraft: false\nnumber: 12\n",
            ),
            ("a = 'C:\\mappe'\nb = \"\\\"x\\\" \\u00e6\"\n", "a: 'C:\\mappe'\nb: '\"x\" æ'\n"),
            ("a = [\"x\", 'y', # note\n  3,\n]\n", "a: [\"x\", 'y', 3]\n"),
            (
                "[params]\nfrist = \"1. maj\"\n\n[menu.main]\nweight = 1\n",
                "params: {frist: \"1. maj\"}\nmenu: {main: {weight: 1}}\n",
            ),
            ("[[resources]]\nsrc = 'a'\n[[resources]]\nsrc = 'b'\n", "resources: [{src: 'a'}, {src: 'b'}]\n"),
            ("a.b = true\nc = {d = 1, e = 'f'}\n", "a: {b: true}\nc: {d: 1, e: 'f'}\n"),
            (
                "a = \"\"\"\nen\nto\"\"\"\r\nd = 2027-01-12T09:00:00+01:00\n",
                "a: \"en\\nto\"\nd: 2027-01-12T09:00:00+01:00\n",
            ),
        ] {
            let expected = yaml::parse(&Source::new("a.yaml", yaml)).unwrap();
            assert_eq!(shape(&parsed(toml).unwrap()), shape(&expected), "{toml}");
        }
    }

    #[test]
    fn what_is_wrong_is_reported_where_it_is() {
        for (text, expected) in [
            ("title = Nyt\n", "1:9 a text needs quotes in TOML"),
            ("title: Nyt\n", "1:6 a `=` is missing after this key"),
            ("a = \"x\n", "1:5 the quotes are never closed"),
            ("a = 1\na = 2\n", "2:1 this key is written twice"),
            ("a = [1 2]\n", "1:6 a text needs quotes in TOML"),
            ("a = ['x' 'y']\n", "1:10 this list is not closed"),
            ("a = 'x' 'y'\n", "1:9 nothing more can follow on this line"),
            ("a = \"C:\\mappe\"\n", "1:8 this backslash means nothing"),
            ("[params\n", "1:8 the name of this group is not closed"),
        ] {
            assert_eq!(parsed(text), Err(vec![expected.to_owned()]), "{text}");
        }
        assert_eq!(parsed("= 1\nb = x\n").unwrap_err().len(), 2);
    }
}
