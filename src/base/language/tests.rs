use std::collections::BTreeSet;

use jiff::civil::{DateTime, date, time};

use crate::base::language::Lang;
use crate::base::language::definition::Language;
use crate::base::language::words::{
    ArchiveWords, EventLabel, EventWords, KitWords, LeaveWords, PreviewWords, ReportWords,
};
use crate::base::language::year_words::YearWords;

/// Every text of a language, with the name of its field.
fn texts(language: &Language) -> Vec<(&'static str, &'static str)> {
    let Language { words, event, preview, calendar, .. } = language;
    let mut texts = vec![
        ("tag", language.tag),
        ("locale", language.locale),
        ("name", language.name),
        ("greeting", language.greeting),
        ("on_list", language.on_list),
        ("because", words.because),
        ("unsubscribe", words.unsubscribe),
        ("unsubscribe_all", words.unsubscribe_all),
        ("online", words.online),
        ("in_short", words.in_short),
        ("more", words.more),
        ("done", words.done),
        ("open", words.open),
        ("note", words.note),
        ("tip", words.tip),
        ("important", words.important),
        ("warning", words.warning),
        ("caution", words.caution),
        ("when", event.when.shown),
        ("place", event.place.shown),
        ("online", event.online.shown),
        ("price", event.price.shown),
        ("organiser", event.organiser.shown),
        ("sign_up", event.sign_up.shown),
        ("deadline", event.deadline.shown),
        ("sign_up_for", event.sign_up_for),
        ("join", event.join),
        ("add_to_calendar", event.add_to_calendar),
        ("update_calendar", event.update_calendar),
        ("open_attachment", event.open_attachment),
        ("or", event.or),
        ("cancelled_title", event.cancelled_title),
        ("correction", language.correction.label),
        ("correction_text", language.correction.text),
    ];
    let lists: [(&'static str, &[&'static str]); 13] = [
        ("cancelled", event.cancelled),
        ("spellings", language.spellings),
        ("months", &calendar.months),
        ("short_months", &calendar.short_months),
        ("weekdays", &calendar.weekdays),
        ("empty_links", language.empty_links),
        ("credits", language.credits),
        ("abbreviations", language.abbreviations),
        ("editions", &preview.editions),
        ("readers", &preview.readers),
        ("example", &language.example),
        ("explained", &language.report.explained),
        ("records", &language.report.records),
    ];
    texts.extend(preview_texts(preview));
    texts.extend(leave_texts(&language.leave));
    texts.extend(year_texts(&language.year));
    texts.extend(report_texts(&language.report));
    texts.extend(archive_texts(&language.archive));
    texts.extend(kit_texts(&language.kit));
    texts.extend(lists.into_iter().flat_map(|(field, list)| list.iter().map(move |text| (field, *text))));
    texts
}

/// Every text of the year's calendar.
fn year_texts(year: &YearWords) -> Vec<(&'static str, &'static str)> {
    let mut texts = vec![
        ("title", year.title),
        ("on", year.on),
        ("week", year.week),
        ("quarter", year.quarter),
        ("done_on", year.done_on),
        ("number", year.number),
        ("when", year.when),
        ("what", year.what),
        ("priority", year.priority),
        ("state", year.state),
        ("audiences", year.audiences),
        ("wheel", year.wheel),
        ("wheel_description", year.wheel_description),
        ("list", year.list),
        ("today", year.today),
        ("weekly", year.weekly),
        ("unlisted", year.unlisted),
        ("empty", year.empty),
        ("busy", year.busy),
        ("not_busy", year.not_busy),
        ("busy_audience", year.busy_audience),
        ("busy_readers", year.busy_readers),
        ("busy_share", year.busy_share),
        ("without_week", year.without_week),
        ("suppressed_counted", year.suppressed_counted),
    ];
    let lists: [(&'static str, &[&'static str]); 6] = [
        ("priorities", &year.priorities),
        ("states", &year.states),
        ("kinds", &year.kinds),
        ("by", &year.by),
        ("missed", &year.missed),
        ("deadlines", &year.deadlines),
    ];
    texts.extend(lists.into_iter().flat_map(|(field, list)| list.iter().map(move |text| (field, *text))));
    texts
}

