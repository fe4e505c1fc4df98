//! Reads a line from the terminal that is not shown while it is typed: a password.

use std::io::{self, Read};

use rustix::termios::{self, LocalModes, OptionalActions, SpecialCodeIndex, Termios};

use crate::base::secret::Secret;

const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const BACKSPACE: [u8; 2] = [8, 127];
const LINE_END: [u8; 2] = [b'\n', b'\r'];
const CTRL_U: u8 = 21;

/// How a line ended.
pub(super) enum HiddenLine {
    /// It was typed to its end.
    Typed(Secret),
    /// By Ctrl-C, or because the input ended.
    Ended,
}

/// Shows the terminal's input again when it is dropped.
struct ShownAgain(Termios);

impl Drop for ShownAgain {
    fn drop(&mut self) {
        // There is nothing else to try.
        _ = termios::tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// Reads a line, once `ask` has asked for it. A password that is pasted as soon as the question appears must not be
/// shown: the echo is off before the question is printed. The keys are read one by one, so that Ctrl-C cannot end the
/// program until then.
///
/// # Errors
///
/// Standard input is not a terminal.
pub(super) fn read(ask: impl FnOnce()) -> io::Result<HiddenLine> {
    let usual = termios::tcgetattr(io::stdin())?;
    let mut hidden = usual.clone();
    hidden.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
    hidden.special_codes[SpecialCodeIndex::VMIN] = 1;
    hidden.special_codes[SpecialCodeIndex::VTIME] = 0;
    let _shown_again = ShownAgain(usual);
    termios::tcsetattr(io::stdin(), OptionalActions::Drain, &hidden)?;
    ask();
    let (mut typed, mut stdin) = (Vec::new(), io::stdin().lock());
    loop {
        let mut key = [0];
        if stdin.read(&mut key)? == 0 {
            return Ok(HiddenLine::Ended);
        }
        match key[0] {
            CTRL_C => return Ok(HiddenLine::Ended),
            CTRL_D if typed.is_empty() => return Ok(HiddenLine::Ended),
            CTRL_U => typed.clear(),
            key if LINE_END.contains(&key) => break,
            key if BACKSPACE.contains(&key) => remove_last(&mut typed),
            // Other control characters, such as Tab and Ctrl-Z, are not part of a password.
            0..32 => {}
            key => typed.push(key),
        }
    }
    let text = String::from_utf8(typed).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    Ok(HiddenLine::Typed(Secret::new(text)))
}

/// Removes the last character, of one or more bytes.
fn remove_last(typed: &mut Vec<u8>) {
    while typed.pop().is_some_and(|byte| (0x80..0xc0).contains(&byte)) {}
}
