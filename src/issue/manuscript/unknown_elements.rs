//! Words in angle brackets that are not HTML, such as `Arc<T>` or `<folder>`: readers see them as they are written.

use comrak::nodes::{Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::issue::manuscript::lines;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::placeholders::words::Placeholders;

const NOT_HTML: Code = Code("NL657");

/// The elements of HTML (HTML Standard, sections 4 and 16.2), in order.
const KNOWN: [&str; 142] = [
    "a",
    "abbr",
    "acronym",
    "address",
    "applet",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "basefont",
    "bdi",
    "bdo",
    "bgsound",
    "big",
    "blink",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "datalist",
    "dd",
    "del",
    "details",
    "dfn",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "i",
    "iframe",
    "image",
    "img",
    "input",
    "ins",
    "isindex",
    "kbd",
    "keygen",
    "label",
    "legend",
    "li",
    "link",
    "listing",
    "main",
    "map",
    "mark",
    "marquee",
    "math",
    "menu",
    "menuitem",
    "meta",
    "meter",
    "nav",
    "nobr",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "param",
    "picture",
    "plaintext",
    "pre",
    "progress",
    "q",
    "rb",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "s",
    "samp",
    "script",
    "search",
    "section",
    "select",
    "slot",
    "small",
    "source",
    "spacer",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
    "xmp",
];

/// The elements of SVG and `MathML` (in a text without a drawing or a formula, `Arc<Path>` is not one of them), in order.
const DRAWN: [&str; 47] = [
    "animate",
    "circle",
    "clippath",
    "defs",
    "ellipse",
    "feblend",
    "filter",
    "foreignobject",
    "g",
    "line",
    "lineargradient",
    "marker",
    "mask",
    "menclose",
    "mfrac",
    "mi",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mroot",
    "mrow",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialgradient",
    "rect",
    "semantics",
    "stop",
    "symbol",
    "text",
    "tspan",
    "use",
];

/// Turns tags that are not HTML elements into text, and reports them.
pub(crate) fn show(
    root: Node<'_>,
    masked: &PlaceholderText,
    placeholders: &Placeholders,
    diagnostics: &mut Diagnostics,
) {
    for node in root.descendants() {
        let mut data = node.data_mut();
        let start = data.sourcepos.start;
        match &mut data.value {
            NodeValue::HtmlInline(html) => {
                let Some(name) = unknown_name(html, &masked.text) else { continue };
                report(&name, masked.place(start.line, start.column, html.len()), placeholders, diagnostics);
                let text = std::mem::take(html);
                data.value = NodeValue::Text(text.into());
            }
            // To Markdown, Word's `<o:p>` is text, not a tag.
            NodeValue::Text(text) => {
                let mut kept = String::new();
                let mut from = 0;
                for (at, tag) in word_tags(text) {
                    kept.push_str(&text[from..at]);
                    from = at + tag.len();
                    diagnostics.push(left_out(tag, masked.place(start.line, start.column + at, tag.len())));
                }
                if from > 0 {
                    kept.push_str(&text[from..]);
                    *text = kept.into();
                }
            }
            NodeValue::HtmlBlock(block) => {
                block.literal = shown(&block.literal, start.line, masked, placeholders, diagnostics);
            }
            _ => {}
        }
    }
}

/// A block of HTML with such words as text.
fn shown(
    html: &str,
    first: usize,
    masked: &PlaceholderText,
    placeholders: &Placeholders,
    diagnostics: &mut Diagnostics,
) -> String {
    let mut written = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        written.push_str(before);
        let comment = lines::comment_length(tag).filter(|_| tag.starts_with("<!--"));
        let length = comment.unwrap_or_else(|| tag.find('>').map_or(tag.len(), |end| end + 1));
        let (tag, after) = tag.split_at(length);
        if word_tags(tag).any(|(at, whole)| at == 0 && whole == tag) {
            let line = first + html[..html.len() - rest.len() + at].matches('\n').count();
            diagnostics.push(left_out(tag, masked.line(line)));
            rest = after;
            continue;
        }
        match unknown_name(tag, &masked.text).filter(|_| comment.is_none()) {
            Some(name) => {
                let line = first + html[..html.len() - rest.len() + at].matches('\n').count();
                report(&name, masked.line(line), placeholders, diagnostics);
                written.extend(["&lt;", &tag[1..].replace('>', "&gt;")]);
            }
            None => written.push_str(tag),
        }
        rest = after;
    }
    written + rest
}

