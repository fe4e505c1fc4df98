//! Checks over HTTP whether the links of a letter work: a few at once, with results cached for a while.

mod cache;
pub mod client;
pub(crate) mod feed_file;
mod guarded_connector;
pub mod link_status;
pub(crate) mod public_address;
mod request_url;
pub(crate) mod token_server;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use crate::project::online::cache::LinkCache;
use crate::project::online::client::{Client, FetchedPage};
use crate::project::online::link_status::LinkStatus;
use crate::project::online::public_address::is_public;
use crate::project::online::request_url::RequestUrl;

/// How many addresses are requested at once.
const AT_ONCE: usize = 4;
/// How many of them at one host.
const AT_ONCE_OF_HOST: usize = 2;
/// After this many timeouts a host gets no more requests.
const TIMEOUTS_PER_HOST: usize = 3;

/// How much is requested.
#[derive(Clone, Copy, Debug)]
pub struct RequestLimits {
    /// The timeout of one address.
    pub timeout: Duration,
    /// How many addresses are requested at most.
    pub most: usize,
    /// Whether an address of the internet protocol may be connected to.
    pub may_reach: fn(IpAddr) -> bool,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(10), most: 500, may_reach: is_public }
    }
}

/// The results for some addresses.
#[derive(Clone, Debug, Default)]
pub struct LinkStatuses {
    known: BTreeMap<RequestUrl, LinkStatus>,
    /// How many were not requested because of the limit.
    pub left: usize,
    /// The cache to store for the next run.
    pub kept: Vec<u8>,
}

impl LinkStatuses {
    /// The result for an address; none if it was not requested.
    pub fn of(&self, url: &str) -> Option<LinkStatus> {
        self.known.get(&RequestUrl::parse(url)?).copied()
    }
}

/// The addresses that are requested, each once. A reader's own links, such as to unsubscribe, are not.
pub fn addresses<'u>(urls: impl Iterator<Item = &'u str>) -> BTreeSet<String> {
    urls.filter_map(RequestUrl::parse).map(|url| url.url().to_owned()).collect()
}

/// Requests those of the addresses that are not cached; `on_answer` is called for each result.
pub fn ask(
    urls: &BTreeSet<String>,
    kept: &[u8],
    now: Timestamp,
    limits: RequestLimits,
    on_answer: &(dyn Fn() + Sync),
) -> LinkStatuses {
    let mut cache = LinkCache::read(kept, now);
    let mut answers = LinkStatuses::default();
    let mut waiting = Vec::new();
    for address in urls.iter().filter_map(|url| RequestUrl::parse(url)) {
        match cache.get(&address) {
            Some(answer) => {
                answers.known.insert(address, answer);
                on_answer();
            }
            None => waiting.push(address),
        }
    }
    answers.left = waiting.len().saturating_sub(limits.most);
    waiting.truncate(limits.most);
    if !waiting.is_empty() {
        for (address, answer) in ask_all(waiting, limits, on_answer) {
            cache.insert(&address, answer, now);
            answers.known.insert(address, answer);
        }
    }
    answers.kept = cache.write();
    answers
}

/// Requests one page, whatever its address is: the caller knows that this has no effect.
///
/// # Errors
///
/// No response.
pub fn page(url: &str, limits: RequestLimits) -> Result<FetchedPage, LinkStatus> {
    Client::new(limits.timeout, limits.may_reach).page(url)
}

/// What the threads share.
#[derive(Default)]
struct RequestQueue {
    waiting: Vec<RequestUrl>,
    asked: BTreeMap<String, usize>,
    silent: BTreeMap<String, usize>,
    answers: Vec<(RequestUrl, LinkStatus)>,
}

impl RequestQueue {
    /// The next address whose host has room.
    fn next(&mut self) -> Option<RequestUrl> {
        let room = |url: &RequestUrl| self.asked.get(url.host()).is_none_or(|count| *count < AT_ONCE_OF_HOST);
        let at = self.waiting.iter().position(room)?;
        let address = self.waiting.remove(at);
        *self.asked.entry(address.host().to_owned()).or_default() += 1;
        Some(address)
    }

    fn settle(&mut self, address: RequestUrl, answer: LinkStatus) {
        if let Some(asked) = self.asked.get_mut(address.host()) {
            *asked -= 1;
        }
        if answer == LinkStatus::Silent {
            *self.silent.entry(address.host().to_owned()).or_default() += 1;
        }
        self.answers.push((address, answer));
    }

    fn is_silent(&self, address: &RequestUrl) -> bool {
        self.silent.get(address.host()).is_some_and(|count| *count >= TIMEOUTS_PER_HOST)
    }
}

fn ask_all(
    waiting: Vec<RequestUrl>,
    limits: RequestLimits,
    on_answer: &(dyn Fn() + Sync),
) -> Vec<(RequestUrl, LinkStatus)> {
    let client = Client::new(limits.timeout, limits.may_reach);
    let workers = AT_ONCE.min(waiting.len());
    let queue = Mutex::new(RequestQueue { waiting, ..RequestQueue::default() });
    let host_has_room = Condvar::new();
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| request_all_waiting(&client, &queue, &host_has_room, on_answer));
        }
    });
    queue.into_inner().unwrap_or_else(PoisonError::into_inner).answers
}

fn request_all_waiting(
    client: &Client,
    queue: &Mutex<RequestQueue>,
    host_has_room: &Condvar,
    on_answer: &(dyn Fn() + Sync),
) {
    let mut held: MutexGuard<'_, RequestQueue> = queue.lock().unwrap_or_else(PoisonError::into_inner);
    while !held.waiting.is_empty() {
        let Some(address) = held.next() else {
            held = host_has_room.wait(held).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        let silent = held.is_silent(&address);
        drop(held);
        let answer = if silent { LinkStatus::Silent } else { client.ask(&address) };
        on_answer();
        held = queue.lock().unwrap_or_else(PoisonError::into_inner);
        held.settle(address, answer);
        host_has_room.notify_all();
    }
}
