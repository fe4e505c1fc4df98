//! Glossary entries about sending newsletters, in Danish and English.

use crate::base::message::Message;
use crate::ops::reference::glossary_entry::GlossaryEntry;

/// The entries.
pub(super) static SENDING: [GlossaryEntry; 34] = [
    GlossaryEntry {
        words: &["forhåndsvisning", "vis", "se"],
        text: Message::fixed(
            "See the mail while you write: newsletter preview ISSUE --watch --open",
            "Se mailen, mens du skriver: newsletter preview NYHEDSBREV --watch --open",
        ),
        see: &["preview"],
    },
    GlossaryEntry {
        words: &["kontrol", "kontroller", "tjek", "fejl", "advarsel", "error", "warnings"],
        text: Message::fixed(
            "newsletter check says what is wrong, where, and what to write instead. An error stops the issue; a \
             warning does not",
            "newsletter check siger, hvad der er galt, hvor, og hvad du skal skrive i stedet. En fejl stopper \
             nyhedsbrevet; en advarsel gør ikke",
        ),
        see: &["check"],
    },
    GlossaryEntry {
        words: &["prøve", "prøvemail", "testmail", "test mail"],
        text: Message::fixed(
            "newsletter test ISSUE --to you@forening.example sends it to you alone, marked [TEST]",
            "newsletter test NYHEDSBREV --to dig@forening.example sender det kun til dig, mærket [TEST]",
        ),
        see: &["test"],
    },
    GlossaryEntry {
        words: &["prøvekørsel", "dry run"],
        text: Message::fixed(
            "newsletter send ISSUE --dry-run writes every letter to a folder, and sends none",
            "newsletter send NYHEDSBREV --dry-run skriver alle mails i en mappe og sender ingen",
        ),
        see: &["send"],
    },
    GlossaryEntry {
        words: &["godkendelse", "godkend", "kollega"],
        text: Message::fixed(
            "With `approval: required` in newsletter.yaml, another person than the author approves first: newsletter \
             approve ISSUE",
            "Med `approval: required` i newsletter.yaml skal en anden end forfatteren godkende først: newsletter \
             approve NYHEDSBREV",
        ),
        see: &["approval", "approve"],
    },
    GlossaryEntry {
        words: &["årshjul", "kalender", "årsplan", "year"],
        text: Message::fixed(
            "What you promise for the year is in calendar.yaml: newsletter calendar shows it, newsletter new \
             --from-calendar begins what is due",
            "Det, I har lovet i årets løb, står i calendar.yaml: newsletter calendar viser det, newsletter new \
             --from-calendar begynder på det, der er på vej",
        ),
        see: &["calendar"],
    },
    GlossaryEntry {
        words: &["rettelse", "korrektion", "fejl i mail", "correction"],
        text: Message::fixed(
            "newsletter new --correction-of ISSUE writes a correction for those who got it",
            "newsletter new --correction-of NYHEDSBREV skriver en rettelse til dem, der fik det",
        ),
        see: &["new"],
    },
    GlossaryEntry {
        words: &["annuller", "stop", "fortryd", "aflys"],
        text: Message::fixed(
            "Ctrl-C stops a run; newsletter cancel ISSUE cancels the letters that are not sent yet. What is sent \
             cannot be called back",
            "Ctrl-C stopper en udsendelse; newsletter cancel NYHEDSBREV annullerer de mails, der ikke er sendt. Det, \
             der er sendt, kan ikke kaldes tilbage",
        ),
        see: &["cancel", "correction"],
    },
    GlossaryEntry {
        words: &["hvem fik", "hvem har fået", "modtaget af"],
        text: Message::fixed(
            "newsletter status ISSUE says who got it; --failed, who did not, and why",
            "newsletter status NYHEDSBREV siger, hvem der har fået det; --failed, hvem der ikke har, og hvorfor",
        ),
        see: &["status", "deferred", "bounced"],
    },
    GlossaryEntry {
        words: &["planlagt mail", "planned"],
        text: Message::fixed("Not sent yet", "Ikke sendt endnu"),
        see: &["planned"],
    },
    GlossaryEntry {
        words: &["accepteret", "modtaget"],
        text: Message::fixed(
            "The mail server took it. That does not prove that it was read",
            "Mailserveren tog imod den. Det beviser ikke, at den er læst",
        ),
        see: &["accepted"],
    },
    GlossaryEntry {
        words: &["udsat", "venter"],
        text: Message::fixed(
            "The mail server asked to try again later. `newsletter send` again, or `run`, does so when it is time",
            "Mailserveren bad om at prøve igen senere. `newsletter send` igen, eller `run`, gør det, når det er tid",
        ),
        see: &["deferred"],
    },
    GlossaryEntry {
        words: &["afvist", "nægtet"],
        text: Message::fixed(
            "The mail server refused it for good: newsletter status ISSUE --failed says why",
            "Mailserveren afviste den endeligt: newsletter status NYHEDSBREV --failed siger hvorfor",
        ),
        see: &["refused"],
    },
    GlossaryEntry {
        words: &["kom retur", "retur", "returmail", "bounce"],
        text: Message::fixed(
            "The mail server took it, and it came back: it did not arrive. The address gets no more letters when that \
             is final",
            "Mailserveren tog imod den, men den kom retur: den nåede ikke frem. Er det endeligt, får adressen ikke \
             flere mails",
        ),
        see: &["bounced", "inbox"],
    },
    GlossaryEntry {
        words: &["i tvivl", "tvivl"],
        text: Message::fixed(
            "The connection broke before the mail server answered, so it is unknown whether it arrived. Say it: \
             newsletter resolve",
            "Forbindelsen røg, før mailserveren svarede, så ingen ved, om den nåede frem. Sig det med: newsletter \
             resolve",
        ),
        see: &["in_doubt", "resolve"],
    },
    GlossaryEntry {
        words: &["udløbet", "for sent"],
        text: Message::fixed(
            "Its time was over before it could be sent; it is not sent any more",
            "Tiden gik, før den kunne sendes; den sendes ikke mere",
        ),
        see: &["expired"],
    },
    GlossaryEntry {
        words: &["spærret", "spærreliste", "spærrelisten", "suppression list", "afmeldt"],
        text: Message::fixed(
            "These addresses get no letters: they unsubscribed, came back or complained. newsletter suppression list \
             shows them",
            "De adresser får ingen mails: de har afmeldt sig, er kommet retur eller har klaget. newsletter \
             suppression list viser dem",
        ),
        see: &["suppression", "unsubscribe"],
    },
    GlossaryEntry {
        words: &["afmeld", "afmelding", "frameld", "framelding", "afmeldelse"],
        text: Message::fixed(
            "Each mail has a link to unsubscribe. By hand: newsletter unsubscribe anna@forening.example",
            "Hver mail har et link til at afmelde sig. I hånden: newsletter unsubscribe anna@forening.example",
        ),
        see: &["unsubscribe", "suppression"],
    },
    GlossaryEntry {
        words: &["gdpr", "persondata", "indsigt", "sletning", "glem"],
        text: Message::fixed(
            "What is known of a person: newsletter person show ADDRESS; delete it: newsletter person erase ADDRESS",
            "Det, der er gemt om en person: newsletter person show ADRESSE; slet det: newsletter person erase ADRESSE",
        ),
        see: &["person", "retention"],
    },
    GlossaryEntry {
        words: &["samtykke", "tilladelse", "consent"],
        text: Message::fixed(
            "`require_consent` in newsletter.yaml: nobody gets a letter without a consent in the list",
            "`require_consent` i newsletter.yaml: ingen får mail uden et samtykke i listen",
        ),
        see: &["require_consent"],
    },
    GlossaryEntry {
        words: &["serie", "produktnyhedsbrev"],
        text: Message::fixed(
            "A newsletter with a name and a sender of its own: series in newsletter.yaml",
            "Et nyhedsbrev med eget navn og egen afsender: series i newsletter.yaml",
        ),
        see: &["series"],
    },
    GlossaryEntry {
        words: &["mailserver", "server", "smtp-server", "relay"],
        text: Message::fixed(
            "The server that sends the letters: `smtp` in newsletter.yaml. Without it, they go to outbox/. Try it: \
             newsletter doctor",
            "Serveren, der sender mailene: `smtp` i newsletter.yaml. Uden den lægges de i outbox/. Prøv den: \
             newsletter doctor",
        ),
        see: &["smtp", "doctor"],
    },
    GlossaryEntry {
        words: &["spam", "spamfilter", "uønsket mail", "junk"],
        text: Message::fixed(
            "Mail from a domain without SPF, DKIM and DMARC is often treated as spam. To see what is missing, and what to write: \
             newsletter doctor",
            "Mail fra et domæne uden SPF, DKIM og DMARC havner ofte i spam. newsletter doctor viser, hvad der mangler, og hvad \
             der skal skrives",
        ),
        see: &["doctor", "dkim"],
    },
    GlossaryEntry {
        words: &["udbakke", "outbox"],
        text: Message::fixed(
            "The folder outbox/ has the letters as long as newsletter.yaml names no mail server: nobody gets them",
            "Mappen outbox/ har mailene, så længe newsletter.yaml ikke nævner en mailserver: ingen får dem",
        ),
        see: &["smtp"],
    },
    GlossaryEntry {
        words: &["adgangskode", "kodeord", "password"],
        text: Message::fixed(
            "Never in newsletter.yaml: in a file that `password_file` names, which only you can read (chmod 600)",
            "Aldrig i newsletter.yaml: i en fil, som `password_file` nævner, og som kun du kan læse (chmod 600)",
        ),
        see: &["smtp.password_file", "login"],
    },
    GlossaryEntry {
        words: &["microsoft", "google", "office365", "outlook", "gmail"],
        text: Message::fixed(
            "newsletter login microsoft365 or google gets access tokens; the manual has the steps for an \
             administrator",
            "newsletter login microsoft365 eller google henter adgangstokens; manualen har trinene for en \
             administrator",
        ),
        see: &["login", "oauth"],
    },
    GlossaryEntry {
        words: &["sendebog", "sendebogen", "backup", "sikkerhedskopi"],
        text: Message::fixed(
            "The record of what was sent to whom, in .newsletter/. Keep it in your backup; never delete it",
            "Oversigten over, hvad der er sendt til hvem, i .newsletter/. Tag backup af den, og slet den aldrig",
        ),
        see: &["ledger"],
    },
    GlossaryEntry {
        words: &["kvittering", "receipt", "receipts"],
        text: Message::fixed(
            "A file in receipts/ for each issue that was sent: it keeps a copy of the project from sending it again",
            "En fil i receipts/ for hvert nyhedsbrev, der er sendt: den sørger for, at en kopi af projektet ikke \
             sender det igen",
        ),
        see: &["status"],
    },
    GlossaryEntry {
        words: &["web", "hjemmeside", "linkedin", "arkiv", "website"],
        text: Message::fixed(
            "newsletter export ISSUE --to web, linkedin, text and others: the same text elsewhere",
            "newsletter export NYHEDSBREV --to web, linkedin, text og andre: den samme tekst andre steder",
        ),
        see: &["export", "archive"],
    },
    GlossaryEntry {
        words: &["statistik", "tal for året", "rapport"],
        text: Message::fixed(
            "newsletter report counts a year: issues, letters, audiences. Nobody's reading is tracked",
            "newsletter report tæller et år: nyhedsbreve, mails, målgrupper. Ingen læsere bliver sporet",
        ),
        see: &["report"],
    },
    GlossaryEntry {
        words: &["import", "importer", "indlæs", "mailchimp"],
        text: Message::fixed(
            "Readers from another system: newsletter audience import export.csv shows what it will do first",
            "Læsere fra et andet system: newsletter audience import eksport.csv viser først, hvad der vil ske",
        ),
        see: &["audience import", "list"],
    },
    GlossaryEntry {
        words: &["forsinket", "forsinkelse", "late", "overdue"],
        text: Message::fixed(
            "What is late in the year's plan: newsletter calendar --check. A mail that the mail server puts off is `deferred`",
            "Det, der er forsinket i årets plan: newsletter calendar --check. En mail, som mailserveren udsætter, er `deferred`",
        ),
        see: &["calendar", "deferred"],
    },
    GlossaryEntry {
        words: &["åbnet", "åbninger", "åbningsrate", "klik", "sporing", "opened", "tracking"],
        text: Message::fixed(
            "Nobody sees who opened a mail or followed a link: readers are not tracked. newsletter status ISSUE says who got it",
            "Ingen kan se, hvem der har åbnet mailen eller fulgt et link: læserne bliver ikke sporet. newsletter status NYHEDSBREV siger, hvem der har fået den",
        ),
        see: &["status", "report"],
    },
    GlossaryEntry {
        words: &["sende", "afsend", "sender jeg"],
        text: Message::fixed(
            "newsletter send ISSUE shows who gets it, and asks before it sends",
            "newsletter send NYHEDSBREV viser, hvem der får det, og spørger, før det sendes",
        ),
        see: &["send", "test", "send_at"],
    },
];
