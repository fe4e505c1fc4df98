//! The text of a new issue.

use jiff::civil::Date;

use crate::base::language::Lang;

/// The day in the example of `send_at`.
const EXAMPLE_DAY: &str = "2027-01-21";
/// Beside several audiences, which are in the order of the alphabet: nobody has chosen it.
const ORDER: &str = "   # the order is the priority: a person in several gets the edition of the first";

/// The entry of the calendar that a draft is written for.
#[derive(Clone, Debug)]
pub struct DraftOccasion {
    /// The lines of its front matter that name the entry, and the series of it, each with its end.
    pub lines: String,
    /// The day on which it is to be sent.
    pub send_on: Date,
    /// The day of what it invites to; absent: it invites to nothing.
    pub day: Option<Date>,
}

/// The line of front matter that reminds of `send_at`. It is a comment: nothing is sent on a day that nobody has chosen.
pub(crate) fn send_at_line(occasion: Option<&DraftOccasion>) -> String {
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
}

/// The text of a new issue: front matter that is valid whatever the title holds, and a body to write over.
pub fn issue_text(front: &NewFrontMatter<'_>) -> String {
    let subject: String = front.subject.split_whitespace().collect::<Vec<_>>().join(" ");
    // A JSON string is also a double-quoted YAML string (YAML 1.2 §1.3), whatever it holds.
    let (subject, preheader) = (serde_json::Value::from(subject), serde_json::Value::from(front.preheader));
    let audiences = front.audiences.join(", ");
    let order = if front.audiences.len() > 1 { ORDER } else { "" };
    let body = front.lang.language().drafts.empty;
    let (lines, send_at) = (front.occasion.map_or("", |occasion| &occasion.lines), send_at_line(front.occasion));
    format!(
        "---\nsubject: {subject}\npreheader: {preheader}\naudiences: [{audiences}]{order}\n\
         {lines}{send_at}draft: true\n---\n{body}"
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
        });
        assert!(text.starts_with("---\nsubject: \"Nyt: \\\"OS2\\\" bcc: x\"\npreheader"), "{text}");
    }
    #[test]
    fn several_audiences_come_with_what_their_order_means() {
        let text = |audiences: &[String]| {
            issue_text(&NewFrontMatter {
                subject: "Nyt",
                preheader: "",
                audiences,
                lang: Lang::default(),
                occasion: None,
            })
        };
        let audiences = ["board", "members"].map(str::to_owned);
        let line = "\naudiences: [board, members]   # the order is the priority: a person in several gets the edition of \
                    the first\n";
        assert!(text(&audiences).contains(line), "{}", text(&audiences));
        assert!(text(&audiences[..1]).contains("\naudiences: [board]\n"));
    }
}
