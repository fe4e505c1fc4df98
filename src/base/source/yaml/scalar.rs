//! Reads a node as the type that its key must have.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::base::source::text::Source;
use crate::base::source::yaml::line;
use crate::base::source::yaml::node::Node;
use crate::base::source::yaml::node::NodeKind;
use crate::base::source::yaml::node::QuoteStyle;

pub(super) const WRONG_TYPE: Code = Code("NL011");
const CUT_OFF: Code = Code("NL012");
const LINE_BREAK: Code = Code("NL013");
const CURLY: Code = Code("NL014");

impl Node {
    /// A text on one line; `None` if nothing is written, and if the value is not a text, which is reported.
    ///
    /// YAML reads what follows ` #` after an unquoted text as a comment. If a word follows the `#` without a space, it
    /// is a hashtag or a number, not a comment: that is an error.
    pub fn text(&self, source: &Source, name: &str, diagnostics: &mut Diagnostics) -> Option<Spanned<String>> {
        let text = self.lines(source, name, diagnostics)?;
        check_visible(text, name, &[], diagnostics)
    }

    /// A text that may have several lines, without other control characters.
    pub fn paragraph(&self, source: &Source, name: &str, diagnostics: &mut Diagnostics) -> Option<Spanned<String>> {
        let text = self.lines(source, name, diagnostics)?;
        check_visible(text, name, &['\n'], diagnostics)
    }

    /// A text on one line that readers see, such as a subject. No comment can follow it on its line, since `Nyt # 12`
    /// is meant as a whole.
    pub fn prose(&self, source: &Source, name: &str, diagnostics: &mut Diagnostics) -> Option<Spanned<String>> {
        let text = self.text(source, name, diagnostics);
        let after = source.text()[self.span.end.min(source.text().len())..].lines().next().unwrap_or("").trim_end();
        let tail = after.trim_start_matches([' ', '\t', ':']);
        if let (NodeKind::Scalar { text: written, style: QuoteStyle::Plain }, true) =
            (&self.kind, tail.starts_with("# "))
        {
            let start = self.span.end + (after.len() - tail.len());
            diagnostics.push(cut_by_comment(name, written, tail).at(source.place(start..start + tail.len())));
        }
        text
    }

    /// Any text, without white space around it.
    pub fn lines(&self, source: &Source, name: &str, diagnostics: &mut Diagnostics) -> Option<Spanned<String>> {
        match &self.kind {
            NodeKind::Scalar { text, style } => {
                let place = self.place(source);
                if *style == QuoteStyle::Plain {
                    self.check_plain(source, name, text, diagnostics);
                }
                Some(Spanned { value: text.trim().to_owned(), place })
            }
            NodeKind::Null => {
                self.check_plain(source, name, "", diagnostics);
                None
            }
            NodeKind::Sequence(_) | NodeKind::Mapping(_) => {
                let message = message!(
                    "`{name}` must be a text, and this is {}",
                    "`{name}` skal være en tekst, og det her er {}",
                    self.noun()
                );
                let hint = message!(
                    "write {name}: and the text after it; a text that begins with [ or {{ needs quotes",
                    "skriv {name}: og teksten efter; en tekst, der begynder med [ eller {{, skal have anførselstegn"
                );
                diagnostics.push(Diagnostic::error(WRONG_TYPE, message).at(self.place(source)).hint(hint));
                None
            }
        }
    }

    /// `true` or `false`.
    pub fn flag(&self, source: &Source, name: &str, diagnostics: &mut Diagnostics) -> Option<Spanned<bool>> {
        let value = match &self.kind {
            NodeKind::Null => return None,
            NodeKind::Scalar { text, style: QuoteStyle::Plain } if text.eq_ignore_ascii_case("true") => true,
            NodeKind::Scalar { text, style: QuoteStyle::Plain } if text.eq_ignore_ascii_case("false") => false,
            NodeKind::Scalar { .. } | NodeKind::Sequence(_) | NodeKind::Mapping(_) => {
                let hint = message!("write {name}: true, or {name}: false", "skriv {name}: true eller {name}: false");
                let message = message!("`{name}` must be true or false", "`{name}` skal være true eller false");
                diagnostics.push(Diagnostic::error(WRONG_TYPE, message).at(self.place(source)).hint(hint));
                return None;
            }
        };
        Some(Spanned { value, place: self.place(source) })
    }

    /// A list of texts, each on one line.
    pub fn texts(&self, source: &Source, name: &str, diagnostics: &mut Diagnostics) -> Option<Vec<Spanned<String>>> {
        let list = self.list(source, name, diagnostics)?;
        Some(list.iter().filter_map(|node| node.text(source, name, diagnostics)).collect())
    }

