//! `new`: an issue, as a draft.

use clap::Args;

use crate::base::error::Error;
use crate::cli::exit::Exit;
use crate::cli::project::OpenProject;
use crate::cli::terminal::Terminal;
use crate::issue::slug::slug;
use crate::project::files::write_new;

/// Arguments of `new`.
#[derive(Args, Debug)]
pub(crate) struct NewArgs {
    /// The title, which becomes the subject
    title: String,
}

const BODY: &str = include_str!("../scaffold/issue.md");

/// What a new issue says of itself.
pub(super) struct NewFrontMatter<'a> {
    pub(super) subject: &'a str,
    /// Empty: the author is reminded to write one.
    pub(super) preheader: &'a str,
    pub(super) audiences: &'a [String],
}

/// Makes `<slug of the title>.md` among the project's issues, for all its audiences.
pub(super) fn run(terminal: &Terminal, opened: &OpenProject, new: &NewArgs) -> Result<Exit, Error> {
    let slug = slug(&new.title);
    if slug.is_empty() {
        terminal.problem("the title needs a letter or a digit, for the file's name");
        return Ok(Exit::Blocked);
    }
    let (audiences, _) = opened.project.audiences()?;
    let audiences: Vec<String> = audiences.ids().map(ToString::to_string).collect();
    let path = opened.project.issues_folder().join(format!("{slug}.md"));
    write_new(&path, &issue_text(&NewFrontMatter { subject: &new.title, preheader: "", audiences: &audiences }))?;
    terminal.say(&format!("made {}", path.display()));
    terminal.json(&serde_json::json!({ "path": path }));
    Ok(Exit::Done)
}

/// The text of a new issue: front matter that is valid whatever the title holds, and a body to write over.
pub(super) fn issue_text(front: &NewFrontMatter<'_>) -> String {
    let subject: String = front.subject.split_whitespace().collect::<Vec<_>>().join(" ");
    // A JSON text is a YAML text in double quotes (YAML 1.2 §1.2), whatever it holds.
    let (subject, preheader) = (serde_json::Value::from(subject), serde_json::Value::from(front.preheader));
    let audiences = front.audiences.join(", ");
    format!(
        "---\nsubject: {subject}\npreheader: {preheader}\naudiences: [{audiences}]\n\
         # send_at: 2027-01-21 kl. 9.00\ndraft: true\n---\n{BODY}"
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
        });
        assert!(text.starts_with("---\nsubject: \"Nyt: \\\"OS2\\\" bcc: x\"\npreheader"), "{text}");
    }
}
