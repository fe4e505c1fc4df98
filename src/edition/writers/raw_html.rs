//! Fits an author's own HTML to the width of a letter: its pictures shrink on phones, and its tables break no word.

use crate::base::language::Lang;
use crate::base::language::hyphenation::DividedWords;
use crate::edition::html::escape::escape;
use crate::edition::html::sanitise;
use crate::edition::template::slots::SlotContext;
use crate::edition::text_width::{FontFace, TextMeasure};
use crate::edition::writers::cell_text::{
    CellAdvance, CellLines, CellText, CellWidth, WordDivision, escaped_with_breaks,
};
use crate::edition::writers::html_table::label;
use crate::edition::writers::table_layout::{share, sum};
use crate::issue::manuscript::placeholders::words::Placeholders;

/// The padding of a cell on both sides, in pixels: that of `.html td` in `templates/default/base.css`.
const PADDING: u32 = 12;

/// The widest picture that fits beside others, in pixels: an icon or a portrait.
const SMALL: u32 = 100;

/// The room for HTML, in pixels, and the measures of its text.
pub(super) struct RawHtmlRoom<'r> {
    /// On wide screens.
    pub(super) wide: u32,
    /// On the narrowest phone.
    pub(super) phone: u32,
    /// The same where the styles for phones are ignored.
    pub(super) bare: u32,
    pub(super) measure: TextMeasure,
    pub(super) lang: Option<Lang>,
    pub(super) placeholders: &'r Placeholders,
}

/// A part of clean HTML.
#[derive(Clone, Copy)]
enum HtmlToken<'h> {
    /// Between `<` and `>`.
    Tag(&'h str),
    Text(&'h str),
}

impl<'h> HtmlToken<'h> {
    fn all(html: &'h str) -> Vec<Self> {
        let mut tokens = Vec::new();
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            let (text, behind) = rest.split_at(at);
            let (tag, after) = behind[1..].split_at(sanitise::tag_end(&behind[1..]));
            tokens.extend([Self::Text(text), Self::Tag(tag)]);
            rest = after.strip_prefix('>').unwrap_or(after);
        }
        tokens.push(Self::Text(rest));
        tokens
    }

    /// The name of an element that is opened, or of one that is closed with a slash before it; empty for text.
    fn name(self) -> &'h str {
        match self {
            Self::Tag(tag) => tag.split([' ', '>']).next().unwrap_or_default(),
            Self::Text(_) => "",
        }
    }
}

/// A table whose rows and columns are known.
struct RawTable {
    /// The texts of the first row, if it contains only column names.
    names: Vec<String>,
    class: &'static str,
    /// Which words of its cells are divided.
    divided: DividedWords,
    /// The width of each column on wide screens, in pixels; empty if mail programs find them.
    widths: Vec<u32>,
    row: usize,
    column: usize,
}

impl RawHtmlRoom<'_> {
    /// Clean HTML that fits.
    pub(super) fn fitted(&self, html: &str) -> String {
        let tokens = HtmlToken::all(html);
        let mut out = String::with_capacity(html.len());
        let mut tables: Vec<Option<RawTable>> = Vec::new();
        let mut open_cells = 0_usize;
        for (at, token) in tokens.iter().enumerate() {
            let HtmlToken::Tag(tag) = token else {
                let HtmlToken::Text(text) = token else { continue };
                let words = tables.last().and_then(Option::as_ref).map_or(DividedWords::Long, |table| table.divided);
                out.push_str(&if open_cells > 0 { self.text(text, words) } else { (*text).to_owned() });
                continue;
            };
            let name = token.name();
            let mut added = String::new();
            let mut behind = String::new();
            let table = tables.last_mut().and_then(Option::as_mut);
            match (name, table) {
                ("img", _) => {
                    let least = if open_cells > 0 { format!("min-width:{SMALL}px;") } else { String::new() };
                    added = self.picture(tag, &least);
                }
                ("table", _) => {
                    let table = RawTable::of(&tokens[at + 1..], self);
                    let class = table.as_ref().map_or("", |table| table.class);
                    added = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
                    tables.push(table);
                }
                ("/table", _) => drop(tables.pop()),
                ("tr", Some(table)) => added.push_str(table.next_row()),
                ("td" | "th", Some(table)) => [added, behind] = table.next_cell(name),
                _ => {}
            }
            open_cells = match name {
                "td" | "th" => open_cells + 1,
                "/td" | "/th" => open_cells.saturating_sub(1),
                _ => open_cells,
            };
            let (element, attributes) = tag.split_at(name.len());
            out.push_str(&["<", element, &added, attributes, ">", &behind].concat());
        }
        out
    }

    /// The text of a cell with the places where its words may be broken.
    fn text(&self, text: &str, words: DividedWords) -> String {
        let text = sanitise::decoded(text);
        let divided = self.lang.map(|lang| lang.divided(&text, words).into_owned());
        escaped_with_breaks(&divided.unwrap_or(text))
    }

    /// The attribute that makes a wide picture shrink. `max-width: 100%` alone does not in a cell: browsers make the cell as
    /// wide as the picture (CSS 2.2, section 10.4).
    fn picture(&self, tag: &str, least: &str) -> String {
        let width =
            sanitise::attribute(tag, "width").and_then(|width| width.trim_end_matches("px").parse::<u32>().ok());
        let Some(width) = width.map(|width| width.min(self.wide)).filter(|width| *width > SMALL) else {
            return String::new();
        };
        format!(" style=\"{least}width:100%;max-width:{width}px\"")
    }
}

