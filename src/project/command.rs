//! A command that prints people: its output as it comes, and how it ended.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// So many pieces of output wait to be read: a command that prints faster has to wait, too.
const PIECES: usize = 8;
const PIECE: usize = 1 << 16;
/// So much of what it complains of is kept.
const COMPLAINT: usize = 4096;
/// So long the end of its complaint is waited for when it has failed.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A command that runs. It is ended with this value, with all that it started.
pub(super) struct RunningCommand {
    child: Child,
    output: Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    at: usize,
    last: Option<u8>,
    /// Its output is read to the end.
    read: bool,
    late: Arc<AtomicBool>,
    complaint: Arc<Mutex<Vec<u8>>>,
    /// Disconnected when all that it complained of is kept.
    heard: Receiver<()>,
    /// Dropped when it has ended, so that nobody ends it any more.
    waiting: Option<Sender<()>>,
}

/// Why the output of a command cannot be trusted.
pub(super) enum CommandError {
    /// It did not end in time, and was ended.
    Late,
    /// It ended with another status than 0, and said this.
    Status(ExitStatus, String),
    /// Its last line has no end: something is missing.
    HalfALine,
    /// It cannot be waited for.
    Lost(io::Error),
}

impl RunningCommand {
    /// Starts a command in a folder; it is ended when it takes longer than this.
    pub(super) fn start(folder: &Path, words: &[String], timeout: Duration) -> io::Result<Self> {
        let (program, arguments) =
            words.split_first().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no program is named"))?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own, so that what it starts can be ended with it.
        let mut child = command.process_group(0).spawn()?;
        let (to_reader, output) = mpsc::sync_channel(PIECES);
        if let Some(stdout) = child.stdout.take() {
            let to_reader = to_reader.clone();
            thread::spawn(move || copy(stdout, &to_reader));
        }
        let complaint = Arc::new(Mutex::new(Vec::new()));
        let (hearing, heard) = mpsc::channel::<()>();
        if let Some(stderr) = child.stderr.take() {
            let kept = Arc::clone(&complaint);
            thread::spawn(move || {
                listen(stderr, &kept);
                drop(hearing);
            });
        }
        let late = Arc::new(AtomicBool::new(false));
        let (waiting, ended) = mpsc::channel::<()>();
        let (told, group) = (Arc::clone(&late), child.id());
        thread::spawn(move || {
            if ended.recv_timeout(timeout) == Err(RecvTimeoutError::Timeout) {
                told.store(true, Ordering::SeqCst);
                end(group);
                // What it started elsewhere may hold its output open.
                _ = to_reader.try_send(Err(io::Error::new(io::ErrorKind::TimedOut, "it took too long")));
            }
        });
        let waiting = Some(waiting);
        Ok(Self { child, output, piece: Vec::new(), at: 0, last: None, read: false, late, complaint, heard, waiting })
    }

    /// Waits until it has ended; why its output cannot be trusted, if so.
    pub(super) fn finish(mut self) -> Result<(), CommandError> {
        if !self.ends_by_itself() {
            // What was read of it is wrong already, and it goes on.
            return Ok(());
        }
        let status = self.child.wait().map_err(CommandError::Lost)?;
        self.waiting = None;
        if self.late.load(Ordering::SeqCst) {
            return Err(CommandError::Late);
        }
        if !status.success() {
            // What it started may hold this open for ever.
            _ = self.heard.recv_timeout(LAST_WORDS);
            let complaint = self.complaint.lock().unwrap_or_else(PoisonError::into_inner);
            let complaint = String::from_utf8_lossy(&complaint)
                .lines()
                .rev()
                .find(|line| !line.trim().is_empty())
                .map(|line| line.trim().to_owned())
                .unwrap_or_default();
            return Err(CommandError::Status(status, complaint));
        }
        if self.last.is_some_and(|byte| byte != b'\n') { Err(CommandError::HalfALine) } else { Ok(()) }
    }
}

impl RunningCommand {
    /// Whether its output ends soon after what was read of it: how it ends says more than half an output.
    fn ends_by_itself(&mut self) -> bool {
        for _ in 0..PIECES {
            if self.read || self.late.load(Ordering::SeqCst) {
                return true;
            }
            match self.output.recv_timeout(LAST_WORDS) {
                Ok(Ok(piece)) => {
                    self.read = piece.is_empty();
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
        if self.read {
            return Ok(0);
        }
        if self.at == self.piece.len() {
            match self.output.recv() {
                Ok(piece) => (self.piece, self.at) = (piece?, 0),
                Err(mpsc::RecvError) => return Ok(0),
            }
            if self.piece.is_empty() {
                self.read = true;
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
        if self.waiting.is_some() {
            end(self.child.id());
            _ = self.child.wait();
        }
    }
}

/// Passes on all that is printed; an empty piece is the end.
fn copy(mut from: impl Read, to: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut piece = vec![0; PIECE];
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

/// Keeps the end of what it complains of, where the reason stands, and lets it complain on.
fn listen(mut from: impl Read, kept: &Mutex<Vec<u8>>) {
    let mut piece = [0; 1024];
    while let Ok(count @ 1..) = from.read(&mut piece) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&piece[..count]);
        let too_much = kept.len().saturating_sub(COMPLAINT);
        kept.drain(..too_much);
    }
}

/// Ends a group of processes; the standard library can only end one.
fn end(group: u32) {
    let mut kill = Command::new("kill");
    kill.args(["-s", "KILL", "--", &format!("-{group}")]);
    _ = kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}