/// Every text of the preview page.
fn preview_texts(preview: &PreviewWords) -> [(&'static str, &'static str); 25] {
    [
        ("includes", preview.includes),
        ("leaves_out", preview.leaves_out),
        ("text", preview.text),
        ("desktop", preview.desktop),
        ("phone", preview.phone),
        ("invented", preview.invented),
        ("edition", preview.edition),
        ("recipients", preview.recipients),
        ("overview", preview.overview),
        ("size", preview.size),
        ("limit", preview.limit),
        ("readability", preview.readability),
        ("blocks", preview.blocks),
        ("block", preview.block),
        ("line", preview.line),
        ("yes", preview.yes),
        ("no", preview.no),
        ("warnings", preview.warnings),
        ("no_warnings", preview.no_warnings),
        ("code", preview.code),
        ("inbox", preview.inbox),
        ("letter", preview.letter),
        ("light", preview.light),
        ("dark", preview.dark),
        ("one_person", preview.one_person),
    ]
}

/// Every text of the report of a year, without its explanations.
fn report_texts(report: &ReportWords) -> [(&'static str, &'static str); 44] {
    [
        ("title", report.title),
        ("nothing", report.nothing),
        ("as_of", report.as_of),
        ("year", report.year),
        ("number", report.number),
        ("by_month", report.by_month),
        ("by_audience", report.by_audience),
        ("by_topic", report.by_topic),
        ("each_issue", report.each_issue),
        ("promises", report.promises),
        ("promised", report.promised),
        ("done", report.done),
        ("late", report.late),
        ("to_come", report.to_come),
        ("month", report.month),
        ("audience", report.audience),
        ("topic", report.topic),
        ("no_topic", report.no_topic),
        ("date", report.date),
        ("subject", report.subject),
        ("issues", report.issues),
        ("editions", report.editions),
        ("recipients", report.recipients),
        ("sent", report.sent),
        ("refused", report.refused),
        ("not_sent", report.not_sent),
        ("bounced", report.bounced),
        ("complained", report.complained),
        ("left", report.left),
        ("first", report.first),
        ("last", report.last),
        ("change", report.change),
        ("total", report.total),
        ("months_plot", report.months_plot),
        ("audiences_plot", report.audiences_plot),
        ("topics_plot", report.topics_plot),
        ("most_topics_plot", report.most_topics_plot),
        ("file", report.file),
        ("suppressed", report.suppressed),
        ("expired", report.expired),
        ("cancelled", report.cancelled),
        ("in_doubt", report.in_doubt),
        ("open", report.open),
        ("record", report.record),
    ]
}

/// A placeholder that is missing or misspelt would be mailed as it is.
#[test]
fn the_texts_of_the_mails_to_those_who_run_it_have_their_placeholders() {
    for lang in Lang::ALL {
        let words = &lang.language().notice;
        for (text, placeholders) in [
            (words.done_subject, "{issue}"),
            (words.done, "{accepted}{recipients}{time}"),
            (words.written, "{accepted}{recipients}{time}"),
            (words.not_accepted, ""),
            (words.domains, ""),
            (words.cancelled, "{letters}"),
            (words.done_more, "{issue}"),
            (words.blocked_subject, "{issue}"),
            (words.blocked, "{issue}{time}"),
            (words.blocked_more, "{issue}"),
            (words.recovered_subject, "{issue}"),
            (words.recovered, "{issue}{time}"),
        ] {
            for placeholder in ["{issue}", "{accepted}", "{recipients}", "{time}"] {
                assert_eq!(text.contains(placeholder), placeholders.contains(placeholder), "{lang}: {text}");
            }
            assert_eq!(text.matches('{').count(), placeholders.matches('{').count(), "{lang}: {text}");
        }
    }
}

