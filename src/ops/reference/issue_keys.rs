//! The keys of an issue's front matter, and of `calendar.yaml`.

use crate::ops::reference::key::KeyShape::{
    Any, Choice, Choices, Flag, Group, Groups, Localised, NamedTexts, Text, TextOrGroup, TextOrTexts, Texts, Word,
};
use crate::ops::reference::key::{ReferenceKey, group, key, language};
use crate::ops::reference::settings_keys::THEMES;

/// All keys of an issue.
pub(super) const ISSUE: &[ReferenceKey] = &[
    key(
        "subject",
        Localised,
        "Nyt fra foreningen",
        "The subject of the letters; required",
        "Emnet på mails; skal være der",
    ),
    key("title", Localised, "Nyt fra foreningen", "Another name of `subject`", "Et andet navn for `subject`"),
    key(
        "preheader",
        Localised,
        "Det vigtigste i denne måned",
        "The line that mail clients show after the subject",
        "Den linje, mailprogrammer viser efter emnet",
    ),
    key("preview_text", Localised, "Det vigtigste", "Another name of `preheader`", "Et andet navn for `preheader`"),
    key("excerpt", Localised, "Det vigtigste", "Another name of `preheader`", "Et andet navn for `preheader`"),
    key("summary", Localised, "Det vigtigste", "Another name of `preheader`", "Et andet navn for `preheader`"),
    key("description", Localised, "Det vigtigste", "Another name of `preheader`", "Et andet navn for `preheader`"),
    key(
        "audiences",
        Texts,
        "[members]",
        "Who gets it, in order of priority: the names of files in `audiences/`",
        "Hvem der får det, den vigtigste først: navnene på filer i `audiences/`",
    ),
    key(
        "exclude",
        Texts,
        "[board]",
        "Audiences whose members do not get it at all",
        "Målgrupper, hvis medlemmer slet ikke får det",
    ),
    group(
        "people",
        Group(FORMER),
        "Only the recipients of an earlier issue",
        "Kun modtagerne af et tidligere nyhedsbrev",
    ),
    key(
        "from",
        Text,
        "Foreningen <nyt@forening.example>",
        "The sender of this issue; default: that of the settings",
        "Afsenderen af nyhedsbrevet; ellers den fra indstillingerne",
    ),
    key(
        "reply_to",
        Text,
        "svar@forening.example",
        "Where replies to this issue go",
        "Hvor svar på nyhedsbrevet går hen",
    ),
    language("lang", "The language of the text", "Tekstens sprog"),
    key(
        "date",
        Text,
        "2026-12-01",
        "The Date of the letters; default: `send_at`, or the time of sending",
        "Datoen på mails; ellers `send_at` eller tidspunktet for afsendelsen",
    ),
    key(
        "send_at",
        Text,
        "2026-12-01 09:00",
        "When `run` sends it, such as `2026-12-01 kl. 9.00`",
        "Hvornår `run` sender det, f.eks. `2026-12-01 kl. 9.00`",
    ),
    key("publish_date", Text, "2026-12-01 09:00", "Another name of `send_at`", "Et andet navn for `send_at`"),
    key(
        "send_until",
        Text,
        "2026-12-02 09:00",
        "After this time, no letter is tried any more",
        "Efter dette tidspunkt forsøges ingen mails mere",
    ),
    key(
        "grace",
        Text,
        "2h",
        "How long after `send_at` `run` still sends it, at least a minute",
        "Hvor længe efter `send_at` `run` stadig sender det, mindst et minut",
    ),
    key("draft", Flag, "true", "`true`: it is not sent yet", "`true`: det sendes ikke endnu"),
    key(
        "published",
        Flag,
        "false",
        "`false`: it is not sent yet, as Jekyll writes it",
        "`false`: det sendes ikke endnu, som Jekyll skriver det",
    ),
    key(
        "theme",
        Word(THEMES),
        "letter",
        "The theme of this issue; default: that of the settings",
        "Nyhedsbrevets tema; ellers det fra indstillingerne",
    ),
    group(
        "image",
        TextOrGroup(IMAGE),
        "A picture above the text: a file beside the issue, or an https address",
        "Et billede over teksten: en fil ved siden af nyhedsbrevet eller en https-adresse",
    ),
    key(
        "number",
        Text,
        "12",
        "The number of the issue, printed above the text",
        "Nyhedsbrevets nummer, som står over teksten",
    ),
    key(
        "slug",
        Text,
        "nyt-december-2026",
        "Identifies the issue; keep it when you rename the file",
        "Nyhedsbrevets faste navn; behold det, når du omdøber filen",
    ),
    key(
        "attachments",
        Texts,
        "[dagsorden.pdf]",
        "Files beside the issue that are attached to every letter",
        "Filer ved siden af nyhedsbrevet, som vedhæftes alle mails",
    ),
    key(
        "archive",
        Choice(&["public", "members", "none"]),
        "public",
        "`public`: everyone can read it on the web",
        "`public`: alle kan læse det på nettet",
    ),
    key(
        "ignore",
        NamedTexts(&[]),
        "{NL530: \"vi skriver den aldrig\"}",
        "Warnings that are turned off, each with the reason",
        "Advarsler, der er slået fra, hver med en grund",
    ),
    key(
        "params",
        Any,
        "{frist: 1. december}",
        "Your own values for the text: `{{ params.frist }}`",
        "Dine egne værdier til teksten: `{{ params.frist }}`",
    ),
    key(
        "series",
        Text,
        "os2forms",
        "The series of the issue, from the settings",
        "Nyhedsbrevets serie, fra indstillingerne",
    ),
    key(
        "calendar",
        Text,
        "nyhedsbrev/2027-03",
        "The entry of `calendar.yaml` that the issue is",
        "Det punkt i `calendar.yaml`, som nyhedsbrevet er",
    ),
    key(
        "sources",
        Texts,
        "[\"https://forening.example/nyt/1\"]",
        "The news that it was made of, as `new --from` writes them",
        "De nyheder, det er lavet af, som `new --from` skriver dem",
    ),
    key(
        "sources_left",
        Texts,
        "[\"https://forening.example/nyt/2\"]",
        "The news that wait for a later issue",
        "De nyheder, der venter til et senere nyhedsbrev",
    ),
];

