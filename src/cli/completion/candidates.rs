//! What can be typed at the end of a command line.

use clap::{Arg, Command, ValueHint};

use crate::cli::completion::typed_words::TypedWords;

/// A word that can be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TypeableWord {
    /// The whole word.
    pub(crate) value: String,
    /// What it is, in one line; empty: nothing to say.
    pub(crate) about: String,
}

/// All words that can be typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Completions {
    /// Those that begin with what was typed.
    pub(crate) candidates: Vec<TypeableWord>,
    /// Which paths the shell adds itself.
    pub(crate) paths: PathCompletion,
}

/// Which paths a shell completes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PathCompletion {
    /// None.
    #[default]
    None,
    /// Files and folders.
    Files,
    /// Folders.
    Folders,
}

/// The names in a project that an argument can have: it also gets one of the names of its value, such as `AUDIENCE`.
type NamesOf<'a> = &'a dyn Fn(&Arg, &str) -> Vec<TypeableWord>;

impl TypeableWord {
    /// A word and what it is.
    pub(crate) fn new(value: impl Into<String>, about: impl Into<String>) -> Self {
        Self { value: value.into(), about: about.into() }
    }
}

/// Completes a command line. The command must be built, so that each subcommand has the global options.
pub(crate) fn complete(program: &Command, typed: &TypedWords, names: NamesOf<'_>) -> Completions {
    let mut line = Line { command: program, positional: 0, pending: None, options: OptionParsing::On };
    for word in &typed.before {
        line.read(word);
    }
    let all = line.completion(&typed.current, names);
    let is_typed = |candidate: &TypeableWord| candidate.value.starts_with(&typed.current);
    let candidates: Vec<TypeableWord> = all.candidates.into_iter().filter(is_typed).collect();
    // Names come first: where one fits, files would hide it.
    let paths = if candidates.is_empty() { all.paths } else { PathCompletion::None };
    Completions { candidates, paths }
}

/// Whether a word that begins with `-` is an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OptionParsing {
    On,
    /// After `--`.
    Off,
}

/// What the words so far mean.
struct Line<'a> {
    command: &'a Command,
    /// How many positional arguments were typed.
    positional: usize,
    /// The option whose value comes next.
    pending: Option<&'a Arg>,
    options: OptionParsing,
}

impl Line<'_> {
    fn read(&mut self, word: &str) {
        let is_option = self.options == OptionParsing::On && word.starts_with('-') && word.len() > 1;
        if let Some(arg) = self.pending.take()
            && !(is_option && is_optional(arg))
        {
            // An option with several values takes words until the next option.
            self.pending = Some(arg).filter(|arg| arg.get_num_args().is_some_and(|range| range.max_values() > 1));
            return;
        }
        if is_option {
            self.read_option(word);
        } else if let Some(command) = self.command.find_subcommand(word).filter(|_| self.positional == 0) {
            self.command = command;
        } else {
            self.positional += 1;
        }
    }

    fn read_option(&mut self, word: &str) {
        let Some(long) = word.strip_prefix("--") else {
            return self.read_short(&word[1..]);
        };
        if long.is_empty() {
            self.options = OptionParsing::Off;
        } else if !long.contains('=') {
            let arg = self.command.get_arguments().find(|arg| arg.get_long() == Some(long));
            self.pending = arg.filter(|arg| arg.get_action().takes_values() && !arg.is_require_equals_set());
        }
    }

    fn read_short(&mut self, letters: &str) {
        for (at, letter) in letters.char_indices() {
            let Some(arg) = self.command.get_arguments().find(|arg| arg.get_short() == Some(letter)) else { return };
            if arg.get_action().takes_values() {
                let is_last = at + letter.len_utf8() == letters.len();
                self.pending = Some(arg).filter(|_| is_last);
                return;
            }
        }
    }

    fn completion(&self, current: &str, names: NamesOf<'_>) -> Completions {
        let is_option = self.options == OptionParsing::On && current.starts_with('-');
        if let Some(arg) = self.pending
            && !(is_option && is_optional(arg))
        {
            return values(arg, current, names);
        }
        if !is_option {
            return self.words(current, names);
        }
        let with_value = current.strip_prefix("--").and_then(|long| long.split_once('='));
        let Some((long, value)) = with_value else {
            return Completions { candidates: self.option_names(), paths: PathCompletion::None };
        };
        let arg = self.command.get_arguments().find(|arg| arg.get_long() == Some(long));
        let mut of_arg = arg.map(|arg| values(arg, value, names)).unwrap_or_default();
        for candidate in &mut of_arg.candidates {
            candidate.value.insert_str(0, &format!("--{long}="));
        }
        of_arg
    }

    /// The commands, and the values of the positional argument that comes next.
    fn words(&self, current: &str, names: NamesOf<'_>) -> Completions {
        let commands = self.command.get_subcommands().filter(|command| !command.is_hide_set());
        let about = |command: &Command| command.get_about().map(ToString::to_string).unwrap_or_default();
        let mut candidates: Vec<TypeableWord> = Vec::new();
        if self.positional == 0 {
            candidates.extend(commands.map(|command| TypeableWord::new(command.get_name(), about(command))));
        }
        let mut positionals = self.command.get_positionals();
        let next = positionals.nth(self.positional).or_else(|| {
            let last = self.command.get_positionals().last()?;
            last.get_num_args().is_some_and(|range| range.max_values() > 1).then_some(last)
        });
        let of_next = next.map(|arg| values(arg, current, names)).unwrap_or_default();
        candidates.extend(of_next.candidates);
        Completions { candidates, paths: of_next.paths }
    }

    /// Each option by its long name.
    fn option_names(&self) -> Vec<TypeableWord> {
        let shown = self.command.get_arguments().filter(|arg| !arg.is_hide_set());
        shown
            .filter_map(|arg| {
                let about = arg.get_help().map(ToString::to_string).unwrap_or_default();
                Some(TypeableWord::new(format!("--{}", arg.get_long()?), about))
            })
            .collect()
    }
}

/// Whether an option may be without its value.
fn is_optional(arg: &Arg) -> bool {
    arg.get_num_args().is_some_and(|range| range.min_values() == 0)
}

/// The values of an argument; of a list with commas, each after what was typed of it.
fn values(arg: &Arg, current: &str, names: NamesOf<'_>) -> Completions {
    let possible = arg.get_possible_values();
    let known = possible.iter().filter(|value| !value.is_hide_set());
    let about = |value: &clap::builder::PossibleValue| value.get_help().map(ToString::to_string).unwrap_or_default();
    let mut candidates: Vec<TypeableWord> =
        known.map(|value| TypeableWord::new(value.get_name(), about(value))).collect();
    let value_names: Vec<&str> = arg.get_value_names().into_iter().flatten().map(AsRef::as_ref).collect();
    let value_names = value_names.iter().flat_map(|name| name.split('|'));
    for name in value_names.clone() {
        candidates.extend(names(arg, name));
    }
    if let Some(delimiter) = arg.get_value_delimiter()
        && let Some((before, _)) = current.rsplit_once(delimiter)
    {
        for candidate in &mut candidates {
            candidate.value.insert_str(0, &format!("{before}{delimiter}"));
        }
    }
    let paths = match arg.get_value_hint() {
        ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath => {
            if value_names.into_iter().any(|name| name == "DIR") {
                PathCompletion::Folders
            } else {
                PathCompletion::Files
            }
        }
        _ => PathCompletion::None,
    };
    Completions { candidates, paths }
}
