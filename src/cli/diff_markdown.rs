//! What has changed since a revision, as Markdown for a comment of a pull request.

use crate::base::message::{Message, UserLanguage, message};
use crate::base::source::diagnostic::{Diagnostic, Diagnostics};
use crate::ops::diff::since::IssueChange;

/// The first line, by which a later run finds its own comment.
const MARK: &str = "<!-- newsletter -->";
/// The longest text: GitHub refuses comments of more than 65,536 characters.
const LONGEST: usize = 60_000;

/// An issue in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IssueSection {
    /// Its path.
    pub(super) path: String,
    /// What happened to it.
    pub(super) change: IssueChange,
    /// What there is to see.
    pub(super) body: SectionBody,
}

/// What there is to see of an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SectionBody {
    /// The comparison, line by line.
    Lines(Vec<String>),
    /// The problems that prevent a comparison.
    Problems(Diagnostics),
    /// Nothing: it is gone.
    Nothing,
}

/// The whole text; `others` are further files that have changed.
pub(super) fn document(sections: &[IssueSection], others: &[String], language: UserLanguage) -> String {
    let say = |message: Message| message.in_language(language).to_owned();
    let mut text = format!("{MARK}\n");
    if sections.is_empty() {
        text.push_str(&say(message!("No issue has changed.\n", "Ingen nyhedsbreve er ændret.\n")));
    }
    // Errors come first: what is cut off is what is last.
    let is_wrong = |section: &&IssueSection| matches!(section.body, SectionBody::Problems(_));
    let (wrong, others_sections): (Vec<_>, Vec<_>) = sections.iter().partition(is_wrong);
    for section in wrong.into_iter().chain(others_sections) {
        let path = code(&section.path);
        text.push_str(&say(match section.change {
            IssueChange::Added => message!("\n### {path}: new\n\n", "\n### {path}: nyt\n\n"),
            IssueChange::Edited => message!("\n### {path}\n\n", "\n### {path}\n\n"),
            IssueChange::Removed => message!("\n### {path}: removed\n\n", "\n### {path}: slettet\n\n"),
        }));
        match &section.body {
            SectionBody::Lines(lines) => text.push_str(&fenced(lines)),
            SectionBody::Problems(problems) => {
                text.push_str(&say(message!(
                    "It has errors, and cannot be compared:\n\n",
                    "Det har fejl og kan ikke sammenlignes:\n\n"
                )));
                problems.iter().for_each(|problem| text.push_str(&item(problem, language)));
            }
            SectionBody::Nothing => {}
        }
    }
    if !others.is_empty() {
        let list = others.iter().map(|path| code(path)).collect::<Vec<_>>().join(", ");
        text.push_str(&say(message!("\nAlso changed: {list}\n", "\nOgså ændret: {list}\n")));
    }
    shortened(text, language)
}

/// The text where the settings have errors, so that nothing can be compared.
pub(super) fn of_settings(problems: &Diagnostics, language: UserLanguage) -> String {
    let message = message!(
        "`newsletter.yaml` has errors, so no issue can be compared:\n\n",
        "`newsletter.yaml` har fejl, så ingen nyhedsbreve kan sammenlignes:\n\n"
    );
    let items: String = problems.iter().map(|problem| item(problem, language)).collect();
    shortened(format!("{MARK}\n\n{}{items}", message.in_language(language)), language)
}

/// A problem as an item of a list.
fn item(problem: &Diagnostic, language: UserLanguage) -> String {
    let place = problem.place.as_ref().map_or_else(String::new, |place| {
        format!("{} ", code(&format!("{}:{}:{}", place.path(), place.line(), place.column())))
    });
    let text = problem.message.in_language(language).replace('\n', " ");
    let hint = problem.hint.as_ref().map_or_else(String::new, |hint| format!(": {}", hint.in_language(language)));
    format!("- {place}{} {}\n", problem.code, code(&format!("{text}{}", hint.replace('\n', " "))))
}

/// A text between backticks, of which there are more than in it (`CommonMark` §6.1).
fn code(text: &str) -> String {
    // A line break, as in the name of a file, would end the paragraph and with it the code.
    let text = &text.replace(['\n', '\r'], " ");
    let ticks = "`".repeat(longest_run(text) + 1);
    let is_at_edge = text.starts_with('`') || text.ends_with('`');
    if is_at_edge { format!("{ticks} {text} {ticks}") } else { format!("{ticks}{text}{ticks}") }
}

/// Lines as a block of code, whose fence is longer than any in it.
fn fenced(lines: &[String]) -> String {
    let ticks = lines.iter().map(|line| longest_run(line) + 1).max().unwrap_or_default().max(3);
    let fence = "`".repeat(ticks);
    format!("{fence}diff\n{}\n{fence}\n", lines.join("\n"))
}

/// The length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|sign| sign != '`').map(str::len).max().unwrap_or_default()
}

/// The text, cut at a line if it is too long.
fn shortened(mut text: String, language: UserLanguage) -> String {
    if text.len() <= LONGEST {
        return text;
    }
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= LONGEST).last().unwrap_or_default();
    text.truncate(text[..end].rfind('\n').map_or(end, |line| line + 1));
    let fences: Vec<&str> = text.lines().filter(|line| line.starts_with("```")).collect();
    if fences.len() % 2 == 1
        && let Some(open) = fences.last().map(|line| line.trim_end_matches("diff").to_owned())
    {
        text.push_str(&open);
        text.push('\n');
    }
    let more = message!("\nThe rest is in the preview.\n", "\nResten er i forhåndsvisningen.\n");
    text.push_str(more.in_language(language));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::source::diagnostic::Code;

    fn section(body: SectionBody) -> IssueSection {
        IssueSection { path: "issues/maj.md".to_owned(), change: IssueChange::Edited, body }
    }

    #[test]
    fn what_authors_write_does_not_leave_its_block() {
        let lines = SectionBody::Lines(vec!["+ ```".to_owned(), "+ @everyone <!-- x".to_owned()]);
        let mut problems = Diagnostics::new();
        let problem = Diagnostic::error(Code("NL001"), Message::verbatim("unknown tag `` @all\n# x"));
        problems.push(problem.hint(Message::verbatim("write `a`")));
        let text = document(
            &[section(lines), section(SectionBody::Problems(problems))],
            &["audiences/a`b.yaml".to_owned()],
            UserLanguage::English,
        );
        let expected = "<!-- newsletter -->\n\n### `issues/maj.md`\n\nIt has errors, and cannot be compared:\n\n\
                        - NL001 ``` unknown tag `` @all # x: write `a` ```\n\n### `issues/maj.md`\n\n````diff\n+ ```\n\
                        + @everyone <!-- x\n````\n\nAlso changed: ``audiences/a`b.yaml``\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_comment_is_not_too_long_for_github() {
        let lines = SectionBody::Lines(vec!["+ æ".repeat(30); 2000]);
        let problem = Diagnostic::error(Code("NL001"), Message::verbatim("wrong"));
        let problems = SectionBody::Problems([problem].into_iter().collect());
        let text = document(&[section(lines), section(problems)], &[], UserLanguage::Danish);
        // Errors are never cut off.
        assert!(text.contains("- NL001 `wrong`\n"), "{}", &text[..200]);
        assert!(text.len() < 60_200 && text.ends_with("æ\n```\n\nResten er i forhåndsvisningen.\n"), "{}", text.len());
    }
}
