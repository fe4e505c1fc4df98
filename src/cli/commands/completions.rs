//! `completions`: prints the script with which a shell completes commands, options, issues and audiences; and
//! `complete`, which these scripts call.

use clap::{Args, Command, ValueEnum};

use crate::cli::completion::candidates::{self, PathCompletion, TypeableWord};
use crate::cli::completion::names;
use crate::cli::completion::typed_words::TypedWords;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;

/// Arguments of `completions`.
#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Arguments of `complete`.
#[derive(Args, Debug)]
pub(crate) struct CompleteArgs {
    shell: Shell,
    /// The words after the name of the program, up to the cursor
    #[arg(last = true)]
    words: Vec<String>,
}

/// A shell with programmable completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// Prints the script.
pub(super) fn run(args: &CompletionsArgs) -> Exit {
    let script = match args.shell {
        Shell::Bash => include_str!("../completion/newsletter.bash"),
        Shell::Zsh => include_str!("../completion/newsletter.zsh"),
        Shell::Fish => include_str!("../completion/newsletter.fish"),
    };
    Terminal::answer(script.trim_end());
    Exit::Done
}

/// Prints what can be typed at the cursor, a line each, or which paths the shell completes itself.
pub(super) fn complete(args: &CompleteArgs, mut program: Command) -> Exit {
    let typed = match args.shell {
        Shell::Bash => TypedWords::of_bash(&args.words),
        Shell::Zsh | Shell::Fish => TypedWords::whole(&args.words),
    };
    program.build();
    let project = names::project(&typed);
    let completion = candidates::complete(&program, &typed, &|argument, value| {
        names::of_argument(project.as_ref(), argument, value)
    });
    for candidate in &completion.candidates {
        Terminal::answer(&line(args.shell, &typed, candidate));
    }
    match completion.paths {
        PathCompletion::None => {}
        PathCompletion::Files => Terminal::answer(":files"),
        PathCompletion::Folders => Terminal::answer(":folders"),
    }
    Exit::Done
}

/// A candidate as the shell's script reads it.
fn line(shell: Shell, typed: &TypedWords, candidate: &TypeableWord) -> String {
    let value = typed.reply(&candidate.value);
    let about = candidate.about.lines().next().unwrap_or_default();
    match shell {
        Shell::Bash => value.to_owned(),
        // `_describe` reads what follows the first colon as the description.
        Shell::Zsh if about.is_empty() => value.replace(':', r"\:"),
        Shell::Zsh => format!("{}:{about}", value.replace(':', r"\:")),
        Shell::Fish => format!("{value}\t{about}"),
    }
}
