//! Which tags belong together, and whether they are in the same element.

use std::collections::BTreeMap;

use comrak::nodes::{Node, NodeValue};

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::placeholders::tag::{Tag, TagKind};
use crate::issue::manuscript::tree;

const UNPAIRED: Code = Code("NL425");
const APART: Code = Code("NL426");

/// How many conditions and loops may be open at once.
const DEPTH: usize = 20;

/// The statements of a tree in groups: an opener, its `elif` and `else`, and the closer.
pub(crate) struct StatementGroups<'a> {
    nodes: BTreeMap<usize, Node<'a>>,
    openers: BTreeMap<usize, usize>,
}

impl<'a> StatementGroups<'a> {
    /// The groups of a tree.
    pub(crate) fn of(root: Node<'a>, tags: &[Tag]) -> Self {
        let nodes: BTreeMap<usize, Node<'a>> =
            root.descendants().filter_map(|node| tree::placeholder(node).map(|number| (number, node))).collect();
        let openers = pair(nodes.keys().copied(), tags, &mut Diagnostics::new());
        Self { nodes, openers }
    }

    /// The other tags of a tag's group.
    pub(crate) fn members(&self, number: usize) -> impl Iterator<Item = Node<'a>> {
        let opener = self.openers.get(&number).copied();
        let same = self.openers.iter().filter(move |pair| opener == Some(*pair.1) && *pair.0 != number);
        same.filter_map(|pair| self.nodes.get(pair.0).copied())
    }

    /// Whether every other tag of this tag's group is a child of a node, or there is no group.
    pub(crate) fn lies_within(&self, number: usize, holder: Node<'a>) -> bool {
        self.members(number).all(|member| member.parent().is_some_and(|parent| parent.same_node(holder)))
    }

    /// Whether another tag of this tag's group is a child of a node.
    pub(crate) fn has_member_in(&self, number: usize, holder: Node<'a>) -> bool {
        self.members(number).any(|member| member.parent().is_some_and(|parent| parent.same_node(holder)))
    }
}

/// The opener of each tag of a condition or a loop; tags without a partner are reported.
pub(crate) fn pair(
    numbers: impl Iterator<Item = usize>,
    tags: &[Tag],
    diagnostics: &mut Diagnostics,
) -> BTreeMap<usize, usize> {
    let mut open: Vec<usize> = Vec::new();
    let mut openers = BTreeMap::new();
    for number in numbers {
        let Some(tag) = tags.get(number) else { continue };
        let top = open.last().and_then(|number| tags.get(*number)).map(|tag| &tag.kind);
        let fits = match (&tag.kind, top) {
            (TagKind::Print(_) | TagKind::Set(_), _) => continue,
            (TagKind::If(_) | TagKind::For(_), _) if open.len() >= DEPTH => {
                diagnostics.push(
                    Diagnostic::error(
                        UNPAIRED,
                        message!(
                            "conditions and loops nest too deep",
                            "betingelser og løkker ligger for dybt i hinanden"
                        ),
                    )
                    .at(tag.place.clone())
                    .hint(message!(
                        "write fewer of them; `and` and `or` join conditions",
                        "skriv færre; `and` og `or` samler betingelser"
                    )),
                );
                return openers;
            }
            (TagKind::If(_) | TagKind::For(_), _) => {
                open.push(number);
                true
            }
            (TagKind::Elif(_) | TagKind::EndIf, Some(TagKind::If(_)))
            | (TagKind::Else, Some(TagKind::If(_) | TagKind::For(_)))
            | (TagKind::EndFor, Some(TagKind::For(_))) => true,
            (TagKind::Elif(_) | TagKind::Else | TagKind::EndIf | TagKind::EndFor, _) => false,
        };
        match open.last() {
            Some(opener) if fits => drop(openers.insert(number, *opener)),
            _ => diagnostics.push(unmatched_close(tag, open.last().and_then(|number| tags.get(*number)))),
        }
        if fits && matches!(tag.kind, TagKind::EndIf | TagKind::EndFor) {
            open.pop();
        }
    }
    for tag in open.into_iter().filter_map(|number| tags.get(number)) {
        let close = if matches!(tag.kind, TagKind::For(_)) { "{% endfor %}" } else { "{% endif %}" };
        diagnostics.push(
            Diagnostic::error(UNPAIRED, message!("`{}` is never closed", "`{}` bliver aldrig lukket", tag.typed))
                .at(tag.place.clone())
                .hint(message!("write `{close}` where it ends", "skriv `{close}`, hvor det slutter")),
        );
    }
    openers
}

fn unmatched_close(tag: &Tag, open: Option<&Tag>) -> Diagnostic {
    let hint = match open {
        Some(open) => {
            message!("close `{}` from line {} first", "luk `{}` fra linje {} først", open.typed, open.place.line())
        }
        None => message!(
            "delete it, or write its opening tag above it",
            "slet det, eller skriv det felt, der åbner, ovenover"
        ),
    };
    Diagnostic::error(UNPAIRED, message!("`{}` has no opening tag", "`{}` har intet felt, der åbner", tag.typed))
        .at(tag.place.clone())
        .hint(hint)
}

/// Reports tags that open in one element and close in another: the letter would have unbalanced HTML.
pub(crate) fn check<'a>(root: Node<'a>, tags: &[Tag], diagnostics: &mut Diagnostics) {
    let nodes: BTreeMap<usize, Node<'a>> =
        root.descendants().filter_map(|node| tree::placeholder(node).map(|number| (number, node))).collect();
    let openers = pair(nodes.keys().copied(), tags, diagnostics);
    for (number, opener) in &openers {
        let (Some(node), Some(start)) = (nodes.get(number), nodes.get(opener)) else { continue };
        let together = match (node.parent(), start.parent()) {
            (Some(left), Some(right)) => left.same_node(right),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let (Some(tag), Some(first)) = (tags.get(*number), tags.get(*opener)) else { continue };
        if !together {
            diagnostics.push(
                Diagnostic::error(
                    APART,
                    message!(
                        "`{}` is not in the same paragraph, item, cell or block as `{}`",
                        "`{}` står ikke i samme afsnit, punkt, celle eller blok som `{}`",
                        tag.typed,
                        first.typed
                    ),
                )
                .at(tag.place.clone())
                .hint(message!(
                    "it was opened in line {}: {}",
                    "det blev åbnet på linje {}: {}",
                    first.place.line(),
                    together_in(start, node, &first.typed)
                )),
            );
        }
    }
}

/// Where two tags of a group may be.
fn together_in<'a>(opener: Node<'a>, closer: Node<'a>, typed: &str) -> Message {
    let is_item = |node: Node<'a>| matches!(node.data().value, NodeValue::Item(_) | NodeValue::TaskItem(_));
    if [opener, closer].into_iter().all(|tag| tag.ancestors().any(is_item)) {
        let close = if typed.contains("for ") { "{% endfor %}" } else { "{% endif %}" };
        return message!(
            "in a list, write both in one item: `- {typed}Text{close}`",
            "i en liste skal begge stå i ét punkt: `- {typed}Tekst{close}`"
        );
    }
    message!(
        "write both in one paragraph, or each on a separate line",
        "skriv begge i ét afsnit, eller hver på sin egen linje"
    )
}
