//! The text of an item, of which a feed may have an excerpt and the whole.

use crate::publish::news::prose;

/// The ending of an excerpt that stops in the middle.
const CUT: [&str; 4] = ["[…]", "[...]", "…", "..."];
/// How a notice of the website below a text begins and goes on; `Yoast` adds it to each text of a feed of `WordPress`.
const NOTICES: [(&str, &str); 6] = [
    ("The post ", " appeared first on "),
    ("Indlægget ", " blev først udgivet på "),
    ("Indlægget ", " blev først vist på "),
    ("Innlegget ", " dukket først opp på "),
    ("Inlägget ", " dök först upp på "),
    ("Der Beitrag ", " erschien zuerst auf "),
];
/// The longest rest of a notice, in bytes: the name of a website.
const LONGEST_NAME: usize = 150;

/// The text of an item: its summary, or else its content; also its content if the summary stops in the middle.
pub(super) fn text(summary: &str, content: &str) -> String {
    let [summary, content] = [summary, content].map(|html| without_notice(&prose::of_html(html)).to_owned());
    let is_cut = CUT.iter().any(|sign| summary.ends_with(sign));
    let text = if !content.is_empty() && (summary.is_empty() || is_cut) { content } else { summary };
    let end = CUT[..2].iter().filter_map(|sign| text.find(sign)).min();
    end.map_or_else(|| text.clone(), |end| format!("{} …", text[..end].trim_end()))
}

/// A text without the notice at its end: `The post Nyt appeared first on Foreningen.`
fn without_notice(text: &str) -> &str {
    let start = NOTICES.iter().find_map(|(begin, middle)| {
        let at = text.rfind(middle).filter(|at| text.len() - at - middle.len() <= LONGEST_NAME)?;
        let start = text[..at].rfind(begin)?;
        let mut ends = text[start..at].match_indices(". ");
        let is_one_sentence = !ends.any(|(end, _)| text[start + end + 2..].starts_with(char::is_uppercase));
        (is_one_sentence && (start == 0 || text[..start].ends_with(' '))).then_some(start)
    });
    // A full stop that was added in front of the sign is not part of it.
    let text = start.map_or(text, |start| text[..start].trim_end());
    text.strip_suffix("].").map_or(text, |cut| &text[..=cut.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_has_no_notice_and_whole_sentences() {
        let notice = "<p>The post <a href=x>Ny kaj</a> appeared first on <a href=y>Foreningen</a>.</p>";
        for (summary, content, expected) in [
            ("<p>Kajen åbner, bl.a. for [&#8230;]</p>\n", "", "Kajen åbner, bl.a. for …"),
            ("<p>Kajen åbner, bl.a. for&nbsp;[…]</p>", "<p>Kajen åbner. Kom.</p>", "Kajen åbner. Kom."),
            ("<p>Hele teksten.</p>", "<p>Andet.</p>", "Hele teksten."),
            ("", "<p>Hele teksten.</p>", "Hele teksten."),
        ] {
            for notice in ["", notice, "<p>Indlægget Ny kaj blev først udgivet på Foreningen.</p>"] {
                let whole = if content.is_empty() { String::new() } else { format!("{content}{notice}") };
                assert_eq!(text(&format!("{summary}{notice}"), &whole), expected, "{summary} {notice}");
            }
        }
        assert_eq!(
            text("The post about us. It appeared first on paper.", ""),
            "The post about us. It appeared first on paper."
        );
    }
}
