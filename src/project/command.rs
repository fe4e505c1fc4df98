//! Commands that print people or a password: their output while they run, and how they ended.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::base::byte_size::ByteLimit;
use crate::base::message::{Message, message};

/// How many pieces of output may wait to be read: a command that prints faster waits too.
const QUEUED_PIECES: usize = 8;
const PIECE_BYTES: usize = 1 << 16;
/// How many bytes of its error output are kept.
const ERROR_BYTES: usize = 4096;
/// How long to wait for a failed command to close its error output.
const ERROR_OUTPUT_TIMEOUT: Duration = Duration::from_secs(2);

/// How often to check whether a command with a short output has ended although its output is still open.
const ENDED_CHECK: Duration = Duration::from_millis(100);

/// A command that runs. Dropping it ends the command and everything that it started.
pub(super) struct RunningCommand {
    child: Child,
    output: Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    at: usize,
    last: Option<u8>,
    /// Whether the output was read to its end.
    is_read: bool,
    timed_out: Arc<AtomicBool>,
    error_output: Arc<Mutex<Vec<u8>>>,
    /// Disconnected when the error output was read to its end.
    error_output_end: Receiver<()>,
    /// Dropped when the command has ended, so that the timer does not end another process of the same number.
    timer: Option<Sender<()>>,
}

/// Why the output of a command cannot be trusted.
pub(super) enum CommandError {
    /// It did not end in time, and was stopped.
    TimedOut,
    /// It exited with another status than 0, with this last line of its error output.
    Status(Message, String),
    /// Its last line has no line break: the rest may be missing.
    IncompleteLine,
    /// Its exit status cannot be read.
    Lost(io::Error),
}

impl RunningCommand {
    /// Starts a command in a folder; it is stopped when it takes longer than this.
    pub(super) fn start(folder: &Path, words: &[String], timeout: Duration) -> io::Result<Self> {
        let (program, arguments) = words.split_first().ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, message!("the command is empty", "kommandoen er tom"))
        })?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A separate process group, so that the processes that it starts can be ended with it.
        let mut child = command.process_group(0).spawn()?;
        let (to_reader, output) = mpsc::sync_channel(QUEUED_PIECES);
        if let Some(stdout) = child.stdout.take() {
            let to_reader = to_reader.clone();
            thread::spawn(move || copy(stdout, &to_reader));
        }
        let error_output = Arc::new(Mutex::new(Vec::new()));
        let (error_output_open, error_output_end) = mpsc::channel::<()>();
        if let Some(stderr) = child.stderr.take() {
            let kept = Arc::clone(&error_output);
            thread::spawn(move || {
                keep_end(stderr, &kept);
                drop(error_output_open);
            });
        }
        let timed_out = Arc::new(AtomicBool::new(false));
        let (timer, ended) = mpsc::channel::<()>();
        let (flag, group) = (Arc::clone(&timed_out), child.id());
        thread::spawn(move || {
            if ended.recv_timeout(timeout) == Err(RecvTimeoutError::Timeout) {
                flag.store(true, Ordering::SeqCst);
                end(group);
                // A process that left the group may keep the output open, and the reader would wait for it.
                _ = to_reader.try_send(Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    message!("it took too long", "den tog for lang tid"),
                )));
            }
        });
        Ok(Self {
            child,
            output,
            piece: Vec::new(),
            at: 0,
            last: None,
            is_read: false,
            timed_out,
            error_output,
            error_output_end,
            timer: Some(timer),
        })
    }

    /// Waits until the command has ended.
    ///
    /// # Errors
    ///
    /// The output cannot be trusted.
    pub(super) fn finish(mut self) -> Result<(), CommandError> {
        if !self.ends_by_itself() {
            // The reader stopped early because of an error, which is reported already.
            return Ok(());
        }
        let status = self.child.wait().map_err(CommandError::Lost)?;
        self.timer = None;
        if self.timed_out.load(Ordering::SeqCst) {
            return Err(CommandError::TimedOut);
        }
        if !status.success() {
            // With a limit: a process that it started may keep its error output open for ever.
            _ = self.error_output_end.recv_timeout(ERROR_OUTPUT_TIMEOUT);
            let error_output = self.error_output.lock().unwrap_or_else(PoisonError::into_inner);
            let last_line = String::from_utf8_lossy(&error_output)
                .lines()
                .rev()
                .find(|line| !line.trim().is_empty())
                .map(|line| line.trim().to_owned())
                .unwrap_or_default();
            return Err(CommandError::Status(ending(status), last_line));
        }
        if self.last.is_some_and(|byte| byte != b'\n') { Err(CommandError::IncompleteLine) } else { Ok(()) }
    }
}

