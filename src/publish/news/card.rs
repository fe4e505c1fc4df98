//! The card of an item of news, in the Markdown of an issue.

use crate::base::language::Lang;
use crate::publish::news::item::NewsItem;

/// A card: the title as its heading, the summary as plain text, and a link to the page.
///
/// Whatever the item says, it is text in the issue: no part of it becomes a block, a tag of the template, HTML or a link.
pub(crate) fn card(item: &NewsItem, lang: Lang) -> String {
    let title = literal(&item.title);
    let text =
        Some(&item.summary).filter(|summary| !summary.is_empty()).map(|summary| format!("{}\n", literal(summary)));
    let more = lang.language().words.more;
    let link = item.link.as_ref().map(|link| format!("[{more}: {title}]({})\n", destination(link)));
    let parts: Vec<String> = text.into_iter().chain(link).collect();
    format!("::: card {title}\n{}:::\n", parts.join("\n"))
}

/// A line of text in Markdown that is shown as it is.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let leading_digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mut before = None;
    for (at, sign) in text.char_indices() {
        let rest = &text[at + sign.len_utf8()..];
        let is_markup = match sign {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '{' | '}' => true,
            // `&copy;` would be a character.
            '&' => rest.starts_with(|next: char| next == '#' || next.is_ascii_alphanumeric()),
            // The beginning of a heading, a list, a rule or a fence, and the `{%` and `{#` of a template.
            '#' | '+' | '-' | '=' | '%' => at == 0 || before == Some('{'),
            // `1. maj` is the beginning of a list.
            '.' | ')' if at == leading_digits && at > 0 => true,
            // A bare address becomes a link: `https://` and `www.`
            '.' => at >= 3 && text.as_bytes()[at - 3..at].eq_ignore_ascii_case(b"www"),
            _ => false,
        };
        match sign {
            // The beginning of a fence, and `https://`. A label cannot have `\:`.
            ':' if at == 0 || before == Some(':') || rest.starts_with(['/', ':']) => {
                out.push_str("&colon;");
                before = Some(sign);
                continue;
            }
            // A bare mail address becomes a link, however its `@` is written. The comment is not sent.
            '@' if before.is_some_and(|before| !before.is_whitespace()) => out.push_str("<!-- -->"),
            _ if is_markup => out.push('\\'),
            _ => {}
        }
        out.push(sign);
        before = Some(sign);
    }
    out
}

/// An address between the brackets of a link. It is encoded: `&` is the only character that Markdown could misread.
fn destination(address: &str) -> String {
    address.replace('&', "&amp;")
}

#[cfg(test)]
mod tests {
    use comrak::Arena;
    use comrak::nodes::NodeValue;
    use proptest::prelude::*;

    use super::*;
    use crate::issue::manuscript::placeholders::lexer;
    use crate::issue::manuscript::tree;
    use crate::publish::news::item::NewsId;

    fn item(title: &str, summary: &str, link: Option<&str>) -> NewsItem {
        NewsItem {
            id: NewsId::of("1"),
            title: title.to_owned(),
            summary: summary.to_owned(),
            link: link.map(str::to_owned),
            published: None,
        }
    }

    #[test]
    fn a_card_has_a_title_a_text_and_a_link() {
        let link = Some("https://forening.example/nyt?a=1&copy=2");
        let expected = "::: card Nyt fra os\nDet er nyt.\n\n\
                        [Læs mere: Nyt fra os](https://forening.example/nyt?a=1&amp;copy=2)\n:::\n";
        assert_eq!(card(&item("Nyt fra os", "Det er nyt.", link), Lang::default()), expected);
        assert_eq!(card(&item("Nyt", "", None), Lang::default()), "::: card Nyt\n:::\n");
    }

    /// Pieces with a meaning in Markdown, HTML, templates or blocks, separated by broken bars.
    const PIECES: &str = "#¦##¦- ¦* ¦+ ¦> ¦1. ¦2) ¦---¦***¦===¦```¦~~~¦:::¦::: not web¦|¦| a |¦{{¦}}¦{%¦%}¦{#¦#}¦{: .x}¦{.button}\
        ¦{{ email }}¦<b>¦</b>¦<script>¦<!--¦-->¦<https://a.example>¦https://a.example¦www.a.example¦a@b.example\
        ¦mailto:a@b.example¦[x]¦(y)¦[x](javascript:alert)¦![x](y)¦[^1]¦[^1]: ¦[ ] ¦`¦``¦**¦__¦*a*¦_b_¦~~c~~¦&amp;¦&#60;¦&lt;¦\\¦\\\\\
        ¦\\[¦å¦ord¦ ¦  ¦!¦.¦:¦@¦^¦$¦=¦\"¦'¦1¦w";

    fn hostile() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(PIECES.split('¦').collect::<Vec<_>>());
        prop::collection::vec(pieces, 1..8).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn whatever_it_says_is_text(title in hostile(), summary in hostile()) {
            let (title, summary) = (title.trim(), summary.trim());
            let text = card(&item(title, summary, None), Lang::default());
            prop_assert_eq!(lexer::openers(&text).count(), 0);
            let (label, body) = text.split_once('\n').unwrap();
            let body = body.strip_suffix(":::\n").unwrap();
            for (written, text) in [(title, label.strip_prefix("::: card ").unwrap()), (summary, body)] {
                let arena = Arena::new();
                let root = tree::markdown(&arena, text);
                for node in root.descendants() {
                    let is_text = match &node.data().value {
                        NodeValue::Document | NodeValue::Paragraph | NodeValue::Text(_) => true,
                        NodeValue::HtmlInline(html) => html == "<!-- -->",
                        _ => false,
                    };
                    prop_assert!(is_text, "{} has {:?}", text, node.data().value);
                }
                prop_assert_eq!(tree::plain(root), written);
            }
        }
    }
}
