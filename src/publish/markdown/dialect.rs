//! Dialects of Markdown.

/// The program that reads the Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkdownDialect {
    /// Any program that reads Markdown.
    Common,
    /// Jekyll, which reads Liquid first and then Kramdown. The files of an article are below the root of its site.
    Jekyll,
}
