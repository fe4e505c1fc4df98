//! Runs queries to other machines in parallel, with one deadline for all: a lookup by the operating system may block
//! for minutes, and cannot be cancelled.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// A query, and the function that answers it.
pub(crate) type SideTask<T> = Box<dyn FnOnce() -> T + Send>;

/// The answers, in the order of the questions; `None` for one that was not answered in time. Its thread runs until the
/// program ends, and its answer is dropped.
pub(crate) fn answers<T: Send + 'static>(tasks: Vec<SideTask<T>>, within: Duration) -> Vec<Option<T>> {
    let deadline = Instant::now() + within;
    let mut answers: Vec<Option<T>> = tasks.iter().map(|_| None).collect();
    let (sender, receiver) = mpsc::channel();
    for (place, task) in tasks.into_iter().enumerate() {
        let sender = sender.clone();
        // Fails only if the receiver is gone.
        thread::spawn(move || drop(sender.send((place, task()))));
    }
    // Once every thread has ended, the channel does.
    drop(sender);
    while let Ok((place, answer)) = receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        if let Some(free) = answers.get_mut(place) {
            *free = Some(answer);
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_late_is_none() {
        let (never, waits) = mpsc::channel::<()>();
        let tasks: Vec<SideTask<u8>> = vec![Box::new(move || waits.recv().map_or(1, |()| 1)), Box::new(|| 2)];
        assert_eq!(answers(tasks, Duration::from_millis(50)), [None, Some(2)]);
        drop(never);
        assert_eq!(answers(Vec::<SideTask<u8>>::new(), Duration::from_secs(60)), []);
    }
}
