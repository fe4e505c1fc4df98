//! The readers that `unsubscribe` is given: addresses and tokens, typed or on standard input.

use std::collections::BTreeSet;
use std::io::{self, BufRead, Read};

use crate::base::error::Error;
use crate::base::limits;
use crate::base::message::{Message, message};
use crate::cli::commands::suppression::targets::{Targets, known_series, list_items};
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::feedback::access_log::AccessLogLine;
use crate::letter::unsubscribe_token::LeaveTarget;
use crate::people::person::Address;
use crate::project::Project;

/// The name of standard input.
pub(super) const STANDARD_INPUT: &str = "-";
const NEITHER: Message = Message::fixed(
    "it is neither an e-mail address nor a token of an unsubscribe link",
    "det er hverken en mailadresse eller en kode fra et afmeldelseslink",
);

/// Who was typed, directly or on standard input.
pub(super) struct Readers<'o> {
    /// The addresses; there may be none.
    pub(super) targets: Targets<'o>,
    /// Each token once.
    pub(super) tokens: BTreeSet<LeaveTarget>,
    /// The beginning of an access log on standard input, whose rest is not read yet; absent: it is not an access log.
    pub(super) log: Option<String>,
}

impl<'o> Readers<'o> {
    /// Reads what was typed; reports what is invalid and returns the exit status then. All or nothing: half a list would look
    /// like all of it.
    pub(super) fn read(
        terminal: &Terminal,
        project: &'o Project,
        typed: &[String],
        series: Option<&str>,
    ) -> Result<Result<Self, Exit>, Error> {
        let mut words: Vec<String> = typed.iter().filter(|word| *word != STANDARD_INPUT).cloned().collect();
        let mut log = None;
        if words.len() < typed.len() {
            match StandardInput::read().map_err(|source| Error::Read { path: STANDARD_INPUT.into(), source })? {
                StandardInput::List(list) => words.extend(list_items(&list)),
                StandardInput::Log(beginning) => log = Some(beginning),
            }
        }
        let (mut addresses, mut tokens, mut exit) = (Vec::new(), BTreeSet::new(), Ok(()));
        for word in &words {
            match (LeaveTarget::parse(word), Address::parse(word)) {
                (Some(target), _) => _ = tokens.insert(target),
                (None, Ok(address)) => addresses.push(address),
                (None, Err(error)) => {
                    let error = if word.contains('@') { Message::shown(&error) } else { NEITHER };
                    terminal
                        .problem(message!("{word}: {error}; nothing was changed", "{word}: {error}; intet er ændret"));
                    exit = Err(Exit::Blocked);
                }
            }
        }
        if series.is_some() && !tokens.is_empty() {
            terminal.problem(message!(
                "`--series` is for addresses: a token already contains its series",
                "`--series` er til adresser: en kode siger selv, hvilken serie den gælder"
            ));
            exit = Err(Exit::Blocked);
        }
        if let Err(exit) = exit {
            return Ok(Err(exit));
        }
        let series = series.map(|series| known_series(terminal, project, series)).transpose();
        Ok(series.map(|series| Self { targets: Targets { addresses, series }, tokens, log }))
    }
}

/// What standard input contains.
enum StandardInput {
    /// A list of addresses and tokens.
    List(String),
    /// An access log, up to its first line that is a request.
    Log(String),
}

impl StandardInput {
    /// Reads it until it is clear what it is.
    fn read() -> io::Result<Self> {
        let mut text = String::new();
        loop {
            let mut line = Vec::new();
            io::stdin().lock().take(limits::LINE).read_until(b'\n', &mut line)?;
            if line.is_empty() {
                return Ok(Self::List(text));
            }
            let line = String::from_utf8_lossy(&line);
            text.push_str(&line);
            if AccessLogLine::parse(&line) != AccessLogLine::Unreadable {
                return Ok(Self::Log(text));
            }
            if text.len() as u64 > limits::TEXT {
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is too long for a list"));
            }
        }
    }
}
