//! Reports of a few issues.

use std::collections::BTreeMap;

use jiff::civil::date;

use crate::base::language::Lang;
use crate::edition::context::Brand;
use crate::issue::IssueId;
use crate::publish::year::figures::LetterFigures;
use crate::publish::year::report::YearReport;
use crate::publish::year::sent_issue::{AudienceLetters, FigureRecord, IssueReach, SentIssue};
use crate::publish::year::tables::tables;
use crate::publish::year::text::ReportWidth;
use crate::publish::year::{markdown, page, text};

fn issue(month: i8, sent: u64, tags: &[&str]) -> SentIssue {
    let audience = |id: &str, sent| (id.to_owned(), AudienceLetters { recipients: sent + 1, sent });
    SentIssue {
        id: IssueId::of_path(&format!("issues/{month}.md")),
        subject: Some(format!("Måned {month} | <nyt>")),
        day: date(2026, month, 21),
        editions: 2,
        figures: LetterFigures { sent, bounced: 1, refused: 2, ..LetterFigures::default() },
        audiences: [audience("it-chiefs", sent - 3), audience("board", 3)].into(),
        reach: IssueReach::Whole,
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        record: FigureRecord::Ledger,
    }
}

fn report(issues: Vec<SentIssue>) -> YearReport {
    YearReport {
        name: "Nyt".to_owned(),
        year: 2026,
        day: date(2026, 11, 29),
        lang: Lang::default(),
        issues,
        promises: Vec::new(),
        audience_names: BTreeMap::from([("it-chiefs".to_owned(), "IT-chefer".to_owned())]),
    }
}

fn three() -> YearReport {
    report(vec![issue(1, 100, &["OS2mo"]), issue(5, 1200, &[]), issue(5, 110, &["os2mo", "OS2forms"])])
}

#[test]
fn issues_are_counted_by_month_audience_and_topic() {
    let year = three();
    let months = year.months().map(|month| (month.issues, month.figures.sent));
    assert_eq!((months[0], months[4], months[11]), ((1, 100), (2, 1310), (0, 0)));
    assert_eq!(months.iter().map(|(_, sent)| sent).sum::<u64>(), year.total().sent);
    let audiences = year.audiences().into_iter().map(|audience| {
        let size = audience.size.map(|size| (size.first, size.last));
        (audience.name, audience.issues, audience.recipients, audience.sent, size)
    });
    let [chiefs, board] = [("IT-chefer", 3, 1404, 1401, (98, 108)), ("board", 3, 12, 9, (4, 4))]
        .map(|(name, issues, recipients, sent, size)| (name.to_owned(), issues, recipients, sent, Some(size)));
    assert_eq!(audiences.collect::<Vec<_>>(), [chiefs, board]);
    let topics = year.topics().into_iter().map(|topic| (topic.topic, topic.issues, topic.sent));
    let named = |name: &str| Some(name.to_owned());
    assert_eq!(topics.collect::<Vec<_>>(), [(named("OS2mo"), 2, 210), (named("OS2forms"), 1, 110), (None, 1, 1200)]);
}

#[test]
fn an_audience_grows_by_issues_that_can_be_compared() {
    let size = |issues: &[SentIssue]| report(issues.to_vec()).audiences()[0].size.map(|size| (size.first, size.last));
    let [january, may, june] = [issue(1, 100, &[]), issue(5, 110, &[]), issue(6, 120, &[])];
    assert_eq!(size(std::slice::from_ref(&january)), None, "of one issue nothing is known");
    // A member who is also on the board was counted there before.
    let mut alone = issue(12, 500, &[]);
    alone.audiences.remove("board");
    assert_eq!(size(&[january.clone(), alone.clone()]), None);
    assert_eq!(size(&[january.clone(), may.clone(), june.clone(), alone]), Some((98, 118)));
    let follow_up = SentIssue { reach: IssueReach::Unknown, ..issue(12, 4, &[]) };
    assert_eq!(size(&[january, may, june, follow_up]), Some((98, 118)));
}

#[test]
fn more_topics_than_bars_are_in_the_table() {
    let tags: Vec<String> = (1..=11).map(|number| format!("OS2-{number}")).collect();
    let year = report(vec![issue(1, 100, &tags.iter().map(String::as_str).collect::<Vec<_>>())]);
    let html = page::html(&year, &Brand::default());
    assert!(html.contains(">De ti emner med flest numre</title>"), "{html}");
    // Its bar, and its row.
    assert_eq!((html.matches("OS2-8<").count(), html.matches("OS2-9<").count()), (2, 1), "{html}");
}

#[test]
fn every_row_has_a_cell_for_each_column_in_every_language() {
    for lang in Lang::ALL {
        for table in tables(&YearReport { lang, ..three() }) {
            assert!(table.all_rows().all(|row| row.len() == table.columns.len()), "{lang}: {}", table.id);
        }
        let text = text::text(&YearReport { lang, ..three() }, ReportWidth::Screen);
        let months = text.lines().skip_while(|line| *line != lang.language().report.by_month).skip(1).take(14);
        assert!(
            months.clone().count() == 14 && months.map(|row| row.chars().count()).all(|row| row <= 90),
            "{lang}: {text}"
        );
    }
}

#[test]
fn texts_of_authors_are_text_in_every_form() {
    let year = three();
    assert!(markdown::markdown(&year).contains("| Måned 5 \\| \\<nyt\\> |"));
    let html = page::html(&year, &Brand::default());
    assert!(html.contains("Måned 5 | &lt;nyt&gt;") && !html.contains("<nyt>"), "{html}");
    assert!(html.contains("<title id=\"months-plot\">Sendte mails pr. måned</title>"), "{html}");
}

#[test]
fn a_long_subject_is_cut_on_a_screen_only() {
    let subject = "Invitation til generalforsamling og årsmøde";
    let year = report(vec![SentIssue { subject: Some(subject.to_owned()), ..issue(1, 100, &[]) }]);
    let cut = text::text(&year, ReportWidth::Screen);
    assert!(cut.contains("  Invitation til generalforsa…  ") && !cut.contains(subject), "{cut}");
    assert!(text::text(&year, ReportWidth::Whole).contains(subject));
}

#[test]
fn a_year_without_issues_says_so() {
    let year = report(Vec::new());
    assert_eq!(
        text::text(&year, ReportWidth::Screen),
        "Nyt: 2026 i tal\n\nOpgjort den 29. november 2026.\n\nDer er ikke sendt noget i 2026."
    );
    assert_eq!(
        markdown::markdown(&year),
        "# Nyt: 2026 i tal\n\nOpgjort den 29. november 2026.\n\nDer er ikke sendt noget i 2026."
    );
    let html = page::html(&year, &Brand::default());
    assert!(html.contains("<p>Der er ikke sendt noget i 2026.</p>") && !html.contains("<table"), "{html}");
}
