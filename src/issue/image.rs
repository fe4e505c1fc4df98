//! The picture above an issue's text.

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::base::source::text::Source;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::node::Node;
use crate::base::source::yaml::node::NodeKind;
use crate::people::person::Localised;

const NO_FILE: Code = Code("NL547");

/// A picture above the text.
#[derive(Clone, Debug)]
pub struct HeaderImage {
    /// A file beside the issue or an `https` address, as written.
    pub file: Spanned<String>,
    /// Its alternative text; absent: it is decoration.
    pub alt: Option<Localised>,
    /// What is written below it: what it shows, or who took it.
    pub caption: Option<Localised>,
}

impl HeaderImage {
    /// The key of its file: the program's own, and that of Jekyll's `jekyll-seo-tag`.
    pub(super) const FILE: [&str; 2] = ["file", "path"];

    /// Reads `image: kort.png`, or the same with its text: `image: {file: kort.png, alt: Fem huse}`, or with Jekyll's `path`.
    pub(super) fn read(source: &Source, node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        if !matches!(node.kind, NodeKind::Mapping(_)) {
            let file = node.text(source, "image", diagnostics).filter(|text| !text.value.is_empty())?;
            return Some(Self { file, alt: None, caption: None });
        }
        let mut fields = MappingReader::new(source, node, &Message::verbatim("image"), diagnostics)?;
        let file = Self::FILE.into_iter().find_map(|key| fields.text(key));
        // The size of a picture on the website; in letters it is measured.
        for key in ["width", "height"] {
            fields.refused_place(key);
        }
        let [alt, caption] = ["alt", "caption"].map(|key| {
            fields.with(key, |source, node, diagnostics| Localised::from_node(source, node, key, diagnostics))
        });
        fields.finish_or_guess(
            &["src", "fil", "url"]
                .map(|wrong| (wrong, message!("did you mean `file`?", "mente du `file`?")))
                .into_iter()
                .chain(
                    ["title", "credit", "foto"]
                        .map(|wrong| (wrong, message!("did you mean `caption`?", "mente du `caption`?"))),
                )
                .collect::<Vec<_>>(),
        );
        if file.is_none() {
            let diagnostic = Diagnostic::error(NO_FILE, message!("`image` has no file", "`image` har ingen fil"))
                .at(node.place(source));
            diagnostics.push(diagnostic.hint(message!(
                "write it like this: image: {{file: kort.png, alt: \"Fem huse\"}}",
                "skriv det sådan: image: {{file: kort.png, alt: \"Fem huse\"}}"
            )));
        }
        Some(Self { file: file?, alt, caption })
    }
}
