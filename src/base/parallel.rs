//! Work on many things at once, on every processor.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
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

#[cfg(test)]
mod tests {
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
}
