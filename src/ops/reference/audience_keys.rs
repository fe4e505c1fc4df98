//! The keys of an audience's file.

use crate::ops::reference::key::KeyShape::{Any, Choice, Localised, NamedTexts, Text, TextOrGroup, TextOrTexts, Texts};
use crate::ops::reference::key::{ReferenceKey, group, joined, key, language};

/// All keys of `audiences/<name>.yaml`.
pub(super) const AUDIENCE: &[ReferenceKey] = &[
    key("name", Text, "Medlemmer", "Its name for people; default: the name of the file"),
    key("reason", Localised, "du er medlem", "Completes \"Du får mailen, fordi …\" in the footer; plain text"),
    language("lang", "The language of members who have chosen none"),
    key(
        "require_consent",
        Choice(&["true", "warn", "false"]),
        "warn",
        "What happens to members without a consent: they stop the issue (`true`), are reported (`warn`), or neither (`false`)",
    ),
    group("people", TextOrGroup(PEOPLE_OF_AUDIENCE), "The list that its people are on: a file, or these keys"),
    key(
        "where",
        Any,
        "{role: chef}",
        "Which people of the list are members: fields and their values, or an expression",
    ),
    COLUMNS,
    LISTS_OF_COLUMNS,
    key(
        "recipients",
        Any,
        "[anna@a.example]",
        "Its people: addresses, or groups with `email`, `name`, `lang` and fields of your own",
    ),
    key("include", Texts, "[board]", "Audiences whose members are also members"),
    key("within", Texts, "[members]", "Audiences in which a member must also be"),
    key("exclude", Texts, "[staff]", "Audiences whose members are no members"),
    key("sample", Text, "10%", "Only this share or number of all these, always the same ones"),
];

/// The fields of people, and the columns that they are in.
pub(super) const COLUMNS: ReferenceKey =
    group("columns", NamedTexts(COLUMN), "The columns of the list, by field: its header, or these keys");

/// Columns with several values.
pub(super) const LISTS_OF_COLUMNS: ReferenceKey =
    key("lists", NamedTexts(&[]), "{interests: \"|\"}", "Columns that hold several values, each with its separator");

const COLUMN: &[ReferenceKey] = &[
    key("from", Text, "Rolle", "The header of the column"),
    key("type", Choice(&["text", "number", "boolean", "date"]), "number", "What its values are; default: `text`"),
    key("lists", Text, "\"|\"", "The separator of several values in a cell"),
];

const FORMATS: &[&str] = &["csv", "jsonl", "json", "yaml", "xlsx", "ods"];

/// The keys of `people`, and of a named list.
pub(super) const PEOPLE: [ReferenceKey; 11] = [
    key("file", Text, "people/medlemmer.csv", "A file with a row for each person"),
    key("sheet", Text, "Medlemmer", "The sheet of a workbook; default: the first one"),
    key("format", Choice(FORMATS), "csv", "The format of the file, or of what the command prints"),
    key("sqlite", Text, "people/crm.db", "A SQLite database"),
    key("postgres", Text, "postgres://crm@db.forening.example/crm", "The address of a PostgreSQL database"),
    key("password_env", Text, "CRM_PASSWORD", "The environment variable with the database's password"),
    key("password_file", Text, ".newsletter/crm-password", "The file with the database's password"),
    key("password_command", Text, "pass show crm", "The command that prints the database's password"),
    key("query", Text, "\"SELECT email FROM medlemmer\"", "The query of a database: a row for each person"),
    key("command", TextOrTexts, "[bin/members, --csv]", "A program that prints the list, and its arguments"),
    key("timeout", Text, "60s", "How long a database or a command may take"),
];

const LIST_BY_NAME: ReferenceKey = key("list", Text, "medlemmer", "A list that the settings name under `lists`");

const PEOPLE_OF_AUDIENCE: &[ReferenceKey] = &joined::<12>(&PEOPLE, &[LIST_BY_NAME]);
