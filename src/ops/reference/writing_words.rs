//! Glossary entries about writing newsletters, in Danish and English.

use crate::base::message::Message;
use crate::ops::reference::glossary_entry::GlossaryEntry;

/// The entries.
pub(super) static WRITING: [GlossaryEntry; 46] = [
    GlossaryEntry {
        words: &["emne", "emnelinje", "subject line"],
        text: Message::fixed(
            "What readers see first in their inbox. Write it at the top of the file: subject: Nyt i januar",
            "Det, læserne ser først i indbakken. Skriv det øverst i filen: subject: Nyt i januar",
        ),
        see: &["subject", "preheader"],
    },
    GlossaryEntry {
        words: &["preheader", "undertekst"],
        text: Message::fixed(
            "The line after the subject in an inbox. Write it at the top of the file: preheader: Kom til årsmøde, og \
             hils på de nye",
            "Linjen efter emnet i indbakken. Skriv den øverst i filen: preheader: Kom til årsmøde, og hils på de nye",
        ),
        see: &["subject"],
    },
    GlossaryEntry {
        words: &["nyhedsbrev", "udgivelse", "nummer", "issue"],
        text: Message::fixed(
            "One newsletter is one file in issues/, such as issues/nyt-i-januar.md. Begin one with: newsletter new \
             \"Nyt i januar\"",
            "Hvert nyhedsbrev er en fil i issues/, f.eks. issues/nyt-i-januar.md. Begynd på et nyt: newsletter new \"Nyt \
             i januar\"",
        ),
        see: &["new", "front matter"],
    },
    GlossaryEntry {
        words: &["front matter", "frontmatter", "toml", "yaml", "hoved"],
        text: Message::fixed(
            "The lines between the two --- at the top of a file: subject, preheader, audiences and more, each as \
             `key: value`. Lines between two +++ are read as TOML",
            "Linjerne mellem de to --- øverst i filen: subject, preheader, audiences og andet, hver som `felt: \
             værdi`. Linjer mellem to +++ læses som TOML",
        ),
        see: &["subject", "audiences", "draft"],
    },
    GlossaryEntry {
        words: &["målgruppe", "målgrupper", "audience"],
        text: Message::fixed(
            "A group of readers: one file in audiences/. An issue names it: audiences: [members]. See who is in it: \
             newsletter audience list",
            "En gruppe læsere: en fil i audiences/. Nyhedsbrevet nævner den: audiences: [members]. Se, hvem der er i \
             den: newsletter audience list",
        ),
        see: &["audiences", "recipients", "people"],
    },
    GlossaryEntry {
        words: &["modtager", "modtagere", "læser", "læsere", "recipient", "reader"],
        text: Message::fixed(
            "Who gets the mail. They are in a file in audiences/, or in a list that it names",
            "Dem, der får mailen. De står i en fil i audiences/ eller i en liste, som den nævner",
        ),
        see: &["audience", "recipients", "people"],
    },
    GlossaryEntry {
        words: &["liste", "lister", "excel", "csv", "regneark", "adresseliste", "list"],
        text: Message::fixed(
            "Save the list from Excel as people/members.xlsx or .csv, with a column `email` and, if you like, \
             `fornavn` and `efternavn`. In audiences/members.yaml, write: people: people/members.xlsx",
            "Gem listen fra Excel som people/members.xlsx eller .csv med en kolonne `email` og gerne `fornavn` og \
             `efternavn`. Skriv i audiences/members.yaml: people: people/members.xlsx",
        ),
        see: &["people", "columns", "audience import"],
    },
    GlossaryEntry {
        words: &["semikolon", "komma", "separator", "skilletegn", "semicolon", "comma"],
        text: Message::fixed(
            "The columns of a .csv file may be separated by semicolons, as Excel in Denmark saves them, by commas or by tabs. In \
             YAML, commas separate words in brackets: audiences: [members, board]",
            "Kolonnerne i en .csv-fil kan være adskilt af semikolon, som dansk Excel gør det, af komma eller af tabulator. I \
             YAML adskiller komma ord i kantede parenteser: audiences: [members, board]",
        ),
        see: &["list", "audiences"],
    },
    GlossaryEntry {
        words: &["udgave", "udgaver", "edition", "version"],
        text: Message::fixed(
            "The issue as one audience reads it, in one language: with its own blocks. See all of them: newsletter \
             preview ISSUE --open",
            "Nyhedsbrevet, som én målgruppe læser det på ét sprog: med de blokke, der er til den. Se dem alle: \
             newsletter preview NYHEDSBREV --open",
        ),
        see: &["preview", "only"],
    },
    GlossaryEntry {
        words: &["kladde", "udkast", "draft"],
        text: Message::fixed(
            "An issue with `draft: true` at its top is not sent. Delete the line when it is ready",
            "Et nyhedsbrev med `draft: true` øverst sendes ikke. Slet linjen, når det er klar",
        ),
        see: &["draft", "send"],
    },
    GlossaryEntry {
        words: &["dato", "tidspunkt", "planlæg", "planlagt", "udsend", "udsendelse", "time", "date"],
        text: Message::fixed(
            "Write at the top of the file when it is to be sent: send_at: 2027-01-12 kl. 9.00. What is due: \
             newsletter schedule",
            "Skriv øverst i filen, hvornår det skal sendes: send_at: 2027-01-12 kl. 9.00. Se, hvad der er på vej: \
             newsletter schedule",
        ),
        see: &["send_at", "run", "schedule"],
    },
    GlossaryEntry {
        words: &["sprog", "engelsk", "oversættelse", "language", "translation", "to sprog", "flere sprog"],
        text: Message::fixed(
            "The language of the letters is `lang` in newsletter.yaml. A translation is a file beside the issue: \
             nyt.en.md beside nyt.md",
            "Sproget i mailene er `lang` i newsletter.yaml. En oversættelse er en fil ved siden af: nyt.en.md ved \
             siden af nyt.md",
        ),
        see: &["lang"],
    },
    GlossaryEntry {
        words: &["tema", "udseende", "design", "skabelon", "layout"],
        text: Message::fixed(
            "How the letters look: theme: default, letter, bulletin or magazine, in newsletter.yaml or at the top of \
             the file",
            "Sådan ser mailene ud: theme: default, letter, bulletin eller magazine, i newsletter.yaml eller øverst i \
             filen",
        ),
        see: &["theme", "brand"],
    },
    GlossaryEntry {
        words: &["farve", "farver", "color"],
        text: Message::fixed(
            "The colour of buttons and links, in newsletter.yaml under brand: colour: \"#1F5FA8\"",
            "Farven på knapper og links, i newsletter.yaml under brand: colour: \"#1F5FA8\"",
        ),
        see: &["colour"],
    },
    GlossaryEntry {
        words: &["logo"],
        text: Message::fixed(
            "A picture above the text, in newsletter.yaml under brand: logo: logo.png",
            "Et billede over teksten, i newsletter.yaml under brand: logo: logo.png",
        ),
        see: &["brand.logo"],
    },
    GlossaryEntry {
        words: &["afsender", "sender"],
        text: Message::fixed(
            "Who the mail is from, in newsletter.yaml: from: Foreningen <nyt@forening.example>",
            "Den, mailen er fra, i newsletter.yaml: from: Foreningen <nyt@forening.example>",
        ),
        see: &["from", "reply_to"],
    },
    GlossaryEntry {
        words: &["svar", "svaradresse", "reply"],
        text: Message::fixed(
            "Where answers go, if not to the sender: reply_to: karen@forening.example",
            "Der, hvor svar havner, hvis det ikke er hos afsenderen: reply_to: karen@forening.example",
        ),
        see: &["reply_to"],
    },
    GlossaryEntry {
        words: &["postadresse", "adresse"],
        text: Message::fixed(
            "The postal address at the end of each mail, in newsletter.yaml; the law requires it",
            "Postadressen nederst i hver mail, i newsletter.yaml; loven kræver den",
        ),
        see: &["postal_address"],
    },
    GlossaryEntry {
        words: &["hilsen", "navn", "fornavn", "first_name"],
        text: Message::fixed(
            "{{ greeting }} writes \"Kære Anna\" where the list has a first name. {{ first_name }} is the name alone",
            "{{ greeting }} skriver \"Kære Anna\", når listen har et fornavn. {{ first_name }} er navnet alene",
        ),
        see: &["greeting"],
    },
    GlossaryEntry {
        words: &[
            "markdown",
            "tekst",
            "formatering",
            "fed",
            "fed skrift",
            "bold",
            "kursiv",
            "italic",
            "overskrift",
            "punktliste",
            "punktopstilling",
        ],
        text: Message::fixed(
            "Write text as usual. `## Heading`, **bold**, *italic*, `- item` for a list, [text](https://address) for \
             a link; an empty line begins a paragraph",
            "Skriv tekst som ellers. `## Overskrift`, **fed**, *kursiv*, `- punkt` for en liste, \
             [tekst](https://adresse) for et link; en tom linje begynder et afsnit",
        ),
        see: &["button", "picture", "card"],
    },
    GlossaryEntry {
        words: &["backticks", "backtick", "omvendt apostrof", "accent grave"],
        text: Message::fixed(
            "The sign `. Between two of them, readers see text as it is typed: `<navn>`. On a keyboard with æ, ø and å, on \
             Windows and Mac: hold Shift, press the key left of Backspace (´), then press space",
            "Tegnet `. Mellem to af dem ser læserne teksten, som den er skrevet: `<navn>`. På et dansk tastatur, både \
             Windows og Mac: hold Shift nede, tryk på tasten til venstre for Backspace (´), og tryk så på mellemrum",
        ),
        see: &["markdown"],
    },
    GlossaryEntry {
        words: &["link", "links", "hyperlink"],
        text: Message::fixed(
            "[Read the minutes](https://forening.example/referat): the text in brackets says where it leads",
            "[Læs referatet](https://forening.example/referat): teksten i kantet parentes siger, hvor det fører hen",
        ),
        see: &["button", "check"],
    },
    GlossaryEntry {
        words: &["knap", "button"],
        text: Message::fixed(
            "A link that is alone in its paragraph becomes a button with {.button} behind it: [Tilmeld \
             dig](https://forening.example/tilmeld){.button}",
            "Et link alene i sit afsnit bliver en knap med {.button} efter sig: [Tilmeld \
             dig](https://forening.example/tilmeld){.button}",
        ),
        see: &["link"],
    },
    GlossaryEntry {
        words: &["billede", "billeder", "foto", "image", "picture", "alt", "alt-tekst"],
        text: Message::fixed(
            "Put the picture beside the issue, and write what it shows in the brackets: ![Havnen i sol](havn.jpg \
             \"Foto: Anna Berg\")",
            "Læg billedet ved siden af filen, og skriv i parentesen, hvad det viser: ![Havnen i sol](havn.jpg \"Foto: \
             Anna Berg\")",
        ),
        see: &["image", "media"],
    },
    GlossaryEntry {
        words: &["vedhæftning", "vedhæftet", "bilag", "pdf", "attachment"],
        text: Message::fixed(
            "Put the file beside the issue, and write at the top: attachments: [dagsorden.pdf]",
            "Læg filen ved siden af nyhedsbrevet, og skriv øverst: attachments: [dagsorden.pdf]",
        ),
        see: &["attachments"],
    },
    GlossaryEntry {
        words: &["tabel", "table"],
        text: Message::fixed(
            "A table is lines with | between the cells, and a line |---|---| below the first one",
            "En tabel er linjer med | mellem cellerne og en linje |---|---| under den første",
        ),
        see: &[],
    },
    GlossaryEntry {
        words: &["blok", "blokke", "block"],
        text: Message::fixed(
            "A block begins with ::: and a word, and ends with ::: alone on its line. Words: only, not, for, lang, \
             event, card, callout, note, tip, warning, quote, columns, media, person, figures, more, snippet",
            "En blok begynder med ::: og et ord og slutter med ::: alene på linjen. Ordene er: only, not, for, lang, \
             event, card, callout, note, tip, warning, quote, columns, media, person, figures, more, snippet",
        ),
        see: &["only", "event", "card"],
    },
    GlossaryEntry {
        words: &["only", "not", "kun", "kun for", "betinget"],
        text: Message::fixed(
            "::: only board … ::: is read by the audience board alone; ::: not board … ::: by everybody else",
            "::: only board … ::: læses kun af målgruppen board; ::: not board … ::: af alle andre",
        ),
        see: &["block", "audience"],
    },
    GlossaryEntry {
        words: &["for"],
        text: Message::fixed(
            "::: for board … ::: is read by everybody who is in board, whichever edition they get",
            "::: for board … ::: læses af alle, der er i board, uanset hvilken udgave de får",
        ),
        see: &["only"],
    },
    GlossaryEntry {
        words: &["kort", "card"],
        text: Message::fixed(
            "A text in a frame: ::: card Title, the text on lines of its own, and ::: at its end. Several between \
             :::: columns and :::: are side by side",
            "En tekst i en ramme: ::: card Titel, teksten på linjer for sig og ::: til sidst. Flere mellem :::: \
             columns og :::: står ved siden af hinanden",
        ),
        see: &["columns"],
    },
    GlossaryEntry {
        words: &["kolonner", "spalter", "columns"],
        text: Message::fixed(
            "Two or three cards, or texts with --- between them, side by side: :::: columns … ::::",
            "To eller tre kort, eller tekster med --- imellem, ved siden af hinanden: :::: columns … ::::",
        ),
        see: &["card"],
    },
    GlossaryEntry {
        words: &["begivenhed", "arrangement", "møde", "event", "invitation"],
        text: Message::fixed(
            "A meeting with time, place and a button to sign up; readers get it for their calendar:\n::: event \
             Årsmøde\ntid: torsdag 21. januar 2027 kl. 9.30-15.30\nsted: Dokk1, Aarhus\ntilmelding: \
             https://forening.example/aarsmoede\n:::",
            "Et møde med tid, sted og en knap til tilmelding; læserne får det til deres kalender:\n::: event \
             Årsmøde\ntid: torsdag 21. januar 2027 kl. 9.30-15.30\nsted: Dokk1, Aarhus\ntilmelding: \
             https://forening.example/aarsmoede\n:::",
        ),
        see: &["block"],
    },
    GlossaryEntry {
        words: &["boks", "fremhævet", "note", "tip", "warning", "callout", "important", "caution"],
        text: Message::fixed(
            "A text in a box: ::: callout Husk fristen … :::, or ::: note, tip, warning with a sign of their own",
            "En tekst i en boks: ::: callout Husk fristen … ::: eller ::: note, tip, warning med deres eget tegn",
        ),
        see: &["block"],
    },
    GlossaryEntry {
        words: &["citat", "quote"],
        text: Message::fixed(
            "::: quote Anna Berg, it-chef … ::: shows a quotation with its source",
            "::: quote Anna Berg, it-chef … ::: viser et citat med navn",
        ),
        see: &["block"],
    },
    GlossaryEntry {
        words: &["tal", "nøgletal", "figures"],
        text: Message::fixed(
            "::: figures Året i tal, with a line such as - 78 kommuner for each number, and ::: at its end",
            "::: figures Året i tal, en linje som - 78 kommuner for hvert tal og ::: til sidst",
        ),
        see: &["block"],
    },
    GlossaryEntry {
        words: &["media", "person", "portræt"],
        text: Message::fixed(
            "::: media Title has a picture beside a text; ::: person Anna Berg, formand a portrait",
            "::: media Titel har et billede ved siden af en tekst; ::: person Anna Berg, formand et portræt",
        ),
        see: &["picture"],
    },
    GlossaryEntry {
        words: &["more", "læs mere"],
        text: Message::fixed(
            "::: more Hele programmet … ::: is the rest of a text; on the web it is behind a link",
            "::: more Hele programmet … ::: er resten af en tekst; på nettet ligger den bag et link",
        ),
        see: &["block"],
    },
    GlossaryEntry {
        words: &["snippet", "tekststykke", "genbrug"],
        text: Message::fixed(
            "::: snippet om-os inserts the text of snippets/om-os.md, without a closing :::",
            "::: snippet om-os indsætter teksten i snippets/om-os.md, uden et afsluttende :::",
        ),
        see: &["block"],
    },
    GlossaryEntry {
        words: &["kopier", "kopi", "sidste måned", "copy"],
        text: Message::fixed(
            "Begin with an earlier issue, with the next number and without its times: newsletter new --like issues/april.md",
            "Begynd med et tidligere nyhedsbrev, med næste nummer og uden dets tidspunkter: newsletter new --like \
             issues/april.md",
        ),
        see: &["new", "draft"],
    },
    GlossaryEntry {
        words: &["slet", "fjern", "delete", "remove"],
        text: Message::fixed(
            "A draft is a file in issues/: delete the file. An issue that is planned or being sent: newsletter cancel ISSUE. A \
             person: newsletter person erase ADDRESS. Never delete .newsletter/",
            "En kladde er en fil i issues/: slet filen. Et nyhedsbrev, der er planlagt eller ved at blive sendt: newsletter \
             cancel NYHEDSBREV. En person: newsletter person erase ADRESSE. Slet aldrig .newsletter/",
        ),
        see: &["cancel", "person", "ledger"],
    },
    GlossaryEntry {
        words: &["mail", "mails", "letter", "letters"],
        text: Message::fixed(
            "What one reader gets of an issue. See it first: newsletter preview ISSUE --open",
            "Det, én læser får af et nyhedsbrev. Se den først: newsletter preview NYHEDSBREV --open",
        ),
        see: &["issue", "preview", "send"],
    },
    GlossaryEntry {
        words: &["frist", "frister", "tilmeldingsfrist", "deadline"],
        text: Message::fixed(
            "By when to sign up: a line such as frist: 14. januar in ::: event. A deadline for the text: deadlines in calendar.yaml",
            "Hvornår man senest skal melde sig til: en linje som frist: 14. januar i ::: event. En frist for teksten: deadlines i calendar.yaml",
        ),
        see: &["event", "deadlines", "calendar"],
    },
    GlossaryEntry {
        words: &["tid", "klokkeslæt"],
        text: Message::fixed(
            "When a meeting is: a line such as tid: torsdag 21. januar 2027 kl. 9.30-15.30 in ::: event. When a newsletter is sent: send_at: 2027-01-12 kl. 9.00",
            "Hvornår et møde er: en linje som tid: torsdag 21. januar 2027 kl. 9.30-15.30 i ::: event. Hvornår et nyhedsbrev sendes: send_at: 2027-01-12 kl. 9.00",
        ),
        see: &["event", "send_at"],
    },
    GlossaryEntry {
        words: &["sted", "place", "venue"],
        text: Message::fixed(
            "Where a meeting is: a line such as sted: Dokk1, Aarhus in ::: event",
            "Hvor et møde er: en linje som sted: Dokk1, Aarhus i ::: event",
        ),
        see: &["event"],
    },
    GlossaryEntry {
        words: &["word", "docx", "google docs"],
        text: Message::fixed(
            "Write in a text file, issues/nyt.md, and not in Word. Copied text keeps no bold, headings or lists: write them as in newsletter help markdown",
            "Skriv i en tekstfil, issues/nyt.md, og ikke i Word. Fed skrift, overskrifter og lister følger ikke med, når du kopierer: skriv dem som i newsletter help markdown",
        ),
        see: &["markdown", "issue"],
    },
    GlossaryEntry {
        words: &["terminal", "terminalen", "kommandolinje", "command line"],
        text: Message::fixed(
            "The window where you type commands such as newsletter check",
            "Vinduet, hvor du skriver kommandoer som newsletter check",
        ),
        see: &["check", "front matter"],
    },
];
