//! The elements of a piece of HTML, as a tree.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

/// Elements without an end.
const VOID: [&str; 6] = ["br", "col", "hr", "img", "input", "wbr"];

/// A piece of HTML.
#[derive(Debug)]
pub(super) enum HtmlNode {
    /// An element.
    Element(HtmlElement),
    /// Text, with its character references decoded.
    Text(String),
}

/// An element with what is in it.
#[derive(Debug, Default)]
pub(super) struct HtmlElement {
    /// Its name in lower case; that of the whole piece is empty.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<HtmlNode>,
}

impl HtmlElement {
    /// The elements of a piece of HTML, in an element without a name.
    pub(super) fn of(html: &str) -> Self {
        let sink = TreeSink { open: RefCell::new(vec![Self::default()]) };
        let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
        let queue = BufferQueue::default();
        queue.push_back(StrTendril::from(html));
        // The tokenizer only stops if the sink asks for it.
        drop(tokenizer.feed(&queue));
        tokenizer.end();
        let mut open = tokenizer.sink.open.into_inner();
        while open.len() > 1 {
            close_last(&mut open);
        }
        open.pop().unwrap_or_default()
    }

    /// The value of an attribute; absent: it is missing or empty.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let value = self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }

    /// Its text, as it is written.
    pub(super) fn text(&self) -> String {
        let texts = self.children.iter().map(|child| match child {
            HtmlNode::Element(element) if element.name == "br" => "\n".to_owned(),
            HtmlNode::Element(element) => element.text(),
            HtmlNode::Text(text) => text.clone(),
        });
        texts.collect()
    }
}

/// Builds the tree: the elements that are open, outermost first. There is always one.
struct TreeSink {
    open: RefCell<Vec<HtmlElement>>,
}

impl TokenSink for TreeSink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut open = self.open.borrow_mut();
        match token {
            Token::TagToken(Tag { kind: TagKind::StartTag, name, attrs, self_closing, .. }) => {
                let attributes =
                    attrs.iter().map(|attribute| (attribute.name.local.to_string(), attribute.value.to_string()));
                let element =
                    HtmlElement { name: name.to_string(), attributes: attributes.collect(), children: Vec::new() };
                let is_empty = self_closing || VOID.contains(&&*name);
                open.push(element);
                if is_empty {
                    close_last(&mut open);
                }
            }
            // An end tag without a start tag is ignored.
            Token::TagToken(Tag { kind: TagKind::EndTag, name, .. }) => {
                if let Some(at) = open.iter().rposition(|element| element.name == *name).filter(|at| *at > 0) {
                    while open.len() > at {
                        close_last(&mut open);
                    }
                }
            }
            Token::CharacterTokens(text) => {
                if let Some(parent) = open.last_mut() {
                    match parent.children.last_mut() {
                        Some(HtmlNode::Text(before)) => before.push_str(&text),
                        Some(HtmlNode::Element(_)) | None => parent.children.push(HtmlNode::Text(text.to_string())),
                    }
                }
            }
            Token::DoctypeToken(_)
            | Token::CommentToken(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

/// Puts the innermost open element into the one around it.
fn close_last(open: &mut Vec<HtmlElement>) {
    let closed = open.pop();
    if let (Some(parent), Some(closed)) = (open.last_mut(), closed) {
        parent.children.push(HtmlNode::Element(closed));
    }
}