const FORMER: &[ReferenceKey] = &[
    key("issue", Text, "2026-11", "The earlier issue", "Det tidligere nyhedsbrev"),
    key(
        "state",
        TextOrTexts,
        "accepted",
        "Only those whose letter is in this state",
        "Kun dem, hvis mail er i denne tilstand",
    ),
];

const IMAGE: &[ReferenceKey] = &[
    key("file", Text, "top.jpg", "The file", "Filen"),
    key("path", Text, "top.jpg", "Another name of `file`", "Et andet navn for `file`"),
    key(
        "alt",
        Localised,
        "Byen set fra havnen",
        "What the picture shows, for those who do not see it",
        "Hvad billedet viser, til dem, der ikke ser det",
    ),
    key("caption", Localised, "Foto: Karen Holm", "The text below the picture", "Teksten under billedet"),
];

/// Keys for websites that have no effect on letters, and no warning.
pub(super) const SITE_KEYS: [&str; 6] = ["layout", "parent", "nav_order", "tags", "tag", "permalink"];

/// All keys of `calendar.yaml`.
pub(super) const CALENDAR: &[ReferenceKey] = &[
    group(
        "deadlines",
        Group(DEADLINES),
        "The deadlines of entries that have none of their own",
        "Frister for de punkter, der ikke har deres egne",
    ),
    group("entries", Groups(ENTRY), "What is promised, of all years", "Det, der er lovet, for alle år"),
];

const ENTRY: &[ReferenceKey] = &[
    key("title", Text, "Generalforsamling", "What it is; required", "Hvad det er; skal være der"),
    key(
        "kind",
        Choice(&["newsletter", "campaign", "release", "event", "meeting"]),
        "meeting",
        "Which kind of entry it is; required",
        "Hvilken slags punkt det er; skal være der",
    ),
    key(
        "when",
        Text,
        "2027-05-25",
        "A day, a week (`2027-W12`), a month (`2027-05`) or a quarter (`2027-Q1`)",
        "En dag, en uge (`2027-W12`), en måned (`2027-05`) eller et kvartal (`2027-Q1`)",
    ),
    key(
        "every",
        Choice(&["week", "month", "quarter", "year"]),
        "month",
        "How often it repeats",
        "Hvor tit det gentages",
    ),
    key("from", Text, "2027-01", "The first time of what repeats", "Den første gang, når det gentages"),
    key("until", Text, "2027-12", "The last time of what repeats", "Den sidste gang, når det gentages"),
    key("except", TextOrTexts, "2027-07", "The times that are left out", "De gange, der springes over"),
    key(
        "done",
        TextOrTexts,
        "2026-05-25",
        "When it was done, where no ledger knows that",
        "Hvornår det blev gjort, når ingen sendebog (ledger) ved det",
    ),
    key("channel", Choice(CHANNELS), "mail", "Where it is published", "Hvor det udkommer"),
    key("channels", Choices(CHANNELS), "[mail, web]", "Where it is published", "Hvor det udkommer"),
    key("audience", Text, "members", "Whom it is for", "Hvem det er til"),
    key("audiences", Texts, "[members]", "Whom it is for", "Hvem det er til"),
    key("series", Text, "os2forms", "The series of its issue", "Nyhedsbrevets serie"),
    key("owner", Text, "Karen Holm", "Who sees to it", "Hvem der sørger for det"),
    key(
        "priority",
        Choice(&["must", "should", "could"]),
        "must",
        "How important it is; default: `should`",
        "Hvor vigtigt det er; ellers `should`",
    ),
    key("issue", Text, "issues/generalforsamling.md", "The issue that it is", "Det nyhedsbrev, det er"),
    group("deadlines", Group(DEADLINES), "By when it must be ready", "Hvornår det skal være klar"),
    key(
        "id",
        Text,
        "generalforsamling-2027",
        "Its name for issues and commands; default: from title and year",
        "Dets navn i nyhedsbreve og kommandoer; ellers af titel og år",
    ),
];

const CHANNELS: &[&str] = &["mail", "web", "linkedin", "kit", "talkingpoints", "other"];

const DEADLINES: &[ReferenceKey] = &[
    key(
        "draft",
        Text,
        "14d",
        "When the draft must be written: a length of time before, or a day",
        "Hvornår kladden skal være skrevet: så lang tid før, eller en dag",
    ),
    key("approved", Text, "3d", "When it must be approved", "Hvornår det skal være godkendt"),
    key("sent", Text, "1d", "When it must be sent", "Hvornår det skal være sendt"),
];
