//! The server's metrics, as text for Prometheus (`OpenMetrics` 1.0).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::feedback::recorder::RecordedLeaves;

/// The upper ends of the classes of response times, in milliseconds.
const TIME_CLASSES: [u64; 8] = [1, 5, 25, 50, 100, 250, 1_000, 10_000];

/// Counts requests and their results.
#[derive(Debug, Default)]
pub(super) struct RequestCounters(Mutex<CountedRequests>);

#[derive(Debug, Default)]
struct CountedRequests {
    answers: BTreeMap<(&'static str, u16), u64>,
    leaves: RecordedLeaves,
    not_recorded: u64,
    is_failing: bool,
    times: [u64; TIME_CLASSES.len()],
    time_count: u64,
    time_sum: Duration,
}

impl RequestCounters {
    /// Counts an answer.
    pub(super) fn answered(&self, method: &'static str, status: u16, took: Duration) {
        self.update(|counted| {
            *counted.answers.entry((method, status)).or_default() += 1;
            let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            if let Some(at) = TIME_CLASSES.iter().position(|end| milliseconds <= *end) {
                counted.times[at] += 1;
            }
            counted.time_count += 1;
            counted.time_sum += took;
        });
    }

    /// Counts requests that were recorded; returns whether the last ones before them were not.
    pub(super) fn recorded(&self, counts: RecordedLeaves) -> bool {
        self.update(|counted| {
            let RecordedLeaves { left, already_left, unknown, spooled } = &mut counted.leaves;
            *left += counts.left;
            *already_left += counts.already_left;
            *unknown += counts.unknown;
            *spooled += counts.spooled;
            std::mem::replace(&mut counted.is_failing, false)
        })
    }

    /// Counts requests that could not be recorded; returns whether it is the first failure since a success.
    pub(super) fn not_recorded(&self, requests: u64) -> bool {
        self.update(|counted| {
            counted.not_recorded += requests;
            !std::mem::replace(&mut counted.is_failing, true)
        })
    }

    /// Whether the last requests could not be recorded.
    pub(super) fn is_failing(&self) -> bool {
        self.update(|counted| counted.is_failing)
    }

    /// The counts, for Prometheus.
    pub(super) fn page(&self) -> String {
        self.update(|counted| counted.page())
    }

    fn update<T>(&self, change: impl FnOnce(&mut CountedRequests) -> T) -> T {
        // Numbers are consistent whenever the lock is free, even after a panic elsewhere.
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl CountedRequests {
    fn page(&self) -> String {
        let mut lines = vec![
            "# TYPE newsletter_serve_requests counter".to_owned(),
            "# HELP newsletter_serve_requests Number of HTTP requests answered.".to_owned(),
        ];
        lines.extend(self.answers.iter().map(|((method, status), count)| {
            format!("newsletter_serve_requests_total{{method=\"{method}\",status=\"{status}\"}} {count}")
        }));
        lines.push("# TYPE newsletter_serve_unsubscribes counter".to_owned());
        lines.push("# HELP newsletter_serve_unsubscribes Number of requests to unsubscribe recorded.".to_owned());
        let RecordedLeaves { left, already_left, unknown, spooled } = self.leaves;
        for (result, count) in
            [("left", left), ("already_left", already_left), ("unknown_token", unknown), ("spooled", spooled)]
        {
            lines.push(format!("newsletter_serve_unsubscribes_total{{result=\"{result}\"}} {count}"));
        }
        lines.push("# TYPE newsletter_serve_not_recorded counter".to_owned());
        lines.push("# HELP newsletter_serve_not_recorded Number of requests to unsubscribe not recorded.".to_owned());
        lines.push(format!("newsletter_serve_not_recorded_total {}", self.not_recorded));
        lines.push("# TYPE newsletter_serve_request_seconds histogram".to_owned());
        lines.push("# HELP newsletter_serve_request_seconds How long requests took.".to_owned());
        let mut below = 0;
        for (end, count) in TIME_CLASSES.iter().zip(self.times) {
            below += count;
            let (seconds, rest) = (end / 1_000, end % 1_000);
            lines.push(format!("newsletter_serve_request_seconds_bucket{{le=\"{seconds}.{rest:03}\"}} {below}"));
        }
        lines.push(format!("newsletter_serve_request_seconds_bucket{{le=\"+Inf\"}} {}", self.time_count));
        lines.push(format!("newsletter_serve_request_seconds_sum {:.3}", self.time_sum.as_secs_f64()));
        lines.push(format!("newsletter_serve_request_seconds_count {}", self.time_count));
        lines.push("# EOF\n".to_owned());
        lines.join("\n")
    }
}
