//! `new --from`: makes the cards of a draft from items of feeds and folders that no issue of the series has used.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::Value;

use crate::base::error::Error;
use crate::base::io_reason::io_reason;
use crate::base::language::Lang;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::issue::date_time::DateBoundary;
use crate::issue::named_moment;
use crate::issue::series::SeriesId;
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::project::Project;
use crate::project::files;
use crate::project::news_folder::{self, NewsFolder};
use crate::project::online::feed_file::{FeedAddress, LARGEST};
use crate::publish::feeds::{FeedText, decode};
use crate::publish::news::card::card;
use crate::publish::news::item::{MOST_ITEMS, NewsItem, TOO_MANY};
use crate::publish::news::post::PostText;
use crate::publish::news::selection::{self, ListedItem, NewsList, NewsSelection, NewsStart, RememberedNews};

const UNREAD: Code = Code("NL848");
const LEADS_OUT: Message = Message::fixed("it is a link that leads out of the folder", "det er et link ud af mappen");

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct NewsRequest<'r> {
    /// Feeds and folders: paths, or `https:` addresses.
    pub from: &'r [String],
    /// Items count as new from this day on; absent: by default.
    pub since: Option<Timestamp>,
    /// The maximum number of items used.
    pub most: usize,
    /// The series of the draft; absent: the newsletter itself.
    pub series: Option<&'r SeriesId>,
    /// The language of the draft.
    pub lang: Lang,
    /// The present time.
    pub now: Timestamp,
}

/// What was found.
#[derive(Debug)]
pub struct FoundNews {
    /// The text for the draft; absent: there is nothing new.
    pub text: Option<NewsText>,
    /// The items of its cards, the newest first.
    pub cards: Vec<NewsLine>,
    /// Items that are new as well, and more than were asked for.
    pub left: Vec<NewsLine>,
    /// How many items no issue has used, although they are too old to be new.
    pub older: usize,
    /// How many unused items were left out, since an item of another feed or folder has the same page.
    pub repeated: usize,
    /// The issues that have used items of these feeds and folders, as paths in the project.
    pub used_in: BTreeSet<String>,
    /// What was left out, and why.
    pub warnings: Diagnostics,
}

/// An item, for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewsLine {
    /// What an issue remembers of it.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The feed or folder that it is from, as it was typed.
    pub from: String,
    /// Its page; absent: its card has no link.
    pub link: Option<String>,
    /// The day on which it was published, in the project's time zone; absent: not known.
    pub day: Option<String>,
}

/// The parts of a draft that come from news.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewsText {
    /// The keys `sources` and `sources_left` of its front matter.
    pub front: String,
    /// The cards.
    pub cards: String,
}

/// Reads the feeds and folders, and makes cards of new items.
///
/// # Errors
///
/// A feed or a folder cannot be read, or an issue of the project has errors: its news would be used again.
pub fn find(project: &Project, request: &NewsRequest<'_>) -> Result<FoundNews, Blocked> {
    let mut diagnostics = Diagnostics::new();
    let issues = SeriesIssues::read(project, request)?;
    let start = request.since.map_or_else(|| issues.usual_start(project), NewsStart::Typed);
    let mut lists = Vec::new();
    for typed in request.from {
        let reader = NewsReader { project, now: request.now, typed };
        lists.extend(reader.list(&mut diagnostics)?);
    }
    if diagnostics.has_errors() {
        return Err(Blocked::Diagnostics(diagnostics));
    }
    let used = issues.used.keys().map(String::as_str).collect();
    let remembered = RememberedNews { used, left: issues.left.iter().map(String::as_str).collect() };
    let NewsSelection { chosen, left, older, repeated } = selection::select(&lists, &remembered, start, request.most);
    let line = |listed: &ListedItem| line(project, listed);
    let items = lists.iter().flat_map(|list| &list.items);
    let used_in = items.filter_map(|item| issues.used.get(item.id.as_str()).cloned()).collect();
    Ok(FoundNews {
        text: (!chosen.is_empty()).then(|| text(&chosen, &left, request.lang)),
        cards: chosen.iter().map(line).collect(),
        left: left.iter().map(line).collect(),
        older,
        repeated,
        used_in,
        warnings: diagnostics,
    })
}

