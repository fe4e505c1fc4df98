//! An issue's text as a tree, and as Markdown.

/// A piece of a text. Its content is inline Markdown.
#[derive(Debug)]
pub(super) enum Piece {
    /// Lines that belong together.
    Lines(Vec<String>),
    /// The items of a list.
    List(&'static str, Vec<Vec<Piece>>),
    Quote(Vec<Piece>),
    /// A block with the words of its fence.
    Block(String, Vec<Piece>),
    /// A snippet, with its name.
    Snippet(String, Vec<Piece>),
    /// Text in a condition.
    If(&'static str, Vec<Piece>),
}

/// The lines of some pieces.
pub(super) fn lines(pieces: &[Piece]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for piece in pieces {
        if !all.is_empty() {
            all.push(String::new());
        }
        all.extend(piece.lines());
    }
    all
}

impl Piece {
    fn lines(&self) -> Vec<String> {
        match self {
            Self::Lines(lines) => lines.clone(),
            Self::List(sign, items) => items.iter().flat_map(|inner| item(sign, &lines(inner))).collect(),
            Self::Quote(inner) => lines(inner).iter().map(|line| format!("> {line}").trim_end().to_owned()).collect(),
            Self::Block(words, inner) => {
                let fence = ":".repeat(3 + height(inner));
                let mut all = vec![format!("{fence} {words}")];
                all.extend(lines(inner));
                all.push(fence);
                all
            }
            // Without its own closer it would use that of the block around it.
            Self::Snippet(name, _) => vec![format!("::: snippet {name}"), ":::".to_owned()],
            Self::If(condition, inner) => {
                let mut all = vec![format!("{{% if {condition} %}}"), String::new()];
                all.extend(lines(inner));
                all.extend([String::new(), "{% endif %}".to_owned()]);
                all
            }
        }
    }
}

fn item(sign: &str, inner: &[String]) -> Vec<String> {
    let indent = " ".repeat(sign.len() + 1);
    let line = |(at, it): (usize, &String)| match at {
        0 => format!("{sign} {it}"),
        _ if it.is_empty() => String::new(),
        _ => format!("{indent}{it}"),
    };
    inner.iter().enumerate().map(line).collect()
}

/// How deeply blocks are nested.
fn height(pieces: &[Piece]) -> usize {
    let of = |piece: &Piece| match piece {
        Piece::Lines(_) => 0,
        Piece::List(_, items) => items.iter().map(|item| height(item)).max().unwrap_or(0),
        Piece::Quote(inner) | Piece::If(_, inner) => height(inner),
        Piece::Block(_, inner) | Piece::Snippet(_, inner) => height(inner) + 1,
    };
    pieces.iter().map(of).max().unwrap_or(0)
}
