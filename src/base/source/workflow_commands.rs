//! Diagnostics as workflow commands of GitHub Actions, which shows them beside the lines of a pull request. They need no
//! permission, so that they also work for a pull request from a fork.

use crate::base::message::{UserLanguage, message};
use crate::base::source::diagnostic::{Diagnostic, Diagnostics, Severity};

/// A line for each problem that is not turned off. `folder` is the project's folder in the repository, such as `nyhedsbrev`;
/// empty: the project is the repository.
pub fn lines(diagnostics: &Diagnostics, folder: &str, language: UserLanguage) -> Vec<String> {
    diagnostics.iter().filter(|diagnostic| diagnostic.off.is_none()).map(|one| line(one, folder, language)).collect()
}

fn line(diagnostic: &Diagnostic, folder: &str, language: UserLanguage) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = diagnostic.place.as_ref().map_or_else(String::new, |place| {
        let path = if folder.is_empty() { place.path().to_owned() } else { format!("{folder}/{}", place.path()) };
        let end = place.column() + place.width().max(1) - 1;
        format!("file={},line={},col={},endColumn={end},", property(&path), place.line(), place.column())
    });
    let text = match &diagnostic.hint {
        Some(hint) => {
            let text = &diagnostic.message;
            message!("{text}\nHint: {hint}", "{text}\nHjælp: {hint}")
        }
        None => diagnostic.message.clone(),
    };
    format!("::{command} {place}title={}::{}", diagnostic.code, data(text.in_language(language)))
}

/// A text behind `::`, in which the runner decodes these signs (actions/toolkit, `packages/core/src/command.ts`).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value before `::`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::message::Message;
    use crate::base::source::diagnostic::Code;
    use crate::base::source::text::Source;

    #[test]
    fn a_problem_is_one_line_whatever_is_in_it() {
        let source = Source::new("issues/a,b:c.md", "x\n100 % æble\n");
        let mut all = Diagnostics::new();
        let text = Message::verbatim;
        let error = Diagnostic::error(Code("NL001"), text("100 %\nmore::"));
        all.push(error.at(source.line(2)).hint(text("write less")));
        all.push(Diagnostic::warning(Code("NL002"), text("no place")));
        all.push(Diagnostic { off: Some("we like it".to_owned()), ..Diagnostic::warning(Code("NL003"), text("off")) });
        assert_eq!(
            lines(&all, "news", UserLanguage::English),
            [
                "::error file=news/issues/a%2Cb%3Ac.md,line=2,col=1,endColumn=10,title=NL001::100 %25%0Amore::%0AHint: write less",
                "::warning title=NL002::no place",
            ]
        );
        assert!(lines(&all, "", UserLanguage::Danish)[0].contains("file=issues/a%2Cb%3Ac.md,"));
    }
}