/// Every text of the pages where readers unsubscribe.
fn leave_texts(leave: &LeaveWords) -> [(&'static str, &'static str); 21] {
    [
        ("heading", leave.heading),
        ("press", leave.press),
        ("what", leave.what),
        ("one_series", leave.one_series),
        ("everything", leave.everything),
        ("some", leave.some),
        ("keep", leave.keep),
        ("button", leave.button),
        ("done", leave.done),
        ("left", leave.left),
        ("and", leave.and),
        ("left_everything", leave.left_everything),
        ("left_nothing", leave.left_nothing),
        ("received", leave.received),
        ("on_its_way", leave.on_its_way),
        ("undo", leave.undo),
        ("test", leave.test),
        ("failed", leave.failed),
        ("try_again", leave.try_again),
        ("broken", leave.broken),
        ("write_to_us", leave.write_to_us),
    ]
}

/// Every text of a package.
fn kit_texts(kit: &KitWords) -> [(&'static str, &'static str); 17] {
    [
        ("readme", kit.readme),
        ("picture_list", kit.picture_list),
        ("title", kit.title),
        ("intro", kit.intro),
        ("online", kit.online),
        ("texts", kit.texts),
        ("html", kit.html),
        ("markdown", kit.markdown),
        ("text", kit.text),
        ("linkedin", kit.linkedin),
        ("calendar", kit.calendar),
        ("pictures", kit.pictures),
        ("use_pictures", kit.use_pictures),
        ("alternative_text", kit.alternative_text),
        ("caption", kit.caption),
        ("decoration", kit.decoration),
        ("questions", kit.questions),
    ]
}

/// Every text of the archive.
fn archive_texts(archive: &ArchiveWords) -> [(&'static str, &'static str); 7] {
    [
        ("all", archive.all),
        ("of_year", archive.of_year),
        ("years", archive.years),
        ("feed", archive.feed),
        ("languages", archive.languages),
        ("accessibility", archive.accessibility),
        ("empty", archive.empty),
    ]
}

#[test]
fn the_texts_of_the_unsubscribe_pages_have_their_placeholders() {
    for lang in Lang::ALL {
        for (field, text) in leave_texts(&lang.language().leave) {
            let name = ["heading", "one_series", "left"].contains(&field);
            let address = ["undo", "try_again", "write_to_us"].contains(&field);
            assert_eq!(text.contains("{name}"), name, "{lang}: {field}");
            assert_eq!(text.contains("{address}"), address, "{lang}: {field}");
        }
    }
}

#[test]
fn no_language_lacks_a_word() {
    for lang in Lang::ALL {
        let language = lang.language();
        for (field, text) in texts(language) {
            assert!(!text.trim().is_empty() && text.trim() == text, "{lang}: {field}: {text:?}");
        }
        let lower = language
            .spellings
            .iter()
            .chain(language.empty_links)
            .chain(language.credits)
            .chain([&language.tag, &language.name]);
        lower.for_each(|word| assert_eq!(*word, word.to_lowercase(), "{lang}"));
        assert!(
            !language.spellings.is_empty() && !language.empty_links.is_empty() && !language.credits.is_empty(),
            "{lang}"
        );
        assert!(lang.on_list("IT-chefer").contains("IT-chefer"), "{lang}");
        assert_eq!(language.locale.split_once('_').map(|(own, _)| own), Some(language.tag));
        for name in [&language.calendar.months[..], &language.calendar.short_months, &language.calendar.weekdays] {
            assert_eq!(name.iter().collect::<BTreeSet<_>>().len(), name.len(), "{lang}: {name:?}");
        }
        assert_ne!((language.plural)(1.0), (language.plural)(2.0), "{lang}");
    }
}

/// Danish and Norwegian share short sentences, such as "du står på listen"; a longer one that is shared was not translated.
#[test]
fn no_language_borrows_the_sentences_of_another() {
    let sentences = |lang: Lang| -> BTreeSet<&'static str> {
        let all = texts(lang.language()).into_iter().map(|(_, text)| text).chain([lang.language().erasure_notice]);
        all.filter(|text| text.split_whitespace().count() > 5).collect()
    };
    for (at, lang) in Lang::ALL.into_iter().enumerate() {
        for other in Lang::ALL.into_iter().skip(at + 1) {
            let common: Vec<_> = sentences(lang).intersection(&sentences(other)).copied().collect();
            assert!(common.is_empty(), "{lang} and {other}: {common:?}");
        }
    }
}

