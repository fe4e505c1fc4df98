//! Tables, and what is kept on one line, in both parts of a letter.

use crate::base::value::Value;
use crate::edition::tests::{body_text, content, decoded, letter, mistakes, text, unbalanced};

const SOLUTIONS: &str = "\
| Produkt | Ansvarlig | Status | Næste udgivelse |
|:--|:--|:-:|--:|
| OS2display | Redaktionsgruppen | I drift | 12. januar 2027 |
| OS2forms | Koordinationsgruppen for selvbetjeningsløsninger | | 1. marts 2027 |
";

#[test]
fn a_table_that_does_not_fit_on_a_phone_is_stacked() {
    let html = content(SOLUTIONS, &[]);
    assert!(html.contains("<table class=\"data stacked\""), "{html}");
    assert!(
        html.contains("<td class=\"kept-cell row-title\"><span class=\"cell-label\">Produkt: </span>OS2forms</td>"),
        "{html}"
    );
    assert!(html.contains("<span class=\"cell-label\">Ansvarlig: </span>Koor\u{ad}di"), "{html}");
    assert!(html.contains("<td class=\"row-empty\" align=\"center\"></td>"), "{html}");
    // In a mail program that ignores the styles for phones, the date is on two lines: each is whole.
    assert!(html.contains(">12.&nbsp;januar 2027<"), "{html}");
    let widths: Vec<u32> = html.split(" width=\"").filter_map(|rest| rest.split_once('"')?.0.parse().ok()).collect();
    assert!(widths.len() == 4 && (480..=500).contains(&widths.iter().sum::<u32>()), "{widths:?}");
    // The names are hidden in the element itself: some mail programs ignore the styles that show them on phones.
    let styled = decoded(&letter(SOLUTIONS, &[]).unwrap().html);
    assert!(styled.contains("class=\"cell-label\" style=\"display:none;mso-hide:all;"), "{styled}");
    assert!(styled.contains(".stacked .cell-label{display:inline !important"), "{styled}");
    assert!(!body_text(SOLUTIONS, &[]).contains("cell-label") && !body_text(SOLUTIONS, &[]).contains('\u{ad}'));
}

#[test]
fn a_date_or_an_amount_in_a_cell_is_on_one_line() {
    let cells = [
        ("12. januar 2027", "12.&nbsp;januar&nbsp;2027"),
        ("**24. september 2027**", "<strong>24.&nbsp;september&nbsp;2027</strong>"),
        ("[uge 12, 2027](https://example.org/a)", ">uge&nbsp;12,&nbsp;2027</a>"),
        ("70 22 10 10", "70&nbsp;22&nbsp;10&nbsp;10"),
    ];
    for (cell, shown) in cells {
        let html = content(&format!("| Hvad | Hvor |\n|--|--|\n| {cell} | Online |\n"), &[]);
        assert!(html.contains(shown), "{html}");
    }
    let amount = content("| Hvad | Udgift |\n|--|--:|\n| Drift | 12.345.678 kr. i alt |\n", &[]);
    assert!(amount.contains("12.345.678&nbsp;kr.&nbsp;i&nbsp;alt"), "{amount}");
    let sentence = content("| Hvad | Svar |\n|--|--:|\n| Drift | afventer et svar fra leverandøren |\n", &[]);
    assert!(sentence.contains("afventer et svar fra leverandøren"), "{sentence}");
}

#[test]
fn a_table_that_fits_is_not_stacked() {
    for (body, class) in [
        ("| År | Antal |\n|--:|--:|\n| 2025 | 78 |\n", "data kept"),
        ("| Navn | Rolle |\n|--|--|\n| Eksempelsen | Formand for koordinationsgruppen |\n", "data kept"),
        ("| A | B | C |\n|--|--|--|\n| Kontaktperso2 | Kontaktperso2 | Marts |\n", "data kept-on-phone"),
        ("| A | B | C |\n|--|--|--|\n| Kontaktperson | Kontaktperson | Marts |\n", "data kept"),
        ("| Emne |\n|--|\n| Informationssikkerhedskoordinatorer |\n", "data kept"),
        ("| Navn | Svar |\n|--|--|\n| {{ first_name }} | ja |\n", "data"),
    ] {
        let html = content(body, &[("first_name", text("Anna"))]);
        assert!(html.contains(&format!("<table class=\"{class}\"")), "{body}{html}");
        assert!(!html.contains("cell-label"), "{html}");
    }
}

