//! Work on many things at once, on every processor.

use std::iter;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What `work` makes of each item, in the order of the items.
///
/// Each item is taken by the first thread that is free, so that a slow one does not hold up the rest.
///
/// # Panics
///
/// If `work` does.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let workers = processors.min(items.len());
    if workers <= 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut made = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return made };
            made.push((at, work(item)));
        }
    };
    let mut made: Vec<(usize, R)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(take)).collect();
        let made = threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        made.flatten().collect()
    });
    made.sort_unstable_by_key(|(at, _)| *at);
    made.into_iter().map(|(_, result)| result).collect()
}

/// How many items may wait for each other thread: few, since each may be large.
const WAITING: usize = 2;

/// What `work` makes of each item that `produce` gives, in the order in which they are given; and what `produce` returns.
///
/// Items are worked on while others are still produced: by other threads, which are started for the first item, and by this one
/// whenever the others have enough to do. So few items are in memory at a time, however many there are.
///
/// # Panics
///
/// If `work` or `produce` does.
pub(crate) fn feed<T: Send, R: Send, P>(
    work: impl Fn(T) -> R + Sync,
    produce: impl FnOnce(&mut dyn FnMut(T)) -> P,
) -> (P, Vec<R>) {
    let others = thread::available_parallelism().map_or(1, NonZero::get) - 1;
    let work = &work;
    thread::scope(|scope| {
        let (mut queue, mut threads) = (None, Vec::new());
        let (mut made, mut given) = (Vec::new(), 0);
        let produced = produce(&mut |item| {
            let queue = queue.get_or_insert_with(|| {
                let (queue, items) = mpsc::sync_channel(WAITING * others);
                let items = Arc::new(Mutex::new(items));
                threads.extend((0..others).map(|_| {
                    let items = Arc::clone(&items);
                    scope.spawn(move || work_off(&items, work))
                }));
                queue
            });
            if let Err(TrySendError::Full((at, item)) | TrySendError::Disconnected((at, item))) =
                queue.try_send((given, item))
            {
                made.push((at, work(item)));
            }
            given += 1;
        });
        drop(queue);
        for thread in threads {
            made.extend(thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        made.sort_unstable_by_key(|(at, _): &(usize, R)| *at);
        (produced, made.into_iter().map(|(_, result)| result).collect())
    })
}

/// The results of `work` for the items of a queue that this thread takes, with the items' numbers, until the queue
/// ends.
fn work_off<T, R>(queue: &Mutex<Receiver<(usize, T)>>, work: &impl Fn(T) -> R) -> Vec<(usize, R)> {
    let mut made = Vec::new();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((at, item)) = next else { return made };
        made.push((at, work(item)));
    }
}

/// How many items are passed to another thread at a time.
const BATCH: usize = 256;

/// Calls `consume` with the items of an iterator, which another thread makes ahead of it; returns what it returns.
///
/// # Panics
///
/// If the iterator panics, at the point where `consume` asks for the item: an incomplete sequence never looks complete.
pub(crate) fn ahead<T: Send, R>(
    items: impl Iterator<Item = T> + Send,
    consume: impl FnOnce(&mut dyn Iterator<Item = T>) -> R,
) -> R {
    thread::scope(|scope| {
        let (queue, ready) = mpsc::sync_channel(WAITING);
        let mut maker = Some(scope.spawn(move || {
            let mut items = items.peekable();
            while items.peek().is_some() {
                let batch: Vec<T> = items.by_ref().take(BATCH).collect();
                // The receiver is gone, so no more items are needed.
                if queue.send(batch).is_err() {
                    return;
                }
            }
        }));
        let batches = iter::from_fn(move || {
            let batch = ready.recv().ok();
            // The queue ends where the thread does: also where it panicked.
            if batch.is_none()
                && let Some(maker) = maker.take()
            {
                maker.join().unwrap_or_else(|panic| resume_unwind(panic));
            }
            batch
        });
        consume(&mut batches.flatten())
    })
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        let numbers: Vec<u64> = (0..100).collect();
        let slow_at_first = |number: &u64| {
            (0..(100 - number) * 100).for_each(|turn| {
                std::hint::black_box(turn);
            });
            number * 2
        };
        assert_eq!(map(&numbers, slow_at_first), numbers.iter().map(|number| number * 2).collect::<Vec<u64>>());
        assert_eq!(map(&[], |number: &u64| *number), Vec::<u64>::new());
        assert_eq!(map(&[7], |number: &u64| number + 1), [8]);
    }

    #[test]
    fn what_is_made_of_items_is_in_the_order_in_which_they_are_given() {
        let squares = |last: u64| {
            feed(
                |number: u64| number * number,
                |give| {
                    (0..last).for_each(give);
                    last
                },
            )
        };
        for last in [0, 1, 1_000] {
            assert_eq!(squares(last), (last, (0..last).map(|number| number * number).collect()));
        }
    }

    #[test]
    fn items_are_worked_on_by_this_thread_while_the_others_are_busy() {
        let (here, gate) = (thread::current().id(), Mutex::new(()));
        let closed = gate.lock().unwrap();
        // Every other thread waits for the gate, so that the queue fills up and the rest is done here.
        let work = |_: usize| {
            let by = thread::current().id();
            if by != here {
                drop(gate.lock().unwrap());
            }
            by
        };
        let ((), by) = feed(work, move |give| {
            (0..1_000).for_each(give);
            drop(closed);
        });
        assert_eq!(by.len(), 1_000);
        assert!(by.contains(&here));
    }

    #[test]
    fn items_that_are_made_ahead_are_the_same_and_never_a_part_of_them() {
        for last in [0, 1, 256, 1_000] {
            let all: Vec<u64> = ahead(0..last, |items| items.collect());
            assert_eq!(all, (0..last).collect::<Vec<u64>>());
        }
        let few: Vec<u64> = ahead(0.., |items| items.take(3).collect());
        assert_eq!(few, [0, 1, 2]);
        let broken = (0..1_000).map(|number| if number == 700 { panic!("broken") } else { number });
        let consumed = catch_unwind(AssertUnwindSafe(|| ahead(broken, |items| items.count())));
        assert_eq!(consumed.unwrap_err().downcast_ref(), Some(&"broken"));
    }
}
