//! `::: table`: makes a Markdown table of cells from a spreadsheet, pasted or in a file.

mod cells;
mod number;

use std::borrow::Cow;
use std::ops::Range;

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeTable, NodeValue, Sourcepos, TableAlignment};

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::base::source::text::Source;
use crate::issue::manuscript::common_mistakes;
use crate::issue::manuscript::content_blocks::{self, ContentBlock, ContentKind};
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::placeholders::words::Placeholders;
use crate::issue::manuscript::table::cells::{CellError, CellRow, TableLimits};
use crate::issue::manuscript::table::number::CellValueKind;
use crate::issue::manuscript::texts::{TextError, TextSource};
use crate::issue::manuscript::tree;

const NO_FILE: Code = Code("NL474");
const NO_CELLS: Code = Code("NL475");
const TOO_LARGE: Code = Code("NL476");
const TAG: Code = Code("NL477");
const RAGGED: Code = Code("NL478");

/// Gmail clips letters with larger tables (at 102 kB).
const LIMITS: TableLimits = TableLimits { rows: 300, columns: 30 };

/// Converts every block with pasted cells. This comes before tags get their nodes, so that tags in cells get theirs too.
pub(crate) fn convert_pasted<'a>(
    arena: &'a Arena<'a>,
    root: Node<'a>,
    masked: &PlaceholderText,
    placeholders: &Placeholders,
    diagnostics: &mut Diagnostics,
) {
    for (block, _) in blocks(root).into_iter().filter(|block| file(&block.1).is_none()) {
        let opening = block.data().sourcepos.start.line;
        if content_blocks::body(block).any(|node| matches!(node.data().value, NodeValue::Table(_))) {
            content_blocks::body(block).for_each(align);
        } else {
            let place = |row: usize, _: Range<usize>| masked.line(opening + row);
            let here = masked.line(opening);
            let rows = cells::pasted(&pasted(block, masked), LIMITS);
            let rows = rows.map_err(|error| diagnostics.push(cell_error(&error, &here, place)));
            let rows = rows.ok().and_then(|rows| checked(rows, place, diagnostics));
            replace_block(arena, block, &rows.unwrap_or_default(), Some(placeholders));
        }
        caption(arena, block, None);
        tree::unwrap(block);
    }
}

/// Converts every block that names a file.
pub(crate) fn convert_files<'a>(
    arena: &'a Arena<'a>,
    root: Node<'a>,
    masked: &PlaceholderText,
    texts: &dyn TextSource,
    diagnostics: &mut Diagnostics,
) {
    for (block, label) in blocks(root) {
        let Some(file) = file(&label) else { continue };
        let here = masked.line(block.data().sourcepos.start.line);
        let rows = match texts.table(&file.path) {
            Ok(source) => of_file(&source, &here, diagnostics),
            Err(error) => {
                diagnostics.push(unreadable_file(&file, &error).at(here));
                None
            }
        };
        replace_block(arena, block, &rows.unwrap_or_default(), None);
        caption(arena, block, Some(&file));
        tree::unwrap(block);
    }
}

fn blocks(root: Node<'_>) -> Vec<(Node<'_>, String)> {
    let contents = root.descendants().filter_map(|node| ContentBlock::of(node).map(|content| (node, content)));
    contents.filter(|block| block.1.kind == ContentKind::Table).map(|(node, content)| (node, content.label)).collect()
}

/// Replaces the content of a block by a table.
fn replace_block<'a>(arena: &'a Arena<'a>, block: Node<'a>, rows: &[CellRow], placeholders: Option<&Placeholders>) {
    content_blocks::body(block).collect::<Vec<_>>().into_iter().for_each(comrak::arena_tree::Node::detach);
    if let Some(head) = rows.first() {
        let table =
            TableNodeBuilder { arena, position: block.data().sourcepos, placeholders }.table(rows, head.cells.len());
        block.append(table);
        align(table);
    }
}

