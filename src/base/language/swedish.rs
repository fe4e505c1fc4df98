//! Swedish.

use crate::base::language::amounts::{AmountFormats, NumberNeighbours};
use crate::base::language::calendar::{Connectives, DateFormats};
use crate::base::language::definition::Language;
use crate::base::language::words::{
    CorrectionWords, EventLabel, EventWords, LeaveWords, LetterWords, PreviewWords, ReadabilityMeasure,
};

/// Swedish: dates and numbers as in Svenska skrivregler, `21 januari 2027 kl. 9.30`, `1 234,5`.
pub(super) const LANGUAGE: Language = Language {
    tag: "sv",
    name: "svenska",
    spellings: &["swedish", "svensk", "schwedisch", "suédois", "swe"],
    greeting: "Hej",
    on_list: "du står på listan {name}",
    leave_series: "Avsluta bara {name}",
    words: LetterWords {
        because: "Du får det här mejlet eftersom",
        unsubscribe: "Avsluta prenumerationen",
        unsubscribe_all: "Avsluta alla nyhetsbrev",
        contents: "I det här numret",
        number: "Nr {number}",
        online: "Läs i webbläsaren",
        more: "Läs mer",
        done: "klart",
        open: "inte klart",
        picture: "Bild",
        note: "Observera",
        tip: "Tips",
        important: "Viktigt",
        warning: "Varning",
        caution: "Var försiktig",
    },
    calendar: DateFormats {
        months: [
            "januari",
            "februari",
            "mars",
            "april",
            "maj",
            "juni",
            "juli",
            "augusti",
            "september",
            "oktober",
            "november",
            "december",
        ],
        short_months: ["jan.", "feb.", "mars", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."],
        weekdays: ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"],
        date: "{day} {month} {year}",
        short_date: "{day} {short_month} {year}",
        weekday_date: "{weekday} {date}",
        clock: "{hour}.{minute}",
        time: "kl. {clock}",
        date_time: "{date} {time}",
        days_of_a_month: "{day}–{last_day} {month} {year}",
        days_of_a_year: "{day} {month} – {last_day} {last_month} {year}",
        days_of_years: "{day} {month} {year} – {last_day} {last_month} {last_year}",
        connectives: Connectives {
            to: &["till"],
            and: &["och"],
            clock: &["kl", "klockan"],
            weeks: &["vecka", "v"],
            fillers: &["den", "från", "ca", "hela", "dagen"],
        },
    },
    holidays: None,
    plural: |number| usize::from((number - 1.0).abs() > f64::EPSILON),
    separators: ['\u{a0}', ','],
    amounts: AmountFormats {
        money: "{number} {currency}",
        currency: "SEK",
        currencies: &[("SEK", "kr"), ("EUR", "euro")],
        percent: "{number} %",
    },
    number_neighbours: NumberNeighbours {
        before: &["kl.", "klockan", "§", "§§", "nr", "ca", "s.", "sidan", "band", "vecka", "v."],
        behind: &[
            "kr", "kr.", "kronor", "öre", "sek", "dkk", "euro", "eur", "€", "%", "procent", "‰", "mn", "md", "mkr", "tkr", "miljoner", "miljarder",
            "km", "m", "cm", "mm", "m²", "km²", "ha", "kg", "g", "mg", "ton", "l", "kwh", "mwh", "kw", "mw", "gb", "mb", "kb", "tb", "°c",
            "timmar", "timme", "minuter", "min.", "dagar", "veckor", "månader", "år",
        ],
    },
    yes_no: ["ja", "nej"],
    hyphenation: hypher::Lang::Swedish,
    event: EventWords {
        when: EventLabel { shown: "Tid", keys: &["tid", "tidpunkt", "när"] },
        day_keys: &["datum", "dag"],
        clock_keys: &["kl", "klockan", "klockslag"],
        place: EventLabel { shown: "Plats", keys: &["plats", "var", "adress", "lokal"] },
        online: EventLabel { shown: "Digitalt", keys: &["digitalt", "möteslänk"] },
        price: EventLabel { shown: "Pris", keys: &["pris"] },
        organiser: EventLabel { shown: "Arrangör", keys: &["arrangör", "värd"] },
        sign_up: EventLabel { shown: "Anmälan", keys: &["anmälan", "anmäl dig", "länk"] },
        deadline: EventLabel { shown: "Sista anmälningsdag", keys: &["sista anmälningsdag", "sista dag", "senast"] },
        sign_up_for: "Anmäl dig: {title}",
        join: "Delta digitalt",
        add_to_calendar: "Lägg till i kalendern",
        update_calendar: "Uppdatera kalendern",
        open_attachment: "öppna den bifogade filen {file}",
        or: "eller",
        cancelled: &["inställt", "inställd"],
        cancelled_title: "Inställt: {title}",
    },
    correction: CorrectionWords {
        label: "Rättelse",
        text: "Skriv här vad som var fel och vad som är rätt",
    },
    empty_links: &[
        "här",
        "klicka",
        "klicka här",
        "tryck här",
        "se här",
        "läs här",
        "läs mer",
        "läs mer här",
        "läs vidare",
        "se mer",
        "se mer här",
        "mer",
        "mer här",
        "mer info",
        "mer information",
        "länk",
        "länken",
        "länken här",
        "den här länken",
        "den här sidan",
        "sidan",
        "ladda ner",
        "ladda ner här",
        "anmäl dig här",
    ],
    credits: &["foto", "fotograf", "bild", "bilder", "illustration", "teckning", "grafik", "källa"],
    readability: Some(ReadabilityMeasure {
        measure: "LIX",
        longest_short_word: 6,
        levels: &[(0, "mycket lätt"), (25, "lätt"), (35, "medelsvår"), (45, "svår"), (55, "mycket svår")],
    }),
    preview: PreviewWords {
        editions: ["utgåva", "utgåvor"],
        readers: ["mottagare", "mottagare"],
        includes: "även det som är till",
        leaves_out: "utan det som inte är till",
        text: "Bara texten",
        desktop: "Dator",
        phone: "Telefon",
        invented: "påhittade personer",
        edition: "Utgåva",
        recipients: "Mottagare",
        overview: "Översikt",
        size: "Storlek",
        limit: "Gmail visar bara de första 102 kB av ett brev.",
        readability: "Läsbarhet",
        blocks: "Vem läser vad",
        block: "Block",
        line: "rad",
        yes: "med",
        no: "utan",
        warnings: "Anmärkningar",
        no_warnings: "Inga anmärkningar.",
        inbox: "I inkorgen",
        letter: "Brevet",
        light: "ljus",
        dark: "mörk",
        one_person: "Visas för {name}",
    },
    leave: LeaveWords {
        heading: "Avsluta {name}",
        press: "Tryck på knappen för att avsluta prenumerationen.",
        what: "Vad vill du avsluta?",
        one_series: "Bara {name}",
        everything: "Alla våra nyhetsbrev",
        some: "Några av dem",
        keep: "Kryssa för dem som du vill behålla",
        button: "Avsluta",
        done: "Prenumerationen är avslutad",
        left: "Du får inte längre {name}.",
        and: "och",
        left_everything: "Du får inte längre nyhetsbrev från oss.",
        left_nothing: "Du har behållit alla nyhetsbrev, så ingenting har ändrats.",
        received: "Vi har tagit emot din avanmälan.",
        on_its_way: "Ett mejl som redan är på väg kan fortfarande komma fram.",
        undo: "Var det ett misstag, eller får du fortfarande mejl från oss? Skriv till {address}, så rättar vi till det.",
        test: "Länken kommer från ett testmejl, så ingen prenumeration är avslutad.",
        failed: "Det gick inte",
        try_again: "Vi kunde inte spara din avanmälan. Försök igen om en stund, eller skriv till {address}, så avslutar vi prenumerationen.",
        broken: "Länken fungerar inte",
        write_to_us: "En del av länken saknas. Prova länken i ett annat mejl från oss, eller skriv till {address}, så avslutar vi prenumerationen.",
    },
    erasure_notice: "\
Ämne: Dina uppgifter är raderade

Hej

Du har bett {name} att radera dina uppgifter. Det är gjort:

- Du står inte längre på våra listor och får inga fler nyhetsbrev från oss.
- I vår förteckning över utskickade nyhetsbrev är din adress, ditt namn och dina övriga uppgifter borttagna. Bara siffror
  finns kvar.
- Vi sparar ett fingeravtryck av din adress, som adressen inte kan utläsas ur. Vi använder det bara för att inte skriva till
  dig igen, om din adress en dag finns på en lista som vi får.

Kopior i våra säkerhetskopior försvinner när de skrivs över. Nyhetsbreven som du har fått ligger i din egen brevlåda.

Du kan klaga hos Integritetsskyddsmyndigheten om du är missnöjd med hur vi behandlar dina uppgifter: www.imy.se.

Vänliga hälsningar
{name}
{postal_address}",
    example: ["Anna", "Exempel"],
};
