use jiff::civil::date;

use crate::issue::when::error::WhenErrorKind;
use crate::issue::when::{EventTime, MissingYear, parse, readable_start};

/// The time that a text means, in ISO 8601 with minutes.
fn read(text: &str, alone: MissingYear) -> Result<String, (WhenErrorKind, String)> {
    match parse(&[text], alone) {
        Ok(EventTime::Days { first, last }) if first == last => Ok(first.to_string()),
        Ok(EventTime::Days { first, last }) => Ok(format!("{first}/{last}")),
        Ok(EventTime::Hours { begins, ends }) => {
            let minutes = |time: jiff::civil::DateTime| time.strftime("%Y-%m-%dT%H:%M").to_string();
            Ok(ends.map_or_else(|| minutes(begins), |ends| format!("{}/{}", minutes(begins), minutes(ends))))
        }
        Err((_, fault)) => Err((fault.mistake, text[fault.span].to_owned())),
    }
}

#[test]
fn days_and_times_are_read_in_danish_and_english() {
    let whole = "2027-01-21T09:30/2027-01-21T15:30";
    for text in [
        "21. januar 2027 kl. 9.30-15.30",
        "21. januar 2027, kl. 9.30 – 15.30",
        "torsdag d. 21. januar 2027 kl. 09.30 til 15.30",
        "Torsdag den 21. jan. 2027 fra kl. 9:30 til kl. 15:30",
        "kl. 9.30-15.30 torsdag den 21. januar 2027",
        "21.1.2027 9:30–15:30",
        "21/1 2027 kl. 9.30-15.30",
        "21/1-2027 9.30-15.30",
        "21-01-2027 09.30-15.30",
        "21.01.27 kl 0930-1530",
        "2027-01-21 09:30-15:30",
        "2027-01-21T09:30:00 – 15:30:00",
        "January 21, 2027, 9:30 am – 3:30 pm",
        "Thursday, January 21st, 2027 at 9:30am-3:30 p.m.",
        "Thu 21st of January 2027 from 9:30 to 15:30",
        "21 January 2027, 9.30–15.30",
        "21. januar 2027 9.30-15.30 (torsdag)",
        "d. 21/1-27 kl 9:30-15:30",
        "den 21. januar 2027 fra 9.30 til 15.30",
        "21. jan. 27 kl. 9,30-15,30",
        "21/1 27 9.30-15.30",
        "21/1 '27 kl. 930-1530",
    ] {
        assert_eq!(read(text, MissingYear::Unknown).as_deref(), Ok(whole), "{text}");
    }
}

