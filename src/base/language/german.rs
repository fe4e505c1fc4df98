//! German.

use crate::base::language::amounts::{AmountFormats, NumberNeighbours};
use crate::base::language::calendar::{Connectives, DateFormats};
use crate::base::language::definition::Language;
use crate::base::language::english;
use crate::base::language::words::{
    CorrectionWords, EventLabel, EventWords, LeaveWords, LetterWords, NoticeWords, PreviewWords, ReadabilityMeasure,
};

/// German, with the formal address: dates as in the Duden, `21. Januar 2027, 9.30 Uhr`.
pub(super) const LANGUAGE: Language = Language {
    tag: "de",
    name: "deutsch",
    spellings: &["german", "tysk", "tyska", "allemand", "deu", "ger"],
    greeting: "Guten Tag",
    on_list: "Sie auf der Liste {name} stehen",
    leave_series: "Nur {name} abbestellen",
    words: LetterWords {
        because: "Sie erhalten diese E-Mail, weil",
        unsubscribe: "Newsletter abbestellen",
        unsubscribe_all: "Alle Newsletter abbestellen",
        contents: "In dieser Ausgabe",
        number: "Nr. {number}",
        online: "Im Browser lesen",
        more: "Weiterlesen",
        done: "erledigt",
        open: "offen",
        picture: "Bild",
        note: "Hinweis",
        tip: "Tipp",
        important: "Wichtig",
        warning: "Warnung",
        caution: "Vorsicht",
    },
    calendar: DateFormats {
        months: [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        short_months: ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
        weekdays: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
        date: "{day}. {month} {year}",
        short_date: "{day}. {short_month} {year}",
        weekday_date: "{weekday}, {date}",
        clock: "{hour}.{minute}",
        time: "{clock} Uhr",
        date_time: "{date}, {time}",
        days_of_a_month: "{day}.–{last_day}. {month} {year}",
        days_of_a_year: "{day}. {month} – {last_day}. {last_month} {year}",
        days_of_years: "{day}. {month} {year} – {last_day}. {last_month} {last_year}",
        connectives: Connectives {
            to: &["bis"],
            and: &["und"],
            clock: &["um"],
            weeks: &["kw", "woche", "kalenderwoche"],
            fillers: &["den", "am", "der", "vom", "von", "ab", "ca", "uhr", "ganztägig"],
        },
    },
    holidays: None,
    plural: |number| usize::from((number - 1.0).abs() > f64::EPSILON),
    separators: ['.', ','],
    amounts: AmountFormats {
        money: "{number} {currency}",
        currency: "EUR",
        currencies: &[("EUR", "€")],
        percent: "{number} %",
    },
    number_neighbours: NumberNeighbours {
        before: &["nr.", "§", "§§", "ca.", "s.", "seite", "band", "kapitel", "kw", "um"],
        behind: &[
            "uhr", "€", "euro", "eur", "cent", "dkk", "kronen", "chf", "franken", "%", "prozent", "‰", "mio.", "mrd.", "millionen", "milliarden",
            "km", "m", "cm", "mm", "m²", "km²", "ha", "kg", "g", "mg", "t", "l", "kwh", "mwh", "kw", "mw", "gb", "mb", "kb", "tb", "°c",
            "stunden", "stunde", "std.", "minuten", "min.", "tage", "tagen", "wochen", "monate", "monaten", "jahre", "jahren",
        ],
    },
    yes_no: ["ja", "nein"],
    hyphenation: hypher::Lang::German,
    event: EventWords {
        when: EventLabel { shown: "Zeit", keys: &["zeit", "zeitpunkt", "wann"] },
        day_keys: &["datum"],
        clock_keys: &["uhrzeit"],
        place: EventLabel { shown: "Ort", keys: &["ort", "wo", "veranstaltungsort"] },
        online: EventLabel { shown: "Online", keys: &["online", "link zur teilnahme"] },
        price: EventLabel { shown: "Preis", keys: &["preis", "kosten"] },
        organiser: EventLabel { shown: "Veranstalter", keys: &["veranstalter", "gastgeber"] },
        sign_up: EventLabel { shown: "Anmeldung", keys: &["anmeldung", "anmelden", "link"] },
        deadline: EventLabel {
            shown: "Anmeldeschluss",
            keys: &["anmeldeschluss", "anmeldefrist", "anmelden bis", "frist"],
        },
        sign_up_for: "Anmelden: {title}",
        join: "Online teilnehmen",
        add_to_calendar: "In den Kalender eintragen",
        update_calendar: "Kalender aktualisieren",
        open_attachment: "öffnen Sie die angehängte Datei {file}",
        or: "oder",
        cancelled: &["abgesagt"],
        cancelled_title: "Abgesagt: {title}",
    },
    correction: CorrectionWords {
        label: "Berichtigung",
        text: "Schreiben Sie hier, was falsch war und was richtig ist",
    },
    drafts: &english::DRAFTS,
    to_replace: &["bitte", "datum", "füge", "hier", "schreib", "schreiben"],
    empty_links: &[
        "hier",
        "klick",
        "klick hier",
        "klicken sie hier",
        "hier klicken",
        "hier lesen",
        "siehe hier",
        "weiterlesen",
        "hier weiterlesen",
        "mehr",
        "mehr lesen",
        "mehr dazu",
        "mehr erfahren",
        "mehr infos",
        "mehr informationen",
        "weitere informationen",
        "zum link",
        "link",
        "dieser link",
        "diesem link",
        "diese seite",
        "download",
        "herunterladen",
        "hier anmelden",
    ],
    credits: &["foto", "fotos", "fotograf", "bild", "bilder", "illustration", "zeichnung", "grafik", "quelle"],
    // The LIX of Björnsson counts the same in German; its levels are read as in Danish and Swedish.
    readability: Some(ReadabilityMeasure {
        measure: "LIX",
        longest_short_word: 6,
        levels: &[(0, "sehr leicht"), (25, "leicht"), (35, "mittel"), (45, "schwer"), (55, "sehr schwer")],
    }),
    preview: PreviewWords {
        editions: ["Fassung", "Fassungen"],
        readers: ["Empfänger", "Empfänger"],
        includes: "auch, was bestimmt ist für",
        leaves_out: "ohne das, was nicht bestimmt ist für",
        text: "Nur der Text",
        desktop: "Computer",
        phone: "Telefon",
        invented: "erfundene Personen",
        edition: "Fassung",
        recipients: "Empfänger",
        overview: "Übersicht",
        size: "Größe",
        limit: "Gmail zeigt nur die ersten 102 kB eines Briefs.",
        readability: "Lesbarkeit",
        blocks: "Wer liest was",
        block: "Block",
        line: "Zeile",
        yes: "mit",
        no: "ohne",
        warnings: "Anmerkungen",
        no_warnings: "Keine Anmerkungen.",
        code: "Code",
        inbox: "Im Posteingang",
        letter: "Der Brief",
        light: "hell",
        dark: "dunkel",
        one_person: "Gezeigt für {name}",
    },
    leave: LeaveWords {
        heading: "{name} abbestellen",
        press: "Klicken Sie auf die Schaltfläche, um sich abzumelden.",
        what: "Was möchten Sie abbestellen?",
        one_series: "Nur {name}",
        everything: "Alle unsere Newsletter",
        some: "Einige davon",
        keep: "Wählen Sie aus, was Sie behalten möchten",
        button: "Abbestellen",
        done: "Sie sind abgemeldet",
        left: "Sie erhalten {name} nicht mehr.",
        and: "und",
        left_everything: "Sie erhalten keine Newsletter mehr von uns.",
        left_nothing: "Sie haben alle Newsletter behalten, es hat sich also nichts geändert.",
        received: "Wir haben Ihre Abmeldung erhalten.",
        on_its_way: "Eine E-Mail, die bereits unterwegs ist, kann noch ankommen.",
        undo: "War das ein Versehen, oder erhalten Sie noch immer E-Mails von uns? Schreiben Sie an {address}, dann bringen wir das in Ordnung.",
        test: "Der Link stammt aus einer Testmail, daher ist niemand abgemeldet.",
        failed: "Das hat nicht geklappt",
        try_again: "Wir konnten Ihre Abmeldung nicht speichern. Versuchen Sie es gleich noch einmal, oder schreiben Sie an {address}, dann melden wir Sie ab.",
        broken: "Der Link funktioniert nicht",
        write_to_us: "Ein Teil des Links fehlt. Versuchen Sie es mit dem Link aus einer anderen E-Mail von uns, oder schreiben Sie an {address}, dann melden wir Sie ab.",
    },
    notice: NoticeWords {
        done_subject: "Versendet: {issue}",
        done: "{accepted} von {recipients} E-Mails hat der Mailserver angenommen ({time}).",
        written: "{accepted} von {recipients} E-Mails wurden in den Ordner outbox geschrieben ({time}). Nichts wurde versendet.",
        not_accepted: "Nicht angenommen:",
        domains: "Abgelehnt nach Domain:",
        cancelled: "Abgebrochen und nicht versendet: {letters}",
        done_more: "Die Adressen zeigt: newsletter status {issue} --failed",
        blocked_subject: "Angehalten: {issue}",
        blocked: "{issue} wurde angehalten. Grund ({time}):",
        blocked_more: "Beheben Sie den Fehler; danach wird der Rest beim nächsten Lauf versendet. Siehe auch: newsletter check {issue}",
        recovered_subject: "Nicht mehr angehalten: {issue}",
        recovered: "Was {issue} angehalten hat, ist behoben ({time}).",
    },
    erasure_notice: "\
Betreff: Ihre Daten sind gelöscht

Guten Tag

Sie haben {name} gebeten, Ihre Daten zu löschen. Das ist geschehen:

- Sie stehen nicht mehr auf unseren Listen und erhalten keine Newsletter mehr von uns.
- In unserem Verzeichnis der versandten Newsletter sind Ihre Adresse, Ihr Name und Ihre übrigen Daten entfernt. Geblieben
  sind nur Zahlen.
- Wir speichern einen Fingerabdruck Ihrer Adresse, aus dem sich die Adresse nicht ablesen lässt. Wir verwenden ihn nur, um
  Ihnen nicht wieder zu schreiben, falls Ihre Adresse eines Tages auf einer Liste steht, die wir erhalten.

Kopien in unseren Sicherungen verschwinden, sobald sie überschrieben werden. Die Newsletter, die Sie erhalten haben, liegen
in Ihrem eigenen Postfach.

Wenn Sie mit unserem Umgang mit Ihren Daten nicht einverstanden sind, können Sie sich bei Ihrer Datenschutzbehörde
beschweren.

Mit freundlichen Grüßen
{name}
{postal_address}",
    example: ["Erika", "Mustermann"],
};
