//! Work on many things at once, on every processor.

use std::iter;
use std::num::NonZero;
use std::ops::ControlFlow;
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

/// How many batches are refilled: one that is filled, one that is emptied, and one in between.
const REFILLED: usize = 3;

/// Calls `empty` with each batch that `fill` has filled, in order, up to the one with which `fill` breaks. Another thread
/// fills batches ahead, unless the first is the only one.
///
/// The same few batches are filled again and again, so that `fill` can use what is allocated in them.
///
/// # Panics
///
/// If `fill` or `empty` does.
pub(crate) fn refilled<B: Default + Send>(
    mut fill: impl FnMut(&mut B) -> ControlFlow<()> + Send,
    mut empty: impl FnMut(&mut B),
) {
    let mut first = B::default();
    if fill(&mut first).is_break() {
        return empty(&mut first);
    }
    thread::scope(|scope| {
        let (queue, to_empty) = mpsc::sync_channel(REFILLED);
        let (emptied, to_fill) = mpsc::channel();
        let thread = scope.spawn(move || {
            for mut batch in to_fill {
                let end = fill(&mut batch);
                // The receiver is gone if `empty` panicked.
                if queue.send(batch).is_err() || end.is_break() {
                    return;
                }
            }
        });
        // The thread is gone after the last batch, and needs no more.
        let refill = |batch| drop(emptied.send(batch));
        (1..REFILLED).for_each(|_| refill(B::default()));
        for mut batch in iter::once(first).chain(to_empty) {
            empty(&mut batch);
            refill(batch);
        }
        // Also where it panicked, there are no more batches.
        thread.join().unwrap_or_else(|panic| resume_unwind(panic));
    });
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
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
    fn batches_that_are_refilled_are_emptied_in_order_and_few() {
        for last in [1, 2, 3, 1_000] {
            let (mut next, mut emptied, mut fills) = (0, Vec::new(), BTreeSet::new());
            let fill = |batch: &mut Vec<u32>| {
                // What an earlier turn left is what `fill` may use again.
                let turn = batch.first().map_or(0, |turn| turn + 1);
                *batch = vec![turn, next];
                next += 1;
                if next == last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            refilled(fill, |batch: &mut Vec<u32>| {
                emptied.push(batch[1]);
                fills.insert(batch[0]);
            });
            assert_eq!(emptied, (0..last).collect::<Vec<u32>>());
            assert!(fills.len() >= (last as usize).div_ceil(REFILLED), "{last}: {fills:?}");
        }
    }

    #[test]
    fn a_panic_ends_the_refilling_on_both_sides() {
        let fill = |batch: &mut u32| {
            *batch += 1;
            if *batch == 100 { panic!("cannot fill") } else { ControlFlow::Continue(()) }
        };
        let filling = catch_unwind(AssertUnwindSafe(|| refilled(fill, |_| {})));
        assert_eq!(filling.unwrap_err().downcast_ref(), Some(&"cannot fill"));
        let empty = |batch: &mut u32| {
            assert!(*batch != 50, "cannot empty");
        };
        let emptying = catch_unwind(AssertUnwindSafe(|| refilled(fill, empty)));
        assert_eq!(emptying.unwrap_err().downcast_ref(), Some(&"cannot empty"));
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