#[test]
fn days_may_be_several_and_have_no_times() {
    for (text, expected) in [
        ("21. januar 2027", "2027-01-21"),
        ("21.-22. januar 2027", "2027-01-21/2027-01-22"),
        ("21.-22.1.2027", "2027-01-21/2027-01-22"),
        ("21/1-22/1 2027", "2027-01-21/2027-01-22"),
        ("21/1-22/1-2027", "2027-01-21/2027-01-22"),
        ("21-22/1 2027", "2027-01-21/2027-01-22"),
        ("21.-22/1-27", "2027-01-21/2027-01-22"),
        ("21-22. januar 2027", "2027-01-21/2027-01-22"),
        ("torsdag 21.-fredag 22. januar 2027", "2027-01-21/2027-01-22"),
        ("torsdag d. 21. til fredag d. 22.1.2027", "2027-01-21/2027-01-22"),
        ("21., 22. januar 2027", "2027-01-21/2027-01-22"),
        ("21/1-22", "2022-01-21"),
        ("21.1.2027 kl. 10 – 22.1.2027 kl. 12", "2027-01-21T10:00/2027-01-22T12:00"),
        ("21/1 2027 kl. 10 til fredag d. 22/1 kl. 12", "2027-01-21T10:00/2027-01-22T12:00"),
        ("21-1-2027 kl. 10 - 22-1-2027 kl. 12", "2027-01-21T10:00/2027-01-22T12:00"),
        ("21. januar 2027 - 19.30", "2027-01-21T19:30"),
        ("torsdag-fredag d. 21.-22. januar 2027", "2027-01-21/2027-01-22"),
        ("21. og 22. januar 2027", "2027-01-21/2027-01-22"),
        ("January 21–22, 2027", "2027-01-21/2027-01-22"),
        ("30. december - 2. januar 2027", "2026-12-30/2027-01-02"),
        ("2027-01-21 - 2027-01-22", "2027-01-21/2027-01-22"),
        ("21. januar 2027 kl. 9", "2027-01-21T09:00"),
        ("21. januar 2027 kl. 20-02", "2027-01-21T20:00/2027-01-22T02:00"),
        ("21. januar 2027 kl. 18-24", "2027-01-21T18:00/2027-01-22T00:00"),
        ("21. januar 2027 kl. 20 - 22. januar kl. 9.15", "2027-01-21T20:00/2027-01-22T09:15"),
        ("21.-22. januar 2027 kl. 9-15", "2027-01-21T09:00/2027-01-22T15:00"),
        ("January 21, 2027, 11-1 pm", "2027-01-21T11:00/2027-01-21T13:00"),
        ("January 21, 2027, 9-11 am", "2027-01-21T09:00/2027-01-21T11:00"),
        ("January 21, 2027, 12 am-12 pm", "2027-01-21T00:00/2027-01-21T12:00"),
        ("29/2 2028", "2028-02-29"),
    ] {
        assert_eq!(read(text, MissingYear::Unknown).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn a_missing_year_is_chosen() {
    let december = date(2026, 12, 1);
    for (text, alone, expected) in [
        ("21. januar kl. 10", MissingYear::From(december), "2027-01-21T10:00"),
        ("1/12", MissingYear::From(december), "2026-12-01"),
        ("30. december - 2. januar", MissingYear::From(december), "2026-12-30/2027-01-02"),
        ("29. februar", MissingYear::From(december), "2028-02-29"),
        ("10. januar", MissingYear::UpTo(date(2027, 1, 21)), "2027-01-10"),
        ("20. december", MissingYear::UpTo(date(2027, 1, 21)), "2026-12-20"),
    ] {
        assert_eq!(read(text, alone).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn errors_point_to_what_is_wrong() {
    let january = date(2027, 1, 22);
    for (text, mistake, place) in [
        ("30. februar 2027", WhenErrorKind::NoSuchDay, "30. februar 2027"),
        ("30. februar", WhenErrorKind::NoSuchDay, "30. februar"),
        ("1/21/2027", WhenErrorKind::NoSuchDay, "1/21/2027"),
        ("21. janaur 2027", WhenErrorKind::Misspelt("januar"), "janaur"),
        ("torsdag 22. januar 2027", WhenErrorKind::OtherWeekday(january), "torsdag"),
        ("tordag 21/1 2027", WhenErrorKind::Misspelt("torsdag"), "tordag"),
        ("21. januar kl. 10", WhenErrorKind::NoYear, "21. januar"),
        ("21. januar 2027 kl. 15.30-9.30", WhenErrorKind::EndsBefore, "9.30"),
        ("21. januar 2027 kl. 9-9", WhenErrorKind::EndsBefore, "9"),
        ("22.-21. januar 2027", WhenErrorKind::EndsBefore, "21. januar 2027"),
        ("21. januar 2027 kl. 25.00", WhenErrorKind::NoSuchTime, "25.00"),
        ("21. januar 2027 9.75-15", WhenErrorKind::NoSuchTime, "9.75"),
        ("January 21, 2027 13 pm", WhenErrorKind::NoSuchTime, "13 pm"),
        ("21. og 23. januar 2027", WhenErrorKind::Apart, "23. januar 2027"),
        ("21. januar 2027, 22. januar 2027", WhenErrorKind::TooMany, "22. januar 2027"),
        ("21. januar 2027 kl. 9-10, 11-12", WhenErrorKind::TooMany, "11"),
        ("21. januar 2027 kl. 9 - 22. januar 2027", WhenErrorKind::NoEnd, "22. januar 2027"),
        ("kl. 9-12", WhenErrorKind::NoDay, "kl. 9-12"),
        ("januar 2027", WhenErrorKind::NoDay, "januar"),
        ("snarest", WhenErrorKind::NotUnderstood, "snarest"),
        ("uge 12", WhenErrorKind::Week { number: 12, year: None }, "uge 12"),
        ("Uge 12, 2027", WhenErrorKind::Week { number: 12, year: Some(2027) }, "Uge 12, 2027"),
        ("21/1 – 22", WhenErrorKind::NotUnderstood, "22"),
        ("21., 22. og 23. januar 2027", WhenErrorKind::TooMany, "23. januar 2027"),
        ("21. januar 2027 kl. 9 i kantinen", WhenErrorKind::NotUnderstood, "i"),
        ("21 2027", WhenErrorKind::NotUnderstood, "21"),
        ("99999999999/1 2027", WhenErrorKind::NotUnderstood, "99999999999"),
    ] {
        assert_eq!(read(text, MissingYear::Unknown), Err((mistake, place.to_owned())), "{text}");
    }
}

#[test]
fn a_day_and_its_hours_may_be_on_two_lines() {
    let when = parse(&["21. januar 2027", "10.10-12"], MissingYear::Unknown);
    let day = date(2027, 1, 21);
    let ends = Some(day.at(12, 0, 0, 0));
    assert_eq!(when, Ok(EventTime::Hours { begins: day.at(10, 10, 0, 0), ends }));
    let fault = parse(&["21. januar 2027", "9-25"], MissingYear::Unknown).unwrap_err();
    assert_eq!((fault.0, fault.1.mistake, fault.1.span), (1, WhenErrorKind::NoSuchTime, 2..4));
}

#[test]
fn the_start_of_a_line_is_found_where_only_the_rest_is_text() {
    for (line, expected) in [
        ("21. januar 2027 kl. 19 i kantinen", Some("21. januar 2027 kl. 19")),
        ("21. januar 2027 kl. 17-? (medlemmer)", Some("21. januar 2027 kl. 17")),
        ("21.-23. januar 2027, alle dage kl. 9", Some("21.-23. januar 2027")),
        ("i morgen kl. 10", None),
        ("21. januar kl. 19 i kantinen", None),
    ] {
        let (_, fault) = parse(&[line], MissingYear::Unknown).unwrap_err();
        assert_eq!(readable_start(line, fault.span.start, MissingYear::Unknown), expected, "{line}");
    }
}
