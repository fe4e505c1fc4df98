//! English.

use crate::base::language::amounts::{AmountFormats, NumberNeighbours};
use crate::base::language::calendar::{Connectives, DateFormats};
use crate::base::language::definition::Language;
use crate::base::language::words::{EventLabel, EventWords, LeaveWords, LetterWords, PreviewWords};

/// English as in Britain and Ireland: `21 January 2027, 9:30`.
pub(super) const LANGUAGE: Language = Language {
    tag: "en",
    name: "english",
    spellings: &["engelsk", "englisch", "anglais", "eng", "uk", "gb"],
    greeting: "Hello",
    on_list: "you are on the list {name}",
    leave_series: "Unsubscribe from {name} only",
    words: LetterWords {
        because: "You receive this because",
        unsubscribe: "Unsubscribe",
        unsubscribe_all: "Unsubscribe from everything",
        contents: "In this issue",
        number: "No. {number}",
        online: "Read in your browser",
        more: "Read more",
        done: "done",
        open: "not done",
        picture: "Picture",
        note: "Note",
        tip: "Tip",
        important: "Important",
        warning: "Warning",
        caution: "Caution",
    },
    calendar: DateFormats {
        months: [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        short_months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
        weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        date: "{day} {month} {year}",
        short_date: "{day} {short_month} {year}",
        weekday_date: "{weekday} {date}",
        clock: "{hour}:{minute}",
        time: "{clock}",
        date_time: "{date}, {time}",
        days_of_a_month: "{day}–{last_day} {month} {year}",
        days_of_a_year: "{day} {month} – {last_day} {last_month} {year}",
        days_of_years: "{day} {month} {year} – {last_day} {last_month} {last_year}",
        connectives: Connectives {
            to: &["to", "until", "till"],
            and: &["and"],
            clock: &["at"],
            fillers: &["on", "from", "the", "of", "all", "day"],
        },
    },
    plural: |number| usize::from((number - 1.0).abs() > f64::EPSILON),
    separators: [',', '.'],
    amounts: AmountFormats { money: "{currency} {number}", currency: "DKK", currencies: &[], percent: "{number}%" },
    number_neighbours: NumberNeighbours {
        before: &["no.", "nos.", "section", "sections", "§", "§§", "page", "p.", "pp.", "chapter", "dkk", "eur", "gbp", "usd"],
        behind: &[
            "a.m.", "p.m.", "am", "pm", "o'clock", "o’clock", "dkk", "eur", "gbp", "usd", "euros", "kroner", "%", "percent",
            "million", "billion", "km", "m", "cm", "mm", "m²", "km²", "ha", "kg", "g", "mg", "tonnes", "l", "kwh", "mwh", "kw", "mw",
            "gb", "mb", "kb", "tb", "°c", "hours", "hour", "minutes", "min.", "min", "days", "weeks", "months", "years",
        ],
    },
    yes_no: ["yes", "no"],
    hyphenation: hypher::Lang::English,
    event: EventWords {
        when: EventLabel { shown: "When", keys: &["when", "time"] },
        day_keys: &["date", "day"],
        place: EventLabel { shown: "Where", keys: &["where", "place", "location", "venue"] },
        online: EventLabel { shown: "Online", keys: &["online", "meeting link"] },
        price: EventLabel { shown: "Price", keys: &["price", "cost"] },
        organiser: EventLabel { shown: "Organiser", keys: &["organiser", "organizer", "host"] },
        sign_up: EventLabel {
            shown: "Sign up",
            keys: &["sign up", "sign-up", "signup", "register", "registration", "rsvp", "link"],
        },
        deadline: EventLabel { shown: "Sign up by", keys: &["deadline", "sign up by", "register by", "rsvp by"] },
        sign_up_for: "Sign up: {title}",
        join: "Join online",
        add_to_calendar: "Add to calendar",
        open_attachment: "open the attached file {file}",
        or: "or",
        cancelled: &["cancelled", "canceled"],
        cancelled_title: "Cancelled: {title}",
    },
    empty_links: &[
        "here",
        "click",
        "click here",
        "press here",
        "see here",
        "read here",
        "read more",
        "read more here",
        "read on",
        "see more",
        "learn more",
        "find out more",
        "more",
        "link",
        "this link",
        "this",
        "download",
        "sign up here",
        "tap here",
        "the link",
        "link here",
        "more here",
        "more info",
        "more information",
        "this page",
    ],
    credits: &["photo", "photos", "photographer", "picture", "image", "illustration", "drawing", "graphic", "source"],
    readability: None,
    preview: PreviewWords {
        editions: ["edition", "editions"],
        readers: ["recipient", "recipients"],
        includes: "also what is for",
        leaves_out: "without what is not for",
        text: "The text alone",
        desktop: "Computer",
        phone: "Phone",
        invented: "invented people",
        edition: "Edition",
        recipients: "Recipients",
        overview: "Overview",
        size: "Size",
        limit: "Gmail shows only the first 102 kB of a letter.",
        readability: "Readability",
        blocks: "Who reads what",
        block: "Block",
        line: "line",
        yes: "in",
        no: "out",
        warnings: "Remarks",
        no_warnings: "No remarks.",
        inbox: "In the inbox",
        letter: "The letter",
        light: "light",
        dark: "dark",
        one_person: "Shown for {name}",
    },
    leave: LeaveWords {
        heading: "Unsubscribe from {name}",
        press: "Press the button to unsubscribe.",
        what: "What do you want to unsubscribe from?",
        one_series: "{name} only",
        everything: "All our newsletters",
        some: "Some of them",
        keep: "Select those that you want to keep",
        button: "Unsubscribe",
        done: "You are unsubscribed",
        left: "You will no longer receive {name}.",
        and: "and",
        left_everything: "You will no longer receive newsletters from us.",
        left_nothing: "You have kept all newsletters, so nothing has changed.",
        received: "We have received your request.",
        on_its_way: "An email that is already on its way may still arrive.",
        undo: "Was this a mistake, or do you still receive emails from us? Write to {address}, and we will put it right.",
        test: "This link is from a test email, so nobody is unsubscribed.",
        failed: "Something went wrong",
        try_again: "We could not save your request. Try again in a moment, or write to {address}, and we will unsubscribe you.",
        broken: "This link does not work",
        write_to_us: "Part of the link is missing. Try the link in another email from us, or write to {address}, and we will unsubscribe you.",
    },
    erasure_notice: "\
Subject: Your data has been erased

Hello

You asked {name} to erase your data. This has been done:

- You are no longer on our lists and will get no more newsletters from us.
- In our record of the newsletters we sent, your address, your name and your other data have been removed. Only numbers are left.
- We keep a fingerprint of your address, from which the address cannot be read. We use it only so as not to write to you
  again, should your address ever be on a list that we are given.

Copies in our backups will be gone when they are overwritten. The newsletters that you got are in your own mailbox.

If you are not content with how we treat your data, you can complain to the data protection authority of your country.

Kind regards
{name}
{postal_address}",
    example: ["Alex", "Example"],
};