/// Makes the label a caption: bold, above the table.
fn caption<'a>(arena: &'a Arena<'a>, block: Node<'a>, file: Option<&TableFile>) {
    let Some(label) = content_blocks::label_of(block) else { return };
    let strong: Node<'a> = arena.alloc(AstNode::from(NodeValue::Strong));
    strong.data_mut().sourcepos = label.data().sourcepos;
    match file {
        Some(file) if file.caption.is_empty() => return label.detach(),
        Some(file) => {
            let words: Node<'a> = arena.alloc(AstNode::from(NodeValue::Text(Cow::Owned(file.caption.clone()))));
            words.data_mut().sourcepos = label.data().sourcepos;
            label.children().collect::<Vec<_>>().into_iter().for_each(comrak::arena_tree::Node::detach);
            strong.append(words);
        }
        None => label.children().collect::<Vec<_>>().into_iter().for_each(|child| strong.append(child)),
    }
    label.append(strong);
    label.data_mut().attrs = None;
}

/// A file named behind the fence, and the caption after its name.
#[derive(Debug, PartialEq, Eq)]
struct TableFile {
    path: String,
    caption: String,
}

/// The file of `tal.csv` or `"mine tal.csv" Tal for 2026`; none if the label names none.
fn file(label: &str) -> Option<TableFile> {
    const ENDINGS: [&str; 6] = [".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods"];
    let lower = label.to_ascii_lowercase();
    let ends = ENDINGS.iter().flat_map(|ending| lower.match_indices(ending).map(|(at, ending)| at + ending.len()));
    let whole = |end: &usize| {
        lower[*end..].chars().next().is_none_or(|character| character.is_whitespace() || "\"'>)".contains(character))
    };
    let end = ends.filter(whole).min()?;
    let path = label[..end].trim_start_matches(['"', '\'', '<', ' ']);
    let caption = label[end..].trim_start_matches(['"', '\'', '>']).trim().to_owned();
    Some(TableFile { path: path.to_owned(), caption })
}

/// The rows of a file; none if they cannot be read, which is reported.
fn of_file(source: &Source, here: &Span, diagnostics: &mut Diagnostics) -> Option<Vec<CellRow>> {
    common_mistakes::check_characters(source, 0..source.text().len(), diagnostics);
    let place = |row: usize, span: Range<usize>| in_file(source, row, span);
    let rows = cells::of_file(source.text(), LIMITS).map_err(|error| diagnostics.push(cell_error(&error, here, place)));
    checked(rows.ok()?, place, diagnostics)
}

fn in_file(source: &Source, line: usize, span: Range<usize>) -> Span {
    let text = source.text().lines().nth(line - 1).unwrap_or("");
    Span::in_line(source.path(), line, text, span)
}

/// The lines between the fences as typed, without the markers of quotes and lists.
fn pasted(block: Node<'_>, masked: &PlaceholderText) -> String {
    let position = block.data().sourcepos;
    let indent = position.start.column.saturating_sub(1);
    let inner = |number: usize| {
        let line = masked.line_text(number);
        let signs = line.bytes().take(indent).take_while(|byte| matches!(byte, b' ' | b'>')).count();
        &line[signs..]
    };
    let mut lines: Vec<&str> = (position.start.line + 1..=position.end.line).map(inner).collect();
    if lines.last().is_some_and(|line| line.trim().len() >= 3 && line.trim().bytes().all(|byte| byte == b':')) {
        lines.pop();
    }
    lines.join("\n")
}

fn unreadable_file(file: &TableFile, error: &TextError) -> Diagnostic {
    let path = &file.path;
    let spreadsheet = !["csv", "tsv", "txt"].iter().any(|ending| path.to_lowercase().ends_with(&format!(".{ending}")));
    let hint = match error {
        _ if spreadsheet => message!(
            "save it as \"CSV UTF-8\" in the spreadsheet, and name that file here",
            "gem arket som \"CSV UTF-8\", og skriv den fils navn her"
        ),
        TextError::Missing { near: Some(near) } if near.contains('/') => {
            message!("write `{near}`, with `/` between folders", "skriv `{near}` med `/` mellem mapper")
        }
        TextError::Missing { near: Some(near) } => message!("did you mean `{near}`?", "mente du `{near}`?"),
        TextError::Missing { near: None } | TextError::NoFolder { .. } | TextError::Unreadable => {
            message!("put the file in the issue's folder", "læg filen i nyhedsbrevets mappe")
        }
        TextError::Private => message!(
            "make a separate file with the columns that everyone may see",
            "lav en særskilt fil med de kolonner, alle må se"
        ),
        TextError::Outside | TextError::Absolute => {
            message!(
                "move the file to the issue's folder, and write only its name",
                "flyt filen til nyhedsbrevets mappe, og skriv kun dens navn"
            )
        }
        TextError::TooLarge { .. } => {
            message!("show fewer rows, and link to the whole table", "vis færre rækker, og link til hele tabellen")
        }
        TextError::NotText => message!(
            "save it again in Excel with File, Save as, \"CSV UTF-8\"",
            "gem den igen i Excel med Filer, Gem som, \"CSV UTF-8\""
        ),
    };
    let message =
        if spreadsheet { message!("it is not a CSV file", "det er ikke en CSV-fil") } else { Message::shown(&error) };
    Diagnostic::error(
        NO_FILE,
        message!("the table `{path}` cannot be read: {message}", "tabellen `{path}` kan ikke læses: {message}"),
    )
    .hint(hint)
}

