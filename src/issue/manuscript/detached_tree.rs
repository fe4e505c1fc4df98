//! A tree of Markdown outside any arena, so that it can be stored and copied for each edition. comrak's nodes borrow their arena,
//! and are changed in place while an edition is made.

use comrak::Arena;
use comrak::arena_tree::NodeEdge;
use comrak::nodes::{Ast, AstNode, Node, NodeValue};

/// The nodes of a tree in the order of the text.
#[derive(Debug)]
pub(crate) struct DetachedTree {
    nodes: Vec<DetachedNode>,
}

#[derive(Debug)]
struct DetachedNode {
    depth: usize,
    ast: Ast,
}

impl DetachedTree {
    /// Takes a copy of a tree.
    pub(crate) fn of(root: Node<'_>) -> Self {
        let mut depth = 0;
        let mut nodes = Vec::new();
        for edge in root.traverse() {
            match edge {
                NodeEdge::Start(node) => {
                    nodes.push(DetachedNode { depth, ast: node.data().clone() });
                    depth += 1;
                }
                NodeEdge::End(_) => depth -= 1,
            }
        }
        Self { nodes }
    }

    /// Copies the tree into an arena; changes there do not affect this tree.
    pub(crate) fn copy<'a>(&self, arena: &'a Arena<'a>) -> Node<'a> {
        let mut open: Vec<Node<'a>> = Vec::new();
        for DetachedNode { depth, ast } in &self.nodes {
            let node: Node<'a> = arena.alloc(AstNode::from(ast.clone()));
            open.truncate(*depth);
            if let Some(parent) = open.last() {
                parent.append(node);
            }
            open.push(node);
        }
        open.first().copied().unwrap_or_else(|| arena.alloc(AstNode::from(NodeValue::Document)))
    }
}