/// How many unknown attributes without a value a tag has: `a<b men c>d` is a comparison, not bold text.
fn bare_words(attributes: &str) -> usize {
    const FLAGS: [&str; 14] = [
        "async",
        "autofocus",
        "autoplay",
        "checked",
        "controls",
        "defer",
        "disabled",
        "hidden",
        "loop",
        "multiple",
        "muted",
        "nowrap",
        "open",
        "required",
    ];
    if attributes.contains('=') {
        return 0;
    }
    let words = attributes.trim_end_matches(['>', '/']).split_whitespace();
    words.filter(|word| !FLAGS.contains(&word.to_ascii_lowercase().as_str())).count()
}

/// The tags of Word's elements in a text, each with its place: `<o:p>`, `<st1:place>`.
fn word_tags(text: &str) -> impl Iterator<Item = (usize, &str)> {
    const PREFIXES: [&str; 6] = ["m", "o", "st1", "v", "w", "x"];
    text.match_indices('<').filter_map(|(at, _)| {
        let inner = text[at + 1..].split_once('>')?.0;
        let name = inner.strip_prefix('/').unwrap_or(inner).trim_end_matches('/').split(' ').next()?;
        let (prefix, local) = name.split_once(':')?;
        let is_name = !local.is_empty() && local.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (PREFIXES.contains(&prefix) && is_name).then(|| (at, &text[at..at + inner.len() + 2]))
    })
}

fn left_out(tag: &str, place: Span) -> Diagnostic {
    Diagnostic::warning(
        NOT_HTML,
        message!("`{tag}` comes from Word, and is left out", "`{tag}` kommer fra Word og er udeladt"),
    )
    .at(place)
    .hint(message!(
        "delete it; the text between two such tags stays",
        "slet det; det, der står mellem to af dem, bliver"
    ))
}

/// The name in a tag that is not HTML. A name with a hyphen or a colon belongs to an element of the author's own, or of
/// Word, if the text closes it.
fn unknown_name(tag: &str, text: &str) -> Option<String> {
    let inner = tag.strip_prefix('<')?;
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    let length = inner.find(|letter: char| !letter.is_ascii_alphanumeric() && !"-_.:".contains(letter));
    let name = &inner[..length.unwrap_or(inner.len())];
    if !name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return None;
    }
    let is_own = name.contains(['-', ':']) && (text.contains(&format!("</{name}>")) || tag.ends_with("/>"));
    let lower = name.to_ascii_lowercase();
    let is_drawn = DRAWN.binary_search(&lower.as_str()).is_ok() && (text.contains("<svg") || text.contains("<math"));
    let is_known = is_drawn || KNOWN.binary_search(&lower.as_str()).is_ok();
    let is_sentence = bare_words(&inner[name.len()..]) > 1;
    (is_sentence || !is_known && !is_own).then(|| name.to_owned())
}

fn report(name: &str, place: Span, placeholders: &Placeholders, diagnostics: &mut Diagnostics) {
    let tag = if placeholders.tags_in(name).is_empty() { format!("`<{name}>`") } else { "this".to_owned() };
    let message = message!(
        "{tag} is not an element of HTML, and is shown as it is written",
        "{tag} er ikke et HTML-element og vises, som det er skrevet"
    );
    let hint = message!(
        "write it between backticks, or with spaces around the `<`",
        "skriv det mellem backticks, eller med mellemrum omkring `<`"
    );
    diagnostics.push(Diagnostic::warning(NOT_HTML, message).at(place).hint(hint));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_distinguished_from_words_in_brackets() {
        assert!(KNOWN.is_sorted() && DRAWN.is_sorted());
        for (tag, text, expected) in [
            ("<T>", "Arc<T>", Some("T")),
            ("</T>", "", Some("T")),
            ("<folder type=imap>", "", Some("folder")),
            ("<c-g>", "press <c-g>", Some("c-g")),
            ("<my-box>", "<my-box>x</my-box>", None),
            ("<o:p>", "<o:p></o:p>", None),
            ("<DIV class=a>", "", None),
            ("<br/>", "", None),
            ("<b men c>", "a<b men c>d", Some("b")),
            ("<video autoplay muted loop>", "", None),
            ("<text>", "<svg><text>", None),
            ("<Path>", "AsRef<Path>", Some("Path")),
            ("<!-- T -->", "", None),
        ] {
            assert_eq!(unknown_name(tag, text).as_deref(), expected, "{tag}");
        }
        let words: Vec<&str> =
            word_tags("a <o:p>b</o:p> <st1:place w:st=\"on\"> <kl:> <a:b> <o:p/> <x").map(|(_, tag)| tag).collect();
        assert_eq!(words, ["<o:p>", "</o:p>", "<st1:place w:st=\"on\">", "<o:p/>"]);
    }
}