    /// A list.
    pub fn list(&self, source: &Source, name: &str, diagnostics: &mut Diagnostics) -> Option<&[Self]> {
        let (message, hint) = match &self.kind {
            NodeKind::Null => return None,
            NodeKind::Sequence(nodes) => return Some(nodes),
            NodeKind::Scalar { text, .. } => {
                let separator = if text.contains(',') { ',' } else { ';' };
                let items: Vec<&str> = text.split(separator).map(str::trim).filter(|item| !item.is_empty()).collect();
                let hint =
                    message!("write this instead: {name}: [{}]", "skriv i stedet: {name}: [{}]", items.join(", "));
                (
                    message!(
                        "`{name}` must be a list, and this is a text",
                        "`{name}` skal være en liste, og det her er en tekst"
                    ),
                    hint,
                )
            }
            NodeKind::Mapping(entries) if entries.first().is_some_and(|(key, _)| key.value.starts_with('-')) => {
                let hint = message!(
                    "put a space behind each hyphen, such as `- email: …`",
                    "sæt et mellemrum efter hver bindestreg, f.eks. `- email: …`"
                );
                (
                    message!(
                        "`{name}` must be a list, and its hyphens lack a space",
                        "`{name}` skal være en liste, og bindestregerne mangler et mellemrum"
                    ),
                    hint,
                )
            }
            NodeKind::Mapping(_) => {
                let hint = message!(
                    "write each value on a separate line under {name}: with a hyphen before it",
                    "skriv hver værdi på sin egen linje under {name}: med en bindestreg foran"
                );
                (
                    message!(
                        "`{name}` must be a list, and this is {}",
                        "`{name}` skal være en liste, og det her er {}",
                        self.noun()
                    ),
                    hint,
                )
            }
        };
        diagnostics.push(Diagnostic::error(WRONG_TYPE, message).at(self.place(source)).hint(hint));
        None
    }

    /// Reports what YAML cuts off from a text without quotes, and curly quotes that an office program inserted.
    fn check_plain(&self, source: &Source, name: &str, text: &str, diagnostics: &mut Diagnostics) {
        let whole = source.text();
        let after = &whole[self.span.end.min(whole.len())..];
        let line_end = after.find(['\r', '\n']).unwrap_or(after.len());
        let rest = after[..line_end].trim_end();
        let tail = rest.trim_start_matches([' ', '\t', ':']);
        if tail.len() > 1 && tail.starts_with('#') && !tail.starts_with("# ") && !tail.starts_with("##") {
            let start = self.span.end + (rest.len() - tail.len());
            diagnostics.push(cut_by_comment(name, text, tail).at(source.place(start..start + tail.len())));
        }
        let ends = |sign: char| matches!(sign, '“' | '”' | '„');
        if text.starts_with(ends) && text.ends_with(ends) {
            let message = message!(
                "the curly quotes around `{name}` become part of the text",
                "de krøllede anførselstegn om `{name}` bliver en del af teksten"
            );
            let hint = message!(
                "write this instead: {name}: {}",
                "skriv i stedet: {name}: {}",
                line::quoted(text.trim_matches(ends))
            );
            diagnostics.push(Diagnostic::warning(CURLY, message).at(self.place(source)).hint(hint));
        }
    }
}

/// Refuses control characters, which escapes such as `"\n"` can produce.
fn check_visible(
    text: Spanned<String>,
    name: &str,
    allowed: &[char],
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<String>> {
    let Some(found) = text.value.chars().find(|sign| sign.is_control() && !allowed.contains(sign)) else {
        return Some(text);
    };
    let what = if matches!(found, '\n' | '\r') {
        message!("a line break", "et linjeskift")
    } else {
        message!("an invisible character", "et usynligt tegn")
    };
    let message =
        message!("`{name}` contains {what} (U+{:04X})", "`{name}` indeholder {what} (U+{:04X})", u32::from(found));
    let hint = if allowed.is_empty() {
        message!("write `{name}` on one line, without it", "skriv `{name}` på én linje uden tegnet")
    } else {
        message!("delete it", "slet det")
    };
    diagnostics.push(Diagnostic::error(LINE_BREAK, message).at(text.place).hint(hint));
    None
}

/// The error for a text that YAML ends before a `#`.
fn cut_by_comment(name: &str, text: &str, tail: &str) -> Diagnostic {
    let message = message!(
        "`{name}` ends before the #: YAML reads the rest as a comment",
        "`{name}` slutter før #: YAML læser resten som en kommentar"
    );
    let better = line::quoted(&format!("{text} {tail}"));
    Diagnostic::error(CUT_OFF, message)
        .hint(message!("write this instead: {name}: {better}", "skriv i stedet: {name}: {better}"))
}
