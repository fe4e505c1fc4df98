//! The text of a new issue.

use jiff::civil::Date;

use crate::base::language::Lang;
use crate::ops::news_draft::NewsText;

/// The day in the example of `send_at`.
const EXAMPLE_DAY: &str = "2027-01-21";

/// The entry of the calendar that a draft is written for.
#[derive(Clone, Debug)]
pub struct DraftOccasion {
    /// The lines of its front matter that name the entry, and the series of it, each with its end.
    pub lines: String,
    /// Whether it goes by mail.
    pub is_mailed: bool,
    /// The day on which it is to be sent or published.
    pub send_on: Date,
    /// The day of the event that it invites to; absent: not an invitation.
    pub day: Option<Date>,
}

/// The line of front matter that names the audiences; empty without any, as for the issue of a series, which has its
/// own.
fn audiences_line(audiences: &[String], lang: Lang) -> String {
    match audiences {
        [] => String::new(),
        [only] => format!("audiences: [{only}]\n"),
        several => format!("audiences: [{}]   {}\n", several.join(", "), lang.language().drafts.audience_order),
    }
}

/// The line of front matter that reminds of `send_at`. It is a comment: nothing is sent on a day that the author has
/// not chosen.
pub(crate) fn send_at_line(occasion: Option<&DraftOccasion>) -> String {
    if occasion.is_some_and(|occasion| !occasion.is_mailed) {
        return String::new();
    }
    let day = occasion.map_or_else(|| EXAMPLE_DAY.to_owned(), |occasion| occasion.send_on.to_string());
    format!("# send_at: {day} kl. 9.00\n")
}

/// The front matter of a new issue.
pub struct NewFrontMatter<'a> {
    /// The subject.
    pub subject: &'a str,
    /// The preheader; empty: the author is reminded to write one.
    pub preheader: &'a str,
    /// The audiences.
    pub audiences: &'a [String],
    /// The language of the project.
    pub lang: Lang,
    /// The entry of the calendar that it is; absent: of none.
    pub occasion: Option<&'a DraftOccasion>,
    /// What it is made of; absent: an author writes it.
    pub news: Option<&'a NewsText>,
}

/// The line that marks the place for news in a text.
const NEWS: [&str; 2] = ["[nyheder]", "[news]"];

/// A text with its news in the marked place, or else at its end. Without news, the mark is removed.
pub(crate) fn with_news(text: &str, news: Option<&NewsText>) -> String {
    let cards = news.map_or("", |news| news.cards.as_str());
    let is_place = |line: &str| NEWS.contains(&line.trim());
    let mut out = String::with_capacity(text.len() + cards.len());
    let mut lines = text.split_inclusive('\n').peekable();
    let mut is_placed = false;
    while let Some(line) = lines.next() {
        if !is_place(line) {
            out.push_str(line);
        } else if is_placed || cards.is_empty() {
            // With the empty line below it.
            lines.next_if(|line| line.trim().is_empty());
        } else {
            out.push_str(cards);
            is_placed = true;
        }
    }
    if !is_placed && !cards.is_empty() {
        out = format!("{}\n\n{cards}", out.trim_end());
    }
    out
}

/// The text of a new issue: front matter that is valid whatever the title contains, and a body to replace.
pub fn issue_text(front: &NewFrontMatter<'_>) -> String {
    let subject: String = front.subject.split_whitespace().collect::<Vec<_>>().join(" ");
    // A JSON string is also a double-quoted YAML string (YAML 1.2 §1.3), whatever it holds.
    let (subject, preheader) = (serde_json::Value::from(subject), serde_json::Value::from(front.preheader));
    let audiences = audiences_line(front.audiences, front.lang);
    let drafts = front.lang.language().drafts;
    let body = with_news(if front.news.is_some() { drafts.news } else { drafts.empty }, front.news);
    let sources = front.news.map_or("", |news| news.front.as_str());
    let (lines, send_at) = (front.occasion.map_or("", |occasion| &occasion.lines), send_at_line(front.occasion));
    format!(
        "---\nsubject: {subject}\npreheader: {preheader}\n{audiences}{lines}{send_at}draft: true\n{sources}---\n{body}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_break_the_front_matter() {
        let text = issue_text(&NewFrontMatter {
            subject: "Nyt: \"OS2\"\nbcc: x",
            preheader: "",
            audiences: &["members".to_owned()],
            lang: Lang::default(),
            occasion: None,
            news: None,
        });
        assert!(text.starts_with("---\nsubject: \"Nyt: \\\"OS2\\\" bcc: x\"\npreheader"), "{text}");
    }
    #[test]
    fn several_audiences_come_with_what_their_order_means() {
        let text = |lang: Lang, audiences: &[String]| {
            issue_text(&NewFrontMatter { subject: "Nyt", preheader: "", audiences, lang, occasion: None, news: None })
        };
        let audiences = ["board", "members"].map(str::to_owned);
        for (tag, meaning) in [
            ("en", "# the order is the priority: a person in several gets the edition of the first"),
            ("da", "# den første har forrang: er en læser i flere, får læseren dens udgave"),
        ] {
            let lang = Lang::parse(tag).unwrap();
            let line = format!("\naudiences: [board, members]   {meaning}\n");
            assert!(text(lang, &audiences).contains(&line), "{}", text(lang, &audiences));
            assert!(text(lang, &audiences[..1]).contains("\naudiences: [board]\n"));
        }
    }
    #[test]
    fn news_are_where_a_text_has_a_place_for_them() {
        let news = NewsText { front: String::new(), cards: "::: card A\n:::\n".to_owned() };
        for (text, with, without) in [
            ("a\n\n[nyheder]\n\nb\n", "a\n\n::: card A\n:::\n\nb\n", "a\n\nb\n"),
            ("[news]\n", "::: card A\n:::\n", ""),
            ("[news]\n\n[news]\n", "::: card A\n:::\n\n", ""),
            ("a [nyheder]\n", "a [nyheder]\n\n::: card A\n:::\n", "a [nyheder]\n"),
        ] {
            assert_eq!(with_news(text, Some(&news)), with);
            assert_eq!(with_news(text, None), without);
        }
    }
}