/// The names in braces of a text, in any order.
fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn the_placeholders_of_every_text_agree_with_those_of_english() {
    let english = Lang::parse("en").unwrap();
    let of = |lang: Lang| -> Vec<(&'static str, BTreeSet<&'static str>)> {
        let single = texts(lang.language()).into_iter().filter(|(_, text)| text.contains('{'));
        let mut all: Vec<_> = single.map(|(field, text)| (field, placeholders(text))).collect();
        all.push(("leave_series", placeholders(lang.language().leave_series)));
        all.push(("erasure_notice", placeholders(lang.language().erasure_notice)));
        all
    };
    for lang in Lang::ALL {
        assert_eq!(of(lang), of(english), "{lang}");
        let keys =
            |label: &EventLabel| label.keys.iter().all(|key| *key == key.to_lowercase()) && !label.keys.is_empty();
        let EventWords { when, place, online, price, organiser, sign_up, deadline, .. } = &lang.language().event;
        assert!([when, place, online, price, organiser, sign_up, deadline].into_iter().all(keys), "{lang}");
    }
}

#[test]
fn no_key_of_an_event_means_two_things() {
    let mut seen = std::collections::BTreeMap::new();
    for lang in Lang::ALL {
        let event = &lang.language().event;
        let lists = [
            ("when", event.when.keys),
            ("day", event.day_keys),
            ("clock", event.clock_keys),
            ("place", event.place.keys),
            ("online", event.online.keys),
            ("price", event.price.keys),
            ("organiser", event.organiser.keys),
            ("sign_up", event.sign_up.keys),
            ("deadline", event.deadline.keys),
        ];
        for (field, key) in lists.into_iter().flat_map(|(field, keys)| keys.iter().map(move |key| (field, *key))) {
            assert_eq!(*seen.entry(key).or_insert(field), field, "{lang}: {key}");
        }
    }
}

#[test]
fn every_date_format_is_filled_in() {
    let day = date(2027, 1, 21);
    for lang in Lang::ALL {
        let forms = [
            lang.date(day),
            lang.short_date(day),
            lang.date_alone(day),
            lang.weekday_date(day),
            lang.date_time(day.at(9, 30, 0, 0)),
            lang.dates(day, date(2027, 1, 22)),
            lang.dates(day, date(2027, 2, 2)),
            lang.dates(day, date(2028, 2, 2)),
        ];
        for form in forms {
            assert!(form.contains("21") && form.contains("2027") && !form.contains(['{', '}']), "{lang}: {form}");
        }
        let times = lang.times(time(9, 30, 0, 0), time(15, 5, 0, 0));
        assert!(times.contains("30") && times.contains("05") && !times.contains(['{', '}']), "{lang}: {times}");
    }
}

#[test]
fn every_amount_is_filled_in() {
    for lang in Lang::ALL {
        let amounts =
            [lang.money(1234.5, lang.language().amounts.currency), lang.money(1234.5, "CHF"), lang.percent(1234.5)];
        for amount in amounts.map(Option::unwrap) {
            assert!(amount.contains("234") && !amount.contains(['{', '}', ' ']), "{lang}: {amount}");
        }
        let words = &lang.language().number_neighbours;
        let lower = |word: &&str| **word == word.to_lowercase() && !word.contains(' ');
        assert!(words.before.iter().chain(words.behind).all(lower), "{lang}");
        assert!(!words.before.is_empty() && !words.behind.is_empty(), "{lang}");
    }
}

#[test]
fn every_spelling_belongs_to_one_language() {
    let mut seen = BTreeSet::new();
    for lang in Lang::ALL {
        let language = lang.language();
        for spelling in language.spellings.iter().chain([&language.tag, &language.name]) {
            assert!(seen.insert(*spelling), "{spelling} belongs to two languages");
            assert_eq!(Lang::parse(spelling), Some(lang), "{spelling}");
        }
    }
}