impl RawTable {
    /// Lays out the table that tokens are the content of; `None` if it contains another table, or cells that span rows
    /// or columns.
    fn of(content: &[HtmlToken<'_>], room: &RawHtmlRoom<'_>) -> Option<Self> {
        let end = content.iter().position(|token| ["table", "/table"].contains(&token.name()))?;
        let is_innermost = content[end].name() == "/table";
        let content = content[..end].iter().copied();
        let is_known = is_innermost
            && content.clone().all(|token| match token {
                HtmlToken::Tag(tag) => {
                    ["colspan", "rowspan"].iter().all(|name| sanitise::attribute(tag, name).is_none())
                }
                HtmlToken::Text(_) => true,
            });
        if !is_known {
            return None;
        }
        let mut rows: Vec<Vec<RawCell>> = Vec::new();
        for token in content {
            match (token.name(), rows.last_mut()) {
                ("tr", _) => rows.push(Vec::new()),
                (name @ ("td" | "th"), Some(row)) => row.push(RawCell::of(name)),
                (_, Some(row)) => row.iter_mut().last().into_iter().for_each(|cell| cell.push(token, room)),
                _ => {}
            }
        }
        Some(Self::laid_out(&rows, room))
    }

    fn laid_out(rows: &[Vec<RawCell>], room: &RawHtmlRoom<'_>) -> Self {
        let count = rows.iter().map(Vec::len).max().unwrap_or(0);
        let columns = |words| -> Vec<CellWidth> {
            let lines = CellLines::Words(WordDivision { lang: room.lang, words });
            let column = |column| {
                let cells = rows.iter().filter_map(|row| row.get(column));
                let width = |cell: &RawCell| CellAdvance::of(&cell.text, lines, room.measure).width(room.measure);
                cells.map(width).fold(CellWidth::default(), CellWidth::or_wider)
            };
            (0..count).map(column).collect()
        };
        let all_divided = || columns(DividedWords::All).iter().map(|column| column.syllable).collect::<Vec<_>>();
        let columns = columns(DividedWords::Long);
        let [line, word, syllable] = [
            columns.iter().map(|column| column.line).collect::<Vec<_>>(),
            columns.iter().map(|column| column.word).collect(),
            columns.iter().map(|column| column.syllable).collect(),
        ];
        let paddings = u32::try_from(count).unwrap_or(u32::MAX).saturating_mul(PADDING);
        let [wide, phone, bare] = [room.wide, room.phone, room.bare].map(|whole| whole.saturating_sub(paddings));
        let has_values = columns.iter().any(|column| column.has_value);
        let widths = match () {
            () if sum(&line) <= wide => Vec::new(),
            () if sum(&word) <= wide => share(&word, &line, wide),
            () if sum(&syllable) <= wide => share(&syllable, &word, wide),
            () => Vec::new(),
        };
        let fits_divided = || !has_values && sum(&all_divided()) <= bare;
        let (class, divided) = match () {
            () if !has_values && sum(&syllable) <= bare => ("kept", DividedWords::Long),
            () if !has_values && sum(&word) <= phone && fits_divided() => ("kept", DividedWords::All),
            () if !has_values && sum(&word) <= phone => ("kept-on-phone", DividedWords::All),
            () if count > 1 && fits_divided() => ("stacked kept", DividedWords::All),
            () if count > 1 => ("stacked", DividedWords::All),
            () => ("", DividedWords::All),
        };
        let header = rows.first().filter(|row| rows.len() > 1 && row.iter().all(|cell| cell.is_head));
        let names = header.into_iter().flatten().map(|cell| escape(cell.text.characters().trim()));
        Self { names: names.collect(), class, divided, widths, row: 0, column: 0 }
    }

    /// The attributes of its next row. Where the rows are stacked, their names are before their values.
    fn next_row(&mut self) -> &'static str {
        (self.row, self.column) = (self.row + 1, 0);
        let is_named = self.class == "stacked" && self.row == 1 && !self.names.is_empty();
        if is_named { " class=\"row-empty\"" } else { "" }
    }

    /// The attributes of the next cell of its row, and what its content begins with.
    fn next_cell(&mut self, element: &str) -> [String; 2] {
        let column = self.column;
        self.column += 1;
        let width = self.widths.get(column).filter(|_| self.row == 1).map(|width| format!(" width=\"{width}\""));
        let is_value = self.class == "stacked" && self.row > 1 && element == "td";
        let name = self.names.get(column).filter(|_| is_value);
        let class = if column == 0 && name.is_some() { " class=\"row-title\"" } else { "" };
        [format!("{class}{}", width.unwrap_or_default()), name.map_or_else(String::new, |name| label(name))]
    }
}