fn cell_error(error: &CellError, here: &Span, place: impl Fn(usize, Range<usize>) -> Span) -> Diagnostic {
    match error {
        CellError::NoCells => {
            Diagnostic::error(NO_CELLS, message!("this table has no cells", "tabellen har ingen celler"))
                .at(here.clone())
                .hint(message!(
                    "paste the cells from the spreadsheet between the fences, or write `;` between them",
                    "sæt cellerne fra regnearket ind mellem bloktegnene, eller skriv `;` mellem dem"
                ))
        }
        CellError::OpenQuote { line } => Diagnostic::error(
            NO_CELLS,
            message!(
                "a quotation mark opens a cell that is never closed",
                "et anførselstegn åbner en celle, der aldrig lukkes"
            ),
        )
        .at(place(*line, 0..1))
        .hint(message!(
            "remove the mark, or close the cell with another; a mark inside a cell is written twice",
            "slet tegnet, eller luk cellen med et til; et tegn inde i en celle skrives to gange"
        )),
        CellError::TooLarge { line } => {
            let TableLimits { rows, columns } = LIMITS;
            Diagnostic::error(
                TOO_LARGE,
                message!(
                    "this table has more than {rows} rows or {columns} columns",
                    "tabellen har flere end {rows} rækker eller {columns} kolonner"
                ),
            )
            .at(place(*line, 0..1))
            .hint(message!(
                "show the figures that matter, and link to the whole table",
                "vis de vigtige tal, og link til hele tabellen"
            ))
        }
        CellError::LongLine { line } => Diagnostic::error(
            TOO_LARGE,
            message!("this line has more than a megabyte", "linjen fylder mere end en megabyte"),
        )
        .at(place(*line, 0..1))
        .hint(message!(
            "show the figures that matter, and link to the whole table",
            "vis de vigtige tal, og link til hele tabellen"
        )),
    }
}

