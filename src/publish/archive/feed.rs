//! The feed of an archive (Atom, RFC 4287). Its ids are the addresses of the pages and its times those of the issues, so that
//! an export at another time is the same, and no reader sees an old issue as new.

use std::fmt::Write;

use crate::edition::html::escape::escape;
use crate::publish::archive::contents::{ArchiveIssue, WebArchive};
use crate::publish::page_frame::PageFrame;
use crate::publish::written_files::ChannelFile;

/// How many issues it has: feed readers download it often.
const NEWEST: usize = 50;

/// The file of the feed.
pub fn file(archive: &WebArchive) -> ChannelFile {
    ChannelFile::new(PageFrame::FEED, atom(archive))
}

fn atom(archive: &WebArchive) -> String {
    let url = xml(&archive.url);
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n",
        archive.lang
    );
    _ = writeln!(feed, "<id>{url}</id>\n<title>{}</title>", xml(&archive.name));
    // A feed must have a time, also before its first issue.
    let updated = archive.issues.first().map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), moment);
    _ = writeln!(feed, "<updated>{updated}</updated>\n<author><name>{}</name></author>", xml(&archive.name));
    _ = writeln!(feed, "<link rel=\"self\" type=\"application/atom+xml\" href=\"{url}{}\"/>", PageFrame::FEED);
    _ = writeln!(feed, "<link rel=\"alternate\" type=\"text/html\" href=\"{url}\"/>");
    for issue in archive.issues.iter().take(NEWEST) {
        entry(&mut feed, archive, issue);
    }
    feed.push_str("</feed>\n");
    feed
}

fn entry(feed: &mut String, archive: &WebArchive, issue: &ArchiveIssue) {
    let (url, moment) = (xml(&issue.url), moment(issue));
    let lang = if issue.lang == archive.lang { String::new() } else { format!(" xml:lang=\"{}\"", issue.lang) };
    _ = writeln!(feed, "<entry{lang}>\n<id>{url}</id>\n<title>{}</title>", xml(&issue.title));
    _ = writeln!(feed, "<published>{moment}</published>\n<updated>{moment}</updated>");
    // The only link of its kind: of several, some readers open the last, whatever its language.
    _ = writeln!(feed, "<link rel=\"alternate\" type=\"text/html\" hreflang=\"{}\" href=\"{url}\"/>", issue.lang);
    if let Some(series) = &issue.series {
        let name = xml(series);
        _ = writeln!(feed, "<author><name>{name}</name></author>\n<category term=\"{name}\"/>");
    }
    if !issue.description.is_empty() {
        _ = writeln!(feed, "<summary>{}</summary>", xml(&issue.description));
    }
    feed.push_str("</entry>\n");
}

fn moment(issue: &ArchiveIssue) -> String {
    issue.published.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Text in XML, which cannot contain control characters, not even as references.
fn xml(text: &str) -> String {
    let allowed = |sign: &char| !sign.is_control() && !matches!(sign, '\u{fffe}' | '\u{ffff}');
    escape(&text.replace(['\n', '\t'], " ").chars().filter(allowed).collect::<String>())
}
