//! The keys of an issue's front matter, and of `calendar.yaml`.

use crate::ops::reference::key::KeyShape::{
    Any, Choice, Choices, Flag, Group, Groups, Localised, NamedTexts, Text, TextOrGroup, TextOrTexts, Texts, Word,
};
use crate::ops::reference::key::{ReferenceKey, group, key, language};
use crate::ops::reference::settings_keys::THEMES;

/// All keys of an issue.
pub(super) const ISSUE: &[ReferenceKey] = &[
    key("subject", Localised, "Nyt fra foreningen", "The subject of the letters; required"),
    key("title", Localised, "Nyt fra foreningen", "Another name of `subject`"),
    key("preheader", Localised, "Det vigtigste i denne måned", "The line that mail clients show after the subject"),
    key("preview_text", Localised, "Det vigtigste", "Another name of `preheader`"),
    key("excerpt", Localised, "Det vigtigste", "Another name of `preheader`"),
    key("summary", Localised, "Det vigtigste", "Another name of `preheader`"),
    key("description", Localised, "Det vigtigste", "Another name of `preheader`"),
    key("audiences", Texts, "[members]", "Who gets it, in order of priority: the names of files in `audiences/`"),
    key("exclude", Texts, "[board]", "Audiences whose members do not get it at all"),
    group("people", Group(FORMER), "Only the recipients of an earlier issue"),
    key("from", Text, "Foreningen <nyt@forening.example>", "The sender of this issue; default: that of the settings"),
    key("reply_to", Text, "svar@forening.example", "Where replies to this issue go"),
    language("lang", "The language of the text"),
    key("date", Text, "2026-12-01", "The Date of the letters; default: `send_at`, or the time of sending"),
    key("send_at", Text, "2026-12-01 09:00", "When `run` sends it, such as `2026-12-01 kl. 9.00`"),
    key("publish_date", Text, "2026-12-01 09:00", "Another name of `send_at`"),
    key("send_until", Text, "2026-12-02 09:00", "After this time, no letter is tried any more"),
    key("grace", Text, "2h", "How long after `send_at` `run` still sends it, at least a minute"),
    key("draft", Flag, "true", "`true`: it is not sent yet"),
    key("published", Flag, "false", "`false`: it is not sent yet, as Jekyll writes it"),
    key("theme", Word(THEMES), "letter", "The theme of this issue; default: that of the settings"),
    group("image", TextOrGroup(IMAGE), "A picture above the text: a file beside the issue, or an https address"),
    key("number", Text, "12", "The number of the issue, printed above the text"),
    key("slug", Text, "nyt-december-2026", "Identifies the issue; keep it when you rename the file"),
    key("attachments", Texts, "[dagsorden.pdf]", "Files beside the issue that are attached to every letter"),
    key("archive", Choice(&["public", "members", "none"]), "public", "`public`: everyone can read it on the web"),
    key(
        "ignore",
        NamedTexts(&[]),
        "{NL530: \"vi skriver den aldrig\"}",
        "Warnings that are turned off, each with the reason",
    ),
    key("params", Any, "{frist: 1. december}", "Your own values for the text: `{{ params.frist }}`"),
    key("series", Text, "os2forms", "The series of the issue, from the settings"),
    key("calendar", Text, "nyhedsbrev/2027-03", "The entry of `calendar.yaml` that the issue is"),
    key(
        "sources",
        Texts,
        "[\"https://forening.example/nyt/1\"]",
        "The news that it was made of, as `new --from` writes them",
    ),
    key("sources_left", Texts, "[\"https://forening.example/nyt/2\"]", "The news that wait for a later issue"),
];

const FORMER: &[ReferenceKey] = &[
    key("issue", Text, "2026-11", "The earlier issue"),
    key("state", TextOrTexts, "accepted", "Only those whose letter is in this state"),
];

const IMAGE: &[ReferenceKey] = &[
    key("file", Text, "top.jpg", "The file"),
    key("path", Text, "top.jpg", "Another name of `file`"),
    key("alt", Localised, "Byen set fra havnen", "What the picture shows, for those who do not see it"),
    key("caption", Localised, "Foto: Karen Holm", "The text below the picture"),
];

/// Keys for websites that have no effect on letters, and no warning.
pub(super) const SITE_KEYS: [&str; 6] = ["layout", "parent", "nav_order", "tags", "tag", "permalink"];

/// All keys of `calendar.yaml`.
pub(super) const CALENDAR: &[ReferenceKey] = &[
    group("deadlines", Group(DEADLINES), "The deadlines of entries that have none of their own"),
    group("entries", Groups(ENTRY), "What is promised, of all years"),
];

const ENTRY: &[ReferenceKey] = &[
    key("title", Text, "Generalforsamling", "What it is; required"),
    key(
        "kind",
        Choice(&["newsletter", "campaign", "release", "event", "meeting"]),
        "meeting",
        "Which kind of entry it is; required",
    ),
    key("when", Text, "2027-05-25", "A day, a week (`2027-W12`), a month (`2027-05`) or a quarter (`2027-Q1`)"),
    key("every", Choice(&["week", "month", "quarter", "year"]), "month", "How often it repeats"),
    key("from", Text, "2027-01", "The first time of what repeats"),
    key("until", Text, "2027-12", "The last time of what repeats"),
    key("except", TextOrTexts, "2027-07", "The times that are left out"),
    key("done", TextOrTexts, "2026-05-25", "When it was done, where no ledger knows that"),
    key("channel", Choice(CHANNELS), "mail", "Where it is published"),
    key("channels", Choices(CHANNELS), "[mail, web]", "Where it is published"),
    key("audience", Text, "members", "Whom it is for"),
    key("audiences", Texts, "[members]", "Whom it is for"),
    key("series", Text, "os2forms", "The series of its issue"),
    key("owner", Text, "Karen Holm", "Who sees to it"),
    key("priority", Choice(&["must", "should", "could"]), "must", "How important it is; default: `should`"),
    key("issue", Text, "issues/generalforsamling.md", "The issue that it is"),
    group("deadlines", Group(DEADLINES), "By when it must be ready"),
    key("id", Text, "generalforsamling-2027", "Its name for issues and commands; default: from title and year"),
];

const CHANNELS: &[&str] = &["mail", "web", "linkedin", "kit", "talkingpoints", "other"];

const DEADLINES: &[ReferenceKey] = &[
    key("draft", Text, "14d", "When the draft must be written: a length of time before, or a day"),
    key("approved", Text, "3d", "When it must be approved"),
    key("sent", Text, "1d", "When it must be sent"),
];
