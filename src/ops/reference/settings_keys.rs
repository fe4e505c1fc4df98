//! The keys of `newsletter.yaml`.

use crate::ops::reference::audience_keys::{COLUMNS, LISTS_OF_COLUMNS, PEOPLE};
use crate::ops::reference::key::KeyShape::{
    Any, Choice, Group, Groups, Named, NamedTexts, Number, PerLanguage, Text, TextOrGroup, TextOrTexts, Texts, Word,
};
use crate::ops::reference::key::{ReferenceKey, group, joined, key, language};
use crate::ops::reference::server_keys::{INBOX, LEDGER, OAUTH, SMTP};

/// All keys of `newsletter.yaml`.
pub(super) const SETTINGS: &[ReferenceKey] = &[
    key("name", Text, "Vores nyhedsbrev", "The name of the newsletter, shown in the footer"),
    key("from", Text, "Foreningen <nyt@forening.example>", "The sender: a name and an address in angle brackets"),
    key(
        "postal_address",
        Text,
        "\"Foreningen, Gadevej 1, 8000 Aarhus C\"",
        "The sender's postal address, shown in the footer of every letter",
    ),
    key("reply_to", Text, "svar@forening.example", "The address that replies go to; default: that of `from`"),
    key(
        "bounces_to",
        Text,
        "retur@forening.example",
        "The address that bounces go to; with `{token}`, each letter has its own; default: that of `from`",
    ),
    language("lang", "The language of readers who have none of their own"),
    key("timezone", Text, "Europe/Copenhagen", "The time zone of times that name none; default: `Europe/Copenhagen`"),
    key("theme", Word(THEMES), "letter", "`default`, `letter`, `bulletin`, `magazine`, or a folder in `templates/`"),
    group("brand", Group(BRAND), "The sender's colour, logo, font and links"),
    group("series", Named(SERIES), "Newsletters with a name, a sender and audiences of their own"),
    group("greeting", PerLanguage(GREETINGS), "The greeting at the top of letters, by language"),
    group(
        "links",
        Group(&[group("utm", Group(UTM), "Campaign parameters for web statistics")]),
        "What is added to links",
    ),
    key(
        "public_url",
        Text,
        "https://forening.example/nyhedsbrev",
        "The https address of the folder `public/`; without it, pictures are sent in the letters",
    ),
    key(
        "ignore",
        NamedTexts(&[]),
        "{NL530: \"vi skriver den aldrig\"}",
        "Warnings that are turned off, each with the reason",
    ),
    key(
        "archive_url",
        Text,
        "https://forening.example/nyhedsbrev/{issue}/",
        "The https address of issues on the web, with `{issue}` in it",
    ),
    group("web", Group(WEB), "What pages on the web link to"),
    group("paths", Group(PATHS), "The folders of the project's files"),
    group("smtp", Group(SMTP), "The relay that letters are sent through; without it, they are written to `outbox/`"),
    group("dkim", Groups(DKIM), "The keys that sign each letter"),
    key("rules", Any, "{chefs: {role: chef}}", "Named rules, which audiences refer to"),
    group("lists", NamedTexts(NAMED_LIST), "Named lists of people, which audiences refer to"),
    key(
        "require_consent",
        Choice(&["true", "warn", "false"]),
        "warn",
        "What happens to readers without a consent: they stop the issue (`true`), are reported (`warn`), or neither (`false`)",
    ),
    key("consent_expires", Text, "24 months", "How long a consent is valid; default: for ever"),
    group("consent_texts", Named(CONSENT_TEXT), "The texts that people agreed to, by version"),
    group("unsubscribe", Group(UNSUBSCRIBE), "How readers unsubscribe"),
    group("oauth", Group(OAUTH), "Where tokens for the relay and the mailbox come from, instead of passwords"),
    group("inbox", Group(INBOX), "The mailbox in which bounces and mails to unsubscribe arrive"),
    group(
        "bounces",
        Group(&[key(
            "soft_limit",
            Number,
            "5",
            "After how many letters in a row that did not arrive a reader is suppressed",
        )]),
        "When a reader whose letters come back is suppressed",
    ),
    group("limits", Group(LIMITS), "When a run pauses, and how many letters readers should get"),
    group(
        "ledger",
        TextOrGroup(LEDGER),
        "Where the record of sent letters is: `sqlite:PATH`, or a PostgreSQL database",
    ),
    key("retention", Text, "24 months", "How long the ledger keeps who got what; default: for ever"),
    key("grace", Text, "6h", "How long after its `send_at` `run` still sends an issue; default: `6h`"),
    key("notify", Texts, "[karen@forening.example]", "Addresses that get a mail when an issue is done or blocked"),
    key("send_host", TextOrTexts, "mail.forening.example", "The machines that may send, as `hostname` prints them"),
    group("approval", TextOrGroup(APPROVAL), "Who must approve an issue before it is sent: `required`, or these keys"),
];