fn text(chosen: &[ListedItem], left: &[ListedItem], lang: Lang) -> NewsText {
    let cards: Vec<String> = chosen.iter().map(|listed| card(&listed.item, lang)).collect();
    NewsText { front: id_list("sources", chosen) + &id_list("sources_left", left), cards: cards.join("\n") }
}

/// A key of front matter with the ids of items; empty without items.
fn id_list(key: &str, items: &[ListedItem]) -> String {
    // A JSON string is also a double-quoted YAML string (YAML 1.2 §1.3), whatever it holds.
    let ids = items.iter().map(|listed| format!("  - {}\n", Value::from(listed.item.id.as_str())));
    let ids: String = ids.collect();
    if ids.is_empty() { ids } else { format!("{key}:\n{ids}") }
}

fn line(project: &Project, listed: &ListedItem) -> NewsLine {
    let NewsItem { id, title, link, published, .. } = &listed.item;
    let zone = &project.settings().timezone;
    let day = published.map(|moment| moment.to_zoned_datetime(zone.clone()).date().to_string());
    NewsLine { id: id.to_string(), title: title.clone(), from: listed.list.clone(), link: link.clone(), day }
}

/// What the issues of a series have used.
struct SeriesIssues {
    /// The path of the issue that has used an id.
    used: BTreeMap<String, String>,
    /// The ids that they left for a later issue.
    left: BTreeSet<String>,
    /// The moment of the newest issue up to now.
    newest: Option<Timestamp>,
}

impl SeriesIssues {
    fn read(project: &Project, request: &NewsRequest<'_>) -> Result<Self, Blocked> {
        let mut issues = Self { used: BTreeMap::new(), left: BTreeSet::new(), newest: None };
        // The folder is created by the first draft.
        let paths = if project.issues_folder().is_dir() { project.issues()? } else { Vec::new() };
        for path in paths {
            let found = project.issue(&path)?;
            let Some(issue) = found.issue else { return Err(Blocked::Diagnostics(found.diagnostics)) };
            if issue.front.series.as_ref().map(|series| &series.value) != request.series {
                continue;
            }
            let path = issue.source.path();
            issues.used.extend(issue.front.sources.iter().map(|id| (id.value.clone(), path.to_string())));
            issues.left.extend(issue.front.sources_left.iter().map(|id| id.value.clone()));
            let moment = issue.front.date.or(issue.front.send_at).filter(|moment| *moment <= request.now);
            issues.newest = issues.newest.max(moment);
        }
        Ok(issues)
    }

    /// The default: from the day of the newest issue on, since an item of that day may have missed the issue.
    fn usual_start(&self, project: &Project) -> NewsStart {
        let zone = &project.settings().timezone;
        let midnight = |moment: Timestamp| moment.to_zoned_datetime(zone.clone()).start_of_day().ok();
        let day = self.newest.and_then(midnight);
        NewsStart::Usual(day.map(|day| day.timestamp()))
    }
}

/// The beginning of a day that was typed: the first one of what may be new.
///
/// # Errors
///
/// It is not a day.
pub fn first_day(project: &Project, typed: &str) -> Result<Timestamp, GuardFailure> {
    let named = named_moment::parse(typed, &project.settings().timezone, DateBoundary::Begins);
    named.map(|named| named.moment).map_err(|_| GuardFailure::NotADay { typed: typed.to_owned() })
}

/// Reads one feed or folder.
struct NewsReader<'r> {
    project: &'r Project,
    now: Timestamp,
    typed: &'r str,
}