/// Checks the rows, and makes all as long as the longest.
fn checked(
    mut rows: Vec<CellRow>,
    place: impl Fn(usize, Range<usize>) -> Span,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<CellRow>> {
    let head = rows.first().map_or(0, |row| row.cells.len());
    let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let tag = rows.iter().find(|row| row.cells.iter().any(|cell| cell.contains("{{") || cell.contains("{%")));
    if let Some(row) = tag {
        diagnostics.push(
            Diagnostic::error(
                TAG,
                message!(
                    "a template tag is not filled in here, and readers would see it as written",
                    "skabelonfelter udfyldes ikke her, og læserne ser dem, som de er skrevet"
                ),
            )
            .at(place(row.line, row.span.clone()))
            .hint(message!(
                "use tags only in pasted cells, in a line that begins with words",
                "felter virker kun i celler, der er sat ind mellem bloktegnene, og på en linje, der begynder med ord"
            )),
        );
        return None;
    }
    if let Some(row) = rows.iter().find(|row| row.cells.len() > head) {
        let message = message!(
            "this row has {} cells, the first one has {head}",
            "rækken har {} celler, den første har {head}",
            row.cells.len()
        );
        diagnostics.push(Diagnostic::warning(RAGGED, message).at(place(row.line, row.span.clone())).hint(message!(
            "name the column in the first row, or delete the extra separator",
            "giv kolonnen et navn i første række, eller slet det ekstra skilletegn"
        )));
    }
    for row in &mut rows {
        row.cells.resize(columns, String::new());
    }
    Some(rows)
}

/// Makes nodes with the place of their block.
struct TableNodeBuilder<'a, 's> {
    arena: &'a Arena<'a>,
    position: Sourcepos,
    /// The placeholders of the issue's tags; absent for the cells of a file, which cannot contain tags.
    placeholders: Option<&'s Placeholders>,
}

impl<'a> TableNodeBuilder<'a, '_> {
    fn node(&self, value: NodeValue) -> Node<'a> {
        let node: Node<'a> = self.arena.alloc(AstNode::from(value));
        node.data_mut().sourcepos = self.position;
        node
    }

    fn table(&self, rows: &[CellRow], columns: usize) -> Node<'a> {
        let alignments = vec![TableAlignment::None; columns];
        let table = self.node(NodeValue::Table(Box::new(NodeTable {
            alignments,
            num_columns: columns,
            num_rows: rows.len(),
            num_nonempty_cells: rows.iter().flat_map(|row| &row.cells).filter(|cell| !cell.is_empty()).count(),
        })));
        for (number, row) in rows.iter().enumerate() {
            let line = self.node(NodeValue::TableRow(number == 0));
            for text in &row.cells {
                line.append(self.cell(text));
            }
            table.append(line);
        }
        table
    }

    /// A cell. Its text is not Markdown; only tags and line breaks have a meaning.
    fn cell(&self, text: &str) -> Node<'a> {
        let cell = self.node(NodeValue::TableCell);
        // The placeholders of statements alone on their line are comments, which a cell would show as text.
        let uncommented = |placeholders: &Placeholders| {
            placeholders.tags_in(text).into_iter().fold(text.to_owned(), |text, number| {
                let placeholder = placeholders.for_tag(number);
                text.replace(&format!("<!--{placeholder}-->"), &placeholder)
            })
        };
        let bare = self.placeholders.map_or_else(|| text.to_owned(), uncommented);
        for (number, line) in bare.lines().enumerate() {
            if number > 0 {
                cell.append(self.node(NodeValue::LineBreak));
            }
            let shown: String =
                line.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
            cell.append(self.node(NodeValue::Text(Cow::Owned(shown))));
        }
        cell
    }
}

/// Aligns columns of numbers to the right if the author aligned none.
fn align(table: Node<'_>) {
    let rows: Vec<Node<'_>> =
        table.children().filter(|node| matches!(node.data().value, NodeValue::TableRow(false))).collect();
    let kind_of = |row: &Node<'_>, column: usize| {
        row.children().nth(column).map_or(CellValueKind::Nothing, |cell| number::classify(&tree::plain(cell)))
    };
    let is_number = |column: usize| {
        let mut kinds = rows.iter().map(|row| kind_of(row, column));
        kinds.clone().any(|kind| kind == CellValueKind::Number) && kinds.all(|kind| kind != CellValueKind::Words)
    };
    let columns = match &table.data().value {
        NodeValue::Table(table) if table.alignments.iter().all(|alignment| *alignment == TableAlignment::None) => {
            table.alignments.len()
        }
        _ => return,
    };
    let numbers: Vec<usize> = (0..columns).filter(|column| is_number(*column)).collect();
    if let NodeValue::Table(table) = &mut table.data_mut().value {
        for column in numbers {
            if let Some(alignment) = table.alignments.get_mut(column) {
                *alignment = TableAlignment::Right;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_may_name_a_file() {
        let found = |label: &str| file(label).map(|file| (file.path, file.caption));
        let expected = |path: &str, caption: &str| Some((path.to_owned(), caption.to_owned()));
        assert_eq!(found("tal.csv"), expected("tal.csv", ""));
        assert_eq!(found("\"mine tal.CSV\" Tal for 2026"), expected("mine tal.CSV", "Tal for 2026"));
        assert_eq!(found("<data/tal.tsv>"), expected("data/tal.tsv", ""));
        assert_eq!(found("regnskab.xlsx"), expected("regnskab.xlsx", ""));
        assert_eq!(found("Medlemmer pr. kommune"), None);
        assert_eq!(found("Fra a.csvx"), None);
        assert_eq!(found(""), None);
    }
}