#[test]
fn dates_and_times_are_formatted_as_readers_write_them() {
    let [danish, english] = ["da", "en"].map(|tag| Lang::parse(tag).unwrap());
    let moment: DateTime = date(2027, 1, 21).at(9, 30, 0, 0);
    let day = moment.date();
    assert_eq!(danish.date_time(moment), "den 21. januar 2027 kl. 9.30");
    assert_eq!(english.date_time(moment), "21 January 2027, 9:30");
    assert_eq!(danish.weekday_date(day), "torsdag den 21. januar 2027");
    assert_eq!(english.weekday_date(day), "Thursday 21 January 2027");
    let hours = (time(9, 30, 0, 0), time(15, 30, 0, 0));
    assert_eq!(danish.times(hours.0, hours.1), "kl. 9.30–15.30");
    assert_eq!(english.times(hours.0, hours.1), "9:30–15:30");
    assert_eq!(danish.dates(day, date(2027, 1, 22)), "den 21.–22. januar 2027");
    assert_eq!(danish.dates(day, date(2027, 2, 2)), "den 21. januar – 2. februar 2027");
    assert_eq!(english.dates(date(2026, 12, 31), date(2027, 1, 1)), "31 December 2026 – 1 January 2027");
    assert_eq!(danish.dates(day, day), "den 21. januar 2027");
    for (tag, moment_in, weekday, times, days) in [
        ("de", "21. Januar 2027, 9.30 Uhr", "Donnerstag, 21. Januar 2027", "9.30–15.30 Uhr", "21.–22. Januar 2027"),
        ("nb", "21. januar 2027 kl. 9.30", "torsdag 21. januar 2027", "kl. 9.30–15.30", "21.–22. januar 2027"),
        ("sv", "21 januari 2027 kl. 9.30", "torsdag 21 januari 2027", "kl. 9.30–15.30", "21–22 januari 2027"),
    ] {
        let lang = Lang::parse(tag).unwrap();
        let written = [lang.date_time(moment), lang.weekday_date(day), lang.times(hours.0, hours.1)];
        assert_eq!(written, [moment_in, weekday, times], "{tag}");
        assert_eq!(lang.dates(day, date(2027, 1, 22)), days, "{tag}");
    }
}

#[test]
fn one_is_singular_and_zero_is_plural() {
    let danish = Lang::default();
    let members = |number| danish.plural(number, &["medlem", "medlemmer"]);
    assert_eq!([0.0, 1.0, 2.0, 1.5].map(members), ["medlemmer", "medlem", "medlemmer", "medlemmer"].map(Some));
    assert_eq!(danish.plural(2.0, &["får"]), Some("får"));
    assert_eq!(danish.plural::<&str>(2.0, &[]), None);
}

#[test]
fn a_language_has_a_tag_and_names() {
    let english = Lang::parse("en");
    for text in ["EN_gb", "en-US", " English ", "Engelsk", "engelsk (UK)", "eng"] {
        assert_eq!(Lang::parse(text), english, "{text}");
    }
    for text in ["", "pl", "enx", "fi", "-"] {
        assert_eq!(Lang::parse(text), None, "{text}");
    }
    assert_eq!(["en", "EN-gb"].map(Lang::of_tag), [english, english]);
    assert_eq!(["no", "NO", "nb-NO"].map(|tag| Lang::of_tag(tag).map(Lang::tag)), [Some("nb"); 3]);
    assert_eq!(["english", "en-", "en-draft", "2026", ""].map(Lang::of_tag), [None; 5]);
}

#[test]
fn a_language_is_serialised_as_its_tag() {
    let english = Lang::parse("en").unwrap();
    assert_eq!(serde_json::to_string(&english).unwrap(), "\"en\"");
    assert_eq!(serde_json::from_str::<Lang>("\"en\"").unwrap(), english);
    let refused = serde_json::from_str::<Lang>("\"pl\"").unwrap_err().to_string();
    assert!(refused.starts_with("unknown language `pl`, expected one of: da, en"), "{refused}");
}