/// A cell of such a table.
struct RawCell {
    is_head: bool,
    text: CellText,
    /// How deep its words are in elements that make them bold.
    bold: usize,
}

impl RawCell {
    fn of(element: &str) -> Self {
        let is_head = element == "th";
        Self { is_head, text: CellText::default(), bold: usize::from(is_head) }
    }

    fn push(&mut self, token: HtmlToken<'_>, room: &RawHtmlRoom<'_>) {
        match (token, token.name()) {
            (HtmlToken::Text(text), _) if !room.placeholders.tags_in(text).is_empty() => self.text.push_value(),
            (HtmlToken::Text(text), _) => {
                let words = sanitise::decoded(text).replace(['\n', '\t'], " ");
                self.text.push(&words, if self.bold > 0 { FontFace::Bold } else { FontFace::Regular });
            }
            (_, "b" | "strong") => self.bold += 1,
            (_, "/b" | "/strong") => self.bold = self.bold.saturating_sub(1),
            (_, "img") => self.text.push_picture(),
            (_, "br" | "p" | "/p" | "div" | "/div" | "li" | "ul" | "ol") => self.text.push("\n", FontFace::Regular),
            _ => {}
        }
    }
}

/// How a value is written that comes after some clean HTML.
pub(super) fn context_after(html: &str) -> SlotContext {
    let inside = html.rfind('<') > html.rfind('>');
    let attribute = html.rfind("=\"").map(|at| &html[..at]);
    let address = attribute.is_some_and(|name| name.ends_with("href") || name.ends_with("src"));
    // The sanitiser removes addresses without a scheme, so that no value is at the start of one.
    if inside && address { SlotContext::HtmlUrlPart } else { SlotContext::Html }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(html: &str) -> String {
        let measure = TextMeasure::new("Arial", 15);
        let placeholders = Placeholders::absent_from(std::iter::empty());
        let room = RawHtmlRoom { wide: 536, phone: 280, bare: 232, measure, lang: None, placeholders: &placeholders };
        room.fitted(&sanitise::clean(html))
    }

    #[test]
    fn a_wide_picture_shrinks() {
        for (html, style) in [
            ("<img src=\"https://a.example/b.png\" width=\"564\">", Some("width:100%;max-width:536px")),
            (
                "<p><a href=\"https://a.example\"><img width='300px' src=\"https://a.example/b.png\"></a></p>",
                Some("width:100%;max-width:300px"),
            ),
            (
                "<table><tr><td><img width=200 src=\"https://a.example/b.png\"></td></tr></table>",
                Some("min-width:100px;width:100%;max-width:200px"),
            ),
            ("<img src=\"https://a.example/b.png\" width=\"24\">", None),
            ("<img src=\"https://a.example/b.png\" width=\"100%\">", None),
            ("<img src=\"https://a.example/b.png\">", None),
        ] {
            let fitted = fitted(html);
            let found = fitted.split_once(" style=\"").map(|(_, rest)| rest.split('"').next().unwrap_or_default());
            assert_eq!(found, style, "{fitted}");
        }
    }

    #[test]
    fn a_table_breaks_no_word() {
        let row = |cells: [&str; 5], tag: &str| cells.map(|cell| format!("<{tag}>{cell}</{tag}>")).concat();
        let table = |rows: &str| fitted(&format!("<table>{rows}</table>"));
        let small = table("<tr><td><b>Alder</b></td><td>12 til 17 år</td></tr>");
        assert!(small.starts_with("<table class=\"kept\"><tbody><tr><td><b>Alder"), "{small}");
        let long = "en lang tekst med mange ord, der ikke kan være på en linje ved siden af den anden";
        let sized = table(&format!("<tr><td>Leverandør</td><td>{long}</td></tr><tr><td>a</td><td>b</td></tr>"));
        assert!(sized.starts_with("<table class=\"kept\"><tbody><tr><td width=\""), "{sized}");
        let names = ["Kommune", "Kontaktperson", "Telefonnummer", "Aftale", "Beløb"];
        let wide = table(&format!("<tr>{}</tr><tr>{}</tr>", row(names, "th"), row(["a"; 5], "td")));
        assert!(wide.starts_with("<table class=\"stacked\"><tbody><tr class=\"row-empty\"><th>Kommune"), "{wide}");
        assert!(wide.contains("<td class=\"row-title\"><span class=\"cell-label\">Kommune: </span>a"), "{wide}");
        assert!(wide.contains("<td><span class=\"cell-label\">Aftale: </span>a</td>"), "{wide}");
        let across = table("<tr><td colspan=\"2\">a</td></tr><tr><td>b</td><td>c</td></tr>");
        assert!(!across.contains("class="), "{across}");
        let nested = table("<tr><td><table><tr><td>a</td></tr></table></td></tr>");
        assert!(nested.starts_with("<table><tbody><tr><td><table class=\"kept\">"), "{nested}");
        let address = table("<tr><td>https://tickets.example/forening/tilmelding-2027</td></tr>");
        assert!(address.contains("https://<wbr>tickets.example/<wbr>forening/<wbr>"), "{address}");
    }
}
