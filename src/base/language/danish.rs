//! Danish.

use crate::base::language::calendar::{Connectives, DateFormats};
use crate::base::language::definition::Language;
use crate::base::language::words::{EventLabel, EventWords, LetterWords, PreviewWords, ReadabilityMeasure};

/// Danish: dates as in Retskrivningsordbogen, `den 21. januar 2027 kl. 9.30`.
pub(super) const LANGUAGE: Language = Language {
    tag: "da",
    name: "dansk",
    spellings: &["danish", "dänisch", "danois", "dan", "dk"],
    greeting: "Hej",
    on_list: "du står på listen {name}",
    leave_series: "Afmeld kun {name}",
    words: LetterWords {
        because: "Du får mailen, fordi",
        unsubscribe: "Afmeld nyhedsbrevet",
        unsubscribe_all: "Afmeld alle nyhedsbreve",
        contents: "I dette nummer",
        online: "Læs i browser",
        more: "Læs mere",
        done: "udført",
        open: "ikke udført",
        picture: "Billede",
        note: "Bemærk",
        tip: "Tip",
        important: "Vigtigt",
        warning: "Advarsel",
        caution: "Pas på",
    },
    calendar: DateFormats {
        months: [
            "januar",
            "februar",
            "marts",
            "april",
            "maj",
            "juni",
            "juli",
            "august",
            "september",
            "oktober",
            "november",
            "december",
        ],
        short_months: ["jan.", "feb.", "mar.", "apr.", "maj", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "dec."],
        weekdays: ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"],
        date: "den {day}. {month} {year}",
        short_date: "{day}. {short_month} {year}",
        weekday_date: "{weekday} {date}",
        clock: "{hour}.{minute}",
        time: "kl. {clock}",
        date_time: "{date} {time}",
        days_of_a_month: "den {day}.–{last_day}. {month} {year}",
        days_of_a_year: "den {day}. {month} – {last_day}. {last_month} {year}",
        days_of_years: "den {day}. {month} {year} – {last_day}. {last_month} {last_year}",
        connectives: Connectives {
            to: &["til"],
            and: &["og"],
            clock: &["kl", "klokken"],
            fillers: &["d", "den", "fra", "ca", "hele", "dagen"],
        },
    },
    plural: |number| usize::from((number - 1.0).abs() > f64::EPSILON),
    separators: ['.', ','],
    yes_no: ["ja", "nej"],
    event: EventWords {
        when: EventLabel { shown: "Tid", keys: &["tid", "tidspunkt", "hvornår", "klokken"] },
        day_keys: &["dato", "dag"],
        place: EventLabel { shown: "Sted", keys: &["sted", "hvor", "adresse", "lokale"] },
        online: EventLabel { shown: "Online", keys: &["online", "mødelink"] },
        price: EventLabel { shown: "Pris", keys: &["pris"] },
        organiser: EventLabel { shown: "Arrangør", keys: &["arrangør", "vært"] },
        sign_up: EventLabel { shown: "Tilmelding", keys: &["tilmelding", "tilmeld", "tilmeld dig", "link"] },
        deadline: EventLabel { shown: "Tilmeldingsfrist", keys: &["frist", "tilmeldingsfrist", "svarfrist", "senest"] },
        sign_up_for: "Tilmeld dig {title}",
        join: "Deltag online",
        add_to_calendar: "Læg i kalenderen",
    },
    empty_links: &[
        "her",
        "klik",
        "klik her",
        "tryk her",
        "se her",
        "læs her",
        "læs mere",
        "læs mere her",
        "læs videre",
        "se mere",
        "se mere her",
        "mere",
        "link",
        "dette link",
        "hent",
        "hent her",
        "tilmeld her",
        "linket",
        "linket her",
        "læs videre her",
        "mere her",
        "mere info",
        "mere information",
        "find mere",
        "denne side",
        "siden",
        "følg linket",
        "følg dette link",
    ],
    readability: Some(ReadabilityMeasure {
        measure: "LIX",
        longest_short_word: 6,
        levels: &[(0, "meget let"), (25, "let"), (35, "middel"), (45, "svær"), (55, "meget svær")],
    }),
    preview: PreviewWords {
        editions: ["udgave", "udgaver"],
        readers: ["modtager", "modtagere"],
        includes: "også det, der er til",
        leaves_out: "uden det, der ikke er til",
        text: "Teksten alene",
        desktop: "Computer",
        phone: "Telefon",
        invented: "opdigtede personer",
        edition: "Udgave",
        recipients: "Modtagere",
        overview: "Overblik",
        size: "Størrelse",
        limit: "Gmail viser kun de første 102 kB af et brev.",
        readability: "Læsbarhed",
        blocks: "Hvem læser hvad",
        block: "Blok",
        line: "linje",
        yes: "med",
        no: "uden",
        warnings: "Bemærkninger",
        no_warnings: "Ingen bemærkninger.",
        inbox: "I indbakken",
        letter: "Brevet",
        light: "lys",
        dark: "mørk",
        one_person: "Vist for {name}",
    },
    erasure_notice: "\
Emne: Dine oplysninger er slettet

Hej

Du har bedt om at blive slettet hos {name}. Det er sket:

- Du står ikke længere på vores lister og får ikke flere nyhedsbreve fra os.
- I vores oversigt over udsendte nyhedsbreve er din adresse, dit navn og dine øvrige oplysninger fjernet. Tilbage er kun tal.
- Vi gemmer et fingeraftryk af din adresse, som adressen ikke kan læses ud af. Vi bruger det kun til ikke at skrive til
  dig igen, hvis din adresse en dag står på en liste, vi får.

Kopier i vores sikkerhedskopier forsvinder, når de bliver overskrevet. De nyhedsbreve, du har fået, ligger i din egen postkasse.

Du kan klage til Datatilsynet, hvis du er utilfreds med vores behandling af dine oplysninger: www.datatilsynet.dk.

Venlig hilsen
{name}
{postal_address}",
    example: ["Anna", "Eksempel"],
};
