//! Norwegian (bokmål).

use crate::base::language::amounts::{AmountFormats, NumberNeighbours};
use crate::base::language::calendar::{Connectives, DateFormats};
use crate::base::language::definition::Language;
use crate::base::language::words::{
    CorrectionWords, EventLabel, EventWords, LeaveWords, LetterWords, PreviewWords, ReadabilityMeasure,
};

/// Norwegian bokmål: dates and numbers as Språkrådet writes them, `21. januar 2027 kl. 9.30`, `1 234,5`.
pub(super) const LANGUAGE: Language = Language {
    tag: "nb",
    name: "norsk",
    spellings: &["no", "bokmål", "norwegian", "norwegisch", "norska", "norvégien", "nor", "nob"],
    greeting: "Hei",
    on_list: "du står på listen {name}",
    leave_series: "Meld deg bare av {name}",
    words: LetterWords {
        because: "Du får denne e-posten fordi",
        unsubscribe: "Meld deg av nyhetsbrevet",
        unsubscribe_all: "Meld deg av alle nyhetsbrev",
        contents: "I denne utgaven",
        number: "Nr. {number}",
        online: "Les i nettleseren",
        more: "Les mer",
        done: "utført",
        open: "ikke utført",
        picture: "Bilde",
        note: "Merk",
        tip: "Tips",
        important: "Viktig",
        warning: "Advarsel",
        caution: "Forsiktig",
    },
    calendar: DateFormats {
        months: [
            "januar",
            "februar",
            "mars",
            "april",
            "mai",
            "juni",
            "juli",
            "august",
            "september",
            "oktober",
            "november",
            "desember",
        ],
        short_months: ["jan.", "feb.", "mars", "apr.", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des."],
        weekdays: ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"],
        date: "{day}. {month} {year}",
        short_date: "{day}. {short_month} {year}",
        weekday_date: "{weekday} {date}",
        clock: "{hour}.{minute}",
        time: "kl. {clock}",
        date_time: "{date} {time}",
        days_of_a_month: "{day}.–{last_day}. {month} {year}",
        days_of_a_year: "{day}. {month} – {last_day}. {last_month} {year}",
        days_of_years: "{day}. {month} {year} – {last_day}. {last_month} {last_year}",
        connectives: Connectives {
            to: &["til"],
            and: &["og"],
            clock: &["kl", "klokken", "klokka"],
            weeks: &["uke"],
            fillers: &["den", "fra", "ca", "hele", "dagen"],
        },
    },
    holidays: None,
    plural: |number| usize::from((number - 1.0).abs() > f64::EPSILON),
    separators: ['\u{a0}', ','],
    amounts: AmountFormats {
        money: "{number} {currency}",
        currency: "NOK",
        currencies: &[("NOK", "kr"), ("EUR", "euro")],
        percent: "{number} %",
    },
    number_neighbours: NumberNeighbours {
        before: &["kl.", "klokken", "klokka", "§", "§§", "nr.", "ca.", "kr", "s.", "side", "bind", "uke"],
        behind: &[
            "kr", "kr.", "kroner", "øre", "nok", "dkk", "euro", "eur", "€", "%", "prosent", "‰", "mill.", "mrd.", "millioner", "milliarder",
            "km", "m", "cm", "mm", "m²", "km²", "ha", "kg", "g", "mg", "tonn", "l", "kwh", "mwh", "kw", "mw", "gb", "mb", "kb", "tb", "°c",
            "timer", "time", "minutter", "min.", "dager", "uker", "måneder", "år",
        ],
    },
    yes_no: ["ja", "nei"],
    hyphenation: hypher::Lang::Norwegian,
    event: EventWords {
        when: EventLabel { shown: "Tid", keys: &["tid", "tidspunkt", "når"] },
        day_keys: &["dato", "dag"],
        clock_keys: &["kl", "klokken", "klokkeslett"],
        place: EventLabel { shown: "Sted", keys: &["sted", "hvor", "adresse", "lokale"] },
        online: EventLabel { shown: "På nett", keys: &["på nett", "nettmøte", "møtelenke"] },
        price: EventLabel { shown: "Pris", keys: &["pris"] },
        organiser: EventLabel { shown: "Arrangør", keys: &["arrangør", "vert"] },
        sign_up: EventLabel { shown: "Påmelding", keys: &["påmelding", "meld deg på", "lenke"] },
        deadline: EventLabel { shown: "Påmeldingsfrist", keys: &["påmeldingsfrist", "frist", "svarfrist", "senest"] },
        sign_up_for: "Meld deg på: {title}",
        join: "Delta på nett",
        add_to_calendar: "Legg i kalenderen",
        update_calendar: "Oppdater kalenderen",
        open_attachment: "åpne den vedlagte filen {file}",
        or: "eller",
        cancelled: &["avlyst"],
        cancelled_title: "Avlyst: {title}",
    },
    correction: CorrectionWords {
        label: "Rettelse",
        text: "Skriv her hva som var feil, og hva som er riktig",
    },
    empty_links: &[
        "her",
        "klikk",
        "klikk her",
        "trykk her",
        "se her",
        "les her",
        "les mer",
        "les mer her",
        "les videre",
        "se mer",
        "se mer her",
        "mer",
        "mer her",
        "mer info",
        "mer informasjon",
        "finn ut mer",
        "lenke",
        "lenken",
        "lenken her",
        "denne lenken",
        "denne siden",
        "siden",
        "last ned",
        "last ned her",
        "meld deg på her",
    ],
    credits: &["foto", "fotograf", "bilde", "bilder", "illustrasjon", "tegning", "grafikk", "kilde"],
    readability: Some(ReadabilityMeasure {
        measure: "LIX",
        longest_short_word: 6,
        levels: &[
            (0, "svært lett"),
            (25, "lett"),
            (35, "middels"),
            (45, "vanskelig"),
            (55, "svært vanskelig"),
        ],
    }),
    preview: PreviewWords {
        editions: ["utgave", "utgaver"],
        readers: ["mottaker", "mottakere"],
        includes: "også det som er til",
        leaves_out: "uten det som ikke er til",
        text: "Bare teksten",
        desktop: "Datamaskin",
        phone: "Telefon",
        invented: "oppdiktede personer",
        edition: "Utgave",
        recipients: "Mottakere",
        overview: "Oversikt",
        size: "Størrelse",
        limit: "Gmail viser bare de første 102 kB av et brev.",
        readability: "Lesbarhet",
        blocks: "Hvem leser hva",
        block: "Blokk",
        line: "linje",
        yes: "med",
        no: "uten",
        warnings: "Merknader",
        no_warnings: "Ingen merknader.",
        inbox: "I innboksen",
        letter: "Brevet",
        light: "lys",
        dark: "mørk",
        one_person: "Vist for {name}",
    },
    leave: LeaveWords {
        heading: "Meld deg av {name}",
        press: "Trykk på knappen for å melde deg av.",
        what: "Hva vil du melde deg av?",
        one_series: "Bare {name}",
        everything: "Alle nyhetsbrevene våre",
        some: "Noen av dem",
        keep: "Kryss av for dem du vil beholde",
        button: "Meld meg av",
        done: "Du er meldt av",
        left: "Du får ikke lenger {name}.",
        and: "og",
        left_everything: "Du får ikke lenger nyhetsbrev fra oss.",
        left_nothing: "Du har beholdt alle nyhetsbrevene, så ingenting er endret.",
        received: "Vi har mottatt avmeldingen din.",
        on_its_way: "En e-post som allerede er på vei, kan fortsatt komme fram.",
        undo: "Var det en feil, eller får du fortsatt e-post fra oss? Skriv til {address}, så ordner vi det.",
        test: "Lenken er fra en test-e-post, så ingen er meldt av.",
        failed: "Det gikk ikke",
        try_again: "Vi kunne ikke lagre avmeldingen din. Prøv igjen om litt, eller skriv til {address}, så melder vi deg av.",
        broken: "Lenken virker ikke",
        write_to_us: "Noe av lenken mangler. Prøv lenken i en annen e-post fra oss, eller skriv til {address}, så melder vi deg av.",
    },
    erasure_notice: "\
Emne: Opplysningene dine er slettet

Hei

Du har bedt {name} om å slette opplysningene dine. Det er gjort:

- Du står ikke lenger på listene våre og får ikke flere nyhetsbrev fra oss.
- I oversikten vår over utsendte nyhetsbrev er adressen din, navnet ditt og de andre opplysningene dine fjernet. Bare tall er
  igjen.
- Vi lagrer et fingeravtrykk av adressen din, som adressen ikke kan leses ut av. Vi bruker det bare til ikke å skrive til deg
  igjen hvis adressen din en dag står på en liste vi får.

Kopier i sikkerhetskopiene våre forsvinner når de blir overskrevet. Nyhetsbrevene du har fått, ligger i din egen postkasse.

Du kan klage til Datatilsynet hvis du er misfornøyd med hvordan vi behandler opplysningene dine: www.datatilsynet.no.

Vennlig hilsen
{name}
{postal_address}",
    example: ["Kari", "Nordmann"],
};
