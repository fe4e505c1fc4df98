//! The cells of tables in HTML: their classes, their widths, and the names that they have where they are stacked.

use comrak::nodes::{Node, NodeTable};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::edition::compile_context::CompileContext;
use crate::edition::writers::table_layout::{self, PhoneForm, TableForm, TableLayout};

const TOO_WIDE: Code = Code("NL479");

/// The warning of a table that is too wide for a letter.
pub(super) fn too_wide(node: Node<'_>, table: &NodeTable, context: CompileContext<'_>) -> Diagnostic {
    let columns = table.alignments.len();
    let message = message!(
        "this table has {columns} columns that do not fit side by side: each row is a list",
        "tabellen har {columns} kolonner, som ikke kan stå ved siden af hinanden: hver række bliver en liste"
    );
    Diagnostic::warning(TOO_WIDE, message).at(context.masked.line(node.data().sourcepos.start.line)).hint(message!(
        "delete some columns, shorten long words, or swap rows and columns",
        "slet nogle kolonner, forkort lange ord, eller byt rækker og kolonner"
    ))
}

/// A finished cell.
pub(super) struct TableCell<'a> {
    pub(super) node: Node<'a>,
    /// Its index among the rows and statements of the table.
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) align: &'static str,
    pub(super) content: String,
}

impl TableLayout {
    /// The classes of the table.
    pub(super) fn table_class(&self) -> String {
        let form = match (&self.form, self.phone) {
            (TableForm::Listed, PhoneForm::Stacked) => "data listed list-blocks",
            (TableForm::Listed, _) => "data listed",
            (_, PhoneForm::FitsWithStyles) if !self.is_all_kept() => "data kept-on-phone",
            (_, PhoneForm::Fits | PhoneForm::FitsWithStyles | PhoneForm::FitsIfShort) => "data",
            (_, PhoneForm::Stacked) => "data stacked",
        };
        if self.is_all_kept() { format!("{form} kept") } else { form.to_owned() }
    }

    /// A cell around its content; `name` is the text of its column's header.
    pub(super) fn cell(&self, cell: TableCell<'_>, name: &str) -> String {
        let TableCell { node, row, column, align, mut content } = cell;
        let header = node.parent().is_some_and(table_layout::is_header);
        let facts = self.facts(row, column);
        if facts.is_on_one_line {
            content = on_one_line(&content);
        }
        let mut classes = Vec::new();
        if self.is_kept(facts, column, align) {
            classes.push("kept-cell");
        }
        if self.phone == PhoneForm::Stacked && !header {
            match column {
                _ if content.is_empty() => classes.push("row-empty"),
                0 => classes.push("row-title"),
                _ => {}
            }
            content = if content.is_empty() { content } else { label(name) + &content };
        }
        let class = if classes.is_empty() { String::new() } else { format!(" class=\"{}\"", classes.join(" ")) };
        // An empty header cell is an error to screen readers (axe: empty-table-header).
        let (tag, scope) = if header && !content.is_empty() { ("th", " scope=\"col\"") } else { ("td", "") };
        let align = if tag == "td" && align == "left" { String::new() } else { format!(" align=\"{align}\"") };
        let width = match &self.form {
            TableForm::Columns(widths) if header => widths.get(column).map(|width| format!(" width=\"{width}\"")),
            TableForm::Columns(_) | TableForm::Free | TableForm::Listed => None,
        };
        format!("<{tag}{class}{scope}{align}{}>{content}</{tag}>", width.unwrap_or_default())
    }
}

/// Markup whose text has no space that a line may end at.
fn on_one_line(content: &str) -> String {
    let mut is_tag = false;
    let mut out = String::with_capacity(content.len());
    for character in content.chars() {
        match character {
            '<' | '>' => is_tag = character == '<',
            ' ' if !is_tag => {
                out.push_str("&nbsp;");
                continue;
            }
            _ => {}
        }
        out.push(character);
    }
    out
}

/// The name of a column before a value of it. It is hidden where the header is shown, so that screen readers read each name
/// once: the styles for phones show it, and hide the header.
pub(super) fn label(name: &str) -> String {
    if name.is_empty() {
        return String::new();
    }
    format!("<span class=\"cell-label\">{}</span>", with_colon(name))
}

fn with_colon(name: &str) -> String {
    let colon = if name.ends_with([':', '?']) { "" } else { ":" };
    format!("{name}{colon} ")
}

/// A row of a table that is too wide: its first cell as a title, and below it a line for each other cell.
pub(super) fn listed_row(names: &[String], cells: &[String]) -> String {
    let empty = String::new();
    let mut row = String::from("<tbody>\n");
    for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
        let name = names.get(column).unwrap_or(&empty);
        let line = match column {
            0 => {
                let name = if name.is_empty() { String::new() } else { with_colon(name) };
                format!(
                    "<tr><th class=\"list-title\" colspan=\"2\" scope=\"rowgroup\" align=\"left\">\
                     <span class=\"list-name\">{name}</span>{cell}</th></tr>\n"
                )
            }
            _ if name.is_empty() => format!("<tr valign=\"top\"><td class=\"row-label\"></td><td>{cell}</td></tr>\n"),
            _ => format!(
                "<tr valign=\"top\"><th class=\"row-label\" scope=\"row\" align=\"left\">{name}</th><td>{cell}</td></tr>\n"
            ),
        };
        row.push_str(&line);
    }
    row + "</tbody>"
}