/// Runs a command whose output is short.
///
/// A program that it leaves running in the background, as an agent for passwords may, is not waited for.
///
/// # Errors
///
/// It cannot be started, fails, takes longer than `timeout`, or prints more than `limit` bytes.
pub(super) fn short_output(folder: &Path, words: &[String], timeout: Duration, limit: u64) -> io::Result<Vec<u8>> {
    let mut command = RunningCommand::start(folder, words, timeout)?;
    let mut output = Vec::new();
    let timed_out = || {
        io::Error::new(
            io::ErrorKind::TimedOut,
            message!("it took longer than {} s", "den tog mere end {} sekunder", timeout.as_secs()),
        )
    };
    let mut ended = None;
    let status = loop {
        match command.output.recv_timeout(ENDED_CHECK) {
            Ok(Ok(piece)) if piece.is_empty() => break command.child.wait()?,
            Ok(Ok(piece)) => output.extend(piece),
            Ok(Err(error)) if error.kind() != io::ErrorKind::TimedOut => return Err(error),
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => return Err(timed_out()),
            // Its last output may still have been in the pipe when it was found to have ended.
            Err(RecvTimeoutError::Timeout) => match ended {
                Some(status) => break status,
                None => ended = command.child.try_wait()?,
            },
        }
        if output.len() as u64 > limit {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                message!("it printed more than {}", "den skrev mere end {}", ByteLimit(limit)),
            ));
        }
    };
    if command.timed_out.load(Ordering::SeqCst) {
        return Err(timed_out());
    }
    // Not ended with the command when it is dropped.
    command.timer = None;
    if status.success() {
        Ok(output)
    } else {
        let ending = ending(status);
        Err(io::Error::other(message!("it failed with {ending}", "den fejlede med {ending}")))
    }
}

/// How a command ended: with a number, or by a signal, which has the same name in every language.
fn ending(status: ExitStatus) -> Message {
    match status.code() {
        Some(code) => Message::translated(status.to_string(), format!("exitkode {code}")),
        None => Message::verbatim(status.to_string()),
    }
}

impl RunningCommand {
    /// Whether the output ends soon after the part that was read. Then the exit status is worth waiting for: it explains more
    /// than the error in an incomplete output.
    fn ends_by_itself(&mut self) -> bool {
        // Only what may be queued already: a command without end must not be read to its end.
        for _ in 0..QUEUED_PIECES {
            if self.is_read || self.timed_out.load(Ordering::SeqCst) {
                return true;
            }
            match self.output.recv_timeout(ERROR_OUTPUT_TIMEOUT) {
                Ok(Ok(piece)) => {
                    self.is_read = piece.is_empty();
                    self.last = piece.last().copied().or(self.last);
                }
                Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => return true,
                Err(RecvTimeoutError::Timeout) => return false,
            }
        }
        false
    }
}

impl Read for &mut RunningCommand {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.is_read {
            return Ok(0);
        }
        if self.at == self.piece.len() {
            match self.output.recv() {
                Ok(piece) => (self.piece, self.at) = (piece?, 0),
                Err(mpsc::RecvError) => return Ok(0),
            }
            if self.piece.is_empty() {
                self.is_read = true;
                return Ok(0);
            }
        }
        let count = into.len().min(self.piece.len() - self.at);
        into[..count].copy_from_slice(&self.piece[self.at..self.at + count]);
        self.at += count;
        self.last = self.piece.last().copied();
        Ok(count)
    }
}

impl Drop for RunningCommand {
    fn drop(&mut self) {
        if self.timer.is_some() {
            end(self.child.id());
            _ = self.child.wait();
        }
    }
}

/// Sends everything that is printed; an empty piece marks the end.
fn copy(mut from: impl Read, to: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut piece = vec![0; PIECE_BYTES];
        let read = from.read(&mut piece).map(|count| {
            piece.truncate(count);
            piece
        });
        let ended = read.as_ref().map_or(true, Vec::is_empty);
        if to.send(read).is_err() || ended {
            return;
        }
    }
}

/// Keeps the end of the error output, where the reason usually is. It is read to its end, since a full pipe would block the
/// command.
fn keep_end(mut from: impl Read, kept: &Mutex<Vec<u8>>) {
    let mut piece = [0; 1024];
    while let Ok(count @ 1..) = from.read(&mut piece) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&piece[..count]);
        let too_much = kept.len().saturating_sub(ERROR_BYTES);
        kept.drain(..too_much);
    }
}

/// Ends a process group. The standard library can only end one process, and `kill(2)` would need unsafe code.
fn end(group: u32) {
    let mut kill = Command::new("kill");
    kill.args(["-s", "KILL", "--", &format!("-{group}")]);
    _ = kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(command: &str, timeout: Duration) -> Result<String, String> {
        let words = ["sh", "-c", command].map(str::to_owned);
        let output = short_output(Path::new("."), &words, timeout, 100).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(output).unwrap())
    }

    #[test]
    fn a_short_output_ends_whatever_the_command_does() {
        let minute = Duration::from_secs(60);
        assert_eq!(output("printf x", minute).as_deref(), Ok("x"));
        assert_eq!(output("sleep 50 & echo x", minute).as_deref(), Ok("x\n"));
        assert_eq!(output("yes", minute), Err("it printed more than 100 bytes".to_owned()));
        assert_eq!(output("yes & sleep 50", minute), Err("it printed more than 100 bytes".to_owned()));
        assert_eq!(output("exit 3", minute), Err("it failed with exit status: 3".to_owned()));
        let late = Err("it took longer than 1 s".to_owned());
        assert_eq!(output("sleep 50", Duration::from_secs(1)), late);
        assert_eq!(output("exec >&-; sleep 50", Duration::from_secs(1)), late);
    }
}