/// The built-in themes.
pub(super) const THEMES: &[&str] = &["default", "letter", "bulletin", "magazine"];

const BRAND: &[ReferenceKey] = &[
    key("colour", Text, "\"#3A7F3B\"", "The colour that all others are made from: `#` and six digits, in quotes"),
    group("logo", TextOrGroup(LOGO), "The logo: a file in the project, or an https address"),
    key("font", Text, "Georgia", "The font of the letters, as in CSS"),
    key("links", Any, "{Om os: \"https://forening.example/\"}", "The links in the footer: a text and an address each"),
];

const LOGO: &[ReferenceKey] = &[
    key("file", Text, "logo.png", "The logo on a light background"),
    key("dark", Text, "logo-dark.png", "The logo on a dark background"),
];

const SERIES: &[ReferenceKey] = &[
    key("name", Text, "OS2forms-nyt", "The name of the series"),
    key("from", Text, "Foreningen <nyt@forening.example>", "Its sender; default: that of the newsletter"),
    key("reply_to", Text, "svar@forening.example", "Where replies to it go"),
    group("brand", Group(BRAND), "Its appearance, where it differs"),
    key("audiences", Texts, "[members]", "The audiences of issues that name none"),
];

const GREETINGS: &[ReferenceKey] = &[
    key(
        "with_name",
        Text,
        "\"Kære {{ first_name }}\"",
        "For readers whose name is known, with `{{ first_name }}` in it",
    ),
    key("without_name", Text, "Kære læser", "For readers without a name"),
];

const UTM: &[ReferenceKey] = &[
    key("source", Text, "nyhedsbrev", "The value of `utm_source`"),
    key("medium", Text, "email", "The value of `utm_medium`"),
    key("campaign", Text, "\"{issue}\"", "The value of `utm_campaign`"),
    key("content", Text, "\"{audience}\"", "The value of `utm_content`"),
    key("only", Texts, "[forening.example]", "The sites whose links get them"),
];

const WEB: &[ReferenceKey] = &[key(
    "accessibility_statement",
    Text,
    "https://forening.example/tilgaengelighed",
    "The https address of the accessibility statement that every page links to",
)];

const PATHS: &[ReferenceKey] = &[
    key("audiences", Text, "audiences", "The folder of audiences"),
    key("issues", Text, "issues", "The folder of issues"),
    key("templates", Text, "templates", "The folder of themes and kinds of issues"),
    key("snippets", Text, "snippets", "The folder of snippets"),
];

const DKIM: &[ReferenceKey] = &[
    key("domain", Text, "forening.example", "The domain that signs: that of `from`, or of the same organisation"),
    key("selector", Text, "newsletter", "The name of the key: its DNS record is at SELECTOR._domainkey.DOMAIN"),
    key(
        "key_file",
        Text,
        ".newsletter/dkim/newsletter.pem",
        "The file with the private key, which only its owner can read",
    ),
];

const NAMED_LIST: &[ReferenceKey] = &joined::<13>(&PEOPLE, &[COLUMNS, LISTS_OF_COLUMNS]);

const CONSENT_TEXT: &[ReferenceKey] = &[
    key("file", Text, "consent/2026.md", "The file with the text"),
    key(
        "sha256",
        Text,
        "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"",
        "The digest of the file, so that no one changes it",
    ),
];

const UNSUBSCRIBE: &[ReferenceKey] = &[
    key("mailto", Text, "afmeld@forening.example", "The address of mails to unsubscribe"),
    key("url", Text, "\"https://nyt.forening.example/{token}\"", "The https address of the page, with `{token}` in it"),
    key("secret_env", Text, "NEWSLETTER_SECRET", "The environment variable with the key of the tokens"),
    key("secret_file", Text, ".newsletter/secret", "The file with the key of the tokens"),
    key("listen", Text, "\"127.0.0.1:8095\"", "Where `serve` listens"),
    key(
        "spool",
        Text,
        "/var/spool/newsletter",
        "The folder of requests that `serve` keeps on a host without the ledger",
    ),
    key("access_log", TextOrTexts, "/var/log/nginx/access.log", "The logs of a web server in which requests are found"),
];

const LIMITS: &[ReferenceKey] = &[
    key("refused", Text, "5%", "A run pauses when the relay refuses more than this; `off`: never"),
    key("per_week", Number, "2", "How many letters a week a reader should get at most"),
];

const APPROVAL: &[ReferenceKey] = &[
    key("by", Texts, "[Karen Holm, Erik Juhl]", "The names or addresses of those who may approve"),
    key("count", Number, "1", "How many of them must"),
];