#[test]
fn words_are_divided_in_tables_that_do_not_fit_on_a_phone() {
    let html =
        content("| Ansvarlig | Opgave | Frist |\n|--|--|--|\n| Redaktionen | Gennemgang | 12. januar 2027 |\n", &[]);
    assert!(html.contains("<table class=\"data stacked kept\""), "{html}");
    assert!(html.contains("Redak\u{ad}tio\u{ad}nen") && html.contains("12.&nbsp;januar&nbsp;2027"), "{html}");
    // A cell with two lines on a wide screen would end one of them within a word that fits on the next.
    assert!(content(SOLUTIONS, &[]).contains("udgivelse<"));
    let fits = content("| Ansvarlig | Frist |\n|--|--|\n| Redaktionen | 12. januar 2027 |\n", &[]);
    assert!(!fits.contains('\u{ad}'), "{fits}");
    let value = content(
        "| Ansvarlig | Frist |\n|--|--|\n| {{ first_name }} | 12. januar 2027 |\n",
        &[("first_name", text("Anna"))],
    );
    assert!(value.contains("12.&nbsp;januar&nbsp;2027"), "{value}");
}

#[test]
fn a_table_that_is_too_wide_is_a_list_of_its_rows() {
    let names = ["Leverandør", "Kontaktperson", "Aftaleperiode", "Sikkerhed", "Bemærkninger", "Afdeling"];
    let row = |cells: [&str; 6]| format!("| {} |\n", cells.join(" | "));
    let body = format!("{}{}{}", row(names), row(["--"; 6]), row(["{{ organisation }}", "Bo", "", "Ja", "Nej", "IT"]));
    let html = content(&body, &[("organisation", text("Eksempel"))]).replace('\u{ad}', "");
    assert!(html.contains("scope=\"rowgroup\"") && html.contains(">Leverandør: </span>Eksempel</th>"), "{html}");
    assert!(html.contains("scope=\"row\"") && html.contains(">Sikkerhed</th><td>Ja</td>"), "{html}");
    assert!(!html.contains("Aftaleperiode"), "an empty cell has no line: {html}");
    assert_eq!(unbalanced(&html), None);
    assert_eq!(mistakes(&body), ["1:1 NL479"]);
    assert_eq!(mistakes(SOLUTIONS), Vec::<String>::new());
}

#[test]
fn long_words_are_hyphenated_where_there_is_little_room() {
    let body = "## Informationssikkerhedskoordinator\n\nInformationssikkerhedskoordinator `Informationssikkerhedskoordinator`\n";
    let html = content(body, &[]);
    let (heading, rest) = html.split_once("</h2>").unwrap();
    assert!(heading.contains("sik\u{ad}ker"), "{html}");
    assert!(!rest.contains('\u{ad}') && !body_text(body, &[]).contains('\u{ad}'), "{html}");
    for body in [
        "::: figures\n- 78 {word}\n- 1 b\n:::\n",
        ":::: columns\n::: card A\n{word}\n:::\n::: card B\nb\n:::\n::::\n",
        ":::: columns\n- {word}\n\n---\n\nb\n::::\n",
    ] {
        let body = body.replace("{word}", "informationssikkerhedskoordinator");
        assert!(content(&body, &[]).contains("sik\u{ad}ker"), "{}", content(&body, &[]));
        assert!(!body_text(&body, &[]).contains('\u{ad}'), "{body}");
    }
    let card = content("::: card A\ninformationssikkerhedskoordinator\n:::\n", &[]);
    assert!(!card.contains('\u{ad}'), "{card}");
    // A value is written as it is.
    let value = content("## {{ a }}\n", &[("a", text("Informationssikkerhedskoordinator"))]);
    assert!(value.contains(">Informationssikkerhedskoordinator</h2>"), "{value}");
}

#[test]
fn numbers_are_kept_together_in_html_and_at_the_ends_of_lines() {
    let body = "Vi ses den 21. januar kl. 9.30, og det koster {{ pris }} kr. efter § 4.\n";
    let fields = [("pris", Value::Integer(12_345))];
    let html = content(body, &fields);
    assert!(html.contains("21.&nbsp;januar kl.&nbsp;9.30, og det koster 12345&nbsp;kr. efter §&nbsp;4."), "{html}");
    assert_eq!(body_text(body, &fields).replace('\n', " "), body.trim_end().replace("{{ pris }}", "12345"));
    let long = format!("{} 21. januar\n", "Der er et møde om rollekataloget for alle medlemmerne i Aarhus, også");
    assert_eq!(body_text(&long, &[]).lines().last(), Some("21. januar"));
}