impl NewsReader<'_> {
    /// Its items; `None` if it cannot be read, which is reported.
    fn list(&self, diagnostics: &mut Diagnostics) -> Result<Option<NewsList>, Error> {
        let items = match FeedAddress::parse(self.typed) {
            Some(Err(error)) => {
                // Without the address, which may contain a password.
                let shown = self.typed.split("://").next().unwrap_or_default();
                diagnostics.push(unread(&format!("{shown}://…"), &error.reason()));
                None
            }
            Some(Ok(address)) => self.online(&address, diagnostics),
            None => self.local(diagnostics)?,
        };
        let name = FeedAddress::parse(self.typed).and_then(Result::ok).map(|address| address.shown());
        Ok(items.map(|items| NewsList { name: name.unwrap_or_else(|| self.typed.to_owned()), items }))
    }

    fn online(&self, address: &FeedAddress, diagnostics: &mut Diagnostics) -> Option<Vec<NewsItem>> {
        match address.download() {
            Ok(file) => self.feed(&address.shown(), &file.bytes, Some(&file.address), diagnostics),
            Err(error) => {
                diagnostics.push(unread(&address.shown(), &error.reason()));
                None
            }
        }
    }

    /// The path that was typed: from where the user is, or else from the project's folder.
    fn path(&self) -> PathBuf {
        let typed = Path::new(self.typed);
        if typed.exists() { typed.to_owned() } else { self.project.root().join(typed) }
    }

    fn local(&self, diagnostics: &mut Diagnostics) -> Result<Option<Vec<NewsItem>>, Error> {
        let path = self.path();
        if path.is_dir() {
            return self.folder(&path, diagnostics).map(Some);
        }
        match files::read_limited(&path, LARGEST) {
            Ok(bytes) => Ok(self.feed(self.typed, &bytes, None, diagnostics)),
            Err(error) => {
                let unread = unread(self.typed, &io_reason(&error));
                let is_address = self.typed.starts_with("www.");
                let hint = message!("did you mean https://{}?", "mente du https://{}?", self.typed);
                diagnostics.push(if is_address { unread.hint(hint) } else { unread });
                Ok(None)
            }
        }
    }

    fn feed(
        &self,
        name: &str,
        bytes: &[u8],
        address: Option<&str>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Vec<NewsItem>> {
        match decode::text(bytes) {
            Ok(text) => {
                let (source, zone) = (Source::new(name, text), &self.project.settings().timezone);
                FeedText { source: &source, address, zone, now: self.now }.items(diagnostics)
            }
            Err(error) => {
                diagnostics.push(unread(name, &Message::shown(&error)));
                None
            }
        }
    }

    fn folder(&self, path: &Path, diagnostics: &mut Diagnostics) -> Result<Vec<NewsItem>, Error> {
        let NewsFolder { site, files: posts, count, leading_out } = news_folder::read(self.project.root(), path)?;
        if count == 0 {
            let reason = message!(
                "the folder has no Markdown files, and no folder `_posts`",
                "mappen har ingen Markdown-filer og ingen mappe `_posts`"
            );
            diagnostics.push(unread(self.typed, &reason));
        }
        if count > MOST_ITEMS {
            let message = message!(
                "`{}` has {count} files: only the last {MOST_ITEMS} by name are read",
                "`{}` har {count} filer: kun de sidste {MOST_ITEMS} efter navn læses",
                self.typed
            );
            diagnostics.push(Diagnostic::warning(TOO_MANY, message));
        }
        for path in leading_out {
            diagnostics.push(unread(&path.display().to_string(), &LEADS_OUT).as_warning());
        }
        let (zone, now) = (&self.project.settings().timezone, self.now);
        let items = posts.iter().filter_map(|post| {
            PostText { source: &post.source, path: &post.path, site: &site, zone, now }.item(diagnostics)
        });
        Ok(items.collect())
    }
}

fn unread(name: &str, reason: &Message) -> Diagnostic {
    Diagnostic::error(UNREAD, message!("cannot read {name}: {reason}", "kan ikke læse {name}: {reason}"))
}
