//! The keys of an audience's file.

use crate::ops::reference::key::KeyShape::{Any, Choice, Localised, NamedTexts, Text, TextOrGroup, TextOrTexts, Texts};
use crate::ops::reference::key::{ReferenceKey, group, joined, key, language};

/// All keys of `audiences/<name>.yaml`.
pub(super) const AUDIENCE: &[ReferenceKey] = &[
    key(
        "name",
        Text,
        "Medlemmer",
        "Its name for people; default: the name of the file",
        "Navnet, mennesker ser; ellers filens navn",
    ),
    key(
        "reason",
        Localised,
        "du er medlem",
        "Completes \"Du får mailen, fordi …\" in the footer; plain text",
        "Fortsætter \"Du får mailen, fordi …\" i bunden; ren tekst",
    ),
    language("lang", "The language of members who have chosen none", "Sproget for medlemmer, der ikke har valgt et"),
    key(
        "require_consent",
        Choice(&["true", "warn", "false"]),
        "warn",
        "What happens to members without a consent: they stop the issue (`true`), are reported (`warn`), or neither (`false`)",
        "Hvad der sker ved medlemmer uden samtykke: de stopper nyhedsbrevet (`true`), meldes (`warn`) eller ingen af delene (`false`)",
    ),
    group(
        "people",
        TextOrGroup(PEOPLE_OF_AUDIENCE),
        "The list that its people are on: a file, or these keys",
        "Listen med personerne: en fil eller disse felter",
    ),
    key(
        "where",
        Any,
        "{role: chef}",
        "Which people of the list are members: fields and their values, or an expression",
        "Hvilke personer på listen der er medlemmer: felter og deres værdier eller et udtryk",
    ),
    COLUMNS,
    LISTS_OF_COLUMNS,
    key(
        "recipients",
        Any,
        "[anna@a.example]",
        "Its people: addresses, or groups with `email`, `name`, `lang` and fields of your own",
        "Personerne: adresser eller grupper med `email`, `name`, `lang` og dine egne felter",
    ),
    key(
        "include",
        Texts,
        "[board]",
        "Audiences whose members are also members",
        "Målgrupper, hvis medlemmer også er med",
    ),
    key(
        "within",
        Texts,
        "[members]",
        "Audiences in which a member must also be",
        "Målgrupper, som et medlem også skal være i",
    ),
    key(
        "exclude",
        Texts,
        "[staff]",
        "Audiences whose members are no members",
        "Målgrupper, hvis medlemmer ikke er med",
    ),
    key(
        "sample",
        Text,
        "10%",
        "Only this share or number of all these, always the same ones",
        "Kun denne andel eller dette antal af dem alle, altid de samme",
    ),
];

/// The fields of people, and the columns that they are in.
pub(super) const COLUMNS: ReferenceKey = group(
    "columns",
    NamedTexts(COLUMN),
    "The columns of the list, by field: its header, or these keys",
    "Listens kolonner efter felt: overskriften eller disse felter",
);

/// Columns with several values.
pub(super) const LISTS_OF_COLUMNS: ReferenceKey = key(
    "lists",
    NamedTexts(&[]),
    "{interests: \"|\"}",
    "Columns that hold several values, each with its separator",
    "Kolonner med flere værdier, hver med sit skilletegn",
);

const COLUMN: &[ReferenceKey] = &[
    key("from", Text, "Rolle", "The header of the column", "Kolonnens overskrift"),
    key(
        "type",
        Choice(&["text", "number", "boolean", "date"]),
        "number",
        "What its values are; default: `text`",
        "Hvad værdierne er; ellers `text`",
    ),
    key(
        "lists",
        Text,
        "\"|\"",
        "The separator of several values in a cell",
        "Skilletegnet mellem flere værdier i en celle",
    ),
];

const FORMATS: &[&str] = &["csv", "jsonl", "json", "yaml", "xlsx", "ods"];

/// The keys of `people`, and of a named list.
pub(super) const PEOPLE: [ReferenceKey; 11] = [
    key(
        "file",
        Text,
        "people/medlemmer.csv",
        "A file with a row for each person",
        "En fil med en række for hver person",
    ),
    key(
        "sheet",
        Text,
        "Medlemmer",
        "The sheet of a workbook; default: the first one",
        "Arket i et regneark; ellers det første",
    ),
    key(
        "format",
        Choice(FORMATS),
        "csv",
        "The format of the file, or of what the command prints",
        "Formatet på filen eller det, kommandoen skriver",
    ),
    key("sqlite", Text, "people/crm.db", "A SQLite database", "En SQLite-database"),
    key(
        "postgres",
        Text,
        "postgres://crm@db.forening.example/crm",
        "The address of a PostgreSQL database",
        "Adressen på en PostgreSQL-database",
    ),
    key(
        "password_env",
        Text,
        "CRM_PASSWORD",
        "The environment variable with the database's password",
        "Miljøvariablen med databasens adgangskode",
    ),
    key(
        "password_file",
        Text,
        ".newsletter/crm-password",
        "The file with the database's password",
        "Filen med databasens adgangskode",
    ),
    key(
        "password_command",
        Text,
        "pass show crm",
        "The command that prints the database's password",
        "Kommandoen, der skriver databasens adgangskode",
    ),
    key(
        "query",
        Text,
        "\"SELECT email FROM medlemmer\"",
        "The query of a database: a row for each person",
        "Forespørgslen til en database: en række for hver person",
    ),
    key(
        "command",
        TextOrTexts,
        "[bin/members, --csv]",
        "A program that prints the list, and its arguments",
        "Et program, der skriver listen, og dets argumenter",
    ),
    key(
        "timeout",
        Text,
        "60s",
        "How long a database or a command may take",
        "Hvor længe en database eller en kommando må tage",
    ),
];

const LIST_BY_NAME: ReferenceKey = key(
    "list",
    Text,
    "medlemmer",
    "A list that the settings name under `lists`",
    "En liste, som indstillingerne har under `lists`",
);

const PEOPLE_OF_AUDIENCE: &[ReferenceKey] = &joined::<12>(&PEOPLE, &[LIST_BY_NAME]);
